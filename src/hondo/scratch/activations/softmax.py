"""Softmax: scores become probabilities. And why it must be written with care.

    softmax(z)ᵢ = e^zᵢ / Σⱼ e^zⱼ

Every score is made positive, then divided by the sum. Adding a constant to all scores of a row multiplies numerator
and denominator alike and changes nothing; so the greatest score is subtracted first, and no exponential exceeds 1.

Source: J. Bridle, *Probabilistic interpretation of feedforward classification network outputs* (1990); I. Goodfellow
et al., *Deep learning* (2016), sections 4.1 and 6.2.2.3.
"""

import numpy as np
from jaxtyping import Float

from hondo.core.language import tr
from hondo.scratch.mistakes import Mistake, need_between, need_floats, need_rank, need_same_shape


def _need_scores(function: str, z: np.ndarray) -> None:
    need_floats(function, z=z)
    if z.ndim == 0 or z.shape[-1] < 2:
        raise Mistake(
            tr(
                f"{function} needs at least two scores a row, got shape {z.shape}",
                f"{function} necesita al menos dos puntuaciones por fila, llegó la forma {z.shape}",
            ),
            tr("For one output use sigmoid.", "Para una sola salida use sigmoid."),
        )


def naive_softmax(z: Float[np.ndarray, "*batch classes"]) -> Float[np.ndarray, "*batch classes"]:
    """The formula as it stands, to be seen failing: a score of 1000 gives ∞/∞, which is *not a number*.

    Example:
        >>> with np.errstate(all="ignore"):
        ...     naive_softmax(np.array([0.0, 1000.0])).tolist()
        [0.0, nan]
    """
    _need_scores("naive_softmax", z)
    powers = np.exp(z)  # (*batch, classes), overflows
    return powers / powers.sum(axis=-1, keepdims=True)


def softmax(z: Float[np.ndarray, "*batch classes"], temperature: float = 1.0) -> Float[np.ndarray, "*batch classes"]:
    """Probabilities that are positive and sum to 1 along the last axis.

    Args:
        z: scores (logits).
        temperature: divides the scores; towards 0 the greatest takes all, towards ∞ all become equal.

    Raises:
        Mistake: for fewer than two scores a row, where the answer would always be 1.

    Example:
        >>> softmax(np.array([0.0, 1000.0])).tolist()
        [0.0, 1.0]
    """
    _need_scores("softmax", z)
    need_between("softmax", "temperature", temperature, 0, np.inf, ends="()")
    shifted = (z - z.max(axis=-1, keepdims=True)) / temperature  # (*batch, classes), at most 0
    powers = np.exp(shifted)  # (*batch, classes), in [0, 1]
    return powers / powers.sum(axis=-1, keepdims=True)


def log_softmax(z: Float[np.ndarray, "*batch classes"]) -> Float[np.ndarray, "*batch classes"]:
    """log softmax(z)ᵢ = zᵢ - log Σⱼ e^zⱼ: finite even where the probability itself rounds to 0.

    Example:
        >>> log_softmax(np.array([0.0, 1000.0])).tolist()
        [-1000.0, 0.0]
    """
    _need_scores("log_softmax", z)
    shifted = z - z.max(axis=-1, keepdims=True)  # (*batch, classes)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def softmax_jacobian(z: Float[np.ndarray, " classes"]) -> Float[np.ndarray, "classes classes"]:
    """∂pᵢ/∂zⱼ = pᵢ (δᵢⱼ - pⱼ): raising one score lowers all other probabilities.

    Example:
        >>> softmax_jacobian(np.array([0.0, 0.0])).tolist()
        [[0.25, -0.25], [-0.25, 0.25]]
    """
    _need_scores("softmax_jacobian", z)
    need_rank("softmax_jacobian", "z", z, "classes")
    p = softmax(z)  # (classes,)
    return np.diag(p) - np.outer(p, p)  # (classes, classes)


def softmax_backward(
    d_p: Float[np.ndarray, "*batch classes"], p: Float[np.ndarray, "*batch classes"]
) -> Float[np.ndarray, "*batch classes"]:
    """The gradient of the scores from that of the probabilities: ∂L/∂zᵢ = pᵢ (∂L/∂pᵢ - Σⱼ pⱼ ∂L/∂pⱼ).

    This is the Jacobian times a vector, without ever building the Jacobian.

    Args:
        d_p: ∂L/∂p.
        p: softmax(z).

    Example:
        >>> softmax_backward(np.array([1.0, 0.0]), np.array([0.5, 0.5])).tolist()
        [0.25, -0.25]
    """
    need_floats("softmax_backward", d_p=d_p, p=p)
    need_same_shape("softmax_backward", d_p=d_p, p=p)
    return p * (d_p - (p * d_p).sum(axis=-1, keepdims=True))  # (*batch, classes)
