"""Pages of a long list of runs: filtered and sorted by a few columns, and only the page itself read whole."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import RowMapping, select

from hondo.core.errors import SpecError
from hondo.core.language import tr
from hondo.store.liveness import is_training
from hondo.store.records import RunRecord, Status
from hondo.store.runs import record_of
from hondo.store.tables import runs
from hondo.store.workspace import Workspace

METRIC = "metric:"

_ORDERS: dict[str, Callable[[RowMapping], Any]] = {
    "created": lambda row: row["id"],
    "updated": lambda row: row["updated"],
    "name": lambda row: (row["base"], row["number"]),
    "status": lambda row: row["status"],
    "epochs": lambda row: row["epochs_done"],
}
_COLUMNS = ("id", "name", "base", "number", "status", "updated", "epochs_done")
_LIVENESS = ("pid", "host", "process_started", "heartbeat")


@dataclass(frozen=True)
class Listing:
    """One page of runs, and how many there are in all."""

    runs: list[RunRecord]
    total: int


def list_page(
    workspace: Workspace,
    *,
    status: Status | None = None,
    search: str = "",
    sort: str = "-created",
    first: int = 0,
    size: int = 50,
) -> Listing:
    """One page of the runs.

    Args:
        workspace: Where they are kept.
        status: Only those; a run whose process died counts as interrupted. Removed ones only if asked for.
        search: Part of their names, in any case.
        sort: ``created``, ``updated``, ``name``, ``status``, ``epochs`` or ``metric:<name>``; a ``-`` before reverses.
            Runs without the metric come last.
        first: How many to skip.
        size: At most so many.

    Raises:
        SpecError: there is no such order.
        StoreError: the database cannot be read.
    """
    backwards, order = sort.startswith("-"), sort.removeprefix("-")
    metric = order.removeprefix(METRIC) if order.startswith(METRIC) else None
    if metric is None and order not in _ORDERS:
        known = ", ".join([*_ORDERS, f"{METRIC}…"])
        raise SpecError(
            tr(f"runs cannot be sorted by {order!r}", f"no se puede ordenar por {order!r}"),
            tr(f"Known: {known}.", f"Existen: {known}."),
        )
    names = [*_COLUMNS, *_LIVENESS, *(["summary"] if metric is not None else [])]
    chosen = select(*(runs.c[name] for name in names))
    chosen = chosen.where(runs.c.status == status if status == "removed" else runs.c.status != "removed")
    with workspace.reading() as connection:
        rows = [
            row
            for row in connection.execute(chosen).mappings()
            if search.lower() in row["name"].lower() and status in (None, _status(row))
        ]
        ordered = _sorted(rows, _ORDERS.get(order), metric, backwards=backwards)
        wanted = [row["id"] for row in ordered[first : first + size]]
        whole = {
            row["id"]: record_of(workspace, row)
            for row in connection.execute(select(runs).where(runs.c.id.in_(wanted))).mappings()
        }
    return Listing([whole[number] for number in wanted], len(rows))


def _status(row: RowMapping) -> Status:
    return "interrupted" if row["status"] == "running" and not is_training(row) else row["status"]


def _sorted(
    rows: list[RowMapping], key: Callable[[RowMapping], Any] | None, metric: str | None, *, backwards: bool
) -> list[RowMapping]:
    if key is not None:
        return sorted(rows, key=key, reverse=backwards)
    have = [row for row in rows if isinstance(row["summary"].get(metric), (int, float))]
    lack = [row for row in rows if not isinstance(row["summary"].get(metric), (int, float))]
    return sorted(have, key=lambda row: row["summary"][metric], reverse=backwards) + lack
