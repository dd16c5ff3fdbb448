"""What a step frees is there for the next one, without asking the system again; users' own settings stay."""

import os
import platform
import subprocess
import sys

import pytest

# Blocks as a training step makes them: many of some megabytes, all freed at its end.
STEPS = """
import ctypes, resource
from hondo.core.memory import keep_freed_memory
keep_freed_memory()
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
libc.malloc.argtypes, libc.free.argtypes = [ctypes.c_size_t], [ctypes.c_void_p]
libc.memset.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t]
size = 2**23
def step():
    blocks = [libc.malloc(size) for _ in range(8)]
    for block in blocks:
        libc.memset(block, 1, size)
    for block in blocks:
        libc.free(block)
for _ in range(3):
    step()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(10):
    step()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""
PAGES = 10 * 8 * 2**23 // 4096

glibc_only = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc gives memory back like that")


def page_faults(**settings: str) -> int:
    """How many pages ten steps had to be given by the system."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MALLOC_", "GLIBC_"))}
    result = subprocess.run(
        [sys.executable, "-c", STEPS], env={**kept, **settings}, capture_output=True, text=True, check=True
    )
    return int(result.stdout)


@glibc_only
def test_a_step_gets_the_pages_that_the_last_one_freed() -> None:
    assert page_faults() < PAGES / 20


@glibc_only
@pytest.mark.parametrize("name", ["MALLOC_TRIM_THRESHOLD_", "MALLOC_TOP_PAD_"])
def test_what_users_set_stays(name: str) -> None:
    assert page_faults(**{name: "131072"}) > PAGES / 20
