"""Chapter 6: the perceptron's rule, XOR by hand, and the forward pass of a multilayer perceptron."""

from itertools import pairwise

import numpy as np

from hondo.guide.exercises.exercise import Mistake, Wrong, exercise
from hondo.guide.exercises.work import Work, as_array, close


def _two(found: object, name: str, inputs: int) -> tuple[np.ndarray, float]:
    """A pair of weights and a bias."""
    if not isinstance(found, (tuple, list)) or len(found) != 2:
        raise Mistake(
            "not-a-pair", f"`{name}` should return the pair (w, b).", f"`{name}` debe devolver la pareja (w, b)."
        )
    return as_array(found[0], "w", (inputs,)), float(as_array(found[1], "b", ()))


@exercise(
    "perceptron-update",
    starter="import numpy as np\n\ndef update(x, y, w, b):\n    ...\n",
    solution="import numpy as np\n\ndef update(x, y, w, b):\n    answer = 1 if w @ x + b >= 0 else 0\n"
    "    return w + (y - answer) * x, b + (y - answer)\n",
    hints=(
        (
            "First the answer of the neuron with a step, with the weights as they are.",
            "Primero, la respuesta de la neurona con escalón, con los pesos tal como están.",
        ),
        ("y − ŷ is 0, 1 or −1: nothing, add x, subtract x.", "y − ŷ es 0, 1 o −1: nada, sumar x, restar x."),
    ),
    right=(
        "def update(x, y, w, b):\n    side = 2 * y - 1\n    z = sum(w * x) + b\n"
        "    if (z >= 0) == (side > 0):\n        return w, b\n    return w + side * x, b + side\n",
    ),
    wrong=(
        Wrong("def update(x, y, w, b):\n    s = 2 * y - 1\n    return w + s * x, b + s\n", "always"),
        Wrong(
            "def update(x, y, w, b):\n    a = int(w @ x + b >= 0)\n    return w + (a - y) * x, b + (a - y)\n", "sign"
        ),
        Wrong("def update(x, y, w, b):\n    a = int(w @ x + b >= 0)\n    return w + (y - a) * x, b\n", "bias-stays"),
    ),
)
def check_update(work: Work) -> None:
    """Samples that are right and wrong, of both classes."""
    f = work.function("update")
    rng = np.random.default_rng(0)
    for _ in range(40):
        x, w, b, y = rng.normal(size=3), rng.normal(size=3), float(rng.normal()), int(rng.integers(2))
        answer = int(w @ x + b >= 0)
        new_w, new_b = _two(f(x, y, w.copy(), b), "update", 3)
        error = y - answer
        if close(new_w, w + error * x) and close(new_b, b + error):
            continue
        if error == 0:
            raise Mistake(
                "always",
                "This sample was answered correctly, and yet the weights move.",
                "Esta muestra se respondió bien y, sin embargo, los pesos se mueven.",
            )
        if close(new_w, w - error * x):
            raise Mistake(
                "sign",
                "The correction goes the wrong way: the sample ends up further on the wrong side.",
                "La corrección va al revés: la muestra acaba más adentro del lado equivocado.",
            )
        if close(new_w, w + error * x):
            raise Mistake("bias-stays", "w is right; b has to learn too.", "w está bien; b también tiene que aprender.")
        raise Mistake(
            "different",
            f"With y = {y} and answer {answer}, w should change by {error}·x.",
            f"Con y = {y} y respuesta {answer}, w debería cambiar en {error}·x.",
        )


