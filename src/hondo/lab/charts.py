"""What charts show: curves as the browser draws them, and small SVGs that take the page's colours."""

import html
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hondo.core.language import tr
from hondo.experiments.report.wording import quantity
from hondo.guide.drawing.axes import nice_ticks
from hondo.store.curves import Curve
from hondo.store.records import Level

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


def charts_of(curves: Mapping[str, Curve], level: Level, planned: int | None) -> dict[str, Any]:
    """A run's curves as :class:`hondo.lab.islands.curves.Curves` draws them: a chart a quantity, the loss first.

    Args:
        curves: by the name of their series; ``val_x`` shares a chart with ``x``.
        level: epochs' values or steps'.
        planned: how many epochs the axis should reach; None for as far as there are values.
    """
    first = 1 if level == "epoch" else 0  # epochs are counted from 1 where people read them
    names = [name for name in curves if not name.startswith("val_") and not _stands_still(name, curves[name])]
    return {
        "level": level,
        "last": (planned or 0) if level == "epoch" else 0,
        "charts": [
            {
                "name": name,
                "title": quantity(name),
                "lines": [
                    _line(curves[each], label, kind, first)
                    for each, label, kind in (
                        (name, _own_name(name), "second" if f"val_{name}" in curves else "main"),
                        (f"val_{name}", tr("validation", "validación"), "main"),
                    )
                    if each in curves
                ],
            }
            for name in sorted(names, key=lambda each: (each != "loss", each == "learning_rate"))
        ],
    }


def _own_name(name: str) -> str:
    return tr("value", "valor") if name == "learning_rate" else tr("training", "entrenamiento")


def _stands_still(name: str, curve: Curve) -> bool:
    """Whether it is a learning rate that never changes, which is not worth a chart."""
    return name == "learning_rate" and len({*curve.values, *curve.low, *curve.high}) <= 1


def _line(curve: Curve, label: str, kind: str, first: int) -> dict[str, Any]:
    return {
        "label": label,
        "kind": kind,
        "x": [step + first for step in curve.steps],
        "y": curve.values,
        "low": curve.low,
        "high": curve.high,
    }


def histogram_svg(edges: Sequence[float], counts: Sequence[int], title: str) -> str:
    """How values are spread, as bars.

    Args:
        edges: the bins' ends ``(bins + 1)``.
        counts: how many values lie in each ``(bins)``.
        title: what is shown, for those who cannot see it.
    """
    width, height, base = 300, 90, 72
    across = Scale(edges[0], edges[-1], 4, width - 4)
    tallest = max(counts, default=0) or 1
    bars = [
        f'<rect x="{across(left):.1f}" width="{max(0.6, across(right) - across(left) - 0.6):.1f}" '
        f'y="{base - 64 * count / tallest:.1f}" height="{64 * count / tallest:.1f}" class="bin"/>'
        for left, right, count in zip(edges, edges[1:], counts, strict=False)
        if count
    ]
    marks = [
        f'<text x="{across(tick):.1f}" y="{height - 3}" class="tick middle">{tick:.3g}</text>'
        for tick in nice_ticks(edges[0], edges[-1], 3)
        if 12 < across(tick) < width - 12
    ]
    label = html.escape(title)
    line = f'<line x1="0" x2="{width}" y1="{base}" y2="{base}" class="grid"/>'
    parts = "".join([*bars, line, *marks])
    return f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{label}" class="histogram">{parts}</svg>'
