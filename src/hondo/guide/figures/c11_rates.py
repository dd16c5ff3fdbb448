"""Chapter 11, the learning rate: too small, right, too large; schedules; and looking for it."""

from functools import cache

import numpy as np

from hondo.core.language import tr
from hondo.guide.drawing.axes import Axes
from hondo.guide.drawing.canvas import Canvas, Picture
from hondo.guide.figures.c11_training import Runs, train_many
from hondo.guide.figures.controls import At, Choice, Slider
from hondo.guide.figures.doors import NO_STOP, Changes, held_out, with_hidden, with_optimizer, with_schedule
from hondo.guide.figures.figure import figure
from hondo.scratch.descent.schedules import CosineDecay, ExponentialDecay, InverseTimeDecay, Schedule, StepDecay

_EXPONENTS = np.round(np.arange(-4, 1.51, 0.125), 3)
_TOP = 4.0


@cache
def _ladder() -> Runs:
    """One training for each of the rates 10⁻⁴ … 10^1.5."""
    return train_many(10**_EXPONENTS, epochs=6)


def _decades(plot: Axes, low: int, high: int) -> None:
    """Powers of ten along a horizontal axis that counts exponents."""
    for power in range(low, high + 1):
        at = plot.px(power)
        plot.canvas.line(at, plot.box[1], at, plot.box[1] + plot.box[3], "faint", 1)
        words = f"{10.0**power:g}"
        plot.canvas.text(at, plot.box[1] + plot.box[3] + 16, words, size=11, anchor="middle", colour_="muted")


def _at_rate(at: At) -> tuple[str, Changes]:
    """Plain gradient descent at this rate, for six epochs."""
    changes = with_optimizer("sgd", 10 ** at.number("exponent"))
    return "digits-mlp", {**changes, "train.epochs": 6, **with_hidden(24), **held_out(1000, 400), **NO_STOP}


@figure(
    "hyperparameters-learning-rate",
    ("The learning rate decides", "La tasa de aprendizaje decide"),
    Slider(
        "exponent", ("learning rate: power of 10", "tasa de aprendizaje: potencia de 10"), -4, 1.5, -1, 0.125, plays=4
    ),
    experiment=_at_rate,
)
def learning_rate(at: At) -> Picture:
    """The loss during training at one rate, and what all rates reach."""
    place = int(np.abs(_EXPONENTS - at.number("exponent")).argmin())
    runs, rate = _ladder(), float(10 ** _EXPONENTS[place])
    canvas = Canvas(640, 360)
    left = canvas.axes(
        (0, runs.losses.shape[1]),
        (0, _TOP),
        box=(48, 34, 262, 266),
        xlabel=tr("update", "actualización"),
        ylabel=tr("loss of the batch", "pérdida del lote"),
        title=f"η = {rate:.3g}",
    )
    steps = np.arange(runs.losses.shape[1])
    for other in range(0, len(_EXPONENTS), 4):
        left.line(steps, _bounded(runs.losses[other]), "grey", 1, opacity=0.25)
    left.line(steps, _bounded(runs.losses[place]), "blue")
    ended = _bounded(runs.val_loss[:, -1])
    right = canvas.axes(
        (-4.2, 1.7),
        (0, _TOP),
        box=(366, 34, 256, 266),
        title=tr("validation loss, six epochs", "pérdida en validación, 6 épocas"),
        ticks=False,
        grid=False,
    )
    _decades(right, -4, 1)
    canvas.text(494, 333, tr("learning rate", "tasa de aprendizaje"), size=12, anchor="middle", colour_="muted")
    right.line(_EXPONENTS, ended, "orange")
    right.points([_EXPONENTS[place]], [ended[place]], "orange", 6)
    right.horizontal(np.log(10), "muted")
    right.text(-4.1, np.log(10) + 0.25, tr("knowing nothing: ln 10", "sin saber nada: ln 10"), size=11, colour_="muted")
    accuracy, best = runs.val_accuracy[place, -1], float(10 ** _EXPONENTS[ended.argmin()])
    finite = np.isfinite(runs.val_loss[place, -1])
    loss = f"{runs.val_loss[place, -1]:.2f}" if finite else "∞"
    return canvas.picture(
        tr(
            f"With a learning rate of {rate:.3g}, the validation loss after six epochs is {loss} and {accuracy:.0%} "
            f"are right. Of these rates, {best:.2g} reaches the lowest loss.",
            f"Con una tasa de aprendizaje de {rate:.3g}, la pérdida de validación tras seis épocas es {loss} y se "
            f"acierta el {accuracy:.0%}. De estas tasas, la que llega más abajo es {best:.2g}.",
        )
    )


