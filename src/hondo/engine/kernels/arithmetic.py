"""Elementwise arithmetic in kernels: expressions, and their machine code for a vector of values."""

from collections.abc import Callable
from typing import Any

from llvmlite import ir

from hondo.core.emit import Emitter, Vectors

Expression = tuple[Any, ...]
"""``("array", n)`` and ``("line", n)`` are operands, the latter the same in every row, ``("number", x)`` a constant;
else an operation of :data:`BINARY`, :data:`UNARY` or :data:`COMPARISONS` with its operands, or
``("select", condition, if false, if true)``."""

BINARY = {"add": "fadd", "add_any": "fadd", "sub": "fsub", "mul": "fmul", "div": "fdiv"}
UNARY = {"neg", "square", "sqrt"}
COMPARISONS = {"gt": ">", "ge": ">=", "lt": "<", "le": "<=", "eq": "=="}


def evaluate(e: Emitter, v: Vectors, expression: Expression, load: Callable[[str, int], ir.Value]) -> ir.Value:
    """The code of an expression for one vector; ``load`` gives the operands' values."""
    kind, *rest = expression
    if kind in ("array", "line"):
        return load(kind, rest[0])
    if kind == "number":
        return ir.Constant(v.type, [rest[0]] * e.lanes)
    values = [evaluate(e, v, each, load) for each in rest]
    if kind == "select":
        condition, if_false, if_true = values
        return e.b.select(condition, if_true, if_false)
    if kind in COMPARISONS:
        return e.b.fcmp_ordered(COMPARISONS[kind], *values)
    if kind == "neg":
        return e.b.fneg(values[0])
    if kind == "square":
        return e.b.fmul(values[0], values[0])
    if kind == "sqrt":
        return e.b.call(e.intrinsic(f"llvm.sqrt.v{e.lanes}f32", v.type, [v.type]), values)
    return getattr(e.b, BINARY[kind])(*values)
