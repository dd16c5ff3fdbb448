"""Keeps the queue moving while a lab is open; the truth lies in the workspace, so several labs may do it at once."""

import asyncio
import time
from contextlib import suppress

import psutil
from starlette.concurrency import run_in_threadpool

from hondo.core.errors import HondoError
from hondo.lab.kernels import Kernels
from hondo.store.queue import tend
from hondo.store.removal import clear_removed
from hondo.store.workspace import Workspace

_PAUSE = 1.0
_CLEAR_EVERY = 3600.0


async def take_care(workspace: Workspace, kernels: Kernels) -> None:
    """Start what may start, mark what is gone, end kernels that nobody uses, again and again, until cancelled."""
    cleared = 0.0
    while True:
        # A locked or full workspace, or a process that may not be looked at, may be well again at the next look.
        with suppress(HondoError, OSError, psutil.Error):
            await run_in_threadpool(tend, workspace)
            if time.time() - cleared > _CLEAR_EVERY:
                cleared = time.time()
                await run_in_threadpool(clear_removed, workspace)
        with suppress(HondoError, OSError, psutil.Error):
            await kernels.tend()
        await asyncio.sleep(_PAUSE)
