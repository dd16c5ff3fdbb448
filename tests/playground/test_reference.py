"""The NumPy step: its gradients by finite differences, whole steps against Keras's own parts on JAX."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from tests.playground.setups import random_setup

from hondo.core.backend import keras
from hondo.playground.layout import count, layers, places
from hondo.playground.reference import forward as run
from hondo.playground.reference import gradient, losses, penalty, rules, step
from hondo.playground.setup import CHOICES, Setup
from hondo.playground.training import prepare


@pytest.mark.parametrize("number", range(40))
def test_gradients_by_finite_differences(number):
    setup, own = random_setup(number)
    training = prepare(setup, own, dtype=np.float64)
    weights = np.random.default_rng(number).normal(0, 0.7, count(setup.sizes))

    def loss(w):
        return losses(setup, run(setup, w, training.x)[-1], training.y).mean()

    found, h = gradient(setup, weights, training.x, training.y), 1e-6
    for index in np.random.default_rng(number).permutation(len(weights))[:30]:
        near = np.zeros_like(weights)
        near[index] = h
        expected = (loss(weights + near) - loss(weights - near)) / (2 * h)
        assert found[index] == pytest.approx(expected, rel=1e-5, abs=1e-7)


def keras_loss(setup, weights, x, y):
    """The loss with Keras's activations, losses and regularizers."""
    values, extra = x, 0.0
    for number, place in enumerate(places(setup.sizes)):
        kernel = weights[place.kernel : place.biases].reshape(place.inputs, place.units)
        name = setup.output if number == len(setup.sizes) - 2 else setup.activation
        values = keras.activations.get(name)(values @ kernel + weights[place.biases :][: place.units])
        if setup.regularisation != "none":
            kind = {"l1": keras.regularizers.L1, "l2": keras.regularizers.L2}[setup.regularisation]
            extra += kind(setup.regularisation_rate)(kernel)
    if setup.output == "softmax":
        return keras.losses.sparse_categorical_crossentropy(y, values).mean() + extra
    if setup.output == "sigmoid":
        return keras.losses.binary_crossentropy(y[:, None], values).mean() + extra
    return 0.5 * keras.losses.mean_squared_error(y[:, None], values).mean() + extra


@pytest.mark.parametrize("activation", CHOICES["activation"])
@pytest.mark.parametrize("output", CHOICES["output"])
def test_steps_of_every_optimizer_are_keras_s(output, activation):
    for number, optimizer in enumerate(CHOICES["optimizer"]):
        setup = Setup(
            data="plane" if output == "linear" else "xor",
            hidden=(5, 3),
            activation=activation,
            output=output,
            optimizer=optimizer,
            learning_rate=0.02,
            regularisation=CHOICES["regularisation"][number % 3],
            regularisation_rate=0.01,
        )
        training, theirs = prepare(setup, machine=False), keras_optimizer(setup)
        state, r = training.start(), rules(setup)
        variable = keras.Variable(state.weights.copy())
        theirs.build([variable])
        weights, moments = state.weights, state.moments
        for at in range(3):
            x, y = training.x[10 * at :][:10], training.y[10 * at :][:10]
            theirs.apply([jax.grad(lambda w, s=setup, x=x, y=y: keras_loss(s, w, x, y))(jnp.array(variable.value))])
            weights, moments = step(setup, r, weights, moments, at, x, y)
            assert weights.dtype == np.float32
            np.testing.assert_allclose(weights, np.asarray(variable.value), rtol=3e-5, atol=3e-6)


def keras_optimizer(setup):
    rate = setup.learning_rate
    return {
        "sgd": lambda: keras.optimizers.SGD(rate),
        "momentum": lambda: keras.optimizers.SGD(rate, momentum=0.9),
        "rmsprop": lambda: keras.optimizers.RMSprop(rate),
        "adam": lambda: keras.optimizers.Adam(rate),
    }[setup.optimizer]()


def test_the_penalty_is_of_kernels_alone():
    setup = Setup(hidden=(2,), regularisation="l2", regularisation_rate=0.5)
    weights = np.arange(count(setup.sizes), dtype=np.float64)
    expected = 0.5 * sum(float((kernel**2).sum()) for kernel, _ in layers(weights, setup.sizes))
    assert penalty(setup, weights) == pytest.approx(expected)
