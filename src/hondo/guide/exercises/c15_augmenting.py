"""Pictures that change and labels that do not: chapter 15."""

import numpy as np

from hondo.core.arrays import FloatArray
from hondo.guide.exercises.exercise import Mistake, Wrong, exercise
from hondo.guide.exercises.work import Work, as_array, close


def _matrix(angle: float, zoom: float, shift: tuple[float, float], size: int) -> FloatArray:
    cos, sin, centre = np.cos(angle), np.sin(angle), (size - 1) / 2
    linear = zoom * np.array([[cos, -sin], [sin, cos]])
    offset = np.array([centre, centre]) + shift - linear @ np.array([centre, centre])
    return np.vstack([np.column_stack([linear, offset]), [0, 0, 1]])


@exercise(
    "augmentation-matrix",
    starter="import numpy as np\n\n\ndef read_from(angle, zoom, shift, size):\n    ...\n",
    solution=(
        "import numpy as np\n\n\ndef read_from(angle, zoom, shift, size):\n"
        "    c = (size - 1) / 2\n    cos, sin = np.cos(angle), np.sin(angle)\n"
        "    to_origin = np.array([[1, 0, -c - shift[0]], [0, 1, -c - shift[1]], [0, 0, 1]])\n"
        "    turn_back = np.array([[cos / zoom, sin / zoom, 0], [-sin / zoom, cos / zoom, 0], [0, 0, 1]])\n"
        "    back = np.array([[1, 0, c], [0, 1, c], [0, 0, 1]])\n"
        "    return back @ turn_back @ to_origin\n"
    ),
    hints=(
        (
            "Undo everything in the opposite order: take the shift away, turn back and shrink about the centre.",
            "Deshaga todo en el orden contrario: quite el desplazamiento, gire al revés y divida por la ampliación.",
        ),
        (
            "Points are columns: the matrix that acts first stands rightmost.",
            "Los puntos son columnas: la matriz que actúa primero va más a la derecha.",
        ),
        (
            "Or write the matrix that goes forwards, as in the chapter, and invert it.",
            "O escriba la matriz hacia delante, como en el capítulo, e inviértala.",
        ),
    ),
    right=(
        "import numpy as np\n\n\ndef read_from(angle, zoom, shift, size):\n"
        "    A = zoom * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])\n"
        "    c = np.full(2, (size - 1) / 2)\n    M = np.eye(3)\n    M[:2, :2] = A\n"
        "    M[:2, 2] = c + np.asarray(shift) - A @ c\n    return np.linalg.inv(M)\n",
    ),
    wrong=(
        Wrong(
            "import numpy as np\n\n\ndef read_from(angle, zoom, shift, size):\n"
            "    A = zoom * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])\n"
            "    c = np.full(2, (size - 1) / 2)\n    M = np.eye(3)\n    M[:2, :2] = A\n"
            "    M[:2, 2] = c + np.asarray(shift) - A @ c\n    return M\n",
            "forwards",
        ),
        Wrong(
            "import numpy as np\n\n\ndef read_from(angle, zoom, shift, size):\n"
            "    M = np.array([[zoom * np.cos(angle), -zoom * np.sin(angle), shift[0]],\n"
            "                  [zoom * np.sin(angle), zoom * np.cos(angle), shift[1]], [0, 0, 1]])\n"
            "    return np.linalg.inv(M)\n",
            "about-corner",
        ),
        Wrong(
            "import numpy as np\n\n\ndef read_from(angle, zoom, shift, size):\n"
            "    A = zoom * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])\n"
            "    c = np.full(2, size / 2)\n    M = np.eye(3)\n    M[:2, :2] = A\n"
            "    M[:2, 2] = c + np.asarray(shift) - A @ c\n    return np.linalg.inv(M)\n",
            "half-pixel",
        ),
    ),
)
def check_matrix(work: Work) -> None:
    """The 3×3 matrix from a pixel of the result to where it is read: a turn, an enlargement and a shift undone."""
    f = work.function("read_from")
    for angle, zoom, shift, size in (
        (0.5, 1.3, (2.0, -1.0), 8),
        (-2.0, 0.7, (0.0, 3.0), 33),
        (0.3, 1.0, (0.0, 0.0), 5),
    ):
        found = as_array(f(angle, zoom, shift, size), "read_from(…)", (3, 3))
        forward = _matrix(angle, zoom, shift, size)
        wanted = np.linalg.inv(forward)
        if close(found, wanted):
            continue
        if close(found, forward):
            raise Mistake(
                "forwards",
                "That says where a pixel of the original goes; asked is where a pixel of the result comes from.",
                "Eso dice adónde va un píxel del original; se pregunta de dónde viene uno del resultado.",
            )
        if close(found, np.linalg.inv(_matrix(angle, zoom, shift, size + 1))):
            raise Mistake(
                "half-pixel",
                "Pixels are numbered from 0, so the centre is at (size − 1)/2: yours is half a pixel off.",
                "Los píxeles se numeran desde 0, así que el centro está en (size − 1)/2: se desvía medio píxel.",
            )
        if close(found, np.linalg.inv(_matrix(angle, zoom, shift, 1))):
            raise Mistake(
                "about-corner",
                "It turns about the corner (0, 0); the centre of the picture should only move by the shift.",
                "Gira alrededor de la esquina (0, 0); el centro de la imagen solo debería moverse el desplazamiento.",
            )
        if close(found[:2, :2], wanted[:2, :2].T):
            raise Mistake(
                "other-way",
                "It turns the other way: forwards, (1, 0) should go towards (cos, sin).",
                "Gira al revés: hacia delante, (1, 0) debería ir hacia (cos, sen).",
            )
        raise Mistake(
            "different",
            f"For angle {angle:g}, zoom {zoom:g}, shift {shift}, size {size} the last column should begin with "
            f"{wanted[0, 2]:.3f}.",
            f"Con ángulo {angle:g}, ampliación {zoom:g}, desplazamiento {shift} y tamaño {size}, la última columna "
            f"debería empezar por {wanted[0, 2]:.3f}.",
        )


