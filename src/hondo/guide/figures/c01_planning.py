"""What makes a project go well or badly before any network does: how often a run is repeated, how much is open at"
" once."""

import math
from functools import cache

import numpy as np

from hondo.core.language import tr
from hondo.guide.drawing.canvas import Canvas, Picture, number
from hondo.guide.figures.c01_representations import digits, single
from hondo.guide.figures.controls import At, Slider
from hondo.guide.figures.doors import NO_STOP, Changes, held_out, with_hidden, with_optimizer
from hondo.guide.figures.figure import figure
from hondo.scratch.descent.optimizers import Adam
from hondo.scratch.networks.network import mlp
from hondo.scratch.networks.training import train

_SEEDS = 12
_WIDTHS = (32, 48)


@cache
def _accuracies() -> np.ndarray:
    """Test accuracy by width and seed, (2, seeds): the seed decides the first weights and the order of the samples."""
    data = digits()
    x, targets = data.x[:500], np.eye(10, dtype=np.float32)[data.y[:500]]
    found = np.zeros((2, _SEEDS))
    for row, width in enumerate(_WIDTHS):
        for seed in range(_SEEDS):
            network = single(mlp((64, width, 10), seed=seed))
            train(
                network, "softmax_cross_entropy", x, targets, optimizer=Adam(0.01), batch_size=50, epochs=6, seed=seed
            )
            found[row, seed] = (network.classify(data.x_test) == data.y_test).mean()
    return found


def _as_experiment(at: At) -> tuple[str, Changes]:
    """The larger network's run with the seed tried last."""
    changes: Changes = {"train.seed": at.whole("seeds") - 1, **with_hidden(_WIDTHS[1]), **with_optimizer("adam", 0.01)}
    return "digits-mlp", {**changes, "train.epochs": 6, "train.batch_size": 50, **held_out(500, 100), **NO_STOP}


@figure(
    "planning-seeds",
    ("Which network is better? Ask more than one seed", "¿Qué red es mejor? Pregunte a más de una semilla"),
    Slider("seeds", ("seeds tried", "semillas probadas"), 1, _SEEDS, 1, 1, plays=1),
    experiment=_as_experiment,
)
def planning_seeds(at: At) -> Picture:
    """Accuracies of two networks, seed by seed, with their means."""
    count = at.whole("seeds")
    found = _accuracies()[:, :count] * 100
    canvas = Canvas(640, 300)
    every = _accuracies() * 100
    low, high = math.floor(every.min() - 0.3), math.ceil(every.max() + 0.3)
    plot = canvas.axes((low, high), (0, 2), box=(130, 20, 490, 200), ticks=False, grid=False)
    for tick in range(low, high + 1):
        canvas.line(plot.px(tick), 20, plot.px(tick), 220, "faint", 1)
        canvas.text(plot.px(tick), 236, str(tick), size=11, anchor="middle", colour_="muted")
    canvas.text(375, 254, tr("test accuracy, %", "exactitud de prueba, %"), size=12, anchor="middle", colour_="muted")
    for row, (width, shade) in enumerate(zip(_WIDTHS, ("blue", "orange"), strict=True)):
        level = 1.5 - row
        canvas.text(120, plot.py(level) + 4, tr(f"{width} neurons", f"{width} neuronas"), anchor="end")
        stacked: dict[float, int] = {}
        for value in found[row]:
            key = round(float(value), 3)
            stacked[key] = stacked.get(key, 0) + 1
            canvas.circle(plot.px(value), plot.py(level) + 30 - 11 * (stacked[key] - 1), 5, shade, "paper")
        mean = found[row].mean()
        canvas.line(plot.px(mean), plot.py(level) - 34, plot.px(mean), plot.py(level) + 36, shade, 2.5)
        if count > 1:
            error = found[row].std(ddof=1) / math.sqrt(count)
            canvas.rect(
                plot.px(mean - 2 * error),
                plot.py(level) - 34,
                plot.px(mean + 2 * error) - plot.px(mean - 2 * error),
                70,
                shade,
                opacity=0.15,
            )
    means = found.mean(axis=1)
    difference = means[1] - means[0]
    if count == 1:
        sure = tr("one run cannot say how sure that is", "con una sola ejecución no se sabe cuánto fiarse de eso")
    else:
        error = math.sqrt((found.var(axis=1, ddof=1) / count).sum())
        sure = tr(f"give or take {2 * error:.1f}", f"con un margen de {2 * error:.1f}")
    sign = "+" if difference >= 0 else "−"
    told = tr(
        f"{_WIDTHS[1]} against {_WIDTHS[0]} neurons: {sign}{abs(difference):.1f} points; {sure}",
        f"{_WIDTHS[1]} frente a {_WIDTHS[0]} neuronas: {sign}{abs(difference):.1f} puntos; {sure}",
    )
    first, second = told.split("; ")
    canvas.text(320, 280, first, anchor="middle", bold=True)
    canvas.text(320, 299, second, anchor="middle", colour_="muted")
    canvas.plot = None
    return canvas.picture(
        tr(f"With {count} seeds each, {told}.", f"Con {count} semillas por red, {told}.") if count > 1 else f"{told}."
    )


