"""Chapter 11, what moves and begins: momentum, initial weights, an activation with its derivative."""

import warnings

import numpy as np

from hondo.guide.exercises.exercise import Mistake, Wrong, exercise
from hondo.guide.exercises.work import Work, as_array, close

_MOVE = (
    "def descend(gradient, w, rate, mu, steps):\n    v = 0 * w\n    for _ in range(steps):\n"
    "        v = {v}\n        w = {w}\n    return w\n"
)


@exercise(
    "hyperparameters-momentum-steps",
    starter="def descend(gradient, w, rate, mu, steps):\n    ...\n",
    solution=_MOVE.format(v="mu * v - rate * gradient(w)", w="w + v"),
    hints=(
        ("The velocity v begins at 0 and has the shape of w.", "La velocidad v empieza en 0 y tiene la forma de w."),
        ("First v, then w with the new v.", "Primero v; después w, con la v nueva."),
        ("v = mu * v - rate * gradient(w)", "v = mu * v - rate * gradient(w)"),
    ),
    right=(
        "import numpy as np\ndef descend(gradient, w, rate, mu, steps):\n    w = np.array(w, float)\n    v = "
        "np.zeros_like(w)\n"
        "    for step in range(steps):\n        v = mu * v + gradient(w)\n        w = w - rate * v\n    return w\n",
    ),
    wrong=(
        Wrong(_MOVE.format(v="mu * v - rate * gradient(w)", w="w - rate * gradient(w)"), "no-velocity"),
        Wrong(_MOVE.format(v="mu * v + rate * gradient(w)", w="w + v"), "uphill"),
        Wrong(_MOVE.format(v="mu * v - (1 - mu) * rate * gradient(w)", w="w + v"), "averaged"),
        Wrong(_MOVE.format(v="mu * v - rate * gradient(w)", w="w + mu * v - rate * gradient(w)"), "nesterov"),
    ),
)
def check_momentum(work: Work) -> None:
    """The heavy ball, against the recursion."""
    f = work.function("descend")
    rng = np.random.default_rng(3)
    for _ in range(4):
        scale, start = rng.uniform(0.5, 2, 3), rng.normal(size=3)
        rate, mu, steps = float(rng.uniform(0.02, 0.1)), float(rng.uniform(0.5, 0.9)), int(rng.integers(3, 9))

        def gradient(w: np.ndarray, scale: np.ndarray = scale) -> np.ndarray:
            return scale * w

        kept = start.copy()
        found = as_array(f(gradient, start, rate, mu, steps), "descend(…)", (3,))
        if not close(start, kept):
            raise Mistake(
                "changed",
                "The w that was given has been changed: w + v makes a new array.",
                "Se ha cambiado la w recibida: w + v crea un array nuevo.",
            )
        ways = {
            name: _walked(name, gradient, start, rate, mu, steps)
            for name in ("ball", "plain", "uphill", "averaged", "nesterov")
        }
        if close(found, ways["ball"]):
            continue
        if close(found, ways["plain"]):
            raise Mistake(
                "no-velocity",
                "That is descent without momentum: w should move by v.",
                "Eso es descenso sin momento: w debería moverse según v.",
            )
        if close(found, ways["uphill"]):
            raise Mistake(
                "uphill",
                "It climbs: the gradient points uphill and is subtracted.",
                "Sube: el gradiente apunta cuesta arriba y se resta.",
            )
        if close(found, ways["averaged"]):
            raise Mistake(
                "averaged",
                "The gradient enters with weight 1 − μ there; here it is to enter with its whole weight.",
                "Ahí el gradiente entra con peso 1 − μ; aquí debe entrar con todo su peso.",
            )
        if close(found, ways["nesterov"]):
            raise Mistake(
                "nesterov",
                "That is Nesterov's step; the plain one is w + v.",
                "Ese es el paso de Nesterov; el sencillo es w + v.",
            )
        raise Mistake(
            "different",
            f"After {steps} steps w should be {ways['ball'].round(4)}, not {found.round(4)}.",
            f"Tras {steps} pasos w debería ser {ways['ball'].round(4)}, no {found.round(4)}.",
        )


def _walked(name: str, gradient, w: np.ndarray, rate: float, mu: float, steps: int) -> np.ndarray:
    v = np.zeros_like(w)
    for _ in range(steps):
        g = gradient(w)
        push = {"uphill": -1.0, "averaged": 1 - mu}.get(name, 1.0) * rate * g
        v = (0 if name == "plain" else mu) * v - push
        w = w + (mu * v - rate * g if name == "nesterov" else v)
    return w


