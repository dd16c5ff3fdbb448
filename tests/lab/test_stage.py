"""What the playground shows is what its network computes; changes keep what they can, and going back is exact."""

import json
from typing import Any

import numpy as np
import pytest

from hondo.core.errors import DataError, HondoError, SpecError
from hondo.lab.pages.playground.address import HIDEABLE, View, from_address, to_address
from hondo.lab.pages.playground.bench import own_settings
from hondo.lab.pages.playground.frames import OUTPUT, SIDE, packed, picture, shape
from hondo.lab.pages.playground.own import LARGEST_FILE, read_columns, read_upload
from hondo.lab.pages.playground.session import Session, plan
from hondo.lab.pages.playground.twins import other_values
from hondo.lab.pages.playground.words import help_of, label
from hondo.playground.layout import layers
from hondo.playground.own import OwnPoints, taken_over
from hondo.playground.setup import Setup
from hondo.playground.stopping import Stop
from hondo.playground.views import grid


def signed(values: Any, *shape: int) -> Any:
    return np.asarray(values, float).reshape(shape) / 127.5 - 1


def own(classes: int, each: int = 6) -> OwnPoints:
    angles = np.arange(classes * each) * 2.4
    places = np.stack([4 * np.sin(angles), 4 * np.cos(angles)], axis=1)
    return taken_over(places, np.arange(classes * each) % classes)


def test_the_maps_are_the_networks_own_values_by_hand() -> None:
    session = Session(Setup(hidden=(3,), seed=5))
    session.first.run(100)
    _, (weights, maps, output) = picture(session)
    (kernel, biases), (last, bias) = layers(weights, (2, 3, 1))
    places = grid(SIDE)
    found = signed(maps, 6, SIDE * SIDE)
    np.testing.assert_allclose(found[2:5], np.tanh(places @ kernel + biases).T, atol=0.005)
    np.testing.assert_allclose(found[:2], np.clip(places.T, -1, 1), atol=0.005)
    large = np.tanh(grid(OUTPUT) @ kernel + biases) @ last + bias
    np.testing.assert_allclose(signed(output, OUTPUT**2), np.tanh(large[:, 0]), atol=0.005)


def test_several_classes_are_sent_as_the_likeliest_and_how_likely_it_is() -> None:
    session = Session(Setup("spiral", output="softmax", classes=3, hidden=()))
    session.first.run(50)
    header, (weights, _, output) = picture(session)
    ((kernel, biases),) = layers(weights, (2, 3))
    powers = np.exp(grid(OUTPUT) @ kernel + biases)
    shares = powers / powers.sum(axis=1, keepdims=True)
    best, share = output.reshape(2, -1)
    assert (best == shares.argmax(axis=1)).mean() > 0.999
    np.testing.assert_allclose(share / 255, shares.max(axis=1), atol=0.005)
    assert [each[-1] for each in shape(session, {}, [], [""])["dots"][0]["train"]][:3] != [0, 0, 0]
    assert len(header["gradients"]) == 1


def test_a_message_is_read_as_it_was_packed() -> None:
    session = Session(Setup())
    header, arrays = picture(session, whole=True)
    message = packed(header, arrays)
    length = int.from_bytes(message[:4], "little")
    read = json.loads(message[4 : 4 + length])
    assert length % 4 == 0
    assert read.pop("arrays") == [["f", 25], ["b", 9 * SIDE**2], ["b", OUTPUT**2]]
    assert read == json.loads(json.dumps(header))
    np.testing.assert_array_equal(np.frombuffer(message, "<f4", 25, 4 + length), session.state.weights)
    assert len(message) < 12_000


def test_a_learning_rate_changes_on_the_way_but_another_network_begins_anew() -> None:
    session = Session(Setup())
    session.first.run(50)
    weights = session.state.weights
    session.follow(plan(session.setup.changed(learning_rate=0.3), session.own, session.twin))
    assert session.state.step == 50
    np.testing.assert_array_equal(session.state.weights, weights)
    session.follow(plan(session.setup.changed(hidden=(5,)), session.own, session.twin))
    assert session.state.step == 0


