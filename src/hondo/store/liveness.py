"""Tells a run that is training from one whose process was killed, so that nobody waits for the dead.

A process is known by its number and the moment it started, because numbers are used again. On another machine only the
heartbeat can be seen.
"""

import os
import platform
import time
from collections.abc import Collection
from typing import Any

import psutil
from sqlalchemy import RowMapping

STALE_SECONDS = 120.0
"""A heartbeat older than this belongs to a process that hangs, sleeps or is gone."""

_FRESH_SECONDS = 15.0  # three heartbeats
_SET_CLOCK = 600.0
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
    return row["host"] != platform.node() or find_process(row) is not None


def is_gone(row: RowMapping) -> bool:
    """Whether the process that trained a running run certainly exists no more; a quiet one may only be asleep."""
    if row["status"] != "running":
        return False
    if row["pid"] is None:
        return True
    return row["host"] == platform.node() and find_process(row) is None


def held_by(row: RowMapping, pids: Collection[int]) -> bool:
    """Whether one of these processes of this machine has taken hold of a run."""
    return row["status"] == "running" and row["host"] == platform.node() and row["pid"] in pids


def find_process(row: RowMapping) -> psutil.Process | None:
    """The living process of this machine that trains a run; None if it has ended, or its number is another's now."""
    try:
        process = psutil.Process(row["pid"])
        if process.status() == psutil.STATUS_ZOMBIE:
            return None
        # Where the clock was set meanwhile, a process seems to have begun at another time; its heartbeat speaks for it.
        beats = time.time() - (row["heartbeat"] or 0.0) < _FRESH_SECONDS
        apart = abs(process.create_time() - (row["process_started"] or 0.0))
        return process if apart < (_SET_CLOCK if beats else _CLOCK_TOLERANCE) else None
    except psutil.NoSuchProcess:
        return None
    except psutil.AccessDenied:
        return psutil.Process(row["pid"])
