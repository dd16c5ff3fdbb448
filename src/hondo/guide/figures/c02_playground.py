"""What the playground teaches: features that are given, against features that are learned."""

from functools import cache
from typing import NamedTuple

import numpy as np

from hondo.core.language import tr
from hondo.guide.drawing.canvas import Canvas, Picture
from hondo.guide.drawing.colours import signed_colours
from hondo.guide.drawing.grids import network as drawn_network
from hondo.guide.figures.controls import At, Choice, Slider
from hondo.guide.figures.doors import playground
from hondo.guide.figures.figure import figure
from hondo.playground.data import points
from hondo.playground.setup import Setup
from hondo.scratch.descent.optimizers import Adam
from hondo.scratch.networks.network import Network, mlp
from hondo.scratch.networks.training import train

_KEPT = (0, 1, 2, 3, 5, 8, 12, 18, 25, 35, 50, 70, 100)
_INPUTS = {"plain": ("x₁", "x₂"), "squares": ("x₁", "x₂", "x₁²", "x₂²"), "product": ("x₁", "x₂", "x₁x₂")}
_HIDDEN = {"none": (), "four": (4,), "eight": (8, 4)}


def features(places: np.ndarray, inputs: str) -> np.ndarray:
    """What the network is given of points (n, 2)."""
    x1, x2 = places.T
    given = {"x₁": x1, "x₂": x2, "x₁²": x1 * x1, "x₂²": x2 * x2, "x₁x₂": x1 * x2}
    return np.stack([given[each] for each in _INPUTS[inputs]], axis=1)


class Trained(NamedTuple):
    """Points, and the network's parameters and accuracy at each moment that is kept."""

    x: np.ndarray
    y: np.ndarray
    network: Network
    kept: list[tuple[dict[str, np.ndarray], float]]


@cache
def _trained(data: str, inputs: str, hidden: str) -> Trained:
    drawn = points(Setup(data=data, samples=300, noise=0.1))
    scale = float(np.abs(drawn.train).max())
    x, y = drawn.train / scale, (drawn.train_y > 0).astype(float)
    x_test, y_test = drawn.test / scale, drawn.test_y > 0
    seen = features(x, inputs)
    network = mlp((seen.shape[1], *_HIDDEN[hidden], 1), "tanh", "glorot_uniform", seed=1)
    kept: list[tuple[dict[str, np.ndarray], float]] = []
    epochs = 0

    def look(_: object = None) -> None:
        nonlocal epochs
        if epochs in _KEPT:
            right = ((network.predict(features(x_test, inputs))[:, 0] > 0) == y_test).mean()
            kept.append(({name: value.copy() for name, value in network.parameters.items()}, float(right)))
        epochs += 1

    look()
    train(
        network,
        "sigmoid_cross_entropy",
        seen,
        y[:, None],
        optimizer=Adam(0.05),
        batch_size=15,
        epochs=_KEPT[-1],
        watch=look,
    )
    return Trained(x, y, network, kept)


def _in_playground(at: At) -> str:
    """The same points, inputs and layers, trained alike."""
    given = {"plain": (), "squares": ("x1^2", "x2^2"), "product": ("x1x2",)}[at.chosen("inputs")]
    return playground(
        data=at.chosen("data"),
        samples=300,
        noise=0.1,
        batch_size=15,
        inputs=("x1", "x2", *given),
        hidden=_HIDDEN[at.chosen("hidden")],
        output="sigmoid",
        learning_rate=0.05,
        optimizer="adam",
        initialisation="glorot_uniform",
    )


@figure(
    "playground-inputs",
    (
        "Give the network the right inputs, or let it make its own",
        "Dar a la red las entradas adecuadas o dejar que las construya",
    ),
    Choice(
        "data",
        ("points", "puntos"),
        {"circle": ("circle", "círculo"), "xor": "XOR", "moons": ("moons", "lunas")},
        "circle",
    ),
    Choice(
        "inputs",
        ("inputs", "entradas"),
        {"plain": "x₁, x₂", "squares": "x₁, x₂, x₁², x₂²", "product": "x₁, x₂, x₁x₂"},
        "plain",
    ),
    Choice(
        "hidden",
        ("hidden layers", "capas ocultas"),
        {"none": ("none", "ninguna"), "four": "4", "eight": "8 · 4"},
        "none",
    ),
    Slider("moment", ("moment", "momento"), 0, len(_KEPT) - 1, len(_KEPT) - 1, 1, plays=3),
    playground=_in_playground,
)
def playground_inputs(at: At) -> Picture:
    """The network on the left, its answer on the plane on the right."""
    inputs, hidden, moment = at.chosen("inputs"), at.chosen("hidden"), at.whole("moment")
    made = _trained(at.chosen("data"), inputs, hidden)
    parameters, right = made.kept[moment]
    network = mlp((len(_INPUTS[inputs]), *_HIDDEN[hidden], 1), "tanh", "glorot_uniform")
    network.parameters = parameters
    canvas = Canvas(640, 340)
    plot = canvas.axes((-1.05, 1.05), (-1.05, 1.05), box=(338, 16, 286, 286), ticks=False, grid=False)
    fine = np.linspace(-1.05, 1.05, 64)
    grid = np.stack(np.meshgrid(fine, fine[::-1]), axis=-1).reshape(-1, 2)
    plot.heat(signed_colours(np.tanh(network.predict(features(grid, inputs)).reshape(64, 64) / 2), 1.6))
    plot.points(made.x[:, 0], made.x[:, 1], ["blue" if each else "orange" for each in made.y], 3.4)
    sizes = [len(_INPUTS[inputs]), *_HIDDEN[hidden], 1]
    weights = [value for name, value in parameters.items() if name.endswith("W")]
    places = drawn_network(canvas, (58, 20, 236, 270), sizes, weights=weights, radius=12)
    for (x, y), name in zip(places[0], _INPUTS[inputs], strict=True):
        canvas.text(x - 18, y + 4, name, anchor="end", size=12)
    told = tr(
        f"epoch {_KEPT[moment]}: {right:.0%} of the unseen points right",
        f"época {_KEPT[moment]}: {right:.0%} de aciertos en puntos no vistos",
    )
    canvas.text(320, 330, told, anchor="middle", bold=True)
    canvas.plot = None
    layers = "–".join(map(str, sizes))
    return canvas.picture(tr(f"Network {layers}, {told}.", f"Red {layers}, {told}."))
