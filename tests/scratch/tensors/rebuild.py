"""Moves are true if the result can be put together from them alone."""

import numpy as np

from hondo.scratch.tensors.moved import Moved


def rebuild(moved: Moved, source: np.ndarray) -> np.ndarray:
    """Carry each element from its place in the source to its place in the result."""
    assert moved.source_shape == source.shape
    built = np.zeros(moved.result.shape, source.dtype)
    carried = np.zeros(moved.result.shape, int)
    for move in moved.moves():
        assert source[move.source] == move.value
        built[move.target] = source[move.source]
        carried[move.target] += 1
    assert (carried == 1).all()
    return built
