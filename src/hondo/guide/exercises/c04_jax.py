"""Libraries: JAX's transformations, used together."""

import jax
import jax.numpy as jnp
import numpy as np

from hondo.guide.exercises.exercise import Mistake, Wrong, exercise
from hondo.guide.exercises.work import Work, as_array, close


@exercise(
    "jax-newton",
    starter=(
        "import jax\n\n\ndef newton(f, x, steps):\n    for _ in range(steps):\n"
        "        x = x - 0.1 * jax.grad(f)(x)\n    return x\n"
    ),
    solution=(
        "import jax\n\n\ndef newton(f, x, steps):\n    slope = jax.grad(f)\n"
        "    curvature = jax.grad(slope)\n"
        "    for _ in range(steps):\n        x = x - slope(x) / curvature(x)\n    return x\n"
    ),
    hints=(
        (
            "`jax.grad(f)` is a function; it can be given to `jax.grad` again.",
            "`jax.grad(f)` es una función; se puede dar de nuevo a `jax.grad`.",
        ),
        ("One step: x ← x − f′(x) / f″(x).", "Un paso: x ← x − f′(x) / f″(x)."),
    ),
    right=(
        (
            "import jax\nimport jax.numpy as jnp\n\ndef newton(f, x, steps):\n"
            "    def step(x, _):\n"
            "        return x - jax.grad(f)(x) / jax.hessian(f)(x), None\n"
            "    return jax.lax.scan(step, jnp.float32(x), None, length=steps)[0]\n"
        ),
    ),
    wrong=(
        Wrong(
            (
                "import jax\n\ndef newton(f, x, steps):\n    for _ in range(steps):\n"
                "        x = x - jax.grad(f)(x)\n    return x\n"
            ),
            "no-curvature",
        ),
        Wrong(
            (
                "import jax\n\ndef newton(f, x, steps):\n    for _ in range(steps):\n"
                "        x = x - f(x) / jax.grad(f)(x)\n    return x\n"
            ),
            "root",
        ),
        Wrong(
            (
                "import jax\n\ndef newton(f, x, steps):\n    g = jax.grad(f)\n"
                "    for _ in range(steps):\n        x = x + g(x) / jax.grad(g)(x)\n"
                "    return x\n"
            ),
            "uphill",
        ),
    ),
)
def check_newton(work: Work) -> None:
    """One step on a parabola, several on other functions."""
    f = work.function("newton")
    for a, middle, start in ((1.5, 3.0, -2.0), (0.25, -1.0, 4.0)):

        def parabola(x, a=a, middle=middle):
            return a * (x - middle) ** 2 + 2.0

        found = float(f(parabola, start, 1))
        if abs(found - middle) < 1e-3:
            continue
        slope = 2 * a * (start - middle)
        if abs(found - (start - slope)) < 1e-3:
            raise Mistake(
                "no-curvature",
                ("That is a step of gradient descent with rate 1. Newton divides the slope by the second derivative."),
                (
                    "Ese es un paso de descenso del gradiente con tasa 1. Newton divide la pendiente por la "
                    "segunda derivada."
                ),
            )
        if abs(found - (start - float(parabola(start)) / slope)) < 1e-3:
            raise Mistake(
                "root",
                "x − f/f′ looks for a zero of f. For a minimum of f, look for a zero of f′.",
                "x − f/f′ busca un cero de f. Para un mínimo de f, busque un cero de f′.",
            )
        if abs(found - (2 * start - middle)) < 1e-3:
            raise Mistake(
                "uphill",
                "The step has the right length and the wrong sign.",
                "El paso tiene la longitud correcta y el signo contrario.",
            )
        raise Mistake(
            "different",
            (f"From any start, one step on a parabola reaches its lowest point, {middle}; yours reaches {found:.3f}."),
            (
                f"Desde cualquier inicio, un paso sobre una parábola llega a su punto más bajo, {middle}; el "
                f"suyo llega a {found:.3f}."
            ),
        )
    found = float(f(lambda x: jnp.cosh(x - 1.0) + 0.1 * x, 0.4, 6))
    if abs(found - (1 - float(np.arcsinh(0.1)))) > 1e-3:
        raise Mistake(
            "steps",
            (f"After 6 steps on cosh(x − 1) + 0.1·x it should be at {1 - np.arcsinh(0.1):.4f}; it is at {found:.4f}."),
            (f"Tras 6 pasos en cosh(x − 1) + 0.1·x debería estar en {1 - np.arcsinh(0.1):.4f}; está en {found:.4f}."),
        )


