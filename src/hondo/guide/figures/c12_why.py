"""Chapter 12, why convolutions: how many parameters, and what happens when an object moves."""

from functools import cache
from math import log10

import numpy as np

from hondo.core.language import tr
from hondo.data.sets.shapes import OUTLINES
from hondo.guide.drawing.canvas import Canvas, Picture
from hondo.guide.drawing.colours import deep_colours, grey_colours, signed_colours
from hondo.guide.figures.controls import At, Choice, Drag, Slider
from hondo.guide.figures.doors import Changes
from hondo.guide.figures.figure import figure
from hondo.scratch.layers.convolution import convolve


def _count(value: float) -> str:
    """A whole number with thin spaces between thousands."""
    return f"{round(value):,}".replace(",", "\u202f")


def _as_experiment(at: At) -> tuple[str, Changes]:
    """A network whose first layer is this convolution, on pictures of this size."""
    side = at.whole("side")
    return "shapes-cnn", {
        "model.filters": [at.whole("units")],
        "model.kernel_size": int(at.chosen("kernel")),
        "preprocess.resize": [side, side],
        "preprocess.greyscale": at.chosen("channels") == "1",
        "model.batch_normalization": False,
        "model.hidden": None,
    }


@figure(
    "convolution-parameters",
    ("Parameters of a dense and of a convolutional layer", "Parámetros de una capa densa y de una convolucional"),
    Slider("side", ("side of the picture, in pixels", "lado de la imagen, en píxeles"), 8, 224, 32, 8, plays=4),
    Choice("channels", ("channels", "canales"), {"1": "1", "3": "3"}, "3"),
    Slider("units", ("neurons, or filters", "neuronas, o filtros"), 1, 64, 32, 1),
    Choice("kernel", ("filter", "filtro"), {"3": "3 × 3", "5": "5 × 5", "7": "7 × 7"}, "3"),
    experiment=_as_experiment,
)
def parameters(at: At) -> Picture:
    """Both counts on a logarithmic scale."""
    side, channels, units, kernel = (
        at.whole("side"),
        int(at.chosen("channels")),
        at.whole("units"),
        int(at.chosen("kernel")),
    )
    dense, conv = (side * side * channels + 1) * units, (kernel * kernel * channels + 1) * units
    canvas = Canvas(640, 330)
    box = 150.0
    for left, title in ((40, tr("dense", "densa")), (360, tr("convolutional", "convolucional"))):
        canvas.text(left + 75, 26, title, size=14, anchor="middle", bold=True)
        canvas.rect(left, 40, box, box, "soft", "muted", line=1)
        canvas.text(left + 75, 208, f"{side} × {side} × {channels}", size=12, anchor="middle", colour_="muted")
    target = (250, 115)
    for y in np.linspace(48, 182, 12):
        for x in np.linspace(48, 182, 12):
            canvas.line(x, y, *target, "blue", 0.4, opacity=0.35)
    canvas.circle(*target, 12, "blue", "paper")
    canvas.text(250, 150, tr("sees all", "ve todo"), size=11, anchor="middle", colour_="muted")
    window = max(9.0, box * kernel / side)
    left, top = 360 + 0.3 * box, 40 + 0.35 * box
    canvas.rect(left, top, window, window, "none", "orange", line=2.5)
    for x, y in ((left, top), (left + window, top), (left, top + window), (left + window, top + window)):
        canvas.line(x, y, 570, 115, "orange", 1, opacity=0.7)
    canvas.circle(570, 115, 12, "orange", "paper")
    canvas.text(570, 150, tr("sees a window", "ve una ventana"), size=11, anchor="middle", colour_="muted")
    for power, words in ((0, "1"), (2, "100"), (4, _count(1e4)), (6, _count(1e6))):
        x = 40 + 470 * power / 7
        canvas.line(x, 222, x, 288, "faint", 1)
        canvas.text(x, 304, words, size=11, anchor="middle", colour_="muted")
    for y, value, shade in ((240, dense, "blue"), (272, conv, "orange")):
        width = 470 * log10(value) / 7
        canvas.rect(40, y - 12, width, 20, shade, round_=3)
        canvas.text(48 + width, y + 3, _count(value), size=14, bold=True)
    canvas.text(40, 324, tr("parameters (logarithmic)", "parámetros (escala logarítmica)"), size=12, colour_="muted")
    return canvas.picture(
        tr(
            f"A picture of {side} × {side} with {channels} channels and {units} neurons: a dense layer has "
            f"{_count(dense)} "
            f"parameters, {units} filters of {kernel} × {kernel} have {_count(conv)}.",
            f"Una imagen de {side} × {side} con {channels} canales y {units} neuronas: una capa densa tiene "
            f"{_count(dense)} "
            f"parámetros; {units} filtros de {kernel} × {kernel}, {_count(conv)}.",
        )
    )


_SIDE, _MARK = 24, 9


