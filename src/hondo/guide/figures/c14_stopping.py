"""Dropout's effect on the gap, early stopping on a real curve, and what choosing by validation costs."""

from functools import cache

import numpy as np

from hondo.core.arrays import FloatArray
from hondo.core.language import tr
from hondo.guide.drawing.canvas import Canvas, Picture
from hondo.guide.figures.c14_training import How, Run, digits, fit, linear_error, on_patients, outputs, patients
from hondo.guide.figures.controls import At, Choice, Slider, Toggle
from hondo.guide.figures.doors import NO_STOP, Changes, held_out, rounded, with_hidden, with_optimizer
from hondo.guide.figures.figure import figure

RATES = np.arange(0, 0.81, 0.1)


def _dropped(rate: float, hidden: int) -> Run:
    return on_patients(How(hidden=hidden, updates=400, rate=0.005, dropout=round(rate, 1), every=20))


def _with_dropout(at: At) -> tuple[str, Changes]:
    """As many patients, neurons and steps."""
    changes: Changes = {"model.dropout": rounded(at.number("rate")), **with_hidden(int(at.chosen("hidden")))}
    changes |= {"learn.l2": 0, **with_optimizer("adam", 0.005), "train.epochs": 100, **held_out(120, 200)}
    return "diabetes-regression", {**changes, **NO_STOP}


@figure(
    "dropout-gap",
    ("What dropout does to the gap", "Qué hace el dropout con la brecha"),
    Slider("rate", ("dropout rate", "tasa de dropout"), 0, 0.8, 0.0, 0.1, plays=1),
    Choice("hidden", ("hidden neurons", "neuronas ocultas"), {"8": "8", "48": "48"}, "48"),
    experiment=_with_dropout,
)
def dropout_gap(at: At) -> Picture:
    """The same 120 patients, the same network, more and more neurons silenced."""
    rate, hidden = at.number("rate"), int(at.chosen("hidden"))
    runs = [_dropped(each, hidden) for each in RATES]
    run = runs[round(rate * 10)]
    canvas = Canvas(680, 352)
    chart = canvas.axes(
        (0, 400), (0, 1.4), box=(54, 26, 292, 262), xlabel=tr("steps", "pasos"),
        ylabel=tr("mean squared error", "error cuadrático medio"),
    )  # fmt: skip
    right = canvas.axes(
        (0, 0.8), (0, 1.4), box=(410, 26, 250, 262), xlabel=tr("dropout rate", "tasa de dropout"),
        ylabel=tr("after 400 steps", "tras 400 pasos"),
    )  # fmt: skip
    ends = [[each.loss[i][-1] for each in runs] for i in (0, 1)]
    chart.area(run.at, run.loss[0], run.loss[1], "orange", 0.15)
    right.area(RATES, ends[0], ends[1], "orange", 0.15)
    for plot in (chart, right):
        plot.horizontal(linear_error(), "green")
    for i, shade in ((0, "blue"), (1, "orange")):
        chart.line(run.at, run.loss[i], shade)
        right.line(RATES, ends[i], shade)
        right.points([rate], [run.loss[i][-1]], shade, 6, "ink")
    canvas.legend(
        60, 344,
        [(tr("training", "entrenamiento"), "blue"), (tr("patients not seen", "pacientes no vistos"), "orange"),
         (tr("linear regression, not seen", "regresión lineal, no vistos"), "green")], across=True, gap=22,
    )  # fmt: skip
    return canvas.picture(
        tr(
            f"Rate {rate:.1f}: error {run.loss[0][-1]:.2f} in training (measured without dropout) and "
            f"{run.loss[1][-1]:.2f} on other patients; the gap is {run.loss[1][-1] - run.loss[0][-1]:.2f}.",
            f"Tasa {rate:.1f}: error de {run.loss[0][-1]:.2f} en entrenamiento (medido sin dropout) y de "
            f"{run.loss[1][-1]:.2f} en otros pacientes; la brecha es {run.loss[1][-1] - run.loss[0][-1]:.2f}.",
        )
    )


EPOCHS = 80


@cache
def _curve(seed: int, dropout: bool) -> Run:
    """120 patients to learn from, 60 to decide by, 262 to judge; a look after every epoch of six steps."""
    x, t = patients()
    how = How(hidden=48, updates=6 * EPOCHS, rate=0.005, batch=20, every=6, seed=seed, dropout=0.3 * dropout)
    return fit(how, (x[:120], t[:120]), (x[120:180], t[120:180]), (x[180:], t[180:]))


