"""The innermost kernel: a tile of sums of products that stay in registers until they are complete."""

from collections.abc import Sequence
from dataclasses import dataclass

from llvmlite import ir

from hondo.core.emit import I1, I64, PTR, VOID, Emitter, Int, Vectors
from hondo.core.machine import Processor
from hondo.engine.kernels.windows import parts


@dataclass(frozen=True)
class Tile:
    """``out[row, feature] = Σ left[row, …] · right[…, feature]``; strides are in elements.

    Attributes:
        rows, features: of the tile; features are contiguous in ``right`` and ``out``.
        left_row, out_row: from one row to the next.
        sums: for each level of the sum, outermost first, the strides in ``left`` and ``right``.
    """

    rows: int
    features: int
    left_row: int
    out_row: int
    sums: tuple[tuple[int, int], ...]

    def function(self, module: ir.Module, lanes: int) -> ir.Function:
        """``void (ptr left, ptr right, ptr out, i64 count of each level …, i1 adds to what is in out)``."""
        name = "tile_" + "_".join(
            str(number) for number in (self.rows, self.features, self.left_row, self.out_row, *sum(self.sums, ()))
        ).replace("-", "m")
        if name in module.globals:
            return module.globals[name]
        kinds = [PTR, PTR, PTR, *(I64 for _ in self.sums), I1]
        function = ir.Function(module, ir.FunctionType(VOID, kinds), name)
        function.linkage = "internal"
        function.attributes.add("noinline")
        self._write(Emitter(function, lanes))
        return function

    def _write(self, e: Emitter) -> None:
        v = Vectors(e)
        left, right, out, *counts, further = e.args
        widths = [min(e.lanes, self.features - first) for first in range(0, self.features, e.lanes)]
        sums = [[e.room(v.type) for _ in widths] for _ in range(self.rows)]
        for row in sums:
            for place in row:
                e.b.store(v.zero(), place)
        with e.nest() as nest:
            for count, (left_stride, right_stride) in zip(counts, self.sums, strict=True):
                index = nest.enter_context(e.loop(count))
                left, right = e.at(left, e.mul(index, left_stride)), e.at(right, e.mul(index, right_stride))
            factors = [v.load(e.at(right, place * e.lanes), width) for place, width in enumerate(widths)]
            for number, row in enumerate(sums):
                spread = v.spread(e.at(left, number * self.left_row))
                for place, factor in zip(row, factors, strict=True):
                    e.b.store(v.fma(spread, factor, e.b.load(place, typ=v.type)), place)
        with e.b.if_else(further) as (go_on, begin):
            for block, adds in ((go_on, True), (begin, False)):
                with block:
                    self._finish(e, v, sums, widths, out, adds=adds)
        e.b.ret_void()

    def _finish(
        self,
        e: Emitter,
        v: Vectors,
        sums: Sequence[Sequence[ir.Value]],
        widths: Sequence[int],
        out: ir.Value,
        *,
        adds: bool,
    ) -> None:
        for number, row in enumerate(sums):
            for index, (place, width) in enumerate(zip(row, widths, strict=True)):
                to = e.at(out, number * self.out_row + index * e.lanes)
                value = e.b.load(place, typ=v.type)
                v.store(e.b.fadd(v.load(to, width), value) if adds else value, to, width)


def tile_shape(rows: int, features: int, processor: Processor) -> tuple[int, int]:
    """How many rows and vectors of features fill the registers, with tiles of about equal size."""
    vectors = min(parts(features, processor.lanes), 2)
    most = (processor.registers - 2 - vectors) // vectors
    return parts(rows, parts(rows, most)), vectors


def in_whole_tiles(e: Emitter, total: Int, size: int, most: int) -> tuple[Int, int]:
    """How much of ``total`` whole tiles of ``size`` cover, and what is left where ``total`` ends as ``most`` does."""
    left = most % size
    if not left:
        return total, 0
    return e.b.mul(e.b.udiv(e.i64(total), e.i64(size)), e.i64(size)), left
