"""Chapter 12, the operations: one channel, many channels, pooling."""

import numpy as np

from hondo.guide.exercises.exercise import Mistake, Wrong, exercise
from hondo.guide.exercises.work import Work, as_array, close
from hondo.scratch.layers.convolution import convolve
from hondo.scratch.layers.pooling import average_pool, max_pool


def _over(picture: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    return convolve(picture[None, :, :, None], kernel[:, :, None, None], np.zeros(1))[0, :, :, 0]


_LOOPS = (
    "import numpy as np\n\ndef correlate(picture, kernel):\n    (H, W), (h, w) = picture.shape, kernel.shape\n"
    "    y = np.zeros((H - h + 1, W - w + 1))\n    for i in range(y.shape[0]):\n        for j in range(y.shape[1]):\n"
    "            y[i, j] = np.sum({})\n    return y\n"
)


@exercise(
    "convolution-by-hand",
    starter="import numpy as np\n\ndef correlate(picture, kernel):\n    ...\n",
    solution=_LOOPS.format("picture[i:i + h, j:j + w] * kernel"),
    hints=(
        (
            "How many places fit down and across? H − h + 1 and W − w + 1.",
            "¿Cuántos lugares caben? H − h + 1 hacia abajo y W − w + 1 a lo ancho.",
        ),
        ("The window at (i, j) is picture[i:i + h, j:j + w].", "La ventana en (i, j) es picture[i:i + h, j:j + w]."),
        (
            "Multiply it by the kernel, number by number, and sum.",
            "Multiplíquela por el núcleo, número a número, y sume.",
        ),
    ),
    right=(
        "import numpy as np\ndef correlate(picture, kernel):\n"
        "    seen = np.lib.stride_tricks.sliding_window_view(picture, kernel.shape)\n"
        "    return np.einsum('ijhw,hw->ij', seen, kernel)\n",
        "from scipy.signal import correlate2d\ndef correlate(picture, kernel):\n    return correlate2d(picture, "
        "kernel, mode='valid')\n",
    ),
    wrong=(
        Wrong(_LOOPS.format("picture[i:i + h, j:j + w] * kernel[::-1, ::-1]"), "mirrored"),
        Wrong(_LOOPS.format("picture[i:i + h, j:j + w]) * np.sum(kernel"), "sums"),
        Wrong(
            "from scipy.signal import correlate2d\ndef correlate(picture, kernel):\n    return "
            "correlate2d(picture, kernel, mode='same')\n",
            "padded",
        ),
        Wrong(_LOOPS.replace(" + 1, W - w + 1", ", W - w").format("picture[i:i + h, j:j + w] * kernel"), "one-short"),
    ),
)
def check_by_hand(work: Work) -> None:
    """Cross-correlation of one channel, without padding."""
    f = work.function("correlate")
    rng = np.random.default_rng(0)
    for size, window in (((6, 8), (3, 3)), ((5, 5), (2, 3)), ((7, 4), (1, 4)), ((3, 3), (3, 3))):
        picture, kernel = rng.normal(size=size), rng.normal(size=window)
        wanted = _over(picture, kernel)
        found = as_array(f(picture.copy(), kernel.copy()), "correlate(…)")
        told = f"{size}, {window}"
        if close(found, wanted):
            continue
        if found.shape == size != wanted.shape:
            raise Mistake(
                "padded",
                f"For {told} the map is as large as the picture: the window has gone over the edges.",
                f"Para {told} el mapa mide lo mismo que la imagen: la ventana se ha salido por los bordes.",
            )
        if found.shape == (wanted.shape[0] - 1, wanted.shape[1] - 1):
            raise Mistake(
                "one-short",
                f"For {told} the last row and column of windows are missing.",
                f"Para {told} faltan la última fila y la última columna de ventanas.",
            )
        if close(found, _over(picture, kernel[::-1, ::-1])):
            raise Mistake(
                "mirrored",
                "The kernel is mirrored: that is convolution in the mathematicians' sense.",
                "El núcleo está girado: eso es la convolución de los matemáticos.",
            )
        if close(found, _over(picture, np.ones(window)) * kernel.sum()):
            raise Mistake(
                "sums",
                "Multiply number by number first, then sum: not sum by sum.",
                "Primero multiplique número a número y después sume: no suma por suma.",
            )
        raise Mistake(
            "different",
            f"For {told} the numbers or the shape {found.shape} are not right (wanted: {wanted.shape}).",
            f"Para {told} los números o la forma {found.shape} no son correctos (debería ser {wanted.shape}).",
        )


_LAYER = (
    "import numpy as np\n\ndef layer(x, K, b):\n    (H, W, C), (h, w, _, F) = x.shape, K.shape\n"
    "    y = np.zeros((H - h + 1, W - w + 1, F))\n    for i in range(y.shape[0]):\n        for j in "
    "range(y.shape[1]):\n"
    "            window = x[i:i + h, j:j + w]\n            for f in range(F):\n                y[i, j, f] = {}\n "
    "   return y\n"
)


@exercise(
    "convolution-channels-filters",
    starter="import numpy as np\n\ndef layer(x, K, b):\n    ...\n",
    solution=_LAYER.format("np.sum(window * K[:, :, :, f]) + b[f]"),
    hints=(
        (
            "A filter K[:, :, :, f] has the shape of a window with all its channels.",
            "Un filtro K[:, :, :, f] tiene la forma de una ventana con todos sus canales.",
        ),
        (
            "One filter gives one number a place: sum over rows, columns and channels.",
            "Un filtro da un número por lugar: sume en filas, columnas y canales.",
        ),
        (
            "The bias b[f] is added once a place, not once a channel.",
            "El sesgo b[f] se suma una vez por lugar, no una por canal.",
        ),
    ),
    right=(
        "import numpy as np\ndef layer(x, K, b):\n    seen = np.lib.stride_tricks.sliding_window_view(x, "
        "K.shape[:2], axis=(0, 1))\n"
        "    return np.einsum('ijchw,hwcf->ijf', seen, K) + b\n",
    ),
    wrong=(
        Wrong(_LAYER.format("np.sum(window * K[:, :, :, f])"), "forgot-bias"),
        Wrong(_LAYER.format("np.sum(window * K[:, :, :, f]) + C * b[f]"), "bias-each-channel"),
        Wrong(_LAYER.format("np.sum(window[:, :, 0] * K[:, :, 0, f]) + b[f]"), "first-channel"),
        Wrong(_LAYER.format("np.sum(window * K[:, :, :, f]) / C + b[f]"), "averaged"),
    ),
)
def check_layer(work: Work) -> None:
    """A whole convolutional layer on one picture."""
    f = work.function("layer")
    rng = np.random.default_rng(1)
    for size, shape in (((6, 5, 3), (3, 3, 3, 4)), ((5, 7, 2), (2, 3, 2, 1)), ((4, 4, 4), (1, 1, 4, 2))):
        x, filters, b = rng.normal(size=size), rng.normal(size=shape), rng.normal(size=shape[3])
        wanted = convolve(x[None], filters, b)[0]
        found = as_array(f(x, filters, b), "layer(x, K, b)", wanted.shape)
        if close(found, wanted):
            continue
        bare = wanted - b
        if close(found, bare):
            raise Mistake("forgot-bias", "The biases are missing.", "Faltan los sesgos.")
        if close(found, bare + size[2] * b):
            raise Mistake(
                "bias-each-channel",
                "The bias has been added once for each channel.",
                "El sesgo se ha sumado una vez por canal.",
            )
        if close(found, convolve(x[None, :, :, :1], filters[:, :, :1], b)[0]):
            raise Mistake(
                "first-channel", "Only the first channel has been looked at.", "Solo se ha mirado el primer canal."
            )
        if close(found, bare / size[2] + b):
            raise Mistake(
                "averaged", "The channels are summed, not averaged.", "Los canales se suman, no se promedian."
            )
        raise Mistake(
            "different",
            f"For x of shape {size} and K of shape {shape} the numbers differ.",
            f"Para x de forma {size} y K de forma {shape} los números no coinciden.",
        )


@exercise(
    "convolution-max-pool",
    starter="import numpy as np\n\ndef pool(x, size):\n    ...\n",
    solution=(
        "import numpy as np\n\ndef pool(x, size):\n    rows, columns = x.shape[0] // size, x.shape[1] // size\n"
        "    cut = x[:rows * size, :columns * size]\n    return cut.reshape(rows, size, columns, "
        "size).max(axis=(1, 3))\n"
    ),
    hints=(
        (
            "The windows do not overlap: as many as fit whole.",
            "Las ventanas no se solapan: tantas como quepan enteras.",
        ),
        (
            "Window (i, j) is x[i * size:(i + 1) * size, j * size:(j + 1) * size].",
            "La ventana (i, j) es x[i * size:(i + 1) * size, j * size:(j + 1) * size].",
        ),
    ),
    right=(
        "import numpy as np\ndef pool(x, size):\n    out = np.empty((x.shape[0] // size, x.shape[1] // size))\n"
        "    for i, j in np.ndindex(out.shape):\n        out[i, j] = x[i * size:(i + 1) * size, j * size:(j + 1) "
        "* size].max()\n    return out\n",
    ),
    wrong=(
        Wrong(
            "import numpy as np\ndef pool(x, size):\n    out = np.empty((x.shape[0] // size, x.shape[1] // size))\n"
            "    for i, j in np.ndindex(out.shape):\n        out[i, j] = x[i * size:(i + 1) * size, j * size:(j "
            "+ 1) * size].mean()\n    return out\n",
            "mean",
        ),
        Wrong(
            "import numpy as np\ndef pool(x, size):\n    return np.lib.stride_tricks.sliding_window_view(x, "
            "(size, size)).max(axis=(2, 3))\n",
            "overlapping",
        ),
        Wrong("import numpy as np\ndef pool(x, size):\n    return x[::size, ::size]\n", "corner"),
        Wrong(
            "import numpy as np\ndef pool(x, size):\n    return x.reshape(x.shape[0] // size, size, x.shape[1] "
            "// size, size).max(axis=(1, 3))\n",
            "raises",
        ),
    ),
)
def check_pool(work: Work) -> None:
    """Maximum pooling of one channel, stride equal to the window."""
    f = work.function("pool")
    rng = np.random.default_rng(2)
    for shape, size in (((6, 8), 2), ((9, 6), 3), ((7, 5), 2), ((8, 8), 4)):
        x = rng.normal(size=shape) - 3
        both = [pool(x[None, :, :, None], size, size)[0, :, :, 0] for pool in (max_pool, average_pool)]
        found = as_array(f(x, size), "pool(x, size)")
        if close(found, both[0]):
            continue
        if found.shape == (shape[0] - size + 1, shape[1] - size + 1):
            raise Mistake(
                "overlapping",
                "The windows overlap: the next begins where the last ended.",
                "Las ventanas se solapan: la siguiente empieza donde acaba la anterior.",
            )
        if close(found, both[1]):
            raise Mistake(
                "mean",
                "That is the mean of each window, not its maximum.",
                "Eso es la media de cada ventana, no su máximo.",
            )
        rows, columns = both[0].shape
        if found.size and close(found[:rows, :columns], x[::size, ::size][:rows, :columns]):
            raise Mistake(
                "corner",
                "That takes the first number of each window, not the largest.",
                "Eso toma el primer número de cada ventana, no el mayor.",
            )
        raise Mistake(
            "different",
            f"For shape {shape} and size {size} the answer is not right.",
            f"Para la forma {shape} y el tamaño {size} la respuesta no es correcta.",
        )
