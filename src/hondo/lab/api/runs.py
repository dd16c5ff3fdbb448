"""Routes about runs: make one, list them, stop, resume, remove and put back."""

from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query

from hondo.core.errors import SpecError
from hondo.core.language import tr
from hondo.lab.api.files import files_of
from hondo.lab.api.models import Removal, Resumption, Run, RunDetail, RunPage, SpecQuestion, detail_of, run_of
from hondo.lab.api.sources import OpenWorkspace, RunName, existing_run, read_question
from hondo.store.queue import enqueue, enqueue_resume, stop, tend, waiting_before
from hondo.store.records import RunRecord, Status
from hondo.store.removal import UNDO_SECONDS, put_aside, put_back
from hondo.store.runs import find_run, list_runs
from hondo.store.workspace import Workspace

router = APIRouter(tags=["runs"])

_SORTS: dict[str, Callable[[RunRecord], Any]] = {
    "created": lambda run: run.id,
    "updated": lambda run: run.updated,
    "name": lambda run: (run.base, run.number),
    "status": lambda run: run.status,
    "epochs": lambda run: run.epochs_done,
}


@router.post("/runs", status_code=201)
def create_run(question: SpecQuestion, workspace: OpenWorkspace) -> RunDetail:
    """Put a run into the queue: from YAML, or a built-in experiment with changes."""
    run = enqueue(workspace, read_question(workspace, question))
    tend(workspace)
    return _detail(workspace, run.name)


@router.get("/runs")
def list_all_runs(
    workspace: OpenWorkspace,
    status: Annotated[Status | None, Query()] = None,
    search: Annotated[str, Query(max_length=100, description="part of a name")] = "",
    sort: Annotated[
        str,
        Query(
            max_length=100, description="created, updated, name, status, epochs or metric:NAME; - before it reverses"
        ),
    ] = "-created",
    page: Annotated[int, Query(ge=1, le=1_000_000)] = 1,
    size: Annotated[int, Query(ge=1, le=500)] = 50,
) -> RunPage:
    """The runs: filtered, sorted, one page of them."""
    found = [run for run in list_runs(workspace, status) if search.lower() in run.name.lower()]
    found = sort_runs(found, sort)
    shown = found[(page - 1) * size : page * size]
    return RunPage(items=[run_of(run) for run in shown], total=len(found), page=page, size=size)


def sort_runs(found: list[RunRecord], sort: str) -> list[RunRecord]:
    """Sort runs by a column or by ``metric:<name>``; those without the metric come last.

    Raises:
        SpecError: there is no such order.
    """
    backwards, name = sort.startswith("-"), sort.removeprefix("-")
    if name.startswith("metric:"):
        metric = name.removeprefix("metric:")
        have = [run for run in found if isinstance(run.summary.get(metric), (int, float))]
        lack = [run for run in found if not isinstance(run.summary.get(metric), (int, float))]
        return sorted(have, key=lambda run: run.summary[metric], reverse=backwards) + lack
    if name not in _SORTS:
        known = ", ".join([*_SORTS, "metric:…"])
        raise SpecError(
            tr(f"runs cannot be sorted by {name!r}", f"no se puede ordenar por {name!r}"),
            tr(f"Known: {known}.", f"Existen: {known}."),
        )
    return sorted(found, key=_SORTS[name], reverse=backwards)


@router.get("/runs/{name}")
def show_run(name: RunName, workspace: OpenWorkspace) -> RunDetail:
    """Everything about a run but its curves."""
    return _detail(workspace, name)


@router.post("/runs/{name}/stop")
def stop_run(name: RunName, workspace: OpenWorkspace) -> Run:
    """Stop a run after the steps in progress, or take it from the queue; asking again ends its process at once."""
    return run_of(stop(workspace, existing_run(workspace, name).name))


@router.post("/runs/{name}/resume")
def resume_run(name: RunName, workspace: OpenWorkspace, question: Resumption | None = None) -> RunDetail:
    """Let a run go on from its last checkpoint when its turn comes."""
    epochs = None if question is None else question.epochs
    run = enqueue_resume(workspace, existing_run(workspace, name).name, epochs)
    tend(workspace)
    return _detail(workspace, run.name)


@router.delete("/runs/{name}")
def remove_run(name: RunName, workspace: OpenWorkspace) -> Removal:
    """Remove a run; for a day it can be put back."""
    run = put_aside(workspace, existing_run(workspace, name))
    return Removal(name=run.name, undo_until=run.updated + timedelta(seconds=UNDO_SECONDS))


@router.post("/runs/{name}/restore")
def restore_run(name: RunName, workspace: OpenWorkspace) -> Run:
    """Put a removed run back."""
    return run_of(put_back(workspace, name))


def _detail(workspace: Workspace, name: str) -> RunDetail:
    run = find_run(workspace, existing_run(workspace, name).name)
    waiting = waiting_before(workspace, run) if run.status == "queued" else None
    return detail_of(run, files_of(run), waiting)
