"""The look that all figures share, and the ways they leave: PNG files, pictures in a page, SVG that follows its theme.

One accent for what matters, one signal for what went wrong, greys for the rest. Blue and orange are told apart by
people who see no red or green; lines differ in weight and dash, classes in marker as well. Everything is set on the
figure itself, so no user's Matplotlib settings change it and no global state is needed.
"""

import base64
import html
import io
import re
import threading
import unicodedata
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from hondo.core.arrays import Array, FloatArray
from hondo.core.files import write_atomically

INK, MUTED, FAINT, PAPER = "#1c2630", "#5c6975", "#d9dee2", "#ffffff"
ACCENT, SIGNAL = "#0b6394", "#c8501e"
FONT = "DejaVu Sans"  # comes with Matplotlib, so figures look the same on every machine
DPI = 144

_ROLES = {"ink": INK, "muted": MUTED, "faint": FAINT, "paper": PAPER, "accent": ACCENT, "signal": SIGNAL}
_writing = threading.Lock()  # Matplotlib's settings and the filter of warnings belong to the whole process


def new_figure(width: float, height: float) -> Figure:
    """An empty figure, ``width`` × ``height`` inches, that makes room for its labels by itself."""
    figure = Figure(
        figsize=(width, height), dpi=DPI, facecolor=PAPER, layout=ConstrainedLayoutEngine(w_pad=0.08, h_pad=0.08)
    )
    FigureCanvasAgg(figure)
    return figure


def new_axes(figure: Figure, rows: int = 1, columns: int = 1, place: int = 1) -> Axes:
    """Axes in a grid of ``rows`` × ``columns``, with quiet spines and ticks."""
    axes = figure.add_subplot(rows, columns, place, facecolor="none")
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(FAINT)
    axes.tick_params(
        which="both", color=FAINT, labelcolor=MUTED, labelsize=8.5, labelfontfamily=FONT, length=3, width=0.8
    )
    axes.set_axisbelow(True)
    return axes


def label_axes(axes: Axes, x: str, y: str = "", title: str = "") -> None:
    """Name both axes and say what is seen, in plain text (a ``$`` is a dollar, not a formula)."""
    for text, setter in ((x, axes.set_xlabel), (y, axes.set_ylabel)):
        setter(plain_text(text, 48), color=MUTED, fontsize=9, fontfamily=FONT, parse_math=False)
    axes.set_title(
        plain_text(title, 48),
        loc="left",
        color=INK,
        fontsize=10.5,
        fontweight="bold",
        fontfamily=FONT,
        pad=10,
        parse_math=False,
    )


def say_nothing_to_see(axes: Axes, why: str) -> None:
    """Leave the axes empty but for a sentence in their middle."""
    axes.set_xticks([])
    axes.set_yticks([])
    axes.text(
        0.5, 0.5, why, transform=axes.transAxes, ha="center", va="center", color=MUTED, fontsize=9.5, fontfamily=FONT
    )


def plain_text(text: str, longest: int) -> str:
    """One line of printable text, cut at ``longest`` characters: names may hold anything, even half a character."""
    whole = text.encode("utf-8", "replace").decode("utf-8")
    line = " ".join(
        "".join(" " if unicodedata.category(sign) in ("Cc", "Zl", "Zp") else sign for sign in whole).split()
    )
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def draw_legend(axes: Axes, names: Sequence[str] = (), **where: Any) -> None:
    """A quiet legend. Names are set afterwards: Matplotlib would drop those that begin with an underscore."""
    legend = axes.legend(frameon=False, labelcolor=MUTED, prop={"size": 8.5, "family": FONT}, **where)
    for text, name in zip(legend.get_texts(), names, strict=False):
        text.set_parse_math(False)
        text.set_text(plain_text(name, 20))


def finite(values: Sequence[float] | FloatArray) -> FloatArray:
    """The values as an array, NaN where they are not finite (Matplotlib leaves a gap there)."""
    array = np.asarray(values, dtype=np.float64)
    return np.where(np.isfinite(array), array, np.nan)


def as_pictures(x: Array) -> Array:
    """Pictures of any kind as bytes with three channels.

    Args:
        x: ``(n, height, width)`` or ``(n, height, width, channels)``. Bytes stay as they are; anything else is
            stretched between its own extremes. With three channels or more the first three are red, green and blue;
            with fewer the first is grey.

    Returns:
        ``(n, height, width, 3)``, bytes 0..255.
    """
    x = np.asarray(x)
    x = x[..., None] if x.ndim == 3 else x
    if x.dtype != np.uint8:
        values = np.nan_to_num(x.astype(np.float64), posinf=0.0, neginf=0.0)
        low, high = (values.min(), values.max()) if values.size else (0.0, 1.0)
        x = ((values - low) / ((high - low) or 1.0) * 255).astype(np.uint8)
    return x[..., :3] if x.shape[-1] >= 3 else np.repeat(x[..., :1], 3, axis=-1)


def png_bytes(figure: Figure) -> bytes:
    """The figure as PNG, ``figsize`` × 144 pixels."""
    return _printed(figure, "png")


def svg_markup(figure: Figure, name: str, description: str) -> str:
    """The figure as SVG to stand inside a page: it takes the page's width, font and colours.

    Colours become ``var(--figure-ink)``, ``-muted``, ``-faint``, ``-paper``, ``-accent`` and ``-signal``, each with
    this module's own colour where the page sets none. Texts stay texts.

    Args:
        figure: the figure.
        name: unlike the name of any other figure on the page.
        description: what it shows, for those who cannot see it.
    """
    text = _printed(figure, "svg", name).decode("utf-8")
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>|<style.*?</style>", "", text, flags=re.DOTALL)
    text = re.sub(r'<g id="[^"]*"', "<g", text)
    for role, colour in _ROLES.items():
        text = re.sub(rf"{colour}\b", f"var(--figure-{role}, {colour})", text)
    box = re.search(r'viewBox="[^"]*"', text)
    opening = f'<svg {box[0] if box else ""} role="img" aria-label="{html.escape(description)}">'
    return re.sub(r"<svg[^>]*>", lambda _: opening, text, count=1)


def save_png(figure: Figure, path: Path) -> Path:
    """Write the figure as PNG, whole or not at all.

    Returns:
        ``path``.
    """
    write_atomically(path, png_bytes(figure))
    return path


def data_uri(png: bytes) -> str:
    """A PNG as an address that holds the picture itself, for pages that must stand alone."""
    return "data:image/png;base64," + base64.b64encode(png).decode("ascii")


def _printed(figure: Figure, kind: str, salt: str = "") -> bytes:
    """The figure's file, the same bytes each time: no date, and ids that depend on ``salt`` alone."""
    buffer = io.BytesIO()
    with _writing, mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": salt}), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing")  # names in any script; pages show them in full
        warnings.filterwarnings("ignore", message="constrained_layout not applied")
        if kind == "svg":
            figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None})
        else:
            figure.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()
