"""Gradients by differences, the loop downhill, its longest step and its end."""

import numpy as np

from hondo.guide.exercises.exercise import Mistake, Wrong, exercise
from hondo.guide.exercises.work import Work, as_array, close

_NUMERICAL = """import numpy as np


def numerical_gradient(f, w, h=1e-5):
    gradient = np.zeros(len(w))
    for i in range(len(w)):
        step = np.zeros(len(w))
        step[i] = h
        gradient[i] = (f(w + step) - f(w - step)) / (2 * h)
    return gradient
"""


@exercise(
    "descent-numerical-gradient",
    starter="import numpy as np\n\n\ndef numerical_gradient(f, w, h=1e-5):\n    ...\n",
    solution=_NUMERICAL,
    hints=(
        ("One component at a time: only w[i] moves.", "Una componente cada vez: solo se mueve w[i]."),
        (
            "Look on both sides: f(w + step) and f(w - step) are 2h apart.",
            "Mire a ambos lados: f(w + paso) y f(w - paso) distan 2h.",
        ),
    ),
    right=(
        "import numpy as np\n\ndef numerical_gradient(f, w, h=1e-5):\n"
        "    return np.array([(f(w + e) - f(w - e)) / (2 * h) for e in h * np.eye(len(w))])\n",
    ),
    wrong=(
        Wrong(_NUMERICAL.replace("(f(w + step) - f(w - step)) / (2 * h)", "(f(w + step) - f(w)) / h"), "one-sided"),
        Wrong(_NUMERICAL.replace("/ (2 * h)", "/ h"), "twice"),
        Wrong(_NUMERICAL.replace("step[i] = h", "step[:] = h"), "all-at-once"),
    ),
)
def check_numerical_gradient(work: Work) -> None:
    """Compare with gradients known by hand; a coarse h tells one side from two."""
    gradient = work.function("numerical_gradient")
    rng = np.random.default_rng(0)
    for size in (1, 3, 5):
        w, c = rng.normal(size=size), rng.normal(size=size)
        found = as_array(gradient(lambda v, c=c: float(c @ v**2), w.copy()), "numerical_gradient", (size,))
        wanted = 2 * c * w
        if size > 1 and close(found, np.full(size, wanted.sum()), 1e-3):
            raise Mistake(
                "all-at-once",
                "All the weights move together; move one at a time.",
                "Se mueven todos los pesos a la vez; mueva uno cada vez.",
            )
        if close(found, 2 * wanted, 1e-3):
            raise Mistake(
                "twice",
                "Twice too large: how far apart are the two points?",
                "El doble de lo debido: ¿qué distancia hay entre los dos puntos?",
            )
        if not close(found, wanted, 1e-3):
            raise Mistake(
                "different", "For Σ c·w² the gradient should be 2·c·w.", "Para Σ c·w² el gradiente debería ser 2·c·w."
            )
    if not close(gradient(lambda v: float(v[0] ** 2), np.array([1.0]), h=0.1), [2.0], 1e-6):
        raise Mistake(
            "one-sided",
            "With h = 0.1 the slope of w² at 1 should still come out as 2: look at both sides.",
            "Con h = 0.1 la pendiente de w² en 1 debería seguir siendo 2: mire a ambos lados.",
        )


_LOOP = """import numpy as np


def descend(gradient, w, rate, steps):
    points = [w]
    for _ in range(steps):
        w = w - rate * gradient(w)
        points.append(w)
    return np.array(points)
"""


