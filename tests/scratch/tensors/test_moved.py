"""Elements can be followed through anything that moves, repeats or drops them."""

from collections.abc import Callable

import numpy as np
import pytest
from tests.scratch.tensors.rebuild import rebuild

from hondo.scratch.tensors.moved import Move, Told, follow


@pytest.mark.parametrize("dtype", [np.int64, np.float32, np.bool_, np.dtype("U1")])
@pytest.mark.parametrize(
    "operation",
    [
        lambda t: t,
        lambda t: t[::-1],
        lambda t: np.repeat(t, 2, axis=1),
        lambda t: np.tile(t, (2, 1)),
        lambda t: np.roll(t, 1, axis=1),
        lambda t: np.rot90(t),
        lambda t: t[1, 2],
        lambda t: t[:0],
    ],
    ids=["same", "reversed", "repeat", "tile", "roll", "rot90", "one element", "nothing"],
)
def test_the_moves_alone_build_the_result(operation: Callable[[np.ndarray], np.ndarray], dtype: type) -> None:
    x = np.array([[5, 0, 7], [9, 1, 4]]).astype(dtype)
    moved = follow(operation, x, "words")
    np.testing.assert_array_equal(moved.result, operation(x))
    np.testing.assert_array_equal(rebuild(moved, x), operation(x))
    assert moved.result.dtype == x.dtype
    assert moved.description == "words"


def test_moves_come_in_the_order_of_the_result_as_plain_numbers() -> None:
    moves = follow(lambda t: t.T, np.array([[10.0, 20.0, 30.0]]), "").moves()
    assert moves == [Move((0, 0), (0, 0), 10.0), Move((0, 1), (1, 0), 20.0), Move((0, 2), (2, 0), 30.0)]
    assert all(type(move.value) is float and type(move.source[0]) is int for move in moves)


@pytest.mark.parametrize(("operation", "shared"), [(lambda t: t[::2], True), (lambda t: t[[0, 2]], False)])
def test_a_result_that_shares_memory_changes_its_source(
    operation: Callable[[np.ndarray], np.ndarray], shared: bool
) -> None:
    x = np.array([1, 2, 3])
    moved = follow(operation, x, "")
    moved.result[0] = 99
    assert moved.shares_memory == shared == (x[0] == 99)


def test_a_fact_is_told_with_its_meaning() -> None:
    assert (Told(2, "two axes").result, Told(2, "two axes").description) == (2, "two axes")
