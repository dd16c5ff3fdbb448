"""What more layers cost and bring, and which optimizer trains a small convolutional network soonest."""

from functools import cache
from typing import Any

import numpy as np
from sklearn.datasets import load_digits

from hondo.core.language import tr
from hondo.guide.drawing.canvas import Canvas, Picture
from hondo.guide.drawing.colours import SERIES
from hondo.guide.figures.controls import At, Choice, Slider
from hondo.guide.figures.doors import NO_STOP, Changes, held_out, small_cnn, with_hidden, with_optimizer
from hondo.guide.figures.figure import figure
from hondo.scratch.descent.optimizers import SGD, Adam, Momentum, Optimizer, RMSprop
from hondo.scratch.networks.network import cnn
from hondo.scratch.networks.training import train

SIDE, CLASSES, DENSE = 32, 10, 64


def budget(blocks: int, filters: int, head: str) -> list[tuple[str, int, int]]:
    """Name, parameters and multiplications of each layer of a network for pictures of 32×32×3.

    Each block is a 3×3 convolution with as many filters as the block before it has, twice, and a pooling that halves
    the sides; the end is dense, after flattening or after averaging each map.
    """
    rows: list[tuple[str, int, int]] = []
    side, channels = SIDE, 3
    for block in range(blocks):
        count = filters * 2**block
        parameters = (9 * channels + 1) * count
        rows.append((f"conv {count}", parameters, 9 * channels * count * side * side))
        side, channels = side // 2, count
    inputs = channels if head == "average" else side * side * channels
    rows.append((f"dense {DENSE}", (inputs + 1) * DENSE, inputs * DENSE))
    rows.append((f"dense {CLASSES}", (DENSE + 1) * CLASSES, DENSE * CLASSES))
    return rows


def _with_blocks(at: At) -> tuple[str, Changes]:
    """The same blocks for pictures of the same size; they are flattened before the dense layers."""
    filters = [at.whole("filters") * 2**block for block in range(at.whole("blocks"))]
    return "shapes-cnn", {"model.filters": filters, **with_hidden(DENSE), "model.batch_normalization": False}


@figure(
    "cnn-budget",
    ("Where a network's parameters and its work are", "Dónde están los parámetros y el trabajo de una red"),
    Slider("blocks", ("blocks", "bloques"), 1, 5, 2, 1),
    Slider("filters", ("filters of the first block", "filtros del primer bloque"), 8, 64, 32, 8),
    Choice(
        "head",
        ("before the dense layers", "antes de las capas densas"),
        {"flatten": ("flatten", "aplanar"), "average": ("global average", "media global")},
        "flatten",
    ),
    experiment=_with_blocks,
)
def cnn_budget(at: At) -> Picture:
    """Two bars a layer: its share of all parameters, its share of all multiplications."""
    rows = budget(at.whole("blocks"), at.whole("filters"), at.chosen("head"))
    parameters, work = sum(row[1] for row in rows), sum(row[2] for row in rows)
    canvas = Canvas(640, 96 + 42 * len(rows))
    canvas.text(110, 26, tr("parameters", "parámetros"), bold=True)
    canvas.text(385, 26, tr("multiplications a picture", "multiplicaciones por imagen"), bold=True)
    for place, (name, own, done) in enumerate(rows):
        y = 42 + 42 * place
        canvas.text(96, y + 19, name, anchor="end", mono=True, size=12)
        for left, value, whole, shade in ((110, own, parameters, "blue"), (385, done, work, "orange")):
            canvas.rect(left, y, 150, 28, "faint", round_=3)
            canvas.rect(left, y, 150 * value / whole, 28, shade, round_=3)
            canvas.text(left + 158, y + 19, _counted(value), size=12)
    y = 42 + 42 * len(rows) + 22
    canvas.line(110, y - 18, 600, y - 18, "muted", 1)
    canvas.text(96, y + 4, tr("all", "total"), anchor="end", bold=True)
    canvas.text(268, y + 4, _counted(parameters), bold=True, size=12)
    canvas.text(543, y + 4, _counted(work), bold=True, size=12)
    most = max(rows, key=lambda row: row[1])
    share = most[1] / parameters
    return canvas.picture(
        tr(
            f"{_counted(parameters)} parameters and {_counted(work)} multiplications a picture; "
            f"{most[0]} has {share:.0%} of the parameters.",
            f"{_counted(parameters)} parámetros y {_counted(work)} multiplicaciones por imagen; "
            f"{most[0]} tiene el {share:.0%} de los parámetros.",
        )
    )


