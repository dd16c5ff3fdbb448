"""Chapter 5: step against sigmoid, two losses for a probability, and a logistic neuron that learns from real data."""

from functools import cache
from typing import cast

import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.utils import Bunch

from hondo.core.language import tr
from hondo.guide.drawing.canvas import Canvas, Picture, number
from hondo.guide.drawing.colours import signed_colours
from hondo.guide.figures.controls import At, Choice, Slider
from hondo.guide.figures.doors import playground
from hondo.guide.figures.figure import figure
from hondo.scratch.activations.piecewise import step
from hondo.scratch.activations.smooth import sigmoid, sigmoid_derivative, softplus
from hondo.scratch.neuron.logistic_regression import LogisticRegression, fit

_DARK = "#1c2630"
_STEPS = 120


def _sigmoid_neuron(_: At) -> str:
    """σ(wx + b) with one input; the playground rounds its answer to a step where it is asked to."""
    return playground(data="gaussians", inputs=("x1",), hidden=(), output="sigmoid")


@figure(
    "step-or-sigmoid",
    ("Step and sigmoid", "Escalón y sigmoide"),
    Slider("w", ("weight w", "peso w"), -4, 12, 1.0, 0.2),
    Slider("b", ("bias b", "sesgo b"), -6, 6, 0.0, 0.2),
    Slider("x", ("input x", "entrada x"), -6, 6, 1.0, 0.1, plays=10),
    playground=_sigmoid_neuron,
)
def step_or_sigmoid(at: At) -> Picture:
    """Both answers to z = wx + b, and their slopes."""
    w, b, x = at.number("w"), at.number("b"), at.number("x")
    z = np.array(w * x + b)
    hard, soft, slope = float(step(z)), float(sigmoid(z)), w * float(sigmoid_derivative(z))
    canvas = Canvas(640, 380)
    above = canvas.axes((-6, 6), (-0.08, 1.08), box=(52, 28, 420, 186), ylabel=tr("answer y", "respuesta y"))
    xs = np.linspace(-6, 6, 961)
    above.line(xs, step(w * xs + b), "orange", 2.4, "7 4")
    above.line(xs, sigmoid(w * xs + b), "blue", 2.8)
    above.vertical(x)
    above.points([x, x], [hard, soft], ["orange", "blue"], 6)
    reach = max(0.3, abs(w) / 4 * 1.15)
    below = canvas.axes(
        (-6, 6),
        (-reach if w < 0 else -0.1 * reach, 0.1 * reach if w < 0 else reach),
        box=(52, 254, 420, 84),
        ticks=False,
    )
    canvas.text(45, below.py(0) + 4, "0", size=11, anchor="end", colour_="muted")
    canvas.text(45, below.py(w / 4) + 4, f"{w / 4:.2f}".replace("-", "−"), size=11, anchor="end", colour_="muted")
    canvas.text(16, 296, "dy/dx", size=12, anchor="middle", colour_="muted", turn=-90)
    for tick in range(-6, 7, 2):
        canvas.text(below.px(tick), 354, str(tick).replace("-", "−"), size=11, anchor="middle", colour_="muted")
    canvas.text(262, 374, tr("input x", "entrada x"), size=12, anchor="middle", colour_="muted")
    below.line(xs, w * sigmoid_derivative(w * xs + b), "blue", 2.6)
    below.line([-6, 6], [0, 0], "orange", 2, "7 4")
    below.vertical(x)
    below.points([x], [slope], "blue", 5)
    left = 494
    canvas.text(left, 48, f"z = {float(z):.2f}".replace("-", "−"), size=15)
    canvas.text(left, 84, tr("step", "escalón"), size=13, colour_="orange", bold=True)
    canvas.text(left, 104, f"y = {hard:.0f}", size=15)
    canvas.text(left, 140, tr("sigmoid", "sigmoide"), size=13, colour_="blue", bold=True)
    canvas.text(left, 160, f"y = {soft:.3f}", size=15)
    canvas.text(left, 276, tr("slope of the sigmoid", "pendiente (sigmoide)"), size=12, colour_="blue")
    canvas.text(left, 296, f"{slope:.3f}".replace("-", "−"), size=15)
    canvas.text(left, 322, tr("slope of the step: 0", "del escalón: 0"), size=12, colour_="orange")
    return canvas.picture(
        tr(
            f"At x = {x:.1f} the step says {hard:.0f} and the sigmoid {soft:.3f}, with slope {slope:.3f}.".replace(
                "-", "−"
            ),
            f"En x = {x:.1f} el escalón dice {hard:.0f} y la sigmoide {soft:.3f}, con pendiente {slope:.3f}.".replace(
                "-", "−"
            ),
        )
    )


