"""Every value comes back exactly as it was measured."""

import math

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hondo.store.metrics import read_history, read_metrics, truncate_metrics, write_metrics
from hondo.store.records import MetricPoint, RunRecord
from hondo.store.runs import find_run, update_run
from hondo.store.workspace import Workspace


def losses(workspace: Workspace, run: RunRecord) -> list[float]:
    return read_history(workspace, run).get("loss", [])


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.floats(), min_size=1, max_size=20))
def test_any_float_survives(workspace: Workspace, run: RunRecord, values: list[float]) -> None:
    truncate_metrics(workspace, run, from_epoch=0)
    write_metrics(workspace, run, [MetricPoint("loss", i, value, epoch=i) for i, value in enumerate(values)])
    # Equal, not identical: SQLite has no negative zero.
    np.testing.assert_array_equal(losses(workspace, run), values)


def test_numpy_numbers_are_taken(workspace: Workspace, run: RunRecord) -> None:
    write_metrics(workspace, run, [MetricPoint("loss", 0, np.float32(0.1)), MetricPoint("loss", 1, np.float32(np.nan))])
    first, second = losses(workspace, run)
    assert first == float(np.float32(0.1))
    assert math.isnan(second)


def test_epochs_and_steps_are_told_apart(workspace: Workspace, run: RunRecord) -> None:
    points = [
        MetricPoint("loss", 1, 0.5, "epoch", epoch=1, time=5.0),
        MetricPoint("loss", 1, 0.9, "step", epoch=0, time=1.0),
        MetricPoint("accuracy", 1, 0.1, "step", epoch=0, time=1.0),
        MetricPoint("loss", 2, 0.8, "step", epoch=0, time=2.0),
    ]
    write_metrics(workspace, run, points)
    assert read_metrics(workspace, run) == points[:1]
    assert read_metrics(workspace, run, "step") == [points[2], points[1], points[3]]
    assert read_metrics(workspace, run, "step", series="accuracy") == [points[2]]


def test_a_value_computed_again_replaces_the_older_one_and_never_a_newer_one(
    workspace: Workspace, run: RunRecord
) -> None:
    write_metrics(workspace, run, [MetricPoint("loss", 0, 1.0, time=10.0)])
    write_metrics(workspace, run, [MetricPoint("loss", 0, math.nan, time=20.0)])
    assert math.isnan(losses(workspace, run)[0])
    write_metrics(workspace, run, [MetricPoint("loss", 0, 3.0, time=15.0)])
    assert math.isnan(losses(workspace, run)[0])
    write_metrics(workspace, run, [MetricPoint("loss", 0, 4.0, time=20.0)])
    assert losses(workspace, run) == [4.0]


def test_the_last_of_several_values_for_one_place_counts(workspace: Workspace, run: RunRecord) -> None:
    write_metrics(workspace, run, [MetricPoint("loss", 0, 1.0), MetricPoint("loss", 0, 2.0)])
    assert losses(workspace, run) == [2.0]


def test_history_is_in_order_of_epochs_whatever_the_order_of_writing(workspace: Workspace, run: RunRecord) -> None:
    write_metrics(workspace, run, [MetricPoint("loss", epoch, float(epoch), epoch=epoch) for epoch in (10, 2, 0, 9, 1)])
    assert losses(workspace, run) == [0.0, 1.0, 2.0, 9.0, 10.0]


def test_truncating_forgets_later_epochs_at_both_levels_and_nothing_else(workspace: Workspace, run: RunRecord) -> None:
    epochs = [MetricPoint("loss", epoch, float(epoch), epoch=epoch, time=1.0) for epoch in range(4)]
    steps = [MetricPoint("loss", 10 * epoch, 0.0, "step", epoch=epoch, time=1.0) for epoch in range(4)]
    write_metrics(workspace, run, [*epochs, *steps])
    update_run(workspace, run, epochs_done=4)

    truncate_metrics(workspace, run, from_epoch=2)
    assert read_metrics(workspace, run) == epochs[:2]
    assert read_metrics(workspace, run, "step") == steps[:2]
    assert find_run(workspace, run.name).epochs_done == 2

    truncate_metrics(workspace, run, from_epoch=3)
    assert find_run(workspace, run.name).epochs_done == 2
