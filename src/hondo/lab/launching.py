"""What a page's buttons do with runs: the store's queue does the work, and mistakes are told to the reader."""

from collections.abc import Callable
from typing import Any

from nicegui import run, ui

from hondo.core.errors import HondoError
from hondo.core.spec import RunSpec
from hondo.experiments.specs import builtin
from hondo.experiments.specs.read import parse_spec
from hondo.lab.here import here
from hondo.lab.parts import say_error
from hondo.store.queue import enqueue, enqueue_resume, tend
from hondo.store.queue import stop as stop_run
from hondo.store.records import RunRecord
from hondo.store.workspace import Workspace


async def start(name: str) -> None:
    """Let a built-in experiment wait for its turn, and go to its page."""
    await _and_watch(lambda workspace: enqueue(workspace, _built_in(name)))


async def stop(name: str) -> None:
    """Stop a run after the steps in progress."""
    await _and_watch(lambda workspace: stop_run(workspace, name))


async def go_on(name: str) -> None:
    """Let a run that stands still go on from its last checkpoint."""
    await _and_watch(lambda workspace: enqueue_resume(workspace, name))


def _built_in(name: str) -> RunSpec:
    return parse_spec(builtin.text(name), name, allow_python=False)


async def _and_watch(act: Callable[[Workspace], RunRecord]) -> None:
    def work() -> RunRecord:
        workspace = here()
        record = act(workspace)
        tend(workspace)
        return record

    try:
        record: Any = await run.io_bound(work)
    except HondoError as error:
        say_error(error)
        return
    if record is not None:
        ui.navigate.to(f"/runs/{record.name}")


async def start_spec(spec: RunSpec) -> None:
    """Let an experiment that a page of ours made wait for its turn, and go to the run's page."""
    await _and_watch(lambda workspace: enqueue(workspace, spec))
