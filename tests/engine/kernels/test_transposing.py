"""Rows and columns are swapped exactly, whatever their numbers."""

import jax
import numpy as np
import pytest
from against_xla import random_arrays

from hondo.engine.kernels.transposing import swap_last

SHAPES = [(1, 1), (3, 5), (16, 16), (17, 16), (16, 17), (33, 70), (1, 40), (40, 1), (2, 3, 15, 48), (3, 3, 64, 31)]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_the_last_two_dimensions_are_swapped(shape: tuple[int, ...]) -> None:
    (x,) = random_arrays(0, shape)
    np.testing.assert_array_equal(jax.jit(swap_last)(x), x.swapaxes(-1, -2), strict=True)
