"""What a model consists of, how it is told to learn, and how it then does."""

import itertools

import numpy as np

from hondo.core.language import tr
from hondo.guide.drawing.canvas import Canvas, Picture, number
from hondo.guide.drawing.grids import network
from hondo.guide.figures.c07_training import CROSS_ENTROPY, SQUARES, VALIDATION, trained
from hondo.guide.figures.controls import At, Choice, Slider, Toggle
from hondo.guide.figures.doors import NO_STOP, Changes, held_out, with_hidden, with_optimizer
from hondo.guide.figures.figure import figure


def _as_layers(at: At) -> tuple[str, Changes]:
    """The same hidden layers between the 64 pixels and ten classes of the digits."""
    return "digits-mlp", with_hidden(at.whole("first"), at.whole("second"))


@figure(
    "keras-parameters",
    ("Counting parameters", "Contar parámetros"),
    Slider("inputs", ("inputs", "entradas"), 1, 784, 64, 1),
    Slider("first", ("first hidden layer", "primera capa oculta"), 1, 256, 32, 1),
    Slider("second", ("second hidden layer (0: none)", "segunda capa oculta (0: ninguna)"), 0, 256, 0, 1),
    Slider("outputs", ("outputs", "salidas"), 1, 100, 10, 1),
    experiment=_as_layers,
)
def keras_parameters(at: At) -> Picture:
    """Counting parameters."""
    sizes = [at.whole(name) for name in ("inputs", "first", "second", "outputs")]
    sizes = [size for size in sizes if size]
    layers = list(itertools.pairwise(sizes))
    counts = [before * after + after for before, after in layers]
    total = sum(counts)
    canvas = Canvas(720, 330)
    names = [str(size) for size in sizes]
    network(canvas, (44, 20, 250, 250), [min(size, 9) for size in sizes], radius=9, names=names)
    top = 46.0
    shades = ("blue", "orange", "green")
    for place, ((before, after), count) in enumerate(zip(layers, counts, strict=True)):
        canvas.text(350, top, f"Dense({after})", size=13, mono=True, bold=True, colour_=shades[place])
        canvas.text(450, top, f"W ({before}, {after})   b ({after},)", size=12, mono=True, colour_="muted")
        canvas.text(350, top + 22, f"{before} · {after} + {after} = {count}", size=14, mono=True)
        canvas.rect(350, top + 32, max(2.0, 340 * count / total), 10, shades[place], round_=2)
        top += 70
    canvas.line(350, top - 14, 690, top - 14, "muted", 1)
    canvas.text(350, top + 10, tr(f"total {total}", f"en total {total}"), size=15, bold=True)
    kilobytes = total * 4 / 1024
    memory = f"{kilobytes:.1f} KiB" if kilobytes < 1024 else f"{kilobytes / 1024:.2f} MiB"
    canvas.text(350, top + 32, tr(f"in float32: {memory}", f"en float32: {memory}"), size=12, colour_="muted")
    share = counts[0] / total
    return canvas.picture(
        tr(
            f"{' → '.join(names)}: {' + '.join(map(str, counts))} = {total} parameters, {memory}; "
            f"the first layer holds {share:.0%} of them.",
            f"{' → '.join(names)}: {' + '.join(map(str, counts))} = {total} parámetros, {memory}; "
            f"la primera capa tiene el {share:.0%}.",
        )
    )


_RATES = ("0.0003", "0.003", "0.03", "0.3", "3")


def _as_compiled(at: At) -> tuple[str, Changes]:
    """The same loss, optimizer and rate; a squared error compares probabilities with one-hot rows."""
    changes: Changes = with_optimizer(at.chosen("optimizer"), float(at.chosen("rate")))
    if at.chosen("loss") == SQUARES:
        changes |= {"learn.loss": "mse", "preprocess.target": "one-hot"}
    return "digits-mlp", {**changes, **with_hidden(16), "train.epochs": 10, **held_out(500, VALIDATION), **NO_STOP}


