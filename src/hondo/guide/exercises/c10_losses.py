"""Huber's loss, cross-entropy that does not overflow, its gradient, and a rare class weighed."""

import numpy as np

from hondo.guide.exercises.exercise import Mistake, Wrong, exercise
from hondo.guide.exercises.work import Work, as_array, close, derivative

_HUBER = """import numpy as np


def huber(predicted, y, delta):
    size = np.abs(predicted - y)
    return np.where(size <= delta, size**2 / 2, delta * size - delta**2 / 2).mean()
"""


@exercise(
    "loss-huber",
    starter="import numpy as np\n\n\ndef huber(predicted, y, delta):\n    ...\n",
    solution=_HUBER,
    hints=(
        (
            "np.where(condition, a, b) chooses element by element.",
            "np.where(condición, a, b) elige elemento a elemento.",
        ),
        (
            "Where |e| = δ both pieces must give δ²/2, and the slopes must agree too.",
            "Donde |e| = δ, los dos trozos deben valer δ²/2, y también deben coincidir las pendientes.",
        ),
    ),
    right=(
        "import numpy as np\n\ndef huber(predicted, y, delta):\n    size = np.abs(predicted - y)\n"
        "    near = np.minimum(size, delta)\n    return np.mean(near * (size - near / 2))\n",
    ),
    wrong=(
        Wrong(_HUBER.replace("size**2 / 2", "size**2"), "jump"),
        Wrong(_HUBER.replace(" - delta**2 / 2", ""), "jump"),
        Wrong(_HUBER.replace(".mean()", ".sum()"), "sum"),
    ),
)
def check_huber(work: Work) -> None:
    """Near, far, and where both meet."""
    huber = work.function("huber")
    rng = np.random.default_rng(0)
    for delta in (0.5, 1.0, 2.5):
        below, above = (float(huber(np.array([delta + e]), np.zeros(1), delta)) for e in (-1e-7, 1e-7))
        if abs(above - below) > 1e-5:
            raise Mistake(
                "jump",
                f"At |e| = δ = {delta} the loss jumps from {below:.3f} to {above:.3f}.",
                f"En |e| = δ = {delta} la pérdida salta de {below:.3f} a {above:.3f}.",
            )
        predicted, y = rng.normal(0, 3, 20), rng.normal(0, 1, 20)
        size = np.abs(predicted - y)
        wanted = np.where(size <= delta, size**2 / 2, delta * size - delta**2 / 2)
        found = as_array(huber(predicted, y, delta), "huber", ())
        if close(found, wanted.sum()):
            raise Mistake(
                "sum", "Take the mean over the samples, not the sum.", "Tome la media de las muestras, no la suma."
            )
        if not close(found, wanted.mean()):
            raise Mistake(
                "different", f"Not Huber's loss for δ = {delta}.", f"No es la pérdida de Huber para δ = {delta}."
            )


_LOGITS = """import numpy as np


def loss(z, y):
    return np.mean(np.maximum(z, 0) - y * z + np.log1p(np.exp(-np.abs(z))))
"""


@exercise(
    "loss-from-logits",
    starter="import numpy as np\n\n\ndef loss(z, y):\n    p = 1 / (1 + np.exp(-z))\n"
    "    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))\n",
    solution=_LOGITS,
    hints=(
        (
            "Write −[y log σ(z) + (1 − y) log(1 − σ(z))] in terms of z: log(1 + e^z) − y·z.",
            "Escriba −[y log σ(z) + (1 − y) log(1 − σ(z))] en función de z: log(1 + e^z) − y·z.",
        ),
        (
            "log(1 + e^z) = max(z, 0) + log(1 + e^−|z|), and that exponential is never above 1.",
            "log(1 + e^z) = max(z, 0) + log(1 + e^−|z|), y esa exponencial nunca pasa de 1.",
        ),
    ),
    right=("import numpy as np\n\ndef loss(z, y):\n    return (np.logaddexp(0, z) - y * z).mean()\n",),
    wrong=(
        Wrong(
            "import numpy as np\n\ndef loss(z, y):\n    p = np.clip(1 / (1 + np.exp(-z)), 1e-7, 1 - 1e-7)\n"
            "    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))\n",
            "clipped",
        ),
        Wrong("import numpy as np\n\ndef loss(z, y):\n    return np.mean(np.log(1 + np.exp(z)) - y * z)\n", "overflow"),
    ),
)
def check_from_logits(work: Work) -> None:
    """The same for moderate scores, and exact for enormous ones."""
    loss = work.function("loss")
    rng = np.random.default_rng(1)
    z, y = rng.normal(0, 2, 30), rng.integers(0, 2, 30).astype(float)
    if not close(loss(z, y), np.mean(np.logaddexp(0, z) - y * z)):
        raise Mistake(
            "different",
            "For moderate scores it should be the binary cross-entropy.",
            "Con puntuaciones moderadas debería ser la entropía cruzada binaria.",
        )
    for z, y, wanted in ((800.0, 0.0, 800.0), (-800.0, 1.0, 800.0), (800.0, 1.0, 0.0), (40.0, 0.0, 40.0)):
        with np.errstate(all="ignore"):
            found = float(loss(np.array([z]), np.array([y])))
        if not np.isfinite(found):
            raise Mistake(
                "overflow",
                f"For z = {z:.0f}, y = {y:.0f} it gives {found}; it should be {wanted:.0f}.",
                f"Con z = {z:.0f}, y = {y:.0f} da {found}; debería ser {wanted:.0f}.",
            )
        if not close(found, wanted, 1e-6):
            raise Mistake(
                "clipped",
                f"For z = {z:.0f}, y = {y:.0f} it should be {wanted:.0f}, not {found:.2f}: "
                "clipping the probability also clips the loss.",
                f"Con z = {z:.0f}, y = {y:.0f} debería ser {wanted:.0f}, no {found:.2f}: recortar la "
                "probabilidad también recorta la pérdida.",
            )


