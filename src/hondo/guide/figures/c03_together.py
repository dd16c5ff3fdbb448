"""NumPy's figures on tensors together: broadcasting, axes that disappear, products, distances without a loop."""

from functools import cache

import numpy as np

from hondo.core.arrays import Array
from hondo.core.language import tr
from hondo.data.catalogue import load_named
from hondo.guide.drawing.canvas import Canvas, Picture, number
from hondo.guide.drawing.grids import cells
from hondo.guide.figures.c03_viewer import tensor
from hondo.guide.figures.controls import At, Choice, Drag, Slider, Toggle
from hondo.guide.figures.figure import figure
from hondo.scratch.mistakes import Mistake
from hondo.scratch.tensors.broadcasting import broadcast

_A = {"34": (3, 4), "31": (3, 1), "14": (1, 4), "4": (4,), "3": (3,), "0": ()}
_B = {"4": (4,), "31": (3, 1), "3": (3,), "14": (1, 4), "34": (3, 4), "2": (2,), "0": ()}


@figure(
    "tensor-broadcasting",
    ("Broadcasting: an axis of length 1 is read again and again", "Broadcasting: un eje de longitud 1 se relee"),
    Choice("a", ("shape of a", "forma de a"), {key: str(each) for key, each in _A.items()}, "31"),
    Choice("b", ("shape of b", "forma de b"), {key: str(each) for key, each in _B.items()}, "4"),
    Slider("element", ("element of a + b", "elemento de a + b"), 0, 11, 6, 1, plays=2),
)
def tensor_broadcasting(at: At) -> Picture:
    """Two tensors, stretched to one shape, and their sum."""
    canvas = Canvas(640, 350)
    shape_a, shape_b = _A[at.chosen("a")], _B[at.chosen("b")]
    a = (10 * (1 + np.arange(int(np.prod(shape_a))))).reshape(shape_a)
    b = (1 + np.arange(int(np.prod(shape_b)))).reshape(shape_b)
    _right_aligned(canvas, shape_a, shape_b)
    try:
        both = broadcast(a, b)
    except Mistake as mistake:
        words = str(mistake).split("\n")[0]
        tensor(canvas, 60, 170, a, np.arange(a.size).reshape(shape_a), size=38)
        tensor(canvas, 330, 170, b, np.arange(b.size).reshape(shape_b), size=38)
        canvas.text(60, 158, f"a {shape_a}", size=14, mono=True, bold=True)
        canvas.text(330, 158, f"b {shape_b}", size=14, mono=True, bold=True)
        canvas.text(60, 335, "ValueError: operands could not be broadcast together", size=14, mono=True, colour_="red")
        return canvas.picture(words)
    total = both.a.result + both.b.result
    place = np.unravel_index(at.whole("element") % max(1, total.size), both.shape)
    place = tuple(int(each) for each in place)
    size, top = 42, 176
    left = 20
    for moved, name, shape in ((both.a, "a", shape_a), (both.b, "b", shape_b)):
        canvas.text(left, top - 14, f"{name} {shape}", size=14, mono=True, bold=True)
        centre = tensor(canvas, left, top, moved.result, moved.origin, size=size)
        _fade_repeats(canvas, left, top, size, moved.origin, moved.result)
        x, y = centre(place)
        canvas.rect(x - size / 2 + 1, y - size / 2 + 1, size - 2, size - 2, stroke="orange", line=3, round_=2)
        width = (both.shape[-1] if both.shape else 1) * size
        canvas.text(left + width + 21, top + 28, "+" if name == "a" else "=", size=20, anchor="middle", bold=True)
        left += width + 42
    canvas.text(left, top - 14, f"a + b {both.shape}", size=14, mono=True, bold=True)
    tensor(canvas, left, top, total, np.arange(total.size).reshape(both.shape), size=size, marked=[place])
    terms = f"{both.a.result[place]} + {both.b.result[place]} = {total[place]}"
    return canvas.picture(
        tr(
            f"{shape_a} and {shape_b} give {both.shape}: element {place} is {terms}. Pale numbers are read again, "
            "not stored again.",
            f"{shape_a} y {shape_b} dan {both.shape}: el elemento {place} es {terms}. Los números pálidos se releen, "
            "no se guardan otra vez.",
        )
    )


