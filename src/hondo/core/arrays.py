"""Names for the arrays that travel between rooms."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.floating[Any]]
IntArray = npt.NDArray[np.integer[Any]]
Array = npt.NDArray[Any]


@runtime_checkable
class ArraySource(Protocol):
    """Rows that can be read by index: a NumPy array, or a lazy source that decodes on demand.

    ``shape[0]`` is the number of rows. ``source[indices]`` with an integer array returns those rows, in that order,
    as a NumPy array of shape ``(len(indices), *shape[1:])``.
    """

    @property
    def shape(self) -> tuple[int, ...]:
        """Rows first."""
        ...

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of the values."""
        ...

    def __len__(self) -> int: ...

    def __getitem__(self, index: Any, /) -> Any: ...


Arrays = Array | Sequence[Array] | Mapping[str, Array]
