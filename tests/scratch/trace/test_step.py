"""A trace survives its JSON to the last digit, and knows every array at every moment."""

import json

import numpy as np
import pytest

from hondo.scratch.descent.optimizers import Momentum
from hondo.scratch.networks.network import mlp
from hondo.scratch.trace.record import record
from hondo.scratch.trace.step import Trace

X, Y = np.array([[0.1, 0.7], [1 / 3, -2.0]]), np.array([[1.0], [0.0]])


@pytest.fixture
def trace() -> Trace:
    return record(mlp((2, 3, 1)), "mean_squared_error", [(X, Y)] * 2, Momentum(0.1))


def test_json_keeps_every_digit(trace: Trace) -> None:
    again = Trace.from_json(trace.to_json())
    assert again.to_json() == trace.to_json()
    for step, same in zip(trace.steps, again.steps, strict=True):
        np.testing.assert_array_equal(step.value, same.value)
        assert (step.worked, step.meaning, step.uses) == (same.worked, same.meaning, same.uses)


def test_json_is_what_every_reader_accepts_even_where_training_diverged() -> None:
    network = mlp((1, 1))
    network.parameters = {"0.W": np.array([[np.inf]]), "0.b": np.array([np.nan])}
    text = record(network, "mean_squared_error", [(np.ones((1, 1)), np.ones((1, 1)))]).to_json()

    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is no JSON")

    json.loads(text, parse_constant=refuse)
    assert np.isinf(Trace.from_json(text).given["W1"]).all()
    assert np.isnan(Trace.from_json(text).find("z1").value).all()


def test_what_a_step_uses_exists_when_it_happens(trace: Trace) -> None:
    for position, step in enumerate(trace.steps):
        assert set(step.uses) <= set(trace.state(position)), step.name


def test_an_update_starts_from_what_was_there(trace: Trace) -> None:
    for position, step in enumerate(trace.steps):
        if step.before is not None and step.name in trace.state(position):
            np.testing.assert_array_equal(step.before, trace.state(position)[step.name])


def test_find_takes_the_batch_that_is_asked_for(trace: Trace) -> None:
    assert not np.array_equal(trace.find("z1", 0).value, trace.find("z1", 1).value)
    with pytest.raises(KeyError):
        trace.find("z9")
