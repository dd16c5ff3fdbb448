"""Samples as Keras's own loops take them: a batch at a time, read ahead in threads.

For what Keras itself trains, evaluates or predicts: lazy sources and augmented batches, on any backend, without ever
holding all of them.
"""

from bisect import bisect_right
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import jax
import numpy as np

from hondo.core.arrays import IntArray
from hondo.core.backend import keras
from hondo.engine.reader import AHEAD, Reader, stretches_of, windows_of
from hondo.engine.samples import Rows, Samples


class Batches(keras.utils.PyDataset):
    """Batches of samples, in an order drawn anew for each epoch. To be closed after use.

    Args:
        samples: what to read.
        batch_size: samples a step; the last batch may be smaller.
        order: gives an epoch's order of samples ``(n,)``.
        first_epoch: the epoch to begin with.
    """

    def __init__(
        self, samples: Samples, batch_size: int, order: Callable[[int], IntArray] | None = None, first_epoch: int = 0
    ) -> None:
        super().__init__()
        self._samples, self._batch = samples, batch_size
        self._draw = order or (lambda _: np.arange(samples.count))
        self._epoch, self._order = first_epoch, self._draw(first_epoch)
        stretches = windows_of(samples, stretches_of(samples.count, batch_size))
        self._places = [place for stretch in stretches for place in stretch]
        self._firsts = [place.step for place in self._places]
        self._reader = Reader(samples, on_device=False)
        self._tasks: dict[int, Future[Rows]] = {}

    def __len__(self) -> int:
        return -(-self._samples.count // self._batch)

    @property
    def num_batches(self) -> int:
        """Batches an epoch."""
        return len(self)

    def __getitem__(self, index: int) -> tuple[Any, ...]:
        window = bisect_right(self._firsts, index) - 1
        wanted = range(window, min(window + AHEAD + 1, len(self._places)))
        self._tasks = {number: self._tasks.get(number) or self._submit(number) for number in wanted}
        rows, place = self._tasks[window].result(), self._places[window]
        first = (index - place.step) * place.batch
        batch = jax.tree.map(lambda leaf: leaf[first : first + place.batch], rows)
        return tuple(part for part in batch if part is not None)

    def _submit(self, window: int) -> "Future[Rows]":
        return self._reader.submit(self._places[window].window(self._order, self._epoch))

    def on_epoch_end(self) -> None:
        """Draw the next epoch's order."""
        self._epoch += 1
        self._order, self._tasks = self._draw(self._epoch), {}

    def close(self) -> None:
        """End the threads that read."""
        self._tasks = {}
        self._reader.close()
