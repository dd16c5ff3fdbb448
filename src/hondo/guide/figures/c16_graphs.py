"""Networks as graphs: their shapes and parameters, and what a shortcut does to gradients."""

from functools import cache
from itertools import pairwise

import numpy as np

from hondo.core.language import tr
from hondo.guide.drawing.canvas import Canvas, Picture, number
from hondo.guide.figures.controls import At, Choice, Slider
from hondo.guide.figures.figure import figure

Box = tuple[str, str, str, float, float]
"""Key, layer, shape, column, row."""

_BOX_W, _BOX_H = 104, 44


def graph(kind: str, units: int) -> tuple[list[Box], list[tuple[str, str]], dict[str, int]]:
    """Boxes in columns and rows, the arrows between them, and the parameters of each box that has some."""
    u = units
    boxes: list[Box]
    if kind == "sequential":
        boxes = [
            ("x", "Input", "(8,)", 0, 1.0),
            ("a", "Dense", f"({u},)", 1, 1.0),
            ("b", "Dense", f"({u},)", 2, 1.0),
            ("y", "Dense", "(3,)", 3, 1),
        ]
        counts = {"a": 9 * u, "b": (u + 1) * u, "y": 3 * (u + 1)}
        return boxes, [("x", "a"), ("a", "b"), ("b", "y")], counts
    if kind == "residual":
        boxes = [
            ("x", "Input", "(8,)", 0, 1.0),
            ("a", "Dense", f"({u},)", 1, 1.0),
            ("b", "Dense", f"({u},)", 2, 0.2),
            ("s", "Add", f"({u},)", 3, 1),
            ("y", "Dense", "(3,)", 4, 1),
        ]
        counts = {"a": 9 * u, "b": (u + 1) * u, "y": 3 * (u + 1)}
        return boxes, [("x", "a"), ("a", "b"), ("b", "s"), ("a", "s"), ("s", "y")], counts
    if kind == "inputs":
        boxes = [
            ("x", tr("Input: numbers", "Input: números"), "(8,)", 0, 0.2),
            ("p", tr("Input: picture", "Input: imagen"), "(8, 8, 1)", 0, 1.8),
            ("a", "Dense", f"({u},)", 1, 0.2),
            ("f", "Flatten", "(64,)", 1, 1.8),
            ("c", "Concatenate", f"({u + 64},)", 2, 1),
            ("y", "Dense", "(3,)", 3, 1),
        ]
        counts = {"a": 9 * u, "y": 3 * (u + 65)}
        return boxes, [("x", "a"), ("p", "f"), ("a", "c"), ("f", "c"), ("c", "y")], counts
    if kind == "outputs":
        boxes = [
            ("x", "Input", "(8,)", 0, 1.0),
            ("a", "Dense", f"({u},)", 1, 1.0),
            ("k", tr("Dense: class", "Dense: clase"), "(3,)", 2, 0.2),
            ("z", tr("Dense: price", "Dense: precio"), "(1,)", 2, 1.8),
        ]
        return boxes, [("x", "a"), ("a", "k"), ("a", "z")], {"a": 9 * u, "k": 3 * (u + 1), "z": u + 1}
    boxes = [
        ("x", "Input", "(8,)", 0, 0.2),
        ("w", "Input", "(8,)", 0, 1.8),
        ("a", tr("the same Dense", "la misma Dense"), f"({u},)", 1, 0.2),
        ("b", tr("the same Dense", "la misma Dense"), f"({u},)", 1, 1.8),
        ("s", "Subtract", f"({u},)", 2, 1),
        ("y", "Dense", "(1,)", 3, 1),
    ]
    return boxes, [("x", "a"), ("w", "b"), ("a", "s"), ("b", "s"), ("s", "y")], {"a": 9 * u, "y": u + 1}


