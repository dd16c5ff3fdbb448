"""Exercises of the chapter on backpropagation: one step, the loop, the chain rule."""

from functools import partial

import numpy as np

from hondo.guide.exercises.exercise import Mistake, Wrong, exercise
from hondo.guide.exercises.work import Work, as_array, close


def _slope_of_bowl(curved: np.ndarray, lowest: np.ndarray, w: np.ndarray) -> np.ndarray:
    """The gradient of Σ curved (w - lowest)² / 2."""
    return curved * (w - lowest)


@exercise(
    "backprop-one-step",
    starter="import numpy as np\n\ndef step(w, b, x, y, rate):\n    return w, b\n",
    solution="""
import numpy as np

def step(w, b, x, y, rate):
    error = w * x + b - y  # (n,)
    dw = np.mean(2 * error * x)
    db = np.mean(2 * error)
    return w - rate * dw, b - rate * db
""",
    hints=(
        (
            "Predict, take the errors, derive the mean of their squares with respect to w and to b.",
            "Prediga, halle los errores y derive la media de sus cuadrados respecto de w y de b.",
        ),
        (
            "∂L/∂w is the mean of 2 · error · x; ∂L/∂b the mean of 2 · error.",
            "∂L/∂w es la media de 2 · error · x; ∂L/∂b, la media de 2 · error.",
        ),
        (
            "Compute both before you change either, and go against the slope.",
            "Calcule ambas antes de cambiar ninguna, y vaya contra la pendiente.",
        ),
    ),
    right=(
        """
import numpy as np

def step(w, b, x, y, rate):
    A = np.stack([x, np.ones_like(x)], axis=1)
    theta = np.array([w, b])
    gradient = 2 / len(x) * A.T @ (A @ theta - y)
    return tuple(theta - rate * gradient)
""",
    ),
    wrong=(
        Wrong(
            """
import numpy as np

def step(w, b, x, y, rate):
    e = w * x + b - y
    return w + rate * np.mean(2 * e * x), b + rate * np.mean(2 * e)
""",
            "uphill",
        ),
        Wrong(
            """
import numpy as np

def step(w, b, x, y, rate):
    w = w - rate * np.mean(2 * (w * x + b - y) * x)
    b = b - rate * np.mean(2 * (w * x + b - y))
    return w, b
""",
            "one-after-the-other",
        ),
        Wrong(
            """
import numpy as np

def step(w, b, x, y, rate):
    e = w * x + b - y
    return w - rate * np.sum(2 * e * x), b - rate * np.sum(2 * e)
""",
            "sum",
        ),
    ),
)
def check_one_step(work: Work) -> None:
    """Compare with the step of gradient descent on random points."""
    step = work.function("step")
    rng = np.random.default_rng(0)
    for samples, rate in ((5, 0.1), (40, 0.3)):
        x, y = rng.normal(size=samples), rng.normal(size=samples)
        w, b = (float(each) for each in rng.normal(size=2))
        error = w * x + b - y
        slopes = np.array([np.mean(2 * error * x), np.mean(2 * error)])
        here = np.array([w, b])
        found = as_array(step(w, b, x.copy(), y.copy(), rate), "step", (2,))
        if close(found, here - rate * slopes):
            continue
        if close(found, here + rate * slopes):
            raise Mistake(
                "uphill",
                "The step follows the slope, so the loss grows: go against it.",
                "El paso sigue la pendiente y la pérdida crece: vaya en sentido contrario.",
            )
        if close(found, here - rate * samples * slopes):
            raise Mistake(
                "sum",
                "The loss is the mean of the squares; this is the slope of their sum.",
                "La pérdida es la media de los cuadrados; esta es la pendiente de su suma.",
            )
        if close(found[0], w - rate * slopes[0]):
            raise Mistake(
                "one-after-the-other",
                "w is right, b is not: its slope was taken after w had already moved. Both belong to the same point.",
                "w está bien y b no: su pendiente se tomó cuando w ya se había movido. Ambas son del mismo punto.",
            )
        raise Mistake(
            "different",
            "The new w and b are not those of a step of gradient descent on the mean squared error.",
            "Los nuevos w y b no son los de un paso de descenso del gradiente con el error cuadrático medio.",
        )


