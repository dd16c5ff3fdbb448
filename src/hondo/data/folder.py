"""A user's own pictures: a folder, or a zip of one, with a folder for each class.

Accepted are ``class/picture`` and ``train/class/picture`` beside ``test/`` and ``validation/`` (also called ``val`` or
``valid``), below any number of single wrapping folders, as many zips have them.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Literal

import numpy as np

from hondo.core.errors import DataError
from hondo.core.language import tr
from hondo.data.damage import Damage
from hondo.data.dataset import Dataset, Split
from hondo.data.files import Files, FolderFiles, ZipFiles
from hondo.data.memory import held_bytes
from hondo.data.pictures import (
    PICTURE_SUFFIXES,
    Channels,
    Header,
    LazyPictures,
    glimpse_picture,
)
from hondo.data.pixels import Size
from hondo.data.threads import in_threads

OnCorrupt = Literal["refuse", "skip"]

_SPLITS = {
    "train": "train", "training": "train", "test": "test", "testing": "test",
    "validation": "validation", "valid": "validation", "val": "validation",
}  # fmt: skip


@dataclass
class _Folder:
    """A folder while the listing is being sorted out: its own pictures, and the folders in it."""

    pictures: list[str] = field(default_factory=list)
    folders: dict[str, "_Folder"] = field(default_factory=dict)

    def all_pictures(self) -> list[str]:
        """Its pictures and those of every folder below it."""
        return self.pictures + [name for each in self.folders.values() for name in each.all_pictures()]


def _tree(names: Iterable[str]) -> _Folder:
    root = _Folder()
    for name in sorted(names):
        *folders, last = name.split("/")
        place = root
        for each in folders:
            place = place.folders.setdefault(each, _Folder())
        if last and PurePosixPath(last).suffix.lower() in PICTURE_SUFFIXES:
            place.pictures.append(name)
    return root


_Layout = dict[str, dict[str, list[str]]]  # split → class → pictures


def _layout(names: Iterable[str], path: Path) -> tuple[_Layout, list[str]]:
    """Which picture belongs to which class of which split, and notes on what was left aside.

    Raises:
        DataError: if there are no classes, only one, empty ones, or splits that disagree.
    """
    root, notes = _tree(names), []
    if not root.all_pictures():
        raise _no_layout(path, tr("no pictures", "no hay imágenes"))
    while len(root.folders) == 1 and not root.pictures:
        (name, child), *_ = root.folders.items()
        if name.lower() in _SPLITS or not child.folders:
            break
        root = child
    splits = _split_folders(root, path)
    aside = [] if splits["train"] is root else [each for each in root.folders if each.lower() not in _SPLITS]
    if aside:
        listed = ", ".join(aside)
        notes.append(tr(f"Not used, beside train/: {listed}.", f"No se usan, junto a train/: {listed}."))
    layout: _Layout = {}
    for split, folder in splits.items():
        if folder.folders:
            layout[split] = {each: folder.folders[each].all_pictures() for each in _sorted_classes(folder.folders)}
        elif split == "train":
            raise _no_layout(path, tr("pictures without a class folder", "imágenes sin carpeta de clase"))
        if strays := len(folder.pictures):
            text = f"Pictures of {split} in no class folder, left out: {strays}."
            texto = f"Imágenes de {split} fuera de las carpetas de clases, que se omiten: {strays}."
            notes.append(tr(text, texto))
    _check_classes(layout, path)
    return layout, notes


def _sorted_classes(names: Iterable[str]) -> list[str]:
    """By number where all names are numbers, else by letter."""
    names = list(names)
    return sorted(names, key=int) if all(name.isdecimal() for name in names) else sorted(names)


def _split_folders(root: _Folder, path: Path) -> dict[str, _Folder]:
    found: dict[str, _Folder] = {}
    for name, folder in root.folders.items():
        split = _SPLITS.get(name.lower())
        if split in found and split is not None:
            raise DataError(
                tr(f"{path} has two folders for {split}", f"{path} tiene dos carpetas para {split}"),
                tr("Merge them or rename one.", "Únalas o cambie el nombre de una."),
            )
        if split is not None:
            found[split] = folder
    if "train" in found:
        return {split: found[split] for split in ("train", "validation", "test") if split in found}
    if found and len(found) == len(root.folders):
        raise _no_layout(path, tr("no train folder", "falta la carpeta train"))
    return {"train": root}


def _no_layout(path: Path, found: str) -> DataError:
    return DataError(
        tr(f"{path} holds {found}", f"{path}: {found}"),
        tr(
            "Expected one folder per class: class/picture.jpg, or train/class/picture.jpg and test/class/picture.jpg.",
            "Se esperaba una carpeta por clase: clase/imagen.jpg, o train/clase/imagen.jpg y test/clase/imagen.jpg.",
        ),
    )


def _check_classes(layout: Mapping[str, Mapping[str, Sequence[str]]], path: Path) -> None:
    """Refuse empty classes, a single class, and splits whose classes differ."""
    train = layout["train"]
    empty = [f"{split}/{name}" for split, classes in layout.items() for name in classes if not classes[name]]
    if empty:
        listed = ", ".join(empty)
        raise DataError(
            tr(
                f"{path} has classes without readable pictures: {listed}",
                f"{path} tiene clases sin imágenes legibles: {listed}",
            ),
            tr("Fill these folders or remove them.", "Llene esas carpetas o quítelas."),
        )
    if len(train) < 2:
        (only,) = train
        raise DataError(
            tr(f"{path} has one class only: {only!r}", f"{path} tiene una sola clase: {only!r}"),
            tr(
                "A model needs at least two classes to tell apart.",
                "Un modelo necesita al menos dos clases que distinguir.",
            ),
        )
    for split, classes in layout.items():
        if odd := sorted(set(classes) ^ set(train)):
            listed = ", ".join(odd)
            raise DataError(
                tr(
                    f"train and {split} do not have the same classes: {listed}",
                    f"train y {split} no tienen las mismas clases: {listed}",
                ),
                tr("Each class needs a folder in every split.", "Cada clase necesita una carpeta en cada partición."),
            )


@dataclass(frozen=True)
class _Survey:
    """What a look at each file's ends has shown, by name.

    Attributes:
        headers: of the pictures that seem whole.
        marks: what equal files share.
        errors: what is wrong with the others.
    """

    headers: dict[str, Header]
    marks: dict[str, bytes]
    errors: dict[str, DataError]


def _survey(files: Files, names: Sequence[str]) -> _Survey:
    """Look at both ends of each file; what lies between is read when it is decoded."""

    def look(name: str) -> tuple[Header, bytes] | DataError:
        try:
            return glimpse_picture(files, name)
        except DataError as error:
            return error

    survey = _Survey({}, {}, {})
    for name, outcome in zip(names, in_threads(look, names), strict=True):
        if isinstance(outcome, DataError):
            survey.errors[name] = outcome
        else:
            survey.headers[name], survey.marks[name] = outcome
    return survey


def _common_size(headers: Iterable[Header], wanted: Size | None) -> tuple[Size, str]:
    """The size that all pictures will have, and a note if some had to be resized."""
    sizes = Counter(header.size for header in headers)
    size = wanted or sizes.most_common(1)[0][0]
    changed = sizes.total() - sizes[size]
    if not changed:
        return size, ""
    height, width = size
    return size, tr(
        f"Pictures of another size, resized to {height}×{width} (height × width): {changed} of {sizes.total()}.",
        f"Imágenes de otro tamaño, redimensionadas a {height}×{width} (alto × ancho): {changed} de {sizes.total()}.",
    )


def _skipped_note(errors: Mapping[str, DataError]) -> str:
    shown, more = ", ".join(list(errors)[:20]), len(errors) - 20
    rest = tr(f" and {more} more", f" y {more} más") if more > 0 else ""
    return tr(
        f"Damaged or unreadable pictures, left out ({len(errors)}): {shown}{rest}.",
        f"Imágenes dañadas o ilegibles, que se omiten ({len(errors)}): {shown}{rest}.",
    )


def _lazy_note(decoded: int) -> str:
    gigabytes = f"{decoded / 1e9:.1f} GB"
    return tr(
        f"Decoded, the pictures take {gigabytes}, so they are read on demand; smaller ones train faster.",
        f"Decodificadas, las imágenes ocupan {gigabytes} y se leen al usarlas; si son menores, se entrena antes.",
    )


def _opened(path: Path) -> Files:
    return FolderFiles(path) if path.is_dir() else ZipFiles(path)


@dataclass(frozen=True)
class FolderLook:
    """What a folder of pictures holds, read off the files' names and heads without decoding any.

    Attributes:
        counts: whole pictures by split (``train`` where there are no splits) and class.
        sizes: how many pictures have each height and width.
        grey: how many have no colour.
        damaged: what is wrong with the others, by name.
        notes: what was left aside.
    """

    counts: dict[str, dict[str, int]]
    sizes: Counter[Size]
    grey: int
    damaged: dict[str, DataError]
    notes: tuple[str, ...] = ()


def look_at_folder(path: Path) -> FolderLook:
    """Look at a folder or zip of pictures before it is loaded.

    Raises:
        DataError: as :func:`load_image_folder` does for a layout that is not one of the expected ones.
    """
    files = _opened(path)
    try:
        layout, notes = _layout(files.names(), path)
        survey = _survey(files, _names(layout))
    finally:
        files.close()
    whole = _without(layout, survey.errors, path)
    counts = {split: {each: len(names) for each, names in classes.items()} for split, classes in whole.items()}
    headers = survey.headers.values()
    sizes = Counter(header.size for header in headers)
    return FolderLook(counts, sizes, sum(header.grey for header in headers), survey.errors, tuple(notes))


def load_image_folder(
    path: Path,
    *,
    name: str | None = None,
    size: Size | None = None,
    on_corrupt: OnCorrupt = "skip",
    memory_limit: int | None = None,
) -> Dataset:
    """Load pictures from a folder or zip with a folder for each class.

    All pictures get one size: ``size`` where given; else the size they share; else the commonest one, which a note
    says. A folder of grey pictures gives one channel; grey ones among colour become RGB.

    Args:
        path: the folder or zip.
        name: what the data set is called; left out, as the folder is.
        size: height and width in pixels.
        on_corrupt: what to do about damaged pictures: leave them out and say so in the notes, or refuse all. Where
            pictures are read on demand, damage inside of a file shows only then: it is noted and gives a black row
            that training replaces (see :mod:`hondo.data.damage`), or it is an error.
        memory_limit: decoded pictures of up to this many bytes are held in memory, more are read on demand; left
            out, it depends on the memory that is free (see :mod:`hondo.data.memory`).

    Returns:
        Pictures as uint8 ``(samples, height, width, channels)`` with their paths relative to ``path``.

    Raises:
        DataError: if the layout is not one of the expected ones, a class is empty, there is one class only, or the
            zip is damaged, encrypted or points outside of itself.
    """
    files = _opened(path)
    with ExitStack() as open_files:
        open_files.callback(files.close)
        dataset = _load(files, path, size, on_corrupt, held_bytes() if memory_limit is None else memory_limit)
        if dataset.train.lazy:
            open_files.pop_all()
    return replace(dataset, name=name) if name else dataset


def _load(files: Files, path: Path, wanted: Size | None, on_corrupt: OnCorrupt, memory_limit: int) -> Dataset:
    layout, notes = _layout(files.names(), path)
    survey = _survey(files, _names(layout))
    headers, errors = survey.headers, survey.errors
    _refuse(errors, on_corrupt, path)
    layout = _without(layout, errors, path)
    size, resized = _common_size([headers[name] for name in _names(layout)], wanted)
    channels: Channels = 1 if all(headers[name].grey for name in _names(layout)) else 3
    decoded = len(_names(layout)) * size[0] * size[1] * channels
    classes = tuple(layout["train"])
    splits: dict[str, Split] = {}
    damage = Damage() if on_corrupt == "skip" else None
    for split, pictures in layout.items():
        names = tuple(name for each in classes for name in pictures[each])
        labels = np.repeat(np.arange(len(classes), dtype=np.int64), [len(pictures[each]) for each in classes])
        source = LazyPictures(files, names, size, channels, damage, tuple(survey.marks[name] for name in names))
        if decoded > memory_limit:
            splits[split] = Split(source, labels, names)
            continue
        x, damaged = source.decode()
        errors |= {names[row]: error for row, error in damaged}
        splits[split] = Split(x, labels, names)
        if damaged:
            splits[split] = splits[split].take(np.delete(np.arange(len(names)), [row for row, _ in damaged]))
    _refuse(errors, on_corrupt, path)
    _without(layout, errors, path)
    notes += [resized] if resized else []
    notes += [_skipped_note(errors)] if errors else []
    notes += [_lazy_note(decoded)] if splits["train"].lazy else []
    return Dataset(
        name=path.resolve().name if path.is_dir() else path.stem,
        task="classification",
        kind="image",
        train=splits["train"],
        test=splits.get("test"),
        validation=splits.get("validation"),
        classes=classes,
        target=tr("class", "clase"),
        source=str(path),
        notes=tuple(notes),
    )


def _names(layout: _Layout) -> list[str]:
    return [name for classes in layout.values() for pictures in classes.values() for name in pictures]


def _without(layout: _Layout, errors: Mapping[str, DataError], path: Path) -> _Layout:
    """The layout without damaged pictures, checked again."""
    left = {
        split: {each: [name for name in pictures if name not in errors] for each, pictures in classes.items()}
        for split, classes in layout.items()
    }
    _check_classes(left, path)
    return left


def _refuse(errors: Mapping[str, DataError], on_corrupt: OnCorrupt, path: Path) -> None:
    if errors and on_corrupt == "refuse":
        first = next(iter(errors.values()))
        raise DataError(
            tr(
                f"{path} has unreadable pictures ({len(errors)}): {first.message}",
                f"{path} tiene imágenes ilegibles ({len(errors)}): {first.message}",
            ),
            tr("Replace or remove them, or let them be skipped.", "Sustitúyalas o quítelas, o permita que se omitan."),
        ) from first