@figure(
    "graph-shapes",
    ("Five graphs of layers, with their shapes", "Cinco grafos de capas, con sus formas"),
    Choice(
        "kind",
        ("graph", "grafo"),
        {
            "sequential": ("in a row", "en fila"),
            "residual": ("with a shortcut", "con un atajo"),
            "inputs": ("two inputs", "dos entradas"),
            "outputs": ("two outputs", "dos salidas"),
            "shared": ("shared weights", "pesos compartidos"),
        },
        "residual",
    ),
    Slider("units", ("hidden units", "unidades ocultas"), 2, 64, 16, 2),
)
def graph_shapes(at: At) -> Picture:
    """Layers as boxes with the shape of what leaves them; arrows are tensors."""
    boxes, arrows, counts = graph(at.chosen("kind"), at.whole("units"))
    canvas = Canvas(640, 290)
    columns = max(box[3] for box in boxes)
    place = {
        key: (16 + column * (640 - 32 - _BOX_W) / max(columns, 1), 62 + row * 84) for key, _, _, column, row in boxes
    }
    for start, end in arrows:
        (x1, y1), (x2, y2) = place[start], place[end]
        canvas.arrow(x1 + _BOX_W, y1 + _BOX_H / 2, x2 - 2, y2 + _BOX_H / 2, "muted", 1.8)
    for key, layer, shape, _, _ in boxes:
        x, y = place[key]
        canvas.rect(x, y, _BOX_W, _BOX_H, "soft" if key in counts else "paper", "blue", round_=8)
        canvas.text(x + _BOX_W / 2, y + 18, layer, size=12, anchor="middle", bold=True)
        canvas.text(x + _BOX_W / 2, y + 35, shape, size=11, anchor="middle", mono=True, colour_="muted")
        if key in counts:
            words = tr(f"{counts[key]} parameters", f"{counts[key]} parámetros")
            canvas.text(x + _BOX_W / 2, y - 7, words, size=11, anchor="middle", colour_="orange")
    total = sum(counts.values())
    joints = [layer for _, layer, _, _, _ in boxes if layer in ("Add", "Concatenate", "Subtract")]
    return canvas.picture(
        tr(
            f"{len(boxes)} layers, {len(arrows)} tensors between them, {total} parameters; "
            + (f"branches meet in {joints[0]}." if joints else "no branches meet."),
            f"{len(boxes)} capas, {len(arrows)} tensores entre ellas, {total} parámetros; "
            + (f"las ramas se juntan en {joints[0]}." if joints else "ninguna rama se junta con otra."),
        )
    )


@cache
def gradients(depth: int, scale: float, shortcut: bool) -> np.ndarray:
    """How long the gradient is before each of so many layers of 64 ReLU neurons, from the last to the first.

    Each block is f(x) = W₂ relu(W₁ x) with weights of ``scale`` times He's deviation; with a shortcut it is x + f(x).
    """
    rng = np.random.default_rng(depth)
    x = rng.normal(size=(32, 64))
    kept: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    for _ in range(depth):
        first = rng.normal(0, scale * (2 / 64) ** 0.5, (64, 64))
        second = rng.normal(0, scale * (1 / 64) ** 0.5, (64, 64))
        z = x @ first
        kept.append((first, second, z))
        out = np.maximum(z, 0) @ second
        x = x + out if shortcut else out
    d = rng.normal(size=x.shape)
    lengths = [float(np.linalg.norm(d))]
    for first, second, z in reversed(kept):
        through = ((d @ second.T) * (z > 0)) @ first.T
        d = d + through if shortcut else through
        lengths.append(float(np.linalg.norm(d)))
    return np.array(lengths) / lengths[0]


@figure(
    "residual-gradients",
    ("The gradient on its way back, with and without shortcuts", "El gradiente de vuelta, con atajos y sin ellos"),
    Slider("depth", ("blocks", "bloques"), 4, 60, 30, 2),
    Slider("scale", ("scale of the weights", "escala de los pesos"), 0.2, 1.4, 0.8, 0.1),
)
def residual_gradients(at: At) -> Picture:
    """Length of the gradient, as a multiple of what the last block got, on a scale of powers of ten."""
    depth, scale = at.whole("depth"), at.number("scale")
    plain, around = gradients(depth, scale, False), gradients(depth, scale, True)
    logs = [np.log10(np.maximum(each, 1e-30)) for each in (plain, around)]
    low = min(-1.0, float(np.floor(min(each.min() for each in logs))))
    high = max(1.0, float(np.ceil(max(each.max() for each in logs))))
    canvas = Canvas(640, 340)
    plot = canvas.axes(
        (0, depth),
        (low, high),
        box=(72, 28, 540, 240),
        xlabel=tr("blocks gone back through", "bloques recorridos hacia atrás"),
        ylabel=tr("log₁₀ of the gradient's length", "log₁₀ de la longitud del gradiente"),
    )
    plot.horizontal(0)
    plot.line(range(depth + 1), logs[0], "orange")
    plot.line(range(depth + 1), logs[1], "blue")
    entries = [(tr("without", "sin atajos"), "orange"), (tr("with shortcuts", "con atajos"), "blue")]
    canvas.legend(72, 330, entries, across=True)
    ends = number(plain[-1]), number(around[-1])
    return canvas.picture(
        tr(
            f"After {depth} blocks the gradient is {ends[0]} times as long without shortcuts, {ends[1]} with them.",
            f"Tras {depth} bloques, la longitud del gradiente es {ends[0]} veces la inicial sin atajos y {ends[1]} con "
            "ellos.",
        )
    )


