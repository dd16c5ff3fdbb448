from collections.abc import Callable

import jax
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hondo.core.backend import keras
from hondo.core.language import use_language
from hondo.scratch.layers.convolution import Conv2D, convolve, convolve_backward
from hondo.scratch.mistakes import Mistake


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    picture=st.tuples(st.integers(1, 3), st.integers(4, 8), st.integers(4, 8), st.integers(1, 3)),
    kernel=st.tuples(st.integers(1, 4), st.integers(1, 4)),
    filters=st.integers(1, 3),
    stride=st.integers(1, 4),
    mode=st.sampled_from(["valid", "same"]),
    seed=st.integers(0, 999),
)
def test_convolution_and_its_gradients_are_keras(
    picture: tuple[int, ...],
    kernel: tuple[int, int],
    filters: int,
    stride: int,
    mode: str,
    seed: int,
    in_keras: Callable,
) -> None:
    rng = np.random.default_rng(seed)
    x, K, b = rng.normal(size=picture), rng.normal(size=(*kernel, picture[3], filters)), rng.normal(size=filters)
    mine = convolve(x, K, b, stride, mode)
    d_y = rng.normal(size=mine.shape)
    y, gradients = in_keras(keras.layers.Conv2D(filters, kernel, stride, mode), d_y, x, K, b)
    np.testing.assert_allclose(mine, y, rtol=1e-10, atol=1e-10)
    ours = convolve_backward(d_y, x, K, stride, mode)
    for one, other in zip((ours.d_x, ours.d_K, ours.d_b), gradients, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-10, atol=1e-10)


def test_a_kernel_may_be_larger_than_the_picture_if_padding_makes_room(
    in_keras: Callable, rng: np.random.Generator
) -> None:
    x, K, b, d_y = (rng.normal(size=s) for s in [(2, 2, 3, 1), (5, 4, 1, 2), (2,), (2, 2, 3, 2)])
    y, (d_x, _, _) = in_keras(keras.layers.Conv2D(2, (5, 4), padding="same"), d_y, x, K, b)
    np.testing.assert_allclose(convolve(x, K, b, 1, "same"), y, rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(convolve_backward(d_y, x, K, 1, "same").d_x, d_x, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize(("stride", "mode"), [(1, "valid"), (2, "same")])
def test_the_layer_computes_with_the_kernels_it_keeps(
    stride: int, mode: str, in_keras: Callable, rng: np.random.Generator
) -> None:
    layer, twin = Conv2D(4, (3, 2), stride, mode), keras.layers.Conv2D(4, (3, 2), stride, mode)
    shape = layer.build((7, 6, 2), rng)
    assert shape == twin.compute_output_shape((None, 7, 6, 2))[1:]
    x, d_y = rng.normal(size=(3, 7, 6, 2)), rng.normal(size=(3, *shape))
    y, (d_x, d_K, d_b) = in_keras(twin, d_y, x, layer.parameters["K"], layer.parameters["b"])
    np.testing.assert_allclose(layer.forward(x), y, rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(layer.backward(d_y), d_x, rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(layer.gradients["K"], d_K, rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(layer.gradients["b"], d_b, rtol=1e-10, atol=1e-10)


def test_kernels_begin_as_the_named_initializer_says_and_biases_at_zero(rng: np.random.Generator) -> None:
    layer = Conv2D(64, (3, 3), init="he_uniform")
    layer.build((8, 8, 16), rng)
    assert layer.parameters["K"].shape == (3, 3, 16, 64)
    assert np.abs(layer.parameters["K"]).max() == pytest.approx(np.sqrt(6 / (3 * 3 * 16)), rel=0.01)
    np.testing.assert_array_equal(layer.parameters["b"], np.zeros(64))


picture, kernel, zero = np.ones((1, 4, 4, 2)), np.ones((3, 3, 2, 1)), np.zeros(1)


@pytest.mark.mistake
@pytest.mark.parametrize(
    ("wrong", "english", "spanish"),
    [
        (
            lambda: convolve(picture, kernel[:, :, :1], zero),
            "2 channels.*kernel is for 1",
            "2 canales.*núcleo es para 1",
        ),
        (lambda: convolve(picture[:, :2], kernel, zero), "window of 3.*not fit into 2", "ventana de 3.*no cabe en 2"),
        (lambda: convolve(picture, kernel, zero, stride=0), "stride 0 does not fit", "paso 0 no cabe"),
        (lambda: convolve(picture, kernel, zero, 1, "full"), "'valid' or 'same', not 'full'", "relleno es .*'full'"),
        (lambda: convolve(picture[0], kernel, zero), "x with axes .batch, height", "x con los ejes .batch, height"),
        (lambda: convolve(picture, kernel[0], zero), "K with axes .height, width", "K con los ejes .height, width"),
        (lambda: convolve(picture, kernel, np.zeros(2)), r"b of shape \(1,\), got \(2,\)", r"b con la forma \(1,\)"),
        (lambda: Conv2D(1).build((16,), np.random.default_rng(0)), "Conv2D needs x with axes", "Conv2D necesita x con"),
        (lambda: Conv2D(1).build((2, 9, 1), np.random.default_rng(0)), "window of 3", "ventana de 3"),
    ],
)
def test_what_does_not_fit_is_refused(wrong: Callable, english: str, spanish: str) -> None:
    with use_language("en"), pytest.raises(Mistake, match=english):
        wrong()
    with use_language("es"), pytest.raises(Mistake, match=spanish):
        wrong()


@pytest.mark.usefixtures("double")
@pytest.mark.parametrize(("stride", "pixels"), [((1, 2), 0), ((3, 1), 2), (2, 1), ((2, 3), 4)])
def test_a_stride_for_each_way_and_padding_in_pixels_are_xlas(
    stride: int | tuple[int, int], pixels: int, rng: np.random.Generator
) -> None:
    x, K = rng.normal(size=(2, 6, 7, 2)), rng.normal(size=(3, 2, 2, 4))
    strides = (stride, stride) if isinstance(stride, int) else stride

    def theirs(x: jax.Array, K: jax.Array) -> jax.Array:
        around = [(pixels, pixels)] * 2
        return jax.lax.conv_general_dilated(x, K, strides, around, dimension_numbers=("NHWC", "HWIO", "NHWC"))

    y, backward = jax.vjp(theirs, x, K)
    d_y = rng.normal(size=y.shape)
    ours = convolve_backward(d_y, x, K, stride, pixels)
    np.testing.assert_allclose(convolve(x, K, np.zeros(4), stride, pixels), y, atol=1e-12)
    for one, other in zip((ours.d_x, ours.d_K), backward(jax.numpy.asarray(d_y)), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-12)
    layer = Conv2D(4, (3, 2), stride, pixels)
    assert layer.build((6, 7, 2), rng) == y.shape[1:]
