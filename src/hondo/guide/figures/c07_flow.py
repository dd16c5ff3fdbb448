"""Keras's flow as a pipeline whose stages open, and the same flow run again with other seeds."""

import numpy as np

from hondo.core.language import tr
from hondo.guide.drawing.canvas import Canvas, Picture, number
from hondo.guide.drawing.colours import deep_colours, grey_colours
from hondo.guide.drawing.grids import cells, network
from hondo.guide.figures.c07_training import TEST, TRAIN, VALIDATION, digits, trained, untrained, wilson
from hondo.guide.figures.controls import At, Choice, Slider
from hondo.guide.figures.doors import NO_STOP, Changes, held_out, with_hidden, with_optimizer
from hondo.guide.figures.figure import figure
from hondo.scratch.activations.softmax import softmax

_CALLS = ("load_digits()", "x / 16", "Sequential", "compile", "fit", "evaluate", "predict")
_TOP = 118


@figure(
    "keras-flow",
    ("The flow of Keras, stage by stage", "El flujo de Keras, etapa por etapa"),
    Slider("stage", ("stage", "etapa"), 1, 7, 1, 1, plays=0.5),
    Slider("sample", ("test picture", "imagen de prueba"), 0, TEST - 1, 3, 1),
)
def keras_flow(at: At) -> Picture:
    """The flow of Keras, stage by stage."""
    canvas = Canvas(720, 392)
    stage, sample = at.whole("stage"), at.whole("sample")
    names = tr(
        "Load Preprocess Define Configure Train Evaluate Predict",
        "Cargar Preparar Definir Configurar Entrenar Evaluar Predecir",
    ).split()
    for place, (name, call) in enumerate(zip(names, _CALLS, strict=True), start=1):
        left, now = 8 + 102 * (place - 1), place == stage
        canvas.rect(left, 14, 90, 56, "blue" if now else "soft", "blue", round_=8, opacity=1 if place <= stage else 0.5)
        shade = "paper" if now else "ink" if place <= stage else "muted"
        canvas.text(left + 45, 38, name, size=13, anchor="middle", bold=True, colour_=shade)
        canvas.text(left + 45, 57, call, size=11, anchor="middle", mono=True, colour_=shade)
        if place < 7:
            canvas.arrow(left + 91, 42, left + 102, 42, "muted", 1.5, 6)
    middle = 8 + 102 * (stage - 1) + 45
    canvas.polygon([(middle - 9, 84), (middle + 9, 84), (middle, 74)], "blue")
    canvas.line(8, 84, 712, 84, "blue", 1.5)
    draw = (_load, _preprocess, _define, _compile, _fit, _evaluate, _predict)[stage - 1]
    return canvas.picture(draw(canvas, sample))


def _lines(canvas: Canvas, x: float, y: float, *rows: tuple[str, str], wide: float = 150) -> None:
    for place, (what, value) in enumerate(rows):
        canvas.text(x, y + 25 * place, what, size=13, colour_="muted")
        canvas.text(x + wide, y + 25 * place, value, size=13, mono=True)


def _load(canvas: Canvas, sample: int) -> str:
    x, y = digits().test
    picture = x[sample].reshape(8, 8)
    cells(canvas, 30, _TOP + 8, picture, size=30, colours=grey_colours(picture, 0, 16), write=lambda v: f"{v:.0f}")
    canvas.text(150, 380, tr("one sample, as it comes", "una muestra, tal como llega"), size=12, anchor="middle")
    _lines(
        canvas,
        310,
        _TOP + 18,
        ("x", "(1797, 64)  float64"),
        ("y", "(1797,)     int64"),
        (tr("values", "valores"), tr("0 … 16 (ink)", "0 … 16 (tinta)")),
        (tr("this one's class", "clase de esta"), str(y[sample])),
    )
    labels = np.concatenate([part[1] for part in (digits().train, digits().validation, digits().test)])
    counts = np.bincount(labels)
    plot = canvas.axes((-0.6, 9.6), (0, 220), box=(340, 258, 350, 80), grid=False, xlabel=tr("class", "clase"))
    plot.bars(range(10), counts, ["orange" if each == y[sample] else "blue" for each in range(10)])
    canvas.text(690, 252, tr("samples of each class", "muestras de cada clase"), size=12, anchor="end", colour_="muted")
    return tr(
        f"Load: 1797 pictures of 64 values from 0 to 16; the one shown is a {y[sample]}, and each class has between "
        f"{counts.min()} and {counts.max()} samples.",
        f"Cargar: 1797 imágenes de 64 valores entre 0 y 16; la que se ve es un {y[sample]}, y cada clase tiene entre "
        f"{counts.min()} y {counts.max()} muestras.",
    )


