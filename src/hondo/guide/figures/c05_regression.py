"""Chapter 5: a line through real data, its mean squared error as a surface, and the walk down that surface."""

from functools import cache
from typing import cast

import numpy as np
from sklearn.datasets import load_diabetes
from sklearn.utils import Bunch

from hondo.core.language import tr
from hondo.guide.drawing.axes import Axes
from hondo.guide.drawing.canvas import Canvas, Picture, number
from hondo.guide.drawing.colours import deep_colours
from hondo.guide.figures.controls import At, Choice, Drag, Slider, Toggle
from hondo.guide.figures.doors import linear_neuron, playground
from hondo.guide.figures.figure import figure
from hondo.scratch.losses.regression import mean_squared_error
from hondo.scratch.neuron.linear_regression import (
    Line,
    gradient_descent,
    mse_surface,
    normal_equations,
)

_STEPS = 100
_VIEWS = {
    "raw": ((-4.0, 16.0), (-160.0, 160.0)),
    "centred": ((-12.0, 32.0), (-40.0, 260.0)),
    "standardised": ((-60.0, 140.0), (-40.0, 260.0)),
}


@cache
def _patients() -> tuple[np.ndarray, np.ndarray]:
    """Body-mass index ``(442, 1)`` and progression of the disease after a year ``(442,)``."""
    bunch = cast(Bunch, load_diabetes(scaled=False))
    return np.asarray(bunch.data, float)[:, 2:3], np.asarray(bunch.target, float)


@cache
def _inputs(how: str) -> tuple[np.ndarray, Line]:
    """The index as the neuron gets it, and the best line for it."""
    x, y = _patients()
    if how != "raw":
        x = x - x.mean()
    if how == "standardised":
        x = x / x.std()
    return x, normal_equations(x, y)


@cache
def _surface(how: str) -> np.ndarray:
    x, y = _inputs(how)[0], _patients()[1]
    (left, right), (bottom, top) = _VIEWS[how]
    return mse_surface(x, y, np.linspace(left, right, 64), np.linspace(bottom, top, 64)).T[::-1]  # b up, w to the right


def _draw_surface(plot: Axes, how: str) -> None:
    """The surface as colours, with lines of equal error (ellipses, since MSE is quadratic) and its lowest point."""
    x, best = _inputs(how)
    values = np.sqrt(_surface(how) - _surface(how).min() * 0.98)
    plot.heat(deep_colours(values, values.min(), values.max()))
    design = np.column_stack([x, np.ones(len(x))])
    spread, axes = np.linalg.eigh(design.T @ design / len(x))
    angle = np.linspace(0, 2 * np.pi, 240)
    circle = np.stack([np.cos(angle), np.sin(angle)])
    for excess in (500, 2000, 6000, 12000, 24000, 48000):
        ring = axes @ (circle * np.sqrt(excess / spread)[:, None])
        plot.line(best.w[0] + ring[0], best.b + ring[1], "#ffffff", 1, opacity=0.75)
    plot.crosses([best.w[0]], [best.b], "#b3263b", 5)


def _one_weight(_: At) -> str:
    """A line's slope and height as a neuron's weight and bias, which can be moved by hand or learned."""
    return playground(data="plane", inputs=("x1",), hidden=())


@figure(
    "regression-line",
    ("A line through 442 patients, and its error", "Una recta entre 442 pacientes, y su error"),
    Slider("w", ("slope w", "pendiente w"), -10, 30, 3.0, 0.2),
    Slider("b", ("height b", "altura b"), 50, 250, 200, 1),
    Toggle("errors", ("show the errors", "mostrar los errores"), True),
    drag=Drag(x="w", y="b"),
    playground=_one_weight,
)
def regression_line(at: At) -> Picture:
    """A point of the surface on the left is a line on the right."""
    x, best = _inputs("centred")
    y = _patients()[1]
    line = Line(np.array([at.number("w")]), at.number("b"))
    error, least = mean_squared_error(line(x), y), mean_squared_error(best(x), y)
    canvas = Canvas(640, 360)
    surface = canvas.axes(
        *((-12.0, 32.0), (40.0, 260.0)), box=(56, 30, 236, 272), xlabel=tr("slope w", "pendiente w"), grid=False
    )
    canvas.text(174, 20, tr("MSE of every line", "MSE de cada recta"), size=13, anchor="middle", bold=True)
    canvas.text(14, 166, tr("height b", "altura b"), size=12, anchor="middle", colour_="muted", turn=-90)
    _paint_part(surface, x, y, best)
    surface.points([line.w[0]], [line.b], "#c2541b", 7, "#ffffff")
    _patients_plot(canvas, (360, 30, 266, 272), line, at.on("errors"))
    canvas.text(493, 20, f"MSE = {error:.0f}", size=14, anchor="middle", bold=True, colour_="orange")
    return canvas.picture(
        tr(
            f"The line with slope {number(float(line.w[0]), 3)} and height {line.b:.0f} has MSE {error:.0f}; "
            f"the best one (red cross) has {least:.0f}.",
            f"La recta de pendiente {number(float(line.w[0]), 3)} y altura {line.b:.0f} tiene MSE {error:.0f}; "
            f"la mejor (cruz roja) tiene {least:.0f}.",
        )
    )


