"""Six optimizers against each other: on surfaces, and on a network that learns digits, for every learning rate."""

from functools import cache
from typing import Any

import numpy as np
from sklearn.datasets import load_digits

from hondo.core.language import tr
from hondo.guide.drawing.canvas import Canvas, Picture, number
from hondo.guide.figures.c09_surfaces import DARK, PALE, draw_map
from hondo.guide.figures.c10_optimizers import COLOURS, NAMES, optimizer
from hondo.guide.figures.controls import At, Choice, Drag, Slider, Toggle
from hondo.guide.figures.doors import NO_STOP, Changes, held_out, with_hidden, with_optimizer
from hondo.guide.figures.figure import figure
from hondo.scratch.activations.softmax import log_softmax, softmax
from hondo.scratch.descent.surfaces import SURFACES, Surface

_TURN = np.array([[1.0, 1.0], [-1.0, 1.0]]) / np.sqrt(2)  # by 45 degrees
_STRAIGHT = SURFACES["ravine"]
_GROUND = SURFACES | {
    "turned": Surface(
        "turned",
        "",
        lambda point: _STRAIGHT.value(point @ _TURN),
        lambda point: _STRAIGHT.gradient(point @ _TURN) @ _TURN.T,
        ((0.0, 0.0),),
        3.0,
    )
}
_STEPS = 150
_RATES = 10 ** np.arange(-4.0, 0.51, 0.125)


@cache
def _ways(name: str, surface: str, u: float, v: float) -> np.ndarray:
    """The way with every rate: ``(steps + 1, rates, 2)``; what flies away stays where it was last seen."""
    ground = _GROUND[surface]
    made = optimizer(name, _RATES[:, None])
    w = np.tile(np.array([u, v]), (len(_RATES), 1))
    memory, ways = made.start(w), [w]
    with np.errstate(all="ignore"):
        for t in range(_STEPS):
            g = ground.gradient(w)
            gone = ~np.isfinite(g).all(-1, keepdims=True) | (np.abs(w).max(-1, keepdims=True) > 1e4)
            moved, memory = made.update(w, np.where(gone, 0.0, g), memory, t)
            w = np.where(gone | ~np.isfinite(moved), w, moved)
            ways.append(w)
    return np.stack(ways)


def _best(name: str, surface: str, u: float, v: float, tuned: bool) -> int:
    """Which rate to race with: the one that is lowest over the whole way (mean of the logarithm), or about 0.01."""
    if not tuned:
        return int(np.argmin(np.abs(np.log10(_RATES) + 2)))
    ground = _GROUND[surface]
    above = ground.value(_ways(name, surface, u, v)) - float(ground.value(np.array(ground.minima[0])))
    return int(np.argmin(np.log10(np.maximum(above, 1e-12)).mean(axis=0)))


_GROUNDS = {
    "ravine": ("ravine", "barranco"),
    "turned": ("ravine, turned", "barranco girado"),
    "rosenbrock": "Rosenbrock",
    "saddle": ("saddle", "silla de montar"),
    "bowl": ("bowl", "cuenco"),
    "many_minima": ("many minima", "muchos mínimos"),
}


