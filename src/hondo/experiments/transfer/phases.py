"""The two phases of a transfer as one training: the head on features, then the backbone with it.

Whoever listens hears of one training whose epochs are counted through. Early stopping may end either phase, and goes
back to the best epoch of both.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from hondo.core.backend import KerasModel
from hondo.core.errors import TrainingError
from hondo.core.events import EndReason, Event, Notice, TrainingEnded, TrainingStarted
from hondo.core.language import tr
from hondo.core.spec import FineTuneSpec, LearnSpec, RunSpec
from hondo.engine.callbacks import EarlyStopping
from hondo.engine.checkpoint import load_checkpoint
from hondo.engine.program import Cancelled
from hondo.experiments.learning import compile_model, target_kind
from hondo.experiments.preparing import Prepared
from hondo.experiments.run import CHECKPOINT, HEAD_CHECKPOINT, Phase
from hondo.experiments.training import Around, History, Lesson, callbacks, identity, teach
from hondo.experiments.transfer.features import AugmentedPass, Extractor
from hondo.experiments.transfer.rates import by_layer, shares_by_depth
from hondo.experiments.transfer.wording import about_head, about_tuning
from hondo.models.transfer.blocks import unfreeze
from hondo.models.transfer.build import Parts, parts_of

PASSES = 4


@dataclass
class _OneTraining:
    """A sink that makes one training of several: the first beginning and the last end are passed on."""

    around: Around
    epochs: int
    begun: bool = False
    ended: TrainingEnded | None = None
    seconds: float = 0.0
    reasons: list[EndReason] = field(default_factory=list)

    def __call__(self, event: Event) -> None:
        if isinstance(event, TrainingStarted):
            if self.begun:
                return
            self.begun, event = True, replace(event, epochs=self.epochs)
        if isinstance(event, TrainingEnded):
            self.ended = event
            self.seconds += event.seconds
            self.reasons.append(event.reason)
            return
        self.around.sink(event)

    @property
    def over(self) -> bool:
        """Whether nothing may follow: it was stopped, or the loss was not finite."""
        return bool(self.reasons) and self.reasons[-1] in ("cancelled", "diverged")

    def close(self) -> None:
        """Say how it ended."""
        if self.ended is not None:
            self.around.sink(replace(self.ended, seconds=self.seconds))


class _GoesOn(EarlyStopping):
    """Early stopping that knows what the phase before has reached, and goes back to that if nothing better comes."""

    def __init__(self, reached: float | None, **options: Any) -> None:
        super().__init__(**options)
        self._reached = reached

    def on_train_begin(self, logs: Any = None) -> None:
        """Begin with what was reached, by the weights of this moment."""
        super().on_train_begin(logs)
        if self._reached is not None:
            self.best = self._reached
            model: Any = self.model
            self.best_weights = model.get_weights() if self.restore_best_weights else None


def train_transfer(
    spec: RunSpec, prepared: Prepared, model: KerasModel, around: Around
) -> tuple[History, tuple[Phase, ...]]:
    """Train the head of a transfer model, and its backbone if that is asked for.

    Args:
        spec: with ``model.transfer``, resolved.
        prepared: the data.
        model: of :func:`hondo.models.transfer.build.build_transfer`; it holds the result.
        around: who listens, and where files are.

    Returns:
        One history over both phases, and how many epochs each took.

    Raises:
        HondoError: for features that cannot be kept, a layer that does not exist, a checkpoint of another training.
    """
    assert spec.model.transfer is not None
    tune = spec.model.transfer.fine_tune
    told = _OneTraining(around, spec.train.epochs + (tune.epochs if tune else 0))
    inside = replace(around, sink=told)
    parts = parts_of(model)
    _refuse_a_longer_head(spec, around)
    history: History = {}
    phases: tuple[Phase, ...] = ()
    try:
        if tune is not None:
            unfreeze(parts.backbone, tune.unfreeze)  # a wrong name shall not be found after the first phase
            parts.backbone.trainable = False
        watching = callbacks(spec)
        about = about_head(spec, parts)
        around.sink(Notice(about))
        history = _head_phase(spec, prepared, parts, inside, watching)
        phases = (Phase("head", _epochs(history), about),)
        if tune is not None and not told.over:
            about = about_tuning(tune, parts)
            around.sink(Notice(tr("fine-tuning the backbone", "ajustando el extractor"), "phase"))
            around.sink(Notice(about))
            tuned = _tuning_phase(spec, tune, prepared, parts, inside, (_epochs(history), _reached(watching)))
            phases = (*phases, Phase("fine_tune", _epochs(tuned), about))
            history = _joined(history, tuned)
    except Cancelled:
        told.ended = TrainingEnded("cancelled", _epochs(history), told.seconds)
    _compile(spec, prepared, model, spec.learn, len(prepared.y), spec.train.epochs)
    model.optimizer.build(model.trainable_variables)  # or Keras warns of it whenever the saved model is loaded
    told.close()
    return history, phases


def _refuse_a_longer_head(spec: RunSpec, around: Around) -> None:
    """The head cannot learn on once the backbone was tuned with it."""
    if around.folder is None or not around.resume or not (around.folder / CHECKPOINT).exists():
        return
    done = load_checkpoint(around.folder / HEAD_CHECKPOINT).position
    if done.ended == "complete" and done.epoch != spec.train.epochs:
        raise TrainingError(
            tr(
                f"the head has learnt for {done.epoch} epochs and the backbone was tuned after that: "
                f"{spec.train.epochs} epochs of the head are not possible any more",
                f"la cabeza ha aprendido {done.epoch} épocas y después se ajustó el extractor: "
                f"ya no son posibles {spec.train.epochs} épocas de la cabeza",
            ),
            tr("Start a new run.", "Inicie un nuevo experimento."),
        )


def fill_fine_tuning(spec: RunSpec) -> RunSpec:
    """The same spec with the fine-tuning's learning rate written out, a tenth of the head's."""
    transfer = spec.model.transfer
    if transfer is None or transfer.fine_tune is None or transfer.fine_tune.learning_rate is not None:
        return spec
    rate = (spec.learn.learning_rate or 1e-3) / 10
    filled = transfer.model_copy(update={"fine_tune": transfer.fine_tune.model_copy(update={"learning_rate": rate})})
    return spec.model_copy(update={"model": spec.model.model_copy(update={"transfer": filled})})


def _head_phase(spec: RunSpec, prepared: Prepared, parts: Parts, around: Around, watching: list[Any]) -> History:
    """The head learns; the backbone gives its features and nothing else."""
    assert spec.model.transfer is not None
    lesson = Lesson(
        prepared.x,
        prepared.y,
        prepared.validation,
        spec.train.epochs,
        f"head {identity(spec, prepared)}",
        watching,
        checkpoint=HEAD_CHECKPOINT,
    )
    if spec.model.transfer.features == "recomputed":
        _compile(spec, prepared, parts.whole, spec.learn, len(lesson.y), spec.train.epochs)
        fresh = replace(lesson, x=prepared.dataset.train.x, augment=prepared.augment)
        return teach(spec, prepared, parts.whole, fresh, around)
    x, y, validation = _features(spec, prepared, parts, around)
    _compile(spec, prepared, parts.head, spec.learn, len(y), spec.train.epochs)
    return teach(spec, prepared, parts.head, replace(lesson, x=x, y=y, validation=validation), around)


def _features(spec: RunSpec, prepared: Prepared, parts: Parts, around: Around) -> tuple[Any, Any, Any]:
    """What the head learns from: features and targets, for training (all augmented passes) and validation."""
    transfer, data = spec.model.transfer, prepared.dataset
    assert transfer is not None
    extract = Extractor(parts.features, transfer.backbone, prepared.preprocessor, around.sink, around.cancel).features
    if prepared.augment is None or spec.augment is None:
        x, y = extract(data.train.x, prepared.x), prepared.y
    else:
        passes = range(transfer.augmented_passes or PASSES)
        how = {"augment": spec.augment.written(), "seed": prepared.augment.seed}
        sample = tuple(prepared.x.shape[1:])
        each = [
            extract(data.train.x, AugmentedPass(data.train.x, prepared.augment, number, sample), how | {"pass": number})
            for number in passes
        ]
        x, y = np.concatenate(each), np.concatenate([prepared.y] * len(passes))
    validation = None
    if data.validation is not None and prepared.validation is not None:
        validation = (extract(data.validation.x, prepared.validation[0]), prepared.validation[1])
    return x, y, validation


def _tuning_phase(
    spec: RunSpec,
    tune: FineTuneSpec,
    prepared: Prepared,
    parts: Parts,
    around: Around,
    so_far: tuple[int, float | None],
) -> History:
    """Head and backbone learn on raw pictures, each block at its own rate."""
    epochs, reached = so_far
    updates = tune.batch_normalization == "update"
    blocks = unfreeze(parts.backbone, tune.unfreeze, update_statistics=updates)
    learn = spec.learn.model_copy(update={"learning_rate": tune.learning_rate, "schedule": tune.schedule})
    shares = shares_by_depth(parts.whole, blocks, tune.layer_decay)
    _compile(spec, prepared, parts.whole, learn, len(prepared.y), tune.epochs)
    parts.whole.optimizer = by_layer(parts.whole.optimizer, shares)
    watching: list[Any] = []
    if stop := spec.train.early_stopping:
        options = stop.model_dump(include={"monitor", "patience", "min_delta"})
        watching.append(_GoesOn(reached, restore_best_weights=stop.restore_best, **options))
    lesson = Lesson(
        prepared.dataset.train.x if prepared.augment else prepared.x,
        prepared.y,
        prepared.validation,
        epochs + tune.epochs,
        f"fine_tune after {epochs} {identity(spec, prepared)}",
        watching,
        initial_epoch=epochs,
        augment=prepared.augment,
    )
    return teach(spec, prepared, parts.whole, lesson, around)


def _compile(spec: RunSpec, prepared: Prepared, model: KerasModel, learn: LearnSpec, samples: int, epochs: int) -> None:
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
    )


def _reached(watching: list[Any]) -> float | None:
    """What early stopping saw as best in the phase that is over."""
    return next((each.best for each in watching if isinstance(each, EarlyStopping)), None)


def _epochs(history: History) -> int:
    return max((len(values) for values in history.values()), default=0)


def _joined(first: History, second: History) -> History:
    """Both histories in a row; what only one of them has is not a number in the other."""
    lengths = _epochs(first), _epochs(second)

    def row(name: str) -> Iterator[float]:
        for history, length in zip((first, second), lengths, strict=True):
            values = history.get(name, [])
            yield from [*values, *[math.nan] * (length - len(values))]

    return {name: list(row(name)) for name in dict.fromkeys([*first, *second])}