@pytest.mark.parametrize("step", [0, 148, 400, 1_000_000])
def test_going_back_is_exact(step: int) -> None:
    session = Session(Setup(optimizer="adam"))
    session.first.run(400)
    session.go_to(step)
    assert session.state.step == min(step, 400)
    straight = session.training.advance(session.training.start(), session.state.step)
    assert session.state.same_as(straight)


def test_weights_and_biases_are_edited_where_they_are_clicked() -> None:
    session = Session(Setup(hidden=(4, 2)))
    session.edit({"layer": 1, "from": 3, "to": 1, "value": 2.5})
    session.edit({"bias": True, "layer": 0, "unit": 2, "value": -500})
    parts = layers(session.state.weights, (2, 4, 2, 1))
    assert parts[1][0][3, 1] == 2.5
    assert parts[0][1][2] == -100
    with pytest.raises(HondoError):
        session.edit({"layer": 7, "from": 0, "to": 0, "value": 1})


def test_a_loss_that_is_no_number_is_sent_as_nothing() -> None:
    session = Session(Setup(data="plane", output="linear", learning_rate=100.0))
    session.first.run(200)
    header, arrays = picture(session, whole=True)
    assert header["scores"][0][0] is None
    assert header["curve"][0]["train"][-1] is None
    assert packed(header, arrays)


def test_twins_begin_alike_and_part() -> None:
    session = Session(Setup(), twin=("learning_rate", 0.3))
    one, other = session.histories
    assert session.same_start
    assert one.state.same_as(other.state)
    for history in session.histories:
        history.run(100)
    header, arrays = picture(session)
    assert len(header["scores"]) == 2
    assert len(arrays) == 4
    assert header["apart"] > 0
    session.go_to(0)
    assert picture(session)[0]["apart"] == 0
    session.follow(plan(session.setup.changed(activation="relu"), session.own, session.twin))
    assert [each.training.setup.learning_rate for each in session.histories] == [0.03, 0.3]
    assert [each.training.setup.activation for each in session.histories] == ["relu", "relu"]
    with pytest.raises(SpecError):
        session.follow(plan(session.setup.changed(learning_rate=0.3), session.own, session.twin))
    assert session.setup.learning_rate == 0.03


def test_a_regularised_twin_gets_a_rate() -> None:
    session = Session(Setup(), twin=("regularisation", "l1"))
    assert session.histories[1].training.setup.regularisation_rate > 0


@pytest.mark.parametrize("setup", [Setup(), Setup().changed(data="plane"), Setup(output="softmax", classes=4)])
def test_every_twin_that_is_offered_can_be(setup: Setup) -> None:
    for name, values in other_values(setup).items():
        assert values, name
        for value in values:
            assert len(Session(setup, twin=(name, value)).histories) == 2, (name, value)


def test_own_points_are_learnt_while_they_grow_and_may_be_none() -> None:
    empty = Session(Setup("own", output="softmax", classes=3))
    assert not empty.ready
    assert picture(empty)[1][0].size == 31
    session = Session(Setup("own", output="softmax", classes=3), own(3))
    session.first.run(30)
    weights = session.state.weights
    session.own = session.own.with_points([(1.0, 1.0)], 2)
    session.follow(plan(session.setup, session.own, session.twin))
    assert session.state.step == 30
    np.testing.assert_array_equal(session.state.weights, weights)
    assert len(session.training.y) + len(session.training.test_y) == 19
    session.own = session.own.without(session.own.x)
    session.follow(plan(session.setup, session.own, session.twin))
    assert not session.ready
    assert shape(session, {}, [], [""])["dots"][0]["train"] == []


