from collections.abc import Callable

import jax
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hondo.core.backend import keras
from hondo.core.language import use_language
from hondo.scratch.layers.pooling import (
    AveragePooling2D,
    MaxPooling2D,
    average_pool,
    average_pool_backward,
    max_pool,
    max_pool_backward,
)
from hondo.scratch.mistakes import Mistake

KINDS = {
    "max": (max_pool, max_pool_backward, keras.layers.MaxPooling2D),
    "average": (average_pool, average_pool_backward, keras.layers.AveragePooling2D),
}


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    picture=st.tuples(st.integers(1, 3), st.integers(4, 8), st.integers(4, 8), st.integers(1, 3)),
    size=st.integers(1, 4),
    stride=st.integers(1, 4),
    mode=st.sampled_from(["valid", "same"]),
    seed=st.integers(0, 999),
)
def test_pooling_and_its_gradient_are_keras(
    kind: str, picture: tuple[int, ...], size: int, stride: int, mode: str, seed: int, in_keras: Callable
) -> None:
    pool, backward, layer = KINDS[kind]
    rng = np.random.default_rng(seed)
    x = rng.normal(size=picture) - 5  # all negative, so that a padding of zeros would win and weigh
    mine = pool(x, size, stride, mode)
    d_y = rng.normal(size=mine.shape)
    y, (d_x,) = in_keras(layer(size, stride, mode), d_y, x)
    np.testing.assert_allclose(mine, y, rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(backward(d_y, x, size, stride, mode), d_x, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize(("size", "stride", "mode"), [(2, 2, "valid"), (3, 2, "same"), (3, 1, "valid")])
@pytest.mark.parametrize(
    ("ours", "theirs"),
    [(MaxPooling2D, keras.layers.MaxPooling2D), (AveragePooling2D, keras.layers.AveragePooling2D)],
)
def test_the_layers_pool_like_keras(
    ours: type, theirs: type, size: int, stride: int, mode: str, in_keras: Callable, rng: np.random.Generator
) -> None:
    layer, twin = ours(size, stride, mode), theirs(size, stride, mode)
    shape = layer.build((5, 6, 2), rng)
    assert shape == twin.compute_output_shape((None, 5, 6, 2))[1:]
    x, d_y = rng.normal(size=(3, 5, 6, 2)), rng.normal(size=(3, *shape))
    y, (d_x,) = in_keras(twin, d_y, x)
    np.testing.assert_allclose(layer.forward(x), y, rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(layer.backward(d_y), d_x, rtol=1e-10, atol=1e-10)
    assert layer.parameters == {}


@pytest.mark.parametrize(("size", "stride"), [(2, 2), (3, 1), (3, 2)])
def test_of_equal_pixels_the_first_wins(size: int, stride: int, rng: np.random.Generator) -> None:
    x = rng.integers(0, 2, (1, 7, 7, 1)).astype(float)
    d_y = rng.normal(size=max_pool(x, size, stride).shape)
    expected = np.zeros_like(x)
    for h, w in np.ndindex(d_y.shape[1:3]):
        pixels = [(h * stride + i, w * stride + j) for i in range(size) for j in range(size)]
        greatest = max(x[0, i, j, 0] for i, j in pixels)
        first = next((i, j) for i, j in pixels if x[0, i, j, 0] == greatest)
        expected[0, *first, 0] += d_y[0, h, w, 0]
    np.testing.assert_allclose(max_pool_backward(d_y, x, size, stride), expected, rtol=1e-12, atol=1e-12)


@pytest.mark.mistake
@pytest.mark.parametrize("pool", [max_pool, average_pool])
@pytest.mark.parametrize(
    ("x", "options", "english", "spanish"),
    [
        (np.ones((2, 4, 4)), {}, "x with axes .batch, height, width, channels", "x con los ejes .batch, height"),
        (np.ones((1, 4, 4, 1)), {"size": 5}, "window of 5.*not fit into 4", "ventana de 5.*no cabe en 4"),
        (np.ones((1, 4, 4, 1)), {"mode": "half"}, "'valid' or 'same', not 'half'", "relleno es .*'half'"),
        (np.ones((1, 4, 4, 1), np.uint8), {}, "floating point, got uint8", "coma flotante, llegó uint8"),
    ],
)
def test_what_is_no_picture_and_what_does_not_fit_is_refused(
    pool: Callable, x: np.ndarray, options: dict, english: str, spanish: str
) -> None:
    with use_language("en"), pytest.raises(Mistake, match=english):
        pool(x, **options)
    with use_language("es"), pytest.raises(Mistake, match=spanish):
        pool(x, **options)


@pytest.mark.usefixtures("double")
def test_a_stride_for_each_way_and_padding_in_pixels_are_xlas(rng: np.random.Generator) -> None:
    x = rng.normal(size=(2, 6, 7, 3))

    def theirs(x: jax.Array) -> jax.Array:
        around = [(0, 0), (1, 1), (1, 1), (0, 0)]
        return jax.lax.reduce_window(x, -np.inf, jax.lax.max, (1, 3, 3, 1), (1, 1, 2, 1), around)

    y, backward = jax.vjp(theirs, x)
    d_y = rng.normal(size=y.shape)
    np.testing.assert_array_equal(max_pool(x, 3, (1, 2), 1), y)
    np.testing.assert_allclose(max_pool_backward(d_y, x, 3, (1, 2), 1), backward(jax.numpy.asarray(d_y))[0], atol=1e-12)
    assert MaxPooling2D(3, (1, 2), 1).build((6, 7, 3), rng) == y.shape[1:]
