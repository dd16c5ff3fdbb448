"""A sheet to draw on, in units of about a pixel, that becomes an SVG."""

import base64
import html
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from hondo.core.arrays import Array
from hondo.guide.drawing.colours import colour

_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class Plot:
    """Where the axes that can be dragged in lie, and what they measure.

    Attributes:
        box: left, top, width and height in the picture's units.
        x, y: what stands at the left and right, at the bottom and top.
    """

    box: tuple[float, float, float, float]
    x: tuple[float, float]
    y: tuple[float, float]


@dataclass(frozen=True)
class Picture:
    """What a figure draws.

    Attributes:
        svg: the drawing.
        summary: what it shows now, in one sentence: read aloud instead of it and shown beneath it.
        plot: the first axes, for dragging.
    """

    svg: str
    summary: str
    plot: Plot | None = None


def number(value: float, digits: int = 3) -> str:
    """A number for a label: so many significant digits, with a true minus sign.

    Example:
        >>> number(-0.12345)
        '−0.123'
    """
    if not math.isfinite(value):
        return "∞" if value > 0 else "−∞" if value < 0 else "?"
    shown = f"{value:.{digits}g}"
    if "e" in shown:
        base, power = shown.split("e")
        shown = f"{base}·10{str(int(power)).translate(_RAISED)}"
    return shown.replace("-", "−")