@exercise(
    "descent-loop",
    starter="import numpy as np\n\n\ndef descend(gradient, w, rate, steps):\n    ...\n",
    solution=_LOOP,
    hints=(
        (
            "A list that begins with the start, and a loop that appends.",
            "Una lista que empieza por la salida y un bucle que añade.",
        ),
        (
            "w = w - rate * gradient(w) makes a new array; w -= … changes the one already in the list.",
            "w = w - rate * gradient(w) crea un array nuevo; w -= … cambia el que ya está en la lista.",
        ),
    ),
    right=(
        "import numpy as np\n\ndef descend(gradient, w, rate, steps):\n    points = np.empty((steps + 1, len(w)))\n"
        "    points[0] = w\n    for t in range(steps):\n"
        "        points[t + 1] = points[t] - rate * gradient(points[t])\n    return points\n",
    ),
    wrong=(
        Wrong(_LOOP.replace("w - rate", "w + rate"), "uphill"),
        Wrong(_LOOP.replace("points = [w]", "points = []"), "shape"),
        Wrong(_LOOP.replace("w = w - rate * gradient(w)", "w -= rate * gradient(w)"), "in-place"),
    ),
)
def check_loop(work: Work) -> None:
    """Every point of the way, on quadratics."""
    descend = work.function("descend")
    rng = np.random.default_rng(1)
    for size, steps in ((1, 1), (2, 6), (4, 9)):
        curvature, start, rate = rng.uniform(0.5, 2, size), rng.normal(size=size), 0.3
        given = start.copy()
        found = as_array(descend(lambda w, c=curvature: c * w, given, rate, steps), "descend", (steps + 1, size))
        powers = np.arange(steps + 1)[:, None]
        if close(found, start * (1 + rate * curvature) ** powers):
            raise Mistake(
                "uphill", "It climbs: the gradient points uphill.", "Sube: el gradiente apunta cuesta arriba."
            )
        if not close(given, start) or (np.ptp(found, axis=0) == 0).all():
            raise Mistake(
                "in-place",
                "Every row is the same array, changed in place: make a new one each step.",
                "Todas las filas son el mismo array, cambiado en su sitio: cree uno nuevo en cada paso.",
            )
        if not close(found, start * (1 - rate * curvature) ** powers):
            raise Mistake(
                "different",
                "The points should be start, start − rate·gradient, and so on.",
                "Los puntos deberían ser la salida, salida − tasa·gradiente, y así sucesivamente.",
            )


_LARGEST = """import numpy as np


def largest_rate(X):
    hessian = 2 * X.T @ X / len(X)
    return 2 / np.linalg.eigvalsh(hessian)[-1]
"""


@exercise(
    "descent-largest-rate",
    starter="import numpy as np\n\n\ndef largest_rate(X):\n    ...\n",
    solution=_LARGEST,
    hints=(
        (
            "Of the mean squared error (1/n)‖Xw − y‖² the Hessian is 2/n · XᵀX: y has no part in it.",
            "La hessiana del error cuadrático medio (1/n)‖Xw − y‖² es 2/n · XᵀX: y no interviene.",
        ),
        (
            "np.linalg.eigvalsh returns the eigenvalues of a symmetric matrix in increasing order.",
            "np.linalg.eigvalsh devuelve los autovalores de una matriz simétrica en orden creciente.",
        ),
    ),
    right=("import numpy as np\n\ndef largest_rate(X):\n    return len(X) / np.linalg.norm(X, 2) ** 2\n",),
    wrong=(
        Wrong(_LARGEST.replace("2 * X.T", "X.T"), "unstable"),
        Wrong(_LARGEST.replace("[-1]", "[0]"), "unstable"),
        Wrong(_LARGEST.replace("2 / np.linalg.eigvalsh(hessian)[-1]", "2 / np.trace(hessian)"), "timid"),
    ),
)
def check_largest_rate(work: Work) -> None:
    """Just below the rate gradient descent comes nearer, just above it flies away."""
    largest = work.function("largest_rate")
    rng = np.random.default_rng(2)
    for rows, columns in ((30, 2), (50, 4)):
        x = rng.normal(size=(rows, columns)) * rng.uniform(0.3, 3, columns)
        rate = float(as_array(largest(x), "largest_rate", ()))
        hessian = 2 * x.T @ x / rows
        if not np.isfinite(rate) or rate <= 0:
            raise Mistake("different", "It should be a number above 0.", "Debería ser un número mayor que 0.")
        if _grows(hessian, 0.99 * rate):
            raise Mistake(
                "unstable",
                "With 0.99 times this rate gradient descent still flies away.",
                "Con 0.99 veces esta tasa el descenso del gradiente todavía sale despedido.",
            )
        if not _grows(hessian, 1.01 * rate):
            raise Mistake(
                "timid",
                "With 1.01 times this rate it still converges, so it is not the largest.",
                "Con 1.01 veces esta tasa todavía converge, así que no es la mayor.",
            )


