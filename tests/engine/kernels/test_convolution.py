"""Convolutions and both their gradients are XLA's, and as accurate as float32 allows, whatever their shapes."""

from typing import Any
from unittest.mock import Mock

import jax
import numpy as np
import pytest
from against_xla import (
    OURS,
    STEADY,
    assert_close,
    assert_equals_xla,
    lowered_primitives,
    random_arrays,
    run_lowered,
    run_xla,
)
from convolutions import Case, convolutions, layouts
from hypothesis import given, settings
from hypothesis import strategies as st
from jax import lax

from hondo.engine.kernels import convolution

NHWC = ("NHWC", "HWIO", "NHWC")


def case(left: tuple[int, ...], right: tuple[int, ...], padding: Any = None, **options: Any) -> Case:
    space = len(left) - 2
    ones = (1,) * space
    written = {
        "strides": ones,
        "left_dilation": ones,
        "right_dilation": ones,
        "groups": 1,
        "layouts": layouts("last", space),
    }
    return Case(left, right, padding=tuple(padding or [(0, 0)] * space), **{**written, **options})


def assert_accurate(drawn: Case, against_xla: bool = True) -> None:
    """Each value is off by a few roundings of the sum of its products' sizes, and equals XLA's as closely."""
    arrays = random_arrays(0, *drawn.shapes)
    found = run_lowered(drawn.with_gradients, *arrays)
    exact, sizes = drawn.in_float64(*arrays), drawn.in_float64(*map(np.abs, arrays))
    theirs = run_xla(drawn.with_gradients, *arrays) if against_xla else exact
    for ours, xla, true, size in zip(found, theirs, exact, sizes, strict=True):
        # A fast algorithm spreads its errors over neighbours, so a value is measured by the larger of its array, too.
        allowed = np.maximum(2e-6 * size, 1e-6 * size.max(initial=0)) + 1e-30
        assert ours.shape == true.shape
        assert np.all(np.abs(np.asarray(ours, np.float64) - true) <= allowed)
        assert np.all(np.abs(np.asarray(ours, np.float64) - np.asarray(xla, np.float64)) <= 2 * allowed)


@pytest.mark.parametrize("space", [1, 2, 3])
@settings(STEADY, max_examples=8)
@given(data=st.data())
def test_any_convolution_is_accurate_in_one_two_and_three_dimensions(space: int, data: Any) -> None:
    assert_accurate(data.draw(convolutions(space)))


