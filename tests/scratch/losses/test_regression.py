"""Losses for quantities beside Keras, and gradients beside slopes and JAX."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from tests.scratch.differences import slopes
from tests.scratch.refusals import assert_refused

from hondo.core.backend import keras
from hondo.scratch.losses import regression

NAMES = ("mean_squared_error", "mean_absolute_error", "huber")
KERAS: dict[str, Callable[[], Any]] = {
    "mean_squared_error": keras.losses.MeanSquaredError,
    "mean_absolute_error": keras.losses.MeanAbsoluteError,
    "huber": keras.losses.Huber,
}


@pytest.fixture
def pair(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Predictions and targets; errors on both sides of 1, none at a corner."""
    y = rng.normal(size=(4, 3))
    return y + rng.choice([-2.5, -0.4, 0.3, 1.7], (4, 3)) + rng.uniform(0, 0.1, (4, 3)), y


Pair = tuple[np.ndarray, np.ndarray]


@pytest.mark.parametrize("name", NAMES)
def test_values_and_gradients_are_keras(name: str, pair: Pair, double: None) -> None:
    predicted, y = pair
    loss = KERAS[name]()
    value, gradient = jax.value_and_grad(lambda p: loss(y, p))(jnp.asarray(predicted))
    assert getattr(regression, name)(predicted, y) == pytest.approx(float(value), rel=1e-12)
    np.testing.assert_allclose(getattr(regression, f"{name}_gradient")(predicted, y), gradient, rtol=1e-10)


@pytest.mark.parametrize("name", NAMES)
def test_gradients_are_the_slopes(name: str, pair: Pair) -> None:
    predicted, y = pair
    numeric = slopes(lambda p: getattr(regression, name)(p, y), predicted, 1e-5)
    np.testing.assert_allclose(getattr(regression, f"{name}_gradient")(predicted, y), numeric, atol=1e-6)


@pytest.mark.parametrize("delta", [0.1, 1.0, 2.0, 50.0])
def test_huber_turns_at_delta(delta: float, pair: Pair, double: None) -> None:
    predicted, y = pair
    loss = keras.losses.Huber(delta)
    value, gradient = jax.value_and_grad(lambda p: loss(y, p))(jnp.asarray(predicted))
    assert regression.huber(predicted, y, delta) == pytest.approx(float(value), rel=1e-12)
    np.testing.assert_allclose(regression.huber_gradient(predicted, y, delta), gradient, rtol=1e-10)
    numeric = slopes(lambda p: regression.huber(p, y, delta), predicted, 1e-5)
    np.testing.assert_allclose(regression.huber_gradient(predicted, y, delta), numeric, atol=1e-6)


def test_huber_is_half_the_square_near_and_delta_times_the_distance_far(pair: Pair) -> None:
    predicted, y = pair
    assert regression.huber(predicted, y, 100.0) == pytest.approx(regression.mean_squared_error(predicted, y) / 2)
    tiny = regression.huber(predicted, y, 1e-6)
    assert tiny == pytest.approx(1e-6 * regression.mean_absolute_error(predicted, y), rel=1e-5)


@pytest.mark.parametrize("name", NAMES)
def test_an_exact_prediction_costs_nothing_and_pulls_nowhere(name: str) -> None:
    y = np.array([[1.0, -2.0]])
    assert getattr(regression, name)(y.copy(), y) == 0
    np.testing.assert_array_equal(getattr(regression, f"{name}_gradient")(y.copy(), y), [[0, 0]])


def test_a_mistake_ten_times_as_large_weighs_a_hundred_times_as_much() -> None:
    one, ten, y = np.array([1.5]), np.array([15.0]), np.zeros(1)
    ratios = [getattr(regression, name)(ten, y) / getattr(regression, name)(one, y) for name in NAMES[:2]]
    assert ratios == pytest.approx([100, 10])


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("lengths", [(5,), (5, 1), (2, 3, 4)])
def test_any_shape_and_precision(name: str, lengths: tuple[int, ...], rng: np.random.Generator) -> None:
    for dtype in (np.float32, np.float64):
        predicted, y = (rng.normal(size=lengths).astype(dtype) for _ in range(2))
        gradient = getattr(regression, f"{name}_gradient")(predicted, y)
        assert gradient.shape == lengths
        assert gradient.dtype == dtype
        assert type(getattr(regression, name)(predicted, y)) is float


@pytest.mark.mistake
@pytest.mark.parametrize("name", [name + ending for name in NAMES for ending in ("", "_gradient")])
def test_shapes_that_would_be_broadcast(name: str) -> None:
    function = getattr(regression, name)
    assert_refused(
        lambda: function(np.zeros((4, 1)), np.zeros(4)),
        f"{name} needs predicted and y of the same shape, got (4, 1) and (4,) … Write y.reshape(predicted.shape)",
        f"{name} necesita predicted y y con la misma forma, llegaron (4, 1) y (4,) … y.reshape(predicted.shape)",
    )
    assert_refused(
        lambda: function(np.zeros(2), np.zeros(2, int)),
        f"{name} needs y in floating point, got int64", f"{name} necesita y en coma flotante, llegó int64",
    )  # fmt: skip
    assert_refused(
        lambda: function(np.zeros(2, np.float32), np.zeros(2)),
        f"{name} needs arrays of one precision, got predicted float32, y float64",
        f"{name} necesita arrays de una misma precisión, llegaron predicted float32, y float64",
    )


@pytest.mark.mistake
@pytest.mark.parametrize("function", [regression.huber, regression.huber_gradient])
@pytest.mark.parametrize("delta", [0.0, -1.0])
def test_delta_is_positive(function: Callable[..., Any], delta: float) -> None:
    name = function.__name__
    assert_refused(
        lambda: function(np.zeros(2), np.zeros(2), delta),
        f"{name} needs delta in (0, inf), got {delta}", f"{name} necesita delta en (0, inf), llegó {delta}",
    )  # fmt: skip
