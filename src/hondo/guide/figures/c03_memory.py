"""NumPy's figures on what a tensor is: numbers in memory, ranks, strides, precision."""

import sys
from functools import cache

import ml_dtypes
import numpy as np
from sklearn.datasets import load_digits

from hondo.core.arrays import Array
from hondo.core.language import tr
from hondo.data.catalogue import load_named
from hondo.guide.drawing.canvas import Canvas, Picture, number
from hondo.guide.drawing.colours import deep_colours, grey_colours
from hondo.guide.drawing.grids import cells
from hondo.guide.figures.controls import At, Choice, Slider
from hondo.guide.figures.figure import figure
from hondo.scratch.tensors.shape import position, strides

_TEMPERATURES = (21.5, 19.0, 23.25, 18.5, 20.75, 22.0, 17.5, 24.0, 16.25, 25.5)
_SCATTERED = (4, 9, 1, 7, 11, 3, 8, 0, 10, 5)  # in which place of the free memory each number happened to be put


@figure(
    "numpy-list-and-array",
    ("The same numbers in a list and in an array", "Los mismos números en una lista y en un array"),
    Slider("n", ("numbers", "números"), 1, 10, 6, 1),
    Choice("dtype", "dtype", {"float64": "float64", "float32": "float32", "float16": "float16"}, "float64"),
)
def numpy_list_and_array(at: At) -> Picture:
    """A list of objects against an array of bare numbers."""
    canvas = Canvas(640, 340)
    values = list(_TEMPERATURES[: at.whole("n")])
    array = np.array(values, dtype=at.chosen("dtype"))
    listed = sys.getsizeof(list(values)) + sum(sys.getsizeof(each) for each in values)
    wide, left = 45, 164
    canvas.text(16, 30, tr("List", "Lista"), size=14, bold=True)
    canvas.text(16, 62, tr("8-byte addresses", "direcciones"), size=12, colour_="muted")
    canvas.text(16, 78, tr("", "de 8 bytes"), size=12, colour_="muted")
    canvas.text(16, 165, tr("objects of 24 bytes,", "objetos de 24 bytes"), size=12, colour_="muted")
    canvas.text(16, 181, tr("each where there", "donde hubiera"), size=12, colour_="muted")
    canvas.text(16, 197, tr("was room", "sitio"), size=12, colour_="muted")
    for k, value in enumerate(values):
        x = left + k * wide
        there = left + _SCATTERED[k] * 40 + 14
        canvas.rect(x, 46, wide - 2, 30, "soft", "blue", line=1)
        canvas.circle(x + wide / 2 - 1, 61, 3, "blue")
        canvas.line(x + wide / 2 - 1, 61, there, 152, "blue", 1.2, opacity=0.55)
        canvas.rect(there - 19, 152, 38, 42, "paper", "blue", round_=5, line=1)
        canvas.text(there, 167, "float", size=11, anchor="middle", colour_="muted")
        canvas.text(there, 186, number(value, 4), size=12, anchor="middle")
    canvas.text(16, 240, "Array", size=14, bold=True)
    canvas.text(
        16, 272, tr(f"{array.itemsize} bytes each,", f"{array.itemsize} bytes cada uno,"), size=12, colour_="muted"
    )
    canvas.text(16, 288, tr("side by side", "uno junto a otro"), size=12, colour_="muted")
    unit = wide * array.itemsize / 8
    for k, value in enumerate(array):
        x = left + k * unit
        canvas.rect(x, 256, unit - 1, 34, "soft", "orange", line=1)
        if unit > 40:
            canvas.text(x + unit / 2, 278, number(float(value), 4), size=12, anchor="middle")
    end = left + len(array) * unit
    canvas.line(left, 300, end, 300, "orange", 2)
    canvas.text(left, 318, f"{array.nbytes} bytes", size=13, colour_="orange", bold=True)
    canvas.text(left, 222, f"{listed} bytes", size=13, colour_="blue", bold=True)
    return canvas.picture(
        tr(
            f"{len(values)} numbers: {listed} bytes as a list of Python objects, {array.nbytes} bytes of data as an "
            f"array of {array.dtype} ({array.itemsize} bytes each).",
            f"{len(values)} números: {listed} bytes como lista de objetos de Python, {array.nbytes} bytes de datos "
            f"como array de {array.dtype} ({array.itemsize} bytes cada uno).",
        )
    )


