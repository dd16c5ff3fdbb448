"""Depthwise convolutions and their gradients: each channel has a window of its own, a vector of channels at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from llvmlite import ir

from hondo.engine.kernels.calls import add_handler, begin_work
from hondo.engine.kernels.emit import Emitter, Int, Vectors
from hondo.engine.kernels.machine import Processor
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
        e, arrays, number = begin_work(module, name, processor.lanes, 3)
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
            e.block_of(part, self.channels, block, lambda valid: self._sum(e, arrays, counts, valid))
        e.b.ret_void()
        add_handler(module, name, e.function, prod(grid), (2, 1))

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
