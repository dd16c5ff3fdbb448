"""Smooth activations: sigmoid, tanh, softplus, ELU and GELU, each with its derivative.

Exponentials overflow: in float64 eᶻ is infinite from z = 710 on, in float32 from 89. Each function here is written so
that only exponentials of negative numbers are computed, which at worst become 0.

Sources: Y. LeCun et al., *Efficient backprop* (1998), section 4.4; C. Dugas et al. (softplus), NIPS (2000); D.-A.
Clevert et al., *Fast and accurate deep network learning by ELUs*, ICLR (2016); D. Hendrycks, K. Gimpel, *Gaussian error
linear units*, arXiv:1606.08415 (2016).
"""

from math import pi, sqrt

import numpy as np
from jaxtyping import Float
from scipy.special import erf, erfc

from hondo.scratch.mistakes import need_floats


def sigmoid(z: Float[np.ndarray, "*shape"]) -> Float[np.ndarray, "*shape"]:
    """σ(z) = 1 / (1 + e⁻ᶻ): squeezes any number between 0 and 1, so that it can be read as a probability.

    For z < 0 the equal form eᶻ / (1 + eᶻ) is used, whose exponential cannot overflow.

    Example:
        >>> sigmoid(np.array([-1000.0, 0.0, 1000.0])).tolist()
        [0.0, 0.5, 1.0]
    """
    need_floats("sigmoid", z=z)
    small = np.exp(-np.abs(z))  # (*shape), in (0, 1]
    return np.where(z >= 0, 1, small) / (1 + small)


def sigmoid_derivative(z: Float[np.ndarray, "*shape"]) -> Float[np.ndarray, "*shape"]:
    """σ'(z) = σ(z) (1 - σ(z)) = σ(z) σ(-z): at most ¼, so errors fade from layer to layer.

    Example:
        >>> sigmoid_derivative(np.array([0.0])).tolist()
        [0.25]
    """
    return sigmoid(z) * sigmoid(-z)


def tanh(z: Float[np.ndarray, "*shape"]) -> Float[np.ndarray, "*shape"]:
    """tanh(z) = (eᶻ - e⁻ᶻ) / (eᶻ + e⁻ᶻ) = 2σ(2z) - 1: as the sigmoid, but between -1 and 1 and centred on 0.

    Example:
        >>> tanh(np.array([0.0])).tolist()
        [0.0]
    """
    need_floats("tanh", z=z)
    return np.tanh(z)


def tanh_derivative(z: Float[np.ndarray, "*shape"]) -> Float[np.ndarray, "*shape"]:
    """1 - tanh²(z).

    Example:
        >>> tanh_derivative(np.array([0.0])).tolist()
        [1.0]
    """
    return 1 - np.square(tanh(z))


def softplus(z: Float[np.ndarray, "*shape"]) -> Float[np.ndarray, "*shape"]:
    """log(1 + eᶻ): a ReLU with a round corner. Written max(z, 0) + log(1 + e^-|z|), which is equal and safe.

    Example:
        >>> softplus(np.array([0.0, 1000.0])).round(6).tolist()
        [0.693147, 1000.0]
    """
    need_floats("softplus", z=z)
    return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))


def softplus_derivative(z: Float[np.ndarray, "*shape"]) -> Float[np.ndarray, "*shape"]:
    """σ(z).

    Example:
        >>> softplus_derivative(np.array([0.0])).tolist()
        [0.5]
    """
    return sigmoid(z)


def elu(z: Float[np.ndarray, "*shape"], alpha: float = 1.0) -> Float[np.ndarray, "*shape"]:
    """z for z > 0, else α (eᶻ - 1): as ReLU, but bending softly towards -α.

    Example:
        >>> elu(np.array([-1000.0, 3.0])).tolist()
        [-1.0, 3.0]
    """
    need_floats("elu", z=z)
    return np.where(z > 0, z, alpha * np.expm1(np.minimum(z, 0)))


def elu_derivative(z: Float[np.ndarray, "*shape"], alpha: float = 1.0) -> Float[np.ndarray, "*shape"]:
    """1 for z > 0, else α eᶻ.

    Example:
        >>> elu_derivative(np.array([-1000.0, 0.0, 3.0])).tolist()
        [0.0, 1.0, 1.0]
    """
    need_floats("elu_derivative", z=z)
    return np.where(z > 0, 1, alpha * np.exp(np.minimum(z, 0))).astype(z.dtype)


def gelu(z: Float[np.ndarray, "*shape"]) -> Float[np.ndarray, "*shape"]:
    """z Φ(z), where Φ(z) = ½ (1 + erf(z/√2)) is the probability that a standard normal number is below z.

    Example:
        >>> gelu(np.array([-10.0, 0.0, 10.0])).round(6).tolist()
        [-0.0, 0.0, 10.0]
    """
    need_floats("gelu", z=z)
    return z * (erfc(-z / sqrt(2)) / 2)


def gelu_derivative(z: Float[np.ndarray, "*shape"]) -> Float[np.ndarray, "*shape"]:
    """Φ(z) + z φ(z), with φ(z) = e^(-z²/2) / √(2π).

    Example:
        >>> gelu_derivative(np.array([0.0])).tolist()
        [0.5]
    """
    need_floats("gelu_derivative", z=z)
    near = np.clip(z, -40, 40)  # (*shape), beyond, φ is 0 and z² might overflow
    return (1 + erf(z / sqrt(2))) / 2 + near * np.exp(-np.square(near) / 2) / sqrt(2 * pi)