@figure(
    "optimizer-surfaces",
    ("Six ways down", "Seis maneras de bajar"),
    Choice("surface", ("surface", "superficie"), _GROUNDS, "ravine"),
    Toggle("tuned", ("each with its best rate", "cada uno con su mejor tasa"), True),
    Slider("steps", ("steps", "pasos"), 0, _STEPS, 60, 1, plays=15),
    Slider("u", ("start u", "salida u"), -2, 2, -1.8, 0.1),
    Slider("v", ("start v", "salida v"), -2, 2, 1.4, 0.1),
    drag=Drag(x="u", y="v"),
)
def optimizer_surfaces(at: At) -> Picture:
    """Their ways, and how high above the lowest point each is."""
    surface, tuned, steps = at.chosen("surface"), at.on("tuned"), at.whole("steps")
    u, v = at.number("u"), at.number("v")
    ground = _GROUND[surface]
    bottom = float(ground.value(np.array(ground.minima[0])))
    canvas = Canvas(680, 390)
    plan = canvas.axes((-2.2, 2.2), (-2.2, 2.2), box=(46, 20, 290, 290), xlabel="u", ylabel="v", grid=False)
    draw_map(plan, ground.value)
    chart = canvas.axes(
        (0, _STEPS), (-8, 4), box=(416, 20, 246, 290), xlabel=tr("step", "paso"),
        ylabel=tr("log₁₀ of the height left", "log₁₀ de la altura que falta"),
    )  # fmt: skip
    left: dict[str, float] = {}
    for name in NAMES:
        which = _best(name, surface, u, v, tuned)
        way = _ways(name, surface, u, v)[: steps + 1, which]
        above = np.maximum(ground.value(way) - bottom, 1e-12)
        left[name] = float(above[-1])
        plan.line(way[:, 0], way[:, 1], DARK, 3.4, opacity=0.35)
        plan.line(way[:, 0], way[:, 1], COLOURS[name], 2.2)
        plan.points(way[-1:, 0], way[-1:, 1], COLOURS[name], 5.5, PALE)
        chart.line(np.arange(steps + 1), np.log10(above), COLOURS[name])
    plan.points([u], [v], PALE, 5, DARK)
    for lowest in ground.minima:
        plan.crosses([lowest[0]], [lowest[1]], "red", 5)
    canvas.legend(50, 376, [(words, COLOURS[name]) for name, words in NAMES.items()], across=True, gap=22)
    order = sorted(left, key=lambda each: left[each])
    told = ", ".join(f"{NAMES[each]} {number(left[each]) if left[each] > 1e-11 else 0}" for each in order)
    rates = tr("each with the best of 37 rates", "cada uno con la mejor de 37 tasas") if tuned else "η = 0.01"
    return canvas.picture(
        tr(f"Step {steps}, {rates}. Height left: {told}.", f"Paso {steps}, {rates}. Altura que falta: {told}.")
    )


RATES = 10 ** np.arange(-4.0, 0.76, 0.5)
_EPOCHS = 6
_TRAINED = 900


@cache
def _digits() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    bunch: Any = load_digits()
    order = np.random.default_rng(0).permutation(len(bunch.data))
    labels = bunch.target[order]
    return (bunch.data / 16)[order].astype(np.float32), np.eye(10, dtype=np.float32)[labels], labels


