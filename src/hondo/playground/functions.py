"""Activations and sums across lanes as machine code on vectors of float32.

Everything that needs a power goes through eˣ − 1: with x = k·ln 2 + r and |r| ≤ ln 2 / 2, Taylor's polynomial of
degree 7 gives eʳ − 1 with a relative error below 2·10⁻⁸, and 2ᵏ is made of bits. tanh x = (e²ˣ − 1) / (e²ˣ + 1) and
σ(x) = 1 / (1 + e⁻ˣ) follow; both are within 3·10⁻⁷ of the true values, relatively too.
"""

from math import factorial, log
from typing import Any

from llvmlite import ir

from hondo.core.emit import I32, Emitter, Vectors

_DEGREE = 7
_ROUNDING = 1.5 * 2**23  # added to a float32, it leaves the nearest whole number in the lowest bits
_LN2_HIGH = 0.693145751953125  # 16 bits, so that k · this is exact
_LN2_LOW = log(2) - _LN2_HIGH
_TANH_LIMIT, _POWER_LIMIT = 20.0, 87.0


class Functions:
    """Writes functions of vectors."""

    def __init__(self, e: Emitter) -> None:
        self.e, self.v = e, Vectors(e)
        self._whole = ir.VectorType(I32, e.lanes)

    def same(self, value: float) -> ir.Value:
        """A constant in every lane."""
        return ir.Constant(self.v.type, [value] * self.e.lanes)

    def spread(self, value: Any) -> Any:
        """A number in every lane."""
        kind = ir.VectorType(value.type, self.e.lanes)
        first = self.e.b.insert_element(ir.Constant(kind, ir.Undefined), value, ir.Constant(I32, 0))
        return self.e.b.shuffle_vector(
            first, ir.Constant(kind, ir.Undefined), ir.Constant(self._whole, [0] * self.e.lanes)
        )

    def activate(self, z: Any, name: str) -> Any:
        """An activation; numbers that are not numbers stay so."""
        b, one = self.e.b, self.same(1.0)
        if name == "relu":
            return b.select(b.fcmp_ordered("<=", z, self.v.zero()), self.v.zero(), z)
        if name == "tanh":
            power = self._power_less_one(self._limited(b.fadd(z, z), 2 * _TANH_LIMIT))
            return b.fdiv(power, b.fadd(power, self.same(2.0)))
        if name == "sigmoid":
            power = self._power_less_one(self._limited(b.fneg(z), _POWER_LIMIT))
            return b.fdiv(one, b.fadd(power, self.same(2.0)))
        return z

    def softmax(self, sums: list[Any]) -> list[Any]:
        """Shares of e to these powers."""
        b, most = self.e.b, sums[0]
        for each in sums[1:]:
            most = b.select(b.fcmp_ordered(">", each, most), each, most)
        powers = [self._power_less_one(self._limited(b.fsub(each, most), _POWER_LIMIT)) for each in sums]
        powers = [b.fadd(each, self.same(1.0)) for each in powers]
        total = powers[0]
        for each in powers[1:]:
            total = b.fadd(total, each)
        return [b.fdiv(each, total) for each in powers]

    def sloped(self, delta: Any, a: Any, name: str) -> Any:
        """``delta`` times the slope of the activation whose value is ``a``."""
        b = self.e.b
        if name == "relu":
            return b.select(b.fcmp_unordered(">", a, self.v.zero()), delta, self.v.zero())
        if name == "tanh":
            return b.fmul(delta, b.fsub(self.same(1.0), b.fmul(a, a)))
        return b.fmul(delta, b.fmul(a, b.fsub(self.same(1.0), a))) if name == "sigmoid" else delta

    def sign(self, value: Any) -> Any:
        """−1, 0 or 1."""
        b, zero = self.e.b, self.v.zero()
        positive = b.select(b.fcmp_ordered(">", value, zero), self.same(1.0), zero)
        return b.select(b.fcmp_ordered("<", value, zero), self.same(-1.0), positive)

    def root(self, value: Any) -> Any:
        """√value."""
        return self.e.b.call(self.e.intrinsic(f"llvm.sqrt.v{self.e.lanes}f32", self.v.type, [self.v.type]), [value])

    def totals(self, vectors: list[Any]) -> Any:
        """The sum of each vector's lanes, as one vector; as many vectors as lanes.

        Two vectors become one that holds half as many sums of each, until every lane is another vector's sum.
        """
        held = self.e.lanes
        while len(vectors) > 1:
            half = len(vectors) // 2
            vectors = [self._halved(vectors[number], vectors[number + half], held) for number in range(half)]
            held //= 2
        return vectors[0]

    def _halved(self, one: Any, other: Any, held: int) -> Any:
        lanes, half = self.e.lanes, held // 2
        parts = []
        for offset in (0, half):
            order = []
            for block in range(0, lanes, held):
                for vector in (0, lanes):
                    order += range(vector + block + offset, vector + block + offset + half)
            parts.append(self.e.b.shuffle_vector(one, other, ir.Constant(self._whole, order)))
        return self.e.b.fadd(*parts)

    def _limited(self, value: Any, limit: float) -> Any:
        """Between −limit and limit."""
        b, high, low = self.e.b, self.same(limit), self.same(-limit)
        value = b.select(b.fcmp_ordered(">", value, high), high, value)
        return b.select(b.fcmp_ordered("<", value, low), low, value)

    def _power_less_one(self, x: Any) -> Any:
        """eˣ − 1 for |x| ≤ 87."""
        b, rounding = self.e.b, self.same(_ROUNDING)
        shifted = self.v.fma(x, self.same(1 / log(2)), rounding)
        k = b.fsub(shifted, rounding)
        r = self.v.fma(k, self.same(-_LN2_HIGH), x)
        r = self.v.fma(k, self.same(-_LN2_LOW), r)
        p = self.same(1 / factorial(_DEGREE))
        for degree in range(_DEGREE - 1, 0, -1):
            p = self.v.fma(p, r, self.same(1 / factorial(degree)))
        bits = b.add(b.bitcast(shifted, self._whole), ir.Constant(self._whole, [127] * self.e.lanes))
        power = b.bitcast(b.shl(bits, ir.Constant(self._whole, [23] * self.e.lanes)), self.v.type)
        return self.v.fma(b.fmul(p, r), power, b.fsub(power, self.same(1.0)))
