"""Losses for quantities: how hard each pulls, what an outlier does to them, and the noise that each supposes."""

from functools import cache

import numpy as np

from hondo.core.language import tr
from hondo.guide.drawing.canvas import Canvas, Picture, number
from hondo.guide.figures.controls import At, Choice, Drag, Slider
from hondo.guide.figures.figure import figure
from hondo.scratch.losses.regression import huber, huber_gradient

_COLOURS = {"mse": "blue", "mae": "orange", "huber": "green"}


def _named() -> dict[str, str]:
    return {"mse": tr("squared", "cuadrático"), "mae": tr("absolute", "absoluto"), "huber": "Huber"}


@figure(
    "loss-regression-shapes",
    ("Three prices for the same error", "Tres precios para el mismo error"),
    Slider("error", ("error ŷ − y", "error ŷ − y"), -4, 4, 2, 0.1, plays=8),
    Slider("delta", ("Huber's δ", "δ de Huber"), 0.2, 3, 1, 0.1),
    drag=Drag(x="error"),
)
def loss_regression_shapes(at: At) -> Picture:
    """The losses of one error, and their derivatives: how hard it pulls."""
    error, delta = at.number("error"), at.number("delta")
    zero = np.zeros(1)

    def one(e: float) -> float:
        return huber(np.array([e]), zero, delta)

    losses = {"mse": error**2, "mae": abs(error), "huber": one(error)}
    pulls = {
        "mse": 2 * error,
        "mae": float(np.sign(error)),
        "huber": float(huber_gradient(np.array([error]), zero, delta)[0]),
    }
    canvas = Canvas(680, 340)
    left = canvas.axes((-4, 4), (0, 8), box=(46, 30, 270, 240), xlabel="ŷ − y", title=tr("loss", "pérdida"))
    right = canvas.axes((-4, 4), (-4, 4), box=(386, 30, 270, 240), xlabel="ŷ − y", title=tr("derivative", "derivada"))
    right.horizontal(0)
    errors = np.linspace(-4, 4, 161)
    left.line(errors, errors**2, "blue")
    left.line(errors, np.abs(errors), "orange")
    left.line(errors, [one(float(e)) for e in errors], "green", 2.6)
    right.line(errors, 2 * errors, "blue")
    right.line([-4, 0], [-1, -1], "orange")
    right.line([0, 4], [1, 1], "orange")
    right.line(errors, np.clip(errors, -delta, delta), "green", 2.6)
    for plot, values in ((left, losses), (right, pulls)):
        plot.vertical(error, "muted")
        for name, value in values.items():
            plot.points([error], [value], _COLOURS[name], 5.5, "ink")
    canvas.legend(180, 330, [(words, _COLOURS[name]) for name, words in _named().items()], across=True, gap=26)
    told = "; ".join(f"{words} {number(losses[n])} ({number(pulls[n])})" for n, words in _named().items())
    return canvas.picture(
        tr(
            f"Error {number(error)}: loss, and in brackets its derivative: {told}.",
            f"Error {number(error)}: pérdida y, entre paréntesis, su derivada: {told}.",
        )
    )


@cache
def _cloud() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(4)
    x = np.linspace(-2.6, 2.6, 14)
    return x, 0.7 * x + rng.normal(0, 0.35, 14)


def fitted(x: np.ndarray, y: np.ndarray, loss: str, delta: float) -> np.ndarray:
    """Slope and height of the line that makes a loss least, by least squares weighted anew until nothing changes."""
    inputs = np.stack([x, np.ones_like(x)], axis=1)
    line = np.linalg.lstsq(inputs, y, rcond=None)[0]
    for _ in range(0 if loss == "mse" else 120):
        size = np.maximum(np.abs(inputs @ line - y), 1e-4)
        weight = 1 / size if loss == "mae" else np.minimum(1, delta / size)
        line = np.linalg.solve(inputs.T @ (weight[:, None] * inputs), inputs.T @ (weight * y))
    return line


