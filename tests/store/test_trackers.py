"""What MLflow and TensorBoard read from a copy is what Hondo measured."""

import math
from importlib.util import find_spec
from pathlib import Path

import pytest

from hondo.core.errors import HondoError, StoreError
from hondo.store.metrics import write_metrics
from hondo.store.records import MetricPoint, RunRecord
from hondo.store.runs import update_run
from hondo.store.trackers import export_mlflow, export_tensorboard
from hondo.store.workspace import Workspace

with_mlflow = pytest.mark.skipif(find_spec("mlflow") is None, reason="needs mlflow: pip install 'hondo[export]'")
with_tensorboard = pytest.mark.skipif(find_spec("tensorboard") is None, reason="needs tensorboard")
# Both, and what they import, warn of their own futures.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")


@pytest.fixture
def measured(workspace: Workspace, run: RunRecord) -> RunRecord:
    epochs = [MetricPoint("loss", i, value, epoch=i, time=100.0 + i) for i, value in enumerate((2.5, 0.125, math.nan))]
    steps = [MetricPoint("loss", i, i / 8, "step", epoch=0, time=99.0) for i in range(1500)]
    write_metrics(workspace, run, [*epochs, *steps])
    return update_run(workspace, run, status="diverged", message="no longer finite")


@with_tensorboard
def test_tensorboard_reads_the_same_values(workspace: Workspace, measured: RunRecord, tmp_path: Path) -> None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    place = export_tensorboard(workspace, measured, tmp_path / "logs")
    assert place == tmp_path / "logs" / measured.name
    read = EventAccumulator(str(place), size_guidance={"scalars": 0}).Reload()
    assert sorted(read.Tags()["scalars"]) == ["epoch/loss", "step/loss"]
    epochs = read.Scalars("epoch/loss")
    assert [(found.step, found.wall_time) for found in epochs] == [(0, 100.0), (1, 101.0), (2, 102.0)]
    assert [found.value for found in epochs] == pytest.approx([2.5, 0.125, math.nan], nan_ok=True)
    assert [found.value for found in read.Scalars("step/loss")] == [i / 8 for i in range(1500)]


@with_tensorboard
def test_a_folder_that_tensorboard_cannot_make_is_explained(
    workspace: Workspace, measured: RunRecord, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(StoreError, match="Cannot write"):
        export_tensorboard(workspace, measured, tmp_path / "file")


@with_mlflow
def test_mlflow_reads_the_same_values(workspace: Workspace, measured: RunRecord, tmp_path: Path) -> None:
    from mlflow.tracking import MlflowClient

    uri = f"sqlite:///{tmp_path / 'mlflow.db'}"
    made = export_mlflow(workspace, measured, uri, levels=("epoch", "step"))
    client = MlflowClient(uri)
    read = client.get_run(made)
    assert (read.info.run_name, read.info.status) == (measured.name, "FAILED")
    assert read.data.tags["hondo.message"] == "no longer finite"
    assert read.data.params["train.epochs"] == "10"
    history = client.get_metric_history(made, "loss")
    assert [(found.step, found.timestamp) for found in history] == [(0, 100000), (1, 101000), (2, 102000)]
    assert [found.value for found in history] == pytest.approx([2.5, 0.125, math.nan], nan_ok=True)
    assert len(client.get_metric_history(made, "step/loss")) == 1500
    again = client.get_run(export_mlflow(workspace, measured, uri))
    assert again.info.experiment_id == read.info.experiment_id


@with_mlflow
def test_an_mlflow_that_cannot_be_used_is_explained(workspace: Workspace, measured: RunRecord) -> None:
    with pytest.raises(StoreError, match="MLflow did not take the run"):
        export_mlflow(workspace, measured, "nonsense://")


@pytest.mark.skipif(find_spec("mlflow") is not None, reason="needs an installation without mlflow")
def test_without_mlflow_it_says_what_to_install(workspace: Workspace, measured: RunRecord) -> None:
    with pytest.raises(HondoError, match="MLflow is not installed") as raised:
        export_mlflow(workspace, measured, "sqlite:///mlflow.db")
    assert "pip install 'hondo[export]'" in raised.value.hint


@pytest.mark.skipif(find_spec("tensorboard") is not None, reason="needs an installation without tensorboard")
def test_without_tensorboard_it_says_what_to_install(workspace: Workspace, measured: RunRecord, tmp_path: Path) -> None:
    with pytest.raises(HondoError, match="TensorBoard is not installed"):
        export_tensorboard(workspace, measured, tmp_path)
