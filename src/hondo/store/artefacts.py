"""What a run left on disk, and what the database knows of it."""

import hashlib
import time
from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import Connection, delete, select

from hondo.core.errors import StoreError
from hondo.core.language import tr
from hondo.store.metrics import insert_or_update
from hondo.store.records import Artefact, RunRecord
from hondo.store.tables import artefacts
from hondo.store.workspace import Workspace


def describe_artefact(folder: Path, kind: str, path: Path, *, checksum: bool = False) -> Artefact:
    """Look at a file or folder of a run.

    Args:
        folder: The run's folder.
        kind: What it is: ``checkpoint``, ``model``, ``report``, ``plot`` …
        path: Where it lies: absolute, or relative to the run's folder.
        checksum: Whether to compute a file's SHA-256, which reads all of it.

    Raises:
        StoreError: it is not there, or not inside the run's folder.
    """
    place = (folder / path).resolve()
    try:
        relative = place.relative_to(folder.resolve())
        files = [file for file in place.rglob("*") if file.is_file()] if place.is_dir() else [place]
        size = sum(file.stat().st_size for file in files)
        digest = _sha256(place) if checksum and place.is_file() else None
    except ValueError as error:
        raise StoreError(
            tr(
                f"{place} is outside the run's folder {folder}",
                f"{place} está fuera de la carpeta del experimento, {folder}",
            ),
            tr("Copy it there first.", "Cópielo allí antes."),
        ) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise StoreError(
            tr(f"Cannot read {place}: {reason}", f"No se puede leer {place}: {reason}"),
            tr("Check that it exists and may be read.", "Compruebe que existe y que se puede leer."),
        ) from error
    return Artefact(kind, relative.as_posix(), size, digest, time.time())


def add_artefact(workspace: Workspace, run: RunRecord, kind: str, path: Path, *, checksum: bool = False) -> Artefact:
    """Record a file or folder that lies in the run's folder; recording it again updates it.

    Args:
        workspace: Where the run is kept.
        run: The run.
        kind: What it is: ``checkpoint``, ``model``, ``report``, ``plot`` …
        path: Where it lies: absolute, or relative to the run's folder.
        checksum: Whether to compute and keep a file's SHA-256.

    Raises:
        StoreError: it is not there, not inside the run's folder, or the database cannot be written.
    """
    artefact = describe_artefact(run.folder, kind, path, checksum=checksum)
    with workspace.writing() as connection:
        put_artefacts(connection, run.id, [artefact])
    return artefact


def list_artefacts(workspace: Workspace, run: RunRecord, kind: str | None = None) -> list[Artefact]:
    """What was recorded, oldest first; ``run.folder / artefact.path`` is where it lies.

    Raises:
        StoreError: the database cannot be read.
    """
    chosen = select(artefacts).where(artefacts.c.run_id == run.id)
    if kind is not None:
        chosen = chosen.where(artefacts.c.kind == kind)
    with workspace.reading() as connection:
        rows = connection.execute(chosen.order_by(artefacts.c.created, artefacts.c.path)).all()
    return [Artefact(row.kind, row.path, row.bytes, row.sha256, row.created) for row in rows]


def put_artefacts(connection: Connection, run_id: int, found: Iterable[Artefact]) -> None:
    """Write artefacts inside a transaction; one with the same path is replaced."""
    rows = {
        artefact.path: {
            "run_id": run_id,
            "path": artefact.path,
            "kind": artefact.kind,
            "bytes": artefact.bytes,
            "sha256": artefact.sha256,
            "created": artefact.created,
        }
        for artefact in found
    }
    if not rows:
        return
    statement = insert_or_update(connection, artefacts)
    statement = statement.on_conflict_do_update(
        index_elements=list(artefacts.primary_key.columns),
        set_={name: statement.excluded[name] for name in ("kind", "bytes", "sha256", "created")},
    )
    connection.execute(statement, list(rows.values()))


def forget_missing(connection: Connection, run_id: int, folder: Path, kind: str) -> None:
    """Drop the records of files that are gone, such as checkpoints that newer ones replaced."""
    known = connection.scalars(select(artefacts.c.path).where(artefacts.c.run_id == run_id, artefacts.c.kind == kind))
    gone = [path for path in known.all() if not (folder / path).exists()]
    if gone:
        connection.execute(delete(artefacts).where(artefacts.c.run_id == run_id, artefacts.c.path.in_(gone)))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