def _grows(hessian: np.ndarray, rate: float) -> bool:
    return bool(np.abs(np.linalg.eigvals(np.eye(len(hessian)) - rate * hessian)).max() > 1)


_FLAT = """import numpy as np


def until_flat(gradient, w, rate, tolerance, most):
    for step in range(most):
        g = gradient(w)
        if np.linalg.norm(g) < tolerance:
            return w, step
        w = w - rate * g
    return w, most
"""


@exercise(
    "descent-until-flat",
    starter="import numpy as np\n\n\ndef until_flat(gradient, w, rate, tolerance, most):\n    ...\n",
    solution=_FLAT,
    hints=(
        (
            "Look at the gradient before stepping: the start may be flat already.",
            "Mire el gradiente antes de dar el paso: la salida puede ser ya plana.",
        ),
        (
            "The length is np.linalg.norm(g): all components count.",
            "La longitud es np.linalg.norm(g): cuentan todas las componentes.",
        ),
    ),
    right=(
        "import numpy as np\n\ndef until_flat(gradient, w, rate, tolerance, most):\n    taken = 0\n"
        "    while taken < most and (gradient(w) ** 2).sum() ** 0.5 >= tolerance:\n"
        "        w, taken = w - rate * gradient(w), taken + 1\n    return w, taken\n",
    ),
    wrong=(
        Wrong(_FLAT.replace("np.linalg.norm(g)", "abs(g[0])"), "one-component"),
        Wrong(_FLAT.replace("np.linalg.norm(g)", "g.sum()"), "signed"),
        Wrong(_FLAT.replace("range(most)", "range(10**4)").replace("return w, most", "return w, 10**4"), "endless"),
    ),
)
def check_until_flat(work: Work) -> None:
    """Where and after how many steps it stops."""
    until_flat = work.function("until_flat")

    def stops(curvature: list[float], start: list[float], tolerance: float, most: int) -> tuple[np.ndarray, int]:
        answer = until_flat(lambda w: np.array(curvature) * w, np.array(start), 0.1, tolerance, most)
        if not isinstance(answer, tuple) or len(answer) != 2:
            raise Mistake(
                "pair",
                "Return the point and the number of steps: `return w, steps`.",
                "Devuelva el punto y el número de pasos: `return w, pasos`.",
            )
        return as_array(answer[0], "w", (len(start),)), int(answer[1])

    if stops([1, 1], [-1, -1], 1e-3, 500)[1] == 0:
        raise Mistake(
            "signed",
            "It stops at once where the components are negative: a length has no sign.",
            "Se detiene enseguida si las componentes son negativas: una longitud no tiene signo.",
        )
    if np.abs(stops([1, 0.2], [1e-9, 1], 1e-3, 500)[0]).max() > 0.01:
        raise Mistake(
            "one-component",
            "It stops although one component of the gradient is still large.",
            "Se detiene aunque una componente del gradiente todavía sea grande.",
        )
    if stops([1, 1], [1, 1], 1e-12, 5)[1] > 5:
        raise Mistake("endless", "It takes more than `most` steps.", "Da más de `most` pasos.")
    for tolerance, most in ((0.5, 100), (1e-3, 100), (1e-9, 7), (10.0, 7)):
        w, taken = np.array([1.0, -2.0]), 0
        while taken < most and np.linalg.norm(w) >= tolerance:
            w, taken = 0.9 * w, taken + 1
        found, count = stops([1, 1], [1, -2], tolerance, most)
        if count != taken or not close(found, w):
            raise Mistake(
                "different",
                f"Here it should stop after {taken} steps, not {count}.",
                f"Aquí debería detenerse tras {taken} pasos, no {count}.",
            )
