from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hondo.core.language import use_language
from hondo.scratch.descent.gradient_descent import Parameters, batches, descend, walk
from hondo.scratch.descent.optimizers import SGD, Adam, Momentum
from hondo.scratch.descent.stopping import MaximumSteps, Reached, SmallGradient
from hondo.scratch.descent.surfaces import SURFACES
from hondo.scratch.mistakes import Mistake

RNG = np.random.default_rng(5)
X, Y = RNG.normal(size=(12, 3)), RNG.normal(size=12)
START = {"w": np.array([0.5, -1.0, 2.0]), "b": np.array([0.1])}


class Line:
    """The squared error of a line, keeping a record of which rows it was asked for."""

    def __init__(self) -> None:
        self.seen: list[list[int]] = []

    def __call__(self, parameters: Parameters, rows: np.ndarray) -> tuple[float, Parameters]:
        self.seen.append(rows.tolist())
        error = X[rows] @ parameters["w"] + parameters["b"] - Y[rows]
        slope = 2 * error / len(rows)
        return float(np.mean(error**2)), {"w": X[rows].T @ slope, "b": slope.sum(keepdims=True)}


@given(samples=st.integers(1, 60), share=st.floats(0, 1), seed=st.integers(0, 99))
def test_batches_cover_every_row_once(samples: int, share: float, seed: int) -> None:
    size = 1 + int(share * (samples - 1))
    parts = list(batches(samples, size, np.random.default_rng(seed)))
    assert sorted(np.concatenate(parts).tolist()) == list(range(samples))
    assert [len(rows) for rows in parts[:-1]] == [size] * (len(parts) - 1)
    assert 1 <= len(parts[-1]) <= size


def test_every_row_comes_first_about_equally_often() -> None:
    rng = np.random.default_rng(0)
    first = [next(batches(5, 2, rng))[0] for _ in range(2000)]
    assert np.abs(np.bincount(first) - 400).max() < 90  # five standard deviations


def test_batch_descent_is_the_formula_repeated() -> None:
    line = Line()
    steps = list(descend(line, START, SGD(0.05), samples=12, batch_size=12, epochs=30))
    w, b = START["w"], START["b"][0]
    for step in steps:
        errors = [x @ w + b - y for x, y in zip(X, Y, strict=True)]
        assert step.loss == pytest.approx(sum(e * e for e in errors) / 12, rel=1e-12)
        d_w, d_b = sum(2 * e * x for e, x in zip(errors, X, strict=True)) / 12, sum(2 * e for e in errors) / 12
        np.testing.assert_allclose(step.gradients["w"], d_w, rtol=1e-10, atol=1e-12)
        w, b = w - 0.05 * d_w, b - 0.05 * d_b
        np.testing.assert_allclose(step.parameters["w"], w, rtol=1e-10)
        np.testing.assert_allclose(step.parameters["b"], [b], rtol=1e-10)
    assert len(steps) == 30
    assert all(step.ends_epoch for step in steps)


def test_stochastic_descent_visits_each_sample_once_an_epoch_in_a_new_order() -> None:
    line = Line()
    steps = list(descend(line, START, SGD(0.01), samples=12, epochs=3))
    epochs = [[rows[0] for rows in line.seen[start : start + 12]] for start in (0, 12, 24)]
    assert [sorted(epoch) for epoch in epochs] == [list(range(12))] * 3
    assert all(one != other for one, other in pairwise(epochs))
    assert [step.ends_epoch for step in steps] == ([False] * 11 + [True]) * 3


def test_in_between_steps_are_counted_and_the_last_batch_is_smaller() -> None:
    line = Line()
    steps = list(descend(line, START, SGD(0.01), samples=12, batch_size=5, epochs=2))
    assert [len(rows) for rows in line.seen] == [5, 5, 2, 5, 5, 2]
    assert [(s.number, s.epoch, s.ends_epoch) for s in steps] == [
        (0, 0, False), (1, 0, False), (2, 0, True), (3, 1, False), (4, 1, False), (5, 1, True),
    ]  # fmt: skip
    assert sorted(row for rows in line.seen[:3] for row in rows) == list(range(12))


