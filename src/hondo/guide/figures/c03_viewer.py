"""NumPy's tensor viewer: each element on its way through reshape, transpose, slices, indexing, and into memory."""

from collections.abc import Callable, Collection
from typing import Any

import numpy as np

from hondo.core.arrays import Array
from hondo.core.language import tr
from hondo.guide.drawing.canvas import Canvas, Picture, number
from hondo.guide.drawing.colours import deep_colours
from hondo.guide.drawing.grids import cells
from hondo.guide.figures.controls import At, Choice, Slider, Toggle
from hondo.guide.figures.figure import figure
from hondo.scratch.mistakes import Mistake
from hondo.scratch.tensors.indexing import advanced_index, basic_index
from hondo.scratch.tensors.moved import Moved, follow
from hondo.scratch.tensors.shape import reshape, strides, transpose

Place = tuple[int, ...]


def tensor(
    canvas: Canvas,
    left: float,
    top: float,
    values: Any,
    origin: Any,
    *,
    size: float = 34,
    marked: Collection[Place] = (),
    mark: str = "orange",
    total: int = 12,
    across: bool = False,
) -> Callable[[Place], tuple[float, float]]:
    """Draw a tensor of rank 0 to 3, matrices of rank 3 one below the other, and say where each element lies.

    Args:
        canvas: the sheet.
        left, top: of its first square.
        values: the tensor.
        origin: of its shape: a number from 0 to ``total`` that gives each element its colour.
        size: of a square.
        marked: elements with a border.
        mark: the border's colour.
        total: how many colours there are.
        across: whether matrices of rank 3 stand side by side.
    """
    values, origin = np.asarray(values), np.asarray(origin)
    blocks = values.reshape((-1, *values.shape[-2:]) if values.ndim > 2 else (1, *np.atleast_2d(values).shape))
    sources = origin.reshape(blocks.shape)
    _, rows, columns = blocks.shape

    def corner(block: int) -> tuple[float, float]:
        gap = block * (columns * size + 16) if across else block * (rows * size + 12)
        return (left + gap, top) if across else (left, top + gap)

    def full(place: Place) -> Place:
        return (0,) * (3 - len(place)) + tuple(place)

    for block in range(len(blocks)):
        x, y = corner(block)
        borders = [(full(each)[1], full(each)[2]) for each in marked if full(each)[0] == block]
        painted = deep_colours(sources[block].astype(float), -0.45 * total, 1.35 * total)
        cells(canvas, x, y, blocks[block], size=size, colours=painted, marked=borders, mark=mark)

    def centre(place: Place) -> tuple[float, float]:
        block, row, column = full(place)
        x, y = corner(block)
        return x + (column + 0.5) * size, y + (row + 0.5) * size

    return centre


def _memory(canvas: Canvas, y: float, values: Array, origin: Array, marked: int, size: float = 44) -> None:
    """A strip of memory across the sheet."""
    tensor(canvas, 56, y, values, origin, size=size, marked=[(marked,)])


_SHAPES: dict[str, Place] = {
    "12": (12,), "34": (3, 4), "43": (4, 3), "26": (2, 6), "62": (6, 2), "223": (2, 2, 3), "232": (2, 3, 2),
    "322": (3, 2, 2), "-16": (-1, 6), "2-12": (2, -1, 2), "52": (5, 2),
}  # fmt: skip


