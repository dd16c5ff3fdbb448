"""Several arrays computed entry by entry from the same ones, in one pass: what an optimizer does to large weights.

XLA writes each result in a pass of its own, and reads again what the pass before has written.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from math import prod

import jax
from llvmlite import ir

from hondo.core.emit import I64, PTR, VOID, Emitter, Int, Vectors
from hondo.core.machine import Processor
from hondo.engine.kernels.arithmetic import Expression, evaluate
from hondo.engine.kernels.calls import add_handler
from hondo.engine.kernels.library import call_for
from hondo.engine.kernels.windows import parts

_BLOCK = 2**15
_STREAMED = 2**19  # so many values will not be in the caches any more when they are needed


@dataclass(frozen=True)
class Elementwise:
    """``out[n][place] = expression n`` for all places.

    Attributes:
        expressions: one a result.
        kinds: of the operands: ``array``, with as many values as the results, or ``line``, one value for all.
        size: values of an array.
    """

    expressions: tuple[Expression, ...]
    kinds: tuple[str, ...]
    size: int

    def write(self, module: ir.Module, name: str, processor: Processor) -> None:
        """Add the function that XLA calls under ``name``; a task computes a block of each result."""
        function = ir.Function(module, ir.FunctionType(VOID, [PTR, I64]), f"{name}_work")
        function.linkage = "internal"
        e = Emitter(function, processor.lanes)
        v = Vectors(e)
        pointers, number = e.args
        operands, results = len(self.kinds), len(self.expressions)
        arrays = [e.b.load(e.byte(pointers, 8 * place), typ=PTR) for place in range(operands + results)]
        same = {place: v.spread(arrays[place]) for place, kind in enumerate(self.kinds) if kind == "line"}

        def load(kind: str, place: int, at: Int, width: int) -> ir.Value:
            return same[place] if kind == "line" else v.load(e.at(arrays[place], at), width)

        def compute(at: Int, width: int, *, streams: bool) -> None:
            values = [
                evaluate(e, v, each, lambda kind, place: load(kind, place, at, width)) for each in self.expressions
            ]
            for value, out in zip(values, arrays[operands:], strict=True):
                (v.stream if streams else partial(v.store, valid=width))(value, e.at(out, at))

        tail = self.size % e.lanes
        begin = e.mul(number, _BLOCK)
        end = e.smaller(e.add(begin, _BLOCK), self.size - tail)

        def compute_all(*, streams: bool) -> None:
            with e.loop(end, first=begin, step=e.lanes) as at:
                compute(at, e.lanes, streams=streams)

        if self.size >= _STREAMED:
            with e.b.if_else(v.aligned(arrays[operands:])) as (aligned, otherwise):
                with aligned:
                    compute_all(streams=True)
                with otherwise:
                    compute_all(streams=False)
        else:
            compute_all(streams=False)
        if tail:
            with e.b.if_then(e.b.icmp_signed("==", e.i64(number), e.i64(parts(self.size, _BLOCK) - 1))):
                compute(self.size - tail, tail, streams=False)
        e.b.ret_void()
        add_handler(module, name, function, parts(self.size, _BLOCK), (operands, results))


def elementwise(
    expressions: Sequence[Expression], operands: Sequence[jax.Array], shape: Sequence[int]
) -> Sequence[jax.Array]:
    """Arrays of one shape, computed entry by entry.

    Args:
        expressions: one a result; see :data:`~hondo.engine.kernels.arithmetic.Expression`.
        operands: arrays of that shape, or with one value.
        shape: of the results.
    """
    kinds = tuple("line" if operand.size == 1 else "array" for operand in operands)
    kernel = Elementwise(tuple(expressions), kinds, prod(shape))
    return call_for(kernel, operands, [shape] * len(expressions))
