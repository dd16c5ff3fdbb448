"""NumPy: arrays instead of loops, memory, types."""

import numpy as np

from hondo.guide.exercises.exercise import Mistake, Wrong, exercise
from hondo.guide.exercises.work import Work, close


@exercise(
    "numpy-mean-error",
    starter="import numpy as np\n\n\ndef mean_squared_error(y, y_hat):\n    ...\n",
    solution="import numpy as np\n\n\ndef mean_squared_error(y, y_hat):\n    return np.mean((y - y_hat) ** 2)\n",
    hints=(
        (
            "`y - y_hat` subtracts element by element, whatever the shape.",
            "`y - y_hat` resta elemento a elemento, sea cual sea la forma.",
        ),
        (
            "Squaring is element by element too: `** 2`. Then `np.mean` without an axis.",
            "También el cuadrado va elemento a elemento: `** 2`. Después, `np.mean` sin eje.",
        ),
    ),
    right=(
        (
            "import numpy as np\n\ndef mean_squared_error(y, y_hat):\n"
            "    d = np.ravel(y - y_hat)\n    return d @ d / d.size\n"
        ),
        (
            "def mean_squared_error(y, y_hat):\n    d = (y - y_hat).reshape(-1).tolist()\n"
            "    return sum(e * e for e in d) / len(d)\n"
        ),
    ),
    wrong=(
        Wrong(
            ("import numpy as np\n\ndef mean_squared_error(y, y_hat):\n    return np.sum((y - y_hat) ** 2)\n"), "sum"
        ),
        Wrong(
            ("import numpy as np\n\ndef mean_squared_error(y, y_hat):\n    return np.mean(np.abs(y - y_hat))\n"),
            "absolute",
        ),
        Wrong(
            ("import numpy as np\n\ndef mean_squared_error(y, y_hat):\n    return np.mean(y - y_hat) ** 2\n"),
            "square-of-mean",
        ),
        Wrong(
            ("def mean_squared_error(y, y_hat):\n    return sum((a - b) ** 2 for a, b in zip(y, y_hat)) / len(y)\n"),
            "not-a-number",
        ),
    ),
)
def check_mean_error(work: Work) -> None:
    """A number for any shape."""
    f = work.function("mean_squared_error")
    rng = np.random.default_rng(0)
    for shape in ((7,), (3, 4), (2, 3, 5)):
        y, y_hat = rng.normal(size=shape), rng.normal(size=shape)
        found, d = f(y, y_hat), y - y_hat
        if np.ndim(found):
            raise Mistake(
                "not-a-number",
                f"For arrays of shape {shape} one number should come out, not something of shape {np.shape(found)}.",
                f"Con arrays de forma {shape} debe salir un solo número, no algo de forma {np.shape(found)}.",
            )
        if close(found, np.mean(d**2)):
            continue
        if close(found, np.sum(d**2)):
            raise Mistake(
                "sum",
                "That is the sum of the squares; the mean divides by how many there are.",
                "Esa es la suma de los cuadrados; la media divide por cuántos hay.",
            )
        if close(found, np.mean(np.abs(d))):
            raise Mistake(
                "absolute",
                "That is the mean absolute error: square the differences.",
                "Ese es el error absoluto medio: eleve al cuadrado las diferencias.",
            )
        if close(found, np.mean(d) ** 2):
            raise Mistake(
                "square-of-mean",
                "Square first, then average: in a mean of differences, errors of opposite sign cancel.",
                (
                    "Primero el cuadrado, después la media: en una media de diferencias los errores de signo "
                    "contrario se anulan."
                ),
            )
        raise Mistake(
            "different",
            f"For shape {shape} the result should be {np.mean(d**2):.4f}; it is {float(found):.4f}.",
            f"Para la forma {shape} el resultado debería ser {np.mean(d**2):.4f}; es {float(found):.4f}.",
        )


