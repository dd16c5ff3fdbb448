"""Exercises of the chapter on backpropagation: by hand, checked, kept alive, and what it costs."""

import itertools

import numpy as np

from hondo.guide.exercises.exercise import Mistake, Wrong, exercise
from hondo.guide.exercises.work import Work, as_array, close

_NETWORK = """
import numpy as np

def gradients(x, y, W1, b1, W2, b2):
    a1 = np.tanh(x @ W1 + b1)  # (n, h)
    a2 = a1 @ W2 + b2  # (n, 1)
    dz2 = {first}  # (n, 1)
    dW2, db2 = a1.T @ dz2, dz2.{over}(axis=0)
    dz1 = {second}  # (n, h)
    dW1, db1 = x.T @ dz1, dz1.{over}(axis=0)
    return dW1, db1, dW2, db2
"""
_RIGHT = {"first": "2 * (a2 - y) / len(x)", "second": "(dz2 @ W2.T) * (1 - a1**2)", "over": "sum"}


def _with(**change: str) -> str:
    return _NETWORK.format(**{**_RIGHT, **change})


@exercise(
    "backprop-by-hand",
    starter="import numpy as np\n\ndef gradients(x, y, W1, b1, W2, b2):\n    a1 = np.tanh(x @ W1 + b1)  # (n, h)\n"
    "    a2 = a1 @ W2 + b2  # (n, 1)\n    ...\n",
    solution=_with(),
    hints=(
        (
            "From the back: ∂L/∂a2 of the mean of (a2 − y)², then each array gets a gradient of its own shape.",
            "Desde el final: ∂L/∂a2 de la media de (a2 − y)²; después, cada array recibe un gradiente de "
            "su misma forma.",
        ),
        (
            "∂L/∂W2 = a1ᵀ ∂L/∂z2; ∂L/∂a1 = ∂L/∂z2 W2ᵀ; a bias adds up over the samples.",
            "∂L/∂W2 = a1ᵀ ∂L/∂z2; ∂L/∂a1 = ∂L/∂z2 W2ᵀ; un sesgo suma todas las muestras.",
        ),
        (
            "tanh′(z1) = 1 − a1²: multiply by it, element by element.",
            "tanh′(z1) = 1 − a1²: multiplique por ella, elemento a elemento.",
        ),
    ),
    right=(
        """
import numpy as np
from hondo.scratch.networks.backpropagation import Weights, loss_and_gradients

def gradients(x, y, W1, b1, W2, b2):
    layers = [Weights(W1, b1), Weights(W2, b2)]
    _, (first, second) = loss_and_gradients(layers, ["tanh", "linear"], "mean_squared_error", x, y)
    return first.W, first.b, second.W, second.b
""",
    ),
    wrong=(
        Wrong(_with(second="dz2 @ W2.T"), "no-activation"),
        Wrong(_with(first="2 * (a2 - y)"), "no-mean"),
        Wrong(_with(first="(a2 - y) / len(x)"), "no-two"),
        Wrong(_with(over="mean"), "bias-mean"),
        Wrong(_with(first="2 * (y - a2) / len(x)"), "sign"),
    ),
)
def check_by_hand(work: Work) -> None:
    """Compare with finite differences of the loss."""
    gradients = work.function("gradients")
    rng = np.random.default_rng(0)
    for samples, inputs, hidden in ((1, 2, 3), (6, 3, 4)):
        x, y = rng.normal(size=(samples, inputs)), rng.normal(size=(samples, 1))
        weights = [rng.normal(size=size) for size in ((inputs, hidden), (hidden,), (hidden, 1), (1,))]
        wanted = _slopes(x, y, weights)
        answer = gradients(x.copy(), y.copy(), *[each.copy() for each in weights])
        if not isinstance(answer, (tuple, list)) or len(answer) != 4:
            raise Mistake(
                "four", "Return four gradients: dW1, db1, dW2, db2.", "Devuelva cuatro gradientes: dW1, db1, dW2, db2."
            )
        names = ("dW1", "db1", "dW2", "db2")
        found = [as_array(each, name, w.shape) for each, name, w in zip(answer, names, weights, strict=True)]
        same = [close(a, b, 1e-5) for a, b in zip(found, wanted, strict=True)]
        if all(same):
            continue
        _explain(found, wanted, same, samples)


