"""One training as a spec asks for it: class weights, callbacks, checkpoints, and who it is when it is resumed."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from hondo.core.arrays import Array
from hondo.core.backend import KerasModel
from hondo.core.errors import SpecError, nearest
from hondo.core.events import CancelToken, Sink
from hondo.core.language import tr
from hondo.core.spec import LearnSpec, RunSpec
from hondo.data.augment.augmenter import Augmenter
from hondo.engine.callbacks import EarlyStopping, ReduceLROnPlateau
from hondo.engine.checkpoint import Checkpointing
from hondo.engine.fit import fit
from hondo.experiments.learning import compile_model, target_kind
from hondo.experiments.output_losses import Part
from hondo.experiments.preparing import Prepared
from hondo.experiments.run import CHECKPOINT

History = dict[str, list[float]]


@dataclass(frozen=True)
class Around:
    """What surrounds a training.

    Attributes:
        folder: where its files are; None if nothing is kept.
        sink: is told what happens.
        cancel: stops it.
        resume: whether it goes on from its checkpoint.
    """

    folder: Path | None
    sink: Sink
    cancel: CancelToken
    resume: bool = False


@dataclass(frozen=True)
class Lesson:
    """What one training of a model learns from, and until when.

    Attributes:
        x: inputs ``(samples, …)``.
        y: targets.
        validation: inputs and targets to watch.
        epochs: the epoch to train up to.
        initial_epoch: the epoch to begin at.
        augment: what happens to each batch.
        checkpoint: the name of the file that it can be resumed from.
        identity: what the checkpoint must have been made by.
        callbacks: what watches it.
    """

    x: Any
    y: Array
    validation: tuple[Any, Array] | None
    epochs: int
    identity: str
    callbacks: list[Any]
    initial_epoch: int = 0
    augment: Augmenter | None = None
    checkpoint: str = CHECKPOINT


def configure(
    spec: RunSpec,
    prepared: Prepared,
    model: KerasModel,
    learn: LearnSpec,
    *,
    samples: int,
    epochs: int,
    parts: Sequence[Part] = (),
) -> None:
    """Compile a model for a training.

    Args:
        spec: says how many samples a step takes.
        prepared: says what the targets are.
        model: to be compiled.
        learn: how it learns.
        samples: how many an epoch sees.
        epochs: how long the training is planned to last.
        parts: see :func:`~hondo.experiments.learning.compile_model`.
    """
    batch = samples if spec.train.batch_size == "all" else min(int(spec.train.batch_size), samples)
    preprocessor = prepared.preprocessor
    compile_model(
        model,
        learn,
        task=preprocessor.task,
        target_kind=target_kind(preprocessor),
        outputs=preprocessor.outputs,
        steps_per_epoch=-(-samples // batch),
        epochs=epochs,
        parts=parts,
    )


def train(spec: RunSpec, prepared: Prepared, model: KerasModel, around: Around) -> History:
    """Train the compiled model on the prepared data; returns a value an epoch by name."""
    lesson = Lesson(
        prepared.dataset.train.x if prepared.augment else prepared.x,
        prepared.y,
        prepared.validation,
        spec.train.epochs,
        identity(spec, prepared),
        callbacks(spec),
        augment=prepared.augment,
    )
    return teach(spec, prepared, model, lesson, around)


def teach(spec: RunSpec, prepared: Prepared, model: KerasModel, lesson: Lesson, around: Around) -> History:
    """Train the compiled model on a lesson, in batches and an order as the spec says."""
    asked, checkpoint = spec.train, None
    if around.folder is not None:
        path = around.folder / lesson.checkpoint
        checkpoint = Checkpointing(path, asked.checkpoint_every, around.resume, lesson.identity)
    history = fit(
        model,
        lesson.x,
        lesson.y,
        batch_size=len(lesson.y) if asked.batch_size == "all" else int(asked.batch_size),
        epochs=lesson.epochs,
        initial_epoch=lesson.initial_epoch,
        verbose=0,
        callbacks=lesson.callbacks,
        validation_data=lesson.validation,
        shuffle=asked.shuffle,
        class_weight=class_weights(spec, prepared),
        seed=asked.seed,
        sink=around.sink,
        cancel=around.cancel,
        checkpoint=checkpoint,
        augment=lesson.augment,
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
    if tune := (decisive["model"].get("transfer") or {}).get("fine_tune"):
        tune.pop("epochs")
    digest = hashlib.sha256(json.dumps(decisive, sort_keys=True).encode())
    digest.update(np.ascontiguousarray(prepared.y).tobytes())
    digest.update(np.ascontiguousarray(prepared.x[np.arange(min(64, len(prepared.y)))]).tobytes())
    return digest.hexdigest()[:32]


def callbacks(spec: RunSpec) -> list[Any]:
    """What watches the training: early stopping and the lowering of the learning rate."""
    listed: list[Any] = early_stopping(spec)
    if reduce := spec.train.reduce_on_plateau:
        options: dict[str, Any] = reduce.model_dump(include={"monitor", "factor", "patience", "min_delta"})
        listed.append(ReduceLROnPlateau(**options, min_lr=reduce.minimum))
    return listed


def early_stopping(spec: RunSpec, kind: type[EarlyStopping] = EarlyStopping, **more: Any) -> list[Any]:
    """The early stopping that a spec asks for, as one callback of this kind, or none."""
    stop = spec.train.early_stopping
    if stop is None:
        return []
    options: dict[str, Any] = stop.model_dump(include={"monitor", "patience", "min_delta"})
    return [kind(**options, restore_best_weights=stop.restore_best, **more)]


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
