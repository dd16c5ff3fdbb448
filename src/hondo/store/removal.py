"""Removing runs so that they can be put back: for a day they keep everything and only disappear from view."""

import json
import time
from typing import cast

from sqlalchemy import select, update

from hondo.core.errors import StoreError
from hondo.core.files import write_atomically
from hondo.core.language import tr
from hondo.store.changes import run_row
from hondo.store.liveness import is_training
from hondo.store.records import STATUSES, RunRecord, Status
from hondo.store.runs import record_of, remove_run
from hondo.store.tables import runs
from hondo.store.workspace import Workspace

UNDO_SECONDS = 24 * 3600.0
_BEFORE = "removed.json"


def put_aside(workspace: Workspace, run: RunRecord) -> RunRecord:
    """Remove a run from view; :func:`put_back` undoes it until :func:`clear_removed` has deleted it for good.

    Raises:
        StoreError: it trains, or the workspace cannot be written.
    """
    with workspace.writing() as connection:
        row = run_row(connection, run, lock=True)
        if is_training(row):
            raise StoreError(
                tr(f"{run.name} is being trained", f"{run.name} se está entrenando"),
                tr("Stop it first.", "Deténgalo antes."),
            )
        if row["status"] != "removed":
            before = "interrupted" if row["status"] == "running" else row["status"]
            write_atomically(run.folder / _BEFORE, json.dumps({"status": before}))
            values = {"status": "removed", "updated": time.time()}
            connection.execute(update(runs).where(runs.c.id == run.id).values(values))
        return record_of(workspace, run_row(connection, run))


def put_back(workspace: Workspace, name: str) -> RunRecord:
    """Bring a removed run back as it was; one that waited for its turn is stopped.

    Raises:
        StoreError: there is no removed run of that name.
    """
    with workspace.writing() as connection:
        chosen = select(runs).where(runs.c.name == name, runs.c.status == "removed")
        row = connection.execute(chosen).mappings().one_or_none()
        if row is None:
            raise StoreError(
                tr(f"No removed run is called {name!r}", f"Ningún experimento borrado se llama {name!r}"),
                tr("It may be gone for good.", "Quizá ya se eliminó del todo."),
            )
        run = record_of(workspace, row)
        values = {"status": _status_before(run), "updated": time.time()}
        connection.execute(update(runs).where(runs.c.id == run.id).values(values))
        (run.folder / _BEFORE).unlink(missing_ok=True)
        return record_of(workspace, run_row(connection, run))


def clear_removed(workspace: Workspace, older_than: float = UNDO_SECONDS) -> int:
    """Delete for good what was removed so many seconds ago; returns how many runs that were.

    Raises:
        StoreError: the workspace cannot be written.
    """
    with workspace.reading() as connection:
        chosen = select(runs).where(runs.c.status == "removed", runs.c.updated <= time.time() - older_than)
        found = [record_of(workspace, row) for row in connection.execute(chosen).mappings()]
    for run in found:
        remove_run(workspace, run)
    return len(found)


def _status_before(run: RunRecord) -> Status:
    try:
        before = json.loads((run.folder / _BEFORE).read_text(encoding="utf-8"))["status"]
    except (OSError, ValueError, LookupError, TypeError):
        return "interrupted"
    if before == "queued" or before not in STATUSES:
        return "stopped"
    return cast(Status, before)
