"""Activation and cross-entropy taken together, from scores (logits): simpler, and exact where the parts overflow.

The derivative of the logarithm divides by p, that of softmax or sigmoid multiplies by it. Together they cancel:

    ∂L/∂z = 1/n (p - y)

what was predicted minus what should have been. That is the most useful formula in this package.

Source: C. Bishop, *Pattern recognition and machine learning* (2006), sections 4.3.2 and 4.3.4.
"""

import numpy as np
from jaxtyping import Float

from hondo.core.language import tr
from hondo.scratch.activations.smooth import sigmoid, softplus
from hondo.scratch.activations.softmax import log_softmax, softmax
from hondo.scratch.mistakes import Mistake, need_floats, need_rank, need_same_shape, need_targets


def one_hot(labels: np.ndarray, classes: int) -> Float[np.ndarray, "batch classes"]:
    """Class numbers as rows with a single 1.

    Args:
        labels: integers from 0 to classes - 1, of shape ``(batch,)``.
        classes: how many there are.

    Raises:
        Mistake: for labels that are no such integers.

    Example:
        >>> one_hot(np.array([2, 0]), 3).tolist()
        [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]
    """
    integers = isinstance(labels, np.ndarray) and np.issubdtype(labels.dtype, np.integer) and labels.ndim == 1
    if not integers or (labels.size and (labels.min() < 0 or labels.max() >= classes)):
        raise Mistake(
            tr(
                f"one_hot needs a vector of integers from 0 to {classes - 1}, got {labels!r:.60}",
                f"one_hot necesita un vector de enteros de 0 a {classes - 1}, llegó {labels!r:.60}",
            )
        )
    return np.eye(classes)[labels]  # (batch, classes)


def _need_probability(function: str, z: np.ndarray, y: np.ndarray) -> None:
    need_floats(function, z=z, y=y)
    need_same_shape(function, z=z, y=y)
    need_targets(function, y)


def _need_rows(function: str, z: np.ndarray, y: np.ndarray) -> None:
    need_floats(function, z=z)
    need_rank(function, "z", z, "batch, classes")
    if isinstance(y, np.ndarray) and y.shape == z.shape[:1]:
        raise Mistake(
            tr(
                f"{function} needs z and y of the same shape, got {z.shape} and {y.shape}",
                f"{function} necesita z y y con la misma forma, llegaron {z.shape} y {y.shape}",
            ),
            tr(
                f"Class numbers become rows with one_hot(y, {z.shape[1]}).",
                f"Los números de clase se vuelven filas con one_hot(y, {z.shape[1]}).",
            ),
        )
    need_floats(function, z=z, y=y)
    need_same_shape(function, z=z, y=y)


def softmax_cross_entropy(z: Float[np.ndarray, "batch classes"], y: Float[np.ndarray, "batch classes"]) -> float:
    """-1/n Σ y log softmax(z).

    Args:
        z: scores, a row a sample.
        y: one-hot rows, or distributions.

    Raises:
        Mistake: if shapes differ, e.g. class numbers where rows are needed (see :func:`one_hot`).

    Example:
        >>> softmax_cross_entropy(np.array([[0.0, 1000.0]]), np.array([[1.0, 0.0]]))
        1000.0
    """
    _need_rows("softmax_cross_entropy", z, y)
    return float(-(y * log_softmax(z)).sum(axis=-1).mean())


def softmax_cross_entropy_gradient(
    z: Float[np.ndarray, "batch classes"], y: Float[np.ndarray, "batch classes"]
) -> Float[np.ndarray, "batch classes"]:
    """∂L/∂z = 1/n (softmax(z) - y), for rows of y that sum to 1.

    Example:
        >>> softmax_cross_entropy_gradient(np.array([[0.0, 0.0]]), np.array([[1.0, 0.0]])).tolist()
        [[-0.5, 0.5]]
    """
    _need_rows("softmax_cross_entropy_gradient", z, y)
    return (softmax(z) - y) / len(z)


def sigmoid_cross_entropy(z: Float[np.ndarray, "*shape"], y: Float[np.ndarray, "*shape"]) -> float:
    """-1/n Σ [ y log σ(z) + (1 - y) log(1 - σ(z)) ] = 1/n Σ [ log(1 + eᶻ) - y z ].

    Args:
        z: scores.
        y: 1.0 or 0.0, or a probability; of the same shape.

    Raises:
        Mistake: if shapes differ, or for targets outside [0, 1], such as classes -1 and 1.

    Example:
        >>> sigmoid_cross_entropy(np.array([1000.0, -1000.0]), np.array([1.0, 1.0]))
        500.0
    """
    _need_probability("sigmoid_cross_entropy", z, y)
    return float((softplus(z) - y * z).mean())


def sigmoid_cross_entropy_gradient(
    z: Float[np.ndarray, "*shape"], y: Float[np.ndarray, "*shape"]
) -> Float[np.ndarray, "*shape"]:
    """∂L/∂z = 1/n (σ(z) - y).

    Example:
        >>> sigmoid_cross_entropy_gradient(np.array([0.0]), np.array([1.0])).tolist()
        [-0.5]
    """
    _need_probability("sigmoid_cross_entropy_gradient", z, y)
    return (sigmoid(z) - y) / z.size
