"""Large results that are computed entry by entry from the same arrays: an optimizer's weights and their moments."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jax.numpy as jnp
from jax.extend.core import Jaxpr, Literal

from hondo.engine.expressions import Reading, Values
from hondo.engine.kernels.arithmetic import Expression
from hondo.engine.kernels.elementwise import elementwise

_MANY_VALUES = 2**18  # fewer stay in the caches from one of XLA's passes to the next


@dataclass(frozen=True)
class Update:
    """Variables that one pass computes.

    Attributes:
        shape: of each.
        variables, expressions: what is computed.
        operands: what for.
    """

    shape: tuple[int, ...]
    variables: tuple[Any, ...]
    expressions: tuple[Expression, ...]
    operands: tuple[Any, ...]

    def results(self, values: Values) -> Mapping[Any, Any]:
        """The variables' values."""
        operands = [values.value(each) for each in self.operands]
        return dict(zip(self.variables, elementwise(self.expressions, operands, self.shape), strict=True))


def updates_of(values: Values, jaxpr: Jaxpr) -> dict[int, Update]:
    """The updates in a computation, each by the place of the equation after which it can be made."""
    places: dict[Any, int] = {out: place for place, equation in enumerate(jaxpr.eqns) for out in equation.outvars}
    large: set[Any] = {
        each for each in jaxpr.outvars if not isinstance(each, Literal) and each in places and _large(each)
    }
    updates: dict[int, Update] = {}
    taken: set[Any] = set()
    for last in sorted(large, key=lambda each: -places[each]):
        if last in taken:
            continue
        # In the computation's order: a set's own order differs from process to process, and so would the program.
        alike = [each for each in places if each in large and each not in taken and each.aval.shape == last.aval.shape]
        update = _update(values, last, alike)
        if update is not None and max(places[each] for each in update.variables) == places[last]:
            taken.update(update.variables)
            updates[places[last]] = update
    return updates


def _large(of: Any) -> bool:
    return of.aval.dtype == jnp.float32 and of.aval.size >= _MANY_VALUES


def _update(values: Values, last: Any, alike: list[Any]) -> Update | None:
    """The variable together with those that it is computed from, if there are any."""
    first = Reading(values, last.aval.shape, alike)
    if first.expression(last) is None or len(first.met) < 2:
        return None
    variables = tuple(each for each in alike if each in first.met)
    reading = Reading(values, last.aval.shape, variables)
    expressions = [reading.expression(each) for each in variables]
    operands = tuple(each for _, each in reading.operands)
    single = all(kind == "array" or each.aval.size == 1 for kind, each in reading.operands)
    if None in expressions or not single or set(operands) & set(variables):
        return None
    return Update(last.aval.shape, variables, tuple(each for each in expressions if each is not None), operands)
