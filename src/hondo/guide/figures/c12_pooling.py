"""Chapter 12, pooling, output sizes and receptive fields."""

import numpy as np
from sklearn.datasets import load_digits

from hondo.core.language import tr
from hondo.guide.drawing.canvas import Canvas, Picture, number
from hondo.guide.drawing.colours import deep_colours
from hondo.guide.drawing.grids import cells
from hondo.guide.figures.controls import At, Choice, Slider
from hondo.guide.figures.figure import figure
from hondo.scratch.layers.pooling import average_pool, max_pool


@figure(
    "convolution-pooling",
    ("Pooling: a summary of each window", "Pooling: un resumen de cada ventana"),
    Choice("kind", ("summary", "resumen"), {"max": ("maximum", "máximo"), "mean": ("mean", "media")}, "max"),
    Choice("size", ("window", "ventana"), {"2": "2 × 2", "4": "4 × 4"}, "2"),
    Slider("shift", ("shift of the picture, in pixels", "desplazamiento de la imagen, en píxeles"), 0, 3, 0, 1),
    Slider("step", ("window", "ventana"), 0, 15, 5, 1, plays=2),
)
def pooling(at: At) -> Picture:
    """A digit, its windows, and what is left of it; in grey what it was before the shift."""
    size, shift = int(at.chosen("size")), at.whole("shift")
    digit = np.asarray(load_digits(return_X_y=True)[0])[17].reshape(8, 8)
    moved = np.pad(digit, ((0, 0), (shift, 0)))[:, :8]
    pool = max_pool if at.chosen("kind") == "max" else average_pool
    answers, before = (pool(each[None, :, :, None], size, size)[0, :, :, 0] for each in (moved, digit))
    step = min(at.whole("step"), answers.size - 1)
    row, column = divmod(step, answers.shape[1])
    canvas = Canvas(640, 360)
    canvas.text(148, 26, "8 × 8", size=13, anchor="middle", bold=True)
    cells(canvas, 12, 38, moved, size=34, colours=deep_colours(moved, 0, 16), write=lambda value: f"{value:.0f}")
    for line in range(size, 8, size):
        canvas.line(12 + 34 * line, 38, 12 + 34 * line, 310, "ink", 1.2)
        canvas.line(12, 38 + 34 * line, 284, 38 + 34 * line, "ink", 1.2)
    canvas.rect(12 + 34 * size * column, 38 + 34 * size * row, 34 * size, 34 * size, "none", "orange", line=3.5)
    side = len(answers)
    left, unit = 420, 46
    canvas.text(left + side * unit / 2, 26, f"{side} × {side}", size=13, anchor="middle", bold=True)
    cells(
        canvas,
        left,
        38,
        answers,
        size=unit,
        colours=deep_colours(answers, 0, 16),
        write=lambda value: number(value, 3),
        marked=[(row, column)],
    )
    canvas.arrow(296, 130, 406, 130, "muted", 1.5)
    words = tr("maximum", "máximo") if at.chosen("kind") == "max" else tr("mean", "media")
    canvas.text(351, 120, words, size=12, anchor="middle", colour_="muted")
    canvas.text(351, 150, f"= {number(answers[row, column], 3)}", size=14, anchor="middle", bold=True, colour_="orange")
    changed_in, changed = (float(np.abs(a - b).mean()) for a, b in ((moved, digit), (answers, before)))
    if shift:
        canvas.text(
            420,
            262,
            tr("mean change when shifted", "cambio medio al desplazarla"),
            size=12,
            colour_="muted",
        )
        canvas.text(420, 284, tr(f"picture: {changed_in:.1f}", f"imagen: {changed_in:.1f}"), size=13)
        canvas.text(420, 304, tr(f"summary: {changed:.1f}", f"resumen: {changed:.1f}"), size=13)
    canvas.text(
        12,
        340,
        tr(f"{64} numbers → {answers.size}; no parameters", f"{64} números → {answers.size}; ningún parámetro"),
        size=12,
        colour_="muted",
    )
    more = (
        tr(
            f" Shifted by {shift}: the picture changes by {changed_in:.1f} on average, the summary by {changed:.1f}.",
            f" Desplazada {shift}: la imagen cambia {changed_in:.1f} de media, y el resumen {changed:.1f}.",
        )
        if shift
        else ""
    )
    return canvas.picture(
        tr(
            f"The {words} of the window at row {row}, column {column} is {number(answers[row, column], 3)}; 8 × "
            f"8 becomes {side} × {side}.{more}",
            f"{words.capitalize()} de la ventana de la fila {row}, columna {column}: "
            f"{number(answers[row, column], 3)}; 8 × 8 pasa a {side} × {side}.{more}",
        )
    )


