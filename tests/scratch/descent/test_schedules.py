import math

import numpy as np
import pytest

from hondo.core.backend import keras
from hondo.scratch.descent.schedules import CosineDecay, ExponentialDecay, InverseTimeDecay, Schedule, StepDecay

s = keras.optimizers.schedules
STEPS = [*range(30), 47, 48, 49, 50, 51, 99, 100, 101, 1000]


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (StepDecay(0.3, 0.4, every=7), s.ExponentialDecay(0.3, 7, 0.4, staircase=True)),
        (StepDecay(0.3, 0.4, every=1), s.ExponentialDecay(0.3, 1, 0.4, staircase=True)),
        (ExponentialDecay(0.3, 0.4, every=7), s.ExponentialDecay(0.3, 7, 0.4)),
        (InverseTimeDecay(0.3, 0.4, every=7), s.InverseTimeDecay(0.3, 7, 0.4)),
        (CosineDecay(0.3, 50), s.CosineDecay(0.3, 50)),
        (CosineDecay(0.3, 100, alpha=0.2), s.CosineDecay(0.3, 100, 0.2)),
    ],
)
def test_each_schedule_is_keras_at_every_step(ours: Schedule, theirs: s.LearningRateSchedule, double: None) -> None:
    np.testing.assert_allclose([ours(t) for t in STEPS], [float(theirs(t)) for t in STEPS], rtol=1e-4, atol=1e-7)


@pytest.mark.parametrize(
    ("schedule", "formula"),
    [
        (StepDecay(0.3, 0.4, every=7), lambda t: 0.3 * math.prod([0.4] * len(range(7, t + 1, 7)))),
        (ExponentialDecay(0.3, 0.4, every=7), lambda t: 0.3 * math.exp(math.log(0.4) * t / 7)),
        (InverseTimeDecay(0.3, 0.4, every=7), lambda t: 0.3 * 7 / (7 + 0.4 * t)),
        (CosineDecay(0.3, 50, 0.2), lambda t: 0.06 + 0.24 * math.cos(math.pi * min(t, 50) / 100) ** 2),
    ],
)
def test_each_schedule_is_its_formula_written_in_another_way(schedule: Schedule, formula: Schedule) -> None:
    np.testing.assert_allclose([schedule(t) for t in STEPS], [formula(t) for t in STEPS], rtol=1e-12, atol=1e-300)


@pytest.mark.parametrize("schedule", [StepDecay(0.1), ExponentialDecay(0.1), InverseTimeDecay(0.1)])
def test_after_a_thousand_steps_half_is_left_unless_something_else_is_said(schedule: Schedule) -> None:
    assert schedule(0) == 0.1
    assert schedule(1000) == pytest.approx(0.05)
