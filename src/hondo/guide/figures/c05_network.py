"""Chapter 5: a dense network through which numbers flow, and a batch through a layer, number by number."""

from itertools import pairwise

import numpy as np

from hondo.core.language import tr
from hondo.guide.drawing.canvas import Canvas, Picture, number
from hondo.guide.drawing.colours import signed_colours
from hondo.guide.drawing.grids import cells, network
from hondo.guide.figures.controls import At, Slider
from hondo.guide.figures.doors import hidden_layers, playground
from hondo.guide.figures.figure import figure
from hondo.scratch.layers.dense import dense
from hondo.scratch.networks.network import mlp

_INPUT = np.array([[0.5, -1.0, 0.8]])
_X = np.array([[1.0, 2.0, 0.0], [0.5, -1.0, 2.0], [-1.0, 1.0, 1.0], [0.0, 3.0, -0.5]])
_W = np.array([[2.0, -1.0], [0.5, 1.5], [-1.0, 0.5]])
_B = np.array([0.5, -1.0])


def _css(values: np.ndarray) -> list[str]:
    return [f"rgb({red},{green},{blue})" for red, green, blue in signed_colours(values, 1.0)]


def _in_playground(at: At) -> str:
    """Three inputs and the same layers; several outputs are several classes."""
    outputs = at.whole("outputs")
    ends = {"output": "softmax", "classes": outputs} if outputs > 1 else {}
    hidden = hidden_layers(at.whole("first"), at.whole("second"))
    inputs = ("x1", "x2", "x1x2")
    return playground(data="gaussians", inputs=inputs, hidden=hidden, initialisation="glorot_uniform", **ends)


@figure(
    "dense-network",
    ("A dense network and its numbers", "Una red densa y sus números"),
    Slider("first", ("neurons in the first layer", "neuronas de la primera capa"), 1, 8, 5, 1),
    Slider("second", ("neurons in the second layer", "neuronas de la segunda capa"), 1, 8, 4, 1),
    Slider("outputs", ("outputs", "salidas"), 1, 4, 2, 1),
    Slider("layer", ("computed up to layer", "calculado hasta la capa"), 0, 3, 3, 1, plays=1),
    playground=_in_playground,
)
def dense_network(at: At) -> Picture:
    """Three inputs, two hidden layers and outputs; weights drawn at random, activations tanh."""
    sizes = (3, at.whole("first"), at.whole("second"), at.whole("outputs"))
    upto = at.whole("layer")
    net = mlp(sizes, "tanh", "glorot_uniform", seed=3)
    weights = [net.parameters[f"{place}.W"] for place in (0, 2, 4)]
    values = [_INPUT[0]]
    for place in (0, 2, 4):
        z = dense(values[-1][None], net.parameters[f"{place}.W"], net.parameters[f"{place}.b"])[0]
        values.append(np.tanh(z) if place < 4 else z)
    fills = [_css(each) if layer <= upto else ["paper"] * len(each) for layer, each in enumerate(values)]
    canvas = Canvas(640, 370)
    names = [
        tr("inputs", "entradas"),
        tr("hidden layer 1", "capa oculta 1"),
        tr("hidden layer 2", "capa oculta 2"),
        tr("output layer", "capa de salida"),
    ]
    places = network(canvas, (60, 24, 520, 258), sizes, weights=weights, fills=fills, names=names, radius=15)
    for layer, column in enumerate(places[: upto + 1]):
        for (x, y), value, fill in zip(column, values[layer], fills[layer], strict=True):
            red, green, blue = (int(each) for each in fill[4:-1].split(","))
            dark = 0.299 * red + 0.587 * green + 0.114 * blue < 130
            shown = f"{value:.1f}".replace("-0.0", "0.0").replace("-", "−")
            canvas.text(x, y + 4, shown, size=11, anchor="middle", colour_="#ffffff" if dark else "#1c2630")
    counts = [before * after + after for before, after in pairwise(sizes)]
    for gap, (before, after, count) in enumerate(zip(sizes[:-1], sizes[1:], counts, strict=True)):
        middle = (places[gap][0][0] + places[gap + 1][0][0]) / 2
        canvas.text(middle, 326, f"{before}·{after} + {after} = {count}", size=12, anchor="middle", bold=True)
    total = sum(counts)
    canvas.text(
        320,
        352,
        tr("weights + biases = parameters of each layer", "pesos + sesgos = parámetros de cada capa"),
        size=12,
        anchor="middle",
        colour_="muted",
    )
    shape = "–".join(map(str, sizes))
    return canvas.picture(
        tr(
            f"A {shape} network: {total} parameters. Blue lines are positive weights, orange ones negative; "
            f"computed up to layer {upto} of 3.",
            f"Una red {shape}: {total} parámetros. Las líneas azules son pesos positivos y las naranjas, negativos; "
            f"calculada hasta la capa {upto} de 3.",
        )
    )


@figure(
    "neuron-batch",
    ("A batch through a layer: Z = XW + b", "Un lote a través de una capa: Z = XW + b"),
    Slider("cell", ("number computed", "número calculado"), 1, 8, 4, 1, plays=1),
)
def neuron_batch(at: At) -> Picture:
    """Which row and which column make a number of the result."""
    place = at.whole("cell") - 1
    row, unit = divmod(place, 2)
    z = dense(_X, _W, _B)
    canvas = Canvas(640, 330)
    size = 46.0
    cells(canvas, 22, 62, _X, size=size, marked=[(row, i) for i in range(3)], title="X (4, 3)")
    canvas.text(182, 160, "·", size=26, anchor="middle")
    cells(canvas, 206, 62, _W, size=size, marked=[(i, unit) for i in range(3)], title="W (3, 2)")
    canvas.text(322, 160, "+", size=24, anchor="middle")
    cells(canvas, 344, 62, _B, size=size, marked=[(0, unit)], title="b (2,)")
    canvas.text(460, 160, "=", size=24, anchor="middle")
    shown = np.where(np.arange(8).reshape(4, 2) <= place, z, np.nan)
    painted = signed_colours(np.nan_to_num(shown), float(np.abs(z).max()))
    cells(
        canvas,
        490,
        62,
        shown,
        size=size,
        marked=[(row, unit)],
        title="Z (4, 2)",
        colours=painted,
        write=lambda each: number(each, 3) if np.isfinite(each) else "",
    )
    parts = " + ".join(f"{number(x)}·{_bracket(w)}" for x, w in zip(_X[row], _W[:, unit], strict=True))
    written = f"{parts} + {_bracket(_B[unit])} = {number(z[row, unit])}"
    canvas.text(320, 284, written, size=15, anchor="middle", bold=True)
    canvas.text(
        320,
        312,
        tr(
            f"sample {row + 1} (a row of X) meets neuron {unit + 1} (a column of W)",
            f"la muestra {row + 1} (fila de X) se encuentra con la neurona {unit + 1} (columna de W)",
        ),
        size=13,
        anchor="middle",
        colour_="muted",
    )
    return canvas.picture(
        tr(
            f"Sample {row + 1} and neuron {unit + 1} give z = {written}: a row of X times a column of W, plus a bias.",
            f"La muestra {row + 1} y la neurona {unit + 1} dan z = {written}: una fila de X por una columna "
            "de W, más un sesgo.",
        )
    )


def _bracket(value: float) -> str:
    return f"({number(value)})" if value < 0 else number(value)
