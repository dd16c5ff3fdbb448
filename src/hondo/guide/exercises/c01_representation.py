"""Representations and depth: the nearest mean, and a fold that repeats."""

import numpy as np

from hondo.guide.exercises.exercise import Mistake, Wrong, exercise
from hondo.guide.exercises.work import Work, close


@exercise(
    "representation-nearest-mean",
    starter="import numpy as np\n\n\ndef nearest_mean(z, y, z_new):\n    ...\n",
    solution=(
        "import numpy as np\n\n\ndef nearest_mean(z, y, z_new):\n"
        "    classes = np.unique(y)\n"
        "    means = np.stack([z[y == each].mean(axis=0) for each in classes])  # (classes, d)\n"
        "    squared = ((z_new[:, None, :] - means) ** 2).sum(axis=-1)          # (m, classes)\n"
        "    return classes[squared.argmin(axis=1)]\n"
    ),
    hints=(
        (
            "First the mean of the rows of each class; then, for each new row, the class of the nearest mean.",
            "Primero, la media de las filas de cada clase; después, para cada fila nueva, la clase de la media más"
            " cercana.",
        ),
        (
            "`z[y == k]` are the rows of class k, and `np.unique(y)` the classes, which need not be 0, 1, 2…",
            "`z[y == k]` son las filas de la clase k y `np.unique(y)` las clases, que no tienen por qué ser 0, 1, 2…",
        ),
        (
            "`argmin` gives the place of the nearest mean; `classes[place]` is its class.",
            "`argmin` da el lugar de la media más cercana; `classes[lugar]` es su clase.",
        ),
    ),
    right=(
        "import numpy as np\n\ndef nearest_mean(z, y, z_new):\n    answers = []\n    for row in z_new:\n"
        "        best = min(set(y.tolist()), key=lambda k: np.linalg.norm(row - z[y == k].mean(axis=0)))\n"
        "        answers.append(best)\n    return answers\n",
    ),
    wrong=(
        Wrong(
            "import numpy as np\n\ndef nearest_mean(z, y, z_new):\n    d = ((z_new[:, None] - z) ** 2).sum(-1)\n"
            "    return y[d.argmin(1)]\n",
            "nearest-sample",
        ),
        Wrong(
            "import numpy as np\n\ndef nearest_mean(z, y, z_new):\n    c = np.unique(y)\n"
            "    m = np.stack([z[y == k].mean(axis=0) for k in c])\n"
            "    return ((z_new[:, None] - m) ** 2).sum(-1).argmin(1)\n",
            "place-for-class",
        ),
        Wrong(
            "import numpy as np\n\ndef nearest_mean(z, y, z_new):\n    c = np.unique(y)\n"
            "    m = np.stack([z[y == k].mean(axis=0) for k in c])\n"
            "    return c[((z_new[:, None] - m) ** 2).sum(-1).argmax(1)]\n",
            "farthest",
        ),
    ),
)
def check_nearest_mean(work: Work) -> None:
    """Random clouds whose classes are no places."""
    f = work.function("nearest_mean")
    rng = np.random.default_rng(0)
    for dimensions, classes in ((2, (3, 5, 9)), (4, (1, 2, 7, 8))):
        y = np.repeat(classes, 12)
        z = rng.normal(size=(len(y), dimensions)) * 1.5 + rng.normal(size=(10, dimensions))[y] * 2
        new = rng.normal(size=(40, dimensions)) * 2
        names = np.asarray(classes)
        means = np.stack([z[y == each].mean(axis=0) for each in classes])
        squared = ((new[:, None] - means) ** 2).sum(axis=-1)
        found = np.asarray(f(z, y, new))
        if found.shape != (40,):
            raise Mistake(
                "shape",
                f"One class for each of the 40 new rows is wanted; the shape is {found.shape}.",
                f"Se pide una clase por cada una de las 40 filas nuevas; la forma es {found.shape}.",
            )
        if close(found, squared.argmin(axis=1)):
            raise Mistake(
                "place-for-class",
                "These are the places of the means, 0, 1, 2…, not the classes that stand there.",
                "Eso son los lugares de las medias, 0, 1, 2…, y no las clases que hay en ellos.",
            )
        if close(found, y[((new[:, None] - z) ** 2).sum(axis=-1).argmin(axis=1)]):
            raise Mistake(
                "nearest-sample",
                "This is the class of the nearest sample; compare with the means of the classes instead.",
                "Esa es la clase de la muestra más cercana; compare con las medias de las clases.",
            )
        if close(found, names[squared.argmax(axis=1)]):
            raise Mistake("farthest", "This is the farthest mean.", "Esa es la media más lejana.")
        if not close(found, names[squared.argmin(axis=1)]):
            raise Mistake(
                "different",
                "Some rows get a class other than that of the nearest mean.",
                "Algunas filas reciben una clase que no es la de la media más cercana.",
            )


