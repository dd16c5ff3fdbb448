"""The complete flow, from a spec to a run: load, preprocess, define, configure, train, evaluate, report.

Each phase is announced to the sink. The flow knows nothing of databases: who wants the run remembered listens to
the events and gives a folder for its files.
"""

import hashlib
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from hondo.core.arrays import Array, ArrayShape
from hondo.core.backend import KerasModel
from hondo.core.errors import SpecError, StoreError, nearest
from hondo.core.events import CancelToken, Event, Notice, Sink, TrainingEnded, fan_out, no_sink
from hondo.core.files import clear_unfinished, write_atomically
from hondo.core.language import tr
from hondo.core.spec import PreprocessSpec, RunSpec
from hondo.core.spec.model import ModelSpec
from hondo.data.augment.augmenter import Augmenter
from hondo.data.dataset import Dataset, Task
from hondo.data.preprocess import LazyPreprocessed, Preprocessor, fit_preprocessor
from hondo.engine.callbacks import EarlyStopping, ReduceLROnPlateau
from hondo.engine.checkpoint import Checkpointing
from hondo.engine.fit import fit
from hondo.experiments.augmenting import augmenter
from hondo.experiments.checks import Setup, check_before_training
from hondo.experiments.learning import TargetKind, compile_model, resolve
from hondo.experiments.output_losses import loss_parts
from hondo.experiments.report.gather import report_on
from hondo.experiments.run import (
    CHECKPOINT,
    MODEL,
    PREPROCESS,
    SPEC,
    Run,
    evaluate_split,
    held_out,
    load_samples,
    save_model,
    save_result,
)
from hondo.experiments.specs.write import spec_to_yaml
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


@dataclass(frozen=True)
class Prepared:
    """Data ready for the model."""

    dataset: Dataset
    preprocessor: Preprocessor
    x: Any
    y: Array
    validation: tuple[Any, Array] | None
    augment: Augmenter | None = None


def prepare(spec: RunSpec) -> Prepared:
    """Load the data, split them, fit the preprocessing on the training samples and apply it."""
    dataset = load_samples(spec)
    preprocessor = fit_preprocessor(_preprocess(spec, dataset), dataset)
    held_out, augment = dataset.validation, augmenter(spec, dataset, preprocessor)
    if augment is not None:
        raw = dataset.train.x
        augment.output(ArrayShape((1, *raw.shape[1:]), raw.dtype), ArrayShape((1,), np.dtype(np.float32)))
    return Prepared(
        dataset,
        preprocessor,
        # Augmented pictures are preprocessed batch by batch, so the whole set need not be.
        LazyPreprocessed(dataset.train.x, preprocessor) if augment else preprocessor.source(dataset.train.x),
        preprocessor.target(dataset.train.y),
        (preprocessor.source(held_out.x), preprocessor.target(held_out.y)) if held_out is not None else None,
        augment,
    )