def _preprocess(canvas: Canvas, sample: int) -> str:
    picture = digits().test[0][sample].reshape(8, 8) / 16
    cells(canvas, 30, _TOP + 8, picture, size=30, colours=grey_colours(picture, 0, 1), write=lambda v: f"{v:.2f}"[:4])
    canvas.text(150, 380, tr("divided by 16: from 0 to 1", "dividida entre 16: de 0 a 1"), size=12, anchor="middle")
    left, wide = 310.0, 390.0
    canvas.text(left, _TOP + 24, tr("shuffled, then split:", "se mezclan y se reparten:"), size=13, colour_="muted")
    words = (tr("training", "entrenamiento"), tr("validation", "validación"), tr("test", "prueba"))
    parts = (TRAIN, VALIDATION, TEST)
    for name, count, shade in zip(words, parts, ("blue", "green", "orange"), strict=True):
        share = wide * count / sum(parts)
        canvas.rect(left, _TOP + 40, share - 3, 40, shade, round_=3)
        canvas.text(left + share / 2, _TOP + 65, str(count), size=13, anchor="middle", colour_="paper", bold=True)
        canvas.text(left + share / 2 - 1, _TOP + 98, name, size=12, anchor="middle", colour_="muted")
        left += share
    _lines(
        canvas,
        310,
        _TOP + 148,
        ("x_train", f"({TRAIN}, 64)  0 … 1"),
        ("x_val", f"({VALIDATION}, 64)"),
        ("x_test", tr(f"({TEST}, 64)  set aside", f"({TEST}, 64)  aparte")),
    )
    return tr(
        f"Preprocess: values between 0 and 1, and three parts: {TRAIN} samples to learn from, {VALIDATION} to watch, "
        f"{TEST} set aside for the end.",
        f"Preparar: valores entre 0 y 1 y tres partes: {TRAIN} muestras para aprender, {VALIDATION} para vigilar y "
        f"{TEST} apartadas para el final.",
    )


def _define(canvas: Canvas, _: int) -> str:
    weights = untrained().parameters
    shown = [np.linspace(0, 63, 9).astype(int), np.linspace(0, 31, 8).astype(int), np.arange(10)]
    matrices = [weights["0.W"][np.ix_(shown[0], shown[1])], weights["2.W"][np.ix_(shown[1], shown[2])]]
    sizes = [len(each) for each in shown]
    network(
        canvas, (40, _TOP - 12, 260, 236), sizes, weights=matrices, radius=8, names=("64", "32, ReLU", "10, softmax")
    )
    _lines(
        canvas,
        360,
        _TOP + 28,
        (tr("inputs", "entradas"), "64"),
        ("Dense(32)", "64·32 + 32 = 2080"),
        ("Dense(10)", "32·10 + 10 =  330"),
        (tr("to learn", "por aprender"), "            2410"),
        wide=130,
    )
    canvas.text(
        360, _TOP + 150, tr("A few of the neurons are drawn;", "Se dibujan algunas neuronas;"), size=12, colour_="muted"
    )
    words = tr(
        "blue weights are positive, orange negative.", "los pesos azules son positivos; los naranjas, negativos."
    )
    canvas.text(360, _TOP + 168, words, size=12, colour_="muted")
    return tr(
        "Define: 64 inputs, 32 hidden neurons and 10 outputs make 2410 numbers to learn.",
        "Definir: 64 entradas, 32 neuronas ocultas y 10 salidas suman 2410 números por aprender.",
    )


def _bars(canvas: Canvas, p: np.ndarray, label: int, box: tuple[float, float, float, float]) -> None:
    plot = canvas.axes(
        (-0.6, 9.6), (0, 1), box=box, xlabel=tr("class", "clase"), ylabel=tr("probability", "probabilidad")
    )
    plot.bars(range(10), p, ["orange" if each == label else "blue" for each in range(10)])


