"""Winograd's transforms of weights: from taps to points before a convolution, and from points to taps after it.

As matrix products they have an inner dimension of nine, for which XLA takes ten times as long as memory does.
"""

from dataclasses import dataclass
from functools import reduce

import jax
from llvmlite import ir

from hondo.core.emit import I64, PTR, VOID, Emitter, Int, Vectors
from hondo.core.machine import Processor
from hondo.engine.kernels.calls import add_handler
from hondo.engine.kernels.library import call
from hondo.engine.kernels.transforms import Applied, Matrix, transposed
from hondo.engine.kernels.transposing import write_swapped
from hondo.engine.kernels.windows import parts

_TASKS = 16


@dataclass(frozen=True)
class ToPoints:
    """From weights ``(taps, taps, channels, features)`` to ``(points², channels, features)``.

    Attributes:
        matrix: ``(points, taps)``, applied down and across.
        channels, features: multiples of a vector's length.
        mirrored: take the taps from last to first.
        swapped: the weights lie as ``(taps, taps, features, channels)``.
    """

    matrix: Matrix
    channels: int
    features: int
    mirrored: bool
    swapped: bool

    def write(self, module: ir.Module, name: str, processor: Processor) -> None:
        """Add the function that XLA calls under ``name``; a task transforms some vectors, or some squares of them."""
        lanes, values = processor.lanes, self.channels * self.features
        function = ir.Function(module, ir.FunctionType(VOID, [PTR, I64]), f"{name}_work")
        function.linkage = "internal"
        e = Emitter(function, lanes)
        pointers, number = e.args
        weights, points = (e.b.load(e.byte(pointers, 8 * place), typ=PTR) for place in range(2))
        units = values // lanes**2 if self.swapped else values // lanes
        share = parts(units, _TASKS)
        begin = e.mul(number, share)
        square = e.room(Vectors(e).type, len(self.matrix[0]) ** 2 * lanes) if self.swapped else None
        with e.loop(e.smaller(e.add(begin, share), units), first=begin) as unit:
            if square is None:
                at = e.mul(unit, lanes)
                self._transform(e, e.at(weights, at), values, e.at(points, at))
            else:
                self._transform_swapped(e, weights, points, unit, square)
        e.b.ret_void()
        add_handler(module, name, function, parts(units, share), (1, 1))

    def _transform_swapped(self, e: Emitter, weights: ir.Value, points: ir.Value, unit: Int, square: ir.Value) -> None:
        """Transform a square of channels and features, swapped in a place of its own."""
        lanes, values = e.lanes, self.channels * self.features
        grid = (self.channels // lanes, self.features // lanes)
        channel, feature = (e.mul(each, lanes) for each in e.split(unit, grid))
        source = e.at(weights, e.add(e.mul(feature, self.channels), channel))
        for tap in range(len(self.matrix[0]) ** 2):
            block = e.at(square, tap * lanes**2)
            write_swapped(e, e.at(source, tap * values), block, (self.channels, lanes), (lanes, lanes))
        to = e.at(points, e.add(e.mul(channel, self.features), feature))
        with e.loop(lanes) as row:
            self._transform(e, e.at(square, e.mul(row, lanes)), lanes**2, e.at(to, e.mul(row, self.features)))

    def _transform(self, e: Emitter, taps: ir.Value, apart: int, to: ir.Value) -> None:
        """Transform a vector of weights, whose taps lie ``apart``."""
        v, (points, side) = Vectors(e), (len(self.matrix), len(self.matrix[0]))
        values, last = self.channels * self.features, side * side - 1

        def load(row: int, column: int) -> ir.Value:
            place = row * side + column
            return v.load(e.at(taps, (last - place if self.mirrored else place) * apart), e.lanes)

        def store(row: int, column: int, value: ir.Value) -> None:
            v.store(value, e.at(to, (row * points + column) * values), e.lanes)

        Applied(e).square(self.matrix, load, store)


@dataclass(frozen=True)
class FromPoints:
    """From the shares of a gradient ``(shares, points², values)`` to the sum's taps ``(taps², values)``.

    Attributes:
        matrix: ``(points, taps)``, as for :class:`ToPoints`.
        shares: how many are added.
        values: a multiple of a vector's length.
    """

    matrix: Matrix
    shares: int
    values: int

    def write(self, module: ir.Module, name: str, processor: Processor) -> None:
        """Add the function that XLA calls under ``name``; a task transforms some vectors."""
        lanes = processor.lanes
        function = ir.Function(module, ir.FunctionType(VOID, [PTR, I64]), f"{name}_work")
        function.linkage = "internal"
        e = Emitter(function, lanes)
        v = Vectors(e)
        pointers, number = e.args
        points, taps = (e.b.load(e.byte(pointers, 8 * place), typ=PTR) for place in range(2))
        side, window = len(self.matrix), len(self.matrix[0])
        units = self.values // lanes
        share = parts(units, _TASKS)

        def load(at: Int, row: int, column: int) -> ir.Value:
            shares = [
                v.load(e.at(points, e.add(((part * side + row) * side + column) * self.values, at)), lanes)
                for part in range(self.shares)
            ]
            return reduce(e.b.fadd, shares)

        begin = e.mul(number, share)
        with e.loop(e.smaller(e.add(begin, share), units), first=begin) as unit:
            at = e.mul(unit, lanes)
            Applied(e).square(
                transposed(self.matrix),
                lambda row, column, at=at: load(at, row, column),
                lambda row, column, value, at=at: v.store(
                    value, e.at(taps, e.add((row * window + column) * self.values, at)), lanes
                ),
            )
        e.b.ret_void()
        add_handler(module, name, function, parts(units, share), (1, 1))


def to_points(weights: jax.Array, matrix: Matrix, *, mirrored: bool, swapped: bool) -> jax.Array:
    """Transform weights ``(taps, taps, channels, features)``, the last two as they lie, to ``(points², …)``.

    Args:
        weights: float32.
        matrix: ``(points, taps)``.
        mirrored: take the taps from last to first.
        swapped: exchange channels and features on the way.
    """
    one, other = weights.shape[2:]
    channels, features = (other, one) if swapped else (one, other)
    kernel = ToPoints(matrix, channels, features, mirrored, swapped)
    return call(kernel, (weights,), (len(matrix) ** 2, channels, features))


def from_points(gradient: jax.Array, matrix: Matrix) -> jax.Array:
    """Add up ``(shares, points², channels, features)`` and transform it to ``(taps, taps, channels, features)``."""
    shares, _, channels, features = gradient.shape
    taps = len(matrix[0])
    return call(FromPoints(matrix, shares, channels * features), (gradient,), (taps, taps, channels, features))