def _explain(found: list, wanted: list, same: list[bool], samples: int) -> None:
    for factor, name, en, es in (
        (
            -1,
            "sign",
            "All signs are reversed: the loss depends on a2 − y.",
            "Todos los signos están al revés: la pérdida depende de a2 − y.",
        ),
        (
            samples,
            "no-mean",
            "Everything is larger by the number of samples: the loss is a mean.",
            "Todo sale multiplicado por el número de muestras: la pérdida es una media.",
        ),
        (
            0.5,
            "no-two",
            "Everything is half as large: the derivative of a square brings a 2.",
            "Todo es la mitad de lo debido: la derivada de un cuadrado trae un 2.",
        ),
    ):
        if all(close(a, factor * b, 1e-5) for a, b in zip(found, wanted, strict=True)):
            raise Mistake(name, en, es)
    if same[0] and same[2]:
        raise Mistake(
            "bias-mean",
            "The weights are right; the biases answer for the sum over the samples, and the mean is already in ∂L/∂z.",
            "Los pesos están bien; los sesgos se llevan la suma sobre las muestras, y la media ya está en ∂L/∂z.",
        )
    if same[2] and same[3]:
        raise Mistake(
            "no-activation",
            "The output layer is right, the hidden one is not: has the gradient passed through tanh?",
            "La capa de salida está bien y la oculta no: ¿ha pasado el gradiente por tanh?",
        )
    raise Mistake(
        "different",
        "The gradients are not those that finite differences find.",
        "Los gradientes no son los que encuentran las diferencias finitas.",
    )


def _slopes(x: np.ndarray, y: np.ndarray, weights: list[np.ndarray]) -> list[np.ndarray]:
    def loss() -> float:
        hidden = np.tanh(x @ weights[0] + weights[1])  # (n, h)
        return float(((hidden @ weights[2] + weights[3] - y) ** 2).mean())

    slopes = []
    for array in weights:
        slope = np.zeros_like(array)
        for place in np.ndindex(array.shape):
            kept = array[place]
            array[place] = kept + 1e-5
            above = loss()
            array[place] = kept - 1e-5
            slope[place] = (above - loss()) / 2e-5
            array[place] = kept
        slopes.append(slope)
    return slopes


