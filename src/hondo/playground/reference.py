"""A training step in NumPy, to be read: what the machine code must compute, and what trains where there is none.

forward      a₀ = x,  z = aW + b,  a = f(z)            layer after layer
loss         ½(o − y)² for tanh and linear outputs, cross-entropy for sigmoid and softmax, mean over the batch
backward     δ = ∂L/∂z,  ∂L/∂W = aᵀδ,  ∂L/∂b = Σδ,  δ before = (δWᵀ) · f′
penalty      + rate · sign(W) for L1, + 2 · rate · W for L2; biases are left alone
optimizer    those of ``scratch/descent/optimizers.py``
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from hondo.core.arrays import Array, FloatArray
from hondo.playground.layout import kernels_only, layers
from hondo.playground.setup import Setup
from hondo.scratch.activations.piecewise import linear, relu
from hondo.scratch.activations.smooth import sigmoid, tanh
from hondo.scratch.activations.softmax import softmax

_ACTIVATIONS: dict[str, Callable[[Array], Array]] = {
    "relu": relu, "tanh": tanh, "sigmoid": sigmoid, "softmax": softmax, "linear": linear,
}  # fmt: skip
MOMENTUM, RHO, BETA_1, BETA_2, EPSILON = 0.9, 0.9, 0.9, 0.999, 1e-7
MOMENTS = {"sgd": 0, "momentum": 1, "rmsprop": 1, "adam": 2}
_STEPS_UNTIL_CORRECTED = 30_000  # by then Adam's correction rounds to 1 in float32


@dataclass(frozen=True)
class Rules:
    """What the steps of a setup need beside points and weights.

    Attributes:
        rates: η of step t at index min(t, last); more than one only for Adam, whose correction is in it.
        l1, l2: what multiplies sign(w) and w ``(count,)``, 0 for biases.
    """

    rates: FloatArray
    l1: FloatArray
    l2: FloatArray


def rules(setup: Setup, dtype: type = np.float32) -> Rules:
    """The rules of a setup, in the type in which it is computed."""
    rates = setup.learning_rate * (_adam_correction() if setup.optimizer == "adam" else np.ones(1))
    mask, rate = kernels_only(setup.sizes), setup.regularisation_rate
    l1 = mask * rate * (setup.regularisation == "l1")
    l2 = mask * 2 * rate * (setup.regularisation == "l2")
    return Rules(rates.astype(dtype), l1.astype(dtype), l2.astype(dtype))


@cache
def _adam_correction() -> FloatArray:
    """√(1 − β₂ᵗ) / (1 − β₁ᵗ) for t = 1, 2, …"""
    t = np.arange(1, _STEPS_UNTIL_CORRECTED + 1, dtype=np.float64)
    return np.sqrt(1 - BETA_2**t) / (1 - BETA_1**t)


def activate(z: FloatArray, name: str) -> FloatArray:
    """f(z) of an activation or an output; softmax over the last axis."""
    return _ACTIVATIONS[name](z)


def slope(a: FloatArray, name: str) -> FloatArray | float:
    """f′, from the activation's own value."""
    if name == "relu":
        return (a > 0).astype(a.dtype)
    if name == "tanh":
        return 1 - a * a
    return a * (1 - a) if name == "sigmoid" else 1.0


def forward(setup: Setup, weights: FloatArray, x: FloatArray) -> list[FloatArray]:
    """The values of all neurons.

    Args:
        setup: says activations and sizes.
        weights: ``(count,)``.
        x: features ``(n, inputs)``.

    Returns:
        ``x`` and then each layer's values ``(n, units)``, the outputs last.
    """
    values = [x]
    parts = layers(weights, setup.sizes)
    for number, (kernel, biases) in enumerate(parts):
        name = setup.output if number == len(parts) - 1 else setup.activation
        values.append(activate(values[-1] @ kernel + biases, name))
    return values


def losses(setup: Setup, outputs: FloatArray, y: Array) -> FloatArray:
    """Each point's loss ``(n,)`` without the penalty.

    Args:
        setup: says the loss.
        outputs: ``(n, outputs)``.
        y: targets ``(n,)``: ±1 for tanh, 0 or 1 for sigmoid, class numbers for softmax, numbers for linear.
    """
    tiny = np.finfo(outputs.dtype).tiny
    if setup.output == "softmax":
        return -np.log(np.maximum(outputs[np.arange(len(y)), y.astype(np.int64)], tiny))
    o = outputs[:, 0]
    if setup.output == "sigmoid":
        return -np.log(np.maximum(np.where(y > 0.5, o, 1 - o), tiny))
    return 0.5 * (o - y) ** 2


def penalty(setup: Setup, weights: FloatArray) -> float:
    """What regularisation adds to the loss."""
    kernels = weights[kernels_only(setup.sizes) > 0]
    size = {"none": 0.0, "l1": np.abs(kernels).sum(), "l2": np.square(kernels).sum()}[setup.regularisation]
    return float(setup.regularisation_rate * size)


def gradient(setup: Setup, weights: FloatArray, x: FloatArray, y: Array) -> FloatArray:
    """∂L/∂w of the mean loss over these points ``(count,)``, without the penalty's."""
    values = forward(setup, weights, x)
    outputs = values[-1]
    if setup.output == "softmax":
        delta = outputs - np.eye(setup.outputs, dtype=outputs.dtype)[y.astype(np.int64)]
    else:
        delta = outputs - y[:, np.newaxis]
        if setup.output == "tanh":
            delta = delta * slope(outputs, "tanh")
    delta = delta / np.asarray(len(y), outputs.dtype)  # (n, outputs)
    result = np.empty_like(weights)
    parts, targets = layers(weights, setup.sizes), layers(result, setup.sizes)
    for number in reversed(range(len(parts))):
        targets[number][0][:] = values[number].T @ delta
        targets[number][1][:] = delta.sum(axis=0)
        if number:
            delta = (delta @ parts[number][0].T) * slope(values[number], setup.activation)
    return result


def step(
    setup: Setup, r: Rules, weights: FloatArray, moments: FloatArray, number: int, x: FloatArray, y: Array
) -> tuple[FloatArray, FloatArray]:
    """One step of training.

    Args:
        setup: what is trained.
        r: its rules.
        weights: ``(count,)``.
        moments: what the optimizer remembers ``(moments, count)``.
        number: how many steps were taken before.
        x, y: the batch.

    Returns:
        The new weights and moments, in new arrays.
    """
    g = gradient(setup, weights, x, y) + r.l1 * np.sign(weights) + r.l2 * weights
    rate = r.rates[min(number, len(r.rates) - 1)]
    one = weights.dtype.type
    if setup.optimizer == "momentum":
        velocity = one(MOMENTUM) * moments[0] - rate * g
        return weights + velocity, velocity[np.newaxis]
    if setup.optimizer == "rmsprop":
        squares = one(RHO) * moments[0] + one(1 - RHO) * g * g
        return weights - rate * g / np.sqrt(squares + one(EPSILON)), squares[np.newaxis]
    if setup.optimizer == "adam":
        mean = one(BETA_1) * moments[0] + one(1 - BETA_1) * g
        squares = one(BETA_2) * moments[1] + one(1 - BETA_2) * g * g
        return weights - rate * mean / (np.sqrt(squares) + one(EPSILON)), np.stack([mean, squares])
    return weights - rate * g, moments
