"""Memory that a training step frees is kept for the next one, where glibc would give it back to the system each time.

A step's results are blocks of megabytes. glibc takes such blocks from the system and returns them at once, so each
step would begin with fresh pages, which the system must find and fill with zeros: an eighth of a large network's time.
"""

import ctypes
import os
import sys

# mallopt's parameters, from <malloc.h>.
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
_KEPT_BYTES = 2**30
_POOLS = 3


def keep_freed_memory() -> None:
    """Have the C library keep up to a gigabyte that was freed, for whichever thread asks next.

    Threads that have allocated before keep pools of their own, so this is for a program's beginning. What users set
    in ``GLIBC_TUNABLES`` or ``MALLOC_…`` stays. Other systems and C libraries are left as they are.
    """
    chosen = any(name == "GLIBC_TUNABLES" or name.startswith("MALLOC_") for name in os.environ)
    if chosen or not sys.platform.startswith("linux"):
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return
    # A pool for each thread is given back whole; one for all leaves small networks waiting in what a compilation
    # left behind, by half of their time. Three serve both.
    for parameter, value in ((_ARENA_MAX, _POOLS), (_MMAP_THRESHOLD, _KEPT_BYTES), (_TRIM_THRESHOLD, _KEPT_BYTES)):
        mallopt(parameter, value)
