"""`hondo lr-find` from the terminal."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Call = Callable[..., Any]


def test_a_suggestion_with_its_rule_and_a_plot(hondo: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = hondo("lr-find", "digits-mlp", "--steps", "40")
    assert result.code == 0
    assert "rule lowest/10" in result.out
    assert "hondo run digits-mlp --set learn.learning_rate=" in result.out
    assert (tmp_path / "digits-mlp-lr-find.png").stat().st_size > 10_000


def test_as_json(hondo: Call, tmp_path: Path) -> None:
    plot = tmp_path / "plot.png"
    found = json.loads(hondo("lr-find", "iris-mlp", "--steps", "30", "--json", "-o", str(plot)).out)
    assert len(found["rates"]) == len(found["losses"]) == len(found["smoothed"])
    assert found["suggestion"] == pytest.approx(found["rates"][found["smoothed"].index(min(found["smoothed"]))] / 10)
    assert plot.exists()
