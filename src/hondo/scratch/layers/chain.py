"""Layers one after another: forwards in order, backwards in reverse. That is all that backpropagation is.

    y = f₃(f₂(f₁(x)))        ∂L/∂x = ∂L/∂y through f₃, then f₂, then f₁

Source: D. Rumelhart, G. Hinton, R. Williams, *Learning representations by back-propagating errors*, Nature 323 (1986).
"""

from collections.abc import Mapping, Sequence

import numpy as np
from jaxtyping import Float

from hondo.scratch.layers.layer import Layer


class Chain(Layer):
    """A sequence of layers that is itself a layer.

    The parameters of the layer at place 2 are known here as ``2.W``, ``2.b`` …

    Args:
        layers: in the order of the forward pass.
    """

    def __init__(self, layers: Sequence[Layer]) -> None:
        self.layers = list(layers)

    def build(self, shape: tuple[int, ...], rng: np.random.Generator) -> tuple[int, ...]:
        """Build each layer for what the one before it gives."""
        for layer in self.layers:
            shape = layer.build(shape, rng)
        return shape

    def forward(self, x: Float[np.ndarray, "batch ..."], training: bool = False) -> Float[np.ndarray, "batch ..."]:
        """Through all layers, in order."""
        for layer in self.layers:
            x = layer.forward(x, training)
        return x

    def backward(self, d_y: Float[np.ndarray, "batch ..."]) -> Float[np.ndarray, "batch ..."]:
        """Through all layers, in reverse."""
        for layer in reversed(self.layers):
            d_y = layer.backward(d_y)
        return d_y

    # A chain keeps no parameters of its own: both are collected from the layers inside, hence properties.
    @property
    def parameters(self) -> dict[str, np.ndarray]:  # pyright: ignore[reportIncompatibleVariableOverride]
        """All parameters by place and name."""
        return self._all("parameters")

    @parameters.setter
    def parameters(self, values: Mapping[str, np.ndarray]) -> None:  # pyright: ignore[reportIncompatibleVariableOverride]
        for place, layer in enumerate(self.layers):
            layer.parameters = {name: values[f"{place}.{name}"] for name in layer.parameters}

    @property
    def gradients(self) -> dict[str, np.ndarray]:  # pyright: ignore[reportIncompatibleVariableOverride]
        """All gradients of the last backward pass, under the same names."""
        return self._all("gradients")

    def _all(self, kind: str) -> dict[str, np.ndarray]:
        return {
            f"{place}.{name}": value
            for place, layer in enumerate(self.layers)
            for name, value in getattr(layer, kind).items()
        }
