"""What a report says, as plain data, wherever it came from: a run that just ended, the store, a test."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from hondo.core.arrays import Array, FloatArray
from hondo.experiments.evaluation import Evaluation
from hondo.experiments.report.model_graph import Boxes
from hondo.experiments.report.plots import Regions


@dataclass(frozen=True)
class Glimpse:
    """A few test samples with what the model says of them.

    Attributes:
        pictures: raw pictures, ``(n, height, width, channels)``.
        true: their classes' names, n of them.
        predicted: the names of the classes the model chose.
        probability: what it gave those, 0..1.
    """

    pictures: Array
    true: tuple[str, ...]
    predicted: tuple[str, ...]
    probability: tuple[float, ...]


@dataclass(frozen=True)
class Points:
    """Samples with two features, and what the model says over their plane; see :func:`plots.plot_points`."""

    x: FloatArray
    y: Array
    regions: Regions | None = None
    names: tuple[str, str] = ("x₁", "x₂")


@dataclass(frozen=True)
class ReportData:
    """Everything a report says. Only the name is needed; what is missing is left out of the page.

    Attributes:
        name: the run's name.
        about: what it is, in a line.
        status: why training ended (``complete``, ``stopped_early``, ``cancelled``, ``diverged``), or ``failed``.
        spec_yaml: the resolved spec.
        dataset: ``Dataset.summary()``.
        preprocess_steps: what was done to the raw data, a sentence each.
        augment_steps: what happens to training pictures anew in each epoch.
        augmented: some of them, ``(pictures, 1 + variants, height, width, channels)``, the originals first.
        layers: name, kind, output shape and number of parameters of each layer.
        graph: the model's boxes and what leads to each; see :func:`model_graph`.
        parameters: how many there are in all.
        learning: optimizer, learning rate and loss, in a line.
        history: values an epoch by name, as Keras keeps them; empty when no epoch was completed.
        phases: name, epochs and what learnt, of each part of the training where it had several.
        best: the epoch (from 0) whose weights were kept; None for the one with the lowest validation loss.
        evaluation: the scores on held-out data.
        evaluated_on: which split that was: ``test`` or ``validation``.
        worst_pictures: the raw inputs of ``evaluation.worst``, in that order, when they are pictures.
        glimpse: a few predictions.
        regression: true and predicted numbers, ``(n,)`` or ``(n, outputs)`` each.
        points: the samples on their plane, when there are two features.
        environment: what the run was made with, by name; may be nested.
        timings: how long each phase took, in seconds, by name.
        files: what lies beside the report: name and what it is.
        notes: warnings and advice.
        created: when the report was made.
    """

    name: str
    about: str = ""
    status: str = "complete"
    spec_yaml: str = ""
    dataset: Mapping[str, Any] = field(default_factory=dict)
    preprocess_steps: Sequence[str] = ()
    augment_steps: Sequence[str] = ()
    augmented: Array | None = None
    layers: Sequence[tuple[str, str, str, int]] = ()
    graph: Boxes = ()
    parameters: int = 0
    learning: str = ""
    history: Mapping[str, Sequence[float]] = field(default_factory=dict)
    phases: Sequence[tuple[str, int, str]] = ()
    best: int | None = None
    evaluation: Evaluation | None = None
    evaluated_on: str = "test"
    worst_pictures: Array | None = None
    glimpse: Glimpse | None = None
    regression: tuple[FloatArray, FloatArray] | None = None
    points: Points | None = None
    environment: Mapping[str, Any] = field(default_factory=dict)
    timings: Mapping[str, float] = field(default_factory=dict)
    files: Sequence[tuple[str, str]] = ()
    notes: Sequence[str] = ()
    created: datetime | None = None

    @property
    def epochs(self) -> int:
        """How many epochs were completed."""
        return max((len(values) for values in self.history.values()), default=0)

    @property
    def target_names(self) -> Sequence[str]:
        """What the numbers to predict are called, where there are several and they have names."""
        names = self.dataset.get("targets", ())
        return names if len(names) > 1 else ()

    @property
    def phase_lengths(self) -> list[tuple[str, int]]:
        """The parts of the training by name, and how many epochs each took."""
        return [(name, epochs) for name, epochs, _ in self.phases]
