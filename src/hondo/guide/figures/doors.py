"""How figures say what they trained in the words of the playground and of the experiments that open from them."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np

from hondo.playground.data import features, points
from hondo.playground.setup import MOST_LAYERS, MOST_NEURONS, RANGES, Setup
from hondo.playground.url import to_query

Changes = dict[str, Any]
"""What differs from a built-in experiment, by its place in the spec."""

NO_STOP: Changes = {"train.early_stopping": None}
"""Figures train to their last epoch."""

ENLARGED_DIGITS: Changes = {"data.name": "digits", "data.options": None, "preprocess.resize": [32, 32]}
"""For the built-in ``shapes-transfer``: grey digits in place of its drawings."""

_OPTIMIZERS: dict[str, Changes] = {
    "sgd": {"learn.optimizer": "sgd"},
    "momentum": {"learn.optimizer": "sgd", "learn.momentum": 0.9},
    "nesterov": {"learn.optimizer": "sgd", "learn.momentum": 0.9, "learn.nesterov": True},
    "rmsprop": {"learn.optimizer": "rmsprop"},
    "adam": {"learn.optimizer": "adam"},
}


def rounded(value: float) -> float:
    """A number as short as an address should have it: three digits that count."""
    return float(f"{value:.3g}")


def playground(**settings: Any) -> str:
    """The query of a setup in which all else is as the playground begins."""
    return to_query(Setup().changed(**settings))


def hidden_layers(*units: int) -> tuple[int, ...]:
    """Hidden layers, as many and as large as the playground has them at most."""
    return tuple(min(each, MOST_NEURONS) for each in units[:MOST_LAYERS])


def linear_neuron(product: float, inputs: tuple[str, ...] = ("x1",), **settings: Any) -> str:
    """The playground's query for one neuron that learns the height of a plane, without an activation.

    Args:
        product: the learning rate times the greatest curvature of the loss, so that it means the same as in the
            figure, whose inputs are of another size: above 2, descent on all points diverges.
        inputs: what the neuron sees; with x1 alone, what x2 does is noise to it.
        **settings: as for :func:`playground`; batches are all of the points where nothing is said.
    """
    low, high = RANGES["learning_rate"]
    rate = rounded(min(max(product / _curvature(inputs), low), high))
    given = {"batch_size": 250, **settings}
    return playground(data="plane", hidden=(), inputs=inputs, learning_rate=rate, **given)


@cache
def _curvature(inputs: tuple[str, ...]) -> float:
    """The greatest curvature of ½(o − y)², averaged over the points, by the weights and the bias."""
    setup = Setup().changed(data="plane", inputs=inputs)
    x = features(setup, points(setup).train)
    design = np.column_stack([x, np.ones(len(x))])
    return float(np.linalg.eigvalsh(design.T @ design / len(x))[-1])


def with_hidden(*sizes: int) -> Changes:
    """Dense hidden layers of an experiment; a size of 0 is no layer."""
    return {"model.hidden": [each for each in sizes if each]}


def with_optimizer(name: str, rate: float) -> Changes:
    """An optimizer with Keras's defaults, and its learning rate."""
    return {**_OPTIMIZERS[name], "learn.learning_rate": rounded(rate)}


def held_out(samples: int, unseen: int) -> Changes:
    """So many samples to learn from, and so many more for validation."""
    whole = samples + unseen
    return {"data.limit": whole, "data.validation": round(unseen / whole, 4)}


def small_cnn(filters: Sequence[int]) -> Changes:
    """For the built-in ``digits-mlp``: convolutions of 3 × 3, each with pooling, in place of the dense layers."""
    return {"model": {"preset": "cnn", "filters": list(filters)}, "name": "digits-cnn"}


def with_schedule(kind: str, rate: float, epochs: float) -> Changes:
    """A schedule, what it multiplies the rate by or how fast it falls, and in how many epochs."""
    return {"learn.schedule.kind": kind, "learn.schedule.rate": rate, "learn.schedule.every_epochs": epochs}
