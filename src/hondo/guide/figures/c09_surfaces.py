"""Landscapes seen from above, with the way down: the surfaces of chapter 9, and the map that its other figures use."""

from collections.abc import Callable
from functools import cache

import numpy as np

from hondo.core.language import tr
from hondo.guide.drawing.axes import Axes
from hondo.guide.drawing.canvas import Canvas, Picture, number
from hondo.guide.drawing.colours import deep_colours
from hondo.guide.figures.controls import At, Choice, Drag, Slider
from hondo.guide.figures.figure import figure
from hondo.scratch.descent.gradient_descent import walk
from hondo.scratch.descent.optimizers import SGD
from hondo.scratch.descent.surfaces import SURFACES

BANDS = 12
_GRID = 150
DARK, PALE = "#14202b", "#ffffff"  # marks on a map, which is the same on light and dark pages


def draw_map(axes: Axes, value: Callable[[np.ndarray], np.ndarray]) -> None:
    """A surface from above in bands: the deeper the blue, the lower; the bands' edges are level lines."""
    xs, ys = np.linspace(*axes.x, _GRID), np.linspace(*axes.y, _GRID)
    heights = value(np.stack(np.meshgrid(xs, ys[::-1]), axis=-1))  # (rows, columns), the upper row first
    low, high = float(heights.min()), float(heights.max())
    share = np.log1p(60 * (heights - low) / ((high - low) or 1.0)) / np.log(61)
    axes.heat(deep_colours(1 - np.floor(share * BANDS) / BANDS, 0, 1.15))


def draw_path(axes: Axes, points: np.ndarray, colour: str = "orange", radius: float = 3) -> None:
    """A way over a map: its steps, its start and where it is now."""
    axes.line(points[:, 0], points[:, 1], colour, 1.8)
    axes.points(points[1:-1, 0], points[1:-1, 1], colour, radius)
    axes.points(points[:1, 0], points[:1, 1], PALE, 5, DARK)
    axes.points(points[-1:, 0], points[-1:, 1], colour, 6, DARK)


@cache
def way(name: str, u: float, v: float, rate: float, steps: int) -> np.ndarray:
    """Gradient descent over a surface, until it has flown away."""

    def gone(losses: object, length: float) -> str | None:
        return "gone" if length > 1e7 else None

    with np.errstate(all="ignore"):
        return walk(SURFACES[name], (u, v), SGD(rate), steps, (gone,))


def of_surface(name: str) -> str:
    """A surface's name for a sentence."""
    return {
        "bowl": tr("bowl", "cuenco"),
        "ravine": tr("ravine", "barranco"),
        "rosenbrock": tr("Rosenbrock's valley", "valle de Rosenbrock"),
        "saddle": tr("saddle", "silla de montar"),
        "many_minima": tr("many minima", "muchos mínimos"),
    }[name]


@figure(
    "descent-surfaces",
    ("Five landscapes, one rule", "Cinco paisajes y una sola regla"),
    Choice(
        "surface",
        ("surface", "superficie"),
        {
            "bowl": ("bowl", "cuenco"),
            "ravine": ("ravine", "barranco"),
            "rosenbrock": ("Rosenbrock", "Rosenbrock"),
            "saddle": ("saddle", "silla de montar"),
            "many_minima": ("many minima", "muchos mínimos"),
        },
        "ravine",
    ),
    Slider("rate", "log₁₀ η", -4, 0.2, -1.1, 0.05),
    Slider("steps", ("steps", "pasos"), 0, 200, 25, 1, plays=12),
    Slider("u", ("start u", "salida u"), -3, 3, -2.6, 0.05),
    Slider("v", ("start v", "salida v"), -3, 3, 1.8, 0.05),
    drag=Drag(x="u", y="v"),
)
def descent_surfaces(at: At) -> Picture:
    """Where gradient descent gets from a start with a learning rate."""
    name, rate, steps = at.chosen("surface"), 10 ** at.number("rate"), at.whole("steps")
    surface = SURFACES[name]
    canvas = Canvas(680, 360)
    plan = canvas.axes((-3, 3), (-3, 3), box=(46, 26, 290, 286), xlabel="u", ylabel="v", grid=False)
    draw_map(plan, surface.value)
    path = way(name, at.number("u"), at.number("v"), rate, steps)
    draw_path(plan, path, radius=2.2)
    for lowest in surface.minima:
        plan.crosses([lowest[0]], [lowest[1]], "red", 5)
    bottom = float(surface.value(np.array(surface.minima[0])))
    above = surface.value(path) - bottom
    chart = canvas.axes(
        (0, max(10, steps)),
        (-6, 4),
        box=(410, 26, 250, 286),
        xlabel=tr("step", "paso"),
        ylabel=tr("log₁₀ of the height left", "log₁₀ de la altura que falta"),
    )
    chart.line(np.arange(len(path)), np.log10(np.maximum(above, 1e-12)), "blue")
    lost = not np.isfinite(above[-1]) or above[-1] > 1e4 + above[0]
    told = number(float(above[-1]), 3)
    return canvas.picture(
        tr(f"{of_surface(name)}, η = {number(rate)}: ", f"{of_surface(name)}, η = {number(rate)}: ").capitalize()
        + (
            tr(f"after {len(path) - 1} steps it has flown away.", f"en {len(path) - 1} pasos ha salido despedido.")
            if lost
            else tr(
                f"after {len(path) - 1} steps it is {told} above the lowest point (red cross).",
                f"tras {len(path) - 1} pasos está {told} por encima del punto más bajo (cruz roja).",
            )
        )
    )