def stopped(losses: FloatArray, patience: int, least: float) -> tuple[int, int]:
    """The epoch in which patience ends (or the last one), and the best epoch until then; both from 1."""
    best, at = np.inf, 0
    for epoch, loss in enumerate(losses, 1):
        if loss < best - least:
            best, at = loss, epoch
        elif epoch - at >= patience:
            return epoch, at
    return len(losses), at


def _with_patience(at: At) -> tuple[str, Changes]:
    """The same network on as many patients, with the same patience."""
    changes: Changes = {
        "train.early_stopping.patience": at.whole("patience"),
        "train.early_stopping.min_delta": rounded(at.number("least")),
        "train.seed": at.whole("seed"),
        "model.dropout": 0.3 if at.on("dropout") else 0,
        "train.epochs": EPOCHS,
        "train.batch_size": 20,
        "learn.l2": 0,
    }
    return "diabetes-regression", {**changes, **with_hidden(48), **with_optimizer("adam", 0.005), **held_out(120, 60)}


@figure(
    "early-stopping-patience",
    ("How long to wait", "Cuánto esperar"),
    Slider("patience", ("patience (epochs)", "paciencia (épocas)"), 1, 30, 3, 1, plays=2),
    Slider("least", ("least improvement", "mejora mínima"), 0, 0.05, 0, 0.005),
    Slider("seed", ("training", "entrenamiento"), 0, 7, 1, 1),
    Toggle("dropout", ("with dropout 0.3", "con dropout 0.3"), True),
    Toggle("all", ("show what comes after", "mostrar lo que vendría después"), True),
    experiment=_with_patience,
)
def early_stopping_patience(at: At) -> Picture:
    """A real training: where it would have stopped, and which weights it would have given back."""
    run, patience = _curve(at.whole("seed"), at.on("dropout")), at.whole("patience")
    validation, test = run.loss[1][1:], run.loss[2][1:]
    end, best = stopped(validation, patience, at.number("least"))
    epochs = np.arange(1, EPOCHS + 1)
    low, high = float(validation.min()), float(np.quantile(validation[3:], 0.98))
    canvas = Canvas(680, 352)
    chart = canvas.axes(
        (0, EPOCHS), (max(0.0, low - 0.35), high + 0.15), box=(52, 26, 608, 262), xlabel=tr("epoch", "época"),
        ylabel=tr("mean squared error", "error cuadrático medio"),
    )  # fmt: skip
    if at.on("all") and end < EPOCHS:
        chart.line(epochs[end - 1 :], run.loss[0][end:], "blue", 1.6, "3 4", 0.5)
        chart.line(epochs[end - 1 :], validation[end - 1 :], "orange", 1.6, "3 4", 0.5)
    chart.line(epochs[:end], run.loss[0][1 : end + 1], "blue")
    chart.line(epochs[:end], validation[:end], "orange")
    bottom, top = chart.y
    chart.area([best, end], [bottom, bottom], [top, top], "gold", 0.12)
    chart.vertical(best, "green", "")
    chart.vertical(end, "red", "5 4")
    chart.points([best], [validation[best - 1]], "green", 6, "ink")
    canvas.legend(
        56, 344,
        [(tr("training", "entrenamiento"), "blue"), (tr("validation", "validación"), "orange"),
         (tr("best so far", "mejor hasta aquí"), "green"), (tr("stop", "parada"), "red"),
         (tr("waiting", "espera"), "gold")], across=True, gap=20,
    )  # fmt: skip
    whole = int(np.argmin(validation)) + 1
    return canvas.picture(
        tr(
            f"It stops in epoch {end}; the best was epoch {best} (validation {validation[best - 1]:.3f}). On the test "
            f"patients: {test[best - 1]:.3f} with the restored weights, {test[end - 1]:.3f} with the last ones. The "
            f"lowest validation of all {EPOCHS} epochs was in epoch {whole} ({validation[whole - 1]:.3f}).",
            f"Se para en la época {end}; la mejor fue la {best} (validación {validation[best - 1]:.3f}). En los "
            f"pacientes de prueba: {test[best - 1]:.3f} con los pesos restaurados y {test[end - 1]:.3f} con los "
            f"últimos. La validación más baja de las {EPOCHS} épocas fue la de la {whole} "
            f"({validation[whole - 1]:.3f}).",
        )
    )


CANDIDATES = 40
_MARKS = (1, 2, 3, 5, 8, 12, 20, 30, 40)


