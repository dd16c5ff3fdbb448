"""The processor at hand, and code made for it while the program runs."""

import ctypes
import threading
from dataclasses import dataclass
from functools import cache

import llvmlite.binding as llvm
from llvmlite import ir

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


def new_module(name: str) -> ir.Module:
    """An empty module."""
    module = ir.Module(name)
    module.triple = llvm.get_process_triple()
    return module


def compile_module(module: ir.Module, *functions: str) -> list[ctypes.c_void_p]:
    """Optimise a module, make machine code of it, and return its functions' addresses."""
    with _lock:
        parsed = llvm.parse_assembly(str(module))
        parsed.verify()
        machine = _target().create_target_machine(
            cpu=llvm.get_host_cpu_name(), features=llvm.get_host_cpu_features().flatten(), opt=3
        )
        options = llvm.create_pipeline_tuning_options(speed_level=2)
        options.loop_vectorization = options.slp_vectorization = False  # the vectors are there already
        builder = llvm.create_pass_builder(machine, options)
        builder.getModulePassManager().run(parsed, builder)
        engine = llvm.create_mcjit_compiler(parsed, machine)
        engine.finalize_object()
        _engines.append(engine)
        return [ctypes.c_void_p(engine.get_function_address(name)) for name in functions]