def _counted(value: int) -> str:
    if value < 10_000:
        return str(value)
    return f"{value / 1000:.0f} k" if value < 1_000_000 else f"{value / 1e6:.1f} M"


OPTIMIZERS = ("SGD", "Momentum", "RMSprop", "Adam")
_STEPS, _BATCH = 72, 32


@cache
def pictures() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Digits of 8×8 pixels between 0 and 1: 384 to learn from, 400 to look at, each with its classes as rows."""
    digits: Any = load_digits()
    order = np.random.default_rng(0).permutation(len(digits.target))  # the file is sorted by who wrote
    x, y = digits.images[order, :, :, None] / 16.0, np.eye(10)[digits.target[order]]
    return x[:384], y[:384], x[384:784], y[384:784]


@cache
def raced(name: str, power: float) -> tuple[tuple[float, ...], float]:
    """The loss after each epoch of a small CNN, and what it gets right of unseen digits."""
    rate = 10.0**power
    made: dict[str, Optimizer] = {
        "SGD": SGD(rate),
        "Momentum": Momentum(rate),
        "RMSprop": RMSprop(rate),
        "Adam": Adam(rate),
    }
    x, y, unseen, wanted = pictures()
    network = cnn((8, 8, 1), 10, (4, 8), seed=3)
    epochs = _STEPS // (len(x) // _BATCH)
    with np.errstate(all="ignore"):
        history = train(
            network, "softmax_cross_entropy", x, y, optimizer=made[name], batch_size=_BATCH, epochs=epochs, seed=3
        )
        right = float((network.classify(unseen) == wanted.argmax(1)).mean())
    return tuple(history.loss), right


def _with_winner(at: At) -> tuple[str, Changes]:
    """The same network and the optimizer that does best at this rate."""
    power = at.number("power")
    best = max(OPTIMIZERS, key=lambda name: raced(name, power)[1])
    changes: Changes = {**with_optimizer(best.lower(), 10**power), "train.epochs": _STEPS * _BATCH // 384}
    return "digits-mlp", {**changes, **small_cnn((4, 8)), **held_out(384, 400), **NO_STOP}


@figure(
    "cnn-optimizers",
    ("Four optimizers train the same small network", "Cuatro optimizadores entrenan la misma red pequeña"),
    Slider("power", ("learning rate 10^", "tasa de aprendizaje 10^"), -4, 0, -2, 0.5),
    experiment=_with_winner,
)
def cnn_optimizers(at: At) -> Picture:
    """Loss by epoch, from the same weights and batches; what each gets right afterwards."""
    power = at.number("power")
    canvas = Canvas(640, 350)
    runs = {name: raced(name, power) for name in OPTIMIZERS}
    plot = canvas.axes(
        (1, len(next(iter(runs.values()))[0])),
        (0, 3),
        box=(56, 30, 370, 260),
        xlabel=tr("epoch", "época"),
        ylabel=tr("training loss", "pérdida de entrenamiento"),
        title=f"η = {10**power:.3g}",
    )
    canvas.text(450, 44, tr("right on unseen digits", "aciertos con dígitos nuevos"), size=12, bold=True)
    for place, (name, (losses, right)) in enumerate(runs.items()):
        shade = SERIES[place]
        plot.line(range(1, len(losses) + 1), np.nan_to_num(losses, nan=9e9), shade)
        y = 62 + 56 * place
        canvas.text(450, y + 14, name, colour_=shade, bold=True)
        canvas.rect(450, y + 20, 120, 14, "faint", round_=2)
        canvas.rect(450, y + 20, 120 * right, 14, shade, round_=2)
        canvas.text(578, y + 32, f"{right:.0%}", size=12)
    best = max(runs, key=lambda name: runs[name][1])
    return canvas.picture(
        tr(
            f"With learning rate {10**power:.3g}, {best} gets most right after {_STEPS} steps: {runs[best][1]:.0%}.",
            f"Con tasa de aprendizaje {10**power:.3g}, {best} es quien más acierta tras {_STEPS} pasos: "
            f"{runs[best][1]:.0%}.",
        )
    )
