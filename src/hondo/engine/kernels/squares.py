"""The squares of a picture that Winograd's filtering works on: where they lie, how they are read and transformed."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from math import prod

from llvmlite import ir

from hondo.engine.kernels.emit import Emitter, Int, Vectors
from hondo.engine.kernels.transforms import Applied, Filtering, Matrix, filtering
from hondo.engine.kernels.windows import parts

SIDE = 6
"""Pixels along a square's side."""
_POINTS = tuple(Fraction(each) for each in ("0", "3/4", "-3/4", "3/2", "-3/2"))


@dataclass(frozen=True)
class Squares:
    """Where the squares of a picture's results lie.

    Attributes:
        taps: of the filter, along each side.
        batch, height, width: of the input.
        top, left: the padding there.
        out_height, out_width: of the results.
    """

    taps: int
    batch: int
    height: int
    width: int
    top: int
    left: int
    out_height: int
    out_width: int

    @property
    def side(self) -> int:
        """Results along a square's side."""
        return SIDE - self.taps + 1

    @property
    def matrices(self) -> Filtering:
        """The transforms."""
        return filtering(self.side, self.taps, _POINTS)

    @property
    def grid(self) -> tuple[int, int, int]:
        """Pictures, rows and columns of squares."""
        return self.batch, parts(self.out_height, self.side), parts(self.out_width, self.side)

    @property
    def count(self) -> int:
        """All squares."""
        return prod(self.grid)


class Pixels:
    """Code that finds the pixels of a square; those outside of the picture lie in a buffer of their own."""

    def __init__(self, e: Emitter, array: ir.Value, size: tuple[int, int], channels: int, outside: ir.Value) -> None:
        self.e, self.array, self.size, self.channels, self.outside = e, array, size, channels, outside

    def of(self, where: Sequence[Int], side: int) -> list[list[ir.Value]]:
        """The addresses of a square's pixels; ``where`` is the picture, row and column of the first."""
        (picture, row, column), e = where, self.e
        height, width = self.size
        start = e.mul(picture, height * width * self.channels)
        rows = [e.i64(e.add(row, each)) for each in range(side)]
        columns = [e.i64(e.add(column, each)) for each in range(side)]
        inside_row = [e.b.icmp_unsigned("<", each, e.i64(height)) for each in rows]
        inside_column = [e.b.icmp_unsigned("<", each, e.i64(width)) for each in columns]
        from_row = [e.add(start, e.mul(each, width * self.channels)) for each in rows]
        from_column = [e.mul(each, self.channels) for each in columns]
        return [
            [
                e.b.select(
                    e.b.and_(inside_row[r], inside_column[c]),
                    e.at(self.array, e.add(from_row[r], from_column[c])),
                    self.outside,
                )
                for c in range(side)
            ]
            for r in range(side)
        ]


def write_transform(
    e: Emitter,
    matrix: Matrix,
    pixels: list[list[ir.Value]],
    channels: Int,
    to: ir.Value,
    step: int,
    ahead: tuple[int, int],
) -> None:
    """Transform a square for all channels.

    Args:
        matrix: the transform.
        pixels: the square's addresses.
        channels: how many.
        to: where the point ``(i, j)`` goes, ``(i · n + j) · step`` further on.
        step: elements from one point to the next.
        ahead: how many pixels further right the next square lies, and the elements of a pixel.
    """
    applied, v = Applied(e), Vectors(e)
    step_right, distance = ahead
    with e.loop(channels, step=e.lanes) as channel:
        for row in pixels:
            for pixel in row[-step_right:]:  # the next square will not find in the cache what lies right of these
                e.prefetch(e.at(e.at(pixel, channel), step_right * distance))
        applied.square(
            matrix,
            lambda r, c: v.load(e.at(pixels[r][c], channel), e.lanes),
            lambda i, j, value: v.store(value, e.at(to, e.add((i * SIDE + j) * step, channel)), e.lanes),
        )


class Task:
    """What both kernels share: operands, squares, a scratch place."""

    def __init__(self, e: Emitter, squares: Squares) -> None:
        self.e, self.squares = e, squares

    @contextmanager
    def each_square(self, first: Int, count: Int) -> Iterator[tuple[Int, list[Int]]]:
        """Every square: its place in the task, and ``(picture, row, column)`` of its first result."""
        with self.e.loop(count) as place:
            picture, row, column = self.e.split(self.e.add(first, place), self.squares.grid)
            yield place, [picture, self.e.mul(row, self.squares.side), self.e.mul(column, self.squares.side)]

    def inputs(self, source: Pixels, where: Sequence[Int]) -> list[list[ir.Value]]:
        """The 6×6 pixels that a square's results need."""
        (picture, row, column), e = where, self.e
        return source.of((picture, e.add(row, -self.squares.top), e.add(column, -self.squares.left)), SIDE)
