"""Chapter 5: slopes of the mean squared error, the best line, a safe sigmoid, and a step of logistic regression."""

import warnings

import numpy as np

from hondo.guide.exercises.exercise import Mistake, Wrong, exercise
from hondo.guide.exercises.work import Work, as_array, close, derivative

# How much larger than they should be slopes are (0: by the number of samples), and what that means.
_FACTORS = (
    (
        "sign",
        -1.0,
        (
            "The signs are the other way round: this points downhill.",
            "Los signos están al revés: así apunta cuesta abajo.",
        ),
    ),
    (
        "not-mean",
        0.0,
        (
            "MSE is a mean: divide by the number of samples.",
            "El MSE es una media: divida entre el número de muestras.",
        ),
    ),
    (
        "half",
        0.5,
        (
            "Everything is half as large: the square's 2 is missing.",
            "Todo vale la mitad: falta el 2 del cuadrado.",
        ),
    ),
)


def _two(found: object, name: str, inputs: int) -> tuple[np.ndarray, float]:
    """A pair of an array and a number."""
    if not isinstance(found, (tuple, list)) or len(found) != 2:
        raise Mistake(
            "not-a-pair",
            f"`{name}` should return two things: one for w, one for b.",
            f"`{name}` debe devolver dos cosas: una para w y otra para b.",
        )
    return as_array(found[0], f"{name}[0]", (inputs,)), float(as_array(found[1], f"{name}[1]", ()))


@exercise(
    "regression-gradient",
    starter="import numpy as np\n\ndef gradient(x, y, w, b):\n    ...\n",
    solution="import numpy as np\n\ndef gradient(x, y, w, b):\n    error = x @ w + b - y\n"
    "    return 2 * x.T @ error / len(y), 2 * error.mean()\n",
    hints=(
        (
            "The derivative of (ŷ − y)² with respect to ŷ is 2(ŷ − y).",
            "La derivada de (ŷ − y)² respecto de ŷ es 2(ŷ − y).",
        ),
        (
            "ŷ changes by xᵢ when wᵢ changes by 1, and by 1 when b does.",
            "ŷ cambia xᵢ cuando wᵢ cambia 1, y cambia 1 cuando lo hace b.",
        ),
        (
            "`x.T @ error` adds up error times input, for each input.",
            "`x.T @ error` suma error por entrada, para cada entrada.",
        ),
    ),
    right=(
        "import numpy as np\n\ndef gradient(x, y, w, b):\n    error = x @ w + b - y\n"
        "    return (2 * error[:, None] * x).mean(axis=0), float(np.mean(2 * error))\n",
        "import numpy as np\n\ndef gradient(x, y, w, b):\n    d_w, d_b = np.zeros(len(w)), 0.0\n"
        "    for row, target in zip(x, y):\n        e = 2 * (row @ w + b - target) / len(y)\n"
        "        d_w, d_b = d_w + e * row, d_b + e\n    return d_w, d_b\n",
    ),
    wrong=(
        Wrong(
            "def gradient(x, y, w, b):\n    e = y - x @ w - b\n    return 2 * x.T @ e / len(y), 2 * e.mean()\n", "sign"
        ),
        Wrong("def gradient(x, y, w, b):\n    e = x @ w + b - y\n    return 2 * x.T @ e, 2 * e.sum()\n", "not-mean"),
        Wrong("def gradient(x, y, w, b):\n    e = x @ w + b - y\n    return x.T @ e / len(y), e.mean()\n", "half"),
        Wrong("def gradient(x, y, w, b):\n    e = x @ w + b - y\n    return 2 * x.T @ e / len(y), 0.0\n", "bias-slope"),
    ),
)
def check_gradient(work: Work) -> None:
    """Against central differences of the mean squared error."""
    f = work.function("gradient")
    rng = np.random.default_rng(3)
    for batch, inputs in ((7, 1), (12, 3), (5, 4)):
        x, y, w, b = rng.normal(size=(batch, inputs)), rng.normal(size=batch), rng.normal(size=inputs), 0.3

        def mse(theta: np.ndarray, x: np.ndarray = x, y: np.ndarray = y) -> float:
            return float(np.square(x @ theta[:-1] + theta[-1] - y).mean())

        slopes = derivative(mse, np.append(w, b))
        d_w, d_b = _two(f(x, y, w, b), "gradient", inputs)
        found = np.append(d_w, d_b)
        if close(found, slopes, 1e-5):
            continue
        for name, factor, words in _FACTORS:
            if close(found, (factor or batch) * slopes, 1e-5):
                raise Mistake(name, *words)
        if close(d_w, slopes[:-1], 1e-5):
            raise Mistake(
                "bias-slope",
                "∂MSE/∂w is right, ∂MSE/∂b is not.",
                "∂MSE/∂w es correcta; ∂MSE/∂b, no.",
            )
        raise Mistake(
            "different",
            f"Moving the parameters a little changes the MSE by {np.round(slopes, 3)}; you say {np.round(found, 3)}.",
            f"Al mover un poco los parámetros, el MSE cambia {np.round(slopes, 3)}; usted dice {np.round(found, 3)}.",
        )


