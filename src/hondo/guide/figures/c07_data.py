"""What preprocessing does to learning, and what happens when it has seen the test samples."""

from functools import cache

import numpy as np
from sklearn.datasets import load_wine

from hondo.core.arrays import FloatArray
from hondo.core.language import tr
from hondo.guide.drawing.canvas import Canvas, Picture, number
from hondo.guide.drawing.colours import deep_colours
from hondo.guide.figures.controls import At, Slider, Toggle
from hondo.guide.figures.doors import Changes
from hondo.guide.figures.figure import figure


@cache
def _wine() -> tuple[FloatArray, FloatArray]:
    """Alcohol and flavanoids of two growers' wines, centred and of deviation 1; targets ±1, centred."""
    x, y = load_wine(return_X_y=True)
    kept = np.asarray(y) < 2
    x, y = np.asarray(x, float)[kept][:, [0, 6]], np.where(np.asarray(y)[kept] == 0, 1.0, -1.0)
    return (x - x.mean(0)) / x.std(0), y - y.mean()


def _as_experiment(at: At) -> tuple[str, Changes]:
    """A network that learns from ten measurements as they are, or standardised."""
    return "diabetes-regression", {"preprocess.standardise": "feature" if at.on("standard") else "none"}


@figure(
    "keras-normalization",
    ("What normalisation does to learning", "Qué hace la normalización con el aprendizaje"),
    Slider(
        "ratio", ("feature 1 is this many times larger", "la característica 1 es tantas veces mayor"), 1, 10, 6, 0.5
    ),
    Toggle("standard", ("standardise", "estandarizar")),
    Slider(
        "share",
        ("learning rate, of the largest that works", "tasa de aprendizaje, de la mayor que funciona"),
        0.1,
        1.1,
        0.9,
        0.05,
    ),
    Slider("steps", ("steps", "pasos"), 0, 60, 60, 1, plays=8),
    experiment=_as_experiment,
)
def keras_normalization(at: At) -> Picture:
    """What normalisation does to learning."""
    x, y = _wine()
    ratio = 1.0 if at.on("standard") else at.number("ratio")
    x = x * np.array([ratio, 1.0])
    hessian, best = 2 * x.T @ x / len(x), np.linalg.lstsq(x, y, rcond=None)[0]
    curvatures = np.linalg.eigvalsh(hessian)
    rate = at.number("share") * 2 / curvatures[-1]
    path = [np.array([-0.8, -0.8])]
    for _ in range(at.whole("steps")):
        path.append(path[-1] - rate * 2 * x.T @ (x @ path[-1] - y) / len(x))
    way = np.clip(np.array(path), -1e6, 1e6)
    losses = ((way @ x.T - y) ** 2).mean(1)
    lowest = float(((x @ best - y) ** 2).mean())

    canvas = Canvas(720, 350)
    plot = canvas.axes(
        (-1, 1),
        (-1, 1),
        box=(54, 28, 290, 270),
        xlabel="w₁",
        ylabel="w₂",
        title=tr("the loss from above", "la pérdida vista desde arriba"),
    )
    grid = np.linspace(-1, 1, 90)
    w1, w2 = np.meshgrid(grid, grid[::-1])
    off = np.stack([w1 - best[0], w2 - best[1]], -1)
    height = lowest + 0.5 * np.einsum("...i,ij,...j", off, hessian, off)
    plot.heat(deep_colours(-np.log(height - lowest + 0.02)))
    plot.line(way[:, 0], way[:, 1], "orange", 1.8)
    plot.points(way[:, 0], way[:, 1], "orange", 2.6)
    plot.points([best[0]], [best[1]], "green", 5)

    top = float(max(2.2, min(30.0, losses[0] * 1.05)))
    plot = canvas.axes(
        (0, 60), (0, top), box=(420, 28, 280, 270), xlabel=tr("step", "paso"), title=tr("loss", "pérdida")
    )
    plot.line(range(len(losses)), losses, "orange")
    plot.horizontal(lowest, "green")
    condition = float(curvatures[-1] / curvatures[0])
    needed = _steps_needed(curvatures, rate)
    told = tr("never", "nunca") if needed is None else str(needed)
    canvas.text(
        560, 60, tr(f"curvatures {condition:.0f} : 1", f"curvaturas {condition:.0f} : 1"), size=12, anchor="middle"
    )
    canvas.text(
        560,
        78,
        tr(f"steps to be 100 times nearer: {told}", f"pasos para acercarse 100 veces: {told}"),
        size=12,
        anchor="middle",
    )
    left = number(float(losses[-1]), 3)
    return canvas.picture(
        tr(
            f"The steepest curvature is {condition:.0f} times the flattest; after {at.whole('steps')} "
            f"steps the loss is {left} "
            f"(the lowest: {lowest:.2f}). Steps until the slow direction is 100 times nearer: {told}.",
            f"La curvatura mayor es {condition:.0f} veces la menor; tras {at.whole('steps')} pasos la "
            f"pérdida es {left} "
            f"(la mínima: {lowest:.2f}). Pasos para acercarse 100 veces en la dirección lenta: {told}.",
        )
    )


