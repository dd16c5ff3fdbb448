"""The shapes for which fast algorithms pay: 3×3 and 5×5, stride 1, many channels. Accurate in every corner."""

from typing import Any

import jax
import numpy as np
import pytest
from against_xla import OURS, STEADY, assert_close, lowered_primitives, random_arrays, run_lowered, run_xla
from hypothesis import given, settings
from hypothesis import strategies as st
from jax import lax

import hondo.engine.lowering as lowering

SAME, VALID = ((1, 1), (1, 1)), ((0, 0), (0, 0))
SQUARES = 64  # of 4×4 results: with fewer, fast algorithms do not pay

many = st.sampled_from([16, 32, 48])
lengths = st.integers(5, 35)
paddings = st.sampled_from([SAME, VALID, ((1, 0), (0, 2)), ((2, 2), (2, 2))])


def convolve(x: Any, w: Any, padding: Any) -> Any:
    return lax.conv_general_dilated(x, w, (1, 1), padding, dimension_numbers=("NHWC", "HWIO", "NHWC"))


def with_gradients(padding: Any) -> Any:
    def function(x: Any, w: Any, slope: Any) -> Any:
        out, back = jax.vjp(lambda x, w: convolve(x, w, padding), x, w)
        return out, *back(slope)

    return function


def slope_shape(x: tuple[int, ...], features: int, padding: Any, taps: int) -> tuple[int, ...]:
    height, width = (size + sum(edge) - taps + 1 for size, edge in zip(x[1:3], padding, strict=True))
    return (x[0], height, width, features)


def in_float64(x: Any, w: Any, slope: Any, padding: Any) -> list[np.ndarray]:
    """The result and both gradients, as a matrix product each for every tap."""
    x, w, slope = (np.asarray(array, np.float64) for array in (x, w, slope))
    padded = np.pad(x, ((0, 0), *padding, (0, 0)))
    out, x_slope, w_slope = np.zeros(slope.shape), np.zeros(padded.shape), np.zeros(w.shape)
    height, width = slope.shape[1:3]
    for i, j in np.ndindex(*w.shape[:2]):
        part = np.s_[:, i : i + height, j : j + width]
        out += padded[part] @ w[i, j]
        x_slope[part] += slope @ w[i, j].T
        w_slope[i, j] = np.tensordot(padded[part], slope, ((0, 1, 2), (0, 1, 2)))
    (top, _), (left, _) = padding
    return [out, x_slope[:, top : top + x.shape[1], left : left + x.shape[2]], w_slope]


def float32(arrays: Any) -> tuple[Any, ...]:
    return tuple(np.asarray(array, np.float32) for array in arrays)


@settings(STEADY, max_examples=5)
@given(
    taps=st.sampled_from([3, 5]),
    more=st.integers(0, 8),
    height=lengths,
    width=lengths,
    channels=many,
    features=many,
    padding=paddings,
    positive=st.booleans(),
)
def test_results_and_gradients_are_accurate(
    taps: int, more: int, height: int, width: int, channels: int, features: int, padding: Any, positive: bool
) -> None:
    batch = 1 + SQUARES // (height * width // 16) + more
    x_shape = (batch, height, width, channels)
    slopes = slope_shape(x_shape, features, padding, taps)
    x, w, slope = random_arrays(1, x_shape, (taps, taps, channels, features), slopes)
    x = np.maximum(x, 0) if positive else x  # behind a ReLU the inputs do not cancel
    found = run_lowered(with_gradients(padding), x, w, slope)
    assert_close(found, float32(in_float64(x, w, slope, padding)), within=1e-5)
    assert_close(found, run_xla(with_gradients(padding), x, w, slope), within=1e-5)


