"""The cycle of learning: a line that is fitted in four stages, and a network that bends its border step by step."""

from functools import cache

import numpy as np

from hondo.core.arrays import FloatArray
from hondo.core.language import tr
from hondo.data.sets.points import circle, moons, xor
from hondo.guide.drawing.canvas import Canvas, Picture, number
from hondo.guide.drawing.colours import signed_colours
from hondo.guide.figures.controls import At, Choice, Slider
from hondo.guide.figures.doors import linear_neuron, playground
from hondo.guide.figures.figure import figure
from hondo.scratch.activations.smooth import sigmoid
from hondo.scratch.initialization.initializers import initializer
from hondo.scratch.networks.backpropagation import Weights, forward_pass, loss_and_gradients

_X = np.array([-1.6, -1.2, -0.7, -0.3, 0.2, 0.6, 1.1, 1.7])
_Y = 0.9 * _X + 0.4 + np.array([0.2, -0.3, 0.25, -0.1, 0.3, -0.25, 0.1, -0.15])
_CYCLES = 16


@cache
def _walk(rate: float) -> tuple[tuple[float, ...], ...]:
    """For each cycle: w, b, the loss, ∂L/∂w, ∂L/∂b."""
    w, b, rows = -0.8, -0.6, []
    for _ in range(_CYCLES + 1):
        error = w * _X + b - _Y
        row = (w, b, float((error**2).mean()), float((2 * error * _X).mean()), float((2 * error).mean()))
        rows.append(row)
        w, b = w - rate * row[3], b - rate * row[4]
    return tuple(rows)


def _line_in_playground(at: At) -> str:
    """A weight and a bias; the rate stands to the curvature as it does here."""
    design = np.column_stack([_X, np.ones(len(_X))])
    return linear_neuron(at.number("rate") * float(np.linalg.eigvalsh(2 * design.T @ design / len(_X))[-1]))


@figure(
    "backprop-cycle",
    ("The four stages of learning", "Las cuatro etapas del aprendizaje"),
    Slider("moment", ("moment", "momento"), 0, 4 * _CYCLES - 1, 0, 1, plays=2),
    Slider("rate", ("learning rate η", "tasa de aprendizaje η"), 0.05, 1, 0.25, 0.05),
    playground=_line_in_playground,
)
def backprop_cycle(at: At) -> Picture:
    """The four stages of learning."""
    cycle, stage = divmod(at.whole("moment"), 4)
    rate = at.number("rate")
    rows = _walk(rate)
    w, b, loss, dw, db = rows[cycle]
    after = rows[cycle + 1]
    canvas = Canvas(720, 372)
    boxes = (
        (tr("1 predict", "1 predecir"), f"ŷ = {w:.2f}·x {'+' if b >= 0 else '−'} {abs(b):.2f}".replace("-", "−")),
        (tr("2 measure", "2 medir"), f"L = {number(loss)}"),
        (tr("3 blame", "3 repartir culpas"), f"∂L/∂w = {number(dw)}   ∂L/∂b = {number(db)}"),
        (tr("4 correct", "4 corregir"), f"w ← {number(after[0])}   b ← {number(after[1])}"),
    )
    for place, (name, words) in enumerate(boxes):
        top, now = 18 + 76 * place, place == stage
        canvas.rect(14, top, 268, 58, "blue" if now else "soft", "blue", round_=8)
        canvas.text(28, top + 23, name, size=14, bold=True, colour_="paper" if now else "ink")
        if place <= stage:
            canvas.text(28, top + 45, words, size=13, colour_="paper" if now else "ink", mono=True)
        if place < 3:
            canvas.arrow(148, top + 59, 148, top + 75, "muted", 2, 7)
    canvas.polyline([(282, 275), (298, 275), (298, 47), (284, 47)], "muted", 2)
    canvas.arrow(298, 47, 283, 47, "muted", 2, 7)
    canvas.text(148, 340, tr(f"cycle {cycle + 1}", f"ciclo {cycle + 1}"), size=13, anchor="middle", colour_="muted")

    plot = canvas.axes((-2, 2), (-2.5, 2.5), box=(376, 18, 326, 190), xlabel="x", ylabel="y")
    ends = np.array([-2.0, 2.0])
    if stage >= 1:
        for x, y in zip(_X, _Y, strict=True):
            plot.line([x, x], [y, w * x + b], "orange", 2)
    plot.line(ends, w * ends + b, "blue", 2.5)
    if stage == 3:
        plot.line(ends, after[0] * ends + after[1], "green", 2.5, "6 4")
    plot.points(_X, _Y, "ink", 4)
    past = [row[2] for row in rows[: cycle + 1]]
    second = canvas.axes(
        (0, _CYCLES), (0, max(4.0, *past)), box=(376, 268, 326, 70), xlabel=tr("cycle", "ciclo"), ylabel="L"
    )
    second.line(range(1, cycle + 2), past, "orange")
    second.points(range(1, cycle + 2), past, "orange", 3)
    said = (
        tr(f"predicts with w = {w:.2f}, b = {b:.2f}", f"predice con w = {w:.2f}, b = {b:.2f}").replace("-", "−"),
        tr(f"has a mean squared error of {number(loss)}", f"tiene un error cuadrático medio de {number(loss)}"),
        tr(f"finds the slopes {number(dw)} and {number(db)}", f"halla las pendientes {number(dw)} y {number(db)}"),
        tr(
            f"steps to w = {number(after[0])}, b = {number(after[1])}",
            f"da un paso hasta w = {number(after[0])}, b = {number(after[1])}",
        ),
    )[stage]
    return canvas.picture(tr(f"In cycle {cycle + 1} the line {said}.", f"En el ciclo {cycle + 1} la recta {said}."))


