"""Histograms and clouds of points as SVG that takes the page's colours."""

import html
from collections.abc import Sequence

import numpy as np

from hondo.core.arrays import Array, FloatArray
from hondo.data.dataset import Dataset
from hondo.data.describe import Histogram, evenly_spaced
from hondo.lab.pages.data.words import plain

WIDTH, HEIGHT = 520, 190
_FOOT, _TOP = 24, 8
_DOTS, _TONES, _LEVELS = 260, 4, 5
_SMALL = (132, 30)


def histogram_svg(histograms: Sequence[Histogram], title: str) -> str:
    """One histogram as bars, or several over each other as outlines (red, green, blue).

    Args:
        histograms: with the same edges.
        title: what is shown, for those who cannot see it.
    """
    edges, base = histograms[0].edges, HEIGHT - _FOOT
    most = max(1, *(int(each.counts.max()) for each in histograms))
    drawn = [f'<line x1="0" x2="{WIDTH}" y1="{base}" y2="{base}" class="grid"/>']
    if len(histograms) == 1:
        drawn += _bars(histograms[0].counts, most, WIDTH, base, _TOP)
    else:
        for each, tone in zip(histograms, ("red", "green", "blue", "alpha"), strict=False):
            drawn.append(f'<path d="{_outline(each.counts, most, base)}" class="channel {tone}"/>')
    last = 255.0 if (edges[0], edges[-1]) == (0, 256) else edges[-1]  # the last bin of bytes ends behind 255
    middle = (edges[0] + edges[-1]) / 2
    for x, value, kind in ((0, edges[0], "start"), (WIDTH / 2, middle, "middle"), (WIDTH, last, "end")):
        drawn.append(f'<text x="{x}" y="{HEIGHT - 7}" class="tick {kind}">{plain(float(value))}</text>')
    return _svg(WIDTH, HEIGHT, title, drawn)


def small_histogram_svg(histogram: Histogram, title: str) -> str:
    """A histogram for a table's cell."""
    width, height = _SMALL
    return _svg(width, height, title, _bars(histogram.counts, max(1, int(histogram.counts.max())), width, height, 1))


def cloud_svg(dataset: Dataset, title: str, *, width: int = 300, height: int = 120) -> str:
    """Some samples of a table as points: the last two columns of numbers, coloured by class or target.

    Returns:
        "" for a table without two columns of numbers.
    """
    numbers = [place for place, column in enumerate(dataset.features) if column.kind == "number"]
    if len(numbers) < 2:
        return ""
    part = dataset.train
    rows = evenly_spaced(len(part), _DOTS)
    x = np.asarray(part.x[rows])[:, numbers[-2:] if len(numbers) > 2 else numbers]
    whole = np.isfinite(x).all(axis=1)
    x, tones = x[whole], _tones(dataset, part.y[rows][whole])
    if not len(x):
        return ""
    low, high = x.min(axis=0), x.max(axis=0)
    places = (x - low) / np.where(high > low, high - low, 1.0)
    drawn = [
        f'<circle cx="{8 + a * (width - 16):.1f}" cy="{height - 8 - b * (height - 16):.1f}" r="2.6" class="{tone}"/>'
        for (a, b), tone in zip(places.tolist(), tones, strict=True)
    ]
    return _svg(width, height, title, drawn)


def _tones(dataset: Dataset, y: Array) -> list[str]:
    if dataset.task == "classification":
        return [f"dot tone{int(label) % _TONES}" for label in y]
    values = np.asarray(y, np.float64).reshape(len(y), -1)[:, 0]
    low, high = (float(values.min()), float(values.max())) if len(values) else (0.0, 1.0)
    levels = np.clip((values - low) / ((high - low) or 1.0) * _LEVELS, 0, _LEVELS - 1).astype(int)
    return [f"dot level{level}" for level in levels.tolist()]


def _bars(counts: Array, most: int, width: float, base: float, top: float) -> list[str]:
    step = width / len(counts)
    heights = _heights(counts, most, base - top)
    return [
        f'<rect x="{place * step + 0.5:.2f}" y="{base - tall:.2f}" width="{step - 1:.2f}" height="{tall:.2f}"/>'
        for place, tall in enumerate(heights.tolist())
        if tall
    ]


def _outline(counts: Array, most: int, base: float) -> str:
    step, heights = WIDTH / len(counts), _heights(counts, most, base - _TOP)
    steps = [
        f"L{place * step:.1f},{base - tall:.1f} H{(place + 1) * step:.1f}"
        for place, tall in enumerate(heights.tolist())
    ]
    return f"M0,{base} {' '.join(steps)} V{base}"


def _heights(counts: Array, most: int, room: float) -> FloatArray:
    """What occurs at all is at least a line."""
    return np.where(counts > 0, np.maximum(1.0, counts / most * room), 0.0)


def _svg(width: int, height: int, title: str, drawn: Sequence[str]) -> str:
    label = html.escape(title)
    return f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{label}">{"".join(drawn)}</svg>'
