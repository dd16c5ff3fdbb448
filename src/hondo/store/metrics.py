"""Metric points in the database: every value exactly as it was measured, NaN and infinities included."""

import math
import time
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Table, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from hondo.store.encoding import spelt
from hondo.store.records import Level, MetricPoint, RunRecord
from hondo.store.tables import metrics, runs
from hondo.store.workspace import Workspace


def insert_or_update(connection: Connection, table: Table) -> Any:
    """The table's ``INSERT … ON CONFLICT`` in the words of the database at hand (SQLite's or PostgreSQL's)."""
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)


def put_points(connection: Connection, run_id: int, points: Iterable[MetricPoint]) -> None:
    """Write points inside a transaction; a point that exists is replaced, unless it is newer.

    A resumed run computes part of an epoch again, and a spilled point may arrive late: both simply land on their key.
    """
    now = time.time()
    rows = {
        (point.level, point.series, point.step): {
            "run_id": run_id,
            "level": point.level,
            "series": point.series,
            "step": point.step,
            "epoch": point.epoch,
            "value": point.value if math.isfinite(point.value) else None,
            "non_finite": None if math.isfinite(point.value) else spelt(point.value),
            "time": now if point.time is None else point.time,
        }
        for point in points
    }
    if not rows:
        return
    statement = insert_or_update(connection, metrics)
    fresh = statement.excluded
    statement = statement.on_conflict_do_update(
        index_elements=list(metrics.primary_key.columns),
        set_={name: fresh[name] for name in ("epoch", "value", "non_finite", "time")},
        where=func.coalesce(metrics.c.time, 0.0) <= fresh.time,
    )
    connection.execute(statement, list(rows.values()))


def write_metrics(workspace: Workspace, run: RunRecord, points: Iterable[MetricPoint]) -> None:
    """Write points at once, in one transaction; a training uses a recorder instead.

    Raises:
        StoreError: the database cannot be written; then none of the points is.
    """
    with workspace.writing() as connection:
        put_points(connection, run.id, points)


def read_metrics(
    workspace: Workspace, run: RunRecord, level: Level = "epoch", series: str | None = None
) -> list[MetricPoint]:
    """A run's points in order of their step, then of their series' name.

    Args:
        workspace: Where the run is kept.
        run: The run.
        level: Epochs' values or steps'.
        series: Only this one; left out, all.

    Raises:
        StoreError: the database cannot be read.
    """
    chosen = select(metrics).where(metrics.c.run_id == run.id, metrics.c.level == level)
    if series is not None:
        chosen = chosen.where(metrics.c.series == series)
    with workspace.reading() as connection:
        rows = connection.execute(chosen.order_by(metrics.c.step, metrics.c.series)).all()
    return [
        MetricPoint(
            series=row.series,
            step=row.step,
            value=row.value if row.non_finite is None else float(row.non_finite),
            level=row.level,
            epoch=row.epoch,
            time=row.time,
        )
        for row in rows
    ]


def read_history(workspace: Workspace, run: RunRecord) -> dict[str, list[float]]:
    """Each series' values by epoch, in the shape of Keras's ``History.history``.

    Raises:
        StoreError: the database cannot be read.
    """
    history: dict[str, list[float]] = {}
    for point in read_metrics(workspace, run):
        history.setdefault(point.series, []).append(point.value)
    return history


def truncate_metrics(workspace: Workspace, run: RunRecord, from_epoch: int) -> None:
    """Forget what was measured in ``from_epoch`` (from 0) and later, because it will be computed again.

    Raises:
        StoreError: the database cannot be written.
    """
    with workspace.writing() as connection:
        connection.execute(delete(metrics).where(metrics.c.run_id == run.id, metrics.c.epoch >= from_epoch))
        connection.execute(
            update(runs).where(runs.c.id == run.id, runs.c.epochs_done > from_epoch).values(epochs_done=from_epoch)
        )