@pytest.mark.parametrize("optimizer", [Momentum(0.02), Adam(lambda t: 0.1 / (1 + t))])
def test_memory_and_the_number_of_steps_go_on_over_epochs(optimizer: Momentum | Adam) -> None:
    line = Line()
    *_, last = descend(line, START, optimizer, samples=12, batch_size=4, epochs=4, seed=3)
    parameters, memory = START, {name: optimizer.start(w) for name, w in START.items()}
    for t, rows in enumerate(line.seen):
        _, gradients = Line()(parameters, np.array(rows))
        both = {name: optimizer.update(parameters[name], gradients[name], memory[name], t) for name in START}
        parameters, memory = {n: w for n, (w, _) in both.items()}, {n: m for n, (_, m) in both.items()}
    assert len(line.seen) == 12
    for name in START:
        np.testing.assert_allclose(last.parameters[name], parameters[name], rtol=1e-12)


def test_equal_seeds_give_equal_ways_and_the_start_is_left_as_it_was() -> None:
    before = {name: w.copy() for name, w in START.items()}
    one, same, other = (
        [s.loss for s in descend(Line(), START, SGD(0.01), samples=12, batch_size=4, epochs=2, seed=seed)]
        for seed in (1, 1, 2)
    )
    assert one == same != other
    for name, w in before.items():
        np.testing.assert_array_equal(START[name], w)


def test_it_finds_the_line_of_least_squares() -> None:
    *_, last = descend(Line(), START, SGD(0.1), samples=12, batch_size=12, epochs=3000)
    solution, *_ = np.linalg.lstsq(np.column_stack([X, np.ones(12)]), Y, rcond=None)
    np.testing.assert_allclose(np.append(last.parameters["w"], last.parameters["b"]), solution, rtol=1e-8)


def test_the_first_criterion_with_a_reason_ends_it() -> None:
    steps = list(descend(Line(), START, SGD(0.01), epochs=9, samples=12, stop=[Reached(-1), MaximumSteps(5)]))
    assert len(steps) == 5
    assert [step.reason for step in steps[:-1]] == [None] * 4
    assert "5" in (steps[-1].reason or "")


def test_the_gradients_length_is_over_all_parameters() -> None:
    start = {"a": np.array([3.0]), "b": np.array([[4.0]])}  # gradients of length 5 together

    def constant(parameters: Parameters, _: np.ndarray) -> tuple[float, Parameters]:
        return 1.0, start

    assert next(descend(constant, start, SGD(), stop=[SmallGradient(5.001)])).reason is not None
    assert next(descend(constant, start, SGD(), stop=[SmallGradient(4.999)])).reason is None


def test_a_walk_is_the_start_and_every_point_after_a_step() -> None:
    points = walk(SURFACES["ravine"], (2.0, 1.0), SGD(0.04), steps=6)
    u, v = 2 * 0.96 ** np.arange(7), (1 - 0.04 * 20) ** np.arange(7)
    np.testing.assert_allclose(points, np.column_stack([u, v]), rtol=1e-12)


def test_a_walk_ends_where_a_criterion_says_so() -> None:
    points = walk(SURFACES["bowl"], (3.0, 4.0), SGD(0.25), steps=50, stop=[Reached(1.0)])
    # Each step halves the way: heights 25, 6.25, 1.5625, 0.39; the last one is seen before its step.
    np.testing.assert_allclose(points, [[3 / 2**n, 4 / 2**n] for n in range(5)])


@pytest.mark.mistake
@pytest.mark.parametrize("size", [0, -1, 11])
def test_a_batch_has_at_least_one_row_and_at_most_all(size: int) -> None:
    with use_language("en"), pytest.raises(Mistake, match=r"needs batch_size in \[1, 10\], got"):
        list(batches(10, size, np.random.default_rng(0)))
    with use_language("es"), pytest.raises(Mistake, match=r"necesita batch_size en \[1, 10\], llegó"):
        list(descend(Line(), START, SGD(), samples=10, batch_size=size))