@exercise(
    "augmentation-mirror",
    starter="def mirror_some(pictures, rng):\n    ...\n",
    solution=(
        "import numpy as np\n\n\ndef mirror_some(pictures, rng):\n"
        "    chosen = rng.random(len(pictures)) < 0.5\n"
        "    return np.where(chosen[:, None, None, None], pictures[:, :, ::-1], pictures)\n"
    ),
    hints=(
        (
            "Draw one number for each picture; the axes are (picture, row, column, channel).",
            "Sortee un número por imagen; los ejes son (imagen, fila, columna, canal).",
        ),
        (
            "`pictures[:, :, ::-1]` mirrors all of them left to right; choose by picture with `np.where`.",
            "`pictures[:, :, ::-1]` refleja todas de izquierda a derecha; elija por imagen con `np.where`.",
        ),
    ),
    right=(
        "def mirror_some(pictures, rng):\n    out = pictures.copy()\n    for k in range(len(out)):\n"
        "        if rng.integers(2):\n            out[k] = pictures[k, :, ::-1]\n    return out\n",
    ),
    wrong=(
        Wrong(
            "def mirror_some(pictures, rng):\n    return pictures[:, :, ::-1] if rng.random() < 0.5 else pictures\n",
            "all-alike",
        ),
        Wrong(
            "def mirror_some(pictures, rng):\n    out = pictures.copy()\n    chosen = rng.random(len(out)) < 0.5\n"
            "    out[chosen] = out[chosen][:, ::-1]\n    return out\n",
            "upside-down",
        ),
        Wrong(
            "def mirror_some(pictures, rng):\n    chosen = rng.random(len(pictures)) < 0.5\n"
            "    pictures[chosen] = pictures[chosen][:, :, ::-1]\n    return pictures\n",
            "in-place",
        ),
    ),
)
def check_mirror(work: Work) -> None:
    """Each picture is mirrored left to right with probability one half."""
    f = work.function("mirror_some")
    pictures = np.random.default_rng(0).integers(0, 256, (60, 4, 5, 3)).astype(np.uint8)
    kept = pictures.copy()
    changed = 0
    for seed in range(4):
        found = as_array(f(pictures, np.random.default_rng(seed)), "mirror_some(…)", kept.shape)
        if not np.array_equal(pictures, kept):
            raise Mistake(
                "in-place",
                "The pictures that were given have changed: the next epoch would mirror mirrored ones.",
                "Las imágenes recibidas han cambiado: la época siguiente reflejaría imágenes ya reflejadas.",
            )
        same = (found == kept).all(axis=(1, 2, 3))
        mirrored = (found == kept[:, :, ::-1]).all(axis=(1, 2, 3))
        if (found == kept[:, ::-1]).all(axis=(1, 2, 3)).any():
            raise Mistake(
                "upside-down",
                "Some come out upside down; mirror the columns.",
                "Algunas salen boca abajo; invierta las columnas.",
            )
        if not (same | mirrored).all():
            raise Mistake(
                "different",
                "Some pictures are neither as they were nor mirrored left to right.",
                "Algunas imágenes ni quedan como estaban ni son su reflejo de izquierda a derecha.",
            )
        if mirrored.all() or same.all():
            raise Mistake(
                "all-alike",
                "All pictures of the batch get the same fate: draw for each one.",
                "Todas las imágenes del lote corren la misma suerte: sortee para cada una.",
            )
        changed += int(mirrored.sum())
    if not 80 <= changed <= 160:
        raise Mistake(
            "share",
            f"Of 240 pictures {changed} were mirrored; it should be about half.",
            f"De 240 imágenes se reflejaron {changed}; debería ser cerca de la mitad.",
        )


