"""Curves thinned in the database: nothing is lost from sight, whatever their length."""

import math

import pytest

from hondo.store.curves import read_curves
from hondo.store.metrics import write_metrics
from hondo.store.records import MetricPoint, RunRecord
from hondo.store.workspace import Workspace


def write(workspace: Workspace, run: RunRecord, values: list[float], start: int = 0) -> None:
    points = [MetricPoint("loss", start + step, value, "step") for step, value in enumerate(values)]
    write_metrics(workspace, run, points)


def test_a_short_curve_comes_whole(workspace: Workspace, run: RunRecord) -> None:
    write(workspace, run, [3.0, math.nan, 1.0, math.inf])
    curve = read_curves(workspace, run, "step")["loss"]
    assert (curve.steps, curve.values) == ([0, 1, 2, 3], [3.0, None, 1.0, None])
    assert (curve.total, curve.last_step, curve.low) == (4, 3, [])
    assert read_curves(workspace, run, "epoch") == {}


@pytest.mark.parametrize(("count", "points"), [(1000, 10), (1001, 10), (999, 7), (50, 49)])
def test_a_long_curve_keeps_its_peaks(workspace: Workspace, run: RunRecord, count: int, points: int) -> None:
    values = [math.sin(step / 9) for step in range(count)]
    values[count // 2] = 99.0
    write(workspace, run, values, start=5)
    curve = read_curves(workspace, run, "step", points=points)["loss"]
    assert len(curve.steps) <= points
    assert curve.steps[0] == 5
    assert curve.steps == sorted(curve.steps)
    assert (curve.total, curve.last_step) == (count, count + 4)
    assert max(high for high in curve.high if high is not None) == 99.0
    width = -(-count // points)
    for place, step in enumerate(curve.steps):
        stretch = values[step - 5 : step - 5 + width]
        assert curve.values[place] == pytest.approx(sum(stretch) / len(stretch))
        assert (curve.low[place], curve.high[place]) == (min(stretch), max(stretch))


def test_only_what_is_new_and_only_one_series(workspace: Workspace, run: RunRecord) -> None:
    write(workspace, run, [float(step) for step in range(100)])
    write_metrics(workspace, run, [MetricPoint("accuracy", 0, 1.0, "step")])
    assert set(read_curves(workspace, run, "step")) == {"loss", "accuracy"}
    assert set(read_curves(workspace, run, "step", series="loss")) == {"loss"}
    newer = read_curves(workspace, run, "step", after=97)
    assert list(newer) == ["loss"]
    assert newer["loss"].steps == [98, 99]
    assert read_curves(workspace, run, "step", after=99) == {}
    thinned = read_curves(workspace, run, "step", after=49, points=5)["loss"]
    assert thinned.steps == [50, 60, 70, 80, 90]


def test_what_is_not_finite_is_left_out_of_the_means(workspace: Workspace, run: RunRecord) -> None:
    write(workspace, run, [math.nan] * 10 + [1.0, math.inf] * 5)
    curve = read_curves(workspace, run, "step", points=2)["loss"]
    assert curve.values == [None, 1.0]
