"""What a data set holds, in numbers: class balance, statistics of pixels or columns, and their histograms.

Everything is read a part at a time. Of pictures that are many or large, evenly spaced ones stand for all; the result
says how many were looked at.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from hondo.core.arrays import Array, ArraySource, FloatArray, IntArray
from hondo.data.columns import parts, ranges
from hondo.data.dataset import Column, Dataset

MOST_VALUES = 64_000_000
"""So many values of pictures are looked at, about."""
BINS = 32
_FEWEST = 16  # samples that are looked at however large they are
_CHUNK_VALUES = 2**21
_GREYS = 256
_KEPT = 8  # other numbers than bytes are kept until all were seen, and take this many bytes each


@dataclass(frozen=True)
class Histogram:
    """How often values fall between two edges.

    Attributes:
        edges: ``(bins + 1,)``, rising; the last bin includes its upper edge.
        counts: ``(bins,)``.
    """

    edges: FloatArray
    counts: IntArray


@dataclass(frozen=True)
class Values:
    """The statistics of one channel, one column, or all values together.

    Attributes:
        name: of the column; empty for channels and arrays.
        count: how many values there are.
        missing: how many are missing.
        minimum: the least value; NaN where there is none, as for the others.
        mean: their mean.
        std: their population standard deviation.
        maximum: the greatest.
        histogram: how they are distributed; None where there are none.
        categories: how often each category occurs, by name, in a column of categories.
    """

    name: str
    count: int
    missing: int = 0
    minimum: float = np.nan
    mean: float = np.nan
    std: float = np.nan
    maximum: float = np.nan
    histogram: Histogram | None = None
    categories: Mapping[str, int] | None = None


@dataclass(frozen=True)
class Description:
    """A data set in numbers.

    Attributes:
        shape: of one sample.
        dtype: of its values.
        sizes: how many samples each split has.
        balance: how many samples of each class each split has, by split, ``(classes,)``; empty for regression.
        inputs: one entry a column of a table, a channel of pictures, or one for all values of an array.
        targets: one entry a number to predict; empty for classification.
        looked_at: how many samples the statistics of the inputs come from.
    """

    shape: tuple[int, ...]
    dtype: str
    sizes: Mapping[str, int]
    balance: Mapping[str, IntArray]
    inputs: tuple[Values, ...]
    targets: tuple[Values, ...]
    looked_at: int

    @property
    def samples(self) -> int:
        """How many there are in all splits."""
        return sum(self.sizes.values())


def class_balance(dataset: Dataset) -> dict[str, IntArray]:
    """How many samples of each class each split has, ``(classes,)``; empty for regression.

    Example:
        >>> from hondo.data.catalogue import load_named
        >>> class_balance(load_named("iris"))["train"].tolist()
        [50, 50, 50]
    """
    if dataset.task != "classification":
        return {}
    return {name: np.bincount(part.y, minlength=len(dataset.classes)) for name, part in dataset.splits.items()}


def describe(dataset: Dataset, *, most_values: int = MOST_VALUES) -> Description:
    """Put a data set into numbers.

    Args:
        dataset: the data, in memory or lazy.
        most_values: about so many values of pictures and arrays are looked at; tables are always read whole.
    """
    sources = [part.x for part in dataset.splits.values()]
    if dataset.kind == "table":
        inputs, looked_at = _columns(sources, dataset.features), sum(map(len, sources))
    else:
        inputs, looked_at = _arrays(sources, pictures=dataset.kind == "image", most_values=most_values)
    return Description(
        shape=dataset.input_shape,
        dtype=str(dataset.train.x.dtype),
        sizes={name: len(part) for name, part in dataset.splits.items()},
        balance=class_balance(dataset),
        inputs=inputs,
        targets=_targets(dataset),
        looked_at=looked_at,
    )


def evenly_spaced(count: int, wanted: int) -> IntArray:
    """At most so many of ``count`` rows, from the first to the last, each once.

    Example:
        >>> evenly_spaced(9, 3).tolist(), evenly_spaced(2, 3).tolist()
        ([0, 4, 8], [0, 1])
    """
    return np.unique(np.linspace(0, max(0, count - 1), max(0, min(count, wanted))).round().astype(np.intp))


def _columns(sources: Sequence[ArraySource], features: Sequence[Column]) -> tuple[Values, ...]:
    """The columns of a table over all splits."""
    held, rows = ranges(sources), sum(map(len, sources))
    places = [place for place, column in enumerate(features) if column.kind == "number"]
    edges = {place: _edges(held.minimum[place], held.maximum[place]) for place in places if held.missing[place] < rows}
    counts = {place: np.zeros(BINS, np.int64) for place in edges}
    squares = np.zeros(len(features))
    codes = {place: np.zeros(len(features[place].categories), np.int64) for place in range(len(features))}
    for part in (part for source in sources for part in parts(source)):
        centred = np.where(np.isnan(part), 0.0, part - np.nan_to_num(held.mean))
        squares += np.square(centred).sum(axis=0)
        for place, column in enumerate(features):
            present = part[:, place][~np.isnan(part[:, place])]
            if place in edges:
                counts[place] += np.histogram(present, edges[place])[0]
            elif column.kind == "category":
                codes[place] += np.bincount(present.astype(np.intp), minlength=len(column.categories))
    found = []
    for place, column in enumerate(features):
        missing = int(held.missing[place])
        if column.kind == "category":
            categories = dict(zip(column.categories, codes[place].tolist(), strict=True))
            found.append(Values(column.name, rows - missing, missing, categories=categories))
            continue
        low, mean, high = (float(each[place]) for each in (held.minimum, held.mean, held.maximum))
        present = rows - missing
        std = float(np.sqrt(squares[place] / present)) if present else np.nan
        histogram = Histogram(edges[place], counts[place]) if place in edges else None
        found.append(Values(column.name, present, missing, low, mean, 0.0 if low == high else std, high, histogram))
    return tuple(found)


def _arrays(sources: Sequence[ArraySource], *, pictures: bool, most_values: int) -> tuple[tuple[Values, ...], int]:
    """Pictures by channel, other arrays as a whole; and how many samples were looked at."""
    shape = sources[0].shape[1:]
    each = max(1, int(np.prod(shape)))
    total = sum(map(len, sources))
    counted = pictures and sources[0].dtype == np.uint8
    wanted = max(_FEWEST, (most_values if counted else most_values // _KEPT) // each)
    share = min(1.0, wanted / max(1, total))
    rows = [evenly_spaced(len(source), max(1, round(share * len(source)))) for source in sources]
    channels = shape[-1] if pictures else 1
    gathered = [_Gathered(counted) for _ in range(channels)]
    size = max(1, _CHUNK_VALUES // each)
    for source, chosen in zip(sources, rows, strict=True):
        for first in range(0, len(chosen), size):
            part = np.asarray(source[chosen[first : first + size]])
            flat = part.reshape(-1, channels)
            for channel, values in enumerate(gathered):
                values.add(flat[:, channel])
    return tuple(values.result() for values in gathered), sum(map(len, rows))


class _Gathered:
    """The values of a channel, seen part by part: counted if they are bytes, else kept as moments and a sample."""

    def __init__(self, counted: bool) -> None:
        self.greys = np.zeros(_GREYS, np.int64) if counted else None
        self.parts: list[FloatArray] = []

    def add(self, values: Array) -> None:
        if self.greys is not None:
            self.greys += np.bincount(values, minlength=_GREYS)
        else:
            self.parts.append(values.astype(np.float64))

    def result(self) -> Values:
        if self.greys is not None:
            return _of_greys(self.greys)
        return of_numbers(np.concatenate(self.parts) if self.parts else np.zeros(0))


def _of_greys(greys: IntArray) -> Values:
    """The statistics of bytes that were counted, exactly."""
    count, levels = int(greys.sum()), np.arange(_GREYS, dtype=np.float64)
    if not count:
        return Values("", 0)
    present = np.flatnonzero(greys)
    mean = float((levels * greys).sum() / count)
    std = float(np.sqrt((np.square(levels - mean) * greys).sum() / count))
    histogram = Histogram(np.linspace(0, _GREYS, BINS + 1), greys.reshape(BINS, -1).sum(axis=1))
    return Values("", count, 0, float(present[0]), mean, std, float(present[-1]), histogram)


def of_numbers(values: FloatArray, name: str = "") -> Values:
    """The statistics of numbers; those that are not finite are missing.

    Example:
        >>> found = of_numbers(np.array([1.0, 3.0, np.nan]))
        >>> found.count, found.missing, found.mean, found.std
        (2, 1, 2.0, 1.0)
    """
    present = values[np.isfinite(values)]
    if not len(present):
        return Values(name, 0, len(values))
    low, high = float(present.min()), float(present.max())
    edges = _edges(low, high)
    std = 0.0 if low == high else float(present.std())
    histogram = Histogram(edges, np.histogram(present, edges)[0])
    return Values(name, len(present), len(values) - len(present), low, float(present.mean()), std, high, histogram)


def _edges(low: float, high: float) -> FloatArray:
    """Equal bins from the least to the greatest; about a single value, a bin of its own in the middle."""
    if low == high:
        half = max(abs(low), 1.0) / 2
        low, high = low - half, high + half
    return np.linspace(low, high, BINS + 1)


def _targets(dataset: Dataset) -> tuple[Values, ...]:
    if dataset.task != "regression":
        return ()
    y = np.concatenate([part.y.reshape(len(part), -1) for part in dataset.splits.values()]).astype(np.float64)
    names = dataset.targets if len(dataset.targets) == y.shape[1] else (dataset.target,) * y.shape[1]
    return tuple(of_numbers(values, name) for name, values in zip(names, y.T, strict=True))
