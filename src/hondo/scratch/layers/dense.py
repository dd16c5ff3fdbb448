"""The dense layer: every output hears every input. ``units`` neurons side by side are one matrix product.

    Z = X W + b

    ∂L/∂W = Xᵀ ∂L/∂Z        ∂L/∂b = Σ over the batch of ∂L/∂Z        ∂L/∂X = ∂L/∂Z Wᵀ

Each gradient has the shape of what it belongs to, which is also the way to remember the formulas.

Source: I. Goodfellow et al., *Deep learning* (2016), section 6.5.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from hondo.scratch.initialization.initializers import initializer
from hondo.scratch.layers.layer import Layer
from hondo.scratch.mistakes import need_floats, need_product, need_rank, need_shape


class DenseGradients(NamedTuple):
    """∂L with respect to what :func:`dense` was given."""

    d_x: Float[np.ndarray, "batch inputs"]
    d_W: Float[np.ndarray, "inputs units"]
    d_b: Float[np.ndarray, " units"]


def dense(
    x: Float[np.ndarray, "batch inputs"], W: Float[np.ndarray, "inputs units"], b: Float[np.ndarray, " units"]
) -> Float[np.ndarray, "batch units"]:
    """X W + b.

    Args:
        x: one sample a row.
        W: one neuron a column.
        b: one bias a neuron, added to every row.

    Raises:
        Mistake: if shapes do not fit.

    Example:
        >>> dense(np.array([[1.0, 2.0]]), np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([10.0, 20.0])).tolist()
        [[11.0, 22.0]]
    """
    need_floats("dense", x=x, W=W, b=b)
    need_rank("dense", "x", x, "batch, inputs")
    need_rank("dense", "W", W, "inputs, units")
    need_product("dense", x, W)
    need_shape("dense", "b", b, (W.shape[1],))
    return x @ W + b  # (batch, units)


def dense_backward(
    d_z: Float[np.ndarray, "batch units"], x: Float[np.ndarray, "batch inputs"], W: Float[np.ndarray, "inputs units"]
) -> DenseGradients:
    """The gradients of :func:`dense`.

    Args:
        d_z: ∂L/∂Z.
        x, W: as they were in the forward pass.

    Example:
        >>> dense_backward(np.array([[1.0]]), np.array([[2.0, 3.0]]), np.array([[4.0], [5.0]])).d_x.tolist()
        [[4.0, 5.0]]
    """
    need_floats("dense_backward", d_z=d_z, x=x, W=W)
    need_shape("dense_backward", "d_z", d_z, (len(x), W.shape[1]))
    d_x = d_z @ W.T  # (batch, units) @ (units, inputs) -> (batch, inputs)
    d_W = x.T @ d_z  # (inputs, batch) @ (batch, units) -> (inputs, units)
    d_b = d_z.sum(axis=0)  # (units,)
    return DenseGradients(d_x, d_W, d_b)


class Dense(Layer):
    """A dense layer that keeps its weights.

    Args:
        units: how many neurons.
        init: the weights' first values, by name; biases begin at 0.
    """

    def __init__(self, units: int, init: str = "glorot_uniform") -> None:
        super().__init__()
        self.units = units
        self.init = init

    def build(self, shape: tuple[int, ...], rng: np.random.Generator) -> tuple[int, ...]:
        """Draw ``W`` of shape (inputs, units), zero ``b``."""
        need_rank("Dense", "x", np.empty((1, *shape)), "batch, inputs")
        self.parameters["W"] = initializer(self.init)((shape[0], self.units), rng)  # (inputs, units)
        self.parameters["b"] = np.zeros(self.units)  # (units,)
        return (self.units,)

    def forward(self, x: Float[np.ndarray, "batch inputs"], training: bool = False) -> Float[np.ndarray, "batch units"]:
        """X W + b."""
        self.x = x
        return dense(x, self.parameters["W"], self.parameters["b"])  # (batch, units)

    def backward(self, d_y: Float[np.ndarray, "batch units"]) -> Float[np.ndarray, "batch inputs"]:
        """∂L/∂W and ∂L/∂b are kept, ∂L/∂X is passed on."""
        d_x, self.gradients["W"], self.gradients["b"] = dense_backward(d_y, self.remembered("x"), self.parameters["W"])
        return d_x  # (batch, inputs)
