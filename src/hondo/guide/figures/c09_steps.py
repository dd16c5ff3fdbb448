"""How long a step may be: on a parabola, in a ravine, and when to stop taking them."""

from functools import cache
from itertools import pairwise

import numpy as np

from hondo.core.language import tr
from hondo.guide.drawing.canvas import Canvas, Picture, number
from hondo.guide.figures.c09_surfaces import draw_map, draw_path
from hondo.guide.figures.controls import At, Drag, Slider
from hondo.guide.figures.doors import linear_neuron
from hondo.guide.figures.figure import figure
from hondo.scratch.descent.gradient_descent import walk
from hondo.scratch.descent.optimizers import SGD
from hondo.scratch.descent.stopping import SmallGradient
from hondo.scratch.descent.surfaces import SURFACES

_LOWEST = 1.0  # where the parabola has its minimum


def _behaviour(product: float) -> str:
    """What the product of learning rate and curvature means."""
    if product == 0:
        return tr("it does not move", "no se mueve")
    if abs(product - 1) < 1e-9:
        return tr("a single step arrives", "llega en un solo paso")
    if product < 1:
        return tr("it approaches from one side", "se acerca por un lado")
    if abs(product - 2) < 1e-9:
        return tr("it jumps to and fro for ever", "salta de un lado a otro para siempre")
    if product < 2:
        return tr("it overshoots, and yet approaches", "se pasa de largo y aun así se acerca")
    return tr("every step ends farther away: it diverges", "cada paso acaba más lejos: diverge")


def _in_playground(at: At) -> str:
    """A weight and a bias whose loss is a parabola; the rate stands to its curvature as it does here."""
    return linear_neuron(at.number("rate") * at.number("curvature"))


@figure(
    "descent-parabola",
    ("Too short, right, too long", "Corto, justo, largo"),
    Slider("rate", ("learning rate η", "tasa de aprendizaje η"), 0, 2.2, 0.3, 0.05),
    Slider("curvature", ("curvature λ", "curvatura λ"), 0.5, 3, 1, 0.1),
    Slider("w", ("start w₀", "salida w₀"), -3, 5, -2, 0.1),
    Slider("steps", ("steps", "pasos"), 0, 20, 6, 1, plays=3),
    drag=Drag(x="w"),
    playground=_in_playground,
)
def descent_parabola(at: At) -> Picture:
    """On a parabola every step multiplies the distance by the same number."""
    rate, curvature, steps = at.number("rate"), at.number("curvature"), at.whole("steps")
    factor = 1 - rate * curvature
    points = _LOWEST + (at.number("w") - _LOWEST) * factor ** np.arange(steps + 1)

    def height(w: np.ndarray) -> np.ndarray:
        return curvature * (w - _LOWEST) ** 2 / 2

    top = float(height(np.array(5.0))) * 1.1
    canvas = Canvas(680, 340)
    plot = canvas.axes((-3.5, 5.5), (0, top), box=(52, 26, 290, 262), xlabel="w", ylabel="L(w)")
    plot.function(height, "blue")
    for before, after in pairwise(points):
        plot.line([before, after], height(np.array([before, after])), "orange", 1.4, "4 3")
    plot.points(points[1:], height(points[1:]), "orange", 4)
    plot.points(points[:1], height(points[:1]), "paper", 5, "ink")
    chart = canvas.axes((0, 20), (-4, 3), box=(410, 26, 250, 262), xlabel=tr("step", "paso"), ylabel="log₁₀ |w − w*|")
    distance = np.log10(np.maximum(np.abs(points - _LOWEST), 1e-9))
    chart.line(np.arange(steps + 1), distance, "orange", 1.5)
    chart.points(np.arange(steps + 1), distance, "orange", 3.5)
    return canvas.picture(
        tr(
            f"ηλ = {number(rate * curvature)}: each step multiplies the distance to the minimum by 1 − ηλ = "
            f"{number(factor)}; {_behaviour(rate * curvature)}. The limit is η = 2/λ = {number(2 / curvature)}.",
            f"ηλ = {number(rate * curvature)}: cada paso multiplica la distancia al mínimo por 1 − ηλ = "
            f"{number(factor)}; {_behaviour(rate * curvature)}. El límite es η = 2/λ = {number(2 / curvature)}.",
        )
    )


