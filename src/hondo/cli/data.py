"""`hondo data`: the data sets there are, what one holds (a named one or the reader's own), and fetching one."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from hondo.cli.options import AsJson, Changes
from hondo.cli.output import console, number, print_json, print_table, say
from hondo.core.errors import SpecError
from hondo.core.language import tr
from hondo.experiments.report.wording import NOTHING

if TYPE_CHECKING:
    from hondo.core.spec import RunSpec
    from hondo.data.catalogue import Entry
    from hondo.data.dataset import Dataset

CLASSES_SHOWN, FEATURES_SHOWN = 20, 40
_TABLES = (".csv", ".tsv", ".tab", ".txt")

State = Literal["ready", "cached", "fetch"]

app = typer.Typer(
    help=tr("Data sets: which there are and what they contain.", "Conjuntos de datos: cuáles hay y qué contienen."),
    no_args_is_help=True,
)


@app.command("list", help=tr("List the data sets that Hondo knows.", "Lista los conjuntos de datos que Hondo conoce."))
def list_known(as_json: AsJson = False) -> None:
    """List the data sets that Hondo knows, and whether they are on this machine."""
    from hondo.data import catalogue
    from hondo.experiments.report.wording import spoken

    entries = [catalogue.entry(name) for name in catalogue.names()]
    if as_json:
        print_json([_described(entry) for entry in entries])
        return
    columns = (
        tr("name", "nombre"),
        tr("kind", "tipo"),
        tr("task", "tarea"),
        tr("where", "dónde"),
        tr("about", "descripción"),
    )
    rows = [
        (entry.name, spoken(entry.kind), spoken(entry.task), _state_word(_state(entry)), entry.about)
        for entry in entries
    ]
    print_table(columns, rows)
    if console.is_terminal:
        say(tr("Your own: hondo data show FOLDER or FILE", "Los suyos: hondo data show CARPETA o ARCHIVO"))


@app.command("show", help=tr("Show what a data set contains.", "Muestra qué contiene un conjunto de datos."))
def show(
    data: Annotated[
        str,
        typer.Argument(
            metavar="NAME|PATH",
            help=tr(
                "A data set's name, an image folder or zip, a CSV or TSV file, or an .npz file.",
                "Nombre de un conjunto de datos, carpeta o zip de imágenes, archivo CSV o TSV, o archivo .npz.",
            ),
        ),
    ],
    target: Annotated[
        str | None, typer.Option(help=tr("CSV, TSV: the column to predict.", "CSV, TSV: la columna que se predice."))
    ] = None,
    task: Annotated[
        Literal["classification", "regression"] | None,
        typer.Option(help=tr("What kind of target it is.", "Qué tipo de objetivo es.")),
    ] = None,
    changes: Changes = None,
    as_json: AsJson = False,
) -> None:
    """Show what a data set holds, split as an experiment would split it."""
    from hondo.data import catalogue
    from hondo.data.load import load_dataset

    spec = _spec(data, target, task, changes or [])
    if spec.data.name and not catalogue.is_available(spec.data.name):
        _show_absent(catalogue.entry(spec.data.name), as_json=as_json)
        return
    dataset = load_dataset(spec.data, resize=spec.preprocess.resize)
    if as_json:
        print_json(_contents(dataset))
    else:
        _show(dataset)


@app.command("get", help=tr("Fetch a data set, once.", "Descarga un conjunto de datos, una sola vez."))
def get(
    name: Annotated[str, typer.Argument(help=tr("A data set's name.", "Nombre de un conjunto de datos."))],
    as_json: AsJson = False,
) -> None:
    """Fetch a data set into the cache, check it, and say where it lies."""
    from hondo.data import catalogue

    entry = catalogue.entry(name)
    dataset = catalogue.load_named(name)  # reads it too, so that what is said to be there does work
    place = catalogue.where(name)
    if as_json:
        samples = {split: len(part) for split, part in dataset.splits.items()}
        print_json({"name": name, "state": _state(entry), "where": place and str(place), "samples": samples})
    elif place is None:
        say(tr(f"{name} needs no download: it comes with Hondo.", f"{name} no necesita descarga: viene con Hondo."))
    else:
        say(tr(f"{name} is in {place}: {_samples(dataset)}", f"{name} está en {place}: {_samples(dataset)}"))
        for note in dataset.notes:
            say(f"- {note}")


def _state(entry: "Entry") -> State:
    from hondo.data.catalogue import is_available

    if entry.where == "ready":
        return "ready"
    return "cached" if is_available(entry.name) else "fetch"


def _state_word(state: State) -> str:
    return {
        "ready": tr("ready", "listo"),
        "cached": tr("on this machine", "en este equipo"),
        "fetch": tr("to be fetched", "por descargar"),
    }[state]


def _described(entry: "Entry") -> dict[str, Any]:
    """An entry of the catalogue as plain data."""
    from hondo.data.catalogue import where

    state = _state(entry)
    place = where(entry.name) if state == "cached" else None
    return {
        "name": entry.name,
        "kind": entry.kind,
        "task": entry.task,
        "state": state,
        "where": place and str(place),
        "about": entry.about,
        "source": entry.source,
    }


def _spec(data: str, target: str | None, task: str | None, changes: list[str]) -> "RunSpec":
    """A spec with these data, validated as any other; its model is of no account.

    Raises:
        SpecError: for keys that these data have no use for, or a table whose target is not named.
        DataError: if neither a data set nor a file is called so.
    """
    from hondo.data import catalogue
    from hondo.experiments.specs.read import read_spec

    path = Path(data).expanduser()
    named = data in catalogue.names()
    if not named and not path.exists() and not path.suffix and len(path.parts) == 1:
        catalogue.entry(data)  # raises, naming the data set that is nearest
    if not named and target is None and path.suffix.lower() in _TABLES and path.is_file():
        raise _which_column(path)
    given = {"name": data} if named else {"path": data, "target": target, "task": task}
    if named:
        given |= {key: value for key, value in {"target": target, "task": task}.items() if value}
    kept = {key: value for key, value in given.items() if value is not None}
    return read_spec({"data": kept, "model": {"preset": "mlp"}}, changes)


def _which_column(path: Path) -> SpecError:
    from hondo.data.csv_stream import column_names

    columns = column_names(path)
    shown = ", ".join(columns[:FEATURES_SHOWN]) + (", …" if len(columns) > FEATURES_SHOWN else "")
    return SpecError(
        tr(
            f"which column of {path} should be predicted? It has: {shown}",
            f"¿qué columna de {path} hay que predecir? Tiene: {shown}",
        ),
        tr(f"Name it: hondo data show {path} --target COLUMN", f"Indíquela: hondo data show {path} --target COLUMNA"),
    )


def _show_absent(entry: "Entry", *, as_json: bool) -> None:
    """What is known of a set that would have to be fetched first; showing alone downloads nothing."""
    from hondo.experiments.report.wording import count, spoken

    source = entry.files
    sizes = dict(zip(("train", "test"), source.sizes, strict=True)) if source else {}
    classes = source.classes if source else ()
    if as_json:
        print_json({**_described(entry), "samples": sizes, "classes": list(classes)})
        return
    say(f"{entry.name}: {entry.about}")
    say(tr("samples: ", "muestras: ") + ", ".join(f"{spoken(name)} {count(size)}" for name, size in sizes.items()))
    say(tr("classes: ", "clases: ") + ", ".join(classes[:CLASSES_SHOWN]))
    _say_left_out(len(classes) - CLASSES_SHOWN)
    say(tr("source: ", "origen: ") + entry.source)
    fetch = f"hondo data get {entry.name}"
    say(tr(f"Not on this machine yet. Fetch it: {fetch}", f"Aún no está en este equipo. Descárguelo: {fetch}"))


def _samples(dataset: "Dataset") -> str:
    from hondo.experiments.report.wording import count, spoken

    return ", ".join(f"{spoken(name)} {count(len(part))}" for name, part in dataset.splits.items())


def _class_counts(dataset: "Dataset") -> dict[str, dict[str, int]]:
    """How many samples each class has, by split and class; empty for regression."""
    from hondo.data.describe import class_balance

    return {
        name: dict(zip(dataset.classes, counts.tolist(), strict=True))
        for name, counts in class_balance(dataset).items()
    }


def _features(dataset: "Dataset") -> list[dict[str, Any]]:
    """The columns of a table with what each holds, over all splits."""
    from hondo.data.columns import ranges

    if dataset.kind != "table":
        return []
    held = ranges([part.x for part in dataset.splits.values()])
    described = []
    for place, column in enumerate(dataset.features):
        found: dict[str, Any] = {"name": column.name, "kind": column.kind, "missing": int(held.missing[place])}
        low, mean, high = (float(each[place]) for each in (held.minimum, held.mean, held.maximum))
        if column.kind == "category":
            found["categories"] = list(column.categories)
        elif mean == mean:  # not NaN
            found |= {"minimum": low, "mean": mean, "maximum": high}
        described.append(found)
    return described


def _target_range(dataset: "Dataset") -> dict[str, Any]:
    """Least, mean and greatest target of a regression; for several outputs, over all of them."""
    import numpy as np

    if dataset.task != "regression":
        return {}
    y = np.concatenate([part.y for part in dataset.splits.values()])
    return {"minimum": float(y.min()), "mean": float(y.mean()), "maximum": float(y.max())}


def _contents(dataset: "Dataset") -> dict[str, Any]:
    """All that `show` says, as plain data."""
    from hondo.data.duplicates import find_duplicates

    same = find_duplicates(dataset)
    return {
        **dataset.summary(),
        "class_counts": _class_counts(dataset),
        "target_values": _target_range(dataset) or None,
        "features": _features(dataset),
        "duplicates": {
            "within": same.within,
            "across": {f"{first}, {second}": len(rows) for (first, second), rows in same.across.items()},
            "conflicting": same.conflicting,
        },
    }


def _show(dataset: "Dataset") -> None:
    from hondo.experiments.report.wording import spoken, times

    say(f"{dataset.name}: {spoken(dataset.kind)}, {spoken(dataset.task)}, {times(dataset.input_shape)}")
    say(tr("samples: ", "muestras: ") + _samples(dataset))
    say(tr("target: ", "objetivo: ") + dataset.target)
    if dataset.source:
        say(tr("source: ", "origen: ") + dataset.source)
    if counts := _class_counts(dataset):
        _show_classes(dataset.classes, counts)
    if values := _target_range(dataset):
        low, mean, high = (number(values[key]) for key in ("minimum", "mean", "maximum"))
        say(
            tr(f"target values: {low} to {high}, mean {mean}", f"valores del objetivo: de {low} a {high}, media {mean}")
        )
    if features := _features(dataset):
        _show_features(features)
    if dataset.notes:
        say()
        for note in dataset.notes:
            say(f"- {note}")


def _show_classes(classes: tuple[str, ...], counts: Mapping[str, Mapping[str, int]]) -> None:
    from hondo.experiments.report.wording import count, spoken

    say()
    rows = [(name, *(count(part[name]) for part in counts.values())) for name in classes[:CLASSES_SHOWN]]
    print_table((tr("class", "clase"), *map(spoken, counts)), rows, numeric=range(1, len(counts) + 1))
    _say_left_out(len(classes) - CLASSES_SHOWN)


def _show_features(features: list[dict[str, Any]]) -> None:
    say()
    columns = (
        tr("feature", "característica"), tr("kind", "tipo"), tr("missing", "ausentes"), tr("minimum", "mínimo"),
        tr("mean", "media"), tr("maximum", "máximo"),
    )  # fmt: skip
    kinds = {"number": tr("number", "número"), "category": tr("category", "categoría")}
    rows = []
    for feature in features[:FEATURES_SHOWN]:
        kind = kinds[feature["kind"]]
        if "categories" in feature:
            kind += f" ({len(feature['categories'])})"
        values = (number(feature.get(key)) or NOTHING for key in ("minimum", "mean", "maximum"))
        rows.append((feature["name"], kind, str(feature["missing"]), *values))
    print_table(columns, rows, numeric=(2, 3, 4, 5))
    _say_left_out(len(features) - FEATURES_SHOWN)


def _say_left_out(rows: int) -> None:
    if rows > 0:
        say(tr(f"… and {rows} more; --json shows all", f"… y {rows} más; con --json salen todas"))
