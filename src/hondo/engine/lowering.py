"""A pass over a traced computation that replaces what XLA does slowly on a CPU: convolutions and pooling.

It reads JAX's own record of the computation (the jaxpr), after differentiation, so it applies to any model and any
layer, and to the gradients as they are.
"""

from collections.abc import Callable, Sequence
from math import prod
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.extend.core import ClosedJaxpr, Literal, jaxprs_in_params

from hondo.engine.kernels.convolution import convolve
from hondo.engine.kernels.pooling import max_pool, max_pool_gradient

Rule = Callable[..., Any]


def lowered(function: Callable[..., Any], *shapes: Any) -> Callable[..., Any]:
    """The same function with convolutions and pooling replaced.

    Args:
        function: traceable by JAX.
        shapes: what it will be called with.
    """
    traced, out = jax.make_jaxpr(function, return_shape=True)(*shapes)
    structure = jax.tree.structure(out)

    def replaced(*arguments: Any) -> Any:
        return jax.tree.unflatten(structure, _evaluate(traced, jax.tree.leaves(arguments)))

    return replaced


def _evaluate(closed: ClosedJaxpr, arguments: Sequence[Any]) -> list[Any]:
    """Run a jaxpr with the rules in place of the primitives that they are for."""
    jaxpr = closed.jaxpr
    values: dict[Any, Any] = dict(zip(jaxpr.constvars, closed.consts, strict=True))
    values.update(zip(jaxpr.invars, arguments, strict=True))

    def value(of: Any) -> Any:
        return of.val if isinstance(of, Literal) else values[of]

    for equation in jaxpr.eqns:
        results = _apply(equation, [value(each) for each in equation.invars])
        values.update(zip(equation.outvars, results, strict=True))
    return [value(each) for each in jaxpr.outvars]


def _apply(equation: Any, operands: list[Any]) -> Sequence[Any]:
    primitive, params = equation.primitive, equation.params
    rule = _RULES.get(primitive.name)
    replaced = rule(equation, operands) if rule else None
    if replaced is not None:
        return [replaced]
    if primitive.name in _CALLS:
        return _evaluate(_closed(next(iter(jaxprs_in_params(params)))), operands)
    if any(_concerned(each) for each in jaxprs_in_params(params)):
        params = {name: jax.tree.map(_rewritten, each, is_leaf=_is_closed) for name, each in params.items()}
    results = primitive.bind(*operands, **params)
    return results if primitive.multiple_results else [results]


_CALLS = {
    "jit",
    "pjit",
    "closed_call",
    "core_call",
    "remat2",
    "checkpoint",
    "custom_jvp_call",
    "custom_vjp_call",
    "custom_vjp_call_jaxpr",
}


def _closed(jaxpr: Any) -> ClosedJaxpr:
    return jaxpr if _is_closed(jaxpr) else ClosedJaxpr(jaxpr, ())


def _is_closed(value: Any) -> bool:
    return isinstance(value, ClosedJaxpr)


def _rewritten(param: Any) -> Any:
    """The body of a loop or a branch, rewritten; other parameters stay as they are."""
    if not _is_closed(param):
        return param
    shapes = [jax.ShapeDtypeStruct(each.shape, each.dtype, weak_type=each.weak_type) for each in param.in_avals]
    return jax.make_jaxpr(lambda *arguments: _evaluate(param, arguments))(*shapes)


def _concerned(jaxpr: Any) -> bool:
    return any(
        equation.primitive.name in _RULES or any(_concerned(each) for each in jaxprs_in_params(equation.params))
        for equation in getattr(jaxpr, "jaxpr", jaxpr).eqns
    )


def _convolution(equation: Any, operands: list[Any]) -> Any:
    left, right = operands
    (out,) = equation.outvars
    if not _float32(left, right, out.aval):
        return None
    return convolve(left, right, out.aval.shape, equation.params)


def _max_pool(equation: Any, operands: list[Any]) -> Any:
    (x,), params = operands, equation.params
    (out,) = equation.outvars
    dilated = {*params["base_dilation"], *params["window_dilation"]} != {1}
    if dilated or not (_float32(x) and _pools_space(params)):
        return None
    return max_pool(x, out.aval.shape, params)


def _max_pool_gradient(equation: Any, operands: list[Any]) -> Any:
    (slope, x), params = operands, equation.params
    if not (_float32(x) and _pools_space(params) and params["select_prim"].name == "ge"):
        return None
    return max_pool_gradient(x, slope, params)


def _sum_pool(equation: Any, operands: list[Any]) -> Any:
    """Average pooling: the sum of the input shifted to every place of the window."""
    (x,), params = operands, equation.params
    (out,) = equation.outvars
    if not _float32(x) or prod(params["window_dimensions"]) > _MANY_SHIFTS:
        return None
    edges = [(low, high, between - 1) for (low, high), between in zip(params["padding"], params["base_dilation"], strict=True)]
    padded = lax.pad(x, jnp.float32(0), edges)
    strides, total = params["window_strides"], None
    for place in np.ndindex(*params["window_dimensions"]):
        first = [at * apart for at, apart in zip(place, params["window_dilation"], strict=True)]
        last = [at + (size - 1) * stride + 1 for at, size, stride in zip(first, out.aval.shape, strides, strict=True)]
        part = lax.slice(padded, first, last, strides)
        total = part if total is None else total + part
    return total


def _float32(*arrays: Any) -> bool:
    return all(array.dtype == jnp.float32 for array in arrays)


def _pools_space(params: dict[str, Any]) -> bool:
    """Whether the windows lie in the dimensions between the first and the last."""
    window, strides = params["window_dimensions"], params["window_strides"]
    ends = (window[0], window[-1], strides[0], strides[-1])
    return len(window) > 2 and set(ends) == {1} and params["padding"][0] == params["padding"][-1] == (0, 0)


_MANY_SHIFTS = 64
_RULES: dict[str, Rule] = {
    "conv_general_dilated": _convolution,
    "reduce_window_max": _max_pool,
    "select_and_scatter_add": _max_pool_gradient,
    "reduce_window_sum": _sum_pool,
}
