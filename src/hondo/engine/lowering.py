"""A pass over a traced computation that replaces what XLA does slowly on a CPU: convolutions and pooling.

It reads JAX's own record of the computation (the jaxpr), after differentiation, so it applies to any model and any
layer, and to the gradients as they are.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from math import prod
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.extend.core import ClosedJaxpr, Jaxpr, Literal, jaxprs_in_params

from hondo.engine.expressions import Reading
from hondo.engine.kernels.convolution import convolve
from hondo.engine.kernels.pooling import max_pool, max_pool_gradient
from hondo.engine.kernels.sums import column_sums
from hondo.engine.updates import updates_of

Rule = Callable[..., Any]


def lowered(function: Callable[..., Any], *shapes: Any) -> Callable[..., Any]:
    """The same function with convolutions and pooling replaced.

    Args:
        function: traceable by JAX.
        shapes: what it will be called with.
    """
    traced, out = jax.make_jaxpr(function, return_shape=True)(*shapes)
    structure, plain = jax.tree.structure(out), _inlined(traced)

    def replaced(*arguments: Any) -> Any:
        return jax.tree.unflatten(structure, _evaluate(plain, jax.tree.leaves(arguments), _RULES))

    return replaced


class _Frame:
    """A jaxpr while it is run: its values, where they come from, and how often they are used."""

    def __init__(self, closed: ClosedJaxpr, arguments: Sequence[Any]) -> None:
        self.jaxpr = closed.jaxpr
        self._values: dict[Any, Any] = dict(zip(self.jaxpr.constvars, closed.consts, strict=True))
        self._values.update(zip(self.jaxpr.invars, arguments, strict=True))
        self._sources = {out: equation for equation in self.jaxpr.eqns for out in equation.outvars}
        used = [each for equation in self.jaxpr.eqns for each in equation.invars] + list(self.jaxpr.outvars)
        self._uses = Counter(each for each in used if not isinstance(each, Literal))
        kernels = [equation for equation in self.jaxpr.eqns if equation.primitive.name in _KERNELS]
        kept = [each for equation in kernels for each in equation.invars] + list(self.jaxpr.outvars)
        self._in_memory = {each for each in kept if not isinstance(each, Literal)}
        self._made: dict[Any, Any] = {}

    def value(self, of: Any) -> Any:
        """The value of a variable or literal."""
        return of.val if isinstance(of, Literal) else self._values[of]

    def uses(self, of: Any) -> int:
        """How often a variable is used."""
        return self._uses[of]

    def in_memory(self, of: Any) -> bool:
        """Whether a variable's value must be in memory, so that reading it is cheaper than to compute it again."""
        return of in self._in_memory

    def once(self, key: Any, make: Callable[[], Any]) -> Any:
        """What was made for the same key before, or is made now; XLA does not see when kernels do the same."""
        if key not in self._made:
            self._made[key] = make()
        return self._made[key]

    def source(self, of: Any) -> Any:
        """The equation that a variable comes from, if any."""
        return self._sources.get(of)

    def run(self, rules: Mapping[str, Rule]) -> list[Any]:
        """Evaluate with the rules in place of the primitives that they are for."""
        updates = updates_of(self, self.jaxpr) if rules else {}
        for place, equation in enumerate(self.jaxpr.eqns):
            self._values.update(zip(equation.outvars, _apply(self, equation, rules), strict=True))
            if place in updates:
                self._values.update(updates[place].results(self))
        return [self.value(each) for each in self.jaxpr.outvars]


def _evaluate(closed: ClosedJaxpr, arguments: Sequence[Any], rules: Mapping[str, Rule]) -> list[Any]:
    return _Frame(closed, arguments).run(rules)


def _inlined(closed: ClosedJaxpr) -> ClosedJaxpr:
    """The same computation with the bodies of calls in their place, so that rules see where values come from."""
    return jax.make_jaxpr(lambda *arguments: _evaluate(closed, arguments, {}))(*_shapes(closed))


def _shapes(closed: ClosedJaxpr) -> list[jax.ShapeDtypeStruct]:
    return [jax.ShapeDtypeStruct(each.shape, each.dtype, weak_type=each.weak_type) for each in closed.in_avals]


def _apply(frame: _Frame, equation: Any, rules: Mapping[str, Rule]) -> Sequence[Any]:
    primitive, params = equation.primitive, equation.params
    rule = rules.get(primitive.name)
    replaced = rule(frame, equation) if rule else None
    if replaced is not None:
        return [replaced]
    operands = [frame.value(each) for each in equation.invars]
    if primitive.name in _CALLS:
        if params.get("differentiated") and params.get("prevent_cse"):
            operands = lax.optimization_barrier(operands)  # computed again, to save memory
        return _evaluate(_closed(_body(params)), operands, rules)
    if rules and any(_concerned(each) for each in jaxprs_in_params(params)):
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


def _body(params: dict[str, Any]) -> Any:
    """The jaxpr of a call, closed over its constants where it has some."""
    return next(each for each in params.values() if _is_closed(each) or isinstance(each, Jaxpr))


