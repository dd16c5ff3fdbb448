"""L1, L2 and weight decay: what each does to a single weight, to all, and inside Adam."""

from dataclasses import replace
from functools import cache

import numpy as np

from hondo.core.arrays import FloatArray
from hondo.core.language import tr
from hondo.guide.drawing.canvas import Canvas, Picture, number
from hondo.guide.figures.c14_training import How, linear_error, on_patients
from hondo.guide.figures.controls import At, Choice, Drag, Slider
from hondo.guide.figures.doors import NO_STOP, Changes, held_out, rounded, with_hidden, with_optimizer
from hondo.guide.figures.figure import figure


def shrunk(a: FloatArray, kind: str, price: float) -> FloatArray:
    """Where (w − a)²/2 plus the penalty is least."""
    if kind == "l2":
        return a / (1 + 2 * price)
    return np.sign(a) * np.maximum(np.abs(a) - price, 0)


@figure(
    "regularization-shrinkage",
    ("One weight under L1 and L2", "Un peso bajo L1 y L2"),
    Slider("a", ("a: weight without penalty", "a: peso sin penalización"), -3, 3, 0.8, 0.1, plays=6),
    Slider("price", ("penalty λ", "penalización λ"), 0, 2, 1.0, 0.1),
    drag=Drag(x="a"),
)
def regularization_shrinkage(at: At) -> Picture:
    """The penalised loss of a single weight, and where its minimum moves."""
    a, price = at.number("a"), at.number("price")
    canvas = Canvas(680, 352)
    plot = canvas.axes((-3, 3), (0, 6), box=(54, 26, 282, 262), xlabel="w", ylabel=tr("loss", "pérdida"))
    right = canvas.axes(
        (-3, 3), (-3, 3), box=(400, 26, 260, 262), xlabel=tr("a: weight without penalty", "a: peso sin penalización"),
        ylabel=tr("w: weight with penalty", "w: peso con penalización"),
    )  # fmt: skip
    grid = np.linspace(-3, 3, 241)
    base = (grid - a) ** 2 / 2
    plot.line(grid, base, "grey", 1.8, "5 4")
    right.line(grid, grid, "grey", 1.8, "5 4")
    found = {}
    for kind, cost, shade in (("l1", np.abs(grid), "orange"), ("l2", grid**2, "blue")):
        plot.line(grid, base + price * cost, shade)
        w = found[kind] = float(shrunk(np.array(a), kind, price))
        least = (w - a) ** 2 / 2 + price * (abs(w) if kind == "l1" else w**2)
        plot.points([w], [least], shade, 6, "ink")
        right.line(grid, shrunk(grid, kind, price), shade)
        right.points([a], [w], shade, 6, "ink")
    canvas.legend(
        60, 344,
        [(tr("no penalty", "sin penalización"), "grey"), ("L1: λ|w|", "orange"), ("L2: λw²", "blue")],
        across=True, gap=30,
    )  # fmt: skip
    zero = found["l1"] == 0
    return canvas.picture(
        tr(
            f"Without penalty w = {number(a)}. L2 multiplies it by {1 / (1 + 2 * price):.2f}: {number(found['l2'])}. "
            + (f"L1 takes it to exactly 0, since |a| ≤ λ = {price:.1f}." if zero
               else f"L1 takes λ = {price:.1f} off: {number(found['l1'])}."),
            f"Sin penalización, w = {number(a)}. L2 lo multiplica por {1 / (1 + 2 * price):.2f}: "
            f"{number(found['l2'])}. "
            + (f"L1 lo lleva exactamente a 0, pues |a| ≤ λ = {price:.1f}." if zero
               else f"L1 le resta λ = {price:.1f}: {number(found['l1'])}."),
        )
    )  # fmt: skip


POWERS = np.arange(-3.5, -0.9, 0.25)
_KINDS = {
    "l2": "L2",
    "slope": ("L1 by its slope", "L1 por su pendiente"),
    "exact": ("L1, proximal step", "L1, paso proximal"),
}


