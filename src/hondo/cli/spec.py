"""`hondo spec`: the experiments that come with Hondo, and checking one's own before it runs."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hondo.cli.options import AsJson, Changes, Output
from hondo.cli.output import print_json, print_table, say
from hondo.core.errors import SpecError
from hondo.core.language import tr

if TYPE_CHECKING:
    from hondo.core.spec import RunSpec

app = typer.Typer(
    help=tr(
        "Specs of experiments: built in, or your own in YAML.", "Especificaciones: incluidas, o las suyas en YAML."
    ),
    no_args_is_help=True,
)

Source = Annotated[
    str,
    typer.Argument(
        metavar="NAME|FILE",
        help=tr("A built-in experiment or a YAML file.", "Un experimento incluido o un archivo YAML."),
    ),
]


@app.command("list", help=tr("List the built-in experiments.", "Lista los experimentos incluidos."))
def list_built_in(as_json: AsJson = False) -> None:
    """List the built-in experiments, each with what it shows."""
    from hondo.experiments.specs import builtin

    if as_json:
        print_json([{"name": name, "about": builtin.about(name)} for name in builtin.names()])
    else:
        columns = (tr("name", "nombre"), tr("about", "descripción"))
        print_table(columns, [(name, builtin.about(name)) for name in builtin.names()])


@app.command(
    "show",
    help=tr(
        "Print a spec as YAML, to copy and change.", "Imprime una especificación en YAML, para copiarla y cambiarla."
    ),
)
def show(
    source: Source,
    full: Annotated[
        bool,
        typer.Option(
            "--full", help=tr("Every value, defaults included.", "Todos los valores, incluidos los predeterminados.")
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Print a spec as YAML; a built-in one with its comments, unless in full."""
    from hondo.experiments.specs import builtin
    from hondo.experiments.specs.read import read_spec, spec_to_yaml

    if as_json:
        spec = read_spec(source)
        print_json(spec.written() if full else spec.model_dump(mode="json", exclude_defaults=True))
    elif source in builtin.names() and not full:
        sys.stdout.write(builtin.text(source))
    else:
        sys.stdout.write(spec_to_yaml(read_spec(source), full=full))


@app.command(
    "check",
    help=tr(
        "Read a spec and report everything that is wrong with it.",
        "Lee una especificación e indica todo lo que está mal.",
    ),
)
def check(source: Source, changes: Changes = None, as_json: AsJson = False) -> None:
    """Read a spec and say that it is right, or all that is wrong with it (exit code 2)."""
    from hondo.experiments.specs.read import read_spec

    try:
        spec = read_spec(source, changes or ())
    except SpecError as error:
        if not as_json:
            raise
        print_json({"ok": False, "error": error.message, "hint": error.hint})
        raise typer.Exit(error.exit_code) from error
    if as_json:
        print_json({"ok": True, "summary": _line(spec), "spec": spec.written()})
    else:
        say(tr(f"OK  {_line(spec)}", f"Correcta  {_line(spec)}"))


@app.command("schema", help=tr("Print the JSON Schema for editors.", "Imprime el JSON Schema para editores."))
def schema(output: Output = "-") -> None:
    """Print the JSON Schema by which editors complete and check a spec."""
    from hondo.core.files import write_atomically
    from hondo.experiments.specs.read import spec_schema

    text = json.dumps(spec_schema(), indent=2, ensure_ascii=False) + "\n"
    if output == "-":
        sys.stdout.write(text)
        return
    path = Path(output).expanduser()
    write_atomically(path, text)
    say(tr(f"written: {path}", f"escrito: {path}"))
    say(
        tr(
            f"First line of a spec, for most editors: # yaml-language-server: $schema={path}",
            f"Primera línea de una especificación, para casi cualquier editor: # yaml-language-server: $schema={path}",
        )
    )


def _line(spec: "RunSpec") -> str:
    """A spec in one line: data, model, optimizer, epochs."""
    learn, train = spec.learn, spec.train
    rate = f" {learn.learning_rate:g}" if learn.learning_rate is not None else ""
    if train.batch_size == "all":
        batches = tr("the whole set per step", "todo el conjunto en cada paso")
    else:
        batches = tr(f"batches of {train.batch_size}", f"lotes de {train.batch_size}")
    epochs = tr(f"{train.epochs} epoch{'s' * (train.epochs > 1)}", f"{train.epochs} época{'s' * (train.epochs > 1)}")
    parts = (spec.data.name or spec.data.path, _model(spec), f"{learn.optimizer}{rate}", epochs, batches)
    return f"{spec.name}: " + " · ".join(str(part) for part in parts)


def _model(spec: "RunSpec") -> str:
    """The model in a word or two."""
    model = spec.model
    if model.layers is not None:
        return tr(f"{len(model.layers)} layers", f"{len(model.layers)} capas")
    if model.graph is not None:
        count = len(model.graph.layers)
        return tr(f"a graph of {count} layers", f"un grafo de {count} capas")
    if model.transfer is not None:
        return tr(f"transfer from {model.transfer.backbone}", f"transferencia desde {model.transfer.backbone}")
    sizes: list[Any] = [*(model.filters or ()), *(model.hidden or ())]
    return f"{model.preset or model.pretrained or model.python or model.given}" + (f" {sizes}" if sizes else "")