def _bounded(losses: np.ndarray) -> np.ndarray:
    """Losses for a plot: what is infinite or no number lies at its upper edge."""
    return np.clip(np.nan_to_num(losses, nan=_TOP, posinf=_TOP), 0, _TOP)


_UPDATES = 1000
_NAMES = {
    "constant": ("constant", "constante"),
    "steps": ("in steps", "por escalones"),
    "exponential": ("exponential", "exponencial"),
    "inverse": "1/t",
    "cosine": ("cosine", "coseno"),
    "warmup": ("warm-up and cosine", "calentamiento y coseno"),
}


def _schedules(initial: float) -> dict[str, Schedule]:
    cosine = CosineDecay(initial, _UPDATES - 100)
    return {
        "constant": lambda t: initial,
        "steps": StepDecay(initial, 0.2, every=300),
        "exponential": ExponentialDecay(initial, 0.2, every=300),
        "inverse": InverseTimeDecay(initial, 1.0, every=80),
        "cosine": CosineDecay(initial, _UPDATES),
        "warmup": lambda t: initial * (t + 1) / 100 if t < 100 else cosine(t - 100),
    }


@cache
def _scheduled(initial: float) -> tuple[np.ndarray, Runs]:
    rates = np.array([[each(t) for t in range(_UPDATES)] for each in _schedules(initial).values()])
    return rates, train_many(rates, batch=4, samples=800, epochs=5, wrong=0.1, seed=5)


_EPOCH = 200  # updates
_AS_SPEC: dict[str, Changes] = {
    "constant": {"learn.schedule.kind": "constant"},
    "steps": with_schedule("step", 0.2, 300 / _EPOCH),
    "exponential": with_schedule("exponential", 0.2, 300 / _EPOCH),
    "inverse": with_schedule("inverse_time", 1, 80 / _EPOCH),
    "cosine": {"learn.schedule.kind": "cosine"},
    "warmup": {"learn.schedule.kind": "cosine", "learn.schedule.warmup_epochs": 100 / _EPOCH},
}


def _on_schedule(at: At) -> tuple[str, Changes]:
    """The same schedule and first rate, with as small batches."""
    changes: Changes = {**_AS_SPEC[at.chosen("schedule")], **with_optimizer("sgd", float(at.chosen("initial")))}
    return "digits-mlp", {**changes, "train.epochs": 5, "train.batch_size": 4, **held_out(800, 400), **NO_STOP}


@figure(
    "hyperparameters-schedule",
    ("A learning rate that changes", "Una tasa de aprendizaje que cambia"),
    Choice("schedule", ("schedule", "programa"), _NAMES, "cosine"),
    Choice(
        "initial",
        ("first (or highest) rate", "tasa inicial (o máxima)"),
        {"0.1": "0.1", "0.2": "0.2", "0.4": "0.4", "0.8": "0.8"},
        "0.4",
    ),
    experiment=_on_schedule,
)
def schedule(at: At) -> Picture:
    """One schedule, the loss that it leads to, and where all of them end."""
    initial, chosen = float(at.chosen("initial")), at.chosen("schedule")
    rates, runs = _scheduled(initial)
    row, steps = list(_NAMES).index(chosen), np.arange(_UPDATES)
    canvas = Canvas(640, 400)
    top = canvas.axes((0, _UPDATES), (0, initial * 1.08), box=(52, 20, 568, 110), ylabel=tr("rate η", "tasa η"))
    for other in rates:
        top.line(steps[::5], other[::5], "grey", 1, opacity=0.35)
    top.line(steps[::2], rates[row, ::2], "blue", 2.6)
    low = canvas.axes(
        (0, _UPDATES),
        (0, 2.6),
        box=(52, 180, 280, 166),
        xlabel=tr("update", "actualización"),
        ylabel=tr("loss (mean of 40)", "pérdida (media de 40)"),
    )
    smooth = np.array([np.convolve(each, np.ones(40) / 40, "valid") for each in _finite(runs.losses)])[:, ::5]
    for each, shade in ((0, "grey"), (row, "blue")):
        low.line(steps[20:981:5], smooth[each], shade, 1.8)
    names = {name: tr(*_pair(name)) for name in _NAMES}
    canvas.legend(
        58,
        170,
        [(names[each], shade) for each, shade in (("constant", "grey"), (chosen, "blue"))][: 1 + (row > 0)],
        across=True,
    )
    reached = runs.val_accuracy[:, -1]
    canvas.text(620, 170, tr("validation accuracy", "exactitud en validación"), size=12, anchor="end", colour_="muted")
    for place, share in enumerate(reached):
        y, shade = 196 + 28 * place, "blue" if place == row else "grey"
        canvas.text(
            496, y + 4, names[list(_NAMES)[place]].replace(" and ", " + ").replace(" y ", " + "), size=11, anchor="end"
        )
        canvas.rect(504, y - 9, 80 * float(share), 18, shade, opacity=0.85)
        canvas.text(509 + 80 * float(share), y + 4, f"{share:.0%}", size=11)
    return canvas.picture(
        tr(
            f"Schedule “{names[chosen]}” from {initial:g}, batches of 4: at the end {reached[row]:.0%} of the "
            f"validation samples are right; with a constant rate, {reached[0]:.0%}.",
            f"Programa «{names[chosen]}» desde {initial:g}, lotes de 4: al final se acierta el {reached[row]:.0%} de "
            f"las muestras de validación; con la tasa constante, el {reached[0]:.0%}.",
        )
    )


