"""Two scales on a sheet, and what is drawn between them: lines, points, bars, maps."""

import math
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from hondo.core.arrays import Array
from hondo.guide.drawing.canvas import number

if TYPE_CHECKING:
    from hondo.guide.drawing.canvas import Canvas

Numbers = Any  # a sequence or an array of numbers


class Axes:
    """A plot; all places are in its own numbers. What lies outside is cut off."""

    def __init__(
        self, canvas: "Canvas", x: tuple[float, float], y: tuple[float, float], box: tuple[float, float, float, float]
    ) -> None:
        self.canvas, self.box = canvas, box
        self.x = x if x[1] != x[0] else (x[0] - 1, x[0] + 1)
        self.y = y if y[1] != y[0] else (y[0] - 1, y[0] + 1)

    def px(self, x: float) -> float:
        """Where a number of the horizontal axis lies on the sheet."""
        return self.box[0] + (float(x) - self.x[0]) / (self.x[1] - self.x[0]) * self.box[2]

    def py(self, y: float) -> float:
        """Where a number of the vertical axis lies on the sheet."""
        return self.box[1] + self.box[3] - (float(y) - self.y[0]) / (self.y[1] - self.y[0]) * self.box[3]

    def frame(self, xlabel: str, ylabel: str, title: str, *, ticks: bool, grid: bool) -> None:
        """The axes themselves."""
        left, top, width, height = self.box
        for tick in nice_ticks(*self.x) if ticks else []:
            at = self.px(tick)
            if grid:
                self.canvas.line(at, top, at, top + height, "faint", 1)
            self.canvas.text(at, top + height + 16, number(tick, 4), size=11, anchor="middle", colour_="muted")
        for tick in nice_ticks(*self.y) if ticks else []:
            at = self.py(tick)
            if grid:
                self.canvas.line(left, at, left + width, at, "faint", 1)
            self.canvas.text(left - 7, at + 4, number(tick, 4), size=11, anchor="end", colour_="muted")
        self.canvas.line(left, top + height, left + width, top + height, "muted", 1)
        self.canvas.line(left, top, left, top + height, "muted", 1)
        if xlabel:
            self.canvas.text(
                left + width / 2,
                top + height + (33 if ticks else 18),
                xlabel,
                size=12,
                anchor="middle",
                colour_="muted",
            )
        if ylabel:
            self.canvas.text(
                left - (40 if ticks else 10),
                top + height / 2,
                ylabel,
                size=12,
                anchor="middle",
                colour_="muted",
                turn=-90,
            )
        if title:
            self.canvas.text(left + width / 2, top - 8, title, size=13, anchor="middle", bold=True)

    def line(
        self, xs: Numbers, ys: Numbers, colour_: str = "blue", width: float = 2.2, dash: str = "", opacity: float = 1
    ) -> None:
        """A line through ``(xs, ys)``; it stops at the edges."""
        for piece in self._inside(zip(np.asarray(xs, float).ravel(), np.asarray(ys, float).ravel(), strict=True)):
            self.canvas.polyline([(self.px(x), self.py(y)) for x, y in piece], colour_, width, dash, opacity)

    def function(
        self, f: Callable[[Any], Any], colour_: str = "blue", width: float = 2.2, dash: str = "", points: int = 240
    ) -> None:
        """The graph of a function of an array."""
        xs = np.linspace(*self.x, points)
        self.line(xs, np.broadcast_to(np.asarray(f(xs), float), xs.shape), colour_, width, dash)

    def points(
        self,
        xs: Numbers,
        ys: Numbers,
        colour_: str | Sequence[str] = "blue",
        radius: float = 3.5,
        stroke: str = "paper",
        opacity: float = 1,
    ) -> None:
        """A dot at each place; one colour for all, or one for each."""
        xs, ys = np.asarray(xs, float).ravel(), np.asarray(ys, float).ravel()
        shades = [colour_] * len(xs) if isinstance(colour_, str) else list(colour_)
        for x, y, shade in zip(xs, ys, shades, strict=True):
            if self._has(x, y):
                self.canvas.circle(self.px(x), self.py(y), radius, shade, stroke, opacity, 1)

    def crosses(self, xs: Numbers, ys: Numbers, colour_: str = "orange", size: float = 4) -> None:
        """A cross at each place."""
        for x, y in zip(np.asarray(xs, float).ravel(), np.asarray(ys, float).ravel(), strict=True):
            if self._has(x, y):
                at, up = self.px(x), self.py(y)
                self.canvas.line(at - size, up - size, at + size, up + size, colour_, 2)
                self.canvas.line(at - size, up + size, at + size, up - size, colour_, 2)

    def bars(
        self,
        xs: Numbers,
        heights: Numbers,
        colour_: str | Sequence[str] = "blue",
        width: float = 0.8,
        opacity: float = 1,
    ) -> None:
        """Bars from 0 (or the bottom) that are ``width`` wide in the axis's numbers."""
        xs, heights = np.asarray(xs, float).ravel(), np.asarray(heights, float).ravel()
        shades = [colour_] * len(xs) if isinstance(colour_, str) else list(colour_)
        base = min(max(0.0, self.y[0]), self.y[1])
        for x, height, shade in zip(xs, heights, shades, strict=True):
            ends = sorted((self.py(base), self.py(min(self.y[1], max(self.y[0], height)))))
            left, right = self.px(x - width / 2), self.px(x + width / 2)
            self.canvas.rect(left, ends[0], right - left, ends[1] - ends[0], shade, opacity=opacity)

    def histogram(self, values: Numbers, bins: int = 30, colour_: str = "blue", opacity: float = 0.8) -> None:
        """How values are spread over the horizontal axis, as shares of all that reach the top of the vertical axis at 1
        if they all lie in one bin.
        """
        counts, edges = np.histogram(np.asarray(values, float), bins=bins, range=self.x)
        share = counts / max(1, np.asarray(values).size)
        self.bars((edges[:-1] + edges[1:]) / 2, share, colour_, (edges[1] - edges[0]) * 0.94, opacity)

    def area(self, xs: Numbers, low: Numbers, high: Numbers, colour_: str = "blue", opacity: float = 0.2) -> None:
        """What lies between two lines."""
        xs = np.asarray(xs, float)
        low, high = (np.clip(np.broadcast_to(np.asarray(each, float), xs.shape), *self.y) for each in (low, high))
        there = [(self.px(x), self.py(y)) for x, y in zip(xs, high, strict=True)]
        back = [(self.px(x), self.py(y)) for x, y in zip(xs[::-1], low[::-1], strict=True)]
        self.canvas.polygon(there + back, colour_, opacity)

    def heat(self, painted: Array, *, smooth: bool = True) -> None:
        """An array of colours over the whole plot; its first row is at the top.

        Args:
            painted: uint8 ``(rows, columns, 3)``, as :func:`hondo.guide.drawing.colours.signed_colours` makes it. For
                values computed with ``y`` rising along the rows, turn them over first: ``values[::-1]``.
        """
        self.canvas.pixels(*self.box, painted, smooth=smooth)

    def arrow(self, x1: float, y1: float, x2: float, y2: float, colour_: str = "ink", width: float = 2) -> None:
        """An arrow from one place to another; it may leave the plot."""
        self.canvas.arrow(self.px(x1), self.py(y1), self.px(x2), self.py(y2), colour_, width)

    def text(self, x: float, y: float, words: str, **how: Any) -> None:
        """Words at a place; the rest as in :meth:`Canvas.text`."""
        self.canvas.text(self.px(x), self.py(y), words, **how)

    def vertical(self, x: float, colour_: str = "muted", dash: str = "4 4", width: float = 1.5) -> None:
        """A line from bottom to top."""
        if min(self.x) <= x <= max(self.x):
            self.canvas.line(self.px(x), self.box[1], self.px(x), self.box[1] + self.box[3], colour_, width, dash)

    def horizontal(self, y: float, colour_: str = "muted", dash: str = "4 4", width: float = 1.5) -> None:
        """A line from left to right."""
        if min(self.y) <= y <= max(self.y):
            self.canvas.line(self.box[0], self.py(y), self.box[0] + self.box[2], self.py(y), colour_, width, dash)

    def _has(self, x: float, y: float) -> bool:
        return min(self.x) <= x <= max(self.x) and min(self.y) <= y <= max(self.y)

    def _inside(self, points: Iterable[tuple[float, float]]) -> Iterable[list[tuple[float, float]]]:
        """The parts of a line between bottom and top, and left and right."""
        piece: list[tuple[float, float]] = []
        before: tuple[float, float] | None = None
        for point in points:
            if not (math.isfinite(point[0]) and math.isfinite(point[1])):
                yield piece
                piece, before = [], None
                continue
            cut = None if before is None else _clipped(before, point, self.x, self.y)
            if cut is None:
                if piece:
                    yield piece
                piece = []
            else:
                piece = piece or [cut[0]]
                piece.append(cut[1])
                if cut[1] != point:
                    yield piece
                    piece = []
            before = point
        if piece:
            yield piece


