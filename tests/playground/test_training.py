import numpy as np
import pytest

from hondo.core.errors import HondoError
from hondo.playground import training as module
from hondo.playground.setup import Setup
from hondo.playground.training import prepare


@pytest.mark.parametrize(
    ("setup", "steps", "loss"),
    [
        (Setup("circle"), 10_000, 0.01),
        (Setup("xor", hidden=(4, 4), activation="relu"), 20_000, 0.03),
        (Setup("gaussians", hidden=(), output="sigmoid"), 2_000, 0.01),
        (Setup("spiral", hidden=(8, 8), optimizer="adam", learning_rate=0.01), 40_000, 0.1),
        (Setup("spiral", hidden=(8,), inputs=("x1", "x2", "sin(x1)", "sin(x2)"), output="softmax"), 50_000, 0.2),
        (Setup("moons", optimizer="momentum", learning_rate=0.01), 10_000, 0.02),
        (Setup().changed(data="plane", hidden=(), samples=200, learning_rate=0.01), 2_000, 0.001),
        (Setup().changed(data="gaussian_mix", hidden=(8, 8), optimizer="rmsprop", learning_rate=0.003), 40_000, 0.02),
    ],
    ids=lambda each: each.data if isinstance(each, Setup) else "",
)
def test_it_learns(setup, steps, loss):
    training = prepare(setup)
    before, after = (training.scores(training.advance(training.start(), each)) for each in (0, steps))
    assert after.test_loss < loss < before.test_loss
    assert after.test_score > 0.85


def test_numpy_too_gives_the_same_however_steps_are_divided():
    training = prepare(Setup(samples=45, optimizer="adam", batch_size=7), machine=False)
    start = training.start()
    assert training.advance(training.advance(start, 5), 8).same_as(training.advance(start, 13))


def test_without_machine_code(monkeypatch):
    monkeypatch.setenv("HONDO_KERNELS", "off")
    training = prepare(Setup())
    assert not training.compiled
    assert training.advance(training.start(), 3).step == 3


def test_machine_code_that_is_wrong_is_not_used(monkeypatch):
    monkeypatch.setattr(module, "compiled", lambda code: lambda *_: None)
    module._works.cache_clear()
    try:
        assert not prepare(Setup()).compiled
    finally:
        module._works.cache_clear()


def test_states_cannot_be_written_to():
    state = prepare(Setup()).start()
    with pytest.raises(ValueError, match="read-only"):
        state.weights[0] = 1


def test_what_cannot_be_is_refused():
    training = prepare(Setup())
    with pytest.raises(HondoError, match="25 weights"):
        training.state(np.zeros(3))
    with pytest.raises(HondoError, match="use a history"):
        training.advance(training.start(), -1)


def test_a_batch_larger_than_the_data_is_all_of_them():
    training = prepare(Setup(samples=20, batch_size=500))
    assert (training.batch, training.batches) == (10, 1)
    assert training.epoch(training.advance(training.start(), 3)) == 3


def test_scores():
    training = prepare(Setup().changed(data="plane"))
    state = training.state(np.zeros(25))
    found = training.scores(state)
    assert found.train_loss == pytest.approx(float((training.y.astype(float) ** 2).mean() / 2), rel=1e-5)
    assert found.train_score == pytest.approx(
        1 - float((training.y**2).sum() / ((training.y - training.y.mean()) ** 2).sum()), abs=1e-5
    )
