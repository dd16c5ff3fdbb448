"""3×3 and 5×5 convolutions with a fraction of the products, by Winograd's filtering of squares.

Each 6×6 square of the input is transformed, the 36 points are multiplied as matrices (squares × channels times
channels × features), and the products transformed back to 4×4 results of 3×3 taps, or 2×2 of 5×5: a quarter of the
products, or a third. The gradient with respect to the weights
transforms both its operands and sums the products over all squares. A task keeps everything between the two
transforms in its core's cache.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from math import prod

import jax
from llvmlite import ir

from hondo.core.emit import I64, PTR, VOID, Emitter, Int, Vectors
from hondo.core.machine import Processor, processor
from hondo.engine.kernels.calls import add_handler
from hondo.engine.kernels.library import call
from hondo.engine.kernels.points import from_points, to_points
from hondo.engine.kernels.tile import Tile, tile_shape
from hondo.engine.kernels.transforms import Applied, Filtering, Matrix, filtering, transposed
from hondo.engine.kernels.windows import parts

_N = 6
_POINTS = tuple(Fraction(each) for each in ("0", "3/4", "-3/4", "3/2", "-3/2"))
_SCRATCH_BYTES = 512 * 1024
_TASKS = 16


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
        return _N - self.taps + 1

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


class _Pixels:
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


def _write_transform(
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
            lambda i, j, value: v.store(value, e.at(to, e.add((i * _N + j) * step, channel)), e.lanes),
        )


class _Task:
    """What both kernels share: operands, squares, a scratch place."""

    def __init__(self, e: Emitter, squares: Squares) -> None:
        self.e, self.squares = e, squares

    @contextmanager
    def each_square(self, first: Int, count: Int) -> Iterator[tuple[Int, list[Int]]]:
        """Every square: its place in the task, and ``(picture, row, column)`` of its first result."""
        with self.e.loop(count) as place:
            picture, row, column = self.e.split(self.e.add(first, place), self.squares.grid)
            yield place, [picture, self.e.mul(row, self.squares.side), self.e.mul(column, self.squares.side)]

    def inputs(self, e: Emitter, source: _Pixels, where: Sequence[Int]) -> list[list[ir.Value]]:
        """The 6×6 pixels that a square's results need."""
        picture, row, column = where
        return source.of((picture, e.add(row, -self.squares.top), e.add(column, -self.squares.left)), _N)