@exercise(
    "representation-folds",
    starter=(
        "import numpy as np\n\n\ndef relu(z):\n    return np.maximum(z, 0)\n\n\ndef folded(x, layers):\n    return x\n"
    ),
    solution=(
        "import numpy as np\n\n\ndef relu(z):\n    return np.maximum(z, 0)\n\n\ndef folded(x, layers):\n"
        "    for _ in range(layers):\n        x = 2 * relu(x) - 4 * relu(x - 0.5)\n    return x\n"
    ),
    hints=(
        (
            "Find a and b such that a·relu(x) + b·relu(x − ½) rises to 1 at ½ and is back at 0 at 1.",
            "Busque a y b de modo que a·relu(x) + b·relu(x − ½) suba hasta 1 en ½ y vuelva a 0 en 1.",
        ),
        (
            "Up to ½ only the first neuron counts: its slope must be 2. After ½ both count, and the slope must be −2.",
            "Hasta ½ solo cuenta la primera neurona: su pendiente ha de ser 2. Después cuentan las dos, y la"
            " pendiente ha de ser −2.",
        ),
        (
            "Each layer takes what the one before gives: `x = …` inside a loop.",
            "Cada capa toma lo que da la anterior: `x = …` dentro de un bucle.",
        ),
    ),
    right=(
        "import numpy as np\n\ndef tent(x):\n    return 1 - np.maximum(2 * x - 1, 0) - np.maximum(1 - 2 * x, 0)\n\n"
        "def folded(x, layers):\n    return x if layers == 0 else folded(tent(x), layers - 1)\n",
    ),
    wrong=(
        Wrong(
            "import numpy as np\n\ndef folded(x, layers):\n    return 2 * np.maximum(x, 0) - 4 * np.maximum(x - 0.5,"
            " 0)\n",
            "one-fold",
        ),
        Wrong(
            "import numpy as np\n\ndef folded(x, layers):\n    for _ in range(layers):\n"
            "        x = 2 * np.maximum(x, 0) - 2 * np.maximum(x - 0.5, 0)\n    return x\n",
            "not-back",
        ),
    ),
)
def check_folds(work: Work) -> None:
    """From no layer to four."""
    f = work.function("folded")
    x = np.linspace(0, 1, 41)
    once = 1 - np.abs(2 * x - 1)
    found = np.asarray(f(x.copy(), 1), float)
    if found.shape != x.shape:
        raise Mistake(
            "shape",
            f"The shape should be that of x, (41,); it is {found.shape}.",
            f"La forma debería ser la de x, (41,); es {found.shape}.",
        )
    if not close(found, once):
        if close(found[x <= 0.5], once[x <= 0.5]):
            raise Mistake(
                "not-back",
                "It rises as it should, but after ½ it does not come down to 0.",
                "Sube como debe, pero después de ½ no baja hasta 0.",
            )
        raise Mistake(
            "not-a-tent",
            f"One layer should give 0, 1 and 0 at 0, ½ and 1; it gives {found[0]:.3g}, {found[20]:.3g} and"
            f" {found[40]:.3g}.",
            f"Una capa debería dar 0, 1 y 0 en 0, ½ y 1; da {found[0]:.3g}, {found[20]:.3g} y {found[40]:.3g}.",
        )
    wanted = x
    for layers in range(5):
        found = np.asarray(f(x.copy(), layers), float)
        if not close(found, wanted, 1e-9):
            if layers != 1 and close(found, once):
                raise Mistake(
                    "one-fold",
                    f"With {layers} layers it gives what one gives: fold as many times as there are layers.",
                    f"Con {layers} capas da lo mismo que con una: pliegue tantas veces como capas haya.",
                )
            raise Mistake(
                "different",
                f"With {layers} layers the result is another one.",
                f"Con {layers} capas el resultado es otro.",
            )
        wanted = 1 - np.abs(2 * wanted - 1)
