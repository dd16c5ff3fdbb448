"""Depthwise convolutions and their gradients: each channel has a window of its own, a vector of channels at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from llvmlite import ir

from hondo.core.emit import I64, PTR, VOID, Emitter, Int, Vectors
from hondo.core.machine import Processor
from hondo.engine.kernels.calls import add_handler
from hondo.engine.kernels.windows import Axis, Tables, parts

_TASKS = 24
_VECTORS = 4


@dataclass(frozen=True)
class Depthwise:
    """``out[position, c] = Σ left[…, c] · right[…, c]`` over the window of each position.

    Attributes:
        axes: all axes but the channels, samples included; an axis may be summed over entirely.
        channels: how many; they are contiguous in all arrays.
    """

    axes: tuple[Axis, ...]
    channels: int

    def write(self, module: ir.Module, name: str, processor: Processor) -> None:
        """Add the function that XLA calls under ``name``."""
        function = ir.Function(module, ir.FunctionType(VOID, [PTR, I64]), f"{name}_work")
        function.linkage = "internal"
        e = Emitter(function, processor.lanes)
        pointers, number = e.args
        arrays = [e.b.load(e.byte(pointers, 8 * place), typ=PTR) for place in range(3)]
        block = _VECTORS * processor.lanes
        sizes, blocks = [len(axis.meets) for axis in self.axes], parts(self.channels, block)
        shared = 0
        while shared < len(sizes) and prod(sizes[:shared]) * blocks < _TASKS:
            shared += 1
        grid = (*sizes[:shared], blocks)
        *given, part = e.split(number, grid)
        tables, counts = Tables(module), []
        channel = e.mul(part, block)
        with e.nest() as nest:
            for place, axis in enumerate(self.axes):
                position = given[place] if place < shared else nest.enter_context(e.loop(sizes[place]))
                starts, rights, meetings = zip(*axis.meets, strict=True)
                steps = (
                    e.mul(tables.look_up(e, starts, position), axis.left),
                    e.mul(tables.look_up(e, rights, position), axis.right),
                    e.mul(position, axis.out),
                )
                arrays = [e.at(array, step) for array, step in zip(arrays, steps, strict=True)]
                counts.append(tables.look_up(e, meetings, position))
            arrays = [e.at(array, channel) for array in arrays]
            tail = self.channels % block
            if not tail:
                self._sum(e, arrays, counts, block)
            elif blocks == 1:
                self._sum(e, arrays, counts, tail)
            else:
                last = e.b.icmp_signed("==", e.i64(part), e.i64(blocks - 1))
                with e.b.if_else(last) as (at_end, before):
                    with at_end:
                        self._sum(e, arrays, counts, tail)
                    with before:
                        self._sum(e, arrays, counts, block)
        e.b.ret_void()
        add_handler(module, name, function, prod(grid), (2, 1))

    def _sum(self, e: Emitter, arrays: Sequence[ir.Value], counts: Sequence[Int], valid: int) -> None:
        v, (left, right, out) = Vectors(e), arrays
        widths = [min(e.lanes, valid - first) for first in range(0, valid, e.lanes)]
        sums = [e.room(v.type) for _ in widths]
        for place in sums:
            e.b.store(v.zero(), place)
        with e.nest() as nest:
            for axis, count in zip(self.axes, counts, strict=True):
                index = nest.enter_context(e.loop(count))
                left = e.at(left, e.mul(index, axis.left_step * axis.left))
                right = e.at(right, e.mul(index, axis.right_step * axis.right))
            for number, (place, width) in enumerate(zip(sums, widths, strict=True)):
                a, b = (v.load(e.at(array, number * e.lanes), width) for array in (left, right))
                e.b.store(v.fma(a, b, e.b.load(place, typ=v.type)), place)
        for number, (place, width) in enumerate(zip(sums, widths, strict=True)):
            v.store(e.b.load(place, typ=v.type), e.at(out, number * e.lanes), width)
