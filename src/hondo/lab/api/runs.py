"""Routes about runs: make one, list them, stop, resume, remove and put back."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query

from hondo.lab.api.files import files_of
from hondo.lab.api.models import (
    Annotation,
    Removal,
    Resumption,
    Run,
    RunDetail,
    RunPage,
    SpecQuestion,
    Tag,
    detail_of,
    run_of,
)
from hondo.lab.api.sources import OpenWorkspace, RunName, existing_run, read_question
from hondo.store.listing import list_page
from hondo.store.notes import annotate, known_tags
from hondo.store.queue import enqueue, enqueue_resume, stop, tend, waiting_before
from hondo.store.records import Status
from hondo.store.removal import UNDO_SECONDS, put_aside, put_back
from hondo.store.workspace import Workspace

router = APIRouter(tags=["runs"])


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
    search: Annotated[str, Query(max_length=100, description="part of a name, tag or note")] = "",
    tag: Annotated[str, Query(max_length=100)] = "",
    favourite: Annotated[bool | None, Query()] = None,
    sort: Annotated[
        str,
        Query(
            max_length=100,
            description="created, updated, name, status, epochs, result or metric:NAME; - before it reverses",
        ),
    ] = "-created",
    page: Annotated[int, Query(ge=1, le=1_000_000)] = 1,
    size: Annotated[int, Query(ge=1, le=500)] = 50,
) -> RunPage:
    """The runs: filtered, sorted, one page of them."""
    found = list_page(
        workspace,
        status=status,
        search=search,
        tag=tag,
        favourite=favourite,
        sort=sort,
        first=(page - 1) * size,
        size=size,
    )
    return RunPage(items=[run_of(run) for run in found.runs], total=found.total, page=page, size=size)


@router.get("/runs/{name}")
def show_run(name: RunName, workspace: OpenWorkspace) -> RunDetail:
    """Everything about a run but its curves."""
    return _detail(workspace, name)


@router.patch("/runs/{name}")
def annotate_run(name: RunName, question: Annotation, workspace: OpenWorkspace) -> Run:
    """Write tags and notes about a run, or give it a star."""
    run = annotate(
        workspace,
        existing_run(workspace, name),
        tags=question.tags,
        add=question.add_tags,
        remove=question.remove_tags,
        notes=question.notes,
        favourite=question.favourite,
    )
    return run_of(run)


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


@router.get("/tags")
def list_tags(workspace: OpenWorkspace) -> list[Tag]:
    """The tags in use, the most used first."""
    return [Tag(name=name, runs=count) for name, count in known_tags(workspace).items()]


def _detail(workspace: Workspace, name: str) -> RunDetail:
    run = existing_run(workspace, name)
    waiting = waiting_before(workspace, run) if run.status == "queued" else None
    return detail_of(run, files_of(run), waiting)