@figure(
    "sigmoid-losses",
    ("Two ways to punish a wrong probability", "Dos formas de castigar una probabilidad equivocada"),
    Choice("y", ("true class y", "clase verdadera y"), {"1": "1", "0": "0"}, "1"),
    Slider("z", ("weighted sum z", "suma ponderada z"), -8, 8, -5.0, 0.2, plays=10),
)
def sigmoid_losses(at: At) -> Picture:
    """Cross-entropy and squared error of a sigmoid, over z; and how strongly each pushes z."""
    y, z = float(at.chosen("y")), at.number("z")
    zs = np.linspace(-8, 8, 321)
    p, here = sigmoid(zs), float(sigmoid(np.array(z)))
    cross, square = softplus(zs) - y * zs, (p - y) ** 2
    push_cross, push_square = p - y, 2 * (p - y) * p * (1 - p)
    canvas = Canvas(640, 340)
    left = canvas.axes((-8, 8), (-0.2, 8), box=(46, 50, 256, 232), xlabel="z", title=tr("loss", "pérdida"))
    right = canvas.axes(
        (-8, 8),
        (-1.1, 0.15) if y else (-0.15, 1.1),
        box=(366, 50, 256, 232),
        xlabel="z",
        title=tr("slope ∂L/∂z", "pendiente ∂L/∂z"),
    )
    for plot, first, second in ((left, cross, square), (right, push_cross, push_square)):
        plot.line(zs, first, "blue", 2.6)
        plot.line(zs, second, "orange", 2.6)
        plot.vertical(z)
        plot.points([z, z], [np.interp(z, zs, first), np.interp(z, zs, second)], ["blue", "orange"], 5.5)
    canvas.legend(
        150,
        22,
        [(tr("cross-entropy", "entropía cruzada"), "blue"), (tr("squared error", "error cuadrático"), "orange")],
        across=True,
        gap=30,
    )
    slopes = here - y, 2 * (here - y) * here * (1 - here)
    pulls = [number(slope, 3) for slope in slopes]
    return canvas.picture(
        tr(
            f"p = {here:.4f} where y = {y:.0f}: cross-entropy pulls z with slope {pulls[0]}, squared error with "
            f"{pulls[1]}.",
            f"p = {here:.4f} donde y = {y:.0f}: la entropía cruzada tira de z con pendiente {pulls[0]}; el error "
            f"cuadrático, con {pulls[1]}.",
        )
    )


