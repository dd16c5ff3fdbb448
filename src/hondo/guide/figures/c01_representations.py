"""What a network learns before it answers: two numbers for a digit, a plane that is bent until a line is enough."""

from functools import cache
from typing import NamedTuple, cast

import numpy as np
from sklearn.datasets import load_digits
from sklearn.utils import Bunch

from hondo.core.language import tr
from hondo.guide.drawing.canvas import Canvas, Picture
from hondo.guide.drawing.colours import SERIES, signed_colours
from hondo.guide.figures.controls import At, Choice, Slider
from hondo.guide.figures.doors import playground
from hondo.guide.figures.figure import figure
from hondo.playground.data import points
from hondo.playground.setup import Setup
from hondo.scratch.descent.optimizers import Adam
from hondo.scratch.layers.dense import Dense
from hondo.scratch.layers.simple import Activation
from hondo.scratch.networks.network import Network
from hondo.scratch.networks.training import train

_EPOCHS = 40
_SHOWN = 220


class Digits(NamedTuple):
    """Pixels and classes of the digits, in a fixed random order: what is learned from, then what is not."""

    x: np.ndarray
    y: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray


@cache
def digits() -> Digits:
    """Pixels between 0 and 1; 1,297 to learn from and 500 to judge by."""
    bunch = cast(Bunch, load_digits())
    x, y = (bunch.data / 16).astype(np.float32), bunch.target
    order = np.random.default_rng(0).permutation(len(x))
    return Digits(x[order[:1297]], y[order[:1297]], x[order[1297:]], y[order[1297:]])


def nearest_mean(z: np.ndarray, y: np.ndarray, z_test: np.ndarray, y_test: np.ndarray) -> float:
    """Accuracy of the plainest classifier: the class whose mean is nearest."""
    means = np.stack([z[y == each].mean(axis=0) for each in range(10)])
    distances = ((z_test[:, None] - means) ** 2).sum(axis=-1)
    return float((distances.argmin(axis=1) == y_test).mean())


def single(network: Network) -> Network:
    """The network in float32, which is twice as quick."""
    network.parameters = {name: value.astype(np.float32) for name, value in network.parameters.items()}
    return network


def inner(network: Network, x: np.ndarray, layers: int) -> np.ndarray:
    """What its first layers make of x."""
    for layer in network.layers[:layers]:
        x = layer.forward(x)
    return x


@cache
def _learned() -> list[tuple[np.ndarray, float]]:
    """After each epoch: the two numbers of each unseen digit, and how well the nearest mean does with them."""
    data = digits()
    network = single(Network([Dense(64, "he_uniform"), Activation("relu"), Dense(2), Dense(10)], (64,), seed=0))
    seen: list[tuple[np.ndarray, float]] = []

    def look(_: object = None) -> None:
        z, z_test = inner(network, data.x, 3), inner(network, data.x_test, 3)
        seen.append((z_test, nearest_mean(z, data.y, z_test, data.y_test)))

    look()
    targets = np.eye(10, dtype=np.float32)[data.y]
    train(
        network,
        "softmax_cross_entropy",
        data.x,
        targets,
        optimizer=Adam(0.01),
        batch_size=64,
        epochs=_EPOCHS,
        watch=look,
    )
    return seen


@cache
def _principal() -> tuple[np.ndarray, float]:
    """The two numbers that keep most of the pixels' variance, chosen without looking at the classes."""
    data = digits()
    mean = data.x.mean(axis=0)
    directions = np.linalg.svd(data.x - mean, full_matrices=False)[2][:2].T
    z, z_test = (data.x - mean) @ directions, (data.x_test - mean) @ directions
    return z_test, nearest_mean(z, data.y, z_test, data.y_test)


@figure(
    "representation-digits",
    (
        "Two numbers for each digit: chosen by variance, and learned",
        "Dos números por dígito: elegidos por su varianza y aprendidos",
    ),
    Slider("epoch", ("epochs of training", "épocas de entrenamiento"), 0, _EPOCHS, _EPOCHS, 1, plays=6),
)
def representation_digits(at: At) -> Picture:
    """Unseen digits at the two places that they are given."""
    epoch = at.whole("epoch")
    data = digits()
    canvas = Canvas(640, 370)
    (fixed, fixed_right), (learned, right) = _principal(), _learned()[epoch]
    panels = (
        (fixed, fixed_right, 16, tr("Principal components", "Componentes principales")),
        (
            learned,
            right,
            330,
            tr(f"Learned by the network, epoch {epoch}", f"Aprendidos por la red, época {epoch}"),
        ),
    )
    for places, share, left, title in panels:
        low, high = np.percentile(places, 1, axis=0), np.percentile(places, 99, axis=0)
        gap = 0.12 * (high - low) + 1e-3
        spans = [(float(low[k] - gap[k]), float(high[k] + gap[k])) for k in range(2)]
        axes = canvas.axes(spans[0], spans[1], box=(left, 30, 294, 290), title=title, ticks=False, grid=False)
        for (x, y), digit in zip(places[:_SHOWN], data.y_test[:_SHOWN], strict=True):
            if spans[0][0] < x < spans[0][1] and spans[1][0] < y < spans[1][1]:
                canvas.text(
                    axes.px(x),
                    axes.py(y) + 4,
                    str(digit),
                    size=12,
                    anchor="middle",
                    colour_=SERIES[digit % len(SERIES)],
                    bold=digit >= len(SERIES),
                )
        canvas.text(
            left + 147,
            346,
            tr(f"nearest mean: {share:.0%} right", f"media más cercana: {share:.0%} de aciertos"),
            anchor="middle",
        )
    canvas.plot = None
    return canvas.picture(
        tr(
            f"With two numbers for each of 500 unseen digits, the nearest mean names {fixed_right:.0%} of them right"
            f" when the numbers"
            f" are principal components and {right:.0%} when they are learned ({epoch} epochs).",
            f"Con dos números por cada uno de 500 dígitos no vistos, la media más cercana acierta el"
            f" {fixed_right:.0%} si son"
            f" componentes principales y el {right:.0%} si son aprendidos ({epoch} épocas).",
        )
    )


