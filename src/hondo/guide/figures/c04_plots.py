"""Figures on plots: what numbers hide, what a scale shows, what a colour map does to a picture."""

from functools import cache

import matplotlib
import numpy as np
from scipy.signal import lfilter
from sklearn.datasets import load_breast_cancer

from hondo.core.arrays import Array, FloatArray
from hondo.core.language import tr
from hondo.guide.drawing.axes import Axes
from hondo.guide.drawing.canvas import Canvas, Picture, number
from hondo.guide.figures.controls import At, Choice, Slider, Toggle
from hondo.guide.figures.figure import figure

_X = (10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5)
_X4 = (8, 8, 8, 8, 8, 8, 8, 19, 8, 8, 8)
_QUARTET = {  # F. J. Anscombe, Graphs in Statistical Analysis, 1973
    "1": (_X, (8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68)),
    "2": (_X, (9.14, 8.14, 8.74, 8.77, 9.26, 8.10, 6.13, 3.10, 9.13, 7.26, 4.74)),
    "3": (_X, (7.46, 6.77, 12.74, 7.11, 7.81, 8.84, 6.08, 5.39, 8.15, 6.42, 5.73)),
    "4": (_X4, (6.58, 5.76, 7.71, 8.84, 8.47, 7.04, 5.25, 12.50, 5.56, 7.91, 6.89)),
}


@figure(
    "plot-same-numbers",
    ("Four tables with the same statistics", "Cuatro tablas con las mismas estadísticas"),
    Choice("table", ("table", "tabla"), {key: key for key in _QUARTET}, "1"),
    Toggle("seen", ("show the points", "mostrar los puntos"), True),
)
def plot_same_numbers(at: At) -> Picture:
    """Anscombe's quartet: the numbers, and the points they come from."""
    canvas = Canvas(640, 340)
    x, y = (np.array(each, float) for each in _QUARTET[at.chosen("table")])
    slope, level = np.polyfit(x, y, 1)
    plot = canvas.axes((2, 20), (2, 14), box=(52, 20, 370, 270), xlabel="x", ylabel="y")
    plot.function(lambda t: slope * t + level, "orange")
    if at.on("seen"):
        plot.points(x, y, "blue", 6)
    facts = [
        (tr("mean of x", "media de x"), x.mean()),
        (tr("mean of y", "media de y"), y.mean()),
        (tr("variance of x", "varianza de x"), x.var(ddof=1)),
        (tr("variance of y", "varianza de y"), y.var(ddof=1)),
        (tr("correlation", "correlación"), np.corrcoef(x, y)[0, 1]),
        (tr("slope", "pendiente"), slope),
        (tr("intercept", "ordenada en 0"), level),
    ]
    for k, (name, value) in enumerate(facts):
        canvas.text(450, 60 + 28 * k, name, size=13, colour_="muted")
        canvas.text(620, 60 + 28 * k, f"{value:.2f}", size=14, mono=True, anchor="end")
    return canvas.picture(
        tr(
            f"Table {at.chosen('table')}: y ≈ {level:.2f} + {slope:.2f}·x, correlation {facts[4][1]:.2f}, "
            "as in the "
            "other three.",
            f"Tabla {at.chosen('table')}: y ≈ {level:.2f} + {slope:.2f}·x, correlación {facts[4][1]:.2f}, "
            "como en las "
            "otras tres.",
        )
    )


_RATES = {0.003: "orange", 0.03: "green", 0.3: "blue"}
_STEPS = 1500


@cache
def _losses(rate: float) -> FloatArray:
    """The loss of each mini-batch while logistic regression learns to tell tumours apart."""
    x, y = (np.asarray(each) for each in load_breast_cancer(return_X_y=True))
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    rng = np.random.default_rng(0)
    w, b, losses = np.zeros(x.shape[1]), 0.0, np.empty(_STEPS)
    for step in range(_STEPS):
        batch = rng.integers(0, len(x), 32)
        z = x[batch] @ w + b
        losses[step] = np.mean(np.logaddexp(0, z) - y[batch] * z)
        error = 1 / (1 + np.exp(-z)) - y[batch]
        w, b = w - rate * error @ x[batch] / 32, b - rate * error.mean()
    return losses