def _clipped(
    start: tuple[float, float], end: tuple[float, float], x: tuple[float, float], y: tuple[float, float]
) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """The part of a line within a rectangle (Liang and Barsky, 1984)."""
    first, last = 0.0, 1.0
    dx, dy = end[0] - start[0], end[1] - start[1]
    for step, distance in (
        (-dx, start[0] - min(x)),
        (dx, max(x) - start[0]),
        (-dy, start[1] - min(y)),
        (dy, max(y) - start[1]),
    ):
        if step == 0:
            if distance < 0:
                return None
            continue
        at = distance / step
        if step < 0:
            first = max(first, at)
        else:
            last = min(last, at)
    if first > last:
        return None
    begun = start if first == 0 else (start[0] + first * dx, start[1] + first * dy)
    ended = end if last == 1 else (start[0] + last * dx, start[1] + last * dy)
    return begun, ended


def nice_ticks(low: float, high: float, about: int = 5) -> list[float]:
    """Round numbers between two values, roughly so many.

    Example:
        >>> nice_ticks(0.0, 1.0, 4)
        [0.0, 0.25, 0.5, 0.75, 1.0]
    """
    low, high = min(low, high), max(low, high)
    span = high - low
    if span <= 0 or not math.isfinite(span):
        return [low]
    power = 10 ** math.floor(math.log10(span / about))
    step = min((power * factor for factor in (1, 2, 2.5, 5, 10)), key=lambda each: abs(span / each - about))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(each * step, 12) + 0.0 for each in range(first, last + 1)]
