"""Recorded runs: an experiment executed, remembered while it runs, resumed, and opened again.

Experiments know no database and the database trains nothing; this is where the two meet.
"""

from typing import Any

from hondo.core.backend import KerasModel
from hondo.core.environment import describe_environment
from hondo.core.errors import StoreError
from hondo.core.events import CancelToken, Notice, Sink, fan_out, no_sink
from hondo.core.language import tr
from hondo.core.spec import RunSpec
from hondo.engine.checkpoint import Checkpoint, load_checkpoint
from hondo.experiments.device import device_name
from hondo.experiments.flow import execute
from hondo.experiments.run import (
    CHECKPOINT,
    HEAD_CHECKPOINT,
    MODEL,
    PREPROCESS,
    REPORT,
    RESULT,
    SPEC,
    Run,
    load_run,
)
from hondo.experiments.specs.read import read_spec
from hondo.store.artefacts import add_artefact
from hondo.store.metrics import write_metrics
from hondo.store.recorder import Recorder
from hondo.store.records import MetricPoint, RunRecord
from hondo.store.runs import create_run, find_run, list_runs, update_run
from hondo.store.stopping import forget_request, listening
from hondo.store.workspace import Workspace

_KEPT = {"spec": SPEC, "model": MODEL, "preprocess": PREPROCESS, "result": RESULT, "report": REPORT, "plots": "plots"}


def launch(
    workspace: Workspace,
    spec: RunSpec,
    *,
    model: KerasModel | None = None,
    sink: Sink = no_sink,
    cancel: CancelToken | None = None,
) -> Run:
    """Execute an experiment and remember it in the workspace.

    Args:
        workspace: where to keep it.
        spec: what to do.
        model: a Keras model to train instead of the spec's; such a run can only be resumed from Python.
        sink: is told what happens, too.
        cancel: stops it.

    Raises:
        HondoError: for data, model or spec that do not work; the run is kept, marked as failed.
    """
    environment = describe_environment(device_name())
    record = create_run(workspace, spec, environment)
    return _execute(workspace, record, spec, model, sink, cancel, resume=False)


def launch_queued(
    workspace: Workspace,
    record: RunRecord,
    *,
    heir_of: int,
    epochs: int | None = None,
    resume: bool = False,
    sink: Sink = no_sink,
    cancel: CancelToken | None = None,
) -> Run:
    """Execute a run that waited in the queue, exactly as :func:`launch` or :func:`resume` would.

    Args:
        workspace: where it is kept.
        record: the run.
        heir_of: the process that took it from the queue for this one.
        epochs: train up to this epoch instead of the spec's.
        resume: go on from its last checkpoint.
        sink: is told what happens.
        cancel: stops it.

    Raises:
        HondoError: for data, model or spec that do not work; the run is kept, marked as failed.
    """
    spec = _kept_spec(record) if resume else RunSpec.model_validate(record.spec)
    spec = _with_epochs(spec, epochs, sink)
    record = update_run(workspace, record, environment=describe_environment(device_name()))
    return _execute(workspace, record, spec, None, sink, cancel, resume=resume, heir_of=heir_of)


def resume(
    workspace: Workspace,
    name: str,
    *,
    epochs: int | None = None,
    model: KerasModel | None = None,
    sink: Sink = no_sink,
    cancel: CancelToken | None = None,
) -> Run:
    """Go on with a run from its last checkpoint, or from the beginning if it has none.

    Args:
        workspace: where it is kept.
        name: its name, number, the beginning of its name, or ``last``.
        epochs: train up to this epoch instead of the spec's.
        model: the Keras model, for a run that was given one from Python.
        sink: is told what happens.
        cancel: stops it.

    Raises:
        StoreError: if there is no such run, or another process trains it.
    """
    record = find_run(workspace, name)
    spec = _kept_spec(record)
    if spec.model.given is not None and model is None:
        raise StoreError(
            tr(
                f"{record.name} trains a Keras model that was passed from Python ({spec.model.given})",
                f"{record.name} entrena un modelo de Keras pasado desde Python ({spec.model.given})",
            ),
            tr("Resume it from Python with the same model.", "Reanúdelo desde Python con el mismo modelo."),
        )
    return _execute(workspace, record, _with_epochs(spec, epochs, sink), model, sink, cancel, resume=True)


def _kept_spec(record: RunRecord) -> RunSpec:
    """The spec in a run's folder, where its owner may have changed it; the recorded one where there is none."""
    path = record.folder / SPEC
    return read_spec(path) if path.exists() else RunSpec.model_validate(record.spec)


def _with_epochs(spec: RunSpec, epochs: int | None, sink: Sink) -> RunSpec:
    """The spec up to another epoch, if one is given."""
    if epochs is None:
        return spec
    if spec.learn.schedule.kind == "cosine" and epochs != spec.train.epochs:
        text = tr(
            f"the cosine schedule now ends at epoch {epochs}, so the learning rate jumps here",
            f"la tasa de aprendizaje en coseno termina ahora en la época {epochs}, así que aquí da un salto",
        )
        sink(Notice(text, "warning"))
    return spec.model_copy(update={"train": spec.train.model_copy(update={"epochs": epochs})})


def open_run(workspace: Workspace, name: str) -> Run:
    """A run that has a model, ready to predict and evaluate; ``last`` is the newest of those."""
    finished = (run for run in list_runs(workspace) if (run.folder / RESULT).exists())
    record = (next(finished, None) if name == "last" else None) or find_run(workspace, name)
    return load_run(record.folder, record.name)


def _execute(
    workspace: Workspace,
    record: RunRecord,
    spec: RunSpec,
    model: KerasModel | None,
    sink: Sink,
    cancel: CancelToken | None,
    *,
    resume: bool,
    heir_of: int | None = None,
) -> Run:
    cancel = cancel or CancelToken()
    if heir_of is None:  # one from the queue may have been asked to stop while its process came up
        forget_request(record.folder)
    with Recorder(workspace, record, heir_of=heir_of) as recorder, listening(record.folder, cancel):
        if resume:
            _remember_epochs(workspace, record)
        run = execute(
            spec,
            name=record.name,
            folder=record.folder,
            model=model,
            sink=fan_out(recorder, sink),
            cancel=cancel,
            resume=resume,
            environment=dict(record.environment),
        )
        recorder.flush()
        update_run(workspace, record, spec=run.spec, summary=summary(run))
        for kind, relative in _KEPT.items():
            if (record.folder / relative).exists():
                add_artefact(workspace, record, kind, record.folder / relative)
    return run


def summary(run: Run) -> dict[str, Any]:
    """The few numbers by which runs are compared."""
    return {**run.headline(), "parameters": run.model.count_params(), "seconds": sum(run.timings.values())}


def _remember_epochs(workspace: Workspace, record: RunRecord) -> None:
    """Write the epochs that the checkpoints know: a killed process may have saved one before its metrics."""
    for path in (record.folder / HEAD_CHECKPOINT, record.folder / CHECKPOINT):
        if path.exists():
            _remember(workspace, record, load_checkpoint(path))


def _remember(workspace: Workspace, record: RunRecord, saved: Checkpoint) -> None:
    series = {**saved.history, "learning_rate": saved.learning_rates}
    points = [
        MetricPoint(name, epoch, value, epoch=epoch)
        for name, values in series.items()
        for epoch, value in zip(saved.epochs, values, strict=False)
    ]
    write_metrics(workspace, record, points)
