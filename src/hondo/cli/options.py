"""Options that several commands share, so that they read the same everywhere."""

from typing import Annotated

import typer

from hondo.core.language import tr

AsJson = Annotated[bool, typer.Option("--json", help=tr("Print JSON.", "Imprime JSON."))]

Output = Annotated[
    str,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help=tr("Where to write; '-' is standard output.", "Dónde escribir; '-' es la salida estándar."),
    ),
]

Changes = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help=tr(
            "Change the spec: train.epochs=5 (repeatable).",
            "Cambia la especificación: train.epochs=5 (se puede repetir).",
        ),
    ),
]

RunName = Annotated[
    str,
    typer.Argument(
        help=tr("A run's name, its beginning, or 'last'.", "Nombre de un experimento, su comienzo o 'last'.")
    ),
]
