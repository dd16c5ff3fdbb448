"""A network: a chain of layers, built for a shape and a seed, and the two networks that the guide begins with."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float, Int

from hondo.scratch.layers.chain import Chain
from hondo.scratch.layers.convolution import Conv2D
from hondo.scratch.layers.dense import Dense
from hondo.scratch.layers.layer import Layer
from hondo.scratch.layers.pooling import MaxPooling2D
from hondo.scratch.layers.simple import Activation, Flatten


class Network(Chain):
    """Layers that are ready to compute.

    Args:
        layers: in the order of the forward pass.
        input_shape: of one sample.
        seed: of the first weights and of dropout's masks; equal seeds give equal networks.

    Example:
        >>> network = Network([Dense(3), Activation("tanh"), Dense(1)], input_shape=(2,))
        >>> network.output_shape, {name: value.shape for name, value in network.parameters.items()}
        ((1,), {'0.W': (2, 3), '0.b': (3,), '2.W': (3, 1), '2.b': (1,)})
    """

    def __init__(self, layers: Sequence[Layer], input_shape: tuple[int, ...], seed: int = 0) -> None:
        super().__init__(layers)
        self.input_shape = input_shape
        self.output_shape = self.build(input_shape, np.random.default_rng(seed))

    def predict(self, x: Float[np.ndarray, "batch ..."], batch_size: int = 1024) -> Float[np.ndarray, "batch ..."]:
        """The output for any number of samples, some at a time so that memory stays small."""
        parts = [self.forward(x[start : start + batch_size]) for start in range(0, max(len(x), 1), batch_size)]
        return np.concatenate(parts)

    def classify(self, x: Float[np.ndarray, "batch ..."]) -> Int[np.ndarray, " batch"]:
        """The class with the greatest score for each sample."""
        return self.predict(x).argmax(axis=-1)


def mlp(sizes: Sequence[int], activation: str = "relu", init: str = "he_uniform", seed: int = 0) -> Network:
    """A multilayer perceptron that gives scores: an activation after each dense layer but the last.

    Args:
        sizes: inputs, hidden layers, outputs; ``(784, 128, 10)``.
        activation, init: by name.
        seed: of the first weights.

    Example:
        >>> len(mlp((2, 3, 1)).layers)
        3
    """
    layers: list[Layer] = []
    for units in sizes[1:]:
        layers += [Dense(units, init), Activation(activation)]
    return Network(layers[:-1], (sizes[0],), seed)


def cnn(input_shape: tuple[int, int, int], classes: int, filters: Sequence[int] = (16, 32), seed: int = 0) -> Network:
    """A small convolutional network that gives scores: convolution, ReLU and pooling for each number of filters.

    Args:
        input_shape: height, width, channels.
        classes: how many scores.
        filters: of each block; each halves height and width.
        seed: of the first weights.

    Example:
        >>> cnn((8, 8, 1), 10).output_shape
        (10,)
    """
    layers: list[Layer] = []
    for count in filters:
        layers += [Conv2D(count, (3, 3), mode="same", init="he_uniform"), Activation("relu"), MaxPooling2D()]
    return Network([*layers, Flatten(), Dense(classes)], input_shape, seed)
