"""All tasks of a kernel are done, each once, whoever calls it and however many do at the same time."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import jax
import numpy as np
import pytest
from against_xla import random_arrays
from jax import lax
from llvmlite import ir

from hondo.core.emit import I64, PTR, VOID, Emitter
from hondo.core.machine import Processor
from hondo.engine.kernels.calls import add_handler
from hondo.engine.kernels.library import call
from hondo.engine.lowering import lowered

THREADS, CALLS = 8, 20


@dataclass(frozen=True)
class Counted:
    """``out = x``, a value a task; counts in memory at ``address`` how often each task was done."""

    address: int
    tasks: int

    def write(self, module: ir.Module, name: str, processor: Processor) -> None:
        work = ir.Function(module, ir.FunctionType(VOID, [PTR, I64]), f"{name}_work")
        e = Emitter(work)
        pointers, task = e.args
        x, out = (e.b.load(e.byte(pointers, 8 * place), typ=PTR) for place in range(2))
        e.b.store(e.b.load(e.at(x, task), typ=ir.FloatType()), e.at(out, task))
        counts = e.b.inttoptr(e.i64(self.address), PTR)
        e.b.atomic_rmw("add", e.at(counts, task, I64), e.i64(1), "monotonic")
        e.b.ret_void()
        add_handler(module, name, work, self.tasks, (1, 1))


@pytest.mark.parametrize("tasks", [1, 2, 3, 1000])
def test_each_task_is_done_once_a_call(tasks: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.setenv("HONDO_CACHE", str(tmp_path))  # an address is of no use to a later process
    counts = np.zeros(tasks, np.int64)
    kernel = Counted(counts.ctypes.data, tasks)
    (x,) = random_arrays(0, (tasks,))
    program = jax.jit(lambda x: call(kernel, (x,), (tasks,)))
    program(x)

    def repeatedly(_: int) -> bool:
        return all(np.array_equal(program(x), x) for _ in range(CALLS))

    with ThreadPoolExecutor(THREADS) as threads:
        assert all(threads.map(repeatedly, range(THREADS)))
    assert counts.tolist() == [1 + THREADS * CALLS] * tasks


def network(x: Any, w: Any, wide: Any) -> Any:
    """Kernels of several kinds, one after the other and inside a loop."""

    def loss(x: Any, w: Any, wide: Any) -> Any:
        numbers = ("NHWC", "HWIO", "NHWC")
        x = lax.conv_general_dilated(x, w, (1, 1), "SAME", dimension_numbers=numbers)
        x, _ = lax.scan(
            lambda x, _: (lax.conv_general_dilated(x, wide, (1, 1), "SAME", dimension_numbers=numbers) / 12, None),
            x,
            None,
            length=2,
        )
        x = lax.reduce_window(x, -np.inf, lax.max, (1, 3, 3, 1), (1, 2, 2, 1), "SAME")
        return (x * x).sum()

    return jax.value_and_grad(loss, (0, 1, 2))(x, w, wide)


ARRAYS = random_arrays(1, (5, 17, 16, 3), (5, 5, 3, 16), (3, 3, 16, 16))


def bits(tree: Any) -> list[bytes]:
    return [np.asarray(leaf).tobytes() for leaf in jax.tree.leaves(tree)]


def test_repeated_runs_give_the_same_bits() -> None:
    program = jax.jit(lowered(network, *ARRAYS))
    first = bits(program(*ARRAYS))
    assert all(bits(program(*ARRAYS)) == first for _ in range(20))


def test_threads_at_the_same_time_get_the_same_bits() -> None:
    program = jax.jit(lowered(network, *ARRAYS))
    inputs = [[array + np.float32(number) for array in ARRAYS] for number in range(THREADS)]
    alone = [bits(program(*arrays)) for arrays in inputs]

    def repeatedly(number: int) -> bool:
        return all(bits(program(*inputs[number])) == alone[number] for _ in range(CALLS))

    with ThreadPoolExecutor(THREADS) as threads:
        assert all(threads.map(repeatedly, range(THREADS)))


def test_threads_may_make_the_same_new_kernels_at_the_same_time() -> None:
    arrays = random_arrays(2, (3, 9, 7, 3), (3, 3, 3, 21))

    def out(x: Any, w: Any) -> Any:
        return lax.conv_general_dilated(x, w, (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC"))

    def trace(_: int) -> str:
        return str(jax.make_jaxpr(lowered(out, *arrays))(*arrays))

    with ThreadPoolExecutor(THREADS) as threads:
        assert len(set(threads.map(trace, range(THREADS)))) == 1
    np.testing.assert_allclose(jax.jit(lowered(out, *arrays))(*arrays), jax.jit(out)(*arrays), rtol=0, atol=1e-4)