@pytest.mark.parametrize("taps", [3, 5])
@pytest.mark.parametrize("shape", [(70, 1, 2, 16), (33, 3, 4, 32), (1, 4, 260, 16), (64, 5, 5, 16), (3, 17, 18, 128)])
def test_pictures_of_extreme_shapes_are_accurate(shape: tuple[int, ...], taps: int) -> None:
    x, w, slope = random_arrays(2, shape, (taps, taps, shape[-1], 32), (*shape[:3], 32))
    same = ((taps // 2, taps // 2),) * 2
    found = run_lowered(with_gradients(same), x, w, slope)
    assert_close(found, float32(in_float64(x, w, slope, same)), within=1e-5)


@pytest.mark.parametrize("turned", [(0, 1), (1, 0), (0,), (0, 1, 2), (2, 3)], ids=str)
def test_weights_turned_round_by_hand_are_accurate(turned: tuple[int, ...]) -> None:
    x, w, slope = random_arrays(10, (5, 16, 17, 16), (3, 3, 16, 16), (5, 16, 17, 16))

    def function(x: Any, w: Any, slope: Any) -> Any:
        out, back = jax.vjp(lambda x, w: convolve(x, lax.rev(w, turned), SAME) + w[0, 0, 0, 0], x, w)
        twice = convolve(x, lax.rev(lax.rev(w, turned), (0, 1)), SAME)
        return out, *back(slope), twice

    assert_close(run_lowered(function, x, w, slope), run_xla(function, x, w, slope))


def test_a_faint_sample_is_as_accurate_as_a_bright_one_beside_it() -> None:
    x, w, slope = random_arrays(3, (5, 18, 11, 32), (3, 3, 32, 32), (5, 18, 11, 32))
    scales = np.float32([1e-4, 1, 1e4, 1e-4, 1]).reshape(5, 1, 1, 1)
    x, slope = x * scales, slope * scales
    out, x_slope, _ = run_lowered(with_gradients(SAME), x, w, slope)
    true_out, true_slope, _ = float32(in_float64(x, w, slope, SAME))
    for sample in range(5):
        assert_close((out[sample], x_slope[sample]), (true_out[sample], true_slope[sample]), within=1e-5)


def test_what_is_not_finite_stays_in_its_sample_and_is_not_lost() -> None:
    x, w = random_arrays(4, (4, 16, 17, 16), (3, 3, 16, 16))
    x[1, 4, 4, 3], x[2, 0, 0, 0] = np.nan, np.inf

    found, expected = (np.asarray(run(lambda x, w: convolve(x, w, SAME), x, w)) for run in (run_lowered, run_xla))
    assert not np.isfinite(found[~np.isfinite(expected)]).any()
    assert_close(found[[0, 3]], expected[[0, 3]])


@pytest.mark.parametrize(
    ("layout", "x_shape", "w_shape"),
    [
        (("NCHW", "OIHW", "NCHW"), (5, 32, 13, 18), (16, 32, 3, 3)),
        (("HWNC", "HWIO", "HWNC"), (13, 18, 5, 32), (3, 3, 32, 16)),
    ],
    ids=["NCHW", "HWNC"],
)
def test_other_layouts_are_accurate(layout: Any, x_shape: tuple[int, ...], w_shape: tuple[int, ...]) -> None:
    def function(x: Any, w: Any) -> Any:
        out, back = jax.vjp(lambda x, w: lax.conv_general_dilated(x, w, (1, 1), "SAME", dimension_numbers=layout), x, w)
        return out, back(out)

    x, w = random_arrays(5, x_shape, w_shape)
    assert_close(run_lowered(function, x, w), run_xla(function, x, w))


@pytest.mark.parametrize(
    "options",
    [{"feature_group_count": 2}, {"rhs_dilation": (2, 2)}, {"lhs_dilation": (2, 2)}, {"window_strides": (2, 2)}],
)
def test_relatives_that_look_alike_are_accurate(options: dict[str, Any]) -> None:
    written = {"window_strides": (1, 1), "padding": SAME, "dimension_numbers": ("NHWC", "HWIO", "NHWC"), **options}

    def function(x: Any, w: Any) -> Any:
        out, back = jax.vjp(lambda x, w: lax.conv_general_dilated(x, w, **written), x, w)
        return out, back(out)

    groups = options.get("feature_group_count", 1)
    x, w = random_arrays(6, (4, 16, 17, 32), (3, 3, 32 // groups, 32))
    assert_close(run_lowered(function, x, w), run_xla(function, x, w))


def test_all_three_run_in_our_kernels() -> None:
    arrays = random_arrays(7, (4, 16, 16, 16), (3, 3, 16, 16), (4, 16, 16, 16))
    for part in range(3):
        found = lowered_primitives(lambda *a, part=part: with_gradients(SAME)(*a)[part], *arrays)
        assert OURS in found
        assert "conv_general_dilated" not in found


def test_few_squares_are_accurate() -> None:
    x, w, slope = random_arrays(9, (1, 9, 10, 16), (3, 3, 16, 48), (1, 9, 10, 48))
    found = run_lowered(with_gradients(SAME), x, w, slope)
    assert_close(found, float32(in_float64(x, w, slope, SAME)), within=1e-5)


def test_the_same_bits_come_in_every_run() -> None:
    arrays = random_arrays(8, (4, 16, 15, 32), (3, 3, 32, 16), (4, 16, 15, 16))
    program = jax.jit(lowering.lowered(with_gradients(SAME), *arrays))
    first = jax.tree.map(np.asarray, program(*arrays))
    for _ in range(10):
        for again, expected in zip(program(*arrays), first, strict=True):
            np.testing.assert_array_equal(again, expected)
