"""Every number of an optimizer's step, and what weight decay does inside and outside of Adam."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from hondo.core.language import tr
from hondo.guide.drawing.canvas import Canvas, Picture, number
from hondo.guide.figures.controls import At, Choice, Slider
from hondo.guide.figures.figure import figure
from hondo.scratch.descent.optimizers import SGD, Adam, Memory, Momentum, Nesterov, RMSprop, rate

NAMES = {"sgd": "SGD", "momentum": "Momentum", "nesterov": "Nesterov", "adagrad": "AdaGrad", "rmsprop": "RMSprop",
         "adam": "Adam"}  # fmt: skip
COLOURS = {"sgd": "grey", "momentum": "blue", "nesterov": "purple", "adagrad": "gold", "rmsprop": "green",
           "adam": "orange"}  # fmt: skip


@dataclass(frozen=True)
class AdaGrad:
    """Steps divided by the root of the sum of all squared gradients so far, as Keras computes it."""

    learning_rate: Any = 0.001
    begins: float = 0.1
    epsilon: float = 1e-7

    def start(self, w: np.ndarray) -> Memory:
        """A small sum, so that the first step is not too long."""
        return {"s": np.full_like(w, self.begins)}

    def update(self, w: np.ndarray, g: np.ndarray, memory: Memory, t: int) -> tuple[np.ndarray, Memory]:
        """w - η g / √(s + ε)."""
        s = memory["s"] + g**2
        return w - rate(self, t) * g / np.sqrt(s + self.epsilon), {"s": s}


def optimizer(name: str, learning_rate: Any) -> Any:
    """An optimizer by its name; the rate may be an array that broadcasts against the weights."""
    kinds: dict[str, Any] = {"sgd": SGD, "momentum": Momentum, "nesterov": Nesterov, "adagrad": AdaGrad,
                             "rmsprop": RMSprop, "adam": Adam}  # fmt: skip
    return kinds[name](learning_rate=learning_rate)


_GRADIENTS = {
    "steady": [1.0] * 10,
    "flips": [1.0, -1.0] * 5,
    "rare": [0.0, 0.0, 0.0, 2.0, 0.0, 0.0, 0.0, 2.0, 0.0, 0.0],
    "shrinks": [4.0 * 0.6**t for t in range(10)],
}


@cache
def _table(name: str, gradients: str, eta: float) -> list[dict[str, float]]:
    """What each of ten steps computes for one weight that begins at 1."""
    made = optimizer(name, eta)
    w = np.array([1.0])
    memory, rows = made.start(w), []
    for t, g in enumerate(_GRADIENTS[gradients]):
        after, memory = made.update(w, np.array([g]), memory, t)
        row = {"t": float(t + 1), "g": g, **{key: float(value[0]) for key, value in memory.items()}}
        if name == "adam":
            row |= {"m̂": row["m"] / (1 - made.beta_1 ** (t + 1)), "ŝ": row["s"] / (1 - made.beta_2 ** (t + 1))}
        rows.append(row | {"Δw": float(after[0] - w[0]), "w": float(after[0])})
        w = after
    return rows


@figure(
    "optimizer-numbers",
    ("Every number of a step", "Todos los números de un paso"),
    Choice("optimizer", ("optimizer", "optimizador"), NAMES, "adam"),
    Choice(
        "gradients",
        ("gradients that arrive", "gradientes que llegan"),
        {
            "steady": ("always 1", "siempre 1"),
            "flips": ("1, −1, 1, −1 …", "1, −1, 1, −1 …"),
            "rare": ("mostly 0", "casi siempre 0"),
            "shrinks": ("shrinking", "cada vez menores"),
        },
        "steady",
    ),
    Slider("rate", ("learning rate η", "tasa de aprendizaje η"), 0.01, 0.5, 0.1, 0.01),
    Slider("step", ("step", "paso"), 1, 10, 3, 1, plays=1.5),
)
def optimizer_numbers(at: At) -> Picture:
    """A table of one weight's steps, the last one marked, and the weight's way."""
    name, shown = at.chosen("optimizer"), at.whole("step")
    rows = _table(name, at.chosen("gradients"), at.number("rate"))
    canvas = Canvas(680, 380)
    columns = list(rows[0])
    width = 380 / len(columns)
    for place, column in enumerate(columns):
        canvas.text(20 + width * (place + 1) - 8, 36, column, size=14, anchor="end", bold=True)
    canvas.rect(14, 27 + 28 * shown, 392, 26, "soft", round_=5)
    for row in rows[:shown]:
        at_y = 45 + 28 * row["t"]
        for place, column in enumerate(columns):
            value = row[column]
            words = f"{value:.0f}" if column == "t" else number(round(value, 3), 3)
            canvas.text(20 + width * (place + 1) - 8, at_y, words, size=12, anchor="end", mono=True)
    way = np.array([1.0, *(row["w"] for row in rows[:shown])])
    every = np.array([1.0, *(row["w"] for row in rows)])
    low, high = float(every.min()), float(every.max())
    room = max(0.05, 0.1 * (high - low))
    plot = canvas.axes(
        (0, 10), (low - room, high + room), box=(480, 36, 184, 280), xlabel=tr("step", "paso"), ylabel="w"
    )
    plot.line(np.arange(shown + 1), way, COLOURS[name])
    plot.points(np.arange(shown + 1), way, COLOURS[name], 4)
    last = rows[shown - 1]
    told = ", ".join(f"{key} = {number(last[key])}" for key in columns if key not in ("t", "w"))
    return canvas.picture(
        tr(f"{NAMES[name]}, step {shown}: {told}; w = {number(last['w'])}.",
           f"{NAMES[name]}, paso {shown}: {told}; w = {number(last['w'])}.")
    )  # fmt: skip


@cache
def _decayed(scale: float, decay: float) -> np.ndarray:
    """A weight that only noise and decay act on, 400 steps of Adam with η = 0.01: inside the gradient, and outside."""
    noise = np.random.default_rng(0).normal(0, scale, (400, 200))
    ways = np.ones((401, 2))
    adam = Adam(0.01)
    for column in (0, 1):
        w = np.ones(200)
        memory = adam.start(w)
        for t in range(400):
            g = noise[t] + (decay * w if column == 0 else 0)
            shrunk = w - (0.01 * decay * w if column == 1 else 0)
            moved, memory = adam.update(w, g, memory, t)
            w = shrunk + (moved - w)
            ways[t + 1, column] = w.mean()
    return ways


@figure(
    "optimizer-decay",
    ("Weight decay inside and outside of Adam", "El decaimiento de pesos, dentro y fuera de Adam"),
    Slider(
        "scale", ("size of the gradient's noise (log₁₀)", "tamaño del ruido del gradiente (log₁₀)"), -2, 1, 0.5, 0.1
    ),
    Slider("decay", ("decay λ", "decaimiento λ"), 0, 1, 0.5, 0.05),
)
def optimizer_decay(at: At) -> Picture:
    """The mean of 200 weights whose loss asks for nothing: how quickly the decay draws them to 0."""
    scale, decay = 10 ** at.number("scale"), at.number("decay")
    ways = _decayed(scale, decay)
    steps = np.arange(401)
    canvas = Canvas(680, 330)
    plot = canvas.axes(
        (0, 400), (-0.3, 1.15), box=(56, 20, 602, 240), xlabel=tr("step", "paso"),
        ylabel=tr("mean of the weights", "media de los pesos"),
    )  # fmt: skip
    plot.line(steps, (1 - 0.01 * decay) ** steps, "muted", 1.6, "5 4")
    plot.line(steps, ways[:, 0], "orange")
    plot.line(steps, ways[:, 1], "blue")
    canvas.legend(
        60, 320, [(tr("L2 in the loss, Adam", "L2 en la pérdida, Adam"), "orange"), ("AdamW", "blue"),
                  ("(1 − ηλ)ᵗ", "muted")], across=True, gap=26,
    )  # fmt: skip
    return canvas.picture(
        tr(
            f"Noise {number(scale)}, λ = {decay:.2f}: after 400 steps {ways[-1, 0]:.2f} of the weight is left with L2 "
            f"in the loss, and {ways[-1, 1]:.2f} with AdamW; (1 − ηλ)⁴⁰⁰ = {(1 - 0.01 * decay) ** 400:.2f}.",
            f"Ruido {number(scale)}, λ = {decay:.2f}: tras 400 pasos queda {ways[-1, 0]:.2f} del peso con L2 en la "
            f"pérdida y {ways[-1, 1]:.2f} con AdamW; (1 − ηλ)⁴⁰⁰ = {(1 - 0.01 * decay) ** 400:.2f}.",
        )
    )
