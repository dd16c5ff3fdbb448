"""Formulas as SVG in the text's own colour and size, with MathML for those who listen.

Drawing one takes about 30 ms, so each is drawn once and kept among Hondo's caches.
"""

import functools
import html
import re
import warnings
from hashlib import sha256
from importlib import import_module
from typing import Any

from latex2mathml.converter import convert

from hondo.core.files import write_atomically
from hondo.core.folders import formulas_folder
from hondo.guide.errors import GuideError

_EM = 24.0  # the size at which formulas are drawn, in SVG units: 1 em of the text
_VERSION = "2"  # of what is kept; another one is drawn anew
_SIGN = re.compile(
    r"(^|[=(,&<>]|\\(?:approx|to|le|ge|leq|geq|cdot|times)(?![a-z]))\s*-"
)  # a minus that subtracts nothing
_SIZE = re.compile(r'<svg[^>]*?viewBox="([-\d.e ]+)"[^>]*>')


def formula(latex: str, *, display: bool = False) -> str:
    """A formula as HTML.

    Args:
        latex: its source, without dollar signs.
        display: whether it stands on a line of its own.

    Returns:
        SVG for the eye, MathML for the ear. A formula that cannot be read is shown as its source.
    """
    kept = _drawn(latex.strip(), display)
    kind = "div" if display else "span"
    return f'<{kind} class="formula{" display" if display else ""}">{kept}</{kind}>'


@functools.lru_cache(4096)
def _drawn(latex: str, display: bool) -> str:
    key = sha256(f"{_VERSION}\n{_ziamath().__version__}\n{display}\n{latex}".encode()).hexdigest()[:24]
    file = formulas_folder() / f"{key}.html"
    try:
        return file.read_text(encoding="utf-8")
    except OSError:
        pass
    drawn = draw(latex, display=display)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(file, drawn.encode())
    except OSError:
        pass  # a cache that cannot be written costs time, nothing else
    return drawn


def draw(latex: str, *, display: bool = False) -> str:
    """Draw a formula now.

    Raises:
        Exception: whatever ziamath finds wrong with it.
    """
    spaced = _SIGN.sub(r"\1{-}", latex).replace(",)", "{,})")  # ziamath would set both as between two terms
    made = _ziamath().Latex(spaced, size=_EM, inline=not display)
    svg = made.svg()
    found = _SIZE.search(svg)
    if found is None:
        raise GuideError(f"no size in the drawing of {latex}")
    left, top, width, height = (float(each) for each in found[1].split())
    below = (top + height) / _EM
    style = f"width:{width / _EM:.3f}em;height:{height / _EM:.3f}em"
    if not display:
        style += f";vertical-align:{-below:.3f}em"
    inner = re.sub(r"^<svg[^>]*>|</svg>$", "", svg)
    inner = inner.replace('fill="black"', 'fill="currentColor"').replace('stroke="black"', 'stroke="currentColor"')
    opening = f'<svg viewBox="{left:g} {top:g} {width:g} {height:g}" style="{style}" fill="currentColor"'
    mathml = convert(latex, display="block" if display else "inline")
    spoken = mathml.replace("<math ", f'<math class="spoken" alttext="{html.escape(latex, quote=True)}" ', 1)
    return f'{opening} aria-hidden="true" focusable="false">{inner}</svg>{spoken}'


@functools.cache
def _ziamath() -> Any:
    """The library, set up; imported late because it reads its fonts and warns of its own old ways."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ziamath: Any = import_module("ziamath")
    ziamath.config.svg2 = False  # shapes instead of symbols by name: names would clash between formulas of a page
    ziamath.config.precision = 2
    return ziamath
