"""Routes about metrics: curves thinned on the server, and a stream of what comes."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from hondo.core.errors import HondoError
from hondo.lab.api.models import CurveAnswer, Curves, run_of
from hondo.lab.api.sources import OpenWorkspace, RunName, existing_run
from hondo.store.curves import read_curves
from hondo.store.records import Level, RunRecord
from hondo.store.runs import find_run
from hondo.store.workspace import Workspace

router = APIRouter(tags=["metrics"])

Points = Annotated[int, Query(ge=2, le=10_000, description="at most so many points for each curve")]

_PAUSE = 0.5
_QUIET = 15.0  # seconds after which a comment shows that the stream lives


@router.get("/runs/{name}/metrics")
def read_metrics(
    name: RunName,
    workspace: OpenWorkspace,
    level: Level = "epoch",
    points: Points = 1000,
    series: Annotated[str | None, Query(max_length=200)] = None,
    after: Annotated[int, Query(ge=-1, le=2**62, description="only steps after this one")] = -1,
) -> Curves:
    """A run's curves; a long one comes as the mean, the smallest and the largest value of equal stretches."""
    return _curves(workspace, existing_run(workspace, name), level, points, series, after)


@router.get("/runs/{name}/events", response_class=StreamingResponse)
async def stream(
    request: Request, name: RunName, workspace: OpenWorkspace, level: Level = "epoch", points: Points = 1000
) -> StreamingResponse:
    """Server-sent events: `run` when something about it changes, `metrics` with the newest points, `end` at the end."""
    run = await run_in_threadpool(existing_run, workspace, name)
    events = _events(request, workspace, run, level, points)
    return StreamingResponse(events, media_type="text/event-stream", headers={"cache-control": "no-store"})


async def _events(
    request: Request, workspace: Workspace, run: RunRecord, level: Level, points: int
) -> AsyncIterator[str]:
    after, shown, quiet = -1, "", 0.0
    while not request.app.state.stopping.is_set():
        try:
            run = await run_in_threadpool(find_run, workspace, run.name)
            curves = await run_in_threadpool(_curves, workspace, run, level, points, None, after)
        except HondoError as error:  # it was removed, or the database is out of reach
            yield _event("end", {"message": error.message})
            return
        state = run_of(run).model_dump(mode="json")
        told = json.dumps({name: value for name, value in state.items() if name != "updated"})
        if told != shown:
            shown, quiet = told, 0.0
            yield _event("run", state)
        if curves.series:
            after, quiet = max(curve.last_step for curve in curves.series.values()), 0.0
            yield _event("metrics", curves.model_dump(mode="json"))
        elif run.status not in ("queued", "running"):
            yield _event("end", {"message": run.message})
            return
        quiet += _PAUSE
        if quiet >= _QUIET:
            quiet = 0.0
            yield ": \n\n"
        await asyncio.sleep(_PAUSE)


def _event(kind: str, data: Any) -> str:
    return f"event: {kind}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


def _curves(workspace: Workspace, run: RunRecord, level: Level, points: int, series: str | None, after: int) -> Curves:
    found = read_curves(workspace, run, level, points=points, series=series, after=after)
    return Curves(level=level, series={name: CurveAnswer(**vars(curve)) for name, curve in found.items()})
