"""The run spec: everything that decides a training, as strict data.

A spec is what the YAML file, the keyword arguments of ``hondo.run`` and the lab's form all become.
"""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from hondo.core.language import tr
from hondo.core.spec.augment import AugmentSpec
from hondo.core.spec.base import SpecPart, refuse, unused
from hondo.core.spec.data import DataSpec, PreprocessSpec
from hondo.core.spec.graph import GraphSpec
from hondo.core.spec.layers import LayerSpec
from hondo.core.spec.learn import EarlyStoppingSpec, LearnSpec, ReduceOnPlateauSpec, ScheduleSpec, TrainSpec
from hondo.core.spec.model import ModelSpec
from hondo.core.spec.transfer import FineTuneSpec, TransferSpec

__all__ = [
    "AboutSpec",
    "AugmentSpec",
    "DataSpec",
    "EarlyStoppingSpec",
    "FineTuneSpec",
    "GraphSpec",
    "LayerSpec",
    "LearnSpec",
    "ModelSpec",
    "PreprocessSpec",
    "ReduceOnPlateauSpec",
    "RunSpec",
    "ScheduleSpec",
    "SpecPart",
    "TrainSpec",
    "TransferSpec",
]


class AboutSpec(SpecPart):
    """A line of explanation in both languages."""

    en: str
    """In English."""
    es: str
    """In Spanish."""


class RunSpec(SpecPart):
    """A whole experiment: data, preprocessing, augmentation, model, learning, training."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$")] = "run"
    """What runs of this spec are called: letters, digits, dots, dashes and underscores."""
    about: AboutSpec | str | None = None
    """What it is for."""
    data: DataSpec
    """Where samples come from and how they are split."""
    preprocess: PreprocessSpec = PreprocessSpec()
    """What happens to raw samples before the model sees them."""
    augment: AugmentSpec | None = None
    """What happens to training pictures anew in each epoch."""
    model: ModelSpec
    """The network."""
    learn: LearnSpec = LearnSpec()
    """Loss, optimizer, learning rate, metrics."""
    train: TrainSpec = TrainSpec()
    """Epochs, batches, seed, stopping."""
    version: Literal[1] = 1
    """The version of this format."""

    @model_validator(mode="after")
    def _parts_fit(self) -> Self:
        if self.train.reduce_on_plateau and self.learn.schedule != ScheduleSpec():
            raise refuse(
                "'reduce_on_plateau' and 'schedule' would both steer the learning rate: choose one",
                "'reduce_on_plateau' y 'schedule' gobernarían a la vez la tasa de aprendizaje: elija uno",
                "train.reduce_on_plateau",
            )
        if self.model.python is not None or self.model.given is not None:
            unused(self.learn, {"l1", "l2"}, "model code sets its own", "el código del modelo pone los suyos")
        if self.augment is not None and self.augment.mixes:
            self._targets_mix(self.augment)
        if self.model.transfer is not None:
            self._features_fit(self.model.transfer)
        for part in (self.train.early_stopping, self.train.reduce_on_plateau):
            if part and part.monitor.startswith("val_") and self.data.validation == 0:
                raise refuse(
                    f"{part.monitor!r} is watched but 'data.validation' is 0",
                    f"se vigila {part.monitor!r} pero 'data.validation' es 0",
                    "data.validation",
                )
        return self

    def _features_fit(self, transfer: TransferSpec) -> None:
        """Refuse what a head's features cannot give: fresh ones without augmentation, cached ones of mixed targets."""
        cached = transfer.features == "cached"
        if self.augment is None and (transfer.augmented_passes is not None or not cached):
            key = "augmented_passes" if cached else "features"
            raise refuse(
                f"{key!r} would not be used: without 'augment' the features are the same in each epoch",
                f"{key!r} no se usaría: sin 'augment' las características son iguales en cada época",
                f"model.transfer.{key}",
            )
        if cached and self.augment is not None and self.augment.mixes:
            raise refuse(
                "mixup and cutmix blend targets anew in each epoch, which cached features cannot: "
                "set model.transfer.features: recomputed",
                "mixup y cutmix mezclan objetivos en cada época, lo que las características guardadas impiden: "
                "ponga model.transfer.features: recomputed",
                "model.transfer.features",
            )

    def _targets_mix(self, augment: AugmentSpec) -> None:
        """Refuse what cannot be blended: class numbers, and by area the numbers of a regression."""
        kinds = [name for name in ("mixup", "cutmix") if getattr(augment, name) is not None]
        named, key = tr(" and ", " y ").join(map(repr, kinds)), f"augment.{kinds[0]}"
        if self.preprocess.target == "integer" or self.learn.loss == "sparse_categorical_crossentropy":
            asked = "preprocess.target: integer" if self.preprocess.target == "integer" else f"loss: {self.learn.loss}"
            raise refuse(
                f"{named} blends one-hot targets, which '{asked}' rules out: leave it out",
                f"{named} mezcla objetivos one-hot, lo que '{asked}' impide: quítelo",
                key,
            )
        if self.data.task == "regression" and augment.cutmix is not None:
            raise refuse(
                "'cutmix' blends classes by area, and the task is regression: use 'mixup'",
                "'cutmix' mezcla clases según el área, y la tarea es de regresión: use 'mixup'",
                "augment.cutmix",
            )
