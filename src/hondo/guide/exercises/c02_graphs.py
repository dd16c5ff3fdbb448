"""Graphs and derivatives: by hand, with dual numbers, and in which order a graph is walked."""

import math

import numpy as np

from hondo.guide.exercises.exercise import Mistake, Wrong, exercise
from hondo.guide.exercises.work import Work, close


def _loss(w: float, b: float, x: float, y: float) -> float:
    return (1 / (1 + math.exp(-(w * x + b))) - y) ** 2


_FORWARD = (
    "import math\n\n\ndef gradients(w, b, x, y):\n    z = w * x + b\n    a = 1 / (1 + math.exp(-z))\n    d = a - y\n"
)


@exercise(
    "graph-gradients",
    starter=(
        _FORWARD
        + "    loss = d ** 2\n    # from the last node back\n    dw = 0.0\n    db = 0.0\n    return loss, dw, db\n",
        _FORWARD
        + "    loss = d ** 2\n    # desde el último nodo hacia atrás\n    dw, db = 0.0, 0.0\n    return loss, dw, db\n",
    ),
    solution=_FORWARD
    + "    d_d = 2 * d\n    d_a = d_d\n    d_z = d_a * a * (1 - a)\n    return d ** 2, d_z * x, d_z\n",
    hints=(
        (
            "Begin at L = d²: ∂L/∂d = 2d. Then d = a − y passes that on to a unchanged.",
            "Empiece en L = d²: ∂L/∂d = 2d. Después, d = a − y se lo pasa a a sin cambiarlo.",
        ),
        ("The derivative of the sigmoid is a(1 − a).", "La derivada de la sigmoide es a(1 − a)."),
        (
            "z = w·x + b: what arrives at z goes to w multiplied by x, and to b as it is.",
            "z = w·x + b: lo que llega a z pasa a w multiplicado por x, y a b tal cual.",
        ),
    ),
    right=(
        "import math\n\ndef gradients(w, b, x, y):\n    f = lambda w, b: (1 / (1 + math.exp(-(w * x + b))) - y) ** 2\n"
        "    h = 1e-5\n    return f(w, b), (f(w + h, b) - f(w - h, b)) / (2 * h), (f(w, b + h) - f(w, b - h)) / "
        "(2 * h)\n",
    ),
    wrong=(
        Wrong(_FORWARD + "    g = 2 * d\n    return d ** 2, g * x, g\n", "no-sigmoid"),
        Wrong(_FORWARD + "    g = 2 * d * a * (1 - a)\n    return d ** 2, g, g\n", "no-input"),
        Wrong(_FORWARD + "    g = d * a * (1 - a)\n    return d ** 2, g * x, g\n", "no-two"),
    ),
)
def check_gradients(work: Work) -> None:
    """Against the chain rule, at random places."""
    f = work.function("gradients")
    for w, b, x, y in np.random.default_rng(0).uniform(-2, 2, size=(12, 4)):
        try:
            loss, dw, db = (float(each) for each in f(w, b, x, y))
        except (TypeError, ValueError):
            raise Mistake(
                "three", "Return three numbers: L, ∂L/∂w, ∂L/∂b.", "Devuelva tres números: L, ∂L/∂w, ∂L/∂b."
            ) from None
        a = 1 / (1 + math.exp(-(w * x + b)))
        slope = 2 * (a - y) * a * (1 - a)
        if not close(loss, _loss(w, b, x, y)):
            raise Mistake("loss", "The loss itself is different.", "La propia pérdida es otra.")
        if close((dw, db), (slope * x, slope), 1e-5):
            continue
        if close((dw, db), (2 * (a - y) * x, 2 * (a - y)), 1e-5):
            raise Mistake(
                "no-sigmoid",
                "The gradient has jumped over the sigmoid: its slope is missing.",
                "El gradiente se ha saltado la sigmoide: falta su pendiente.",
            )
        if close((dw, db), (slope, slope), 1e-5):
            raise Mistake(
                "no-input",
                "∂L/∂b is right. On its way to w the gradient passes a product.",
                "∂L/∂b está bien. De camino a w, el gradiente pasa por un producto.",
            )
        if close((dw, db), (slope * x / 2, slope / 2), 1e-5):
            raise Mistake("no-two", "Both are half of what they should be.", "Los dos son la mitad de lo que deberían.")
        raise Mistake(
            "different",
            "The gradients do not agree with the loss's slopes.",
            "Los gradientes no coinciden con las pendientes de la pérdida.",
        )


_DUAL = (
    "class Dual:\n    def __init__(self, value, slope=0.0):\n        self.value, self.slope = value, slope\n\n"
    "    def __add__(self, other):\n        other = other if isinstance(other, Dual) else Dual(other)\n"
)
_PRODUCT = "    def __mul__(self, other):\n        other = other if isinstance(other, Dual) else Dual(other)\n"
_SUM = "        return Dual(self.value + other.value, self.slope + other.slope)\n\n"


