"""Machine code is kept and never trusted blindly; kernels written for other processors compute the same."""

import ctypes
import hashlib
from functools import cache as cache_calls
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from against_xla import random_arrays, run_lowered, run_xla
from convolutions import Case, layouts
from jax import lax
from llvmlite import ir

from hondo.core.emit import I64
from hondo.core.machine import Processor, address_of
from hondo.engine.kernels import convolution, elementwise, points, pooling, sums, transposing, winograd

PROCESSORS = {"NEON": Processor(4, 32), "SSE": Processor(4, 16), "AVX2": Processor(8, 16), "AVX-512": Processor(16, 32)}


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HONDO_CACHE", str(tmp_path))
    return tmp_path / "kernels"


class Answer:
    """A function that returns a number, and how often it was written."""

    def __init__(self, number: int) -> None:
        self.number, self.times = number, 0

    def __call__(self, module: ir.Module) -> None:
        self.times += 1
        function = ir.Function(module, ir.FunctionType(I64, []), "answer")
        ir.IRBuilder(function.append_basic_block()).ret(ir.Constant(I64, self.number))

    def ask(self, *sources: Path) -> int:
        address = address_of("answer", self, *sources).value
        assert address is not None
        return ctypes.CFUNCTYPE(ctypes.c_int64)(address)()


def test_machine_code_is_made_once_and_kept(cache: Path) -> None:
    answer, other = Answer(42), Answer(43)
    assert [answer.ask(), answer.ask(), other.ask()] == [42, 42, 42]
    assert (answer.times, other.times) == (1, 0)


def test_machine_code_is_made_anew_where_its_source_differs(cache: Path, tmp_path: Path) -> None:
    answer, sources = Answer(42), [tmp_path / "one.py", tmp_path / "two.py"]
    for number, source in enumerate(sources):
        source.write_text(f"x = {number}", encoding="utf-8")
    assert [answer.ask(source) for source in (*sources, *sources)] == [42] * 4
    assert answer.times == 2


@pytest.mark.parametrize("damage", ["cut", "changed", "empty"])
def test_machine_code_that_is_damaged_is_made_anew(cache: Path, damage: str) -> None:
    answer = Answer(42)
    answer.ask()
    (kept,) = cache.glob("answer*")
    whole = kept.read_bytes()
    kept.write_bytes({"cut": whole[:-10], "changed": whole[:-1] + bytes([whole[-1] ^ 1]), "empty": b""}[damage])
    assert answer.ask() == 42
    assert answer.times == 2
    assert kept.read_bytes() == whole


def test_a_cache_that_cannot_be_written_is_no_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    monkeypatch.setenv("HONDO_CACHE", str(tmp_path / "file"))
    assert Answer(7).ask() == 7


@pytest.fixture(params=PROCESSORS)
def processor(request: pytest.FixtureRequest, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Processor:
    """Kernels are made for this processor. The one at hand runs narrower vectors, too."""
    chip = PROCESSORS[request.param]

    @cache_calls
    def name_of(kernel: Any) -> str:
        name = f"other_{hashlib.sha256(f'{chip} {kernel}'.encode()).hexdigest()[:20]}"
        address = address_of(name, lambda module: kernel.write(module, name, chip))
        jax.ffi.register_ffi_target(name, jax.ffi.pycapsule(address), platform="cpu")
        return name

    def call_for(kernel: Any, operands: Any, outs: Any) -> Any:
        shapes = [jax.ShapeDtypeStruct(tuple(out), jnp.float32) for out in outs]
        return jax.ffi.ffi_call(name_of(kernel), shapes)(*operands)

    def call(kernel: Any, operands: Any, out: Any) -> Any:
        return call_for(kernel, operands, [out])[0]

    for module in (convolution, points, pooling, sums, transposing, winograd):
        monkeypatch.setattr(module, "call", call)
    monkeypatch.setattr(elementwise, "call_for", call_for)
    monkeypatch.setattr(winograd, "processor", lambda: chip)
    return chip


CASES = [
    Case((3, 5, 9, 8), (21, 5, 3, 2), (2, 1), ((1, 0), (0, 1)), (1, 1), (1, 2), 1, layouts("last", 2)),
    Case((18, 40, 11), (35, 40, 5), (1,), ((2, 2),), (2,), (1,), 1, layouts("first", 1)),
    Case((2, 21, 7, 6), (21, 1, 3, 3), (1, 1), ((1, 1), (1, 1)), (1, 1), (1, 1), 21, layouts("last", 2)),
    Case((5, 32, 14, 17), (16, 32, 3, 3), (1, 1), ((1, 1), (1, 1)), (1, 1), (1, 1), 1, layouts("last", 2)),
]


def test_kernels_for_any_vectors_and_registers_compute_the_same(processor: Processor) -> None:
    arrays = [random_arrays(place, *drawn.shapes) for place, drawn in enumerate(CASES)]
    (x,) = random_arrays(9, (2, 45, 50, 21))

    def function(arrays: Any, x: Any) -> Any:
        out, back = jax.vjp(lambda x: lax.reduce_window(x, -jnp.inf, lax.max, (1, 3, 3, 1), (1, 2, 2, 1), "SAME"), x)
        sums = (x * x).sum((0, 1, 2))
        return [drawn.with_gradients(*each) for drawn, each in zip(CASES, arrays, strict=True)], out, back(out), sums

    found, expected = run_lowered(function, arrays, x), run_xla(function, arrays, x)
    for ours, theirs in zip(jax.tree.leaves(found), jax.tree.leaves(expected), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-5 * np.abs(theirs).max())


@pytest.mark.parametrize("size", [37, 2**16 + 5, 2**19 + 5])
def test_updates_for_any_vectors_compute_the_same(processor: Processor, size: int) -> None:
    (x,) = random_arrays(0, (size,))
    expressions = [("sub", ("array", 0), ("line", 1)), ("sqrt", ("square", ("array", 0)))]
    less, positive = jax.jit(lambda x, y: elementwise.elementwise(expressions, (x, y), x.shape))(x, np.float32([2]))
    np.testing.assert_array_equal(less, x - 2)
    np.testing.assert_allclose(positive, np.abs(x), rtol=1e-6)
