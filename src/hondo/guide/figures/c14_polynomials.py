"""From too simple to too free: polynomials of growing degree, and what comes after interpolation."""

from functools import cache

import numpy as np
from numpy.polynomial import legendre

from hondo.core.arrays import FloatArray
from hondo.core.language import tr
from hondo.guide.drawing.canvas import Canvas, Picture, number
from hondo.guide.figures.controls import At, Choice, Slider
from hondo.guide.figures.figure import figure

DEGREES = np.arange(16)
_GRID = np.linspace(-1, 1, 301)


def wave(x: FloatArray) -> FloatArray:
    """What lies behind the noise."""
    return np.sin(np.pi * x)


def _sample(count: int, noise: float, seed: int) -> tuple[FloatArray, FloatArray]:
    rng = np.random.default_rng(seed)
    x = np.sort(rng.uniform(-1, 1, count))
    return x, wave(x) + noise * rng.normal(size=count)


def _coefficients(x: FloatArray, y: FloatArray, degree: int, price: float) -> FloatArray:
    """Least squares, with a price on the squares of all coefficients but the constant."""
    design = legendre.legvander(x, degree)
    root = np.sqrt(price * len(x)) * np.eye(degree + 1)
    root[0, 0] = 0.0
    return np.linalg.lstsq(np.vstack([design, root]), np.r_[y, np.zeros(degree + 1)], rcond=None)[0]


@cache
def _errors(count: int, noise: float, price: float, seed: int) -> tuple[FloatArray, FloatArray]:
    """Mean squared errors on the points and, without noise of luck, on new ones, for each degree."""
    x, y = _sample(count, noise, seed)
    seen, unseen = [], []
    for degree in DEGREES:
        c = _coefficients(x, y, int(degree), price)
        seen.append(np.mean((legendre.legval(x, c) - y) ** 2))
        unseen.append(np.mean((legendre.legval(_GRID, c) - wave(_GRID)) ** 2) + noise**2)
    return np.array(seen), np.array(unseen)


_PRICES = {"0": "0", "1e-4": "0.0001", "1e-2": "0.01", "1": "1"}


@figure(
    "overfitting-polynomial",
    ("The degree, the fit and the error", "El grado, el ajuste y el error"),
    Slider("degree", ("degree", "grado"), 0, 15, 9, 1, plays=2),
    Slider("count", ("points", "puntos"), 10, 100, 16, 1),
    Slider("noise", ("noise σ", "ruido σ"), 0, 0.6, 0.25, 0.05),
    Choice("price", ("L2 penalty λ", "penalización L2 λ"), _PRICES, "0"),
    Slider("seed", ("sample", "muestra"), 0, 20, 3, 1),
)
def overfitting_polynomial(at: At) -> Picture:
    """The same points, ever freer curves."""
    degree, count, seed = at.whole("degree"), at.whole("count"), at.whole("seed")
    noise, price = at.number("noise"), float(at.chosen("price"))
    x, y = _sample(count, noise, seed)
    seen, unseen = _errors(count, noise, price, seed)
    canvas = Canvas(680, 352)
    plot = canvas.axes((-1, 1), (-2, 2), box=(54, 26, 288, 262), xlabel="x", ylabel="y")
    plot.function(wave, "green", 2, "6 4")
    c = _coefficients(x, y, degree, price)
    plot.function(lambda each: legendre.legval(each, c), "orange")
    plot.points(x, y, "blue", 4)
    chart = canvas.axes(
        (0, 15), (-3, 1), box=(410, 26, 250, 262), xlabel=tr("degree", "grado"),
        ylabel=tr("log₁₀ of the squared error", "log₁₀ del error cuadrático"),
    )  # fmt: skip
    logs = [np.log10(np.maximum(each, 1e-4)) for each in (seen, unseen)]
    chart.area(DEGREES, logs[0], logs[1], "orange", 0.12)
    if noise:
        chart.horizontal(float(np.log10(noise**2)), "green", "6 4")
    for values, shade in zip(logs, ("blue", "orange"), strict=True):
        chart.line(DEGREES, values, shade)
        chart.points([degree], [values[degree]], shade, 6, "ink")
    canvas.legend(
        52, 344,
        [(tr("true curve; noise", "curva verdadera; ruido"), "green"), (tr("points, training", "puntos, entrenamiento"),
         "blue"), (tr("fit, new points", "ajuste, puntos nuevos"), "orange")], across=True, gap=24,
    )  # fmt: skip
    best = int(np.argmin(unseen))
    return canvas.picture(
        tr(
            f"Degree {degree}: mean squared error {seen[degree]:.3f} on the {count} points, {_short(unseen[degree])} "
            f"on new ones. Degree {best} would do best on new points ({_short(unseen[best])}).",
            f"Grado {degree}: error cuadrático medio de {seen[degree]:.3f} en los {count} puntos y de "
            f"{_short(unseen[degree])} en puntos nuevos. Con puntos nuevos, el mejor sería el grado {best} "
            f"({_short(unseen[best])}).",
        )
    )


def _short(value: float) -> str:
    return f"{value:.3f}" if value < 10 else f"{value:.0f}" if value < 10_000 else number(value, 2)
