"""Runs: making one, finding it again, changing it, taking hold of it to train, removing it."""

import difflib
import os
import shutil
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import Connection, RowMapping, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from hondo.core.environment import Environment
from hondo.core.errors import StoreError, nearest
from hondo.core.files import cannot_write, clear_unfinished, write_atomically
from hondo.core.language import tr
from hondo.core.spec import RunSpec
from hondo.store.changes import recover_spill, run_row, spilled_files
from hondo.store.liveness import held_by, is_training, this_process
from hondo.store.records import RunRecord, Status
from hondo.store.tables import runs
from hondo.store.workspace import Workspace

SPEC_FILE = "spec.yaml"
_FOLDER = "runs"
_ATTEMPTS = 100
_SHOWN = 8
_THERE = runs.c.status != "removed"


def create_run(workspace: Workspace, spec: RunSpec, environment: Environment) -> RunRecord:
    """Make a run: its row, its folder ``runs/<name>`` and the spec in it as YAML.

    Its name is the spec's with the next free number; two processes never get the same one.

    Args:
        workspace: Where it is kept.
        spec: The resolved spec.
        environment: What surrounds it.

    Raises:
        StoreError: the folder or the database cannot be written; then there is no run.
    """
    for _ in range(_ATTEMPTS):
        made: list[Path] = []
        try:
            with workspace.writing() as connection:
                return _create(workspace, connection, spec, environment, made)
        except IntegrityError:  # somebody on another machine took the number between our look and our write
            _delete_folders(made)
        except BaseException:
            _delete_folders(made)
            raise
    raise StoreError(
        tr(
            f"No free number was found for a run of {spec.name!r}",
            f"No se encontró un número libre para un experimento de {spec.name!r}",
        ),
        tr(
            "Other processes are creating runs of it at this moment; try again.",
            "Otros procesos los están creando en este momento; inténtelo de nuevo.",
        ),
    )


def find_run(workspace: Workspace, name: str) -> RunRecord:
    """The run that somebody means.

    Args:
        workspace: Where it is kept.
        name: Its name or number, the beginning of one name only, or ``last`` for the newest run.

    Raises:
        StoreError: no run, or more than one, goes by that name; or the database cannot be read.
    """
    with workspace.reading() as connection:
        meant = _meant(connection, name)
        run = record_of(workspace, connection.execute(select(runs).where(runs.c.id == meant)).mappings().one())
    if spilled_files(run.folder):
        with suppress(StoreError):  # what was spilled stays in its file until the database can be written
            recover_spill(workspace, run)
            return _read(workspace, run)
    return run


def list_runs(
    workspace: Workspace,
    status: Status | None = None,
    base: str | None = None,
    limit: int | None = None,
    *,
    newest_first: bool = True,
) -> list[RunRecord]:
    """The runs, as they stand now; removed ones only where they are asked for.

    Args:
        workspace: Where they are kept.
        status: Only those; a run whose process died counts as interrupted.
        base: Only those of the spec of this name.
        limit: At most so many.
        newest_first: Or the oldest first.

    Raises:
        StoreError: the database cannot be read.
    """
    chosen = select(runs).order_by(runs.c.id.desc() if newest_first else runs.c.id)
    if base is not None:
        chosen = chosen.where(runs.c.base == base)
    if status is not None:
        stored = ("running", "interrupted") if status == "interrupted" else (status,)
        chosen = chosen.where(runs.c.status.in_(stored))
    else:
        chosen = chosen.where(runs.c.status != "removed")
        chosen = chosen if limit is None else chosen.limit(limit)
    with workspace.reading() as connection:
        rows = connection.execute(chosen).mappings().all()
    found = [record_of(workspace, row) for row in rows]
    return [run for run in found if status in (None, run.status)][:limit]


