"""Max pooling and its gradient are XLA's to the last bit: ties, infinities and NaN included."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from against_xla import (
    OURS,
    STEADY,
    assert_close,
    assert_equals_xla,
    assert_identical,
    lowered_primitives,
    random_arrays,
    run_lowered,
    run_xla,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from jax import lax

EDGES = [(0, 0)]


def max_pool(x: Any, window: Any, strides: Any, padding: Any) -> Any:
    return lax.reduce_window(x, -jnp.inf, lax.max, (1, *window, 1), (1, *strides, 1), padding)


def with_gradient(window: Any, strides: Any, padding: Any) -> Any:
    """The result, and the gradient of its sum weighted by 1, 2, 3, … (whole numbers add up without rounding)."""

    def function(x: Any) -> Any:
        out, back = jax.vjp(lambda x: max_pool(x, window, strides, padding), x)
        return out, *back(jnp.arange(1.0, out.size + 1).reshape(out.shape))

    return function


@st.composite
def pools(draw: Any) -> Any:
    """An input's shape and the arguments of a pooling."""
    space = draw(st.integers(1, 3))
    window = tuple(draw(st.integers(1, 4)) for _ in range(space))
    strides = window if draw(st.booleans()) else tuple(draw(st.integers(1, 4)) for _ in range(space))
    # Padding leaves at least one input in every window: of nothing there is no largest.
    margins = [(draw(st.integers(0, size - 1)), draw(st.integers(0, size - 1))) for size in window]
    padding = draw(st.sampled_from(["SAME", "VALID", [*EDGES, *margins, *EDGES]]))
    size = tuple(draw(st.integers(needed, 9)) for needed in window)
    batch, channels = draw(st.integers(1, 17)), draw(st.sampled_from([1, 3, 5, 16, 17, 33]))
    return (batch, *size, channels), window, strides, padding


@settings(STEADY, max_examples=14)
@given(drawn=pools(), values=st.sampled_from(["all different", "many equal", "extreme ones"]))
def test_the_largest_values_and_their_gradient_are_xlas(drawn: Any, values: str) -> None:
    shape, *pool = drawn
    rng = np.random.default_rng(0)
    x = {
        "all different": rng.permutation(np.arange(np.prod(shape), dtype=np.float32)).reshape(shape),
        "many equal": rng.integers(-1, 2, shape).astype(np.float32),
        # Not -∞ where there is padding: XLA gives such a window's gradient to the padding, which is of no use.
        "extreme ones": rng.choice(np.float32([-np.inf if pool[-1] == "VALID" else -3e38, np.inf]), shape),
    }[values]
    found = run_lowered(with_gradient(*pool), x)
    assert_identical(found, run_xla(with_gradient(*pool), x))


def test_the_gradient_goes_to_the_first_of_equal_values() -> None:
    x = np.float32([[7, 7, 7, 7, 1, 2, 2, 1]]).reshape(1, 2, 4, 1)
    _, slope = run_lowered(with_gradient((2, 2), (2, 2), "VALID"), x)
    assert np.asarray(slope).ravel().tolist() == [1, 0, 2, 0, 0, 0, 0, 0]


def test_windows_that_overlap_add_up_their_gradients() -> None:
    x = np.float32([0, 5, 1, 9, 2]).reshape(1, 5, 1)
    out, slope = run_lowered(with_gradient((3,), (1,), "SAME"), x)
    assert np.asarray(out).ravel().tolist() == [5, 5, 9, 9, 9]
    assert np.asarray(slope).ravel().tolist() == [0, 1 + 2, 0, 3 + 4 + 5, 0]


NAN, INF = np.nan, np.inf
ODD_VALUES = [
    NAN,
    3,
    NAN,
    NAN,
    -INF,
    NAN,
    NAN,
    -INF,
    -INF,
    -INF,
    INF,
    NAN,
    NAN,
    INF,
    1,
    2,
    NAN,
    0,
    5,
    NAN,
    4,
    NAN,
    1,
    1,
]


@pytest.mark.parametrize(
    ("window", "strides", "padding"),
    [((2,), (2,), "VALID"), ((3,), (1,), "SAME"), ((4,), (2,), "SAME"), ((3,), (3,), "VALID")],
)
@pytest.mark.parametrize("channels", [1, 16, 19])
def test_nan_and_infinities_are_treated_as_xla_does(window: Any, strides: Any, padding: str, channels: int) -> None:
    x = np.repeat(np.float32(ODD_VALUES).reshape(1, -1, 1), channels, axis=2)
    function = with_gradient(window, strides, padding)
    assert_identical(run_lowered(function, x), run_xla(function, x))


