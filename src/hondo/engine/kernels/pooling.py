"""Max pooling and its gradient, a vector of channels at a time."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from math import prod
from typing import Any

import jax
from llvmlite import ir

from hondo.core.emit import I32, I64, PTR, VOID, Emitter, Int, Vectors
from hondo.core.machine import Processor
from hondo.engine.kernels.calls import add_handler
from hondo.engine.kernels.library import call
from hondo.engine.kernels.windows import Axis, Tables, make_axis


@dataclass(frozen=True)
class MaxPool:
    """The largest value of each window, or the gradient of that; arrays are ``(batch, …, channels)``.

    Attributes:
        axes: the spatial axes; ``left`` is the input. The windows' own strides are not used.
        batch, channels: how many.
        left_batch, out_batch: elements of one sample.
        covers: each input belongs to exactly one window.
        gradient: compute, from the input and the gradient with respect to the output, the gradient with respect to
            the input; it goes to the first of the largest values, as in XLA.
    """

    axes: tuple[Axis, ...]
    batch: int
    channels: int
    left_batch: int
    out_batch: int
    covers: bool
    gradient: bool = False

    def write(self, module: ir.Module, name: str, processor: Processor) -> None:
        """Add the function that XLA calls under ``name``."""
        function = ir.Function(module, ir.FunctionType(VOID, [PTR, I64]), f"{name}_work")
        function.linkage = "internal"
        e = Emitter(function, processor.lanes)
        pointers, sample = e.args
        arrays = 3 if self.gradient else 2
        addresses = [e.b.load(e.byte(pointers, 8 * place), typ=PTR) for place in range(arrays)]
        strides = [self.left_batch, self.out_batch, self.left_batch][:arrays]
        addresses = [e.at(address, e.mul(sample, stride)) for address, stride in zip(addresses, strides, strict=True)]
        writer = _Writer(self, e, Tables(module))
        (writer.gradient if self.gradient else writer.largest)(*addresses)
        e.b.ret_void()
        add_handler(module, name, function, self.batch, (arrays - 1, 1))


def max_pool(x: jax.Array, out: Sequence[int], params: dict[str, Any]) -> jax.Array:
    """What ``reduce_window_max`` with these parameters makes of float32 ``(batch, …, channels)``."""
    return call(_pool(x.shape, out, params, gradient=False), (x,), out)


def max_pool_gradient(x: jax.Array, slope: jax.Array, params: dict[str, Any]) -> jax.Array:
    """What ``select_and_scatter_add`` makes of the input and the gradient with respect to the output."""
    return call(_pool(x.shape, slope.shape, params, gradient=True), (x, slope), x.shape)


def _pool(size: Sequence[int], out: Sequence[int], params: dict[str, Any], *, gradient: bool) -> MaxPool:
    space = range(1, len(size) - 1)
    window, strides, padding = (params[name] for name in ("window_dimensions", "window_strides", "padding"))
    axes = tuple(
        make_axis(
            (size[place], window[place], out[place]),
            stride=strides[place],
            low=padding[place][0],
            strides=(prod(size[place + 1 :]), 0, prod(out[place + 1 :])),
        )
        for place in space
    )
    apart = all(strides[place] >= window[place] for place in space)
    met = [sum(count for _, _, count in axis.meets) for axis in axes]
    covers = apart and met == [size[place] for place in space]
    return MaxPool(axes, size[0], size[-1], prod(size[1:]), prod(out[1:]), covers, gradient)


class _Writer:
    """Writes the code for one sample."""

    def __init__(self, pool: MaxPool, e: Emitter, tables: Tables) -> None:
        self.pool, self.e, self.v, self.tables = pool, e, Vectors(e), tables
        self.numbers = ir.VectorType(I32, e.lanes)

    def largest(self, left: ir.Value, out: ir.Value) -> None:
        """``out = max of each window``."""
        with self._positions() as (start, to, counts):
            for place, width in self._channels():
                best, _ = self._search(self.e.at(left, self.e.add(start, place)), counts, width)
                with_place = self.e.at(out, self.e.add(to, place))
                self.v.store(self.e.b.load(best, typ=self.v.type), with_place, width)

    def gradient(self, left: ir.Value, slope: ir.Value, out: ir.Value) -> None:
        """``out`` is ``slope`` where the largest value of its window is, and 0 elsewhere."""
        e, b = self.e, self.e.b
        if not self.pool.covers:
            self._clear(out)
        with self._positions() as (start, to, counts):
            for place, width in self._channels():
                source = e.add(start, place)
                _, which = self._search(e.at(left, source), counts, width)
                chosen = b.load(which, typ=self.numbers)
                given = self.v.load(e.at(slope, e.add(to, place)), width)
                with self._window(e.at(out, source), counts) as (target, number):
                    here = b.icmp_signed("==", chosen, self._everywhere(number))
                    value = b.select(here, given, self.v.zero())
                    if not self.pool.covers:
                        value = b.fadd(self.v.load(target, width), value)
                    self.v.store(value, target, width)

    def _clear(self, out: ir.Value) -> None:
        lanes, total = self.e.lanes, self.pool.left_batch
        with self.e.loop(total - total % lanes, step=lanes) as place:
            self.v.store(self.v.zero(), self.e.at(out, place), lanes)
        if total % lanes:
            self.v.store(self.v.zero(), self.e.at(out, total - total % lanes), total % lanes)

    @contextmanager
    def _positions(self) -> Iterator[tuple[Int, Int, list[Int]]]:
        """Every window: where it begins in the input, where its result lies, and how many inputs along each axis."""
        e, tables = self.e, self.tables
        start: Int = 0
        to: Int = 0
        counts: list[Int] = []
        with e.nest() as nest:
            for axis in self.pool.axes:
                position = nest.enter_context(e.loop(len(axis.meets)))
                firsts, _, many = zip(*axis.meets, strict=True)
                start = e.add(start, e.mul(tables.look_up(e, firsts, position), axis.left))
                to = e.add(to, e.mul(position, axis.out))
                counts.append(tables.look_up(e, many, position))
            yield start, to, counts

    def _channels(self) -> Iterator[tuple[Int, int]]:
        """Vectors of channels, and how many of their values count."""
        lanes, channels = self.e.lanes, self.pool.channels
        whole = channels - channels % lanes
        if whole:
            with self.e.loop(whole, step=lanes) as place:
                yield place, lanes
        if channels % lanes:
            yield whole, channels % lanes

    @contextmanager
    def _window(self, first: ir.Value, counts: list[Int]) -> Iterator[tuple[ir.Value, Int]]:
        """Every input of a window, and its number."""
        e = self.e
        number: Int = 0
        with e.nest() as nest:
            for axis, count in zip(self.pool.axes, counts, strict=True):
                index = nest.enter_context(e.loop(count))
                first = e.at(first, e.mul(index, axis.left_step * axis.left))
                number = e.add(e.mul(number, count), index)
            yield first, number

    def _search(self, first: ir.Value, counts: list[Int], width: int) -> tuple[ir.Value, ir.Value]:
        """Where the largest value of a window, and its number, are kept."""
        e, b = self.e, self.e.b
        best, which = e.room(self.v.type), e.room(self.numbers)
        b.store(ir.Constant(self.v.type, [float("-inf")] * e.lanes), best)
        b.store(ir.Constant(self.numbers, [0] * e.lanes), which)
        with self._window(first, counts) as (source, number):
            value, known = self.v.load(source, width), b.load(best, typ=self.v.type)
            keep = b.fcmp_ordered(">=", known, value)
            if not self.pool.gradient:  # NaN is the largest; the gradient goes to the value after it, as in XLA
                keep = b.or_(keep, b.fcmp_unordered("uno", known, known))
            b.store(b.select(keep, known, value), best)
            b.store(b.select(keep, b.load(which, typ=self.numbers), self._everywhere(number)), which)
        return best, which

    def _everywhere(self, number: Int) -> ir.Value:
        if isinstance(number, int):
            return ir.Constant(self.numbers, [number] * self.e.lanes)
        narrow = self.e.b.trunc(number, I32)
        undefined = ir.Constant(self.numbers, ir.Undefined)
        one = self.e.b.insert_element(undefined, narrow, ir.Constant(I32, 0))
        return self.e.b.shuffle_vector(one, undefined, ir.Constant(self.numbers, [0] * self.e.lanes))