@exercise(
    "perceptron-learn",
    starter="import numpy as np\n\ndef learn(x, y):\n    w, b = np.zeros(x.shape[1]), 0.0\n    ...\n    return w, b\n",
    solution="import numpy as np\n\ndef learn(x, y):\n    w, b = np.zeros(x.shape[1]), 0.0\n"
    "    for _ in range(1000):\n        mistakes = 0\n        for point, label in zip(x, y):\n"
    "            error = label - (w @ point + b >= 0)\n            if error:\n"
    "                w, b, mistakes = w + error * point, b + error, mistakes + 1\n"
    "        if mistakes == 0:\n            break\n    return w, b\n",
    hints=(
        (
            "Two loops: rounds, and within each the samples.",
            "Dos bucles: las vueltas y, dentro de cada una, las muestras.",
        ),
        (
            "A correction for one sample can spoil another: go round until a whole round makes no mistake.",
            "Corregir una muestra puede estropear otra: siga dando vueltas hasta que una entera no cometa errores.",
        ),
    ),
    right=(
        "import numpy as np\n\ndef learn(x, y):\n    X = np.column_stack([x, np.ones(len(x))])\n"
        "    s = 2 * y - 1\n    t = np.zeros(X.shape[1])\n    while True:\n"
        "        bad = np.flatnonzero(s * (X @ t) <= 0)\n        if not len(bad):\n            return t[:-1], t[-1]\n"
        "        t = t + s[bad[0]] * X[bad[0]]\n",
    ),
    wrong=(
        Wrong(
            "import numpy as np\n\ndef learn(x, y):\n    w, b = np.zeros(x.shape[1]), 0.0\n"
            "    for p, label in zip(x, y):\n        e = label - (w @ p + b >= 0)\n        w, b = w + e * p, b + e\n"
            "    return w, b\n",
            "not-separated",
        ),
        Wrong(
            "import numpy as np\n\ndef learn(x, y):\n    w, b = np.zeros(x.shape[1]), 0.0\n    for _ in range(100):\n"
            "        for p, label in zip(x, y):\n            w = w + (label - (w @ p >= 0)) * p\n    return w, b\n",
            "no-bias",
        ),
        Wrong("import numpy as np\n\ndef learn(x, y):\n    return np.zeros(x.shape[1]), 0.0\n", "nothing-learnt"),
    ),
)
def check_learn(work: Work) -> None:
    """Separable clouds, some far from the origin."""
    f = work.function("learn")
    rng = np.random.default_rng(1)
    for inputs, middle in ((2, 0.5), (2, 2.0), (4, 1.0)):
        direction = rng.normal(size=inputs)
        direction /= np.linalg.norm(direction)
        x = middle + rng.uniform(-2, 2, (300, inputs))
        distance = (x - middle) @ direction
        x, y = x[np.abs(distance) > 0.3], (distance[np.abs(distance) > 0.3] > 0).astype(float)
        w, b = _two(f(x, y), "learn", inputs)
        wrong = int(((x @ w + b >= 0) != (y == 1)).sum())
        if wrong == 0:
            continue
        if not w.any():
            raise Mistake("nothing-learnt", "w is still 0.", "w sigue siendo 0.")
        if b == 0:
            raise Mistake(
                "no-bias",
                "b is 0: such a line passes through the origin, and these classes need another.",
                "b vale 0: esa recta pasa por el origen, y estas clases necesitan otra.",
            )
        raise Mistake(
            "not-separated",
            f"{wrong} of {len(x)} samples are still on the wrong side, though a line separates them all.",
            f"{wrong} de {len(x)} muestras siguen en el lado equivocado, aunque una recta las separa todas.",
        )


@exercise(
    "xor-network",
    starter="import numpy as np\n\nW1 = np.zeros((2, 2))\nb1 = np.zeros(2)\nw2 = np.zeros(2)\nb2 = 0.0\n",
    solution="import numpy as np\n\nW1 = np.array([[1.0, 1.0], [1.0, 1.0]])\nb1 = np.array([-0.5, -1.5])\n"
    "w2 = np.array([1.0, -1.0])\nb2 = -0.5\n",
    hints=(
        ("XOR is “at least one, but not both”.", "XOR es «al menos uno, pero no los dos»."),
        ("First hidden neuron: OR. Second: AND.", "Primera neurona oculta: OR. Segunda: AND."),
        ("The output: h₁ but not h₂.", "La salida: h₁ pero no h₂."),
    ),
    right=(
        "W1 = [[1, -1], [-1, 1]]\nb1 = [-0.5, -0.5]\nw2 = [1, 1]\nb2 = -0.5\n",
        "import numpy as np\nW1 = np.array([[1, -1], [1, -1]])\nb1 = np.array([-0.5, 1.5])\n"
        "w2 = np.array([1, 1])\nb2 = -1.5\n",
    ),
    wrong=(
        Wrong("W1 = [[1, 1], [1, 1]]\nb1 = [-0.5, -1.5]\nw2 = [1, 1]\nb2 = -0.5\n", "is-or"),
        Wrong("W1 = [[1, 1], [1, 1]]\nb1 = [-0.5, -1.5]\nw2 = [-1, 1]\nb2 = 0.5\n", "negated"),
        Wrong("W1 = [[1, 1], [1, 1]]\nb1 = [-0.5, -0.5]\nw2 = [1, -1]\nb2 = -0.5\n", "same-hidden"),
    ),
)
def check_xor(work: Work) -> None:
    """The four corners."""
    w1, b1 = work.array("W1", (2, 2)), work.array("b1", (2,))
    w2, b2 = work.array("w2", (2,)), float(work.array("b2", ()))
    corners = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    hidden = (corners @ w1 + b1 >= 0).astype(float)
    answers = (hidden @ w2 + b2 >= 0).astype(int)
    if answers.tolist() == [0, 1, 1, 0]:
        return
    if answers.tolist() == [1, 0, 0, 1]:
        raise Mistake("negated", "Exactly the other way round.", "Justo al revés.")
    if answers.tolist() == [0, 1, 1, 1]:
        raise Mistake("is-or", "That is OR: (1, 1) should give 0.", "Eso es OR: (1, 1) debería dar 0.")
    if (hidden[:, 0] == hidden[:, 1]).all():
        raise Mistake(
            "same-hidden",
            "Both hidden neurons always answer the same: one is as good as both.",
            "Las dos neuronas ocultas responden siempre lo mismo: una vale por las dos.",
        )
    told = ", ".join(f"{int(a)}{int(b)} → {c}" for (a, b), c in zip(corners, answers, strict=True))
    raise Mistake("different", f"It answers {told}.", f"Responde {told}.")