@figure(
    "descent-ravine",
    ("One rate for all directions", "Una sola tasa para todas las direcciones"),
    Slider("kappa", ("condition number κ", "número de condición κ"), 1, 40, 12, 1),
    Slider("share", ("η as a share of its limit", "η como fracción de su límite"), 0.02, 1.06, 0.9, 0.01),
    Slider("steps", ("steps", "pasos"), 0, 60, 18, 1, plays=8),
)
def descent_ravine(at: At) -> Picture:
    """The steepest direction sets the limit, the flattest one the pace."""
    kappa, share, steps = at.number("kappa"), at.number("share"), at.whole("steps")
    rate = share * 2 / kappa
    factors = np.array([1 - rate, 1 - rate * kappa])
    path = np.array([-2.7, 0.9]) * factors ** np.arange(steps + 1)[:, None]
    canvas = Canvas(680, 290)
    plan = canvas.axes((-3, 3), (-1.5, 1.5), box=(46, 30, 360, 180), xlabel="u", ylabel="v", grid=False)
    draw_map(plan, lambda point: (point[..., 0] ** 2 + kappa * point[..., 1] ** 2) / 2)
    draw_path(plan, path)
    chart = canvas.axes(
        (0, 60),
        (-4, 1),
        box=(468, 30, 192, 180),
        xlabel=tr("step", "paso"),
        ylabel=tr("log₁₀ distance", "log₁₀ distancia"),
    )
    with np.errstate(divide="ignore"):
        for column, colour in ((0, "blue"), (1, "orange")):
            chart.line(np.arange(steps + 1), np.log10(np.abs(path[:, column]) + 1e-12), colour)
    entries = [(tr("u, flat (λ = 1)", "u, plana (λ = 1)"), "blue"),
               (tr(f"v, steep (λ = {kappa:.0f})", f"v, empinada (λ = {kappa:.0f})"), "orange")]  # fmt: skip
    canvas.legend(60, 280, entries, across=True)
    best = 2 / (1 + kappa)
    return canvas.picture(
        tr(
            f"η = {number(rate)} (limit 2/κ = {number(2 / kappa)}): each step multiplies u by {number(factors[0])} and "
            f"v by {number(factors[1])}. The best rate, {number(best)}, would multiply both by ±{number(1 - best)}.",
            f"η = {number(rate)} (límite 2/κ = {number(2 / kappa)}): cada paso multiplica u por {number(factors[0])} y "
            f"v por {number(factors[1])}. La mejor tasa, {number(best)}, multiplicaría ambas por ±{number(1 - best)}.",
        )
    )


@cache
def _past_the_saddle(exponent: float) -> tuple[np.ndarray, np.ndarray]:
    surface = SURFACES["saddle"]
    path = walk(surface, (1.5, 10.0**exponent), SGD(0.1), 140)
    return surface.value(path), np.linalg.norm(surface.gradient(path), axis=-1)


@figure(
    "descent-stopping",
    ("When to stop", "Cuándo parar"),
    Slider("tolerance", ("log₁₀ of the gradient's tolerance", "log₁₀ de la tolerancia del gradiente"),
           -5, -0.5, -2, 0.1),
    Slider("beside", ("log₁₀ of the start's distance from the ridge", "log₁₀ de la distancia inicial a la cresta"),
           -8, -1, -5, 0.5),
    Slider("budget", ("most steps", "pasos como máximo"), 10, 140, 140, 1),
)  # fmt: skip
def descent_stopping(at: At) -> Picture:
    """A short gradient says that the ground is flat, and no more."""
    tolerance, budget = 10 ** at.number("tolerance"), at.whole("budget")
    losses, lengths = _past_the_saddle(at.number("beside"))
    steps = np.arange(len(losses))
    flat = [step for step in steps if SmallGradient(tolerance)(losses[: step + 1].tolist(), float(lengths[step]))]
    stop = min(flat[0] if flat else budget, budget)
    canvas = Canvas(680, 370)
    upper = canvas.axes((0, 140), (-1.2, 2.4), box=(62, 20, 596, 130), ylabel=tr("loss", "pérdida"))
    lower = canvas.axes(
        (0, 140), (-5, 1), box=(62, 186, 596, 136), xlabel=tr("step", "paso"), ylabel=tr("log₁₀ |∇L|", "log₁₀ |∇L|")
    )
    upper.line(steps, losses, "grey", 2, opacity=0.45)
    upper.line(steps[: stop + 1], losses[: stop + 1], "blue", 2.6)
    lower.line(steps, np.log10(lengths + 1e-12), "grey", 2, opacity=0.45)
    lower.line(steps[: stop + 1], np.log10(lengths[: stop + 1] + 1e-12), "blue", 2.6)
    lower.horizontal(at.number("tolerance"), "orange")
    for plot in (upper, lower):
        plot.vertical(stop, "orange")
    upper.points([stop], [losses[stop]], "orange", 6, "ink")
    by_gradient = bool(flat) and flat[0] <= budget
    why = (
        tr("the gradient is short enough", "el gradiente ya es corto")
        if by_gradient
        else tr("the steps ran out", "se acabaron los pasos")
    )
    near = abs(losses[stop]) < 0.1
    where = (
        tr("at the saddle, where the loss can still fall by 1", "en la silla, donde la pérdida aún puede bajar 1")
        if near
        else tr("at a minimum", "en un mínimo")
        if losses[stop] < -0.99
        else tr("on the way", "a mitad de camino")
    )
    return canvas.picture(
        tr(
            f"It stops after {stop} steps because {why}: loss {number(float(losses[stop]))}, {where}.",
            f"Se detiene tras {stop} pasos porque {why}: pérdida {number(float(losses[stop]))}, {where}.",
        )
    )