@cache
def _tumours() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Two standardised measurements ``(569, 2)``, 1 for malignant ``(569,)``, and the means and deviations."""
    bunch = cast(Bunch, load_breast_cancer())
    names = [str(each) for each in bunch.feature_names]
    raw = np.asarray(bunch.data, float)[:, [names.index("mean radius"), names.index("mean texture")]]
    mean, spread = raw.mean(axis=0), raw.std(axis=0)
    return (raw - mean) / spread, 1.0 - np.asarray(bunch.target, float), mean, spread


@cache
def _learnt(rate: float, steps: int) -> LogisticRegression:
    x, y, _, _ = _tumours()
    return fit(x, y, rate, steps)


def _logistic(at: At) -> str:
    """A neuron that learns by cross-entropy from all points at once, at the same rate."""
    rate = float(at.chosen("rate"))
    return playground(data="gaussians", noise=0.3, hidden=(), output="sigmoid", batch_size=250, learning_rate=rate)


@figure(
    "neuron-logistic",
    ("A logistic neuron learns to tell tumours apart", "Una neurona logística aprende a distinguir tumores"),
    Slider("step", ("step", "paso"), 0, _STEPS, 20, 1, plays=10),
    Choice("rate", ("learning rate η", "tasa de aprendizaje η"), {"0.1": "0.1", "1": "1", "5": "5"}, "1"),
    playground=_logistic,
)
def neuron_logistic(at: At) -> Picture:
    """The map of probabilities over two measurements, and the cross-entropy after each step."""
    steps, rate = at.whole("step"), float(at.chosen("rate"))
    x, y, mean, spread = _tumours()
    model, whole = _learnt(rate, steps), _learnt(rate, _STEPS + 1)
    canvas = Canvas(640, 370)
    plot = canvas.axes(
        (6, 29),
        (8, 40),
        box=(56, 26, 310, 288),
        xlabel=tr("mean radius of the nuclei", "radio medio de los núcleos"),
        ylabel=tr("texture", "textura"),
        grid=False,
    )
    xs, ys = np.linspace(6, 29, 56), np.linspace(8, 40, 56)
    grid = (np.stack(np.meshgrid(xs, ys), -1).reshape(-1, 2) - mean) / spread
    plot.heat(signed_colours(1 - 2 * model.probability(grid).reshape(56, 56)[::-1], 1.3))
    raw = x * spread + mean
    order = np.random.default_rng(0).permutation(len(y))
    shades = ["#9a3d0c" if malignant else "#0b5480" for malignant in y[order]]
    plot.points(raw[order, 0], raw[order, 1], shades, 2.8, "#ffffff")
    if np.hypot(*model.w) > 0:
        for level, dash, width in ((0.1, "3 4", 1.2), (0.5, "", 2.6), (0.9, "3 4", 1.2)):
            away = np.log(level / (1 - level))
            edge = (away - model.b - model.w[0] * (xs - mean[0]) / spread[0]) / model.w[1]
            plot.line(xs, edge * spread[1] + mean[1], _DARK, width, dash)
    curve = canvas.axes(
        (0, _STEPS), (0, 0.75), box=(428, 52, 196, 150), xlabel=tr("step", "paso"), ylabel=tr("loss", "pérdida")
    )
    curve.line(np.arange(_STEPS + 1), whole.losses[: _STEPS + 1], "faint", 2)
    curve.line(np.arange(steps + 1), whole.losses[: steps + 1], "purple", 2.6)
    curve.points([steps], [whole.losses[steps]], "purple", 5)
    right = float((model.predict(x) == (y == 1)).mean())
    canvas.legend(
        400, 264, [(tr("malignant", "maligno"), "orange"), (tr("benign", "benigno"), "blue")], across=True, gap=24
    )
    canvas.text(
        400,
        292,
        f"w = ({model.w[0]:.2f}, {model.w[1]:.2f})   b = {model.b:.2f}".replace("-", "−"),
        size=13,
    )
    canvas.text(400, 316, tr(f"right: {right:.1%}", f"aciertos: {right:.1%}"), size=14, bold=True)
    canvas.text(400, 342, tr("lines: p = 0.1, 0.5 and 0.9", "rectas: p = 0.1, 0.5 y 0.9"), size=12, colour_="muted")
    return canvas.picture(
        tr(
            f"After {steps} steps the cross-entropy is {whole.losses[steps]:.3f}, and {right:.1%} of the 569 tumours "
            "are classified rightly.",
            f"Tras {steps} pasos, la entropía cruzada es {whole.losses[steps]:.3f} y el {right:.1%} de los 569 tumores "
            "se clasifica bien.",
        )
    )
