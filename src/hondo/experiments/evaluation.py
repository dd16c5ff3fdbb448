"""The record of what a model is worth: its numbers, and the samples it gets most wrong.

It is written as JSON and read back without loss. The confusion matrix is the only thing kept about the classes; every
score per class is worked out from it, so the two can never disagree.
"""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np

from hondo.core.arrays import Array, FloatArray, IntArray
from hondo.core.errors import StoreError
from hondo.core.language import tr


@dataclass(frozen=True)
class Mistake:
    """A sample taken for another class.

    Attributes:
        index: its row among the samples that were evaluated.
        true: the number of its class.
        predicted: the number of the class the model chose.
        probability: what the model gave the class it chose, 0..1.
        probability_of_true: what it gave the right class, 0..1.
        loss: its cross-entropy, -ln(probability_of_true), in nats.
    """

    index: int
    true: int
    predicted: int
    probability: float
    probability_of_true: float
    loss: float


@dataclass(frozen=True)
class Deviation:
    """A sample whose prediction is far off: one number an output, and the length of the error over all outputs."""

    index: int
    true: tuple[float, ...]
    predicted: tuple[float, ...]
    error: float


@dataclass(frozen=True)
class ClassScore:
    """How one class fares.

    Attributes:
        name: what it is called.
        precision: of the samples called so, the share that are.
        recall: of the samples that are, the share called so.
        f1: the harmonic mean of the two.
        support: how many samples are.
    """

    name: str
    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True)
class Average:
    """The mean of the classes' scores."""

    precision: float
    recall: float
    f1: float


@dataclass(frozen=True)
class Confusion:
    """``count`` samples of class ``true`` were taken for ``predicted``: the ``share`` of all of class ``true``."""

    true: int
    predicted: int
    count: int
    share: float


@dataclass(frozen=True)
class OutputScore:
    """How one output of a regression fares, in the target's unit (R² has none)."""

    mae: float
    rmse: float
    r2: float


@dataclass(frozen=True)
class ClassificationEvaluation:
    """How well classes are told apart.

    Attributes:
        samples: how many were evaluated.
        loss: the model's loss over them.
        metrics: the model's own metrics over them, by name.
        classes: the classes' names by number.
        confusion: how often a true class (row) was given each class (column).
        worst: mistakes, the largest loss first.
    """

    samples: int
    loss: float
    metrics: dict[str, float]
    classes: tuple[str, ...]
    confusion: tuple[tuple[int, ...], ...]
    worst: tuple[Mistake, ...] = ()

    @cached_property
    def _matrix(self) -> IntArray:
        return np.array(self.confusion, dtype=np.int64)

    @cached_property
    def per_class(self) -> tuple[ClassScore, ...]:
        """The scores of each class; 0 where a division by zero would define them, as in scikit-learn."""
        hits, given, support = self._matrix.diagonal(), self._matrix.sum(0), self._matrix.sum(1)
        columns = _ratio(hits, given), _ratio(hits, support), _ratio(2 * hits, given + support), support
        rows = zip(self.classes, *(column.tolist() for column in columns), strict=True)
        return tuple(ClassScore(*row) for row in rows)

    @cached_property
    def macro(self) -> Average:
        """The mean over classes, each counting the same."""
        return self._average(np.ones(len(self.classes)))

    @cached_property
    def weighted(self) -> Average:
        """The mean over classes, each counting as many samples as it has."""
        return self._average(self._matrix.sum(1))

    @property
    def accuracy(self) -> float:
        """The share of samples given their own class."""
        return int(self._matrix.trace()) / self.samples

    @property
    def mistakes(self) -> int:
        """How many samples were given another class."""
        return self.samples - int(self._matrix.trace())

    @property
    def balanced_accuracy(self) -> float:
        """The mean recall of the classes that occur: what a model that always says the commonest class cannot fake."""
        recalls = [score.recall for score in self.per_class if score.support]
        return float(np.mean(recalls))

    def confused(self, limit: int = 10) -> tuple[Confusion, ...]:
        """The pairs (true, predicted) most often confused, the commonest first; ties in the classes' order."""
        off = self._matrix - np.diag(self._matrix.diagonal())
        support = self._matrix.sum(1)
        order = np.argsort(-off, axis=None, kind="stable")[:limit]
        pairs = (divmod(int(cell), len(self.classes)) for cell in order)
        return tuple(Confusion(i, j, int(off[i, j]), float(off[i, j] / support[i])) for i, j in pairs if off[i, j])

    def written(self) -> dict[str, Any]:
        """All of it as plain data for JSON, scores worked out from the matrix included; NaN and infinities as text."""
        return _plain(
            {
                "task": "classification",
                "samples": self.samples,
                "loss": self.loss,
                "metrics": self.metrics,
                "accuracy": self.accuracy,
                "balanced_accuracy": self.balanced_accuracy,
                "macro": asdict(self.macro),
                "weighted": asdict(self.weighted),
                "classes": self.classes,
                "per_class": [asdict(score) for score in self.per_class],
                "confusion": self.confusion,
                "confused": [asdict(pair) for pair in self.confused()],
                "worst": [asdict(mistake) for mistake in self.worst],
            }
        )

    def _average(self, weights: Array) -> Average:
        scores = np.array([(score.precision, score.recall, score.f1) for score in self.per_class])
        return Average(*np.average(scores, axis=0, weights=weights).tolist())


