"""NumPy: elements moved into patches, and chosen by pairs of positions."""

import numpy as np

from hondo.guide.exercises.exercise import Mistake, Wrong, exercise
from hondo.guide.exercises.work import Work, as_array, close


@exercise(
    "tensor-patches",
    starter="import numpy as np\n\n\ndef patches(image, p):\n    ...\n",
    solution=(
        "import numpy as np\n\n\ndef patches(image, p):\n    h, w = image.shape\n"
        "    blocks = image.reshape(h // p, p, w // p, p)  # (block row, row, block column, column)\n"
        "    return blocks.transpose(0, 2, 1, 3).reshape(-1, p, p)\n",
        "import numpy as np\n\n\ndef patches(image, p):\n    h, w = image.shape\n"
        "    blocks = image.reshape(h // p, p, w // p, p)  # (fila de bloques, fila, columna de "
        "bloques, columna)\n"
        "    return blocks.transpose(0, 2, 1, 3).reshape(-1, p, p)\n",
    ),
    hints=(
        (
            "A row index r is a pair: r // p says which block, r % p which row in it.",
            "Un índice de fila r es un par: r // p dice en qué bloque, r % p en qué fila de él.",
        ),
        (
            "`reshape(h // p, p, w // p, p)` makes that pair two axes, for rows and for columns.",
            "`reshape(h // p, p, w // p, p)` convierte ese par en dos ejes, para filas y para columnas.",
        ),
        (
            (
                "Bring both block axes to the front with `transpose(0, 2, 1, 3)`, then join them with "
                "`reshape(-1, p, p)`."
            ),
            ("Lleve los dos ejes de bloque al principio con `transpose(0, 2, 1, 3)` y únalos con `reshape(-1, p, p)`."),
        ),
    ),
    right=(
        (
            "import numpy as np\n\ndef patches(image, p):\n    h, w = image.shape\n"
            "    return np.array([image[r:r + p, c:c + p] for r in range(0, h, p) for c in range(0, w, p)])\n"
        ),
        (
            "import numpy as np\n\ndef patches(image, p):\n"
            "    rows = np.split(image, image.shape[0] // p)\n"
            "    return np.concatenate([np.stack(np.split(r, r.shape[1] // p, axis=1)) for r in rows])\n"
        ),
    ),
    wrong=(
        Wrong("def patches(image, p):\n    return image.reshape(-1, p, p)\n", "only-reshape"),
        Wrong(
            (
                "def patches(image, p):\n    h, w = image.shape\n"
                "    return image.reshape(h // p, p, w // p, p).transpose(0, 2, 3, 1).reshape(-1, p, p)\n"
            ),
            "turned",
        ),
        Wrong(
            (
                "def patches(image, p):\n    h, w = image.shape\n"
                "    return image.reshape(h // p, p, w // p, p).transpose(2, 0, 1, 3).reshape(-1, p, p)\n"
            ),
            "by-columns",
        ),
    ),
)
def check_patches(work: Work) -> None:
    """Squares in reading order."""
    f = work.function("patches")
    rng = np.random.default_rng(3)
    for h, w, p in ((4, 6, 2), (6, 3, 3), (8, 8, 4), (6, 8, 2)):
        image = rng.normal(size=(h, w))
        found = as_array(f(image, p), "patches(…)", (h * w // p**2, p, p))
        wanted = np.array([image[r : r + p, c : c + p] for r in range(0, h, p) for c in range(0, w, p)])
        if close(found, wanted):
            continue
        if close(found, image.reshape(-1, p, p)):
            raise Mistake(
                "only-reshape",
                ("A reshape alone cuts the row of numbers: each patch is a piece of one row of pixels, not a square."),
                (
                    "Un reshape solo corta la fila de números: cada parche es un trozo de una fila de píxeles, "
                    "no un cuadrado."
                ),
            )
        if close(found, wanted.transpose(0, 2, 1)):
            raise Mistake(
                "turned",
                "The patches are the right ones, but each is transposed.",
                "Los parches son los correctos, pero cada uno está traspuesto.",
            )
        by_columns = [image[r : r + p, c : c + p] for c in range(0, w, p) for r in range(0, h, p)]
        if close(found, np.array(by_columns)):
            raise Mistake(
                "by-columns",
                "The patches should come as one reads: first along the top row of patches.",
                "Los parches deben ir como se lee: primero los de la fila de arriba.",
            )
        raise Mistake(
            "different",
            (f"For a picture of {h}×{w} and p={p}, the second patch is not the one to the right of the first."),
            (f"Con una imagen de {h}×{w} y p={p}, el segundo parche no es el que está a la derecha del primero."),
        )


@exercise(
    "tensor-true-scores",
    starter="import numpy as np\n\n\ndef true_scores(p, y):\n    ...\n",
    solution="import numpy as np\n\n\ndef true_scores(p, y):\n    return p[np.arange(len(y)), y]\n",
    hints=(
        (
            "You want p[0, y[0]], p[1, y[1]], … : pairs of positions.",
            "Se buscan p[0, y[0]], p[1, y[1]], …: pares de posiciones.",
        ),
        (
            "Two arrays of integers inside the brackets are read in parallel.",
            "Dos arrays de enteros entre los corchetes se leen en paralelo.",
        ),
        ("The first of them is `np.arange(len(y))`.", "El primero es `np.arange(len(y))`."),
    ),
    right=(
        (
            "import numpy as np\n\ndef true_scores(p, y):\n"
            "    return np.take_along_axis(p, np.asarray(y)[:, None], axis=1)[:, 0]\n"
        ),
        "import numpy as np\n\ndef true_scores(p, y):\n    return (p * np.eye(p.shape[1])[y]).sum(axis=1)\n",
    ),
    wrong=(
        Wrong("def true_scores(p, y):\n    return p[:, y]\n", "all-pairs"),
        Wrong("def true_scores(p, y):\n    return p.max(axis=1)\n", "largest"),
        Wrong("def true_scores(p, y):\n    return p[y, 0:len(y)]\n", "shape"),
    ),
)
def check_true_scores(work: Work) -> None:
    """One number for each row: that of its class."""
    f = work.function("true_scores")
    rng = np.random.default_rng(4)
    for n, classes in ((5, 3), (4, 4), (1, 6), (30, 10)):
        p, y = rng.dirichlet(np.ones(classes), n), rng.integers(0, classes, n)
        found = f(p, y)
        if np.shape(found) == (n, n) and n > 1 and close(found, p[:, y]):
            raise Mistake(
                "all-pairs",
                (
                    f"p[:, y] takes, in every row, the columns of all samples: shape ({n}, {n}). Each row needs "
                    "its own column only."
                ),
                (
                    f"p[:, y] toma, en cada fila, las columnas de todas las muestras: forma ({n}, {n}). Cada fila "
                    "necesita solo la suya."
                ),
            )
        found = as_array(found, "true_scores(…)", (n,))
        if close(found, p[np.arange(n), y]):
            continue
        if close(found, p.max(axis=1)):
            raise Mistake(
                "largest",
                "That is the largest score of each row, not that of the right class.",
                "Esa es la mayor puntuación de cada fila, no la de la clase correcta.",
            )
        raise Mistake("different", "Element i should be p[i, y[i]].", "El elemento i debería ser p[i, y[i]].")
