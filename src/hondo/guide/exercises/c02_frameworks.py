"""Inputs that make a line enough, parameters counted, weights carried over, and results that agree."""

import numpy as np

from hondo.data.sets.points import circle, xor
from hondo.guide.exercises.exercise import Mistake, Wrong, exercise
from hondo.guide.exercises.work import Work, as_array, close


def _separated(z: np.ndarray, y: np.ndarray, learn: int) -> float:
    """How well a linear rule, fitted by least squares, does on points that it was not fitted to."""
    mean, spread = z[:learn].mean(axis=0), z[:learn].std(axis=0) + 1e-9
    ones = np.column_stack([(z - mean) / spread, np.ones(len(z))])
    w, *_ = np.linalg.lstsq(ones[:learn], 2.0 * y[:learn] - 1, rcond=None)
    return float(((ones[learn:] @ w > 0) == (y[learn:] > 0.5)).mean())


@exercise(
    "playground-features",
    starter="import numpy as np\n\n\ndef features(x1, x2):\n    return np.column_stack([x1, x2])\n",
    solution="import numpy as np\n\n\ndef features(x1, x2):\n    return np.column_stack([x1 ** 2, x2 ** 2, x1 * x2])\n",
    hints=(
        (
            "Inside a circle x₁² + x₂² is small. Which inputs make that a weighted sum?",
            "Dentro de un círculo, x₁² + x₂² es pequeño. ¿Con qué entradas es eso una suma ponderada?",
        ),
        (
            "In XOR the class is decided by whether x₁ and x₂ have the same sign. What has a sign that says so?",
            "En XOR la clase depende de si x₁ y x₂ tienen el mismo signo. ¿Qué número tiene un signo que lo diga?",
        ),
    ),
    right=(
        "import numpy as np\n\ndef features(x1, x2):\n    return np.stack([np.hypot(x1, x2), np.sign(x1) * "
        "np.sign(x2)], axis=1)\n",
    ),
    wrong=(
        Wrong(
            "import numpy as np\n\ndef features(x1, x2):\n    return np.column_stack([x1, x2, x1 ** 2, x2 ** 2])\n",
            "not-xor",
        ),
        Wrong(
            "import numpy as np\n\ndef features(x1, x2):\n    return np.column_stack([x1, x2, x1 * x2])\n", "not-circle"
        ),
    ),
)
def check_features(work: Work) -> None:
    """Both sets, with noise; a linear rule has to be right on nearly all unseen points."""
    f = work.function("features")
    for name, mistake, es, make in (("circle", "not-circle", "el círculo", circle), ("XOR", "not-xor", "XOR", xor)):
        data = make(samples=400, noise=0.05, seed=3)
        x, y = np.asarray(data.train.x, float), np.asarray(data.train.y, float).ravel()
        z = as_array(f(x[:, 0].copy(), x[:, 1].copy()), "features", (len(x), None))
        right = _separated(z, y, len(x) // 2)
        if right < 0.93:
            raise Mistake(
                mistake,
                f"On {name} a line through these inputs is right on {right:.0%} of the unseen points.",
                f"Con {es}, una recta sobre estas entradas acierta el {right:.0%} de los puntos no vistos.",
            )


@exercise(
    "keras-parameters",
    starter="def parameters(inputs, units):\n    ...\n",
    solution=(
        "def parameters(inputs, units):\n    total = 0\n    for each in units:\n        total += inputs * each + each\n"
        "        inputs = each\n    return total\n"
    ),
    hints=(
        (
            "A layer has a weight for each pair of input and neuron, and a bias for each neuron.",
            "Una capa tiene un peso por cada pareja de entrada y neurona y un sesgo por neurona.",
        ),
        (
            "The outputs of a layer are the inputs of the next one.",
            "Las salidas de una capa son las entradas de la siguiente.",
        ),
    ),
    right=(
        "def parameters(inputs, units):\n    sizes = [inputs, *units]\n    return sum((a + 1) * b for a, b in "
        "zip(sizes, units))\n",
    ),
    wrong=(
        Wrong(
            "def parameters(n, units):\n    t = 0\n    for u in units:\n        t += n * u\n        n = u\n    "
            "return t\n",
            "no-biases",
        ),
        Wrong("def parameters(n, units):\n    return sum(n * u + u for u in units)\n", "same-inputs"),
    ),
)
def check_parameters(work: Work) -> None:
    """Stacks of one layer to five."""
    f = work.function("parameters")
    rng = np.random.default_rng(0)
    for depth in range(1, 6):
        inputs, units = int(rng.integers(2, 50)), [int(each) for each in rng.integers(1, 40, depth)]
        sizes = [inputs, *units]
        weights = sum(a * b for a, b in zip(sizes[:-1], units, strict=True))
        found = f(inputs, list(units))
        if close(found, weights + sum(units)):
            continue
        if close(found, weights):
            raise Mistake("no-biases", "Each neuron has a bias, too.", "Cada neurona tiene además un sesgo.")
        if close(found, sum(inputs * each + each for each in units)):
            raise Mistake(
                "same-inputs",
                "From the second layer on, the inputs are the neurons of the layer before.",
                "Desde la segunda capa, las entradas son las neuronas de la capa anterior.",
            )
        raise Mistake(
            "different",
            f"For {inputs} inputs and {units} it should be {weights + sum(units)}.",
            f"Para {inputs} entradas y {units} deberían ser {weights + sum(units)}.",
        )


@exercise(
    "pytorch-from-keras",
    starter='def to_pytorch(kernel, bias):\n    return {"weight": kernel, "bias": bias}\n',
    solution='def to_pytorch(kernel, bias):\n    return {"weight": kernel.T, "bias": bias}\n',
    hints=(
        (
            "Keras computes x @ kernel + bias; PyTorch's Linear, x @ weight.T + bias.",
            "Keras calcula x @ kernel + bias; la capa Linear de PyTorch, x @ weight.T + bias.",
        ),
        ("What has to be true of weight.T?", "¿Qué tiene que cumplir weight.T?"),
    ),
    right=(
        "import numpy as np\n\ndef to_pytorch(kernel, bias):\n    return dict(bias=np.array(bias), "
        "weight=np.einsum('io->oi', kernel))\n",
    ),
    wrong=(
        Wrong(
            "def to_pytorch(kernel, bias):\n    return {'weight': kernel.reshape(kernel.shape[::-1]), 'bias': bias}\n",
            "reshaped",
        ),
        Wrong("def to_pytorch(kernel, bias):\n    return {'weight': kernel, 'bias': bias}\n", "as-it-was"),
        Wrong("def to_pytorch(kernel, bias):\n    return {'weight': kernel.T, 'bias': -bias}\n", "bias"),
    ),
)
def check_from_keras(work: Work) -> None:
    """Random layers; square ones too, in which a missing transpose does not show in the shape."""
    f = work.function("to_pytorch")
    rng = np.random.default_rng(0)
    for inputs, units in ((4, 3), (5, 5), (2, 7)):
        kernel, bias, x = rng.normal(size=(inputs, units)), rng.normal(size=units), rng.normal(size=(6, inputs))
        made = f(kernel.copy(), bias.copy())
        if not isinstance(made, dict) or set(made) != {"weight", "bias"}:
            raise Mistake(
                "dictionary",
                "Return a dictionary with `weight` and `bias`.",
                "Devuelva un diccionario con `weight` y `bias`.",
            )
        weight = np.asarray(made["weight"], float)
        if weight.shape == kernel.shape and close(weight, kernel):
            raise Mistake(
                "as-it-was",
                "PyTorch keeps a row for each neuron, Keras a column.",
                "PyTorch guarda una fila por neurona y Keras una columna.",
            )
        if weight.shape == (units, inputs) and close(weight, kernel.reshape(units, inputs)):
            raise Mistake(
                "reshaped",
                "The shape is right, but the numbers are in other places: reshape does not transpose.",
                "La forma está bien, pero los números están en otros sitios: reshape no transpone.",
            )
        if weight.shape != (units, inputs):
            raise Mistake(
                "shape",
                f"`weight` should have the shape {(units, inputs)}; it has {weight.shape}.",
                f"`weight` debería tener la forma {(units, inputs)}; tiene {weight.shape}.",
            )
        if not close(made["bias"], bias):
            raise Mistake("bias", "The bias needs no change.", "El sesgo no cambia.")
        if not close(x @ weight.T + made["bias"], x @ kernel + bias):
            raise Mistake("different", "The layer answers something else.", "La capa responde otra cosa.")


@exercise(
    "frameworks-close",
    starter="def agree(a, b, tolerance):\n    return bool((a == b).all())\n",
    solution=(
        "import numpy as np\n\n\ndef agree(a, b, tolerance):\n    if a.shape != b.shape:\n        return False\n"
        "    return bool(np.abs(a - b).max() <= tolerance * max(1.0, np.abs(b).max()))\n"
    ),
    hints=(
        (
            "Floating-point results differ in their last digits: compare the size of the difference with what is "
            "tolerated.",
            "Los resultados en coma flotante difieren en las últimas cifras: compare el tamaño de la diferencia "
            "con lo que se tolera.",
        ),
        (
            "NumPy stretches shapes that differ; look at them first.",
            "NumPy estira las formas que no coinciden; compárelas antes.",
        ),
        (
            "Numbers of a million have coarser last digits: the tolerance grows with the largest |b|, but never "
            "below that of 1.",
            "Los números de un millón tienen últimas cifras más gruesas: la tolerancia crece con el mayor |b|, "
            "sin bajar de la de 1.",
        ),
    ),
    right=(
        "import numpy as np\n\ndef agree(a, b, tolerance):\n    scale = np.max(np.abs(b))\n    scale = 1.0 if "
        "scale < 1 else scale\n"
        "    return a.shape == b.shape and bool(np.all(np.abs(a - b) <= tolerance * scale))\n",
    ),
    wrong=(
        Wrong(
            "def agree(a, b, tolerance):\n    return a.shape == b.shape and bool((a - b).max() <= tolerance)\n", "sign"
        ),
        Wrong(
            "import numpy as np\n\ndef agree(a, b, tolerance):\n    return bool(np.abs(a - b).max() <= tolerance "
            "* max(1, np.abs(b).max()))\n",
            "shapes",
        ),
        Wrong(
            "import numpy as np\n\ndef agree(a, b, tolerance):\n    return a.shape == b.shape and bool(np.abs(a "
            "- b).max() <= tolerance)\n",
            "scale",
        ),
    ),
)
def check_close(work: Work) -> None:
    """Small gaps, gaps of one sign, other shapes, large numbers."""
    f = work.function("agree")
    b = np.random.default_rng(0).uniform(-1, 1, size=(4, 3))
    if not f(b.copy(), b.copy(), 1e-6) or not f(b + 1e-7, b, 1e-6) or not f(b - 1e-7, b, 1e-6):
        raise Mistake(
            "rounding",
            "Results that differ by less than the tolerance agree.",
            "Los resultados que difieren menos que la tolerancia coinciden.",
        )
    if f(b + 0.1, b, 1e-6):
        raise Mistake("too-far", "A difference of 0.1 is no rounding.", "Una diferencia de 0.1 no es redondeo.")
    if f(b - 0.1, b, 1e-6):
        raise Mistake(
            "sign",
            "A difference can be negative; its size counts.",
            "Una diferencia puede ser negativa; cuenta su tamaño.",
        )
    if f(np.ones((3, 1)), np.ones((1, 3)), 1e-6) or f(np.ones((1, 3)), np.ones((4, 3)), 1e-6):
        raise Mistake(
            "shapes",
            "Arrays of different shapes do not agree, even where NumPy can stretch them.",
            "Dos arrays de distinta forma no coinciden, aunque NumPy sepa estirarlos.",
        )
    if not f(1e6 * b + 0.1, 1e6 * b, 1e-6):
        raise Mistake(
            "scale",
            "0.1 of a million is a ten-millionth: the tolerance has to grow with the numbers.",
            "0.1 de un millón es una diezmillonésima parte: la tolerancia debe crecer con los números.",
        )
    if f(1e-3 * b + 1e-4, 1e-3 * b, 1e-6):
        raise Mistake("too-far", "1e-4 is more than the tolerance.", "1e-4 es más que la tolerancia.")
