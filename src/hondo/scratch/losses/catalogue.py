"""The losses by name, each with its gradient and its formula: what networks, traces and figures choose from."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from hondo.core.errors import nearest
from hondo.core.language import tr
from hondo.scratch.losses import classification, from_logits, regression
from hondo.scratch.mistakes import Mistake


@dataclass(frozen=True)
class Loss:
    """One loss.

    Attributes:
        function: of predictions and targets of one shape, to a number.
        gradient: of the same, to ∂L/∂prediction.
        formula: LaTeX in terms of the predictions ``a`` and the targets ``y``.
        gradient_formula: the gradient's.
    """

    name: str
    function: Callable[[np.ndarray, np.ndarray], float]
    gradient: Callable[[np.ndarray, np.ndarray], np.ndarray]
    formula: str
    gradient_formula: str


_ALL = (
    Loss(
        "mean_squared_error",
        regression.mean_squared_error,
        regression.mean_squared_error_gradient,
        r"\frac{1}{n} \sum (a - y)^2",
        r"\frac{2}{n} (a - y)",
    ),
    Loss(
        "mean_absolute_error",
        regression.mean_absolute_error,
        regression.mean_absolute_error_gradient,
        r"\frac{1}{n} \sum |a - y|",
        r"\frac{1}{n} \operatorname{sign}(a - y)",
    ),
    Loss(
        "huber",
        regression.huber,
        regression.huber_gradient,
        r"\frac{1}{n} \sum h_1(a - y)",
        r"\frac{1}{n} \max(-1, \min(1, a - y))",
    ),
    Loss(
        "binary_cross_entropy",
        classification.binary_cross_entropy,
        classification.binary_cross_entropy_gradient,
        r"-\frac{1}{n} \sum [y \log a + (1 - y) \log (1 - a)]",
        r"\frac{1}{n} \frac{a - y}{a (1 - a)}",
    ),
    Loss(
        "categorical_cross_entropy",
        classification.categorical_cross_entropy,
        classification.categorical_cross_entropy_gradient,
        r"-\frac{1}{n} \sum y \log a",
        r"-\frac{1}{n} \frac{y}{a}",
    ),
    Loss(
        "hinge",
        classification.hinge,
        classification.hinge_gradient,
        r"\frac{1}{n} \sum \max(0, 1 - y a)",
        r"-\frac{y}{n} [y a < 1]",
    ),
    Loss(
        "softmax_cross_entropy",
        from_logits.softmax_cross_entropy,
        from_logits.softmax_cross_entropy_gradient,
        r"-\frac{1}{n} \sum y \log \operatorname{softmax}(a)",
        r"\frac{1}{n} (\operatorname{softmax}(a) - y)",
    ),
    Loss(
        "sigmoid_cross_entropy",
        from_logits.sigmoid_cross_entropy,
        from_logits.sigmoid_cross_entropy_gradient,
        r"\frac{1}{n} \sum [\log(1 + e^{a}) - y a]",
        r"\frac{1}{n} (\sigma(a) - y)",
    ),
)
LOSSES = {loss.name: loss for loss in _ALL}


def loss(name: str) -> Loss:
    """Look a loss up.

    Raises:
        Mistake: naming the most similar one that exists.

    Example:
        >>> loss("huber").function(np.array([3.0]), np.array([0.0]))
        2.5
    """
    if name not in LOSSES:
        raise Mistake(tr(f"there is no loss {name!r}", f"no existe la pérdida {name!r}"), nearest(name, LOSSES))
    return LOSSES[name]
