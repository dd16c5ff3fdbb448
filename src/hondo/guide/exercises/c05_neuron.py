"""Chapter 5: counting, computing and placing neurons."""

from itertools import pairwise

import numpy as np

from hondo.guide.exercises.exercise import Mistake, Wrong, exercise
from hondo.guide.exercises.work import Work, as_array, close


@exercise(
    "dense-parameters",
    starter="def parameters(sizes):\n    ...\n",
    solution="def parameters(sizes):\n"
    "    return sum(before * after + after for before, after in zip(sizes[:-1], sizes[1:]))\n",
    hints=(
        (
            "A layer is a matrix and a vector: what shapes do they have?",
            "Una capa es una matriz y un vector: ¿qué formas tienen?",
        ),
        (
            "Between a layer of 3 and one of 5 there are 3·5 weights, and the 5 neurons have a bias each.",
            "Entre una capa de 3 y otra de 5 hay 3·5 pesos, y cada una de las 5 neuronas tiene su sesgo.",
        ),
        ("`zip(sizes[:-1], sizes[1:])` gives the pairs.", "`zip(sizes[:-1], sizes[1:])` da las parejas."),
    ),
    right=(
        "def parameters(sizes):\n    total = 0\n    for i in range(1, len(sizes)):\n"
        "        total += (sizes[i - 1] + 1) * sizes[i]\n    return total\n",
    ),
    wrong=(
        Wrong("def parameters(sizes):\n    return sum(a * b for a, b in zip(sizes[:-1], sizes[1:]))\n", "no-biases"),
        Wrong(
            "def parameters(sizes):\n    return sum(a * b for a, b in zip(sizes[:-1], sizes[1:])) + sum(sizes)\n",
            "biases-of-inputs",
        ),
        Wrong("def parameters(sizes):\n    return sum(sizes)\n", "different"),
    ),
)
def check_parameters(work: Work) -> None:
    """Random lists of sizes."""
    count = work.function("parameters")
    rng = np.random.default_rng(0)
    for depth in (2, 3, 3, 4, 6):
        sizes = [int(each) for each in rng.integers(1, 50, depth)]
        weights = sum(before * after for before, after in pairwise(sizes))
        wanted, found = weights + sum(sizes[1:]), count(sizes)
        if close(found, wanted):
            continue
        if close(found, weights):
            raise Mistake(
                "no-biases",
                f"For {sizes} you count {found}: the weights are right, the biases are missing.",
                f"Para {sizes} cuenta {found}: los pesos están bien, faltan los sesgos.",
            )
        if close(found, weights + sum(sizes)):
            raise Mistake(
                "biases-of-inputs",
                "Inputs are numbers that come in, not neurons: they have no bias.",
                "Las entradas son números que llegan, no neuronas: no tienen sesgo.",
            )
        raise Mistake(
            "different",
            f"For {sizes} there are {wanted} parameters, you count {found}.",
            f"Para {sizes} hay {wanted} parámetros; usted cuenta {found}.",
        )


@exercise(
    "neuron-answer",
    starter="import numpy as np\n\ndef neuron(x, w, b, f):\n    ...\n",
    solution="import numpy as np\n\ndef neuron(x, w, b, f):\n    return f(x @ w + b)\n",
    hints=(
        ("First all the weighted sums, then f.", "Primero todas las sumas ponderadas; después, f."),
        ("`x @ w` multiplies each row of x by w and adds up.", "`x @ w` multiplica cada fila de x por w y suma."),
    ),
    right=(
        "import numpy as np\n\ndef neuron(x, w, b, f):\n"
        "    return np.array([f(sum(xi * wi for xi, wi in zip(row, w)) + b) for row in x])\n",
    ),
    wrong=(
        Wrong("def neuron(x, w, b, f):\n    return f(x @ w)\n", "forgot-bias"),
        Wrong("def neuron(x, w, b, f):\n    return x @ w + b\n", "forgot-activation"),
        Wrong("def neuron(x, w, b, f):\n    return f(x @ w) + b\n", "bias-outside"),
        Wrong("def neuron(x, w, b, f):\n    return f((x * w + b).sum(axis=1))\n", "bias-each-time"),
    ),
)
def check_neuron(work: Work) -> None:
    """Several shapes and activations."""
    f = work.function("neuron")
    rng = np.random.default_rng(1)
    for batch, inputs, activation in ((4, 3, np.tanh), (1, 2, np.square), (6, 5, np.sin)):
        x, w, b = rng.normal(size=(batch, inputs)), rng.normal(size=inputs), 0.7
        wanted, found = activation(x @ w + b), f(x, w, b, activation)
        if close(found, wanted):
            continue
        array = as_array(found, "neuron(x, w, b, f)", (batch,))
        if close(array, activation(x @ w)):
            raise Mistake("forgot-bias", "The bias b changes nothing yet.", "El sesgo b todavía no cambia nada.")
        if close(array, x @ w + b):
            raise Mistake(
                "forgot-activation", "That is z; the neuron answers f(z).", "Eso es z; la neurona responde f(z)."
            )
        if close(array, activation(x @ w) + b):
            raise Mistake("bias-outside", "The bias belongs inside f.", "El sesgo va dentro de f.")
        if close(array, activation(x @ w + inputs * b)):
            raise Mistake(
                "bias-each-time",
                "The bias is added once for each input; it is added once in all.",
                "El sesgo se suma una vez por entrada; se suma una sola vez.",
            )
        raise Mistake("different", "The numbers are not f(x·w + b).", "Los números no son f(x·w + b).")