@figure(
    "residual-identity",
    ("A residual block adds a correction", "Un bloque residual añade una corrección"),
    Slider("share", ("size of the correction", "tamaño de la corrección"), 0, 2, 0.5, 0.1),
)
def residual_identity(at: At) -> Picture:
    """A signal, what the block's layers make of it, and their sum."""
    share = at.number("share")
    t = np.linspace(0, 1, 120)
    x = np.sin(2 * np.pi * t)
    correction = share * np.maximum(0, np.sin(6 * np.pi * t + 0.5)) * 0.6
    canvas = Canvas(640, 250)
    titles = ("x", "f(x)", "x + f(x)")
    for place, (title, values, shade) in enumerate(
        zip(titles, (x, correction, x + correction), ("grey", "orange", "blue"), strict=True)
    ):
        plot = canvas.axes((0, 1), (-1.3, 2.3), box=(20 + 212 * place, 40, 170, 170), ticks=False, title=title)
        if place == 2:
            plot.line(t, x, "grey", dash="4 4")
        plot.line(t, values, shade)
        plot.horizontal(0)
        if place < 2:
            canvas.text(20 + 212 * place + 190, 130, "+" if place == 0 else "=", size=20, anchor="middle")
    far = float(np.abs(correction).mean())
    return canvas.picture(
        tr(
            f"The block changes its input by {far:.2f} on average; at 0 it passes on exactly what came in.",
            f"El bloque cambia su entrada en {far:.2f} de media; con 0 deja pasar exactamente lo que llegó.",
        )
    )


def stacked(count: int, size: int = 3) -> int:
    """The side of the window that so many convolutions of stride 1 see together."""
    return count * (size - 1) + 1


@figure(
    "vgg-stacked",
    ("Several small filters instead of a large one", "Varios filtros pequeños en vez de uno grande"),
    Slider("count", ("3×3 convolutions in a row", "convoluciones 3×3 seguidas"), 1, 5, 2, 1),
    Slider("channels", ("channels", "canales"), 16, 512, 64, 16),
)
def vgg_stacked(at: At) -> Picture:
    """The window that one output sees through the layers, and the weights that this takes."""
    count, channels = at.whole("count"), at.whole("channels")
    side = stacked(count)
    canvas = Canvas(640, 330)
    size = 240 / side
    for ring in range(count, -1, -1):
        width = stacked(ring)
        offset = (side - width) / 2
        shade = "blue" if ring == 0 else "soft" if ring % 2 else "faint"
        canvas.rect(40 + offset * size, 40 + offset * size, width * size, width * size, shade, "blue", line=1)
    for each in range(side + 1):
        canvas.line(40 + each * size, 40, 40 + each * size, 280, "faint", 0.8)
        canvas.line(40, 40 + each * size, 280, 40 + each * size, "faint", 0.8)
    canvas.text(160, 26, tr(f"sees {side}×{side}", f"ve {side}×{side}"), anchor="middle", bold=True)
    many, one = count * 9 * channels**2, side**2 * channels**2
    rows = ((f"{count} × (3×3)", many, "blue"), (f"1 × ({side}×{side})", one, "orange"))
    canvas.text(340, 62, tr("weights (without biases)", "pesos (sin sesgos)"), bold=True)
    for place, (name, value, shade) in enumerate(rows):
        y = 84 + 70 * place
        canvas.text(340, y + 14, name, mono=True)
        canvas.rect(340, y + 22, 200 * value / max(many, one), 22, shade, round_=3)
        canvas.text(348 + 200 * value / max(many, one), y + 38, f"{value:,}".replace(",", "\u202f"), size=12)
    relus = tr(f"and {count} activations instead of 1", f"y {count} activaciones en vez de 1")
    canvas.text(340, 250, relus, colour_="muted")
    return canvas.picture(
        tr(
            f"{count} convolutions of 3×3 see {side}×{side} with {many / one:.0%} of the weights of one that large.",
            f"{count} convoluciones de 3×3 ven {side}×{side} con el {many / one:.0%} de los pesos de una "
            "sola de ese tamaño.",
        )
    )


