import numpy as np
import pytest

from hondo.core.errors import HondoError
from hondo.playground import history as module
from hondo.playground.history import History
from hondo.playground.setup import Setup
from hondo.playground.training import prepare
from hondo.playground.views import edited


def test_any_step_is_reached_again_exactly():
    training = prepare(Setup(hidden=(3,), optimizer="adam", samples=60))
    history = History(training)
    history.run(12_345)
    for step in np.random.default_rng(0).integers(0, 12_345, 30).tolist():
        assert history.at(step).same_as(training.advance(training.start(), step))
    assert history.state.step == 12_345


def test_training_goes_on_from_a_step_that_was_gone_back_to():
    history = History(prepare(Setup()))
    end = history.run(3000)
    history.go_to(1234)
    assert history.run(3000 - 1234).same_as(end)
    assert history.go_to(4000).step == 4000


def test_memory_is_bounded(monkeypatch):
    monkeypatch.setattr(module, "MOST_STATES", 20)
    monkeypatch.setattr(module, "MOST_POINTS", 30)
    training = prepare(Setup(hidden=(2,), samples=40))
    history = History(training)
    for _ in range(50):
        history.run(2000)
        assert history.states_kept <= 22
        assert len(history.curve.steps) <= 32
    assert history.at(77_777).same_as(training.advance(training.start(), 77_777))
    assert history.furthest >= 90_000


def test_the_curve():
    training = prepare(Setup())
    history = History(training)
    history.run(2000)
    curve = history.curve
    assert (np.diff(curve.steps) > 0).all()
    assert curve.steps[0] == 0
    assert curve.steps[-1] >= 1990
    for index in (0, 100, len(curve.steps) - 1):
        scores = training.scores(training.advance(training.start(), int(curve.steps[index])))
        assert curve.train_loss[index] == scores.train_loss
        assert curve.test_score[index] == scores.test_score
    history.go_to(500)
    history.run(100)
    np.testing.assert_array_equal(history.curve.test_loss, curve.test_loss)


def test_reset_begins_with_the_same_weights():
    history = History(prepare(Setup()))
    first = history.state
    history.run(1000)
    assert history.reset().same_as(first)
    assert len(history.curve.steps) == 1
    assert history.states_kept == 1


def test_a_change_by_hand_begins_anew_there():
    training = prepare(Setup())
    history = History(training)
    history.run(2000)
    history.go_to(777)
    changed = history.change(edited(training, history.state, 0, 1, 3.0, source=0))
    assert history.furthest == 777
    assert history.run(50_000).same_as(training.advance(changed, 50_000))
    assert history.at(777).same_as(changed)
    assert history.at(800).same_as(training.advance(changed, 23))
    assert history.at(776).same_as(training.advance(training.start(), 776))


def test_another_future_forgets_the_changes_of_the_old_one():
    training = prepare(Setup())
    history = History(training)
    history.run(1000)
    history.change(edited(training, history.state, 0, 0, -2.0))
    after = history.run(500)
    history.go_to(400)
    assert history.at(1500).same_as(after)  # still there
    assert history.run(1100).same_as(training.advance(training.start(), 1500))
    assert history.at(1200).same_as(training.advance(training.start(), 1200))


def test_a_setting_may_change_on_the_way():
    slow, fast = prepare(Setup()), prepare(Setup(learning_rate=0.3, optimizer="momentum"))
    history = History(slow)
    then = history.run(1234)
    history.change_setting(fast)
    assert history.training is fast
    end = history.run(5000)
    assert end.same_as(fast.advance(fast.adopt(then, slow), 5000))
    assert history.at(2000).same_as(fast.advance(fast.adopt(then, slow), 2000 - 1234))
    history.go_to(800)
    assert history.training is slow
    assert history.state.same_as(slow.advance(slow.start(), 800))
    assert history.reset().same_as(slow.start())
    assert history.training is slow
    with pytest.raises(HondoError, match="sizes"):
        history.change_setting(prepare(Setup(hidden=(3,))))


def test_a_change_of_rate_keeps_the_optimizer_s_memory():
    one, other = (prepare(Setup(optimizer="adam", learning_rate=rate)) for rate in (0.01, 0.001))
    state = one.advance(one.start(), 10)
    assert other.adopt(state, one).same_as(state)


def test_a_history_may_begin_later():
    training = prepare(Setup())
    history = History(training, training.advance(training.start(), 101))
    history.run(1000)
    assert history.at(500).same_as(training.advance(training.start(), 500))
    with pytest.raises(HondoError, match="The first is 101"):
        history.at(100)


def test_what_cannot_be_is_refused():
    history = History(prepare(Setup()))
    with pytest.raises(HondoError, match="cannot take -1"):
        history.run(-1)
    with pytest.raises(HondoError, match="Go to its step first"):
        history.change(history.at(5))
