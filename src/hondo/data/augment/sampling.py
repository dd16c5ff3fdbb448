"""Pictures sampled through affine maps by machine code of our own: one call for a whole batch.

For small pictures the time goes into OpenCV's calls and into what it prepares for each picture. This code asks nothing
of a picture but its map, lets go of Python's lock for as long as it runs, and knows coordinates with 64 bits. It
multiplies and adds without fusing the two, so that the same values come out on every processor.
"""

import ctypes
from collections.abc import Callable
from dataclasses import astuple, dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from llvmlite import ir

from hondo.core.arrays import Array
from hondo.core.emit import F32, I8, I32, I64, PTR, VOID, Emitter
from hondo.core.machine import address_of

Fill = Literal["nearest", "reflect", "constant"]
Function = Callable[..., None]

_LANES = 8  # pixels whose places are computed together
_STRIP = 64  # pixels whose places are computed before the first is read
_F64 = ir.DoubleType()
_MAP_BYTES = 6 * 8
_MOST_VALUES = 2**31  # places are counted in 32 bits
_MOST_CHANNELS = 16


@dataclass(frozen=True)
class Sampler:
    """Which pictures are sampled, and how.

    Attributes:
        bytes_each: 1 for uint8, 4 for float32.
        channels: how many.
        fill: what is found beyond the edges.
        between: values between pixels are interpolated; otherwise they are the nearest pixel's.
    """

    bytes_each: Literal[1, 4]
    channels: int
    fill: Fill
    between: bool

    def __call__(self, pictures: Array, maps: npt.NDArray[np.float64], out: Array, fill_value: float = 0.0) -> None:
        """Sample each picture through its map.

        Args:
            pictures: of the type and the channels above ``(n, height, width, channels)``, contiguous, at least two
                pixels a side.
            maps: float64 ``(n, 2, 3)``.
            out: receives the result; like ``pictures``, and other memory.
            fill_value: for ``constant``; within 0 to 255 for uint8.
        """
        if out.size:
            maps = np.ascontiguousarray(maps)
            _function(self)(_address(pictures), _address(out), _address(maps), *pictures.shape[:3], fill_value)

    @staticmethod
    def takes(pictures: Array) -> bool:
        """Whether pictures have a size that can be sampled so."""
        height, width, channels = pictures.shape[1:]
        return min(height, width) >= 2 and channels <= _MOST_CHANNELS and height * width * channels < _MOST_VALUES


def _address(array: Array) -> int:
    return array.__array_interface__["data"][0]


@cache
def _function(sampler: Sampler) -> Function:
    """``(pictures, out, maps, count, height, width, fill value)``, compiled once."""
    name = "sample_" + "_".join(str(each) for each in astuple(sampler))
    address = address_of(name, lambda module: _Writer(module, sampler).write(name), Path(__file__))
    kinds = [ctypes.c_void_p] * 3 + [ctypes.c_int64] * 3 + [ctypes.c_float]
    return ctypes.CFUNCTYPE(None, *kinds)(address.value or 0)