@exercise(
    "autodiff-dual",
    starter=_DUAL
    + "        return Dual(self.value + other.value, 0.0)\n\n"
    + _PRODUCT
    + "        return Dual(self.value * other.value, 0.0)\n",
    solution=_DUAL
    + _SUM
    + _PRODUCT
    + "        return Dual(self.value * other.value, self.slope * other.value + self.value * other.slope)\n",
    hints=(
        ("The slope of a sum is the sum of the slopes.", "La pendiente de una suma es la suma de las pendientes."),
        ("The slope of a product: (uv)′ = u′v + uv′.", "La pendiente de un producto: (uv)′ = u′v + uv′."),
    ),
    right=(
        "from collections import namedtuple\n\nclass Dual(namedtuple('Dual', 'value slope', defaults=(0.0,))):\n"
        "    def __add__(a, b):\n        b = b if isinstance(b, Dual) else Dual(b)\n"
        "        return Dual(a.value + b.value, a.slope + b.slope)\n"
        "    def __mul__(a, b):\n        b = b if isinstance(b, Dual) else Dual(b)\n"
        "        return Dual(a.value * b.value, a.value * b.slope + a.slope * b.value)\n",
    ),
    wrong=(
        Wrong(
            _DUAL + _SUM + _PRODUCT + "        return Dual(self.value * other.value, self.slope * other.slope)\n",
            "product",
        ),
        Wrong(
            _DUAL + _SUM + _PRODUCT + "        return Dual(self.value * other.value, self.slope * other.value)\n",
            "half-product",
        ),
        Wrong(
            _DUAL
            + "        return Dual(self.value + other.value, self.slope)\n\n"
            + _PRODUCT
            + "        return Dual(self.value * other.value, self.slope * other.value + self.value * other.slope)\n",
            "sum",
        ),
    ),
)
def check_dual(work: Work) -> None:
    """Sums, products, and polynomials made of both."""
    dual = work.function("Dual")
    rng = np.random.default_rng(0)
    for u, du, v, dv in rng.uniform(-3, 3, size=(8, 4)):
        added, multiplied = dual(u, du) + dual(v, dv), dual(u, du) * dual(v, dv)
        if not close((added.value, multiplied.value), (u + v, u * v)):
            raise Mistake(
                "value",
                "The values are no longer the sum and the product.",
                "Los valores ya no son la suma y el producto.",
            )
        if not close(added.slope, du + dv):
            raise Mistake("sum", "In a sum both slopes count.", "En una suma cuentan las dos pendientes.")
        if close(multiplied.slope, du * dv):
            raise Mistake(
                "product",
                "The slope of a product is not the product of the slopes.",
                "La pendiente de un producto no es el producto de las pendientes.",
            )
        if close(multiplied.slope, du * v) or close(multiplied.slope, u * dv):
            raise Mistake(
                "half-product",
                "In a product both factors change; one of them is missing.",
                "En un producto cambian los dos factores; falta uno.",
            )
        if not close(multiplied.slope, du * v + u * dv):
            raise Mistake("different", "The slope of the product is different.", "La pendiente del producto es otra.")
    for at in rng.uniform(-2, 2, size=5):
        x = dual(at, 1.0)
        y = x * x * x + x * 4.0 + 2.0
        if not close(y.slope, 3 * at * at + 4):
            raise Mistake(
                "chain",
                "For x³ + 4x + 2 the slope should be 3x² + 4.",
                "Para x³ + 4x + 2 la pendiente debería ser 3x² + 4.",
            )


@exercise(
    "graph-order",
    starter="def forward_order(parents):\n    return sorted(parents)\n",
    solution=(
        "def forward_order(parents):\n    order = []\n\n    def visit(node):\n        if node in order:\n        "
        "    return\n"
        "        for parent in parents[node]:\n            visit(parent)\n        order.append(node)\n\n"
        "    for node in parents:\n        visit(node)\n    return order\n"
    ),
    hints=(
        (
            "A node may come once all its parents have come. Leaves have no parents.",
            "Un nodo puede aparecer cuando ya han aparecido todos sus padres. Las hojas no tienen.",
        ),
        (
            "Either repeat “add every node whose parents are all there”, or visit parents first, recursively.",
            "O bien repita «añadir todo nodo cuyos padres ya estén», o bien visite primero a los padres, de "
            "forma recursiva.",
        ),
    ),
    right=(
        "def forward_order(parents):\n    order = []\n    while len(order) < len(parents):\n        for node, "
        "needs in parents.items():\n"
        "            if node not in order and all(each in order for each in needs):\n                "
        "order.append(node)\n    return order\n",
        "from graphlib import TopologicalSorter\n\ndef forward_order(parents):\n    return "
        "list(TopologicalSorter(parents).static_order())\n",
    ),
    wrong=(
        Wrong("def forward_order(parents):\n    return sorted(parents, key=lambda n: len(parents[n]))\n", "too-early"),
        Wrong(
            "def forward_order(parents):\n    order = []\n    def visit(n):\n        for p in parents[n]:\n      "
            "      visit(p)\n"
            "        order.append(n)\n    for n in parents:\n        visit(n)\n    return order\n",
            "twice",
        ),
        Wrong("def forward_order(parents):\n    return [n for n in parents if parents[n]]\n", "left-out"),
    ),
)
def check_order(work: Work) -> None:
    """Random graphs without cycles, their names shuffled."""
    f = work.function("forward_order")
    rng = np.random.default_rng(0)
    for size in (5, 9, 14, 20):
        names = [f"n{each}" for each in rng.permutation(size)]
        parents = {names[0]: []}
        for place in range(1, size):
            count = int(rng.integers(0, min(3, place) + 1))
            parents[names[place]] = [names[int(each)] for each in rng.choice(place, count, replace=False)]
        parents = {names[int(each)]: parents[names[int(each)]] for each in rng.permutation(size)}
        order = list(f({name: list(needs) for name, needs in parents.items()}))
        if len(set(order)) < len(order):
            raise Mistake("twice", "Some node comes more than once.", "Algún nodo aparece más de una vez.")
        if set(order) != set(parents):
            raise Mistake(
                "left-out",
                "Some node is missing, or one is there that is not in the graph.",
                "Falta algún nodo, o hay uno que no está en el grafo.",
            )
        place = {name: where for where, name in enumerate(order)}
        for name, needs in parents.items():
            if any(place[each] > place[name] for each in needs):
                raise Mistake(
                    "too-early",
                    f"{name} comes before one of its parents, {needs}.",
                    f"{name} aparece antes que alguno de sus padres, {needs}.",
                )
