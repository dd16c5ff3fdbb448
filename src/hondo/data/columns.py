"""From a table's raw columns to numbers without gaps: missing values are filled, categories encoded.

What is filled in and which categories are known is learnt from the training rows, once; see :func:`fit_columns`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from hondo.core.arrays import Array, ArraySource, FloatArray, IntArray
from hondo.core.errors import DataError
from hondo.core.language import tr
from hondo.data.dataset import Column
from hondo.data.quantiles import medians

Missing = Literal["median", "mean", "zero", "drop", "refuse"]
Categories = Literal["one-hot", "ordinal"]

_PART_VALUES = 2**19


@dataclass(frozen=True)
class ColumnStep:
    """What one column learnt from the training rows.

    Attributes:
        column: the raw column.
        fill: number columns: what stands in for a missing value.
        codes: category columns: the numbers of the categories that occur in training.
        missing: category columns: whether missing values occur in training and so are a category of their own.
    """

    column: Column
    fill: float = 0.0
    codes: tuple[int, ...] = ()
    missing: bool = False

    @property
    def levels(self) -> int:
        """How many known categories, the missing one included."""
        return len(self.codes) + self.missing

    def names(self, categories: Categories) -> tuple[str, ...]:
        """The names of the features that this column becomes."""
        if self.column.kind == "number" or categories == "ordinal":
            return (self.column.name,)
        levels = [self.column.categories[code] for code in self.codes] + [tr("(missing)", "(ausente)")] * self.missing
        return tuple(f"{self.column.name}={level}" for level in levels)


def parts(x: ArraySource) -> Iterator[FloatArray]:
    """A table's rows as float64: at once if they are in memory, else a part at a time."""
    if isinstance(x, np.ndarray):
        yield np.asarray(x, np.float64)
        return
    rows = max(1, _PART_VALUES // max(1, x.shape[1]))
    for start in range(0, len(x), rows):
        yield np.asarray(x[start : start + rows], np.float64)


def complete_rows(x: ArraySource) -> Array:
    """Which rows have no missing value, ``(rows,)`` bool."""
    return np.concatenate([~np.isnan(part).any(axis=1) for part in parts(x)])


def missing_values(x: ArraySource) -> IntArray:
    """How many values each column lacks, ``(features,)``."""
    return np.sum([np.isnan(part).sum(axis=0) for part in parts(x)], axis=0)


@dataclass(frozen=True)
class Ranges:
    """What the columns of a table hold, each ``(features,)``; NaN where a column has no values.

    Attributes:
        missing: how many values are missing.
        minimum: the least of the others.
        mean: their mean.
        maximum: the greatest of them.
    """

    missing: IntArray
    minimum: FloatArray
    mean: FloatArray
    maximum: FloatArray


def ranges(sources: Sequence[ArraySource]) -> Ranges:
    """What the columns of some tables hold together, read a part at a time."""
    width = sources[0].shape[1]
    missing, rows, total = np.zeros(width, np.int64), 0, np.zeros(width)
    minimum, maximum = np.full(width, np.inf), np.full(width, -np.inf)
    for part in (part for source in sources for part in parts(source)):
        absent = np.isnan(part)
        missing, rows = missing + absent.sum(axis=0), rows + len(part)
        total += np.where(absent, 0.0, part).sum(axis=0)
        minimum = np.minimum(minimum, np.where(absent, np.inf, part).min(axis=0, initial=np.inf))
        maximum = np.maximum(maximum, np.where(absent, -np.inf, part).max(axis=0, initial=-np.inf))
    present = rows - missing
    mean = np.divide(total, present, out=np.full(width, np.nan), where=present > 0)
    return Ranges(missing, np.where(present > 0, minimum, np.nan), mean, np.where(present > 0, maximum, np.nan))


def known_codes(x: ArraySource, features: Sequence[Column]) -> dict[int, Array]:
    """The categories' numbers that occur, sorted, by the place of each column of categories."""
    places = [place for place, column in enumerate(features) if column.kind == "category"]
    found: dict[int, Array] = {place: np.zeros(0) for place in places}
    for part in parts(x):
        for place in places:
            values = part[:, place]
            found[place] = np.union1d(found[place], values[~np.isnan(values)])
    return found


def fit_columns(x: ArraySource, features: Sequence[Column], missing: Missing) -> tuple[ColumnStep, ...]:
    """Learn from training rows what to fill in and which categories there are.

    Args:
        x: ``(rows, features)`` raw values; a lazy source is read in passes, a part at a time.
        features: the raw columns.
        missing: the rule for missing numbers; ``drop`` and ``refuse`` leave nothing to fill.
    """
    gaps, codes = missing_values(x), known_codes(x, features)
    numbers = [place for place, column in enumerate(features) if column.kind == "number"]
    fill = dict.fromkeys(range(len(features)), 0.0)
    if missing in ("median", "mean") and numbers:
        fill |= dict(zip(numbers, np.nan_to_num(_centres(x, numbers, missing)).tolist(), strict=True))
    steps = []
    for place, column in enumerate(features):
        if column.kind == "category":
            known = tuple(int(code) for code in codes[place])
            steps.append(ColumnStep(column, codes=known, missing=bool(gaps[place])))
        else:
            steps.append(ColumnStep(column, fill=fill[place]))
    return tuple(steps)


def _centres(x: ArraySource, columns: list[int], which: Missing) -> FloatArray:
    """The median or mean of the present values of these columns; NaN for those without any."""
    if isinstance(x, np.ndarray):
        present = [values[~np.isnan(values)] for values in x[:, columns].astype(np.float64).T]
        centre = np.median if which == "median" else np.mean
        return np.array([centre(values) if len(values) else np.nan for values in present])
    if which == "median":
        return medians(lambda: (part[:, columns] for part in parts(x)), len(columns))
    total, count = np.zeros(len(columns)), np.zeros(len(columns))
    for part in parts(x):
        total += np.nansum(part[:, columns], axis=0)
        count += (~np.isnan(part[:, columns])).sum(axis=0)
    return np.divide(total, count, out=np.full(len(columns), np.nan), where=count > 0)


def encode_columns(x: Array, steps: Sequence[ColumnStep], categories: Categories) -> FloatArray:
    """Fill what is missing and turn categories into numbers.

    A category becomes one column of 0 and 1 for each that occurs in training (``one-hot``), or its place among them
    (``ordinal``). One that does not occur there becomes all zeros, or -1; so does a missing one, unless values were
    missing in training: then that is one more category.

    Args:
        x: ``(rows, features)`` raw values; NaN is missing.
        steps: what was learnt, one a feature.
        categories: how categories are encoded.

    Returns:
        float64 ``(rows, encoded features)``.

    Example:
        >>> city = Column("city", "category", ("Lima", "Quito"))
        >>> steps = fit_columns(np.array([[1.0, 0], [3.0, 1]]), (Column("age"), city), "mean")
        >>> encode_columns(np.array([[np.nan, 1.0]]), steps, "one-hot")
        array([[2., 0., 1.]])
    """
    parts = []
    for values, step in zip(x.T.astype(np.float64), steps, strict=True):
        absent = np.isnan(values)
        if step.column.kind == "number":
            parts.append(np.where(absent, step.fill, values)[:, np.newaxis])
            continue
        known = np.array(step.codes, dtype=np.float64)
        place = np.full(len(values), -1)
        place[absent] = len(known) if step.missing else -1
        if len(known):
            nearest = np.searchsorted(known, values).clip(max=len(known) - 1)
            place = np.where(known[nearest] == values, nearest, place)
        parts.append(
            place[:, np.newaxis] == np.arange(step.levels) if categories == "one-hot" else place[:, np.newaxis]
        )
    return np.concatenate(parts, axis=1, dtype=np.float64)


def refuse_missing(x: ArraySource, columns: Sequence[Column], hint: str) -> None:
    """Raise if any of these columns has a missing value, saying how many and where.

    Raises:
        DataError: with a count for each column.
    """
    gaps = missing_values(x)
    if gaps.any():
        listed = ", ".join(f"{column.name} {count}" for column, count in zip(columns, gaps, strict=True) if count)
        raise DataError(tr(f"missing values: {listed}", f"faltan valores: {listed}"), hint)