def _steps_needed(curvatures: FloatArray, rate: float) -> int | None:
    """How many steps until every direction is a hundred times nearer to the lowest point."""
    slowest = float(np.abs(1 - rate * curvatures).max())
    return None if slowest >= 1 else 1 if slowest <= 0.01 else int(np.ceil(np.log(0.01) / np.log(slowest)))


@cache
def _leak(features: int, samples: int, chosen: int, repetitions: int = 30) -> tuple[FloatArray, FloatArray]:
    """Accuracies on test samples of noise, with features chosen on all samples and on the training ones."""
    rng = np.random.default_rng(0)
    found = np.zeros((2, repetitions))
    for place in range(repetitions):
        x = rng.normal(size=(samples, features))
        y = rng.permutation(np.repeat([-1.0, 1.0], samples // 2))
        half = samples // 2
        for way, seen in enumerate((slice(None), slice(0, half))):
            relation = np.abs((x[seen] - x[seen].mean(0)).T @ (y[seen] - y[seen].mean())) / x[seen].std(0)
            kept = np.argsort(relation)[-chosen:]
            train, test = x[:half, kept], x[half:, kept]
            ahead, behind = train[y[:half] > 0].mean(0), train[y[:half] < 0].mean(0)
            guessed = np.sign((test - (ahead + behind) / 2) @ (ahead - behind))
            found[way, place] = (guessed == y[half:]).mean()
    return found[0], found[1]


@figure(
    "keras-leak",
    ("Pure noise, predicted", "Ruido puro, predicho"),
    Slider("features", ("features of noise", "características de ruido"), 20, 1500, 1000, 20),
    Slider("samples", ("samples", "muestras"), 20, 200, 60, 20),
    Slider("chosen", ("features kept", "características elegidas"), 1, 20, 10, 1),
)
def keras_leak(at: At) -> Picture:
    """Pure noise, predicted."""
    leaked, honest = _leak(at.whole("features"), at.whole("samples"), at.whole("chosen"))
    canvas = Canvas(680, 300)
    plot = canvas.axes(
        (0, 1),
        (0, 2),
        box=(170, 34, 480, 200),
        grid=False,
        ticks=False,
    )
    for share in (0, 0.25, 0.5, 0.75, 1):
        canvas.text(plot.px(share), 250, f"{share:.0%}", size=11, anchor="middle", colour_="muted")
    plot.vertical(0.5, "muted")
    canvas.text(plot.px(0.5), 26, tr("chance", "azar"), size=12, anchor="middle", colour_="muted")
    words = tr("accuracy on the test samples", "exactitud en las muestras de prueba")
    canvas.text(plot.px(0.5), 274, words, size=12, anchor="middle", colour_="muted")
    rng = np.random.default_rng(1)
    rows = (
        (1.5, leaked, "orange", tr("chosen on all", "elegidas con todo")),
        (0.5, honest, "blue", tr("chosen on training", "elegidas con entrenamiento")),
    )
    for height, values, shade, words in rows:
        plot.points(values, height + rng.uniform(-0.22, 0.22, len(values)), shade, 4, opacity=0.7)
        mean = float(values.mean())
        plot.line([mean, mean], [height - 0.38, height + 0.38], shade, 4)
        plot.text(mean, height + 0.42, f"{mean:.0%}", size=13, anchor="middle", colour_=shade, bold=True)
        for place, word in enumerate(words.split(" ", 1)):
            canvas.text(158, plot.py(height) - 4 + 17 * place, word, size=13, anchor="end", colour_=shade)
    return canvas.picture(
        tr(
            "Nothing can be learnt here, yet choosing the features with the test samples in view gives "
            f"{leaked.mean():.0%} "
            f"on average over 30 repetitions; choosing them on the training samples gives {honest.mean():.0%}.",
            "Aquí no hay nada que aprender; aun así, elegir las características mirando también la prueba da un "
            f"{leaked.mean():.0%} de media en 30 repeticiones; elegirlas solo con el entrenamiento da un "
            f"{honest.mean():.0%}.",
        )
    )
