"""Linear regression: a neuron without activation, solved twice, at one stroke and step by step.

    ŷ = x·w + b        MSE(w, b) = 1/n Σ (ŷ - y)²

MSE is a bowl, so both ways end at its only bottom: the normal equations (XᵀX)θ = Xᵀy say where the gradient is zero,
gradient descent walks there. The second way is the one that works for every other network in this package.

Source: C. F. Gauss, *Theoria motus* (1809); T. Hastie, R. Tibshirani, J. Friedman, *The elements of statistical
learning*, 2nd ed. (2009), section 3.2.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from hondo.core.language import tr
from hondo.scratch.mistakes import Mistake, need_floats, need_rank, need_shape


@dataclass(frozen=True)
class Line:
    """w and b of ŷ = x·w + b (a plane where there are several inputs)."""

    w: Float[np.ndarray, " inputs"]
    b: float

    def __call__(self, x: Float[np.ndarray, "batch inputs"]) -> Float[np.ndarray, " batch"]:
        """Predict."""
        return x @ self.w + self.b  # (batch,)


def _check(function: str, x: np.ndarray, y: np.ndarray) -> None:
    need_floats(function, x=x, y=y)
    need_rank(function, "x", x, "batch, inputs")
    need_shape(function, "y", y, (len(x),))


def normal_equations(x: Float[np.ndarray, "batch inputs"], y: Float[np.ndarray, " batch"]) -> Line:
    """The line with the least mean squared error: θ = (XᵀX)⁻¹Xᵀy, with X = [x, 1].

    Args:
        x: one sample a row.
        y: its target.

    Raises:
        Mistake: if many lines are equally good, because an input repeats another or samples are too few.

    Example:
        >>> line = normal_equations(np.array([[0.0], [1.0], [2.0]]), np.array([1.0, 3.0, 5.0]))
        >>> round(float(line.w[0]), 6), round(line.b, 6)
        (2.0, 1.0)
    """
    _check("normal_equations", x, y)
    X = np.column_stack([x, np.ones_like(y)])  # (batch, inputs + 1)
    if np.linalg.matrix_rank(X) < X.shape[1]:
        raise Mistake(
            tr(
                f"{x.shape[0]} samples with {x.shape[1]} inputs do not determine one line",
                f"{x.shape[0]} muestras con {x.shape[1]} entradas no determinan una sola recta",
            ),
            tr(
                "Remove inputs that are constant or sums of others, or bring more samples.",
                "Quite las entradas constantes o que sean suma de otras, o traiga más muestras.",
            ),
        )
    theta = np.linalg.solve(X.T @ X, X.T @ y)  # (inputs + 1,)
    return Line(theta[:-1], float(theta[-1]))


def mse_gradient(
    line: Line, x: Float[np.ndarray, "batch inputs"], y: Float[np.ndarray, " batch"]
) -> tuple[Float[np.ndarray, " inputs"], float]:
    """∂MSE/∂w = 2/n Σ (ŷ - y) x and ∂MSE/∂b = 2/n Σ (ŷ - y).

    Example:
        >>> mse_gradient(Line(np.array([0.0]), 0.0), np.array([[1.0], [2.0]]), np.array([1.0, 2.0]))
        (array([-5.]), -3.0)
    """
    _check("mse_gradient", x, y)
    error = line(x) - y  # (batch,)
    return 2 * x.T @ error / len(y), float(2 * error.mean())  # (inputs,), scalar


def gradient_descent(
    x: Float[np.ndarray, "batch inputs"], y: Float[np.ndarray, " batch"], learning_rate: float = 0.1, steps: int = 100
) -> list[Line]:
    """Walk down the bowl from w = 0, b = 0, each step against the gradient.

    Args:
        x: one sample a row; inputs of similar size make the bowl round and the walk short.
        y: its target.
        learning_rate: how far a step goes; beyond 2 / (greatest curvature) it climbs instead.
        steps: how many.

    Returns:
        The line before the first step and after each: ``steps + 1`` of them.

    Example:
        >>> path = gradient_descent(np.array([[0.0], [1.0], [2.0]]), np.array([1.0, 3.0, 5.0]), 0.2, 500)
        >>> round(float(path[-1].w[0]), 6), round(path[-1].b, 6)
        (2.0, 1.0)
    """
    _check("gradient_descent", x, y)
    line = Line(np.zeros(x.shape[1], x.dtype), 0.0)
    path = [line]
    for _ in range(steps):
        d_w, d_b = mse_gradient(line, x, y)  # (inputs,), scalar
        line = Line(line.w - learning_rate * d_w, line.b - learning_rate * d_b)
        path.append(line)
    return path


def mse_surface(
    x: Float[np.ndarray, "batch 1"],
    y: Float[np.ndarray, " batch"],
    w: Float[np.ndarray, " slopes"],
    b: Float[np.ndarray, " intercepts"],
) -> Float[np.ndarray, "slopes intercepts"]:
    """MSE of every pair of slope and intercept: the bowl, ready to be drawn.

    Example:
        >>> mse_surface(np.array([[1.0]]), np.array([2.0]), np.array([1.0, 2.0]), np.array([0.0, 1.0])).tolist()
        [[1.0, 0.0], [0.0, 1.0]]
    """
    _check("mse_surface", x, y)
    need_shape("mse_surface", "x", x, (len(x), 1))
    predictions = w[:, None, None] * x[:, 0] + b[:, None]  # (slopes, intercepts, batch)
    return np.square(predictions - y).mean(axis=-1)  # (slopes, intercepts)
