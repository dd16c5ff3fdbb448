"""A user's own table: what its columns mean, which one is predicted, and what had to be decided on the way.

The rules, so that nobody is surprised (each decision is also written into the data set's notes):

- A column is a *number* if at least 90 % of its present values are; the others become missing. Otherwise it is a
  *category*.
- A text column with more than 20 different values that fill more than half of its rows names things rather than
  describing them (names, tickets), and is left out; so are empty columns and a column called id, index or
  nothing at all that counts the rows.
- A target of texts means classification. So do at most 20 different whole numbers, each twice on average; any other
  numeric target means regression. ``task`` overrules this.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from hondo.core.arrays import Array, FloatArray
from hondo.core.errors import DataError, nearest
from hondo.core.language import tr
from hondo.data.dataset import Column, Dataset, Split, Task
from hondo.data.rows import UNNAMED, is_missing, read_rows, read_table, to_numbers

__all__ = ["encode_rows", "load_table", "read_rows"]

_NUMERIC_SHARE = 0.9
_MANY = 20
_SHOWN = 5


def load_table(path: Path, target: str, *, task: Task | None = None, separator: str | None = None) -> Dataset:
    """Load a CSV or TSV file and decide what its columns mean, as this module's rules say.

    Args:
        path: the file; its first line names the columns.
        target: the column to predict. Rows without it are left out.
        task: classification or regression; left out, it is read off the target.
        separator: between cells; left out, it is guessed.

    Returns:
        ``x`` float64 ``(rows, features)`` with categories as their numbers and missing values as NaN.

    Raises:
        DataError: if the file cannot be read, the target is not in it or cannot be learnt, or no feature is left.
    """
    table = read_table(path, separator)
    columns, lines, notes = table.columns, table.lines, list(table.notes)
    if target not in columns:
        raise DataError(
            tr(f"{path} has no column {target!r}", f"{path} no tiene la columna {target!r}"),
            nearest(target, columns),
        )
    present = ~is_missing(columns[target])
    if not present.all():
        rows = int((~present).sum())
        text, texto = f"Rows without {target!r}, left out: {rows}.", f"Filas sin {target!r}, que se omiten: {rows}."
        notes.append(tr(text, texto))
        lines = lines[present]
        columns = {title: values[present] for title, values in columns.items()}
    y, classes, target_notes = _target(target, columns[target], lines, task)
    found = _Found(lines)
    understood = [found.understand(title, values) for title, values in columns.items() if title != target]
    kept = [each for each in understood if each is not None]
    if not kept:
        raise DataError(
            tr(
                f"{path} has no feature besides the target {target!r}",
                f"{path} no tiene ninguna característica aparte del objetivo {target!r}",
            ),
            " ".join(found.notes()) or tr("Check the separator.", "Revise el separador."),
        )
    return Dataset(
        name=path.stem,
        task="classification" if classes else "regression",
        kind="table",
        train=Split(np.column_stack([values for _, values in kept]), y),
        classes=classes,
        features=tuple(column for column, _ in kept),
        target=target,
        source=str(path),
        notes=(*notes, *target_notes, *found.notes()),
    )


@dataclass
class _Found:
    """What turns up while columns are being understood, gathered for the notes."""

    lines: Array
    missing: dict[str, int] = field(default_factory=dict)
    strays: dict[str, str] = field(default_factory=dict)
    mixed: dict[str, str] = field(default_factory=dict)
    constant: list[str] = field(default_factory=list)
    counting: list[str] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)

    def understand(self, title: str, values: Array) -> tuple[Column, FloatArray] | None:
        """One column and its values as float64 ``(rows,)``; None if it is left out."""
        numbers = to_numbers(values)
        numeric = ~np.isnan(numbers)
        present = numeric if numeric.all() else ~is_missing(values)
        if not present.any():
            self.left_out[title] = tr("empty", "vacía")
            return None
        if numeric.all() and _counts_rows(numbers, self.lines):
            if _names_rows(title):
                self.left_out[title] = tr("numbers the rows", "numera las filas")
                return None
            self.counting.append(title)
        if numeric.sum() >= _NUMERIC_SHARE * present.sum():
            column = Column(title)
            odd = present & ~numeric
            if odd.any():
                self.strays[title] = _some(values, self.lines, odd)
        else:
            names = sorted(set(values[present]))
            if len(names) > max(_MANY, present.sum() / 2):
                self.left_out[title] = tr(f"{len(names)} different texts", f"{len(names)} textos distintos")
                return None
            column = Column(title, "category", tuple(names))
            if numeric.any():
                self.mixed[title] = _some(values, self.lines, numeric)
            codes = {text: float(number) for number, text in enumerate(names)}
            numbers = np.array([codes.get(text, np.nan) for text in np.where(present, values, "")])
        gaps = int(np.isnan(numbers).sum())
        if gaps:
            self.missing[title] = gaps
        if len(np.unique(numbers[~np.isnan(numbers)])) == 1:
            self.constant.append(title)
        return column, numbers

    def notes(self) -> list[str]:
        """What the reader should know, a sentence for each kind of finding."""
        notes = []
        if self.left_out:
            listed = ", ".join(f"{title} ({why})" for title, why in self.left_out.items())
            notes.append(tr(f"Columns left out: {listed}.", f"Columnas que se omiten: {listed}."))
        for title, values in self.strays.items():
            text = f"{title!r} is a column of numbers; these values count as missing: {values}."
            notes.append(
                tr(text, f"{title!r} es una columna de números; estos valores cuentan como ausentes: {values}.")
            )
        for title, values in self.mixed.items():
            text = f"{title!r} is a column of categories, since too few values are numbers; these are: {values}."
            texto = f"{title!r} es una columna de categorías, pues pocos valores son números; lo son: {values}."
            notes.append(tr(text, texto))
        if self.missing:
            listed = ", ".join(f"{title} {count}" for title, count in self.missing.items())
            notes.append(tr(f"Missing values: {listed}.", f"Valores ausentes: {listed}."))
        if self.constant:
            listed = ", ".join(self.constant)
            notes.append(tr(f"Columns with a single value: {listed}.", f"Columnas con un solo valor: {listed}."))
        if self.counting:
            listed = ", ".join(self.counting)
            text = f"Columns that count the rows; they may give the target away if the rows are sorted: {listed}."
            texto = (
                f"Columnas que cuentan las filas; pueden delatar el objetivo si las filas están ordenadas: {listed}."
            )
            notes.append(tr(text, texto))
        return notes


def _counts_rows(numbers: FloatArray, lines: Array) -> bool:
    """Whether each number is one more than that of the line before."""
    return len(numbers) > 2 and len(np.unique(numbers - lines)) == 1


def _names_rows(title: str) -> bool:
    """Whether a column is called as row numbers are: not at all, id, index, PassengerId, Unnamed: 0 …"""
    named_id = re.search(r"(^|[^A-Za-z])id$|Id$|ID$", title) is not None
    return named_id or title.lower() in ("index", "row") or title.startswith((UNNAMED, "Unnamed"))


def _some(values: Array, lines: Array, chosen: Array) -> str:
    """A few of the values with their lines: ``'abc' (line 7), …``."""
    line = tr("line", "línea")
    rows = np.flatnonzero(chosen)
    shown = ", ".join(f"{values[row]!r} ({line} {lines[row]})" for row in rows[:_SHOWN])
    return shown + (" …" if len(rows) > _SHOWN else "")


def _target(title: str, values: Array, lines: Array, task: Task | None) -> tuple[Array, tuple[str, ...], list[str]]:
    """The targets, the classes' names (none for regression) and notes."""
    numbers = to_numbers(values)
    strays = np.isnan(numbers)
    distinct = len(set(values if strays.any() else numbers))
    if distinct < 2:
        raise DataError(
            tr(
                f"the target {title!r} has too few different values: {distinct}",
                f"el objetivo {title!r} tiene muy pocos valores distintos: {distinct}",
            ),
            tr("At least two are needed.", "Hacen falta al menos dos."),
        )
    mostly_numbers = strays.sum() <= (1 - _NUMERIC_SHARE) * len(values) and distinct > _MANY
    if strays.any() and (task == "regression" or (task is None and mostly_numbers)):
        shown = _some(values, lines, strays)
        raise DataError(
            tr(
                f"the target {title!r} has values that are not numbers: {shown}",
                f"el objetivo {title!r} tiene valores que no son números: {shown}",
            ),
            tr(
                "Correct or remove them, or set task: classification.",
                "Corríjalos o quítelos, o indique task: classification.",
            ),
        )
    whole = not strays.any() and bool((numbers == np.round(numbers)).all())
    few = whole and distinct <= _MANY and distinct * 2 <= len(values)
    if task == "regression" or (task is None and not strays.any() and not few):
        return numbers, (), []
    if task is None and distinct > max(_MANY, len(values) / 2):
        raise DataError(
            tr(
                f"the target {title!r} has {distinct} different texts in {len(values)} rows",
                f"el objetivo {title!r} tiene {distinct} textos distintos en {len(values)} filas",
            ),
            tr("Name a column whose values repeat.", "Indique una columna cuyos valores se repitan."),
        )
    y, classes, notes = _classes(values, numbers)
    if task is None and few:
        text = f"{title!r} has {distinct} different whole numbers, taken as classes (else set task: regression)."
        texto = f"{title!r} tiene {distinct} enteros distintos, tomados como clases (si no, indique task: regression)."
        notes.append(tr(text, texto))
    return y, classes, notes


