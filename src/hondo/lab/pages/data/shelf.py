"""The data sets that were opened last, so that a second look at one is quick; bounded in number and memory."""

import os
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from hondo.core.errors import DataError, nearest
from hondo.core.language import Language, language, tr
from hondo.core.spec import DataSpec
from hondo.data import catalogue
from hondo.data.catalogue import Entry
from hondo.data.csv_stream import column_names
from hondo.data.dataset import Dataset
from hondo.data.describe import Description, describe
from hondo.data.duplicates import Duplicates, find_duplicates
from hondo.data.load import load_to_look
from hondo.data.pictures import LazyPictures
from hondo.lab.here import here
from hondo.lab.uploads import SUFFIXES, checked_name, uploads_folder
from hondo.store.workspace import Workspace

TABLES = (".csv", ".tsv", ".txt")
_MOST, _MOST_BYTES = 8, 400_000_000
_HELD = 64_000_000  # bytes of decoded pictures of an upload that are held; more are read on demand
_LAZY_VALUES = 24_000_000  # decoding takes its time

Result = TypeVar("Result")
Key = tuple[str, str, str | None, Language]


@dataclass(frozen=True)
class Source:
    """A data set that there is, before it is loaded.

    Attributes:
        name: as in its page's address: that of the catalogue, or the uploaded file's.
        version: changes when its content does.
        entry: its line in the catalogue; None for an upload.
        path: the uploaded file.
        target: the column to predict, for a table.
    """

    name: str
    version: str
    entry: Entry | None = None
    path: Path | None = None
    target: str | None = None

    @property
    def part(self) -> dict[str, Any]:
        """The ``data`` part of a spec that names it."""
        if self.path is None:
            return {"name": self.name}
        shown = {"path": f"uploads/{self.name}"}
        return {**shown, "target": self.target} if self.target is not None else shown

    @property
    def spec(self) -> DataSpec:
        """The same for this machine."""
        part = {**self.part, "path": str(self.path)} if self.path is not None else self.part
        return DataSpec.model_validate(part)

    @property
    def table(self) -> bool:
        """Whether it is an uploaded table, whose target somebody has to choose."""
        return self.path is not None and self.path.suffix.lower() in TABLES


@dataclass
class Opened:
    """A loaded data set, and what was found out about it so far."""

    source: Source
    dataset: Dataset
    lock: threading.Lock = field(default_factory=threading.Lock)

    @cached_property
    def description(self) -> Description:
        """It in numbers; takes a while the first time."""
        if self.dataset.train.lazy and self.dataset.kind == "image":
            return describe(self.dataset, most_values=_LAZY_VALUES)
        return describe(self.dataset)

    @cached_property
    def duplicates(self) -> Duplicates:
        """Its duplicates; takes a while the first time."""
        return find_duplicates(self.dataset)

    @property
    def held(self) -> int:
        """About how many bytes it takes."""
        arrays = [part.x for part in self.dataset.splits.values() if isinstance(part.x, np.ndarray)]
        return sum(each.nbytes for each in arrays)

    def close(self) -> None:
        """Let go of the files that are still read."""
        for part in self.dataset.splits.values():
            if isinstance(part.x, LazyPictures):
                part.x.files.close()


_opened: OrderedDict[Key, Opened] = OrderedDict()
_lock = threading.Lock()
_loading: dict[Key, threading.Lock] = {}


def uploads(workspace: Workspace) -> list[Path]:
    """The uploaded data, the newest first."""
    folder = uploads_folder(workspace)
    found = [path for path in folder.glob("*") if path.suffix.lower() in SUFFIXES and _usable(path)]
    return sorted(found, key=lambda path: -path.stat().st_mtime)


def _usable(path: Path) -> bool:
    try:
        return checked_name(path.name) == path.name and path.is_file() and not path.is_symlink()
    except DataError:
        return False


def find(workspace: Workspace, name: str, target: str | None = None) -> Source:
    """The data set of that name.

    Args:
        workspace: where uploads lie.
        name: of the catalogue, or of an uploaded file.
        target: which column of a table to predict; left out, the last one.

    Raises:
        DataError: there is none, or it is a table that cannot be read.
    """
    if name in catalogue.names():
        return Source(name, version("hondo"), catalogue.entry(name))
    path = uploads_folder(workspace) / name
    if Path(name).suffix.lower() not in SUFFIXES or not _usable(path):
        known = [*catalogue.names(), *(each.name for each in uploads(workspace))]
        raise DataError(
            tr(f"no data set is called {name!r}", f"ningún conjunto de datos se llama {name!r}"), nearest(name, known)
        )
    state = path.stat()
    source = Source(name, f"{state.st_mtime_ns:x}-{state.st_size:x}", path=path, target=target)
    if source.table and target is None:
        return Source(name, source.version, path=path, target=column_names(path)[-1])
    return source


def opened(source: Source) -> Opened | None:
    """A data set that is open already."""
    key = _key(source)
    with _lock:
        if key in _opened:
            _opened.move_to_end(key)
            return _opened[key]
    return None


def open_source(source: Source) -> Opened:
    """A data set, loaded unless it was before; takes a while, so not in the event loop.

    Raises:
        DataError, SpecError: it cannot be loaded.
    """
    key = _key(source)
    with _lock:
        loading = _loading.setdefault(key, threading.Lock())
    with loading:
        if (found := opened(source)) is not None:
            return found
        if source.entry is not None and not catalogue.is_available(source.name):
            raise DataError(
                tr(f"{source.name} is not on this machine yet", f"{source.name} aún no está en este equipo")
            )
        made = Opened(source, load_to_look(source.spec, memory_limit=_HELD))
        with _lock:
            _opened[key] = made
            _loading.pop(key, None)
            _shrink()
        return made


def described(source: Source) -> Opened:
    """As :func:`open_source`, its description computed."""
    found = open_source(source)
    with found.lock:
        _ = found.description
    return found


def with_duplicates(source: Source) -> Duplicates:
    """Its duplicates; takes a while."""
    found = open_source(source)
    with found.lock:
        return found.duplicates


def forget(name: str) -> None:
    """Close a data set that goes, in all languages and with all targets."""
    with _lock:
        for key in [key for key in _opened if key[0] == name]:
            _opened.pop(key).close()


def without_folder(words: str) -> str:
    """An error's words with uploaded files called by their names alone."""
    return words.replace(f"{uploads_folder(here())}{os.sep}", "")


def _key(source: Source) -> Key:
    return source.name, source.version, source.target, language()


def _shrink() -> None:
    """Close what was not looked at for longest; a picture that is being read from it fails and is asked for again."""
    while len(_opened) > _MOST or (len(_opened) > 1 and sum(each.held for each in _opened.values()) > _MOST_BYTES):
        _, oldest = _opened.popitem(last=False)
        oldest.close()