def _right_aligned(canvas: Canvas, a: tuple[int, ...], b: tuple[int, ...]) -> None:
    """Both shapes, one below the other, with a verdict for each axis."""
    right = 330
    canvas.text(20, 38, tr("shape of a", "forma de a"), size=13, colour_="muted")
    canvas.text(20, 70, tr("shape of b", "forma de b"), size=13, colour_="muted")
    canvas.text(20, 112, tr("together", "juntas"), size=13, colour_="muted")
    canvas.line(right - 130, 84, right + 40, 84, "muted", 1)
    for back in range(1, max(len(a), len(b), 1) + 1):
        x = right - (back - 1) * 90
        lengths = [shape[-back] if back <= len(shape) else None for shape in (a, b)]
        for length, y in zip(lengths, (38, 70), strict=True):
            words = "·" if length is None else str(length)
            canvas.text(x, y, words, size=18, anchor="middle", mono=True, colour_="muted" if length == 1 else "ink")
        known = [each or 1 for each in lengths]
        fits = known[0] == known[1] or 1 in known
        shown = str(max(known)) if fits else "✗"
        if a or b:
            canvas.text(
                x, 112, shown, size=18, anchor="middle", mono=True, bold=True, colour_="green" if fits else "red"
            )
    canvas.text(400, 58, tr("equal, or one of them 1", "iguales, o una de ellas 1"), size=13, colour_="muted")
    canvas.text(400, 76, tr("(missing counts as 1)", "(si falta, cuenta como 1)"), size=13, colour_="muted")


def _fade_repeats(canvas: Canvas, left: float, top: float, size: float, origin: Array, values: Array) -> None:
    """Make pale what is there by repetition only."""
    seen: set[int] = set()
    for (place, source), value in zip(np.ndenumerate(np.atleast_2d(origin)), values.ravel(), strict=True):
        if int(source) in seen:
            x, y = left + place[1] * size, top + place[0] * size
            canvas.rect(x, y, size, size, "paper")
            canvas.rect(x + 1, y + 1, size - 2, size - 2, "blue", opacity=0.14)
            canvas.text(
                x + size / 2, y + size / 2 + 5, number(float(value), 4), size=14, anchor="middle", colour_="muted"
            )
        seen.add(int(source))


_REDUCTIONS = {
    "sum": np.sum, "mean": np.mean, "max": np.max, "argmax": np.argmax,
}  # fmt: skip
_OVER: dict[str, int | tuple[int, ...] | None] = {
    "0": 0, "1": 1, "2": 2, "01": (0, 1), "12": (1, 2), "all": None,
}  # fmt: skip


