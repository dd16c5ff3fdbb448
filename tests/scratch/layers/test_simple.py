from collections.abc import Callable

import jax
import numpy as np
import pytest

from hondo.core.backend import keras
from hondo.core.language import use_language
from hondo.scratch.layers.simple import Activation, Flatten, Softmax
from hondo.scratch.mistakes import Mistake


@pytest.mark.parametrize("name", ["linear", "relu", "leaky_relu", "elu", "gelu", "softplus", "sigmoid", "tanh"])
@pytest.mark.parametrize("shape", [(5, 7), (2, 3, 4, 2)])
def test_activations_and_their_gradients_are_keras(
    name: str, shape: tuple[int, ...], in_keras: Callable, rng: np.random.Generator
) -> None:
    x, d_y = 3 * rng.normal(size=shape), rng.normal(size=shape)
    # Keras itself computes tanh in single precision.
    y, (d_x,) = in_keras(keras.layers.Activation(jax.numpy.tanh if name == "tanh" else name), d_y, x)
    layer = Activation(name)
    assert layer.build(shape[1:], rng) == shape[1:]
    np.testing.assert_allclose(layer.forward(x), y, rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(layer.backward(d_y), d_x, rtol=1e-10, atol=1e-10)


def test_softmax_and_its_gradient_are_keras(in_keras: Callable, rng: np.random.Generator) -> None:
    x, d_y = 3 * rng.normal(size=(6, 4)), rng.normal(size=(6, 4))
    y, (d_x,) = in_keras(keras.layers.Softmax(), d_y, x)
    layer = Softmax()
    assert layer.build((4,), rng) == (4,)
    np.testing.assert_allclose(layer.forward(x), y, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(layer.backward(d_y), d_x, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("shape", [(3, 4), (2, 3, 4, 2), (2, 1)])
def test_flatten_and_its_gradient_are_keras(
    shape: tuple[int, ...], in_keras: Callable, rng: np.random.Generator
) -> None:
    x = rng.normal(size=shape)
    layer = Flatten()
    assert layer.build(shape[1:], rng) == (x.size // len(x),)
    d_y = rng.normal(size=(len(x), x.size // len(x)))
    y, (d_x,) = in_keras(keras.layers.Flatten(), d_y, x)
    np.testing.assert_array_equal(layer.forward(x), y)
    np.testing.assert_array_equal(layer.backward(d_y), d_x)


@pytest.mark.mistake
def test_an_unknown_activation_is_refused_with_the_nearest() -> None:
    with use_language("en"), pytest.raises(Mistake, match=r"no activation 'rleu'(.|\n)*relu"):
        Activation("rleu")
    with use_language("es"), pytest.raises(Mistake, match=r"no existe la activación 'rleu'(.|\n)*relu"):
        Activation("rleu")
