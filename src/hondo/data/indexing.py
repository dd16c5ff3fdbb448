"""Row numbers from whatever an array is indexed with, so that lazy sources behave as arrays do."""

import numpy as np

from hondo.core.arrays import Array, IntArray


def numbers(index: slice | Array, count: int) -> IntArray:
    """The rows that an index means, as integers; quick where it holds integers already.

    Raises:
        IndexError: if one is beyond ``count``.
    """
    if isinstance(index, slice) or np.asarray(index).dtype.kind not in "iu":
        return np.arange(count)[index]
    rows = np.asarray(index)
    if len(rows) and not (-count <= rows.min() and rows.max() < count):
        raise IndexError(f"an index is beyond the {count} rows")
    return np.where(rows < 0, rows + count, rows)
