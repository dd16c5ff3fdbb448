"""A run counts as running as long as the very process that trains it lives."""

import os
import platform
import time

import psutil
import pytest
from sqlalchemy import update

from hondo.store.liveness import STALE_SECONDS
from hondo.store.records import RunRecord
from hondo.store.runs import claim_run, find_run
from hondo.store.tables import runs
from hondo.store.workspace import Workspace


def unused_pid() -> int:
    return next(pid for pid in range(2**15, 2**16) if not psutil.pid_exists(pid))


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({}, "running"),
        ({"pid": unused_pid()}, "interrupted"),
        ({"pid": os.getppid()}, "interrupted"),  # a number that another process has by now
        ({"heartbeat": time.time() - STALE_SECONDS - 1}, "interrupted"),
        ({"heartbeat": None}, "interrupted"),
        ({"host": f"not {platform.node()}", "pid": unused_pid()}, "running"),
        ({"host": f"not {platform.node()}", "heartbeat": time.time() - STALE_SECONDS - 1}, "interrupted"),
        ({"status": "complete", "pid": unused_pid()}, "complete"),
    ],
)
def test_status_follows_process_and_heartbeat(
    workspace: Workspace, run: RunRecord, changed: dict[str, object], status: str
) -> None:
    claim_run(workspace, run)
    with workspace.writing() as connection:
        if "process_started" not in changed and changed.get("pid") == os.getppid():
            changed = changed | {"process_started": psutil.Process(os.getppid()).create_time() - 3600}
        if changed:
            connection.execute(update(runs).where(runs.c.id == run.id).values(changed))
    assert find_run(workspace, run.name).status == status
