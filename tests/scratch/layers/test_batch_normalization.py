from collections.abc import Callable

import jax.numpy as jnp
import numpy as np
import pytest

from hondo.core.backend import keras
from hondo.core.language import use_language
from hondo.scratch.layers.batch_normalization import (
    BatchNormalization,
    batch_normalize,
    batch_normalize_backward,
    statistics,
)
from hondo.scratch.mistakes import Mistake

SHAPES = [(6, 3), (4, 5, 3, 2)]


@pytest.mark.parametrize("shape", SHAPES)
def test_statistics_are_those_of_each_channel(shape: tuple[int, ...], rng: np.random.Generator) -> None:
    x = rng.normal(size=shape)
    mean, variance = statistics(x)
    for channel in range(shape[-1]):
        numbers = x[..., channel].ravel().tolist()
        average = sum(numbers) / len(numbers)
        assert mean[channel] == pytest.approx(average, rel=1e-12)
        assert variance[channel] == pytest.approx(sum((n - average) ** 2 for n in numbers) / len(numbers), rel=1e-12)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_functions_and_their_gradients_follow_the_formula_on_jax(
    shape: tuple[int, ...], pull_back: Callable, rng: np.random.Generator
) -> None:
    x, d_y = rng.normal(2, 3, shape), rng.normal(size=shape)
    gamma, beta = rng.normal(size=(2, shape[-1]))
    axes = tuple(range(len(shape) - 1))

    def formula(x: jnp.ndarray, gamma: jnp.ndarray, beta: jnp.ndarray) -> jnp.ndarray:
        return gamma * (x - x.mean(axes)) / jnp.sqrt(x.var(axes) + 0.01) + beta

    y, gradients = pull_back(formula, d_y, x, gamma, beta)
    np.testing.assert_allclose(batch_normalize(x, gamma, beta, *statistics(x), 0.01), y, rtol=1e-10, atol=1e-10)
    ours = batch_normalize_backward(d_y, x, gamma, 0.01)
    for mine, theirs in zip((ours.d_x, ours.d_gamma, ours.d_beta), gradients, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("shape", SHAPES)
def test_the_layer_follows_keras_over_several_steps(
    shape: tuple[int, ...], training: bool, in_keras: Callable, rng: np.random.Generator
) -> None:
    layer, twin = BatchNormalization(0.8, 0.02), keras.layers.BatchNormalization(momentum=0.8, epsilon=0.02)
    assert layer.build(shape[1:], rng) == shape[1:]
    twin.build((None, *shape[1:]))
    gamma, beta = rng.normal(size=(2, shape[-1]))
    layer.parameters = {"gamma": gamma, "beta": beta}
    twin.gamma.assign(gamma)
    twin.beta.assign(beta)
    for step in range(5):
        x, d_y = rng.normal(step, 1 + step, shape), rng.normal(size=shape)
        state = [np.asarray(twin.moving_mean.value), np.asarray(twin.moving_variance.value)]
        y, (d_x, d_gamma, d_beta) = in_keras(twin, d_y, x, gamma, beta, state=state, training=training)
        np.testing.assert_allclose(layer.forward(x, training), y, rtol=1e-10, atol=1e-10)
        np.testing.assert_allclose(layer.backward(d_y), d_x, rtol=1e-10, atol=1e-10)
        np.testing.assert_allclose(layer.gradients["gamma"], d_gamma, rtol=1e-10, atol=1e-10)
        np.testing.assert_allclose(layer.gradients["beta"], d_beta, rtol=1e-10, atol=1e-10)
        twin(x, training=True)
        layer.forward(x, True)
        if training:  # it has seen this batch twice
            twin(x, training=True)
        np.testing.assert_allclose(layer.moving_mean, twin.moving_mean.value, rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(layer.moving_variance, twin.moving_variance.value, rtol=1e-12, atol=1e-12)


def test_it_begins_as_the_identity_and_use_teaches_it_nothing(rng: np.random.Generator) -> None:
    layer = BatchNormalization(epsilon=0.0)
    layer.build((3,), rng)
    x = rng.normal(5, 2, (8, 3))
    np.testing.assert_array_equal(layer.forward(x), x)
    np.testing.assert_array_equal(layer.moving_mean, np.zeros(3))
    np.testing.assert_array_equal(layer.moving_variance, np.ones(3))


def test_while_training_each_channel_has_mean_zero_and_variance_one(rng: np.random.Generator) -> None:
    layer = BatchNormalization(epsilon=0.0)
    layer.build((4, 4, 2), rng)
    mean, variance = statistics(layer.forward(rng.normal(5, 2, (8, 4, 4, 2)), training=True))
    np.testing.assert_allclose(mean, [0, 0], atol=1e-12)
    np.testing.assert_allclose(variance, [1, 1], atol=1e-12)


two, three, batch = np.ones(2), np.ones(3), np.ones((4, 2))


@pytest.mark.mistake
@pytest.mark.parametrize(
    ("wrong", "english", "spanish"),
    [
        (lambda: BatchNormalization(momentum=1.5), r"momentum in \[0, 1\], got 1.5", r"momentum en \[0, 1\], llegó"),
        (lambda: batch_normalize(batch, two, three, two, two), "gamma and beta of the same", "gamma y beta con la"),
        (lambda: batch_normalize(batch.astype(int), two, two, two, two), "x in floating point", "x en coma flotante"),
        (
            lambda: batch_normalize_backward(batch[:3], batch, two),
            "d_y and x of the same shape",
            "d_y y x con la misma",
        ),
    ],
)
def test_what_does_not_fit_is_refused(wrong: Callable, english: str, spanish: str) -> None:
    with use_language("en"), pytest.raises(Mistake, match=english):
        wrong()
    with use_language("es"), pytest.raises(Mistake, match=spanish):
        wrong()
