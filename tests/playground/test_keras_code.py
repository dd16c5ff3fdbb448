import runpy

import numpy as np
import pytest
from tests.playground.setups import random_setup

from hondo.playground.keras_code import to_keras
from hondo.playground.layout import count
from hondo.playground.setup import CHOICES, INPUTS, Setup
from hondo.playground.training import prepare


@pytest.mark.parametrize("number", range(6))
def test_the_program_s_network_is_the_same(number, tmp_path):
    setup, own = random_setup(number)
    training = prepare(setup, own)
    state = training.advance(training.start(), 40)
    file = tmp_path / "network.py"
    file.write_text(to_keras(setup, state.weights), encoding="utf-8")
    program = runpy.run_path(str(file))
    x = program["features"](own.train)
    np.testing.assert_allclose(x, training.x, rtol=1e-6, atol=1e-7)
    found = program["model"].predict_on_batch(training.x)
    np.testing.assert_allclose(found, training.values(state, training.x)[-1], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    "setup",
    [
        Setup(optimizer="momentum", regularisation="l2", regularisation_rate=0.01),
        Setup("spiral", output="softmax", optimizer="adam", activation="relu", inputs=INPUTS),
        Setup("spiral", output="softmax", classes=3, noise=0.1, optimizer="adam", learning_rate=0.01),
        Setup("xor", output="sigmoid", optimizer="rmsprop", regularisation="l1", regularisation_rate=0.001),
        Setup().changed(data="plane", activation="sigmoid"),
    ],
    ids=lambda setup: setup.optimizer,
)
def test_the_program_takes_the_same_steps(setup, tmp_path):
    training = prepare(setup)
    state = training.start()
    file = tmp_path / "network.py"
    file.write_text(to_keras(setup, state.weights), encoding="utf-8")
    model = runpy.run_path(str(file))["model"]
    from hondo.playground.order import order

    for step in range(4):
        chosen = order(setup.seed, 0, len(training.y))[10 * step :][:10]
        model.train_on_batch(training.x[chosen], training.y[chosen][:, None])
    theirs = np.concatenate([each.ravel() for each in model.get_weights()])
    np.testing.assert_allclose(training.advance(state, 4).weights, theirs, rtol=2e-4, atol=2e-5)


@pytest.mark.parametrize("initialisation", CHOICES["initialisation"])
def test_networks_begin_with_the_same_spread(initialisation, tmp_path):
    setup = Setup(hidden=(8,) * 6, initialisation=initialisation)
    file = tmp_path / "network.py"
    file.write_text(to_keras(setup), encoding="utf-8")
    model = runpy.run_path(str(file))["model"]
    theirs = np.concatenate([each.ravel() for each in model.get_weights()])
    ours = prepare(setup).start().weights
    assert len(theirs) == count(setup.sizes)
    assert theirs.std() == pytest.approx(ours.std(), rel=0.2)


@pytest.mark.parametrize("setup", [Setup("gaussians"), Setup("circle", output="softmax", classes=3)])
def test_it_runs_as_a_program(setup, tmp_path):
    file = tmp_path / "network.py"
    file.write_text(to_keras(setup.changed(samples=100), epochs=2), encoding="utf-8")
    program = runpy.run_path(str(file), run_name="__main__")
    assert program["first"] == 50