_GRADIENT = """import numpy as np


def gradient(z, labels):
    p = np.exp(z - z.max(axis=1, keepdims=True))
    p = p / p.sum(axis=1, keepdims=True)
    p[np.arange(len(z)), labels] -= 1
    return p / len(z)
"""


@exercise(
    "loss-softmax-gradient",
    starter="import numpy as np\n\n\ndef gradient(z, labels):\n    ...\n",
    solution=_GRADIENT,
    hints=(
        (
            "Softmax and cross-entropy together: what was predicted minus what should have been.",
            "Softmax y entropía cruzada, juntas: lo predicho menos lo correcto.",
        ),
        (
            "The loss is a mean over the batch, so divide by its size.",
            "La pérdida es una media sobre el lote: divida por su tamaño.",
        ),
    ),
    right=(
        "import numpy as np\n\ndef gradient(z, labels):\n    e = np.exp(z - z.max(1)[:, None])\n"
        "    return (e / e.sum(1)[:, None] - np.eye(z.shape[1])[labels]) / z.shape[0]\n",
    ),
    wrong=(
        Wrong(_GRADIENT.replace(" / len(z)", ""), "no-mean"),
        Wrong(_GRADIENT.replace("-= 1", "+= 0"), "forgot-target"),
        Wrong(_GRADIENT.replace("axis=1", "axis=0"), "wrong-axis"),
    ),
)
def check_softmax_gradient(work: Work) -> None:
    """Finite differences of the mean cross-entropy."""
    gradient = work.function("gradient")
    rng = np.random.default_rng(2)
    for batch, classes in ((1, 3), (5, 4), (4, 2)):
        z, labels = rng.normal(size=(batch, classes)), rng.integers(0, classes, batch)

        def loss(scores: np.ndarray, labels: np.ndarray = labels) -> float:
            top = scores.max(1, keepdims=True)
            logs = scores - top - np.log(np.exp(scores - top).sum(1, keepdims=True))
            return float(-logs[np.arange(len(scores)), labels].mean())

        wanted = derivative(loss, z)
        found = as_array(gradient(z.copy(), labels), "gradient", (batch, classes))
        if batch > 1 and close(found, wanted * batch, 1e-5):
            raise Mistake(
                "no-mean",
                "It is the gradient of the sum; the loss is the mean over the batch.",
                "Es el gradiente de la suma; la pérdida es la media del lote.",
            )
        if (found > 0).all():
            raise Mistake(
                "forgot-target",
                "The right class's component should be negative: its score has to rise.",
                "La componente de la clase correcta debería ser negativa: su puntuación tiene que subir.",
            )
        if not close(found.sum(1), np.zeros(batch)):
            raise Mistake(
                "wrong-axis",
                "Each row should sum to 0: softmax goes along the classes.",
                "Cada fila debería sumar 0: softmax va a lo largo de las clases.",
            )
        if not close(found, wanted, 1e-5):
            raise Mistake(
                "different", "It does not agree with finite differences.", "No coincide con las diferencias finitas."
            )


_BALANCED = """import numpy as np


def balanced_weights(labels, classes):
    counts = np.bincount(labels, minlength=classes)
    return len(labels) / (classes * counts)
"""


@exercise(
    "loss-balanced-weights",
    starter="import numpy as np\n\n\ndef balanced_weights(labels, classes):\n    ...\n",
    solution=_BALANCED,
    hints=(
        ("np.bincount counts how often each label occurs.", "np.bincount cuenta cuántas veces aparece cada etiqueta."),
        (
            "weight × count must be the same for all classes; the weights of all samples sum to their number.",
            "peso × recuento debe ser igual en todas las clases; los pesos de todas las muestras suman su número.",
        ),
    ),
    right=(
        "import numpy as np\n\ndef balanced_weights(labels, classes):\n"
        "    shares = np.array([(labels == c).mean() for c in range(classes)])\n    return 1 / shares / classes\n",
    ),
    wrong=(
        Wrong(_BALANCED.replace("len(labels) / (classes * counts)", "1 / counts"), "scale"),
        Wrong(_BALANCED.replace("len(labels) / (classes * counts)", "counts * classes / len(labels)"), "inverted"),
    ),
)
def check_balanced_weights(work: Work) -> None:
    """All classes count the same, and the loss keeps its scale."""
    balanced = work.function("balanced_weights")
    rng = np.random.default_rng(3)
    for counts in ((90, 10), (5, 20, 75), (7, 7, 7, 7)):
        labels = rng.permutation(np.repeat(np.arange(len(counts)), counts))
        found = as_array(balanced(labels, len(counts)), "balanced_weights", (len(counts),))
        if found[0] != found[-1] and (np.argsort(found) != np.argsort(-np.array(counts))).all():
            raise Mistake(
                "inverted", "The rare class should weigh more, not less.", "La clase rara debería pesar más, no menos."
            )
        if not close(found * counts, np.full(len(counts), found[0] * counts[0])):
            raise Mistake(
                "different",
                "Weight times number of samples should be the same for all classes.",
                "El peso por el número de muestras debería ser igual en todas las clases.",
            )
        if not close(found[labels].mean(), 1.0):
            raise Mistake(
                "scale",
                "The mean weight of a sample should be 1, so that the learning rate keeps its meaning.",
                "El peso medio de una muestra debería ser 1, para que la tasa de aprendizaje conserve su sentido.",
            )
