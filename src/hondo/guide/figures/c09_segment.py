"""The loss on the way between two sets of weights: under the chord where it is convex, over a ridge where it is not."""

from functools import cache
from typing import Any

import numpy as np
from sklearn.datasets import load_digits

from hondo.core.language import tr
from hondo.guide.drawing.canvas import Canvas, Picture
from hondo.guide.figures.controls import At, Choice, Slider
from hondo.guide.figures.figure import figure
from hondo.scratch.descent.optimizers import Adam
from hondo.scratch.losses.from_logits import one_hot, softmax_cross_entropy
from hondo.scratch.networks.network import Network, mlp
from hondo.scratch.networks.training import train

_PLACES = np.linspace(0, 1, 41)


@cache
def _digits() -> tuple[np.ndarray, np.ndarray]:
    bunch: Any = load_digits()
    return bunch.data[:600] / 16, one_hot(bunch.target[:600], 10)


def _trained(sizes: tuple[int, ...], seed: int, epochs: int) -> Network:
    network = mlp(sizes, activation="tanh", init="glorot_uniform", seed=seed)
    train(network, "softmax_cross_entropy", *_digits(), optimizer=Adam(0.01), epochs=epochs, seed=seed)
    return network


@cache
def _losses(which: str) -> np.ndarray:
    """Losses along a segment of weights: ``(places,)``."""
    x, y = _digits()
    if which == "convex":
        network = _trained((64, 10), 0, 15)
        first = {name: np.random.default_rng(3).normal(0, 1.2, w.shape) for name, w in network.parameters.items()}
        last = network.parameters
    else:
        network = _trained((64, 12, 10), 0, 15)
        first, last = network.parameters, dict(network.parameters)
        if which == "swapped":
            order = np.roll(np.arange(12), 1)
            last |= {"0.W": first["0.W"][:, order], "0.b": first["0.b"][order], "2.W": first["2.W"][order]}
        else:
            last = _trained((64, 12, 10), 1, 15).parameters
    losses: list[float] = []
    for place in _PLACES:
        network.parameters = {name: (1 - place) * first[name] + place * last[name] for name in first}
        losses.append(softmax_cross_entropy(network.predict(x), y))
    return np.array(losses)


@figure(
    "descent-segment",
    ("From one set of weights straight to another", "En línea recta de unos pesos a otros"),
    Choice(
        "which",
        ("weights", "pesos"),
        {
            "convex": ("no hidden layer: any two", "sin capa oculta: dos cualesquiera"),
            "swapped": ("hidden layer: the same network, neurons reordered",
                        "capa oculta: la misma red, neuronas reordenadas"),
            "trained": ("hidden layer: two trainings", "capa oculta: dos entrenamientos"),
        },
        "swapped",
    ),
    Slider("place", ("place t on the segment", "lugar t en el segmento"), 0, 1, 0.5, 0.025, plays=10),
)  # fmt: skip
def descent_segment(at: At) -> Picture:
    """A convex function lies below every chord; one chord below the curve is proof enough that it is not convex."""
    losses, place = _losses(at.chosen("which")), at.number("place")
    here = float(np.interp(place, _PLACES, losses))
    chord = float((1 - place) * losses[0] + place * losses[-1])
    canvas = Canvas(680, 330)
    plot = canvas.axes(
        (0, 1),
        (0, float(max(losses)) * 1.15),
        box=(58, 30, 600, 240),
        xlabel=tr("t: weights (1 − t)·a + t·b", "t: pesos (1 − t)·a + t·b"),
        ylabel=tr("loss", "pérdida"),
    )
    plot.line([0, 1], [losses[0], losses[-1]], "muted", 2, "6 4")
    plot.line(_PLACES, losses, "blue", 2.8)
    plot.line([place, place], [chord, here], "orange", 2)
    plot.points([place], [chord], "muted", 5)
    plot.points([place], [here], "orange", 7, "ink")
    entries = [(tr("loss on digits", "pérdida en digits"), "blue"), (tr("chord", "cuerda"), "muted")]
    canvas.legend(70, 22, entries, across=True)
    above = bool(np.any(losses[1:-1] > ((1 - _PLACES) * losses[0] + _PLACES * losses[-1])[1:-1] + 1e-9))
    verdict = (
        tr("the curve rises above the chord: this loss is not convex", "la curva supera a la cuerda: esta pérdida no "
           "es convexa")
        if above
        else tr("the curve stays below the chord, as it must where the loss is convex", "la curva queda por debajo de "
                "la cuerda, como exige la convexidad")
    )  # fmt: skip
    return canvas.picture(
        tr(f"At t = {place:.2f} the loss is {here:.2f} and the chord {chord:.2f}: {verdict}.",
           f"En t = {place:.2f} la pérdida es {here:.2f} y la cuerda {chord:.2f}: {verdict}.")
    )  # fmt: skip
