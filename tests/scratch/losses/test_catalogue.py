"""By its name one gets a loss, its gradient, and formulas that say the same as the code."""

import re
from typing import Any

import numpy as np
import pytest
from scipy import special
from tests.scratch.refusals import assert_refused

from hondo.scratch.losses import classification, from_logits, regression
from hondo.scratch.losses.catalogue import LOSSES, Loss, loss

P, Y = np.array([[0.2, 0.8], [0.7, 0.3], [0.6, 0.4]]), np.array([[0.0, 1.0], [1.0, 0.0], [0.0, 1.0]])
WIDE = np.array([[0.2, -3.0], [1.4, 0.3], [-0.6, 2.5]])
DATA = {"binary_cross_entropy": (P, Y), "categorical_cross_entropy": (P, Y), "hinge": (WIDE, 2 * Y - 1)}

PYTHON = (  # LaTeX as it is written in the catalogue, and what it means
    (r"e\^\{a\}", "exp(a)"),
    (r"\\operatorname\{(\w+)\}", r"\1"),
    (r"\\log (a|softmax\(a\))", r"log(\1)"),
    (r"\\log \(", "log("),
    (r"\|(.*?)\|", r"abs(\1)"),
    (r"\\frac\{(.*?)\}\{(.*?)\}", r"((\1)/(\2))"),
    (r"\\", ""),
    (r"\[", "("),
    (r"\]", ")"),
    (r"\^", "**"),
    (r"(?<=[)ay]) (?=[a-z(])", "*"),
)
MEANING: dict[str, Any] = {
    "log": np.log, "exp": np.exp, "abs": np.abs, "max": np.maximum, "min": np.minimum, "sign": np.sign,
    "sigma": special.expit, "softmax": lambda a: special.softmax(a, axis=-1), "h_1": lambda e: special.huber(1, e),
}  # fmt: skip


def evaluate(formula: str, name: str, a: np.ndarray, y: np.ndarray) -> np.ndarray:
    """A mean over all numbers, or over rows where a row is one prediction."""
    terms = formula.replace(r"\sum ", "")
    for latex, python in PYTHON:
        terms = re.sub(latex, python, terms)
    n = len(a) if name in ("categorical_cross_entropy", "softmax_cross_entropy") else a.size
    value = eval(terms, {"__builtins__": {}}, {**MEANING, "a": a, "y": y, "n": n})
    return value.sum() if r"\sum" in formula else value


@pytest.mark.parametrize("chosen", LOSSES.values(), ids=LOSSES)
def test_both_formulas_say_what_the_code_computes(chosen: Loss) -> None:
    a, y = DATA.get(chosen.name, (WIDE, Y))
    assert chosen.function(a, y) == pytest.approx(evaluate(chosen.formula, chosen.name, a, y), rel=1e-12)
    np.testing.assert_allclose(chosen.gradient(a, y), evaluate(chosen.gradient_formula, chosen.name, a, y), rtol=1e-12)


def test_every_loss_of_the_package_is_there_by_its_name() -> None:
    found = {
        name.removesuffix("_gradient"): (getattr(module, name.removesuffix("_gradient")), getattr(module, name))
        for module in (regression, classification, from_logits)
        for name in vars(module)
        if name.endswith("_gradient")
    }
    assert {name: (loss(name).function, loss(name).gradient) for name in LOSSES} == found
    assert all(loss(name).name == name for name in LOSSES)


@pytest.mark.mistake
def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    assert_refused(
        lambda: loss("hubert"),
        "there is no loss 'hubert' … Did you mean 'huber'?", "no existe la pérdida 'hubert' … ¿Quiso decir 'huber'?",
    )  # fmt: skip
    assert_refused(
        lambda: loss("xyz"), "Known: binary_cross_entropy, categorical", "Existen: binary_cross_entropy, categorical"
    )
