"""How long a training takes, and where: arithmetic for the machine, and a fixed price for every step."""

import math
from typing import NamedTuple

from hondo.core.language import tr
from hondo.guide.drawing.canvas import Canvas, Picture, number
from hondo.guide.figures.controls import At, Choice, Slider
from hondo.guide.figures.figure import figure
from hondo.guide.words import Words


class Job(NamedTuple):
    """A network: its parameters, and operations of a forward pass for one sample (a multiplication and an addition"
    " are two)."""

    name: Words
    parameters: float
    operations: float


class Machine(NamedTuple):
    """Where to train: peak operations a second in 32 bits, bytes of memory, seconds that a step costs before it"
    " computes."""

    name: Words
    peak: float
    memory: float
    step: float


JOBS = {
    "mlp": Job(Words("dense network for MNIST", "red densa para MNIST"), 101_770, 2.0e5),
    "cnn": Job(Words("convolutions for 32×32 pictures", "convoluciones para imágenes de 32×32"), 1.2e6, 8.0e7),
    "resnet": Job(Words("ResNet50 at 224×224", "ResNet50 a 224×224"), 25.6e6, 8.2e9),
    "gpt2": Job(Words("GPT-2 small, 1,024 tokens", "GPT-2 pequeño, 1024 tokens"), 124e6, 2.9e11),
}
MACHINES = (
    Machine(Words("4 CPU cores", "4 núcleos de CPU"), 0.4e12, 16e9, 1e-4),
    Machine(Words("T4 (Colab, free)", "T4 (Colab, gratis)"), 8.1e12, 16e9, 1e-3),
    Machine(Words("RTX 4060 at home", "RTX 4060 en casa"), 15.1e12, 8e9, 1e-3),
    Machine(Words("A100, rented", "A100, alquilada"), 19.5e12, 40e9, 1e-3),
)
_MARKS = ((1, "1 s"), (60, "1 min"), (3600, "1 h"), (86_400, "1 d"), (30 * 86_400, "30 d"), (3650 * 86_400, "10 a"))


def seconds(job: Job, machine: Machine, samples: float, epochs: float, batch: float, share: float) -> float:
    """Training as three forward passes' worth of operations for each sample, and the fixed price of each step."""
    arithmetic = 3 * job.operations * samples * epochs / (share * machine.peak)
    return arithmetic + machine.step * epochs * samples / batch


def needed(job: Job) -> float:
    """Bytes for the weights, their gradients and Adam's two averages, in 32 bits; activations come on top."""
    return 16 * job.parameters


def _told(duration: float) -> str:
    for unit, size in ((tr("years", "años"), 365 * 86_400), (tr("days", "días"), 86_400), ("h", 3600), ("min", 60)):
        if duration >= size:
            return f"{number(duration / size, 2)} {unit}" if duration < 100 * size else f"{duration / size:.0f} {unit}"
    return f"{number(duration, 2)} s"


@figure(
    "budget-hours",
    ("How long a training takes, by machine", "Cuánto dura un entrenamiento, según la máquina"),
    Choice("job", ("network", "red"), {key: job.name for key, job in JOBS.items()}, "cnn"),
    Slider("samples", ("samples, as a power of ten", "muestras, como potencia de diez"), 3, 7, 4.7, 0.1),
    Slider("epochs", ("epochs", "épocas"), 1, 100, 30, 1),
    Slider("batch", ("batch", "lote"), 8, 512, 64, 8),
    Slider("share", ("share of the peak reached, %", "parte del máximo que se alcanza, %"), 5, 80, 30, 5),
)
def budget_hours(at: At) -> Picture:
    """Bars on a logarithmic scale, one a machine."""
    job = JOBS[at.chosen("job")]
    samples, epochs, batch, share = (
        10 ** at.number("samples"),
        at.whole("epochs"),
        at.number("batch"),
        at.number("share") / 100,
    )
    canvas = Canvas(640, 330)
    left, width, low, high = 148, 420, -1.0, 8.6

    def place(duration: float) -> float:
        return left + width * (min(high, max(low, math.log10(duration))) - low) / (high - low)

    for mark, words in _MARKS:
        canvas.line(place(mark), 34, place(mark), 262, "faint", 1)
        shown = tr(words.replace("a", "y"), words)
        canvas.text(place(mark), 280, shown, size=11, anchor="middle", colour_="muted")
    limit = place(12 * 3600)
    canvas.line(limit, 28, limit, 262, "orange", 1.5, "5 4")
    canvas.text(
        limit,
        20,
        tr("12 h: end of a free session", "12 h: fin de una sesión gratuita"),
        size=12,
        anchor="middle",
        colour_="orange",
    )
    told, fixed = [], False
    for row, machine in enumerate(MACHINES):
        duration = seconds(job, machine, samples, epochs, batch, share)
        waiting = machine.step * epochs * samples / batch
        fixed = fixed or waiting > 0.5 * duration
        top = 42 + 56 * row
        canvas.text(left - 10, top + 24, str(machine.name), anchor="end", size=12)
        canvas.rect(
            left,
            top + 6,
            place(duration) - left,
            28,
            "orange" if waiting > 0.5 * duration else "blue",
            round_=3,
            opacity=0.85,
        )
        words = _told(duration)
        canvas.rect(place(duration) + 3, top + 10, 12 + 7.6 * len(words), 20, "paper")
        canvas.text(place(duration) + 7, top + 25, words, bold=True, size=12)
        told.append(f"{machine.name}: {words}")
    if fixed:
        words = tr(
            "orange bar: most of the time is the fixed cost of the steps",
            "barra naranja: casi todo es el coste fijo de los pasos",
        )
        canvas.text(left, 308, words, size=12, colour_="muted")
    gigabytes = needed(job) / 1e9
    return canvas.picture(
        tr(
            f"{'; '.join(told)}. Weights, gradients and Adam's averages take {number(gigabytes, 2)} GB, activations"
            f" aside.",
            f"{'; '.join(told)}. Pesos, gradientes y medias de Adam ocupan {number(gigabytes, 2)} GB, sin contar las"
            f" activaciones.",
        )
    )
