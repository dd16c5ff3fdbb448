"""Where each weight lies in the one flat array that holds them all, and how weights begin.

Layer after layer: the kernel ``(inputs, units)`` row by row, then the biases ``(units,)``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np

from hondo.core.arrays import FloatArray
from hondo.core.seeds import generator
from hondo.playground.setup import Setup
from hondo.scratch.initialization.initializers import initializer

Layer = tuple[FloatArray, FloatArray]  # kernel (inputs, units), biases (units,)

_PLAYGROUND_LIMIT, _PLAYGROUND_BIAS = 0.5, 0.1


@dataclass(frozen=True)
class Place:
    """Where a layer's weights begin in the flat array.

    Attributes:
        inputs, units: the kernel's shape.
        kernel, biases: the first index of each.
    """

    inputs: int
    units: int
    kernel: int
    biases: int


@cache
def places(sizes: tuple[int, ...]) -> tuple[Place, ...]:
    """Each layer's place, for a network with these sizes from inputs to outputs."""
    found, start = [], 0
    for inputs, units in pairwise(sizes):
        found.append(Place(inputs, units, start, start + inputs * units))
        start += (inputs + 1) * units
    return tuple(found)


def count(sizes: tuple[int, ...]) -> int:
    """How many weights and biases.

    Example:
        >>> count((2, 4, 2, 1))
        25
    """
    return sum((inputs + 1) * units for inputs, units in pairwise(sizes))


def layers(weights: FloatArray, sizes: tuple[int, ...]) -> list[Layer]:
    """Views of a flat array ``(count,)`` as kernels and biases."""
    return [
        (
            weights[place.kernel : place.biases].reshape(place.inputs, place.units),
            weights[place.biases :][: place.units],
        )
        for place in places(sizes)
    ]


def flat(kernels_and_biases: Sequence[tuple[object, object]]) -> FloatArray:
    """Kernels and biases, as arrays or nested lists, in one float64 array: the inverse of :func:`layers`."""
    return np.concatenate([np.ravel(np.asarray(part, np.float64)) for layer in kernels_and_biases for part in layer])


def kernels_only(sizes: tuple[int, ...]) -> FloatArray:
    """1 for each kernel's weight and 0 for each bias ``(count,)``: what regularisation applies to."""
    mask = np.zeros(count(sizes))
    for place in places(sizes):
        mask[place.kernel : place.biases] = 1
    return mask


def first_weights(setup: Setup) -> FloatArray:
    """How the setup's network begins: float64 ``(count,)``.

    A layer's draws depend on its place alone, so that networks that differ later begin alike.
    """
    weights = np.zeros(count(setup.sizes))
    for number, (kernel, biases) in enumerate(layers(weights, setup.sizes)):
        rng = generator(setup.seed, "playground", number)
        if setup.initialisation == "uniform":
            kernel[:] = rng.uniform(-_PLAYGROUND_LIMIT, _PLAYGROUND_LIMIT, kernel.shape)
            biases[:] = _PLAYGROUND_BIAS
        else:
            kernel[:] = initializer(setup.initialisation)(kernel.shape, rng)
    return weights