@cache
def _digits() -> Array:
    return np.asarray(load_digits(return_X_y=True)[0]).reshape(-1, 8, 8)  # (1797, 8, 8)


@cache
def _pictures() -> Array:
    return np.asarray(load_named("shapes", {"samples": 50}).train.x)[:8]


@figure(
    "tensor-ranks",
    ("From one number to a batch of pictures", "De un número a un lote de imágenes"),
    Slider("rank", ("rank", "rango"), 0, 4, 2, 1, plays=0.7),
    Slider("first", ("which one", "cuál"), 0, 3, 1, 1),
)
def tensor_ranks(at: At) -> Picture:
    """Digits and pictures as tensors of rank 0 to 4."""
    canvas = Canvas(640, 340)
    rank, first = at.whole("rank"), at.whole("first")
    digits = _digits()
    chosen = digits[[0, 1, 4, 7]][first]  # (8, 8)
    scale = 16.0
    if rank == 0:
        x = chosen[3, 3]
        cells(canvas, 280, 110, [[x]], size=80, colours=grey_colours(np.array([[x]]), 0, scale))
        what = tr("one pixel: a scalar", "un píxel: un escalar")
        index = "x[()]"
    elif rank == 1:
        x = chosen[3]
        cells(canvas, 96, 120, x, size=56, colours=grey_colours(x[None], 0, scale))
        what = tr("one row of pixels: a vector", "una fila de píxeles: un vector")
        index = "x[j]"
    elif rank == 2:
        x = chosen
        cells(canvas, 188, 18, x, size=33, colours=grey_colours(x, 0, scale))
        what = tr("a digit in greys: a matrix", "un dígito en grises: una matriz")
        index = tr("x[row, column]", "x[fila, columna]")
    elif rank == 3:
        x = digits[4 * first : 4 * first + 12]
        for k, each in enumerate(x):
            canvas.pixels(44 + (k % 6) * 94, 40 + (k // 6) * 130, 84, 84, grey_colours(each, 0, scale))
            canvas.text(86 + (k % 6) * 94, 140 + (k // 6) * 130, f"x[{k}]", size=12, anchor="middle", colour_="muted")
        what = tr("a batch of 12 digits", "un lote de 12 dígitos")
        index = tr("x[which, row, column]", "x[cuál, fila, columna]")
    else:
        x = _pictures()[first : first + 4]
        shades = (("R", 0, "red"), ("G", 1, "green"), ("B", 2, "blue"))
        for k, each in enumerate(x):
            canvas.pixels(40 + k * 145, 30, 120, 120, each)
            canvas.text(100 + k * 145, 166, f"x[{k}]", size=12, anchor="middle", colour_="muted")
            for place, (letter, channel, shade) in enumerate(shades):
                left = 40 + k * 145 + place * 41
                canvas.pixels(left, 182, 38, 38, grey_colours(each[..., channel], 0, 255))
                canvas.text(left + 19, 236, letter, size=12, anchor="middle", colour_=shade, bold=True)
        canvas.text(
            320, 262, tr("three channels each: red, green and blue", "tres canales cada una: rojo, verde y azul"),
            size=12, anchor="middle", colour_="muted",
        )  # fmt: skip
        what = tr("a batch of 4 pictures in colour", "un lote de 4 imágenes en color")
        index = tr("x[which, row, column, channel]", "x[cuál, fila, columna, canal]")
    x = np.asarray(x)
    canvas.text(320, 318, f"shape = {x.shape} · {index}", size=15, anchor="middle", mono=True)
    return canvas.picture(
        tr(
            f"Rank {x.ndim}, {what}: shape {x.shape}, {x.size} numbers.",
            f"Rango {x.ndim}, {what}: forma {x.shape}, {x.size} números.",
        )
    )


_MADE = {
    "c": ("x", lambda x: x),
    "t": ("x.T", lambda x: x.T),
    "cut": ("x[:, 1:4]", lambda x: x[:, 1:4]),
    "two": ("x[:, ::2]", lambda x: x[:, ::2]),
    "back": ("x[:, ::-1]", lambda x: x[:, ::-1]),
}


@figure(
    "tensor-strides",
    ("Strides: from an index to a place in memory", "Saltos: de un índice a un lugar de la memoria"),
    Choice("made", ("tensor", "tensor"), {key: name for key, (name, _) in _MADE.items()}, "c"),
    Slider("element", ("element", "elemento"), 0, 14, 7, 1, plays=2),
)
def tensor_strides(at: At) -> Picture:
    """An element of a view, and where it lies in memory."""
    canvas = Canvas(640, 330)
    base = np.arange(15).reshape(3, 5)
    name, make = _MADE[at.chosen("made")]
    y = make(base)
    place = np.unravel_index(at.whole("element") % y.size, y.shape)
    index = tuple(int(each) for each in place)
    steps = strides(y).result
    start = (y.__array_interface__["data"][0] - base.__array_interface__["data"][0]) // base.itemsize
    where = start + position(index, steps)
    shades = deep_colours(base.astype(float), -6, 20)
    size, left, top = 38, 40, 44
    cells(
        canvas,
        left,
        top,
        y,
        size=size,
        colours=shades.reshape(-1, 3)[y],
        marked=[(index[0], index[1])],
        title=f"{name}, shape {y.shape}",
    )
    canvas.text(330, 58, f"strides = {steps}", size=15, mono=True)
    canvas.text(
        330, 82, tr("(in elements; NumPy counts bytes)", "(en elementos; NumPy cuenta bytes)"), size=12, colour_="muted"
    )
    canvas.text(330, 118, f"{tr('start', 'inicio')} = {start}", size=15, mono=True)
    terms = " + ".join(f"{i}·({s})" if s < 0 else f"{i}·{s}" for i, s in zip(index, steps, strict=True))
    canvas.text(330, 154, f"{name}[{index[0]}, {index[1]}]", size=15, mono=True)
    canvas.text(330, 180, f"→ {start} + {terms} = {where}", size=15, mono=True, colour_="orange")
    strip = 38
    cells(canvas, 35, 265, base.ravel(), size=strip, colours=shades.reshape(1, -1, 3), marked=[(0, where)])
    canvas.text(
        35,
        320,
        tr(
            "memory: the same 15 numbers, always in this order", "memoria: los mismos 15 números, siempre en este orden"
        ),
        size=12,
        colour_="muted",
    )
    canvas.line(
        left + (index[1] + 0.5) * size, top + (index[0] + 1) * size, 35 + (where + 0.5) * strip, 264, "orange", 2
    )
    return canvas.picture(
        tr(
            f"{name} has shape {y.shape} and strides {steps}: its element {index} lies {where} places from the "
            "beginning of the memory.",
            f"{name} tiene forma {y.shape} y saltos {steps}: su elemento {index} está a {where} lugares del inicio "
            "de la memoria.",
        )
    )


_TYPES = {
    "float16": ("float16", np.dtype("float16"), "orange"),
    "bfloat16": ("bfloat16", np.dtype(ml_dtypes.bfloat16), "green"),
    "float32": ("float32", np.dtype("float32"), "blue"),
    "float64": ("float64", np.dtype("float64"), "purple"),
}


def _gap(dtype: np.dtype, exponent: float) -> float:
    """How far the next larger number lies from 2**exponent in a type; infinite beyond its largest."""
    info = ml_dtypes.finfo(dtype)
    if exponent >= info.maxexp:
        return np.inf
    return float(2.0 ** (max(np.floor(exponent), info.minexp) - info.nmant))


@figure(
    "tensor-precision",
    ("How far apart neighbouring numbers are", "A qué distancia están dos números vecinos"),
    Choice("dtype", "dtype", {key: name for key, (name, _, _) in _TYPES.items()}, "float32"),
    Slider("exponent", ("size: 2 to the power of", "tamaño: 2 elevado a"), -20, 56, 11, 1),
)
def tensor_precision(at: At) -> Picture:
    """The gap between neighbouring floating-point numbers."""
    canvas = Canvas(640, 380)
    name, dtype, _ = _TYPES[at.chosen("dtype")]
    exponent = at.whole("exponent")
    plot = canvas.axes(
        (-20, 56),
        (-75, 52),
        box=(62, 22, 470, 230),
        xlabel=tr("size of the number x, as a power of 2", "tamaño del número x, como potencia de 2"),
        ylabel=tr("gap, as a power of 2", "distancia, potencia de 2"),
    )
    xs = np.arange(-20, 57)
    for key, (_, each, shade) in _TYPES.items():
        gaps = np.array([_gap(each, float(e)) for e in xs])
        plot.line(xs, np.log2(gaps), shade, 3.2 if key == dtype.name else 1.6, opacity=1 if key == name else 0.55)
        last = int(np.flatnonzero(np.isfinite(gaps))[-1])
        canvas.text(
            plot.px(xs[last]) + 8, plot.py(np.log2(gaps[last])) + 4, key, size=12, colour_=shade, bold=key == name
        )
    plot.horizontal(0, "muted")
    canvas.text(plot.px(-19.5), plot.py(0) - 5, tr("a gap of 1", "distancia 1"), size=11, colour_="muted")
    gap = _gap(dtype, exponent)
    raised = str(exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    if not np.isfinite(gap):
        words = tr(
            f"2{raised} is beyond the largest {name}: it becomes inf",
            f"2{raised} pasa del mayor {name}: se vuelve inf",
        )
        canvas.text(320, 335, words, size=14, anchor="middle", colour_="red")
        return canvas.picture(words + ".")
    plot.points([exponent], [np.log2(gap)], "red", 6)
    x = 2.0**exponent
    canvas.line(40, 335, 600, 335, "muted", 1.5)
    for k in range(-2, 4):
        below = gap / 2 if exponent > ml_dtypes.finfo(dtype).minexp else gap  # the gap halves below a power of 2
        at_x = 240 + 110 * (k if k >= 0 else k * below / gap)
        canvas.circle(at_x, 335, 5, "red" if k == 0 else "blue")
        if k >= 0:
            shown = number(x, 6) if k == 0 else f"+ {number(k * gap)}"
            canvas.text(at_x, 358, shown, size=12, anchor="middle", colour_="red" if k == 0 else "ink")
    canvas.text(
        320,
        318,
        tr(f"neighbours of 2{raised} in {name}", f"vecinos de 2{raised} en {name}"),
        size=12,
        anchor="middle",
        colour_="muted",
    )
    lost = bool(dtype.type(x) + dtype.type(1) == dtype.type(x))
    told = tr(
        "x + 1 gives x again" if lost else "x + 1 differs from x",
        "x + 1 vuelve a dar x" if lost else "x + 1 es distinto de x",
    )
    return canvas.picture(
        tr(
            f"In {name}, the next number after 2{raised} = {number(x, 6)} lies {number(gap)} further on; {told}.",
            f"En {name}, el número que sigue a 2{raised} = {number(x, 6)} está {number(gap)} más allá; {told}.",
        )
    )
