"""Chapter 5: one neuron with its line in the plane, and a neuron with a step as a logic gate."""

import numpy as np

from hondo.core.language import tr
from hondo.guide.drawing.axes import Axes
from hondo.guide.drawing.canvas import Canvas, Picture, number
from hondo.guide.drawing.colours import signed_colours
from hondo.guide.figures.controls import At, Choice, Drag, Slider
from hondo.guide.figures.doors import playground
from hondo.guide.figures.figure import figure
from hondo.scratch.activations.catalogue import activation
from hondo.scratch.activations.piecewise import step
from hondo.scratch.neuron.neuron import neuron, weighted_sum

_DARK = "#1c2630"  # on maps, which are pale on dark pages too
_CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
_GATES = {"and": (0, 0, 0, 1), "or": (0, 1, 1, 1), "nand": (1, 1, 1, 0), "but-not": (0, 0, 1, 0), "xor": (0, 1, 1, 0)}


def _map(plot: Axes, f, reach: float) -> None:
    """Colour the plane by a function of samples."""
    xs, ys = np.linspace(*plot.x, 60), np.linspace(*plot.y, 60)
    grid = np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2)
    plot.heat(signed_colours(f(grid).reshape(60, 60)[::-1], reach))


def _border(plot: Axes, w: np.ndarray, b: float) -> None:
    """The line w·x + b = 0, as long as it can be seen."""
    length = float(np.hypot(*w))
    if length < 1e-9:
        return
    foot, along = -b * w / length**2, np.array([-w[1], w[0]]) / length
    ends = foot + np.outer([-20.0, 20.0], along)
    plot.line(ends[:, 0], ends[:, 1], _DARK, 2.4)


def _in_playground(at: At) -> str:
    """A single neuron that learns; the playground has no step, and ReLU only before the output."""
    f = at.chosen("f")
    if f == "linear":
        return playground(data="plane", hidden=())
    if f == "relu":
        return playground(data="gaussians", hidden=(1,), activation="relu")
    return playground(data="gaussians", hidden=(), output="tanh" if f == "tanh" else "sigmoid")


@figure(
    "neuron-line",
    ("A neuron and its line", "Una neurona y su recta"),
    Slider("w1", "w₁", -3, 3, 1.5),
    Slider("w2", "w₂", -3, 3, 1.0),
    Slider("b", ("bias b", "sesgo b"), -4, 4, -1.0),
    Slider("x1", "x₁", -3, 3, 1.2),
    Slider("x2", "x₂", -3, 3, 0.8),
    Choice(
        "f",
        ("activation", "activación"),
        {
            "step": ("step", "escalón"),
            "sigmoid": ("sigmoid", "sigmoide"),
            "tanh": "tanh",
            "relu": "ReLU",
            "linear": ("none", "ninguna"),
        },
        "sigmoid",
    ),
    drag=Drag(x="w1", y="w2"),
    playground=_in_playground,
)
def neuron_line(at: At) -> Picture:
    """The neuron as a diagram with its numbers, and what it answers all over the plane."""
    w, b = np.array([at.number("w1"), at.number("w2")]), at.number("b")
    x = np.array([[at.number("x1"), at.number("x2")]])
    f = activation(at.chosen("f")).function
    z, y = float(weighted_sum(x, w, b)[0]), float(neuron(x, w, b, f)[0])
    canvas = Canvas(640, 380)
    plot = canvas.axes((-3, 3), (-3, 3), box=(330, 24, 296, 296), xlabel="x₁", ylabel="x₂")
    halves = at.chosen("f") in ("step", "sigmoid")
    _map(plot, lambda grid: 2 * neuron(grid, w, b, f) - 1 if halves else neuron(grid, w, b, f), 1 if halves else 4)
    _border(plot, w, b)
    if np.hypot(*w) > 0.05:
        plot.arrow(0, 0, w[0], w[1], "#7a4fa3", 3)
        plot.text(w[0] * 0.5 + 0.12, w[1] * 0.5 - 0.3, "w", size=15, colour_="#7a4fa3", bold=True)
    plot.points(x[:, 0], x[:, 1], "#c2541b", 6, "#ffffff")
    plot.text(x[0, 0] + 0.18, x[0, 1] + 0.16, "x", size=14, colour_=_DARK, bold=True)
    _diagram(canvas, x[0], w, b, z, y, str(at.chosen("f")))
    far = abs(z) / float(np.hypot(*w)) if np.hypot(*w) > 0 else np.inf
    side = tr("on the side to which w points", "en el lado al que apunta w")
    if z < 0:
        side = tr("on the other side", "en el otro lado")
    written = f"{z:.2f}".replace("-", "−")
    return canvas.picture(
        tr(
            f"z = {written} and the neuron answers {y:.2f}: x lies {far:.2f} from the line z = 0, {side}.",
            f"z = {written} y la neurona responde {y:.2f}: x está a {far:.2f} de la recta z = 0, {side}.",
        )
    )