@figure(
    "tensor-reshape",
    ("Reshape: the same row of numbers, cut elsewhere", "Reshape: la misma fila de números, cortada en otro sitio"),
    Choice("shape", ("before", "antes"), {key: str(_SHAPES[key]) for key in ("34", "43", "26", "223")}, "34"),
    Choice("new", ("after", "después"), {key: str(_SHAPES[key]) for key in list(_SHAPES)[1:]}, "26"),
    Choice(
        "order",
        ("read", "lectura"),
        {"C": ("by rows, order='C'", "por filas, order='C'"), "F": ("by columns, 'F'", "por columnas, 'F'")},
        "C",
    ),
    Slider("element", ("element", "elemento"), 0, 11, 5, 1, plays=2),
)  # fmt: skip
def tensor_reshape(at: At) -> Picture:
    """Reshape, element by element."""
    canvas = Canvas(640, 400)
    x = np.arange(12).reshape(_SHAPES[at.chosen("shape")])
    new, element = _SHAPES[at.chosen("new")], at.whole("element")
    size, top = 34, 120
    _memory(canvas, 34, np.arange(12), np.arange(12), element)
    canvas.text(56, 22, tr("memory of x", "memoria de x"), size=13, colour_="muted")
    before = np.unravel_index(element, x.shape)
    here = tensor(canvas, 56, top + 20, x, x, size=size, marked=[_whole(before)])
    canvas.text(56, top + 8, f"x  {x.shape}", size=14, mono=True, bold=True)
    try:
        moved = reshape(x, new)
    except Mistake as mistake:
        canvas.text(330, top + 8, f"x.reshape({new})", size=14, mono=True, bold=True)
        canvas.text(330, top + 40, "ValueError", size=14, mono=True, colour_="red")
        canvas.text(330, top + 64, f"{' × '.join(map(str, new))} = {int(np.prod(new))} ≠ 12", size=15, mono=True)
        return canvas.picture(str(mistake).split("\n")[0])
    order = at.chosen("order")
    if order == "F":
        moved = follow(lambda t: t.reshape(new, order="F"), x, "")
    after = _whole(np.argwhere(moved.origin == element)[0])
    there = tensor(canvas, 330, top + 20, moved.result, moved.origin, size=size, marked=[after])
    given = ", order='F'" if order == "F" else ""
    canvas.text(330, top + 8, f"x.reshape({new}{given})", size=14, mono=True, bold=True)
    (x1, y1), (x2, y2) = here(_whole(before)), there(after)
    canvas.line(x1 + 17, y1, x2 - 17, y2, "orange", 2, opacity=0.6)
    kept = tr("a view", "una vista") if moved.shares_memory else tr("a copy", "una copia")
    return canvas.picture(
        tr(
            f"From {x.shape} to {moved.result.shape}, {kept}: the element at {_whole(before)} is now at {after}.",
            f"De {x.shape} a {moved.result.shape}, {kept}: el elemento de {_whole(before)} está ahora en {after}.",
        )
    )


def _whole(place: Any) -> Place:
    return tuple(int(each) for each in place)


_AXES: dict[str, tuple[Place, Place]] = {
    "T": ((3, 4), (1, 0)), "021": ((2, 3, 2), (0, 2, 1)), "102": ((2, 3, 2), (1, 0, 2)), "210": ((2, 3, 2), (2, 1, 0)),
    "120": ((2, 3, 2), (1, 2, 0)), "201": ((2, 3, 2), (2, 0, 1)),
}  # fmt: skip


@figure(
    "tensor-transpose",
    ("Transpose: the axes change places, memory does not", "Trasponer: cambian los ejes, no la memoria"),
    Choice(
        "axes",
        ("operation", "operación"),
        {key: f"{shape} → " + (".T" if key == "T" else f"transpose{axes}") for key, (shape, axes) in _AXES.items()},
        "T",
    ),
    Slider("element", ("element", "elemento"), 0, 11, 6, 1, plays=2),
)
def tensor_transpose(at: At) -> Picture:
    """Transpose, element by element, with the strides before and after."""
    canvas = Canvas(640, 410)
    shape, axes = _AXES[at.chosen("axes")]
    element, size, top = at.whole("element"), 34, 122
    x = np.arange(12).reshape(shape)
    moved = transpose(x, axes)
    before = _whole(np.unravel_index(element, shape))
    after = _whole(np.argwhere(moved.origin == element)[0])
    _memory(canvas, 30, x.ravel(), x.ravel(), element)
    canvas.text(56, 20, tr("memory (shared)", "memoria (compartida)"), size=13, colour_="muted")
    here = tensor(canvas, 56, top + 44, x, x, size=size, marked=[before])
    there = tensor(canvas, 350, top + 44, moved.result, moved.origin, size=size, marked=[after])
    name = "x.T" if at.chosen("axes") == "T" else f"y = x.transpose{axes}"
    for left, words, each in ((56, "x", x), (350, name, moved.result)):
        canvas.text(left, top, words, size=14, mono=True, bold=True)
        canvas.text(left, top + 20, f"shape {each.shape}", size=13, mono=True)
        canvas.text(left, top + 36, f"strides {strides(each).result}", size=13, mono=True, colour_="orange")
    (x1, y1), (x2, y2) = here(before), there(after)
    canvas.line(x1 + 17, y1, x2 - 17, y2, "orange", 2, opacity=0.6)
    return canvas.picture(
        tr(
            f"x{list(before)} is found at {list(after)}: shape {shape} becomes {moved.result.shape}, "
            f"strides {strides(x).result} become {strides(moved.result).result}.",
            f"x{list(before)} se encuentra en {list(after)}: la forma {shape} pasa a {moved.result.shape} "
            f"y los saltos {strides(x).result} a {strides(moved.result).result}.",
        )
    )


