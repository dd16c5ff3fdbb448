"""The run spec: everything that decides a training, as strict data.

A spec is what the YAML file, the keyword arguments of ``hondo.run`` and the lab's form all become.
"""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from hondo.core.spec.base import SpecPart, refuse, unused
from hondo.core.spec.data import DataSpec, PreprocessSpec
from hondo.core.spec.learn import EarlyStoppingSpec, LearnSpec, ReduceOnPlateauSpec, ScheduleSpec, TrainSpec
from hondo.core.spec.model import LayerSpec, ModelSpec

__all__ = [
    "AboutSpec",
    "DataSpec",
    "EarlyStoppingSpec",
    "LayerSpec",
    "LearnSpec",
    "ModelSpec",
    "PreprocessSpec",
    "ReduceOnPlateauSpec",
    "RunSpec",
    "ScheduleSpec",
    "SpecPart",
    "TrainSpec",
]


class AboutSpec(SpecPart):
    """A line of explanation in both languages."""

    en: str
    """In English."""
    es: str
    """In Spanish."""


class RunSpec(SpecPart):
    """A whole experiment: data, preprocessing, model, learning, training."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$")] = "run"
    """What runs of this spec are called: letters, digits, dots, dashes and underscores."""
    about: AboutSpec | str | None = None
    """What it is for."""
    data: DataSpec
    """Where samples come from and how they are split."""
    preprocess: PreprocessSpec = PreprocessSpec()
    """What happens to raw samples before the model sees them."""
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
        for part in (self.train.early_stopping, self.train.reduce_on_plateau):
            if part and part.monitor.startswith("val_") and self.data.validation == 0:
                raise refuse(
                    f"{part.monitor!r} is watched but 'data.validation' is 0",
                    f"se vigila {part.monitor!r} pero 'data.validation' es 0",
                    "data.validation",
                )
        return self
