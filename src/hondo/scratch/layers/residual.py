"""The residual sum: a way around some layers, so that they learn only what must be added.

    y = x + f(x)        ∂L/∂x = ∂L/∂y + (∂L/∂y through f)

The first term of the gradient goes around f unchanged. That is why networks of a hundred layers can learn.

Source: K. He et al., *Deep residual learning for image recognition*, CVPR (2016).
"""

import numpy as np
from jaxtyping import Float

from hondo.core.language import tr
from hondo.scratch.layers.chain import Chain
from hondo.scratch.mistakes import Mistake


class Residual(Chain):
    """x plus what the layers inside make of it.

    Args:
        layers: f, whose output has the shape of its input.

    Raises:
        Mistake: when built, if the shapes differ: what is to be added must have one shape.

    Example:
        >>> from hondo.scratch.layers.simple import Activation
        >>> Residual([Activation("relu")]).forward(np.array([[-1.0, 2.0]])).tolist()
        [[-1.0, 4.0]]
    """

    def build(self, shape: tuple[int, ...], rng: np.random.Generator) -> tuple[int, ...]:
        """Build the layers inside."""
        out = super().build(shape, rng)
        if out != shape:
            raise Mistake(
                tr(
                    f"a residual sum needs equal shapes, {shape} came in and {out} out",
                    f"una suma residual necesita formas iguales, entró {shape} y salió {out}",
                ),
                tr(
                    "As many units or filters as inputs; padding 'same', stride 1.",
                    "Tantas unidades o filtros como entradas; relleno 'same', paso 1.",
                ),
            )
        return shape

    def forward(self, x: Float[np.ndarray, "batch ..."], training: bool = False) -> Float[np.ndarray, "batch ..."]:
        """x + f(x)."""
        return x + super().forward(x, training)

    def backward(self, d_y: Float[np.ndarray, "batch ..."]) -> Float[np.ndarray, "batch ..."]:
        """The gradient goes both ways at once."""
        return d_y + super().backward(d_y)