@figure(
    "axes-reduced",
    ("Which axis disappears?", "¿Qué eje desaparece?"),
    Choice("how", ("operation", "operación"), {key: key for key in _REDUCTIONS}, "sum"),
    Choice("axis", "axis", {key: str(each) for key, each in _OVER.items()}, "1"),
    Toggle("keep", "keepdims=True", False),
    Slider("element", ("element of the result", "elemento del resultado"), 0, 11, 1, 1, plays=1.5),
)
def axes_reduced(at: At) -> Picture:
    """A tensor of shape (2, 3, 4) and what is left of it."""
    canvas = Canvas(640, 330)
    x = np.random.default_rng(5).integers(0, 10, (2, 3, 4))
    how, axis, keep = at.chosen("how"), _OVER[at.chosen("axis")], at.on("keep")
    if how == "argmax" and isinstance(axis, tuple):
        words = tr("argmax takes one axis, or none at all", "argmax admite un solo eje, o ninguno")
        tensor(canvas, 56, 60, x, x, size=38, total=10)
        canvas.text(300, 90, "TypeError", size=15, mono=True, colour_="red")
        canvas.text(300, 114, words, size=13)
        return canvas.picture(words + ".")
    result = np.asarray(_REDUCTIONS[how](x, axis=axis, keepdims=keep))
    element = at.whole("element") % result.size
    numbers = np.asarray(_REDUCTIONS["sum"](x, axis=axis, keepdims=True))
    owner = np.broadcast_to(np.arange(numbers.size).reshape(numbers.shape), x.shape)
    chosen = [tuple(int(i) for i in place) for place in np.argwhere(owner == element)]
    place = tuple(int(each) for each in np.unravel_index(element, result.shape))
    here = tensor(canvas, 56, 60, x, x, size=38, marked=chosen, total=10)
    canvas.text(56, 32, "x  (2, 3, 4)", size=14, mono=True, bold=True)
    for block in range(2):
        canvas.text(46, here((block, 1, 0))[1] + 4, f"[{block}]", size=12, anchor="end", colour_="muted", mono=True)
    shown = np.round(result, 2)
    tensor(canvas, 300, 76, shown, np.full(result.shape, 4), size=44, marked=[place], mark="green", total=12)
    kept = ", keepdims=True" if keep else ""
    canvas.text(300, 32, f"x.{how}(axis={axis}{kept})", size=14, mono=True, bold=True)
    canvas.text(300, 54, f"→ {result.shape}", size=14, mono=True, colour_="green", bold=True)
    numbers_chosen = [int(x[each]) for each in chosen]
    listed = ", ".join(map(str, numbers_chosen))
    value = number(float(result[place]), 4)
    return canvas.picture(
        tr(
            f"axis={axis}: from (2, 3, 4) to {result.shape}. Element {place}: {how} of {listed} is {value}.",
            f"axis={axis}: de (2, 3, 4) a {result.shape}. Elemento {place}: {how} de {listed} es {value}.",
        )
    )


@figure(
    "product-built",
    ("A matrix product, term by term", "Un producto de matrices, término a término"),
    Slider("step", ("step", "paso"), 0, 24, 14, 1, plays=2),
)
def product_built(at: At) -> Picture:
    """A (3, 4) times a (4, 2), one multiplication after another."""
    canvas = Canvas(640, 390)
    a = np.array([[1, 2, 0, -1], [3, 1, 2, 0], [0, -2, 1, 2]])
    b = np.array([[2, 1], [0, 3], [1, -1], [2, 0]])
    step = at.whole("step")
    done, terms = divmod(step, 4)
    if step and not terms:
        done, terms = done - 1, 4
    row, column = divmod(done, 2)
    partial = np.full((3, 2), np.nan)
    for place in range(done):
        partial[divmod(place, 2)] = (a @ b)[divmod(place, 2)]
    partial[row, column] = a[row, :terms] @ b[:terms, column]
    size = 44
    left, top, across = 60, 226, 60 + 4 * size + 40
    k = terms - 1
    cells(canvas, across, 30, b, size=size, marked=[(k, column)] if terms else [])
    cells(canvas, left, top, a, size=size, marked=[(row, k)] if terms else [])
    canvas.rect(left - 3, top + row * size - 1, 4 * size + 6, size + 2, stroke="green", line=2.5, round_=3)
    canvas.rect(across + column * size - 1, 27, size + 2, 4 * size + 6, stroke="green", line=2.5, round_=3)
    cells(
        canvas, across, top, np.nan_to_num(partial), size=size, marked=[(row, column)], mark="green",
        write=lambda each: number(each, 3),
    )  # fmt: skip
    for place in range(done + 1, 6):
        i, j = divmod(place, 2)
        canvas.rect(across + j * size, top + i * size, size - 1, size - 1, "faint")
    canvas.text(left + 2 * size, top - 12, "A (3, 4)", size=14, anchor="middle", mono=True, bold=True)
    canvas.text(across + size, 20, "B (4, 2)", size=14, anchor="middle", mono=True, bold=True)
    canvas.text(across + size, top + 3 * size + 22, "C = A @ B (3, 2)", size=14, anchor="middle", mono=True, bold=True)
    written = [f"{number(a[row, j])}·{number(b[j, column])}".replace("·−", "·(−") for j in range(terms)]
    written = [each + ")" if "(" in each else each for each in written]
    canvas.text(across + 2 * size + 30, top + 30, f"C[{row}, {column}] =", size=14, mono=True)
    for j, each in enumerate(written):
        canvas.text(across + 2 * size + 44, top + 52 + 20 * j, ("+ " if j else "  ") + each, size=13, mono=True)
    value = number(float(partial[row, column]))
    canvas.text(across + 2 * size + 130, top + 30, value, size=15, mono=True, bold=True, colour_="green")
    canvas.text(across + 2 * size + 30, 70, tr("Row i of A against", "La fila i de A contra"), size=13, colour_="muted")
    canvas.text(across + 2 * size + 30, 90, tr("column j of B:", "la columna j de B:"), size=13, colour_="muted")
    canvas.text(across + 2 * size + 30, 116, "np.einsum(", size=13, mono=True)
    canvas.text(across + 2 * size + 30, 136, "  'ik,kj->ij', A, B)", size=13, mono=True)
    return canvas.picture(
        tr(
            f"After {step} of 24 multiplications: C[{row}, {column}] is {value} with {terms} of its 4 terms.",
            f"Tras {step} de 24 multiplicaciones: C[{row}, {column}] vale {value} con {terms} de sus 4 términos.",
        )
    )


