"""Learning rates that fall, and what that does to the loss of a small convolutional network."""

from functools import cache

import numpy as np

from hondo.core.language import tr
from hondo.guide.drawing.canvas import Canvas, Picture
from hondo.guide.drawing.colours import SERIES
from hondo.guide.figures.c13_layers import pictures
from hondo.guide.figures.controls import At, Choice, Slider
from hondo.guide.figures.doors import NO_STOP, Changes, small_cnn, with_optimizer, with_schedule
from hondo.guide.figures.figure import figure
from hondo.scratch.descent.optimizers import Momentum
from hondo.scratch.descent.schedules import CosineDecay, ExponentialDecay, InverseTimeDecay, Schedule, StepDecay
from hondo.scratch.networks.network import cnn
from hondo.scratch.networks.training import train

EPOCHS, BATCH = 6, 12
STEPS = EPOCHS * 384 // BATCH
KINDS = {
    "constant": ("constant", "constante"),
    "step": ("in steps", "escalonada"),
    "exponential": ("exponential", "exponencial"),
    "inverse": ("inverse of time", "inversa del tiempo"),
    "cosine": ("cosine", "coseno"),
}


def schedule(kind: str, initial: float) -> Schedule:
    """A learning rate for every step; all but the constant one end at about a hundredth or less."""
    return {
        "constant": lambda _: initial,
        "step": StepDecay(initial, 0.1, STEPS // 3),
        "exponential": ExponentialDecay(initial, 0.01, STEPS),
        "inverse": InverseTimeDecay(initial, 99.0, STEPS),
        "cosine": CosineDecay(initial, STEPS),
    }[kind]


@cache
def trained(kind: str, initial: float) -> tuple[tuple[float, ...], float]:
    """Training loss by epoch with small batches, and what the network gets right of unseen digits."""
    x, y, unseen, wanted = pictures()
    network = cnn((8, 8, 1), 10, (4, 8), seed=5)
    with np.errstate(all="ignore"):
        history = train(
            network,
            "softmax_cross_entropy",
            x,
            y,
            optimizer=Momentum(schedule(kind, initial)),
            batch_size=BATCH,
            epochs=EPOCHS,
            seed=5,
        )
        right = float((network.classify(unseen) == wanted.argmax(1)).mean())
    return tuple(history.loss), right


_AS_SPEC: dict[str, Changes] = {
    "constant": {"learn.schedule.kind": "constant"},
    "step": with_schedule("step", 0.1, EPOCHS / 3),
    "exponential": with_schedule("exponential", 0.01, EPOCHS),
    "inverse": with_schedule("inverse_time", 99, EPOCHS),
    "cosine": {"learn.schedule.kind": "cosine"},
}


def _as_experiment(at: At) -> tuple[str, Changes]:
    """The same network under the same schedule, on more digits."""
    changes: Changes = {**_AS_SPEC[at.chosen("kind")], **with_optimizer("momentum", at.number("initial"))}
    return "digits-mlp", {**changes, **small_cnn((4, 8)), "train.epochs": EPOCHS, "train.batch_size": BATCH, **NO_STOP}


@figure(
    "decay-schedules",
    ("A falling learning rate, and the loss under it", "Una tasa de aprendizaje que cae y la pérdida que resulta"),
    Choice("kind", ("schedule", "programa"), KINDS, "cosine"),
    Slider("initial", ("initial rate", "tasa inicial"), 0.01, 0.09, 0.05, 0.02),
    experiment=_as_experiment,
)
def decay_schedules(at: At) -> Picture:
    """The rate of each step on the left; on the right the loss, beside that of a constant rate."""
    kind, initial = at.chosen("kind"), at.number("initial")
    canvas = Canvas(640, 330)
    left = canvas.axes(
        (0, STEPS),
        (0, 0.1),
        box=(52, 34, 230, 230),
        xlabel=tr("step", "paso"),
        title=tr("learning rate", "tasa de aprendizaje"),
    )
    rates = schedule(kind, initial)
    steps = np.arange(0, STEPS, 2)
    left.line(steps, [rates(int(t)) for t in steps], "orange")
    losses, right_share = trained(kind, initial)
    constant, constant_share = trained("constant", initial)
    right = canvas.axes(
        (1, EPOCHS),
        (0, 2.5),
        box=(362, 34, 258, 230),
        xlabel=tr("epoch", "época"),
        title=tr("training loss", "pérdida de entrenamiento"),
    )
    epochs = range(1, EPOCHS + 1)
    right.line(epochs, np.nan_to_num(constant, nan=9e9), "grey", dash="5 4")
    right.line(epochs, np.nan_to_num(losses, nan=9e9), SERIES[0])
    name = tr(*KINDS[kind])
    canvas.legend(362, 322, [(name, "blue"), (tr("constant", "constante"), "grey")], across=True)
    return canvas.picture(
        tr(
            f"Schedule “{name}” from {initial:g}: loss {losses[-1]:.2g} and {right_share:.0%} right on unseen digits; "
            f"constant: {constant[-1]:.2g} and {constant_share:.0%}.",
            f"Programa «{name}» desde {initial:g}: pérdida {losses[-1]:.2g} y {right_share:.0%} de aciertos con "
            f"dígitos nuevos; constante: {constant[-1]:.2g} y {constant_share:.0%}.",
        )
    )
