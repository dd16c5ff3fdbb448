"""Learning curves: how they change with the size of the data, and what their shapes betray."""

from dataclasses import replace
from functools import cache

import numpy as np

from hondo.core.language import tr
from hondo.guide.drawing.canvas import Canvas, Picture
from hondo.guide.figures.c14_training import How, Run, digits, fit, on_digits, patients
from hondo.guide.figures.controls import At, Choice, Slider
from hondo.guide.figures.doors import NO_STOP, Changes, held_out, with_hidden, with_optimizer
from hondo.guide.figures.figure import figure
from hondo.guide.words import Words

SIZES = (20, 40, 80, 160, 320, 640, 1000)


def _as_experiment(at: At) -> tuple[str, Changes]:
    """As many digits, neurons and steps."""
    size = SIZES[at.whole("size")]
    epochs = max(1, round(at.whole("steps") / -(-size // 32)))
    changes: Changes = {**held_out(size, 400), **with_hidden(int(at.chosen("hidden"))), "train.epochs": epochs}
    return "digits-mlp", {**changes, **with_optimizer("adam", 0.01), **NO_STOP}


@figure(
    "overfitting-data-size",
    ("The gap closes with more data", "La brecha se cierra con más datos"),
    Slider("size", ("training digits (position)", "dígitos de entrenamiento (posición)"), 0, 6, 1, 1, plays=1),
    Choice("hidden", ("hidden neurons", "neuronas ocultas"), {"4": "4", "16": "16", "64": "64"}, "16"),
    Slider("steps", ("steps", "pasos"), 20, 400, 400, 20, plays=5),
    experiment=_as_experiment,
)
def overfitting_data_size(at: At) -> Picture:
    """The same network learns from 20 to 1000 digits and is judged on the same 797."""
    size, shown = at.whole("size"), at.whole("steps") // 20 + 1
    how = How(hidden=int(at.chosen("hidden")), updates=400, rate=0.01, every=20)
    runs = [on_digits(how, each) for each in SIZES]
    run = runs[size]
    canvas = Canvas(680, 352)
    chart = canvas.axes(
        (0, 400), (0, 2.5), box=(54, 26, 272, 262), xlabel=tr("steps", "pasos"),
        ylabel=tr("loss (cross-entropy)", "pérdida (entropía cruzada)"),
    )  # fmt: skip
    x = run.at[:shown]
    chart.area(x, run.loss[0][:shown], run.loss[1][:shown], "orange", 0.15)
    chart.line(x, run.loss[0][:shown], "blue")
    chart.line(x, run.loss[1][:shown], "orange")
    right = canvas.axes(
        (1.2, 3.1), (0.4, 1.02), box=(400, 26, 260, 262),
        xlabel=tr("log₁₀ of the training digits", "log₁₀ de los dígitos de entrenamiento"),
        ylabel=tr("accuracy after these steps", "exactitud tras estos pasos"),
    )  # fmt: skip
    sizes = np.log10(SIZES)
    train, unseen = ([each.right[i][shown - 1] for each in runs] for i in (0, 1))
    right.area(sizes, unseen, train, "orange", 0.15)
    for values, shade in ((train, "blue"), (unseen, "orange")):
        right.line(sizes, values, shade)
        right.points(sizes, values, shade, 3.5)
        right.points([sizes[size]], [values[size]], shade, 6.5, "ink")
    canvas.legend(
        60, 344,
        [(tr("training", "entrenamiento"), "blue"), (tr("797 digits not trained on", "797 dígitos no vistos"),
         "orange")], across=True, gap=24,
    )  # fmt: skip
    gap = 100 * (train[size] - unseen[size])
    return canvas.picture(
        tr(
            f"With {SIZES[size]} digits: {train[size]:.0%} right in training, {unseen[size]:.0%} on others, "
            f"a gap of {gap:.0f} points; losses {run.loss[0][shown - 1]:.2f} and {run.loss[1][shown - 1]:.2f}.",
            f"Con {SIZES[size]} dígitos: {train[size]:.0%} de aciertos en entrenamiento y {unseen[size]:.0%} en otros, "
            f"una brecha de {gap:.0f} puntos; pérdidas de {run.loss[0][shown - 1]:.2f} y "
            f"{run.loss[1][shown - 1]:.2f}.",
        )
    )


DIAGNOSES = {
    "small": Words("the network is too small", "la red es demasiado pequeña"),
    "healthy": Words("healthy: small gap, flat end", "sana: poca brecha, final llano"),
    "over": Words("overfitting", "sobreajuste"),
    "rate": Words("the learning rate is too high", "la tasa de aprendizaje es demasiado alta"),
    "short": Words("stopped too soon", "se ha parado demasiado pronto"),
    "few": Words("too few validation samples", "muy pocas muestras de validación"),
    "dropout": Words("strong dropout, otherwise healthy", "mucho dropout, por lo demás sana"),
    "shift": Words("the validation data are different", "los datos de validación son distintos"),
}
_ORDER = ("over", "small", "rate", "few", "short", "shift", "dropout", "healthy")
_WHY = {
    "small": Words(
        "both losses end high and close together: it cannot even fit what it sees.",
        "ambas pérdidas acaban altas y juntas: ni siquiera ajusta lo que ve.",
    ),
    "healthy": Words("both fall and flatten, close together.", "ambas bajan y se aplanan, casi juntas."),
    "over": Words(
        "training goes on towards 0 while validation turns and climbs.",
        "el entrenamiento sigue hacia 0 mientras la validación se da la vuelta y sube.",
    ),
    "rate": Words(
        "the training loss itself jumps and stays high.", "la propia pérdida de entrenamiento salta y no baja."
    ),
    "short": Words("both are still falling when it ends.", "ambas siguen bajando cuando acaba."),
    "few": Words(
        "with 12 samples each answer is 8 points of accuracy: the jumps are chance.",
        "con 12 muestras, cada respuesta vale 8 puntos de exactitud: los saltos son azar.",
    ),
    "dropout": Words(
        "validation is better from the beginning: the training loss is measured with neurons silenced.",
        "la validación es mejor desde el principio: la pérdida de entrenamiento se mide con neuronas silenciadas.",
    ),
    "shift": Words(
        "the gap is there from the first steps, far too large for these data: the validation digits are displaced "
        "by a pixel.",
        "la brecha está ahí desde los primeros pasos, demasiado grande para estos datos: los dígitos de validación "
        "están desplazados un píxel.",
    ),
}


@cache
def _case(name: str) -> Run:
    x, t = digits()
    base = How(hidden=32, updates=400, every=10)
    seen, other = (x[:600], t[:600]), (x[1000:1400], t[1000:1400])
    if name == "small":
        return fit(replace(base, hidden=2, rate=0.03), seen, other)
    if name == "over":
        xs, ts = patients()
        return fit(replace(base, hidden=64, rate=0.005), (xs[:120], ts[:120]), (xs[120:], ts[120:]))
    if name == "rate":
        return fit(replace(base, rate=0.3), seen, other)
    if name == "short":
        return fit(replace(base, rate=0.0003), seen, other)
    if name == "few":
        return fit(replace(base, rate=0.01, batch=8), (x[:600], t[:600]), (x[1012:1024], t[1012:1024]))
    if name == "dropout":
        return fit(replace(base, rate=0.005, dropout=0.7), seen, other)
    if name == "shift":
        moved = np.roll(other[0].reshape(-1, 8, 8), 1, axis=2).reshape(-1, 64)
        return fit(replace(base, rate=0.005), seen, (moved, other[1]))
    return fit(replace(base, hidden=64, rate=0.005), (x[:1000], t[:1000]), other)


@figure(
    "overfitting-diagnosis",
    ("Diagnose these trainings", "Diagnostique estos entrenamientos"),
    Slider("patient", ("training", "entrenamiento"), 1, 8, 1, 1),
    Choice("answer", ("your diagnosis", "su diagnóstico"), {"none": ("…", "…"), **DIAGNOSES}, "none"),
)
def overfitting_diagnosis(at: At) -> Picture:
    """Eight real trainings; what is wrong with each?"""
    name, answer = _ORDER[at.whole("patient") - 1], at.chosen("answer")
    run = _case(name)
    train = np.where(np.isnan(run.during), run.loss[0], run.during)
    top = max(0.5, float(np.ceil(2.2 * np.quantile(np.r_[train, run.loss[1]], 0.9)) / 2))
    canvas = Canvas(680, 352)
    classes = bool(run.right[0].max() > 0)
    width = 260 if classes else 570
    chart = canvas.axes(
        (0, 400), (0, top), box=(52, 26, width, 262), xlabel=tr("steps", "pasos"), ylabel=tr("loss", "pérdida")
    )
    chart.line(run.at, train, "blue")
    chart.line(run.at, run.loss[1], "orange")
    if classes:
        right = canvas.axes(
            (0, 400), (0, 1.02), box=(400, 26, 260, 262), xlabel=tr("steps", "pasos"),
            ylabel=tr("accuracy", "exactitud"),
        )  # fmt: skip
        right.line(run.at, run.right[0], "blue")
        right.line(run.at, run.right[1], "orange")
    canvas.legend(
        60, 344, [(tr("training", "entrenamiento"), "blue"), (tr("validation", "validación"), "orange")], across=True,
        gap=24,
    )  # fmt: skip
    ends = tr(
        f"Training {at.whole('patient')}: the losses end at {train[-1]:.2f} and, in validation, {run.loss[1][-1]:.2f}.",
        f"Entrenamiento {at.whole('patient')}: las pérdidas acaban en {train[-1]:.2f} y, en validación, "
        f"{run.loss[1][-1]:.2f}.",
    )
    if answer == "none":
        return canvas.picture(f"{ends} {tr('What do you say?', '¿Qué dice usted?')}")
    if answer == name:
        return canvas.picture(f"{ends} {tr('Right', 'Correcto')}: {_WHY[name]}")
    return canvas.picture(
        f"{ends} {tr('Not that. Look at both curves again.', 'No es eso. Mire otra vez las dos curvas.')}"
    )