@figure(
    "loss-outlier-fit",
    ("One point far off", "Un punto muy apartado"),
    Slider("x", ("the point's x", "x del punto"), -3, 3, 2.4, 0.1),
    Slider("y", ("the point's y", "y del punto"), -4, 4, -3.5, 0.1),
    Slider("delta", ("Huber's δ", "δ de Huber"), 0.1, 2, 0.5, 0.1),
    drag=Drag(x="x", y="y"),
)
def loss_outlier_fit(at: At) -> Picture:
    """Three lines through the same points, each best for its loss."""
    x, y = _cloud()
    all_x, all_y = np.append(x, at.number("x")), np.append(y, at.number("y"))
    canvas = Canvas(680, 370)
    plot = canvas.axes((-3, 3), (-4, 4), box=(46, 20, 610, 280), xlabel="x", ylabel="y")
    slopes: dict[str, float] = {}
    for name, dash in (("mse", ""), ("mae", "8 5"), ("huber", "")):
        line = fitted(all_x, all_y, name, at.number("delta"))
        slopes[name] = float(line[0])
        plot.function(lambda each, line=line: line[0] * each + line[1], _COLOURS[name], 2.6, dash)
    plot.points(x, y, "grey", 4.5)
    plot.points([at.number("x")], [at.number("y")], "red", 7, "ink")
    entries = [(words, _COLOURS[name]) for name, words in _named().items()]
    canvas.legend(70, 360, [*entries, (tr("drag this point", "arrastre este punto"), "red")], across=True, gap=26)
    told = ", ".join(f"{words} {slopes[name]:.2f}" for name, words in _named().items())
    without = float(fitted(x, y, "mse", 1)[0])
    return canvas.picture(
        tr(
            f"Slope of the best line by its loss: {told}. Without the red point, squared: {without:.2f}.",
            f"Pendiente de la mejor recta según la pérdida: {told}. Sin el punto rojo, cuadrático: {without:.2f}.",
        )
    )


_TIMES = np.array([2.1, 2.4, 2.5, 2.9, 3.0, 3.4, 6.6])


@figure(
    "loss-likelihood",
    ("The loss is a guess about the noise", "La pérdida es una hipótesis sobre el ruido"),
    Choice("noise", ("noise", "ruido"), {"normal": ("normal", "normal"), "laplace": ("Laplace", "Laplace")}, "normal"),
    Slider("centre", ("prediction μ", "predicción μ"), 1, 7, 4.5, 0.05, plays=10),
    drag=Drag(x="centre"),
)
def loss_likelihood(at: At) -> Picture:
    """The density that a prediction gives each value, and minus its logarithm, summed."""
    normal, centre = at.chosen("noise") == "normal", at.number("centre")

    def density(y: np.ndarray, middle: float) -> np.ndarray:
        if normal:
            return np.exp(-((y - middle) ** 2) / 2) / np.sqrt(2 * np.pi)
        return np.exp(-np.abs(y - middle)) / 2

    def surprise(middle: float) -> float:
        return float(-np.log(density(_TIMES, middle)).mean())

    canvas = Canvas(680, 330)
    left = canvas.axes((0, 8), (0, 0.55), box=(50, 30, 340, 230), xlabel="y", title=tr("density", "densidad"))
    left.function(lambda y: density(y, centre), "blue")
    left.vertical(centre, "blue")
    for time, height in zip(_TIMES, density(_TIMES, centre), strict=True):
        left.line([time, time], [0, height], "orange", 3)
    left.points(_TIMES, np.zeros(len(_TIMES)), "orange", 5, "ink")
    middles = np.linspace(1, 7, 121)
    surprises = np.array([surprise(float(middle)) for middle in middles])
    right = canvas.axes(
        (1, 7), (1, 6), box=(452, 30, 206, 230), xlabel="μ", title=tr("mean of −log density", "media de −log densidad")
    )
    right.line(middles, surprises, "purple")
    best = float(_TIMES.mean() if normal else np.median(_TIMES))
    right.vertical(best, "green")
    right.points([centre], [surprise(centre)], "purple", 6, "ink")
    which = tr("their mean", "su media") if normal else tr("their median", "su mediana")
    canvas.legend(
        60, 318, [(tr("seven values observed", "siete valores observados"), "orange"),
                  (tr("the best μ", "el mejor μ"), "green")], across=True, gap=26
    )  # fmt: skip
    return canvas.picture(
        tr(
            f"μ = {centre:.2f}: mean of −log density {surprise(centre):.2f}. It is least at {best:.2f}, {which}: "
            f"{surprise(best):.2f}.",
            f"μ = {centre:.2f}: media de −log densidad {surprise(centre):.2f}. Es mínima en {best:.2f}, {which}: "
            f"{surprise(best):.2f}.",
        )
    )
