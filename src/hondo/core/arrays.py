"""Names for the arrays that travel between rooms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True)
class ArrayShape:
    """What an array looks like, without its values."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]


class BatchTransform(Protocol):
    """What happens to every training batch before the model sees it, anew in each epoch: augmentation.

    Its results depend on its seed, the epoch, the step and the samples' numbers alone, never on which thread calls
    it or when: batches are transformed ahead of the training and in several threads at once.
    """

    def output(self, x: ArrayShape, y: ArrayShape) -> tuple[ArrayShape, ArrayShape]:
        """What a batch like this becomes."""
        ...

    def __call__(self, x: Array, y: Array, index: IntArray, *, epoch: int, step: int) -> tuple[Array, Array]:
        """Transform a batch.

        Args:
            x: inputs ``(batch, …)``, as the source gives them; left as they are.
            y: targets ``(batch, …)``; left as they are.
            index: the samples' numbers in the training set ``(batch,)``.
            epoch: counted from 0.
            step: the batch's place in the epoch, counted from 0.
        """
        ...


Arrays = Array | Sequence[Array] | Mapping[str, Array]
