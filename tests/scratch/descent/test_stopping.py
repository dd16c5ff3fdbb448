from collections.abc import Callable

import numpy as np
import pytest

from hondo.core.language import use_language
from hondo.scratch.descent.stopping import Criterion, MaximumSteps, NoImprovement, Reached, SmallGradient
from hondo.scratch.mistakes import Mistake

NAN = float("nan")


def stops_at(criterion: Criterion, losses: list[float], length: float = 1.0) -> int | None:
    """After how many losses the criterion first speaks."""
    return next((n for n in range(1, len(losses) + 1) if criterion(losses[:n], length)), None)


def test_after_so_many_steps_it_is_enough() -> None:
    assert stops_at(MaximumSteps(3), [0.5] * 10) == 3
    assert stops_at(MaximumSteps(11), [0.5] * 10) is None


def test_a_gradient_must_be_shorter_than_the_tolerance() -> None:
    criterion = SmallGradient(0.01)
    assert criterion([1.0], 0.01) is None
    assert criterion([1.0], 0.0099) is not None
    assert SmallGradient()([1.0], 1e-6) is None


def test_reached_looks_at_the_last_loss_only_and_equal_is_enough() -> None:
    assert stops_at(Reached(0.2), [0.5, 0.3, 0.2, 0.1]) == 3
    assert Reached(0.2)([0.1, 0.3], 1.0) is None
    assert Reached(0.2)([], 1.0) is None


@pytest.mark.parametrize(
    ("patience", "least", "losses", "stop"),
    [
        (3, 0.0, [0.5, 0.6, 0.6, 0.6, 0.6], 4),  # exactly `patience` losses without improvement
        (3, 0.0, [0.5, 0.6, 0.6, 0.4, 0.5, 0.5, 0.5], 7),  # an improvement at the last moment
        (1, 0.0, [0.5, 0.4, 0.3, 0.3], 4),  # equal is no improvement
        (2, 0.0, [0.5, 0.5, 0.5], 3),
        (2, 0.0, [0.5, 0.4, 0.3, 0.2], None),
        (2, 0.0, [0.3, 0.5, 0.4, 0.2], 3),  # better than before, but not than the best
        (2, 0.1, [0.5, 0.45, 0.41], 3),  # improvement by less than `least`
        (2, 0.25, [0.5, 0.5, 0.25], 3),  # by exactly `least` is too little
        (3, 0.0, [], None),
        (3, 0.0, [0.5, 0.5, 0.5], None),
        (2, 0.0, [np.inf, np.inf, np.inf], 3),
    ],
)
def test_patience_ends_when_the_best_is_so_long_ago(
    patience: int, least: float, losses: list[float], stop: int | None
) -> None:
    assert stops_at(NoImprovement(patience, least), losses) == stop


def test_losses_that_are_no_number_are_no_improvement() -> None:
    assert stops_at(NoImprovement(2), [0.5, NAN, NAN, NAN]) == 3
    assert stops_at(NoImprovement(2), [NAN, NAN, NAN]) == 3
    assert stops_at(NoImprovement(2), [0.5, NAN, 0.4, NAN, 0.3]) is None


@pytest.mark.mistake
@pytest.mark.parametrize("patience", [0, -1])
def test_without_patience_nothing_could_be_compared(patience: int) -> None:
    with use_language("en"), pytest.raises(Mistake, match="patience"):
        NoImprovement(patience)([0.5, 0.4], 1.0)
    with use_language("es"), pytest.raises(Mistake, match="patience"):
        NoImprovement(patience)([0.5, 0.4], 1.0)


@pytest.mark.parametrize(
    ("criterion", "english", "spanish"),
    [
        (MaximumSteps(2), "2 steps were taken", "se dieron 2 pasos"),
        (SmallGradient(0.5), "gradient is shorter than 0.5", "gradiente mide menos de 0.5"),
        (Reached(0.7), "loss reached 0.7", "pérdida llegó a 0.7"),
        (NoImprovement(1), "no improvement for 1", "sin mejora durante 1"),
    ],
)
def test_the_reason_is_said_in_both_languages(criterion: Callable, english: str, spanish: str) -> None:
    with use_language("en"):
        assert english in criterion([0.5, 0.6], 0.1)
    with use_language("es"):
        assert spanish in criterion([0.5, 0.6], 0.1)
