"""Machine code beside the NumPy step, over random setups and for other processors' vectors."""

from dataclasses import replace

import numpy as np
import pytest
from tests.playground.setups import random_setup

from hondo.core.machine import Processor, processor
from hondo.playground import code
from hondo.playground.setup import Setup
from hondo.playground.training import prepare


def both(setup, own=None):
    machine, numpy = prepare(setup, own), prepare(setup, own, machine=False)
    assert machine.compiled
    assert not numpy.compiled
    return machine, numpy


@pytest.mark.parametrize("number", range(60))
def test_machine_code_takes_numpy_s_steps(number):
    machine, numpy = both(*random_setup(number))
    start = machine.start()
    ours, theirs = machine.advance(start, 25), numpy.advance(start, 25)
    assert ours.weights.dtype == np.float32
    assert ours.step == 25
    # What rmsprop and adam divide by may be tiny, where float32 rounds differently.
    loose = 20 if machine.setup.optimizer in ("rmsprop", "adam") else 1
    np.testing.assert_allclose(ours.weights, theirs.weights, rtol=2e-5 * loose, atol=2e-6 * loose)
    np.testing.assert_allclose(ours.moments, theirs.moments, rtol=1e-3, atol=2e-5)


@pytest.mark.parametrize("lanes", [4, 8])
@pytest.mark.parametrize("number", range(100, 110))
def test_shorter_vectors(number, lanes, monkeypatch):
    if lanes >= processor().lanes:
        pytest.skip("needs longer vectors here")
    monkeypatch.setattr(code, "processor", lambda: Processor(lanes, 16))
    machine, numpy = both(*random_setup(number))
    start = machine.start()
    np.testing.assert_allclose(
        machine.advance(start, 10).weights, numpy.advance(start, 10).weights, rtol=4e-4, atol=4e-5
    )


@pytest.mark.parametrize("number", range(200, 212))
def test_the_same_bits_however_steps_are_divided(number):
    machine, _ = both(*random_setup(number))
    rng = np.random.default_rng(number)
    whole, divided = machine.advance(machine.start(), 200), machine.start()
    while divided.step < 200:
        divided = machine.advance(divided, min(int(rng.integers(1, 40)), 200 - divided.step))
    assert divided.same_as(whole)


def test_many_steps_of_adam():
    """Past the end of the table of its corrections."""
    setup = Setup(hidden=(3,), optimizer="adam", samples=20, learning_rate=1e-3)
    machine, numpy = both(setup)
    late = replace(machine.start(), step=40_000)
    np.testing.assert_allclose(machine.advance(late, 9).weights, numpy.advance(late, 9).weights, rtol=1e-4, atol=1e-6)


def test_a_training_that_diverges_ends_in_no_numbers_and_no_crash():
    setup = Setup(data="plane", output="linear", activation="relu", learning_rate=100.0)
    machine, _ = both(setup)
    state = machine.advance(machine.start(), 2000)
    assert not np.isfinite(state.weights).all()
    assert not np.isfinite(machine.scores(state).train_loss)
