"""What a page's buttons do with runs: the store's queue does the work, and mistakes are told to the reader."""

from collections.abc import Callable, Sequence

from nicegui import ui

from hondo.core.errors import HondoError
from hondo.core.language import tr
from hondo.core.spec import RunSpec
from hondo.experiments.specs import builtin
from hondo.experiments.specs.read import parse_spec
from hondo.lab.here import here
from hondo.lab.parts import say, say_error
from hondo.lab.speech import aside, spoken
from hondo.lab.uploads import confine
from hondo.store.queue import enqueue, tend
from hondo.store.records import RunRecord
from hondo.store.removal import put_aside, put_back
from hondo.store.runs import find_run
from hondo.store.workspace import Workspace


async def start(name: str) -> None:
    """Let a built-in experiment wait for its turn, and go to its page."""
    await _and_watch(lambda workspace: enqueue(workspace, _built_in(name)))


async def start_yaml(text: str) -> RunRecord | None:
    """Let an experiment that somebody wrote wait for its turn; what is wrong with it is told.

    Returns:
        The run, or None if there is none.
    """

    def queue(workspace: Workspace) -> RunRecord:
        return enqueue(workspace, confine(workspace, parse_spec(text, "spec", allow_python=False)))

    return await done(queue)


async def start_spec(spec: RunSpec) -> None:
    """Let an experiment that a page of ours made wait for its turn, and go to the run's page."""
    await _and_watch(lambda workspace: enqueue(workspace, confine(workspace, spec)))


@spoken
async def remove(names: Sequence[str]) -> list[str]:
    """Remove runs from view, and offer to put them back.

    Returns:
        The names of those that were removed.
    """

    def work() -> tuple[list[str], list[HondoError]]:
        removed, wrong = [], []
        for name in names:
            try:
                removed.append(put_aside(here(), find_run(here(), name)).name)
            except HondoError as error:
                wrong.append(error)
        return removed, wrong

    @spoken
    async def undo() -> None:
        try:
            await aside(lambda: [put_back(here(), name) for name in removed])
        except HondoError as error:
            say_error(error)

    removed, wrong = await aside(work)
    for error in wrong:
        say_error(error)
    if removed:
        one = removed[0]
        words = (
            tr(f"{one} was deleted", f"Se borró {one}")
            if len(removed) == 1
            else tr(f"{len(removed)} experiments were deleted", f"Se borraron {len(removed)} experimentos")
        )
        say(words, undo=undo)
    return removed


def _built_in(name: str) -> RunSpec:
    return parse_spec(builtin.text(name), name, allow_python=False)


async def _and_watch(act: Callable[[Workspace], RunRecord]) -> None:
    record = await done(act)
    if record is not None:
        ui.navigate.to(f"/runs/{record.name}")


@spoken
async def done(act: Callable[[Workspace], RunRecord]) -> RunRecord | None:
    """Do something with a run in a thread and let the queue move; what goes wrong is told, and there is no run."""

    def work() -> RunRecord:
        workspace = here()
        record = act(workspace)
        tend(workspace)
        return record

    try:
        return await aside(work)
    except HondoError as error:
        say_error(error)
        return None
