"""Straight pieces: Keras's values, the slopes that one sees, and at the corner the left one."""

from collections.abc import Callable

import numpy as np
import pytest
from tests.scratch.differences import slopes
from tests.scratch.refusals import assert_refused

from hondo.core.backend import keras
from hondo.scratch.activations import piecewise

Function = Callable[[np.ndarray], np.ndarray]
NAMES = ("step", "linear", "relu", "leaky_relu")
Z = np.array([[-30.0, -2.5, -1e-3], [1e-3, 0.7, 40.0]])  # away from the corner


@pytest.mark.parametrize("name", NAMES[1:])
def test_values_are_keras(name: str, double: None) -> None:
    z = np.append(Z, 0.0)
    np.testing.assert_allclose(getattr(piecewise, name)(z), getattr(keras.activations, name)(z), rtol=1e-12)


def test_a_step_is_heavisides() -> None:
    z = np.append(Z, [0.0, -0.0])
    np.testing.assert_array_equal(piecewise.step(z), np.heaviside(z, 1))


@pytest.mark.parametrize("slope", [0.0, 0.01, 0.3, 1.0])
def test_a_leaky_relu_leaks_as_much_as_it_is_told(slope: float, double: None) -> None:
    expected = keras.activations.leaky_relu(Z, negative_slope=slope)
    np.testing.assert_allclose(piecewise.leaky_relu(Z, slope), expected, rtol=1e-12)
    numeric = np.diag(slopes(lambda z: piecewise.leaky_relu(z, slope), Z.ravel(), 1e-5)).reshape(Z.shape)
    np.testing.assert_allclose(piecewise.leaky_relu_derivative(Z, slope), numeric, atol=1e-6)


def test_no_leak_is_relu_and_a_whole_one_is_linear() -> None:
    np.testing.assert_array_equal(piecewise.leaky_relu(Z, 0.0), piecewise.relu(Z))
    np.testing.assert_array_equal(piecewise.leaky_relu(Z, 1.0), piecewise.linear(Z))


@pytest.mark.parametrize("name", NAMES)
def test_derivatives_are_the_slopes(name: str) -> None:
    function, derivative = getattr(piecewise, name), getattr(piecewise, f"{name}_derivative")
    numeric = slopes(function, Z.ravel(), 1e-5)
    np.testing.assert_allclose(np.diag(derivative(Z).ravel()), numeric, atol=1e-6)


@pytest.mark.parametrize(("name", "left"), [("linear", 1.0), ("relu", 0.0), ("leaky_relu", 0.2)])
def test_at_the_corner_the_left_derivative_is_taken(name: str, left: float) -> None:
    corner = np.zeros(1)
    function, derivative = getattr(piecewise, name), getattr(piecewise, f"{name}_derivative")
    assert (function(corner) - function(corner - 1e-3))[0] / 1e-3 == pytest.approx(left)
    assert derivative(corner)[0] == pytest.approx(left)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("name", [name + ending for name in NAMES for ending in ("", "_derivative")])
def test_shape_and_precision_are_kept_and_the_input_too(name: str, dtype: type) -> None:
    z = np.linspace(-3, 3, 24).reshape(2, 3, 4).astype(dtype)
    before = z.copy()
    answer = getattr(piecewise, name)(z)
    assert answer.dtype == dtype
    assert answer.shape == z.shape
    np.testing.assert_array_equal(z, before)


@pytest.mark.mistake
@pytest.mark.parametrize("name", [name + ending for name in NAMES for ending in ("", "_derivative")])
def test_integers_are_refused(name: str) -> None:
    assert_refused(
        lambda: getattr(piecewise, name)(np.array([-1, 2])),
        f"{name} needs z in floating point, got int64", f"{name} necesita z en coma flotante, llegó int64",
    )  # fmt: skip


@pytest.mark.mistake
@pytest.mark.parametrize("function", [piecewise.leaky_relu, piecewise.leaky_relu_derivative])
@pytest.mark.parametrize("slope", [-0.1, 1.5])
def test_a_slope_is_a_share(function: Callable[..., np.ndarray], slope: float) -> None:
    assert_refused(
        lambda: function(Z, slope),
        f"{function.__name__} needs negative_slope in [0, 1], got {slope}",
        f"{function.__name__} necesita negative_slope en [0, 1], llegó {slope}",
    )
