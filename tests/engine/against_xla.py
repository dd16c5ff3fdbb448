"""Lowered computations beside XLA's own."""

from collections.abc import Callable, Iterator
from typing import Any

import jax
import numpy as np
from hypothesis import settings
from jax.extend.core import jaxprs_in_params

from hondo.engine.lowering import lowered

# The same examples in every run: each is compiled twice, and a sweep of others would prove no more.
STEADY = settings(derandomize=True, deadline=None, database=None)

SLOW = {"conv_general_dilated", "reduce_window_max", "reduce_window_sum", "select_and_scatter_add"}
OURS = "ffi_call"

# How well XLA optimises what is around our kernels does not matter here, and this halves the time it takes.
_QUICKLY = {"xla_backend_optimization_level": 0}


def random_arrays(seed: int, *shapes: tuple[int, ...]) -> list[np.ndarray]:
    """Normally distributed float32."""
    rng = np.random.default_rng(seed)
    return [rng.normal(size=shape).astype(np.float32) for shape in shapes]


def primitives_in(jaxpr: Any) -> Iterator[str]:
    """The names of all primitives of a jaxpr, those of loops and branches included."""
    for equation in jaxpr.eqns:
        yield equation.primitive.name
        for inner in jaxprs_in_params(equation.params):
            yield from primitives_in(getattr(inner, "jaxpr", inner))


def run_xla(function: Callable[..., Any], *arguments: Any) -> Any:
    """The function's result as XLA computes it."""
    return jax.jit(function).lower(*arguments).compile(compiler_options=_QUICKLY)(*arguments)


def run_lowered(function: Callable[..., Any], *arguments: Any, replaced: bool = True) -> Any:
    """The function's result through our kernels.

    Args:
        function: what to compute.
        arguments: of what.
        replaced: insist that nothing is left of XLA's convolutions and pooling.
    """
    traced = jax.jit(lowered(function, *arguments)).trace(*arguments)
    if replaced:
        assert not SLOW & set(primitives_in(traced.jaxpr.jaxpr))
    return traced.lower().compile(compiler_options=_QUICKLY)(*arguments)


def lowered_primitives(function: Callable[..., Any], *arguments: Any) -> set[str]:
    """What the function is made of after the lowering."""
    return set(primitives_in(jax.make_jaxpr(lowered(function, *arguments))(*arguments).jaxpr))


def assert_close(found: Any, expected: Any, within: float = 1e-5) -> None:
    """The same arrays, up to rounding relative to the largest value of each."""
    assert jax.tree.structure(found) == jax.tree.structure(expected)
    for ours, theirs in zip(jax.tree.leaves(found), jax.tree.leaves(expected), strict=True):
        assert ours.dtype == theirs.dtype
        assert ours.shape == theirs.shape
        scale = float(np.max(np.abs(np.asarray(theirs, np.float64)), initial=0))
        assert np.isfinite(scale)
        np.testing.assert_allclose(
            np.asarray(ours, np.float64), np.asarray(theirs, np.float64), rtol=0, atol=within * scale
        )


def assert_identical(found: Any, expected: Any) -> None:
    """The same arrays, bit for bit but for the sign of zero; NaN equals NaN."""
    assert jax.tree.structure(found) == jax.tree.structure(expected)
    for ours, theirs in zip(jax.tree.leaves(found), jax.tree.leaves(expected), strict=True):
        assert ours.dtype == theirs.dtype
        np.testing.assert_array_equal(ours, theirs, strict=True)


def assert_equals_xla(
    function: Callable[..., Any], *arguments: Any, within: float = 1e-5, replaced: bool = True
) -> None:
    """The lowered function computes what XLA computes."""
    found = run_lowered(function, *arguments, replaced=replaced)
    assert_close(found, run_xla(function, *arguments), within)
