"""What is reported beside the loss, for each shape of target and output.

Keras has a class for each combination and computes nonsense, or fails deep inside, where the wrong one is taken.
"""

from typing import Any

from hondo.core.backend import keras
from hondo.core.language import tr
from hondo.core.spec.learn import MetricName

BINARY: tuple[MetricName, ...] = ("auc", "precision", "recall")
NUMERIC: tuple[MetricName, ...] = ("mse", "mae", "rmse", "r2")


def misfit(name: MetricName, *, units: int, target_kind: str) -> str:
    """Why a metric has no meaning for these targets and outputs, in words; empty where it has.

    Args:
        name: the metric.
        units: units of the output layer.
        target_kind: ``integer``, ``one-hot`` or ``number``.
    """
    if target_kind == "number" and name not in NUMERIC:
        return tr("it is for classes, and the targets are numbers", "es para clases, y los objetivos son números")
    if name in BINARY and units > 2:
        return tr(
            f"it is for two classes, and there are {units} (the report has it for each class)",
            f"es para dos clases, y hay {units} (el informe lo da para cada clase)",
        )
    if name == "top_3_accuracy" and units < 4:
        return tr(f"with {max(2, units)} classes it would always be 1", f"con {max(2, units)} clases valdría siempre 1")
    if name in NUMERIC and target_kind == "integer" and units > 1:
        return tr(
            "it compares numbers, and the targets are class numbers (use preprocess.target: one-hot)",
            "compara números, y los objetivos son números de clase (use preprocess.target: one-hot)",
        )
    return ""


def make_metric(name: MetricName, *, units: int, target_kind: str) -> keras.metrics.Metric:
    """The Keras metric for these targets and outputs, under the spec's own name.

    Of two classes, the second (number 1) is the positive one for ``auc``, ``precision`` and ``recall``.

    Args:
        name: the metric.
        units: units of the output layer.
        target_kind: ``integer``, ``one-hot`` or ``number``.
    """
    metrics = keras.metrics
    if name == "accuracy":
        if units == 1:
            return metrics.BinaryAccuracy(name=name)
        kind = metrics.SparseCategoricalAccuracy if target_kind == "integer" else metrics.CategoricalAccuracy
        return kind(name=name)
    if name == "top_3_accuracy":
        kind = metrics.SparseTopKCategoricalAccuracy if target_kind == "integer" else metrics.TopKCategoricalAccuracy
        return kind(k=3, name=name)
    if name in BINARY:
        plain = {"auc": metrics.AUC, "precision": metrics.Precision, "recall": metrics.Recall}
        second = {"auc": SecondClassAUC, "precision": SecondClassPrecision, "recall": SecondClassRecall}
        return (plain if units == 1 else second)[name](name=name)
    numeric = {
        "mse": metrics.MeanSquaredError,
        "mae": metrics.MeanAbsoluteError,
        "rmse": metrics.RootMeanSquaredError,
        "r2": metrics.R2Score,
    }
    return numeric[name](name=name)


def _second_class(y_true: Any, y_pred: Any) -> tuple[Any, Any]:
    """Whether each sample is of the second class, and with what probability: ``(batch,)`` and ``(batch,)``."""
    y_true = keras.ops.convert_to_tensor(y_true)
    one_hot = len(y_true.shape) == 2 and y_true.shape[-1] == 2
    positive = y_true[:, 1] if one_hot else keras.ops.reshape(y_true, (-1,))
    return keras.ops.cast(positive, "float32"), y_pred[:, 1]


@keras.saving.register_keras_serializable(package="hondo")
class SecondClassAUC(keras.metrics.AUC):
    """The area under the ROC curve, for a softmax over two classes."""

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take one batch into account."""
        super().update_state(*_second_class(y_true, y_pred), sample_weight)


@keras.saving.register_keras_serializable(package="hondo")
class SecondClassPrecision(keras.metrics.Precision):
    """The share of those called second class that are, for a softmax over two classes."""

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take one batch into account."""
        super().update_state(*_second_class(y_true, y_pred), sample_weight)


@keras.saving.register_keras_serializable(package="hondo")
class SecondClassRecall(keras.metrics.Recall):
    """The share of the second class that is found, for a softmax over two classes."""

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take one batch into account."""
        super().update_state(*_second_class(y_true, y_pred), sample_weight)
