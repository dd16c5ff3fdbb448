"""Shapes and strides are those of the memory that NumPy really uses."""

from itertools import permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from tests.scratch.refusals import assert_refused
from tests.scratch.tensors.rebuild import rebuild

from hondo.core.language import use_language
from hondo.scratch.mistakes import Mistake
from hondo.scratch.tensors.shape import position, rank, reshape, shape, strides, transpose

SHAPES = hnp.array_shapes(min_dims=0, max_dims=4, min_side=1, max_side=4)


@pytest.mark.parametrize(
    ("lengths", "english", "spanish"),
    [((), "a scalar", "un escalar"), ((4,), "a vector", "un vector"), ((2, 3), "a matrix", "una matriz"),
     ((2, 3, 4), "a tensor", "un tensor"), ((1, 1, 1, 1, 1), "a tensor", "un tensor")],
)  # fmt: skip
def test_rank_counts_axes_and_names_them(lengths: tuple[int, ...], english: str, spanish: str) -> None:
    for language, word in (("en", english), ("es", spanish)):
        with use_language(language):
            told = rank(np.zeros(lengths))
        assert told.result == np.ndim(np.zeros(lengths)) == len(lengths)
        assert told.description.startswith(f"{word}: {len(lengths)} ")


@pytest.mark.parametrize(("lengths", "words"), [((2, 3), "2 × 3 = 6"), ((5, 0), "5 × 0 = 0"), ((), "1")])
def test_a_shape_multiplies_to_the_number_of_elements(lengths: tuple[int, ...], words: str) -> None:
    for language, noun in (("en", "element"), ("es", "elemento")):
        with use_language(language):
            told = shape(np.zeros(lengths))
        assert told.result == lengths
        assert told.description.startswith(f"{words} {noun}")


@st.composite
def views(draw: st.DrawFn) -> np.ndarray:
    """Some view of numbered memory: every element holds its own address."""
    x = np.arange(600).reshape(draw(st.sampled_from([(600,), (20, 30), (6, 10, 10), (2, 3, 10, 10)])))
    x = x.transpose(draw(st.permutations(range(x.ndim))))
    return x[tuple(slice(draw(st.integers(0, 1)), None, draw(st.sampled_from([1, 2, 3]))) for _ in x.shape)]


@given(view=views(), data=st.data())
def test_position_and_strides_find_every_element_in_memory(view: np.ndarray, data: st.DataObject) -> None:
    index = tuple(data.draw(st.integers(0, length - 1)) for length in view.shape)
    start = view[(0,) * view.ndim]
    assert start + position(index, strides(view).result) == view[index]


@pytest.mark.parametrize("dtype", [np.int8, np.float32, np.complex128])
def test_strides_count_elements_and_not_bytes(dtype: type) -> None:
    x = np.zeros((2, 3, 4), dtype)
    assert strides(x).result == (12, 4, 1)
    assert strides(x[::-1, :, ::2]).result == (-12, 4, 2)
    assert strides(np.broadcast_to(x, (5, 2, 3, 4))).result == (0, 12, 4, 1)


def test_strides_are_told_axis_by_axis() -> None:
    with use_language("en"):
        assert strides(np.zeros((2, 3))).description == "one step along axis 0 skips 3; one step along axis 1 skips 1"
        assert strides(np.zeros(())).description == "one number, no axes"
    with use_language("es"):
        assert strides(np.zeros((2, 3))).description == "un paso por el eje 0 salta 3; un paso por el eje 1 salta 1"
        assert strides(np.zeros(())).description == "un solo número, sin ejes"


def test_an_index_has_one_number_for_each_stride() -> None:
    with pytest.raises(ValueError, match="zip"):
        position((1,), (3, 1))


