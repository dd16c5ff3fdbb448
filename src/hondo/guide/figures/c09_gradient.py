"""What a gradient says: the slope in every direction, and what lies where it vanishes."""

import math

import numpy as np

from hondo.core.language import tr
from hondo.guide.drawing.canvas import Canvas, Picture, number
from hondo.guide.drawing.colours import signed_colours
from hondo.guide.figures.c09_surfaces import DARK, PALE, draw_map
from hondo.guide.figures.controls import At, Drag, Slider
from hondo.guide.figures.figure import figure


def _height(point: np.ndarray) -> np.ndarray:
    u, v = point[..., 0], point[..., 1]
    return u**2 / 2 + v**2 + u * v / 2


def _slopes(u: float, v: float) -> np.ndarray:
    return np.array([u + v / 2, 2 * v + u / 2])


@figure(
    "descent-compass",
    ("The slope in every direction", "La pendiente en cada dirección"),
    Slider("u", "u", -3, 3, 2, 0.1),
    Slider("v", "v", -2, 2, -1, 0.1),
    Slider("angle", ("direction (degrees)", "dirección (grados)"), 0, 360, 60, 5, plays=6),
    drag=Drag(x="u", y="v"),
)
def descent_compass(at: At) -> Picture:
    """A direction's slope is the gradient's shadow on it."""
    u, v, angle = at.number("u"), at.number("v"), at.number("angle")
    g = _slopes(u, v)
    length, steepest = float(np.hypot(*g)), math.degrees(math.atan2(g[1], g[0])) % 360
    turned = math.radians(angle)
    slope = float(g @ (math.cos(turned), math.sin(turned)))
    canvas = Canvas(680, 336)
    plan = canvas.axes((-3, 3), (-2, 2), box=(46, 46, 330, 220), xlabel="u", ylabel="v", grid=False)
    draw_map(plan, _height)
    if length > 1e-9:
        for sign, colour in ((0.9, "orange"), (-0.9, "green")):
            plan.arrow(u, v, u + sign * g[0] / length, v + sign * g[1] / length, colour, 3)
        across = np.array([-g[1], g[0]]) / length
        plan.line([u - across[0], u + across[0]], [v - across[1], v + across[1]], PALE, 2, "5 4")
    for shade, width in ((DARK, 4), ("ink", 2)):  # light on a dark page, and then edged so that it shows on pale bands
        plan.arrow(u, v, u + 0.9 * math.cos(turned), v + 0.9 * math.sin(turned), shade, width)
    plan.points([u], [v], "ink", 5, DARK)
    top = max(1.0, math.ceil(length))
    chart = canvas.axes(
        (0, 360),
        (-top, top),
        box=(434, 46, 226, 220),
        xlabel=tr("direction (degrees)", "dirección (grados)"),
        ylabel=tr("slope", "pendiente"),
    )
    chart.horizontal(0)
    chart.function(lambda each: length * np.cos(np.radians(each - steepest)), "blue")
    if length > 1e-9:
        chart.points([steepest], [length], "orange", 6)
        chart.points([(steepest + 180) % 360], [-length], "green", 6)
    chart.points([angle], [slope], "ink", 6)
    entries = [(tr("∇f, up", "∇f, sube"), "orange"), (tr("−∇f, down", "−∇f, baja"), "green"),
               (tr("the chosen direction", "la dirección elegida"), "ink")]  # fmt: skip
    canvas.legend(60, 326, entries, across=True)
    return canvas.picture(
        tr(
            f"∇f = ({number(g[0])}, {number(g[1])}), of length {number(length)}. Towards {angle:.0f}° the slope is "
            f"{number(slope)}; it is greatest towards {steepest:.0f}°, least the opposite way, 0 along the level line.",
            f"∇f = ({number(g[0])}, {number(g[1])}), de longitud {number(length)}. Hacia {angle:.0f}° la pendiente "
            f"vale {number(slope)}; es máxima hacia {steepest:.0f}°, mínima en sentido opuesto y 0 a lo largo de la "
            "curva de nivel.",
        )
    )


