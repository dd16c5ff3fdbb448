"""What a training has to tell the database, gathered so that it can be written at once, or put aside and written later.

A recorder gathers events in a :class:`Changes`; one transaction writes it. When the database cannot be written, the
same changes go to a file in the run's folder (they are *spilled*), whole or not at all, and are merged when the run is
next opened.
"""

import os
import platform
import time
import warnings
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, RowMapping, select, update

from hondo.core.errors import HondoWarning, StoreError
from hondo.core.events import CheckpointSaved, EpochEnded, Event, Logs, Notice, Progress, TrainingEnded
from hondo.core.files import write_atomically
from hondo.core.language import tr
from hondo.store.artefacts import describe_artefact, forget_missing, put_artefacts
from hondo.store.encoding import from_database, to_database
from hondo.store.liveness import is_training
from hondo.store.metrics import put_points
from hondo.store.records import Artefact, Level, MetricPoint, RunRecord
from hondo.store.tables import runs
from hondo.store.workspace import Workspace

_SPILLED = "unsaved-metrics-"


@dataclass
class Changes:
    """A buffer of what is not in the database yet.

    Attributes:
        points: metric points by level, series and step; a later value replaces an earlier one.
        artefacts: files recorded, by path.
        warnings: what the reader was warned of.
        fields: columns of the run: ``status``, ``epochs_done``, ``message``.
    """

    points: dict[tuple[Level, str, int], MetricPoint] = field(default_factory=dict)
    artefacts: dict[str, Artefact] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    fields: dict[str, Any] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.points or self.artefacts or self.warnings or self.fields)

    def add(self, event: Event, folder: Path) -> None:
        """Take in what an event says; ``folder`` is the run's."""
        match event:
            case Progress(epoch=epoch, step=step, steps=steps, logs=logs):
                self._add_points("step", epoch * steps + step, epoch, logs, event.time)
            case EpochEnded(epoch=epoch, logs=logs):
                self._add_points("epoch", epoch, epoch, logs, event.time)
                self.fields["epochs_done"] = epoch + 1
            case CheckpointSaved(path=path):
                try:
                    artefact = describe_artefact(folder, "checkpoint", path)
                except StoreError as error:
                    self.warnings.append(error.message)
                else:
                    self.artefacts[artefact.path] = artefact
            case Notice(text=text, kind="warning"):
                self.warnings.append(text)
            case TrainingEnded(epochs_done=epochs_done, detail=detail):
                self.fields |= {"epochs_done": epochs_done, "message": detail}
            case _:
                pass

    def _add_points(self, level: Level, step: int, epoch: int, logs: Logs, when: float) -> None:
        for series, value in logs.items():
            self.points[level, series, step] = MetricPoint(series, step, float(value), level, epoch, when)


def run_row(connection: Connection, run: RunRecord, *, lock: bool = False) -> RowMapping:
    """The run's row as it is now; ``lock`` keeps others from changing it until the transaction ends.

    Raises:
        StoreError: the run is no longer there.
    """
    chosen = select(runs).where(runs.c.id == run.id)
    row = connection.execute(chosen.with_for_update() if lock else chosen).mappings().one_or_none()
    if row is None:
        raise StoreError(
            tr(
                f"The run {run.name!r} is no longer in the workspace",
                f"El experimento {run.name!r} ya no está en el espacio de trabajo",
            ),
            tr("Somebody removed it.", "Alguien lo borró."),
        )
    return row


def put_changes(connection: Connection, run: RunRecord, changes: Changes, **columns: Any) -> None:
    """Write changes inside a transaction, with further columns of the run.

    Raises:
        StoreError: the run is no longer there.
    """
    row = run_row(connection, run, lock=True)
    values = {**columns, **changes.fields}
    if changes.warnings:
        values["warnings"] = list(dict.fromkeys([*row["warnings"], *changes.warnings]))
    if values:
        connection.execute(update(runs).where(runs.c.id == run.id).values(values))
    put_points(connection, run.id, changes.points.values())
    put_artefacts(connection, run.id, changes.artefacts.values())
    if changes.artefacts or "status" in changes.fields:
        forget_missing(connection, run.id, run.folder, "checkpoint")


def spill(folder: Path, changes: Changes) -> None:
    """Put changes into a file of their own in a run's folder, safely on the disk.

    Raises:
        StoreError: this cannot be written either, or the folder is gone.
    """
    written = {
        "points": [asdict(point) for point in changes.points.values()],
        "artefacts": [asdict(artefact) for artefact in changes.artefacts.values()],
        "warnings": changes.warnings,
        "fields": changes.fields,
    }
    if not folder.is_dir():  # a removed run's folder shall not come back
        raise StoreError(tr(f"The folder {folder} is gone", f"La carpeta {folder} ya no existe"))
    write_atomically(folder / f"{_SPILLED}{time.time_ns():020d}.json", to_database(written))


def spilled_files(folder: Path) -> list[Path]:
    """The files in a run's folder whose contents wait to be merged, oldest first."""
    return sorted(folder.glob(f"{_SPILLED}*.json"))


def recover_spill(workspace: Workspace, run: RunRecord) -> int:
    """Merge what was spilled into the database, then remove the files; without such files, nothing happens.

    While another process trains the run, nothing happens either: it merges its files itself. A file that cannot be
    read is reported with a :class:`HondoWarning` and kept under another name.

    Returns:
        How many points came back.

    Raises:
        StoreError: the database cannot be written; the files stay.
    """
    paths = spilled_files(run.folder)
    if not paths:
        return 0
    with workspace.writing() as connection:
        row = run_row(connection, run, lock=True)
        if is_training(row) and (row["pid"], row["host"]) != (os.getpid(), platform.node()):
            return 0
        found = {path: _read_spilled(path) for path in paths}
        whole = [changes for changes in found.values() if changes is not None]
        for changes in whole:
            put_changes(connection, run, changes)
    for path, changes in found.items():
        _put_away(path, run.name, damaged=changes is None)
    return sum(len(changes.points) for changes in whole)


def _put_away(path: Path, name: str, *, damaged: bool) -> None:
    """Delete a merged file, or keep it under another name and say so, if it could not be read."""
    if not damaged:
        path.unlink(missing_ok=True)
        return
    kept = path.with_name(path.name.replace("unsaved", "damaged", 1))
    path.replace(kept)
    warnings.warn(
        tr(
            f"Some unsaved metrics of {name!r} cannot be read; they were left in {kept}",
            f"Algunas métricas sin guardar de {name!r} no se pueden leer; se dejaron en {kept}",
        ),
        HondoWarning,
        stacklevel=3,
    )


def _read_spilled(path: Path) -> Changes | None:
    """What :func:`spill` wrote, or None if the file is damaged."""
    try:
        read = from_database(path.read_text(encoding="utf-8"))
        points = [MetricPoint(**point) for point in read["points"]]
        artefacts = [Artefact(**artefact) for artefact in read["artefacts"]]
        return Changes(
            {(point.level, point.series, point.step): point for point in points},
            {artefact.path: artefact for artefact in artefacts},
            list(read["warnings"]),
            dict(read["fields"]),
        )
    except FileNotFoundError:  # somebody else has just merged it
        return Changes()
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
