"""Machine code that trains one small network: whole steps, many in a call, nothing allocated.

A batch's points lie side by side in vectors, so that each weight meets all of them in one instruction. Sizes are
constants of the code; rates, points and batch size are not. A weight's gradient is at first one sum a lane; the sums
of as many weights as a vector has lanes are then put together by halving, and the optimizer takes them as one vector.
"""

import ctypes
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from llvmlite import ir

from hondo.core.emit import F32, I1, I32, I64, PTR, VOID, Emitter, Int, Vectors
from hondo.core.machine import address_of, processor
from hondo.playground.functions import Functions
from hondo.playground.layout import count, places
from hondo.playground.order import GOLDEN, LAST_SHIFT, MIX
from hondo.playground.reference import BETA_1, BETA_2, EPSILON, MOMENTUM, RHO
from hondo.playground.setup import Setup

_SOURCES = tuple(
    Path(__file__).with_name(f"{name}.py") for name in ("code", "functions", "layout", "order", "reference")
)
_POINTERS = ("weights", "moments", "l1", "l2", "rates", "features", "targets", "sums", "order")
_NUMBERS = ("last_rate", "points", "batch", "key", "step", "steps")


@dataclass(frozen=True)
class Code:
    """What is constant in a network's machine code.

    Attributes:
        sizes: neurons from inputs to outputs.
        activation, output, optimizer: as in the setup.
        lanes: of the vectors.
        whole: a batch fits in one vector.
    """

    sizes: tuple[int, ...]
    activation: str
    output: str
    optimizer: str
    lanes: int
    whole: bool

    @property
    def padded(self) -> int:
        """How many weights there is room for: whole vectors of them."""
        return -(-count(self.sizes) // self.lanes) * self.lanes

    @property
    def name(self) -> str:
        """A name for each code."""
        sizes = "x".join(map(str, self.sizes))
        return f"play_{sizes}_{self.activation}_{self.output}_{self.optimizer}_{self.lanes}_{int(self.whole)}"


def code_for(setup: Setup, batch: int) -> Code:
    """The code that trains a setup in batches of this size on this processor."""
    lanes = processor().lanes
    return Code(setup.sizes, setup.activation, setup.output, setup.optimizer, lanes, batch <= lanes)


@cache
def compiled(code: Code) -> Callable[..., None]:
    """The function, compiled once.

    Its arguments are the addresses of ``weights`` and ``moments`` (padded; these it changes), ``l1``, ``l2``,
    ``rates``, ``features (inputs, points)``, ``targets (points,)``, ``sums`` (a vector for each padded weight) and
    ``order`` (int32, points and a vector more), zeros at first; then ``last_rate, points, batch, key, step, steps``.

    Raises:
        RuntimeError: if LLVM cannot make it.
    """
    address = address_of(code.name, lambda module: _Writer(module, code).write(), *_SOURCES)
    kinds = [ctypes.c_void_p] * len(_POINTERS) + [ctypes.c_int64] * len(_NUMBERS)
    return ctypes.CFUNCTYPE(None, *kinds)(address.value or 0)


class _Writer:
    """Writes the function."""

    def __init__(self, module: ir.Module, code: Code) -> None:
        self.code, self.places = code, places(code.sizes)
        kinds = [PTR] * len(_POINTERS) + [I64] * len(_NUMBERS)
        self.e = Emitter(ir.Function(module, ir.FunctionType(VOID, kinds), code.name), code.lanes)
        self.v, self.f = Vectors(self.e), Functions(self.e)
        self.a: dict[str, Any] = dict(zip((*_POINTERS, *_NUMBERS), self.e.args, strict=True))
        for name in _POINTERS:
            self.a[name].add_attribute("noalias")

    def write(self) -> None:
        """Epochs, in each the batches that are asked for."""
        e, b, a = self.e, self.e.b, self.a
        batches = b.udiv(b.add(a["points"], b.sub(a["batch"], e.i64(1))), a["batch"])
        end = b.add(a["step"], a["steps"])
        first = b.udiv(a["step"], batches)
        last = b.udiv(b.add(end, b.sub(batches, e.i64(1))), batches)
        with e.loop(last, first) as epoch:
            self._shuffle(epoch)
            began = b.mul(e.i64(epoch), batches)
            start = b.select(b.icmp_signed("<", began, a["step"]), b.sub(a["step"], began), e.i64(0))
            with e.loop(e.smaller(batches, b.sub(end, began)), start) as number:
                self._step(b.mul(e.i64(number), a["batch"]), b.add(began, e.i64(number)))
        b.ret_void()

    def _shuffle(self, epoch: Int) -> None:
        """The epoch's order, as ``order.py`` draws it."""
        e, b = self.e, self.e.b
        golden = ir.Constant(I64, GOLDEN)
        key = self._mixed(b.add(self.a["key"], b.mul(e.i64(epoch), golden)))
        with e.loop(self.a["points"]) as number:
            number = e.i64(number)
            drawn = b.lshr(self._mixed(b.add(key, b.mul(number, golden))), e.i64(32))
            partner = b.lshr(b.mul(drawn, b.add(number, e.i64(1))), e.i64(32))
            there = e.at(self.a["order"], partner, I32)
            b.store(b.load(there, typ=I32), e.at(self.a["order"], number, I32))
            b.store(b.trunc(number, I32), there)

    def _mixed(self, value: Any) -> Any:
        b = self.e.b
        for shift, factor in MIX:
            value = b.mul(b.xor(value, b.lshr(value, self.e.i64(shift))), ir.Constant(I64, factor))
        return b.xor(value, b.lshr(value, self.e.i64(LAST_SHIFT)))

    def _step(self, begin: Any, number: Any) -> None:
        """A batch that begins at this place of the order: gradients, then the optimizer."""
        e, b, lanes = self.e, self.e.b, self.code.lanes
        size = e.smaller(self.a["batch"], b.sub(self.a["points"], begin))
        share = b.fdiv(ir.Constant(F32, 1.0), b.sitofp(size, F32))
        if self.code.whole:
            self._vector(begin, size, share)
        else:
            with e.loop(self.code.padded * lanes, 0, lanes) as place:
                b.store(self.v.zero(), e.at(self.a["sums"], place), align=4)
            with e.loop(size, 0, lanes) as offset:
                self._vector(b.add(begin, e.i64(offset)), b.sub(size, e.i64(offset)), share)
        rate = self.f.spread(b.load(e.at(self.a["rates"], e.smaller(number, self.a["last_rate"])), typ=F32))
        with e.loop(self.code.padded, 0, lanes) as weight:
            self._update(weight, rate)

    def _vector(self, begin: Any, left: Any, share: Any) -> None:
        """Forward and backward for a vector of points, of which ``left`` count."""
        e, b, lanes = self.e, self.e.b, self.code.lanes
        index = b.load(e.at(self.a["order"], begin, I32), align=4, typ=ir.VectorType(I32, lanes))
        index = b.sext(index, ir.VectorType(I64, lanes))
        inputs = [
            self._gather(e.at(self.a["features"], e.mul(self.a["points"], number)), index)
            for number in range(self.code.sizes[0])
        ]
        target = self._gather(self.a["targets"], index)
        counting = ir.Constant(ir.VectorType(I64, lanes), list(range(lanes)))
        inside = b.icmp_signed("<", counting, self.f.spread(left))
        weight = b.select(inside, self.f.spread(share), self.v.zero())
        values = [inputs]
        for place in self.places:
            name = self.code.output if place is self.places[-1] else self.code.activation
            values.append(self._layer(place, values[-1], name))
        delta = self._error(values[-1], target, weight)
        for number in reversed(range(len(self.places))):
            delta = self._backward(number, values[number], delta)

    def _gather(self, base: Any, index: Any) -> Any:
        """The values at these places."""
        b, lanes = self.e.b, self.code.lanes
        where = b.gep(base, [index], source_etype=F32)
        where.type = ir.VectorType(PTR, lanes)
        mask = ir.VectorType(I1, lanes)
        name = f"llvm.masked.gather.v{lanes}f32.v{lanes}p0"
        function = self.e.intrinsic(name, self.v.type, [where.type, I32, mask, self.v.type])
        return b.call(function, [where, ir.Constant(I32, 4), ir.Constant(mask, [True] * lanes), self.v.zero()])

    def _weight(self, index: Int) -> Any:
        return self.v.spread(self.e.at(self.a["weights"], index))

    def _layer(self, place: Any, values: list[Any], name: str) -> list[Any]:
        """The layer's values; a loop over the units, so that there is little to compile."""
        kept = self.e.room(self.v.type, place.units)
        with self.e.loop(place.units) as unit:
            z = self._weight(self.e.add(unit, place.biases))
            for row, value in enumerate(values):
                z = self.v.fma(self._weight(self.e.add(unit, place.kernel + row * place.units)), value, z)
            self.e.b.store(z if name == "softmax" else self.f.activate(z, name), self.e.at(kept, unit, self.v.type))
        found = self._kept(kept, place.units)
        return self.f.softmax(found) if name == "softmax" else found

    def _kept(self, place: Any, units: int) -> list[Any]:
        return [self.e.b.load(self.e.at(place, unit, self.v.type), typ=self.v.type) for unit in range(units)]

    def _error(self, outputs: list[Any], target: Any, weight: Any) -> list[Any]:
        """∂L/∂z of the outputs."""
        b = self.e.b
        if self.code.output == "softmax":
            one, zero = self.f.same(1.0), self.v.zero()
            wanted = [
                b.select(b.fcmp_ordered("==", target, self.f.same(float(k))), one, zero) for k in range(len(outputs))
            ]
            return [b.fmul(b.fsub(o, t), weight) for o, t in zip(outputs, wanted, strict=True)]
        error = b.fmul(b.fsub(outputs[0], target), weight)
        return [self.f.sloped(error, outputs[0], "tanh")] if self.code.output == "tanh" else [error]

    def _backward(self, number: int, values: list[Any], delta: list[Any]) -> list[Any]:
        """Adds the gradients of a layer's weights to their sums; ∂L/∂z of the layer before."""
        e, place, units = self.e, self.places[number], self.places[number].units
        kept, before = (e.room(self.v.type, each) for each in (place.inputs, place.inputs))
        for row, value in enumerate(values):
            e.b.store(value, e.at(kept, row, self.v.type))
        for unit, each in enumerate(delta):
            self._add(place.biases + unit, each, None)
        with e.loop(place.inputs) as row:
            value = e.b.load(e.at(kept, row, self.v.type), typ=self.v.type)
            first = e.add(e.mul(row, units), place.kernel)
            for unit, each in enumerate(delta):
                self._add(e.add(first, unit), each, value)
            if number:
                total = e.b.fmul(self._weight(first), delta[0])
                for unit, each in enumerate(delta[1:], 1):
                    total = self.v.fma(self._weight(e.add(first, unit)), each, total)
                e.b.store(self.f.sloped(total, value, self.code.activation), e.at(before, row, self.v.type))
        return self._kept(before, place.inputs) if number else []

    def _add(self, index: Int, delta: Any, value: Any) -> None:
        b, where = self.e.b, self.e.at(self.a["sums"], self.e.mul(index, self.code.lanes))
        if self.code.whole:
            result = delta if value is None else b.fmul(delta, value)
        else:
            known = b.load(where, align=4, typ=self.v.type)
            result = b.fadd(known, delta) if value is None else self.v.fma(delta, value, known)
        b.store(result, where, align=4)

    def _update(self, weight: Int, rate: Any) -> None:
        """A vector of weights: their gradients, the penalty, the optimizer."""
        e, b, f, lanes = self.e, self.e.b, self.f, self.code.lanes
        first = e.mul(weight, lanes)
        g = f.totals([self.v.load(e.at(self.a["sums"], e.add(first, lane * lanes)), lanes) for lane in range(lanes)])
        w, l1, l2 = (self.v.load(e.at(self.a[name], weight), lanes) for name in ("weights", "l1", "l2"))
        places = [e.at(self.a["moments"], e.add(weight, self.code.padded * number)) for number in range(2)]
        g = b.fadd(g, b.fmul(l1, f.sign(w)))
        g = self.v.fma(l2, w, g)

        def averaged(place: Any, share: float, value: Any) -> Any:
            known = self.v.load(place, lanes)
            result = b.fadd(b.fmul(f.same(share), known), b.fmul(f.same(1 - share), value))
            self.v.store(result, place, lanes)
            return result

        change = b.fmul(rate, g)
        if self.code.optimizer == "momentum":
            velocity = b.fsub(b.fmul(f.same(MOMENTUM), self.v.load(places[0], lanes)), change)
            self.v.store(velocity, places[0], lanes)
            change = b.fneg(velocity)
        elif self.code.optimizer == "rmsprop":
            squares = averaged(places[0], RHO, b.fmul(g, g))
            change = b.fdiv(change, f.root(b.fadd(squares, f.same(EPSILON))))
        elif self.code.optimizer == "adam":
            mean = averaged(places[0], BETA_1, g)
            squares = averaged(places[1], BETA_2, b.fmul(g, g))
            change = b.fdiv(b.fmul(rate, mean), b.fadd(f.root(squares), f.same(EPSILON)))
        self.v.store(b.fsub(w, change), e.at(self.a["weights"], weight), lanes)
