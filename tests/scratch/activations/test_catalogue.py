"""By its name one gets an activation, its derivative, and formulas that say the same as the code."""

import re

import numpy as np
import pytest
from scipy import special, stats
from tests.scratch.differences import slopes
from tests.scratch.refusals import assert_refused

from hondo.scratch.activations import piecewise, smooth
from hondo.scratch.activations.catalogue import ACTIVATIONS, Activation, activation

Z = np.array([-3.0, -0.4, 0.3, 2.5])

PYTHON = (  # LaTeX as it is written in the catalogue, and what it means
    (r"e\^\{(.*?)\}", r"exp(\1)"),
    (r"\\frac\{(.*?)\}\{(.*?)\}", r"(\1)/(\2)"),
    (r"\\tanh\^2\(z\)", "tanh(z)**2"),
    (r"\\,", "*"),
    (r"\\ge", ">="),
    (r"\\le", "<="),
    (r"\\", ""),
    (r"\[", "("),
    (r"\]", ")"),
)
MEANING = {
    "exp": np.exp, "log": np.log, "tanh": np.tanh, "max": np.maximum, "min": np.minimum,
    "sigma": special.expit, "Phi": stats.norm.cdf, "varphi": stats.norm.pdf,
}  # fmt: skip


def evaluate(formula: str, z: np.ndarray) -> np.ndarray:
    for latex, python in PYTHON:
        formula = re.sub(latex, python, formula)
    return eval(formula, {"__builtins__": {}}, {**MEANING, "z": z}) * np.ones_like(z)


@pytest.mark.parametrize("chosen", ACTIVATIONS.values(), ids=ACTIVATIONS)
def test_both_formulas_say_what_the_code_computes(chosen: Activation) -> None:
    np.testing.assert_allclose(chosen.function(Z), evaluate(chosen.formula, Z), rtol=1e-12)
    np.testing.assert_allclose(chosen.derivative(Z), evaluate(chosen.derivative_formula, Z), rtol=1e-12)


@pytest.mark.parametrize("chosen", ACTIVATIONS.values(), ids=ACTIVATIONS)
def test_each_has_its_own_derivative(chosen: Activation) -> None:
    np.testing.assert_allclose(np.diag(chosen.derivative(Z)), slopes(chosen.function, Z), atol=1e-6)


def test_every_activation_of_the_package_is_there_by_its_name() -> None:
    derivatives = {
        name for module in (piecewise, smooth) for name in vars(module) if name.endswith("_derivative")
    }  # fmt: skip
    assert {f"{name}_derivative" for name in ACTIVATIONS} == derivatives
    for name in ACTIVATIONS:
        module = piecewise if hasattr(piecewise, name) else smooth
        assert activation(name) == Activation(
            name, getattr(module, name), getattr(module, f"{name}_derivative"),
            activation(name).formula, activation(name).derivative_formula,
        )  # fmt: skip


@pytest.mark.mistake
def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    assert_refused(
        lambda: activation("rellu"),
        "there is no activation 'rellu' … Did you mean 'relu'?",
        "no existe la activación 'rellu' … ¿Quiso decir 'relu'?",
    )
    assert_refused(lambda: activation("xyz"), "Known: elu, gelu, ", "Existen: elu, gelu, ")
