"""Pages of a long list of runs: filtered and sorted by a few columns, and only the page itself read whole."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import RowMapping, func, select

from hondo.core.errors import SpecError
from hondo.core.language import tr
from hondo.store.liveness import is_training
from hondo.store.records import RunRecord, Status
from hondo.store.runs import record_of
from hondo.store.tables import runs
from hondo.store.workspace import Workspace

METRIC = "metric:"

HEADLINES: Mapping[str, bool] = {"accuracy": True, "r2": True, "mae": False, "loss": False}
"""The values that tell most of a run, the first that it has; and whether more of it is better."""

_ORDERS: dict[str, Callable[[RowMapping], Any]] = {
    "created": lambda row: row["id"],
    "updated": lambda row: row["updated"],
    "name": lambda row: (row["base"].casefold(), row["number"]),
    "status": lambda row: (_status(row), row["id"]),
    "epochs": lambda row: (row["epochs_done"], row["id"]),
}
_RESULT = "result"
_COLUMNS = ("id", "name", "base", "number", "status", "updated", "epochs_done", "favourite")
_LIVENESS = ("pid", "host", "process_started", "heartbeat")


@dataclass(frozen=True)
class Listing:
    """One page of runs, and how many there are in all."""

    runs: list[RunRecord]
    total: int


def headline_name(summary: Mapping[str, Any]) -> str | None:
    """Which value tells most of a run; None before there is one.

    Example:
        >>> headline_name({"loss": 0.3, "accuracy": 0.9, "seconds": 4})
        'accuracy'
    """
    return next((name for name in HEADLINES if isinstance(summary.get(name), (int, float))), None)


def list_page(
    workspace: Workspace,
    *,
    status: Status | None = None,
    search: str = "",
    tag: str = "",
    favourite: bool | None = None,
    sort: str = "-created",
    first: int = 0,
    size: int = 50,
) -> Listing:
    """One page of the runs.

    Args:
        workspace: Where they are kept.
        status: Only those; a run whose process died counts as interrupted. Removed ones only if asked for.
        search: Part of their names, tags or notes, in any case.
        tag: Only those that have this tag, in any case.
        favourite: Only those with a star, or without one.
        sort: ``created``, ``updated``, ``name``, ``status``, ``epochs``, ``result`` or ``metric:<name>``; a ``-``
            before reverses. ``result`` is the value that tells most, ``-result`` begins with the best; runs without
            the value come last.
        first: How many to skip.
        size: At most so many.

    Raises:
        SpecError: there is no such order.
        StoreError: the database cannot be read.
    """
    order = _known_order(sort)
    names = [*_COLUMNS, *_LIVENESS]
    names += [] if order in _ORDERS else ["summary"]
    names += ["tags", "notes"] if search else ["tags"] if tag else []
    chosen = select(*(runs.c[name] for name in names))
    chosen = chosen.where(runs.c.status == status if status == "removed" else runs.c.status != "removed")
    if favourite is not None:
        chosen = chosen.where(runs.c.favourite.is_(favourite))
    with workspace.reading() as connection:
        rows = [
            row
            for row in connection.execute(chosen).mappings()
            if status in (None, _status(row)) and _matches(row, search.casefold(), tag.casefold())
        ]
        wanted = [row["id"] for row in _sorted(rows, sort)[first : first + size]]
        whole = {
            row["id"]: record_of(workspace, row)
            for row in connection.execute(select(runs).where(runs.c.id.in_(wanted))).mappings()
        }
    return Listing([whole[number] for number in wanted], len(rows))


def stamp(workspace: Workspace) -> tuple[Any, ...]:
    """Something that is another as soon as any run has changed, and that costs far less than reading them.

    Only what changes without being written escapes it: a process of another machine that has fallen silent.

    Raises:
        StoreError: the database cannot be read.
    """
    numbers = (func.count(), func.max(runs.c.id), func.sum(runs.c.updated), func.sum(runs.c.noted))
    with workspace.reading() as connection:
        rows = connection.execute(select(runs.c.status, *numbers).group_by(runs.c.status).order_by(runs.c.status))
        return tuple(map(tuple, rows))


def _known_order(sort: str) -> str:
    """The order without its direction."""
    order = sort.removeprefix("-")
    if order not in _ORDERS and order != _RESULT and not order.startswith(METRIC):
        known = ", ".join([*_ORDERS, _RESULT, f"{METRIC}…"])
        raise SpecError(
            tr(f"runs cannot be sorted by {order!r}", f"no se puede ordenar por {order!r}"),
            tr(f"Known: {known}.", f"Existen: {known}."),
        )
    return order


def _matches(row: RowMapping, search: str, tag: str) -> bool:
    if tag and tag not in (each.casefold() for each in row["tags"]):
        return False
    return not search or search in "\n".join((row["name"], *row["tags"], row["notes"])).casefold()


def _status(row: RowMapping) -> Status:
    return "interrupted" if row["status"] == "running" and not is_training(row) else row["status"]


def _sorted(rows: list[RowMapping], sort: str) -> list[RowMapping]:
    backwards, order = sort.startswith("-"), sort.removeprefix("-")
    if order in _ORDERS:
        return sorted(rows, key=_ORDERS[order], reverse=backwards)
    value = _merit if order == _RESULT else lambda row: _finite(row["summary"].get(order.removeprefix(METRIC)))
    valued: list[tuple[Any, RowMapping]] = [(value(row), row) for row in rows]
    have = sorted((each for each in valued if each[0] is not None), key=lambda each: each[0], reverse=backwards)
    return [row for _, row in have] + [row for found, row in valued if found is None]


def _merit(row: RowMapping) -> tuple[int, float] | None:
    """How good a result is beside others of its kind; kinds stay together, as their values do not compare."""
    name = headline_name(row["summary"])
    value = None if name is None else _finite(row["summary"][name])
    if name is None or value is None:
        return None
    return -list(HEADLINES).index(name), value if HEADLINES[name] else -value


def _finite(value: Any) -> float | None:
    return float(value) if isinstance(value, (int, float)) and math.isfinite(value) else None
