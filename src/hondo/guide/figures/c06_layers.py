"""Chapter 6: XOR solved by two hidden neurons, and trained networks that bend the plane layer by layer."""

from functools import cache

import numpy as np

from hondo.core.language import tr
from hondo.data.sets import points
from hondo.guide.drawing.axes import Axes
from hondo.guide.drawing.canvas import Canvas, Picture
from hondo.guide.drawing.colours import signed_colours
from hondo.guide.figures.controls import At, Choice, Slider
from hondo.guide.figures.doors import playground
from hondo.guide.figures.figure import figure
from hondo.scratch.activations.smooth import sigmoid
from hondo.scratch.descent.optimizers import Adam
from hondo.scratch.networks.network import Network, mlp
from hondo.scratch.networks.training import train

_DARK = "#1c2630"
_CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
_XOR = (0, 1, 1, 0)
# Data, widths, seed of the first weights: trained so, the third cannot do what the others can.
_NETS = {
    "moons": ("moons", (2, 2, 2, 1), 0),
    "circle": ("circle", (2, 3, 1), 0),
    "flat": ("circle", (2, 2, 2, 1), 2),
    "xor": ("xor", (2, 3, 1), 1),
}
_FRAMES = 12  # of a layer: half of them for W and b, half for tanh
_FEW = 160


def _xor(_: At) -> str:
    """Two hidden sigmoids that have yet to learn."""
    return playground(data="xor", hidden=(2,), activation="sigmoid", output="sigmoid")


@figure(
    "xor-hidden",
    ("XOR with two hidden neurons", "XOR con dos neuronas ocultas"),
    Slider("b1", ("bias of h₁", "sesgo de h₁"), -2, 1, -0.5),
    Slider("b2", ("bias of h₂", "sesgo de h₂"), -2.5, 1, -1.5),
    Slider("sharp", ("how sharp the sigmoid is", "cuán brusca es la sigmoide"), 1, 20, 9, 0.5, plays=4),
    playground=_xor,
)
def xor_hidden(at: At) -> Picture:
    """The plane of the inputs with the lines of both hidden neurons, and the plane of their answers."""
    b, sharp = np.array([at.number("b1"), at.number("b2")]), at.number("sharp")

    def hidden(x: np.ndarray) -> np.ndarray:
        return sigmoid(sharp * (x @ np.ones((2, 2)) + b))  # (batch, 2)

    def answer(h: np.ndarray) -> np.ndarray:
        return sigmoid(sharp * (h @ np.array([1.0, -1.0]) - 0.5))  # (batch,)

    canvas = Canvas(640, 360)
    left = canvas.axes((-0.5, 1.5), (-0.5, 1.5), box=(50, 34, 250, 250), xlabel="x₁", ylabel="x₂", grid=False)
    canvas.text(175, 22, tr("what comes in", "lo que entra"), size=13, anchor="middle", bold=True)
    right = canvas.axes((-0.2, 1.2), (-0.2, 1.2), box=(376, 34, 250, 250), xlabel="h₁", ylabel="h₂", grid=False)
    title = tr("what the output neuron sees", "lo que ve la neurona de salida")
    canvas.text(501, 22, title, size=13, anchor="middle", bold=True)
    for plot, f in ((left, lambda grid: answer(hidden(grid))), (right, answer)):
        xs = np.linspace(plot.x[0], plot.x[1], 60)
        grid = np.stack(np.meshgrid(xs, xs), -1).reshape(-1, 2)
        plot.heat(signed_colours(2 * f(grid).reshape(60, 60)[::-1] - 1, 1.4))
    for bias, name, colour in ((b[0], "h₁", "#2c7a4b"), (b[1], "h₂", "#7a4fa3")):
        ends = np.array([-3.0, 4.0])
        left.line(ends, -bias - ends, colour, 2.6)
        along = max(-0.45, -bias - 1.36)  # where the line is near the left or the upper edge
        if -0.4 < -bias - along < 1.4:
            left.text(along + 0.1, -bias - along - 0.02, name, size=13, colour_=colour, bold=True)
    right.line([-1, 2], [-1.5, 1.5], _DARK, 2.4)
    h = hidden(_CORNERS)
    said = answer(h)
    for corner, place, want in zip(_CORNERS, h, _XOR, strict=True):
        for plot, there in ((left, corner), (right, place)):
            here = plot.px(there[0]), plot.py(there[1])
            canvas.circle(*here, 12, "#0b6394" if want else "#c2541b", "#ffffff", line=2)
            written = f"{corner[0]:.0f}{corner[1]:.0f}"
            canvas.text(here[0], here[1] + 4, written, size=11, anchor="middle", colour_="#ffffff")
    good = int(((said > 0.5) == np.array(_XOR)).sum())
    shown = "   ".join(f"{c[0]:.0f}{c[1]:.0f} → {p:.2f}" for c, p in zip(_CORNERS, said, strict=True))
    canvas.text(320, 340, shown, size=14, anchor="middle", bold=True)
    return canvas.picture(
        tr(
            f"{good} of 4 corners right. The network answers {', '.join(f'{p:.2f}' for p in said)}.",
            f"{good} de 4 esquinas correctas. La red responde {', '.join(f'{p:.2f}' for p in said)}.",
        )
    )


