"""Smooth activations: Keras's and SciPy's values, slopes as derivatives, and no overflow anywhere."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import special, stats
from tests.scratch.differences import slopes
from tests.scratch.refusals import assert_refused

from hondo.core.backend import keras
from hondo.scratch.activations import smooth

NAMES = ("sigmoid", "tanh", "softplus", "elu", "gelu")
ALL = [name + ending for name in NAMES for ending in ("", "_derivative")]
Z = np.array([[-30.0, -4.0, -2.5, -0.5], [1e-3, 0.7, 3.0, 40.0]])

KERAS: dict[str, Callable[[Any], Any]] = {
    "sigmoid": keras.activations.sigmoid,
    "tanh": lambda z: z - keras.activations.tanh_shrink(z),  # its own tanh computes float64 in float32
    "softplus": keras.activations.softplus,
    "elu": keras.activations.elu,
    "gelu": lambda z: keras.activations.gelu(z, approximate=False),
}
SCIPY: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "sigmoid": special.expit,
    "tanh": lambda z: 2 * special.expit(2 * z) - 1,
    "softplus": lambda z: np.logaddexp(0, z),
    "elu": lambda z: np.maximum(z, 0) + special.expm1(np.minimum(z, 0)),
    "gelu": lambda z: z * stats.norm.cdf(z),
}


@pytest.mark.parametrize("name", NAMES)
def test_values_are_keras_and_scipys(name: str, double: None) -> None:
    z = np.append(Z, 0.0)
    values = getattr(smooth, name)(z)
    np.testing.assert_allclose(values, KERAS[name](z), rtol=1e-11, atol=1e-14)
    np.testing.assert_allclose(values, SCIPY[name](z), rtol=1e-11, atol=1e-14)


@pytest.mark.parametrize("name", NAMES)
def test_derivatives_are_the_slopes_and_jaxs(name: str, double: None) -> None:
    derivative = getattr(smooth, f"{name}_derivative")(Z)
    np.testing.assert_allclose(np.diag(derivative.ravel()), slopes(getattr(smooth, name), Z.ravel(), 1e-5), atol=1e-6)
    slope = jax.grad(lambda z: jnp.sum(KERAS[name](z)))
    np.testing.assert_allclose(derivative, slope(jnp.asarray(Z)), rtol=1e-10, atol=1e-14)
    np.testing.assert_allclose(getattr(smooth, f"{name}_derivative")(np.zeros(1)), slope(jnp.zeros(1)), rtol=1e-12)


@pytest.mark.parametrize("alpha", [0.3, 1.0, 2.0])
def test_elu_bends_towards_minus_alpha(alpha: float, double: None) -> None:
    np.testing.assert_allclose(smooth.elu(Z, alpha), keras.activations.elu(Z, alpha), rtol=1e-12)
    assert smooth.elu(np.array([-50.0]), alpha)[0] == pytest.approx(-alpha)
    numeric = np.diag(slopes(lambda z: smooth.elu(z, alpha), Z.ravel(), 1e-5)).reshape(Z.shape)
    np.testing.assert_allclose(smooth.elu_derivative(Z, alpha), numeric, atol=1e-6)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", ALL)
@given(data=st.data())
def test_whatever_comes_the_answer_is_a_number_of_the_same_precision(
    name: str, dtype: type, data: st.DataObject
) -> None:
    bits = np.finfo(dtype).bits
    z = data.draw(hnp.arrays(dtype, 3, elements=st.floats(allow_nan=False, allow_infinity=False, width=bits)))
    answer = getattr(smooth, name)(z)  # a warning of overflow would be an error here
    assert answer.dtype == dtype
    assert np.isfinite(answer).all()


@pytest.mark.parametrize("name", ALL)
def test_shape_and_input_are_kept(name: str) -> None:
    z = np.linspace(-3, 3, 24).reshape(2, 3, 4)
    before = z.copy()
    assert getattr(smooth, name)(z).shape == z.shape
    np.testing.assert_array_equal(z, before)


@given(hnp.arrays(np.float64, 5, elements=st.floats(-1e300, 1e300)))
def test_sigmoids_of_opposite_numbers_sum_to_1(z: np.ndarray) -> None:
    np.testing.assert_allclose(smooth.sigmoid(z) + smooth.sigmoid(-z), 1, rtol=1e-15)
    assert (smooth.sigmoid_derivative(z) <= 0.25).all()


def test_even_a_tiny_probability_is_exact() -> None:
    z = np.array([-700.0, -400.0, -40.0])
    np.testing.assert_allclose(smooth.sigmoid(z), np.exp(z), rtol=1e-12)
    np.testing.assert_allclose(smooth.softplus(z), np.exp(z), rtol=1e-12)


def test_infinity_has_its_limits() -> None:
    ends = np.array([-np.inf, np.inf])
    np.testing.assert_array_equal(smooth.sigmoid(ends), [0, 1])
    np.testing.assert_array_equal(smooth.tanh(ends), [-1, 1])
    np.testing.assert_array_equal(smooth.elu(ends), [-1, np.inf])
    np.testing.assert_array_equal(smooth.softplus(ends), [0, np.inf])


@pytest.mark.mistake
@pytest.mark.parametrize("name", ALL)
def test_integers_are_refused(name: str) -> None:
    assert_refused(
        lambda: getattr(smooth, name)(np.array([-1, 2])),
        "needs z in floating point, got int64", "necesita z en coma flotante, llegó int64",
    )  # fmt: skip
