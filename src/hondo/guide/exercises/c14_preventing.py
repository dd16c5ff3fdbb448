"""Exercises on prevention: the proximal step, decoupled decay, dropout as a penalty, early stopping."""

import numpy as np

from hondo.guide.exercises.exercise import Mistake, Wrong, exercise
from hondo.guide.exercises.work import Work, as_array, close

_HEAD = "import numpy as np\n\n"


@exercise(
    "regularization-proximal",
    starter=_HEAD + "def proximal_step(w, gradient, rate, price):\n    ...\n",
    solution=_HEAD + "def proximal_step(w, gradient, rate, price):\n    w = w - rate * gradient\n"
    "    return np.sign(w) * np.maximum(np.abs(w) - rate * price, 0)\n",
    hints=(
        ("First the usual step, with the gradient of the loss alone.",
         "Primero el paso habitual, con el gradiente de la pérdida sola."),
        ("Then each weight moves rate · price towards 0, and stops there.",
         "Después cada peso avanza rate · price hacia 0, y ahí se detiene."),
        ("np.maximum(np.abs(w) − …, 0) is the size that is left.",
         "np.maximum(np.abs(w) − …, 0) es el valor absoluto que queda."),
    ),
    right=(
        _HEAD + "def proximal_step(w, gradient, rate, price):\n    v, t = w - rate * gradient, rate * price\n"
        "    return np.where(v > t, v - t, np.where(v < -t, v + t, 0.0))\n",
        _HEAD + "def proximal_step(w, gradient, rate, price):\n    v, t = w - rate * gradient, rate * price\n"
        "    return v - np.clip(v, -t, t)\n",
    ),
    wrong=(
        Wrong(_HEAD + "def proximal_step(w, gradient, rate, price):\n"
              "    return w - rate * (gradient + price * np.sign(w))\n", "crosses-zero"),
        Wrong(_HEAD + "def proximal_step(w, gradient, rate, price):\n    v = w - rate * gradient\n"
              "    return np.sign(v) * np.maximum(np.abs(v) - price, 0)\n", "no-rate"),
        Wrong(_HEAD + "def proximal_step(w, gradient, rate, price):\n    v = w - rate * gradient\n"
              "    return np.where(np.abs(v) > rate * price, v, 0.0)\n", "hard"),
        Wrong(_HEAD + "def proximal_step(w, gradient, rate, price):\n    v = w - rate * gradient\n"
              "    return np.maximum(v - rate * price, 0)\n", "negative"),
    ),
)  # fmt: skip
def check_proximal(work: Work) -> None:
    """Random weights, small and large, of both signs and of one or two axes."""
    f = work.function("proximal_step")
    rng = np.random.default_rng(0)
    for shape in ((60,), (8, 9)):
        w, g = rng.normal(size=shape), rng.normal(size=shape)
        rate, price = 0.2, 1.5
        v = w - rate * g
        wanted = np.sign(v) * np.maximum(np.abs(v) - rate * price, 0)
        found = as_array(f(w.copy(), g.copy(), rate, price), "proximal_step(…)", shape)
        if close(found, wanted):
            continue
        zero = wanted == 0
        if close(found[v > 0], wanted[v > 0]):
            raise Mistake(
                "negative", "Positive weights are right; negative ones are not.",
                "Los pesos positivos están bien; los negativos, no.",
            )  # fmt: skip
        if close(found, np.sign(v) * np.maximum(np.abs(v) - price, 0)):
            raise Mistake(
                "no-rate",
                "The pull of one step is the price times the learning rate.",
                "El tirón de un paso es la penalización por la tasa de aprendizaje.",
            )
        if close(found[zero], wanted[zero]):
            raise Mistake(
                "hard",
                "The small ones reach 0, but the large ones should shrink too, all by the same amount.",
                "Los pequeños llegan a 0, pero los grandes también deberían encoger, todos en la misma cantidad.",
            )
        if not (found[zero] == 0).any():
            raise Mistake(
                "crosses-zero",
                "Weights that should stop at 0 do not: none of them is exactly 0.",
                "Los pesos que deberían detenerse en 0 no lo hacen: ninguno es exactamente 0.",
            )
        wrong = int((~np.isclose(found, wanted)).sum())
        raise Mistake("different", f"{wrong} of {w.size} weights differ.", f"Difieren {wrong} de {w.size} pesos.")