def how(kind: str, price: float) -> How:
    """Sixteen hidden neurons on 120 patients, plain gradient descent."""
    plain = How(hidden=16, updates=700, rate=0.05, batch=40, adam=False, every=700)
    if kind == "l2":
        return replace(plain, l2=price)
    return replace(plain, l1=price, exact=kind == "exact")


@cache
def _ends(kind: str) -> tuple[FloatArray, FloatArray]:
    runs = [on_patients(how(kind, float(10**power))) for power in POWERS]
    return np.array([run.loss[0][-1] for run in runs]), np.array([run.loss[1][-1] for run in runs])


def _with_penalty(at: At) -> tuple[str, Changes]:
    """As many patients and steps under this penalty; L1 pulls by its slope."""
    own, other = ("learn.l2", "learn.l1") if at.chosen("kind") == "l2" else ("learn.l1", "learn.l2")
    changes: Changes = {own: rounded(10 ** at.number("power")), other: 0, **with_hidden(16)}
    changes |= {**with_optimizer("sgd", 0.05), "train.epochs": 233, "train.batch_size": 40}
    return "diabetes-regression", {**changes, **held_out(120, 200), **NO_STOP}


@figure(
    "regularization-weights",
    ("The weights under a penalty", "Los pesos bajo una penalización"),
    Choice("kind", ("penalty", "penalización"), _KINDS, "l2"),
    Slider("power", ("log₁₀ of λ", "log₁₀ de λ"), -3.5, -1, -1.75, 0.25, plays=1),
    experiment=_with_penalty,
)
def regularization_weights(at: At) -> Picture:
    """Histogram of the first layer's weights after training, and the losses for every λ."""
    kind, power = at.chosen("kind"), at.number("power")
    free = on_patients(how("l2", 0.0)).weights[0].ravel()
    run = on_patients(how(kind, float(10**power)))
    weights = run.weights[0].ravel()
    zeros, tiny = float(np.mean(weights == 0)), float(np.mean(np.abs(weights) < 0.01))
    canvas = Canvas(680, 352)
    plot = canvas.axes(
        (-1.2, 1.2), (0, 0.5), box=(52, 26, 300, 262), xlabel=tr("weight", "peso"),
        ylabel=tr("share of the weights", "proporción de los pesos"),
    )  # fmt: skip
    plot.histogram(free, 41, "grey", 0.45)
    counts, edges = np.histogram(weights[weights != 0], 41, plot.x)
    plot.bars((edges[1:] + edges[:-1]) / 2, counts / weights.size, "blue", float(edges[1] - edges[0]) * 0.94, 0.75)
    if zeros:
        plot.bars([0], [min(zeros, 0.5)], "orange", 0.03)
        plot.text(0.08, 0.47, tr(f"exactly 0: {zeros:.0%}", f"exactamente 0: {zeros:.0%}"), size=12, colour_="orange")
    chart = canvas.axes(
        (-3.5, -1), (0, 1.4), box=(420, 26, 240, 262), xlabel=tr("log₁₀ of λ", "log₁₀ de λ"),
        ylabel=tr("mean squared error", "error cuadrático medio"),
    )  # fmt: skip
    chart.horizontal(linear_error(), "green")
    place = int(np.argmin(np.abs(POWERS - power)))
    for values, shade in zip(_ends(kind), ("purple", "red"), strict=True):
        chart.line(POWERS, values, shade)
        chart.points([power], [values[place]], shade, 6, "ink")
    canvas.legend(
        20, 344,
        [(tr("no penalty", "sin penaliz."), "grey"), (tr("with it", "con ella"), "blue"),
         (tr("training", "entrenamiento"), "purple"), (tr("others", "no vistos"), "red"),
         (tr("linear regression, others", "regresión lineal, no vistos"), "green")], across=True, gap=14,
    )  # fmt: skip
    return canvas.picture(
        tr(
            f"λ = {number(10**power, 2)}: {zeros:.0%} of the first layer's weights are exactly 0 and {tiny:.0%} are "
            f"below 0.01 in size; error {run.loss[0][-1]:.2f} in training and {run.loss[1][-1]:.2f} on other patients.",
            f"λ = {number(10**power, 2)}: el {zeros:.0%} de los pesos de la primera capa es exactamente 0 y el "
            f"{tiny:.0%} no llega a 0.01 en valor absoluto; error de {run.loss[0][-1]:.2f} en entrenamiento y de "
            f"{run.loss[1][-1]:.2f} en otros pacientes.",
        )
    )