def _paint_part(plot: Axes, x: np.ndarray, y: np.ndarray, best: Line) -> None:
    values = _part(plot.x, plot.y)
    plot.heat(deep_colours(values, values.min(), values.max()))
    angle = np.linspace(0, 2 * np.pi, 160)
    for excess in (250, 1000, 2500, 5000, 8000, 12000):
        reach = np.sqrt(excess)
        plot.line(
            best.w[0] + reach / x.std() * np.cos(angle), best.b + reach * np.sin(angle), "#ffffff", 1, opacity=0.75
        )
    plot.crosses([best.w[0]], [best.b], "#b3263b", 5)


@cache
def _part(w: tuple[float, float], b: tuple[float, float]) -> np.ndarray:
    x, y = _inputs("centred")[0], _patients()[1]
    return np.sqrt(mse_surface(x, y, np.linspace(*w, 64), np.linspace(*b, 64)).T[::-1])


def _patients_plot(
    canvas: Canvas, box: tuple[float, float, float, float], line: Line, errors: bool, how: str = "centred"
) -> None:
    """The patients and a line; its input is the index as ``how`` says, the axis shows it as measured."""
    index, y = _patients()
    x = _inputs(how)[0]
    plot = canvas.axes(
        (17, 43),
        (0, 360),
        box=box,
        xlabel=tr("body-mass index (kg/m²)", "índice de masa corporal (kg/m²)"),
        ylabel=tr("progression", "progresión"),
    )
    predicted = line(x)
    if errors:
        for place in range(0, len(y), 3):
            xs = [index[place, 0]] * 2
            plot.line(xs, [y[place], predicted[place]], "orange", 1, opacity=0.45)
    plot.points(index[:, 0], y, "blue", 2.6 if box[3] > 200 else 1.8, opacity=0.65)
    order = [int(index.argmin()), int(index.argmax())]
    plot.line(index[order, 0], predicted[order], "orange", 3)


def _descent(at: At) -> str:
    """One weight and a bias learned from all points, at the same share of the rate that is the limit there."""
    return linear_neuron(2 * at.number("rate") / 100)


@figure(
    "regression-descent",
    ("The walk down to the best line", "El descenso hasta la mejor recta"),
    Choice(
        "inputs",
        ("body-mass index", "índice de masa corporal"),
        {
            "raw": ("as measured", "tal como se midió"),
            "centred": ("minus its mean", "menos su media"),
            "standardised": ("standardised", "estandarizado"),
        },
        "centred",
    ),
    Slider("rate", ("learning rate, % of the limit", "tasa, % del límite"), 2, 104, 80, 2),
    Slider("step", ("step", "paso"), 0, _STEPS, 30, 1, plays=8),
    playground=_descent,
)
def regression_descent(at: At) -> Picture:
    """The path on the surface, the line there, and the error after each step."""
    how, share, steps = at.chosen("inputs"), at.number("rate"), at.whole("step")
    x, best = _inputs(how)
    y = _patients()[1]
    design = np.column_stack([x, np.ones(len(x))])
    curvature = np.linalg.eigvalsh(2 * design.T @ design / len(x))
    rate = share / 100 * 2 / float(curvature[-1])
    path = gradient_descent(x, y, rate, _STEPS)
    errors = np.array([mean_squared_error(line(x), y) for line in path])
    least = mean_squared_error(best(x), y)
    canvas = Canvas(640, 400)
    plot = canvas.axes(*_VIEWS[how], box=(58, 26, 270, 316), xlabel=tr("slope w", "pendiente w"), grid=False)
    canvas.text(14, 184, "b", size=13, anchor="middle", colour_="muted")
    _draw_surface(plot, how)
    ws, bs = [line.w[0] for line in path[: steps + 1]], [line.b for line in path[: steps + 1]]
    plot.line(ws, bs, "#c2541b", 2)
    plot.points(ws, bs, "#c2541b", 3, "#ffffff")
    plot.points(ws[-1:], bs[-1:], "#c2541b", 7, "#ffffff")
    _patients_plot(canvas, (402, 26, 224, 136), path[steps], errors=False, how=how)
    below = canvas.axes((0, _STEPS), (0, 31), box=(402, 238, 224, 104), xlabel=tr("step", "paso"))
    canvas.text(402, 230, tr("MSE in thousands", "MSE en miles"), size=12, colour_="muted")
    below.line(np.arange(_STEPS + 1), errors / 1000, "faint", 2)
    below.line(np.arange(steps + 1), errors[: steps + 1] / 1000, "orange", 2.4)
    below.horizontal(least / 1000, "red", "4 4", 1.2)
    below.points([steps], [errors[steps] / 1000], "orange", 5)
    ratio = curvature[-1] / curvature[0]
    canvas.text(
        58,
        390,
        tr(
            f"η = {number(rate, 2)}    steepest curvature / flattest = {number(ratio, 3)}",
            f"η = {number(rate, 2)}    mayor curvatura / menor = {number(ratio, 3)}",
        ),
        size=12,
        colour_="muted",
    )
    shown = f"{errors[steps]:.0f}" if errors[steps] < 1e7 else number(float(errors[steps]), 3)
    return canvas.picture(
        tr(
            f"After {steps} steps with η = {rate:.2g} the MSE is {shown}; the least possible is {least:.0f} (red).",
            f"Tras {steps} pasos con η = {rate:.2g}, el MSE es {shown}; el menor posible es {least:.0f} (rojo).",
        )
    )