@exercise(
    "regularization-decoupled",
    starter=_HEAD + "def adamw_step(w, g, m, s, t, rate, decay):\n    ...\n",
    solution=_HEAD + "def adamw_step(w, g, m, s, t, rate, decay):\n    m = 0.9 * m + 0.1 * g\n"
    "    s = 0.999 * s + 0.001 * g**2\n    step = (m / (1 - 0.9**t)) / (np.sqrt(s / (1 - 0.999**t)) + 1e-8)\n"
    "    return w - rate * step - rate * decay * w, m, s\n",
    hints=(
        ("m and s see the gradient of the loss only.", "m y s solo ven el gradiente de la pérdida."),
        ("Correct both averages: m / (1 − 0.9ᵗ), s / (1 − 0.999ᵗ).",
         "Corrija ambos promedios: m / (1 − 0.9ᵗ), s / (1 − 0.999ᵗ)."),
        ("The decay, rate · decay · w, is subtracted from w outside the fraction.",
         "El decaimiento, rate · decay · w, se resta de w fuera de la fracción."),
    ),
    right=(
        _HEAD + "def adamw_step(w, g, m, s, t, rate, decay):\n    m, s = m + 0.1 * (g - m), s + 0.001 * (g * g - s)\n"
        "    scale = np.sqrt(s) / np.sqrt(1 - 0.999**t) + 1e-8\n"
        "    return (1 - rate * decay) * w - rate / (1 - 0.9**t) * m / scale, m, s\n",
    ),
    wrong=(
        Wrong(_HEAD + "def adamw_step(w, g, m, s, t, rate, decay):\n    g = g + decay * w\n"
              "    m, s = 0.9 * m + 0.1 * g, 0.999 * s + 0.001 * g**2\n"
              "    return w - rate * m / (1 - 0.9**t) / (np.sqrt(s / (1 - 0.999**t)) + 1e-8), m, s\n", "coupled"),
        Wrong(_HEAD + "def adamw_step(w, g, m, s, t, rate, decay):\n"
              "    m, s = 0.9 * m + 0.1 * g, 0.999 * s + 0.001 * g**2\n"
              "    return w - rate * m / (np.sqrt(s) + 1e-8) - rate * decay * w, m, s\n", "not-corrected"),
        Wrong(_HEAD + "def adamw_step(w, g, m, s, t, rate, decay):\n"
              "    m, s = 0.9 * m + 0.1 * g, 0.999 * s + 0.001 * g**2\n"
              "    return w - rate * m / (1 - 0.9**t) / (np.sqrt(s / (1 - 0.999**t)) + 1e-8), m, s\n", "no-decay"),
    ),
)  # fmt: skip
def check_decoupled(work: Work) -> None:
    """Against the formula, at several ages of the averages."""
    f = work.function("adamw_step")
    rng = np.random.default_rng(1)
    for t in (1, 2, 30):
        w, g, m = rng.normal(size=(3, 6)) + 0.1
        s, rate, decay = rng.uniform(0.5, 2, 6), 0.05, 0.4
        if t == 1:
            m, s = np.zeros(6), np.zeros(6)

        def step(g: np.ndarray, m: np.ndarray = m, s: np.ndarray = s, t: int = t) -> tuple[np.ndarray, ...]:
            new_m, new_s = 0.9 * m + 0.1 * g, 0.999 * s + 0.001 * g**2
            raw = new_m / (np.sqrt(new_s) + 1e-8)
            return new_m, new_s, new_m / (1 - 0.9**t) / (np.sqrt(new_s / (1 - 0.999**t)) + 1e-8), raw

        answer = f(w.copy(), g.copy(), m.copy(), s.copy(), t, rate, decay)
        if not isinstance(answer, (tuple, list)) or len(answer) != 3:
            raise Mistake("shape", "Return w, m and s.", "Devuelva w, m y s.")
        found = [as_array(each, name, (6,)) for each, name in zip(answer, ("w", "m", "s"), strict=True)]
        new_m, new_s, full, raw = step(g)
        if close(found[0], w - rate * step(g + decay * w)[2]):
            raise Mistake(
                "coupled",
                "The decay entered the averages: this is L2 inside Adam.",
                "El decaimiento ha entrado en los promedios: esto es L2 dentro de Adam.",
            )
        if not close(found[1], new_m) or not close(found[2], new_s):
            raise Mistake(
                "averages", "m or s is not the running average asked for.", "m o s no es el promedio móvil que se pide."
            )
        if close(found[0], w - rate * full):
            raise Mistake("no-decay", "This is Adam; nothing decays.", "Esto es Adam; nada decae.")
        if close(found[0], w - rate * raw - rate * decay * w):
            raise Mistake(
                "not-corrected",
                "The averages begin at 0 and have to be corrected for it.",
                "Los promedios empiezan en 0 y hay que corregirlo.",
            )
        if not close(found[0], w - rate * full - rate * decay * w, 1e-5):
            raise Mistake("different", "The new weights are others.", "Los pesos nuevos son otros.")


