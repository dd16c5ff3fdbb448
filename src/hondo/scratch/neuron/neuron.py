"""An artificial neuron: a weighted sum of its inputs, a bias, and an activation.

    z = Σᵢ wᵢ xᵢ + b        y = f(z)

The weights say how much each input matters, the bias how easily the neuron fires, the activation what it answers.

Source: W. McCulloch, W. Pitts, *A logical calculus of the ideas immanent in nervous activity*, Bull. Math. Biophysics
5 (1943); F. Rosenblatt, *The perceptron*, Psychological Review 65 (1958).
"""

from collections.abc import Callable

import numpy as np
from jaxtyping import Float

from hondo.core.language import tr
from hondo.scratch.activations.smooth import sigmoid
from hondo.scratch.mistakes import Mistake, need_floats, need_product, need_rank


def weighted_sum(
    x: Float[np.ndarray, "batch inputs"], w: Float[np.ndarray, " inputs"], b: float
) -> Float[np.ndarray, " batch"]:
    """z = x·w + b, for every sample at once.

    Args:
        x: one sample a row.
        w: one weight an input.
        b: the bias.

    Raises:
        Mistake: if samples and weights have different numbers of inputs.

    Example:
        >>> weighted_sum(np.array([[1.0, 2.0]]), np.array([0.5, -1.0]), 0.25).tolist()
        [-1.25]
    """
    need_floats("weighted_sum", x=x, w=w)
    need_rank("weighted_sum", "x", x, "batch, inputs")
    need_rank("weighted_sum", "w", w, "inputs")
    need_product("weighted_sum", x, w)
    return x @ w + b  # (batch,)


def neuron(
    x: Float[np.ndarray, "batch inputs"],
    w: Float[np.ndarray, " inputs"],
    b: float,
    activation: Callable[[np.ndarray], np.ndarray] = sigmoid,
) -> Float[np.ndarray, " batch"]:
    """y = f(x·w + b).

    Args:
        x: one sample a row.
        w: one weight an input.
        b: the bias.
        activation: f, applied to each weighted sum; with the sigmoid the answer is a probability.

    Example:
        >>> from hondo.scratch.activations.piecewise import step
        >>> both = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
        >>> neuron(both, np.array([1.0, 1.0]), -1.5, step).tolist()  # AND
        [0.0, 0.0, 0.0, 1.0]
    """
    return activation(weighted_sum(x, w, b))  # (batch,)


def boundary(w: Float[np.ndarray, "2"], b: float, x1: Float[np.ndarray, " points"]) -> Float[np.ndarray, " points"]:
    """The line on which a neuron with two inputs is undecided: x₂ such that w₁x₁ + w₂x₂ + b = 0.

    Args:
        w: both weights; they are the line's normal, so they point to the side that answers 1.
        b: the bias; it moves the line without turning it.
        x1: where to compute it.

    Raises:
        Mistake: for w₂ = 0, a vertical line at x₁ = -b/w₁ that is no function of x₁.

    Example:
        >>> boundary(np.array([1.0, 1.0]), -1.5, np.array([0.0, 1.5])).tolist()
        [1.5, 0.0]
    """
    need_floats("boundary", w=w, x1=x1)
    if w.shape != (2,) or w[1] == 0:
        raise Mistake(
            tr(
                f"boundary needs two weights, the second not zero, got {w.tolist()}",
                f"boundary necesita dos pesos, el segundo distinto de cero, llegó {w.tolist()}",
            ),
            tr(
                "With w2 = 0 the boundary is the vertical line x1 = -b / w1.",
                "Con w2 = 0 la frontera es la recta vertical x1 = -b / w1.",
            ),
        )
    return (-b - w[0] * x1) / w[1]  # (points,)
