"""A user's own arrays: ``x`` and ``y``, or ``x_train``, ``y_train``, ``x_test`` …, in one ``.npz`` or as ``.npy``."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from hondo.core.arrays import Array, ArraySource
from hondo.core.errors import DataError
from hondo.core.language import tr
from hondo.data.arrays_on_disk import DiskRows, in_memory, is_mapped, read_npy_folder, read_npz
from hondo.data.dataset import Dataset, Kind, Split, Task
from hondo.data.memory import held_bytes

_SPLITS = {"": "train", "_train": "train", "_test": "test", "_val": "validation", "_validation": "validation"}
_KEYS = ("x", "y", "x_train", "y_train", "x_test", "y_test", "x_val", "y_val", "classes")
_CHANNELS = (1, 3, 4)


def load_npz(path: Path, *, task: Task | None = None) -> Dataset:
    """Load arrays from an ``.npz`` file.

    Keys are ``x`` and ``y``, or ``x_train`` and ``y_train`` with optional ``_test`` and ``_val`` pairs, in any case;
    ``classes`` may name the classes by number. uint8 arrays ``(samples, height, width[, channels])`` are pictures.
    Whole numbers, texts and one-hot rows as targets mean classification, other numbers regression. What is too large
    for the memory stays on the disk, unless the file is compressed.

    Args:
        path: the file.
        task: what the target is; left out, it is read off its type.

    Raises:
        DataError: if the file is damaged, holds Python objects, lacks a key, or its arrays do not fit together.
    """
    return _dataset(read_npz(path), path, task)


def load_npy_folder(path: Path, *, task: Task | None = None) -> Dataset:
    """Load arrays from a folder of ``.npy`` files, called as the keys of an ``.npz`` are: ``x.npy``, ``y.npy`` …

    See :func:`load_npz`, whose arguments and errors are the same.
    """
    return _dataset(read_npy_folder(path), path, task)


def _dataset(arrays: dict[str, Array], path: Path, task: Task | None) -> Dataset:
    names = arrays.pop("classes", None)
    pairs = _pairs(arrays, path)
    inputs, kind, notes = _inputs({split: x for split, (x, _) in pairs.items()}, path)
    targets = {split: _squeeze(in_memory(y), f"y ({split})", path) for split, (_, y) in pairs.items()}
    if (task or _task(targets["train"])) == "regression":
        targets = {split: _finite(y, f"y ({split})", path) for split, y in targets.items()}
        classes = ()
    else:
        targets, classes, more = _classify(targets, None if names is None else in_memory(names), path)
        notes += more
    splits = {split: Split(inputs[split], targets[split]) for split in pairs}
    return Dataset(
        name=path.stem,
        task="classification" if classes else "regression",
        kind=kind,
        train=splits["train"],
        test=splits.get("test"),
        validation=splits.get("validation"),
        classes=classes,
        source=str(path),
        notes=tuple(notes),
    )


def _inputs(found: Mapping[str, Array], path: Path) -> tuple[dict[str, ArraySource], Kind, list[str]]:
    """The inputs of each split in memory or on the disk, what kind they are, and notes."""
    inputs, notes = {split: _numeric(x, f"x ({split})", path) for split, x in found.items()}, []
    if len({x.shape[1:] for x in inputs.values()}) > 1:
        listed = ", ".join(f"{split} {x.shape}" for split, x in inputs.items())
        raise _error(
            path,
            f"the inputs do not all have the same shape: {listed}",
            f"las entradas no tienen todas la misma forma: {listed}",
            tr(
                "All splits need samples of the same shape.",
                "Todas las particiones necesitan muestras de la misma forma.",
            ),
        )
    kind = _kind(inputs["train"])
    if kind == "image" and _channels_first(inputs["train"]):
        inputs = {split: np.moveaxis(x, 1, -1) for split, x in inputs.items()}
        text = "Channels came first (samples, channels, height, width) and were moved to the end."
        texto = "Los canales venían primero (muestras, canales, alto, ancho) y se pasaron al final."
        notes.append(tr(text, texto))
    if inputs["train"].ndim == 1 or (kind == "image" and inputs["train"].ndim == 3):
        inputs = {split: x[..., np.newaxis] for split, x in inputs.items()}
    if sum(x.nbytes for x in inputs.values() if is_mapped(x)) > held_bytes():
        size = f"{sum(x.nbytes for x in inputs.values()) / 1e9:.1f} GB"
        text = f"The inputs take {size}, so they stay on the disk and are read while training."
        notes.append(tr(text, f"Las entradas ocupan {size}; se quedan en el disco y se leen al entrenar."))
        return {split: DiskRows(x) if is_mapped(x) else x for split, x in inputs.items()}, kind, notes
    return {split: in_memory(x) for split, x in inputs.items()}, kind, notes


def _error(path: Path, en: str, es: str, hint: str) -> DataError:
    return DataError(f"{path}: {tr(en, es)}", hint)


def _pairs(arrays: Mapping[str, Array], path: Path) -> dict[str, tuple[Array, Array]]:
    """The inputs and targets of each split."""
    pairs: dict[str, tuple[Array, Array]] = {}
    left = set(arrays)
    for suffix, split in _SPLITS.items():
        x, y = arrays.get(f"x{suffix}"), arrays.get(f"y{suffix}")
        left -= {f"x{suffix}", f"y{suffix}"}
        if x is None and y is None:
            continue
        if x is None or y is None or split in pairs:
            raise _keys(arrays, path)
        if x.ndim == 0 or y.ndim == 0 or len(x) != len(y) or not len(x):
            raise _error(
                path,
                f"{split} inputs {x.shape} do not go with targets {y.shape}",
                f"las entradas {x.shape} de {split} no corresponden a los objetivos {y.shape}",
                tr("Each sample needs one target.", "Cada muestra necesita un objetivo."),
            )
        pairs[split] = (x, y)
    if "train" not in pairs or left:
        raise _keys(arrays, path)
    return pairs


def _keys(arrays: Mapping[str, Array], path: Path) -> DataError:
    listed, known = ", ".join(sorted(arrays)) or "—", ", ".join(_KEYS)
    return _error(
        path,
        f"its arrays are called {listed}",
        f"sus arrays se llaman {listed}",
        tr(f"Expected x and y, or pairs of: {known}.", f"Se esperaban x e y, o pares de: {known}."),
    )


def _numeric(x: Array, name: str, path: Path) -> Array:
    """Inputs as they came if they are real numbers; booleans as 0 and 1."""
    if x.dtype.kind not in "biuf":
        raise _error(
            path,
            f"{name} has the type {x.dtype}",
            f"{name} tiene el tipo {x.dtype}",
            tr("Inputs must be real numbers.", "Las entradas deben ser números reales."),
        )
    return x.view(np.uint8) if x.dtype.kind == "b" else x


def _kind(x: Array) -> Kind:
    pictures = x.dtype == np.uint8 and (
        x.ndim == 3 or (x.ndim == 4 and (x.shape[-1] in _CHANNELS or _channels_first(x)))
    )
    return "image" if pictures else "array"


def _channels_first(x: Array) -> bool:
    return x.ndim == 4 and x.shape[-1] not in _CHANNELS and x.shape[1] in _CHANNELS


def _squeeze(y: Array, name: str, path: Path) -> Array:
    """Targets ``(samples, 1)`` as ``(samples,)``; at most two axes."""
    y = y[:, 0] if y.ndim == 2 and y.shape[1] == 1 else y
    if y.ndim > 2 or y.dtype.kind not in "biufU":
        raise _error(
            path,
            f"{name} has the shape {y.shape} and the type {y.dtype}",
            f"{name} tiene la forma {y.shape} y el tipo {y.dtype}",
            tr(
                "Expected a number, a text or a row of numbers per sample.",
                "Se esperaba un número, un texto o una fila de números por muestra.",
            ),
        )
    return y


def _one_hot(y: Array) -> bool:
    return y.ndim == 2 and y.dtype.kind in "biuf" and bool(np.isin(y, (0, 1)).all() and (y.sum(axis=1) == 1).all())


def _task(y: Array) -> Task:
    return "regression" if y.dtype.kind == "f" and not _one_hot(y) else "classification"


def _finite(y: Array, name: str, path: Path) -> Array:
    if y.dtype.kind == "U" or not np.isfinite(y).all():
        raise _error(
            path,
            f"{name} has values that are not finite numbers",
            f"{name} tiene valores que no son números finitos",
            tr("Remove those samples.", "Quite esas muestras."),
        )
    return y.astype(np.float64)


def _classify(
    targets: Mapping[str, Array], names: Array | None, path: Path
) -> tuple[dict[str, Array], tuple[str, ...], list[str]]:
    """Targets as class numbers, the classes' names, and notes."""
    notes = []
    width = None
    if all(_one_hot(y) for y in targets.values()):
        width = targets["train"].shape[1]
        targets = {split: y.argmax(axis=1) for split, y in targets.items()}
        notes.append(
            tr("One-hot targets became class numbers.", "Los objetivos one-hot se convirtieron en números de clase.")
        )
    for y in targets.values():
        _check_labels(y, path)
    targets = {split: y.astype(np.int64) if y.dtype.kind == "f" else y for split, y in targets.items()}
    levels = np.unique(targets["train"])
    if len(levels) < 2:
        raise _error(
            path,
            f"one class only: {levels[0]}",
            f"una sola clase: {levels[0]}",
            tr(
                "A model needs at least two classes to tell apart.",
                "Un modelo necesita al menos dos clases que distinguir.",
            ),
        )
    levels = levels if width is None else np.arange(width)
    if names is not None:
        names = names.astype(str).ravel()
        if levels.dtype.kind in "biu" and levels[0] >= 0 and levels[-1] < len(names):
            levels = np.arange(len(names))
        elif len(names) != len(levels):
            raise _error(
                path,
                f"classes has {len(names)} names but there are {len(levels)} labels",
                f"classes tiene {len(names)} nombres pero hay {len(levels)} etiquetas",
                tr(
                    "Give each class one name, in the order of their numbers.",
                    "Dé un nombre a cada clase, en el orden de sus números.",
                ),
            )
    if levels.dtype.kind == "U" or not np.array_equal(levels, np.arange(len(levels))):
        listed = ", ".join(map(str, levels[:10])) + (" …" if len(levels) > 10 else "")
        last = len(levels) - 1
        notes.append(
            tr(
                f"The labels {listed} became classes 0 to {last}.",
                f"Las etiquetas {listed} se convirtieron en las clases 0 a {last}.",
            )
        )
    numbered = {split: _numbered(y, levels, f"y ({split})", path) for split, y in targets.items()}
    return numbered, tuple(map(str, levels if names is None else names)), notes


