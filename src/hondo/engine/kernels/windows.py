"""Windows sliding over space: which input positions meet which window positions, and tables of them in the code."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import gcd
from typing import Any

from llvmlite import ir

from hondo.core.emit import I64, Emitter, Int


@dataclass(frozen=True)
class Axis:
    """A spatial axis: for each position of the result, which positions of ``left`` meet which of ``right``.

    Attributes:
        meets: for each result position the first index into ``left``, the first into ``right``, and how many meet.
        left_step, right_step: from one meeting to the next.
        left, right, out: elements from one index to the next.
    """

    meets: tuple[tuple[int, int, int], ...]
    left_step: int
    right_step: int
    left: int
    right: int
    out: int

    @property
    def most(self) -> int:
        """The most meetings of any position."""
        return max((count for _, _, count in self.meets), default=0)

    def span(self, first: int, last: int) -> tuple[int, int]:
        """The first index into ``left`` that the positions from ``first`` to before ``last`` need, and how many."""
        used = [(start, start + (count - 1) * self.left_step) for start, _, count in self.meets[first:last] if count]
        if not used:
            return 0, 0
        low = min(low for low, _ in used)
        return low, max(high for _, high in used) - low + 1


def make_axis(
    sizes: tuple[int, int, int],
    *,
    stride: int = 1,
    low: int = 0,
    apart: int = 1,
    between: int = 1,
    strides: tuple[int, int, int],
    mirrored: bool = False,
) -> Axis:
    """Slide a window along one dimension.

    Args:
        sizes: of the input, of the window, and of the result.
        stride: from one window to the next.
        low: padding before the input.
        apart: from one entry of the window to the next (its dilation).
        between: from one entry of the input to the next (its dilation).
        strides: elements from one index to the next, of the input, the window and the result.
        mirrored: the window's entries are stored from last to first.
    """
    size, window, positions = sizes
    meets = []
    for position in range(positions):
        first = position * stride - low
        hits = [
            (at // between, entry)
            for entry in range(window)
            if (at := first + entry * apart) % between == 0 and 0 <= at // between < size
        ]
        meets.append((*hits[0], len(hits)) if hits else (0, 0, 0))
    common = gcd(between, apart)
    step = between // common
    if mirrored:
        meets, step = [(start, window - 1 - entry, count) for start, entry, count in meets], -step
    return Axis(tuple(meets), apart // common, step, *strides)


def parts(total: int, size: int) -> int:
    """How many parts of ``size`` cover ``total``."""
    return -(-total // size)


class Tables:
    """Constant arrays in a module, for numbers that follow no simple rule."""

    def __init__(self, module: ir.Module) -> None:
        self._module = module
        self._made: dict[tuple[int, ...], ir.GlobalVariable] = {}

    def look_up(self, e: Emitter, values: Sequence[int], index: Int) -> Int:
        """``values[index]``."""
        if len(set(values)) == 1:
            return values[0]
        if isinstance(index, int):
            return values[index]
        return e.b.load(e.at(self._table(tuple(values)), index, I64), typ=I64)

    def _table(self, values: tuple[int, ...]) -> ir.GlobalVariable:
        if values not in self._made:
            kind = ir.ArrayType(I64, len(values))
            variable: Any = ir.GlobalVariable(self._module, kind, f"table{len(self._made)}")
            variable.global_constant, variable.linkage = True, "internal"
            variable.initializer = ir.Constant(kind, list(values))
            self._made[values] = variable
        return self._made[values]
