"""Logistic regression: a neuron with a sigmoid, whose answer is a probability and whose loss is cross-entropy.

    p = σ(x·w + b)        L = -1/n Σ [ y log p + (1 - y) log(1 - p) ]  (+ λ/2 |w|²)

The sigmoid's derivative and the logarithm's cancel, and what is left is as simple as in linear regression:

    ∂L/∂w = 1/n Σ (p - y) x (+ λw)        ∂L/∂b = 1/n Σ (p - y)

Source: D. R. Cox, *The regression analysis of binary sequences*, J. Royal Stat. Soc. B 20 (1958); C. Bishop, *Pattern
recognition and machine learning* (2006), section 4.3.2.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

from hondo.core.language import tr
from hondo.scratch.losses.from_logits import sigmoid_cross_entropy, sigmoid_cross_entropy_gradient
from hondo.scratch.mistakes import Mistake, need_floats, need_rank
from hondo.scratch.neuron.neuron import neuron, weighted_sum


@dataclass(frozen=True)
class LogisticRegression:
    """Weights and bias of p = σ(x·w + b), and the loss on the way to them."""

    w: Float[np.ndarray, " inputs"]
    b: float
    losses: list[float]

    def probability(self, x: Float[np.ndarray, "batch inputs"]) -> Float[np.ndarray, " batch"]:
        """How probable class 1 is for each sample."""
        return neuron(x, self.w, self.b)  # (batch,)

    def predict(self, x: Float[np.ndarray, "batch inputs"]) -> Bool[np.ndarray, " batch"]:
        """True where class 1 is more probable."""
        return weighted_sum(x, self.w, self.b) > 0  # (batch,)


def fit(
    x: Float[np.ndarray, "batch inputs"],
    y: Float[np.ndarray, " batch"],
    learning_rate: float = 0.5,
    steps: int = 1000,
    l2: float = 0.0,
) -> LogisticRegression:
    """Gradient descent on the cross-entropy, from w = 0, b = 0.

    Args:
        x: one sample a row, inputs of similar size.
        y: its class, 0.0 or 1.0 (or a probability between).
        learning_rate: how far a step goes.
        steps: how many.
        l2: λ, pulls the weights to zero; where a line separates the classes perfectly they would grow for ever without.

    Raises:
        Mistake: for targets outside [0, 1].

    Example:
        >>> model = fit(np.array([[-2.0], [-1.0], [1.0], [2.0]]), np.array([0.0, 0.0, 1.0, 1.0]))
        >>> model.predict(np.array([[-0.5], [0.5]])).tolist()
        [False, True]
    """
    need_floats("fit", x=x, y=y)
    need_rank("fit", "x", x, "batch, inputs")
    if y.shape != x.shape[:1] or y.min() < 0 or y.max() > 1:
        raise Mistake(
            tr(
                f"fit needs a probability for each of {len(x)} samples, got targets from {y.min():g} to {y.max():g}, "
                f"shape {y.shape}",
                f"fit necesita una probabilidad para cada una de {len(x)} muestras, llegaron objetivos de {y.min():g} "
                f"a {y.max():g}, forma {y.shape}",
            ),
            tr("For classes -1 and 1 write (y + 1) / 2.", "Para clases -1 y 1 escriba (y + 1) / 2."),
        )
    w, b = np.zeros(x.shape[1], x.dtype), 0.0  # (inputs,), scalar
    losses = []
    for _ in range(steps):
        z = weighted_sum(x, w, b)  # (batch,)
        losses.append(sigmoid_cross_entropy(z, y) + l2 / 2 * float(w @ w))
        d_z = sigmoid_cross_entropy_gradient(z, y)  # (batch,), already divided by n
        w = w - learning_rate * (x.T @ d_z + l2 * w)  # (inputs,)
        b = b - learning_rate * float(d_z.sum())
    return LogisticRegression(w, b, losses)
