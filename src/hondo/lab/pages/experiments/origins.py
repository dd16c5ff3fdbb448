"""What a new experiment begins with: a built-in one, a run that is there, the reader's own data, or almost nothing."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import ValidationError

from hondo.core.errors import DataError, SpecError
from hondo.core.language import tr
from hondo.core.spec import RunSpec
from hondo.data import catalogue
from hondo.data.csv_stream import column_names
from hondo.experiments.specs import builtin
from hondo.experiments.specs.edit import edit_yaml
from hondo.experiments.specs.strictyaml import read_yaml
from hondo.experiments.specs.write import spec_to_yaml
from hondo.lab.uploads import uploads_folder
from hondo.store.runs import find_run
from hondo.store.workspace import Workspace

_TABLES = (".csv", ".tsv", ".txt")
_KEY = re.compile(r"[a-z][a-z_]*(\.[a-z0-9_]+)*")
_MOST_CHANGES, _LONGEST_CHANGE = 40, 100
_BLANK = """name: {name}
data:
  name: digits
model:
  preset: mlp
train:
  epochs: 10
"""


@dataclass(frozen=True)
class Origin:
    """Where a new experiment comes from.

    Attributes:
        key: under which a draft of it is kept.
        words: how it is called, in the reader's language.
        yaml: what it begins with.
    """

    key: str
    words: str
    yaml: str


def origin_of(workspace: Workspace, *, experiment: str = "", run: str = "", data: str = "", target: str = "") -> Origin:
    """What to begin with; without anything named, a small spec of one's own.

    Args:
        workspace: where runs and uploads are kept.
        experiment: a built-in one.
        run: one that is there.
        data: a named data set, or an upload.
        target: of an uploaded table, the column to predict; left out, the last one.

    Raises:
        HondoError: there is nothing of that name.
    """
    if experiment:
        return Origin(f"builtin:{experiment}", tr(f"From {experiment}", f"De {experiment}"), builtin.text(experiment))
    if run:
        found = find_run(workspace, run)
        try:
            spec = RunSpec.model_validate(found.spec)
        except ValidationError as error:
            raise SpecError(
                tr(f"The spec of {found.name} no longer reads", f"La especificación de {found.name} ya no se lee")
            ) from error
        words = tr(f"From the run {found.name}", f"Del experimento {found.name}")
        return Origin(f"run:{found.name}", words, spec_to_yaml(_inside(workspace, spec)))
    if data:
        words = tr(f"With the data {data}", f"Con los datos {data}")
        return Origin(f"data:{data}:{target}", words, _about(workspace, data, target))
    words = tr("From scratch", "Desde cero")
    return Origin("own", words, _BLANK.format(name=tr("my-experiment", "mi-experimento")))


def changed(origin: Origin, changes: Sequence[str]) -> Origin:
    """The same beginning with some values set, as an address asks for: ``train.epochs=5``.

    Raises:
        SpecError: a change is not written so, or leads nowhere.
    """
    if len(changes) > _MOST_CHANGES:
        raise SpecError(
            tr(f"{len(changes)} changes in one address", f"{len(changes)} cambios en una dirección"),
            tr(f"There can be {_MOST_CHANGES}.", f"Puede haber {_MOST_CHANGES}."),
        )
    text = origin.yaml
    for change in changes:
        key, sign, value = change.partition("=")
        if not sign or not _KEY.fullmatch(key) or len(change) > _LONGEST_CHANGE:
            raise SpecError(
                tr(
                    f"{change[:80]!r} changes nothing in a spec",
                    f"{change[:80]!r} no cambia nada en una especificación",
                ),
                tr("Write it as train.epochs=5.", "Escríbalo como train.epochs=5."),
            )
        text = edit_yaml(text, tuple(key.split(".")), read_yaml(value, "spec").value)
    return replace(origin, key="&".join((origin.key, *changes)), yaml=text) if changes else origin


def uploads(workspace: Workspace) -> list[str]:
    """The data that were uploaded, as a spec names them."""
    folder = uploads_folder(workspace)
    if not folder.is_dir():
        return []
    return sorted(f"uploads/{each.name}" for each in folder.iterdir() if each.is_file() and each.name[0] != ".")


def _inside(workspace: Workspace, spec: RunSpec) -> RunSpec:
    """The spec with uploads named as somebody writes them."""
    if spec.data.path is None:
        return spec
    folder, path = uploads_folder(workspace).resolve(), Path(spec.data.path)
    if not path.is_relative_to(folder):
        return spec
    short = f"uploads/{path.relative_to(folder).as_posix()}"
    return spec.model_copy(update={"data": spec.data.model_copy(update={"path": short})})


def _about(workspace: Workspace, data: str, target: str) -> str:
    """A first spec for a data set: a named one or an uploaded one."""
    if data in catalogue.names():
        entry = catalogue.entry(data)
        if entry.kind == "image":
            return _spec(data, {"name": data}, "  scale: unit\n", "cnn")
        return _spec(data, {"name": data}, "  standardise: feature\n", "mlp")
    name = f"uploads/{data.removeprefix('uploads/')}"
    if name not in uploads(workspace):
        raise DataError(
            tr(f"there are no data called {data!r}", f"no hay datos llamados {data!r}"),
            tr("Upload them on the page Data.", "Súbalos en la página Datos."),
        )
    path = uploads_folder(workspace) / name.removeprefix("uploads/")
    if path.suffix.lower() in _TABLES:
        note = tr(
            "  # the last column; name another if it is not this one",
            "  # la última columna; si no es esta, nombre otra",
        )
        keys = {"path": name, "target": target or column_names(path)[-1]}
        return _spec(path.stem, keys, "  standardise: feature\n", "mlp", "" if target else note)
    if path.suffix.lower() == ".npz":
        return _spec(path.stem, {"path": name}, "", "mlp")
    return _spec(path.stem, {"path": name}, "  resize: [32, 32]\n  scale: unit\n", "cnn")


def _spec(title: str, data: dict[str, str], preprocess: str, preset: str, note: str = "") -> str:
    """A small spec as text, so that it may hold comments."""
    called = re.sub(r"[^A-Za-z0-9._-]+", "-", title).strip("-._")[:60] or "run"
    text = f"name: {called}\ndata:\n"
    for key, value in data.items():
        line = edit_yaml("", (key,), value).strip()
        text += f"  {line}{note if key == 'target' else ''}\n"
    text += f"preprocess:\n{preprocess}" if preprocess else ""
    return text + (
        f"model:\n  preset: {preset}\nlearn:\n  optimizer: adam\ntrain:\n  epochs: 20\n  early_stopping:\n"
        "    monitor: val_loss\n    patience: 5\n"
    )
