"""Curves as they are drawn: a million points become as many as a screen shows, inside the database."""

from dataclasses import dataclass

from sqlalchemy import and_, func, select

from hondo.store.metrics import read_metrics
from hondo.store.records import Level, RunRecord
from hondo.store.tables import metrics
from hondo.store.workspace import Workspace


@dataclass(frozen=True)
class Curve:
    """One series, thinned where it is long.

    Attributes:
        steps: where each point stands; of a bucket, its first step.
        values: each point's value, or the mean of its bucket; None where nothing in it is finite.
        low: each bucket's smallest value; empty if nothing was thinned.
        high: each bucket's largest value; empty if nothing was thinned.
        total: how many values were measured.
        last_step: the step of the newest value.
    """

    steps: list[int]
    values: list[float | None]
    low: list[float | None]
    high: list[float | None]
    total: int
    last_step: int


def read_curves(
    workspace: Workspace,
    run: RunRecord,
    level: Level = "epoch",
    *,
    points: int = 1000,
    series: str | None = None,
    after: int = -1,
) -> dict[str, Curve]:
    """A run's curves by the name of their series.

    Args:
        workspace: Where the run is kept.
        run: The run.
        level: Epochs' values or steps'.
        points: At most so many for each curve; a longer one is cut into as many equal stretches of steps.
        series: Only this one; left out, all.
        after: Only steps after this one.

    Raises:
        StoreError: the database cannot be read.
    """
    here = [metrics.c.run_id == run.id, metrics.c.level == level, metrics.c.step > after]
    if series is not None:
        here.append(metrics.c.series == series)
    extent = select(metrics.c.series, func.count(), func.min(metrics.c.step), func.max(metrics.c.step))
    with workspace.reading() as connection:
        found = connection.execute(extent.where(and_(*here)).group_by(metrics.c.series)).all()
    return {
        name: _whole(workspace, run, level, name, after)
        if total <= points
        else _thinned(workspace, run, level, name, (total, max(first, after + 1), last), points)
        for name, total, first, last in found
    }


def _whole(workspace: Workspace, run: RunRecord, level: Level, series: str, after: int) -> Curve:
    found = [point for point in read_metrics(workspace, run, level, series) if point.step > after]
    values = [point.value if point.value - point.value == 0 else None for point in found]
    return Curve([point.step for point in found], values, [], [], len(found), found[-1].step if found else after)


def _thinned(
    workspace: Workspace, run: RunRecord, level: Level, series: str, extent: tuple[int, int, int], points: int
) -> Curve:
    total, first, last = extent
    width = -(-(last - first + 1) // points)
    bucket = (metrics.c.step - first) // width
    value = metrics.c.value
    chosen = (
        select(func.min(metrics.c.step), func.avg(value), func.min(value), func.max(value))
        .where(metrics.c.run_id == run.id, metrics.c.level == level)
        .where(metrics.c.series == series, metrics.c.step >= first, metrics.c.step <= last)
        .group_by(bucket)
        .order_by(func.min(metrics.c.step))
    )
    with workspace.reading() as connection:
        rows = connection.execute(chosen).all()
    steps, means, low, high = (list(column) for column in zip(*rows, strict=True))
    return Curve(steps, means, low, high, total, last)