def _diagram(canvas: Canvas, x: np.ndarray, w: np.ndarray, b: float, z: float, y: float, name: str) -> None:
    heights = (70, 160, 250)
    for height, shown, weight, label in zip(
        heights, (x[0], x[1], 1.0), (w[0], w[1], b), ("x₁", "x₂", "1"), strict=True
    ):
        shade = "blue" if weight >= 0 else "orange"
        canvas.line(48, height, 150, 160, shade, 0.6 + 1.6 * abs(weight))
        canvas.circle(48, height, 19, "paper", "muted")
        canvas.text(48, height + 4, number(shown, 2), size=12, anchor="middle")
        if label != "1":
            canvas.text(48, height - 26, label, size=13, anchor="middle", colour_="muted")
        where = {70: (108, 92), 160: (76, 152), 250: (112, 240)}[height]
        called = {"x₁": "w₁", "x₂": "w₂", "1": "b"}[label]
        canvas.text(where[0], where[1], f"{called} = {number(weight, 2)}", size=12, colour_=shade, bold=True)
    canvas.circle(182, 160, 32, "soft", "blue", line=2)
    canvas.text(182, 157, "Σ", size=19, anchor="middle")
    canvas.text(182, 176, name, size=11, anchor="middle", colour_="muted")
    canvas.arrow(215, 160, 236, 160, "ink")
    canvas.text(240, 165, number(y, 3), size=14, bold=True)
    canvas.text(240, 146, "y", size=13, colour_="muted")
    parts = f"{number(w[0], 2)}·{_in(x[0])} + {_in(w[1])}·{_in(x[1])} + {_in(b)}"
    canvas.text(28, 316, f"z = {parts}", size=13)
    canvas.text(28, 338, f"   = {number(z, 3)}", size=13)
    canvas.text(28, 362, f"y = f(z) = {number(y, 3)}", size=13, bold=True)


def _in(value: float) -> str:
    return f"({number(value, 2)})" if value < 0 else number(value, 2)


@figure(
    "neuron-gates",
    ("A neuron with a step as a logic gate", "Una neurona con escalón como puerta lógica"),
    Choice(
        "gate",
        ("wanted", "se busca"),
        {
            "and": ("AND", "Y (AND)"),
            "or": ("OR", "O (OR)"),
            "nand": ("NAND", "NO-Y (NAND)"),
            "but-not": ("x₁ but not x₂", "x₁ pero no x₂"),
            "xor": ("XOR: one or the other", "XOR: o uno u otro"),
        },
        "and",
    ),
    Slider("w1", "w₁", -2, 2, 1.0),
    Slider("w2", "w₂", -2, 2, 1.0),
    Slider("b", ("bias b", "sesgo b"), -3, 3, -0.5),
)
def neuron_gates(at: At) -> Picture:
    """The four corners, the half-plane that answers 1, and the truth table."""
    w, b = np.array([at.number("w1"), at.number("w2")]), at.number("b")
    wanted = np.array(_GATES[at.chosen("gate")])
    z, y = weighted_sum(_CORNERS, w, b), neuron(_CORNERS, w, b, step)
    right = y == wanted
    canvas = Canvas(640, 350)
    plot = canvas.axes((-0.5, 1.5), (-0.5, 1.5), box=(56, 20, 270, 270), xlabel="x₁", ylabel="x₂", grid=False)
    _map(plot, lambda grid: 1.2 * neuron(grid, w, b, step) - 0.6, 1)
    _border(plot, w, b)
    for corner, want, good in zip(_CORNERS, wanted, right, strict=True):
        here = plot.px(corner[0]), plot.py(corner[1])
        canvas.circle(*here, 13, "#0b6394" if want else "#c2541b", "#ffffff", line=2)
        canvas.text(here[0], here[1] + 5, str(want), size=14, anchor="middle", colour_="#ffffff", bold=True)
        if not good:
            canvas.circle(*here, 19, "none", "#b3263b", line=3)
    left, top = 376, 50
    for column, head in enumerate(("x₁", "x₂", "z", "y", tr("wanted", "se busca"))):
        canvas.text(left + 48 * column, top, head, size=13, anchor="middle", colour_="muted")
    canvas.line(left - 24, top + 10, left + 240, top + 10, "muted", 1)
    for row, corner in enumerate(_CORNERS):
        height = top + 40 + 38 * row
        if not right[row]:
            canvas.rect(left - 24, height - 22, 264, 32, "none", "red", round_=5, line=2)
        shown = (
            number(corner[0]),
            number(corner[1]),
            f"{z[row]:.1f}".replace("-", "−"),
            f"{y[row]:.0f}",
            str(wanted[row]),
        )
        for column, words in enumerate(shown):
            canvas.text(left + 48 * column, height, words, size=15, anchor="middle", bold=column == 3)
    count = int(right.sum())
    canvas.text(
        left - 24,
        top + 206,
        tr(f"{count} of 4 right", f"{count} de 4 correctas"),
        size=16,
        bold=True,
        colour_="green" if count == 4 else "red",
    )
    canvas.text(
        left - 24,
        top + 230,
        tr("number in a disc: what is wanted", "número en el disco: lo que se busca"),
        size=12,
        colour_="muted",
    )
    return canvas.picture(
        tr(
            f"The neuron answers {count} of the 4 corners as wanted; it says 1 on the blue side.",
            f"La neurona responde como se busca en {count} de las 4 esquinas; dice 1 en el lado azul.",
        )
    )
