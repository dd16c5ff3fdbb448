"""Commands given damaged files."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest


@pytest.mark.parametrize("damage", ["cut", "changed", "no x"])
def test_a_damaged_array_file_is_told_by_name(hondo: Callable[..., Any], tmp_path: Path, damage: str) -> None:
    path = tmp_path / "samples.npz"
    np.savez(path, **{"z" if damage == "no x" else "x": np.ones((8, 4))})
    whole = path.read_bytes()
    if damage == "cut":
        path.write_bytes(whole[:100])
    elif damage == "changed":
        path.write_bytes(whole[:300] + bytes([whole[300] ^ 255]) + whole[301:])
    said = hondo("predict", str(path))
    assert said.code == 3
    assert "samples.npz" in said.err
