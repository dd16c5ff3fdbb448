"""Data sets too large to ship: looked for in the reader's folder, then in the cache, then fetched.

``HONDO_DATA`` names a folder that is looked into first, so that a class without a network can hand the files round.
Downloads lie where Keras keeps its own (``KERAS_HOME``, else ``~/.keras``), since many readers already have them
there. What is downloaded is checked against a published checksum and never unpickled: that is why CIFAR comes in its
binary version and not through ``keras.datasets``.
"""

import contextlib
import errno
import io
import os
import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from hondo.core.errors import DataError
from hondo.core.folders import downloads_folder
from hondo.core.language import tr
from hondo.data.dataset import Dataset, Split

_PATIENCE = 60  # seconds without a byte before a download is given up
_FULL = {errno.ENOSPC, errno.EDQUOT}

Splits = tuple[Split, Split]


@dataclass(frozen=True)
class Download:
    """A file on the web, with its published checksum (MD5 or SHA-256, in hexadecimal)."""

    file: str
    url: str
    checksum: str


@dataclass(frozen=True)
class Source:
    """How to come by one set of pictures.

    Attributes:
        name: the set's name.
        shape: height, width and channels of a picture.
        classes: the classes' names, in the order of their numbers.
        sizes: how many training and test samples the whole set has.
        folders: names under which its folder or zip may go, in letters and digits only, lower case.
        find: given a folder, the set's own files in it, or an empty list; may raise DataError if some are missing.
        read: turns those files, or the downloaded ones, into training and test splits.
        downloads: what is fetched when it is nowhere else.
        subfolder: where downloads lie below Keras's ``datasets`` folder.
        files: the set's own files in words, for the error that asks for them.
    """

    name: str
    shape: tuple[int, int, int]
    classes: tuple[str, ...]
    sizes: tuple[int, int]
    folders: frozenset[str]
    find: Callable[[Path], Sequence[Path]]
    read: Callable[[Sequence[Path]], Splits]
    downloads: tuple[Download, ...]
    subfolder: str
    files: str


@dataclass(frozen=True)
class Found:
    """Files that hold a set: its own ones, or one folder or zip of pictures."""

    paths: tuple[Path, ...]
    pictures: bool = False


def obtain(source: Source) -> Dataset:
    """Load a set from ``HONDO_DATA``, from the cache or from the network, whichever has it first.

    Raises:
        DataError: if it is nowhere to be had, or the files found are damaged or of something else.
    """
    found = find_locally(source) or Found(tuple(_download(source, item) for item in source.downloads))
    if found.pictures:
        return _with_size_noted(source, _read_pictures(source, found.paths[0]))
    train, test = source.read(found.paths)
    data = Dataset(
        source.name, "classification", "image", train, test, classes=source.classes, target=tr("class", "clase")
    )
    return _with_size_noted(source, data)


def where(source: Source) -> Path | None:
    """Where the set lies on this machine, or None if it would have to be fetched. Touches no network."""
    found = find_locally(source)
    if found:
        return found.paths[0] if found.pictures or len(found.paths) == 1 else found.paths[0].parent
    cached = [_cache(source) / item.file for item in source.downloads]
    if not all(path.is_file() for path in cached):
        return None
    return cached[0] if len(cached) == 1 else cached[0].parent


def find_locally(source: Source) -> Found | None:
    """Look for the set in ``HONDO_DATA``: a folder with its name, a zip with its name, then the folder itself.

    Raises:
        DataError: if only some of the set's files are there.
    """
    root = data_folder()
    if root is None or not root.is_dir():
        return None
    named = _folders_named(root, source)
    named += [inner for folder in named for inner in _folders_named(folder, source)]
    for place in (*named, root):
        if own := source.find(place):
            return Found(tuple(own))
    for place in named:
        zips = [path for path in _entries(place) if path.suffix.lower() == ".zip"]
        if pictures := [place] if _picture_classes(place) else zips[:1]:
            return Found((pictures[0],), pictures=True)
    for path in _entries(root):
        if path.suffix.lower() == ".zip" and _goes_by(path.stem, source):
            return Found((path,), pictures=True)
    if _numbers(_picture_classes(root), source.classes) is not None:
        return Found((root,), pictures=True)
    return None


def data_folder() -> Path | None:
    """The folder that ``HONDO_DATA`` names, or None where it is not set."""
    chosen = os.environ.get("HONDO_DATA")
    return Path(chosen).expanduser() if chosen else None


def labels_in_range(labels: np.ndarray, classes: int, path: Path) -> np.ndarray:
    """The labels as int64 ``(samples,)``.

    Raises:
        DataError: if one of them is not the number of a class.
    """
    wrong = np.flatnonzero((labels < 0) | (labels >= classes))
    if len(wrong):
        value, row = labels[wrong[0]], wrong[0]
        raise DataError(
            tr(
                f"{path}: label {value} of sample {row} is not a class: they go from 0 to {classes - 1}",
                f"{path}: la etiqueta {value} de la muestra {row} no es una clase: van de 0 a {classes - 1}",
            ),
            tr("The file is damaged or of another data set.", "El archivo está dañado o es de otro conjunto de datos."),
        )
    return labels.astype(np.int64)


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _folders_named(folder: Path, source: Source) -> list[Path]:
    return [path for path in _entries(folder) if path.is_dir() and _goes_by(path.name, source)]


def _plain(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())


def _goes_by(name: str, source: Source) -> bool:
    return _plain(name).removesuffix("images") in source.folders


def _picture_classes(folder: Path) -> list[str]:
    """The names of the class folders in ``folder/train``."""
    return [path.name for path in _entries(folder / "train") if path.is_dir()]


