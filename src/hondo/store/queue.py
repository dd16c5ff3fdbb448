"""The queue: runs that wait for their turn and then train in processes of their own, whoever looks after them.

Nothing about it is kept in memory. A waiting run is a row with the status ``queued``; taking it is one transaction, so
that of several servers only one starts it; its process outlives the one that started it and is found again by its
number. Whoever calls :func:`tend` now and then keeps the queue moving.
"""

import json
import os
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import psutil
from sqlalchemy import Connection, RowMapping, func, select, text, update

from hondo.core.environment import describe_environment, usable_cpus
from hondo.core.errors import HondoError, StoreError
from hondo.core.files import cannot_write, write_atomically
from hondo.core.language import language, tr
from hondo.core.spec import RunSpec
from hondo.store.changes import run_row
from hondo.store.liveness import find_process, is_gone, is_training, this_process
from hondo.store.records import RunRecord
from hondo.store.runs import create_run, find_run, record_of
from hondo.store.stopping import ask_to_stop, asked_to_stop, forget_request
from hondo.store.tables import runs
from hondo.store.workspace import DATABASE_FILE, Workspace

LOG = "log.txt"
_ORDER = "queue.json"
_MEMORY_OF_A_RUN = 2 * 2**30
_CORES_OF_A_RUN = 2
_LOCK = 0x686F6E646F  # of PostgreSQL's advisory locks, ours

_children: list[subprocess.Popen[bytes]] = []  # only so that the system's table of ended processes is emptied


@dataclass(frozen=True)
class Order:
    """What a waiting run is to be done with, as a file in its folder says.

    Attributes:
        resume: whether to go on from its last checkpoint.
        epochs: train up to this epoch instead of the spec's.
        language: the language of who asked.
    """

    resume: bool = False
    epochs: int | None = None
    language: str = "en"


def enqueue(workspace: Workspace, spec: RunSpec) -> RunRecord:
    """Record a run that trains when its turn comes.

    Raises:
        StoreError: it cannot be recorded.
    """
    record = create_run(workspace, spec, describe_environment())
    _give_order(record, Order(language=language()))
    return _wait(workspace, record)


def enqueue_resume(workspace: Workspace, name: str, epochs: int | None = None) -> RunRecord:
    """Let a run that stands still go on from its last checkpoint when its turn comes.

    Args:
        workspace: Where it is kept.
        name: Its name; see :func:`hondo.store.runs.find_run`.
        epochs: Train up to this epoch instead of the spec's.

    Raises:
        StoreError: there is no such run, it trains or waits already, or its model came from Python.
    """
    record = find_run(workspace, name)
    if (record.spec.get("model") or {}).get("given") is not None:
        raise StoreError(
            tr(f"{record.name} trains a Keras model from Python", f"{record.name} entrena un modelo dado en Python"),
            tr("Resume it from Python with the same model.", "Reanúdelo desde Python con el mismo modelo."),
        )
    if record.status in ("running", "queued"):
        raise StoreError(
            tr(
                f"{record.name} is already training or waiting",
                f"{record.name} ya se entrena o espera su turno",
            ),
            tr("Wait until it ends, or stop it first.", "Espere a que termine o deténgalo antes."),
        )
    _give_order(record, Order(record.status != "created" or record.epochs_done > 0, epochs, language()))
    return _wait(workspace, record)


def stop(workspace: Workspace, name: str) -> RunRecord:
    """Take a waiting run from the queue, or ask a training one to stop after the steps in progress.

    Asking again ends a process of this machine at once; its run can be resumed from its last checkpoint.

    Raises:
        StoreError: there is no such run, or it neither waits nor trains.
    """
    record = find_run(workspace, name)
    with workspace.writing() as connection:
        row = run_row(connection, record, lock=True)
        if row["status"] == "queued":
            values = {"status": "stopped", "updated": time.time()}
            connection.execute(update(runs).where(runs.c.id == record.id).values(values))
            row = run_row(connection, record)
        elif not is_training(row):
            raise StoreError(
                tr(f"{record.name} is not training", f"{record.name} no se está entrenando"),
                tr("There is nothing to stop.", "No hay nada que detener."),
            )
        elif not asked_to_stop(record.folder):
            ask_to_stop(record.folder)
        elif (process := find_process(row)) is not None and process.pid != os.getpid():
            with suppress(psutil.NoSuchProcess):
                process.kill()
    return record_of(workspace, row)


def tend(workspace: Workspace, limit: int | None = None) -> list[RunRecord]:
    """Mark the runs whose processes are gone, and start those whose turn has come.

    Args:
        workspace: Where they are kept.
        limit: How many may train on this machine at once; left out, :func:`machine_limit`.

    Returns:
        The runs that were started by this call.

    Raises:
        StoreError: the database cannot be read or written.
    """
    _children[:] = [child for child in _children if child.poll() is None]
    mark_gone(workspace)
    started: list[RunRecord] = []
    while (taken := _take(workspace, machine_limit() if limit is None else limit)) is not None:
        try:
            _start(workspace, taken)
        except (OSError, HondoError) as error:
            _failed(workspace, taken, str(error))
        started.append(taken)
    return started


def mark_gone(workspace: Workspace) -> int:
    """Write down as interrupted what certainly nobody trains any more; returns how many runs that were."""
    with workspace.reading() as connection:
        rows = connection.execute(select(runs).where(runs.c.status == "running")).mappings().all()
    gone = [row for row in rows if is_gone(row)]
    if not gone:
        return 0
    message = tr("its process ended unexpectedly", "su proceso terminó de forma inesperada")
    with workspace.writing() as connection:
        for row in gone:
            same = (runs.c.id == row["id"], runs.c.status == "running", runs.c.pid.is_not_distinct_from(row["pid"]))
            connection.execute(update(runs).where(*same).values(status="interrupted", message=message))
            forget_request(workspace.path(row["folder"]))
    return len(gone)