@figure(
    "inception-module",
    ("An Inception module, with and without its narrow places", "Un módulo Inception, con y sin sus estrecheces"),
    Slider("inputs", ("channels that come in", "canales que entran"), 32, 512, 192, 32),
    Slider("narrow", ("channels after 1×1", "canales tras 1×1"), 8, 96, 32, 8),
)
def inception_module(at: At) -> Picture:
    """Four branches side by side, and the multiplications for one place of the map."""
    inputs, narrow = at.whole("inputs"), at.whole("narrow")
    outputs = {"1×1": 64, "3×3": 128, "5×5": 32, "pool": 32}
    direct = inputs * 64 + 9 * inputs * 128 + 25 * inputs * 32 + inputs * 32
    reduced = inputs * 64 + inputs * narrow * 2 + 9 * narrow * 128 + 25 * narrow * 32 + inputs * 32
    canvas = Canvas(556, 316)
    canvas.rect(14, 116, 74, 44, "paper", "blue", round_=8)
    canvas.text(51, 143, f"{inputs}", anchor="middle", bold=True)
    rows = (("1×1",), ("1×1", "3×3"), ("1×1", "5×5"), ("max 3×3", "1×1"))
    for row, names in enumerate(rows):
        y = 14 + 66 * row
        xs = [150, 290][-len(names) :] if len(names) == 2 else [290]
        if len(names) == 1:  # along the upper edge, past the boxes of the first column
            canvas.polyline([(88, 138), (132, y + 20)], "muted", 1.4)
            canvas.arrow(132, y + 20, xs[0] - 4, y + 20, "muted", 1.4)
        else:
            canvas.arrow(88, 138, xs[0] - 4, y + 20, "muted", 1.4)
        for x, name in zip(xs, names, strict=True):
            tight = len(names) == 2 and x == 150 and name == "1×1"
            canvas.rect(x, y, 92, 40, "soft" if tight else "paper", "orange" if tight else "blue", round_=8)
            canvas.text(x + 46, y + 18, name, anchor="middle", bold=True, size=12)
            made = narrow if tight else inputs if name.startswith("max") else list(outputs.values())[row]
            canvas.text(x + 46, y + 33, f"→ {made}", anchor="middle", size=11, colour_="muted")
        for x1, x2 in pairwise(xs):
            canvas.arrow(x1 + 92, y + 20, x2 - 4, y + 20, "muted", 1.4)
        canvas.arrow(382, y + 20, 432, 138, "muted", 1.4)
    canvas.rect(436, 116, 96, 44, "soft", "blue", round_=8)
    canvas.text(484, 134, "Concatenate", anchor="middle", size=11, bold=True)
    canvas.text(484, 151, f"{sum(outputs.values())}", anchor="middle", size=12, colour_="muted")
    canvas.text(14, 292, tr("multiplications for each place:", "multiplicaciones por cada posición:"), size=12)
    for x, name, value, shade in (
        (230, tr("direct", "directo"), direct, "grey"),
        (392, tr("narrowed", "estrechado"), reduced, "orange"),
    ):
        canvas.text(x, 292, f"{name} {value:,}".replace(",", "\u202f"), bold=True, colour_=shade, size=12)
    return canvas.picture(
        tr(
            f"With 1×1 convolutions before the large ones it takes {reduced / direct:.0%} of the multiplications.",
            f"Con convoluciones 1×1 antes de las grandes, el módulo hace el {reduced / direct:.0%} de las "
            "multiplicaciones.",
        )
    )
