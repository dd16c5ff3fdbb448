"""The complete flow, from a spec to a run: load, preprocess, define, configure, train, evaluate, report.

Each phase is announced to the sink. The flow knows nothing of databases: who wants the run remembered listens to
the events and gives a folder for its files.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from hondo.core.backend import KerasModel
from hondo.core.errors import StoreError
from hondo.core.events import CancelToken, Event, Notice, Sink, TrainingEnded, fan_out, no_sink
from hondo.core.files import clear_unfinished, write_atomically
from hondo.core.language import tr
from hondo.core.spec import RunSpec
from hondo.core.spec.model import ModelSpec
from hondo.data.dataset import Task
from hondo.experiments.checks import Setup, check_before_training
from hondo.experiments.learning import resolve, target_kind
from hondo.experiments.output_losses import loss_parts
from hondo.experiments.preparing import Prepared, prepare
from hondo.experiments.report.gather import report_on
from hondo.experiments.run import (
    MODEL,
    PREPROCESS,
    SPEC,
    Phase,
    Run,
    evaluate_split,
    held_out,
    save_model,
    save_result,
)
from hondo.experiments.specs.write import spec_to_yaml
from hondo.experiments.training import Around, configure, train
from hondo.experiments.transfer.phases import fill_transfer, train_transfer
from hondo.models.build import build_model
from hondo.models.graph import Names, settle_graph

_LOOKED_AT_BYTES = 2**26


@dataclass
class Timer:
    """Seconds by phase, announced as they begin."""

    sink: Sink
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def phase(self, name: str, en: str, es: str) -> Iterator[None]:
        """Announce a phase and measure it."""
        self.sink(Notice(tr(en, es), "phase"))
        began = time.perf_counter()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - began


def execute(
    spec: RunSpec,
    *,
    name: str = "",
    folder: Path | None = None,
    model: KerasModel | None = None,
    sink: Sink = no_sink,
    cancel: CancelToken | None = None,
    resume: bool = False,
    environment: dict[str, Any] | None = None,
) -> Run:
    """Run an experiment.

    Args:
        spec: what to do.
        name: what the run is called (the spec's name).
        folder: where to keep its files; without one nothing is written and it cannot be resumed.
        model: a Keras model to train instead of the spec's.
        sink: is told what happens.
        cancel: stops it after the chunk that is running.
        resume: go on from the folder's checkpoint.
        environment: shown in the report.

    Raises:
        HondoError: for data, model or spec that do not work; nothing earlier is lost.
    """
    ended: list[TrainingEnded] = []

    def remember(event: Event) -> None:
        if isinstance(event, TrainingEnded):
            ended.append(event)

    sink, timer = fan_out(remember, sink), Timer(sink)
    if folder is not None:
        clear_unfinished(folder)
    with timer.phase("data", "loading and preprocessing the data", "cargando y preprocesando los datos"):
        prepared = prepare(spec)
    notes = [*prepared.dataset.notes, *prepared.preprocessor.notes]
    with timer.phase("model", "defining the model", "definiendo el modelo"):
        spec, model, advice = define(spec, prepared, model)
    for note in [*(Notice(text) for text in notes), *advice]:
        sink(note)
    notes += [note.text for note in advice if note.kind == "warning"]
    if folder is not None:
        write_atomically(folder / SPEC, spec_to_yaml(spec, full=True))
        prepared.preprocessor.save(folder / PREPROCESS)
    with timer.phase("train", "training", "entrenando"):
        around = Around(folder, sink, cancel or CancelToken(), resume)
        phases: tuple[Phase, ...] = ()
        if spec.model.transfer is not None:
            history, phases = train_transfer(spec, prepared, model, around)
        else:
            history = train(spec, prepared, model, around)
    status = ended[-1].reason if ended else "complete"
    if ended and ended[-1].detail:
        notes.append(ended[-1].detail)
    run = Run(name or spec.name, spec, model, prepared.preprocessor, history, status, None, timer.seconds,
              tuple(notes), folder, prepared.dataset, phases)  # fmt: skip
    _finish(run, timer, environment or {})
    return run


def _finish(run: Run, timer: Timer, environment: dict[str, Any]) -> None:
    """Save the model, evaluate it on samples it never learnt from, and write result and report."""
    if run.folder is not None:
        save_model(run.model, run.folder / MODEL)
    if run.status != "cancelled" and run.dataset is not None:
        with timer.phase("evaluate", "evaluating", "evaluando"):
            split, _ = held_out(run.dataset)
            run.evaluation = evaluate_split(run.model, run.preprocessor, run.dataset, split, run.spec)
    save_result(run)
    if run.folder is None:
        return
    with timer.phase("report", "writing the report", "escribiendo el informe"):
        try:
            report_on(run, environment)
        except StoreError as error:  # the run itself is safe by now
            timer.sink(Notice(str(error), "warning"))


def define(spec: RunSpec, prepared: Prepared, model: KerasModel | None) -> tuple[RunSpec, KerasModel, list[Notice]]:
    """Build and compile the model, fill in the spec's defaults, and look for mistakes before training."""
    preprocessor, samples = prepared.preprocessor, len(prepared.y)
    names = Names(preprocessor.column_places, preprocessor.target_names)
    if model is None:
        spec = _settled(spec, names, preprocessor.task)
        model = build_model(
            spec.model,
            input_shape=tuple(prepared.x.shape[1:]),
            outputs=preprocessor.outputs,
            task=preprocessor.task,
            l1=spec.learn.l1,
            l2=spec.learn.l2,
            seed=spec.train.seed,
            names=names,
        )
    else:
        spec = spec.model_copy(update={"model": given_model(model)})
    resolved = resolve(spec, model=model, task=preprocessor.task, target_kind=target_kind(preprocessor))
    resolved = fill_transfer(resolved)
    setup = Setup(
        spec=resolved,
        model=model,
        task=preprocessor.task,
        target_kind=target_kind(preprocessor),
        outputs=preprocessor.outputs,
        targets=names.targets,
        classes=preprocessor.classes,
        y_train=prepared.y,
        x_sample=np.asarray(prepared.x[np.arange(min(_looked_at(prepared.x), samples))]),
        samples=samples,
    )
    advice = check_before_training(setup)
    parts = loss_parts(resolved.model.graph, resolved.learn, names.targets)
    epochs = spec.train.epochs
    configure(resolved, prepared, model, resolved.learn, samples=samples, epochs=epochs, parts=parts)
    return resolved, model, advice


def _settled(spec: RunSpec, names: Names, task: Task) -> RunSpec:
    """The same spec; in a graph, what the data decide is written out."""
    if spec.model.graph is None:
        return spec
    return spec.model_copy(update={"model": ModelSpec(graph=settle_graph(spec.model.graph, names, task))})


def _looked_at(x: Any) -> int:
    """How many samples are looked at before training: a thousand, or fewer large ones."""
    a_sample = max(1, int(np.prod(x.shape[1:])) * x.dtype.itemsize)
    return int(np.clip(_LOOKED_AT_BYTES // a_sample, 32, 1000))


def given_model(model: KerasModel) -> ModelSpec:
    """How a spec speaks of a Keras model that was passed from Python."""
    return ModelSpec(given=f"{type(model).__name__} {model.name}")