@exercise(
    "backprop-numeric",
    starter="import numpy as np\n\ndef numeric_gradient(loss, w, h=1e-5):\n    return np.zeros_like(w)\n",
    solution="""
import numpy as np

def numeric_gradient(loss, w, h=1e-5):
    slopes = np.zeros_like(w)
    for place in np.ndindex(w.shape):
        ahead, behind = w.copy(), w.copy()
        ahead[place] += h
        behind[place] -= h
        slopes[place] = (loss(ahead) - loss(behind)) / (2 * h)
    return slopes
""",
    hints=(
        (
            "Only one element moves at a time; `np.ndindex(w.shape)` walks over any shape.",
            "Se mueve un solo elemento cada vez; `np.ndindex(w.shape)` recorre cualquier forma.",
        ),
        (
            "Look to both sides: (loss(w + h) − loss(w − h)) / 2h is far more exact.",
            "Mire a ambos lados: (loss(w + h) − loss(w − h)) / 2h es mucho más exacto.",
        ),
        ("Work on copies, so that `w` is afterwards as it was.", "Trabaje con copias, para que `w` quede como estaba."),
    ),
    right=(
        """
import numpy as np

def numeric_gradient(loss, w, h=1e-5):
    slopes = []
    for unit in np.eye(w.size):
        move = h * unit.reshape(w.shape)
        slopes.append((loss(w + move) - loss(w - move)) / (2 * h))
    return np.array(slopes).reshape(w.shape)
""",
    ),
    wrong=(
        Wrong(
            """
import numpy as np

def numeric_gradient(loss, w, h=1e-5):
    out = np.zeros_like(w)
    for i in np.ndindex(w.shape):
        a = w.copy()
        a[i] += h
        out[i] = (loss(a) - loss(w)) / h
    return out
""",
            "one-side",
        ),
        Wrong(
            """
import numpy as np

def numeric_gradient(loss, w, h=1e-5):
    out = np.zeros_like(w)
    for i in np.ndindex(w.shape):
        w[i] += h
        up = loss(w)
        w[i] -= h
        out[i] = (up - loss(w)) / h
        w[i] += h
    return out
""",
            "left-moved",
        ),
        Wrong(
            """
import numpy as np

def numeric_gradient(loss, w, h=1e-5):
    return np.full_like(w, (loss(w + h) - loss(w - h)) / (2 * h))
""",
            "all-at-once",
        ),
    ),
)
def check_numeric(work: Work) -> None:
    """Compare with exact gradients at a width where one side alone is visibly less exact."""
    numeric = work.function("numeric_gradient")
    rng = np.random.default_rng(0)
    for shape in ((3,), (2, 4)):
        c, w = rng.uniform(1, 3, shape), rng.normal(size=shape)

        def loss(v: np.ndarray, c: np.ndarray = c) -> float:
            return float((c * v**2).sum() + np.sin(v).sum())

        kept = w.copy()
        found = as_array(numeric(loss, w, 1e-3), "numeric_gradient", shape)
        if not close(w, kept, 1e-12):
            raise Mistake(
                "left-moved",
                "Afterwards `w` is no longer what it was: the next slopes are measured elsewhere.",
                "Después `w` ya no es el que era: las siguientes pendientes se miden en otro sitio.",
            )
        wanted = 2 * c * w + np.cos(w)
        if close(found, wanted, 1e-5):
            continue
        if close(found, wanted, 1e-2):
            raise Mistake(
                "one-side",
                "Nearly: the error is proportional to h. Look to both sides and it shrinks with h².",
                "Casi: el error es proporcional a h. Mire a ambos lados y se reducirá con h².",
            )
        if close(found, np.full(shape, wanted.sum()), 1e-2):
            raise Mistake(
                "all-at-once",
                "All elements moved together: that is the sum of all slopes.",
                "Se han movido todos los elementos a la vez: eso es la suma de todas las pendientes.",
            )
        raise Mistake(
            "different", "These are not the slopes of the function.", "Estas no son las pendientes de la función."
        )


@exercise(
    "backprop-keep-alive",
    starter="def deviation(units, mean_square):\n    return 1.0\n",
    solution="def deviation(units, mean_square):\n    return (units * mean_square) ** -0.5\n",
    hints=(
        (
            "∂L/∂a of a layer is a sum over `units` neurons of (∂L/∂a of the next) · f′ · w. How do "
            "variances of sums grow?",
            "∂L/∂a de una capa es una suma sobre `units` neuronas de (∂L/∂a de la siguiente) · f′ · w. "
            "¿Cómo crecen las varianzas de las sumas?",
        ),
        (
            "Each layer multiplies the variance by units · σ² · E[f′²]: that should be 1.",
            "Cada capa multiplica la varianza por units · σ² · E[f′²]: eso debería valer 1.",
        ),
    ),
    right=("import math\ndef deviation(units, mean_square):\n    return math.sqrt(1 / units / mean_square)\n",),
    wrong=(
        Wrong("def deviation(units, mean_square):\n    return 1 / (units * mean_square)\n", "variance"),
        Wrong("def deviation(units, mean_square):\n    return units ** -0.5\n", "no-activation"),
    ),
)
def check_keep_alive(work: Work) -> None:
    """Send gradients back through eight layers with weights of that deviation."""
    deviation = work.function("deviation")
    for units, share in ((64, 1.0), (100, 0.5), (144, 0.25)):
        spread = float(as_array(deviation(units, share), "deviation", ()))
        if close(spread, 1 / (units * share)):
            raise Mistake(
                "variance",
                "That is the variance of the weights; the deviation is its root.",
                "Esa es la varianza de los pesos; la desviación es su raíz.",
            )
        rng = np.random.default_rng(0)
        g = rng.normal(size=(200, units))
        for _ in range(8):
            slopes = rng.random((200, units)) < share  # f′ is 1 with that probability, otherwise 0
            g = (g * slopes) @ rng.normal(0, spread, (units, units))
        if 0.6 < g.std() < 1.6:
            continue
        if close(spread, units**-0.5):
            raise Mistake(
                "no-activation",
                f"Without f′ that would do; with a mean square of {share:g} the gradient shrinks to "
                f"{g.std():.2g} in eight layers.",
                f"Sin f′ bastaría; con una media cuadrática de {share:g}, el gradiente se reduce a "
                f"{g.std():.2g} en ocho capas.",
            )
        raise Mistake(
            "different",
            f"With {units} neurons the gradient's deviation goes from 1 to {g.std():.2g} in eight layers.",
            f"Con {units} neuronas, la desviación del gradiente pasa de 1 a {g.std():.2g} en ocho capas.",
        )