@pytest.mark.parametrize(
    ("window", "strides", "padding"),
    [
        ((8, 9), (1, 1), "SAME"),
        ((8, 9), (5, 3), [*EDGES, (4, 7), (8, 8), *EDGES]),
        ((3, 3), (2, 1), [*EDGES, (2, 2), (1, 2), *EDGES]),
        ((1, 1), (2, 3), "VALID"),
        ((5, 6), (1, 1), "VALID"),
    ],
)
def test_windows_larger_than_the_input_are_as_in_xla(window: Any, strides: Any, padding: Any) -> None:
    rng = np.random.default_rng(0)
    x = rng.permutation(np.arange(2 * 5 * 6 * 17, dtype=np.float32)).reshape(2, 5, 6, 17)
    function = with_gradient(window, strides, padding)
    assert_identical(run_lowered(function, x), run_xla(function, x))


def test_padding_is_never_the_largest() -> None:
    x = np.full((1, 3, 3, 5), -1e30, np.float32)
    out, _ = run_lowered(with_gradient((3, 3), (2, 2), "SAME"), x)
    assert np.all(np.asarray(out) == np.float32(-1e30))


@pytest.mark.parametrize("shape", [(0, 5, 6, 3), (2, 5, 6, 0), (2, 0, 6, 3), (2, 1, 6, 3)])
def test_arrays_of_no_size_are_no_problem(shape: tuple[int, ...]) -> None:
    padding = "SAME" if shape[1] != 1 else "VALID"  # one line is too few for a window: no result

    def function(x: Any) -> Any:
        return with_gradient((2, 2), (2, 2), padding)(x)

    assert_equals_xla(function, np.zeros(shape, np.float32), replaced=False)


@pytest.mark.parametrize(
    "options",
    [
        {"window_dimensions": (1, 1, 1, 2), "window_strides": (1, 1, 1, 2)},  # over channels
        {"window_dimensions": (2, 1, 1, 1), "window_strides": (1, 1, 1, 1)},  # over samples
        {"window_dimensions": (1, 2, 2, 1), "window_strides": (1, 1, 1, 1), "window_dilation": (1, 2, 1, 1)},
        {"window_dimensions": (1, 2, 2, 1), "window_strides": (1, 1, 1, 1), "base_dilation": (1, 2, 1, 1)},
        {"window_dimensions": (1, 2, 2, 1), "window_strides": (1, 1, 1, 1), "init_value": np.float32(0.5)},
        {
            "window_dimensions": (1, 3, 3, 1),
            "window_strides": (1, 2, 2, 1),
            "computation": lax.min,
            "init_value": np.inf,
        },
    ],
    ids=["channels", "samples", "window dilation", "base dilation", "least value", "smallest"],
)
def test_relatives_that_look_alike_are_as_in_xla(options: dict[str, Any]) -> None:
    (x,) = random_arrays(0, (3, 6, 5, 18))
    written = {"init_value": -jnp.inf, "computation": lax.max, "padding": "SAME", **options}
    assert_equals_xla(lambda x: lax.reduce_window(x, **written), x, replaced=False)


def test_derivatives_along_a_direction_are_as_in_xla() -> None:
    x, direction = random_arrays(0, (3, 6, 6, 18), (3, 6, 6, 18))

    def function(x: Any, direction: Any) -> Any:
        return jax.jvp(lambda x: max_pool(x, (3, 3), (2, 2), "SAME"), (x,), (direction,))

    assert_equals_xla(function, x, direction, replaced=False)


def test_gradients_that_do_not_add_up_exactly_are_close() -> None:
    x, slope = random_arrays(0, (5, 12, 11, 33), (5, 12, 11, 33))

    def function(x: Any, slope: Any) -> Any:
        out, back = jax.vjp(lambda x: max_pool(x, (5, 5), (1, 1), "SAME"), x)
        return out, back(slope)

    assert_close(run_lowered(function, x, slope), run_xla(function, x, slope), within=1e-6)


def test_both_run_in_our_kernels() -> None:
    (x,) = random_arrays(0, (2, 8, 8, 3))
    for part in range(2):
        found = lowered_primitives(lambda x, part=part: with_gradient((2, 2), (2, 2), "VALID")(x)[part], x)
        assert OURS in found
        assert not found & {"reduce_window_max", "select_and_scatter_add"}
