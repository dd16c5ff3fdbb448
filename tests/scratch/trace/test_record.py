"""Every number in a trace is the network's own, agrees with JAX, and comes out of the arithmetic printed beside it."""

import re

import jax
import numpy as np
import pytest
from arithmetic import evaluate

from hondo.core.backend import keras
from hondo.scratch.descent.optimizers import OPTIMIZERS, Adam
from hondo.scratch.descent.schedules import ExponentialDecay
from hondo.scratch.layers.batch_normalization import BatchNormalization
from hondo.scratch.layers.convolution import Conv2D
from hondo.scratch.layers.dense import Dense
from hondo.scratch.layers.dropout import Dropout
from hondo.scratch.layers.layer import Layer
from hondo.scratch.layers.pooling import AveragePooling2D, MaxPooling2D
from hondo.scratch.layers.residual import Residual
from hondo.scratch.layers.simple import Activation, Flatten, Softmax
from hondo.scratch.losses.catalogue import LOSSES
from hondo.scratch.mistakes import Mistake
from hondo.scratch.networks.network import Network, mlp
from hondo.scratch.trace.record import record
from hondo.scratch.trace.step import Step, Trace

_KERAS_AXES = ("NHWC", "HWIO", "NHWC")
X = np.random.default_rng(0).normal(size=(2, 4, 4, 1))
CLASSES = np.eye(3)[[0, 2]]


def everything() -> Network:
    """One of each layer."""
    layers: list[Layer] = [
        Conv2D(2, (2, 3), stride=(1, 2), mode=1),
        BatchNormalization(),
        Activation("relu"),
        MaxPooling2D(2, 1),
        Residual([Conv2D(2, (3, 3), mode="same"), Activation("tanh")]),
        AveragePooling2D(2, 1, "same"),
        Flatten(),
        Dropout(0.3),
        Dense(3),
        Softmax(),
    ]
    return Network(layers, (4, 4, 1), seed=3)


@pytest.fixture
def trace() -> Trace:
    return record(everything(), "categorical_cross_entropy", [(X, CLASSES)] * 2, Adam(ExponentialDecay(0.1)), limit=200)


def arithmetic(step: Step) -> list[tuple[float, float]]:
    """What the printed numbers give, and the number that is printed for it."""
    pairs = []
    for line, value in zip(step.worked, step.value.ravel(), strict=False):
        middle = re.split(r" = | \\leftarrow ", line)[1]
        if "^{(" not in middle and "dots" not in middle:  # neither another array's element nor a shortened sum
            pairs.append((evaluate(middle), float(value)))
    return pairs


def test_the_arithmetic_beside_each_number_gives_that_number(trace: Trace) -> None:
    checked = 0
    for step in trace.steps:
        for computed, value in arithmetic(step):
            # Five digits are printed of each number that is put in; differences of such lose some.
            assert computed == pytest.approx(value, rel=2e-3, abs=2e-4), (step.name, step.formula)
            checked += 1
    assert checked > 500


@pytest.mark.parametrize("name", LOSSES)
def test_the_arithmetic_of_every_loss(name: str, rng: np.random.Generator) -> None:
    probabilities = rng.dirichlet(np.ones(3), size=2)
    targets = np.array([[1.0, -1.0, 1.0], [-1.0, 1.0, 1.0]]) if name == "hinge" else np.eye(3)[[0, 2]]
    network = Network([Dense(3)], (3,))
    network.parameters = {"0.W": np.eye(3), "0.b": np.zeros(3)}
    for step in record(network, name, [(probabilities, targets)]).steps:
        for computed, value in arithmetic(step):
            assert computed == pytest.approx(value, rel=2e-3, abs=2e-4), step.formula


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_arithmetic_of_every_optimizer(name: str) -> None:
    x, y = np.array([[1.0, -2.0], [0.5, 1.0]]), np.array([[1.0], [0.0]])
    network = mlp((2, 3, 1), activation="tanh")
    trace = record(network, "mean_squared_error", [(x, y)] * 3, OPTIMIZERS[name](learning_rate=0.1))
    updates = [step for step in trace.steps if step.phase == "update"]
    assert len(updates) >= 12
    for step in updates:
        for computed, value in arithmetic(step):
            assert computed == pytest.approx(value, rel=2e-3, abs=1e-4), step.formula


