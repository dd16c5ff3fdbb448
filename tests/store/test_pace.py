"""How long a training will take is read off what it has done."""

import pytest

from hondo.core.environment import describe_environment
from hondo.core.spec import RunSpec
from hondo.store.metrics import write_metrics
from hondo.store.pace import read_pace
from hondo.store.records import MetricPoint, RunRecord
from hondo.store.runs import create_run
from hondo.store.workspace import Workspace, open_workspace


@pytest.fixture
def kept() -> tuple[Workspace, RunRecord]:
    workspace = open_workspace()
    spec = RunSpec.model_validate({"name": "a", "data": {"name": "digits"}, "model": {"preset": "mlp", "hidden": [4]}})
    return workspace, create_run(workspace, spec, describe_environment())


def test_before_anything_is_measured_nothing_is_said(kept: tuple[Workspace, RunRecord]) -> None:
    pace = read_pace(*kept)
    assert (pace.done, pace.steps, pace.seconds, pace.left(10)) == (0.0, None, None, None)


def test_in_the_first_epoch_its_steps_are_counted(kept: tuple[Workspace, RunRecord]) -> None:
    write_metrics(*kept, [MetricPoint("loss", 40, 1.0, "step", 0, 1000.0)])
    pace = read_pace(*kept)
    assert (pace.done, pace.steps, pace.left(10)) == (0.0, 40, None)


def test_the_rest_takes_as_long_as_the_epochs_before_without_the_pause(kept: tuple[Workspace, RunRecord]) -> None:
    times = [1000, 1010, 1020, 9000, 9010]  # it was stopped for a while after the third
    points = [MetricPoint("loss", epoch, 1.0, "epoch", epoch, float(when)) for epoch, when in enumerate(times)]
    points += [
        MetricPoint("loss", 100 * (epoch + 1), 1.0, "step", epoch, float(when)) for epoch, when in enumerate(times)
    ]
    points.append(MetricPoint("loss", 525, 1.0, "step", 5, 9012.0))  # a quarter of the sixth epoch
    write_metrics(*kept, points)
    pace = read_pace(*kept)
    assert (pace.done, pace.steps, pace.seconds) == (5.25, 25, 10.0)
    assert pace.left(8) == pytest.approx(27.5)
    assert pace.left(3) == 0.0
