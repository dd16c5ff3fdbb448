"""Chapter 6: a hat of three ReLUs, the accuracy of scores, a safe softmax, and a temperature that is asked for."""

import warnings

import numpy as np

from hondo.guide.exercises.exercise import Mistake, Wrong, exercise
from hondo.guide.exercises.work import Work, as_array, close


@exercise(
    "universal-hat",
    starter="import numpy as np\n\nstarts = np.array([0.0, 0.0, 0.0])\nweights = np.array([0.0, 0.0, 0.0])\n",
    solution="import numpy as np\n\nstarts = np.array([0.0, 1.0, 2.0])\nweights = np.array([1.0, -2.0, 1.0])\n",
    hints=(
        (
            "The function bends at three places: one neuron begins at each.",
            "La función se dobla en tres sitios: en cada uno empieza una neurona.",
        ),
        (
            "Each weight is how much the slope changes there: from 0 to 1, from 1 to −1, from −1 to 0.",
            "Cada peso es cuánto cambia ahí la pendiente: de 0 a 1, de 1 a −1, de −1 a 0.",
        ),
    ),
    right=("starts = [2, 0, 1]\nweights = [1, 1, -2]\n",),
    wrong=(
        Wrong("starts = [0, 1, 2]\nweights = [1, -1, 0]\n", "stays-up"),
        Wrong("starts = [0, 1, 2]\nweights = [1, -2, 0]\n", "goes-on-down"),
        Wrong("starts = [0, 1, 2]\nweights = [1, 1, 1]\n", "different"),
    ),
)
def check_hat(work: Work) -> None:
    """The function at many places."""
    starts, weights = work.array("starts", (3,)), work.array("weights", (3,))

    def f(x: np.ndarray) -> np.ndarray:
        return np.maximum(0, x[:, None] - starts) @ weights

    x = np.linspace(-2, 4, 121)
    if close(f(x), np.maximum(0, 1 - np.abs(x - 1)), 1e-4):
        return
    end = float(f(np.array([3.0]))[0])
    rises = close(f(x[x <= 1]), np.maximum(0, x[x <= 1]), 1e-4)
    if rises and close(end, 1.0, 1e-4):
        raise Mistake(
            "stays-up",
            "It rises well, but then it stays at 1: the slope has to become −1.",
            "Sube bien, pero luego se queda en 1: la pendiente tiene que pasar a −1.",
        )
    if rises and end < -0.5:
        raise Mistake(
            "goes-on-down",
            "After x = 2 it goes on falling: the slope has to come back to 0.",
            "Después de x = 2 sigue bajando: la pendiente tiene que volver a 0.",
        )
    place = int(np.abs(f(x) - np.maximum(0, 1 - np.abs(x - 1))).argmax())
    raise Mistake(
        "different",
        f"At x = {x[place]:.2f} it gives {f(x)[place]:.2f}.",
        f"En x = {x[place]:.2f} da {f(x)[place]:.2f}.",
    )


@exercise(
    "scores-accuracy",
    starter="import numpy as np\n\ndef accuracy(scores, labels):\n    ...\n",
    solution="import numpy as np\n\ndef accuracy(scores, labels):\n"
    "    return np.mean(scores.argmax(axis=1) == labels)\n",
    hints=(
        (
            "The class chosen is the place of the greatest score of each row.",
            "La clase elegida es el lugar de la mayor puntuación de cada fila.",
        ),
        (
            "The mean of an array of True and False is the share of True.",
            "La media de un array de True y False es la proporción de True.",
        ),
    ),
    right=(
        "import numpy as np\n\ndef accuracy(scores, labels):\n"
        "    right = 0\n    for row, label in zip(scores, labels):\n"
        "        right += int(list(row).index(max(row)) == label)\n    return right / len(labels)\n",
    ),
    wrong=(
        Wrong(
            "import numpy as np\n\ndef accuracy(scores, labels):\n    return np.sum(scores.argmax(1) == labels)\n",
            "count",
        ),
        Wrong(
            "import numpy as np\n\ndef accuracy(scores, labels):\n    return np.mean(scores.argmax(1) != labels)\n",
            "share-wrong",
        ),
        Wrong(
            "import numpy as np\n\ndef accuracy(scores, labels):\n    return np.mean(scores.argmin(1) == labels)\n",
            "different",
        ),
    ),
)
def check_accuracy(work: Work) -> None:
    """Random scores of several classes."""
    f = work.function("accuracy")
    rng = np.random.default_rng(0)
    for batch, classes in ((40, 3), (25, 10), (7, 2)):
        labels = rng.integers(0, classes, batch)
        scores = rng.normal(size=(batch, classes)) + 1.5 * np.eye(classes)[labels]
        right = int((scores.argmax(axis=1) == labels).sum())
        found = float(as_array(f(scores, labels), "accuracy(scores, labels)", ()))
        if close(found, right / batch):
            continue
        if close(found, right):
            raise Mistake(
                "count", "That is how many; the share is asked for.", "Eso es cuántas; se pide la proporción."
            )
        if close(found, 1 - right / batch):
            raise Mistake("share-wrong", "That is the share of mistakes.", "Esa es la proporción de errores.")
        raise Mistake(
            "different",
            f"{right} of {batch} are right; you say {found:.3f}.",
            f"Se aciertan {right} de {batch}; usted dice {found:.3f}.",
        )


