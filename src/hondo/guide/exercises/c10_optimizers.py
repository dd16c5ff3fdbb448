"""Momentum, Adam and AdamW, step by step, and the best of several learning rates."""

import numpy as np

from hondo.guide.exercises.exercise import Mistake, Wrong, exercise
from hondo.guide.exercises.work import Work, as_array, close

_MOMENTUM = """def momentum_step(w, v, g, rate, mu, nesterov):
    v = mu * v - rate * g
    if nesterov:
        return w + mu * v - rate * g, v
    return w + v, v
"""


def _pair(answer: object, name: str) -> tuple[np.ndarray, np.ndarray]:
    if not isinstance(answer, tuple) or len(answer) != 2:
        raise Mistake(
            "pair",
            f"`{name}` should return two things: `return w, v`.",
            f"`{name}` debería devolver dos cosas: `return w, v`.",
        )
    return as_array(answer[0], "w"), as_array(answer[1], "v")


@exercise(
    "optimizer-momentum",
    starter="def momentum_step(w, v, g, rate, mu, nesterov):\n    ...\n",
    solution=_MOMENTUM,
    hints=(
        ("First the new velocity, then the step with it.", "Primero la velocidad nueva; luego, el paso con ella."),
        ("Nesterov steps by μ·v − η·g, with the new v.", "Nesterov da el paso μ·v − η·g, con la v nueva."),
    ),
    right=(
        "def momentum_step(w, v, g, rate, mu, nesterov):\n    new = mu * v - rate * g\n"
        "    step = mu * new - rate * g if nesterov else new\n    return w + step, new\n",
    ),
    wrong=(
        Wrong(_MOMENTUM.replace("return w + v, v", "return w + mu * v, v"), "plain"),
        Wrong("def momentum_step(w, v, g, rate, mu, nesterov):\n    return w + v, mu * v - rate * g\n", "old-velocity"),
        Wrong(_MOMENTUM.replace("if nesterov", "if False"), "nesterov"),
    ),
)
def check_momentum(work: Work) -> None:
    """One step of each kind, and ten in a row."""
    step = work.function("momentum_step")
    rng = np.random.default_rng(0)
    for size in (1, 4):
        w, v, g = rng.normal(size=(3, size))
        new = 0.8 * v - 0.3 * g
        found_w, found_v = _pair(step(w.copy(), v.copy(), g.copy(), 0.3, 0.8, False), "momentum_step")
        if close(found_w, w + v):
            raise Mistake(
                "old-velocity",
                "The step uses the old velocity; it should use the new one.",
                "El paso usa la velocidad anterior; debería usar la nueva.",
            )
        if not close(found_v, new):
            raise Mistake(
                "velocity", "The new velocity should be μ·v − η·g.", "La velocidad nueva debería ser μ·v − η·g."
            )
        if not close(found_w, w + new):
            raise Mistake(
                "plain",
                "Without Nesterov the step is the velocity itself.",
                "Sin Nesterov el paso es la propia velocidad.",
            )
        found_w, found_v = _pair(step(w.copy(), v.copy(), g.copy(), 0.3, 0.8, True), "momentum_step")
        if not close(found_w, w + 0.8 * new - 0.3 * g) or not close(found_v, new):
            raise Mistake(
                "nesterov",
                "With Nesterov the step is μ·v − η·g, with the new v, which is also returned.",
                "Con Nesterov el paso es μ·v − η·g, con la v nueva, que también se devuelve.",
            )


_ADAM = """import numpy as np


def adamw_step(w, m, s, g, t, rate, decay, b1=0.9, b2=0.999, epsilon=1e-7):
    m = b1 * m + (1 - b1) * g
    s = b2 * s + (1 - b2) * g**2
    m_hat = m / (1 - b1**t)
    s_hat = s / (1 - b2**t)
    w = w - rate * m_hat / (np.sqrt(s_hat) + epsilon) - rate * decay * w
    return w, m, s
"""