_DRAW = "import numpy as np\n\ndef he(shape, rng):\n    return {}\n"


@exercise(
    "hyperparameters-he",
    starter="import numpy as np\n\ndef he(shape, rng):\n    ...\n",
    solution=_DRAW.format("rng.normal(0, np.sqrt(2 / np.prod(shape[:-1])), shape)"),
    hints=(
        ("fan_in is how many numbers one neuron adds up.", "fan_in es cuántos números suma una neurona."),
        (
            "For a convolution (3, 3, 16, 32) a neuron sees 3 · 3 · 16 inputs: all axes but the last.",
            "En una convolución (3, 3, 16, 32) cada neurona ve 3 · 3 · 16 entradas: todos los ejes menos el último.",
        ),
        (
            "rng.normal takes the standard deviation, not the variance.",
            "rng.normal recibe la desviación típica, no la varianza.",
        ),
    ),
    right=(
        "import math\nimport numpy as np\ndef he(shape, rng):\n    fan_in = math.prod(shape[:-1])\n"
        "    limit = math.sqrt(6 / fan_in)\n    return rng.uniform(-limit, limit, size=shape)\n",
    ),
    wrong=(
        Wrong(_DRAW.format("rng.normal(0, 2 / np.prod(shape[:-1]), shape)"), "variance"),
        Wrong(_DRAW.format("rng.normal(0, np.sqrt(2 / shape[-1]), shape)"), "fan-out"),
        Wrong(_DRAW.format("rng.normal(0, np.sqrt(2 / shape[-2]), shape)"), "window"),
        Wrong(_DRAW.format("rng.normal(0, np.sqrt(1 / np.prod(shape[:-1])), shape)"), "half"),
    ),
)
def check_he(work: Work) -> None:
    """The variance of the weights drawn, for dense layers and convolutions."""
    f = work.function("he")
    for shape in ((400, 100), (50, 600), (3, 3, 16, 64), (5, 5, 8, 40)):
        drawn = as_array(f(shape, np.random.default_rng(1)), f"he({shape}, rng)", shape)
        fan_in = int(np.prod(shape[:-1]))
        ratio = float(drawn.var()) * fan_in / 2
        if abs(drawn.mean()) > 0.1 * drawn.std():
            raise Mistake("mean", "The weights should have mean 0.", "Los pesos deberían tener media 0.")
        if 0.9 < ratio < 1.1:
            continue
        for name, variance, en, es in (
            (
                "variance",
                (2 / fan_in) ** 2,
                "2 / fan_in is the variance; rng.normal wants its square root.",
                "2 / fan_in es la varianza; rng.normal pide su raíz.",
            ),
            (
                "fan-out",
                2 / shape[-1],
                "That divides by the number of neurons: fan_in counts the inputs of one neuron.",
                "Eso divide por el número de neuronas: fan_in cuenta las entradas de una neurona.",
            ),
            (
                "window",
                2 / shape[-2],
                "In a convolution every pixel of the window is an input too.",
                "En una convolución, cada píxel de la ventana también es una entrada.",
            ),
            (
                "half",
                1 / fan_in,
                "Variance 1 / fan_in does not make up for what ReLU loses.",
                "La varianza 1 / fan_in no compensa lo que pierde ReLU.",
            ),
        ):
            if 0.9 < float(drawn.var()) / variance < 1.1:
                raise Mistake(name, en, es)
        raise Mistake(
            "different",
            f"For {shape} the variance should be {2 / fan_in:.4g}; it is {drawn.var():.4g}.",
            f"Para {shape} la varianza debería ser {2 / fan_in:.4g}; es {drawn.var():.4g}.",
        )


_ELU = "import numpy as np\n\ndef elu(z, alpha):\n    return {}\n\ndef elu_derivative(z, alpha):\n    return {}\n"
_FORWARD = "np.where(z > 0, z, alpha * np.expm1(np.minimum(z, 0)))"


