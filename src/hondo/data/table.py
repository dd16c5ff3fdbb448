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

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from hondo.core.arrays import Array, FloatArray
from hondo.core.errors import DataError, nearest
from hondo.core.language import tr
from hondo.data.column_survey import (
    MANY,
    NUMERIC_SHARE,
    SHOWN,
    ColumnSurvey,
    describe,
    encode_column,
    first,
    listed_values,
)
from hondo.data.dataset import Column, Dataset, Split, Task
from hondo.data.rows import is_missing, read_rows, read_table, to_numbers

Target = str | Sequence[str]
Understood = tuple[Array, tuple[str, ...], list[str]]

__all__ = ["encode_rows", "load_table", "read_rows"]


def load_table(path: Path, target: Target, *, task: Task | None = None, separator: str | None = None) -> Dataset:
    """Load a CSV or TSV file and decide what its columns mean, as this module's rules say.

    Args:
        path: the file; its first line names the columns.
        target: the column to predict, or several columns of numbers. Rows without it are left out.
        task: classification or regression; left out, it is read off the target.
        separator: between cells; left out, it is guessed.

    Returns:
        ``x`` float64 ``(rows, features)`` with categories as their numbers and missing values as NaN.

    Raises:
        DataError: if the file cannot be read, the target is not in it or cannot be learnt, or no feature is left.
    """
    table, titles = read_table(path, separator), target_titles(target)
    columns, lines, notes = table.columns, table.lines, list(table.notes)
    check_target(path, titles, columns)
    present = with_targets(columns, titles)
    if not present.all():
        notes.append(without_target_note(titles, int((~present).sum())))
        lines = lines[present]
        columns = {title: values[present] for title, values in columns.items()}
    values = {title: columns.pop(title) for title in titles}
    asked = task if len(titles) == 1 else "regression"
    understood = [understand_target(each, values[each], to_numbers(values[each]), lines, asked) for each in titles]
    y, classes, target_notes = side_by_side(understood)
    surveys = [ColumnSurvey(title) for title in columns]
    numbers = {survey.title: survey.add(columns[survey.title], lines) for survey in surveys}
    kept = kept_columns(surveys, path, titles)
    x = [
        numbers[column.name] if column.kind == "number" else encode_column(column, columns[column.name])
        for column in kept
    ]
    return Dataset(
        name=path.stem,
        task="classification" if classes else "regression",
        kind="table",
        train=Split(np.column_stack(x), y),
        classes=classes,
        features=kept,
        target=", ".join(titles),
        targets=() if classes else titles,
        source=str(path),
        notes=(*notes, *target_notes, *describe(surveys)),
    )


def target_titles(target: Target) -> tuple[str, ...]:
    """The columns to predict, one or several."""
    return (target,) if isinstance(target, str) else tuple(target)


def with_targets(columns: Mapping[str, Array], titles: Sequence[str]) -> Array:
    """Which rows have every target, ``(rows,)`` bool."""
    return np.logical_and.reduce([~is_missing(columns[title]) for title in titles])


def side_by_side(understood: Sequence[Understood]) -> Understood:
    """What :func:`understand_target` made of each target as one: a column of numbers each if there are several."""
    if len(understood) == 1:
        return understood[0]
    return np.column_stack([y for y, _, _ in understood]), (), [note for _, _, notes in understood for note in notes]


def check_target(path: Path, targets: Sequence[str], titles: Iterable[str]) -> None:
    """Refuse targets that are none of the columns.

    Raises:
        DataError: naming the nearest column.
    """
    titles = list(titles)
    for target in targets:
        if target not in titles:
            raise DataError(
                tr(f"{path} has no column {target!r}", f"{path} no tiene la columna {target!r}"),
                nearest(target, titles),
            )


def without_target_note(targets: Sequence[str], rows: int) -> str:
    """What the reader is told of rows that are left out."""
    either = tr(" or ", " o ").join(map(repr, targets))
    return tr(f"Rows without {either}, left out: {rows}.", f"Filas sin {either}, que se omiten: {rows}.")


def kept_columns(surveys: Sequence[ColumnSurvey], path: Path, targets: Sequence[str]) -> tuple[Column, ...]:
    """The columns that are features.

    Raises:
        DataError: if there are none.
    """
    kept = tuple(column for survey in surveys if isinstance(column := survey.column(), Column))
    if not kept:
        target = ", ".join(targets)
        raise DataError(
            tr(
                f"{path} has no feature besides the target {target!r}",
                f"{path} no tiene ninguna característica aparte del objetivo {target!r}",
            ),
            " ".join(describe(surveys)) or tr("Check the separator.", "Revise el separador."),
        )
    return kept


def understand_target(title: str, values: Array, numbers: FloatArray, lines: Array, task: Task | None) -> Understood:
    """The targets, the classes' names (none for regression) and notes.

    Args:
        title: the column's name.
        values: its texts ``(rows,)``.
        numbers: the same as numbers, NaN where they are none; where they all are, ``values`` are not looked at.
        lines: where they stand in the file.
        task: what is wanted, if that was said.

    Raises:
        DataError: if such a target cannot be learnt.
    """
    strays = np.isnan(numbers)
    distinct = len(set(values)) if strays.any() else len(np.unique(numbers))
    if distinct < 2:
        raise DataError(
            tr(
                f"the target {title!r} has too few different values: {distinct}",
                f"el objetivo {title!r} tiene muy pocos valores distintos: {distinct}",
            ),
            tr("At least two are needed.", "Hacen falta al menos dos."),
        )
    mostly_numbers = strays.sum() <= (1 - NUMERIC_SHARE) * len(values) and distinct > MANY
    if strays.any() and (task == "regression" or (task is None and mostly_numbers)):
        shown = listed_values(first(values, lines, strays, SHOWN + 1))
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
    few = whole and distinct <= MANY and distinct * 2 <= len(values)
    if task == "regression" or (task is None and not strays.any() and not few):
        return numbers, (), []
    if task is None and distinct > max(MANY, len(values) / 2):
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


def _classes(values: Array, numbers: FloatArray) -> Understood:
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
