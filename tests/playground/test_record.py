import json

import numpy as np
import pytest
from tests.playground.setups import random_setup

from hondo.core.errors import StoreError
from hondo.playground.history import History
from hondo.playground.record import from_json, to_json
from hondo.playground.setup import Setup
from hondo.playground.training import prepare


@pytest.mark.parametrize("number", range(8))
def test_a_record_comes_back_exactly_and_goes_on(number):
    setup, own = random_setup(number)
    history = History(prepare(setup, own))
    history.run(70)
    found = from_json(to_json(history))
    assert found.training.setup == setup
    assert found.state.same_as(history.state)
    np.testing.assert_array_equal(found.training.x, history.training.x)
    for name in ("steps", "train_loss", "test_loss", "train_score", "test_score"):
        np.testing.assert_array_equal(getattr(found.curve, name), getattr(history.curve, name))
    assert found.training.advance(found.state, 30).same_as(history.run(30))


def test_what_is_not_finite_comes_back_too():
    history = History(prepare(Setup().changed(data="plane", activation="relu", learning_rate=100.0)))
    history.run(2000)
    text = to_json(history)
    json.loads(text, parse_constant=lambda _: pytest.fail("not JSON"))
    np.testing.assert_array_equal(from_json(text).state.weights, history.state.weights)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "hondo-playground-1"}', "nonsense"])
def test_other_texts_are_refused(text):
    with pytest.raises(StoreError, match="no record of a playground"):
        from_json(text)


def test_a_damaged_record_is_refused():
    document = json.loads(to_json(History(prepare(Setup()))))
    for name in ("setup", "weights", "moments", "curve", "step"):
        with pytest.raises(StoreError):
            from_json(json.dumps({**document, name: None}))
