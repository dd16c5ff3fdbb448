"""How samples reach the compiled steps: all at once on the device, or a window at a time.

A compiled chunk receives rows and an order in which to take them. A :class:`Feed` prepares both for a stretch of
an epoch. Arrays stay on the device for the whole training (:class:`ResidentFeed`); a lazy source, data larger than
the memory, or batches that are transformed anew in each epoch are gathered a window at a time while those before are
computed (:class:`StreamedFeed`).
"""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Protocol

import jax
import jax.numpy as jnp

from hondo.core.arrays import IntArray
from hondo.core.events import CancelToken
from hondo.engine.reader import AHEAD, Reader, result_of, windows_of
from hondo.engine.samples import Rows, Samples

Orders = Callable[[int], IntArray]
"""Gives an epoch's order of samples ``(n,)``; the same whenever it is asked."""


@dataclass(frozen=True)
class Portion:
    """Rows on the device and where in ``order`` the next step begins.

    ``order`` has shape ``(steps, batch)`` and holds row numbers within ``rows``.
    """

    rows: Rows
    order: jax.Array
    start: int


class Feed(Protocol):
    """Gives the rows for the next steps of an epoch."""

    def begin(self, epoch: int, step: int) -> None:
        """Get ready for an epoch, from this step of the feed on."""
        ...

    def reach(self, step: int) -> int:
        """How many steps from ``step`` on one portion can serve."""
        ...

    def portion(self, step: int, cancel: CancelToken) -> Portion:
        """The rows for the steps from ``step`` on.

        Raises:
            Cancelled: if cancelled while they are read.
            DataError: if they cannot be read.
        """
        ...

    def shapes(self) -> tuple[Any, Any]:
        """What ``rows`` and ``order`` of every portion look like, without reading any."""
        ...


def on_device(samples: Samples) -> Rows:
    """All rows as device arrays."""
    return jax.tree.map(jnp.asarray, samples.rows)


@dataclass
class ResidentFeed:
    """All samples lie on the device; only the order changes.

    Attributes:
        rows: the samples.
        orders: gives each epoch's order.
        first: the first sample's place in that order.
        batch: samples a step.
        steps: how many.
    """

    rows: Rows
    orders: Orders
    first: int
    batch: int
    steps: int
    _order: jax.Array = field(default_factory=lambda: jnp.zeros((0, 0), jnp.int32), repr=False)

    def begin(self, epoch: int, step: int) -> None:
        """Send the epoch's order to the device."""
        order = self.orders(epoch)[self.first : self.first + self.steps * self.batch]
        self._order = jnp.asarray(order.reshape(self.steps, self.batch), jnp.int32)

    def reach(self, step: int) -> int:
        """All the steps that are left."""
        return self.steps - step

    def portion(self, step: int, cancel: CancelToken) -> Portion:
        """The whole set, its order, and the place in it."""
        return Portion(self.rows, self._order, step)

    def shapes(self) -> tuple[Any, Any]:
        """The whole set, and one number a sample of an epoch."""
        return self.rows, jax.ShapeDtypeStruct((self.steps, self.batch), jnp.int32)


class Stream:
    """The windows of all epochs in their order, those to come being read while one is computed.

    Args:
        samples: what to read.
        sizes: batch size and number of steps, of the full batches and of the partial last one.
        orders: gives each epoch's order.
        epochs: how many epochs there are.
        workers: how many threads read.
    """

    def __init__(
        self, samples: Samples, sizes: list[tuple[int, int]], orders: Orders, epochs: int, workers: int = 0
    ) -> None:
        self._orders, self._epochs = orders, epochs
        self._reader = Reader(samples, workers)
        self._tasks: dict[tuple[int, int], Future[Rows]] = {}
        stretches = windows_of(samples, sizes)
        self._places = [place for stretch in stretches for place in stretch]
        self.feeds: list[StreamedFeed] = []
        first = 0
        for places, (batch, steps) in zip(stretches, sizes, strict=True):
            rows = places[0].rows
            self.feeds.append(StreamedFeed(self, samples.batch_shapes(rows), batch, steps, rows // batch, first))
            first += len(places)

    def read(self, epoch: int, window: int) -> "Future[Rows]":
        """A window's rows to be; those after it are read meanwhile, into the next epoch."""
        first = epoch * len(self._places) + window
        wanted = [divmod(n, len(self._places)) for n in range(first, first + AHEAD + 1)]
        wanted = [key for key in wanted if key[0] < self._epochs]
        self._tasks = {key: self._tasks.get(key) or self._submit(*key) for key in wanted}
        return self._tasks[epoch, window]

    def _submit(self, epoch: int, window: int) -> "Future[Rows]":
        return self._reader.submit(self._places[window].window(self._orders(epoch), epoch))

    def close(self) -> None:
        """End the threads."""
        self._tasks = {}
        self._reader.close()


@dataclass
class StreamedFeed:
    """Some windows of a stream: those of the full batches, or of the partial last one.

    Attributes:
        stream: reads them.
        row_shapes: what a window looks like.
        batch: samples a step.
        steps: how many.
        window: how many of them a window holds.
        first: the number of the first window in the epoch.
    """

    stream: Stream
    row_shapes: Rows
    batch: int
    steps: int
    window: int
    first: int
    _epoch: int = 0

    def __post_init__(self) -> None:
        self._within = jnp.arange(self.window * self.batch, dtype=jnp.int32).reshape(self.window, self.batch)

    def begin(self, epoch: int, step: int) -> None:
        """Begin to read."""
        self._epoch = epoch
        if step < self.steps:
            self.stream.read(epoch, self.first + step // self.window)

    def reach(self, step: int) -> int:
        """The rest of the window."""
        return min(self.window - step % self.window, self.steps - step)

    def portion(self, step: int, cancel: CancelToken) -> Portion:
        """The rows of the window that holds ``step``."""
        task = self.stream.read(self._epoch, self.first + step // self.window)
        return Portion(result_of(task, cancel), self._within, step % self.window)

    def shapes(self) -> tuple[Any, Any]:
        """A window of rows, and their numbers within it."""
        return self.row_shapes, self._within
