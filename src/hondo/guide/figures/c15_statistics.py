"""Chapter 15, batch normalisation's trap: statistics that follow the new pictures while no weight learns."""

from functools import cache
from typing import Any

import numpy as np

from hondo.core.language import tr
from hondo.guide.drawing.canvas import Canvas, Picture
from hondo.guide.figures.c15_mini import Weights, batch_statistics, blocks, each_block, trained
from hondo.guide.figures.c15_pictures import drawn, grey_digits
from hondo.guide.figures.controls import At, Choice, Slider
from hondo.guide.figures.doors import ENLARGED_DIGITS, NO_STOP, Changes
from hondo.guide.figures.figure import figure

_TRAINED, _TESTED, _BATCH, _EVERY, _MOST, _MOMENTUM = 80, 80, 32, 20, 100, 0.99


@cache
def _measured(name: str) -> tuple[Any, Weights]:
    """A head on the features of 80 pictures, and the statistics of a batch of them."""
    from sklearn.linear_model import LogisticRegression

    x, y = drawn(1000, 1) if name == "new" else grey_digits()
    head = LogisticRegression(max_iter=400).fit(each_block(x[:_TRAINED], trained())[-1], y[:_TRAINED])
    return head, batch_statistics(x[:_BATCH], trained())


def moved(name: str, steps: int) -> Weights:
    """The network's weights after so many steps in training mode in which nothing but the running statistics moves."""
    kept = _MOMENTUM**steps
    changed = {key: kept * trained()[key] + (1 - kept) * new for key, new in _measured(name)[1].items()}
    return trained() | {key: values.astype(np.float32) for key, values in changed.items()}


@cache
def accuracy(name: str, steps: int) -> float:
    """How many of 80 unseen pictures the same head then gets right."""
    x, y = drawn(1000, 1) if name == "new" else grey_digits()
    test = slice(_TRAINED, _TRAINED + _TESTED)
    head, _ = _measured(name)
    return float(head.score(each_block(x[test], moved(name, steps))[-1], y[test]))


def _as_experiment(at: At) -> tuple[str, Changes]:
    """Blocks tuned at a rate at which nothing learns, while their statistics follow the pictures for as many steps."""
    new: Changes = ENLARGED_DIGITS if at.chosen("data") == "digits" else {}
    new = {**new, "data.limit": _TRAINED * 5 // 4, **NO_STOP}
    if not at.whole("steps"):
        return "shapes-transfer", {"model.transfer.fine_tune": None, **new}
    return "shapes-transfer", {
        "model.transfer.fine_tune.epochs": round(at.whole("steps") / 3),
        "model.transfer.fine_tune.batch_normalization": "update",
        "model.transfer.fine_tune.unfreeze": "all",
        "model.transfer.fine_tune.learning_rate": 1e-9,
        **new,
    }


@figure(
    "tuning-statistics",
    ("Nothing learns, and yet it forgets", "Nada aprende y, sin embargo, olvida"),
    Choice(
        "data",
        ("new pictures", "imágenes nuevas"),
        {"digits": ("grey digits", "dígitos grises"), "new": ("coloured drawings", "dibujos en color")},
        "digits",
    ),
    Slider("steps", ("steps in training mode", "pasos en modo entrenamiento"), 0, _MOST, 40, _EVERY, plays=1),
    experiment=_as_experiment,
)
def tuning_statistics(at: At) -> Picture:
    """How far each block's running means have moved, and what the head still gets right."""
    name, steps = at.chosen("data"), at.whole("steps")
    old, new = trained(), moved(name, steps)
    rows: list[tuple[str, np.ndarray]] = []
    for block, layers in blocks():
        keys = [key for key in new if key.endswith("moving_mean") and key.split("/")[0] in layers]
        shifts = [(new[key] - old[key]) / np.sqrt(old[key.replace("mean", "variance")] + 1e-3) for key in keys]
        rows.append((block, np.concatenate(shifts)))
    before, after = accuracy(name, 0), accuracy(name, steps)
    canvas = Canvas(640, 330)
    words = tr("how far the running means have moved", "cuánto se han movido las medias acumuladas")
    canvas.text(20, 22, words, bold=True)
    words = tr("in standard deviations, a dot a channel", "en desviaciones típicas, un punto por canal")
    canvas.text(20, 40, words, size=12, colour_="muted")
    plot = canvas.axes((-0.6, 0.6), (-0.5, 3.5), box=(92, 56, 292, 226), ticks=False, grid=False)
    for value in (-0.6, -0.3, 0, 0.3, 0.6):
        plot.vertical(value, "faint", "")
        canvas.text(plot.px(value), 300, str(value).replace("-", "−"), size=11, anchor="middle", colour_="muted")
    for place, (block, shifts) in enumerate(rows):
        up = 3 - place
        label = "stem + 1·1" if place == 0 else block.replace("stage", "").replace("_block", "·")
        canvas.text(84, plot.py(up) + 4, label, size=12, anchor="end")
        jitter = np.random.default_rng(place).uniform(-0.32, 0.32, len(shifts))
        plot.points(np.clip(shifts, -0.59, 0.59), up + jitter, "orange", 2.6, opacity=0.8)
    plot.vertical(0, "muted", "")
    bars = canvas.axes((-0.6, 1.6), (0, 1), box=(452, 56, 168, 226), ticks=False)
    canvas.text(536, 22, tr("the head's accuracy", "exactitud de la cabeza"), bold=True, anchor="middle")
    bars.bars([0, 1], [before, after], ["blue", "orange"], 0.7)
    for place, (value, label) in enumerate(((before, tr("before", "antes")), (after, tr("after", "después")))):
        canvas.text(bars.px(place), bars.py(value) - 6, f"{value:.0%}", anchor="middle", bold=True)
        canvas.text(bars.px(place), 302, label, size=12, anchor="middle", colour_="muted")
    left, farthest = _MOMENTUM**steps, max(float(np.abs(shifts).max()) for _, shifts in rows)
    return canvas.picture(
        tr(
            f"After {steps} steps the running statistics keep {left:.0%} of what they were (momentum {_MOMENTUM}), "
            f"and no mean has moved by more than {farthest:.2f} standard deviations; the same head on the same weights "
            f"is right {after:.0%} of the time instead of {before:.0%}.",
            f"Tras {steps} pasos, las medias y varianzas conservan el {left:.0%} de lo que eran (momento {_MOMENTUM}) "
            f"y ninguna media se ha movido más de {farthest:.2f} desviaciones típicas; la misma cabeza, con los mismos "
            f"pesos, acierta el {after:.0%} en vez del {before:.0%}.",
        )
    )
