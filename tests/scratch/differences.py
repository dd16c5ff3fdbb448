"""Derivatives without calculus: move one number a little to both sides and see how much the answer moves."""

from collections.abc import Callable
from typing import Any

import numpy as np


def slopes(function: Callable[[np.ndarray], Any], at: np.ndarray, distance: float = 1e-6) -> np.ndarray:
    """Central differences in float64: ∂function/∂at, of shape ``(*answer, *at)``; just ``at.shape`` for a scalar."""
    at = np.asarray(at, np.float64)
    columns = []
    for index in np.ndindex(*at.shape):
        nudge = np.zeros_like(at)
        nudge[index] = distance
        columns.append((np.asarray(function(at + nudge)) - np.asarray(function(at - nudge))) / (2 * distance))
    moved = np.stack(columns, axis=-1)
    return moved.reshape(moved.shape[:-1] + at.shape)