@exercise(
    "regression-fit",
    starter="import numpy as np\n\ndef fit(x, y):\n    ...\n",
    solution="import numpy as np\n\ndef fit(x, y):\n    X = np.column_stack([x, np.ones(len(x))])\n"
    "    theta = np.linalg.solve(X.T @ X, X.T @ y)\n    return theta[:-1], theta[-1]\n",
    hints=(
        ("A column of ones makes the bias a weight.", "Una columna de unos convierte el sesgo en un peso."),
        ("Solve (XᵀX)θ = Xᵀy with np.linalg.solve.", "Resuelva (XᵀX)θ = Xᵀy con np.linalg.solve."),
        ("The last element of θ is b.", "El último elemento de θ es b."),
    ),
    right=(
        "import numpy as np\n\ndef fit(x, y):\n    X = np.column_stack([x, np.ones(len(x))])\n"
        "    theta = np.linalg.lstsq(X, y, rcond=None)[0]\n    return theta[:-1], theta[-1]\n",
        "import numpy as np\n\ndef fit(x, y):\n    m, s = x.mean(0), x.std(0)\n    z = (x - m) / s\n"
        "    w, b = np.zeros(x.shape[1]), y.mean()\n    for _ in range(6000):\n        e = z @ w + b - y\n"
        "        w = w - 0.2 * z.T @ e / len(y)\n    return w / s, b - (w / s) @ m\n",
    ),
    wrong=(
        Wrong(
            "import numpy as np\n\ndef fit(x, y):\n    return np.linalg.lstsq(x, y, rcond=None)[0], 0.0\n", "no-bias"
        ),
        Wrong("import numpy as np\n\ndef fit(x, y):\n    return np.zeros(x.shape[1]), y.mean()\n", "only-mean"),
        Wrong(
            "import numpy as np\n\ndef fit(x, y):\n    w, b = np.zeros(x.shape[1]), 0.0\n    for _ in range(20):\n"
            "        e = x @ w + b - y\n        w, b = w - 0.02 * x.T @ e / len(y), b - 0.02 * e.mean()\n"
            "    return w, b\n",
            "not-the-best",
        ),
    ),
)
def check_fit(work: Work) -> None:
    """Noisy planes; no other may have a smaller error."""
    f = work.function("fit")
    rng = np.random.default_rng(4)
    for inputs in (1, 3):
        x = rng.normal(size=(40, inputs)) + 1
        y = x @ rng.normal(size=inputs) + 5 + 0.3 * rng.normal(size=40)
        design = np.column_stack([x, np.ones(40)])
        best = np.square(design @ np.linalg.lstsq(design, y, rcond=None)[0] - y).mean()
        w, b = _two(f(x, y), "fit", inputs)
        error = np.square(x @ w + b - y).mean()
        if error <= best * (1 + 1e-6):
            continue
        if b == 0:
            raise Mistake(
                "no-bias",
                "b is 0: this plane has to pass through the origin, and the data do not.",
                "b vale 0: este plano tiene que pasar por el origen, y los datos no lo hacen.",
            )
        if np.abs(w).max() == 0:
            raise Mistake(
                "only-mean",
                "With w = 0 the inputs change nothing: this is the best constant.",
                "Con w = 0 las entradas no cambian nada: esta es la mejor constante.",
            )
        raise Mistake(
            "not-the-best",
            f"Your MSE is {error:.4f}; {best:.4f} is possible.",
            f"Su MSE es {error:.4f}; es posible {best:.4f}.",
        )