def _compile(canvas: Canvas, sample: int) -> str:
    x, y = digits().test
    p = softmax(untrained().predict(x / 16))
    loss, right = float(-np.log(p[np.arange(TEST), y]).mean()), float((p.argmax(1) == y).mean())
    _lines(
        canvas,
        24,
        _TOP + 22,
        ("optimizer", "Adam(0.003)"),
        ("loss", "sparse_categorical_"),
        ("", "crossentropy"),
        ("metrics", "accuracy"),
        wide=90,
    )
    untaught = tr("before learning anything:", "antes de aprender nada:")
    canvas.text(24, _TOP + 148, untaught, size=13, colour_="muted")
    _lines(
        canvas,
        24,
        _TOP + 176,
        (tr("loss", "pérdida"), f"{loss:.2f}   (ln 10 = {np.log(10):.2f})"),
        (tr("accuracy", "exactitud"), f"{right:.0%}"),
        wide=90,
    )
    _bars(canvas, p[sample], int(y[sample]), (380, _TOP + 4, 310, 210))
    return tr(
        f"Configure: an optimizer, a loss, a metric. The untrained network has a loss of {loss:.2f}, near "
        "ln 10 = 2.30, "
        f"and is right {right:.0%} of the time: it guesses.",
        "Configurar: un optimizador, una pérdida y una métrica. La red sin entrenar tiene una pérdida de "
        f"{loss:.2f}, "
        f"cerca de ln 10 = 2.30, y acierta el {right:.0%}: adivina.",
    )


def _fit(canvas: Canvas, _: int) -> str:
    made = trained()
    epochs = np.arange(1, len(made.history.loss) + 1)
    plot = canvas.axes(
        (0, 20), (0, 2.4), box=(60, _TOP, 270, 218), xlabel=tr("epoch", "época"), title=tr("loss", "pérdida")
    )
    plot.line(epochs, made.history.loss, "blue")
    plot.line(epochs, made.history.val_loss, "orange")
    plot = canvas.axes(
        (0, 20), (0, 1), box=(420, _TOP, 270, 218), xlabel=tr("epoch", "época"), title=tr("accuracy", "exactitud")
    )
    plot.line(range(21), made.accuracy, "blue")
    plot.line(range(21), made.val_accuracy, "orange")
    entries = [(tr("training", "entrenamiento"), "blue"), (tr("validation", "validación"), "orange")]
    canvas.legend(200, _TOP + 24, entries)
    last = made.history
    return tr(
        f"Train: 20 epochs of 40 batches, 800 steps; the training loss falls to {last.loss[-1]:.2f}, the "
        "validation loss "
        f"to {last.val_loss[-1]:.2f}.",
        f"Entrenar: 20 épocas de 40 lotes, 800 pasos; la pérdida de entrenamiento baja a {last.loss[-1]:.2f}, la de "
        f"validación a {last.val_loss[-1]:.2f}.",
    )


def _evaluate(canvas: Canvas, _: int) -> str:
    x, y = digits().test
    guessed = trained().probabilities(x).argmax(1)
    matrix = np.zeros((10, 10), int)
    np.add.at(matrix, (y, guessed), 1)
    marked = [(row, column) for row, column in zip(*np.nonzero(matrix), strict=True) if row != column]
    colours = deep_colours(np.sqrt(matrix))
    left, top, size = 84, _TOP + 10, 23
    cells(canvas, left, top, matrix, size=size, colours=colours, marked=marked, write=lambda v: f"{v:.0f}" if v else "")
    for each in range(10):
        canvas.text(left - 8, top + size * (each + 0.7), str(each), size=11, anchor="end", colour_="muted")
        canvas.text(left + size * (each + 0.5), top - 5, str(each), size=11, anchor="middle", colour_="muted")
    canvas.text(left - 30, top + 115, tr("true", "verdadera"), size=12, anchor="middle", turn=-90, colour_="muted")
    canvas.text(left + 115, top + 248, tr("predicted", "predicha"), size=12, anchor="middle", colour_="muted")
    right = int((guessed == y).sum())
    low, high = wilson(right, TEST)
    _lines(
        canvas,
        380,
        _TOP + 40,
        (tr("right", "aciertos"), f"{right} / {TEST}"),
        (tr("accuracy", "exactitud"), f"{right / TEST:.1%}"),
        (tr("interval (95%)", "intervalo (95%)"), f"{low:.1%} … {high:.1%}"),
        (tr("mistakes", "errores"), str(TEST - right)),
    )
    return tr(
        f"Evaluate: {right} of {TEST} test pictures are right, {right / TEST:.1%}; the true accuracy may lie between "
        f"{low:.1%} and {high:.1%}. Mistakes are outside the diagonal.",
        f"Evaluar: acierta {right} de {TEST} imágenes de prueba, el {right / TEST:.1%}; la exactitud "
        "verdadera puede estar "
        f"entre {low:.1%} y {high:.1%}. Los errores quedan fuera de la diagonal.",
    )


