"""What a model is worth on samples it has not seen, worked out from targets and predictions.

Pure functions on arrays. They know nothing of Keras, so the same numbers come out whatever made the predictions.
"""

import math
from collections.abc import Mapping

import numpy as np

from hondo.core.arrays import FloatArray, IntArray
from hondo.core.errors import DataError
from hondo.core.language import tr
from hondo.experiments.evaluation import (
    ClassificationEvaluation,
    Deviation,
    Evaluation,
    Mistake,
    OutputScore,
    RegressionEvaluation,
    floats,
    read_evaluation,
)

__all__ = [
    "ClassificationEvaluation",
    "Evaluation",
    "RegressionEvaluation",
    "evaluate_classification",
    "evaluate_regression",
    "read_evaluation",
]

QUANTILES = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)
_TINY = 1e-7  # Keras clips probabilities here before it takes their logarithm


def evaluate_classification(
    y: IntArray,
    probabilities: FloatArray,
    classes: tuple[str, ...],
    *,
    loss: float,
    metrics: Mapping[str, float],
    worst: int = 24,
) -> ClassificationEvaluation:
    """Compare true classes with the probabilities a model gave them.

    Args:
        y: class numbers, ``(n,)`` integers.
        probabilities: ``(n, k)``; or ``(n,)`` or ``(n, 1)`` for two classes, then the probability of class 1.
        classes: the classes' names by number, k of them.
        loss: the model's loss over these samples.
        metrics: the model's metrics over these samples.
        worst: how many mistakes to keep.

    Returns:
        The evaluation. The class with the largest probability is the predicted one; the first of equals.

    Raises:
        DataError: when there are no samples, or shapes or class numbers do not fit.

    Example:
        >>> y, p = np.array([0, 1, 1]), np.array([0.1, 0.9, 0.4])
        >>> evaluate_classification(y, p, ("no", "yes"), loss=0.4, metrics={}).confusion
        ((1, 0), (1, 1))
    """
    y, p = np.asarray(y), two_columns(np.asarray(probabilities, dtype=np.float64))
    k = len(classes)
    if y.ndim != 1 or p.shape != (len(y), k) or not len(y):
        raise DataError(
            tr(
                f"targets {y.shape} and probabilities {np.shape(probabilities)} do not match for {k} classes",
                f"los objetivos {y.shape} y las probabilidades {np.shape(probabilities)} no concuerdan para {k} clases",
            ),
            tr(
                "Give at least one sample, and one probability per class.",
                "Dé al menos una muestra y una probabilidad por clase.",
            ),
        )
    if not np.issubdtype(y.dtype, np.integer) or y.min() < 0 or y.max() >= k:
        raise DataError(
            tr(
                f"a target is not a class number from 0 to {k - 1}",
                f"un objetivo no es un número de clase de 0 a {k - 1}",
            ),
            tr("Number the classes from 0, as integers.", "Numere las clases desde 0, con enteros."),
        )
    predicted = p.argmax(1)
    confusion = np.bincount(y.astype(np.int64) * k + predicted, minlength=k * k).reshape(k, k)
    return ClassificationEvaluation(
        samples=len(y),
        loss=float(loss),
        metrics=floats(metrics),
        classes=tuple(classes),
        confusion=tuple(tuple(row) for row in confusion.tolist()),
        worst=_worst_mistakes(y, predicted, p, worst),
    )


def evaluate_regression(
    y: FloatArray, predictions: FloatArray, *, loss: float, metrics: Mapping[str, float], worst: int = 24
) -> RegressionEvaluation:
    """Compare true numbers with predicted ones.

    Args:
        y: targets in their own unit, ``(n,)`` or ``(n, outputs)``.
        predictions: the same shape; ``(n, 1)`` goes with ``(n,)``.
        loss: the model's loss over these samples.
        metrics: the model's metrics over these samples.
        worst: how many of the largest errors to keep.

    Returns:
        The evaluation. Predictions that are not finite give scores that are not finite either, and count as worst.

    Raises:
        DataError: when there are no samples, or the shapes differ.
    """
    true, predicted = _columns(y), _columns(predictions)
    if true.shape != predicted.shape or true.ndim != 2 or not true.size:
        raise DataError(
            tr(
                f"targets {np.shape(y)} and predictions {np.shape(predictions)} do not match",
                f"los objetivos {np.shape(y)} y las predicciones {np.shape(predictions)} no concuerdan",
            ),
            tr(
                "Give at least one sample, and one prediction per target.",
                "Dé al menos una muestra y una predicción por objetivo.",
            ),
        )
    with np.errstate(invalid="ignore", over="ignore"):
        residuals = predicted - true
        outputs = tuple(_output_score(t, r) for t, r in zip(true.T, residuals.T, strict=True))
        means = np.mean([(score.mae, score.rmse, score.r2) for score in outputs], axis=0).tolist()
        quantiles = np.quantile(residuals, QUANTILES).tolist()
        errors = np.sqrt(np.square(residuals).sum(1))
    return RegressionEvaluation(
        samples=len(true),
        loss=float(loss),
        metrics=floats(metrics),
        mae=means[0],
        rmse=means[1],
        r2=means[2],
        outputs=outputs,
        residuals=tuple(zip(QUANTILES, quantiles, strict=True)),
        worst=tuple(
            Deviation(i, tuple(true[i].tolist()), tuple(predicted[i].tolist()), float(errors[i]))
            for i in _largest(errors, worst)
        ),
    )


def two_columns(p: FloatArray) -> FloatArray:
    """The probabilities of both classes, where only that of class 1 is given."""
    if p.ndim == 2 and p.shape[1] == 1:
        p = p[:, 0]
    return np.stack([1 - p, p], axis=1) if p.ndim == 1 else p


def _columns(values: FloatArray) -> FloatArray:
    array = np.asarray(values, dtype=np.float64)
    return array[:, None] if array.ndim == 1 else array


def _largest(values: FloatArray, count: int) -> list[int]:
    """The places of the largest values, those first; NaN is larger than everything."""
    return np.argsort(-np.nan_to_num(values, nan=np.inf, posinf=np.inf), kind="stable")[: max(count, 0)].tolist()


def _worst_mistakes(y: IntArray, predicted: IntArray, p: FloatArray, count: int) -> tuple[Mistake, ...]:
    wrong = np.flatnonzero(predicted != y)
    rows = np.arange(len(wrong))
    of_true, of_predicted = p[wrong][rows, y[wrong]], p[wrong][rows, predicted[wrong]]
    losses = -np.log(np.clip(of_true, _TINY, 1.0))
    return tuple(
        Mistake(
            int(wrong[i]),
            int(y[wrong[i]]),
            int(predicted[wrong[i]]),
            float(of_predicted[i]),
            float(of_true[i]),
            float(losses[i]),
        )
        for i in _largest(losses, count)
    )


def _output_score(true: FloatArray, residuals: FloatArray) -> OutputScore:
    """Scores of one output; R² of a constant target is 1 where it is met exactly, else 0, as in scikit-learn."""
    unexplained, total = float(np.square(residuals).sum()), float(np.square(true - true.mean()).sum())
    if len(true) < 2 or math.isnan(unexplained):
        r2 = math.nan
    elif total == 0:
        r2 = 1.0 if unexplained == 0 else 0.0
    else:
        r2 = 1 - unexplained / total
    return OutputScore(float(np.abs(residuals).mean()), math.sqrt(unexplained / len(true)), r2)
