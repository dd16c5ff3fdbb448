"""Curves as they are drawn: a million points become as many as a screen shows, inside the database."""

from dataclasses import dataclass

from sqlalchemy import BigInteger, ColumnElement, Connection, and_, bindparam, func, select

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
    found: dict[str, Curve] = {}
    with workspace.reading() as connection:
        names = [series] if series is not None else _names(connection, run, level)
        for name in names:
            here = _at(run, level, name) & (metrics.c.step > after)
            steps = select(func.min(metrics.c.step), func.max(metrics.c.step)).where(here)
            first, last = connection.execute(steps).one()
            if first is None:
                continue
            thinned = (
                None if last - first < points else _thinned(connection, _at(run, level, name), first, last, points)
            )
            sparse = thinned is None or thinned.total <= points
            found[name] = _whole(connection, here) if thinned is None or sparse else thinned
    return found


def _at(run: RunRecord, level: Level, series: str) -> ColumnElement[bool]:
    return and_(metrics.c.run_id == run.id, metrics.c.level == level, metrics.c.series == series)


def _names(connection: Connection, run: RunRecord, level: Level) -> list[str]:
    """The names of the series, each found by its place in the index instead of by reading all points."""
    names: list[str] = []
    following = select(func.min(metrics.c.series)).where(metrics.c.run_id == run.id, metrics.c.level == level)
    name = connection.scalar(following)
    while name is not None:
        names.append(name)
        name = connection.scalar(following.where(metrics.c.series > name))
    return names


def _whole(connection: Connection, here: ColumnElement[bool]) -> Curve:
    rows = connection.execute(select(metrics.c.step, metrics.c.value).where(here).order_by(metrics.c.step)).all()
    steps = [row.step for row in rows]
    return Curve(steps, [row.value for row in rows], [], [], len(rows), steps[-1])


def _thinned(connection: Connection, here: ColumnElement[bool], first: int, last: int, points: int) -> Curve:
    """The curve in equal stretches. One query for each is twice as fast as grouping, which would sort all points."""
    width, value = -(-(last - first + 1) // points), metrics.c.value
    begin, end = bindparam("begin", type_=BigInteger), bindparam("end", type_=BigInteger)
    stretch = select(func.min(metrics.c.step), func.avg(value), func.min(value), func.max(value), func.count()).where(
        here, metrics.c.step >= begin, metrics.c.step < end
    )
    rows = [
        row
        for start in range(first, last + 1, width)
        if (row := connection.execute(stretch, {"begin": start, "end": start + width}).one())[0] is not None
    ]
    steps, means, low, high, counts = (list(column) for column in zip(*rows, strict=True))
    return Curve(steps, means, low, high, sum(counts), last)
