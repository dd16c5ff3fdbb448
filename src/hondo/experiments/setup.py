"""What the checks before training look at, and what they can say about it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from hondo.core.arrays import Array
from hondo.core.backend import KerasModel, keras
from hondo.core.spec import RunSpec
from hondo.data.dataset import Task
from hondo.experiments.learning import TargetKind, output_units

_ACTIVATION_LAYERS: dict[type, str] = {
    keras.layers.Softmax: "softmax",
    keras.layers.ReLU: "relu",
    keras.layers.LeakyReLU: "leaky_relu",
    keras.layers.ELU: "elu",
}


@dataclass(frozen=True)
class Setup:
    """All that is about to be trained.

    Attributes:
        spec: the resolved spec.
        model: the built model.
        task: classification or regression.
        target_kind: how targets reach the model.
        outputs: classes, or numbers to predict, as the data have them.
        targets: what the numbers to predict are called, in order.
        classes: the classes' names by number; empty for regression.
        y_train: targets as the model gets them: ``(samples,)``, or ``(samples, outputs)``.
        x_sample: some preprocessed inputs, ``(at most 1000, …)``.
        samples: how many training samples there are.
    """

    spec: RunSpec
    model: KerasModel
    task: Task
    target_kind: TargetKind
    outputs: int
    classes: tuple[str, ...]
    y_train: Array
    x_sample: Array
    samples: int
    targets: Sequence[str] = ()

    @cached_property
    def units(self) -> int | None:
        """Units of the output layer; None where the model has several outputs."""
        known = output_units(self.model)
        if known is not None or not len(self.x_sample):
            return known
        predicted = self.model(self.x_sample[:1])
        shape = getattr(predicted, "shape", None)
        return int(shape[-1]) if shape is not None and len(shape) == 2 else None

    @cached_property
    def last_activation(self) -> str | None:
        """The activation that makes the model's output; None where it cannot be told."""
        outputs = getattr(self.model, "outputs", None)
        if not outputs or len(outputs) != 1:
            return None
        return activation_of(outputs[0]._keras_history.operation)  # the only way from a tensor to its layer

    @cached_property
    def counts(self) -> Array | None:
        """Training samples by class; None where targets are not valid class numbers or one-hot rows."""
        y = np.asarray(self.y_train)
        if self.target_kind == "one-hot" and y.ndim == 2:
            return y.sum(axis=0)
        if self.target_kind == "integer" and y.size and y.min() >= 0:
            return np.bincount(y.ravel().astype(np.int64), minlength=len(self.classes))
        return None


def activation_of(layer: object) -> str | None:
    """The name of the activation that makes a layer's output; None where it cannot be told."""
    for kind, name in _ACTIVATION_LAYERS.items():
        if isinstance(layer, kind):
            return name
    function = getattr(layer, "activation", None)
    name = getattr(function, "__name__", "")
    return name if getattr(keras.activations, name, None) is function and name else None


@dataclass(frozen=True)
class Finding:
    """Something that a check has to say."""

    kind: Literal["refusal", "warning", "info"]
    text: str
    hint: str = ""

    def __str__(self) -> str:
        return f"{self.text}. {self.hint}" if self.hint else self.text


Findings = Iterator[Finding]


def refusal(text: str, hint: str = "") -> Finding:
    """Something that cannot mean anything."""
    return Finding("refusal", text, hint)


def warning(text: str, hint: str = "") -> Finding:
    """Something that works but is probably not meant."""
    return Finding("warning", text, hint)
