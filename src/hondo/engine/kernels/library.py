"""The kernels made so far, by what they compute: each is compiled once and known to XLA by its name."""

import hashlib
import threading
from collections.abc import Hashable, Sequence
from pathlib import Path
from typing import Protocol

import jax
import jax.numpy as jnp
from llvmlite import ir

from hondo.core.machine import Processor, address_of, processor

_known: dict[str, str] = {}
_lock = threading.Lock()
_SOURCES = sorted(Path(__file__).parent.glob("*.py"))


class Kernel(Hashable, Protocol):
    """What a kernel computes; it can write its own code."""

    def write(self, module: ir.Module, name: str, processor: Processor) -> None:
        """Add the function that XLA calls under ``name``."""
        ...


def call(kernel: Kernel, operands: Sequence[jax.Array], out: Sequence[int]) -> jax.Array:
    """The kernel's float32 result of shape ``out``, as part of a computation that is being traced."""
    return call_for(kernel, operands, [out])[0]


def call_for(kernel: Kernel, operands: Sequence[jax.Array], outs: Sequence[Sequence[int]]) -> Sequence[jax.Array]:
    """The kernel's float32 results of shapes ``outs``."""
    return jax.ffi.ffi_call(_name(kernel), [jax.ShapeDtypeStruct(tuple(out), jnp.float32) for out in outs])(*operands)


def _name(kernel: Kernel) -> str:
    with _lock:
        described = repr(kernel)
        if described not in _known:
            name = "hondo_" + hashlib.sha256(described.encode()).hexdigest()[:20]
            address = address_of(name, lambda module: kernel.write(module, name, processor()), *_SOURCES)
            jax.ffi.register_ffi_target(name, jax.ffi.pycapsule(address), platform="cpu")
            _known[described] = name
        return _known[described]