@exercise(
    "jax-sample-gradients",
    starter="import jax\n\n\ndef sample_gradients(loss, w, X, y):\n    ...\n",
    solution=(
        "import jax\n\n\ndef sample_gradients(loss, w, X, y):\n"
        "    return jax.vmap(jax.grad(loss), in_axes=(None, 0, 0))(w, X, y)  # (n, d)\n"
    ),
    hints=(
        (
            "`jax.grad(loss)` takes (w, x, y) of one sample and gives shape (d,).",
            "`jax.grad(loss)` recibe (w, x, y) de una muestra y da forma (d,).",
        ),
        (
            "`jax.vmap(…, in_axes=…)`: w is the same for all (None), X and y run along their axis 0.",
            "`jax.vmap(…, in_axes=…)`: w es la misma para todas (None); X e y recorren su eje 0.",
        ),
    ),
    right=(
        (
            "import jax\n\ndef sample_gradients(loss, w, X, y):\n"
            "    return jax.jacrev(lambda w: jax.vmap(lambda x, t: loss(w, x, t))(X, y))(w)\n"
        ),
        (
            "import jax\nimport jax.numpy as jnp\n\ndef sample_gradients(loss, w, X, y):\n"
            "    return jnp.stack([jax.grad(loss)(w, a, b) for a, b in zip(X, y)])\n"
        ),
    ),
    wrong=(
        Wrong(
            (
                "import jax\n\ndef sample_gradients(loss, w, X, y):\n"
                "    return jax.grad(lambda w: jax.vmap(loss, (None, 0, 0))(w, X, y).mean())(w)\n"
            ),
            "one-gradient",
        ),
        Wrong(
            (
                "import jax\n\ndef sample_gradients(loss, w, X, y):\n"
                "    return jax.vmap(jax.grad(loss, argnums=1), (None, 0, 0))(w, X, y)\n"
            ),
            "of-inputs",
        ),
        Wrong(
            ("import jax\n\ndef sample_gradients(loss, w, X, y):\n    return jax.vmap(jax.grad(loss))(w, X, y)\n"),
            "raises",
        ),
    ),
)
def check_sample_gradients(work: Work) -> None:
    """Against the formula of the squared error, and another loss."""
    f = work.function("sample_gradients")
    rng = np.random.default_rng(0)

    def squared(w, x, y):
        return (jnp.dot(w, x) - y) ** 2

    def logistic(w, x, y):
        return jnp.logaddexp(0.0, jnp.dot(w, x)) - y * jnp.dot(w, x)

    for n, d in ((6, 3),):
        w, x, y = rng.normal(size=d), rng.normal(size=(n, d)), rng.integers(0, 2, n) * 1.0
        z = x @ w
        given = [jnp.asarray(each, jnp.float32) for each in (w, x, y)]
        for loss, error in ((squared, 2 * (z - y)), (logistic, 1 / (1 + np.exp(-z)) - y)):
            found = f(loss, *given)
            if np.shape(found) == (d,):
                raise Mistake(
                    "one-gradient",
                    f"That is one gradient for the whole batch. One for each sample is wanted: shape ({n}, {d}).",
                    f"Ese es un solo gradiente para todo el lote. Se pide uno por muestra: forma ({n}, {d}).",
                )
            found = as_array(found, "sample_gradients(…)", (n, d))
            if close(found, error[:, None] * w, 1e-3):
                raise Mistake(
                    "of-inputs",
                    "Those are the derivatives with respect to x; those by w, the first argument, are wanted.",
                    "Esas son las derivadas respecto a x; se piden respecto a w (el primer argumento).",
                )
            if not close(found, error[:, None] * x, 1e-3):
                raise Mistake(
                    "different",
                    "Row i should be the gradient of loss(w, X[i], y[i]) with respect to w.",
                    "La fila i debería ser el gradiente de loss(w, X[i], y[i]) respecto a w.",
                )


_SCAN = "import jax\n\ndef smooth(values, kept):\n    def step(s, v):\n"