@exercise(
    "optimizer-adamw",
    starter="import numpy as np\n\n\n"
    "def adamw_step(w, m, s, g, t, rate, decay, b1=0.9, b2=0.999, epsilon=1e-7):\n    ...\n",
    solution=_ADAM,
    hints=(
        (
            "Four lines for Adam: both averages, both corrections by 1 − βᵗ; t begins at 1.",
            "Cuatro líneas para Adam: las dos medias y las dos correcciones por 1 − βᵗ; t empieza en 1.",
        ),
        (
            "The decay takes rate · decay · w away and never enters m or s.",
            "El decaimiento resta rate · decay · w y nunca entra en m ni en s.",
        ),
        ("Return the averages themselves, not the corrected ones.", "Devuelva las medias, no las corregidas."),
    ),
    right=(
        "def adamw_step(w, m, s, g, t, rate, decay, b1=0.9, b2=0.999, epsilon=1e-7):\n"
        "    m = m + (1 - b1) * (g - m)\n    s = s + (1 - b2) * (g * g - s)\n"
        "    shrunk = w * (1 - rate * decay)\n"
        "    step = (m / (1 - b1 ** t)) / ((s / (1 - b2 ** t)) ** 0.5 + epsilon)\n"
        "    return shrunk - rate * step, m, s\n",
    ),
    wrong=(
        Wrong(_ADAM.replace(" / (1 - b1**t)", "").replace(" / (1 - b2**t)", ""), "uncorrected"),
        Wrong(
            _ADAM.replace("    m = b1", "    g = g + decay * w\n    m = b1").replace(" - rate * decay * w", ""),
            "l2-inside",
        ),
        Wrong(_ADAM.replace("np.sqrt(s_hat)", "s_hat"), "no-root"),
        Wrong(_ADAM.replace("return w, m, s", "return w, m_hat, s_hat"), "memory"),
    ),
)
def check_adamw(work: Work) -> None:
    """First steps, later steps, with and without decay."""
    step = work.function("adamw_step")
    rng = np.random.default_rng(1)

    def one(w: np.ndarray, g: np.ndarray, decay: float) -> list[np.ndarray]:
        answer = step(w.copy(), np.zeros_like(w), np.zeros_like(w), g.copy(), 1, 0.01, decay)
        if not isinstance(answer, tuple) or len(answer) != 3:
            raise Mistake("three", "Return three things: `return w, m, s`.", "Devuelva tres cosas: `return w, m, s`.")
        return [as_array(each, "w, m, s", w.shape) for each in answer]

    w, g = rng.normal(size=5), rng.normal(size=5) * np.array([1e-3, 0.1, 1, 10, 1e3])
    moved = one(w, g, 0.0)
    if not close(moved[0] - w, -0.01 * np.sign(g), 1e-3):
        if close(moved[0] - w, -0.01 * 0.1 * g / (np.sqrt(0.001) * np.abs(g) + 1e-7), 1e-3):
            raise Mistake(
                "uncorrected",
                "The first step should be as long as the learning rate; it is "
                f"{np.abs(moved[0] - w).max() / 0.01:.1f} times that: correct m and s by 1 − βᵗ.",
                "El primer paso debería medir lo que la tasa; mide "
                f"{np.abs(moved[0] - w).max() / 0.01:.1f} veces eso: corrija m y s por 1 − βᵗ.",
            )
        raise Mistake(
            "no-root",
            "The first step should be as long as the learning rate, whatever the gradient's size.",
            "El primer paso debería medir lo que la tasa, sea cual sea el tamaño del gradiente.",
        )
    if not close(moved[1], 0.1 * g) or not close(moved[2], 0.001 * g**2):
        raise Mistake(
            "memory",
            "m and s should be returned uncorrected: next time they are averaged further.",
            "m y s se devuelven sin corregir: la próxima vez se sigue promediando con ellas.",
        )
    if not close(one(w, g, 0.5)[0], moved[0] - 0.01 * 0.5 * w):
        raise Mistake(
            "l2-inside",
            "The decay should shrink w by rate · decay · w outside of Adam's division.",
            "El decaimiento debería restar rate · decay · w fuera de la división de Adam.",
        )
    m, s = np.zeros(5), np.zeros(5)
    mine, theirs, tm, ts = w.copy(), w.copy(), np.zeros(5), np.zeros(5)
    for t in range(1, 8):
        g = rng.normal(size=5)
        m, s = 0.9 * m + 0.1 * g, 0.999 * s + 0.001 * g**2
        mine = mine * (1 - 0.01 * 0.1) - 0.01 * (m / (1 - 0.9**t)) / (np.sqrt(s / (1 - 0.999**t)) + 1e-7)
        theirs, tm, ts = step(theirs, tm, ts, g.copy(), t, 0.01, 0.1)
    if not close(theirs, mine):
        raise Mistake("different", "After several steps it is no longer AdamW.", "Tras varios pasos deja de ser AdamW.")


_TUNED = """import numpy as np


def best_rate(final_loss, rates):
    losses = np.array([final_loss(rate) for rate in rates])
    losses = np.where(np.isfinite(losses), losses, np.inf)
    return rates[int(losses.argmin())]
"""


@exercise(
    "optimizer-best-rate",
    starter="import numpy as np\n\n\ndef best_rate(final_loss, rates):\n    ...\n",
    solution=_TUNED,
    hints=(
        (
            "Call final_loss for every rate and keep the least.",
            "Llame a final_loss con cada tasa y quédese con la menor.",
        ),
        (
            "A run that diverged gives nan or inf: it must never win. np.argmin takes nan for the least.",
            "Un entrenamiento que divergió da nan o inf: nunca debe ganar. np.argmin toma nan por el menor.",
        ),
    ),
    right=(
        "import math\n\ndef best_rate(final_loss, rates):\n    best, lowest = None, math.inf\n    for rate in rates:\n"
        "        loss = final_loss(rate)\n        if loss < lowest:\n            best, lowest = rate, loss\n"
        "    return best\n",
    ),
    wrong=(
        Wrong(
            "import numpy as np\n\ndef best_rate(final_loss, rates):\n"
            "    return rates[int(np.argmin([final_loss(rate) for rate in rates]))]\n",
            "nan-wins",
        ),
        Wrong(
            "import numpy as np\n\ndef best_rate(final_loss, rates):\n"
            "    return min(final_loss(rate) for rate in rates)\n",
            "the-loss",
        ),
    ),
)
def check_best_rate(work: Work) -> None:
    """Curves with a valley, some of them diverging on the right."""
    best = work.function("best_rate")
    rates = [10.0**k for k in range(-4, 2)]
    for wanted in (1e-3, 1e-1, 1.0):

        def final(rate: float, wanted: float = wanted) -> float:
            return 0.3 + abs(np.log10(rate / wanted))

        found = best(final, rates)
        if found == final(wanted):
            raise Mistake(
                "the-loss",
                "Return the rate, not the loss that it reaches.",
                "Devuelva la tasa, no la pérdida que alcanza.",
            )
        if found != wanted:
            raise Mistake(
                "different", f"The best rate was {wanted}, not {found}.", f"La mejor tasa era {wanted}, no {found}."
            )
        for gone in (float("nan"), float("inf")):
            if best(lambda rate, gone=gone, final=final: gone if rate > 1 else final(rate), rates) != wanted:
                raise Mistake(
                    "nan-wins",
                    "A run that diverged (nan) was taken for the best.",
                    "Un entrenamiento que divergió (nan) se ha tomado por el mejor.",
                )
