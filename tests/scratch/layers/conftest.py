"""What the tests of layers share: Keras's answer with its gradients, and slopes measured by finite differences."""

from collections.abc import Callable, Sequence
from typing import Any

import jax
import numpy as np
import pytest

Answer = tuple[np.ndarray, list[np.ndarray]]
"""An output, and ∂L/∂x followed by ∂L/∂weight for each weight, where L = Σ output · d_y."""


@pytest.fixture
def pull_back(double: None) -> Callable[..., Answer]:
    """The output of a function of arrays on JAX, and how it passes ``d_y`` back to each of them."""

    def answer(function: Callable[..., Any], d_y: np.ndarray, *arrays: np.ndarray) -> Answer:
        @jax.jit  # one compilation instead of one for each operation
        def both(d_y: jax.Array, *arrays: jax.Array) -> tuple[jax.Array, tuple[jax.Array, ...]]:
            output, back = jax.vjp(function, *arrays)
            return output, back(d_y)

        output, parts = both(d_y, *arrays)
        return np.asarray(output), [np.asarray(part) for part in parts]

    return answer


@pytest.fixture
def in_keras(pull_back: Callable[..., Answer]) -> Callable[..., Answer]:
    """What a Keras layer answers with given weights; ``state`` is what it keeps but does not learn."""

    def answer(
        layer: Any, d_y: np.ndarray, x: np.ndarray, *weights: np.ndarray, state: Sequence[np.ndarray] = (), **call: Any
    ) -> Answer:
        if not layer.built:
            layer.build((None, *x.shape[1:]))
        return pull_back(lambda x, *w: layer.stateless_call(list(w), list(state), x, **call)[0], d_y, x, *weights)

    return answer


@pytest.fixture
def slopes() -> Callable[[Callable[[np.ndarray], float], np.ndarray], np.ndarray]:
    """The gradient of a function of an array, by central finite differences."""

    def measure(function: Callable[[np.ndarray], float], at: np.ndarray, h: float = 1e-5) -> np.ndarray:
        measured = np.zeros_like(at)
        for place in np.ndindex(at.shape):
            nudge = np.zeros_like(at)
            nudge[place] = h
            measured[place] = (function(at + nudge) - function(at - nudge)) / (2 * h)
        return measured

    return measure
