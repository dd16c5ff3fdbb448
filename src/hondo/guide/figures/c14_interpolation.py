"""What happens after a model can fit every sample: random hidden layers of growing width."""

from functools import cache

import numpy as np

from hondo.core.arrays import FloatArray
from hondo.core.language import tr
from hondo.guide.drawing.canvas import Canvas, Picture, number
from hondo.guide.figures.c14_training import Pair, digits, patients
from hondo.guide.figures.controls import At, Choice, Slider
from hondo.guide.figures.figure import figure

SAMPLES = 80
WIDTHS = np.array([2, 4, 8, 14, 20, 28, 40, 52, 62, 70, 76, 80, 84, 90, 100, 120, 160, 240, 400, 700, 1200, 2000])


@cache
def _data(name: str) -> tuple[Pair, Pair]:
    if name == "patients":
        x, t = patients(SAMPLES)
        return (x[:SAMPLES], t[:SAMPLES]), (x[SAMPLES:], t[SAMPLES:])
    x, t = digits()
    x = x - x[:SAMPLES].mean(0)
    return (x[:SAMPLES], t[:SAMPLES]), (x[1000:1400], t[1000:1400])


@cache
def _taken_apart(name: str) -> list[list[tuple[FloatArray, ...]]]:
    """For each width and draw: the hidden layer's left vectors and singular values; targets, unseen in its terms."""
    (x, t), (other, _) = _data(name)
    rows = []
    for width in WIDTHS:
        draws = []
        for seed in range(3):
            rng = np.random.default_rng(seed)
            inner = rng.normal(0, 1 / np.sqrt(x.shape[1]), (x.shape[1], width)).astype(np.float32)
            bias = rng.uniform(-0.5, 0.5, width).astype(np.float32)
            hidden, unseen = (np.maximum(each @ inner + bias, 0) / np.sqrt(width) for each in (x, other))
            u, s, vt = np.linalg.svd(np.float64(hidden), full_matrices=False)
            draws.append((u, s, u.T @ t, unseen @ vt.T))
        rows.append(draws)
    return rows


@cache
def _solved(name: str, price: float) -> FloatArray:
    """For each width: training error, test error, length of the outer weights; medians of three draws."""
    (_, t), (_, want) = _data(name)
    rows = []
    for draws in _taken_apart(name):
        found = []
        for u, s, targets, unseen in draws:
            keep = s > s[0] * 1e-7
            gain = np.where(keep, s / np.where(keep, s**2 + price, 1), 0)  # price 0: the shortest solution
            outer = gain[:, None] * targets  # in terms of the right vectors, which keep its length
            errors = [float(np.mean((h @ outer - y) ** 2)) for h, y in ((u * s, t), (unseen, want))]
            found.append((*errors, float(np.linalg.norm(outer))))
        rows.append(np.median(found, axis=0))
    return np.array(rows)


@figure(
    "overfitting-double-descent",
    ("Beyond interpolation the error falls again", "Más allá de la interpolación, el error vuelve a bajar"),
    Slider("place", ("neurons: position on the axis", "neuronas: posición en el eje"), 0, len(WIDTHS) - 1, 11, 1,
           plays=2),
    Choice("data", ("data", "datos"), {"digits": ("80 digits", "80 dígitos"), "patients": ("80 patients",
           "80 pacientes")}, "digits"),
    Choice("price", ("L2 penalty λ", "penalización L2 λ"), {"0": "0", "1e-3": "0.001", "1e-1": "0.1"}, "0"),
)  # fmt: skip
def overfitting_double_descent(at: At) -> Picture:
    """A random hidden layer; the outer weights are solved for, the shortest where there are many."""
    place, name, price = at.whole("place"), at.chosen("data"), float(at.chosen("price"))
    solved = _solved(name, price)
    width, (seen, unseen, length) = int(WIDTHS[place]), solved[place]
    canvas = Canvas(680, 352)
    x = np.log10(WIDTHS)
    bottom, top = (-2.5, 0.5) if name == "digits" else (-2.5, 2.5)
    label = tr("log₁₀ of the hidden neurons", "log₁₀ de las neuronas ocultas")
    chart = canvas.axes(
        (0.3, 3.3), (bottom, top), box=(52, 26, 330, 262), xlabel=label,
        ylabel=tr("log₁₀ of the squared error", "log₁₀ del error cuadrático"),
    )  # fmt: skip
    right = canvas.axes(
        (0.3, 3.3), (0, 4), box=(450, 26, 210, 262), xlabel=label,
        ylabel=tr("log₁₀ of the weights' length", "log₁₀ de la longitud de los pesos"),
    )  # fmt: skip
    for plot in (chart, right):
        plot.vertical(float(np.log10(SAMPLES)), "grey")
    for column, shade in ((0, "blue"), (1, "orange")):
        logs = np.log10(np.maximum(solved[:, column], 1e-9))
        chart.line(x, logs, shade)
        chart.points([x[place]], [max(logs[place], bottom)], shade, 6, "ink")
    right.line(x, np.log10(solved[:, 2]), "purple")
    right.points([x[place]], [np.log10(length)], "purple", 6, "ink")
    canvas.legend(
        60, 344,
        [(tr("training", "entrenamiento"), "blue"), (tr("samples not seen", "muestras no vistas"), "orange"),
         (tr("outer weights", "pesos de salida"), "purple"), (tr("80 neurons", "80 neuronas"), "grey")],
        across=True, gap=20,
    )  # fmt: skip
    left = int(np.argmin(solved[WIDTHS < SAMPLES, 1]))
    return canvas.picture(
        tr(
            f"{width} neurons for {SAMPLES} samples: squared error {number(seen, 2)} in training and "
            f"{number(unseen, 2)} on others. The best with fewer neurons than samples is "
            f"{number(solved[left, 1], 2)} ({WIDTHS[left]}); with 2000 neurons it is {number(solved[-1, 1], 2)}.",
            f"{width} neuronas para {SAMPLES} muestras: error cuadrático de {number(seen, 2)} en entrenamiento y de "
            f"{number(unseen, 2)} en otras. Lo mejor con menos neuronas que muestras es {number(solved[left, 1], 2)} "
            f"({WIDTHS[left]}); con 2000 neuronas es {number(solved[-1, 1], 2)}.",
        )
    )
