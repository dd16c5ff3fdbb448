"""Judging a trained network: thresholds, intervals, and whether its probabilities can be taken at their word."""

from functools import cache

import numpy as np
from sklearn.datasets import load_breast_cancer, make_moons

from hondo.core.arrays import FloatArray, IntArray
from hondo.core.language import tr
from hondo.guide.drawing.canvas import Canvas, Picture
from hondo.guide.drawing.grids import cells
from hondo.guide.figures.c07_training import wilson
from hondo.guide.figures.controls import At, Choice, Slider
from hondo.guide.figures.figure import figure
from hondo.scratch.activations.smooth import sigmoid
from hondo.scratch.descent.optimizers import Adam
from hondo.scratch.networks.network import mlp
from hondo.scratch.networks.training import train


@cache
def _tumours() -> tuple[FloatArray, IntArray]:
    """Probabilities of malignancy for unseen tumours, from their texture and smoothness; and what they were."""
    x, y = load_breast_cancer(return_X_y=True)
    x, malignant = np.asarray(x, float)[:, [1, 4, 8]], (np.asarray(y) == 0).astype(np.int64)
    order = np.random.default_rng(0).permutation(len(y))
    train_rows, test_rows = order[:285], order[285:]
    mean, deviation = x[train_rows].mean(0), x[train_rows].std(0)
    x = (x - mean) / deviation
    network = mlp((3, 6, 1), "tanh", "glorot_uniform", 0)
    target = malignant[train_rows, None].astype(float)
    train(network, "sigmoid_cross_entropy", x[train_rows], target, optimizer=Adam(0.01), epochs=40)
    return sigmoid(network.predict(x[test_rows])[:, 0]), malignant[test_rows]


@figure(
    "keras-threshold",
    ("Where to draw the line", "Dónde poner el umbral"),
    Slider("threshold", ("threshold", "umbral"), 0.02, 0.98, 0.5, 0.02, plays=6),
)
def keras_threshold(at: At) -> Picture:
    """Where to draw the line."""
    p, y = _tumours()
    line = at.number("threshold")
    said = p >= line
    hit, missed = int((said & (y == 1)).sum()), int((~said & (y == 1)).sum())
    alarm, clear = int((said & (y == 0)).sum()), int((~said & (y == 0)).sum())
    canvas = Canvas(760, 350)
    plot = canvas.axes(
        (0, 1),
        (-44, 44),
        box=(24, 42, 300, 240),
        xlabel=tr("probability of malignant", "probabilidad de maligno"),
        ticks=False,
        grid=False,
    )
    edges = np.linspace(0, 1, 26)
    for label, sign, shade in ((1, 1, "orange"), (0, -1, "blue")):
        counts = np.histogram(p[y == label], edges)[0]
        for left, count in zip(edges, counts, strict=False):
            ends = sorted((plot.py(0), plot.py(sign * count)))
            sure = (left + 0.02 >= line) == (label == 1)
            canvas.rect(
                plot.px(left),
                ends[0],
                plot.px(0.038) - plot.px(0),
                ends[1] - ends[0],
                shade,
                opacity=0.9 if sure else 0.4,
            )
    canvas.line(plot.px(line), 42, plot.px(line), 282, "ink", 2)
    canvas.text(plot.px(line), 34, f"{line:.2f}", size=13, anchor="middle", bold=True)
    canvas.text(318, 58, tr("malignant", "malignos"), size=12, anchor="end", colour_="orange")
    canvas.text(318, 276, tr("benign", "benignos"), size=12, anchor="end", colour_="blue")

    pale = np.array([[[230, 239, 245], [247, 232, 222]], [[247, 232, 222], [230, 239, 245]]], np.uint8)
    cells(canvas, 416, 84, [[clear, alarm], [missed, hit]], size=62, colours=pale, write=lambda v: f"{v:.0f}")
    for place, words in enumerate((tr("benign", "benigno"), tr("malignant", "maligno"))):
        canvas.text(447 + 62 * place, 76, words, size=11, anchor="middle", colour_="muted")
        canvas.text(408, 118 + 62 * place, words, size=11, anchor="end", colour_="muted")
    canvas.text(478, 54, tr("predicted", "predicho"), size=12, anchor="middle", bold=True, colour_="muted")
    canvas.text(408, 84, tr("true", "real"), size=12, anchor="end", bold=True, colour_="muted")
    precision = hit / max(1, hit + alarm)
    recall, false_alarms, right = hit / (hit + missed), alarm / (alarm + clear), (hit + clear) / len(y)
    rows = (
        (tr("accuracy", "exactitud"), right),
        (tr("precision", "precisión"), precision),
        (tr("recall", "exhaustividad"), recall),
        (tr("false alarms", "falsas alarmas"), false_alarms),
    )
    for place, (words, value) in enumerate(rows):
        canvas.text(370, 246 + 24 * place, words, size=13, colour_="muted")
        canvas.text(540, 246 + 24 * place, f"{value:.0%}", size=14, anchor="end", bold=True)

    roc = canvas.axes(
        (0, 1),
        (0, 1),
        box=(606, 84, 140, 140),
        xlabel=tr("false alarms", "falsas alarmas"),
        ylabel=tr("recall", "exhaustividad"),
        title="ROC",
        grid=False,
    )
    points = [
        (float((p[y == 0] >= each).mean()), float((p[y == 1] >= each).mean())) for each in np.linspace(1.01, 0, 120)
    ]
    roc.line([0, 1], [0, 1], "muted", 1, "4 4")
    roc.line(*zip(*points, strict=True), "blue")
    roc.points([false_alarms], [recall], "orange", 6)
    return canvas.picture(
        tr(
            f"At a threshold of {line:.2f}, {hit} of {hit + missed} malignant tumours are found and "
            f"{alarm} of {alarm + clear} "
            f"benign ones alarm; accuracy {right:.0%}, precision {precision:.0%}, recall {recall:.0%}.",
            f"Con un umbral de {line:.2f} se detectan {hit} de {hit + missed} tumores malignos y hay "
            f"{alarm} falsas alarmas entre "
            f"{alarm + clear} benignos; exactitud {right:.0%}, precisión {precision:.0%}, exhaustividad "
            f"{recall:.0%}.",
        )
    )


