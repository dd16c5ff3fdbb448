"""Dropout's masks and batch normalisation's distributions: two layers that behave otherwise while they learn."""

from functools import cache
from itertools import pairwise

import numpy as np

from hondo.core.language import tr
from hondo.guide.drawing.canvas import Canvas, Picture
from hondo.guide.drawing.grids import network
from hondo.guide.figures.c13_layers import pictures
from hondo.guide.figures.controls import At, Slider, Toggle
from hondo.guide.figures.doors import Changes, rounded, with_hidden
from hondo.guide.figures.figure import figure
from hondo.scratch.layers.batch_normalization import batch_normalize, statistics
from hondo.scratch.layers.dropout import dropout_mask

LAYERS = (4, 8, 8, 3)


@cache
def _weights() -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(4)
    return tuple(rng.normal(0, (2 / before) ** 0.5, (before, after)) for before, after in pairwise(LAYERS))


def masks(rate: float, step: int) -> list[np.ndarray]:
    """The masks of both hidden layers in one training step: 0 or 1 / (1 - rate)."""
    rng = np.random.default_rng(100 + step)
    return [dropout_mask((units,), rate, rng) for units in LAYERS[1:3]]


def output(rate: float, step: int | None) -> float:
    """The first score for a fixed input, under a step's masks or, with None, under none."""
    a = np.array([0.9, -0.4, 0.7, 0.3])
    both = masks(rate, step) if step is not None else [np.ones(units) for units in LAYERS[1:3]]
    for weights, mask in zip(_weights()[:2], both, strict=True):
        a = np.maximum(a @ weights, 0) * mask
    return float((a @ _weights()[2])[0])


def _with_dropout(at: At) -> tuple[str, Changes]:
    """Hidden layers of as many neurons that learn under such masks."""
    return "digits-mlp", {"model.dropout": rounded(at.number("rate")), **with_hidden(*LAYERS[1:3])}


@figure(
    "dropout-masks",
    ("A new mask in every step", "Una máscara nueva en cada paso"),
    Slider("rate", ("dropout rate", "tasa de dropout"), 0, 0.8, 0.5, 0.05),
    Slider("step", ("training step", "paso de entrenamiento"), 1, 60, 12, 1, plays=4),
    Toggle("use", ("in use: nothing is silenced", "en uso: no se silencia nada")),
    experiment=_with_dropout,
)
def dropout_masks(at: At) -> Picture:
    """The network that is left in this step, and the outputs of all steps so far with their mean."""
    rate, step, use = at.number("rate"), at.whole("step"), at.on("use")
    now = masks(rate, step)
    silent = [(layer + 1, int(place)) for layer in range(2) for place in np.flatnonzero(now[layer] == 0)]
    off = set() if use else set(silent)
    canvas = Canvas(640, 380)
    names = [tr("input", "entrada"), tr("hidden", "oculta"), tr("hidden", "oculta"), tr("scores", "puntuaciones")]
    network(canvas, (36, 20, 280, 300), LAYERS, weights=_weights(), names=names, off=off, radius=12)
    outputs = [output(rate, each) for each in range(1, step + 1)]
    whole = output(rate, None)
    reach = max(1.0, 1.1 * max(abs(output(rate, each)) for each in range(1, 61)))
    plot = canvas.axes(
        (0, 61),
        (-reach, reach),
        box=(400, 34, 220, 262),
        xlabel=tr("step", "paso"),
        title=tr("first score", "primera puntuación"),
    )
    plot.points(range(1, step + 1), outputs, "orange", 3)
    means = np.cumsum(outputs) / np.arange(1, step + 1)
    plot.line(range(1, step + 1), means, "blue")
    plot.horizontal(whole, "green")
    canvas.legend(
        400,
        362,
        [(tr("a step", "un paso"), "orange"), (tr("mean", "media"), "blue"), (tr("in use", "en uso"), "green")],
        across=True,
    )
    said = [f"{each:.2f}".replace("-", "−") for each in (outputs[-1], means[-1], whole)]
    if use:
        return canvas.picture(
            tr(
                f"In use the whole network answers {said[2]}, always the same.",
                f"En uso, la red entera responde {said[2]}, siempre lo mismo.",
            )
        )
    return canvas.picture(
        tr(
            f"{len(off)} of 16 hidden neurons are silent and the score is {said[0]}; "
            f"the mean of {step} steps is {said[1]}, in use it is {said[2]}.",
            f"Callan {len(off)} de 16 neuronas ocultas y la puntuación es {said[0]}; "
            f"la media de {step} pasos es {said[1]} y en uso es {said[2]}.",
        )
    )


