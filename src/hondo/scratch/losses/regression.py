"""Losses for quantities: squared, absolute, and Huber's, which is the first near zero and the second far away.

Each is a mean over all n predicted numbers, so its gradient carries the factor 1/n. The squared error follows outliers,
because a mistake ten times as large weighs a hundred times as much; the absolute one ignores how far they are.

Source: P. Huber, *Robust estimation of a location parameter*, Ann. Math. Stat. 35 (1964).
"""

import numpy as np
from jaxtyping import Float

from hondo.scratch.mistakes import need_between, need_floats, need_same_shape


def _error(function: str, predicted: np.ndarray, y: np.ndarray) -> np.ndarray:
    need_floats(function, predicted=predicted, y=y)
    need_same_shape(function, predicted=predicted, y=y)
    return predicted - y


def mean_squared_error(predicted: Float[np.ndarray, "*shape"], y: Float[np.ndarray, "*shape"]) -> float:
    """1/n Σ (ŷ - y)².

    Args:
        predicted: ŷ, of any shape.
        y: the targets, of the same shape.

    Raises:
        Mistake: if the shapes differ; ``(n, 1) - (n,)`` would silently become n × n errors.

    Example:
        >>> mean_squared_error(np.array([1.0, 5.0]), np.array([1.0, 3.0]))
        2.0
    """
    return float(np.square(_error("mean_squared_error", predicted, y)).mean())


def mean_squared_error_gradient(
    predicted: Float[np.ndarray, "*shape"], y: Float[np.ndarray, "*shape"]
) -> Float[np.ndarray, "*shape"]:
    """∂L/∂ŷ = 2/n (ŷ - y): the further off, the harder the pull.

    Example:
        >>> mean_squared_error_gradient(np.array([1.0, 5.0]), np.array([1.0, 3.0])).tolist()
        [0.0, 2.0]
    """
    return 2 * _error("mean_squared_error_gradient", predicted, y) / predicted.size


def mean_absolute_error(predicted: Float[np.ndarray, "*shape"], y: Float[np.ndarray, "*shape"]) -> float:
    """1/n Σ |ŷ - y|.

    Example:
        >>> mean_absolute_error(np.array([1.0, 5.0]), np.array([1.0, 3.0]))
        1.0
    """
    return float(np.abs(_error("mean_absolute_error", predicted, y)).mean())


def mean_absolute_error_gradient(
    predicted: Float[np.ndarray, "*shape"], y: Float[np.ndarray, "*shape"]
) -> Float[np.ndarray, "*shape"]:
    """∂L/∂ŷ = 1/n sign(ŷ - y): the same pull at any distance, and 0 where the prediction is exact.

    Example:
        >>> mean_absolute_error_gradient(np.array([1.0, 5.0]), np.array([1.0, 3.0])).tolist()
        [0.0, 0.5]
    """
    return np.sign(_error("mean_absolute_error_gradient", predicted, y)) / predicted.size


def huber(predicted: Float[np.ndarray, "*shape"], y: Float[np.ndarray, "*shape"], delta: float = 1.0) -> float:
    """1/n Σ h(ŷ - y), where h(e) is e²/2 for |e| ≤ δ and δ|e| - δ²/2 beyond: the line continues the parabola.

    Args:
        predicted: ŷ, of any shape.
        y: the targets, of the same shape.
        delta: δ > 0, from which error on a sample counts as an outlier.

    Example:
        >>> huber(np.array([1.0, 5.0]), np.array([0.0, 0.0]), delta=2.0)
        4.25
    """
    need_between("huber", "delta", delta, 0, np.inf, ends="()")
    size = np.abs(_error("huber", predicted, y))  # (*shape)
    near = np.minimum(size, delta)  # (*shape)
    return float((near * (size - near / 2)).mean())  # e²/2 where near is |e|, δ|e| - δ²/2 where it is δ


def huber_gradient(
    predicted: Float[np.ndarray, "*shape"], y: Float[np.ndarray, "*shape"], delta: float = 1.0
) -> Float[np.ndarray, "*shape"]:
    """∂L/∂ŷ = 1/n · (ŷ - y), held between -δ and δ.

    Example:
        >>> huber_gradient(np.array([1.0, 5.0]), np.array([0.0, 0.0]), delta=2.0).tolist()
        [0.5, 1.0]
    """
    need_between("huber_gradient", "delta", delta, 0, np.inf, ends="()")
    return np.clip(_error("huber_gradient", predicted, y), -delta, delta) / predicted.size
