"""Dropout: while it learns, a network may not rely on any single neuron, because each is silenced at random.

    y = x · m / (1 - rate),   m = 1 with probability 1 - rate, else 0

The survivors are enlarged so that the expected sum stays the same; in use nothing is silenced and nothing enlarged.

Source: N. Srivastava et al., *Dropout: a simple way to prevent neural networks from overfitting*, JMLR 15 (2014).
"""

import numpy as np
from jaxtyping import Float

from hondo.scratch.layers.layer import Layer
from hondo.scratch.mistakes import need_between, need_floats


def dropout_mask(shape: tuple[int, ...], rate: float, rng: np.random.Generator) -> Float[np.ndarray, "..."]:
    """m / (1 - rate): zero for what is silenced, 1 / (1 - rate) for what is not.

    Args:
        shape: of what it will be multiplied with.
        rate: the share that is silenced, in [0, 1).
        rng: where the chance comes from.

    Raises:
        Mistake: for a rate outside [0, 1).

    Example:
        >>> sorted(set(dropout_mask((100,), 0.5, np.random.default_rng(0)).tolist()))
        [0.0, 2.0]
    """
    need_between("dropout_mask", "rate", rate, 0, 1, ends="[)")
    return (rng.random(shape) >= rate) / (1 - rate)


class Dropout(Layer):
    """Silences a share of its inputs in every training pass.

    Args:
        rate: the share, in [0, 1).
    """

    def __init__(self, rate: float) -> None:
        super().__init__()
        need_between("Dropout", "rate", rate, 0, 1, ends="[)")
        self.rate = rate

    def build(self, shape: tuple[int, ...], rng: np.random.Generator) -> tuple[int, ...]:
        """Take a stream of chance of its own."""
        self.rng = rng.spawn(1)[0]
        return shape

    def forward(self, x: Float[np.ndarray, "batch ..."], training: bool = False) -> Float[np.ndarray, "batch ..."]:
        """x times a new mask; in use, x."""
        need_floats("Dropout", x=x)
        mask = dropout_mask(x.shape, self.rate, self.rng) if training else np.ones(x.shape)  # (batch, …)
        self.mask = mask.astype(x.dtype)
        return x * self.mask

    def backward(self, d_y: Float[np.ndarray, "batch ..."]) -> Float[np.ndarray, "batch ..."]:
        """What was silenced gets no blame."""
        return d_y * self.remembered("mask")
