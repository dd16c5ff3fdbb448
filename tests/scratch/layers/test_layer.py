"""What holds for every layer: its gradients are the slopes, and it asks for a forward pass first."""

from collections.abc import Callable

import numpy as np
import pytest

from hondo.core.language import use_language
from hondo.scratch.layers.batch_normalization import BatchNormalization
from hondo.scratch.layers.chain import Chain
from hondo.scratch.layers.convolution import Conv2D
from hondo.scratch.layers.dense import Dense
from hondo.scratch.layers.dropout import Dropout
from hondo.scratch.layers.layer import Layer
from hondo.scratch.layers.pooling import AveragePooling2D, MaxPooling2D
from hondo.scratch.layers.residual import Residual
from hondo.scratch.layers.simple import Activation, Flatten, Softmax
from hondo.scratch.mistakes import Mistake

LAYERS: dict[str, tuple[Callable[[], Layer], tuple[int, ...]]] = {
    "dense": (lambda: Dense(3), (4,)),
    "conv": (lambda: Conv2D(2, (2, 3)), (4, 5, 2)),
    "conv, padded and with stride": (lambda: Conv2D(2, (3, 2), 2, "same"), (4, 5, 2)),
    "max pooling": (lambda: MaxPooling2D(), (4, 4, 2)),
    "max pooling, overlapping": (lambda: MaxPooling2D(3, 2, "same"), (4, 5, 2)),
    "average pooling": (lambda: AveragePooling2D(), (4, 4, 2)),
    "average pooling, overlapping": (lambda: AveragePooling2D(3, 1, "same"), (4, 5, 2)),
    "batch normalisation": (lambda: BatchNormalization(), (3, 2)),
    "dropout": (lambda: Dropout(0.4), (8,)),
    "flatten": (lambda: Flatten(), (2, 3)),
    "softmax": (lambda: Softmax(), (4,)),
    "activation": (lambda: Activation("gelu"), (2, 3)),
    "residual": (lambda: Residual([Dense(3), Activation("tanh")]), (3,)),
    "chain": (lambda: Chain([Conv2D(2), Activation("relu"), Flatten(), Dense(2)]), (4, 4, 1)),
}


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("kind", LAYERS)
def test_the_gradients_of_every_layer_are_the_slopes_of_its_output(
    kind: str, training: bool, slopes: Callable, rng: np.random.Generator
) -> None:
    make, shape = LAYERS[kind]
    x = rng.normal(size=(3, *shape))

    def fresh(changed: dict[str, np.ndarray]) -> Layer:
        """The same layer each time, dropout's mask included."""
        layer = make()
        layer.build(shape, np.random.default_rng(1))
        layer.parameters = {**layer.parameters, **changed}
        return layer

    parameters = {name: w + 0.1 * rng.normal(size=w.shape) for name, w in fresh({}).parameters.items()}
    layer = fresh(parameters)
    d_y = rng.normal(size=layer.forward(x, training).shape)
    d_x = layer.backward(d_y)

    def loss(x: np.ndarray, **changed: np.ndarray) -> float:
        return float((fresh(parameters | changed).forward(x, training) * d_y).sum())

    np.testing.assert_allclose(d_x, slopes(loss, x), rtol=1e-6, atol=1e-8)
    assert layer.gradients.keys() == parameters.keys()
    for name, w in parameters.items():
        measured = slopes(lambda w, name=name: loss(x, **{name: w}), w)
        np.testing.assert_allclose(layer.gradients[name], measured, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("kind", LAYERS)
def test_a_layer_says_which_shape_it_gives_and_leaves_its_input_as_it_was(kind: str, rng: np.random.Generator) -> None:
    make, shape = LAYERS[kind]
    layer, x = make(), rng.normal(size=(3, *shape))
    out, before = layer.build(shape, rng), x.copy()
    y = layer.forward(x, training=True)
    assert y.shape == (3, *out)
    layer.backward(rng.normal(size=y.shape))
    np.testing.assert_array_equal(x, before)


def test_a_layer_of_ones_own_needs_forward_and_backward(rng: np.random.Generator) -> None:
    layer, x = Layer(), np.ones((1, 2))
    assert layer.build((2,), rng) == (2,)
    assert layer.parameters == layer.gradients == {}
    with pytest.raises(NotImplementedError):
        layer.forward(x)
    with pytest.raises(NotImplementedError):
        layer.backward(x)


def test_what_forward_kept_is_remembered() -> None:
    layer = Flatten()
    x = np.ones((1, 2, 3))
    layer.forward(x)
    assert layer.remembered("x") is x


@pytest.mark.mistake
@pytest.mark.parametrize("kind", LAYERS)
def test_backward_before_forward_is_refused(kind: str) -> None:
    make, shape = LAYERS[kind]
    layer = make()
    out = layer.build(shape, np.random.default_rng(0))
    with use_language("en"), pytest.raises(Mistake, match=r"(\w+)\.backward came before \1\.forward"):
        layer.backward(np.ones((1, *out)))
    with use_language("es"), pytest.raises(Mistake, match=r"(\w+)\.backward llegó antes que \1\.forward"):
        layer.backward(np.ones((1, *out)))