def test_own_points_bring_an_output_that_suits_them() -> None:
    assert own_settings(Setup(), own(2)) == {"output": "tanh"}
    assert own_settings(Setup(), own(4)) == {"output": "softmax", "classes": 4}
    five = Setup(output="softmax", classes=5)
    assert own_settings(five, own(3))["classes"] == 5
    assert own_settings(five, own(3), fitting=True)["classes"] == 3
    assert own_settings(five, own(3).as_numbers()) == {"output": "linear"}


def test_an_address_comes_back_with_all_that_it_says() -> None:
    setup = Setup("own", output="softmax", classes=3, hidden=(8, 3), inputs=("x1", "sin(x2)"))
    view = View(
        "1000s", Stop("test_score", 0.95), test=True, discrete=True, gradients=False, twin=("hidden", (4,)),
        points=own(3), hide=frozenset({"noise", "batch_size"}),
    )  # fmt: skip
    query = to_address(setup, view)
    again, seen = from_address(query)
    assert again == setup
    np.testing.assert_array_equal(seen.points.x, view.points.x)
    np.testing.assert_array_equal(seen.points.y, view.points.y)
    assert [getattr(seen, each) for each in ("speed", "stop", "test", "discrete", "gradients", "twin", "hide")] == [
        getattr(view, each) for each in ("speed", "stop", "test", "discrete", "gradients", "twin", "hide")
    ]
    assert to_address(again, seen) == query
    assert to_address(Setup(), View()) == ""


@pytest.mark.parametrize(
    "query",
    [
        "hide=noize",
        "speed=2e",
        "stop=test_los:1",
        "stop=test_loss:low",
        "stop=epochs:inf",
        "twin=lr:fast",
        "twin=rate_of:1",
        "data=own&points=%00",
        "data=own&points=____",
        "data=circel",
        "data=own&classes=9",
        "data=xor%26lr=7",
    ],
)
def test_an_address_that_cannot_be_followed_is_explained(query: str) -> None:
    with pytest.raises(HondoError) as error:
        from_address(query)
    assert error.value.hint


def test_every_control_that_can_be_hidden_has_a_name_for_it() -> None:
    assert all(label(name) and help_of(name) is not None for name in HIDEABLE)


def test_uploads_that_are_no_tables_are_explained() -> None:
    with pytest.raises(DataError, match="KB"):
        read_upload({"name": "large.csv", "size": LARGEST_FILE + 1})
    for sent in (None, {}, {"name": "a.csv", "size": 3, "data": "$$$"}, {"name": "a.csv", "size": "x", "data": ""}):
        with pytest.raises(DataError, match="empty"):
            read_upload(sent)
    assert read_upload({"name": "a.csv", "size": 3, "data": "YSxi"}) == ("a.csv", b"a,b")
    with pytest.raises(DataError, match="only these columns: a, b"):
        read_columns("a.csv", b"a,b\n1,2\n")
    with pytest.raises(DataError, match="line 3"):
        read_columns("a.csv", b"a,b,c\n1,2,3\n1,2\n")
    with pytest.raises(DataError):
        read_columns("a.csv", b"\0\1\2\3")
    assert list(read_columns("latin.csv", "año;b;c\n1,5;2;x\n".encode("latin-1"))["año"]) == ["1.5"]


@pytest.mark.parametrize("twin", [("classes", 2), ("data", "plane")])
def test_twins_on_own_points_differ_in_no_setting_of_the_points(twin: Any) -> None:
    own = OwnPoints(np.array([[0.0, 1.0], [1.0, 0.0], [2.0, 2.0]]), np.array([0.0, 1.0, 2.0]))
    with pytest.raises(SpecError, match="share them"):
        plan(Setup(data="own", output="softmax", classes=3), own, twin)


def test_what_was_changed_later_is_left_when_training_goes_on_from_before() -> None:
    session = Session(Setup(data="xor"))
    session.first.run(100)
    session.edit({"layer": 0, "from": 0, "to": 0, "value": 2.0})
    session.first.run(300)
    assert session.furthest == 400
    session.go_to(50)
    assert session.leave_future()
    assert session.furthest == 50
    assert not session.leave_future()