def _closed(jaxpr: Any) -> ClosedJaxpr:
    return jaxpr if _is_closed(jaxpr) else ClosedJaxpr(jaxpr, ())


def _is_closed(value: Any) -> bool:
    return isinstance(value, ClosedJaxpr)


def _rewritten(param: Any) -> Any:
    """The body of a loop or a branch, rewritten; other parameters stay as they are."""
    if not _is_closed(param):
        return param
    plain = _inlined(param)
    return jax.make_jaxpr(lambda *arguments: _evaluate(plain, arguments, _RULES))(*_shapes(param))


def _concerned(jaxpr: Any) -> bool:
    return any(
        equation.primitive.name in _RULES or any(_concerned(each) for each in jaxprs_in_params(equation.params))
        for equation in getattr(jaxpr, "jaxpr", jaxpr).eqns
    )


def _convolution(frame: _Frame, equation: Any) -> Any:
    left, right = (frame.value(each) for each in equation.invars)
    (out,) = equation.outvars
    if not _float32(left, right, out.aval) or not all((left.size, right.size, out.aval.size)):
        return None
    # The gradient with respect to the input meets the weights from last to first.
    turned, space = frame.source(equation.invars[1]), equation.params["dimension_numbers"].rhs_spec[2:]
    if turned is None or turned.primitive.name != "rev" or sorted(turned.params["dimensions"]) != sorted(space):
        return convolve(left, right, out.aval.shape, equation.params)
    return convolve(left, frame.value(turned.invars[0]), out.aval.shape, equation.params, mirrored=True)


def _max_pool(frame: _Frame, equation: Any) -> Any:
    x, params = frame.value(equation.invars[0]), equation.params
    (out,) = equation.outvars
    dilated = {*params["base_dilation"], *params["window_dilation"]} != {1}
    if dilated or not out.aval.size or not (_float32(x) and _pools_space(params)):
        return None
    return max_pool(x, out.aval.shape, params)


def _max_pool_gradient(frame: _Frame, equation: Any) -> Any:
    (slope, x), params = (frame.value(each) for each in equation.invars), equation.params
    if not slope.size or not (_float32(x) and _pools_space(params) and params["select_prim"].name == "ge"):
        return None
    return max_pool_gradient(x, slope, params)


def _sum_pool(frame: _Frame, equation: Any) -> Any:
    """Average pooling: the sum of the input shifted to every place of the window."""
    x, params = frame.value(equation.invars[0]), equation.params
    (out,) = equation.outvars
    if not _float32(x) or not out.aval.size or prod(params["window_dimensions"]) > _MANY_SHIFTS:
        return None
    edges = [
        (low, high, between - 1)
        for (low, high), between in zip(params["padding"], params["base_dilation"], strict=True)
    ]
    padded = lax.pad(x, jnp.float32(0), edges)
    strides, total = params["window_strides"], None
    for place in np.ndindex(*params["window_dimensions"]):
        first = [at * apart for at, apart in zip(place, params["window_dilation"], strict=True)]
        last = [at + (size - 1) * stride + 1 for at, size, stride in zip(first, out.aval.shape, strides, strict=True)]
        part = lax.slice(padded, first, last, strides)
        total = part if total is None else total + part
    return total


def _column_sum(frame: _Frame, equation: Any) -> Any:
    """A sum over all axes but the last, with the elementwise operations that need not leave their results in memory."""
    (of,) = equation.invars
    (out,) = equation.outvars
    shape, axes = of.aval.shape, equation.params["axes"]
    if len(shape) < 2 or axes != tuple(range(len(shape) - 1)) or not _float32(of.aval, out.aval):
        return None
    rows, channels = prod(shape[:-1]), shape[-1]
    if rows * channels < _FEW_VALUES or channels < _FEW_CHANNELS:
        return None
    reading = Reading(frame, shape)
    expression = reading.expression(of)
    if expression is None:
        return None
    key = (repr(expression), *reading.operands)  # unlike the numbers, their names tell 0 from -0
    return frame.once(key, lambda: column_sums(expression, reading.arrays(rows, channels), rows, channels))


def _float32(*arrays: Any) -> bool:
    return all(array.dtype == jnp.float32 for array in arrays)


def _pools_space(params: dict[str, Any]) -> bool:
    """Whether the windows lie in the dimensions between the first and the last."""
    window, strides = params["window_dimensions"], params["window_strides"]
    ends = (window[0], window[-1], strides[0], strides[-1])
    return len(window) > 2 and set(ends) == {1} and params["padding"][0] == params["padding"][-1] == (0, 0)


_MANY_SHIFTS = 64
_FEW_VALUES, _FEW_CHANNELS = 2**14, 8
_RULES: dict[str, Rule] = {
    "conv_general_dilated": _convolution,
    "reduce_window_max": _max_pool,
    "select_and_scatter_add": _max_pool_gradient,
    "reduce_window_sum": _sum_pool,
    "reduce_sum": _column_sum,
}
# These want their operands in memory.
_KERNELS = (set(_RULES) - {"reduce_sum", "reduce_window_sum"}) | {"dot_general", "while", "scan", "cond"}