@figure(
    "keras-interval",
    ("What a test accuracy may mean", "Lo que puede significar una exactitud"),
    Slider("n", ("test samples", "muestras de prueba"), 20, 2000, 100, 20),
    Slider("share", ("true accuracy", "exactitud verdadera"), 0.5, 0.99, 0.9, 0.01),
    Choice("kind", ("interval", "intervalo"), {"wilson": "Wilson", "normal": ("p ± 1.96 σ", "p ± 1.96 σ")}, "wilson"),
)
def keras_interval(at: At) -> Picture:
    """What a test accuracy may mean."""
    n, truth = at.whole("n"), at.number("share")
    drawn = np.random.default_rng(0).binomial(n, truth, 50)
    bounds = [_interval(int(right), n, at.chosen("kind")) for right in drawn]
    inside = _coverage(n, truth, at.chosen("kind"))
    canvas = Canvas(720, 330)
    lowest = max(0.0, min(low for low, _ in bounds) - 0.02)
    plot = canvas.axes(
        (0, 51),
        (lowest, 1.01),
        box=(60, 24, 480, 250),
        xlabel=tr("50 test sets of that size", "50 conjuntos de prueba de ese tamaño"),
        ylabel=tr("accuracy", "exactitud"),
        grid=False,
    )
    plot.horizontal(truth, "green", "", 2)
    for place, (low, high) in enumerate(bounds, start=1):
        shade = "blue" if low <= truth <= high else "orange"
        plot.line([place, place], [low, high], shade, 3, opacity=0.45)
        plot.points([place], [drawn[place - 1] / n], shade, 3)
    width = float(np.mean([high - low for low, high in bounds]))
    rows = (
        (tr("true accuracy", "exactitud verdadera"), f"{truth:.0%}", "green"),
        (tr("mean width", "anchura media"), f"{100 * width:.1f}" + tr(" points", " puntos"), "ink"),
        (tr("hold the truth", "contienen la verdad"), f"{inside:.0%}", "ink"),
        (tr("(should be 95%)", "(lo prometido: 95%)"), "", "ink"),
    )
    for place, (words, value, shade) in enumerate(rows):
        canvas.text(560, 60 + 52 * place, words, size=12, colour_="muted")
        canvas.text(560, 80 + 52 * place, value, size=16, bold=True, colour_=shade)
    return canvas.picture(
        tr(
            f"The same network of true accuracy {truth:.0%}, tested on {n} samples, shows between "
            f"{drawn.min() / n:.1%} and "
            f"{drawn.max() / n:.1%}; its 95% interval is {100 * width:.1f} points wide and holds the truth "
            f"{inside:.0%} of the time.",
            f"La misma red, de exactitud verdadera {truth:.0%}, probada con {n} muestras, acierta entre "
            f"el {drawn.min() / n:.1%} "
            f"y el {drawn.max() / n:.1%}; su intervalo del 95% mide {100 * width:.1f} puntos y "
            "contiene la verdad el "
            f"{inside:.0%} de las veces.",
        )
    )


