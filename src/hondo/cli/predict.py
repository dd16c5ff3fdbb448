"""`hondo predict`: answers of a trained run for pictures, rows or arrays."""

import sys
import zipfile
from pathlib import Path
from typing import Annotated, Any

import typer

from hondo.cli.options import AsJson
from hondo.cli.output import number, print_json, print_table
from hondo.core.errors import DataError
from hondo.core.language import tr

TABLES, ARRAYS = {".csv", ".tsv", ".txt"}, {".npy", ".npz"}


def predict(
    inputs: Annotated[
        list[str],
        typer.Argument(
            help=tr(
                "Pictures, or one CSV/TSV file, .npy or .npz; '-' reads CSV rows from standard input.",
                "Imágenes, o un archivo CSV/TSV, .npy o .npz; '-' lee filas CSV de la entrada estándar.",
            )
        ),
    ],
    name: Annotated[
        str, typer.Option("--run", "-r", help=tr("A run's name, or 'last'.", "Nombre de un experimento, o 'last'."))
    ] = "last",
    top: Annotated[
        int, typer.Option(min=1, help=tr("Classes to show for each input.", "Clases que se muestran por entrada."))
    ] = 3,
    as_json: AsJson = False,
) -> None:
    """Predict raw inputs: the run's own preprocessing is applied."""
    from hondo.store.launch import open_run
    from hondo.store.workspace import open_workspace

    value, labels = read_inputs(inputs)
    with open_workspace() as workspace:
        run = open_run(workspace, name)
    answers = run.predict(value).written(top)
    labels = labels or [str(place) for place in range(len(answers))]
    if as_json:
        print_json([{"input": label, **answer} for label, answer in zip(labels, answers, strict=True)])
        return
    if run.preprocessor.classes:
        columns = [
            tr("input", "entrada"),
            tr("prediction", "predicción"),
            tr("probability", "probabilidad"),
            tr("next", "siguientes"),
        ]
        rows = [
            [label, answer["prediction"], f"{answer['probability']:.1%}", _others(answer)]
            for label, answer in zip(labels, answers, strict=True)
        ]
    else:
        columns = [tr("input", "entrada"), tr("prediction", "predicción")]
        rows = [[label, number(answer["prediction"])] for label, answer in zip(labels, answers, strict=True)]
    print_table(columns, rows, numeric=(2,))


def _others(answer: dict[str, Any]) -> str:
    return ", ".join(f"{name} {share:.1%}" for name, share in list(answer["top"].items())[1:])


def read_inputs(inputs: list[str]) -> tuple[Any, list[str]]:
    """What the arguments name, as raw inputs, and a label for each (none: numbered).

    Raises:
        DataError: if a file is missing or cannot be read, or kinds are mixed.
    """
    from hondo.data.rows import read_rows

    if inputs == ["-"]:
        return read_rows(sys.stdin), []
    paths = [Path(text) for text in inputs]
    for path in paths:
        if not path.exists():
            raise DataError(
                tr(f"there is no file {path}", f"no existe el archivo {path}"),
                tr("Check its name.", "Compruebe su nombre."),
            )
    suffixes = {path.suffix.lower() for path in paths}
    if suffixes & (TABLES | ARRAYS) and len(paths) > 1:
        raise DataError(
            tr("give several pictures, or one table or array", "indique varias imágenes, o una sola tabla o array"),
            tr("Predict them one after the other.", "Predígalos uno tras otro."),
        )
    if suffixes <= TABLES:
        return read_rows(paths[0]), []
    if suffixes <= ARRAYS:
        return _read_array(paths[0]), []
    return paths, [str(path) for path in paths]


def _read_array(path: Path) -> Any:
    import numpy as np

    try:
        with path.open("rb") as file:
            loaded = np.load(file, allow_pickle=False)
            return loaded["x"] if path.suffix.lower() == ".npz" else loaded
    except (OSError, EOFError, ValueError, LookupError, RuntimeError, zipfile.BadZipFile) as error:
        raise DataError(
            tr(
                f"{path} does not contain a readable array of numbers: {error}",
                f"{path} no contiene un array de números legible: {error}",
            ),
            tr("Write it with np.save, or np.savez(path, x=…).", "Escríbalo con np.save, o np.savez(ruta, x=…)."),
        ) from error