@exercise(
    "generator-epoch",
    starter="def epoch(x, y, size, change, rng):\n    ...\n",
    solution=(
        "def epoch(x, y, size, change, rng):\n    order = rng.permutation(len(x))\n"
        "    for start in range(0, len(x), size):\n        rows = order[start : start + size]\n"
        "        yield change(x[rows]), y[rows]\n"
    ),
    hints=(
        (
            "Mix the sample numbers once, then go through them in pieces; `yield` gives one batch after the other.",
            "Baraje una vez los números de las muestras y recórralos a trozos; `yield` entrega un lote tras otro.",
        ),
        (
            "Take the same rows of `x` and of `y`, and change only the pictures.",
            "Tome las mismas filas de `x` y de `y`, y cambie solo las imágenes.",
        ),
    ),
    right=(
        "def epoch(x, y, size, change, rng):\n    rows = list(range(len(x)))\n    rng.shuffle(rows)\n    out = []\n"
        "    while rows:\n        now, rows = rows[:size], rows[size:]\n        out.append((change(x[now]), y[now]))\n"
        "    return out\n",
    ),
    wrong=(
        Wrong(
            "def epoch(x, y, size, change, rng):\n    order = rng.permutation(len(x))\n"
            "    for k in range(len(x) // size):\n        rows = order[k * size : (k + 1) * size]\n"
            "        yield change(x[rows]), y[rows]\n",
            "last-batch",
        ),
        Wrong(
            "def epoch(x, y, size, change, rng):\n    order = rng.permutation(len(x))\n"
            "    for start in range(0, len(x), size):\n"
            "        yield change(x[order[start : start + size]]), y[start : start + size]\n",
            "labels-apart",
        ),
        Wrong(
            "def epoch(x, y, size, change, rng):\n    for start in range(0, len(x), size):\n"
            "        yield change(x[start : start + size]), y[start : start + size]\n",
            "not-shuffled",
        ),
    ),
)
def check_epoch(work: Work) -> None:
    """One epoch of batches: mixed, changed, complete."""
    f = work.function("epoch")
    x = np.arange(23.0).reshape(23, 1, 1, 1) * np.ones((23, 2, 2, 1))
    y = np.arange(23)
    batches = list(f(x, y, 5, lambda pictures: pictures + 100, np.random.default_rng(0)))
    pairs = [(np.asarray(a, float), np.asarray(b)) for a, b in batches]
    if any(len(a) != len(b) for a, b in pairs):
        raise Mistake(
            "labels-apart", "A batch has more pictures than labels.", "Un lote tiene más imágenes que etiquetas."
        )
    pictures, labels = np.concatenate([a for a, _ in pairs]), np.concatenate([b for _, b in pairs])
    if len(labels) < 23:
        raise Mistake(
            "last-batch",
            f"Of 23 samples {len(labels)} came: the last batch may be smaller, but it must come.",
            f"De 23 muestras llegaron {len(labels)}: el último lote puede ser menor, pero debe salir.",
        )
    if close(pictures[:, 0, 0, 0], labels):
        raise Mistake("unchanged", "The pictures were not changed.", "Las imágenes no han cambiado.")
    if not close(pictures[:, 0, 0, 0], labels + 100):
        raise Mistake(
            "labels-apart",
            "Pictures and labels no longer belong together.",
            "Las imágenes y las etiquetas ya no se corresponden.",
        )
    if sorted(labels.tolist()) != list(range(23)):
        raise Mistake("repeated", "Each sample should come once.", "Cada muestra debería salir una vez.")
    if labels.tolist() == list(range(23)):
        raise Mistake("not-shuffled", "They come in the order given.", "Salen en el orden recibido.")
    if [len(b) for _, b in pairs] != [5, 5, 5, 5, 3]:
        raise Mistake("sizes", "Batches of 5, and 3 at the end.", "Lotes de 5, y uno final de 3.")


