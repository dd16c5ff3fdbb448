"""Swapping rows and columns of weights, which XLA does an entry at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

import jax
from llvmlite import ir

from hondo.core.emit import I32, I64, PTR, VOID, Emitter, Vectors
from hondo.core.machine import Processor
from hondo.engine.kernels.calls import add_handler
from hondo.engine.kernels.library import call
from hondo.engine.kernels.windows import parts

_SMALL = 2**15  # values that one thread has moved before a second one has begun


@dataclass(frozen=True)
class Transposition:
    """From ``(matrices, rows, columns)`` to ``(matrices, columns, rows)``."""

    matrices: int
    rows: int
    columns: int

    def write(self, module: ir.Module, name: str, processor: Processor) -> None:
        """Add the function that XLA calls under ``name``; a task moves a block of rows."""
        lanes = processor.lanes
        function = ir.Function(module, ir.FunctionType(VOID, [PTR, I64]), f"{name}_work")
        function.linkage = "internal"
        e = Emitter(function, lanes)
        pointers, number = e.args
        source, target = (e.b.load(e.byte(pointers, 8 * place), typ=PTR) for place in range(2))
        blocks = parts(self.rows, lanes)
        matrix, block = e.split(number, (self.matrices, blocks))
        size, row = self.rows * self.columns, e.mul(block, lanes)
        source = e.at(source, e.add(e.mul(matrix, size), e.mul(row, self.columns)))
        target = e.at(target, e.add(e.mul(matrix, size), row))
        tail = self.rows % lanes
        if not tail or blocks == 1:
            self._columns(e, source, target, tail or lanes)
        else:
            with e.b.if_else(e.b.icmp_signed("==", e.i64(block), e.i64(blocks - 1))) as (at_end, before):
                with at_end:
                    self._columns(e, source, target, tail)
                with before:
                    self._columns(e, source, target, lanes)
        e.b.ret_void()
        alone = self.matrices * self.rows * self.columns <= _SMALL
        add_handler(module, name, function, self.matrices * blocks, (1, 1), alone=alone)

    def _columns(self, e: Emitter, source: ir.Value, target: ir.Value, rows: int) -> None:
        """Move a block of rows, a square at a time."""
        whole = self.columns - self.columns % e.lanes
        with e.loop(whole, step=e.lanes) as column:
            to = e.at(target, e.mul(column, self.rows))
            write_swapped(e, e.at(source, column), to, (self.columns, self.rows), (rows, e.lanes))
        if self.columns % e.lanes:
            to, size = e.at(target, whole * self.rows), (rows, self.columns % e.lanes)
            write_swapped(e, e.at(source, whole), to, (self.columns, self.rows), size)


def write_swapped(
    e: Emitter, source: ir.Value, target: ir.Value, strides: tuple[int, int], size: tuple[int, int]
) -> None:
    """Move a block of at most ``lanes × lanes`` values, columns becoming rows.

    Args:
        e: writes the code.
        source, target: where the block begins.
        strides: from one row to the next, in the source and in the target.
        size: rows and columns in the source.
    """
    v, (rows, width) = Vectors(e), size
    lines = [v.load(e.at(source, n * strides[0]), width) if n < rows else v.zero() for n in range(e.lanes)]
    half = e.lanes // 2
    for _ in range(e.lanes.bit_length() - 1):  # shuffling the two halves like cards, so often, transposes
        shuffled = []
        for one, other in zip(lines[:half], lines[half:], strict=True):
            for first in (0, half):
                order = [lane + side * e.lanes for lane in range(first, first + half) for side in (0, 1)]
                mask = ir.Constant(ir.VectorType(I32, e.lanes), order)
                shuffled.append(e.b.shuffle_vector(one, other, mask))
        lines = shuffled
    for n in range(width):
        v.store(lines[n], e.at(target, n * strides[1]), rows)


def swap_last(x: jax.Array) -> jax.Array:
    """The same float32 array with its last two dimensions swapped."""
    *before, rows, columns = x.shape
    shape: Sequence[int] = (*before, columns, rows)
    return call(Transposition(prod(before), rows, columns), (x,), shape)