@exercise(
    "jax-smooth",
    starter="import jax\n\n\ndef smooth(values, kept):\n    def step(average, value):\n        ...\n\n    ...\n",
    solution=(
        "import jax\n\n\ndef smooth(values, kept):\n    def step(average, value):\n"
        "        average = kept * average + (1 - kept) * value\n"
        "        return average, average  # (carry, output)\n\n"
        "    last, all_of_them = jax.lax.scan(step, 0.0, values)\n    return all_of_them\n"
    ),
    hints=(
        (
            "`step(carry, value)` returns a pair: the new carry, and what is to be kept of this step.",
            ("`step(acumulado, valor)` devuelve un par: el nuevo acumulado y lo que se guarda de este paso."),
        ),
        ("Here both are the same number.", "Aquí ambos son el mismo número."),
        (
            "`jax.lax.scan(step, 0.0, values)` returns the last carry and all outputs.",
            "`jax.lax.scan(step, 0.0, values)` devuelve el último acumulado y todas las salidas.",
        ),
    ),
    right=(
        (
            "import jax.numpy as jnp\n\ndef smooth(values, kept):\n    s, out = 0.0, []\n"
            "    for v in values:\n        s = kept * s + (1 - kept) * v\n"
            "        out.append(s)\n    return jnp.stack(out)\n"
        ),
        (
            "import jax.numpy as jnp\n\ndef smooth(values, kept):\n"
            "    n = jnp.arange(len(values))\n    lag = n[:, None] - n\n"
            "    return jnp.where(lag >= 0, (1 - kept) * kept ** jnp.maximum(lag, 0), 0.0) @ values\n"
        ),
    ),
    wrong=(
        Wrong(
            _SCAN
            + (
                "        s = kept * s + (1 - kept) * v\n        return s, s\n"
                "    return jax.lax.scan(step, 0.0, values)[0]\n"
            ),
            "only-last",
        ),
        Wrong(
            _SCAN
            + (
                "        s = (1 - kept) * s + kept * v\n        return s, s\n"
                "    return jax.lax.scan(step, 0.0, values)[1]\n"
            ),
            "exchanged",
        ),
        Wrong(
            _SCAN + ("        return kept * s + (1 - kept) * v, s\n    return jax.lax.scan(step, 0.0, values)[1]\n"),
            "late",
        ),
        Wrong(
            (
                "import numpy as np\n\ndef smooth(values, kept):\n    s, out = 0.0, []\n"
                "    for v in np.asarray(values):\n        s = kept * s + (1 - kept) * v\n"
                "        out.append(s)\n    return np.array(out)\n"
            ),
            "not-traceable",
        ),
    ),
)
def check_smooth(work: Work) -> None:
    """The values, and that JAX can see through the function."""
    f = work.function("smooth")
    rng = np.random.default_rng(0)
    for n, kept in ((9, 0.9), (9, 0.5)):
        values = rng.normal(2, 1, n)
        average, wanted = 0.0, []
        for value in values:
            average = kept * average + (1 - kept) * value
            wanted.append(average)
        given = jnp.asarray(values, jnp.float32)
        found = f(given, kept)
        if np.ndim(found) == 0:
            raise Mistake(
                "only-last",
                f"That is the last average only; all {n} are wanted (scan's second result).",
                f"Esa es solo la última media; se piden las {n} (el segundo resultado de scan).",
            )
        found = as_array(found, "smooth(…)", (n,))
        if close(found, [0.0, *wanted[:-1]], 1e-4):
            raise Mistake(
                "late",
                "Each output is the average before its value was counted: they come one step late.",
                "Cada salida es la media antes de contar su valor: llegan un paso tarde.",
            )
        other = np.asarray(_averages(values, 1 - kept))
        if kept != 0.5 and close(found, other, 1e-4):
            raise Mistake(
                "exchanged",
                "The weights are exchanged: `kept` is what remains of the average.",
                "Los pesos están cambiados: `kept` es lo que se conserva de la media.",
            )
        if not close(found, wanted, 1e-4):
            raise Mistake(
                "different",
                f"The first averages should be {np.round(wanted[:3], 4).tolist()}.",
                f"Las primeras medias deberían ser {np.round(wanted[:3], 4).tolist()}.",
            )
        try:
            slope = jax.jit(jax.grad(lambda k, given=given: jnp.sum(f(given, k))))(kept)
        except Exception as error:
            raise Mistake(
                "not-traceable",
                (
                    "The values are right, but jit and grad cannot pass through it: use JAX's operations instead "
                    "of NumPy's."
                ),
                (
                    "Los valores son correctos, pero jit y grad no pueden atravesarla: use operaciones de JAX en "
                    "vez de NumPy."
                ),
            ) from error
        step = 1e-5
        expected = (sum(_averages(values, kept + step)) - sum(_averages(values, kept - step))) / (2 * step)
        if not close(slope, expected, 1e-2):
            raise Mistake(
                "not-traceable",
                "Its derivative with respect to `kept` is not right: part of it is hidden from JAX.",
                "Su derivada respecto a `kept` no es correcta: una parte queda oculta a JAX.",
            )


def _averages(values: np.ndarray, kept: float) -> list[float]:
    average, all_of_them = 0.0, []
    for value in values:
        average = kept * average + (1 - kept) * float(value)
        all_of_them.append(average)
    return all_of_them
