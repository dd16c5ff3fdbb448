"""L1 and L2: a price on large weights, added to the loss, against learning by heart.

    L2 = λ Σ w²,   gradient 2λ w: large weights are pulled hardest, none becomes exactly 0
    L1 = λ Σ |w|,  gradient λ sign(w): all are pulled alike, and the useless ones reach 0

Source: I. Goodfellow et al., *Deep learning* (2016), section 7.1; R. Tibshirani, *Regression shrinkage and selection
via the lasso*, J. Royal Stat. Soc. B 58 (1996).
"""

import numpy as np
from jaxtyping import Float

from hondo.scratch.mistakes import need_between, need_floats


def penalty(W: Float[np.ndarray, "*shape"], l1: float = 0.0, l2: float = 0.0) -> float:
    """λ₁ Σ |w| + λ₂ Σ w².

    Args:
        W: weights of any shape; biases are left free.
        l1, l2: the prices, at least 0.

    Raises:
        Mistake: for a price below 0.

    Example:
        >>> penalty(np.array([3.0, -4.0]), l1=0.5, l2=0.25)
        9.75
    """
    need_floats("penalty", W=W)
    need_between("penalty", "l1", l1, 0, np.inf, ends="[)")
    need_between("penalty", "l2", l2, 0, np.inf, ends="[)")
    return l1 * float(np.abs(W).sum()) + l2 * float(np.square(W).sum())


def penalty_gradient(W: Float[np.ndarray, "*shape"], l1: float = 0.0, l2: float = 0.0) -> Float[np.ndarray, "*shape"]:
    """λ₁ sign(w) + 2 λ₂ w.

    Example:
        >>> penalty_gradient(np.array([3.0, -4.0]), l1=1.0, l2=0.5).tolist()
        [4.0, -5.0]
    """
    need_floats("penalty_gradient", W=W)
    return l1 * np.sign(W) + 2 * l2 * W
