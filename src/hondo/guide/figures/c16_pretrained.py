"""Networks with names: what they weigh and reach, where VGG19 and ResNet50 have their parameters, what one sees."""

from functools import cache
from typing import Any

import numpy as np

from hondo.core.language import tr
from hondo.guide.drawing.canvas import Canvas, Picture
from hondo.guide.drawing.colours import deep_colours
from hondo.guide.figures.controls import At, Choice, Slider
from hondo.guide.figures.doors import Changes
from hondo.guide.figures.figure import figure
from hondo.models.pretrained.catalogue import NETWORKS

# Parameters in millions and top-1 accuracy on ImageNet's validation set in per cent, as Keras's documentation lists
# them for its own weights; the year is that of the first publication.
KNOWN = {
    "VGG16": (138.4, 71.3, 2014),
    "VGG19": (143.7, 71.3, 2014),
    "ResNet50": (25.6, 74.9, 2015),
    "ResNet152": (60.4, 76.6, 2015),
    "InceptionV3": (23.9, 77.9, 2015),
    "Xception": (22.9, 79.0, 2016),
    "DenseNet121": (8.1, 75.0, 2016),
    "MobileNetV2": (3.5, 71.3, 2018),
    "NASNetLarge": (88.9, 82.5, 2017),
    "EfficientNetB0": (5.3, 77.1, 2019),
    "EfficientNetB4": (19.5, 82.9, 2019),
    "EfficientNetB7": (66.7, 84.3, 2019),
    "ConvNeXtTiny": (28.6, 81.3, 2022),
    "ConvNeXtBase": (88.5, 85.3, 2022),
}


def _as_experiment(at: At) -> tuple[str, Changes]:
    """The chosen network, tuned for photographs as large as it needs them."""
    network = next(each for each in NETWORKS.values() if each.function == at.chosen("name"))
    changes: Changes = {"model.pretrained": network.name}
    if network.smallest > 32:
        changes["preprocess.resize"] = [network.smallest, network.smallest]
    return "cifar10-resnet50", changes


@figure(
    "pretrained-known",
    ("Networks with names: size and accuracy on ImageNet", "Redes con nombre: tamaño y exactitud en ImageNet"),
    Choice("name", ("network", "red"), {name: name for name in KNOWN}, "ResNet50"),
    experiment=_as_experiment,
)
def pretrained_known(at: At) -> Picture:
    """Each network at its number of parameters (a logarithmic scale) and its top-1 accuracy."""
    chosen = at.chosen("name")
    canvas = Canvas(640, 360)
    plot = canvas.axes(
        (0.3, 2.3),
        (70, 86.5),
        box=(56, 20, 560, 276),
        ticks=False,
    )
    words = tr("parameters (millions)", "parámetros (millones)")
    canvas.text(336, 340, words, size=12, anchor="middle", colour_="muted")
    canvas.text(
        16, 158, tr("top-1 accuracy (%)", "exactitud top-1 (%)"), size=12, anchor="middle", colour_="muted", turn=-90
    )
    for millions in (2, 5, 10, 20, 50, 100, 200):
        at_x = float(np.log10(millions))
        if 0.3 <= at_x <= 2.3:
            canvas.text(plot.px(at_x), 312, str(millions), size=11, anchor="middle", colour_="muted")
            plot.vertical(at_x, "faint", "")
    for accuracy in range(70, 87, 5):
        canvas.text(48, plot.py(accuracy) + 4, str(accuracy), size=11, anchor="end", colour_="muted")
        plot.horizontal(accuracy, "faint", "")
    for name, (millions, accuracy, _) in KNOWN.items():
        x = float(np.log10(millions))
        plot.points([x], [accuracy], "orange" if name == chosen else "blue", 7 if name == chosen else 5)
        if name == chosen:
            end = x > 1.7
            plot.canvas.text(
                plot.px(x) + (-12 if end else 12),
                plot.py(accuracy) - 8,
                name,
                anchor="end" if end else "start",
                bold=True,
            )
    millions, accuracy, year = KNOWN[chosen]
    better = [name for name, (m, a, _) in KNOWN.items() if m < millions and a > accuracy]
    smaller = ", ".join(better[:3])
    return canvas.picture(
        tr(
            f"{chosen} ({year}): {millions:g} million parameters, {accuracy:g}% right. "
            + (f"Smaller and better: {smaller}." if better else "None of these is smaller and better."),
            f"{chosen} ({year}): {millions:g} millones de parámetros, {accuracy:g} % de aciertos. "
            + (f"Más pequeñas y mejores: {smaller}." if better else "Ninguna de estas es más pequeña y mejor."),
        )
    )