@exercise(
    "dropout-penalty",
    starter=_HEAD + "def expected_loss(X, y, w, rate):\n    ...\n",
    solution=_HEAD + "def expected_loss(X, y, w, rate):\n    fit = np.mean((y - X @ w) ** 2)\n"
    "    return fit + rate / (1 - rate) * np.mean(X**2, axis=0) @ w**2\n",
    hints=(
        ("The mean of a square is the square of the mean plus the variance.",
         "La media de un cuadrado es el cuadrado de la media más la varianza."),
        ("m/(1 − p) has mean 1 and variance p/(1 − p).", "m/(1 − p) tiene media 1 y varianza p/(1 − p)."),
        ("Independent terms: the variance of Σ wⱼ xⱼ mⱼ/(1 − p) is p/(1 − p) Σ wⱼ² xⱼ².",
         "Términos independientes: la varianza de Σ wⱼ xⱼ mⱼ/(1 − p) es p/(1 − p) Σ wⱼ² xⱼ²."),
    ),
    right=(
        _HEAD + "def expected_loss(X, y, w, rate):\n    keep = 1 - rate\n    total = 0.0\n"
        "    for row, target in zip(X, y):\n        parts = row * w\n"
        "        total += (target - parts.sum()) ** 2 + (1 / keep - 1) * (parts**2).sum()\n"
        "    return total / len(y)\n",
    ),
    wrong=(
        Wrong(_HEAD + "def expected_loss(X, y, w, rate):\n    return np.mean((y - X @ w) ** 2)\n", "no-variance"),
        Wrong(_HEAD + "def expected_loss(X, y, w, rate):\n    return np.mean((y - X @ w) ** 2) + rate * (1 - rate) * "
              "np.mean(X**2, axis=0) @ w**2\n", "not-enlarged"),
        Wrong(_HEAD + "def expected_loss(X, y, w, rate):\n    return np.mean((y - X @ w) ** 2) + rate / (1 - rate) * "
              "np.sum(w**2)\n", "no-inputs"),
    ),
)  # fmt: skip
def check_dropout_penalty(work: Work) -> None:
    """Against the closed form; inputs have columns of different sizes."""
    f = work.function("expected_loss")
    rng = np.random.default_rng(3)
    for n, d, rate in ((30, 4, 0.5), (12, 7, 0.2), (9, 3, 0.0)):
        x, w = rng.normal(size=(n, d)) * np.arange(1, d + 1), rng.normal(size=d)
        y = rng.normal(size=n)
        plain, spread = np.mean((y - x @ w) ** 2), np.mean(x**2, axis=0) @ w**2
        found = as_array(f(x.copy(), y.copy(), w.copy(), rate), "expected_loss(…)", ())
        if close(found, plain + rate / (1 - rate) * spread):
            continue
        if close(found, plain):
            raise Mistake(
                "no-variance",
                "This is the loss of the mean prediction; the predictions' spread is missing.",
                "Esta es la pérdida de la predicción media; falta la dispersión de las predicciones.",
            )
        if close(found, plain + rate * (1 - rate) * spread):
            raise Mistake(
                "not-enlarged",
                "The survivors are divided by 1 − p, and their variance by its square.",
                "Los supervivientes se dividen entre 1 − p, y su varianza, entre su cuadrado.",
            )
        if close(found, plain + rate / (1 - rate) * np.sum(w**2)):
            raise Mistake(
                "no-inputs",
                "The penalty on each weight depends on how large its input is.",
                "La penalización de cada peso depende del tamaño de su entrada.",
            )
        raise Mistake(
            "different", f"{plain + rate / (1 - rate) * spread:.4f} is expected; it is {float(found):.4f}.",
            f"Se espera {plain + rate / (1 - rate) * spread:.4f}; es {float(found):.4f}.",
        )  # fmt: skip


