"""Twins begin alike and differ only through the setting that was changed."""

import numpy as np
import pytest

from hondo.core.language import use_language
from hondo.scratch.mistakes import Mistake
from hondo.scratch.trace.twins import Setup, run, twins

RNG = np.random.default_rng(5)
X = RNG.normal(size=(10, 2))
Y = (X[:, :1] * X[:, 1:] > 0).astype(float)


@pytest.mark.parametrize(
    ("change", "parting"),
    [
        ({"learning_rate": 0.5}, "W1"),  # all is equal until the first update
        ({"optimizer": "momentum"}, "W1"),  # the same first step, from rest …
        ({"activation": "relu"}, "a1"),
        ({"output": "linear"}, "a2"),
        ({"loss": "mean_absolute_error"}, "L"),
    ],
)
def test_they_part_where_the_setting_first_matters(change: dict, parting: str) -> None:
    pair = twins(Setup(), X, Y, **change)
    step = pair.parting()
    assert step is not None
    if change == {"optimizer": "momentum"}:
        assert (step.name, step.batch) == ("W1", 1)  # … so they part a step later
    else:
        assert (step.name, step.batch) == (parting, 0)
    for name, value in pair.first.given.items():
        np.testing.assert_array_equal(value, pair.second.given[name])


def test_they_see_the_same_batches_in_the_same_order() -> None:
    pair = twins(Setup(steps=5), X, Y, learning_rate=2.0)
    for name in ("a0", "y"):
        first, second = ([s.value for s in trace.steps if s.name == name] for trace in (pair.first, pair.second))
        assert len(first) == 4  # the first batch is given, four arrive
        for a, b in zip(first, second, strict=True):
            np.testing.assert_array_equal(a, b)


def test_an_epoch_shows_every_sample_once() -> None:
    rows = list(Setup(batch_size=4, steps=6).rows(10))
    assert [len(batch) for batch in rows] == [4, 4, 2, 4, 4, 2]
    assert sorted(np.concatenate(rows[:3]).tolist()) == list(range(10))


def test_equal_settings_never_part() -> None:
    setup = Setup()
    assert twins(setup, X, Y, learning_rate=setup.learning_rate).parting() is None


def test_a_run_learns() -> None:
    losses = [
        float(s.value) for s in run(Setup(steps=200, optimizer="adam", learning_rate=0.05), X, Y).steps if s.name == "L"
    ]
    assert np.mean(losses[-20:]) < np.mean(losses[:20]) / 2


@pytest.mark.mistake
@pytest.mark.parametrize(
    ("change", "english", "spanish"),
    [
        ({"seed": 1}, "seed would change them", "seed los cambiaría"),
        ({"sizes": (2, 4, 1)}, "sizes would change them", "sizes los cambiaría"),
        ({"learning_rte": 1.0}, "learning_rate", "learning_rate"),
        ({}, "differ in one setting, got 0", "difieren en un ajuste, llegaron 0"),
        ({"loss": "huber", "activation": "relu"}, "got 2", "llegaron 2"),
        ({"optimizer": "adan"}, "Did you mean 'adam'", "¿Quiso decir 'adam'"),
    ],
)
def test_what_twins_cannot_differ_in_is_explained(change: dict, english: str, spanish: str) -> None:
    with pytest.raises(Mistake) as error:
        twins(Setup(), X, Y, **change)
    assert english in str(error.value)
    with use_language("es"), pytest.raises(Mistake) as error:
        twins(Setup(), X, Y, **change)
    assert spanish in str(error.value)