@exercise(
    "augmentation-paired",
    starter="def difference(before, after):\n    ...\n",
    solution=(
        "import numpy as np\n\n\ndef difference(before, after):\n"
        "    gains = np.asarray(after) - np.asarray(before)\n"
        "    return gains.mean(), gains.std(ddof=1) / np.sqrt(len(gains))\n"
    ),
    hints=(
        (
            "The same seed chose the same pictures for both: subtract seed by seed first.",
            "La misma semilla eligió las mismas imágenes para ambos: reste primero semilla a semilla.",
        ),
        (
            "The standard error of a mean is the sample's standard deviation (`ddof=1`) over the root of their number.",
            "El error estándar de una media es la desviación típica muestral (`ddof=1`) entre la raíz de cuántas son.",
        ),
    ),
    right=(
        "def difference(before, after):\n    gains = [b - a for a, b in zip(before, after)]\n    n = len(gains)\n"
        "    mean = sum(gains) / n\n    variance = sum((g - mean) ** 2 for g in gains) / (n - 1)\n"
        "    return mean, (variance / n) ** 0.5\n",
    ),
    wrong=(
        Wrong(
            "import numpy as np\n\n\ndef difference(before, after):\n    n = len(before)\n"
            "    both = np.var(before, ddof=1) + np.var(after, ddof=1)\n"
            "    return np.mean(after) - np.mean(before), np.sqrt(both / n)\n",
            "not-paired",
        ),
        Wrong(
            "import numpy as np\n\n\ndef difference(before, after):\n"
            "    gains = np.asarray(after) - np.asarray(before)\n    return gains.mean(), gains.std(ddof=1)\n",
            "deviation",
        ),
        Wrong(
            "import numpy as np\n\n\ndef difference(before, after):\n"
            "    gains = np.asarray(before) - np.asarray(after)\n"
            "    return gains.mean(), gains.std(ddof=1) / np.sqrt(len(gains))\n",
            "sign",
        ),
        Wrong(
            "import numpy as np\n\n\ndef difference(before, after):\n"
            "    gains = np.asarray(after) - np.asarray(before)\n"
            "    return gains.mean(), gains.std() / np.sqrt(len(gains))\n",
            "ddof",
        ),
    ),
)
def check_paired(work: Work) -> None:
    """Mean gain over paired seeds and its standard error."""
    f = work.function("difference")
    rng = np.random.default_rng(2)
    for count in (4, 7):
        luck = rng.normal(0, 0.03, count)
        before, after = 0.8 + luck, 0.82 + luck + rng.normal(0, 0.005, count)
        gains = after - before
        mean, error = gains.mean(), gains.std(ddof=1) / np.sqrt(count)
        found = as_array(f(before.tolist(), after.tolist()), "difference(…)", (2,))
        if close(found, (mean, error)):
            continue
        if close(found[0], -mean):
            raise Mistake("sign", "A gain is positive when `after` is higher.", "Hay ganancia cuando `after` es mayor.")
        if not close(found[0], mean):
            raise Mistake(
                "different", f"The mean gain should be {mean:.4f}.", f"La ganancia media debería ser {mean:.4f}."
            )
        if close(found[1], error * np.sqrt(count)):
            raise Mistake(
                "deviation",
                "That is how much single seeds differ; the mean of several is known better than that.",
                "Eso es cuánto difieren las semillas sueltas; la media de varias se conoce mejor.",
            )
        if close(found[1], error * np.sqrt((count - 1) / count)):
            raise Mistake(
                "ddof",
                "The mean was estimated from the same numbers: divide by n − 1.",
                "La media se estimó con los mismos números: divida entre n − 1.",
            )
        raise Mistake(
            "not-paired",
            f"The error should be {error:.4f}: what both have in common (an easy or a hard draw of pictures) must "
            "cancel.",
            f"El error debería ser {error:.4f}: lo que ambos tienen en común (una elección de imágenes fácil o "
            "difícil) debe cancelarse.",
        )
