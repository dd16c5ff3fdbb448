"""Basic indexing shares memory, advanced indexing copies, and both choose what NumPy chooses."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from tests.scratch.refusals import assert_refused
from tests.scratch.tensors.rebuild import rebuild

from hondo.core.language import use_language
from hondo.scratch.tensors.indexing import advanced_index, basic_index

SHAPES = hnp.array_shapes(max_dims=3, max_side=4)
CUBE = np.arange(24).reshape(2, 3, 4)


def numbered(lengths: tuple[int, ...]) -> np.ndarray:
    return np.arange(np.prod(lengths, dtype=int)).reshape(lengths)


@given(lengths=SHAPES, data=st.data())
def test_basic_indexing_is_numpys_without_a_copy(lengths: tuple[int, ...], data: st.DataObject) -> None:
    x = numbered(lengths)
    key = data.draw(hnp.basic_indices(lengths, allow_newaxis=True))
    key = key if isinstance(key, tuple) else (key,)
    chosen = basic_index(x, *key)
    np.testing.assert_array_equal(chosen.result, x[key])
    np.testing.assert_array_equal(rebuild(chosen, x), x[key])
    assert chosen.shares_memory == np.shares_memory(chosen.result, x)
    if chosen.result.ndim and chosen.result.size:
        assert chosen.shares_memory


@pytest.mark.parametrize("key", [(1,), (1, 2), (1, 2, 3), (slice(None), np.int64(1)), (..., 0), (None, 1), ()])
def test_only_what_shares_memory_is_called_a_view(key: tuple[Any, ...]) -> None:
    for language, view in (("en", "a view"), ("es", "una vista")):
        with use_language(language):
            chosen = basic_index(CUBE, *key)
        assert chosen.description.startswith(view) == chosen.shares_memory


def test_what_is_written_into_a_view_is_seen_in_the_source() -> None:
    x = numbered((3, 4))
    basic_index(x, slice(None), 1).result[:] = -1
    assert (x[:, 1] == -1).all()
    advanced_index(x, [0, 1]).result[:] = 99
    assert (x != 99).all()


@given(lengths=SHAPES, data=st.data())
def test_lists_of_positions_are_read_in_parallel(lengths: tuple[int, ...], data: st.DataObject) -> None:
    x = numbered(lengths)
    key = data.draw(hnp.integer_array_indices(lengths))
    chosen = advanced_index(x, *key)
    np.testing.assert_array_equal(chosen.result, x[key])
    np.testing.assert_array_equal(rebuild(chosen, x), x[key])
    assert not chosen.shares_memory


@given(lengths=SHAPES, data=st.data())
def test_a_mask_keeps_what_is_true(lengths: tuple[int, ...], data: st.DataObject) -> None:
    x, mask = numbered(lengths), data.draw(hnp.arrays(bool, lengths))
    chosen = advanced_index(x, mask)
    assert chosen.result.tolist() == [value for value, kept in zip(x.flat, mask.flat, strict=True) if kept]
    np.testing.assert_array_equal(rebuild(chosen, x), chosen.result)
    assert not chosen.shares_memory


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (([0, 1], [2, 0], [3, -1]), [11, 15]),
        (([0, 1], slice(None), 0), [[0, 4, 8], [12, 16, 20]]),
        ((..., [3, 3]), [[[3, 3], [7, 7], [11, 11]], [[15, 15], [19, 19], [23, 23]]]),
        ((np.array([[0], [1]]), np.array([0, 2]), 1), [[1, 9], [13, 21]]),
        ((np.array([False, True]), 0), [[12, 13, 14, 15]]),
    ],
)
def test_lists_beside_slices_and_integers(key: tuple[Any, ...], expected: list[Any]) -> None:
    chosen = advanced_index(CUBE, *key)
    assert chosen.result.tolist() == expected
    assert rebuild(chosen, CUBE).tolist() == expected
    assert not chosen.shares_memory


def test_a_copy_is_told_as_one() -> None:
    for language, words in (("en", "a copy"), ("es", "una copia")):
        with use_language(language):
            assert advanced_index(CUBE, [0]).description.startswith(words)


@pytest.mark.mistake
@pytest.mark.parametrize("key", [([0, 1],), (np.array([True, False]),), (True,), (np.True_,), (1.0,), ("a",)])
def test_basic_indexing_refuses_lists_and_masks(key: tuple[Any, ...]) -> None:
    assert_refused(
        lambda: basic_index(CUBE, *key),
        "basic_index takes integers and slices only … use advanced_index",
        "basic_index solo admite enteros y rebanadas (slices) … use advanced_index",
    )


@pytest.mark.mistake
@pytest.mark.parametrize("key", [(), (1,), (slice(None), 2), (...,), (True,)])
def test_advanced_indexing_needs_something_advanced(key: tuple[Any, ...]) -> None:
    assert_refused(
        lambda: advanced_index(CUBE, *key),
        "advanced_index needs a list, an array or a mask … use basic_index",
        "advanced_index necesita una lista, array o máscara … use basic_index",
    )


@pytest.mark.mistake
@pytest.mark.parametrize(
    ("index", "key"),
    [
        (basic_index, (2,)), (basic_index, (0, -4)), (basic_index, (0, 0, 0, 0)), (basic_index, (..., ...)),
        (advanced_index, ([0, 2],)), (advanced_index, ([0, 1], [0, 1, 2])),
        (advanced_index, (np.array([True, False, True]),)), (advanced_index, ([0.5],)),
    ],
)  # fmt: skip
def test_elements_that_do_not_exist(index: Any, key: tuple[Any, ...]) -> None:
    assert_refused(
        lambda: index(CUBE, *key),
        "no such elements in a tensor of shape (2, 3, 4) … from 0 to n-1",
        "no existen tales elementos en un tensor de forma (2, 3, 4) … de 0 a n-1",
    )
