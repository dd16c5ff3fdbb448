"""The trace's LaTeX as plain text for a terminal: ∂L/∂W¹₁₂ = 0.5 · (-0.2)."""

import re

_RAISED = str.maketrans("0123456789-+T", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺ᵀ")
_LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_WORDS = {
    r"\partial": "∂",
    r"\cdot": "·",
    r"\odot": "⊙",
    r"\sum": "Σ",
    r"\sigma": "σ",
    r"\leftarrow": "←",
    r"\eta": "η",
    r"\mu": "μ",
    r"\rho": "ρ",
    r"\beta": "β",
    r"\gamma": "γ",
    r"\epsilon": "ε",
    r"\ge": "≥",
    r"\le": "≤",
    r"\dots": "…",
    r"\infty": "∞",
    r"\times": "×",
    r"\left": "",
    r"\right": "",
}
_FRACTION = re.compile(r"\\t?frac\{([^{}]*)\}\{([^{}]*)\}")
_GROUP = re.compile(r"\\(operatorname|text|mathsf|sqrt|hat|overline)\{([^{}]*)\}")
_POWER = re.compile(r"\^\{([^{}]*)\}")
_BELOW = re.compile(r"_\{([^{}]*)\}")


def plain(latex: str) -> str:
    """Readable without a renderer; for the LaTeX that :mod:`hondo.scratch.trace` writes.

    Example:
        >>> plain(r"\\frac{\\partial L}{\\partial W^{(1)}_{1,2}} = 0.5 \\cdot (-0.2)")
        '∂L/∂W¹₁₂ = 0.5 · (-0.2)'
    """
    text = latex.replace(r"\,", "").replace(r"\left.", "").replace(r"^{\mathsf{T}}", "ᵀ")
    text = re.sub(r"\^\{\((\d+)\)\}", lambda found: found[1].translate(_RAISED), text)
    text = re.sub(r"\^(\d)", lambda found: found[1].translate(_RAISED), text)
    text = re.sub(r"_(\d)", lambda found: found[1].translate(_LOWERED), text)
    before = ""
    while before != text:  # from the innermost braces outwards
        before = text
        text = _FRACTION.sub(_fraction, text)
        text = _BELOW.sub(_below, _POWER.sub(_power, _GROUP.sub(_group, text)))
    text = re.sub(r"\\[a-z]+", lambda found: _WORDS.get(found[0], found[0][1:]), text)
    return re.sub(r" {2,}", " ", text.replace("∂ ", "∂"))


def _below(found: re.Match[str]) -> str:
    """Indices as small digits (with commas where one has several); of an optimizer's memory, whose it is."""
    if not re.fullmatch(r"[\d,]+", found[1]):
        return f"[{found[1]}]"
    parts = found[1].split(",")
    return ("" if all(len(part) == 1 for part in parts) else ",").join(parts).translate(_LOWERED)


def _fraction(found: re.Match[str]) -> str:
    single = [part if " " not in part.replace(r"\partial ", "") else f"({part})" for part in found.groups()]
    return "/".join(single)


def _power(found: re.Match[str]) -> str:
    return found[1].translate(_RAISED) if re.fullmatch(r"-?\d+", found[1]) else f"^({found[1]})"


def _group(found: re.Match[str]) -> str:
    kind, inside = found.groups()
    return {"sqrt": f"√({inside})", "hat": f"{inside}̂", "overline": f"mean({inside})"}.get(kind, inside)
