"""`hondo predict`: answers of a trained run for pictures, rows or arrays."""

import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hondo.cli.options import AsJson
from hondo.cli.output import number, print_json, print_table
from hondo.core.errors import DataError, SpecError
from hondo.core.language import tr

if TYPE_CHECKING:
    from hondo.experiments.predict import Predictions

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
        str | None,
        typer.Option("--run", "-r", help=tr("A run's name, or 'last'.", "Nombre de un experimento, o 'last'.")),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            "--model",
            "-m",
            metavar="NETWORK",
            help=tr(
                "A pretrained network instead of a run, such as resnet50 (or hondo_mini, which comes with Hondo): "
                "names what the pictures show.",
                "Una red preentrenada en lugar de un experimento, como resnet50 (o hondo_mini, incluida en Hondo): "
                "nombra lo que muestran las imágenes.",
            ),
        ),
    ] = None,
    top: Annotated[
        int | None,
        typer.Option(
            min=1,
            help=tr(
                "Classes to show for each input (3; of a pretrained network 5).",
                "Clases que se muestran por entrada (3; de una red preentrenada, 5).",
            ),
        ),
    ] = None,
    url: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help=tr("Ask the lab at this address instead.", "Pregunta al laboratorio de esta dirección."),
        ),
    ] = None,
    token: Annotated[
        str | None,
        typer.Option(help=tr("That lab's token (or HONDO_LAB_TOKEN).", "El token de ese laboratorio.")),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Predict raw inputs: the run's own preprocessing is applied."""
    if url is not None:
        _show_remote(url, token, name or "last", model, inputs, top or 3, as_json=as_json)
        return
    value, labels = read_inputs(inputs)
    predictions = _by_run(name or "last", value) if model is None else _by_network(model, name, value)
    answers = predictions.written(top or (3 if model is None else 5))
    labels = labels or [str(place) for place in range(len(answers))]
    if as_json:
        print_json([{"input": label, **answer} for label, answer in zip(labels, answers, strict=True)])
        return
    _show(labels, answers, bool(predictions.classes), predictions.targets)


def _show(labels: list[str], answers: list[dict[str, Any]], classes: bool, targets: tuple[str, ...]) -> None:
    """Print answers as a table."""
    if classes:
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
    elif len(targets) > 1:
        columns = [tr("input", "entrada"), *targets]
        rows = [
            [label, *map(number, answer["prediction"].values())] for label, answer in zip(labels, answers, strict=True)
        ]
    else:
        columns = [tr("input", "entrada"), tr("prediction", "predicción")]
        rows = [[label, number(answer["prediction"])] for label, answer in zip(labels, answers, strict=True)]
    print_table(columns, rows, numeric=(2,) if classes else tuple(range(1, len(columns))))


def _show_remote(
    url: str, token: str | None, run: str, model: str | None, inputs: list[str], top: int, *, as_json: bool
) -> None:
    from hondo.cli.remote import predict_remotely

    if model is not None:
        raise SpecError(tr("give either --model or --url", "indique --model o bien --url"))
    answers = predict_remotely(url, token, run, inputs, top)
    if as_json:
        print_json(answers)
        return
    first = answers[0] if answers else {}
    targets = tuple(first["prediction"]) if isinstance(first.get("prediction"), dict) else ()
    _show([answer["input"] for answer in answers], answers, "top" in first, targets)


def _by_run(name: str, value: Any) -> "Predictions":
    from hondo.store.launch import open_run
    from hondo.store.workspace import open_workspace

    with open_workspace() as workspace:
        run = open_run(workspace, name)
    return run.predict(value)


def _by_network(network: str, run: str | None, value: Any) -> "Predictions":
    from hondo.experiments.pretrained import classify

    if run is not None:
        raise SpecError(
            tr("give either --model or --run", "indique --model o bien --run"),
            tr(
                "--model is a network that was trained elsewhere, --run one of your own runs.",
                "--model es una red entrenada de antemano; --run, uno de sus experimentos.",
            ),
        )
    if not (isinstance(value, list) and all(isinstance(path, Path) for path in value)):
        raise DataError(
            tr("a pretrained network takes pictures", "una red preentrenada admite imágenes"),
            tr("Give .jpg or .png files.", "Dé archivos .jpg o .png."),
        )
    predictions, note = classify(network, value)
    if note:
        print(note, file=sys.stderr)
    return predictions


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
