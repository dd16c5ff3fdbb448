from collections.abc import Callable

import jax
import numpy as np
import pytest

from hondo.core.backend import keras
from hondo.core.language import use_language
from hondo.scratch.layers.convolution import Conv2D
from hondo.scratch.layers.dense import Dense
from hondo.scratch.layers.residual import Residual
from hondo.scratch.layers.simple import Activation
from hondo.scratch.mistakes import Mistake


def test_a_residual_block_and_its_gradients_are_those_of_the_formula_on_keras(
    pull_back: Callable, rng: np.random.Generator
) -> None:
    block = Residual([Conv2D(2, (3, 3), mode="same"), Activation("tanh"), Conv2D(2, (3, 3), mode="same")])
    assert block.build((5, 4, 2), rng) == (5, 4, 2)
    block.parameters = {name: rng.normal(size=value.shape) for name, value in block.parameters.items()}
    x, d_y = rng.normal(size=(2, 3, 5, 4, 2))

    def formula(x: jax.Array, K_0: jax.Array, b_0: jax.Array, K_2: jax.Array, b_2: jax.Array) -> jax.Array:
        inner = jax.numpy.tanh(keras.ops.conv(x, K_0, 1, "same") + b_0)
        return x + keras.ops.conv(inner, K_2, 1, "same") + b_2

    y, (d_x, *gradients) = pull_back(formula, d_y, x, *(block.parameters[n] for n in ("0.K", "0.b", "2.K", "2.b")))
    np.testing.assert_allclose(block.forward(x), y, rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(block.backward(d_y), d_x, rtol=1e-10, atol=1e-10)
    for name, gradient in zip(("0.K", "0.b", "2.K", "2.b"), gradients, strict=True):
        np.testing.assert_allclose(block.gradients[name], gradient, rtol=1e-10, atol=1e-10)


def test_around_layers_that_say_nothing_the_gradient_goes_unchanged(rng: np.random.Generator) -> None:
    block = Residual([Dense(3, init="zeros")])
    block.build((3,), rng)
    x, d_y = rng.normal(size=(2, 4, 3))
    np.testing.assert_array_equal(block.forward(x), x)
    np.testing.assert_array_equal(block.backward(d_y), d_y)


@pytest.mark.mistake
@pytest.mark.parametrize(("inside", "shape"), [(Dense(2), (3,)), (Conv2D(1), (5, 5, 1)), (Conv2D(4), (5, 5, 1))])
def test_shapes_that_cannot_be_added_are_refused(inside: Dense | Conv2D, shape: tuple[int, ...]) -> None:
    with use_language("en"), pytest.raises(Mistake, match=r"residual sum needs equal shapes, .* came in and .* out"):
        Residual([inside]).build(shape, np.random.default_rng(0))
    with use_language("es"), pytest.raises(Mistake, match=r"suma residual necesita formas iguales, entró .* y salió"):
        Residual([inside]).build(shape, np.random.default_rng(0))