@figure(
    "convolution-output-size",
    ("How large is the map?", "¿De qué tamaño es el mapa?"),
    Slider("n", ("picture n", "imagen n"), 4, 12, 7, 1),
    Slider("k", ("filter k", "filtro k"), 1, 5, 3, 1),
    Slider("p", ("padding p", "relleno p"), 0, 3, 1, 1),
    Slider("s", ("stride s", "paso s"), 1, 4, 2, 1),
    Slider("d", ("dilation d", "dilatación d"), 1, 3, 1, 1),
    Slider("step", ("window", "ventana"), 0, 143, 5, 1, plays=4),
)
def output_size(at: At) -> Picture:
    """The padded picture with one window, the map, and the formula with its numbers."""
    n, k, p, s, d = (at.whole(each) for each in "nkpsd")
    reach, padded = d * (k - 1) + 1, n + 2 * p
    canvas = Canvas(640, 356)
    formula = f"⌊({n} + 2·{p} − {reach}) / {s}⌋ + 1"
    if reach > padded:
        canvas.text(
            320,
            170,
            tr("the filter does not fit", "el filtro no cabe"),
            size=18,
            anchor="middle",
            bold=True,
            colour_="red",
        )
        return canvas.picture(
            tr(
                f"A filter that spans {reach} pixels does not fit into {padded}.",
                f"Un filtro que abarca {reach} píxeles no cabe en {padded}.",
            )
        )
    out = (padded - reach) // s + 1
    step = at.whole("step") % (out * out)
    row, column = divmod(step, out)
    size = min(26.0, 288 / padded)
    left, top = 14.0, 36.0
    for i, j in np.ndindex(padded, padded):
        inside = p <= i < n + p and p <= j < n + p
        canvas.rect(
            left + j * size,
            top + i * size,
            size,
            size,
            "soft" if inside else "none",
            "faint" if inside else "grey",
            line=1,
            dash="" if inside else "2 3",
        )
        if not inside:
            canvas.text(
                left + (j + 0.5) * size, top + (i + 0.5) * size + 4, "0", size=11, anchor="middle", colour_="muted"
            )
    used = (out - 1) * s + reach
    for i, j in np.ndindex(k, k):
        canvas.rect(
            left + (column * s + j * d) * size + 1,
            top + (row * s + i * d) * size + 1,
            size - 2,
            size - 2,
            "orange",
            opacity=0.75,
            round_=2,
        )
    canvas.rect(left + column * s * size, top + row * s * size, reach * size, reach * size, "none", "orange", line=2.5)
    title = tr(f"picture {n} × {n}", f"imagen {n} × {n}") + (
        tr(f", with padding {padded} × {padded}", f", con relleno {padded} × {padded}") if p else ""
    )
    canvas.text(left, 24, title, size=13, bold=True)
    canvas.text(370, 24, tr(f"map {out} × {out}", f"mapa {out} × {out}"), size=13, bold=True)
    unit = min(26.0, 170 / out)
    for i, j in np.ndindex(out, out):
        here = (i, j) == (row, column)
        canvas.rect(370 + j * unit, top + i * unit, unit, unit, "orange" if here else "soft", "faint", line=1)
    canvas.text(370, 246, formula, size=17)
    canvas.text(370, 276, f"= {out}", size=22, bold=True, colour_="blue")
    lost = padded - used
    if d > 1:
        canvas.text(
            370,
            300,
            tr(f"the filter spans d(k − 1) + 1 = {reach}", f"el filtro abarca d(k − 1) + 1 = {reach}"),
            size=12,
            colour_="muted",
        )
    if lost:
        words = tr(
            f"the last {lost} rows and columns are never seen", f"las últimas {lost} filas y columnas no se ven nunca"
        )
        if lost == 1:
            words = tr("the last row and column are never seen", "la última fila y la última columna no se ven nunca")
        canvas.text(370, 322, words, size=12, colour_="red")
    same = out == n and s == 1
    if same:
        canvas.text(
            370,
            344,
            tr("same size as the picture: “same”", "mismo tamaño que la imagen: «same»"),
            size=12,
            colour_="green",
        )
    return canvas.picture(
        tr(
            f"n = {n}, k = {k}, p = {p}, s = {s}, d = {d}: the map has {formula} = {out} rows and columns.",
            f"n = {n}, k = {k}, p = {p}, s = {s}, d = {d}: el mapa tiene {formula} = {out} filas y columnas.",
        )
    )