@cache
def _trained(name: str) -> tuple[Network, np.ndarray, np.ndarray]:
    """A network trained on points of the plane, the points, and their classes."""
    source, widths, seed = _NETS[name]
    split = getattr(points, source)(samples=_FEW, seed=1).train
    x, y = np.asarray(split.x, float), np.asarray(split.y, float)
    x = x / np.abs(x).max() * 2
    network = mlp(widths, "tanh", "glorot_uniform", seed)
    train(network, "sigmoid_cross_entropy", x, y[:, None], optimizer=Adam(0.03), batch_size=_FEW, epochs=500)
    return network, x, y


def _bent(network: Network, x: np.ndarray, frame: int) -> np.ndarray:
    """Where points are at a moment between layers, as ``(batch, 3)``."""
    here = _solid(x)
    weights = network.parameters
    for layer in range((len(network.layers) - 1) // 2):
        moment = min(max(frame - layer * _FRAMES, 0), _FRAMES) / _FRAMES
        if moment == 0:
            break
        z = x @ weights[f"{2 * layer}.W"] + weights[f"{2 * layer}.b"]
        x = np.tanh(z)
        there, bent = _solid(z), _solid(x)
        share = min(1.0, 2 * moment)
        here = here + share * (there - here)
        if moment > 0.5:
            here = there + (2 * moment - 1) * (bent - there)
    return here


def _solid(x: np.ndarray) -> np.ndarray:
    return np.column_stack([x, np.zeros((len(x), 3 - x.shape[1]))])


def _in_playground(at: At) -> str:
    """The same layers on as many of the same points, trained alike."""
    data, widths, _ = _NETS[at.chosen("net")]
    return playground(
        data=data,
        samples=2 * _FEW,
        batch_size=_FEW,
        hidden=widths[1:-1],
        output="sigmoid",
        learning_rate=0.03,
        optimizer="adam",
        initialisation="glorot_uniform",
    )


@figure(
    "space-bending",
    ("A network bends the plane, layer by layer", "Una red dobla el plano, capa a capa"),
    Choice(
        "net",
        ("network", "red"),
        {
            "moons": ("two moons, layers 2–2–2–1", "dos lunas, capas 2–2–2–1"),
            "circle": ("disc and ring, 2–3–1", "disco y anillo, 2–3–1"),
            "flat": ("disc and ring, 2–2–2–1", "disco y anillo, 2–2–2–1"),
            "xor": ("four squares, 2–3–1", "cuatro cuadrados, 2–3–1"),
        },
        "moons",
    ),
    Slider("frame", ("through the layers", "a través de las capas"), 0, 2 * _FRAMES, 2 * _FRAMES, 1, plays=8),
    Slider("turn", ("turn (in three dimensions)", "giro (en tres dimensiones)"), 0, 360, 30, 5),
    playground=_in_playground,
)
def space_bending(at: At) -> Picture:
    """The grid of the input plane and the samples, carried by the trained weights; the last neuron draws a flat cut."""
    name = at.chosen("net")
    network, x, y = _trained(name)
    widths = _NETS[name][1]
    hidden = len(widths) - 2
    frame = min(at.whole("frame"), hidden * _FRAMES)
    solid = max(widths) == 3
    view = _view(at.number("turn"), solid)
    canvas = Canvas(640, 400)
    mesh = np.linspace(-2.1, 2.1, 25)
    fine = np.linspace(-2.1, 2.1, 33)
    lines = [np.column_stack([np.full(33, v), fine]) for v in mesh[::2]]
    lines += [np.column_stack([fine, np.full(33, v)]) for v in mesh[::2]]
    carried = _bent(network, np.concatenate(lines), frame) @ view  # (lines · 33, 2)
    here = _bent(network, x, frame) @ view
    middle = (carried.max(axis=0) + carried.min(axis=0)) / 2
    reach = float(np.abs(carried - middle).max()) * 1.06
    across, up = ((float(each) - reach, float(each) + reach) for each in middle)
    plot = canvas.axes(across, up, box=(20, 34, 330, 330), ticks=False, grid=False)
    for line in carried.reshape(-1, 33, 2):
        plot.line(line[:, 0], line[:, 1], "grey", 0.8, opacity=0.55)
    if frame == hidden * _FRAMES:
        _cut(plot, network, view, solid)
    plot.points(here[:, 0], here[:, 1], ["blue" if each else "orange" for each in y], 4)
    canvas.text(185, 22, _stage(frame, hidden), size=13, anchor="middle", bold=True)
    _inputs(canvas, network, x, y)
    right = float(((network.predict(x)[:, 0] > 0) == (y == 1)).mean())
    canvas.text(420, 300, "–".join(map(str, widths)), size=16, bold=True)
    canvas.text(420, 324, tr(f"right: {right:.1%}", f"aciertos: {right:.1%}"), size=14)
    return canvas.picture(
        tr(
            f"{_stage(frame, hidden)}. This network classifies {right:.1%} of its {len(x)} points rightly.",
            f"{_stage(frame, hidden)}. Esta red clasifica bien el {right:.1%} de sus {len(x)} puntos.",
        )
    )


def _stage(frame: int, hidden: int) -> str:
    if frame == 0:
        return tr("The input plane", "El plano de entrada")
    if frame == hidden * _FRAMES:
        return tr("What the output neuron sees, and its cut", "Lo que ve la neurona de salida, y su corte")
    layer, moment = divmod(frame - 1, _FRAMES)
    if moment + 1 <= _FRAMES / 2:
        return tr(f"Layer {layer + 1}: XW + b stretches and turns", f"Capa {layer + 1}: XW + b estira y gira")
    return tr(f"Layer {layer + 1}: tanh bends", f"Capa {layer + 1}: tanh dobla")


def _view(turn: float, solid: bool) -> np.ndarray:
    """From space to the sheet ``(3, 2)``: from above where all is flat, else turned and from a little higher."""
    if not solid:
        return np.eye(3, 2)
    angle, rise = np.radians(turn), np.radians(24)
    across = np.array([np.cos(angle), -np.sin(angle), 0.0])
    up = np.array([np.sin(angle) * np.sin(rise), np.cos(angle) * np.sin(rise), np.cos(rise)])
    return np.column_stack([across, up])


def _cut(plot: Axes, network: Network, view: np.ndarray, solid: bool) -> None:
    """Where the last neuron is undecided: a line, or a square of the plane."""
    place = len(network.layers) - 1
    w, b = network.parameters[f"{place}.W"][:, 0], float(network.parameters[f"{place}.b"][0])
    foot = -b * w / (w @ w)
    if not solid:
        ends = foot + np.outer([-4.0, 4.0], np.array([-w[1], w[0]]) / np.hypot(*w))
        plot.line(ends[:, 0], ends[:, 1], "ink", 2.6)
        return
    first = np.cross(w, [0.3, 0.5, 0.8])
    first /= np.linalg.norm(first)
    second = np.cross(w, first)
    second /= np.linalg.norm(second)
    square = np.array([foot + 1.2 * (i * first + j * second) for i, j in ((-1, -1), (1, -1), (1, 1), (-1, 1))]) @ view
    plot.canvas.polygon([(plot.px(u), plot.py(v)) for u, v in square], "purple", 0.28)


def _inputs(canvas: Canvas, network: Network, x: np.ndarray, y: np.ndarray) -> None:
    """What the network says all over the input plane."""
    plot = canvas.axes((-2.1, 2.1), (-2.1, 2.1), box=(404, 46, 216, 216), ticks=False, grid=False)
    title = tr("its answer over the inputs", "su respuesta sobre las entradas")
    canvas.text(512, 34, title, size=12, anchor="middle", colour_="muted")
    xs = np.linspace(-2.1, 2.1, 56)
    grid = np.stack(np.meshgrid(xs, xs), -1).reshape(-1, 2)
    plot.heat(signed_colours(np.tanh(network.predict(grid)[:, 0] / 2).reshape(56, 56)[::-1], 1.3))
    plot.points(x[:, 0], x[:, 1], ["#0b6394" if each else "#c2541b" for each in y], 2.2, "#ffffff")
