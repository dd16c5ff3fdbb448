"""What charts show: nothing that could be seen is lost, names cannot break out, long lines stay small."""

import math
import re

import numpy as np
import pytest

from hondo.core.language import use_language
from hondo.lab.charts import charts_of, decimated, histogram_svg, nice_ticks
from hondo.store.curves import Curve


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


def curve(*values: float | None, first: int = 0) -> Curve:
    return Curve(list(range(first, first + len(values))), list(values), [], [], len(values), first + len(values) - 1)


def test_what_belongs_together_shares_a_chart_and_a_rate_that_stands_still_is_none() -> None:
    curves = {
        "accuracy": curve(0.5, 0.6),
        "learning_rate": curve(0.1, 0.1),
        "loss": curve(3.0, None),
        "val_loss": curve(2.0, 1.0),
    }
    with use_language("en"):
        told = charts_of(curves, "epoch", 10)
    assert told["last"] == 10
    assert [chart["name"] for chart in told["charts"]] == ["loss", "accuracy"]
    loss = told["charts"][0]
    assert [(line["label"], line["kind"]) for line in loss["lines"]] == [("training", "second"), ("validation", "main")]
    assert loss["lines"][0]["x"] == [1, 2]  # epochs are counted from 1
    assert loss["lines"][0]["y"] == [3.0, None]
    steps = charts_of({"loss": curve(1.0, 2.0, first=50), "learning_rate": curve(0.1, 0.2)}, "step", 10)
    assert steps["charts"][0]["lines"][0]["x"] == [50, 51]
    assert (steps["charts"][0]["lines"][0]["kind"], steps["last"]) == ("main", 0)
    assert steps["charts"][1]["name"] == "learning_rate"


def test_a_histogram_has_a_bar_for_each_bin_that_holds_something() -> None:
    drawing = histogram_svg([-1.0, 0.0, 1.0, 2.0], [5, 0, 10], '<b>"weights"')
    assert 'aria-label="&lt;b&gt;&quot;weights&quot;"' in drawing
    heights = [float(height) for height in re.findall(r'height="([\d.]+)" class="bin"', drawing)]
    assert heights == [32.0, 64.0]