def _classes(values: Array, numbers: FloatArray) -> tuple[Array, tuple[str, ...], list[str]]:
    """Class numbers, in the order of values where all are numbers and else of texts, and the classes' names."""
    if np.isnan(numbers).any():
        classes = tuple(sorted(set(values)))
        codes = {name: code for code, name in enumerate(classes)}
        y = np.array([codes[value] for value in values])
    else:
        levels, y = np.unique(numbers, return_inverse=True)
        classes = tuple(str(int(level)) if level.is_integer() else str(level) for level in levels.tolist())
    notes = []
    single = [name for name, count in zip(classes, np.bincount(y), strict=True) if count == 1]
    if single:
        listed = ", ".join(single)
        notes.append(tr(f"Classes with a single sample: {listed}.", f"Clases con una sola muestra: {listed}."))
    return y.astype(np.int64), classes, notes


def encode_rows(rows: pd.DataFrame | Sequence[Mapping[str, Any]], features: tuple[Column, ...]) -> FloatArray:
    """Turn rows to predict into what the model's preprocessing expects.

    Args:
        rows: a table or a list of rows, with at least the columns in ``features``; others are ignored.
        features: the columns that the model was trained on.

    Returns:
        float64 ``(rows, features)``; a missing value, or a category never seen, is NaN.

    Raises:
        DataError: if a column is missing, or holds something that is not a number where numbers are expected.

    Example:
        >>> city = Column("city", "category", ("Lima", "Quito"))
        >>> encode_rows([{"city": "Quito", "age": "30"}, {"city": "Lima", "age": None}], (Column("age"), city))
        array([[30.,  1.],
               [nan,  0.]])
    """
    encoded = np.empty((len(rows), len(features)))
    for index, column in enumerate(features):
        values = _values(rows, column.name)
        if column.kind == "category":
            codes = {text: float(number) for number, text in enumerate(column.categories)}
            encoded[:, index] = [_code(value, codes) for value in values]
            continue
        encoded[:, index] = to_numbers(values)
        odd = np.isnan(encoded[:, index]) & ~is_missing(values)
        if odd.any():
            row = int(np.argmax(odd))
            where, value = _place(rows, row), values[row]
            raise DataError(
                tr(
                    f"{where}, column {column.name!r}: {value!r} is not a number",
                    f"{where}, columna {column.name!r}: {value!r} no es un número",
                ),
                tr(
                    "Give a finite number, or leave it empty if it is missing.",
                    "Indique un número finito, o déjelo vacío si falta.",
                ),
            )
    return encoded


