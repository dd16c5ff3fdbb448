"""A tiny calculator for the LaTeX that traces write: the tests put the printed numbers back into arithmetic."""

import math
import re

_NAMES = {
    "exp": math.exp,
    "log": math.log,
    "sqrt": math.sqrt,
    "tanh": math.tanh,
    "sigma": lambda z: 1 / (1 + math.exp(-z)),
    "Phi": lambda z: (1 + math.erf(z / math.sqrt(2))) / 2,
    "max": max,
    "min": min,
    "abs": abs,
}
_STEPS = (
    (r"\\t?frac\{([^{}]*)\}\{([^{}]*)\}", r"((\1)/(\2))"),
    (r"\\sqrt\{([^{}]*)\}", r"sqrt(\1)"),
    (r"e\^\{([^{}]*)\}", r"exp(\1)"),
    (r"\^\{([^{}]*)\}", r"**(\1)"),
)


def evaluate(latex: str) -> float:
    """The value of an arithmetic expression.

    Example:
        >>> evaluate(r"2 \\cdot (-3) + \\frac{1}{4}")
        -5.75
    """
    text = latex.replace(r"\,", " ").replace(r"\left", "").replace(r"\right", "").replace(r"\cdot", "*")
    before = ""
    while before != text:
        before = text
        for pattern, replacement in _STEPS:
            text = re.sub(pattern, replacement, text)
    text = re.sub(r"\|([^|]*)\|", r"abs(\1)", text)
    text = re.sub(r"\[([^\]]*)\]", r"float(\1)", text.replace(r"\ge", ">=").replace(r"\le", "<="))
    text = re.sub(r"\\log (\(?-?[\d.]+\)?)", r"log(\1)", text)
    text = re.sub(r"\^(\d)", r"**\1", text).replace("\\", "")
    text = re.sub(r"(?<=[\d)])\s+(?=[\d(a-zA-Z])", " * ", text)  # a product without a sign between
    return float(eval(text, {"__builtins__": {"float": float}}, _NAMES))
