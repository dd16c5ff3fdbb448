"""From a table's raw columns to numbers without gaps: missing values are filled, categories encoded.

What is filled in and which categories are known is learnt from the training rows, once; see :func:`fit_columns`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from hondo.core.arrays import Array, FloatArray
from hondo.core.errors import DataError
from hondo.core.language import tr
from hondo.data.dataset import Column

Missing = Literal["median", "mean", "zero", "drop", "refuse"]
Categories = Literal["one-hot", "ordinal"]


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


def fit_columns(x: FloatArray, features: Sequence[Column], missing: Missing) -> tuple[ColumnStep, ...]:
    """Learn from training rows what to fill in and which categories there are.

    Args:
        x: ``(rows, features)`` raw values.
        features: the raw columns.
        missing: the rule for missing numbers; ``drop`` and ``refuse`` leave nothing to fill.
    """
    steps = []
    for values, column in zip(x.T, features, strict=True):
        present = values[~np.isnan(values)]
        if column.kind == "category":
            codes = tuple(int(code) for code in np.unique(present))
            steps.append(ColumnStep(column, codes=codes, missing=len(present) < len(values)))
        elif missing in ("median", "mean") and len(present):
            steps.append(ColumnStep(column, fill=float(np.median(present) if missing == "median" else present.mean())))
        else:
            steps.append(ColumnStep(column))
    return tuple(steps)


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


def refuse_missing(x: FloatArray, columns: Sequence[Column], hint: str) -> None:
    """Raise if any of these columns has a missing value, saying how many and where.

    Raises:
        DataError: with a count for each column.
    """
    gaps = np.isnan(x).sum(axis=0)
    if gaps.any():
        listed = ", ".join(f"{column.name} {count}" for column, count in zip(columns, gaps, strict=True) if count)
        raise DataError(tr(f"missing values: {listed}", f"faltan valores: {listed}"), hint)