class Canvas:
    """A sheet.

    Args:
        width, height: in units of about a pixel on a laptop; text of size 13 is comfortable.
    """

    def __init__(self, width: float = 640, height: float = 360) -> None:
        self.width, self.height = width, height
        self.plot: Plot | None = None
        self._parts: list[str] = []

    def picture(self, summary: str) -> Picture:
        """The finished picture; ``summary`` says in one sentence what it shows now."""
        label = html.escape(summary, quote=True)
        size = f"{self.width:g} {self.height:g}"
        opening = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size}" role="img" aria-label="{label}"'
        svg = f'{opening} class="drawing">'
        return Picture(svg + "".join(self._parts) + "</svg>", summary, self.plot)

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        size: float = 13,
        anchor: str = "start",
        colour_: str = "ink",
        bold: bool = False,
        mono: bool = False,
        turn: float = 0,
    ) -> None:
        """Words whose baseline lies at ``y``; ``anchor`` is ``start``, ``middle`` or ``end``."""
        more = ' font-weight="650"' if bold else ""
        family = (
            "ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" if mono else "var(--sans, system-ui, sans-serif)"
        )
        turned = f' transform="rotate({turn:g} {x:.1f} {y:.1f})"' if turn else ""
        shown = html.escape(words).replace("  ", "\u00a0\u00a0")  # SVG would show one space
        self._parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" text-anchor="{anchor}" fill="{colour(colour_)}"'
            f' font-family="{family}"{more}{turned}>{shown}</text>'
        )

    def line(
        self,
        x1: float,
        y1: float,
        x2: float,
        y2: float,
        colour_: str = "ink",
        width: float = 1.5,
        dash: str = "",
        opacity: float = 1,
    ) -> None:
        """A straight line."""
        self.polyline([(x1, y1), (x2, y2)], colour_, width, dash, opacity)

    def polyline(
        self,
        points: Iterable[tuple[float, float]],
        colour_: str = "ink",
        width: float = 2,
        dash: str = "",
        opacity: float = 1,
        fill: str = "none",
    ) -> None:
        """A line through points; what is not finite interrupts it."""
        for piece in _pieces(points):
            drawn = " ".join(f"{x:.1f},{y:.1f}" for x, y in piece)
            dashed = f' stroke-dasharray="{dash}"' if dash else ""
            self._parts.append(
                f'<polyline points="{drawn}" fill="{colour(fill)}" stroke="{colour(colour_)}" stroke-width="{width:g}"'
                f' stroke-linejoin="round" stroke-linecap="round" opacity="{opacity:g}"{dashed}/>'
            )

    def polygon(
        self, points: Iterable[tuple[float, float]], fill: str = "blue", opacity: float = 1, stroke: str = "none"
    ) -> None:
        """A filled shape."""
        drawn = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self._parts.append(
            f'<polygon points="{drawn}" fill="{colour(fill)}" stroke="{colour(stroke)}" opacity="{opacity:g}"/>'
        )

    def rect(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        fill: str = "none",
        stroke: str = "none",
        *,
        round_: float = 0,
        opacity: float = 1,
        line: float = 1.5,
        dash: str = "",
    ) -> None:
        """A rectangle from its left upper corner."""
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self._parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(0.0, width):.1f}" height="{max(0.0, height):.1f}"'
            f' rx="{round_:g}" fill="{colour(fill)}" stroke="{colour(stroke)}" stroke-width="{line:g}"'
            f' opacity="{opacity:g}"{dashed}/>'
        )

    def circle(
        self,
        x: float,
        y: float,
        radius: float = 4,
        fill: str = "blue",
        stroke: str = "none",
        opacity: float = 1,
        line: float = 1.5,
    ) -> None:
        """A circle."""
        self._parts.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}" fill="{colour(fill)}" stroke="{colour(stroke)}"'
            f' stroke-width="{line:g}" opacity="{opacity:g}"/>'
        )

    def arrow(
        self,
        x1: float,
        y1: float,
        x2: float,
        y2: float,
        colour_: str = "ink",
        width: float = 2,
        head: float = 8,
        dash: str = "",
    ) -> None:
        """A line with a head at its end."""
        angle = math.atan2(y2 - y1, x2 - x1)
        length = math.hypot(x2 - x1, y2 - y1)
        if not math.isfinite(length) or length < 0.5:
            return
        head = min(head, length)
        back = (x2 - head * math.cos(angle), y2 - head * math.sin(angle))
        self.line(x1, y1, *back, colour_, width, dash)
        half = head * 0.45
        left = (back[0] + half * math.sin(angle), back[1] - half * math.cos(angle))
        right = (back[0] - half * math.sin(angle), back[1] + half * math.cos(angle))
        self.polygon([(x2, y2), left, right], colour_)

    def curve(
        self, x1: float, y1: float, x2: float, y2: float, colour_: str = "muted", width: float = 1.5, opacity: float = 1
    ) -> None:
        """A soft S from left to right, as between layers."""
        middle = (x1 + x2) / 2
        self._parts.append(
            f'<path d="M{x1:.1f},{y1:.1f} C{middle:.1f},{y1:.1f} {middle:.1f},{y2:.1f} {x2:.1f},{y2:.1f}" fill="none"'
            f' stroke="{colour(colour_)}" stroke-width="{width:g}" opacity="{opacity:g}"/>'
        )

    def pixels(self, x: float, y: float, width: float, height: float, painted: Array, *, smooth: bool = False) -> None:
        """An array of colours as a picture.

        Args:
            x, y: its left upper corner.
            width, height: in the sheet's units.
            painted: uint8 ``(rows, columns, 3)``, red first: see :mod:`hondo.guide.drawing.colours`.
            smooth: whether to blend between pixels.
        """
        _, data = cv2.imencode(".png", np.ascontiguousarray(np.asarray(painted, np.uint8)[..., ::-1]))
        source = base64.b64encode(data.tobytes()).decode("ascii")
        style = "" if smooth else ' style="image-rendering: pixelated"'
        self._parts.append(
            f'<image x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" preserveAspectRatio="none"'
            f' href="data:image/png;base64,{source}"{style}/>'
        )

    def legend(
        self, x: float, y: float, entries: Sequence[tuple[str, str]], *, across: bool = False, gap: float = 16
    ) -> None:
        """What colours mean: ``(words, colour)`` one below the other, or side by side."""
        for words, shade in entries:
            self.rect(x, y - 9, 12, 10, shade, round_=2)
            self.text(x + 18, y, words, size=12, colour_="muted")
            if across:
                x += 18 + 6.6 * len(words) + gap
            else:
                y += gap + 4

    def axes(
        self,
        x: tuple[float, float],
        y: tuple[float, float],
        *,
        box: tuple[float, float, float, float] | None = None,
        xlabel: str = "",
        ylabel: str = "",
        title: str = "",
        ticks: bool = True,
        grid: bool = True,
    ) -> Any:
        """Axes in a part of the sheet: see :class:`hondo.guide.drawing.axes.Axes`; the first ones can be dragged in.

        Args:
            x, y: from which number to which.
            box: left, top, width and height of the inner part; left out, most of the sheet.
            xlabel, ylabel, title: words at the axes and above.
            ticks: whether numbers stand along the axes.
            grid: whether faint lines go through.
        """
        from hondo.guide.drawing.axes import Axes

        made = Axes(self, x, y, box or (52, 24, self.width - 72, self.height - 68))
        made.frame(xlabel, ylabel, title, ticks=ticks, grid=grid)
        if self.plot is None:
            self.plot = Plot(made.box, made.x, made.y)
        return made


def _pieces(points: Iterable[tuple[float, float]]) -> Iterable[list[tuple[float, float]]]:
    piece: list[tuple[float, float]] = []
    for point in points:
        if math.isfinite(point[0]) and math.isfinite(point[1]):
            piece.append((float(point[0]), float(point[1])))
        else:
            if piece:
                yield piece
            piece = []
    if piece:
        yield piece
