"""Activations made of straight pieces: step, linear, ReLU and leaky ReLU, each with its derivative.

A derivative says how much of an error passes through: none where the function is flat (step everywhere, ReLU for
negative z), all of it where it is the identity. At a corner there is no derivative; the left one is taken here.

Source: V. Nair, G. Hinton, *Rectified linear units improve restricted Boltzmann machines*, ICML (2010); A. Maas et
al., *Rectifier nonlinearities improve neural network acoustic models*, ICML (2013).
"""

import numpy as np
from jaxtyping import Float

from hondo.scratch.mistakes import need_between, need_floats


def step(z: Float[np.ndarray, "*shape"]) -> Float[np.ndarray, "*shape"]:
    """1 for z ≥ 0, else 0: the first neurons' all or nothing.

    Example:
        >>> step(np.array([-0.1, 0.0, 2.0])).tolist()
        [0.0, 1.0, 1.0]
    """
    need_floats("step", z=z)
    return (z >= 0).astype(z.dtype)


def step_derivative(z: Float[np.ndarray, "*shape"]) -> Float[np.ndarray, "*shape"]:
    """0 everywhere: no error passes, so a network of steps cannot learn by gradients.

    Example:
        >>> step_derivative(np.array([-3.0, 5.0])).tolist()
        [0.0, 0.0]
    """
    need_floats("step_derivative", z=z)
    return np.zeros_like(z)


def linear(z: Float[np.ndarray, "*shape"]) -> Float[np.ndarray, "*shape"]:
    """z itself: for outputs that are quantities. Layers of only this are together one linear layer.

    Example:
        >>> linear(np.array([-1.5, 2.0])).tolist()
        [-1.5, 2.0]
    """
    need_floats("linear", z=z)
    return z


def linear_derivative(z: Float[np.ndarray, "*shape"]) -> Float[np.ndarray, "*shape"]:
    """1 everywhere.

    Example:
        >>> linear_derivative(np.array([-1.5, 2.0])).tolist()
        [1.0, 1.0]
    """
    need_floats("linear_derivative", z=z)
    return np.ones_like(z)


def relu(z: Float[np.ndarray, "*shape"]) -> Float[np.ndarray, "*shape"]:
    """max(0, z).

    Example:
        >>> relu(np.array([-1.5, 2.0])).tolist()
        [0.0, 2.0]
    """
    need_floats("relu", z=z)
    return np.maximum(z, 0)


def relu_derivative(z: Float[np.ndarray, "*shape"]) -> Float[np.ndarray, "*shape"]:
    """1 for z > 0, else 0: a neuron that is negative for every sample gets no gradient and is called dead.

    Example:
        >>> relu_derivative(np.array([-1.5, 0.0, 2.0])).tolist()
        [0.0, 0.0, 1.0]
    """
    need_floats("relu_derivative", z=z)
    return (z > 0).astype(z.dtype)


def leaky_relu(z: Float[np.ndarray, "*shape"], negative_slope: float = 0.2) -> Float[np.ndarray, "*shape"]:
    """z for z > 0, else negative_slope · z: what is negative still passes a little.

    Args:
        z: weighted sums.
        negative_slope: in [0, 1]; 0 is ReLU, 1 is linear.

    Example:
        >>> leaky_relu(np.array([-2.0, 2.0]), 0.25).tolist()
        [-0.5, 2.0]
    """
    need_floats("leaky_relu", z=z)
    need_between("leaky_relu", "negative_slope", negative_slope, 0, 1)
    return np.where(z > 0, z, negative_slope * z)


def leaky_relu_derivative(z: Float[np.ndarray, "*shape"], negative_slope: float = 0.2) -> Float[np.ndarray, "*shape"]:
    """1 for z > 0, else negative_slope.

    Example:
        >>> leaky_relu_derivative(np.array([-2.0, 2.0]), 0.25).tolist()
        [0.25, 1.0]
    """
    need_floats("leaky_relu_derivative", z=z)
    need_between("leaky_relu_derivative", "negative_slope", negative_slope, 0, 1)
    return np.where(z > 0, 1, negative_slope).astype(z.dtype)