@exercise(
    "backprop-loop",
    starter="import numpy as np\n\ndef learn(gradient, w, rate, tolerance, most):\n    return w, 0\n",
    solution="""
import numpy as np

def learn(gradient, w, rate, tolerance, most):
    for step in range(most):
        g = gradient(w)
        if np.linalg.norm(g) < tolerance:
            return w, step
        w = w - rate * g
    return w, most
""",
    hints=(
        (
            "Ask for the gradient first; only if it is not small enough, take a step.",
            "Pida primero el gradiente; solo si no es lo bastante pequeño, dé un paso.",
        ),
        (
            "`w = w - …` makes a new array; `w -= …` changes the one that the caller still holds.",
            "`w = w - …` crea un array nuevo; `w -= …` modifica el array de quien llama.",
        ),
    ),
    right=(
        """
import numpy as np

def learn(gradient, w, rate, tolerance, most):
    w, steps = np.array(w, float), 0
    while steps < most and np.sqrt((gradient(w) ** 2).sum()) >= tolerance:
        w -= rate * gradient(w)
        steps += 1
    return w, steps
""",
    ),
    wrong=(
        Wrong(
            """
def learn(gradient, w, rate, tolerance, most):
    for step in range(most):
        w = w - rate * gradient(w)
    return w, most
""",
            "never-stops",
        ),
        Wrong(
            """
import numpy as np

def learn(gradient, w, rate, tolerance, most):
    for step in range(most):
        g = gradient(w)
        if np.linalg.norm(g) < tolerance:
            return w, step
        w -= rate * g
    return w, most
""",
            "changes-the-input",
        ),
        Wrong(
            """
import numpy as np

def learn(gradient, w, rate, tolerance, most):
    for step in range(most):
        g = gradient(w)
        w = w - rate * g
        if np.linalg.norm(g) < tolerance:
            return w, step + 1
    return w, most
""",
            "one-too-many",
        ),
    ),
)
def check_loop(work: Work) -> None:
    """Walk down bowls and compare place and number of steps."""
    learn = work.function("learn")
    rng = np.random.default_rng(0)
    for size, rate, most in ((2, 0.2, 500), (4, 0.1, 500), (3, 0.01, 7)):
        curved, lowest = rng.uniform(0.5, 3, size), rng.normal(size=size)
        gradient = partial(_slope_of_bowl, curved, lowest)
        begin = rng.normal(size=size)
        w, steps = begin, 0
        while steps < most and np.linalg.norm(gradient(w)) >= 1e-3:
            w, steps = w - rate * gradient(w), steps + 1
        given = begin.copy()
        answer = learn(gradient, given, rate, 1e-3, most)
        if not isinstance(answer, (tuple, list)) or len(answer) != 2:
            raise Mistake(
                "pair", "Return the weights and the number of steps.", "Devuelva los pesos y el número de pasos."
            )
        if not close(given, begin):
            raise Mistake(
                "changes-the-input",
                "The caller's array has been changed on the way.",
                "El array de quien llama ha cambiado por el camino.",
            )
        found, taken = as_array(answer[0], "w", (size,)), float(answer[1])
        if taken == steps and close(found, w):
            continue
        if taken == most != steps:
            raise Mistake(
                "never-stops",
                "It goes on although the gradient is smaller than the tolerance.",
                "Sigue aunque el gradiente ya sea menor que la tolerancia.",
            )
        if taken == steps + 1:
            raise Mistake(
                "one-too-many",
                "It takes one step more after the gradient is already small enough.",
                "Da un paso más cuando el gradiente ya era lo bastante pequeño.",
            )
        raise Mistake(
            "different",
            f"After {steps} steps the walk should end at {np.round(w, 3)}; this one ended after {taken:g} "
            f"at {np.round(found, 3)}.",
            f"Tras {steps} pasos el camino debería acabar en {np.round(w, 3)}; este acabó tras {taken:g} "
            f"en {np.round(found, 3)}.",
        )


