"""The processor at hand, and code made for it while the program runs.

Two rooms have such code: ``data`` samples pictures with it, ``engine`` computes convolutions.
"""

import ctypes
import hashlib
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import llvmlite.binding as llvm
from llvmlite import ir

from hondo.core.errors import StoreError
from hondo.core.files import write_atomically
from hondo.core.folders import kernels_folder

_lock = threading.Lock()
_engines: list[llvm.ExecutionEngine] = []  # code must outlive every program that calls it


@dataclass(frozen=True)
class Processor:
    """What the kernels must know of the processor.

    Attributes:
        lanes: float32 values in its widest vector.
        registers: how many vector registers it has.
    """

    lanes: int
    registers: int


def allowed() -> bool:
    """Whether such code may be used; ``HONDO_KERNELS=off`` leaves everything to the libraries."""
    return os.environ.get("HONDO_KERNELS", "") != "off"


@cache
def _target() -> llvm.Target:
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    return llvm.Target.from_triple(llvm.get_process_triple())


@cache
def processor() -> Processor:
    """The processor this runs on."""
    features = llvm.get_host_cpu_features()
    if features.get("avx512f"):
        return Processor(16, 32)
    if features.get("avx2") and features.get("fma"):
        return Processor(8, 16)
    arm = llvm.get_process_triple().startswith(("aarch64", "arm64"))
    return Processor(4, 32 if arm else 16)


def address_of(name: str, write: Callable[[ir.Module], None], *sources: Path) -> ctypes.c_void_p:
    """The address of a function, in machine code made now or kept from an earlier run.

    Args:
        name: the function's, which must name what it computes.
        write: adds it to a module; is not called when the machine code was kept.
        sources: the files that ``write`` is written in; where they differ, nothing that was kept is used.

    Raises:
        RuntimeError: if LLVM cannot make it.
    """
    place = kernels_folder() / f"{name}-{_build(sources)}.o"
    code = _kept(place)
    if code is None:
        module = ir.Module(name)
        module.triple = llvm.get_process_triple()
        write(module)
        code = _machine_code(module)
        with suppress(StoreError):  # without a cache it is made again the next time
            write_atomically(place, hashlib.sha256(code).digest() + code)
    with _lock:
        engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), _target_machine())
        engine.add_object_file(llvm.ObjectFileRef.from_data(code))
        engine.finalize_object()
        _engines.append(engine)
        address = engine.get_function_address(name)
    if not address:
        raise RuntimeError(f"no function {name} in the machine code")
    return ctypes.c_void_p(address)


@cache
def _build(sources: tuple[Path, ...]) -> str:
    """What machine code depends on beside its name: who writes it, LLVM, the processor."""
    digest = hashlib.sha256()
    for path in (Path(__file__), Path(__file__).with_name("emit.py"), *sources):
        digest.update(path.read_bytes())
    host = (llvm.get_process_triple(), llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten())
    digest.update(repr((*host, llvm.llvm_version_info)).encode())
    return digest.hexdigest()[:16]


def _kept(place: Path) -> bytes | None:
    """Machine code from an earlier run, if it is whole."""
    try:
        data = place.read_bytes()
    except OSError:
        return None
    digest, code = data[:32], data[32:]
    return code if hashlib.sha256(code).digest() == digest else None


def _target_machine() -> llvm.TargetMachine:
    features = llvm.get_host_cpu_features().flatten()
    return _target().create_target_machine(cpu=llvm.get_host_cpu_name(), features=features, opt=3)


def _machine_code(module: ir.Module) -> bytes:
    with _lock:
        parsed = llvm.parse_assembly(str(module))
        parsed.verify()
        machine = _target_machine()
        options = llvm.create_pipeline_tuning_options(speed_level=2)
        options.loop_vectorization = options.slp_vectorization = False  # the vectors are there already
        builder = llvm.create_pass_builder(machine, options)
        builder.getModulePassManager().run(parsed, builder)
        return machine.emit_object(parsed)
