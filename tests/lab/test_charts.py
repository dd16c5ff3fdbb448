"""Curves as SVG: nothing that could be seen is lost, names cannot break out, long lines stay small."""

import math
import re

import numpy as np
import pytest

from hondo.lab.charts import curve_svg, decimated, nice_ticks


def test_short_lines_are_drawn_whole_without_what_is_not_finite() -> None:
    assert decimated([1.0, math.nan, 3.0, math.inf]) == [(0, 1.0), (2, 3.0)]


def test_long_lines_keep_their_peaks() -> None:
    values = np.sin(np.arange(1_000_000) / 1e5)
    values[123_456], values[654_321] = 9.0, -9.0
    kept = decimated(values.tolist(), most=400)
    assert len(kept) <= 400
    assert (123_456, 9.0) in kept
    assert (654_321, -9.0) in kept
    assert [place for place, _ in kept] == sorted(place for place, _ in kept)


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (-3.2, 17.9), (1e-6, 3e-6), (0.0, 12345.0)])
def test_ticks_are_round_and_lie_within(low: float, high: float) -> None:
    ticks = nice_ticks(low, high)
    assert 2 <= len(ticks) <= 9
    assert all(low - 1e-12 <= tick <= high + 1e-12 for tick in ticks)
    steps = np.diff(ticks)
    np.testing.assert_allclose(steps, steps[0], rtol=1e-6)
    assert f"{steps[0]:.1e}"[:3] in ("1.0", "2.0", "2.5", "5.0")


def test_a_curve_is_described_and_its_points_lie_in_the_picture() -> None:
    drawing = curve_svg({"training": [3.0, 2.0, 1.5], "validation": [3.5, 2.5, 2.0]}, '<b>"loss"', epochs=10)
    assert 'role="img" aria-label="&lt;b&gt;&quot;loss&quot;"' in drawing
    assert drawing.count("<polyline") == 2
    for points in re.findall(r'points="([^"]*)"', drawing):
        for pair in points.split():
            x, y = map(float, pair.split(","))
            assert 0 <= x <= 520
            assert 0 <= y <= 240


def test_nothing_finite_gives_nothing() -> None:
    assert curve_svg({"training": [math.nan]}, "loss", epochs=3) == ""