@exercise(
    "tensor-position",
    starter="def position(index, shape):\n    ...\n",
    solution=(
        "def position(index, shape):\n    place = 0\n    for i, length in zip(index, shape):\n"
        "        place = place * length + i  # one axis more: everything so far counts `length` times\n"
        "    return place\n",
        "def position(index, shape):\n    place = 0\n    for i, length in zip(index, shape):\n"
        "        place = place * length + i  # un eje más: todo lo anterior cuenta `length` veces\n"
        "    return place\n",
    ),
    hints=(
        (
            "In shape (3, 4), how many numbers lie before the beginning of row 2?",
            "Con forma (3, 4), ¿cuántos números hay antes del principio de la fila 2?",
        ),
        (
            "The stride of an axis is the product of the lengths of all axes after it.",
            "El salto de un eje es el producto de las longitudes de todos los ejes que lo siguen.",
        ),
        (
            (
                "Go through the axes from the last to the first, keeping a stride that begins at 1 and is "
                "multiplied by each length."
            ),
            (
                "Recorra los ejes del último al primero, con un salto que empieza en 1 y se multiplica por "
                "cada longitud."
            ),
        ),
    ),
    right=(
        ("import numpy as np\n\ndef position(index, shape):\n    return int(np.ravel_multi_index(index, shape))\n"),
        (
            "from math import prod\n\ndef position(index, shape):\n"
            "    return sum(i * prod(shape[k + 1:]) for k, i in enumerate(index))\n"
        ),
    ),
    wrong=(
        Wrong(
            (
                "from math import prod\n\ndef position(index, shape):\n"
                "    return sum(i * prod(shape[:k]) for k, i in enumerate(index))\n"
            ),
            "by-columns",
        ),
        Wrong("def position(index, shape):\n    return sum(i * n for i, n in zip(index, shape))\n", "own-length"),
        Wrong("def position(index, shape):\n    return index[0] * shape[1] + index[1]\n", "only-two-axes"),
    ),
)
def check_position(work: Work) -> None:
    """Row by row, for any number of axes."""
    f = work.function("position")
    rng = np.random.default_rng(1)
    for shape in ((3, 4), (2, 7), (5,), (2, 3, 4), (3, 2, 4, 5)):
        for _ in range(6):
            index = tuple(int(rng.integers(n)) for n in shape)
            try:
                found = f(index, shape)
            except Mistake:
                if len(shape) == 2:
                    raise
                raise _two_axes() from None
            wanted = int(np.ravel_multi_index(index, shape))
            if close(found, wanted):
                continue
            told = f"position({index}, {shape})"
            if len(shape) > 2 and close(found, index[0] * shape[1] + index[1]):
                raise _two_axes()
            if close(found, int(np.ravel_multi_index(index, shape, order="F"))):
                raise Mistake(
                    "by-columns",
                    "That is the order by columns (Fortran's). Here the last axis varies fastest.",
                    ("Ese es el orden por columnas (el de Fortran). Aquí el eje que varía más deprisa es el último."),
                )
            if close(found, sum(i * n for i, n in zip(index, shape, strict=True))):
                raise Mistake(
                    "own-length",
                    "An axis's stride is made of the lengths of the axes after it, not of its own.",
                    "El salto de un eje se forma con las longitudes de los ejes que lo siguen, no con la suya.",
                )
            raise Mistake(
                "different", f"{told} should be {wanted}; it is {found}.", f"{told} debería ser {wanted}; es {found}."
            )


def _two_axes() -> Mistake:
    return Mistake(
        "only-two-axes",
        "It works for two axes; it should for any number of them.",
        "Funciona con dos ejes; debería hacerlo con cualquier número.",
    )