@cache
def trained(name: str) -> tuple[np.ndarray, np.ndarray]:
    """A network 64-24-10 trained with every rate at once: loss and share of wrong answers ``(epochs + 1, rates)``."""
    x, y, labels = _digits()
    rng, many = np.random.default_rng(0), len(RATES)

    def first(inputs: int, outputs: int) -> np.ndarray:
        drawn = rng.uniform(-1, 1, (1, inputs, outputs)) * np.sqrt(6 / inputs)
        return np.repeat(drawn, many, axis=0).astype(np.float32)

    parameters = {"W1": first(64, 24), "b1": np.zeros((many, 1, 24), np.float32), "W2": first(24, 10),
                  "b2": np.zeros((many, 1, 10), np.float32)}  # fmt: skip
    made = optimizer(name, RATES[:, None, None].astype(np.float32))
    memory = {key: made.start(w) for key, w in parameters.items()}

    def forward(inputs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        hidden = np.maximum(0, inputs[None] @ parameters["W1"] + parameters["b1"])  # (rates, batch, 24)
        return hidden, hidden @ parameters["W2"] + parameters["b2"]

    def looked_at() -> tuple[np.ndarray, np.ndarray]:
        z = forward(x)[1]  # (rates, samples, 10)
        loss = -(y[:_TRAINED] * log_softmax(z[:, :_TRAINED])).sum(-1).mean(-1)
        return loss, (z[:, _TRAINED:].argmax(-1) != labels[_TRAINED:]).mean(-1)

    seen, t = [looked_at()], 0
    with np.errstate(all="ignore"):
        for _ in range(_EPOCHS):
            order = rng.permutation(_TRAINED)
            for start in range(0, _TRAINED, 32):
                rows = order[start : start + 32]
                hidden, z = forward(x[rows])
                d = (softmax(z) - y[rows]) / len(rows)  # (rates, batch, 10)
                back = d @ parameters["W2"].transpose(0, 2, 1) * (hidden > 0)
                gradients = {"W1": x[rows].T[None] @ back, "b1": back.sum(1, keepdims=True),
                             "W2": hidden.transpose(0, 2, 1) @ d, "b2": d.sum(1, keepdims=True)}  # fmt: skip
                for key, w in parameters.items():
                    parameters[key], memory[key] = made.update(w, gradients[key], memory[key], t)
                t += 1
            seen.append(looked_at())
    return np.stack([each[0] for each in seen]), np.stack([each[1] for each in seen])


_DEFAULTS = {"sgd": 0.01, "momentum": 0.01, "nesterov": 0.01, "adagrad": 0.001, "rmsprop": 0.001, "adam": 0.001}


def _as_experiment(at: At) -> tuple[str, Changes]:
    """The marked optimizer at the best of its rates; where none is marked, or AdaGrad, the experiment's own."""
    name, epoch = at.chosen("one"), at.whole("epoch")
    changes: Changes = {}
    if name not in ("all", "adagrad"):
        values = trained(name)[1 if at.chosen("what") == "errors" else 0][epoch]
        changes = with_optimizer(name, float(RATES[int(np.nanargmin(values))]))
    changes |= {"train.epochs": epoch, **with_hidden(24)}
    return "digits-mlp", {**changes, **held_out(_TRAINED, 400), **NO_STOP}


@figure(
    "optimizer-network",
    ("Every optimizer, every learning rate, the same network", "Cada optimizador, cada tasa, la misma red"),
    Slider("epoch", ("epochs", "épocas"), 1, _EPOCHS, _EPOCHS, 1, plays=1.5),
    Choice(
        "what",
        ("shown", "se muestra"),
        {"loss": ("training loss", "pérdida de entrenamiento"),
         "errors": ("wrong on unseen digits", "fallos con dígitos nuevos")},
        "loss",
    ),
    Choice("one", ("marked", "resaltado"), {"all": ("none", "ninguno"), **NAMES}, "all"),
    experiment=_as_experiment,
)  # fmt: skip
def optimizer_network(at: At) -> Picture:
    """Valleys: too small a rate on the left, too large on the right."""
    epoch, errors, one = at.whole("epoch"), at.chosen("what") == "errors", at.chosen("one")
    canvas = Canvas(680, 390)
    plot = canvas.axes(
        (-4, 0.6), (0, 1.0 if errors else 2.6), box=(56, 20, 602, 286),
        xlabel=tr("log₁₀ of the rate", "log₁₀ de la tasa"),
        ylabel=tr("share wrong", "proporción de fallos") if errors else tr("training loss", "pérdida de entrenamiento"),
    )  # fmt: skip
    told: list[tuple[float, str]] = []
    for name, words in NAMES.items():
        values = trained(name)[1 if errors else 0][epoch]
        faint = one not in ("all", name)
        plot.line(np.log10(RATES), values, COLOURS[name], 1.4 if faint else 2.6, opacity=0.35 if faint else 1)
        best = int(np.nanargmin(values))
        if not faint:
            at_default = float(np.interp(np.log10(_DEFAULTS[name]), np.log10(RATES), values))
            plot.crosses([np.log10(_DEFAULTS[name])], [at_default], COLOURS[name], 6)
            plot.points([np.log10(RATES[best])], [values[best]], COLOURS[name], 6, "ink")
        least = f"{100 * values[best]:.1f} %" if errors else f"{values[best]:.3f}"
        told.append((float(values[best]), f"{words} {least} (η = {number(float(RATES[best]), 2)})"))
    canvas.legend(50, 376, [(words, COLOURS[name]) for name, words in NAMES.items()], across=True, gap=22)
    best_of = ", ".join(words for _, words in sorted(told))
    return canvas.picture(
        tr(
            f"After {epoch} epochs, at the best rate (dot): {best_of}. Crosses: Keras's default rates.",
            f"Tras {epoch} épocas, con la mejor tasa (punto): {best_of}. Cruces: tasas por defecto de Keras.",
        )
    )