def _pair(name: str) -> tuple[str, str]:
    words = _NAMES[name]
    return (words, words) if isinstance(words, str) else words


def _finite(losses: np.ndarray) -> np.ndarray:
    return np.nan_to_num(losses, nan=10.0, posinf=10.0)


_STEPS = 124
_GROWING = 10 ** np.linspace(-4, 1.5, _STEPS)


@cache
def _searched() -> tuple[np.ndarray, np.ndarray]:
    """The batch losses while the rate grows, and their smoothed average corrected for its start."""
    losses = _finite(train_many(_GROWING[None, :], epochs=4, batch=33, seed=2).losses[0])
    average, smooth = 0.0, []
    for count, loss in enumerate(losses, start=1):
        average = 0.9 * average + 0.1 * float(loss)
        smooth.append(average / (1 - 0.9**count))
    return losses, np.array(smooth)


@figure(
    "hyperparameters-rate-finder",
    ("Looking for the rate in one short training", "Buscar la tasa en un entrenamiento corto"),
    Slider("step", ("update", "actualización"), 1, _STEPS, 118, 1, plays=16),
)
def rate_finder(at: At) -> Picture:
    """The rate grows from update to update; the loss tells how far it may."""
    now = at.whole("step")
    rates, (losses, smooth) = _GROWING, _searched()
    canvas = Canvas(640, 360)
    plot = canvas.axes((-4.1, 1.6), (0, 4), box=(52, 24, 568, 280), ticks=False, grid=False)
    for height in range(5):
        canvas.line(52, plot.py(height), 620, plot.py(height), "faint", 1)
        canvas.text(45, plot.py(height) + 4, str(height), size=11, anchor="end", colour_="muted")
    _decades(plot, -4, 1)
    canvas.text(
        336,
        340,
        tr("learning rate of the update", "tasa de la actualización"),
        size=12,
        anchor="middle",
        colour_="muted",
    )
    canvas.text(
        14, 164, tr("loss of the batch", "pérdida del lote"), size=12, anchor="middle", colour_="muted", turn=-90
    )
    exponents = np.log10(rates)
    plot.points(exponents[:now], losses[:now], "grey", 2.5)
    plot.line(exponents[:now], smooth[:now], "blue")
    plot.points([exponents[now - 1]], [smooth[now - 1]], "blue", 5)
    lowest = int(smooth[:now].argmin())
    suggestion = float(rates[lowest] / 10)
    risen = smooth[now - 1] > 1.3 * smooth[lowest]
    if risen:
        plot.vertical(exponents[lowest], "orange")
        plot.vertical(exponents[lowest] - 1, "green", width=2)
        plot.text(exponents[lowest] + 0.08, 3.75, tr("lowest", "mínimo"), size=12, colour_="orange")
        words = tr(f"a tenth: {suggestion:.2g}", f"la décima parte: {suggestion:.2g}")
        plot.text(exponents[lowest] - 1.08, 3.75, words, size=12, anchor="end", colour_="green")
    said = (
        tr(
            f"The smoothed loss was lowest at {rates[lowest]:.2g}; "
            f"a tenth of it, {suggestion:.2g}, is a rate to begin with.",
            f"La pérdida suavizada fue mínima en {rates[lowest]:.2g}; "
            f"su décima parte, {suggestion:.2g}, es una tasa para empezar.",
        )
        if risen
        else tr("The loss has not risen yet: go on.", "La pérdida aún no ha subido: siga.")
    )
    here = tr(f"Update {now}: rate {rates[now - 1]:.2g}. ", f"Actualización {now}: tasa {rates[now - 1]:.2g}. ")
    return canvas.picture(here + said)