def update_run(
    workspace: Workspace,
    run: RunRecord,
    *,
    status: Status | None = None,
    spec: RunSpec | None = None,
    environment: Environment | None = None,
    summary: Mapping[str, Any] | None = None,
    epochs_done: int | None = None,
    message: str | None = None,
) -> RunRecord:
    """Change what is given and leave the rest.

    Args:
        workspace: Where the run is kept.
        run: The run.
        status: Where it stands now.
        spec: The spec, once everything left out in it is decided.
        environment: What surrounds it, once a process has begun it.
        summary: Final values, in place of those before; numbers may be NumPy's and need not be finite.
        epochs_done: How many epochs are complete.
        message: Why it ended as it did.

    Returns:
        The run as it is now.

    Raises:
        StoreError: it is no longer there, or the database cannot be written.
    """
    written = None if spec is None else spec.written()
    around = None if environment is None else environment.written()
    given = {
        "status": status,
        "spec": written,
        "environment": around,
        "summary": summary,
        "epochs_done": epochs_done,
        "message": message,
    }
    values = {name: value for name, value in given.items() if value is not None}
    with workspace.writing() as connection:
        connection.execute(update(runs).where(runs.c.id == run.id).values(values | {"updated": time.time()}))
    return _read(workspace, run)


def claim_run(workspace: Workspace, run: RunRecord, heir_of: int | None = None) -> RunRecord:
    """Take hold of a run in order to train it: from now on it is ``running``, in this process.

    What a killed process left behind is tidied first: spilled metrics are merged, half-written files go.

    Args:
        workspace: Where the run is kept.
        run: The run.
        heir_of: The process on this machine that took hold of the run for this one; without it nobody may hold it.

    Raises:
        StoreError: a living process trains it, it is no longer there, or the database cannot be written.
    """
    recover_spill(workspace, run)
    with workspace.writing() as connection:
        row = run_row(connection, run, lock=True)
        inherits = heir_of is not None and held_by(row, {heir_of, os.getpid(), os.getppid()})
        if is_training(row) and not inherits:
            raise _busy(run, row)
        if heir_of is not None and not inherits:
            raise _withdrawn(run)
        values = {"status": "running", "message": "", "updated": time.time(), **this_process()}
        connection.execute(update(runs).where(runs.c.id == run.id).values(values))
    clear_unfinished(run.folder)
    return _read(workspace, run)


def remove_run(workspace: Workspace, run: RunRecord, *, force: bool = False) -> None:
    """Delete a run: its row with metrics and artefacts, and its folder.

    The folder is first moved aside in one step, so that a failure on the way leaves the whole run or none of it.

    Args:
        workspace: Where it is kept.
        run: The run.
        force: Also one that is being trained; its training goes on, unrecorded.

    Raises:
        StoreError: it is being trained, its files are in use, or the database cannot be written.
    """
    aside: Path | None = None
    try:
        with workspace.writing() as connection:
            row = run_row(connection, run, lock=True)
            if is_training(row) and not force:
                raise _busy(run, row)
            connection.execute(delete(runs).where(runs.c.id == run.id))
            if run.folder.exists():
                aside = workspace.move_to_trash(run.folder)
    except BaseException:
        if aside is not None:
            aside.rename(run.folder)
        raise
    if aside is not None:
        _delete_folders([aside])


def _create(
    workspace: Workspace, connection: Connection, spec: RunSpec, environment: Environment, made: list[Path]
) -> RunRecord:
    """Make a run inside a transaction, noting in ``made`` the folder to delete if it fails."""
    highest = connection.scalar(select(func.max(runs.c.number)).where(runs.c.base == spec.name)) or 0
    number = _make_folder(workspace, spec.name, highest + 1, made)
    write_atomically(made[0] / SPEC_FILE, yaml.safe_dump(spec.written(), sort_keys=False, allow_unicode=True))
    name, now = f"{spec.name}-{number}", time.time()
    values = {
        "name": name,
        "base": spec.name,
        "number": number,
        "status": "created",
        "created": now,
        "updated": now,
        "spec": spec.written(),
        "environment": environment.written(),
        "summary": {},
        "epochs_done": 0,
        "folder": f"{_FOLDER}/{name}",
        "message": "",
    }
    connection.execute(insert(runs).values(values))
    return record_of(workspace, connection.execute(select(runs).where(runs.c.name == name)).mappings().one())


def _make_folder(workspace: Workspace, base: str, first: int, made: list[Path]) -> int:
    """Make the folder with the next number that neither a run nor a file has, and return the number."""
    parent = workspace.path(_FOLDER)
    number = first
    try:
        parent.mkdir(exist_ok=True)
        while True:
            folder = parent / f"{base}-{number}"
            try:
                folder.mkdir()
            except FileExistsError:
                number += 1
            else:
                made.append(folder)
                return number
    except OSError as error:
        raise cannot_write(parent, error) from error