SCALES = np.array([0.1, 1.0, 10.0])
STEPS = 1000


@cache
def _decayed(decoupled: bool, price: float) -> FloatArray:
    """Mean weight over 200 repetitions for gradients that are noise of three sizes: ``(STEPS + 1, 3)``."""
    rng = np.random.default_rng(0)
    w = np.ones((3, 200))
    m, s, rate = np.zeros_like(w), np.zeros_like(w), 0.002
    means = [w.mean(1)]
    for step in range(1, STEPS + 1):
        g = SCALES[:, None] * rng.normal(size=w.shape)
        g = g if decoupled else g + price * w
        m, s = 0.9 * m + 0.1 * g, 0.999 * s + 0.001 * g**2
        w = (
            w
            - rate * (m / (1 - 0.9**step)) / (np.sqrt(s / (1 - 0.999**step)) + 1e-8)
            - (rate * price * w if decoupled else 0)
        )
        means.append(w.mean(1))
    return np.array(means)


def _with_decay(at: At) -> tuple[str, Changes]:
    """A network whose weights decay beside Adam, at the same rate for as many steps."""
    changes: Changes = {"learn.weight_decay": rounded(at.number("price")), "learn.optimizer": "adamw"}
    return "digits-mlp", {**changes, "train.epochs": max(1, round(at.whole("steps") / 41)), **NO_STOP}


@figure(
    "regularization-weight-decay",
    ("L2 inside Adam, and decay beside it", "L2 dentro de Adam y decaimiento aparte"),
    Slider("price", ("strength λ", "intensidad λ"), 0, 1, 0.5, 0.1),
    Slider("steps", ("steps", "pasos"), 0, STEPS, STEPS, 50, plays=5),
    experiment=_with_decay,
)
def regularization_weight_decay(at: At) -> Picture:
    """Three weights that nothing needs, each with gradients of another size."""
    price, steps = at.number("price"), at.whole("steps")
    canvas = Canvas(680, 352)
    titles = (
        tr("Adam + L2 in the loss", "Adam + L2 en la pérdida"),
        tr("AdamW: decoupled decay", "AdamW: decaimiento aparte"),
    )
    ends = []
    for place, (decoupled, title) in enumerate(zip((False, True), titles, strict=True)):
        plot = canvas.axes(
            (0, STEPS), (-0.1, 1.1), box=(54 + 330 * place, 34, 272, 254), xlabel=tr("steps", "pasos"),
            ylabel=tr("weight (mean of 200)", "peso (media de 200)"), title=title,
        )  # fmt: skip
        means = _decayed(decoupled, price)
        ends.append(means[steps])
        for each, (shade, wide) in enumerate((("blue", 7), ("orange", 4), ("purple", 1.6))):
            plot.line(np.arange(0, steps + 1, 10), means[: steps + 1 : 10, each], shade, wide if decoupled else 2.2)
    canvas.legend(
        100, 344,
        [(tr(f"gradients of size {scale:g}", f"gradientes de tamaño {scale:g}"), shade)
         for scale, shade in zip(SCALES, ("blue", "orange", "purple"), strict=True)], across=True, gap=22,
    )  # fmt: skip
    shown = [", ".join(f"{value:.2f}".replace("-", "−") for value in end) for end in ends]
    return canvas.picture(
        tr(
            f"After {steps} steps: with L2 in the loss the three weights are {shown[0]}; decoupled, {shown[1]}.",
            f"Tras {steps} pasos: con L2 en la pérdida, los tres pesos valen {shown[0]}; con decaimiento aparte, "
            f"{shown[1]}.",
        )
    )