_KEPT = (0, 1, 2, 3, 4, 6, 8, 10, 13, 16, 20, 25, 30, 40, 50, 65, 80, 100, 125, 150, 200)
_SETS = {
    "circle": ("circle", "círculo"),
    "xor": ("XOR", "XOR"),
    "moons": ("moons", "lunas"),
}


class Bent(NamedTuple):
    """What a network makes of the plane at one moment."""

    parameters: dict[str, np.ndarray]
    right: float


def _bending_network() -> Network:
    layers = [Dense(8, "glorot_uniform"), Activation("tanh"), Dense(2, "glorot_uniform"), Activation("tanh"), Dense(1)]
    return Network(layers, (2,), seed=3)


@cache
def _bent(name: str) -> tuple[np.ndarray, np.ndarray, list[Bent]]:
    setup = Setup(data=name, samples=240, noise=0.05)
    drawn = points(setup)
    x, y = np.asarray(drawn.train, float), np.asarray(drawn.train_y, float).ravel()
    scale = np.abs(x).max()
    x, y = x / scale, (y > 0).astype(float)[:, None]
    network = _bending_network()
    kept: list[Bent] = []
    epochs = 0

    def look(_: object = None) -> None:
        nonlocal epochs
        if epochs in _KEPT:
            right = float(((network.predict(x) > 0) == (y > 0.5)).mean())
            kept.append(Bent({key: value.copy() for key, value in network.parameters.items()}, right))
        epochs += 1

    look()
    train(network, "sigmoid_cross_entropy", x, y, optimizer=Adam(0.02), batch_size=40, epochs=_KEPT[-1], watch=look)
    return x, y[:, 0], kept


def _in_playground(at: At) -> str:
    """The same layers on the same kind of points."""
    return playground(
        data=at.chosen("data"),
        samples=240,
        noise=0.05,
        batch_size=40,
        hidden=(8, 2),
        output="sigmoid",
        learning_rate=0.02,
        optimizer="adam",
        initialisation="glorot_uniform",
    )


@figure(
    "representation-bends",
    (
        "The hidden layers bend the plane until one line is enough",
        "Las capas ocultas doblan el plano hasta que basta una recta",
    ),
    Choice("data", ("points", "puntos"), _SETS, "circle"),
    Slider("moment", ("moment of the training", "momento del entrenamiento"), 0, len(_KEPT) - 1, 14, 1, plays=3),
    playground=_in_playground,
)
def representation_bends(at: At) -> Picture:
    """The plane, and what the hidden layers make of it."""
    x, y, kept = _bent(at.chosen("data"))
    moment = at.whole("moment")
    state = kept[moment]
    network = _bending_network()
    network.parameters = state.parameters
    canvas = Canvas(640, 370)
    shades = ["blue" if each else "orange" for each in y]
    plane = canvas.axes(
        (-1.15, 1.15),
        (-1.15, 1.15),
        box=(16, 30, 294, 290),
        ticks=False,
        grid=False,
        title=tr("What goes in", "Lo que entra"),
    )
    fine = np.linspace(-1.15, 1.15, 56)
    grid = np.stack(np.meshgrid(fine, fine[::-1]), axis=-1).reshape(-1, 2)
    plane.heat(signed_colours(np.tanh(network.predict(grid).reshape(56, 56) / 2), 2.2))
    hidden = canvas.axes(
        (-1.15, 1.15),
        (-1.15, 1.15),
        box=(330, 30, 294, 290),
        ticks=False,
        grid=False,
        title=tr("What the last layer sees", "Lo que ve la última capa"),
    )
    line = np.linspace(-1.1, 1.1, 45)
    for place in np.linspace(-1.1, 1.1, 12):
        for across in (np.stack([line, np.full_like(line, place)], 1), np.stack([np.full_like(line, place), line], 1)):
            bent = inner(network, across, 4)
            hidden.line(bent[:, 0], bent[:, 1], "grey", 0.8, opacity=0.55)
    plane.points(x[:, 0], x[:, 1], shades, 3.2)
    seen = inner(network, x, 4)
    hidden.points(seen[:, 0], seen[:, 1], shades, 3.2)
    (w1, w2), b = state.parameters["4.W"][:, 0], float(state.parameters["4.b"][0])
    ends = np.array([-1.15, 1.15])
    if abs(w2) > abs(w1):
        hidden.line(ends, -(w1 * ends + b) / w2, "ink", 2.2)
    else:
        hidden.line(-(w2 * ends + b) / (w1 or 1e-9), ends, "ink", 2.2)
    epoch = _KEPT[moment]
    canvas.text(
        320,
        350,
        tr(
            f"epoch {epoch}: {state.right:.0%} of the points on their side",
            f"época {epoch}: {state.right:.0%} de los puntos en su lado",
        ),
        anchor="middle",
    )
    canvas.plot = None
    return canvas.picture(
        tr(
            f"After {epoch} epochs, the line of the last neuron has {state.right:.0%} of the points on their right"
            f" side; seen from the plane, it is a curve.",
            f"Tras {epoch} épocas, la recta de la última neurona deja al {state.right:.0%} de los puntos en su lado;"
            f" vista desde el plano, es una curva.",
        )
    )