@exercise(
    "sigmoid-safe",
    starter="import numpy as np\n\ndef sigmoid(z):\n    ...\n",
    solution="import numpy as np\n\ndef sigmoid(z):\n    small = np.exp(-np.abs(z))\n"
    "    return np.where(z >= 0, 1, small) / (1 + small)\n",
    hints=(
        (
            "Multiply numerator and denominator of 1/(1 + e⁻ᶻ) by eᶻ: another form of the same.",
            "Multiplique numerador y denominador de 1/(1 + e⁻ᶻ) por eᶻ: otra forma de lo mismo.",
        ),
        (
            "One form is safe for z ≥ 0, the other for z < 0.",
            "Una forma es segura para z ≥ 0; la otra, para z < 0.",
        ),
        ("e^(−|z|) never exceeds 1.", "e^(−|z|) nunca pasa de 1."),
    ),
    right=(
        "import numpy as np\n\ndef sigmoid(z):\n    return (1 + np.tanh(z / 2)) / 2\n",
        "import numpy as np\n\ndef sigmoid(z):\n    y = np.empty_like(z)\n    p = z >= 0\n"
        "    y[p] = 1 / (1 + np.exp(-z[p]))\n    e = np.exp(z[~p])\n    y[~p] = e / (1 + e)\n    return y\n",
    ),
    wrong=(
        Wrong("import numpy as np\n\ndef sigmoid(z):\n    return 1 / (1 + np.exp(-z))\n", "overflow"),
        Wrong("import numpy as np\n\ndef sigmoid(z):\n    return np.exp(z) / (1 + np.exp(z))\n", "overflow"),
        Wrong("import numpy as np\n\ndef sigmoid(z):\n    return np.tanh(z)\n", "different"),
        Wrong(
            "import numpy as np\n\ndef sigmoid(z):\n    e = np.exp(-np.abs(z))\n    return 1 / (1 + e)\n",
            "negative-side",
        ),
    ),
)
def check_sigmoid(work: Work) -> None:
    """Ordinary numbers first, then ±1000."""
    f = work.function("sigmoid")
    z = np.linspace(-6, 6, 25)
    wanted, found = 1 / (1 + np.exp(-z)), as_array(f(z), "sigmoid(z)", (25,))
    if not close(found, wanted):
        if close(found[z >= 0], wanted[z >= 0]):
            raise Mistake(
                "negative-side",
                "For z ≥ 0 it is right; below 0 it should fall towards 0.",
                "Para z ≥ 0 es correcta; por debajo de 0 debería bajar hacia 0.",
            )
        raise Mistake(
            "different",
            f"sigmoid(1) should be 0.7311; it is {float(np.interp(1, z, found)):.4f}.",
            f"sigmoid(1) debería ser 0.7311; es {float(np.interp(1, z, found)):.4f}.",
        )
    far = np.array([-1000.0, -800.0, 0.0, 800.0, 1000.0])
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        found = as_array(f(far), "sigmoid(z)", (5,))
    if told or not close(found, np.array([0, 0, 0.5, 1, 1])):
        raise Mistake(
            "overflow",
            f"At ±1000 an exponential overflows; it gives {found}.",
            f"En ±1000 se desborda una exponencial; da {found}.",
        )


