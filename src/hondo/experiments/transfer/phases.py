"""The two phases of a transfer as one training: the head on features, then the backbone with it.

Whoever listens hears of one training whose epochs are counted through. Early stopping may end either phase, and goes
back to the best epoch of both.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from hondo.core.backend import KerasModel
from hondo.core.errors import TrainingError
from hondo.core.events import Event, Notice, TrainingEnded, TrainingStarted
from hondo.core.language import tr
from hondo.core.spec import FineTuneSpec, RunSpec
from hondo.engine.callbacks import EarlyStopping
from hondo.engine.checkpoint import load_checkpoint
from hondo.engine.program import Cancelled
from hondo.experiments.preparing import Prepared
from hondo.experiments.run import CHECKPOINT, HEAD_CHECKPOINT, Phase
from hondo.experiments.training import (
    Around,
    History,
    Lesson,
    callbacks,
    configure,
    early_stopping,
    identity,
    teach,
)
from hondo.experiments.transfer.features import AugmentedPass, Extractor
from hondo.experiments.transfer.rates import by_layer, shares_by_depth
from hondo.experiments.transfer.wording import about_head, about_tuning
from hondo.models.transfer.blocks import chosen_blocks, unfreeze
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

    def __call__(self, event: Event) -> None:
        if isinstance(event, TrainingStarted):
            if self.begun:
                return
            self.begun, event = True, replace(event, epochs=self.epochs)
        if isinstance(event, TrainingEnded):
            self.ended = event
            self.seconds += event.seconds
            return
        self.around.sink(event)

    @property
    def over(self) -> bool:
        """Whether nothing may follow: it was stopped, or the loss was not finite."""
        return self.ended is not None and self.ended.reason in ("cancelled", "diverged")

    def close(self) -> None:
        """Say how it ended."""
        if self.ended is not None:
            self.around.sink(replace(self.ended, seconds=self.seconds))


@dataclass(frozen=True)
class _SoFar:
    """What the first phase leaves: how many epochs it took, and what early stopping saw as best in it."""

    epochs: int
    reached: float | None


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
            chosen_blocks(parts.backbone, tune.unfreeze)  # a wrong name shall not be found after the first phase
        watching = callbacks(spec)
        about = about_head(spec, parts)
        around.sink(Notice(about))
        history = _head_phase(spec, prepared, parts, inside, watching)
        phases = (Phase("head", _epochs(history), about),)
        if tune is not None and not told.over:
            blocks = unfreeze(parts.backbone, tune.unfreeze, update_statistics=tune.batch_normalization == "update")
            about = about_tuning(tune, parts.backbone, blocks)
            around.sink(Notice(tr("fine-tuning the backbone", "ajustando el extractor"), "phase"))
            around.sink(Notice(about))
            rates = shares_by_depth(model, blocks, tune.layer_decay)
            so_far = _SoFar(_epochs(history), _reached(watching))
            tuned = _tuning_phase(spec, tune, prepared, model, rates, inside, so_far)
            phases = (*phases, Phase("fine_tune", _epochs(tuned), about))
            history = _joined(history, tuned)
    except Cancelled:
        told.ended = TrainingEnded("cancelled", _epochs(history), told.seconds)
    configure(spec, prepared, model, spec.learn, samples=len(prepared.y), epochs=spec.train.epochs)
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


def fill_transfer(spec: RunSpec) -> RunSpec:
    """The same spec with what was left out written out: augmented passes, and the fine-tuning's learning rate."""
    transfer = spec.model.transfer
    if transfer is None:
        return spec
    filled: dict[str, Any] = {}
    if transfer.features == "cached" and spec.augment is not None:
        filled["augmented_passes"] = transfer.augmented_passes or PASSES
    if (tune := transfer.fine_tune) is not None:
        rate = tune.learning_rate or (spec.learn.learning_rate or 1e-3) / 10
        filled["fine_tune"] = tune.model_copy(update={"learning_rate": rate})
    model = spec.model.model_copy(update={"transfer": transfer.model_copy(update=filled)})
    return spec.model_copy(update={"model": model})


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
        configure(spec, prepared, parts.whole, spec.learn, samples=len(lesson.y), epochs=spec.train.epochs)
        fresh = replace(lesson, x=prepared.dataset.train.x, augment=prepared.augment)
        return teach(spec, prepared, parts.whole, fresh, around)
    x, y, validation = _features(spec, prepared, parts, around)
    configure(spec, prepared, parts.head, spec.learn, samples=len(y), epochs=spec.train.epochs)
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
    model: KerasModel,
    rates: Mapping[int, float],
    around: Around,
    so_far: _SoFar,
) -> History:
    """Head and unfrozen blocks learn on raw pictures, each variable at its share of the rate."""
    learn = spec.learn.model_copy(update={"learning_rate": tune.learning_rate, "schedule": tune.schedule})
    configure(spec, prepared, model, learn, samples=len(prepared.y), epochs=tune.epochs)
    model.optimizer = by_layer(model.optimizer, rates)
    lesson = Lesson(
        prepared.dataset.train.x if prepared.augment else prepared.x,
        prepared.y,
        prepared.validation,
        so_far.epochs + tune.epochs,
        f"fine_tune after {so_far.epochs} {identity(spec, prepared)}",
        early_stopping(spec, _GoesOn, reached=so_far.reached),
        initial_epoch=so_far.epochs,
        augment=prepared.augment,
    )
    return teach(spec, prepared, model, lesson, around)


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