@cache
def _moons() -> tuple[Array, Array]:
    train = load_named("moons", {"samples": 120, "noise": 0.2}).train
    return np.asarray(train.x), np.asarray(train.y)


@figure(
    "distances-at-once",
    ("All distances at once, and the nearest neighbours", "Todas las distancias a la vez, y los vecinos más próximos"),
    Slider("x", "x₁", -6, 6, 0.5, 0.05),
    Slider("y", "x₂", -5, 5, 0.5, 0.05),
    Slider("k", ("neighbours k", "vecinos k"), 1, 15, 5, 2),
    Choice(
        "metric", ("distance", "distancia"), {"2": ("Euclidean", "euclídea"), "1": ("city block", "Manhattan")}, "2"
    ),
    drag=Drag(x="x", y="y"),
)
def distances_at_once(at: At) -> Picture:
    """A query, its distances to all points, and the vote of the nearest."""
    canvas = Canvas(640, 400)
    x, y = _moons()
    query = np.array([at.number("x"), at.number("y")])
    order = int(at.chosen("metric"))
    difference = x - query  # (120, 2) − (2,)
    distance = np.linalg.norm(difference, ord=order, axis=1)
    k = at.whole("k")
    nearest = np.argsort(distance)[:k]
    plot = canvas.axes((-6, 6), (-5, 5), box=(52, 24, 340, 320), xlabel="x₁", ylabel="x₂")
    for each in nearest:
        plot.line([query[0], x[each, 0]], [query[1], x[each, 1]], "muted", 1.2)
    plot.points(x[:, 0], x[:, 1], ["blue" if each == 1 else "orange" for each in y], 4.5)
    plot.points([query[0]], [query[1]], "ink", 7)
    votes = int(np.sum(y[nearest] == 1))
    bars = canvas.axes(
        (0.5, 15.5), (0, max(2.0, float(distance[np.argsort(distance)[14]]) * 1.1)), box=(450, 24, 175, 230),
        xlabel=tr("rank of the neighbour", "orden del vecino"), ylabel=tr("distance", "distancia"),
    )  # fmt: skip
    ranked = np.argsort(distance)[:15]
    for place, each in enumerate(ranked):
        bars.bars([place + 1], [distance[each]], "blue" if y[each] == 1 else "orange", opacity=1 if place < k else 0.3)
    canvas.text(420, 320, "x − q", size=13, mono=True)
    canvas.text(420, 340, f"{x.shape} − (2,) → {x.shape}", size=13, mono=True)
    told = tr("blue", "azul") if 2 * votes > k else tr("orange", "naranja")
    return canvas.picture(
        tr(
            f"Of the {k} nearest points, {votes} are blue and {k - votes} orange: the answer at "
            f"({query[0]:.2f}, {query[1]:.2f}) is {told}. The nearest lies {distance.min():.2f} away.",
            f"De los {k} puntos más próximos, {votes} son azules y {k - votes} naranjas: la respuesta en "
            f"({query[0]:.2f}, {query[1]:.2f}) es {told}. El más próximo está a {distance.min():.2f}.",
        )
    )
