"""Several runs in one picture: curves laid over each other, and parallel coordinates from parameters to the result.

Runs are told apart by a letter, a colour and a pattern of dashes, so that nobody depends on colours.
"""

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from hondo.experiments.comparison import cell_word
from hondo.experiments.report.wording import number
from hondo.guide.drawing.axes import nice_ticks
from hondo.lab.charts import Scale, decimated

LETTERS = "ABCDEFGHIJKL"
MOST_RUNS = len(LETTERS)

_WIDTH, _HEIGHT = 860, 380
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 34, 14, 44
_LABEL = 15.0  # pixels between two letters at the ends of lines

_AXIS, _TALL, _ABOVE, _BELOW, _SIDE = 168, 360, 46, 40, 90
_WORDS, _TITLE = 22, 20
_DECADES = 1.4  # values further apart than so many powers of ten stand on a logarithmic axis


@dataclass(frozen=True)
class Line:
    """A curve of a run.

    Attributes:
        run: which of the compared runs, from 0.
        name: what is read out.
        xs: epochs or seconds, rising.
        ys: as many values.
        quiet: whether it stays in the background (training beside validation).
    """

    run: int
    name: str
    xs: Sequence[float]
    ys: Sequence[float]
    quiet: bool = False


@dataclass(frozen=True)
class Axis:
    """An axis of the parallel coordinates.

    Attributes:
        name: what it shows.
        values: one for each run; anything that a spec may hold, or None.
        higher: for a result, whether more is better; the better end is above.
        result: whether it is a result.
    """

    name: str
    values: Sequence[Any]
    higher: bool | None = None
    result: bool = False


def overlay_svg(lines: Sequence[Line], title: str, across: str, *, whole: bool = False) -> str:
    """Curves of several runs.

    Args:
        lines: the curves; what is not finite is left out.
        title: what is shown, for those who cannot see it.
        across: what the horizontal axis counts.
        whole: whether it counts in whole numbers, from 1.

    Returns:
        SVG; nothing where there is nothing to draw.
    """
    drawn = [(line, points) for line in lines if (points := _points(line))]
    if not drawn:
        return ""
    xs, ys = ([point[axis] for _, points in drawn for point in points] for axis in (0, 1))
    pad = 0.05 * (max(ys) - min(ys)) or 0.5
    right = Scale(1.0 if whole else 0.0, max(*xs, 2.0 if whole else 1e-9), _LEFT, _WIDTH - _RIGHT)
    up = Scale(min(ys) - pad, max(ys) + pad, _HEIGHT - _BOTTOM, _TOP)
    parts = [
        f'<line x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{up(tick):.1f}" y2="{up(tick):.1f}" class="grid"/>'
        f'<text x="{_LEFT - 8}" y="{up(tick) + 4:.1f}" class="tick end">{_short(tick)}</text>'
        for tick in nice_ticks(min(ys), max(ys), 5)
    ]
    parts += [
        f'<text x="{right(tick):.1f}" y="{_HEIGHT - _BOTTOM + 18}" class="tick middle">{_short(tick)}</text>'
        for tick in nice_ticks(right.low, right.high, 7)
        if not whole or tick == round(tick)
    ]
    middle = (_LEFT + _WIDTH - _RIGHT) / 2
    parts.append(f'<text x="{middle}" y="{_HEIGHT - 6}" class="tick middle">{html.escape(across)}</text>')
    ends = [(right(points[-1][0]), up(points[-1][1])) for _, points in drawn]
    heights = _apart([y for _, y in ends])
    for (line, points), (x, _), y in zip(drawn, ends, heights, strict=True):
        parts.append(_curve(line, [(right(a), up(b)) for a, b in points], x + 9, y))
    label = html.escape(title)
    return f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{label}">{"".join(parts)}</svg>'


def parallel_svg(axes: Sequence[Axis], names: Sequence[str], title: str) -> str:
    """Each run as a line through its values on every axis.

    Args:
        axes: parameters, the results last.
        names: of the runs.
        title: what is shown, for those who cannot see it.

    Returns:
        SVG whose lines can be reached by keyboard; nothing for fewer than two axes.
    """
    if len(axes) < 2 or not names:
        return ""
    width = 2 * _SIDE + _AXIS * (len(axes) - 1)
    places = [_SIDE + _AXIS * number for number in range(len(axes))]
    heights, parts = list[list[float]](), list[str]()
    for axis, x in zip(axes, places, strict=True):
        ys, ticks = _positions(axis)
        heights.append(ys)
        parts.append(_axis(axis, x, ticks))
    lines = [
        _run(run, name, axes, [(x, ys[run]) for x, ys in zip(places, heights, strict=True)])
        for run, name in enumerate(names)
    ]
    label = html.escape(title)
    return (
        f'<svg viewBox="0 0 {width} {_TALL}" style="min-width: {round(0.62 * width)}px" role="list" '
        f'aria-label="{label}">{"".join([*lines, *parts])}</svg>'
    )


def _points(line: Line) -> list[tuple[float, float]]:
    return [(line.xs[place], value) for place, value in decimated(line.ys) if place < len(line.xs)]