@exercise(
    "neuron-distance",
    starter="import numpy as np\n\ndef distance(x, w, b):\n    ...\n",
    solution="import numpy as np\n\ndef distance(x, w, b):\n    return (x @ w + b) / np.linalg.norm(w)\n",
    hints=(
        (
            "z = x·w + b is 0 on the line and grows by |w| for each unit one walks along w.",
            "z = x·w + b vale 0 en la recta y crece |w| por cada unidad que se avanza en la dirección de w.",
        ),
        ("Divide z by the length of w.", "Divida z entre la longitud de w."),
    ),
    right=(
        "import numpy as np\n\ndef distance(x, w, b):\n    foot = -b * w / (w @ w)\n"
        "    return np.sum((x - foot) * w / np.sqrt(np.sum(w ** 2)), axis=1)\n",
    ),
    wrong=(
        Wrong("def distance(x, w, b):\n    return x @ w + b\n", "not-divided"),
        Wrong("def distance(x, w, b):\n    return abs(x @ w + b) / (w @ w) ** 0.5\n", "no-sign"),
        Wrong("def distance(x, w, b):\n    return (x @ w + b) / (w @ w)\n", "squared-length"),
    ),
)
def check_distance(work: Work) -> None:
    """Points on both sides, in two and in four dimensions."""
    f = work.function("distance")
    rng = np.random.default_rng(2)
    for inputs in (2, 4):
        x, w, b = rng.normal(size=(9, inputs)), 3 * rng.normal(size=inputs), -0.4
        z, length = x @ w + b, float(np.linalg.norm(w))
        found = as_array(f(x, w, b), "distance(x, w, b)", (9,))
        if close(found, z / length):
            continue
        if close(found, z):
            raise Mistake(
                "not-divided",
                "That is z: doubling w and b doubles it, though the line stays where it is.",
                "Eso es z: si w y b se duplican, se duplica, aunque la recta no se mueva.",
            )
        if close(found, np.abs(z) / length):
            raise Mistake(
                "no-sign",
                "The size is right; the sign should say the side.",
                "El tamaño es correcto; el signo debe decir el lado.",
            )
        if close(found, z / length**2):
            raise Mistake(
                "squared-length", "w @ w is the length squared.", "w @ w es el cuadrado de la longitud, no la longitud."
            )
        raise Mistake("different", "These are not the signed distances.", "Estas no son las distancias con signo.")


@exercise(
    "neuron-majority",
    starter="import numpy as np\n\nw = np.array([0.0, 0.0, 0.0])\nb = 0.0\n",
    solution="import numpy as np\n\nw = np.array([1.0, 1.0, 1.0])\nb = -1.5\n",
    hints=(
        ("All three inputs matter the same.", "Las tres entradas importan lo mismo."),
        (
            "With weights 1 the weighted sum counts the ones; where should z change its sign?",
            "Con pesos 1, la suma ponderada cuenta los unos; ¿dónde debe z cambiar de signo?",
        ),
    ),
    right=("w = [2, 2, 2]\nb = -4\n", "import numpy as np\nw = np.array([3.0, 2.5, 2.0])\nb = -4.2\n"),
    wrong=(
        Wrong("w = [1, 1, 1]\nb = -0.5\n", "one-is-enough"),
        Wrong("w = [1, 1, 1]\nb = -2.5\n", "all-three"),
        Wrong("w = [1, 1, 1]\nb = 1.5\n", "always"),
    ),
)
def check_majority(work: Work) -> None:
    """All eight corners of the cube."""
    w, b = work.array("w", (3,)), float(work.array("b", ()))
    corners = np.array([[i >> 2 & 1, i >> 1 & 1, i & 1] for i in range(8)], float)
    answers, ones = (corners @ w + b >= 0), corners.sum(axis=1)
    if (answers == (ones >= 2)).all():
        return
    if answers.all():
        raise Mistake(
            "always",
            "The neuron always answers 1, even to (0, 0, 0).",
            "La neurona responde siempre 1, incluso a (0, 0, 0).",
        )
    if (answers == (ones >= 1)).all():
        raise Mistake("one-is-enough", "That is OR: one 1 is enough for it.", "Eso es OR: le basta un solo 1.")
    if (answers == (ones >= 3)).all():
        raise Mistake("all-three", "That is AND: it wants all three.", "Eso es AND: exige los tres.")
    place = int(np.flatnonzero(answers != (ones >= 2))[0])
    point = tuple(int(each) for each in corners[place])
    raise Mistake(
        "different",
        f"To {point} it answers {int(answers[place])}.",
        f"A {point} responde {int(answers[place])}.",
    )
