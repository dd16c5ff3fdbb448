"""Chapter 11, epochs and batch size: small networks that learn digits while the figure is drawn, many at a time."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from sklearn.datasets import load_digits

from hondo.core.language import tr
from hondo.guide.drawing.canvas import Canvas, Picture
from hondo.guide.figures.controls import At, Choice, Slider, Toggle
from hondo.guide.figures.doors import NO_STOP, Changes, held_out, with_hidden, with_optimizer
from hondo.guide.figures.figure import figure

Numbers = np.ndarray


@cache
def digits() -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """Digits of 8 × 8 pixels in random order: 1000 to train with and 400 to validate on; the others stay unseen."""
    pixels, labels = (np.asarray(each) for each in load_digits(return_X_y=True))
    order = np.random.default_rng(11).permutation(len(labels))
    x, y = (pixels[order] / 16).astype(np.float32), labels[order]
    return x[:1000], y[:1000], x[1000:1400], y[1000:1400]


@dataclass(frozen=True)
class Runs:
    """What several trainings that began alike went through, one row each.

    Attributes:
        losses: of each update's batch ``(runs, updates)``.
        train_loss, val_loss, val_accuracy: after each epoch ``(runs, epochs)``.
    """

    losses: Numbers
    train_loss: Numbers
    val_loss: Numbers
    val_accuracy: Numbers


def train_many(
    rates: Any,
    *,
    batch: int = 32,
    epochs: int = 3,
    samples: int = 1000,
    hidden: int = 24,
    l2: Any = 0.0,
    wrong: float = 0.0,
    seed: int = 0,
) -> Runs:
    """Train networks 64 → hidden → 10 (ReLU, softmax) by plain gradient descent, side by side as one matrix.

    Args:
        rates: learning rates ``(runs,)``, or one for every update ``(runs, updates)``.
        batch, epochs, samples, hidden: as their names say.
        l2: of each run, or of all.
        wrong: the share of training labels that are drawn at random.
        seed: of the first weights (the same in every run), the order of the samples and the wrong labels.
    """
    rng = np.random.default_rng(seed)
    x, y, x_val, y_val = digits()
    x, y = x[:samples], y[:samples].copy()
    spoilt = rng.random(samples) < wrong
    y[spoilt] = rng.integers(0, 10, spoilt.sum())
    per_epoch = -(-samples // batch)
    rates = np.atleast_1d(np.asarray(rates, np.float32))
    runs = len(rates)
    eta = np.broadcast_to(rates.reshape(runs, -1), (runs, per_epoch * epochs))
    weights = _Weights(runs, hidden, rng)
    shrink = np.broadcast_to(np.asarray(l2, np.float32), (runs,))
    losses, seen, order = [], [], np.arange(samples)
    with np.errstate(all="ignore"):
        for update in range(per_epoch * epochs):
            if update % per_epoch == 0:
                order = rng.permutation(samples)
            rows = order[update % per_epoch * batch :][:batch]
            losses.append(weights.step(x[rows], y[rows], eta[:, update], shrink))
            if (update + 1) % per_epoch == 0:
                seen.append((weights.judged(x, y)[0], *weights.judged(x_val, y_val)))
    train_loss, val_loss, accuracy = (np.stack(each, 1) for each in zip(*seen, strict=True))
    return Runs(np.stack(losses, 1), train_loss, val_loss, accuracy)


class _Weights:
    """The weights of all runs: the hidden layers lie side by side in one matrix."""

    def __init__(self, runs: int, hidden: int, rng: np.random.Generator) -> None:
        self.runs, self.hidden = runs, hidden
        first = rng.normal(0, np.sqrt(2 / 64), (64, 1, hidden)).astype(np.float32)
        last = rng.normal(0, np.sqrt(1 / hidden), (1, hidden, 10)).astype(np.float32)
        self.w1, self.b1 = np.repeat(first, runs, 1), np.zeros((runs, hidden), np.float32)
        self.w2, self.b2 = np.repeat(last, runs, 0), np.zeros((runs, 1, 10), np.float32)

    def forward(self, x: Numbers) -> tuple[Numbers, Numbers]:
        """Hidden activations ``(runs, batch, hidden)`` and log-probabilities ``(runs, batch, 10)``."""
        z = (x @ self.w1.reshape(64, -1)).reshape(len(x), self.runs, self.hidden) + self.b1
        a = np.maximum(z, 0).transpose(1, 0, 2)
        scores = a @ self.w2 + self.b2
        scores -= scores.max(-1, keepdims=True)
        return a, scores - np.log(np.exp(scores).sum(-1, keepdims=True))

    def step(self, x: Numbers, y: Numbers, eta: Numbers, shrink: Numbers) -> Numbers:
        """One update of every run; the losses before it ``(runs,)``."""
        a, logs = self.forward(x)
        rows = np.arange(len(x))
        blame = np.exp(logs)  # (runs, batch, 10): softmax, then minus one at the right class
        blame[:, rows, y] -= 1
        blame /= len(x)
        d_a = (blame @ self.w2.transpose(0, 2, 1)) * (a > 0)  # (runs, batch, hidden)
        d_1 = np.ascontiguousarray(d_a.transpose(1, 0, 2)).reshape(len(x), -1)
        d_w1 = (x.T @ d_1).reshape(self.w1.shape)
        e1, e2 = eta[None, :, None], eta[:, None, None]
        self.w2 -= e2 * (a.transpose(0, 2, 1) @ blame + 2 * shrink[:, None, None] * self.w2)
        self.b2 -= e2 * blame.sum(1, keepdims=True)
        self.w1 -= e1 * (d_w1 + 2 * shrink[None, :, None] * self.w1)
        self.b1 -= eta[:, None] * d_a.sum(1)
        return -logs[:, rows, y].mean(1)

    def judged(self, x: Numbers, y: Numbers) -> tuple[Numbers, Numbers]:
        """Mean loss and accuracy of every run."""
        _, logs = self.forward(x)
        return -logs[:, np.arange(len(x)), y].mean(1), (logs.argmax(-1) == y).mean(1)


@cache
def _long(samples: int, wrong: bool) -> Runs:
    return train_many([0.15], batch=20, epochs=120, samples=samples, hidden=48, wrong=0.2 * wrong, seed=3)


def _for_epochs(at: At) -> tuple[str, Changes]:
    """As many epochs on as many samples, by plain gradient descent; all labels are right there."""
    changes: Changes = {"train.epochs": at.whole("epochs"), **held_out(int(at.chosen("samples")), 400)}
    changes |= {**with_hidden(48), **with_optimizer("sgd", 0.15), "train.batch_size": 20}
    return "digits-mlp", {**changes, **NO_STOP}


@figure(
    "hyperparameters-epochs",
    ("How many epochs", "Cuántas épocas"),
    Slider("epochs", ("epochs", "épocas"), 1, 120, 30, 1, plays=12),
    Choice("samples", ("training samples", "muestras de entrenamiento"), {"100": "100", "300": "300"}, "100"),
    Toggle("wrong", ("a fifth of the labels drawn at random", "una quinta parte de las etiquetas al azar"), True),
    experiment=_for_epochs,
)
def epochs(at: At) -> Picture:
    """Losses on training and validation samples, epoch by epoch."""
    now, runs = at.whole("epochs"), _long(int(at.chosen("samples")), at.on("wrong"))
    train, val, accuracy = runs.train_loss[0], runs.val_loss[0], runs.val_accuracy[0]
    best = int(val.argmin()) + 1
    canvas = Canvas(640, 400)
    top = max(2.5, float(val.max()) * 1.05)
    plot = canvas.axes((0, 120), (0, top), box=(52, 34, 568, 190), ylabel=tr("loss", "pérdida"))
    ahead = np.arange(1, 121)
    for values, shade in ((train, "blue"), (val, "orange")):
        plot.line(ahead, values, shade, 1.2, opacity=0.25)
        plot.line(ahead[:now], values[:now], shade)
        plot.points([now], [values[now - 1]], shade, 4.5)
    plot.vertical(best, "muted")
    words = tr(f"lowest: epoch {best}", f"mínimo: época {best}")
    right = best < 80
    plot.text(best + (1.5 if right else -1.5), top * 0.9, words, size=12, anchor="start" if right else "end")
    canvas.legend(
        60, 20, [(tr("training", "entrenamiento"), "blue"), (tr("validation", "validación"), "orange")], across=True
    )
    low = canvas.axes(
        (0, 120),
        (0.0, 1),
        box=(52, 268, 568, 88),
        xlabel=tr("epoch", "época"),
        ylabel=tr("accuracy", "exactitud"),
    )
    low.line(ahead, accuracy, "green", 1.2, opacity=0.25)
    low.line(ahead[:now], accuracy[:now], "green")
    low.points([now], [accuracy[now - 1]], "green", 4.5)
    canvas.text(620, 262, tr("validation", "validación"), size=12, anchor="end", colour_="green")
    a, b, c = train[now - 1], val[now - 1], accuracy[now - 1]
    return canvas.picture(
        tr(
            f"After {now} epochs the loss is {a:.2f} on the training samples and {b:.2f} on the validation samples, of "
            f"which {c:.0%} are right. The validation loss was lowest after {best} epochs.",
            f"Tras {now} épocas la pérdida es {a:.2f} en las muestras de entrenamiento y {b:.2f} en las de validación, "
            f"de las que acierta el {c:.0%}. La pérdida de validación fue mínima tras {best} épocas.",
        )
    )


_SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1000)


@cache
def _with_batch(batch: int, scaled: bool) -> Runs:
    rate = 0.1 * batch / 32 if scaled else 0.1
    return train_many([rate], batch=batch, epochs=4, seed=1)


def _in_batches(at: At) -> tuple[str, Changes]:
    """Batches of this size at the rate that goes with them, for four epochs of plain gradient descent."""
    size = _SIZES[at.whole("power")]
    changes: Changes = {"train.batch_size": size}
    changes |= with_optimizer("sgd", 0.1 * size / 32 if at.on("scaled") else 0.1)
    return "digits-mlp", {**changes, "train.epochs": 4, **with_hidden(24), **held_out(1000, 400), **NO_STOP}


@figure(
    "hyperparameters-batch-size",
    ("Batch size: few exact steps or many noisy ones", "Tamaño del lote: pocos pasos exactos o muchos ruidosos"),
    Slider("power", ("batch size (power of 2)", "tamaño del lote (potencia de 2)"), 0, 10, 5, 1, plays=2),
    Toggle("scaled", ("learning rate in proportion to the batch", "tasa proporcional al lote"), False),
    experiment=_in_batches,
)
def batch_size(at: At) -> Picture:
    """The loss of every batch during four epochs, and what each size reached."""
    power, scaled = at.whole("power"), at.on("scaled")
    size, every = _SIZES[power], [_with_batch(each, scaled) for each in _SIZES]
    runs = every[power]
    losses = runs.losses[0]
    updates = len(losses)
    canvas = Canvas(640, 400)
    plot = canvas.axes(
        (0, 4),
        (0, 4),
        box=(52, 30, 568, 160),
        xlabel=tr("epochs (each one sees the 1000 samples once)", "épocas (cada una ve las 1000 muestras una vez)"),
        ylabel=tr("loss of the batch", "pérdida del lote"),
        title=tr(f"batch of {size}: {updates} updates", f"lote de {size}: {updates} actualizaciones"),
    )
    shown = np.unique(np.linspace(0, updates - 1, min(updates, 500)).astype(int))
    plot.line(4 * shown / updates, losses[shown], "grey", 1, opacity=0.6)
    window = max(1, updates // 40)
    smooth = np.convolve(losses, np.ones(window) / window, "valid")
    keep = np.unique(np.linspace(0, len(smooth) - 1, min(len(smooth), 300)).astype(int))
    plot.line(4 * (keep + (window - 1) / 2) / updates, smooth[keep], "blue", 2.4)
    if updates <= 40:
        plot.points(4 * np.arange(updates) / updates, losses, "blue", 3)
    reached = np.array([each.val_accuracy[0, -1] for each in every])
    low = canvas.axes(
        (-0.6, 10.6),
        (0, 1.2),
        box=(52, 264, 568, 92),
        ylabel=tr("accuracy", "exactitud"),
        title=tr("validation, after the four epochs", "validación, tras las cuatro épocas"),
        ticks=False,
        grid=False,
    )
    low.bars(np.arange(11), reached, ["blue" if i == power else "grey" for i in range(11)], 0.8)
    for place, share in enumerate(reached):
        low.text(place, share + 0.03, f"{share:.0%}", size=11, anchor="middle", colour_="ink")
        low.text(place, -0.2, str(_SIZES[place]), size=11, anchor="middle", bold=place == power)
    canvas.text(336, 394, tr("batch size", "tamaño del lote"), size=12, anchor="middle", colour_="muted")
    eta = 0.1 * size / 32 if scaled else 0.1
    return canvas.picture(
        tr(
            f"With batches of {size} and a learning rate of {eta:.3g}, four epochs are {updates} updates and "
            f"{reached[power]:.0%} of the validation samples come out right.",
            f"Con lotes de {size} y una tasa de {eta:.3g}, cuatro épocas son {updates} actualizaciones y se acierta el "
            f"{reached[power]:.0%} de las muestras de validación.",
        )
    )
