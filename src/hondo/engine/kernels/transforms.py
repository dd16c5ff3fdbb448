"""The small matrices of Winograd's minimal filtering, and code that applies them to a square of vectors.

``m`` neighbouring results of a filter with ``r`` taps need only ``m + r - 1`` products: ``A ((G g) ⊙ (B d))``. The
matrices follow from evaluating polynomials at ``m + r - 2`` points and at infinity (Toom and Cook); see S. Winograd,
*Arithmetic Complexity of Computations* (1980), and Lavin and Gray, *Fast Algorithms for Convolutional Neural Networks*
(2016).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from llvmlite import ir

from hondo.core.emit import Emitter, Vectors

Matrix = tuple[tuple[Fraction, ...], ...]


@dataclass(frozen=True)
class Filtering:
    """F(m, r).

    Attributes:
        results: ``A``, ``(m, n)`` with ``n = m + r - 1``.
        taps: ``G``, ``(n, r)``.
        inputs: ``B``, ``(n, n)``.
    """

    results: Matrix
    taps: Matrix
    inputs: Matrix


@cache
def filtering(m: int, r: int, points: tuple[Fraction, ...]) -> Filtering:
    """The matrices for these points; their squares with small numerators and denominators round least."""

    def product(roots: Sequence[Fraction]) -> list[Fraction]:
        polynomial = [Fraction(1)]
        for root in roots:
            shifted, scaled = [Fraction(0), *polynomial], [*(-root * each for each in polynomial), Fraction(0)]
            polynomial = [one + other for one, other in zip(shifted, scaled, strict=True)]
        return polynomial

    n = m + r - 1
    inputs, taps = [], []
    for place, point in enumerate(points):
        others = [*points[:place], *points[place + 1 :]]
        scale = Fraction(1)
        for other in others:
            scale *= point - other
        inputs.append((*product(others), Fraction(0)))
        taps.append(tuple(point**power / scale for power in range(r)))
    inputs.append(tuple(product(points)))
    taps.append(tuple(Fraction(int(power == r - 1)) for power in range(r)))
    results = [(*(point**power for point in points), Fraction(int(power == m - 1))) for power in range(m)]
    assert len(inputs) == n
    return Filtering(tuple(results), tuple(taps), tuple(inputs))


def transposed(matrix: Matrix) -> Matrix:
    """Rows for columns."""
    return tuple(zip(*matrix, strict=True))


class Applied:
    """Writes code that multiplies vectors by constant matrices."""

    def __init__(self, e: Emitter) -> None:
        self.e, self.v = e, Vectors(e)

    def square(
        self, matrix: Matrix, load: Callable[[int, int], ir.Value], store: Callable[[int, int, ir.Value], None]
    ) -> None:
        """``matrix · X · matrixᵀ``, where ``load`` gives X's entries and ``store`` takes those of the result."""
        size = len(matrix[0])
        columns = [self.times(matrix, [load(row, column) for row in range(size)]) for column in range(size)]
        for row in range(len(matrix)):
            entries = self.times(matrix, [column[row] for column in columns])
            for column, value in enumerate(entries):
                store(row, column, value)

    def times(self, matrix: Matrix, values: Sequence[ir.Value]) -> list[ir.Value]:
        """``matrix · values``; rows that differ only in the signs of every other entry share their halves."""
        done: dict[int, ir.Value] = {}
        for number, row in enumerate(matrix):
            if number in done:
                continue
            even = tuple(each if place % 2 == 0 else Fraction(0) for place, each in enumerate(row))
            odd = tuple(each if place % 2 else Fraction(0) for place, each in enumerate(row))
            mirrored = tuple(one - other for one, other in zip(even, odd, strict=True))
            negated = tuple(-each for each in mirrored)
            partner = next((n for n in range(number + 1, len(matrix)) if matrix[n] in (mirrored, negated)), None)
            if partner is None or not any(odd) or not any(even):
                done[number] = self._combine(row, values)
                continue
            one, other = self._combine(even, values), self._combine(odd, values)
            done[number] = self.e.b.fadd(one, other)
            first, second = (one, other) if matrix[partner] == mirrored else (other, one)
            done[partner] = self.e.b.fsub(first, second)
        return [done[number] for number in range(len(matrix))]

    def _combine(self, row: Sequence[Fraction], values: Sequence[ir.Value]) -> ir.Value:
        total: ir.Value | None = None
        terms = sorted(
            ((each, value) for each, value in zip(row, values, strict=True) if each), key=lambda t: t[0] != 1
        )
        for factor, value in terms:
            if total is None:
                total = value if factor == 1 else self.e.b.fmul(self._constant(factor), value)
            elif factor in (1, -1):
                total = (self.e.b.fadd if factor == 1 else self.e.b.fsub)(total, value)
            else:
                total = self.v.fma(self._constant(factor), value, total)
        return self.v.zero() if total is None else total

    def _constant(self, factor: Fraction) -> ir.Value:
        return ir.Constant(self.v.type, [float(factor)] * self.e.lanes)
