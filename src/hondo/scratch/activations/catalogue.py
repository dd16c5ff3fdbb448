"""The activations by name, each with its derivative and its formula: what networks, traces and figures choose from.

Softmax is not among them: it mixes a whole row, so it has no derivative number by number (see ``softmax.py``).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from hondo.core.errors import nearest
from hondo.core.language import tr
from hondo.scratch.activations import piecewise, smooth
from hondo.scratch.mistakes import Mistake


@dataclass(frozen=True)
class Activation:
    """One activation.

    Attributes:
        function, derivative: of arrays of any shape, number by number.
        formula: LaTeX in terms of ``z``.
        derivative_formula: its derivative's.
    """

    name: str
    function: Callable[[np.ndarray], np.ndarray]
    derivative: Callable[[np.ndarray], np.ndarray]
    formula: str
    derivative_formula: str


_ALL = (
    Activation("step", piecewise.step, piecewise.step_derivative, r"[z \ge 0]", "0"),
    Activation("linear", piecewise.linear, piecewise.linear_derivative, "z", "1"),
    Activation("relu", piecewise.relu, piecewise.relu_derivative, r"\max(0, z)", "[z > 0]"),
    Activation(
        "leaky_relu",
        piecewise.leaky_relu,
        piecewise.leaky_relu_derivative,
        r"\max(0, z) + 0.2\,\min(0, z)",
        r"[z > 0] + 0.2\,[z \le 0]",
    ),
    Activation(
        "elu", smooth.elu, smooth.elu_derivative, r"\max(0, z) + \min(0, e^{z} - 1)", r"[z > 0] + e^{z}\,[z \le 0]"
    ),
    Activation("gelu", smooth.gelu, smooth.gelu_derivative, r"z\,\Phi(z)", r"\Phi(z) + z\,\varphi(z)"),
    Activation("softplus", smooth.softplus, smooth.softplus_derivative, r"\log(1 + e^{z})", r"\sigma(z)"),
    Activation(
        "sigmoid", smooth.sigmoid, smooth.sigmoid_derivative, r"\frac{1}{1 + e^{-z}}", r"\sigma(z)\,(1 - \sigma(z))"
    ),
    Activation("tanh", smooth.tanh, smooth.tanh_derivative, r"\tanh(z)", r"1 - \tanh^2(z)"),
)
ACTIVATIONS = {activation.name: activation for activation in _ALL}


def activation(name: str) -> Activation:
    """Look an activation up.

    Raises:
        Mistake: naming the most similar one that exists.

    Example:
        >>> activation("relu").formula
        '\\\\max(0, z)'
    """
    if name not in ACTIVATIONS:
        raise Mistake(
            tr(f"there is no activation {name!r}", f"no existe la activación {name!r}"), nearest(name, ACTIVATIONS)
        )
    return ACTIVATIONS[name]