@exercise(
    "logistic-step",
    starter="import numpy as np\n\ndef logistic_step(x, y, w, b, rate):\n    ...\n",
    solution="import numpy as np\n\ndef logistic_step(x, y, w, b, rate):\n    p = 1 / (1 + np.exp(-(x @ w + b)))\n"
    "    error = p - y\n    return w - rate * x.T @ error / len(y), b - rate * error.mean()\n",
    hints=(
        (
            "First the probabilities p, then the errors p − y.",
            "Primero las probabilidades p; después, los errores p − y.",
        ),
        (
            "The slopes are those of linear regression, without the 2 and with p instead of ŷ.",
            "Las pendientes son las de la regresión lineal, sin el 2 y con p en lugar de ŷ.",
        ),
        ("Go against the slopes: w − rate · slope.", "Vaya contra las pendientes: w − rate · pendiente."),
    ),
    right=(
        "import numpy as np\n\ndef logistic_step(x, y, w, b, rate):\n    d_w, d_b = np.zeros_like(w), 0.0\n"
        "    for row, t in zip(x, y):\n        p = (1 + np.tanh((row @ w + b) / 2)) / 2\n"
        "        d_w, d_b = d_w + (p - t) * row, d_b + (p - t)\n"
        "    return w - rate * d_w / len(x), b - rate * d_b / len(x)\n",
    ),
    wrong=(
        Wrong(
            "import numpy as np\n\ndef logistic_step(x, y, w, b, rate):\n    e = 1 / (1 + np.exp(-(x @ w + b))) - y\n"
            "    return w + rate * x.T @ e / len(y), b + rate * e.mean()\n",
            "climbs",
        ),
        Wrong(
            "import numpy as np\n\ndef logistic_step(x, y, w, b, rate):\n    e = 1 / (1 + np.exp(-(x @ w + b))) - y\n"
            "    return w - rate * x.T @ e, b - rate * e.sum()\n",
            "not-mean",
        ),
        Wrong(
            "import numpy as np\n\ndef logistic_step(x, y, w, b, rate):\n    p = 1 / (1 + np.exp(-(x @ w + b)))\n"
            "    e = 2 * (p - y) * p * (1 - p)\n    return w - rate * x.T @ e / len(y), b - rate * e.mean()\n",
            "squared-error",
        ),
        Wrong(
            "import numpy as np\n\ndef logistic_step(x, y, w, b, rate):\n    e = x @ w + b - y\n"
            "    return w - rate * x.T @ e / len(y), b - rate * e.mean()\n",
            "no-sigmoid",
        ),
    ),
)
def check_logistic(work: Work) -> None:
    """Against central differences of the cross-entropy."""
    f = work.function("logistic_step")
    rng = np.random.default_rng(5)
    for batch, inputs, rate in ((8, 2, 0.5), (15, 4, 0.1)):
        x, w, b = rng.normal(size=(batch, inputs)), rng.normal(size=inputs), 0.2
        y = rng.integers(0, 2, batch).astype(float)
        before = np.append(w, b)

        def entropy(theta: np.ndarray, x: np.ndarray = x, y: np.ndarray = y) -> float:
            z = x @ theta[:-1] + theta[-1]
            return float((np.logaddexp(0, z) - y * z).mean())

        def square(theta: np.ndarray, x: np.ndarray = x, y: np.ndarray = y) -> float:
            return float(np.square(1 / (1 + np.exp(-(x @ theta[:-1] + theta[-1]))) - y).mean())

        slopes = derivative(entropy, before)
        new_w, new_b = _two(f(x, y, w.copy(), b, rate), "logistic_step", inputs)
        moved = (np.append(new_w, new_b) - before) / rate
        if close(moved, -slopes, 1e-4):
            continue
        if close(moved, slopes, 1e-4):
            raise Mistake(
                "climbs", "This step goes uphill: the loss grows.", "Este paso va cuesta arriba: la pérdida aumenta."
            )
        if close(moved, -batch * slopes, 1e-4):
            raise Mistake(
                "not-mean",
                "The loss is a mean over the samples: divide by how many they are.",
                "La pérdida es una media sobre las muestras: divida entre su número.",
            )
        if close(moved, -derivative(square, before), 1e-4):
            raise Mistake(
                "squared-error",
                "These are the slopes of the squared error; those of the cross-entropy are simpler.",
                "Estas son las pendientes del error cuadrático; las de la entropía cruzada son más sencillas.",
            )
        error = x @ w + b - y
        if close(moved, -np.append(x.T @ error, error.sum()) / batch, 1e-4):
            raise Mistake(
                "no-sigmoid",
                "Here z is compared with y; the sigmoid is missing.",
                "Aquí se compara z con y; falta la sigmoide.",
            )
        raise Mistake(
            "different",
            f"The parameters should move by {np.round(-rate * slopes, 4)}; they move by {np.round(rate * moved, 4)}.",
            f"Los parámetros deberían moverse {np.round(-rate * slopes, 4)}; se mueven {np.round(rate * moved, 4)}.",
        )
