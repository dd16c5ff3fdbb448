"""`hondo run`: an experiment from data to predictions."""

from typing import Annotated

import typer

from hondo.cli.options import AsJson, Changes
from hondo.cli.stopping import stoppable
from hondo.cli.summary import finish
from hondo.cli.terminal import Display
from hondo.core.events import fan_out
from hondo.core.language import tr


def run(
    spec: Annotated[
        str,
        typer.Argument(help=tr("A built-in experiment or a YAML file.", "Un experimento incluido o un archivo YAML.")),
    ] = "digits-mlp",
    changes: Changes = None,
    as_json: AsJson = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help=tr("Show no progress.", "No muestra el progreso."))
    ] = False,
) -> None:
    """Train an experiment, evaluate it, predict, and write its report."""
    from hondo.experiments.specs.read import read_spec
    from hondo.store.launch import launch
    from hondo.store.workspace import open_workspace

    read = read_spec(spec, changes or ())
    with open_workspace() as workspace:
        with Display(quiet=quiet or as_json) as display, stoppable() as stopper:
            done = launch(workspace, read, sink=fan_out(stopper, display), cancel=stopper.token)
        finish(done, as_json=as_json)