def machine_limit() -> int:
    """How many runs may train here at once: ``HONDO_PARALLEL_RUNS``, else what cores and memory allow, at least 1."""
    chosen = os.environ.get("HONDO_PARALLEL_RUNS", "")
    if chosen.isascii() and chosen.isdigit() and len(chosen) < 4:
        return max(1, int(chosen))
    return max(1, min(usable_cpus() // _CORES_OF_A_RUN, psutil.virtual_memory().total // _MEMORY_OF_A_RUN))


def waiting_before(workspace: Workspace, run: RunRecord) -> int:
    """How many waiting runs come before this waiting one."""
    with workspace.reading() as connection:
        row = run_row(connection, run)
        earlier = (runs.c.status == "queued", runs.c.id != run.id, _is_before(row))
        return connection.scalar(select(func.count()).select_from(runs).where(*earlier)) or 0


def read_order(run: RunRecord) -> Order:
    """What a run waits for; the plain beginning where its file is missing or damaged."""
    try:
        read: Any = json.loads((run.folder / _ORDER).read_text(encoding="utf-8"))
        epochs = read["epochs"]
        return Order(bool(read["resume"]), None if epochs is None else int(epochs), str(read["language"]))
    except (OSError, ValueError, LookupError, TypeError):
        return Order()


def _is_before(row: RowMapping) -> Any:
    earlier = runs.c.updated < row["updated"]
    return earlier | ((runs.c.updated == row["updated"]) & (runs.c.id < row["id"]))


def _give_order(run: RunRecord, order: Order) -> None:
    written = {"resume": order.resume, "epochs": order.epochs, "language": order.language}
    write_atomically(run.folder / _ORDER, json.dumps(written))
    forget_request(run.folder)


def _wait(workspace: Workspace, run: RunRecord) -> RunRecord:
    """Put a run that stands still into the queue."""
    with workspace.writing() as connection:
        row = run_row(connection, run, lock=True)
        if row["status"] != "queued" and not is_training(row):
            values = {"status": "queued", "message": "", "updated": time.time()}
            connection.execute(update(runs).where(runs.c.id == run.id).values(values))
        return record_of(workspace, run_row(connection, run))


def _take(workspace: Workspace, limit: int) -> RunRecord | None:
    """Take the run that has waited longest, if one may start; from then on this process holds it."""
    queued = select(runs).where(runs.c.status == "queued").order_by(runs.c.updated, runs.c.id).limit(1)
    with workspace.reading() as connection:
        if connection.execute(queued).first() is None:
            return None
    with workspace.writing() as connection:
        if connection.dialect.name == "postgresql":  # SQLite has one writer at a time anyway
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        row = connection.execute(queued).mappings().first()
        if row is None or _training_here(connection) >= limit:
            return None
        values = {"status": "running", "updated": time.time(), **this_process()}
        connection.execute(update(runs).where(runs.c.id == row["id"]).values(values))
        return record_of(workspace, connection.execute(select(runs).where(runs.c.id == row["id"])).mappings().one())


def _training_here(connection: Connection) -> int:
    here = this_process()["host"]
    rows = connection.execute(select(runs).where(runs.c.status == "running", runs.c.host == here)).mappings()
    return sum(is_training(row) for row in rows)


def _start(workspace: Workspace, run: RunRecord) -> None:
    """Start the process that trains a run that was taken, and hand the run to it."""
    command = [sys.executable, "-P", "-m", "hondo.store.child", str(run.id), str(os.getpid())]
    flags: dict[str, Any] = {"start_new_session": True}
    if sys.platform == "win32":
        flags = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
    try:
        log = (run.folder / LOG).open("ab")
    except OSError as error:
        raise cannot_write(run.folder / LOG, error) from error
    with log:
        child = subprocess.Popen[bytes](
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=_surroundings(workspace, run), **flags
        )
    _children.append(child)
    try:
        began = psutil.Process(child.pid).create_time()
    except psutil.Error:  # it is gone already, and will be found so
        began = 0.0
    with workspace.writing() as connection:
        ours = (runs.c.id == run.id, runs.c.status == "running", runs.c.pid == os.getpid())
        connection.execute(update(runs).where(*ours).values(pid=child.pid, process_started=began))


def _surroundings(workspace: Workspace, run: RunRecord) -> dict[str, str]:
    """The environment of a run's process: this workspace, and the language of who asked."""
    own = {"HONDO_HOME": str(workspace.folder), "HONDO_LANG": read_order(run).language, "PYTHONUNBUFFERED": "1"}
    url = workspace.engine.url
    if url.get_backend_name() == "postgresql" or url.database != str(workspace.folder / DATABASE_FILE):
        own["HONDO_DATABASE"] = url.render_as_string(hide_password=False)
    kept = {name: value for name, value in os.environ.items() if name != "HONDO_DATABASE"}
    return {**kept, **own, "PYTHONIOENCODING": "utf-8"}


def _failed(workspace: Workspace, run: RunRecord, message: str) -> None:
    with workspace.writing() as connection:
        ours = (runs.c.id == run.id, runs.c.status == "running", runs.c.pid == os.getpid())
        connection.execute(update(runs).where(*ours).values(status="failed", message=message))