@figure(
    "tensor-slices",
    ("A slice: start, stop, step", "Una rebanada: inicio, fin, paso"),
    Slider("start", ("start", "inicio"), -10, 10, 2, 1),
    Slider("stop", ("stop", "fin"), -10, 12, 8, 1),
    Slider("step", ("step", "paso"), -3, 3, 2, 1),
    Toggle("open", ("leave start and stop out", "omitir inicio y fin"), False),
)
def tensor_slices(at: At) -> Picture:
    """A slice of a vector, with positions from both ends."""
    canvas = Canvas(640, 250)
    x = np.arange(10) * 10 + 5
    step = at.whole("step") or 1
    cut = slice(None, None, step) if at.on("open") else slice(at.whole("start"), at.whole("stop"), step)
    moved = basic_index(x, cut)
    written = f"x[::{step}]" if at.on("open") else f"x[{cut.start}:{cut.stop}:{step}]"
    size, left = 50, 70
    for k in range(10):
        middle = left + (k + 0.5) * size
        canvas.text(middle, 40, str(k), size=13, anchor="middle", colour_="muted", mono=True)
        canvas.text(middle, 116, f"−{10 - k}", size=13, anchor="middle", colour_="muted", mono=True)
    chosen = moved.origin.tolist()
    tensor(canvas, left, 50, x, np.arange(10), size=size, marked=[(k,) for k in chosen], total=10)
    canvas.text(left, 164, f"{written} → shape {moved.result.shape}", size=15, mono=True, bold=True)
    if moved.result.size:
        tensor(canvas, left, 180, moved.result, moved.origin, size=size, total=10)
    else:
        canvas.text(left, 205, tr("empty, and no error", "vacía, y sin error"), size=14, colour_="red")
    return canvas.picture(
        tr(
            f"{written} chooses {len(chosen)} of 10 elements: {moved.result.tolist()}.",
            f"{written} elige {len(chosen)} de 10 elementos: {moved.result.tolist()}.",
        )
    )


def _ix(x: Array) -> Moved:
    return follow(lambda t: t[np.ix_([0, 3], [1, 4])], x, "")


_INDEXES: dict[str, tuple[str, Callable[[Array], Moved]]] = {
    "one": ("x[1, 4]", lambda x: basic_index(x, 1, 4)),
    "row": ("x[2]", lambda x: basic_index(x, 2)),
    "column": ("x[:, 3]", lambda x: basic_index(x, slice(None), 3)),
    "block": ("x[1:3, ::2]", lambda x: basic_index(x, slice(1, 3), slice(None, None, 2))),
    "turned": ("x[::-1]", lambda x: basic_index(x, slice(None, None, -1))),
    "new": ("x[:, 3:4]", lambda x: basic_index(x, slice(None), slice(3, 4))),
    "rows": ("x[[3, 0, 0]]", lambda x: advanced_index(x, [3, 0, 0])),
    "pairs": ("x[[0, 1, 3], [5, 0, 2]]", lambda x: advanced_index(x, [0, 1, 3], [5, 0, 2])),
    "ix": ("x[np.ix_([0, 3], [1, 4])]", _ix),
    "mask": ("x[x > 30]", lambda x: advanced_index(x, x > 30)),
    "mask-rows": ("x[x[:, 0] > 5]", lambda x: advanced_index(x, x[:, 0] > 5)),
}