@pytest.mark.parametrize(
    "heavy",
    [
        case((20, 70, 2, 3), (90, 70, 3, 3), [(1, 1), (1, 1)]),
        case((17, 80, 5, 4), (100, 80, 3, 2), [(0, 1), (1, 0)], strides=(2, 3)),
        case((33, 60, 3), (50, 60, 4), [(2, 2)], right_dilation=(2,)),
        case((16, 30, 2, 2, 2), (40, 30, 2, 2, 2), [(1, 0)] * 3),
        case((40, 300, 2, 2), (400, 300, 1, 1), strides=(2, 2)),
        case((33, 400), (300, 400)),
    ],
    ids=lambda drawn: "x".join(map(str, drawn.left)),
)
def test_weights_may_be_larger_than_all_pixels(heavy: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    exchanged = Mock(wraps=convolution._over_weights)
    monkeypatch.setattr(convolution, "_over_weights", exchanged)
    assert_accurate(heavy)
    assert exchanged.called


@settings(STEADY, max_examples=8)
@given(drawn=convolutions(2, any_layout=True))
def test_dimensions_may_lie_in_any_order(drawn: Case) -> None:
    assert_accurate(drawn)


@pytest.mark.parametrize(
    "long",
    [
        case((2, 400, 6, 5), (40, 400, 3, 3), [(1, 1), (1, 1)]),  # channels summed in several blocks
        case((3, 90, 9, 8), (17, 90, 7, 7), [(3, 3), (3, 3)]),
        case((1, 24, 3, 150), (33, 24, 3, 5), [(1, 1), (2, 2)], right_dilation=(1, 2)),  # lines of several chunks
        case((2, 70, 400), (5, 70, 9), [(4, 4)]),
        case((5, 8, 40, 40), (40, 8, 1, 1)),  # the gradient of the weights in several blocks
        case((130, 5, 6, 6), (20, 5, 3, 3), strides=(2, 2)),
        case((3, 16, 6, 6), (100, 16, 2, 2)),
        case((33, 64), (70, 64)),  # no space at all: a matrix product
        case((3, 64), (70, 64)),
    ],
    ids=lambda drawn: "x".join(map(str, drawn.left)),
)
def test_sums_that_are_cut_into_blocks_are_accurate(long: Case) -> None:
    assert_accurate(long)


@pytest.mark.parametrize(
    "alike",
    [
        # As many samples as groups and features, but more than a channel in a group.
        case((4, 8, 6, 5), (4, 2, 3, 3), [(1, 1), (1, 1)], groups=4),
        case((4, 8, 6, 5), (4, 2, 3, 3), [(1, 1), (1, 1)], groups=4, layouts=layouts("first", 2)),
        case((2, 2, 6), (4, 1, 3), [(1, 1)], groups=2),
        case((3, 3, 6, 5), (3, 1, 3, 3), [(1, 1), (1, 1)], groups=3),
        # One pixel, one channel: all strides are 1.
        case((5, 1, 1, 1), (4, 1, 3, 3), [(1, 1), (1, 1)]),
        case((5, 1, 1), (40, 1, 3), [(1, 1)]),
        case((1, 1, 1, 1), (1, 1, 3, 3), [(1, 1), (1, 1)]),
        # Samples, or channels, where columns are expected.
        case((3, 5, 6, 7), (4, 5, 3, 3), [(1, 1), (1, 1)], layouts=((2, 3, 0, 1), (3, 2, 0, 1), (2, 3, 0, 1))),
        case((1, 5, 6, 7), (9, 5, 3, 3), [(1, 1), (1, 1)], layouts=((3, 2, 0, 1),) * 3),
        case((1, 5, 6, 7), (9, 5, 3, 3), [(1, 1), (1, 1)]),
    ],
    ids=lambda drawn: "x".join(map(str, drawn.left + drawn.layouts[0])),
)
def test_sizes_that_coincide_are_not_confused(alike: Case) -> None:
    assert_accurate(alike)


@settings(STEADY, max_examples=8)
@given(data=st.data())
def test_tiny_sizes_are_not_confused(data: Any) -> None:
    tiny = st.integers(1, 3)
    groups, channels, features = data.draw(tiny), data.draw(tiny), data.draw(tiny)
    size, window = (tuple(data.draw(tiny) for _ in range(2)) for _ in range(2))
    orders = st.permutations(range(4)).map(tuple)
    assert_accurate(
        case(
            (data.draw(tiny), groups * channels, *size),
            (groups * features, channels, *window),
            [(length - 1, length - 1) for length in window],
            groups=groups,
            layouts=data.draw(st.one_of(st.just(layouts("last", 2)), st.tuples(orders, orders, orders))),
        )
    )


@pytest.mark.parametrize(
    "odd",
    [
        case((2, 3, 4, 8), (4, 3, 3, 3), [(5, 5), (4, 0)]),  # windows that lie in the padding alone
        case((2, 3, 4, 8), (4, 3, 1, 2), [(2, 3), (0, 4)], strides=(2, 3)),
        case((2, 3, 6, 8), (4, 3, 3, 3), [(-2, -1), (-1, 0)]),
        case((2, 3, 5, 5), (4, 3, 2, 2), [(0, 0), (0, 0)], left_dilation=(3, 3), right_dilation=(2, 3)),
        case((2, 3, 9), (4, 3, 1), [(0, 0)], strides=(4,)),  # inputs that no window meets
    ],
    ids=lambda drawn: str(drawn.padding),
)
def test_padding_of_any_size_is_accurate(odd: Case) -> None:
    # In double precision only: XLA's own gradient of the first is wrong.
    assert_accurate(odd, against_xla=False)


def both_gradients(left: Any, right: Any, **options: Any) -> Any:
    out, back = jax.vjp(lambda x, w: lax.conv_general_dilated(x, w, **options, dimension_numbers=NHWC), left, right)
    return out, back(out + 1)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ((0, 6, 5, 3), (3, 3, 3, 4)),
        ((2, 0, 5, 3), (3, 3, 3, 4)),
        ((2, 6, 5, 0), (3, 3, 0, 4)),
        ((2, 6, 5, 3), (3, 3, 3, 0)),
    ],
    ids=["samples", "lines", "channels", "features"],
)
def test_arrays_of_no_size_are_no_problem(left: tuple[int, ...], right: tuple[int, ...]) -> None:
    def function(x: Any, w: Any) -> Any:
        return both_gradients(x, w, window_strides=(1, 1), padding="SAME")

    assert_equals_xla(function, *random_arrays(0, left, right), replaced=False)


