"""`hondo runs`: the runs that the workspace keeps: list, show, compare, remove, export."""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from hondo.cli.options import AsJson, Output
from hondo.cli.output import complain, console, errors, number, print_json, print_table, say, warn
from hondo.cli.words import ago, size, status_word
from hondo.core.errors import StoreError
from hondo.core.language import tr
from hondo.experiments.comparison import best, cautions, cell_word, condensed, differing, summaries, winners
from hondo.experiments.report.wording import NOTHING
from hondo.store.records import MetricPoint, RunRecord, Status

if TYPE_CHECKING:
    from hondo.store.workspace import Workspace

EPOCHS_SHOWN = 12
_NO_RESULT = ("parameters", "seconds")

Names = Annotated[
    list[str],
    typer.Argument(
        metavar="NAME",
        help=tr("Names of runs, their beginnings, or 'last'.", "Nombres de experimentos, sus comienzos o 'last'."),
    ),
]

app = typer.Typer(
    help=tr(
        "Recorded runs: list, compare, export, remove.",
        "Experimentos guardados: verlos, compararlos, exportarlos, borrarlos.",
    ),
    no_args_is_help=True,
)


@app.command("list", help=tr("List the runs, the newest first.", "Lista los experimentos, primero el más reciente."))
def list_recorded(
    status: Annotated[
        Status | None, typer.Option(help=tr("Only runs with this status.", "Solo los que estén en este estado."))
    ] = None,
    base: Annotated[
        str | None,
        typer.Option(help=tr("Only runs of the spec with this name.", "Solo los de la especificación de este nombre.")),
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help=tr("At most this many.", "Como máximo, este número."))
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List the runs, the newest first."""
    from hondo.experiments.report.wording import seconds
    from hondo.store.runs import list_runs
    from hondo.store.workspace import open_workspace

    with open_workspace() as workspace:
        found = list_runs(workspace, status, base, limit)
    if as_json:
        print_json([_brief(run) for run in found])
        return
    if not found:
        if status or base:
            say(tr("No run matches.", "Ningún experimento coincide."))
        else:
            say(tr("There are no runs yet. Start one: hondo run", "Todavía no hay experimentos. Cree uno: hondo run"))
        return
    columns = (
        tr("run", "experimento"), tr("status", "estado"), tr("epochs", "épocas"), tr("result", "resultado"),
        tr("created", "creado"), tr("took", "duración"),
    )  # fmt: skip
    rows = [
        (
            run.name,
            status_word(run.status),
            f"{run.epochs_done}/{run.epochs or '?'}",
            _line(run) or NOTHING,
            ago(run.created),
            seconds(run.summary["seconds"]) if "seconds" in run.summary else NOTHING,
        )
        for run in found
    ]
    print_table(columns, rows, numeric=(2, 5))


@app.command("show", help=tr("Show everything about a run.", "Muestra todo sobre un experimento."))
def show(
    name: Annotated[
        str,
        typer.Argument(
            help=tr("A run's name, its beginning, or 'last'.", "Nombre de un experimento, su comienzo o 'last'.")
        ),
    ] = "last",
    as_json: AsJson = False,
) -> None:
    """Show everything about a run: spec, results, history, environment, warnings, files."""
    from hondo.store.artefacts import list_artefacts
    from hondo.store.export import describe_run
    from hondo.store.metrics import read_metrics
    from hondo.store.runs import find_run
    from hondo.store.workspace import open_workspace

    with open_workspace() as workspace:
        run = find_run(workspace, name)
        if as_json:
            print_json({**describe_run(workspace, run), "epochs": run.epochs})
            return
        points, artefacts = read_metrics(workspace, run), list_artefacts(workspace, run)
    _show_head(run)
    _title(tr("spec", "especificación"))
    sys.stdout.write(_spec_yaml(run))
    if run.summary:
        _title(tr("result", "resultado"))
        print_pairs((name, number(value)) for name, value in run.summary.items())
    if points:
        _title(tr("epochs", "épocas"))
        _show_history(run, points)
    _title(tr("environment", "entorno"))
    print_pairs(_environment(run))
    if run.warnings:
        _title(tr("warnings", "advertencias"))
        for text in run.warnings:
            say(f"- {text}")
    if artefacts:
        _title(tr("files", "archivos"))
        columns = (tr("kind", "tipo"), tr("size", "tamaño"), tr("where", "dónde"))
        print_table(
            columns, [(each.kind, size(each.bytes), str(run.folder / each.path)) for each in artefacts], numeric=(1,)
        )


@app.command(
    "compare",
    help=tr(
        "Compare runs: what differs, and which is best.", "Compara experimentos: en qué difieren y cuál es el mejor."
    ),
)
def compare(names: Names, as_json: AsJson = False) -> None:
    """Compare runs: the keys of their specs that differ, and their results side by side."""
    from hondo.store.workspace import open_workspace

    with open_workspace() as workspace:
        runs = _find(workspace, names)
    if len(runs) < 2:
        complain(
            tr("comparing takes two different runs", "para comparar hacen falta dos experimentos distintos"),
            tr("For example: hondo runs compare NAME NAME", "Por ejemplo: hondo runs compare NOMBRE NOMBRE"),
        )
        raise typer.Exit(2)
    differences, results = differing([run.spec for run in runs]), summaries([run.summary for run in runs])
    notes = cautions(differences)
    best_of = winners(results, notes)
    if as_json:
        called = [run.name for run in runs]
        print_json(
            {
                "runs": called,
                "status": {run.name: run.status for run in runs},
                "spec": {path: dict(zip(called, values, strict=True)) for path, values in differences.items()},
                "results": {name: dict(zip(called, values, strict=True)) for name, values in results.items()},
                "best": {name: [called[place] for place in places] for name, places in best_of.items() if places},
                "notes": list(notes.values()),
            }
        )
        return
    rows = [(tr("status", "estado"), *(status_word(run.status) for run in runs))]
    rows += [(path, *(cell_word(path, value) for value in values)) for path, values in differences.items()]
    for name, values in results.items():
        marks = ["*" if place in best_of[name] else "" for place in range(len(runs))]
        rows.append((name, *((number(value) or NOTHING) + mark for value, mark in zip(values, marks, strict=True))))
    print_table(("", *(run.name for run in runs)), rows)
    if any(best_of.values()):
        say(tr("* the best", "* el mejor"))
    if not differences:
        say(tr("Their specs are the same.", "Sus especificaciones son iguales."))
    for note in notes.values():
        warn(note)


@app.command("rm", help=tr("Remove runs with all their files.", "Borra experimentos con todos sus archivos."))
def remove(
    names: Names,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help=tr("Do not ask for confirmation.", "No pide confirmación."))
    ] = False,
) -> None:
    """Remove runs with all their files. One that is being trained is never removed."""
    from hondo.store.runs import remove_run
    from hondo.store.workspace import open_workspace

    with open_workspace() as workspace:
        runs = _find(workspace, names)
        running = [run.name for run in runs if run.status == "running"]
        if running:
            listed = ", ".join(running)
            raise StoreError(
                tr(
                    f"still being trained: {listed}; nothing was removed",
                    f"todavía en marcha: {listed}; no se borró nada",
                ),
                tr("Stop it with Ctrl-C where it runs, or wait.", "Deténgalo con Ctrl-C donde se ejecuta o espere."),
            )
        if not yes:
            _confirm(runs)
        for run in runs:
            remove_run(workspace, run)
            say(tr(f"removed {run.name}", f"se borró {run.name}"))


@app.command("export", help=tr("Write runs as JSON or CSV.", "Exporta experimentos en JSON o CSV."))
def export(
    names: Names,
    form: Annotated[
        Literal["json", "csv"] | None,
        typer.Option(
            "--format",
            "-f",
            help=tr(
                "json has everything, csv the values of each epoch; by default, as the file's name ends, else json.",
                "json lo incluye todo; csv, los valores de cada época; si se omite, según la extensión o json.",
            ),
        ),
    ] = None,
    output: Output = "-",
    steps: Annotated[
        bool,
        typer.Option(
            "--steps", help=tr("Also the values within each epoch.", "También los valores dentro de cada época.")
        ),
    ] = False,
) -> None:
    """Write runs as JSON or CSV, to a file or to standard output."""
    from hondo.store.export import export_runs
    from hondo.store.workspace import open_workspace

    chosen = form or ("csv" if output.lower().endswith(".csv") else "json")
    target = sys.stdout if output == "-" else Path(output).expanduser()
    with open_workspace() as workspace:
        export_runs(workspace, _find(workspace, names), target, chosen, ("epoch", "step") if steps else ("epoch",))
    if output != "-":
        say(tr(f"written: {target}", f"escrito: {target}"))


def print_pairs(pairs: Iterable[tuple[str, str]]) -> None:
    """Names and values below each other, the values aligned."""
    listed = list(pairs)
    width = max((len(name) for name, _ in listed), default=0)
    for name, value in listed:
        say(f"{name:<{width}}  {value}")


def _title(text: str) -> None:
    console.print(f"\n[bold]{text}[/]")


def _find(workspace: "Workspace", names: Sequence[str]) -> list[RunRecord]:
    """The runs meant, each once, in the order given; raises before anything is done if one is unknown."""
    from hondo.store.runs import find_run

    found = {run.id: run for run in (find_run(workspace, name) for name in names)}
    return list(found.values())


def _confirm(runs: Sequence[RunRecord]) -> None:
    """Ask whether to remove these; leaves if nobody is there to ask, or the answer is no."""
    listed = ", ".join(run.name for run in runs)
    if not sys.stdin.isatty():
        complain(
            tr(
                f"removing {listed} needs confirmation, and there is nobody to ask",
                f"borrar {listed} requiere confirmación y no hay a quién pedirla",
            ),
            tr("Add --yes.", "Añada --yes."),
        )
        raise typer.Exit(2)
    errors.print(
        tr(f"Remove {listed} with all files? [y/N] ", f"¿Borrar {listed} con todos sus archivos? [s/N] "),
        markup=False,
        end="",
    )
    if sys.stdin.readline().strip().lower() not in ("y", "yes", "s", "sí", "si"):
        say(tr("Nothing was removed.", "No se borró nada."))
        raise typer.Exit(1)


def _brief(run: RunRecord) -> dict[str, Any]:
    """A run in a list, as plain data."""
    return {
        "id": run.id,
        "name": run.name,
        "base": run.base,
        "status": run.status,
        "epochs_done": run.epochs_done,
        "epochs": run.epochs,
        "summary": run.summary,
        "created": run.created.isoformat(),
        "updated": run.updated.isoformat(),
        "message": run.message,
        "tags": run.tags,
        "notes": run.notes,
        "favourite": run.favourite,
        "folder": str(run.folder),
    }


def _line(run: RunRecord) -> str:
    """The results by which runs are told apart: ``loss 0.081  accuracy 0.978``."""
    return "  ".join(f"{name} {number(value)}" for name, value in run.summary.items() if name not in _NO_RESULT)


def _show_head(run: RunRecord) -> None:
    done = tr(f"{run.epochs_done} of {run.epochs} epochs", f"{run.epochs_done} de {run.epochs} épocas")
    console.print(f"[bold]{run.name}[/]  {status_word(run.status)}  {done}  {ago(run.created)}")
    if run.message:
        say(run.message)
    if run.favourite or run.tags:
        say(" ".join((["★"] if run.favourite else []) + [f"#{tag.replace(' ', '-')}" for tag in run.tags]))
    if run.notes:
        say(run.notes)
    say(tr(f"folder: {run.folder}", f"carpeta: {run.folder}"))
    if run.status in ("created", "stopped", "interrupted"):
        say(tr(f"continue with: hondo resume {run.name}", f"continúe con: hondo resume {run.name}"))


def _spec_yaml(run: RunRecord) -> str:
    """The spec as people write it; as it was kept if it no longer reads."""
    import yaml
    from pydantic import ValidationError

    from hondo.core.spec import RunSpec
    from hondo.experiments.specs.write import spec_to_yaml

    try:
        return spec_to_yaml(RunSpec.model_validate(run.spec))
    except ValidationError:
        return yaml.safe_dump(dict(run.spec), sort_keys=False, allow_unicode=True)


def _show_history(run: RunRecord, points: Sequence[MetricPoint]) -> None:
    """A row for each epoch, or for a dozen of them if there are more; the best one is marked."""
    epochs: dict[int, dict[str, float]] = {}
    for point in points:
        epochs.setdefault(point.step, {})[point.series] = point.value
    series = sorted({point.series for point in points}, key=_reading_order)
    stopping = (run.spec.get("train", {}).get("early_stopping") or {}).get("monitor")
    watched = next((name for name in (stopping, "val_loss", "loss") if name in series), "")
    places = sorted(epochs)
    leading = best(watched, [epochs[step].get(watched) for step in places])
    chosen = condensed(len(places), EPOCHS_SHOWN, leading[0] if leading else None)
    rows = []
    for place in chosen:
        mark = "*" if leading[:1] == (place,) else ""
        cells = (number(epochs[places[place]].get(name)) or NOTHING for name in series)
        rows.append((f"{places[place] + 1}{mark}", *cells))
    print_table((tr("epoch", "época"), *series), rows, numeric=range(len(series) + 1))
    if leading:
        say(tr(f"* best {watched}", f"* mejor {watched}"))
    if len(chosen) < len(places):
        say(
            tr(
                f"{len(chosen)} of {len(places)} epochs; --json shows all",
                f"{len(chosen)} de {len(places)} épocas; con --json salen todas",
            )
        )


def _reading_order(series: str) -> tuple[bool, bool, str, bool]:
    """Loss first, then the metrics, each followed by its value in validation; the learning rate last."""
    value = series.removeprefix("val_")
    return value == "learning_rate", value != "loss", value, series != value


def _environment(run: RunRecord) -> list[tuple[str, str]]:
    """What the run was made with, a line each; what is empty is left out."""
    from hondo.experiments.report.wording import spoken

    rows = []
    for name, value in run.environment.items():
        if value in (None, "", {}) or (name in ("cpus", "memory") and not value):
            continue
        if name == "packages":
            text = ", ".join(f"{package} {version}" for package, version in value.items())
        elif name == "git":
            changed = tr("uncommitted changes", "con cambios sin confirmar") if value.get("dirty") else ""
            text = "  ".join(
                part for part in (value.get("branch") or "", value.get("commit", "")[:12], changed) if part
            )
        else:
            text = size(value) if name == "memory" else str(value)
        rows.append((spoken(name), text))
    return rows