def vgg19(side: int) -> list[tuple[str, int, int]]:
    """Stages of VGG19 with its classifier: name, parameters, multiplications for a picture of ``side`` × ``side``."""
    rows: list[tuple[str, int, int]] = []
    channels = 3
    for stage, (count, filters) in enumerate(((2, 64), (2, 128), (4, 256), (4, 512), (4, 512)), start=1):
        parameters = work = 0
        for _ in range(count):
            parameters += (9 * channels + 1) * filters
            work += 9 * channels * filters * side * side
            channels = filters
        rows.append((f"block{stage}", parameters, work))
        side //= 2
    inputs = side * side * 512
    for name, units in (("fc1", 4096), ("fc2", 4096), ("predictions", 1000)):
        rows.append((name, (inputs + 1) * units, inputs * units))
        inputs = units
    return rows


def resnet50(side: int) -> list[tuple[str, int, int]]:
    """Stages of ResNet50 with its classifier, biases and normalisations counted as Keras has them."""
    side = -(-side // 2)
    rows = [("conv1", 49 * 3 * 64 + 64 + 4 * 64, 49 * 3 * 64 * side * side)]
    side = -(-side // 2)
    channels = 64
    for stage, (blocks, narrow) in enumerate(((3, 64), (4, 128), (6, 256), (3, 512)), start=2):
        parameters = work = 0
        for block in range(blocks):
            if block == 0 and stage > 2:
                side = -(-side // 2)
            shapes = [(1, channels, narrow), (3, narrow, narrow), (1, narrow, 4 * narrow)]
            shapes += [(1, channels, 4 * narrow)] if block == 0 else []
            parameters += sum((k * k * before + 1) * after + 4 * after for k, before, after in shapes)
            work += sum(k * k * before * after for k, before, after in shapes) * side * side
            channels = 4 * narrow
        rows.append((f"conv{stage}", parameters, work))
    return [*rows, ("predictions", 2049 * 1000, 2048 * 1000)]


def _enlarged(at: At) -> tuple[str, Changes]:
    """The same network for photographs enlarged to this size."""
    side = at.whole("side")
    return f"cifar10-{at.chosen('name')}", {"preprocess.resize": [side, side]}


@figure(
    "pretrained-stages",
    ("Where VGG19 and ResNet50 keep their parameters", "Dónde guardan sus parámetros VGG19 y ResNet50"),
    Choice("name", ("network", "red"), {"vgg19": "VGG19", "resnet50": "ResNet50"}, "vgg19"),
    Slider("side", ("pixels a side", "píxeles de lado"), 32, 320, 224, 32),
    experiment=_enlarged,
)
def pretrained_stages(at: At) -> Picture:
    """Two bars a stage: parameters, multiplications for one picture."""
    side = at.whole("side")
    rows = vgg19(side) if at.chosen("name") == "vgg19" else resnet50(side)
    canvas = Canvas(640, 76 + 34 * len(rows) + 40)
    most = [max(row[place] for row in rows) for place in (1, 2)]  # pyright: ignore[reportArgumentType, reportCallIssue]
    canvas.text(112, 24, tr("parameters", "parámetros"), bold=True)
    canvas.text(386, 24, tr("multiplications", "multiplicaciones"), bold=True)
    for place, (name, parameters, work) in enumerate(rows):
        y = 38 + 34 * place
        canvas.text(100, y + 16, name, anchor="end", mono=True, size=12)
        for x, value, top, shade in ((112, parameters, most[0], "blue"), (386, work, most[1], "orange")):
            width = 160 * value / float(top)
            canvas.rect(x, y, width, 22, shade, round_=3)
            canvas.text(x + width + 8, y + 16, _short(value), size=12)
    total, work = sum(row[1] for row in rows), sum(row[2] for row in rows)
    canvas.text(100, 38 + 34 * len(rows) + 24, tr("all", "total"), anchor="end", bold=True)
    canvas.text(112, 38 + 34 * len(rows) + 24, f"{total:,}".replace(",", "\u202f"), bold=True)
    canvas.text(386, 38 + 34 * len(rows) + 24, _short(work), bold=True)
    name = {"vgg19": "VGG19", "resnet50": "ResNet50"}[at.chosen("name")]
    return canvas.picture(
        tr(
            f"{name} with its classifier, for pictures of {side}×{side}: {_short(total)} parameters, "
            f"{_short(work)} multiplications a picture.",
            f"{name} con su clasificador, para imágenes de {side}×{side}: {_short(total)} parámetros y "
            f"{_short(work)} multiplicaciones por imagen.",
        )
    )


def _short(value: int) -> str:
    for limit, sign in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= limit:
            return f"{value / limit:.1f} {sign}"
    return str(value)


@cache
def drawings(seed: int = 7) -> Any:
    """Drawn objects of ten kinds: a data set of Hondo's, 32×32 pixels in colour."""
    from hondo.data.sets.shapes import shapes

    return shapes(samples=400, seed=seed)


@figure(
    "shapes-grid",
    ("Ten kinds of drawn objects, 32×32 pixels", "Diez clases de objetos dibujados, de 32×32 píxeles"),
    Slider("first", ("from picture", "desde la imagen"), 0, 20, 0, 1),
)
def shapes_grid(at: At) -> Picture:
    """A row of pictures for each of the ten classes."""
    data = drawings()
    first = at.whole("first")
    canvas = Canvas(640, 372)
    for place, name in enumerate(data.classes):
        column, row = place % 2, place // 2
        x, y = 12 + 320 * column, 8 + 74 * row
        own = data.train.x[data.train.y == place][first : first + 4]
        canvas.text(x + 70, y + 36, name, anchor="end", size=12)
        for each, picture in enumerate(own):
            canvas.pixels(x + 80 + 56 * each, y, 52, 52, picture)
    return canvas.picture(
        tr(
            f"Pictures {first + 1} to {first + 4} of each of the {len(data.classes)} classes.",
            f"Imágenes {first + 1} a {first + 4} de cada una de las {len(data.classes)} clases.",
        )
    )


_STAGES = ("stem_relu", "stage1_block1", "stage2_block2", "stage3_block1")


@cache
def seen(picture: int) -> list[np.ndarray]:
    """What hondo_mini's stages make of a drawing: maps ``(height, width, channels)``, those of each stage."""
    from hondo.core.backend import keras
    from hondo.models.pretrained.own import WEIGHTS, hondo_mini, load_half

    model = _mini(hondo_mini, load_half, WEIGHTS)
    names = [_last_of(model, stage) for stage in _STAGES]
    probe = keras.Model(model.input, [model.get_layer(name).output for name in names])
    raw = drawings().test.x[picture][None].astype("float32") / 127.5 - 1
    return [np.asarray(maps)[0] for maps in probe(raw)]


def _mini(make: Any, load: Any, weights: Any) -> Any:
    model = make(shape=(32, 32, 3))
    load(model, weights)
    return model


def _last_of(model: Any, stage: str) -> str:
    return [layer.name for layer in model.layers if layer.name.startswith(stage)][-1]


@figure(
    "pretrained-maps",
    ("What a pretrained network sees, stage by stage", "Lo que ve una red preentrenada, etapa a etapa"),
    Slider("picture", ("picture", "imagen"), 0, 39, 3, 1),
)
def pretrained_maps(at: At) -> Picture:
    """The picture, and the eight maps of each stage that answer most."""
    picture = at.whole("picture")
    data = drawings()
    stages = seen(picture)
    canvas = Canvas(640, 350)
    canvas.pixels(12, 110, 112, 112, data.test.x[picture])
    canvas.text(68, 246, data.classes[int(data.test.y[picture])], anchor="middle", bold=True)
    for row, (name, maps) in enumerate(zip(_STAGES, stages, strict=True)):
        y = 26 + 80 * row
        side, channels = maps.shape[0], maps.shape[2]
        canvas.text(146, y - 6, f"{name.split('_')[0]}: {side}×{side}×{channels}", size=12, colour_="muted")
        best = np.argsort(maps.mean(axis=(0, 1)))[::-1][:8]
        for each, channel in enumerate(best):
            canvas.pixels(146 + 61 * each, y, 56, 56, deep_colours(maps[..., channel], 0.0))
    return canvas.picture(
        tr(
            f"Maps of the four stages for a drawing of class “{data.classes[int(data.test.y[picture])]}”: from "
            f"{stages[0].shape[0]}×{stages[0].shape[1]} with {stages[0].shape[2]} channels to "
            f"{stages[-1].shape[0]}×{stages[-1].shape[1]} with {stages[-1].shape[2]}.",
            f"Mapas de las cuatro etapas para un dibujo de la clase «{data.classes[int(data.test.y[picture])]}»: de "
            f"{stages[0].shape[0]}×{stages[0].shape[1]} con {stages[0].shape[2]} canales a "
            f"{stages[-1].shape[0]}×{stages[-1].shape[1]} con {stages[-1].shape[2]}.",
        )
    )