@figure(
    "convolution-receptive-field",
    ("What one neuron sees of the picture", "Qué ve una neurona de la imagen"),
    Slider("layers", ("layers", "capas"), 1, 5, 3, 1),
    Choice("kernel", ("filter", "filtro"), {"2": "2", "3": "3", "5": "5"}, "3"),
    Choice("stride", ("stride of every layer", "paso de cada capa"), {"1": "1", "2": "2"}, "1"),
    Choice(
        "dilation", ("dilation", "dilatación"), {"1": "1", "double": ("doubles: 1, 2, 4 …", "se dobla: 1, 2, 4 …")}, "1"
    ),
)
def receptive_field(at: At) -> Picture:
    """The cone from one neuron of the last layer down to the pixels, along one axis."""
    count, kernel, stride = at.whole("layers"), int(at.chosen("kernel")), int(at.chosen("stride"))
    dilations = [2**layer if at.chosen("dilation") == "double" else 1 for layer in range(count)]
    levels = [{0}]
    for dilation in reversed(dilations):
        levels.append({place * stride + dilation * tap for place in levels[-1] for tap in range(kernel)})
    levels.reverse()
    spans = [max(level) - min(level) + 1 for level in levels]
    field, seen = spans[0], len(levels[0])
    canvas = Canvas(640, 360)
    middle, width = 360.0, 520.0
    gap = 270 / count
    unit = min(30.0, width / field)
    jumps = [stride**layer for layer in range(count + 1)]

    def where(layer: int, place: int) -> tuple[float, float]:
        start = sum((kernel - 1) * dilations[below] * jumps[below] for below in range(layer)) / 2
        return middle + (start + place * jumps[layer] - (field - 1) / 2) * unit, 318 - gap * layer

    for layer in range(count, 0, -1):
        for place in levels[layer]:
            for tap in range(kernel):
                canvas.line(
                    *where(layer, place),
                    *where(layer - 1, place * stride + dilations[layer - 1] * tap),
                    "blue",
                    1 if field < 60 else 0.4,
                    opacity=0.55 if field < 60 else 0.25,
                )
    for layer, level in enumerate(levels):
        for place in range(min(level), max(level) + 1):
            there = place in level
            radius = min(7.0, unit * jumps[layer] * 0.4)
            canvas.circle(
                *where(layer, place),
                max(1.2, radius),
                ("orange" if layer == count else "blue") if there else "paper",
                "muted" if not there else "paper",
                line=1 if radius > 2 else 0.3,
            )
        words = tr("pixels", "píxeles") if layer == 0 else tr(f"layer {layer}", f"capa {layer}")
        canvas.text(12, where(layer, 0)[1] + 4, words, size=12, colour_="muted")
    canvas.text(
        middle,
        348,
        tr(f"receptive field: {field} pixels", f"campo receptivo: {field} píxeles"),
        size=14,
        anchor="middle",
        bold=True,
    )
    holes = tr(f", of which it uses {seen}", f", de los que usa {seen}") if seen < field else ""
    return canvas.picture(
        tr(
            f"{count} layers with filters of {kernel} and stride {stride}: one neuron of the last sees {field} "
            f"pixels across{holes}.",
            f"{count} capas con filtros de {kernel} y paso {stride}: una neurona de la última ve {field} píxeles "
            f"de ancho{holes}.",
        )
    )
