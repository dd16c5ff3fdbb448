"""What a table's column holds: found out a part at a time, so that the table may be larger than the memory.

The rules by which a column is understood are those that :mod:`hondo.data.table` explains.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from hondo.core.arrays import Array, FloatArray
from hondo.core.language import tr
from hondo.data.dataset import Column
from hondo.data.rows import UNNAMED, is_missing, to_numbers

NUMERIC_SHARE = 0.9
"""A column of numbers has at least this share of them."""
MANY = 20
"""More different texts than this, in more than half of the rows, name things."""
SHOWN = 5
"""So many odd values are shown."""


@dataclass
class ColumnSurvey:
    """What a column holds, gathered from one part of the table after the other.

    Attributes:
        title: its name.
        most: so many different texts are told apart.
        rows: how many rows were seen.
        present: how many of them hold something.
        numeric: how many hold a number.
        texts: the different texts; None if they are too many, or all of them numbers.
        strays: the first values that are no numbers, and their lines.
        numbers: the first that are.
        low: the least number.
        high: the greatest.
        step: by how much each number differs from its line, if all do so alike.
    """

    title: str
    most: int | None = None
    rows: int = 0
    present: int = 0
    numeric: int = 0
    texts: set[str] | None = field(default_factory=set)
    strays: list[tuple[str, int]] = field(default_factory=list)
    numbers: list[tuple[str, int]] = field(default_factory=list)
    low: float = np.inf
    high: float = -np.inf
    step: float | None = None
    _steady: bool = True

    def add(self, values: Array, lines: Array) -> FloatArray:
        """Look at a part of the column; returns its numbers, NaN where there is none."""
        numbers = to_numbers(values)
        numeric = ~np.isnan(numbers)
        present = numeric if numeric.all() else ~is_missing(values)
        self.rows, self.present = self.rows + len(values), self.present + int(present.sum())
        self.numeric += int(numeric.sum())
        self.strays += first(values, lines, present & ~numeric, SHOWN + 1 - len(self.strays))
        self.numbers += first(values, lines, numeric, SHOWN + 1 - len(self.numbers))
        if numeric.any():
            self.low = min(self.low, float(numbers[numeric].min()))
            self.high = max(self.high, float(numbers[numeric].max()))
        self._watch_steps(numbers - lines)
        whole = self.most is None  # then all is seen at once, and numbers need no second look as texts
        if self.texts is not None and not (whole and numeric.all()):
            self.texts |= set(values[present])
            if self.most is not None and len(self.texts) > self.most:
                self.texts = None
        return numbers

    def _watch_steps(self, steps: FloatArray) -> None:
        if self.step is None and len(steps):
            self.step = float(steps[0])
        self._steady = self._steady and bool((steps == self.step).all())

    @property
    def counts_rows(self) -> bool:
        """Whether each number is one more than that of the line before."""
        return self._steady and self.rows > 2

    @property
    def is_number(self) -> bool:
        """Whether it is a column of numbers."""
        return self.numeric >= NUMERIC_SHARE * self.present

    def column(self) -> Column | str:
        """The column, or why it is left out."""
        if not self.present:
            return tr("empty", "vacía")
        if self.counts_rows and _names_rows(self.title):
            return tr("numbers the rows", "numera las filas")
        if self.is_number:
            return Column(self.title)
        if self.texts is None:
            return tr(f"more than {self.most} different texts", f"más de {self.most} textos distintos")
        if len(self.texts) > max(MANY, self.present / 2):
            return tr(f"{len(self.texts)} different texts", f"{len(self.texts)} textos distintos")
        return Column(self.title, "category", tuple(sorted(self.texts)))

    @property
    def constant(self) -> bool:
        """Whether all present values are equal."""
        return self.low == self.high if self.is_number else self.texts is not None and len(self.texts) == 1

    @property
    def gaps(self) -> int:
        """How many values are missing once the column is understood."""
        return self.rows - (self.numeric if self.is_number else self.present)


def encode_column(column: Column, values: Array) -> FloatArray:
    """A column's texts as float64 ``(rows,)``: numbers, or the numbers of categories; NaN is missing."""
    if column.kind == "number":
        return to_numbers(values)
    codes = {text: float(number) for number, text in enumerate(column.categories)}
    return np.array([codes.get(text, np.nan) for text in np.where(is_missing(values), "", values)])


def describe(surveys: Sequence[ColumnSurvey]) -> list[str]:
    """What the reader should know of the columns, a sentence for each kind of finding."""
    decided = {survey.title: survey.column() for survey in surveys}
    kept = [survey for survey in surveys if isinstance(decided[survey.title], Column)]
    notes = []
    if len(kept) < len(surveys):
        left_out = ((title, why) for title, why in decided.items() if isinstance(why, str))
        listed = ", ".join(f"{title} ({why})" for title, why in left_out)
        notes.append(tr(f"Columns left out: {listed}.", f"Columnas que se omiten: {listed}."))
    for survey in kept:
        if survey.is_number and survey.strays:
            title, values = survey.title, listed_values(survey.strays)
            text = f"{title!r} is a column of numbers; these values count as missing: {values}."
            texto = f"{title!r} es una columna de números; estos valores cuentan como ausentes: {values}."
            notes.append(tr(text, texto))
    for survey in kept:
        if not survey.is_number and survey.numbers:
            title, values = survey.title, listed_values(survey.numbers)
            text = f"{title!r} is a column of categories, since too few values are numbers; these are: {values}."
            texto = f"{title!r} es una columna de categorías, pues pocos valores son números; lo son: {values}."
            notes.append(tr(text, texto))
    if any(survey.gaps for survey in kept):
        listed = ", ".join(f"{survey.title} {survey.gaps}" for survey in kept if survey.gaps)
        notes.append(tr(f"Missing values: {listed}.", f"Valores ausentes: {listed}."))
    if any(survey.constant for survey in kept):
        listed = ", ".join(survey.title for survey in kept if survey.constant)
        notes.append(tr(f"Columns with a single value: {listed}.", f"Columnas con un solo valor: {listed}."))
    if any(survey.counts_rows for survey in kept):
        listed = ", ".join(survey.title for survey in kept if survey.counts_rows)
        text = f"Columns that count the rows; they may give the target away if the rows are sorted: {listed}."
        texto = f"Columnas que cuentan las filas; pueden delatar el objetivo si las filas están ordenadas: {listed}."
        notes.append(tr(text, texto))
    return notes


def _names_rows(title: str) -> bool:
    """Whether a column is called as row numbers are: not at all, id, index, PassengerId, Unnamed: 0 …"""
    named_id = re.search(r"(^|[^A-Za-z])id$|Id$|ID$", title) is not None
    return named_id or title.lower() in ("index", "row") or title.startswith((UNNAMED, "Unnamed"))


def first(values: Array, lines: Array, chosen: Array, count: int) -> list[tuple[str, int]]:
    """The first of the chosen values, with their lines."""
    return [(str(values[row]), int(lines[row])) for row in np.flatnonzero(chosen)[: max(0, count)]]


def listed_values(found: Sequence[tuple[str, int]]) -> str:
    """A few values with their lines: ``'abc' (line 7), …``."""
    line = tr("line", "línea")
    shown = ", ".join(f"{value!r} ({line} {number})" for value, number in found[:SHOWN])
    return shown + (" …" if len(found) > SHOWN else "")