@exercise(
    "hyperparameters-elu",
    starter="import numpy as np\n\ndef elu(z, alpha):\n    ...\n\ndef elu_derivative(z, alpha):\n    ...\n",
    solution=_ELU.format(_FORWARD, "np.where(z > 0, 1.0, alpha * np.exp(np.minimum(z, 0)))"),
    hints=(
        ("np.where(condition, a, b) chooses number by number.", "np.where(condición, a, b) elige número a número."),
        (
            "np.where computes both sides everywhere: an exponential of a large z overflows although it is not used.",
            "np.where calcula siempre las dos ramas: la exponencial de una z grande se desborda aunque no se use.",
        ),
        ("np.exp(np.minimum(z, 0)) never overflows.", "np.exp(np.minimum(z, 0)) nunca se desborda."),
    ),
    right=(
        "import numpy as np\ndef elu(z, alpha):\n    z = np.asarray(z, float)\n    y = z.copy()\n    low = z <= 0\n"
        "    y[low] = alpha * (np.exp(z[low]) - 1)\n    return y\n\ndef elu_derivative(z, alpha):\n    z = "
        "np.asarray(z, float)\n"
        "    d = np.ones_like(z)\n    low = z <= 0\n    d[low] = elu(z[low], alpha) + alpha\n    return d\n",
    ),
    wrong=(
        Wrong(
            _ELU.format(
                "np.where(z > 0, z, alpha * (np.exp(z) - 1))", "np.where(z > 0, 1.0, alpha * np.exp(np.minimum(z, 0)))"
            ),
            "overflow",
        ),
        Wrong(_ELU.format(_FORWARD, "np.where(z > 0, 1.0, 0.0)"), "flat"),
        Wrong(_ELU.format(_FORWARD, "np.where(z > 0, 1.0, np.exp(np.minimum(z, 0)))"), "slope"),
        Wrong(
            _ELU.format(
                "np.where(z > 0, z, alpha * np.exp(np.minimum(z, 0)))",
                "np.where(z > 0, 1.0, alpha * np.exp(np.minimum(z, 0)))",
            ),
            "jump",
        ),
    ),
)
def check_elu(work: Work) -> None:
    """The function by its values, the derivative by differences."""
    f, d = work.function("elu"), work.function("elu_derivative")
    rng = np.random.default_rng(0)
    for shape, alpha in (((7,), 1.0), ((3, 4), 0.5), ((2, 3, 4), 1.7)):
        z = rng.normal(0, 2, shape)
        wanted = np.where(z > 0, z, alpha * np.expm1(np.minimum(z, 0)))
        found = as_array(f(z.copy(), alpha), "elu(z, alpha)", shape)
        if close(found, np.where(z > 0, z, wanted + alpha)):
            raise Mistake(
                "jump",
                "At 0 the curve jumps by α: something has to be subtracted.",
                "En 0 la curva da un salto de α: falta restar algo.",
            )
        if not close(found, wanted):
            raise Mistake(
                "different",
                f"With α = {alpha}, elu is not yet right for {z.ravel()[:3].round(2)}.",
                f"Con α = {alpha}, elu aún no es correcta en {z.ravel()[:3].round(2)}.",
            )
        slopes = np.where(z > 0, 1.0, alpha * np.exp(np.minimum(z, 0)))
        given = as_array(d(z.copy(), alpha), "elu_derivative(z, alpha)", shape)
        if close(given, slopes):
            continue
        if close(given, (z > 0) * 1.0):
            raise Mistake(
                "flat",
                "That is ReLU's derivative: for negative z ELU is not flat.",
                "Esa es la derivada de ReLU: para z negativa ELU no es plana.",
            )
        if close(given, np.where(z > 0, 1.0, slopes / alpha)):
            raise Mistake(
                "slope",
                "For negative z the derivative does not depend on α there: it should.",
                "Para z negativa, su derivada no depende de α: debería.",
            )
        raise Mistake(
            "slope-different",
            "The derivative differs from what finite differences of elu say.",
            "La derivada no coincide con lo que dicen las diferencias finitas de elu.",
        )
    with warnings.catch_warnings(record=True) as heard, np.errstate(over="warn"):
        warnings.simplefilter("always")
        far = f(np.array([-2000.0, 2000.0]), 1.0), d(np.array([-2000.0, 2000.0]), 1.0)
    if heard or not close(far[0], [-1.0, 2000.0]) or not close(far[1], [0.0, 1.0]):
        raise Mistake(
            "overflow",
            "For z = 2000 an exponential overflows, although its value is not used.",
            "Para z = 2000 una exponencial se desborda, aunque su valor no se use.",
        )
