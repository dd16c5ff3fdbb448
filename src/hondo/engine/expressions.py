"""What an array is computed from, as an expression that a kernel evaluates in registers."""

from collections.abc import Sequence
from math import prod
from typing import Any, Protocol

import jax.numpy as jnp
import numpy as np
from jax.extend.core import Literal

from hondo.engine.kernels.arithmetic import BINARY, COMPARISONS, UNARY, Expression

_MANY_OPERATIONS, _FEW_ARRAYS = 64, 2


class Values(Protocol):
    """What must be known of a computation while it is rewritten; variables are those of a jaxpr."""

    def value(self, of: Any) -> Any:
        """A variable's value."""
        ...

    def source(self, of: Any) -> Any:
        """The equation that a variable comes from, if any."""
        ...

    def uses(self, of: Any) -> int:
        """How often a variable is used."""
        ...

    def in_memory(self, of: Any) -> bool:
        """Whether a variable's value must be in memory, so that reading it is cheaper than to compute it again."""
        ...


class Reading:
    """Follows variables back to what must be read for them.

    Args:
        values: of the computation.
        shape: of the arrays.
        inside: variables that are computed even though they must be in memory.

    Attributes:
        operands: ``array`` or ``line`` and the variable, in the order that expressions count them in.
        met: those of the variables ``inside`` that have been computed.
    """

    def __init__(self, values: Values, shape: tuple[int, ...], inside: Sequence[Any] = ()) -> None:
        self.operands: list[tuple[str, Any]] = []
        self.met: set[Any] = set()
        self._values, self._shape, self._inside = values, shape, set(inside)
        self._left = _MANY_OPERATIONS

    def expression(self, of: Any) -> Expression | None:
        """What a variable is computed from, as far as it can be computed on the way; None if it is no float32."""
        if isinstance(of, Literal):
            return ("number", float(of.val)) if np.ndim(of.val) == 0 else None
        computed = self._computed(of)
        if computed is not None:
            return computed
        source, shape = self._values.source(of), of.aval.shape
        if source is not None and source.primitive.name == "broadcast_in_dim":
            return self._line(source.invars[0], source.params["broadcast_dimensions"])
        if shape != self._shape:
            return self._line(of, range(len(self._shape))[len(self._shape) - len(shape) :])
        return self._operand("array", of)

    def arrays(self, rows: int, channels: int) -> list[Any]:
        """The operands' values: ``(rows, channels)`` and ``(channels,)``."""
        flat = [(kind, self._values.value(each).reshape(-1)) for kind, each in self.operands]
        return [
            value.reshape(rows, channels) if kind == "array" else jnp.broadcast_to(value, channels)
            for kind, value in flat
        ]

    def _computed(self, of: Any) -> Expression | None:
        """The operation that a variable comes from, if it can be expressed and is better not read."""
        equation, known, found = self._values.source(of), len(self.operands), None
        if equation is None or of.aval.shape != self._shape or self._left == 0:
            return None
        if self._values.in_memory(of) and of not in self._inside:
            return None
        self._left -= 1  # what is used often is computed often, so that there must be an end
        name, inputs = equation.primitive.name, equation.invars
        if name == "integer_pow" and equation.params["y"] == 2:
            name = "square"
        condition = self._values.source(inputs[0]) if name == "select_n" else None
        if name in BINARY or name in UNARY:
            found = self._operation((name,), inputs)
        elif condition is not None and condition.primitive.name in COMPARISONS:
            compared = self._operation((condition.primitive.name,), condition.invars)
            found = compared and self._operation(("select", compared), inputs[1:])
        arrays = sum(kind == "array" for kind, _ in self.operands[known:])
        if found is not None and of not in self._inside and self._values.uses(of) > 1 and arrays > _FEW_ARRAYS:
            found = None
        if found is None:
            del self.operands[known:]
        elif of in self._inside:
            self.met.add(of)
        return found

    def _operation(self, begin: Expression, inputs: Sequence[Any]) -> Expression | None:
        found = [self.expression(each) for each in inputs]
        return None if None in found else (*begin, *found)

    def _line(self, of: Any, axes: Sequence[int]) -> Expression | None:
        """What is the same in every row: one value, or one a channel; ``axes`` are those that it lies along."""
        if isinstance(of, Literal):
            return ("number", float(of.val)) if np.ndim(of.val) == 0 else None
        shape, channels = of.aval.shape, self._shape[-1]
        along_last = prod(shape) == channels and shape[-1:] == (channels,) and axes[-1] == len(self._shape) - 1
        return self._operand("line", of) if prod(shape) == 1 or along_last else None

    def _operand(self, kind: str, of: Any) -> Expression | None:
        if of.aval.dtype != jnp.float32:
            return None
        if (kind, of) not in self.operands:
            self.operands.append((kind, of))
        return (kind, self.operands.index((kind, of)))