@exercise(
    "mlp-forward",
    starter="import numpy as np\n\ndef forward(x, layers, f):\n    ...\n",
    solution="import numpy as np\n\ndef forward(x, layers, f):\n    for W, b in layers[:-1]:\n"
    "        x = f(x @ W + b)\n    W, b = layers[-1]\n    return x @ W + b\n",
    hints=(
        ("What one layer gives is the next one's x.", "Lo que da una capa es la x de la siguiente."),
        ("`layers[:-1]` are all but the last.", "`layers[:-1]` son todas menos la última."),
    ),
    right=(
        "import numpy as np\n\ndef forward(x, layers, f):\n    for i, (W, b) in enumerate(layers):\n"
        "        z = np.einsum('ni,ij->nj', x, W) + b\n"
        "        x = z if i == len(layers) - 1 else f(z)\n    return x\n",
    ),
    wrong=(
        Wrong(
            "def forward(x, layers, f):\n    for W, b in layers:\n        x = f(x @ W + b)\n    return x\n",
            "f-at-the-end",
        ),
        Wrong("def forward(x, layers, f):\n    for W, b in layers:\n        x = x @ W + b\n    return x\n", "no-f"),
        Wrong(
            "def forward(x, layers, f):\n    for W, b in layers[:-1]:\n        x = f(x @ W)\n"
            "    W, b = layers[-1]\n    return x @ W\n",
            "no-biases",
        ),
    ),
)
def check_forward(work: Work) -> None:
    """Networks of one to four layers."""
    run = work.function("forward")
    rng = np.random.default_rng(2)
    for sizes in ((3, 4, 2), (2, 5, 3, 1), (4, 3), (2, 3, 3, 3, 2)):
        layers = [(rng.normal(size=(m, k)), rng.normal(size=k)) for m, k in pairwise(sizes)]
        x = rng.normal(size=(6, sizes[0]))
        found = as_array(run(x, layers, np.tanh), "forward(x, layers, f)", (6, sizes[-1]))
        if close(found, _forward(x, layers, True, False)):
            continue
        if close(found, _forward(x, layers, True, True)):
            raise Mistake(
                "f-at-the-end",
                "The last layer should give scores, without f.",
                "La última capa debe dar puntuaciones, sin f.",
            )
        if close(found, _forward(x, layers, False, False)):
            raise Mistake(
                "no-f",
                "Without f, all layers together are only one linear layer.",
                "Sin f, todas las capas juntas son una sola capa lineal.",
            )
        if close(found, _forward(x, [(w, 0 * b) for w, b in layers], True, False)):
            raise Mistake("no-biases", "The biases are missing.", "Faltan los sesgos.")
        raise Mistake("different", "The scores are different.", "Las puntuaciones son otras.")


def _forward(x: np.ndarray, layers: list[tuple[np.ndarray, np.ndarray]], bent: bool, last: bool) -> np.ndarray:
    for place, (w, b) in enumerate(layers):
        x = x @ w + b
        if bent and (last or place < len(layers) - 1):
            x = np.tanh(x)
    return x
