"""From a spec's ``data`` part to samples ready to be preprocessed: loaded, split, and searched for duplicates."""

import difflib
from pathlib import Path

from hondo.core.errors import DataError, SpecError, nearest
from hondo.core.language import tr
from hondo.core.spec import DataSpec
from hondo.data.arrays_on_disk import is_npy_folder
from hondo.data.catalogue import load_named
from hondo.data.csv_stream import is_large_table, load_large_table
from hondo.data.dataset import Dataset
from hondo.data.duplicates import find_duplicates
from hondo.data.folder import load_image_folder
from hondo.data.npz import load_npy_folder, load_npz
from hondo.data.pixels import Size
from hondo.data.split import split
from hondo.data.table import load_table

_TABLES = (".csv", ".tsv", ".tab", ".txt")
_LISTED = 20
_KNOWN = (".zip", ".npz", *_TABLES)


def load_dataset(spec: DataSpec, *, resize: Size | None = None) -> Dataset:
    """Load, split and inspect the data that a spec names.

    Args:
        spec: a named data set, or the path of the user's own: an image folder or zip, a table, an ``.npz`` file,
            or a folder of ``.npy`` files.
        resize: height and width at which pictures from files are read, where the preprocessing will resize them
            anyway; many large photographs then fit in memory.

    Returns:
        Raw data with training samples, and validation and test samples unless their share is 0; duplicates are in
        the notes.

    Raises:
        DataError: if there is no such data, or they cannot be read or split.
        SpecError: if ``target`` or ``task`` are given to data that have no use for them.
    """
    dataset = load_to_look(spec, resize=resize)
    note = find_duplicates(dataset).note()
    return dataset.with_notes(note) if note else dataset


def load_to_look(spec: DataSpec, *, resize: Size | None = None, memory_limit: int | None = None) -> Dataset:
    """What :func:`load_dataset` does, without searching for duplicates.

    Args:
        spec: as there.
        resize: as there.
        memory_limit: so many bytes of decoded pictures are held in memory, more are read on demand; left out, it
            depends on the memory that is free.

    Raises:
        DataError, SpecError: as there.
    """
    if spec.name is not None:
        dataset = load_named(spec.name, spec.options)
    else:
        dataset = _load_path(Path(spec.path or "").expanduser(), spec, resize, memory_limit)
    return split(dataset, validation=spec.validation, test=spec.test, seed=spec.seed, limit=spec.limit)


def _load_path(path: Path, spec: DataSpec, resize: Size | None, memory_limit: int | None) -> Dataset:
    if not path.exists():
        raise _not_there(path)
    suffix = path.suffix.lower()
    arrays = suffix == ".npz" or is_npy_folder(path)
    pictures = not arrays and (path.is_dir() or suffix == ".zip")
    if spec.on_corrupt != "skip" and not pictures:
        _unused(spec.on_corrupt, "on_corrupt", tr("it is for pictures", "es para imágenes"))
    if pictures:
        _unused(
            spec.target,
            "target",
            tr("pictures take their class from their folder", "la clase de cada imagen la da su carpeta"),
        )
        if spec.task == "regression":
            _unused(spec.task, "task", tr("an image folder has classes", "una carpeta de imágenes tiene clases"))
        return load_image_folder(path, size=resize, on_corrupt=spec.on_corrupt, memory_limit=memory_limit)
    if arrays:
        _unused(spec.target, "target", tr("arrays call their target y", "entre los arrays, el objetivo se llama y"))
        return (load_npz if suffix == ".npz" else load_npy_folder)(path, task=spec.task)
    if suffix in _TABLES:
        if spec.target is None:
            raise SpecError(
                tr(
                    f"'data.target' is missing: which column of {path} should be predicted?",
                    f"falta 'data.target': ¿qué columna de {path} hay que predecir?",
                ),
                tr("Name it: target: COLUMN.", "Indíquela: target: COLUMNA."),
            )
        return (load_large_table if is_large_table(path) else load_table)(path, spec.target, task=spec.task)
    listed = ", ".join(_KNOWN)
    raise DataError(
        tr(
            f"{path} is of a kind that is not supported: {suffix or '—'}",
            f"{path} es de un tipo que no se admite: {suffix or '—'}",
        ),
        tr(
            f"Give a folder with a folder for each class or with x.npy and y.npy, or a file of these kinds: {listed}.",
            f"Indique una carpeta con una carpeta por clase o con x.npy e y.npy, o un archivo de tipo {listed}.",
        ),
    )


def _not_there(path: Path) -> DataError:
    """Say which part of the path does not exist, and what its neighbours are called."""
    missing = path
    while not missing.parent.exists():
        missing = missing.parent
    try:
        neighbours = [each.name for each in missing.parent.iterdir() if not each.name.startswith(".")]
    except OSError:
        neighbours = []
    if len(neighbours) > _LISTED:
        neighbours = difflib.get_close_matches(missing.name, neighbours)
    hint = nearest(missing.name, neighbours) if neighbours else tr("Check the path.", "Revise la ruta.")
    return DataError(tr(f"{missing} does not exist", f"{missing} no existe"), hint)


def _unused(value: object, key: str, why: str) -> None:
    if value is not None:
        raise SpecError(
            tr(f"'data.{key}' would not be used: {why}", f"'data.{key}' no se usaría: {why}"),
            tr("Remove that key.", "Quite esa clave."),
        )
