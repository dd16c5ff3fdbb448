"""Exact medians of more numbers than fit in memory, in a few passes over them.

The bits of floats, read as whole numbers, are in the floats' own order. So the middle number is found as a word in a
dictionary is: first its leading bits by counting, then, when few candidates are left, by sorting those.
"""

from collections.abc import Callable, Iterable

import numpy as np

from hondo.core.arrays import Array, FloatArray

_BITS = 12
_FEW = 2**18
"""So many candidates a column are sorted."""

_SIGN = np.uint64(1 << 63)


def medians(chunks: Callable[[], Iterable[FloatArray]], columns: int) -> FloatArray:
    """The median of each column, missing values (NaN) left out: what ``np.nanmedian`` gives for all chunks together.

    Args:
        chunks: gives the parts ``(rows, columns)``, the same each time it is called.
        columns: how many columns there are.

    Returns:
        ``(columns,)``; NaN where a column has no values.

    Example:
        >>> medians(lambda: [np.array([[1.0], [9.0]]), np.array([[2.0], [np.nan]])], 1)
        array([2.])
    """
    counts = np.zeros(columns, np.int64)
    for chunk in chunks():
        counts += (~np.isnan(chunk)).sum(axis=0)
    lower = _at_ranks(chunks, np.maximum(counts - 1, 0) // 2, counts)
    upper = np.where(counts % 2 == 1, lower, np.nan)
    even = np.flatnonzero((counts > 0) & (counts % 2 == 0))
    if len(even):
        upper[even] = _at_ranks(lambda: (chunk[:, even] for chunk in chunks()), counts[even] // 2, counts[even])
    return np.mean([lower, upper], axis=0)


def _at_ranks(chunks: Callable[[], Iterable[FloatArray]], ranks: Array, counts: Array) -> FloatArray:
    """The number of each column that has the given rank, from 0, among the column's numbers."""
    columns, ranks = len(ranks), ranks.copy()
    prefix, left, shift = np.zeros(columns, np.uint64), counts.copy(), 64
    while shift > 0 and left.max(initial=0) > _FEW:
        bits = min(_BITS, shift)
        table = np.zeros((columns, 1 << bits), np.int64)
        for chunk in chunks():
            for column in range(columns):
                keys = _candidates(chunk[:, column], prefix[column], shift)
                digits = (keys >> np.uint64(shift - bits)) & np.uint64((1 << bits) - 1)
                table[column] += np.bincount(digits.astype(np.intp), minlength=1 << bits)
        for column in range(columns):
            below = np.cumsum(table[column])
            digit = min(int(np.searchsorted(below, ranks[column], side="right")), (1 << bits) - 1)
            ranks[column] -= below[digit] - table[column, digit]
            left[column] = table[column, digit]
            prefix[column] = (prefix[column] << np.uint64(bits)) | np.uint64(digit)
        shift -= bits
    kept: list[list[Array]] = [[] for _ in range(columns)]
    if shift > 0:
        for chunk in chunks():
            for column in range(columns):
                kept[column].append(_candidates(chunk[:, column], prefix[column], shift))
    found = [
        np.sort(np.concatenate(kept[column]))[ranks[column]] if shift > 0 and counts[column] else prefix[column]
        for column in range(columns)
    ]
    return np.where(counts > 0, _from_keys(np.array(found, np.uint64)), np.nan)


def _candidates(values: FloatArray, prefix: np.uint64, shift: int) -> Array:
    """The keys of those present values that begin with ``prefix``, which leaves ``shift`` bits open."""
    keys = _to_keys(values[~np.isnan(values)])
    return keys if shift == 64 else keys[keys >> np.uint64(shift) == prefix]


def _to_keys(values: FloatArray) -> Array:
    """Whole numbers in the same order as the floats."""
    bits = np.ascontiguousarray(values + 0.0, np.float64).view(np.uint64)  # + 0.0 makes -0.0 equal to 0.0
    return np.where(bits & _SIGN, ~bits, bits | _SIGN)


def _from_keys(keys: Array) -> FloatArray:
    """The floats that :func:`_to_keys` was given."""
    return np.where(keys & _SIGN, keys ^ _SIGN, ~keys).view(np.float64)
