"""What lies where the gradient is zero, an epoch of mini-batches, and how large a batch has to be."""

import math

import numpy as np

from hondo.guide.exercises.exercise import Mistake, Wrong, exercise
from hondo.guide.exercises.work import Work, as_array, close

_KIND = """import numpy as np


def kind(H):
    values = np.linalg.eigvalsh(H)
    if (values > 0).all():
        return "minimum"
    if (values < 0).all():
        return "maximum"
    if values.min() < 0 < values.max():
        return "saddle"
    return "undecided"
"""


@exercise(
    "descent-critical-point",
    starter="import numpy as np\n\n\ndef kind(H):\n    ...\n",
    solution=_KIND,
    hints=(
        (
            "The eigenvalues are the curvatures along the principal directions.",
            "Los autovalores son las curvaturas a lo largo de las direcciones principales.",
        ),
        (
            "One above 0 and another below: a saddle, whatever the rest is.",
            "Uno mayor que 0 y otro menor: punto de silla, sean lo que sean los demás.",
        ),
    ),
    right=(
        "import numpy as np\n\ndef kind(H):\n    signs = set(np.sign(np.linalg.eigvalsh(H)).tolist())\n"
        "    if {1.0, -1.0} <= signs:\n        return 'saddle'\n"
        "    return {(1.0,): 'minimum', (-1.0,): 'maximum'}.get(tuple(sorted(signs)), 'undecided')\n",
    ),
    wrong=(
        Wrong(_KIND.replace("np.linalg.eigvalsh(H)", "np.diag(H)"), "diagonal"),
        Wrong(
            "import numpy as np\n\ndef kind(H):\n    d = np.linalg.det(H)\n    if d < 0:\n        return 'saddle'\n"
            "    if d > 0:\n        return 'minimum' if H[0, 0] > 0 else 'maximum'\n    return 'undecided'\n",
            "determinant",
        ),
        Wrong(_KIND.replace('return "undecided"', 'return "minimum"'), "flat"),
    ),
)
def check_kind(work: Work) -> None:
    """Matrices of all kinds, turned at random."""
    kind = work.function("kind")
    rng = np.random.default_rng(0)
    if kind(np.array([[1.0, 2.0], [2.0, 1.0]])) == "minimum":
        raise Mistake(
            "diagonal",
            "[[1, 2], [2, 1]] curves down along (1, −1): the diagonal is not enough.",
            "[[1, 2], [2, 1]] se curva hacia abajo a lo largo de (1, −1): la diagonal no basta.",
        )
    cases = [
        ([2, 1], "minimum"),
        ([-1, -3], "maximum"),
        ([1, -1], "saddle"),
        ([3, 2, 1], "minimum"),
        ([-3, -2, -1], "maximum"),
        ([-1, -2, 3], "saddle"),
        ([1, 2, -3, -4], "saddle"),
    ]
    for values, wanted in cases:
        turn = np.linalg.qr(rng.normal(size=(len(values), len(values))))[0]
        hessian = turn @ np.diag(np.array(values, float)) @ turn.T
        if (found := kind((hessian + hessian.T) / 2)) != wanted:
            if len(values) > 2:
                raise Mistake(
                    "determinant",
                    f"With curvatures {values} it is a {wanted!r}, not {found!r}: the "
                    "determinant's sign does not decide beyond two variables.",
                    f"Con curvaturas {values} es {wanted!r}, no {found!r}: con más de dos variables el signo "
                    "del determinante no decide.",
                )
            raise Mistake(
                "different",
                f"With curvatures {values} it is a {wanted!r}, not {found!r}.",
                f"Con curvaturas {values} es {wanted!r}, no {found!r}.",
            )
    for values, wanted in (
        ([1, 0], "undecided"),
        ([-1, 0], "undecided"),
        ([0, 0], "undecided"),
        ([1, 0, -1], "saddle"),
    ):
        if (found := kind(np.diag(np.array(values, float)))) != wanted:
            raise Mistake(
                "flat",
                f"Curvatures {values}: {wanted!r}, not {found!r}.",
                f"Curvaturas {values}: {wanted!r}, no {found!r}.",
            )


_EPOCH = """import numpy as np


def epoch(X, y, w, rate, batch, rng):
    order = rng.permutation(len(X))
    for start in range(0, len(X), batch):
        rows = order[start : start + batch]
        error = X[rows] @ w - y[rows]
        w = w - rate * 2 * X[rows].T @ error / len(rows)
    return w
"""