@dataclass(frozen=True)
class Filter:
    """The convolution: ``x (batch, height, width, channels)`` and transformed weights ``(36, channels, features)``.

    Channels and features are multiples of a vector's length.
    """

    squares: Squares
    channels: int
    features: int

    def _block(self, wide: int) -> int:
        """Squares of a task: as many as fit the cache, all tasks about equal and several a thread."""
        most = max(8, _SCRATCH_BYTES // (4 * _N * _N * (self.channels + wide)))
        tasks = max(parts(self.squares.count, most), min(_TASKS, parts(self.squares.count, 8)))
        tasks = parts(tasks, 4) * 4 if self.squares.count >= 32 else tasks
        return parts(self.squares.count, tasks)

    def write(self, module: ir.Module, name: str, processor: Processor) -> None:
        """Add the function that XLA calls under ``name``."""
        s, lanes = self.squares, processor.lanes
        wide = _width(self.features, lanes)
        block = self._block(wide)
        function = ir.Function(module, ir.FunctionType(VOID, [PTR, I64]), f"{name}_work")
        function.linkage = "internal"
        e = Emitter(function, lanes)
        pointers, number = e.args
        x, weights, out = (e.b.load(e.byte(pointers, 8 * place), typ=PTR) for place in range(3))
        task = _Task(e, s)
        first = e.mul(number, block)
        count = e.smaller(e.b.sub(e.i64(s.count), e.i64(first)), block)
        points, products = _N * _N * block * self.channels, _N * _N * block * wide
        outside = max(self.channels, self.features)
        scratch = e.b.call(e.intrinsic("malloc", PTR, [I64]), [e.i64(4 * (points + products + 2 * outside))])
        multiplied, zeros = e.at(scratch, points), e.at(scratch, points + products)
        nowhere = e.at(zeros, outside)
        v = Vectors(e)
        with e.loop(self.channels, step=lanes) as place:
            v.store(v.zero(), e.at(zeros, place), lanes)
        source = _Pixels(e, x, (s.height, s.width), self.channels, zeros)
        with task.each_square(first, count) as (place, where):
            to = e.at(scratch, e.mul(place, self.channels))
            _write_transform(
                e,
                s.matrices.inputs,
                task.inputs(e, source, where),
                self.channels,
                to,
                block * self.channels,
                (s.side, self.channels),
            )
        target = _Pixels(e, out, (s.out_height, s.out_width), self.features, nowhere)
        with e.loop(self.features, step=wide) as feature:
            self._multiply(e, processor, (scratch, weights, multiplied), (block, count, wide), feature)
            self._back(e, task, target, multiplied, (first, count, block, wide), feature)
        e.b.call(e.intrinsic("free", VOID, [PTR]), [scratch])
        e.b.ret_void()
        add_handler(module, name, function, parts(s.count, block), (2, 1))

    def _multiply(
        self, e: Emitter, processor: Processor, arrays: Sequence[ir.Value], sizes: tuple[int, Int, int], feature: Int
    ) -> None:
        """For each point, squares × channels times channels × ``wide`` features."""
        points, weights, products = arrays
        block, count, wide = sizes
        rows, _ = tile_shape(block, wide, processor)
        sums = ((1, self.features),)
        with e.loop(_N * _N) as point:
            left = e.at(points, e.mul(point, block * self.channels))
            right = e.at(weights, e.add(e.mul(point, self.channels * self.features), feature))
            to = e.at(products, e.mul(point, block * wide))
            # Squares that a last task lacks are multiplied as they lie there: nobody reads them.
            with e.loop(count, step=rows) as row:
                tile = Tile(rows, wide, self.channels, wide, sums).function(e.function.module, e.lanes)
                row = e.smaller(row, block - rows)
                a, o = e.at(left, e.mul(row, self.channels)), e.at(to, e.mul(row, wide))
                e.b.call(tile, [a, right, o, e.i64(self.channels), ir.Constant(ir.IntType(1), 0)])

    def _back(
        self,
        e: Emitter,
        task: _Task,
        target: _Pixels,
        products: ir.Value,
        sizes: tuple[Int, Int, int, int],
        feature: Int,
    ) -> None:
        """Transform the products to results."""
        first, count, block, wide = sizes
        applied, v = Applied(e), Vectors(e)
        with task.each_square(first, count) as (place, where):
            pixels = target.of(where, task.squares.side)
            source = e.at(products, e.mul(place, wide))
            with e.loop(wide, step=e.lanes) as vector:
                at = e.add(feature, vector)
                applied.square(
                    task.squares.matrices.results,
                    lambda i, j: v.load(e.at(source, e.add((i * _N + j) * block * wide, vector)), e.lanes),
                    lambda r, c, value: v.store(value, e.at(pixels[r][c], at), e.lanes),
                )


@dataclass(frozen=True)
class FilterGradient:
    """The gradient with respect to the transformed weights, in ``shares`` that are still to be added.

    From ``x (batch, height, width, channels)`` and ``slope (batch, out height, out width, features)`` to
    ``(shares, 36, channels, features)``.
    """

    squares: Squares
    channels: int
    features: int
    shares: int

    def write(self, module: ir.Module, name: str, processor: Processor) -> None:
        """Add the function that XLA calls under ``name``."""
        s, lanes = self.squares, processor.lanes
        tall, wide = _width(self.channels, lanes), _width(self.features, lanes)
        block = max(8, _SCRATCH_BYTES // 2 // (4 * _N * _N * (tall + wide)))
        share = parts(s.count, self.shares)
        function = ir.Function(module, ir.FunctionType(VOID, [PTR, I64]), f"{name}_work")
        function.linkage = "internal"
        e = Emitter(function, lanes)
        pointers, number = e.args
        x, slope, out = (e.b.load(e.byte(pointers, 8 * place), typ=PTR) for place in range(3))
        grid = (self.shares, parts(self.channels, tall), parts(self.features, wide))
        part, down, across = e.split(number, grid)
        channel, feature = e.mul(down, tall), e.mul(across, wide)
        task = _Task(e, s)
        lefts, rights = _N * _N * block * tall, _N * _N * block * wide
        zero_values = max(tall, wide)
        scratch = e.b.call(e.intrinsic("malloc", PTR, [I64]), [e.i64(4 * (lefts + rights + zero_values))])
        right_points, zeros = e.at(scratch, lefts), e.at(scratch, lefts + rights)
        v = Vectors(e)
        with e.loop(zero_values, step=lanes) as place:
            v.store(v.zero(), e.at(zeros, place), lanes)
        inputs = _Pixels(e, e.at(x, channel), (s.height, s.width), self.channels, zeros)
        slopes = _Pixels(e, e.at(slope, feature), (s.out_height, s.out_width), self.features, zeros)
        out = e.at(
            out,
            e.add(e.mul(part, _N * _N * self.channels * self.features), e.add(e.mul(channel, self.features), feature)),
        )
        begin = e.mul(part, share)
        end = e.smaller(e.add(begin, share), s.count)
        with e.loop(end, first=begin, step=block) as first:
            count = e.smaller(e.b.sub(e.i64(end), e.i64(first)), block)
            with task.each_square(first, count) as (place, where):
                to = e.at(scratch, e.mul(place, tall))
                _write_transform(
                    e, s.matrices.inputs, task.inputs(e, inputs, where), tall, to, block * tall, (s.side, self.channels)
                )
                to = e.at(right_points, e.mul(place, wide))
                _write_transform(
                    e,
                    transposed(s.matrices.results),
                    slopes.of(where, s.side),
                    wide,
                    to,
                    block * wide,
                    (s.side, self.features),
                )
            further = e.b.icmp_signed(">", e.i64(first), e.i64(begin))
            self._multiply(e, processor, (scratch, right_points, out), (tall, wide, block), count, further)
        e.b.call(e.intrinsic("free", VOID, [PTR]), [scratch])
        e.b.ret_void()
        add_handler(module, name, function, prod(grid), (2, 1))

    def _multiply(
        self,
        e: Emitter,
        processor: Processor,
        arrays: Sequence[ir.Value],
        sizes: tuple[int, int, int],
        count: Int,
        further: ir.Value,
    ) -> None:
        """For each point, channels × squares times squares × features, added up."""
        left, right, out = arrays
        tall, wide, block = sizes
        rows, _ = tile_shape(tall, wide, processor)
        with e.loop(_N * _N) as point:
            for row in range(0, tall, rows):
                tile = Tile(min(rows, tall - row), wide, 1, self.features, ((tall, wide),))
                a = e.at(left, e.add(e.mul(point, block * tall), row))
                b = e.at(right, e.mul(point, block * wide))
                o = e.at(out, e.add(e.mul(point, self.channels * self.features), row * self.features))
                e.b.call(tile.function(e.function.module, e.lanes), [a, b, o, e.i64(count), further])


def _width(total: int, lanes: int) -> int:
    """Values of a tile's line: two vectors where they divide the total, else one."""
    return 2 * lanes if total % (2 * lanes) == 0 else lanes


def pays(squares: Squares, channels: int, features: int, products: int, *, gradient: bool) -> bool:
    """Whether fewer products outweigh the transforms.

    Args:
        squares: where the results lie.
        channels, features: how many.
        products: how many pairs of pixel and tap a picture has for each channel and feature.
        gradient: for the gradient with respect to the weights rather than the convolution.
    """
    lanes = processor().lanes
    if channels % lanes or features % lanes or squares.count < _FEWEST:
        return False
    points = _N * _N
    # For the weights' gradient, both transforms are made anew for each tile of channels and features.
    width = _width(features, lanes)
    transforms = (_INTO + _OUT_OF) / width if gradient else _INTO / features + _OUT_OF / channels
    return squares.count * (points + transforms) < _WORTH * products * squares.batch


_FEWEST = 32
_INTO, _OUT_OF, _WORTH = 260.0, 170.0, 0.9  # instructions of a transform of one vector, as measured


def winograd(x: jax.Array, weights: jax.Array, squares: Squares, *, mirrored: bool, swapped: bool) -> jax.Array:
    """The convolution of ``(batch, height, width, channels)`` with ``(taps, taps, channels, features)``.

    Args:
        x, weights: float32.
        squares: where the results lie.
        mirrored: take the taps from last to first, down and across.
        swapped: the weights lie as ``(taps, taps, features, channels)``.
    """
    points = to_points(weights, squares.matrices.taps, mirrored=mirrored, swapped=swapped)
    _, channels, features = points.shape
    out = (squares.batch, squares.out_height, squares.out_width, features)
    return call(Filter(squares, channels, features), (x, points), out)


def winograd_gradient(x: jax.Array, slope: jax.Array, squares: Squares) -> jax.Array:
    """The gradient with respect to the weights ``(taps, taps, channels, features)``."""
    channels, features, lanes = x.shape[3], slope.shape[3], processor().lanes
    blocks = (channels // _width(channels, lanes)) * (features // _width(features, lanes))
    shares = min(parts(8, blocks), parts(squares.count, 16))
    found = call(FilterGradient(squares, channels, features, shares), (x, slope), (shares, _N * _N, channels, features))
    return from_points(found, squares.matrices.taps)