def _predict(canvas: Canvas, sample: int) -> str:
    x, y = digits().test
    p = trained().probabilities(x[sample : sample + 1])[0]
    canvas.pixels(50, _TOP + 10, 200, 200, grey_colours(x[sample].reshape(8, 8), 0, 16))
    guess, label = int(p.argmax()), int(y[sample])
    words = tr(f"it says {guess}; it is a {label}", f"dice {guess}; es un {label}")
    canvas.text(150, _TOP + 238, words, size=14, anchor="middle", bold=True, colour_="ink" if guess == label else "red")
    _bars(canvas, p, label, (380, _TOP + 4, 310, 210))
    return tr(
        f"Predict: the network gives class {guess} a probability of {number(float(p.max()), 3)}; the "
        f"picture is a {label}" + ("." if guess == label else ": a mistake."),
        f"Predecir: la red da a la clase {guess} una probabilidad de {number(float(p.max()), 3)}; la "
        f"imagen es un {label}" + ("." if guess == label else ": un error."),
    )


def _as_experiment(at: At) -> tuple[str, Changes]:
    """The run of the last seed, which decides the weights or the split."""
    what = "data.seed" if at.chosen("what") == "split" else "train.seed"
    changes: Changes = {
        what: at.whole("runs") - 1,
        **with_hidden(16),
        **with_optimizer("adam", 0.005),
        "train.epochs": 8,
    }
    return "digits-mlp", {**changes, **held_out(600, VALIDATION), **NO_STOP}


@figure(
    "keras-seeds",
    ("The same flow, run again", "El mismo flujo, otra vez"),
    Choice(
        "what",
        ("what changes", "qué cambia"),
        {
            "weights": ("first weights and order", "pesos iniciales y orden"),
            "split": ("which samples test", "qué muestras son de prueba"),
        },
        "weights",
    ),
    Slider("runs", ("runs", "ejecuciones"), 1, 10, 6, 1, plays=2),
    experiment=_as_experiment,
)
def keras_seeds(at: At) -> Picture:
    """The same flow, run again."""
    runs, split = at.whole("runs"), at.chosen("what") == "split"
    found = []
    for seed in range(runs):
        made = trained(16, 600, 8, "adam", 0.005, seed=0 if split else seed, split=seed if split else 0)
        x, y = digits(seed if split else 0).test
        found.append(int((made.probabilities(x).argmax(1) == y).sum()))
    canvas = Canvas(640, 300)
    plot = canvas.axes(
        (0, 10.6),
        (80, 100),
        box=(62, 28, 440, 220),
        xlabel=tr("run", "ejecución"),
        ylabel=tr("test accuracy (%)", "exactitud en prueba (%)"),
    )
    for run, right in enumerate(found, start=1):
        low, high = wilson(right, TEST)
        plot.line([run, run], [100 * low, 100 * high], "blue", 3, opacity=0.35)
        plot.points([run], [100 * right / TEST], "blue", 5)
    shares = np.array(found) / TEST
    mean, deviation = float(shares.mean()), float(shares.std(ddof=1)) if runs > 1 else 0.0
    plot.horizontal(100 * mean, "orange")
    canvas.text(520, 70, tr("mean", "media"), size=12, colour_="muted")
    canvas.text(520, 90, f"{mean:.1%}", size=16, colour_="orange", bold=True)
    canvas.text(520, 124, tr("deviation", "desviación"), size=12, colour_="muted")
    canvas.text(520, 144, f"{100 * deviation:.1f}" + tr(" points", " puntos"), size=16, bold=True)
    canvas.text(520, 178, tr("worst … best", "peor … mejor"), size=12, colour_="muted")
    canvas.text(520, 198, f"{shares.min():.1%} … {shares.max():.1%}", size=13)
    return canvas.picture(
        tr(
            f"{runs} runs, all alike but for the seed: between {shares.min():.1%} and {shares.max():.1%}, on average "
            f"{mean:.1%}. Bars are each run's own 95% interval.",
            f"{runs} ejecuciones, iguales salvo en la semilla: entre {shares.min():.1%} y "
            f"{shares.max():.1%}, de media "
            f"{mean:.1%}. Las barras son el intervalo del 95% de cada una.",
        )
    )