@exercise(
    "descent-epoch",
    starter="import numpy as np\n\n\ndef epoch(X, y, w, rate, batch, rng):\n    ...\n",
    solution=_EPOCH,
    hints=(
        (
            "rng.permutation(n) gives every row number once, in random order.",
            "rng.permutation(n) da cada número de fila una vez, en orden aleatorio.",
        ),
        (
            "The last batch may be smaller: divide by the number of rows it really has.",
            "El último lote puede ser menor: divida por las filas que de verdad tiene.",
        ),
        (
            "The gradient of the batch's mean squared error: 2 / rows · Xᵀ(Xw − y).",
            "El gradiente del error cuadrático medio del lote: 2 / filas · Xᵀ(Xw − y).",
        ),
    ),
    right=(
        "import numpy as np\n\ndef epoch(X, y, w, rate, batch, rng):\n    order = np.arange(len(X))\n"
        "    rng.shuffle(order)\n    for rows in np.split(order, range(batch, len(X), batch)):\n"
        "        w = w - 2 * rate * ((X[rows] @ w - y[rows])[:, None] * X[rows]).mean(axis=0)\n    return w\n",
    ),
    wrong=(
        Wrong(_EPOCH.replace("range(0, len(X), batch)", "range(0, len(X) - batch + 1, batch)"), "dropped-rest"),
        Wrong(_EPOCH.replace("order[start : start + batch]", "rng.integers(0, len(X), batch)"), "with-replacement"),
        Wrong(_EPOCH.replace("rng.permutation(len(X))", "np.arange(len(X))"), "no-shuffle"),
        Wrong(_EPOCH.replace(" / len(rows)", ""), "sum"),
    ),
)
def check_epoch(work: Work) -> None:
    """With one-hot rows each sample moves its own weight alone, so what was seen how often can be read off."""
    epoch = work.function("epoch")
    rng = np.random.default_rng(0)
    n, rate = 12, 0.1
    y, w = rng.normal(size=n), rng.normal(size=n)
    for batch in (1, 3, 12):
        found = as_array(epoch(np.eye(n), y, w.copy(), rate, batch, np.random.default_rng(1)), "epoch", (n,))
        if close(found, w - rate * 2 * (w - y)) and batch > 1:
            raise Mistake(
                "sum",
                "The steps grow with the batch: take the mean over it, not the sum.",
                "Los pasos crecen con el lote: tome la media del lote, no la suma.",
            )
        if not close(found, w - rate * 2 / batch * (w - y)):
            raise Mistake(
                "with-replacement",
                "In an epoch every sample counts exactly once; here some do not.",
                "En una época cada muestra cuenta exactamente una vez; aquí algunas no.",
            )
    found = as_array(epoch(np.eye(n), y, w.copy(), rate, 5, np.random.default_rng(1)), "epoch", (n,))
    if np.isclose(found, w).sum() > 0:
        raise Mistake(
            "dropped-rest",
            "With 12 samples and batches of 5, two samples were left out.",
            "Con 12 muestras y lotes de 5, dos muestras se quedaron fuera.",
        )
    x, y, w = rng.normal(size=(30, 3)), rng.normal(size=30), np.zeros(3)
    ways = [epoch(x, y, w.copy(), 0.05, 4, np.random.default_rng(seed)) for seed in (1, 2)]
    if close(*ways):
        raise Mistake(
            "no-shuffle",
            "Another `rng` gives the same result: the order should be random.",
            "Con otro `rng` sale lo mismo: el orden debería ser aleatorio.",
        )
    if not close(epoch(x, y, w.copy(), 0.05, 30, rng), 0.05 * 2 * x.T @ y / 30):
        raise Mistake(
            "different",
            "With a single batch of all rows it should be one step of gradient descent.",
            "Con un único lote de todas las filas debería ser un paso de descenso del gradiente.",
        )


@exercise(
    "descent-batch-for-noise",
    starter="import math\n\n\ndef smallest_batch(spread, wanted):\n    ...\n",
    solution="import math\n\n\ndef smallest_batch(spread, wanted):\n"
    "    return max(1, math.ceil((spread / wanted) ** 2 - 1e-9))\n",
    hints=(
        (
            "The noise of the mean of B samples is spread / √B.",
            "El ruido de la media de B muestras es dispersión / √B.",
        ),
        (
            "Solve spread / √B ≤ wanted for B and round up.",
            "Despeje B de dispersión / √B ≤ deseado y redondee hacia arriba.",
        ),
    ),
    right=(
        "def smallest_batch(spread, wanted):\n    batch = 1\n    while spread > wanted * batch ** 0.5 * (1 + 1e-12):\n"
        "        batch += 1\n    return batch\n",
    ),
    wrong=(
        Wrong("import math\n\ndef smallest_batch(spread, wanted):\n    return math.ceil(spread / wanted)\n", "linear"),
        Wrong("def smallest_batch(spread, wanted):\n    return int((spread / wanted) ** 2)\n", "rounded-down"),
    ),
)
def check_smallest_batch(work: Work) -> None:
    """The square root law, solved for the batch."""
    smallest = work.function("smallest_batch")
    for spread, wanted in ((3.0, 1.5), (2.0, 0.3), (1.0, 0.07), (5.0, 0.9), (0.5, 2.0)):
        right = max(1, math.ceil((spread / wanted) ** 2 - 1e-9))
        found = smallest(spread, wanted)
        if found == right:
            continue
        if found == math.ceil(spread / wanted):
            raise Mistake(
                "linear",
                "Half the noise needs four times the batch, not twice.",
                "La mitad de ruido exige un lote cuatro veces mayor, no el doble.",
            )
        if found in (right - 1, 0):
            raise Mistake(
                "rounded-down",
                f"A batch of {found} is still too noisy: round up, and to at least 1.",
                f"Un lote de {found} todavía tiene demasiado ruido: redondee hacia arriba y al menos a 1.",
            )
        raise Mistake(
            "different",
            f"For spread {spread} and wanted {wanted} it should be {right}.",
            f"Con dispersión {spread} y ruido deseado {wanted} debería ser {right}.",
        )
