"""`hondo verify`: whether a bundle, or a port of its model, computes what the run computed."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hondo.cli.options import AsJson
from hondo.cli.output import number, print_json, print_table, say
from hondo.core.language import tr

if TYPE_CHECKING:
    from hondo.experiments.export.verify import Check, Verification


def verify(
    bundle: Annotated[
        str,
        typer.Argument(
            metavar="BUNDLE",
            help=tr(
                "A zip or folder of `hondo export --to bundle`.", "Un zip o carpeta de `hondo export --to bundle`."
            ),
        ),
    ],
    outputs: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help=tr(
                "What your own program computed from the golden inputs: .npy, or CSV with a row for each.",
                "Lo que su programa calculó con las entradas de referencia: .npy, o CSV con una fila por entrada.",
            ),
        ),
    ] = None,
    tolerance: Annotated[
        float,
        typer.Option(
            min=0.0,
            help=tr(
                "The largest difference that counts as equal, relative where values are above 1.",
                "La mayor diferencia que cuenta como igual; es relativa si los valores superan 1.",
            ),
        ),
    ] = 1e-4,
    as_json: AsJson = False,
) -> None:
    """Compute every step of a bundle again and name the first that differs; exit code 1 if one does."""
    from hondo.experiments.export.outputs import read_outputs
    from hondo.experiments.export.verify import verify_bundle

    theirs = read_outputs(Path(outputs).expanduser()) if outputs else None
    found = verify_bundle(Path(bundle).expanduser(), tolerance=tolerance, outputs=theirs)
    if as_json:
        print_json(found.written())
    else:
        _show(found)
    if not found.agrees:
        raise typer.Exit(1)


def _show(found: "Verification") -> None:
    columns = (
        tr("step", "paso"), tr("state", "estado"), tr("largest difference", "diferencia máxima"),
        tr("what differs", "qué difiere"),
    )  # fmt: skip
    rows = [(_title(check.name), _state(check), number(check.difference), check.detail) for check in found.checks]
    print_table(columns, rows, numeric=(2,))
    first = found.first
    if first is None:
        say(
            tr(
                f"All agree: {found.run}, {found.samples} golden inputs, tolerance {found.tolerance:g}.",
                f"Todo coincide: {found.run}, {found.samples} entradas de referencia, tolerancia {found.tolerance:g}.",
            )
        )
        return
    text = ": ".join(filter(None, (_title(first.name), first.detail)))
    say(tr(f"First difference: {text}", f"Primera diferencia: {text}"))
    _explain(found)


def _explain(found: "Verification") -> None:
    """Which mistakes reproduce the outputs that were given."""
    tried = found.tried
    if tried is None:
        return
    for each in tried.matching:
        gap = f"{each.difference:.2g}"
        say(
            tr(
                f"This mistake gives your outputs: {each.text} (largest difference {gap})",
                f"Este error da sus salidas: {each.text} (diferencia máxima: {gap})",
            )
        )
    if tried.matching:
        return
    if tried.nearest:
        gap = f"{tried.nearest.difference:.2g}"
        say(
            tr(
                f"No mistake gives exactly your outputs; the nearest: {tried.nearest.text} (largest difference {gap})",
                f"Ningún error da exactamente sus salidas; el más próximo: {tried.nearest.text} (diferencia: {gap})",
            )
        )
        return
    say(
        tr(
            f"None of the {tried.count} common mistakes tried gives your outputs. Compare your weights with the "
            "manifest's fingerprints (another epoch?), then your layers one by one.",
            f"Ninguno de los {tried.count} errores habituales probados da sus salidas. Compare sus pesos con las "
            "huellas del manifiesto (¿otra época?) y después sus capas una a una.",
        )
    )


def _state(check: "Check") -> str:
    return {
        "ok": tr("equal", "igual"),
        "differs": tr("DIFFERS", "DIFIERE"),
        "unknown": tr("not computed", "sin calcular"),
    }[check.state]


def _title(name: str) -> str:
    return {
        "files": tr("files", "archivos"),
        "read": tr("read", "lectura"),
        "columns": tr("columns", "columnas"),
        "greyscale": tr("greyscale", "escala de grises"),
        "resize": tr("resize", "cambio de tamaño"),
        "scale": tr("scale", "escalado"),
        "standardise": tr("standardise", "estandarización"),
        "flatten": tr("flatten", "aplanado"),
        "weights": tr("weights", "pesos"),
        "model": tr("model", "modelo"),
        "outputs": tr("outputs", "salidas"),
        "yours": tr("your outputs", "sus salidas"),
    }.get(name, name)