@figure(
    "keras-compile",
    ("Telling it how to learn", "Decirle cómo aprender"),
    Choice(
        "loss",
        ("loss", "pérdida"),
        {
            CROSS_ENTROPY: ("cross-entropy", "entropía cruzada"),
            SQUARES: ("mean squared error", "error cuadrático medio"),
        },
        CROSS_ENTROPY,
    ),
    Choice(
        "optimizer", ("optimizer", "optimizador"), {"sgd": "SGD", "momentum": "SGD + momentum", "adam": "Adam"}, "adam"
    ),
    Choice("rate", ("learning rate", "tasa de aprendizaje"), {each: each for each in _RATES}, "0.003"),
    Toggle("others", ("all five rates", "las cinco tasas"), True),
    experiment=_as_compiled,
)
def keras_compile(at: At) -> Picture:
    """How it is told to learn."""
    chosen = at.chosen("rate")

    def run(rate: str) -> tuple[float, ...]:
        return trained(16, 500, 10, at.chosen("optimizer"), float(rate), at.chosen("loss")).val_accuracy

    canvas = Canvas(680, 330)
    plot = canvas.axes(
        (0, 10),
        (0, 1),
        box=(60, 22, 440, 250),
        xlabel=tr("epoch", "época"),
        ylabel=tr("validation accuracy", "exactitud en validación"),
    )
    plot.horizontal(0.1, "muted")
    plot.text(9.9, 0.12, tr("guessing", "al azar"), size=11, anchor="end", colour_="muted")
    shades: dict[str, str] = dict(zip(_RATES, ("purple", "blue", "green", "gold", "red"), strict=True))
    for rate in _RATES if at.on("others") else ():
        if rate != chosen:
            plot.line(range(11), run(rate), shades[rate], 1.5, opacity=0.55)
    curve = run(chosen)
    plot.line(range(11), curve, shades[chosen], 3.4)
    for place, rate in enumerate(_RATES):
        shown = at.on("others") or rate == chosen
        canvas.line(
            520,
            50 + 28 * place,
            546,
            50 + 28 * place,
            shades[rate],
            3.4 if rate == chosen else 1.5,
            opacity=1 if shown else 0.2,
        )
        words = f"{rate}:  {run(rate)[-1]:.0%}" if shown else rate
        canvas.text(554, 54 + 28 * place, words, size=13, bold=rate == chosen, colour_="ink" if shown else "muted")
    canvas.text(520, 28, tr("rate: at the end", "tasa: al final"), size=12, colour_="muted")
    return canvas.picture(
        tr(
            f"With a learning rate of {chosen} the network goes from {curve[0]:.0%} to {curve[-1]:.0%} on "
            "the validation samples "
            "in ten epochs on 500 digits.",
            f"Con una tasa de aprendizaje de {chosen} la red pasa del {curve[0]:.0%} al {curve[-1]:.0%} "
            "en validación "
            "en diez épocas con 500 dígitos.",
        )
    )


def _as_trained(at: At) -> tuple[str, Changes]:
    """As many samples, neurons and epochs."""
    changes: Changes = {**with_hidden(int(at.chosen("units"))), "train.epochs": at.whole("epoch")}
    return "digits-mlp", {
        **held_out(int(at.chosen("samples")), VALIDATION),
        **changes,
        **with_optimizer("adam", 0.005),
        **NO_STOP,
    }


@figure(
    "keras-curves",
    ("Learning curves of a real training", "Curvas de un entrenamiento real"),
    Choice(
        "samples", ("training samples", "muestras de entrenamiento"), {"60": "60", "250": "250", "1000": "1000"}, "250"
    ),
    Choice("units", ("hidden neurons", "neuronas ocultas"), {"4": "4", "16": "16", "64": "64"}, "16"),
    Slider("epoch", ("epoch", "época"), 1, 40, 40, 1, plays=6),
    experiment=_as_trained,
)
def keras_curves(at: At) -> Picture:
    """Learning curves of a real training."""
    made = trained(int(at.chosen("units")), int(at.chosen("samples")), 40, "adam", 0.005)
    epoch = at.whole("epoch")
    loss, val_loss = made.history.loss[:epoch], made.history.val_loss[:epoch]
    canvas = Canvas(720, 330)
    plot = canvas.axes(
        (0, 40), (0, 2.4), box=(58, 46, 280, 228), xlabel=tr("epoch", "época"), title=tr("loss", "pérdida")
    )
    plot.line(range(1, epoch + 1), loss, "blue")
    plot.line(range(1, epoch + 1), val_loss, "orange")
    best = int(np.argmin(val_loss))
    plot.points([best + 1], [val_loss[best]], "orange", 5, "ink")
    second = canvas.axes(
        (0, 40), (0, 1), box=(420, 46, 280, 228), xlabel=tr("epoch", "época"), title=tr("accuracy", "exactitud")
    )
    second.line(range(epoch + 1), made.accuracy[: epoch + 1], "blue")
    second.line(range(epoch + 1), made.val_accuracy[: epoch + 1], "orange")
    entries = [(tr("training", "entrenamiento"), "blue"), (tr("validation", "validación"), "orange")]
    canvas.legend(200, 66, entries)
    steps = -(-int(at.chosen("samples")) // 32) * epoch
    return canvas.picture(
        tr(
            f"After {epoch} epochs ({steps} steps): loss {number(loss[-1], 2)} in training, "
            f"{number(val_loss[-1], 2)} in validation, "
            f"lowest at epoch {best + 1}; accuracy {made.accuracy[epoch]:.0%} and {made.val_accuracy[epoch]:.0%}.",
            f"Tras {epoch} épocas ({steps} pasos): pérdida {number(loss[-1], 2)} en entrenamiento y "
            f"{number(val_loss[-1], 2)} en "
            f"validación, mínima en la época {best + 1}; exactitud {made.accuracy[epoch]:.0%} y "
            f"{made.val_accuracy[epoch]:.0%}.",
        )
    )
