"""What takes space on the disk, and what of it may go: caches that are made again, and runs that were removed.

Only files that look like Hondo's own are counted and deleted in a cache, because its folder may be one that the reader
shares with other programs. Runs that are kept are never touched.
"""

import re
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from hondo.core.errors import StoreError
from hondo.core.folders import cache_folder, features_folder, formulas_folder, kernels_folder, programs_folder
from hondo.core.language import tr
from hondo.store.records import RunRecord
from hondo.store.removal import clear_removed
from hondo.store.runs import list_runs
from hondo.store.workspace import Workspace

Part = Literal["programs", "kernels", "features", "tables", "formulas", "removed", "leftovers"]
PARTS: tuple[Part, ...] = get_args(Part)

_OURS: dict[Part, re.Pattern[str]] = {
    "programs": re.compile(r".+-(cache|atime)|\.lockfile|xla_gpu_.+"),
    "kernels": re.compile(r"(\.unfinished-[0-9a-f]+-)?\w+-[0-9a-f]{16}\.o"),
    "features": re.compile(r"(\.unfinished-[0-9a-f]+-)?.+-[0-9a-f]{32}\.npy"),
    "tables": re.compile(r".+-[0-9a-f]{16}"),
    "formulas": re.compile(r"(\.unfinished-[0-9a-f]+-)?[0-9a-f]{24}\.html"),
    "leftovers": re.compile(r"[0-9a-f]{16}"),
}
_READ_WHILE_TRAINING: tuple[Part, ...] = ("features", "tables")
_SETTLED = 60.0  # seconds after which a removal that left something behind is over


@dataclass(frozen=True)
class Holding:
    """Something that takes space and may go.

    Attributes:
        part: which.
        folder: where it lies.
        size: bytes.
        count: how many files, folders or runs.
    """

    part: Part
    folder: Path
    size: int
    count: int


def size_of(path: Path) -> int:
    """How many bytes a file, or the files in a folder, take, as far as they can be seen; links are not followed."""
    total = 0
    with suppress(OSError):
        if path.is_symlink() or not path.is_dir():
            return path.lstat().st_size
        for each in path.iterdir():
            total += size_of(each)
    return total


def holdings(workspace: Workspace) -> list[Holding]:
    """What may go, in the order of :data:`PARTS`; parts that hold nothing are among them.

    Raises:
        StoreError: the database cannot be read.
    """
    found = []
    for part in PARTS:
        things = [run.folder for run in _removed(workspace)] if part == "removed" else list(_things(workspace, part))
        found.append(Holding(part, _folder(workspace, part), sum(map(size_of, things)), len(things)))
    return found


def clear(workspace: Workspace, part: Part) -> int:
    """Delete all that a part holds; what cannot be deleted, because a program uses it, stays.

    Returns:
        How many bytes that freed.

    Raises:
        StoreError: a training may be reading it, or the workspace cannot be written.
    """
    if part in _READ_WHILE_TRAINING and (busy := list_runs(workspace, "running")):
        raise StoreError(
            tr(f"{busy[0].name} is being trained and may need it", f"{busy[0].name} se está entrenando y puede usarlo"),
            tr("Nothing was deleted. Wait until it ends.", "No se borró nada. Espere a que termine."),
        )
    if part == "removed":
        before = sum(size_of(run.folder) for run in _removed(workspace))
        clear_removed(workspace, older_than=0.0)
        return before - sum(size_of(run.folder) for run in _removed(workspace))
    freed = 0
    for thing in list(_things(workspace, part)):
        before = size_of(thing)
        if thing.is_dir() and not thing.is_symlink():
            shutil.rmtree(thing, ignore_errors=True)
        else:
            with suppress(OSError):
                thing.unlink()
        freed += before - size_of(thing)
    return freed


def _removed(workspace: Workspace) -> list[RunRecord]:
    return list_runs(workspace, "removed")


def _folder(workspace: Workspace, part: Part) -> Path:
    return {
        "programs": programs_folder,
        "kernels": kernels_folder,
        "features": features_folder,
        "tables": lambda: cache_folder() / "tables",
        "formulas": formulas_folder,
        "removed": lambda: workspace.path("runs"),
        "leftovers": lambda: workspace.folder / "trash",
    }[part]()


def _things(workspace: Workspace, part: Part) -> Iterator[Path]:
    """The files and folders of a part that are Hondo's own."""
    folder = _folder(workspace, part)
    try:
        entries = sorted(folder.iterdir())
    except OSError:  # there is none, or it is an address rather than a folder
        return
    for each in entries:
        if _OURS[part].fullmatch(each.name) and (part != "leftovers" or _settled(each)):
            yield each


def _settled(path: Path) -> bool:
    """Whether something was put into the trash long enough ago that nobody puts it back any more."""
    try:
        state = path.lstat()
    except OSError:
        return False
    return time.time() - max(state.st_mtime, state.st_ctime) > _SETTLED