@exercise(
    "tensor-brighten",
    starter="import numpy as np\n\n\ndef brighten(image, amount):\n    return image + amount\n",
    solution=(
        "import numpy as np\n\n\ndef brighten(image, amount):\n"
        "    wide = image.astype(np.int16) + amount  # room for -255 … 510\n"
        "    return np.clip(wide, 0, 255).astype(np.uint8)\n",
        "import numpy as np\n\n\ndef brighten(image, amount):\n"
        "    wide = image.astype(np.int16) + amount  # cabe de -255 a 510\n"
        "    return np.clip(wide, 0, 255).astype(np.uint8)\n",
    ),
    hints=(
        (
            "What is `np.uint8(250) + np.uint8(10)`? Try it in a cell.",
            "¿Cuánto vale `np.uint8(250) + np.uint8(10)`? Pruébelo en una celda.",
        ),
        (
            "Compute in a type where 510 and −255 fit, and come back to uint8 at the end.",
            "Calcule en un tipo donde quepan 510 y −255, y vuelva a uint8 al final.",
        ),
        (
            "`np.clip(x, 0, 255)` before the last `.astype(np.uint8)`.",
            "`np.clip(x, 0, 255)` antes del último `.astype(np.uint8)`.",
        ),
    ),
    right=(
        (
            "import numpy as np\n\ndef brighten(image, amount):\n"
            "    return np.minimum(255, np.maximum(0, image * 1.0 + amount)).astype('uint8')\n"
        ),
        (
            "import numpy as np\n\ndef brighten(image, amount):\n"
            "    table = np.array([min(255, max(0, v + amount)) for v in range(256)], np.uint8)\n"
            "    return table[image]\n"
        ),
    ),
    wrong=(
        Wrong(
            (
                "import numpy as np\n\ndef brighten(image, amount):\n"
                "    return (image.astype(int) + amount).astype(np.uint8)\n"
            ),
            "wraps",
        ),
        Wrong(
            (
                "import numpy as np\n\ndef brighten(image, amount):\n"
                "    return np.clip(image.astype(int) + amount, 0, 255)\n"
            ),
            "type",
        ),
        Wrong(
            (
                "import numpy as np\n\ndef brighten(image, amount):\n"
                "    return np.clip((image.astype(int) + amount).astype(np.uint8), 0, 255)\n"
            ),
            "wraps",
        ),
        Wrong(
            ("import numpy as np\n\ndef brighten(image, amount):\n    return np.clip(image + amount, 0, 255)\n"),
            "wraps",
        ),
        Wrong(
            (
                "import numpy as np\n\ndef brighten(image, amount):\n"
                "    wide = np.clip(image + float(amount), 0, 255)\n    image[...] = wide\n"
                "    return image\n"
            ),
            "changed",
        ),
    ),
)
def check_brighten(work: Work) -> None:
    """Whole range, without turning over, and without writing to what was given."""
    f = work.function("brighten")
    rng = np.random.default_rng(2)
    for shape in ((5, 6), (4, 4, 3)):
        image = rng.integers(0, 256, shape).astype(np.uint8)
        image.flat[:3] = (0, 250, 255)
        for amount in (40, 10, -60, 0, 200):
            kept = image.copy()
            try:
                found = np.asarray(f(image, amount))
            except Mistake as mistake:
                if amount < 0 and mistake.name == "raises":
                    raise _wraps() from None
                raise
            if not np.array_equal(image, kept):
                raise Mistake(
                    "changed",
                    "The picture that was given has changed: write to a new array.",
                    "Ha cambiado la imagen recibida: escriba en un array nuevo.",
                )
            wanted = np.clip(kept.astype(int) + amount, 0, 255)
            if found.shape == wanted.shape and np.array_equal(found, (kept.astype(int) + amount) % 256) and amount > 0:
                raise _wraps()
            if not close(found, wanted):
                raise Mistake(
                    "different",
                    f"With amount={amount}, {kept.flat[1]} should become {wanted.flat[1]}.",
                    f"Con amount={amount}, {kept.flat[1]} debería pasar a {wanted.flat[1]}.",
                )
            if found.dtype != np.uint8:
                raise Mistake(
                    "type",
                    f"The numbers are right; the type should be uint8 again, it is {found.dtype}.",
                    f"Los números son correctos; el tipo debería volver a ser uint8 y es {found.dtype}.",
                )


def _wraps() -> Mistake:
    return Mistake(
        "wraps",
        (
            "Sums beyond 255 begin again at 0 (and below 0 they do not fit): bright spots turn black. "
            "Widen the type before adding, limit before narrowing."
        ),
        (
            "Las sumas que pasan de 255 vuelven a empezar en 0 (y bajo 0 no caben): lo claro se vuelve "
            "negro. Amplíe el tipo antes de sumar y limite antes de estrecharlo."
        ),
    )
