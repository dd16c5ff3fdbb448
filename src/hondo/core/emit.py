"""A few words with which machine code is written: LLVM's instruction builder with loops and float32 vectors.

Kernels are generated for one shape at a time, so almost every number in them is a constant that LLVM can fold.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import reduce
from typing import Any

from llvmlite import ir

I1, I8, I32, I64, F32 = ir.IntType(1), ir.IntType(8), ir.IntType(32), ir.IntType(64), ir.FloatType()
PTR, VOID = ir.PointerType(), ir.VoidType()

Int = int | ir.Value


def _untyped(pointer: Any) -> ir.Value:
    """The pointer without llvmlite's memory of what it points to, which LLVM itself no longer has."""
    pointer.type = PTR
    return pointer


class Emitter:
    """Writes the body of one function.

    Attributes:
        lanes: how many float32 a vector holds.
    """

    def __init__(self, function: ir.Function, lanes: int = 1) -> None:
        self.function, self.lanes = function, lanes
        self.b: Any = ir.IRBuilder(function.append_basic_block("entry"))  # llvmlite has no types
        self._module = function.module

    @property
    def args(self) -> Sequence[ir.Value]:
        """The function's arguments."""
        return self.function.args

    @staticmethod
    def i64(value: Int) -> ir.Value:
        """A number as a 64-bit constant; values stay as they are."""
        return ir.Constant(I64, value) if isinstance(value, int) else value

    def add(self, a: Int, b: Int) -> Int:
        """``a + b``."""
        if isinstance(a, int) and isinstance(b, int):
            return a + b
        if a == 0 and isinstance(a, int):
            return b
        if b == 0 and isinstance(b, int):
            return a
        return self.b.add(self.i64(a), self.i64(b))

    def mul(self, a: Int, b: Int) -> Int:
        """``a · b``."""
        if isinstance(a, int) and isinstance(b, int):
            return a * b
        for one, other in ((a, b), (b, a)):
            if isinstance(one, int) and one in (0, 1):
                return other if one else 0
        return self.b.mul(self.i64(a), self.i64(b))

    def smaller(self, a: Int, b: Int) -> ir.Value:
        """``min(a, b)``."""
        a, b = self.i64(a), self.i64(b)
        return self.b.select(self.b.icmp_signed("<", a, b), a, b)

    def split(self, index: Int, sizes: Sequence[int]) -> list[Int]:
        """The digits of ``index`` in the mixed base ``sizes``, slowest first."""
        digits: list[Int] = []
        for size in reversed(sizes):
            if size == 1:
                digits.append(0)
                continue
            value = self.i64(index)
            digits.append(self.b.urem(value, self.i64(size)))
            index = self.b.udiv(value, self.i64(size))
        return digits[::-1]

    def room(self, kind: ir.Type, count: int = 1) -> ir.Value:
        """A place on the stack, the same one in every turn of a loop."""
        with self.b.goto_entry_block():
            return _untyped(self.b.alloca(kind, count))

    def byte(self, pointer: ir.Value, offset: int) -> ir.Value:
        """``pointer`` moved by ``offset`` bytes."""
        return _untyped(self.b.gep(pointer, [self.i64(offset)], source_etype=I8))

    def at(self, pointer: ir.Value, index: Int, kind: ir.Type = F32) -> ir.Value:
        """``pointer`` moved by ``index`` elements, float32 unless told."""
        if isinstance(index, int) and index == 0:
            return pointer
        return _untyped(self.b.gep(pointer, [self.i64(index)], source_etype=kind))

    def read(self, pointer: ir.Value, offset: int, kind: ir.Type) -> ir.Value:
        """A field of a C structure, ``offset`` bytes into it."""
        return self.b.load(self.byte(pointer, offset), typ=kind)

    def write(self, value: ir.Value, pointer: ir.Value, offset: int) -> None:
        """Set a field of a C structure."""
        self.b.store(value, self.byte(pointer, offset))

    def intrinsic(self, name: str, result: ir.Type, operands: Sequence[ir.Type]) -> ir.Function:
        """An LLVM intrinsic or a C function."""
        known = self._module.globals.get(name)
        return known or ir.Function(self._module, ir.FunctionType(result, operands), name)

    def prefetch(self, pointer: ir.Value, *, write: bool = False) -> None:
        """Have a cache line brought near before it is needed; any address will do."""
        function = self.intrinsic("llvm.prefetch.p0", VOID, [PTR, I32, I32, I32])
        self.b.call(function, [pointer, *(ir.Constant(I32, each) for each in (int(write), 3, 1))])

    @staticmethod
    def nest() -> ExitStack:
        """Loops entered one within the other, closed together."""
        return ExitStack()

    @contextmanager
    def loop(self, count: Int, first: Int = 0, step: int = 1) -> Iterator[Int]:
        """Go through ``first, first + step, …`` below ``count``; a loop of one turn is no loop."""
        if isinstance(count, int) and isinstance(first, int) and first + step >= count > first:
            yield first
            return
        before = self.b.block
        head, body, after = (self.function.append_basic_block(name) for name in ("head", "body", "after"))
        self.b.branch(head)
        self.b.position_at_end(head)
        index = self.b.phi(I64)
        index.add_incoming(self.i64(first), before)
        self.b.cbranch(self.b.icmp_signed("<", index, self.i64(count)), body, after)
        self.b.position_at_end(body)
        yield index
        index.add_incoming(self.b.add(index, self.i64(step)), self.b.block)
        self.b.branch(head)
        self.b.position_at_end(after)


