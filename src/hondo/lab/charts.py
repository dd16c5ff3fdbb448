"""Curves as SVG that takes the page's colours: drawn on the server, small enough to be sent anew every second."""

import html
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 520, 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 10, 12, 26
_MOST = 400  # points a line; more cannot be seen


@dataclass(frozen=True)
class Scale:
    """Where values lie in the picture: linear, from the lowest to the highest."""

    low: float
    high: float
    first: float
    last: float

    def __call__(self, value: float) -> float:
        """Where a value lies."""
        span = self.high - self.low or 1.0
        return self.first + (value - self.low) / span * (self.last - self.first)


def decimated(values: Sequence[float], most: int = _MOST) -> list[tuple[int, float]]:
    """At most so many points of a long line, with the smallest and largest of each stretch kept.

    Returns:
        Places (from 0) and values, in order; what is not finite is left out.
    """
    points = [(place, value) for place, value in enumerate(values) if math.isfinite(value)]
    if len(points) <= most:
        return points
    kept: list[tuple[int, float]] = []
    stretches = max(1, most // 2)
    for number in range(stretches):
        stretch = points[number * len(points) // stretches : (number + 1) * len(points) // stretches]
        ends = {min(stretch, key=lambda point: point[1]), max(stretch, key=lambda point: point[1])}
        kept += sorted(ends)
    return kept


def nice_ticks(low: float, high: float, about: int = 4) -> list[float]:
    """Round numbers between two values, roughly so many.

    Example:
        >>> nice_ticks(0.0, 1.0)
        [0.0, 0.25, 0.5, 0.75, 1.0]
    """
    span = high - low
    if span <= 0 or not math.isfinite(span):
        return [low]
    power = 10 ** math.floor(math.log10(span / about))
    step = min((power * factor for factor in (1, 2, 2.5, 5, 10)), key=lambda each: abs(span / each - about))
    first = math.ceil(low / step - 1e-9)
    return [round(number * step, 12) for number in range(first, math.floor(high / step + 1e-9) + 1)]


def curve_svg(lines: Mapping[str, Sequence[float]], title: str, *, epochs: int) -> str:
    """Lines over the epochs: the first dashed and quiet, the last in the accent.

    Args:
        lines: values an epoch by name.
        title: what is shown, for those who cannot see it.
        epochs: how many are planned, so that the axis stands still while the lines grow.
    """
    finite = [value for values in lines.values() for value in values if math.isfinite(value)]
    if not finite:
        return ""
    low, high = min(finite), max(finite)
    pad = 0.06 * (high - low) or 0.5
    across = Scale(1, max(2, epochs), _LEFT, WIDTH - _RIGHT)
    up = Scale(low - pad, high + pad, HEIGHT - _BOTTOM, _TOP)
    drawn = [
        f'<line x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{up(tick):.1f}" y2="{up(tick):.1f}" class="grid"/>'
        f'<text x="{_LEFT - 6}" y="{up(tick) + 4:.1f}" class="tick end">{tick:.4g}</text>'
        for tick in nice_ticks(low, high)
    ]
    drawn += [
        f'<text x="{across(tick):.1f}" y="{HEIGHT - 8}" class="tick middle">{tick:g}</text>'
        for tick in nice_ticks(1, max(2, epochs), 6)
        if tick == round(tick)
    ]
    names = list(lines)
    for name in names:
        points = decimated(lines[name])
        place = " ".join(f"{across(x + 1):.1f},{up(y):.1f}" for x, y in points)
        kind = "main" if name == names[-1] else "second"
        if len(points) == 1:
            x, y = points[0]
            drawn.append(f'<circle cx="{across(x + 1):.1f}" cy="{up(y):.1f}" r="3" class="dot {kind}"/>')
        elif points:
            drawn.append(f'<polyline points="{place}" class="line {kind}"/>')
    label = html.escape(title)
    return f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{label}">{"".join(drawn)}</svg>'
