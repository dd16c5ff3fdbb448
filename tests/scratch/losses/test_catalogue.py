"""By its name one gets a loss, its gradient, and formulas that say the same as the code."""

import re
from typing import Any

import numpy as np
import pytest
from scipy import special

from hondo.scratch.losses import classification, from_logits, regression
from hondo.scratch.losses.catalogue import LOSSES, Loss, loss
from tests.scratch.differences import slopes
from tests.scratch.refusals import assert_refused

P, Y = np.array([[0.2, 0.8], [0.7, 0.3], [0.6, 0.4]]), np.array([[0.0, 1.0], [1.0, 0.0], [0.0, 1.0]])
WIDE = np.array([[0.2, -3.0], [1.4, 0.3], [-0.6, 2.5]])
DATA = {"binary_cross_entropy": (P, Y), "categorical_cross_entropy": (P, Y), "hinge": (WIDE, 2 * Y - 1)}

PYTHON = (  # LaTeX as it is written in the catalogue, and what it means
    (r"e\^\{a\}", "exp(a)"),
    (r"\\operatorname\{(\w+)\}", r"\1"),
    (r"\|(.*?)\|", r"abs(\1)"),
    (r"\\frac\{([^{}]*)\}\{([^{}]*)\}", r"((\1)/(\2))"),
    (r"\\log \(", "log("),
    (r"\\(log|max|min|sigma)\b ?", r"\1"),
    (r"log([ay])\b", r"log(\1)"),
    (r"\[|\]", lambda bracket: "(" if bracket[0] == "[" else ")"),
    (r"\^", "**"),
    (r"(?<=[)ay]) (?=[(aly])|(?<=[ny)])(?=\()(?<!sign)(?<!softmax)", "*"),
    (r"\by a\b", "y*a"),
    (r"\b([ay]) ?\(", r"\1*("),
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