def _smoothed(values: FloatArray, kept: float) -> FloatArray:
    """The exponential moving average, corrected for its beginning."""
    average = np.asarray(lfilter([1 - kept], [1, -kept], values))
    return average / (1 - kept ** np.arange(1, len(values) + 1))


@figure(
    "plot-scales",
    ("One training, four ways to draw it", "Un entrenamiento, cuatro maneras de dibujarlo"),
    Toggle("logx", ("logarithmic steps", "pasos en escala logarítmica"), False),
    Toggle("logy", ("logarithmic loss", "pérdida en escala logarítmica"), False),
    Slider("kept", ("smoothing", "suavizado"), 0, 0.98, 0.9, 0.02),
)
def plot_scales(at: At) -> Picture:
    """Losses of three learning rates on the scales chosen."""
    canvas = Canvas(640, 370)
    logx, logy, kept = at.on("logx"), at.on("logy"), at.number("kept")
    steps = np.arange(1, _STEPS + 1)
    xs = np.log10(steps) if logx else steps / 1.0
    across = (0.0, float(np.log10(_STEPS))) if logx else (0.0, float(_STEPS))
    up = (-2.6, 0.1) if logy else (0.0, 1.0)
    plot = canvas.axes(across, up, box=(66, 24, 440, 286), ticks=False, grid=False)
    _ticks(canvas, plot, [1, 10, 100, 1000] if logx else [0, 500, 1000, 1500], logx, True)
    _ticks(canvas, plot, [0.01, 0.1, 1] if logy else [0, 0.25, 0.5, 0.75, 1], logy, False)
    canvas.text(286, 354, tr("step", "paso"), size=12, anchor="middle", colour_="muted")
    canvas.text(18, 167, tr("loss", "pérdida"), size=12, anchor="middle", colour_="muted", turn=-90)
    ends = {}
    for rate, shade in _RATES.items():
        losses = _losses(rate)
        smooth = _smoothed(losses, kept)
        ends[rate] = smooth[-1]
        if kept > 0:
            plot.line(xs, np.log10(losses + 1e-6) if logy else losses, shade, 0.6, opacity=0.3)
        every = 3 if kept > 0.5 and not logx else 1
        plot.line(xs[::every], (np.log10(smooth + 1e-6) if logy else smooth)[::every], shade, 2.4 if kept > 0 else 0.9)
    canvas.text(520, 40, tr("learning rate", "tasa de"), size=12, colour_="muted")
    canvas.text(520, 56, tr("", "aprendizaje"), size=12, colour_="muted")
    canvas.legend(520, 82, [(number(rate), shade) for rate, shade in _RATES.items()])
    shown = " · ".join(f"{rate}: {each:.2f}" for rate, each in ends.items())
    return canvas.picture(
        tr(
            f"Loss of each batch of 32 (thin) and its moving average (thick, {kept:.2f} kept at each "
            "step); at the "
            f"end {shown}.",
            f"Pérdida de cada lote de 32 (fina) y su media móvil (gruesa, conserva {kept:.2f} en cada "
            "paso); al final "
            f"{shown}.",
        )
    )


def _ticks(canvas: Canvas, plot: Axes, values: list[float], logarithmic: bool, across: bool) -> None:
    left, top, width, height = plot.box
    for value in values:
        place = float(np.log10(value)) if logarithmic else float(value)
        if across:
            x = plot.px(place)
            canvas.line(x, top, x, top + height, "faint", 1)
            canvas.text(x, top + height + 18, number(value, 4), size=12, anchor="middle", colour_="muted")
        else:
            y = plot.py(place)
            canvas.line(left, y, left + width, y, "faint", 1)
            canvas.text(left - 8, y + 4, number(value, 4), size=12, anchor="end", colour_="muted")


