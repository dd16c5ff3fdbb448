from collections.abc import Callable

import jax
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
def test_while_training_output_and_gradients_are_those_of_keras_operations(
    shape: tuple[int, ...], pull_back: Callable, rng: np.random.Generator
) -> None:
    x, d_y = rng.normal(2, 3, shape), rng.normal(size=shape)
    gamma, beta = rng.normal(size=(2, shape[-1]))

    def in_keras(x: jax.Array, gamma: jax.Array, beta: jax.Array) -> jax.Array:
        mean, variance = keras.ops.moments(x, axes=list(range(x.ndim - 1)))
        return keras.ops.batch_normalization(x, mean, variance, -1, beta, gamma, 0.01)

    y, gradients = pull_back(in_keras, d_y, x, gamma, beta)
    np.testing.assert_allclose(batch_normalize(x, gamma, beta, *statistics(x), 0.01), y, rtol=1e-10, atol=1e-10)
    ours = batch_normalize_backward(d_y, x, gamma, 0.01)
    layer = BatchNormalization(epsilon=0.01)
    layer.build(shape[1:], rng)
    layer.parameters = {"gamma": gamma, "beta": beta}
    np.testing.assert_allclose(layer.forward(x, training=True), y, rtol=1e-10, atol=1e-10)
    layers = (layer.backward(d_y), layer.gradients["gamma"], layer.gradients["beta"])
    for one, other, theirs in zip((ours.d_x, ours.d_gamma, ours.d_beta), layers, gradients, strict=True):
        np.testing.assert_allclose(one, theirs, rtol=1e-10, atol=1e-10)
        np.testing.assert_allclose(other, theirs, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("shape", SHAPES)
def test_in_use_output_and_gradients_are_those_of_keras_operations(
    shape: tuple[int, ...], pull_back: Callable, rng: np.random.Generator
) -> None:
    layer = BatchNormalization(momentum=0.5)
    layer.build(shape[1:], rng)
    layer.parameters = {name: rng.normal(size=shape[-1]) for name in ("gamma", "beta")}
    for _ in range(3):
        layer.forward(rng.normal(2, 3, shape), training=True)
    x, d_y = rng.normal(size=(2, *shape))
    y, (d_x, d_gamma, d_beta) = pull_back(
        lambda x, gamma, beta: keras.ops.batch_normalization(
            x, jax.numpy.asarray(layer.moving_mean), jax.numpy.asarray(layer.moving_variance), -1, beta, gamma, 1e-3
        ),
        d_y, x, layer.parameters["gamma"], layer.parameters["beta"],
    )  # fmt: skip
    np.testing.assert_allclose(layer.forward(x), y, rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(layer.backward(d_y), d_x, rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(layer.gradients["gamma"], d_gamma, rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(layer.gradients["beta"], d_beta, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_layer_follows_keras_over_several_steps(
    shape: tuple[int, ...], double: None, rng: np.random.Generator
) -> None:
    layer, twin = BatchNormalization(0.8, 0.02), keras.layers.BatchNormalization(momentum=0.8, epsilon=0.02)
    assert layer.build(shape[1:], rng) == shape[1:]
    for step in range(6):  # Keras's layer computes in single precision, whatever it is given
        x = rng.normal(step, 1 + step, shape)
        np.testing.assert_allclose(layer.forward(x, training=True), twin(x, training=True), rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(layer.moving_mean, twin.moving_mean.value, rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(layer.moving_variance, twin.moving_variance.value, rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(layer.forward(x), twin(x), rtol=1e-4, atol=1e-5)


def test_running_averages_keep_the_momentums_share_of_the_past(rng: np.random.Generator) -> None:
    layer = BatchNormalization(momentum=0.9)
    layer.build((2,), rng)
    batches = rng.normal(3, 2, (7, 10, 2))
    for x in batches:
        layer.forward(x, training=True)
    shares = [0.9**7, *(0.1 * 0.9 ** (6 - step) for step in range(7))]  # of the beginning and of each batch
    means, variances = [np.zeros(2), *(x.mean(0) for x in batches)], [np.ones(2), *(x.var(0) for x in batches)]
    np.testing.assert_allclose(layer.moving_mean, np.average(means, axis=0, weights=shares), rtol=1e-12)
    np.testing.assert_allclose(layer.moving_variance, np.average(variances, axis=0, weights=shares), rtol=1e-12)


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
