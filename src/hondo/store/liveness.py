"""Tells a run that is training from one whose process was killed, so that nobody waits for the dead.

A process is known by its number and the moment it started, because numbers are used again. On another machine only the
heartbeat can be seen.
"""

import os
import platform
import time
from typing import Any

import psutil
from sqlalchemy import RowMapping

STALE_SECONDS = 120.0
"""A heartbeat older than this belongs to a process that hangs, sleeps or is gone."""

_CLOCK_TOLERANCE = 5.0  # seconds by which two readings of a process's start may differ


def this_process() -> dict[str, Any]:
    """The columns of the table ``runs`` that say who trains a run: this process, now."""
    return {
        "pid": os.getpid(),
        "host": platform.node(),
        "process_started": psutil.Process().create_time(),
        "heartbeat": time.time(),
    }


def is_training(row: RowMapping) -> bool:
    """Whether a run is being trained at this moment.

    Args:
        row: Its row in ``runs``: its ``status``, and the columns that :func:`this_process` gives, which may be None.
    """
    heartbeat, pid = row["heartbeat"], row["pid"]
    if row["status"] != "running" or heartbeat is None or pid is None or time.time() - heartbeat > STALE_SECONDS:
        return False
    if row["host"] != platform.node():
        return True
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        return abs(process.create_time() - row["process_started"]) < _CLOCK_TOLERANCE
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:
        return True
