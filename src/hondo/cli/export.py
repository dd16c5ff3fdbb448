"""`hondo export`: a trained run for other programs."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from hondo.cli.options import AsJson, RunName
from hondo.cli.output import print_json, say
from hondo.core.language import tr

if TYPE_CHECKING:
    from hondo.data.preprocessor import Preprocessor
    from hondo.experiments.export.formats import Exported


def export(
    form: Annotated[
        Literal["keras", "savedmodel", "onnx", "bundle"],
        typer.Option(
            "--to",
            "-t",
            help=tr(
                "keras: the model's file; savedmodel: TensorFlow; onnx; bundle: model, golden inputs and every step.",
                "keras: el archivo del modelo; savedmodel: TensorFlow; onnx; bundle: modelo, entradas y cada paso.",
            ),
        ),
    ],
    name: RunName = "last",
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            metavar="PATH",
            help=tr(
                "Where to write; by default here, with the run's name. A bundle not called .zip is a folder.",
                "Dónde escribir; si se omite, aquí, con el nombre del experimento. Un paquete sin .zip es una carpeta.",
            ),
        ),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help=tr("Replace an earlier export.", "Sustituye una exportación anterior."))
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Export a trained run; what is written is compared with the run's own model."""
    from hondo.experiments.export.formats import export_run
    from hondo.store.launch import open_run
    from hondo.store.workspace import open_workspace

    with open_workspace() as workspace:
        run = open_run(workspace, name)
    exported = export_run(run, form, Path(output).expanduser() if output else None, force=force)
    if as_json:
        print_json(exported.written())
        return
    say(tr(f"written: {exported.path}", f"escrito: {exported.path}"))
    if exported.preprocess:
        say(tr(f"preprocessing: {exported.preprocess}", f"preprocesamiento: {exported.preprocess}"))
    _tell(exported, run.preprocessor)


def _tell(exported: "Exported", preprocessor: "Preprocessor") -> None:
    """What it was compared on, and what it takes."""
    count, gap = exported.samples, f"{exported.difference:.2g}"
    if exported.compared_on == "bytes":
        say(tr("a copy of the run's model, byte for byte", "una copia del modelo del experimento, byte a byte"))
    elif exported.compared_on == "held-out":
        say(
            tr(
                f"largest difference from the run's model, on {count} held-out samples: {gap}",
                f"diferencia máxima con el modelo del experimento, en {count} muestras reservadas: {gap}",
            )
        )
    else:
        say(
            tr(
                f"largest difference from the run's model, on random inputs since the data are gone: {gap}",
                f"diferencia máxima con el modelo del experimento, en entradas aleatorias por faltar los datos: {gap}",
            )
        )
    if exported.form == "bundle":
        say(tr(f"check it with: hondo verify {exported.path}", f"compruébelo con: hondo verify {exported.path}"))
        return
    shape = ", ".join(map(str, ("n", *preprocessor.input_shape)))
    say(
        tr(
            f"It takes preprocessed inputs, float32 ({shape}):",
            f"Recibe entradas ya preprocesadas, float32 ({shape}):",
        )
    )
    for step in preprocessor.describe() or (tr("none: raw inputs as they are", "ninguno: las entradas tal cual"),):
        say(f"- {step}")
