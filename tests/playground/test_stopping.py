import pytest

from hondo.core.errors import SpecError
from hondo.playground.history import History
from hondo.playground.setup import Setup
from hondo.playground.stopping import Stop, run_for
from hondo.playground.training import prepare


def finished(history, steps, stop):
    """Train to the end in many short bits; whether the condition was met."""
    while steps:
        taken, met = run_for([history], steps, stop, 0.001)
        assert 0 < taken <= steps
        steps -= taken
        if met:
            return True
    return False


def test_bits_lead_to_the_same_numbers():
    one, other = (History(prepare(Setup())) for _ in range(2))
    assert not finished(one, 1000, Stop())
    assert one.state.same_as(other.run(1000))


def test_it_stops_after_so_many_epochs_to_the_step():
    history = History(prepare(Setup()))
    assert finished(history, 100_000, Stop("epochs", 7))
    assert history.state.step == 7 * history.training.batches


@pytest.mark.parametrize(("kind", "value"), [("test_loss", 0.05), ("train_loss", 0.05), ("test_score", 0.97)])
def test_it_stops_at_the_first_epoch_that_is_good_enough(kind, value):
    history = History(prepare(Setup()))
    stop = Stop(kind, value)
    assert finished(history, 100_000, stop)
    assert stop.reached(history)
    assert history.state.step % history.training.batches == 0
    history.go_to(history.state.step - history.training.batches)
    assert not stop.reached(history)


def test_twins_stay_side_by_side_and_stop_together():
    pair = [History(prepare(Setup(learning_rate=rate))) for rate in (0.0001, 0.1)]
    taken, met = run_for(pair, 100_000, Stop("test_loss", 0.1), 60)
    assert met
    assert [history.state.step for history in pair] == [taken, taken]
    assert not Stop("test_loss", 0.1).reached(pair[0])


def test_a_stop_that_cannot_be_is_explained():
    with pytest.raises(SpecError, match="test_los"):
        Stop("test_los")
    with pytest.raises(SpecError, match="number"):
        Stop("epochs", float("nan"))
