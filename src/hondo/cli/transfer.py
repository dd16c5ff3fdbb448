"""`hondo transfer`: somebody's own pictures, told apart by a network that was trained elsewhere."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hondo.cli.options import AsJson, Changes
from hondo.cli.output import console, print_table, say
from hondo.cli.stopping import stoppable
from hondo.cli.summary import finish
from hondo.cli.terminal import Display
from hondo.core.events import fan_out
from hondo.core.language import tr

if TYPE_CHECKING:
    from hondo.experiments.run import Run

WORST = 5


def transfer(
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="FOLDER",
            help=tr(
                "A folder or zip of pictures: one folder for each class, with or without train/ and test/.",
                "Una carpeta o zip de imágenes: una carpeta por clase, con o sin train/ y test/.",
            ),
        ),
    ],
    backbone: Annotated[
        str | None,
        typer.Option(
            "--backbone",
            "-b",
            metavar="NETWORK",
            help=tr(
                "Which network; left out, the best whose weights are at hand.",
                "Qué red; si se omite, la mejor cuyos pesos estén a mano.",
            ),
        ),
    ] = None,
    size: Annotated[
        int | None,
        typer.Option(
            min=8,
            help=tr("Pixels a side at which it sees the pictures.", "Píxeles por lado con los que ve las imágenes."),
        ),
    ] = None,
    changes: Changes = None,
    spec_only: Annotated[
        bool,
        typer.Option(
            "--spec",
            help=tr("Print the experiment as YAML; train nothing.", "Imprime el experimento en YAML; no entrena."),
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Tell your own pictures apart: features of a trained network, a new output layer, then fine-tuning."""
    from hondo.experiments.specs.write import spec_to_yaml
    from hondo.experiments.transfer.folder import describe, propose
    from hondo.store.launch import launch
    from hondo.store.workspace import open_workspace

    proposal = propose(folder, backbone=backbone, size=size, changes=tuple(changes or ()))
    if spec_only:
        typer.echo(spec_to_yaml(proposal.spec), nl=False)
        return
    if not as_json:
        for line in [*describe(proposal.look), *proposal.reasons]:
            say(line)
    with open_workspace() as workspace:
        with Display(quiet=as_json) as display, stoppable() as stopper:
            run = launch(workspace, proposal.spec, sink=fan_out(stopper, display), cancel=stopper.token)
        if not as_json and run.evaluation is not None:
            for note in [] if console.is_terminal else run.notes:  # on a terminal they were shown as they came
                say(note)
            _tell_worst(run)
        finish(run, as_json=as_json)
    if not as_json:
        say(
            tr(
                f"predict with: hondo predict --run {run.name} picture.jpg",
                f"prediga con: hondo predict --run {run.name} imagen.jpg",
            )
        )


def _tell_worst(run: "Run") -> None:
    """The unseen pictures that it is most wrong about, by their files."""
    from hondo.experiments.evaluation import ClassificationEvaluation
    from hondo.experiments.run import held_out

    evaluation = run.evaluation
    if not isinstance(evaluation, ClassificationEvaluation) or not evaluation.worst or run.dataset is None:
        return
    _, split = held_out(run.dataset)
    rows = [
        [
            split.paths[mistake.index] if split.paths else str(mistake.index),
            evaluation.classes[mistake.true],
            evaluation.classes[mistake.predicted],
            f"{mistake.probability:.1%}",
        ]
        for mistake in evaluation.worst[:WORST]
    ]
    say(tr("worst mistakes:", "peores errores:"))
    columns = [
        tr("picture", "imagen"),
        tr("true", "verdadero"),
        tr("predicted", "predicho"),
        tr("probability", "probabilidad"),
    ]
    print_table(columns, rows, numeric=(3,))