@exercise(
    "early-stopping-epochs",
    starter="def stop(losses, patience, least):\n    ...\n",
    solution="def stop(losses, patience, least):\n    best, best_epoch = float('inf'), 0\n"
    "    for epoch, loss in enumerate(losses, 1):\n        if loss < best - least:\n"
    "            best, best_epoch = loss, epoch\n        elif epoch - best_epoch >= patience:\n"
    "            return epoch, best_epoch\n    return len(losses), best_epoch\n",
    hints=(
        ("Keep the best loss so far and the epoch in which it was.",
         "Guarde la mejor pérdida hasta ahora y la época en que se dio."),
        ("An epoch improves if its loss is below best − least; else it waits.",
         "Una época mejora si su pérdida está por debajo de best − least; si no, espera."),
        ("Stop as soon as `patience` epochs in a row have waited.",
         "Pare en cuanto `patience` épocas seguidas hayan esperado."),
    ),
    right=(
        "def stop(losses, patience, least):\n    best, where, waited = losses[0], 1, 0\n"
        "    for i in range(1, len(losses)):\n        if best - losses[i] > least:\n"
        "            best, where, waited = losses[i], i + 1, 0\n        else:\n            waited += 1\n"
        "            if waited == patience:\n                return i + 1, where\n    return len(losses), where\n",
    ),
    wrong=(
        Wrong("def stop(losses, patience, least):\n    waited = 0\n    for i in range(1, len(losses)):\n"
              "        waited = 0 if losses[i] < losses[i - 1] - least else waited + 1\n"
              "        if waited >= patience:\n            return i + 1, i + 1 - patience\n"
              "    return len(losses), len(losses)\n", "against-previous"),
        Wrong("def stop(losses, patience, least):\n    best, at = float('inf'), 0\n"
              "    for e, loss in enumerate(losses, 1):\n        if loss < best - least:\n"
              "            best, at = loss, e\n"
              "        elif e - at > patience:\n            return e, at\n    return len(losses), at\n", "too-patient"),
        Wrong("def stop(losses, patience, least):\n    best, at = float('inf'), 0\n"
              "    for e, loss in enumerate(losses, 1):\n        if loss < best:\n            best, at = loss, e\n"
              "        elif e - at >= patience:\n            return e, at\n    return len(losses), at\n", "no-least"),
        Wrong("def stop(losses, patience, least):\n    best, at = float('inf'), 0\n"
              "    for e, loss in enumerate(losses, 1):\n        if loss < best - least:\n"
              "            best, at = loss, e\n"
              "        elif e - at >= patience:\n            return e, e\n    return len(losses), len(losses)\n",
              "not-restored"),
    ),
)  # fmt: skip
def check_stop(work: Work) -> None:
    """Curves with bumps, tiny improvements, and ones that never stop."""
    f = work.function("stop")
    rng = np.random.default_rng(4)
    cases: list[tuple[list[float], int, float]] = [
        ([1.0, 0.8, 0.9, 0.85, 0.83, 0.84, 0.7], 3, 0.0),
        ([1.0, 0.9, 0.8, 0.7], 2, 0.0),
    ]
    cases += [((1 / np.arange(1, 30) + 0.05 * rng.normal(size=29)).tolist(), p, 0.0) for p in (1, 2, 4, 6)]
    for losses, patience, least in cases:
        _compare(f(list(losses), patience, least), losses, patience, least)
    slow = [1.0, 0.999, 0.998, 0.5, 0.499, 0.498, 0.497, 0.3]
    found, wanted = tuple(int(each) for each in f(list(slow), 3, 0.05)), _stopped(slow, 3, 0.05)
    if found != wanted:
        raise Mistake(
            "no-least",
            "Improvements of 0.001 should not count when `least` is 0.05.",
            "Con `least` igual a 0.05, las mejoras de 0.001 no deberían contar.",
        )


def _stopped(losses: list[float], patience: int, least: float) -> tuple[int, int]:
    best, at = np.inf, 0
    for epoch, loss in enumerate(losses, 1):
        if loss < best - least:
            best, at = loss, epoch
        elif epoch - at >= patience:
            return epoch, at
    return len(losses), at


def _compare(answer: object, losses: list[float], patience: int, least: float) -> None:
    pair = as_array(answer, "stop(…)", (2,))
    found, wanted = (int(pair[0]), int(pair[1])), _stopped(losses, patience, least)
    if found == wanted:
        return
    if found == _stopped(losses, patience + 1, least) and found[0] == wanted[0] + 1:
        raise Mistake("too-patient", "It stops one epoch too late.", "Se detiene una época demasiado tarde.")
    if found[0] == wanted[0] and found[1] == found[0]:
        raise Mistake(
            "not-restored",
            "It stops in time, but the second number should be the best epoch, not the last one.",
            "Se detiene a tiempo, pero el segundo número debería ser la mejor época, no la última.",
        )
    raise Mistake(
        "against-previous",
        f"{losses} with patience {patience}: {wanted} is expected, it is {found}. Improvement is counted against the "
        "best so far.",
        f"{losses} con paciencia {patience}: se espera {wanted}; es {found}. La mejora se cuenta frente a la mejor "
        "pérdida hasta ahora.",
    )
