"""What the playground shows is what its network computes; changes keep what they can, and going back is exact."""

import base64

import numpy as np
import pytest

from hondo.lab.islands.stage import OUTPUT, SIDE, Session
from hondo.playground.setup import Setup
from hondo.playground.views import grid


def unpacked(text: str, *shape: int) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), np.uint8).reshape(shape).astype(float) / 127.5 - 1


def test_the_maps_are_the_networks_own_values_by_hand() -> None:
    session = Session(Setup(hidden=(3,), seed=5))
    session.history.run(100)
    frame = session.frame()
    places = grid(SIDE)
    kernel, biases = np.array(frame["kernels"][0]), np.array(frame["biases"][0])
    hidden = np.tanh(places @ kernel + biases)
    maps = unpacked(frame["maps"], 5, SIDE * SIDE)
    np.testing.assert_allclose(maps[2:], hidden.T, atol=0.005)
    np.testing.assert_allclose(maps[:2], np.clip(places.T, -1, 1), atol=0.005)
    large = np.tanh(grid(OUTPUT) @ kernel + biases) @ np.array(frame["kernels"][1]) + np.array(frame["biases"][1])
    np.testing.assert_allclose(unpacked(frame["output"], OUTPUT**2), np.tanh(large[:, 0]), atol=0.005)


def test_a_learning_rate_changes_on_the_way_but_another_network_begins_anew() -> None:
    session = Session(Setup())
    session.history.run(50)
    weights = session.state.weights
    session.change(session.setup.changed(learning_rate=0.3))
    assert session.state.step == 50
    np.testing.assert_array_equal(session.state.weights, weights)
    session.change(session.setup.changed(hidden=(5,)))
    assert session.state.step == 0


@pytest.mark.parametrize("share", [0.0, 0.37, 1.0])
def test_going_back_is_exact(share: float) -> None:
    session = Session(Setup(optimizer="adam"))
    session.history.run(400)
    session.go_to(share)
    assert session.state.step == round(400 * share)
    straight = session.training.advance(session.training.start(), session.state.step)
    assert session.state.same_as(straight)


def test_weights_and_biases_are_edited_where_they_are_clicked() -> None:
    session = Session(Setup(hidden=(4, 2)))
    session.edit({"layer": 1, "from": 3, "to": 1, "value": 2.5})
    session.edit({"bias": True, "layer": 0, "unit": 2, "value": -500})
    frame = session.frame()
    assert frame["kernels"][1][3][1] == 2.5
    assert frame["biases"][0][2] == -100


def test_a_loss_that_is_no_number_is_sent_as_nothing() -> None:
    session = Session(Setup(data="plane", output="linear", learning_rate=100.0))
    session.history.run(200)
    frame = session.frame(whole=True)
    assert frame["train"] is None
    assert frame["curve"][-1][0] is None
