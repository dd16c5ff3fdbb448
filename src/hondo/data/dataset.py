"""The one record in which all data travel, whatever they came from."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Self

import numpy as np

from hondo.core.arrays import Array, ArraySource
from hondo.core.errors import DataError
from hondo.core.language import tr

Task = Literal["classification", "regression"]
Kind = Literal["image", "table", "array"]


@dataclass(frozen=True)
class Column:
    """A feature of a table. A category is stored as its number in ``categories``; missing is NaN."""

    name: str
    kind: Literal["number", "category"] = "number"
    categories: tuple[str, ...] = ()


@dataclass(frozen=True)
class Split:
    """Samples that belong together.

    Attributes:
        x: raw inputs, ``(samples, …)``: pictures as uint8 ``(samples, height, width, channels)``, tables as float64
            ``(samples, features)``, or anything else as it came. An array, or a lazy source.
        y: raw targets: class numbers as int64 ``(samples,)``, or float64 ``(samples,)`` or ``(samples, outputs)``.
        paths: where each sample came from, for pictures read from files.
    """

    x: ArraySource
    y: Array
    paths: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if len(self.x) != len(self.y):
            raise DataError(
                tr(
                    f"{len(self.x)} inputs do not go with {len(self.y)} targets",
                    f"{len(self.x)} entradas no corresponden a {len(self.y)} objetivos",
                ),
                tr("Each sample needs one target.", "Cada muestra necesita un objetivo."),
            )

    def __len__(self) -> int:
        return len(self.y)

    @property
    def lazy(self) -> bool:
        """Whether inputs are read on demand rather than held in memory."""
        return not isinstance(self.x, np.ndarray)

    def take(self, indices: Sequence[int] | Array) -> Self:
        """The samples at ``indices``, in that order."""
        rows = np.asarray(indices)
        lazy_take = getattr(self.x, "take", None) if self.lazy else None
        x = lazy_take(rows) if lazy_take else self.x[rows]
        return replace(self, x=x, y=self.y[rows], paths=tuple(self.paths[int(i)] for i in rows) if self.paths else ())


@dataclass(frozen=True)
class Dataset:
    """Raw data with their splits, and what one must know to read them.

    Attributes:
        name: what it is called.
        task: classification or regression.
        kind: ``image`` (pictures, 0..255), ``table`` (named features) or ``array``.
        train: samples to learn from.
        test: samples for the final evaluation, or None when the data bring none.
        validation: samples held out of ``train`` to watch the training, or None before splitting.
        classes: the classes' names by number; empty for regression.
        features: a table's columns; empty otherwise.
        target: what is predicted, in words.
        targets: the names of the numbers to predict, where they are columns of a table.
        source: where it comes from, and its licence.
        notes: what the reader should know (missing values, duplicates, skipped files), in the reader's language.
    """

    name: str
    task: Task
    kind: Kind
    train: Split
    test: Split | None = None
    validation: Split | None = None
    classes: tuple[str, ...] = ()
    features: tuple[Column, ...] = ()
    target: str = "target"
    targets: tuple[str, ...] = ()
    source: str = ""
    notes: tuple[str, ...] = field(default=())

    @property
    def input_shape(self) -> tuple[int, ...]:
        """The shape of one raw sample."""
        return tuple(self.train.x.shape[1:])

    @property
    def splits(self) -> dict[str, Split]:
        """The splits that exist, by name."""
        named = {"train": self.train, "validation": self.validation, "test": self.test}
        return {name: split for name, split in named.items() if split is not None}

    def with_notes(self, *notes: str) -> Self:
        """The same data with more notes."""
        return replace(self, notes=(*self.notes, *notes))

    def summary(self) -> dict[str, Any]:
        """What a reader wants to know first, as plain data."""
        return {
            "name": self.name,
            "task": self.task,
            "kind": self.kind,
            "input_shape": list(self.input_shape),
            "samples": {name: len(split) for name, split in self.splits.items()},
            "classes": list(self.classes),
            "features": [column.name for column in self.features],
            "target": self.target,
            "targets": list(self.targets),
            "source": self.source,
            "notes": list(self.notes),
        }
