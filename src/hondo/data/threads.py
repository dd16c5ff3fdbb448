"""Work on all cores in threads: file reading, zlib, OpenCV and NumPy let go of Python's lock while they work.

Threads share memory, start in microseconds and behave alike on every system, which processes do not.
"""

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

_CHUNK = 64


class _Here(threading.local):
    """Whether this very thread is one of many that work already."""

    serial = False


_here = _Here()


def cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):  # containers and batch queues often grant fewer than there are
        return len(os.sched_getaffinity(0)) or 1
    return os.cpu_count() or 1


@contextmanager
def serially() -> Iterator[None]:
    """Within the block this thread does its work alone, because others beside it use the other cores."""
    before, _here.serial = _here.serial, True
    try:
        yield
    finally:
        _here.serial = before


def free_cores() -> int:
    """How many cores this thread may use now: one where it works :func:`serially`."""
    return 1 if _here.serial else cores()


def in_threads(function: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
    """``[function(item) for item in items]`` on all cores; for work that releases Python's lock.

    In a thread that works :func:`serially`, no others are started.
    """
    workers = free_cores()
    if workers == 1 or len(items) < 8:
        return [function(item) for item in items]
    chunk = min(_CHUNK, -(-len(items) // workers))
    chunks = [items[start : start + chunk] for start in range(0, len(items), chunk)]

    def work(part: Sequence[Item]) -> list[Result]:
        return [function(item) for item in part]

    with ThreadPoolExecutor(workers) as pool:
        # Each has a copy of the context, which holds the reader's language.
        tasks = [pool.submit(copy_context().run, work, part) for part in chunks]
        return [result for task in tasks for result in task.result()]