def _curve(line: Line, points: Sequence[tuple[float, float]], x: float, y: float) -> str:
    kind = f"run hue-{line.run} dash-{line.run}" + (" soft" if line.quiet else "")
    if len(points) == 1:
        shape = f'<circle cx="{points[0][0]:.1f}" cy="{points[0][1]:.1f}" r="3.5" class="dot"/>'
    else:
        place = " ".join(f"{a:.1f},{b:.1f}" for a, b in points)
        shape = f'<polyline points="{place}" class="reach"/><polyline points="{place}" class="path"/>'
    letter = "" if line.quiet else f'<text x="{x:.1f}" y="{y + 4:.1f}" class="letter">{LETTERS[line.run]}</text>'
    return f'<g class="{kind}"><title>{html.escape(line.name)}</title>{shape}{letter}</g>'


def _apart(heights: Sequence[float]) -> list[float]:
    """Heights moved so far that letters there do not overlap."""
    order = sorted(range(len(heights)), key=lambda place: heights[place])
    moved = list(heights)
    for above, below in pairwise(order):
        moved[below] = max(moved[below], moved[above] + _LABEL)
    over = max(moved, default=0.0) - (_HEIGHT - _BOTTOM)
    for below, above in pairwise(order[::-1]):
        if over > 0:
            moved[below] = min(moved[below], _HEIGHT - _BOTTOM)
            moved[above] = min(moved[above], moved[below] - _LABEL)
    return moved


def _positions(axis: Axis) -> tuple[list[float], list[tuple[float, str]]]:
    """Where each run's value lies on an axis, and what is written beside it."""
    low, high = _TALL - _BELOW, _ABOVE
    if axis.higher is False:
        low, high = high, low
    values = [value for value in axis.values if _is_number(value)]
    if values and len(values) == len(axis.values):
        log = min(values) > 0 and math.log10(max(values) / min(values)) > _DECADES
        places = [math.log10(value) if log else float(value) for value in values]
        scale = Scale(min(places), max(places), low, high)
        ends = sorted(set(places))
        if len(ends) == 1:
            return [(low + high) / 2] * len(places), [((low + high) / 2, _short(values[0]))]
        shown = ends if len(ends) <= 5 else nice_ticks(ends[0], ends[-1], 4)
        ticks = [(scale(at), _short(10**at if log else at)) for at in shown]
        return [scale(place) for place in places], _readable(ticks)
    words = [cell_word(axis.name, value) for value in axis.values]
    distinct = sorted(set(words))
    scale = Scale(0, max(1, len(distinct) - 1), low, high)
    where = {word: scale(place) if len(distinct) > 1 else (low + high) / 2 for place, word in enumerate(distinct)}
    return [where[word] for word in words], [(at, word) for word, at in where.items()]


def _readable(ticks: Sequence[tuple[float, str]]) -> list[tuple[float, str]]:
    """The ticks without those that would be written over others; the ends stay."""
    kept = [ticks[0]]
    for tick in ticks[1:]:
        if abs(tick[0] - kept[-1][0]) >= _LABEL:
            kept.append(tick)
        elif tick is ticks[-1] and len(kept) > 1:
            kept[-1] = tick
    return kept


def _axis(axis: Axis, x: float, ticks: Sequence[tuple[float, str]]) -> str:
    better = {True: " ↑", False: " ↓", None: ""}[axis.higher]
    name = html.escape(_cut(axis.name.removeprefix("model.").removeprefix("layers."), _TITLE) + better)
    marks = "".join(
        f'<text x="{x - 8:.1f}" y="{y + 4:.1f}" class="tick end">{html.escape(_cut(words, _WORDS))}</text>'
        for y, words in ticks
    )
    return (
        f'<g class="axis{" result" if axis.result else ""}" aria-hidden="true">'
        f'<line x1="{x}" x2="{x}" y1="{_ABOVE}" y2="{_TALL - _BELOW}"/>{marks}'
        f'<text x="{x}" y="{_ABOVE - 22}" class="title middle">{name}<title>{html.escape(axis.name)}</title></text></g>'
    )


def _run(run: int, name: str, axes: Sequence[Axis], points: Sequence[tuple[float, float]]) -> str:
    said = ", ".join(f"{axis.name} {_word(axis, run)}" for axis in axes)
    label = html.escape(f"{LETTERS[run]} {name}: {said}")
    place = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" class="dot"/>' for x, y in points)
    values = "".join(
        f'<text x="{x + 8:.1f}" y="{y - 7:.1f}" class="value">{html.escape(_cut(_word(axis, run), _WORDS))}</text>'
        for axis, (x, y) in zip(axes, points, strict=True)
    )
    x, y = points[-1]
    return (
        f'<g class="run hue-{run} dash-{run}" role="listitem" tabindex="0" aria-label="{label}" data-run="{run}">'
        f'<title>{label}</title><polyline points="{place}" class="reach"/><polyline points="{place}" class="path"/>'
        f'{dots}<text x="{x + 12:.1f}" y="{y + 4:.1f}" class="letter">{LETTERS[run]}</text>'
        f'<g class="values">{values}</g></g>'
    )


def _word(axis: Axis, run: int) -> str:
    value = axis.values[run]
    return _short(value) if _is_number(value) else cell_word(axis.name, value)


def _short(value: float) -> str:
    return number(float(value))


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _cut(words: str, most: int) -> str:
    return words if len(words) <= most else f"{words[: most - 1]}…"