def _kind(a: float, b: float) -> str:
    if a > 0 and b > 0:
        return tr("a minimum", "un mínimo")
    if a < 0 and b < 0:
        return tr("a maximum", "un máximo")
    if a * b < 0:
        return tr("a saddle", "un punto de silla")
    return tr("a flat direction: second derivatives alone do not decide", "una dirección plana: las segundas derivadas "
              "no bastan para decidir")  # fmt: skip


@figure(
    "descent-critical-points",
    ("Where the gradient is zero", "Donde el gradiente es cero"),
    Slider("a", ("curvature along u", "curvatura a lo largo de u"), -2, 2, 1.5, 0.1),
    Slider("b", ("curvature along v", "curvatura a lo largo de v"), -2, 2, -1, 0.1),
    Slider("u", ("start u", "salida u"), -2, 2, 1.5, 0.05),
    Slider("v", ("start v", "salida v"), -2, 2, 0.05, 0.05),
    Slider("steps", ("steps of η = 0.1", "pasos con η = 0.1"), 0, 60, 30, 1, plays=8),
    drag=Drag(x="u", y="v"),
)
def descent_critical_points(at: At) -> Picture:
    """A quadratic around its critical point, and a descent that begins beside it."""
    curvature = np.array([at.number("a"), at.number("b")])
    start = np.array([at.number("u"), at.number("v")])
    path = start * (1 - 0.1 * curvature) ** np.arange(at.whole("steps") + 1)[:, None]  # (steps + 1, 2)
    canvas = Canvas(680, 340)
    plan = canvas.axes((-2, 2), (-2, 2), box=(46, 26, 272, 268), xlabel="u", ylabel="v", grid=False)
    grid = np.stack(np.meshgrid(np.linspace(-2, 2, 120), np.linspace(2, -2, 120)), axis=-1)
    heights = (grid**2 @ curvature) / 2
    plan.heat(signed_colours(np.round(heights * 3) / 3, 5))
    for u in np.linspace(-1.6, 1.6, 7):
        for v in np.linspace(-1.6, 1.6, 7):
            du, dv = -0.16 * curvature * (u, v)
            if math.hypot(du, dv) > 0.02:
                canvas.arrow(plan.px(u), plan.py(v), plan.px(u + du), plan.py(v + dv), "grey", 1.2, 5)
    plan.line(path[:, 0], path[:, 1], DARK, 2)
    plan.points(path[:, 0], path[:, 1], DARK, 2.5, DARK)
    plan.points(path[:1, 0], path[:1, 1], PALE, 5, DARK)
    plan.crosses([0], [0], "red", 5)
    chart = canvas.axes((-2, 2), (-4, 4), box=(392, 26, 268, 268), xlabel=tr("distance", "distancia"), ylabel="f")
    chart.function(lambda each: curvature[0] * each**2 / 2, "blue")
    chart.function(lambda each: curvature[1] * each**2 / 2, "purple", dash="7 4")
    canvas.legend(
        420, 46, [(tr("along u", "a lo largo de u"), "blue"), (tr("along v", "a lo largo de v"), "purple")], across=True
    )
    end = path[-1]
    outside = bool(np.abs(end).max() > 2)
    where = (
        tr("the descent has left the picture", "el descenso ha salido de la imagen")
        if outside
        else tr(f"the descent is at ({end[0]:.2f}, {end[1]:.2f})", f"el descenso está en ({end[0]:.2f}, {end[1]:.2f})")
    )
    signs = tr("Eigenvalues of the Hessian", "Autovalores de la hessiana")
    shown = f"{number(curvature[0])}, {number(curvature[1])}"
    return canvas.picture(f"{signs}: {shown} → {_kind(*curvature)}; {where}.")