@pytest.mark.parametrize("name", ["step", "linear", "relu", "leaky_relu", "elu", "softplus", "sigmoid", "tanh", "gelu"])
def test_the_arithmetic_of_every_activation(name: str, rng: np.random.Generator) -> None:
    x = rng.normal(size=(2, 3))
    trace = record(Network([Activation(name)], (3,)), "mean_squared_error", [(x, np.zeros_like(x))])
    for step in trace.steps:
        for computed, value in arithmetic(step):
            assert computed == pytest.approx(value, rel=2e-3, abs=1e-4), step.formula


def test_recording_changes_nothing_about_the_training() -> None:
    recorded, plain = everything(), everything()
    trace = record(recorded, "categorical_cross_entropy", [(X, CLASSES)], None)
    loss = LOSSES["categorical_cross_entropy"]
    predicted = plain.forward(X, training=True)
    plain.backward(loss.gradient(predicted, CLASSES))
    assert trace.find("L").value == loss.function(predicted, CLASSES)
    for key, symbol in {"0.K": "dK1", "1.gamma": "dgamma1", "4.0.K": "dK2", "8.W": "dW3", "8.b": "db3"}.items():
        np.testing.assert_allclose(trace.find(symbol).value, plain.gradients[key], rtol=1e-12)


@pytest.mark.usefixtures("double")
def test_gradients_agree_with_jax() -> None:
    network = Network(
        [Conv2D(2, (2, 2)), Activation("tanh"), MaxPooling2D(2, 1), Flatten(), Dense(3)], (4, 4, 1), seed=1
    )
    trace = record(network, "softmax_cross_entropy", [(X, CLASSES)])

    def loss(K: jax.Array, b: jax.Array, W: jax.Array, c: jax.Array) -> jax.Array:
        maps = jax.numpy.tanh(jax.lax.conv_general_dilated(X, K, (1, 1), "VALID", dimension_numbers=_KERAS_AXES) + b)
        pooled = keras.ops.max_pool(maps, 2, strides=1, padding="valid")
        logits = keras.ops.reshape(pooled, (2, -1)) @ W + c
        return -(CLASSES * jax.nn.log_softmax(logits)).sum(axis=-1).mean()

    given = [trace.given[name] for name in ("K1", "b1", "W2", "b2")]
    expected = jax.grad(loss, argnums=(0, 1, 2, 3))(*given)
    for name, gradient in zip(("dK1", "db1", "dW2", "db2"), expected, strict=True):
        np.testing.assert_allclose(trace.find(name).value, np.asarray(gradient), atol=1e-12)


def test_only_so_many_elements_are_worked_out_as_asked() -> None:
    trace = record(mlp((2, 5, 1)), "mean_squared_error", [(np.ones((1, 2)), np.ones((1, 1)))], limit=3)
    step = trace.find("dW1")
    assert (len(step.worked), step.value.shape) == (3, (2, 5))


def test_a_second_batch_arrives_as_a_step(trace: Trace) -> None:
    arrivals = [step for step in trace.steps if step.layer == "batch"]
    assert [(step.batch, step.name) for step in arrivals] == [(1, "a0"), (1, "y")]


@pytest.mark.mistake
def test_a_layer_that_cannot_be_explained_is_named() -> None:
    class Mystery(Layer):
        """Not one of ours."""

    with pytest.raises(Mistake, match="Mystery"):
        record(Network([Mystery()], (2,)), "mean_squared_error", [(np.ones((1, 2)), np.ones((1, 2)))])