def _preprocess(spec: RunSpec, dataset: Dataset) -> PreprocessSpec:
    """The spec's preprocessing; classes that are to be blended become one-hot rows."""
    mixes = spec.augment is not None and spec.augment.mixes
    if not mixes or dataset.task != "classification" or spec.preprocess.target is not None:
        return spec.preprocess
    return spec.preprocess.model_copy(update={"target": "one-hot"})


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
        history = _train(spec, prepared, model, folder, sink, cancel or CancelToken(), resume=resume)
    status = ended[-1].reason if ended else "complete"
    if ended and ended[-1].detail:
        notes.append(ended[-1].detail)
    run = Run(name or spec.name, spec, model, prepared.preprocessor, history, status, None, timer.seconds,
              tuple(notes), folder, prepared.dataset)  # fmt: skip
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
    batch = samples if spec.train.batch_size == "all" else min(int(spec.train.batch_size), samples)
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
    compile_model(
        model,
        resolved.learn,
        task=preprocessor.task,
        target_kind=target_kind(preprocessor),
        outputs=preprocessor.outputs,
        steps_per_epoch=-(-samples // batch),
        epochs=spec.train.epochs,
        parts=loss_parts(resolved.model.graph, resolved.learn, names.targets),
    )
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


def target_kind(preprocessor: Preprocessor) -> TargetKind:
    """How targets reach the model."""
    if preprocessor.task == "regression":
        return "number"
    return "one-hot" if preprocessor.spec.target == "one-hot" else "integer"


def _train(
    spec: RunSpec,
    prepared: Prepared,
    model: KerasModel,
    folder: Path | None,
    sink: Sink,
    cancel: CancelToken,
    *,
    resume: bool,
) -> dict[str, list[float]]:
    train = spec.train
    checkpoint = None
    if folder is not None:
        checkpoint = Checkpointing(folder / CHECKPOINT, train.checkpoint_every, resume, identity(spec, prepared))
    history = fit(
        model,
        prepared.dataset.train.x if prepared.augment else prepared.x,
        prepared.y,
        batch_size=len(prepared.y) if train.batch_size == "all" else int(train.batch_size),
        epochs=train.epochs,
        verbose=0,
        callbacks=_callbacks(spec),
        validation_data=prepared.validation,
        shuffle=train.shuffle,
        class_weight=class_weights(spec, prepared),
        seed=train.seed,
        sink=sink,
        cancel=cancel,
        checkpoint=checkpoint,
        augment=prepared.augment,
    )
    return {name: [float(value) for value in values] for name, values in history.history.items()}


def identity(spec: RunSpec, prepared: Prepared) -> str:
    """A short description of what is trained: two trainings with equal identities take the same steps.

    How long to train and how often to save are left out, so that a run can be resumed for longer.
    """
    decisive = spec.model_copy(update={"name": "run", "about": None}).written()
    for key in ("epochs", "checkpoint_every"):
        decisive["train"].pop(key, None)
    decisive["data"].pop("on_corrupt", None)
    digest = hashlib.sha256(json.dumps(decisive, sort_keys=True).encode())
    digest.update(np.ascontiguousarray(prepared.y).tobytes())
    digest.update(np.ascontiguousarray(prepared.x[np.arange(min(64, len(prepared.y)))]).tobytes())
    return digest.hexdigest()[:32]


def _callbacks(spec: RunSpec) -> list[Any]:
    listed: list[Any] = []
    if stop := spec.train.early_stopping:
        options: dict[str, Any] = stop.model_dump(include={"monitor", "patience", "min_delta"})
        listed.append(EarlyStopping(**options, restore_best_weights=stop.restore_best))
    if reduce := spec.train.reduce_on_plateau:
        options = reduce.model_dump(include={"monitor", "factor", "patience", "min_delta"})
        listed.append(ReduceLROnPlateau(**options, min_lr=reduce.minimum))
    return listed


def class_weights(spec: RunSpec, prepared: Prepared) -> dict[int, float] | None:
    """Weight by class number, from the spec's names or from how often each class occurs."""
    wanted = spec.train.class_weights
    if wanted is None:
        return None
    names = prepared.preprocessor.classes
    if not names:
        raise SpecError(
            tr(
                "train.class_weights needs classes, and this is regression",
                "train.class_weights necesita clases, y esto es regresión",
            ),
            tr("Leave it out.", "Quítelo."),
        )
    if wanted == "balanced":
        counts = np.bincount(prepared.dataset.train.y, minlength=len(names))
        return {number: float(counts.sum() / (len(names) * max(1, count))) for number, count in enumerate(counts)}
    for name in wanted:
        if name not in names:
            raise SpecError(
                tr(
                    f"train.class_weights names {name!r}, which is not a class",
                    f"train.class_weights nombra {name!r}, que no es una clase",
                ),
                nearest(name, names),
            )
    return {names.index(name): weight for name, weight in wanted.items()}