class Vectors:
    """Vectors of ``lanes`` float32, the last of a row perhaps holding fewer values."""

    def __init__(self, e: Emitter) -> None:
        self.e, self.type = e, ir.VectorType(F32, e.lanes)
        self._mask = ir.VectorType(I1, e.lanes)

    def zero(self) -> ir.Value:
        """Zeros."""
        return ir.Constant(self.type, [0.0] * self.e.lanes)

    def _wanted(self, valid: int) -> ir.Value:
        return ir.Constant(self._mask, [lane < valid for lane in range(self.e.lanes)])

    def load(self, pointer: ir.Value, valid: int) -> ir.Value:
        """The first ``valid`` values, zeros behind them."""
        if valid >= self.e.lanes:
            return self.e.b.load(pointer, align=4, typ=self.type)
        name = f"llvm.masked.load.v{self.e.lanes}f32.p0"
        function = self.e.intrinsic(name, self.type, [PTR, I32, self._mask, self.type])
        return self.e.b.call(function, [pointer, ir.Constant(I32, 4), self._wanted(valid), self.zero()])

    def store(self, value: ir.Value, pointer: ir.Value, valid: int) -> None:
        """Write the first ``valid`` values."""
        if valid >= self.e.lanes:
            self.e.b.store(value, pointer, align=4)
            return
        name = f"llvm.masked.store.v{self.e.lanes}f32.p0"
        function = self.e.intrinsic(name, VOID, [self.type, PTR, I32, self._mask])
        self.e.b.call(function, [value, pointer, ir.Constant(I32, 4), self._wanted(valid)])

    def aligned(self, pointers: Sequence[ir.Value]) -> ir.Value:
        """Whether all of these begin where vectors in memory should."""
        together = reduce(self.e.b.or_, [self.e.b.ptrtoint(each, I64) for each in pointers])
        return self.e.b.icmp_unsigned("==", self.e.b.and_(together, self.e.i64(4 * self.e.lanes - 1)), self.e.i64(0))

    def stream(self, value: ir.Value, pointer: ir.Value) -> None:
        """Write a whole vector to an aligned place past the caches, which then need not read what was there."""
        store = self.e.b.store(value, pointer, align=4 * self.e.lanes)
        store.set_metadata("nontemporal", self.e.function.module.add_metadata([ir.Constant(I32, 1)]))

    def only(self, value: ir.Value, valid: int) -> ir.Value:
        """The first ``valid`` values, zeros behind them."""
        return self.e.b.select(self._wanted(valid), value, self.zero())

    def spread(self, pointer: ir.Value) -> ir.Value:
        """The value at ``pointer`` in every lane."""
        scalar = self.e.b.load(pointer, align=4, typ=F32)
        first = self.e.b.insert_element(ir.Constant(self.type, ir.Undefined), scalar, ir.Constant(I32, 0))
        lanes = ir.Constant(ir.VectorType(I32, self.e.lanes), [0] * self.e.lanes)
        return self.e.b.shuffle_vector(first, ir.Constant(self.type, ir.Undefined), lanes)

    def fma(self, a: ir.Value, b: ir.Value, c: ir.Value) -> ir.Value:
        """``a · b + c``, rounded once."""
        function = self.e.intrinsic(f"llvm.fma.v{self.e.lanes}f32", self.type, [self.type] * 3)
        return self.e.b.call(function, [a, b, c])
