"""Batch normalisation: every channel of a batch gets mean 0 and variance 1, then the scale and shift that it learns.

    x̂ = (x - μ) / √(σ² + ε)        y = γ x̂ + β

μ and σ² are those of the batch while training, and their running averages in use. Since they depend on every sample,
so do the gradients:

    ∂L/∂x = γ / √(σ² + ε) · [ ∂L/∂y - mean(∂L/∂y) - x̂ · mean(∂L/∂y · x̂) ]

Source: S. Ioffe, C. Szegedy, *Batch normalization*, ICML (2015).
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from hondo.scratch.layers.layer import Layer
from hondo.scratch.mistakes import need_between, need_floats, need_same_shape


class NormalizationGradients(NamedTuple):
    """∂L with respect to what :func:`batch_normalize` was given."""

    d_x: Float[np.ndarray, "*batch channels"]
    d_gamma: Float[np.ndarray, " channels"]
    d_beta: Float[np.ndarray, " channels"]


def statistics(x: Float[np.ndarray, "*batch channels"]) -> tuple[np.ndarray, np.ndarray]:
    """Mean and variance of each channel, over all samples and pixels; both of shape ``(channels,)``.

    Example:
        >>> [s.tolist() for s in statistics(np.array([[1.0], [3.0]]))]
        [[2.0], [1.0]]
    """
    axes = tuple(range(x.ndim - 1))
    return x.mean(axis=axes), x.var(axis=axes)


def batch_normalize(
    x: Float[np.ndarray, "*batch channels"],
    gamma: Float[np.ndarray, " channels"],
    beta: Float[np.ndarray, " channels"],
    mean: Float[np.ndarray, " channels"],
    variance: Float[np.ndarray, " channels"],
    epsilon: float = 1e-3,
) -> Float[np.ndarray, "*batch channels"]:
    """γ (x - μ) / √(σ² + ε) + β.

    Args:
        x: anything whose last axis are channels.
        gamma, beta: the learned scale and shift of each channel.
        mean, variance: of the batch (see :func:`statistics`) or running averages.
        epsilon: keeps a constant channel from being divided by 0.

    Example:
        >>> one = np.ones(1)
        >>> batch_normalize(np.array([[1.0], [3.0]]), one, 0 * one, 2 * one, one, epsilon=0.0).tolist()
        [[-1.0], [1.0]]
    """
    need_floats("batch_normalize", x=x, gamma=gamma, beta=beta, mean=mean, variance=variance)
    need_same_shape("batch_normalize", gamma=gamma, beta=beta, mean=mean, variance=variance)
    return gamma * (x - mean) / np.sqrt(variance + epsilon) + beta  # (*batch, channels)


def batch_normalize_backward(
    d_y: Float[np.ndarray, "*batch channels"],
    x: Float[np.ndarray, "*batch channels"],
    gamma: Float[np.ndarray, " channels"],
    epsilon: float = 1e-3,
) -> NormalizationGradients:
    """The gradients while training, where mean and variance are those of ``x`` itself.

    Args:
        d_y: ∂L/∂y.
        x, gamma, epsilon: as in the forward pass.
    """
    need_floats("batch_normalize_backward", d_y=d_y, x=x, gamma=gamma)
    need_same_shape("batch_normalize_backward", d_y=d_y, x=x)
    mean, variance = statistics(x)  # (channels,) each
    deviation = np.sqrt(variance + epsilon)  # (channels,)
    x_hat = (x - mean) / deviation  # (*batch, channels)
    axes = tuple(range(x.ndim - 1))
    d_gamma, d_beta = (d_y * x_hat).sum(axis=axes), d_y.sum(axis=axes)  # (channels,) each
    n = x.size // x.shape[-1]  # numbers a channel
    d_x = gamma / deviation * (d_y - d_beta / n - x_hat * d_gamma / n)  # (*batch, channels)
    return NormalizationGradients(d_x, d_gamma, d_beta)


class BatchNormalization(Layer):
    """A batch normalisation that keeps its scale, its shift and its running averages.

    Args:
        momentum: how much of the running averages stays at each training step, in [0, 1].
        epsilon: as in :func:`batch_normalize`.
    """

    def __init__(self, momentum: float = 0.99, epsilon: float = 1e-3) -> None:
        super().__init__()
        need_between("BatchNormalization", "momentum", momentum, 0, 1)
        self.momentum, self.epsilon = momentum, epsilon

    def build(self, shape: tuple[int, ...], rng: np.random.Generator) -> tuple[int, ...]:
        """Begin as the identity: γ = 1, β = 0; running mean 0 and variance 1."""
        channels = shape[-1]
        self.parameters = {"gamma": np.ones(channels), "beta": np.zeros(channels)}
        self.moving_mean, self.moving_variance = np.zeros(channels), np.ones(channels)
        return shape

    def forward(self, x: Float[np.ndarray, "batch ..."], training: bool = False) -> Float[np.ndarray, "batch ..."]:
        """Normalise by the batch while training, by the running averages in use."""
        self.x, self.training = x, training
        mean, variance = self.moving_mean, self.moving_variance  # (channels,) each
        if training:
            mean, variance = statistics(x)
            self.moving_mean = self.momentum * self.moving_mean + (1 - self.momentum) * mean
            self.moving_variance = self.momentum * self.moving_variance + (1 - self.momentum) * variance
        gamma, beta = self.parameters["gamma"], self.parameters["beta"]
        return batch_normalize(x, gamma, beta, mean, variance, self.epsilon)

    def backward(self, d_y: Float[np.ndarray, "batch ..."]) -> Float[np.ndarray, "batch ..."]:
        """∂L/∂γ and ∂L/∂β are kept, ∂L/∂x is passed on."""
        x, gamma = self.remembered("x"), self.parameters["gamma"]
        if self.training:
            d_x, d_gamma, d_beta = batch_normalize_backward(d_y, x, gamma, self.epsilon)
        else:
            deviation = np.sqrt(self.moving_variance + self.epsilon)  # (channels,)
            axes = tuple(range(x.ndim - 1))
            d_gamma = (d_y * (x - self.moving_mean) / deviation).sum(axis=axes)  # (channels,)
            d_x, d_beta = d_y * gamma / deviation, d_y.sum(axis=axes)
        self.gradients = {"gamma": d_gamma, "beta": d_beta}
        return d_x