@dataclass(frozen=True)
class RegressionEvaluation:
    """How near predictions come, in the target's unit.

    Attributes:
        samples: how many were evaluated.
        loss: the model's loss over them.
        metrics: the model's own metrics over them, by name.
        mae: mean absolute error, the mean over outputs.
        rmse: root of the mean squared error, the mean over outputs.
        r2: the share of the variance explained, the mean over outputs; NaN for a single sample.
        outputs: the same three of each output.
        residuals: quantile (0..1) and value of prediction - target, over all outputs.
        worst: the samples with the largest errors, those first.
    """

    samples: int
    loss: float
    metrics: dict[str, float]
    mae: float
    rmse: float
    r2: float
    outputs: tuple[OutputScore, ...]
    residuals: tuple[tuple[float, float], ...]
    worst: tuple[Deviation, ...] = ()

    def written(self) -> dict[str, Any]:
        """All of it as plain data for JSON; NaN and infinities as text."""
        return _plain({"task": "regression", **asdict(self)})


Evaluation = ClassificationEvaluation | RegressionEvaluation


def read_evaluation(written: Mapping[str, Any]) -> Evaluation:
    """The evaluation that :meth:`written` wrote.

    Raises:
        StoreError: when something is missing or is not what it should be.
    """
    try:
        common = {
            "samples": int(written["samples"]),
            "loss": float(written["loss"]),
            "metrics": floats(written["metrics"]),
        }
        if written["task"] == "classification":
            return _read_classification(written, common)
        return _read_regression(written, common)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise StoreError(
            tr(f"this is not a saved evaluation: {error!r}", f"esto no es una evaluación guardada: {error!r}"),
            tr("Evaluate the run again.", "Evalúe de nuevo el experimento."),
        ) from error


def _read_classification(written: Mapping[str, Any], common: dict[str, Any]) -> ClassificationEvaluation:
    confusion = np.array(written["confusion"], dtype=np.int64)
    if confusion.shape != (len(written["classes"]),) * 2 or confusion.sum() != common["samples"]:
        raise ValueError("confusion")
    return ClassificationEvaluation(
        **common,
        classes=tuple(str(name) for name in written["classes"]),
        confusion=tuple(tuple(row) for row in confusion.tolist()),
        worst=tuple(
            Mistake(
                int(row["index"]),
                int(row["true"]),
                int(row["predicted"]),
                float(row["probability"]),
                float(row["probability_of_true"]),
                float(row["loss"]),
            )
            for row in written["worst"]
        ),
    )


def _read_regression(written: Mapping[str, Any], common: dict[str, Any]) -> RegressionEvaluation:
    return RegressionEvaluation(
        **common,
        mae=float(written["mae"]),
        rmse=float(written["rmse"]),
        r2=float(written["r2"]),
        outputs=tuple(OutputScore(**floats(row)) for row in written["outputs"]),
        residuals=tuple((float(quantile), float(value)) for quantile, value in written["residuals"]),
        worst=tuple(
            Deviation(
                int(row["index"]),
                tuple(float(value) for value in row["true"]),
                tuple(float(value) for value in row["predicted"]),
                float(row["error"]),
            )
            for row in written["worst"]
        ),
    )


def _ratio(part: IntArray, whole: IntArray) -> FloatArray:
    return np.divide(part, whole, out=np.zeros(len(part)), where=whole > 0)


def floats(values: Mapping[str, Any]) -> dict[str, float]:
    """The same names with Python floats, whatever kind of number or text they were."""
    return {name: float(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    """Plain data that JSON holds exactly: tuples as lists, NaN and infinities as text that ``float`` reads."""
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value
