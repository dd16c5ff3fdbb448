"""Symbols and numbers as LaTeX: z⁽¹⁾₁₂, ∂L/∂W⁽²⁾, and the arithmetic between them."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_GREEK = ("gamma", "beta")
_SHOWN_TERMS = 24


@dataclass(frozen=True)
class Symbol:
    """The name of an array in a network.

    Attributes:
        letter: what it is: ``a`` an activation, ``z`` a weighted sum, ``W``, ``b``, ``K``, ``gamma``, ``beta`` …
        layer: which layer's; 0 is the input. None for what belongs to no layer: the loss, the targets.
        of: ``""`` for itself, ``"d"`` for ∂L/∂(it), ``"v"``, ``"m"``, ``"s"`` for what an optimizer remembers of it.

    Example:
        >>> Symbol("W", 1).name, Symbol("W", 1, "d").latex((0, 2))
        ('W1', '\\\\frac{\\\\partial L}{\\\\partial W^{(1)}_{1,3}}')
    """

    letter: str
    layer: int | None = None
    of: str = ""

    @property
    def name(self) -> str:
        """A key: ``W1``, ``dW1``."""
        return f"{self.of}{self.letter}{'' if self.layer is None else self.layer}"

    @property
    def gradient(self) -> "Symbol":
        """∂L/∂(this)."""
        return Symbol(self.letter, self.layer, "d")

    def memory(self, letter: str) -> "Symbol":
        """What an optimizer remembers about this."""
        return Symbol(self.letter, self.layer, letter)

    def latex(self, index: tuple[int, ...] = ()) -> str:
        """In LaTeX, for one element if an index is given; elements are counted from 1, as in formulas."""
        letter = f"\\{self.letter}" if self.letter in _GREEK else self.letter
        places = f"_{{{','.join(str(i + 1) for i in index)}}}" if index else ""
        above = "" if self.layer is None else f"^{{({self.layer})}}"
        itself = f"{letter}{above}{places}"
        if self.of == "d":
            return rf"\frac{{\partial L}}{{\partial {itself}}}"
        return f"{self.of}_{{{itself}}}" if self.of else itself


def number(value: float) -> str:
    """A number to five significant digits, as LaTeX.

    Example:
        >>> number(0.5), number(-1 / 3), number(1.5e-7)
        ('0.5', '-0.33333', '1.5 \\\\cdot 10^{-7}')
    """
    text = f"{value + 0.0:.5g}"
    if "e" in text:
        digits, power = text.split("e")
        return rf"{digits} \cdot 10^{{{int(power)}}}"
    return text.replace("inf", r"\infty").replace("nan", r"\text{NaN}")


def factor(value: float) -> str:
    """A number that stands inside a product or after a minus: negative ones and powers in parentheses."""
    text = number(value)
    return f"({text})" if text.startswith("-") or "cdot" in text else text


def products(pairs: Iterable[tuple[float, float]], *more: float) -> str:
    """Σ of products, written out: the left factor, a dot, the right one; then further terms.

    Example:
        >>> products([(1.0, 0.5), (2.0, -3.0)], 0.1)
        '1 \\\\cdot 0.5 + 2 \\\\cdot (-3) + 0.1'
    """
    return total([rf"{factor(a)} \cdot {factor(b)}" for a, b in pairs] + [factor(term) for term in more])


def total(terms: list[str]) -> str:
    """Terms with plus signs between; of very many, the first and the last."""
    if not terms:
        return "0"
    if len(terms) > _SHOWN_TERMS:
        terms = [*terms[: _SHOWN_TERMS - 2], r"\dots", terms[-1]]
    return " + ".join(terms)


def in_symbols(formula: str, replace: Mapping[str, str]) -> str:
    """A formula with other text for some of its letters; letters inside words such as ``\\max`` stay.

    Example:
        >>> in_symbols(r"\\max(0, a)", {"a": "5"})
        '\\\\max(0, 5)'
    """
    letters = "".join(replace)
    return re.sub(rf"(?<![A-Za-z\\])[{letters}](?![A-Za-z])", lambda found: replace[found[0]], formula)