@cache
def _answers() -> FloatArray:
    """Which of 1700 digits each of 40 networks gets right, trained on the same 97 from other first weights."""
    x, t = digits()
    found = []
    for seed in range(CANDIDATES):
        how = How(hidden=12, updates=90, rate=0.02, seed=seed, every=90)
        weights = fit(how, (x[:97], t[:97])).weights
        found.append(outputs(weights, x[97:]).argmax(1) == t[97:].argmax(1))
    return np.array(found)


@cache
def _chosen(size: int) -> tuple[FloatArray, FloatArray]:
    """Accuracy of the chosen in validation and on the rest, for each count of candidates: means of 200 draws."""
    right = _answers()
    rng = np.random.default_rng(1)
    looked, real = np.zeros(len(_MARKS)), np.zeros(len(_MARKS))
    for _ in range(200):
        rows, order = rng.choice(right.shape[1], size, replace=False), rng.permutation(CANDIDATES)
        validation = right[:, rows].mean(1)
        rest = (right.sum(1) - right[:, rows].sum(1)) / (right.shape[1] - size)
        for place, count in enumerate(_MARKS):
            best = order[int(np.argmax(validation[order[:count]]))]
            looked[place] += validation[best] / 200
            real[place] += rest[best] / 200
    return looked, real


@figure(
    "early-stopping-selection",
    ("The best of many looks better than it is", "El mejor de muchos parece mejor de lo que es"),
    Choice("size", ("validation samples", "muestras de validación"), {"20": "20", "50": "50", "200": "200",
           "800": "800"}, "50"),
    Slider("place", ("candidates (position)", "candidatas (posición)"), 0, len(_MARKS) - 1, 6, 1, plays=1),
    Slider("draw", ("draw of the validation samples", "sorteo de la validación"), 0, 20, 0, 1),
)  # fmt: skip
def early_stopping_selection(at: At) -> Picture:
    """Candidates with one true accuracy each, chosen by a small validation set."""
    size, count = int(at.chosen("size")), _MARKS[at.whole("place")]
    right = _answers()
    rng = np.random.default_rng(100 + at.whole("draw"))
    rows = rng.choice(right.shape[1], size, replace=False)
    validation = right[:count, rows].mean(1)
    rest = (right[:count].sum(1) - right[:count, rows].sum(1)) / (right.shape[1] - size)
    best = int(np.argmax(validation))
    canvas = Canvas(680, 352)
    plot = canvas.axes(
        (0.6, 1), (0.6, 1), box=(52, 26, 262, 262), xlabel=tr("accuracy in validation", "exactitud en validación"),
        ylabel=tr("accuracy on the rest", "exactitud en el resto"),
    )  # fmt: skip
    plot.line([0.6, 1], [0.6, 1], "grey", 1.5, "4 4")
    plot.points(validation, rest, "blue", 3.5, "paper", 0.7)
    plot.points([validation[best]], [rest[best]], "orange", 6.5, "ink")
    looked, real = _chosen(size)
    chart = canvas.axes(
        (0, 40), (0.7, 1), box=(390, 26, 270, 262), xlabel=tr("candidates", "candidatas"),
        ylabel=tr("accuracy of the chosen one (mean)", "exactitud de la elegida (media)"),
    )  # fmt: skip
    chart.area(_MARKS, real, looked, "gold", 0.18)
    chart.line(_MARKS, looked, "orange")
    chart.line(_MARKS, real, "green")
    for values, shade in ((looked, "orange"), (real, "green")):
        chart.points([count], [values[at.whole("place")]], shade, 6, "ink")
    canvas.legend(
        60, 344,
        [(tr("candidate", "candidata"), "blue"), (tr("chosen, in validation", "elegida, en validación"), "orange"),
         (tr("chosen, on the rest", "elegida, en el resto"), "green")], across=True, gap=24,
    )  # fmt: skip
    place = at.whole("place")
    return canvas.picture(
        tr(
            f"Best of {count} on {size} samples: {validation[best]:.0%} there, {rest[best]:.1%} on the other digits. "
            f"On average of 200 draws the chosen one is flattered by {100 * (looked[place] - real[place]):.1f} points.",
            f"La mejor de {count} con {size} muestras: {validation[best]:.0%} en ellas, {rest[best]:.1%} en los demás "
            f"dígitos. De media en 200 sorteos, a la elegida se le atribuyen "
            f"{100 * (looked[place] - real[place]):.1f} puntos de más.",
        )
    )
