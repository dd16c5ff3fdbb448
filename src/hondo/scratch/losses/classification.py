"""Losses for classes, from probabilities (cross-entropy) or from a signed score (hinge).

Cross-entropy is the surprise: the negative logarithm of the probability that the right answer was given. A confident
mistake costs without limit. To train, prefer the forms in ``from_logits.py``, which stay exact where a
probability rounds to 0 or 1.

Source: C. Shannon, *A mathematical theory of communication* (1948); C. Cortes, V. Vapnik, *Support-vector networks*,
Machine Learning 20 (1995) for the hinge.
"""

import numpy as np
from jaxtyping import Float

from hondo.core.language import tr
from hondo.scratch.mistakes import Mistake, need_floats, need_rank, need_same_shape, need_targets


def _need_probabilities(function: str, p: np.ndarray, y: np.ndarray) -> None:
    need_floats(function, p=p, y=y)
    need_same_shape(function, p=p, y=y)
    if p.min() < 0 or p.max() > 1:
        raise Mistake(
            tr(
                f"{function} needs probabilities, got numbers from {p.min():.3g} to {p.max():.3g}",
                f"{function} necesita probabilidades, llegaron números de {p.min():.3g} a {p.max():.3g}",
            ),
            tr(
                "They look like scores: apply sigmoid or softmax, or use the loss from logits.",
                "Parecen puntuaciones: aplique sigmoid o softmax, o use la pérdida a partir de logits.",
            ),
        )
    need_targets(function, y)


def _need_distributions(function: str, p: np.ndarray, y: np.ndarray) -> None:
    _need_probabilities(function, p, y)
    need_rank(function, "p", p, "batch, classes")
    for name, rows in (("p", p), ("y", y)):
        sums = rows.sum(axis=-1)  # (batch,)
        if np.abs(sums - 1).max() > 1e-4:
            worst = sums[np.abs(sums - 1).argmax()]
            raise Mistake(
                tr(
                    f"{function} needs rows of {name} that sum to 1, one sums to {worst:.4g}",
                    f"{function} necesita filas de {name} que sumen 1, una suma {worst:.4g}",
                ),
                tr(
                    "Several labels at once are a binary cross-entropy for each.",
                    "Varias etiquetas a la vez son una entropía cruzada binaria para cada una.",
                ),
            )


def binary_cross_entropy(p: Float[np.ndarray, "*shape"], y: Float[np.ndarray, "*shape"]) -> float:
    """-1/n Σ [ y log p + (1 - y) log(1 - p) ].

    Args:
        p: the probability of class 1, in [0, 1].
        y: 1.0 or 0.0, or a probability.

    Raises:
        Mistake: for scores in place of probabilities, or shapes that differ.

    Example:
        >>> round(binary_cross_entropy(np.array([0.5, 0.5]), np.array([1.0, 0.0])), 6)  # log 2
        0.693147
    """
    _need_probabilities("binary_cross_entropy", p, y)
    right = np.where(y > 0, y * np.log(np.where(y > 0, p, 1)), 0)  # (*shape), 0 log 0 = 0
    wrong = np.where(y < 1, (1 - y) * np.log1p(-np.where(y < 1, p, 0)), 0)  # (*shape)
    return float(-(right + wrong).mean())


def binary_cross_entropy_gradient(
    p: Float[np.ndarray, "*shape"], y: Float[np.ndarray, "*shape"]
) -> Float[np.ndarray, "*shape"]:
    """∂L/∂p = 1/n (p - y) / (p (1 - p)).

    Example:
        >>> binary_cross_entropy_gradient(np.array([0.5]), np.array([1.0])).tolist()
        [-2.0]
    """
    _need_probabilities("binary_cross_entropy_gradient", p, y)
    right = np.divide(y, p, out=np.zeros_like(p), where=y > 0)  # (*shape)
    wrong = np.divide(1 - y, 1 - p, out=np.zeros_like(p), where=y < 1)  # (*shape)
    return (wrong - right) / p.size


def categorical_cross_entropy(p: Float[np.ndarray, "batch classes"], y: Float[np.ndarray, "batch classes"]) -> float:
    """-1/n Σ over samples Σ over classes y log p: of a one-hot row only the right class's logarithm remains.

    Args:
        p: a probability a class, each row summing to 1.
        y: the right class as one-hot row, or a distribution.

    Raises:
        Mistake: for rows that do not sum to 1, or shapes that differ.

    Example:
        >>> round(categorical_cross_entropy(np.array([[0.25, 0.75]]), np.array([[1.0, 0.0]])), 6)  # log 4
        1.386294
    """
    _need_distributions("categorical_cross_entropy", p, y)
    return float(-np.where(y > 0, y * np.log(np.where(y > 0, p, 1)), 0).sum(axis=-1).mean())


def categorical_cross_entropy_gradient(
    p: Float[np.ndarray, "batch classes"], y: Float[np.ndarray, "batch classes"]
) -> Float[np.ndarray, "batch classes"]:
    """∂L/∂p = -1/n y / p.

    Example:
        >>> categorical_cross_entropy_gradient(np.array([[0.25, 0.75]]), np.array([[1.0, 0.0]])).tolist()
        [[-4.0, -0.0]]
    """
    _need_distributions("categorical_cross_entropy_gradient", p, y)
    return -np.divide(y, p, out=np.zeros_like(p), where=y > 0) / len(p)


def _need_signs(function: str, score: np.ndarray, y: np.ndarray) -> None:
    need_floats(function, score=score, y=y)
    need_same_shape(function, score=score, y=y)
    if not np.isin(y, (-1.0, 1.0)).all():
        raise Mistake(
            tr(
                f"{function} needs classes -1 and 1, got {np.unique(y)[:5]}",
                f"{function} necesita clases -1 y 1, llegó {np.unique(y)[:5]}",
            ),
            tr("For classes 0 and 1 write 2 * y - 1.", "Para clases 0 y 1 escriba 2 * y - 1."),
        )


def hinge(score: Float[np.ndarray, "*shape"], y: Float[np.ndarray, "*shape"]) -> float:
    """1/n Σ max(0, 1 - y·score): right is not enough, it wants a margin of 1, and beyond it nothing.

    Args:
        score: any number; its sign is the decision.
        y: -1.0 or 1.0.

    Example:
        >>> hinge(np.array([2.0, 0.5]), np.array([1.0, 1.0]))
        0.25
    """
    _need_signs("hinge", score, y)
    return float(np.maximum(0, 1 - y * score).mean())


def hinge_gradient(score: Float[np.ndarray, "*shape"], y: Float[np.ndarray, "*shape"]) -> Float[np.ndarray, "*shape"]:
    """∂L/∂score = -y/n where y·score < 1, else 0.

    Example:
        >>> hinge_gradient(np.array([2.0, 0.5]), np.array([1.0, 1.0])).tolist()
        [0.0, -0.5]
    """
    _need_signs("hinge_gradient", score, y)
    return np.where(y * score < 1, -y, 0) / score.size