def _values(rows: pd.DataFrame | Sequence[Mapping[str, Any]], name: str) -> Array:
    """One column's values as objects."""
    if isinstance(rows, pd.DataFrame):
        if name not in rows.columns:
            raise _no_column(name, map(str, rows.columns), "")
        return rows[name].to_numpy(dtype=object)
    values = np.empty(len(rows), dtype=object)
    for number, row in enumerate(rows):
        if name not in row:
            raise _no_column(name, row, _place(rows, number) + ": ")
        values[number] = row[name]
    return values


def _no_column(name: str, given: Any, place: str) -> DataError:
    return DataError(
        tr(f"{place}the column {name!r} is missing", f"{place}falta la columna {name!r}"),
        nearest(name, given),
    )


def _place(rows: pd.DataFrame | Sequence[Mapping[str, Any]], number: int) -> str:
    """Which row, in words: its line in the file where that is known."""
    if isinstance(rows, pd.DataFrame) and rows.index.name == "line":
        return tr(f"line {rows.index[number]}", f"línea {rows.index[number]}")
    return tr(f"row {number + 1}", f"fila {number + 1}")


def _code(value: Any, codes: Mapping[str, float]) -> float:
    """The number of a category; 3.0 also finds ``"3"``, since JSON and pandas turn whole numbers into such."""
    text = str(value).strip()
    if text not in codes and isinstance(value, float) and value.is_integer():
        text = str(int(value))
    return codes.get(text, np.nan)
