"""Chapter 12, the filters and feature maps of a network that is trained when the figure is first drawn."""

from functools import cache

import numpy as np
from sklearn.datasets import load_digits

from hondo.core.language import tr
from hondo.guide.drawing.canvas import Canvas, Picture
from hondo.guide.drawing.colours import deep_colours, grey_colours, signed_colours
from hondo.guide.figures.controls import At, Slider
from hondo.guide.figures.doors import NO_STOP, Changes, held_out, small_cnn, with_optimizer
from hondo.guide.figures.figure import figure
from hondo.scratch.activations.softmax import softmax
from hondo.scratch.descent.gradient_descent import descend
from hondo.scratch.descent.optimizers import Adam
from hondo.scratch.layers.convolution import Conv2D
from hondo.scratch.layers.dense import Dense
from hondo.scratch.layers.pooling import MaxPooling2D
from hondo.scratch.layers.simple import Activation, Flatten
from hondo.scratch.losses.catalogue import loss
from hondo.scratch.networks.network import Network

_FILTERS, _EVERY, _PARTS = 8, 4, 24


def _network() -> Network:
    convolution = Conv2D(_FILTERS, (3, 3), mode="same", init="he_uniform")
    return Network([convolution, Activation("relu"), MaxPooling2D(), Flatten(), Dense(10)], (8, 8, 1), seed=3)


@cache
def _digits() -> tuple[np.ndarray, np.ndarray]:
    pixels, labels = (np.asarray(each) for each in load_digits(return_X_y=True))
    order = np.random.default_rng(0).permutation(len(labels))
    return (pixels[order] / 16).reshape(-1, 8, 8, 1), labels[order]


@cache
def _trained() -> tuple[list[dict[str, np.ndarray]], list[float]]:
    """The parameters, and the accuracy on 300 digits that are not trained on, after every fourth update."""
    x, labels = _digits()
    y, net, error = np.eye(10)[labels], _network(), loss("softmax_cross_entropy")

    def seen(parameters: dict[str, np.ndarray], rows: np.ndarray) -> tuple[float, dict[str, np.ndarray]]:
        net.parameters = parameters
        scores = net.forward(x[rows], training=True)
        net.backward(error.gradient(scores, y[rows]))
        return error.function(scores, y[rows]), net.gradients

    def right() -> float:
        return float((net.classify(x[1400:1700]) == labels[1400:1700]).mean())

    kept, shares = [net.parameters], [right()]
    for step in descend(seen, net.parameters, Adam(0.02), samples=768, batch_size=32, epochs=4):
        if (step.number + 1) % _EVERY == 0:
            net.parameters = step.parameters
            kept.append(step.parameters)
            shares.append(right())
    return kept, shares


def _as_experiment(at: At) -> tuple[str, Changes]:
    """The same eight filters, trained for as many whole epochs of 24 updates."""
    changes: Changes = {"train.epochs": max(1, round(at.whole("updates") / 24)), **small_cnn([_FILTERS])}
    return "digits-mlp", {**changes, **with_optimizer("adam", 0.02), **held_out(768, 300), **NO_STOP}


@figure(
    "convolution-learned",
    ("Filters while they are learned", "Los filtros mientras se aprenden"),
    Slider("updates", ("updates", "actualizaciones"), 0, _EVERY * _PARTS, 96, _EVERY, plays=4),
    Slider("digit", ("digit that was not trained on", "dígito no visto"), 0, 29, 2, 1),
    experiment=_as_experiment,
)
def learned(at: At) -> Picture:
    """Eight filters, their maps after ReLU and pooling, and the network's answer."""
    kept, shares = _trained()
    part = at.whole("updates") // _EVERY
    net = _network()
    net.parameters = kept[part]
    x, labels = _digits()
    sample, label = x[1700 + at.whole("digit")], int(labels[1700 + at.whole("digit")])
    maps = sample[None]
    seen = []
    for layer in net.layers[:3]:
        maps = layer.forward(maps)
        seen.append(maps[0])
    chances = softmax(net.forward(sample[None]))[0]
    kernels = kept[part]["0.K"][:, :, 0, :]  # (3, 3, filters)
    canvas = Canvas(640, 390)
    canvas.pixels(12, 118, 92, 92, grey_colours(sample[:, :, 0], 0, 1))
    canvas.text(58, 108, f"8 × 8: {label}", size=12, anchor="middle", colour_="muted")
    reach, top = float(np.abs(kernels).max()), float(seen[0].max()) or 1.0
    for y, words in ((60, tr("filter", "filtro")), (150, tr("map", "mapa")), (240, "pooling")):
        canvas.text(164, y, words, size=12, anchor="end", colour_="muted")
    for place in range(_FILTERS):
        left = 172 + 58 * place
        canvas.text(left + 25, 22, str(place + 1), size=12, anchor="middle", bold=True)
        canvas.pixels(left, 30, 50, 50, signed_colours(kernels[:, :, place], reach))
        canvas.pixels(left, 120, 50, 50, deep_colours(seen[1][:, :, place], 0, top))
        canvas.pixels(left, 210, 50, 50, deep_colours(seen[2][:, :, place], 0, top))
        canvas.arrow(left + 25, 84, left + 25, 116, "faint", 1.2, 6)
        canvas.arrow(left + 25, 174, left + 25, 206, "faint", 1.2, 6)
    plot = canvas.axes((-0.5, 9.5), (0, 1), box=(172, 290, 456, 70), ticks=False, grid=False)
    best = int(chances.argmax())
    shades = ["green" if c == best == label else "red" if c == best else "grey" for c in range(10)]
    plot.bars(np.arange(10), chances, shades)
    for digit in range(10):
        plot.text(digit, -0.24, str(digit), size=12, anchor="middle", bold=digit == label)
    canvas.text(164, 330, tr("answer", "respuesta"), size=12, anchor="end", colour_="muted")
    canvas.text(12, 330, f"{shares[part]:.0%}", size=22, bold=True)
    canvas.text(12, 348, tr("right of", "de acierto"), size=11, colour_="muted")
    canvas.text(12, 362, tr("300 unseen", "en 300 no vistos"), size=11, colour_="muted")
    return canvas.picture(
        tr(
            f"After {at.whole('updates')} updates the network takes this {label} for a {best} "
            f"({chances[best]:.0%}); of 300 "
            f"digits that it was not trained on {shares[part]:.0%} are right.",
            f"Tras {at.whole('updates')} actualizaciones la red toma este {label} por un {best} "
            f"({chances[best]:.0%}); de "
            f"300 dígitos no vistos acierta el {shares[part]:.0%}.",
        )
    )