def finished(tasks: int, days: float, together: int, switch: float) -> list[list[tuple[float, float]]]:
    """Pieces of work of each task: at most ``together`` are open, worked on in turns of a day; turning to another"
    " costs ``switch``."""
    left = [days] * tasks
    pieces: list[list[tuple[float, float]]] = [[] for _ in range(tasks)]
    waiting, open_now = list(range(tasks)), []
    now, before = 0.0, -1
    while waiting or open_now:
        while waiting and len(open_now) < together:
            open_now.append(waiting.pop(0))
        task = open_now.pop(0)
        if before not in (-1, task):
            now += switch
        worked = min(1.0, left[task])
        pieces[task].append((now, now + worked))
        now, before = now + worked, task
        left[task] -= worked
        if left[task] > 1e-9:
            open_now.append(task)
    return pieces


@figure(
    "planning-open-tasks",
    ("Six tasks of four days, and how many are open at once", "Seis tareas de cuatro días y cuántas se abren a la vez"),
    Slider("together", ("open at once", "abiertas a la vez"), 1, 6, 3, 1, plays=1),
    Slider("switch", ("days lost at each switch", "días perdidos en cada cambio"), 0, 0.5, 0.2, 0.1),
)
def planning_open_tasks(at: At) -> Picture:
    """Work on each task, day by day."""
    together, switch = at.whole("together"), at.number("switch")
    pieces = finished(6, 4.0, together, switch)
    ends = [each[-1][1] for each in pieces]
    canvas = Canvas(640, 300)
    longest = 24 + 0.5 * 23 + 1
    left, width = 92, 520
    for day in range(0, 37, 6):
        x = left + width * day / longest
        canvas.line(x, 16, x, 230, "faint", 1)
        canvas.text(x, 246, tr(f"day {day}", f"día {day}"), size=11, anchor="middle", colour_="muted")
    shades = ("blue", "orange", "green", "purple", "gold", "grey")
    for row, (task, end) in enumerate(zip(pieces, ends, strict=True)):
        top = 20 + 35 * row
        canvas.text(left - 10, top + 18, tr(f"task {row + 1}", f"tarea {row + 1}"), anchor="end", size=12)
        for start, stop in task:
            canvas.rect(
                left + width * start / longest,
                top + 3,
                width * (stop - start) / longest - 0.8,
                23,
                shades[row],
                round_=2,
            )
        canvas.text(left + width * end / longest + 6, top + 19, number(end, 3), size=12, bold=True)
    mean = float(np.mean(ends))
    told = tr(
        f"first result on day {number(min(ends), 3)} · on average on day {number(mean, 3)} · last on day"
        f" {number(max(ends), 3)}",
        f"primer resultado el día {number(min(ends), 3)} · de media el día {number(mean, 3)} · último el día"
        f" {number(max(ends), 3)}",
    )
    canvas.text(320, 282, told, anchor="middle", bold=True)
    return canvas.picture(tr(f"With {together} open at once: {told}.", f"Con {together} abiertas a la vez: {told}."))