def test_a_result_of_no_size_is_no_problem() -> None:
    def function(x: Any, w: Any) -> Any:
        return both_gradients(x, w, window_strides=(1, 1), padding="VALID")

    assert_equals_xla(function, *random_arrays(0, (2, 2, 5, 3), (3, 3, 3, 4)), replaced=False)


def test_groups_of_the_batch_are_as_in_xla() -> None:
    def function(x: Any, w: Any) -> Any:
        return both_gradients(x, w, window_strides=(1, 2), padding="SAME", batch_group_count=3)

    assert_equals_xla(function, *random_arrays(0, (6, 5, 6, 4), (3, 3, 4, 9)))


@pytest.mark.parametrize("precision", ["default", "high", "highest"])
def test_precision_is_full_whatever_is_asked(precision: str) -> None:
    def function(x: Any, w: Any) -> Any:
        return both_gradients(x, w, window_strides=(1, 1), padding="SAME", precision=precision)

    assert_equals_xla(function, *random_arrays(0, (3, 6, 5, 20), (3, 3, 20, 9)), within=2e-6)


def test_values_that_are_not_numbers_stay_where_xla_has_them() -> None:
    x, w = random_arrays(0, (4, 7, 6, 5), (3, 3, 5, 18))
    x[1, 2, 3, 0], x[3, 0, 0, 4] = np.inf, np.nan

    def function(x: Any, w: Any) -> Any:
        return lax.conv_general_dilated(x, w, (2, 1), "SAME", dimension_numbers=NHWC)

    found, expected = (np.asarray(run(function, x, w)) for run in (run_lowered, run_xla))
    np.testing.assert_array_equal(np.isfinite(found), np.isfinite(expected))
    finite = np.isfinite(expected)
    np.testing.assert_allclose(found[finite], expected[finite], rtol=0, atol=1e-5 * np.abs(expected[finite]).max())


def test_a_sum_of_zeros_is_zero() -> None:
    zeros = [np.zeros(shape, np.float32) for shape in ((2, 6, 6, 16), (3, 3, 16, 16))]
    found = run_lowered(lambda x, w: both_gradients(x, w, window_strides=(1, 1), padding="SAME")[0], *zeros)
    assert_close(found, np.zeros((2, 6, 6, 16), np.float32))


@pytest.mark.parametrize("space", [1, 2, 3])
def test_plain_convolutions_and_their_gradients_run_in_our_kernels(space: int) -> None:
    drawn = case((4, 5, *[8] * space), (6, 5, *[3] * space))
    left, right, slope = random_arrays(0, *drawn.shapes)
    for part in range(3):
        # One of the three at a time, so that none hides behind the others.
        assert OURS in lowered_primitives(lambda *a, part=part: drawn.with_gradients(*a)[part], left, right, slope)