class _Writer:
    """Writes a sampler's machine code.

    A row is done in strips. First the place of each pixel is computed, for several at once: the source's pixel to the
    upper left, and the weights of two columns and two rows. Then each pixel is put together from two pairs of
    neighbours, all channels at once.
    """

    def __init__(self, module: ir.Module, sampler: Sampler) -> None:
        self.module, self.s = module, sampler
        self.kind = I8 if sampler.bytes_each == 1 else F32

    def write(self, name: str) -> None:
        """Add the function."""
        kinds = [PTR, PTR, PTR, I64, I64, I64, F32]
        self.e = e = Emitter(ir.Function(self.module, ir.FunctionType(VOID, kinds), name))
        pictures, out, maps, count, height, width, self.fill_value = e.args
        self.places, self.weights = e.room(I32, _STRIP), [e.room(F32, _STRIP) for _ in range(4)]
        self.row = e.mul(width, self.s.channels)  # all in values, not bytes
        picture = e.mul(self.row, height)
        self.sides = [self._spread(e.b.sitofp(side, _F64)) for side in (width, height)]
        self.strides = [self._same(float(self.s.channels)), self._spread(e.b.sitofp(self.row, _F64))]
        with e.loop(count) as number:
            matrix = e.at(maps, e.mul(number, _MAP_BYTES), I8)
            self.matrix = [e.read(matrix, 8 * place, _F64) for place in range(6)]
            source, result = (e.at(each, e.mul(number, picture), self.kind) for each in (pictures, out))
            with e.loop(height) as down:
                line = e.at(result, e.mul(down, self.row), self.kind)
                with e.loop(width, 0, _STRIP) as right:
                    self._strip(source, line, down, right, e.smaller(e.b.sub(width, right), _STRIP))
        e.b.ret_void()

    def _strip(self, source: ir.Value, line: ir.Value, down: Any, right: Any, count: ir.Value) -> None:
        """``count`` pixels of a row, from column ``right`` on."""
        e = self.e
        y = e.b.sitofp(down, _F64)
        starts = [
            self._spread(e.b.fadd(e.b.fmul(y, self.matrix[place + 1]), self.matrix[place + 2])) for place in (0, 3)
        ]
        steps = [self._spread(self.matrix[place]) for place in (0, 3)]
        lanes = ir.Constant(ir.VectorType(_F64, _LANES), [float(lane) for lane in range(_LANES)])
        with e.loop(count, 0, _LANES) as place:
            x = e.b.fadd(self._spread(e.b.sitofp(e.b.add(right, place), _F64)), lanes)
            offset = self._same(0.0)
            for axis in range(2):
                where = e.b.fadd(e.b.fmul(x, steps[axis]), starts[axis])
                first, *weights = self._along(where, self.sides[axis])
                offset = e.b.fadd(offset, e.b.fmul(first, self.strides[axis]))
                for room, weight in zip(self.weights[2 * axis :], weights, strict=False):
                    narrow = e.b.fptrunc(weight, ir.VectorType(F32, _LANES))
                    e.b.store(narrow, e.at(room, place), align=4)
            e.b.store(e.b.fptosi(offset, ir.VectorType(I32, _LANES)), e.at(self.places, place, I32), align=4)
        with e.loop(count) as place:
            offset = e.b.sext(e.b.load(e.at(self.places, place, I32), typ=I32), I64)
            weights = [e.b.load(e.at(room, place), typ=F32) for room in self.weights]
            value = (self._mixed if self.s.between else self._copied)(e.at(source, offset, self.kind), weights)
            target = e.at(line, e.mul(e.b.add(right, place), self.s.channels), self.kind)
            e.b.store(value, target, align=self.s.bytes_each)

    def _along(self, where: ir.Value, side: ir.Value) -> tuple[ir.Value, ir.Value, ir.Value]:
        """The first of two neighbours along an axis, and the weights of both; whatever is asked, they lie inside."""
        b, one, zero = self.e.b, self._same(1.0), self._same(0.0)
        last = b.fsub(side, one)
        if not self.s.between:
            where = self._floor(b.fadd(where, self._same(0.5)))
        if self.s.fill == "reflect":  # about the outer edges of the outermost pixels
            period = b.fadd(side, side)
            turned = b.fadd(where, self._same(0.5))
            turned = b.fsub(turned, b.fmul(self._floor(b.fdiv(turned, period)), period))
            where = b.fsub(self._smaller(turned, b.fsub(period, turned)), self._same(0.5))
        constant = self.s.fill == "constant"
        low, high = (self._same(-1.0), side) if constant else (zero, last)
        where = self._larger(self._smaller(where, high), low)
        if not self.s.between:
            first = self._larger(self._smaller(where, last), zero)
            return first, b.select(b.fcmp_ordered("==", first, where), one, zero), zero
        first = self._larger(self._smaller(self._floor(where), b.fsub(last, one)), zero)
        beyond = b.fsub(where, first)
        if not constant:
            return first, b.fsub(one, beyond), beyond
        # Beyond the edge what is missing of the weights is the fill value's.
        far = self._larger(beyond, b.fsub(zero, beyond))
        further = b.fsub(beyond, one)
        further = self._larger(further, b.fsub(zero, further))
        return first, self._larger(b.fsub(one, far), zero), self._larger(b.fsub(one, further), zero)

    def _mixed(self, pixel: ir.Value, weights: list[ir.Value]) -> ir.Value:
        """The value between a pixel, the next, and the two below."""
        b, channels = self.e.b, self.s.channels
        left, right, above, below = weights
        rows = [self._pair(pixel), self._pair(self.e.at(pixel, self.row, self.kind))]
        both = self._sum(rows, [self._spread(weight, 2 * channels) for weight in (above, below)])
        halves = [self._part(both, first, channels) for first in (0, channels)]
        value = self._sum(halves, [self._spread(weight, channels) for weight in (left, right)])
        if self.s.fill == "constant":
            covered = b.fmul(b.fadd(left, right), b.fadd(above, below))
            rest = b.fmul(self.fill_value, b.fsub(ir.Constant(F32, 1.0), covered))
            value = b.fadd(value, self._spread(rest, channels))
        return self._rounded(value)

    def _copied(self, pixel: ir.Value, weights: list[ir.Value]) -> ir.Value:
        """The pixel itself, or the fill value where it is too far away."""
        b, channels = self.e.b, self.s.channels
        value = b.load(pixel, typ=ir.VectorType(self.kind, channels), align=self.s.bytes_each)
        if self.s.fill != "constant":
            return value
        inside = b.fcmp_ordered(">", b.fmul(weights[0], weights[2]), ir.Constant(F32, 0.0))
        return b.select(inside, value, self._rounded(self._spread(self.fill_value, channels)))

    def _pair(self, pointer: ir.Value) -> ir.Value:
        """A pixel and the next in the row, as float32."""
        b, values = self.e.b, 2 * self.s.channels
        loaded = b.load(pointer, typ=ir.VectorType(self.kind, values), align=self.s.bytes_each)
        if self.kind is F32:
            return loaded
        return b.sitofp(b.zext(loaded, ir.VectorType(I32, values)), ir.VectorType(F32, values))

    def _rounded(self, value: ir.Value) -> ir.Value:
        """Float32 that are not negative, as values of a picture."""
        if self.kind is F32:
            return value
        b, channels = self.e.b, self.s.channels
        half = ir.Constant(ir.VectorType(F32, channels), [0.5] * channels)
        return b.trunc(b.fptosi(b.fadd(value, half), ir.VectorType(I32, channels)), ir.VectorType(I8, channels))

    def _sum(self, values: list[ir.Value], weights: list[ir.Value]) -> ir.Value:
        b = self.e.b
        return b.fadd(b.fmul(values[0], weights[0]), b.fmul(values[1], weights[1]))

    def _smaller(self, a: Any, b: Any) -> ir.Value:
        """``min(a, b)``; ``b`` where ``a`` is no number."""
        return self.e.b.select(self.e.b.fcmp_ordered("<", a, b), a, b)

    def _larger(self, a: Any, b: Any) -> ir.Value:
        """``max(a, b)``; ``b`` where ``a`` is no number."""
        return self.e.b.select(self.e.b.fcmp_ordered(">", a, b), a, b)

    def _floor(self, value: Any) -> ir.Value:
        return self.e.b.call(self.e.intrinsic(f"llvm.floor.v{_LANES}f64", value.type, [value.type]), [value])

    def _spread(self, value: Any, lanes: int = _LANES) -> ir.Value:
        """A number in every lane of a vector."""
        vector = ir.VectorType(value.type, lanes)
        one = self.e.b.insert_element(ir.Constant(vector, ir.Undefined), value, ir.Constant(I32, 0))
        return self._part(one, [0] * lanes)

    def _part(self, value: Any, first: int | list[int], count: int = 0) -> ir.Value:
        """``count`` neighbouring lanes of a vector, or those listed."""
        lanes = first if isinstance(first, list) else list(range(first, first + count))
        order = ir.Constant(ir.VectorType(I32, len(lanes)), lanes)
        return self.e.b.shuffle_vector(value, ir.Constant(value.type, ir.Undefined), order)

    @staticmethod
    def _same(value: float) -> ir.Value:
        return ir.Constant(ir.VectorType(_F64, _LANES), [value] * _LANES)