def _check_labels(y: Array, path: Path) -> None:
    fractions = y.dtype.kind == "f" and not (np.isfinite(y) & (y == np.round(y))).all()
    if y.ndim != 1 or fractions:
        raise _error(
            path,
            f"the targets {y.dtype} {y.shape} are not class numbers",
            f"los objetivos {y.dtype} {y.shape} no son números de clase",
            tr(
                "Give a whole number or a text per sample, or one-hot rows.",
                "Use un entero o un texto por muestra, o filas one-hot.",
            ),
        )


def _numbered(y: Array, levels: Array, name: str, path: Path) -> Array:
    """Each label's place in ``levels``, which are sorted."""
    comparable = (y.dtype.kind == "U") == (levels.dtype.kind == "U")
    numbers = np.searchsorted(levels, y).clip(max=len(levels) - 1) if comparable else np.zeros(len(y), np.int64)
    unknown = np.unique(y[levels[numbers] != y] if comparable else y)
    if len(unknown):
        listed = ", ".join(map(str, unknown[:10]))
        raise _error(
            path,
            f"{name} has labels that the training targets lack: {listed}",
            f"{name} tiene etiquetas que faltan en los objetivos de entrenamiento: {listed}",
            tr("Every class must occur in training.", "Cada clase debe aparecer en el entrenamiento."),
        )
    return numbers.astype(np.int64)
