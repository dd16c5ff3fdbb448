"""Sums over all axes but the last, with the arithmetic that leads to them: normalisation statistics, bias gradients.

XLA sums columns on a CPU by way of windows, and writes what is to be summed to memory first. Here each row is read
once, what is to be summed is computed in registers, and partial sums of equal length are added at the end, so that the
result depends on neither the threads nor the machine's mood.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import jax
from llvmlite import ir

from hondo.core.emit import I64, PTR, VOID, Emitter, Int, Vectors
from hondo.core.machine import Processor
from hondo.engine.kernels.arithmetic import Expression, evaluate
from hondo.engine.kernels.calls import add_handler
from hondo.engine.kernels.library import call
from hondo.engine.kernels.windows import parts

_VECTORS = 4
_TASKS = 16
_FEWEST_ROWS, _MANY_ROWS = 64, 512  # the more rows are added up in one go, the larger the error
_SMALL = 2**16


@dataclass(frozen=True)
class ColumnSums:
    """``out[part, channel] = Σ expression`` over the rows of each part.

    Attributes:
        expression: what is summed.
        kinds: ``array`` or ``line`` for each operand.
        rows, channels: of the arrays.
        row_parts: in how many parts the rows are summed.
    """

    expression: Expression
    kinds: tuple[str, ...]
    rows: int
    channels: int
    row_parts: int

    def write(self, module: ir.Module, name: str, processor: Processor) -> None:
        """Add the function that XLA calls under ``name``."""
        function = ir.Function(module, ir.FunctionType(VOID, [PTR, I64]), f"{name}_work")
        function.linkage = "internal"
        e = Emitter(function, processor.lanes)
        pointers, number = e.args
        operands = len(self.kinds)
        arrays = [e.b.load(e.byte(pointers, 8 * place), typ=PTR) for place in range(operands + 1)]
        block = _VECTORS * processor.lanes
        blocks = parts(self.channels, block)
        part, column = e.split(number, (self.row_parts, blocks))
        channel = e.mul(column, block)
        size = parts(self.rows, self.row_parts)
        first = e.mul(part, size)
        last = e.smaller(e.add(first, size), self.rows)
        out = e.at(arrays.pop(), e.add(e.mul(part, self.channels), channel))
        arrays = [e.at(array, channel) for array in arrays]
        tail = self.channels % block
        if not tail or blocks == 1:
            self._sum(e, arrays, out, (first, last), tail or block)
        else:
            with e.b.if_else(e.b.icmp_signed("==", e.i64(column), e.i64(blocks - 1))) as (at_end, before):
                with at_end:
                    self._sum(e, arrays, out, (first, last), tail)
                with before:
                    self._sum(e, arrays, out, (first, last), block)
        e.b.ret_void()
        alone = _small(self.rows, self.channels)
        add_handler(module, name, function, self.row_parts * blocks, (operands, 1), alone=alone)

    def _sum(self, e: Emitter, arrays: Sequence[ir.Value], out: ir.Value, span: tuple[Int, Int], valid: int) -> None:
        v, b = Vectors(e), e.b
        widths = [min(e.lanes, valid - first) for first in range(0, valid, e.lanes)]
        chains = {1: 8, 2: 4, 3: 2, 4: 2}[len(widths)]  # additions that wait for none before them
        sums = [[e.room(v.type) for _ in widths] for _ in range(chains)]
        for chain in sums:
            for place in chain:
                b.store(v.zero(), place)

        def add_row(row: Int, into: Sequence[ir.Value]) -> None:
            for vector, (place, width) in enumerate(zip(into, widths, strict=True)):
                value = self._value(e, v, (arrays, row, vector * e.lanes, width))
                if width < e.lanes:  # what lies behind the last channel may be anything, 0 / 0 included
                    value = v.only(value, width)
                b.store(b.fadd(b.load(place, typ=v.type), value), place)

        first, last = span
        length = b.sub(e.i64(last), e.i64(first))
        whole = b.add(e.i64(first), b.mul(b.sdiv(length, e.i64(chains)), e.i64(chains)))
        with e.loop(whole, first=first, step=chains) as row:
            for chain in range(chains):
                add_row(e.add(row, chain), sums[chain])
        with e.loop(last, first=whole) as row:
            add_row(row, sums[0])
        for vector, width in enumerate(widths):
            values = [b.load(chain[vector], typ=v.type) for chain in sums]
            while len(values) > 1:  # the number of chains is a power of two
                values = [b.fadd(one, other) for one, other in zip(values[::2], values[1::2], strict=True)]
            v.store(values[0], e.at(out, vector * e.lanes), width)

    def _value(self, e: Emitter, v: Vectors, where: tuple[Any, Int, int, int]) -> ir.Value:
        """The code of the expression for one vector of one row."""
        arrays, row, offset, width = where

        def load(kind: str, place: int) -> ir.Value:
            begin = e.mul(row, self.channels) if kind == "array" else 0
            return v.load(e.at(arrays[place], e.add(begin, offset)), width)

        return evaluate(e, v, self.expression, load)


def _small(rows: int, channels: int) -> bool:
    """Whether one thread is done before a second one has begun."""
    return rows * channels <= _SMALL and rows <= _MANY_ROWS


def column_sums(expression: Expression, operands: Sequence[jax.Array], rows: int, channels: int) -> jax.Array:
    """The sums ``(channels,)`` of an expression over all rows.

    Args:
        expression: see :data:`~hondo.engine.kernels.arithmetic.Expression`.
        operands: arrays of ``rows · channels`` values, and lines of ``channels``.
        rows, channels: the sizes.
    """
    kinds = tuple("line" if operand.ndim == 1 else "array" for operand in operands)
    columns = parts(channels, _VECTORS * 16)
    row_parts = 1 if _small(rows, channels) else max(1, min(parts(_TASKS, columns), rows // _FEWEST_ROWS))
    kernel = ColumnSums(expression, kinds, rows, channels, row_parts)
    return call(kernel, operands, (row_parts, channels)).sum(0)