def _coverage(n: int, truth: float, kind: str) -> float:
    """How often an interval holds the truth, added up over all that can happen."""
    logs = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, n + 1)))])
    right = np.arange(n + 1)
    chance = np.exp(logs[n] - logs - logs[::-1] + right * np.log(truth) + (n - right) * np.log(1 - truth))
    held = [low <= truth <= high for low, high in (_interval(int(each), n, kind) for each in right)]
    return float(chance[held].sum())


def _interval(right: int, of: int, kind: str) -> tuple[float, float]:
    if kind == "wilson":
        return wilson(right, of)
    share = right / of
    half = 1.96 * float(np.sqrt(share * (1 - share) / of))
    return max(0.0, share - half), min(1.0, share + half)


_SAMPLES = {"60": 60, "1000": 1000}


@cache
def _moons(samples: int) -> tuple[FloatArray, IntArray]:
    """Logits for 4000 unseen points of two noisy moons, from a network trained for long on a few."""
    x, y = (np.asarray(each, float) for each in make_moons(samples, noise=0.35, random_state=0))
    network = mlp((2, 24, 24, 1), seed=0)
    epochs = max(20, 12000 // samples)
    train(network, "sigmoid_cross_entropy", x, y[:, None], optimizer=Adam(0.01), epochs=epochs)
    x, y = (np.asarray(each, float) for each in make_moons(4000, noise=0.35, random_state=1))
    return network.predict(x)[:, 0], y.astype(np.int64)


@figure(
    "keras-calibration",
    ("Does 0.9 mean nine in ten?", "¿Significa 0.9 nueve de cada diez?"),
    Choice("samples", ("training points", "puntos de entrenamiento"), {each: each for each in _SAMPLES}, "60"),
    Slider("temperature", ("temperature T", "temperatura T"), 0.5, 12, 1, 0.25, plays=4),
)
def keras_calibration(at: At) -> Picture:
    """Does 0.9 mean nine in ten?"""
    logits, y = _moons(_SAMPLES[at.chosen("samples")])
    temperature = at.number("temperature")
    p = sigmoid(logits / temperature)
    edges = np.linspace(0, 1, 11)
    place = np.clip(np.digitize(p, edges) - 1, 0, 9)
    counts = np.bincount(place, minlength=10)
    said = np.array([p[place == each].mean() if counts[each] else np.nan for each in range(10)])
    true = np.array([y[place == each].mean() if counts[each] else np.nan for each in range(10)])
    gap = float(np.nansum(counts * np.abs(said - true)) / len(y))
    loss = float(np.mean(np.logaddexp(0, -np.where(y == 1, 1, -1) * logits / temperature)))
    right = float(((p >= 0.5) == (y == 1)).mean())
    canvas = Canvas(720, 340)
    plot = canvas.axes(
        (0, 1),
        (0, 1),
        box=(62, 24, 260, 258),
        xlabel=tr("probability given", "probabilidad dada"),
        ylabel=tr("observed share", "proporción observada"),
    )
    plot.line([0, 1], [0, 1], "green", 2, "5 4")
    there = counts >= 10
    plot.line(said[there], true[there], "blue", 1.5)
    plot.points(said[there], true[there], "blue", 4.5)
    bars = canvas.axes(
        (0, 1),
        (0, 1),
        box=(400, 24, 300, 120),
        title=tr("how often each is given", "con qué frecuencia se da"),
        grid=False,
    )
    bars.histogram(p, 20, "blue")
    rows = (
        (tr("accuracy", "exactitud"), f"{right:.1%}"),
        (tr("mean gap (ECE)", "distancia media (ECE)"), f"{gap:.3f}"),
        (tr("cross-entropy", "entropía cruzada"), f"{loss:.3f}"),
    )
    for row, (words, value) in enumerate(rows):
        canvas.text(400, 212 + 30 * row, words, size=13, colour_="muted")
        canvas.text(700, 212 + 30 * row, value, size=15, anchor="end", bold=True)
    return canvas.picture(
        tr(
            f"At T = {temperature:g} the probabilities are off by {gap:.3f} on average; the accuracy, "
            f"{right:.1%}, does not depend "
            f"on T; the cross-entropy is {loss:.3f}.",
            f"Con T = {temperature:g} las probabilidades se desvían {gap:.3f} de media; la exactitud, "
            f"{right:.1%}, no depende "
            f"de T; la entropía cruzada es {loss:.3f}.",
        )
    )