@exercise(
    "backprop-count-products",
    starter="def products(sizes, batch):\n    return 0, 0  # forwards, backwards\n",
    solution="""
def products(sizes, batch):
    layers = [batch * a * b for a, b in zip(sizes, sizes[1:])]
    return sum(layers), 2 * sum(layers) - layers[0]
""",
    hints=(
        (
            "A product of (n, a) by (a, b) takes n · a · b multiplications.",
            "Un producto de (n, a) por (a, b) necesita n · a · b multiplicaciones.",
        ),
        (
            "Backwards there are two products a layer: for ∂L/∂W, and for what is passed on. Who needs "
            "what the first layer would pass on?",
            "Hacia atrás hay dos productos por capa: para ∂L/∂W y para lo que se pasa atrás. ¿Quién "
            "necesita lo que pasaría la primera capa?",
        ),
    ),
    right=(
        "def products(sizes, batch):\n    forward = backward = 0\n    for place in range(len(sizes) - 1):\n"
        "        work = batch * sizes[place] * sizes[place + 1]\n        forward += work\n"
        "        backward += work if place == 0 else 2 * work\n    return forward, backward\n",
    ),
    wrong=(
        Wrong(
            "def products(sizes, batch):\n    f = sum(batch * a * b for a, b in zip(sizes, sizes[1:]))\n "
            "   return f, f\n",
            "one-product",
        ),
        Wrong(
            "def products(sizes, batch):\n    f = sum(batch * a * b for a, b in zip(sizes, sizes[1:]))\n "
            "   return f, 2 * f\n",
            "to-the-inputs",
        ),
        Wrong(
            "def products(sizes, batch):\n    f = [a * b for a, b in zip(sizes, sizes[1:])]\n    return "
            "sum(f), 2 * sum(f) - f[0]\n",
            "no-batch",
        ),
    ),
)
def check_count_products(work: Work) -> None:
    """Count for several networks."""
    products = work.function("products")
    for sizes, batch in (((3, 4, 2), 5), ((64, 32, 10), 32), ((784, 128, 64, 10), 16)):
        layers = [batch * a * b for a, b in itertools.pairwise(sizes)]
        wanted = np.array([sum(layers), 2 * sum(layers) - layers[0]])
        found = as_array(products(list(sizes), batch), "products", (2,))
        if close(found, wanted):
            continue
        if close(found * batch, wanted):
            raise Mistake("no-batch", "That is for one sample.", "Eso es para una sola muestra.")
        if close(found, [wanted[0], wanted[0]]):
            raise Mistake(
                "one-product",
                "Backwards, a layer between others needs two products: one for its weights and one for "
                "the layer before.",
                "Hacia atrás, una capa entre otras necesita dos productos: uno para sus pesos y otro "
                "para la capa anterior.",
            )
        if close(found, [wanted[0], 2 * wanted[0]]):
            raise Mistake(
                "to-the-inputs",
                "Nobody needs the gradient of the inputs: the first layer has one product less.",
                "Nadie necesita el gradiente de las entradas: la primera capa tiene un producto menos.",
            )
        raise Mistake(
            "different",
            f"For {sizes} and a batch of {batch} there are {wanted[0]} and {wanted[1]} multiplications.",
            f"Para {sizes} y un lote de {batch} hay {wanted[0]} y {wanted[1]} multiplicaciones.",
        )