@cache
def through(scale: float, normalised: bool) -> tuple[np.ndarray, ...]:
    """What goes into the ReLU of each of six dense layers, for 128 digits, before any training.

    Args:
        scale: of the weights, as a multiple of He's.
        normalised: whether each layer is normalised over the batch first.
    """
    rng = np.random.default_rng(6)
    a = pictures()[0][:128].reshape(128, 64)
    seen: list[np.ndarray] = []
    for _ in range(6):
        z = a @ rng.normal(0, scale * (2 / a.shape[1]) ** 0.5, (a.shape[1], 64))
        if normalised:
            mean, variance = statistics(z)
            z = batch_normalize(z, np.ones(64), np.zeros(64), mean, variance)
        seen.append(z)
        a = np.maximum(z, 0)
    return tuple(seen)


@figure(
    "batch-normalization-layers",
    ("What six layers see, with and without normalisation", "Lo que ven seis capas, con normalización y sin ella"),
    Slider("scale", ("scale of the weights", "escala de los pesos"), 0.2, 2.5, 0.6, 0.1),
)
def batch_normalization_layers(at: At) -> Picture:
    """Histograms of the values before each ReLU: upper row as they are, lower row normalised."""
    scale = at.number("scale")
    canvas = Canvas(640, 330)
    rows = (
        (tr("without", "sin"), through(scale, False), "orange", 46),
        (tr("with", "con"), through(scale, True), "blue", 196),
    )
    for name, seen, shade, top in rows:
        canvas.text(14, top + 52, name, colour_=shade, bold=True, turn=-90, anchor="middle")
        for layer, z in enumerate(seen):
            title = tr(f"layer {layer + 1}", f"capa {layer + 1}") if top < 100 else ""
            plot = canvas.axes((-4, 4), (0, 0.4), box=(30 + 101 * layer, top, 90, 88), ticks=False, title=title)
            plot.histogram(np.clip(z, -3.99, 3.99), 25, shade)
            canvas.text(75 + 101 * layer, top + 104, f"σ = {z.std():.2g}", size=11, anchor="middle", colour_="muted")
    last, kept = (each[-1].std() for each in (through(scale, False), through(scale, True)))
    return canvas.picture(
        tr(
            f"At scale {scale:.1f} the sixth layer's values have deviation {last:.2g} without normalisation and "
            f"{kept:.2g} with it.",
            f"Con escala {scale:.1f}, los valores de la sexta capa tienen desviación {last:.2g} sin normalización y "
            f"{kept:.2g} con ella.",
        )
    )


@cache
def batch_means(size: int) -> np.ndarray:
    """The mean of one channel in 300 random batches of so many digits."""
    rng = np.random.default_rng(8)
    z = pictures()[0].reshape(384, 64) @ rng.normal(0, 0.25, 64)
    return np.array([z[rng.choice(384, size, replace=False)].mean() for _ in range(300)]) - z.mean()


def _in_batches(at: At) -> tuple[str, Changes]:
    """A network that is normalised over batches of this size."""
    return "digits-mlp", {"train.batch_size": 2 ** at.whole("power"), "model.batch_normalization": True}


@figure(
    "batch-normalization-size",
    ("The smaller the batch, the less its mean can be trusted", "Cuanto menor es el lote, menos fiable es su media"),
    Slider("power", ("batch size 2^", "tamaño de lote 2^"), 0, 8, 3, 1),
    experiment=_in_batches,
)
def batch_normalization_size(at: At) -> Picture:
    """How far the means of 300 batches lie from that of all digits."""
    size = 2 ** at.whole("power")
    means = batch_means(size)
    canvas = Canvas(640, 300)
    plot = canvas.axes(
        (-1.6, 1.6),
        (0, 0.5),
        xlabel=tr("mean of a batch minus mean of all", "media del lote menos media de todos"),
        ylabel=tr("share of batches", "fracción de lotes"),
        title=tr(f"batches of {size}", f"lotes de {size}"),
    )
    plot.histogram(np.clip(means, -1.59, 1.59), 41)
    plot.vertical(0, "orange")
    return canvas.picture(
        tr(
            f"Means of batches of {size} deviate by {means.std():.2g} from that of all the digits.",
            f"Las medias de lotes de {size} se desvían {means.std():.2g} de la de todos los dígitos.",
        )
    )
