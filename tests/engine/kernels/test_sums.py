"""Sums of columns with the arithmetic before them are as accurate as XLA's."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from against_xla import OURS, assert_close, assert_identical, lowered_primitives, random_arrays, run_lowered, run_xla
from jax import lax

from hondo.engine.lowering import lowered

Sum = Callable[..., Any]


def variance(x: Any, y: Any, line: Any) -> Any:
    mean = x.mean((0, 1))
    return mean, ((x - mean) ** 2).mean((0, 1))


def select(condition: Any, if_true: Any, if_false: Any) -> Any:
    """``jnp.where`` without a function of its own around it."""
    cases = (jnp.broadcast_to(jnp.asarray(case, jnp.float32), condition.shape) for case in (if_true, if_false))
    return lax.select(condition, *cases)


SUMS: dict[str, Sum] = {
    "plain": lambda x, y, line: x.sum((0, 1)),
    "of products": lambda x, y, line: (x * y).sum((0, 1)),
    "of squares": lambda x, y, line: jnp.square(x - 3 * y).sum((0, 1)),
    "of powers": lambda x, y, line: (x**2 + y**3).sum((0, 1)),
    "of quotients": lambda x, y, line: (-x / (1 + y * y)).sum((0, 1)),
    "with a line": lambda x, y, line: ((x - line) * line / (line * line + 2)).sum((0, 1)),
    "chosen": lambda x, y, line: select(x > 0, y, line).sum((0, 1)),
    "chosen by a number": lambda x, y, line: select(x <= 0.5, x * y, -1.0).sum((0, 1)),
    "chosen by equality": lambda x, y, line: select(lax.round(x) == 0, 1.0, y).sum((0, 1)),
    "chosen by two": lambda x, y, line: select(x < y, x, 2 * y).sum((0, 1)),
    "chosen by a mask": lambda x, y, line: select((x > 0) & (y < 1), x, y).sum((0, 1)),
    "chosen by whole numbers": lambda x, y, line: select(x.astype(int) > 0, x, y).sum((0, 1)),
    "of a value": lambda x, y, line: (x * line.sum() + line[0]).sum((0, 1)),
    "used twice": lambda x, y, line: ((x * y).sum((0, 1)), jnp.tanh(x * y)),
    "statistics": variance,
    "gradient of a line": lambda x, y, line: jax.grad(lambda line: jnp.sum(jax.nn.relu(x + line) * y))(line),
    "of a column": lambda x, y, line: (x * x[:, :, :1]).sum((0, 1)),
    "of a row": lambda x, y, line: (x * y[:1]).sum((0, 1)),
}


@pytest.mark.parametrize("name", SUMS)
@pytest.mark.parametrize("channels", [8, 70])
def test_sums_of_columns_are_xlas(name: str, channels: int) -> None:
    arrays = random_arrays(0, (45, 50, channels), (45, 50, channels), (channels,))
    assert_close(run_lowered(SUMS[name], *arrays), run_xla(SUMS[name], *arrays), within=3e-6)


@pytest.mark.parametrize(("rows", "channels"), [(16384, 1), (3001, 17), (257, 64), (129, 130), (64, 1000), (2048, 8)])
def test_long_and_wide_sums_are_accurate(rows: int, channels: int) -> None:
    (x,) = random_arrays(1, (rows, channels))
    x = np.abs(x)  # nothing cancels, so that small errors would add up
    found = run_lowered(lambda x: x.sum(0), x)
    assert_close(found, x.sum(0, dtype=np.float64).astype(np.float32), within=2e-6)


def test_a_sum_of_millions_is_as_accurate_as_xlas() -> None:
    x = np.abs(random_arrays(2, (400_000, 8))[0])
    exact = x.sum(0, dtype=np.float64)
    ours, xla = (
        np.max(np.abs(np.asarray(run(lambda x: x.sum(0), x), np.float64) - exact) / exact)
        for run in (run_lowered, run_xla)
    )
    assert ours <= max(4 * xla, 1e-6)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, -0.0])
def test_numbers_that_are_none_are_xlas(value: float) -> None:
    (x,) = random_arrays(3, (400, 50))

    def function(x: Any) -> Any:
        return select(x > 2, value, x).sum(0), (x * x / 0.0).sum(0), (x * x / value).sum(0)

    assert_identical(jax.tree.map(np.sign, run_lowered(function, x)), jax.tree.map(np.sign, run_xla(function, x)))


def test_what_lies_behind_the_last_channel_does_no_harm() -> None:
    x, y = (np.abs(array) for array in random_arrays(4, (400, 50), (400, 50)))
    found = run_lowered(lambda x, y: (x / y).sum(0), x, y)
    assert_close(found, run_xla(lambda x, y: (x / y).sum(0), x, y))


@pytest.mark.parametrize("value", [np.nan, 0.1])
def test_a_number_met_twice_is_no_problem(value: float) -> None:
    (x,) = random_arrays(3, (400, 51))
    for _ in range(2):
        number = np.float32(str(value))
        found = run_lowered(lambda x, number=number: select(x > 9, number, x).sum(0), x)
        assert_close(found, x.sum(0))


@pytest.mark.parametrize("dtype", [jnp.bfloat16, jnp.float16, jnp.int32])
def test_sums_of_other_types_are_xlas(dtype: Any) -> None:
    x = jnp.asarray(np.arange(400 * 50).reshape(400, 50) % 3, dtype)
    assert_identical(run_lowered(lambda x: x.sum(0), x), run_xla(lambda x: x.sum(0), x))


def test_sums_of_columns_run_in_our_kernels() -> None:
    arrays = random_arrays(5, (45, 50, 16), (45, 50, 16), (16,))
    assert OURS in lowered_primitives(SUMS["of products"], *arrays)
    assert OURS in lowered_primitives(SUMS["gradient of a line"], *arrays)


@pytest.mark.parametrize("axes", [(0,), (1,), (2,), (0, 2), (1, 2), (0, 1, 2)])
def test_sums_over_other_axes_are_xlas(axes: tuple[int, ...]) -> None:
    x, y = random_arrays(6, (45, 50, 16), (45, 50, 16))
    assert_close(run_lowered(lambda x, y: (x * y).sum(axes), x, y), run_xla(lambda x, y: (x * y).sum(axes), x, y))


def test_a_value_that_others_need_is_not_written_for_the_sums() -> None:
    x, bias = random_arrays(6, (500, 64), (64,))

    def function(x: Any, bias: Any) -> Any:
        y = x + bias
        mean = y.mean(0)
        return jnp.tanh(y - mean), mean, ((y - mean) ** 2).mean(0), y.sum(0)

    text = jax.jit(lowered(function, x, bias)).lower(x, bias).compile().as_text()
    assert text.count("custom_call_target") == 2  # the sum, once for both that want it, and that of the squares
    assert_close(run_lowered(function, x, bias), run_xla(function, x, bias))


def test_arithmetic_that_branches_again_and_again_comes_to_an_end() -> None:
    x, y = random_arrays(7, (500, 64), (500, 64))

    def function(x: Any, y: Any) -> Any:
        for _ in range(60):
            x, y = (x + y) * 0.5, (x - y) * 0.5
        return x.sum(0), y.sum(0)

    assert_close(run_lowered(function, x, y), run_xla(function, x, y))
