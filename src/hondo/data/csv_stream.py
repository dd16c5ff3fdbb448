"""Tables larger than memory: converted once, part by part, into arrays on the disk that training can stream from.

What comes out is what :func:`hondo.data.table.load_table` gives. The conversion is kept in Hondo's cache folder for
as long as the file stays as it is.
"""

import hashlib
import json
import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib import format as npy_format

from hondo.core.arrays import Array, FloatArray
from hondo.core.errors import DataError
from hondo.core.files import cannot_write, write_atomically
from hondo.core.folders import cache_folder
from hondo.core.language import LANGUAGES, Language, language, tr, use_language
from hondo.data.arrays_on_disk import DiskRows, in_memory
from hondo.data.column_survey import ColumnSurvey, describe, encode_column
from hondo.data.dataset import Column, Dataset, Split, Task
from hondo.data.memory import held_bytes
from hondo.data.rows import TableFile, TextTable, commas_note, open_table, to_numbers
from hondo.data.table import (
    Target,
    Understood,
    check_target,
    kept_columns,
    side_by_side,
    target_titles,
    understand_target,
    with_targets,
    without_target_note,
)

MOST_TEXTS = 50_000
"""So many categories a column may have here; in memory there is no limit."""

_FORMAT = 1
_ROWS = 20_000
_LARGEST = 2**27
_READ_ONCE_MORE = 2  # of the memory that may be held, texts as Python objects take many times their bytes