@cache
def _template(kind: str) -> np.ndarray:
    """A drawn object of 9 × 9 pixels with mean 0 and length 1: what the neuron looks for."""
    import cv2

    big = np.zeros((_MARK * 8, _MARK * 8), np.uint8)
    for number, outline in enumerate(OUTLINES[kind]):
        corners = np.round((outline * 0.46 + 0.5) * _MARK * 8).astype(np.int32)
        cv2.fillPoly(big, [corners], 0 if number else 255)
    small = cv2.resize(big, (_MARK, _MARK), interpolation=cv2.INTER_AREA) / 255.0
    return small


@figure(
    "convolution-translation",
    ("When the object moves", "Cuando el objeto se mueve"),
    Choice(
        "kind",
        ("object", "objeto"),
        {
            "heart": ("heart", "corazón"),
            "arrow": ("arrow", "flecha"),
            "cross": ("cross", "cruz"),
            "ring": ("ring", "anillo"),
        },
        "heart",
    ),
    Slider("x", ("place across", "posición horizontal"), 0, _SIDE - _MARK, 3, 1, plays=5),
    Slider("y", ("place upwards", "posición vertical"), 0, _SIDE - _MARK, 9, 1),
    drag=Drag(x="x", y="y"),
)
def translation(at: At) -> Picture:
    """A dense neuron knows one place; a filter finds the object anywhere, and says where."""
    kind, x, y = at.chosen("kind"), at.whole("x"), at.whole("y")
    mark = _template(kind)
    looked_for = (mark - mark.mean()) / np.linalg.norm(mark - mark.mean())
    rng = np.random.default_rng(2)
    picture = 0.15 * rng.random((_SIDE, _SIDE))
    row, middle = _SIDE - _MARK - y, (_SIDE - _MARK) // 2
    picture[row : row + _MARK, x : x + _MARK] += 0.8 * mark
    weights = np.zeros((_SIDE, _SIDE))
    weights[middle : middle + _MARK, middle : middle + _MARK] = looked_for
    dense = float((weights * picture).sum())
    answers = convolve(picture[None, :, :, None], looked_for[:, :, None, None], np.zeros(1))[0, :, :, 0]
    found = np.unravel_index(int(answers.argmax()), answers.shape)
    full = float((0.8 * mark * looked_for).sum())
    canvas = Canvas(640, 330)
    plane = canvas.axes(
        (0, _SIDE - _MARK),
        (0, _SIDE - _MARK),
        box=(20, 40, 190, 190),
        ticks=False,
        grid=False,
        title=tr("picture", "imagen"),
    )
    plane.heat(grey_colours(picture, 0, 1), smooth=False)
    unit = 190 / _SIDE
    canvas.rect(
        20 + middle * unit, 40 + middle * unit, _MARK * unit, _MARK * unit, "none", "blue", line=1.5, dash="4 3"
    )
    canvas.rect(
        20 + int(found[1]) * unit, 40 + int(found[0]) * unit, _MARK * unit, _MARK * unit, "none", "orange", line=2.5
    )
    canvas.text(320, 32, tr("dense neuron: weights", "neurona densa: pesos"), size=13, anchor="middle", bold=True)
    canvas.pixels(225, 40, 190, 190, signed_colours(weights))
    canvas.text(
        525, 32, tr("filter: map of answers", "filtro: mapa de respuestas"), size=13, anchor="middle", bold=True
    )
    canvas.pixels(430, 40, 190, 190, deep_colours(np.maximum(answers, 0), 0, full))
    cell = 190 / answers.shape[0]
    canvas.rect(430 + int(found[1]) * cell, 40 + int(found[0]) * cell, cell, cell, "none", "orange", line=2.5)
    highest = float(answers.max())
    for left, value, shade in ((225, dense, "blue"), (430, highest, "orange")):
        canvas.rect(left, 246, 190, 16, "faint", round_=3)
        canvas.rect(left, 246, 190 * min(1.0, max(0.0, value / full)), 16, shade, round_=3)
        canvas.text(
            left, 284, tr(f"answer: {max(0.0, value / full):.0%}", f"respuesta: {max(0.0, value / full):.0%}"), size=13
        )
    canvas.text(
        20, 284, tr("dashed: where the dense one looks", "a trazos: donde mira la densa"), size=11, colour_="muted"
    )
    canvas.text(
        20,
        300,
        tr("orange: where the filter answers most", "naranja: donde más responde el filtro"),
        size=11,
        colour_="muted",
    )
    canvas.text(430, 302, tr("(the highest of the map)", "(la mayor del mapa)"), size=11, colour_="muted")
    return canvas.picture(
        tr(
            f"With the object at ({x}, {y}) the dense neuron answers {max(0.0, dense / full):.0%} of what it "
            "could; the "
            f"filter's highest answer is {highest / full:.0%}, at column {int(found[1])}, row {int(found[0])} of "
            "its map.",
            f"Con el objeto en ({x}, {y}), la neurona densa responde el {max(0.0, dense / full):.0%} de lo que "
            "podría; la "
            f"mayor respuesta del filtro es el {highest / full:.0%}, en la columna {int(found[1])}, fila "
            f"{int(found[0])} de su mapa.",
        )
    )