_SETS = {"circle": circle, "moons": moons, "xor": xor}
_STEPS = 600


@cache
def _points(name: str) -> tuple[FloatArray, FloatArray]:
    made = _SETS[name](samples=160, noise=0.1, seed=0).train
    x, y = np.asarray(made.x, float), np.asarray(made.y).reshape(-1, 1)
    return x / np.abs(x).max(), (y > 0).astype(float)


@cache
def _learn(name: str, units: int, rate: float) -> tuple[list[list[Weights]], list[float]]:
    """The weights before each fifth step, and the loss at each."""
    x, y = _points(name)
    rng = np.random.default_rng(1)
    draw = initializer("glorot_uniform")
    layers = [Weights(2 * draw((2, units), rng), np.zeros(units)), Weights(draw((units, 1), rng), np.zeros(1))]
    kept, losses = [], []
    for step in range(_STEPS + 1):
        loss, gradients = loss_and_gradients(layers, ["tanh", "sigmoid"], "binary_cross_entropy", x, y)
        if step % 5 == 0:
            kept.append(layers)
        losses.append(loss)
        layers = [Weights(W - rate * dW, b - rate * db) for (W, b), (dW, db) in zip(layers, gradients, strict=True)]
    return kept, losses


def _network_in_playground(at: At) -> str:
    """The same network on as many of the same points, all of them in each step."""
    return playground(
        data=at.chosen("data"),
        samples=320,
        noise=0.1,
        batch_size=160,
        hidden=(at.whole("units"),),
        output="sigmoid",
        learning_rate=float(at.chosen("rate")),
        initialisation="glorot_uniform",
    )


@figure(
    "backprop-iterations",
    ("A network learns, step by step", "Una red aprende, paso a paso"),
    Slider("step", ("step", "paso"), 0, _STEPS, 0, 5, plays=12),
    Choice(
        "data",
        ("points", "puntos"),
        {"circle": ("circle", "círculo"), "moons": ("moons", "lunas"), "xor": "XOR"},
        "circle",
    ),
    Slider("units", ("hidden neurons", "neuronas ocultas"), 1, 8, 5, 1),
    Choice("rate", ("learning rate", "tasa de aprendizaje"), {"0.1": "0.1", "0.5": "0.5", "2": "2"}, "0.5"),
    playground=_network_in_playground,
)
def backprop_iterations(at: At) -> Picture:
    """A network learns, step by step."""
    step, name = at.whole("step"), at.chosen("data")
    kept, losses = _learn(name, at.whole("units"), float(at.chosen("rate")))
    layers = kept[step // 5]
    x, y = _points(name)
    grid = np.linspace(-1.1, 1.1, 70)
    spots = np.stack(np.meshgrid(grid, grid[::-1]), -1).reshape(-1, 2)
    inner = np.tanh(spots @ layers[0].W + layers[0].b)
    p = sigmoid(inner @ layers[1].W + layers[1].b).reshape(70, 70)
    answer = forward_pass(layers, ["tanh", "sigmoid"], x)[-1].a
    right = float(((answer > 0.5) == (y > 0.5)).mean())
    canvas = Canvas(720, 350)
    plot = canvas.axes((-1.1, 1.1), (-1.1, 1.1), box=(40, 20, 290, 290), ticks=False)
    plot.heat(signed_colours(2 * p - 1, 1.0))
    plot.points(x[:, 0], x[:, 1], ["blue" if each else "orange" for each in y[:, 0]], 3.6)
    second = canvas.axes(
        (0, _STEPS),
        (0, max(0.9, max(losses[: step + 1]) * 1.05)),
        box=(410, 40, 290, 230),
        xlabel=tr("step", "paso"),
        ylabel=tr("loss", "pérdida"),
    )
    second.line(range(step + 1), losses[: step + 1], "orange")
    second.points([step], [losses[step]], "orange", 5)
    second.horizontal(float(np.log(2)), "muted")
    canvas.text(
        698,
        second.py(float(np.log(2))) - 6,
        tr("knowing nothing: ln 2", "sin saber nada: ln 2"),
        size=11,
        anchor="end",
        colour_="muted",
    )
    canvas.text(555, 26, tr(f"{right:.0%} right", f"{right:.0%} de aciertos"), size=14, anchor="middle", bold=True)
    return canvas.picture(
        tr(
            f"After {step} steps the loss is {number(losses[step])} and {right:.0%} of the points are on "
            "their side of the border.",
            f"Tras {step} pasos la pérdida es {number(losses[step])} y el {right:.0%} de los puntos está "
            "en su lado de la frontera.",
        )
    )
