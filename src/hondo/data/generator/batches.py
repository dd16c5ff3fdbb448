"""Batches of the old class's kind: its iterators' order of samples and draws, and its transforms for ``hondo.fit``.

With a seed, the order and the transforms are those that the old class's iterators give when batches are asked for one
after the other; but they depend on the seed, the epoch and the batch's place alone, so threads cannot change them.
"""

import threading
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from hondo.core.arrays import Array, ArrayShape, FloatArray, IntArray
from hondo.core.backend import keras
from hondo.core.errors import DataError
from hondo.core.language import tr
from hondo.core.seeds import generator
from hondo.data.generator.arguments import check_rank, refused
from hondo.data.generator.parameters import Random


class Transforms(Protocol):
    """What batches need of an ``ImageDataGenerator``."""

    data_format: Any
    dtype: np.dtype[Any]
    validation_split: float

    def draw(self, size: tuple[int, int], count: int, random: Random) -> Any:
        """Draw transforms."""
        ...

    def transformed(self, x: Array, random: Random) -> FloatArray:
        """Draw transforms and apply them."""
        ...

    def standardize(self, x: Array) -> FloatArray:
        """Rescale, centre, scale and whiten."""
        ...


class BatchIterator(keras.utils.PyDataset):
    """An endless iterator over batches that is also a data set for Keras's ``fit``.

    Args:
        source: what draws transforms and applies them.
        n: how many samples there are.
        batch_size: samples a batch.
        shuffle: whether each epoch has an order of its own.
        seed: decides order and transforms; None for NumPy's global generator.

    Attributes:
        batch_index: which batch ``next`` gives.
        total_batches_seen: how many were given.
        index_array: the order of samples in the current epoch.
    """

    def __init__(self, source: Transforms, n: int, batch_size: int, shuffle: bool, seed: int | None) -> None:
        super().__init__()
        self.image_data_generator = source
        if not isinstance(batch_size, int | np.integer) or batch_size < 1:
            raise refused("batch_size", batch_size, tr("a whole number above 0", "un número entero mayor que 0"))
        self.n, self.batch_size, self.shuffle, self.seed = n, int(batch_size), shuffle, seed
        self.batch_index = 0
        self.total_batches_seen = 0
        self.index_array: IntArray | None = None
        self.lock = threading.Lock()
        self._epoch = 0
        self._asked = np.zeros(len(self), np.int64)  # how often, in this epoch

    def __len__(self) -> int:
        return -(-self.n // self.batch_size)

    def __getitem__(self, idx: int) -> Any:
        count = len(self)
        if not -count <= idx < count:
            raise IndexError(tr(f"batch {idx} of {count}", f"lote {idx} de {count}"))
        idx = int(idx) % count
        with self.lock:
            random = self._random_of(self._epoch * count + idx, int(self._asked[idx]))
            self._asked[idx] += 1
            self.total_batches_seen += 1
            order = self.index_array
            if order is None:
                order = self._set_order(self._random(0))
            index = order[idx * self.batch_size : (idx + 1) * self.batch_size]
        return self.batch(index, random)

    def __iter__(self) -> Any:
        return self

    def __next__(self) -> Any:
        with self.lock:
            random = self._random(self.total_batches_seen)
            self.total_batches_seen += 1
            order = self.index_array
            if self.batch_index == 0 or order is None:
                order = self._set_order(random)
            start = self.batch_index * self.batch_size
            self.batch_index = self.batch_index + 1 if start + self.batch_size < self.n else 0
            index = order[start : start + self.batch_size]
        return self.batch(index, random)

    def batch(self, index: IntArray, random: Random) -> Any:
        """The samples at ``index``, transformed; which they are is for those who know where samples come from.

        Args:
            index: the samples' numbers ``(batch,)``.
            random: where the transforms' numbers come from.
        """
        raise NotImplementedError

    def reset(self) -> None:
        """Begin again at the first batch with the next ``next``."""
        self.batch_index = 0

    def on_epoch_end(self) -> None:
        """Draw the next epoch's order."""
        with self.lock:
            self._epoch += 1
            self._asked[:] = 0
            random = self._random_of(self._epoch * len(self) - 1)
            if self.seed is not None:  # the order is drawn after the transforms of the last batch
                self.image_data_generator.draw((1, 1), self.n - (len(self) - 1) * self.batch_size, random)
            self._set_order(random)

    def _random(self, number: int) -> Random:
        return np.random if self.seed is None else np.random.RandomState((self.seed + number) % 2**32)

    def _random_of(self, number: int, again: int = 0) -> Random:
        """What a batch draws from; ``number`` counts batches over all epochs, ``again`` how often it came already."""
        if again and self.seed is not None:
            return np.random.RandomState([self.seed, number, again])
        random = self._random(number)
        if number == 0 and self.shuffle and self.seed is not None:
            random.permutation(self.n)  # the first batch's transforms are drawn after the order
        return random

    def _set_order(self, random: Random) -> IntArray:
        order: IntArray = random.permutation(self.n) if self.shuffle else np.arange(self.n)
        self.index_array = order
        return order


def subset_of(n: int, subset: str | None, validation_split: float) -> slice:
    """Which of ``n`` samples belong to a subset: validation is the beginning, training the rest.

    Raises:
        DataError: if there is no such subset.
    """
    if subset is None:
        return slice(0, n)
    if subset not in ("training", "validation"):
        raise DataError(
            tr(f"there is no subset {subset!r}", f"no hay ningún subconjunto {subset!r}"),
            tr("Choose training or validation.", "Elija training o validation."),
        )
    border = int(validation_split * n)
    return slice(0, border) if subset == "validation" else slice(border, n)


@dataclass(frozen=True)
class GeneratorTransform:
    """An ``ImageDataGenerator`` as what happens to training batches; a :class:`hondo.core.arrays.BatchTransform`.

    Attributes:
        source: what draws and applies.
        seed: decides the draws, together with the epoch and the step.
    """

    source: Transforms
    seed: int = 0

    def output(self, x: ArrayShape, y: ArrayShape) -> tuple[ArrayShape, ArrayShape]:
        """The same shapes; pictures become floats."""
        check_rank(x.shape)
        return ArrayShape(x.shape, self.source.dtype), y

    def __call__(self, x: Array, y: Array, index: IntArray, *, epoch: int, step: int) -> tuple[Array, Array]:
        """Transform and normalise a batch; targets stay."""
        check_rank(x.shape)
        random = np.random.RandomState(int(generator(self.seed, "augment", epoch, step).integers(2**32)))
        return self.source.standardize(self.source.transformed(x, random)), y