@figure(
    "tensor-indexing",
    ("Choosing elements of a matrix", "Elegir elementos de una matriz"),
    Choice("key", ("expression", "expresión"), {key: name for key, (name, _) in _INDEXES.items()}, "block"),
    Slider("element", ("element", "elemento"), 0, 23, 0, 1, plays=2),
)
def tensor_indexing(at: At) -> Picture:
    """What an index chooses, whether it is a view, and where each element came from."""
    canvas = Canvas(640, 300)
    x = np.arange(4)[:, None] * 10 + np.arange(6)
    name, choose = _INDEXES[at.chosen("key")]
    moved = choose(x)
    moves = moved.moves()
    move = moves[at.whole("element") % len(moves)]
    size, top = 40, 80
    tensor(canvas, 56, top, x, np.arange(24).reshape(4, 6), size=size, marked={m.source for m in moves}, total=24)
    for k in range(6):
        canvas.text(56 + (k + 0.5) * size, top - 8, str(k), size=12, anchor="middle", colour_="muted", mono=True)
    for k in range(4):
        canvas.text(46, top + (k + 0.62) * size, str(k), size=12, anchor="end", colour_="muted", mono=True)
    there = tensor(
        canvas, 370, top, moved.result, moved.origin, size=size, marked=[move.target], mark="green", total=24
    )
    canvas.text(370, 40, name, size=15, mono=True, bold=True)
    kept = tr("a view", "una vista") if moved.shares_memory else tr("a copy", "una copia")
    canvas.text(370, 62, f"shape {moved.result.shape}, {kept}", size=13, mono=True, colour_="muted")
    canvas.text(56, 40, "x = 10·i + j", size=15, mono=True, bold=True)
    x1, y1 = 56 + (move.source[1] + 0.5) * size, top + (move.source[0] + 0.5) * size
    x2, y2 = there(move.target)
    canvas.line(x1 + 14, y1, x2 - 20, y2, "green", 2, opacity=0.6)
    if moved.result.ndim == 0:
        kept = tr("a single number", "un solo número")
    return canvas.picture(
        tr(
            f"{name} has shape {moved.result.shape}, {kept}; {number(move.value)} comes from x{list(move.source)}.",
            f"{name} tiene forma {moved.result.shape}, {kept}; {number(move.value)} viene de x{list(move.source)}.",
        )
    )


_TAKEN: dict[str, tuple[str, Callable[[Array], Array]]] = {
    "row": ("x[1]", lambda x: x[1]),
    "columns": ("x[:, ::2]", lambda x: x[:, ::2]),
    "T": ("x.T", lambda x: x.T),
    "reshape": ("x.reshape(2, 6)", lambda x: x.reshape(2, 6)),
    "ravel": ("x.ravel()", lambda x: x.ravel()),
    "T-ravel": ("x.T.ravel()", lambda x: x.T.ravel()),
    "list": ("x[[1]]", lambda x: x[[1]]),
    "mask": ("x[x > 6]", lambda x: x[x > 6]),
    "copy": ("x[1].copy()", lambda x: x[1].copy()),
}


@figure(
    "tensor-views",
    ("Who else changes? Views and copies", "¿Quién más cambia? Vistas y copias"),
    Choice("taken", "y =", {key: name for key, (name, _) in _TAKEN.items()}, "row"),
    Toggle("write", "y[...] = 99", False),
)
def tensor_views(at: At) -> Picture:
    """An array taken from another, before and after it is written to."""
    canvas = Canvas(640, 310)
    x = np.arange(12).reshape(3, 4)
    name, take = _TAKEN[at.chosen("taken")]
    y = take(x)
    origin = take(np.arange(12).reshape(3, 4))  # where each element was
    shared = bool(np.shares_memory(x, y))
    if at.on("write"):
        y[...] = 99
    size = 44
    changed = [(k,) for k in np.flatnonzero(x.ravel() != np.arange(12))]
    canvas.text(56, 30, tr("x: its memory", "x: su memoria"), size=13, colour_="muted")
    tensor(canvas, 56, 42, x.ravel(), np.arange(12), size=size, marked=[_whole(each) for each in changed], mark="red")
    rows = np.atleast_2d(y).shape[0]
    small = 36 if rows < 4 else 30
    top = 160
    centre = tensor(canvas, 56, top, y, origin, size=small)
    right = 56 + np.atleast_2d(y).shape[1] * small + 40
    canvas.text(right, top + 6, f"y = {name}", size=15, mono=True, bold=True)
    if shared:
        for place in np.ndindex(*np.atleast_2d(y).shape):
            if place[0] == 0:
                x1, y1 = centre(place[-y.ndim :])
                canvas.line(
                    x1, y1 - small / 2, 56 + (int(np.atleast_2d(origin)[place]) + 0.5) * size, 88, "orange", 1.5
                )
        told = tr("a view: no memory of its own", "una vista: sin memoria propia")
    else:
        told = tr("a copy: memory of its own", "una copia: memoria propia")
    canvas.text(right, top + 30, told, size=14, bold=True, colour_="orange" if shared else "green")
    canvas.text(right, top + 54, f"np.shares_memory(x, y) = {shared}", size=13, mono=True)
    if at.on("write"):
        words = tr(f"{len(changed)} of 12 numbers of x have changed", f"han cambiado {len(changed)} de 12 números de x")
        canvas.text(right, top + 78, words, size=13, colour_="red" if changed else "muted")
        return canvas.picture(
            tr(
                f"y = {name} is {told}; after writing to y, {words}.",
                f"y = {name} es {told}; tras escribir en y, {words}.",
            )
        )
    return canvas.picture(tr(f"y = {name} is {told}.", f"y = {name} es {told}."))
