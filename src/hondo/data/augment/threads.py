"""A batch divided among a few threads that are shared by all who augment.

OpenCV and NumPy's larger operations release Python's lock, so threads are enough; starting them anew for each batch
would cost more than a batch of small pictures takes.
"""

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import pairwise

import cv2

from hondo.data.threads import cores, free_cores

_WORTH = 2**15
"""Pixels a thread should have; below that, handing work over costs more than it saves."""


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(cores(), thread_name_prefix="hondo-pictures")


if hasattr(os, "register_at_fork"):  # threads do not survive a fork
    os.register_at_fork(after_in_child=_pool.cache_clear)


class _UndividedPictures:
    """Keeps OpenCV from dividing each picture among threads of its own while some batch is divided among ours.

    For a small picture that takes longer than the picture itself. The setting is the process's; others who use OpenCV
    in these moments work in one thread, and afterwards it is what it was.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._before = 0

    def __enter__(self) -> None:
        with self._lock:
            if self._inside == 0:
                self._before = cv2.getNumThreads()
                if self._before > 1:
                    cv2.setNumThreads(0)
            self._inside += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._inside -= 1
            if self._inside == 0 and self._before > 1:
                cv2.setNumThreads(self._before)


_undivided = _UndividedPictures()


def in_parts(work: Callable[[int, int], None], count: int, pixels: int, threads: int | None = None) -> None:
    """Call ``work(start, stop)`` for parts that cover ``range(count)``, each in a thread if they are large enough.

    Args:
        work: does one part; parts never overlap, and their number must not matter to the result.
        count: how many pictures there are.
        pixels: how large each is.
        threads: at most so many; left out, as many as there are cores.
    """
    if count == 1 and threads is None:
        work(0, 1)  # here OpenCV's own threads are all there are
        return
    with _undivided:
        most = threads or free_cores()
        parts = max(1, min(most, count, count * pixels // _WORTH))
        edges = [count * part // parts for part in range(parts + 1)]
        others = [_pool().submit(work, start, stop) for start, stop in pairwise(edges[1:])]
        try:
            work(0, edges[1])
        finally:
            for other in others:
                other.exception()  # waits: nobody may write into the arrays after this returns
        for other in others:
            other.result()