@exercise(
    "softmax-safe",
    starter="import numpy as np\n\ndef softmax(z):\n    ...\n",
    solution="import numpy as np\n\ndef softmax(z):\n    powers = np.exp(z - z.max(axis=1, keepdims=True))\n"
    "    return powers / powers.sum(axis=1, keepdims=True)\n",
    hints=(
        ("Subtract from each row its own greatest score.", "Reste a cada fila su propia puntuación mayor."),
        (
            "`keepdims=True` keeps a column that can be subtracted.",
            "`keepdims=True` conserva una columna que se puede restar.",
        ),
        ("Divide each row by its own sum.", "Divida cada fila entre su propia suma."),
    ),
    right=(
        "import numpy as np\n\ndef softmax(z):\n"
        "    return np.stack([np.exp(r - max(r)) / np.exp(r - max(r)).sum() for r in z])\n",
        "import numpy as np\n\ndef softmax(z):\n    return np.exp(z - np.logaddexp.reduce(z, axis=1, keepdims=True))\n",
    ),
    wrong=(
        Wrong(
            "import numpy as np\n\ndef softmax(z):\n    e = np.exp(z)\n    return e / e.sum(axis=1, keepdims=True)\n",
            "overflow",
        ),
        Wrong(
            "import numpy as np\n\ndef softmax(z):\n    e = np.exp(z - z.max())\n    return e / e.sum()\n",
            "whole-array",
        ),
        Wrong(
            "import numpy as np\n\ndef softmax(z):\n"
            "    e = np.exp(z - z.max())\n    return e / e.sum(axis=1, keepdims=True)\n",
            "one-maximum",
        ),
        Wrong("import numpy as np\n\ndef softmax(z):\n    return z / z.sum(axis=1, keepdims=True)\n", "no-exponential"),
    ),
)
def check_softmax(work: Work) -> None:
    """Ordinary rows, then rows around ±1000."""
    f = work.function("softmax")
    z = np.random.default_rng(0).normal(size=(5, 4)) * 2
    powers = np.exp(z)
    wanted = powers / powers.sum(axis=1, keepdims=True)
    found = as_array(f(z.copy()), "softmax(z)", (5, 4))
    if not close(found, wanted):
        if close(found, z / z.sum(axis=1, keepdims=True)):
            raise Mistake(
                "no-exponential",
                "Without the exponential there can be negative probabilities.",
                "Sin la exponencial puede haber probabilidades negativas.",
            )
        if close(found, powers / powers.sum()):
            raise Mistake(
                "whole-array",
                "All together sum to 1; each row should.",
                "La suma de todo es 1; debería serlo la de cada fila.",
            )
        raise Mistake(
            "different",
            f"The rows sum to {found.sum(axis=1).round(3)}.",
            f"Las filas suman {found.sum(axis=1).round(3)}.",
        )
    far = np.array([[1000.0, 999.0], [-1000.0, -1001.0]])
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        found = as_array(f(far.copy()), "softmax(z)", (2, 2))
    safe = 1 / (1 + np.exp(np.array([[-1.0, 1.0], [-1.0, 1.0]])))
    if close(found[0], safe[0]) and not close(found[1], safe[1]):
        raise Mistake(
            "one-maximum",
            "The second row is far below the greatest score of all, and all its exponentials become 0.",
            "La segunda fila está muy por debajo de la mayor puntuación de todas, y sus exponenciales se hacen 0.",
        )
    if told or not close(found, safe):
        raise Mistake(
            "overflow",
            f"With scores of 1000 an exponential overflows; the first row gives {found[0]}.",
            f"Con puntuaciones de 1000 se desborda una exponencial; la primera fila da {found[0]}.",
        )
