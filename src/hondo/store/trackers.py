"""Runs copied to the trackers that other people use: MLflow and TensorBoard.

Both are optional (``pip install 'hondo[export]'``) and slow to import, so the function that needs one loads it. The
copy goes one way: Hondo's own tables stay the place where a run lives.
"""

from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

from hondo.core.errors import HondoError, StoreError
from hondo.core.files import cannot_write
from hondo.core.language import tr
from hondo.store.metrics import read_metrics
from hondo.store.records import Level, MetricPoint, RunRecord, Status
from hondo.store.workspace import Workspace

T = TypeVar("T")

_MLFLOW_BATCH = 1000  # what one call of MLflow's takes
_MLFLOW_PARAMETERS = 100
_MLFLOW_LONGEST = 500  # characters of a parameter that every version of MLflow keeps
_MLFLOW_STATUS: dict[Status, str] = {"complete": "FINISHED", "stopped": "KILLED", "running": "RUNNING"}


def export_tensorboard(
    workspace: Workspace, run: RunRecord, folder: Path, levels: Sequence[Level] = ("epoch", "step")
) -> Path:
    """Write a run's values as TensorBoard's scalars, tagged ``epoch/loss``, ``step/loss`` …

    Args:
        workspace: Where the run is kept.
        run: The run.
        folder: TensorBoard's log folder; the run gets a folder of its name in it. Exporting again adds to it.
        levels: Epochs' values, steps', or both.

    Returns:
        The run's folder.

    Raises:
        HondoError: TensorBoard is not installed.
        StoreError: the database cannot be read, or the folder not written.
    """
    try:
        event = import_module("tensorboard.compat.proto.event_pb2").Event
        summary = import_module("tensorboard.compat.proto.summary_pb2").Summary
        open_writer = import_module("tensorboard.summary.writer.event_file_writer").EventFileWriter
    except ImportError as error:
        raise _not_installed("TensorBoard") from error
    place = folder / run.name
    try:
        writer = open_writer(str(place))
        for level in levels:
            for point in read_metrics(workspace, run, level):
                value = summary.Value(tag=f"{level}/{point.series}", simple_value=point.value)
                writer.add_event(event(wall_time=_when(run, point), step=point.step, summary=summary(value=[value])))
        writer.close()
    except OSError as error:
        raise cannot_write(place, error) from error
    return place


def export_mlflow(workspace: Workspace, run: RunRecord, uri: str, levels: Sequence[Level] = ("epoch",)) -> str:
    """Copy a run into an MLflow store: the spec as parameters, the values as metrics, the experiment named as the spec.

    Args:
        workspace: Where the run is kept.
        run: The run.
        uri: MLflow's tracking URI: ``sqlite:///mlflow.db``, ``http://…``. Not Hondo's own database.
        levels: Epochs' values, steps' (named ``step/loss`` …), or both.

    Returns:
        The new MLflow run's id.

    Raises:
        HondoError: MLflow is not installed.
        StoreError: the database cannot be read, or MLflow refuses.
    """
    try:
        entities = import_module("mlflow.entities")
        refused = import_module("mlflow.exceptions").MlflowException
        open_client = import_module("mlflow.tracking").MlflowClient
    except ImportError as error:
        raise _not_installed("MLflow") from error
    points = [point for level in levels for point in read_metrics(workspace, run, level)]
    metrics = [
        entities.Metric(_series(point), point.value, round(_when(run, point) * 1000), point.step) for point in points
    ]
    parameters = [entities.Param(name, str(value)[:_MLFLOW_LONGEST]) for name, value in _flat(run.spec)]
    try:
        client = open_client(uri)
        found = client.get_experiment_by_name(run.base)
        experiment = found.experiment_id if found else client.create_experiment(run.base)
        start, end = round(run.created.timestamp() * 1000), round(run.updated.timestamp() * 1000)
        made = client.create_run(experiment, start_time=start, run_name=run.name).info.run_id
        client.log_batch(
            made, tags=[entities.RunTag("hondo.status", run.status), entities.RunTag("hondo.message", run.message)]
        )
        for batch in _batches(parameters, _MLFLOW_PARAMETERS):
            client.log_batch(made, params=batch)
        for batch in _batches(metrics, _MLFLOW_BATCH):
            client.log_batch(made, metrics=batch)
        client.set_terminated(made, _MLFLOW_STATUS.get(run.status, "FAILED"), end)
    except refused as error:
        raise StoreError(
            tr(f"MLflow did not take the run: {error}", f"MLflow no aceptó el experimento: {error}"),
            tr("Check the tracking URI.", "Revise la dirección de MLflow."),
        ) from error
    return made


def _not_installed(name: str) -> HondoError:
    return HondoError(
        tr(f"{name} is not installed", f"{name} no está instalado"),
        tr("Install it: pip install 'hondo[export]'", "Instálelo: pip install 'hondo[export]'"),
    )


def _when(run: RunRecord, point: MetricPoint) -> float:
    """When a point was measured; points of the first version of the tables do not know."""
    return run.updated.timestamp() if point.time is None else point.time


def _series(point: MetricPoint) -> str:
    return point.series if point.level == "epoch" else f"step/{point.series}"


def _flat(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Nested data as dotted names, such as ``train.epochs``."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _flat(inner, f"{name}.{key}" if name else str(key))
    else:
        yield name, value


def _batches(entries: list[T], size: int) -> Iterator[list[T]]:
    for start in range(0, len(entries), size):
        yield entries[start : start + size]