_MAPS = {
    "viridis": "viridis",
    "cividis": "cividis",
    "gray": "gray",
    "jet": "jet",
    "hsv": "hsv",
    "RdBu": "RdBu",
}


def _lightness(colours: FloatArray) -> FloatArray:
    """CIE L* of sRGB colours from 0 to 1, ``(..., 3)``: how light they look, from 0 to 100."""
    linear = np.where(colours <= 0.04045, colours / 12.92, ((colours + 0.055) / 1.055) ** 2.4)
    luminance = linear @ np.array([0.2126, 0.7152, 0.0722])
    return np.where(luminance > 216 / 24389, 116 * np.cbrt(luminance) - 16, luminance * 24389 / 27)


@cache
def _hills() -> FloatArray:
    y, x = np.mgrid[-1:1:90j, -1.3:1.3:117j]
    surface = np.exp(-((x + 0.5) ** 2 + (y - 0.1) ** 2) * 4) + 0.8 * np.exp(-((x - 0.6) ** 2 + (y + 0.3) ** 2) * 7)
    return (surface + 0.25 * (x + 1.3) / 2.6) / (surface + 0.25 * (x + 1.3) / 2.6).max()


@figure(
    "plot-colormaps",
    ("A smooth surface through six colour maps", "Una superficie suave en seis mapas de color"),
    Choice("name", ("colour map", "mapa de color"), _MAPS, "jet"),
    Toggle("grey", ("as a photocopy shows it", "como en una fotocopia"), False),
)
def plot_colormaps(at: At) -> Picture:
    """A picture, the ramp of its colours, and how light each looks."""
    canvas = Canvas(640, 330)
    name, grey = at.chosen("name"), at.on("grey")
    table = matplotlib.colormaps[name]

    def painted(values: FloatArray) -> Array:
        colours = np.asarray(table(values))[..., :3]
        if grey:
            colours = np.repeat(_as_grey(_lightness(colours))[..., None], 3, axis=-1)
        return np.round(255 * colours).astype(np.uint8)

    ramp = np.linspace(0, 1, 256)
    canvas.pixels(24, 24, 325, 250, painted(_hills()), smooth=True)
    canvas.pixels(24, 286, 325, 18, painted(ramp[None]))
    canvas.text(24, 322, "0", size=12, colour_="muted")
    canvas.text(349, 322, "1", size=12, anchor="end", colour_="muted")
    light = _lightness(np.asarray(table(ramp))[:, :3])
    plot = canvas.axes(
        (0, 1),
        (0, 100),
        box=(425, 24, 195, 250),
        xlabel=tr("value", "valor"),
        ylabel=tr("lightness L*", "luminosidad L*"),
    )
    plot.line(ramp, light, "blue", 2.6)
    rises = np.diff(light)
    turns = int(np.sum(np.diff(np.sign(rises[np.abs(rises) > 0.02])) != 0))
    told = (
        tr(
            "lightness goes one way only: a higher value always looks lighter",
            "la luminosidad va en un solo sentido: a mayor valor, más claro",
        )
        if turns == 0
        else tr(
            (f"lightness turns back {turns} time{'s' if turns > 1 else ''}: different values can look equally light"),
            (
                f"la luminosidad retrocede {turns} {'veces' if turns > 1 else 'vez'}: valores distintos "
                "pueden verse igual de claros"
            ),
        )
    )
    return canvas.picture(f"{name}: {told}.")


def _as_grey(lightness: FloatArray) -> FloatArray:
    """The grey of a lightness, in sRGB from 0 to 1."""
    luminance = np.where(lightness > 8, ((lightness + 16) / 116) ** 3, lightness * 27 / 24389)
    return np.clip(np.where(luminance <= 0.0031308, 12.92 * luminance, 1.055 * luminance ** (1 / 2.4) - 0.055), 0, 1)