def _delete_folders(folders: Iterable[Path]) -> None:
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


def _meant(connection: Connection, name: str) -> int:
    """The id of the run that ``name`` stands for."""
    if name == "last":
        found = connection.scalars(select(runs.c.id).where(_THERE).order_by(runs.c.id.desc()).limit(1)).all()
    else:
        found = connection.scalars(select(runs.c.id).where(runs.c.name == name, _THERE)).all()
        if not found and name.isascii() and name.isdigit() and len(name) < 10:  # a longer one is no id of PostgreSQL's
            found = connection.scalars(select(runs.c.id).where(runs.c.id == int(name), _THERE)).all()
    if found:
        return found[0]
    starts = func.substr(runs.c.name, 1, len(name)) == name
    candidates = connection.execute(
        select(runs.c.id, runs.c.name).where(starts, _THERE).order_by(runs.c.id.desc())
    ).all()
    if not name or not candidates:
        raise _unknown(connection, name)
    if len(candidates) > 1:
        listed = ", ".join(row.name for row in candidates[:_SHOWN]) + (", …" if len(candidates) > _SHOWN else "")
        raise StoreError(
            tr(
                f"{name!r} could be {len(candidates)} runs",
                f"{name!r} puede ser cualquiera de {len(candidates)} experimentos",
            ),
            tr(f"Write more of the name: {listed}.", f"Escriba más letras del nombre: {listed}."),
        )
    return candidates[0].id


def _unknown(connection: Connection, name: str) -> StoreError:
    """The error about a name that no run has."""
    names = connection.scalars(select(runs.c.name).where(_THERE).order_by(runs.c.id.desc())).all()
    if not names:
        return StoreError(
            tr("There are no runs yet", "Todavía no hay experimentos"),
            tr("Start one: hondo run", "Cree uno: hondo run"),
        )
    close = difflib.get_close_matches(name, names, n=1)
    hint = nearest(name, close or names[:_SHOWN])
    return StoreError(
        tr(f"No run is called {name!r}", f"Ningún experimento se llama {name!r}"),
        f"{hint} " + tr("See all: hondo runs list", "Véalos todos: hondo runs list"),
    )


def _busy(run: RunRecord, row: RowMapping) -> StoreError:
    return StoreError(
        tr(
            f"The run {run.name!r} is being trained by process {row['pid']} on {row['host']}",
            f"El experimento {run.name!r} lo está entrenando el proceso {row['pid']} en {row['host']}",
        ),
        tr("Wait until it ends, or stop it there with Ctrl-C.", "Espere a que termine o deténgalo allí con Ctrl-C."),
    )


def _withdrawn(run: RunRecord) -> StoreError:
    return StoreError(
        tr(
            f"The run {run.name!r} was to be trained here, but it was stopped or given to another process meanwhile",
            f"El experimento {run.name!r} se iba a entrenar aquí, pero mientras tanto se detuvo o lo tomó otro proceso",
        ),
        tr("Nothing is lost; resume it if you like.", "No se pierde nada; puede reanudarlo."),
    )


def _read(workspace: Workspace, run: RunRecord) -> RunRecord:
    with workspace.reading() as connection:
        return record_of(workspace, run_row(connection, run))


def record_of(workspace: Workspace, row: RowMapping) -> RunRecord:
    """A row as a record; a running run whose process is gone is an interrupted one."""
    return RunRecord(
        id=row["id"],
        name=row["name"],
        base=row["base"],
        number=row["number"],
        status="interrupted" if row["status"] == "running" and not is_training(row) else row["status"],
        created=datetime.fromtimestamp(row["created"], UTC),
        updated=datetime.fromtimestamp(row["updated"], UTC),
        spec=row["spec"],
        environment=row["environment"],
        summary=row["summary"],
        epochs_done=row["epochs_done"],
        folder=workspace.path(row["folder"]),
        message=row["message"],
        warnings=tuple(row["warnings"]),
        pid=row["pid"],
        host=row["host"] or "",
        tags=tuple(row["tags"]),
        notes=row["notes"],
        favourite=bool(row["favourite"]),
    )