@exercise(
    "backprop-chain-rule",
    starter="def slope(x, links):\n    return 1.0\n",
    solution="""
def slope(x, links):
    product = 1.0
    for f, derivative in links:
        product *= derivative(x)
        x = f(x)
    return product
""",
    hints=(
        (
            "Each derivative has to be evaluated at the point where *its* function is used.",
            "Cada derivada se evalúa en el punto donde se usa *su* función.",
        ),
        (
            "Walk along the chain with a running value and a running product.",
            "Recorra la cadena con un valor y un producto que se van actualizando.",
        ),
    ),
    right=(
        """
def slope(x, links):
    if not links:
        return 1.0
    (f, derivative), rest = links[0], links[1:]
    return slope(f(x), rest) * derivative(x)
""",
    ),
    wrong=(
        Wrong(
            "def slope(x, links):\n    p = 1.0\n    for f, d in links:\n        p *= d(x)\n    return p\n",
            "all-at-x",
        ),
        Wrong(
            "def slope(x, links):\n    s = 0.0\n    for f, d in links:\n        s += d(x)\n        x = "
            "f(x)\n    return s\n",
            "sum",
        ),
        Wrong(
            "def slope(x, links):\n    p = 1.0\n    for f, d in links:\n        x = f(x)\n        p *= "
            "d(x)\n    return p\n",
            "too-late",
        ),
    ),
)
def check_chain_rule(work: Work) -> None:
    """Compare with finite differences along random chains."""
    slope = work.function("slope")
    known = (
        (np.sin, np.cos),
        (np.tanh, lambda v: 1 - np.tanh(v) ** 2),
        (np.exp, np.exp),
        (lambda v: v**2 + 1, lambda v: 2 * v),
        (lambda v: 0.5 * v - 1, lambda v: 0.5),
    )
    rng = np.random.default_rng(0)
    for length in (1, 2, 3, 4, 4):
        links = [known[place] for place in rng.integers(0, len(known), length)]
        x = float(rng.uniform(-1, 1))

        def whole(v: float, links: list = links) -> float:
            for f, _ in links:
                v = f(v)
            return v

        wanted = (whole(x + 1e-6) - whole(x - 1e-6)) / 2e-6
        found = slope(x, list(links))
        if close(found, wanted, 1e-4):
            continue
        at_x = np.prod([derivative(x) for _, derivative in links])
        places = [x]
        for f, _ in links:
            places.append(f(places[-1]))
        summed = sum(derivative(v) for (_, derivative), v in zip(links, places, strict=False))
        late = np.prod([derivative(v) for (_, derivative), v in zip(links, places[1:], strict=True)])
        if close(found, late, 1e-4):
            raise Mistake(
                "too-late",
                "Each derivative is evaluated at its function's output; it belongs at the input.",
                "Cada derivada se ha evaluado en la salida de su función, y debe ser en la entrada.",
            )
        if close(found, at_x, 1e-4):
            raise Mistake(
                "all-at-x",
                "All derivatives are evaluated at x; but the second function never sees x, it sees what the "
                "first one made of it.",
                "Todas las derivadas se han evaluado en x; pero la segunda función no ve x, sino lo que la "
                "primera hizo con ella.",
            )
        if close(found, summed, 1e-4):
            raise Mistake(
                "sum",
                "Along a chain slopes multiply; they add up where ways meet.",
                "A lo largo de una cadena las pendientes se multiplican; se suman donde se juntan caminos.",
            )
        raise Mistake(
            "different",
            f"A chain of {length} has the slope {wanted:.4f} at {x:.3f}, not {found}.",
            f"Una cadena de {length} eslabones tiene en {x:.3f} la pendiente {wanted:.4f}, no {found}.",
        )