def is_large_table(path: Path) -> bool:
    """Whether a text table is better converted than read into memory."""
    return path.stat().st_size > min(_LARGEST, held_bytes() // _READ_ONCE_MORE)


def load_large_table(path: Path, target: Target, *, task: Task | None = None, separator: str | None = None) -> Dataset:
    """Load a CSV or TSV file of any size; see :func:`hondo.data.table.load_table`.

    Args:
        path: the file; its first line names the columns.
        target: the column to predict, or several columns of numbers. Rows without it are left out.
        task: classification or regression; left out, it is read off the target.
        separator: between cells; left out, it is guessed.

    Returns:
        ``x`` float64 ``(rows, features)``, on the disk unless it fits in memory.

    Raises:
        DataError: as ``load_table`` does; also for a target of very many different texts.
        StoreError: if the cache folder cannot be written.
    """
    place = _place(path, target, task, separator)
    about = _converted(place, path)
    if about is None:
        about = _convert(path, target, task, separator, place)
    folder = place / about["folder"]
    x = np.load(folder / "x.npy", mmap_mode="r", allow_pickle=False)
    on_disk = x.nbytes > held_bytes()
    where = tr(f"Converted to numbers once, into {folder}.", f"Convertida a números una vez, en {folder}.")
    return Dataset(
        name=path.stem,
        task="classification" if about["classes"] else "regression",
        kind="table",
        train=Split(DiskRows(x) if on_disk else in_memory(x), np.load(folder / "y.npy", allow_pickle=False)),
        classes=tuple(about["classes"]),
        features=tuple(Column(each["name"], each["kind"], tuple(each["categories"])) for each in about["features"]),
        target=", ".join(target_titles(target)),
        targets=() if about["classes"] else target_titles(target),
        source=str(path),
        notes=(*about["notes"][language()], where),
    )


def column_names(path: Path) -> list[str]:
    """The names of a table's columns, from its first lines."""
    return list(next(open_table(path).parts(1)).columns)


def _place(path: Path, target: Target, task: Task | None, separator: str | None) -> Path:
    """Where the conversion of this file for this target lies."""
    key = json.dumps([str(path.resolve()), target, task, separator])
    return cache_folder() / "tables" / f"{path.stem[:40]}-{hashlib.sha256(key.encode()).hexdigest()[:16]}"


def _state_of(path: Path) -> list[int]:
    state = path.stat()
    return [_FORMAT, state.st_size, state.st_mtime_ns]


def _converted(place: Path, path: Path) -> dict[str, Any] | None:
    """What an earlier conversion wrote, if the file is still the same."""
    try:
        about = json.loads((place / "about.json").read_text(encoding="utf-8"))
        whole = about["of"] == _state_of(path) and all((place / about["folder"] / f"{n}.npy").exists() for n in "xy")
    except (OSError, ValueError, LookupError, TypeError):
        return None
    return about if whole else None


@dataclass
class _Targets:
    """The target column, gathered part by part: its numbers, and its texts as long as few of them differ."""

    numbers: list[FloatArray] = field(default_factory=list)
    codes: list[Array] = field(default_factory=list)
    lines: list[Array] = field(default_factory=list)
    texts: dict[str, int] | None = field(default_factory=dict)

    def add(self, values: Array, lines: Array) -> None:
        """Take up a part."""
        self.numbers.append(to_numbers(values))
        self.lines.append(lines)
        if self.texts is None:
            return
        texts = self.texts
        self.codes.append(np.array([texts.setdefault(value, len(texts)) for value in values], np.int32))
        if len(texts) > MOST_TEXTS:
            self.texts, self.codes = None, []

    def understand(self, title: str, task: Task | None) -> Understood:
        """The targets, the classes' names and notes; see :func:`understand_target`."""
        numbers, lines = np.concatenate(self.numbers), np.concatenate(self.lines)
        if self.texts is not None:
            values = np.array(list(self.texts), object)[np.concatenate(self.codes)]
        elif np.isnan(numbers).any() and task != "regression":
            raise DataError(
                tr(
                    f"the target {title!r} has more than {MOST_TEXTS} different texts",
                    f"el objetivo {title!r} tiene más de {MOST_TEXTS} textos distintos",
                ),
                tr("Name a column whose values repeat.", "Indique una columna cuyos valores se repitan."),
            )
        else:
            values = numbers
        return understand_target(title, values, numbers, lines, task)


def _convert(path: Path, target: Target, task: Task | None, separator: str | None, place: Path) -> dict[str, Any]:
    """Read the file twice: to understand its columns, and to write their numbers."""
    state, file = _state_of(path), open_table(path, separator)
    surveys: list[ColumnSurvey] = []
    titles, commas = target_titles(target), 0
    targets, rows_without = {title: _Targets() for title in titles}, 0
    for part in file.parts(_ROWS):
        commas += part.commas
        if not surveys:
            check_target(path, titles, part.columns)
            surveys = [ColumnSurvey(title, MOST_TEXTS) for title in part.columns if title not in titles]
        columns, lines = _with_target(part, titles)
        rows_without += len(part.lines) - len(lines)
        for title in titles:
            targets[title].add(columns[title], lines)
        for survey in surveys:
            survey.add(columns[survey.title], lines)
    kept = kept_columns(surveys, path, titles)
    asked = task if len(titles) == 1 else "regression"
    y, classes, _ = side_by_side([targets[title].understand(title, asked) for title in titles])
    notes: dict[Language, list[str]] = {}
    for each in LANGUAGES:
        with use_language(each):
            notes[each] = file.notes + ([commas_note(commas)] if commas else [])
            notes[each] += [without_target_note(titles, rows_without)] if rows_without else []
            notes[each] += side_by_side([targets[title].understand(title, asked) for title in titles])[2]
            notes[each] += describe(surveys)
    name = secrets.token_hex(6)
    about = {
        "of": state,
        "folder": name,
        "classes": classes,
        "features": [asdict(column) for column in kept],
        "notes": notes,
    }
    _write(file, titles, kept, y, place / name)
    write_atomically(place / "about.json", json.dumps(about, ensure_ascii=False))
    for other in place.iterdir():
        if other.is_dir() and other.name != name:
            shutil.rmtree(other, ignore_errors=True)
    return about


def _with_target(part: TextTable, titles: Sequence[str]) -> tuple[dict[str, Array], Array]:
    """The columns and lines of a part's rows that have every target."""
    present = with_targets(part.columns, titles)
    if present.all():
        return part.columns, part.lines
    return {title: values[present] for title, values in part.columns.items()}, part.lines[present]


def _write(file: TableFile, titles: Sequence[str], kept: tuple[Column, ...], y: Array, folder: Path) -> None:
    """Write ``x.npy`` part by part, and ``y.npy``."""
    try:
        folder.mkdir(parents=True)
        with (folder / "x.npy").open("wb") as out:
            header = {"descr": "<f8", "fortran_order": False, "shape": (len(y), len(kept))}
            npy_format.write_array_header_1_0(out, header)
            for rows in _encoded(file, titles, kept):
                out.write(rows.astype("<f8", copy=False).tobytes())
        np.save(folder / "y.npy", y, allow_pickle=False)
    except OSError as error:
        with suppress(OSError):
            shutil.rmtree(folder)
        raise cannot_write(folder, error) from error


def _encoded(file: TableFile, titles: Sequence[str], kept: tuple[Column, ...]) -> Iterator[FloatArray]:
    for part in file.parts(_ROWS):
        columns, _ = _with_target(part, titles)
        yield np.column_stack([encode_column(column, columns[column.name]) for column in kept])
