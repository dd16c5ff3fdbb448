"""Learning rates by layer: each layer takes the steps that an optimizer of its own would take at its own rate."""

from collections.abc import Callable
from typing import Any

import jax
import numpy as np
import pytest

from hondo.core.backend import keras
from hondo.core.spec import ScheduleSpec
from hondo.engine.fit import fit
from hondo.experiments.schedules import fill_schedule, make_schedule
from hondo.experiments.transfer.rates import by_layer, shares_by_depth

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(40, 6)).astype("float32"), RNG.normal(size=(40, 2)).astype("float32")
BATCH, EPOCHS = 10, 3
SHARES = {"low": 0.3, "high": 1.0}

Make = Callable[[Any], Any]
OPTIMIZERS: dict[str, Make] = {
    "sgd": lambda rate: keras.optimizers.SGD(rate),
    "momentum": lambda rate: keras.optimizers.SGD(rate, momentum=0.9),
    "nesterov": lambda rate: keras.optimizers.SGD(rate, momentum=0.9, nesterov=True),
    "rmsprop": lambda rate: keras.optimizers.RMSprop(rate),
    "rmsprop with momentum": lambda rate: keras.optimizers.RMSprop(rate, momentum=0.8),
    "adam": lambda rate: keras.optimizers.Adam(rate),
    "adamw": lambda rate: keras.optimizers.AdamW(rate, weight_decay=0.05),
    "sgd with decay": lambda rate: keras.optimizers.SGD(rate, weight_decay=0.05),
}


@keras.saving.register_keras_serializable(package="hondo-tests")
class Scaled(keras.optimizers.schedules.LearningRateSchedule):
    """Cosine decay, times a number."""

    def __init__(self, share: float) -> None:
        self.share = share
        self.whole = keras.optimizers.schedules.CosineDecay(0.02, 10)

    def __call__(self, step: Any) -> Any:
        return self.whole(step) * self.share

    def get_config(self) -> dict[str, Any]:
        return {"share": self.share}


def network() -> keras.Model:
    keras.utils.set_random_seed(4)
    return keras.Sequential(
        [keras.Input((6,)), keras.layers.Dense(5, "tanh", name="low"), keras.layers.Dense(2, name="high")]
    )


def with_an_optimizer_each(make: Make, rate: Callable[[float], Any]) -> keras.Model:
    """A plain Keras optimizer for each layer, with its own rate; gradients are JAX's, of the mean squared error."""
    model = network()
    optimizers = {name: make(rate(share)) for name, share in SHARES.items()}

    def loss(weights: Any, x: Any, y: Any) -> Any:
        (low, low_bias), (high, high_bias) = weights
        return ((jax.numpy.tanh(x @ low + low_bias) @ high + high_bias - y) ** 2).mean()

    for _ in range(EPOCHS):
        for start in range(0, len(X), BATCH):
            rows = slice(start, start + BATCH)
            values = [[weight.value for weight in model.get_layer(name).weights] for name in SHARES]
            gradients = jax.grad(loss)(values, X[rows], Y[rows])
            for (name, optimizer), own in zip(optimizers.items(), gradients, strict=True):
                optimizer.apply(own, model.get_layer(name).trainable_variables)
    return model


def shares_of(model: keras.Model) -> dict[int, float]:
    return {
        id(variable): share for name, share in SHARES.items() for variable in model.get_layer(name).trainable_variables
    }


def keras_fit(model: keras.Model) -> None:
    model.fit(X, Y, batch_size=BATCH, epochs=EPOCHS, shuffle=False, verbose=0)


def hondo_fit(model: keras.Model) -> None:
    fit(model, X, Y, batch_size=BATCH, epochs=EPOCHS, shuffle=False, verbose=0)


def assert_alike(model: keras.Model, expected: keras.Model) -> None:
    for weight, reference in zip(model.get_weights(), expected.get_weights(), strict=True):
        np.testing.assert_allclose(weight, reference, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("train", [keras_fit, hondo_fit])
def test_each_layer_goes_as_far_as_with_an_optimizer_of_its_own(name: str, train: Callable[[Any], None]) -> None:
    model = network()
    before = model.get_weights()
    model.compile(by_layer(OPTIMIZERS[name](0.02), shares_of(model)), "mse")
    train(model)
    assert_alike(model, with_an_optimizer_each(OPTIMIZERS[name], lambda share: 0.02 * share))
    assert all(np.abs(after - first).max() > 1e-4 for after, first in zip(model.get_weights(), before, strict=True))


@pytest.mark.parametrize("name", ["momentum", "adamw"])
@pytest.mark.parametrize("train", [keras_fit, hondo_fit])
def test_a_schedule_is_scaled_at_every_step(name: str, train: Callable[[Any], None]) -> None:
    model = network()
    model.compile(by_layer(OPTIMIZERS[name](Scaled(1.0)), shares_of(model)), "mse")
    train(model)
    assert_alike(model, with_an_optimizer_each(OPTIMIZERS[name], Scaled))


def test_schedules_of_a_spec_are_scaled_warm_up_included() -> None:
    asked = ScheduleSpec(kind="cosine", warmup_epochs=0.5)
    schedule = make_schedule(fill_schedule(asked), 0.02, steps_per_epoch=4, epochs=EPOCHS)
    model = network()
    model.compile(by_layer(keras.optimizers.Adam(schedule), shares_of(model)), "mse")
    hondo_fit(model)

    def rate(share: float) -> Any:
        return make_schedule(fill_schedule(asked), 0.02 * share, steps_per_epoch=4, epochs=EPOCHS)

    assert_alike(model, with_an_optimizer_each(OPTIMIZERS["adam"], rate))


def test_equal_shares_are_the_plain_optimizer_clipping_included() -> None:
    models = [network(), network()]
    for model, wrapped in zip(models, (True, False), strict=True):
        optimizer: Any = keras.optimizers.AdamW(0.02, weight_decay=0.05, global_clipnorm=0.1)
        shares = dict.fromkeys((id(each) for each in model.trainable_variables), 1.0)
        model.compile(by_layer(optimizer, shares) if wrapped else optimizer, "mse")
        keras_fit(model)
    assert_alike(*models)


def test_settings_are_those_of_the_optimizer_it_is_made_of() -> None:
    plain = keras.optimizers.AdamW(0.02, beta_1=0.8, weight_decay=0.05, global_clipnorm=3.0)
    model = network()
    ours = by_layer(plain, shares_of(model))
    assert isinstance(ours, keras.optimizers.AdamW)
    assert ours.get_config() == plain.get_config()


def test_shares_fall_with_depth() -> None:
    names = ("first", "second", "third", "fourth", "head")
    dense = {name: keras.layers.Dense(2, name=name) for name in names}
    model = keras.Sequential([keras.Input((2,)), *dense.values()])
    dense["first"].trainable = False
    blocks = [[dense["second"]], [dense["third"], dense["fourth"]]]
    shares = shares_by_depth(model, blocks, 0.5)
    assert shares == {
        id(variable): share
        for name, share in {"second": 0.5, "third": 1.0, "fourth": 1.0, "head": 1.0}.items()
        for variable in dense[name].trainable_variables
    }
    three = [[dense["second"]], [dense["third"]], [dense["fourth"]]]
    assert sorted(set(shares_by_depth(model, three, 0.8).values())) == pytest.approx([0.64, 0.8, 1.0])
    assert set(shares_by_depth(model, three, 1.0).values()) == {1.0}