def _numbers(found: Sequence[str], classes: tuple[str, ...]) -> list[int] | None:
    """The number of each class found, told by its name or by its number; None if they are other classes."""
    by_name = {_plain(name): number for number, name in enumerate(classes)}
    by_number = {str(number): number for number in range(len(classes))}
    for known in (by_name, by_number):
        numbers = [known.get(_plain(name)) for name in found]
        if set(numbers) == set(range(len(classes))) and len(found) == len(classes):
            return [number for number in numbers if number is not None]
    return None


def _read_pictures(source: Source, path: Path) -> Dataset:
    """Read a folder or zip of pictures, and number its classes as the set does."""
    from hondo.data.folder import load_image_folder  # here, since it brings OpenCV, which listing must not wait for

    data = load_image_folder(path, name=source.name)
    numbers = _numbers(data.classes, source.classes)
    if numbers is None:
        raise DataError(
            tr(
                f"{path}: its classes are not those of {source.name!r}: {_some(data.classes)}",
                f"{path}: sus clases no son las de {source.name!r}: {_some(data.classes)}",
            ),
            tr(
                f"Expected one folder per class: {_some(source.classes)}.",
                f"Se esperaba una carpeta por clase: {_some(source.classes)}.",
            ),
        )
    if data.input_shape != source.shape:
        came, expected = ("×".join(map(str, shape)) for shape in (data.input_shape, source.shape))
        raise DataError(
            tr(
                f"{path}: pictures of {came} came, not of {expected}",
                f"{path}: se recibieron imágenes de {came}, no de {expected}",
            ),
            tr(
                "To use your own pictures, give 'path' and not 'name'.",
                "Para usar sus propias imágenes, indique 'path' y no 'name'.",
            ),
        )
    order = np.asarray(numbers, dtype=np.int64)
    splits = {name: replace(split, y=order[split.y]) for name, split in data.splits.items()}
    return replace(data, **splits, classes=source.classes)


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:10]) + (", …" if len(names) > 10 else "")


def _with_size_noted(source: Source, data: Dataset) -> Dataset:
    """Say so where only a part of the set is there: results do not compare with published ones."""
    counts = len(data.train), len(data.test) if data.test else 0
    if counts == source.sizes:
        return data
    came, whole = (f"{train} + {test}" for train, test in (counts, source.sizes))
    return data.with_notes(
        tr(
            f"Only a part of {source.name} was found: {came} samples of {whole} (training + test).",
            f"Solo se encontró una parte de {source.name}: {came} muestras de {whole} (entrenamiento + prueba).",
        )
    )


def _cache(source: Source) -> Path:
    return downloads_folder() / source.subfolder


def _download(source: Source, item: Download) -> Path:
    """Fetch one file with a progress bar where there is a terminal, unless the cache has it; check it either way."""
    from hondo.core.backend import keras  # here, since it is slow and only a download needs it

    folder = _cache(source)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # Keras draws on the output stream, which belongs to whoever reads our results.
        progress = sys.stderr if sys.stderr.isatty() else io.StringIO()
        with contextlib.redirect_stdout(progress), _patience(_PATIENCE):
            path = keras.utils.get_file(item.file, item.url, cache_subdir=str(folder), file_hash=item.checksum)
    except OSError as error:
        if error.errno in _FULL or error.filename:  # trouble with a file, not with the network
            raise DataError(
                tr(f"{item.file!r} could not be written: {error}", f"No se pudo escribir {item.file!r}: {error}"),
                tr(
                    f"Free some space in {folder} or set KERAS_HOME to another folder.",
                    f"Libere espacio en {folder} o indique otra carpeta en KERAS_HOME.",
                ),
            ) from error
        raise _unreachable(source, folder, error) from error
    except ValueError as error:
        (folder / item.file).unlink(missing_ok=True)
        raise DataError(
            tr(
                f"What came from {item.url} is not the published {item.file!r} (wrong checksum)",
                f"Lo descargado de {item.url} no es el {item.file!r} publicado (la suma de comprobación no coincide)",
            ),
            tr("Try again; if it keeps happening, ", "Inténtelo de nuevo; si se repite, ") + _by_hand(source),
        ) from error
    except Exception as error:  # Keras raises a bare Exception when a server cannot be reached
        raise _unreachable(source, folder, error) from error
    return Path(path)


@contextlib.contextmanager
def _patience(seconds: float) -> Iterator[None]:
    """Give up on a silent server: Keras sets no time limit, and a download would hang for ever."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(seconds)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)


def _by_hand(source: Source) -> str:
    return tr(
        f"set HONDO_DATA to a folder that holds {source.files}, or a folder or zip of pictures called "
        f"{source.name!r} (train/class/picture and test/class/picture).",
        f"indique en HONDO_DATA una carpeta que contenga {source.files}, o una carpeta o un zip de imágenes llamado "
        f"{source.name!r} (train/clase/imagen y test/clase/imagen).",
    )


def _unreachable(source: Source, folder: Path, error: Exception) -> DataError:
    root = data_folder()
    if root is None:
        looked = tr("HONDO_DATA is not set", "HONDO_DATA no está definida")
    elif not root.is_dir():
        looked = tr(
            f"HONDO_DATA names {root}, which is not a folder", f"HONDO_DATA indica {root}, que no es una carpeta"
        )
    else:
        looked = tr(f"it is not in {root} (HONDO_DATA)", f"no está en {root} (HONDO_DATA)")
    return DataError(
        tr(
            f"{source.name!r} could not be fetched ({error}); {looked}, and the cache {folder} does not have it",
            f"no se pudo descargar {source.name!r} ({error}); {looked}, y la caché {folder} no lo tiene",
        ),
        tr(
            "Connect to the network once (it is then kept), or ",
            "Conéctese a la red una vez (después queda guardado) o ",
        )
        + _by_hand(source),
    )
