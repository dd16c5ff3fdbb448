"""Layers without parameters: an activation, softmax, flatten.

Without an activation between them, two dense layers are one: (X W₁) W₂ = X (W₁ W₂).

Source: I. Goodfellow et al., *Deep learning* (2016), section 6.3.
"""

import numpy as np
from jaxtyping import Float

from hondo.scratch.activations.catalogue import activation
from hondo.scratch.activations.softmax import softmax, softmax_backward
from hondo.scratch.layers.layer import Layer


class Activation(Layer):
    """y = f(z), number by number; backwards ∂L/∂z = ∂L/∂y · f'(z).

    Args:
        name: one of :data:`hondo.scratch.activations.catalogue.ACTIVATIONS`.

    Example:
        >>> Activation("relu").forward(np.array([[-1.0, 2.0]])).tolist()
        [[0.0, 2.0]]
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        self.activation = activation(name)

    def forward(self, x: Float[np.ndarray, "batch ..."], training: bool = False) -> Float[np.ndarray, "batch ..."]:
        """f(z)."""
        self.z = x
        return self.activation.function(x)  # (batch, …)

    def backward(self, d_y: Float[np.ndarray, "batch ..."]) -> Float[np.ndarray, "batch ..."]:
        """Where f is flat nothing passes; where it is steep much does."""
        return d_y * self.activation.derivative(self.remembered("z"))  # (batch, …)


class Softmax(Layer):
    """Scores to probabilities; for the loss ``categorical_cross_entropy``.

    Training is more exact without it, with ``softmax_cross_entropy`` on the scores themselves.

    Example:
        >>> Softmax().forward(np.array([[0.0, 0.0]])).tolist()
        [[0.5, 0.5]]
    """

    def forward(self, x: Float[np.ndarray, "batch n"], training: bool = False) -> Float[np.ndarray, "batch n"]:
        """softmax(z), row by row."""
        self.p = softmax(x)  # (batch, classes)
        return self.p

    def backward(self, d_y: Float[np.ndarray, "batch n"]) -> Float[np.ndarray, "batch n"]:
        """The Jacobian of each row times its gradient."""
        return softmax_backward(d_y, self.remembered("p"))  # (batch, classes)


class Flatten(Layer):
    """All axes of a sample in one row: from pictures to what a dense layer takes. Backwards the same, unrolled.

    Example:
        >>> Flatten().forward(np.zeros((2, 3, 4))).shape
        (2, 12)
    """

    def build(self, shape: tuple[int, ...], rng: np.random.Generator) -> tuple[int, ...]:
        """One axis as long as all together."""
        return (int(np.prod(shape)),)

    def forward(self, x: Float[np.ndarray, "batch ..."], training: bool = False) -> Float[np.ndarray, "batch n"]:
        """(batch, height, width, channels) becomes (batch, height · width · channels)."""
        self.x = x
        return x.reshape(len(x), int(np.prod(x.shape[1:])))

    def backward(self, d_y: Float[np.ndarray, "batch n"]) -> Float[np.ndarray, "batch ..."]:
        """Back to the shape that came."""
        return d_y.reshape(self.remembered("x").shape)