@given(lengths=st.lists(st.integers(1, 4), max_size=4), data=st.data())
def test_reshape_is_numpys_and_moves_no_number(lengths: list[int], data: st.DataObject) -> None:
    x = np.arange(np.prod(lengths, dtype=int)).reshape(lengths)
    target = data.draw(st.permutations(lengths))
    if target and data.draw(st.booleans()):
        target[data.draw(st.integers(0, len(target) - 1))] = -1
    moved = reshape(x, tuple(target))
    np.testing.assert_array_equal(moved.result, np.reshape(x, target))
    np.testing.assert_array_equal(rebuild(moved, x), moved.result)
    np.testing.assert_array_equal(moved.origin.ravel(), np.arange(x.size))
    assert moved.shares_memory


@given(lengths=st.lists(st.integers(0, 4), max_size=3), target=st.lists(st.integers(-1, 6), max_size=3))
def test_reshape_refuses_what_numpy_refuses(lengths: list[int], target: list[int]) -> None:
    x = np.zeros(lengths)
    try:
        expected = np.reshape(x, target).shape
    except ValueError:
        with pytest.raises(Mistake):
            reshape(x, tuple(target))
    else:
        assert reshape(x, tuple(target)).result.shape == expected


def test_rows_of_a_transposed_tensor_do_not_lie_in_order_so_reshape_copies() -> None:
    x = np.arange(6).reshape(2, 3).T
    moved = reshape(x, (6,))
    assert moved.result.tolist() == [0, 3, 1, 4, 2, 5]
    assert not moved.shares_memory
    np.testing.assert_array_equal(rebuild(moved, x), moved.result)


@pytest.mark.parametrize("axes", [None, *permutations(range(3))])
def test_transpose_is_numpys_and_only_strides_change_places(axes: tuple[int, ...] | None) -> None:
    x = np.arange(24.0).reshape(2, 3, 4)
    moved = transpose(x, axes)
    np.testing.assert_array_equal(moved.result, np.transpose(x, axes))
    np.testing.assert_array_equal(rebuild(moved, x), moved.result)
    assert moved.shares_memory
    assert strides(moved.result).result == tuple(strides(x).result[k] for k in axes or (2, 1, 0))


@given(lengths=SHAPES, data=st.data())
def test_transposing_back_gives_the_tensor_again(lengths: tuple[int, ...], data: st.DataObject) -> None:
    x = np.arange(np.prod(lengths, dtype=int)).reshape(lengths)
    axes = tuple(data.draw(st.permutations(range(x.ndim))))
    back = tuple(int(k) for k in np.argsort(axes))
    np.testing.assert_array_equal(transpose(transpose(x, axes).result, back).result, x)


@pytest.mark.parametrize("move", [lambda x: reshape(x, (3, 2)), lambda x: transpose(x)])
def test_the_rule_is_told_in_both_languages(move: Any) -> None:
    told = []
    for language in ("en", "es"):
        with use_language(language):
            told.append(move(np.zeros((2, 3))).description)
    assert all(told)
    assert told[0] != told[1]


@pytest.mark.mistake
@pytest.mark.parametrize("target", [(4, 2), (-1, -1), (4, -1), (-2, -3), (), (0, -1)])
def test_elements_that_do_not_fill_the_new_shape(target: tuple[int, ...]) -> None:
    assert_refused(
        lambda: reshape(np.zeros((2, 3)), target),
        f"6 elements of shape (2, 3) do not fill the shape {target} … at most one may be -1",
        f"6 elementos de forma (2, 3) no llenan la forma {target} … a lo sumo una puede ser -1",
    )


@pytest.mark.mistake
@pytest.mark.parametrize("axes", [(0,), (0, 0), (1, 2), (0, 1, 2), (0, -1)])
def test_axes_that_are_no_order_of_the_axes(axes: tuple[int, ...]) -> None:
    assert_refused(
        lambda: transpose(np.zeros((2, 3)), axes),
        f"axes must name each of the 2 axes once, got {axes} … from 0",
        f"axes debe nombrar una vez cada uno de los 2 ejes, llegó {axes} … desde 0",
    )
