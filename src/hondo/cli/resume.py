"""`hondo resume`: go on with a run that was stopped or killed."""

from typing import Annotated

import typer

from hondo.cli.options import AsJson, RunName
from hondo.cli.stopping import stoppable
from hondo.cli.summary import finish
from hondo.cli.terminal import Display
from hondo.core.events import fan_out
from hondo.core.language import tr


def resume(
    name: RunName = "last",
    epochs: Annotated[
        int | None,
        typer.Option(
            min=1, help=tr("Train up to this epoch instead.", "Entrena hasta esta época en vez de la prevista.")
        ),
    ] = None,
    as_json: AsJson = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help=tr("Show no progress.", "No muestra el progreso."))
    ] = False,
) -> None:
    """Go on from the last checkpoint; the end is the same as without the interruption."""
    from hondo.store.launch import resume as resume_run
    from hondo.store.workspace import open_workspace

    with open_workspace() as workspace:
        with Display(quiet=quiet or as_json) as display, stoppable() as stopper:
            done = resume_run(workspace, name, epochs=epochs, sink=fan_out(stopper, display), cancel=stopper.token)
        finish(done, as_json=as_json)
