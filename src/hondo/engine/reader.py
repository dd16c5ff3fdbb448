"""Windows of samples, read and transformed in threads while the device computes.

A *window* is a stretch of steps whose rows fit in :data:`STREAM_BYTES`. Lazy sources are read in pieces, sorted by
their place in the source (disks like that) and put in the order wanted; then each step's batch is transformed. What
comes out depends on neither the pieces nor the threads.
"""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from dataclasses import dataclass, field
from typing import Any

import jax
import numpy as np

from hondo.core.arrays import Array, BatchTransform, IntArray
from hondo.core.errors import DataError
from hondo.core.events import CancelToken
from hondo.core.language import tr
from hondo.data.damage import damaged_rows
from hondo.data.threads import cores, serially
from hondo.engine.program import Cancelled
from hondo.engine.samples import Rows, Samples

STREAM_BYTES = 32 * 2**20
"""How much a window holds, unless a single batch is more."""
AHEAD = 2
"""How many windows are read while one is computed."""
PIECE_BYTES = 2**21
"""How much a thread reads at a time; of large rows some more, since each piece costs as much as half a picture."""

_PIECE_ROWS = 8
_POLL_SECONDS = 0.05
_TRIES = 100
_ALIGNMENT = 64


@dataclass(frozen=True)
class Window:
    """Which samples to read.

    Attributes:
        index: their numbers ``(steps, batch)``.
        epoch: for the transform, counted from 0.
        step: the first step's place in its epoch.
        rows: how many rows the arrays shall have; those beyond ``index`` hold nothing.
    """

    index: IntArray
    epoch: int = 0
    step: int = 0
    rows: int = 0


@dataclass(frozen=True)
class Place:
    """Where a window lies in every epoch.

    Attributes:
        step: its first step.
        sample: its first sample, in the epoch's order.
        steps: how many steps it holds.
        batch: samples a step.
        rows: how many rows its arrays have; the last windows of the full batches hold fewer samples than that.
    """

    step: int
    sample: int
    steps: int
    batch: int
    rows: int

    def window(self, order: IntArray, epoch: int) -> Window:
        """Its samples in an epoch with this order."""
        index = order[self.sample : self.sample + self.steps * self.batch]
        return Window(index.reshape(self.steps, self.batch), epoch, self.step, self.rows)


def windows_of(samples: Samples, sizes: list[tuple[int, int]]) -> list[list[Place]]:
    """The windows of an epoch, for each of some stretches of ``(batch size, steps)`` that follow one another."""
    step = sample = 0
    stretches = []
    for batch, steps in sizes:
        each = max(1, min(steps, STREAM_BYTES // max(1, samples.row_bytes * batch)))
        stretches.append([])
        for begun in range(0, steps, each):
            here = min(each, steps - begun)
            stretches[-1].append(Place(step, sample, here, batch, each * batch))
            step, sample = step + here, sample + here * batch
    return stretches


def batch_that_fits(samples: Samples, batch_size: int) -> int:
    """A batch size where only its upper limit matters: of lazy samples, no more than a window holds."""
    most = max(1, STREAM_BYTES // max(1, samples.row_bytes)) if samples.lazy else batch_size
    return min(batch_size, most, samples.count)


def stretches_of(count: int, batch_size: int) -> list[tuple[int, int]]:
    """The full batches of ``count`` samples and the partial last one, as ``(batch size, steps)`` if there are any."""
    whole, partial = divmod(count, batch_size)
    return [(batch, steps) for batch, steps in ((batch_size, whole), (partial, 1)) if batch and steps]


@dataclass
class Reader:
    """Reads windows of ``samples`` in threads of its own, which end with :meth:`close`.

    Attributes:
        samples: what to read.
        workers: how many threads; as many as there are cores where left out.
        on_device: whether windows become arrays of JAX.
    """

    samples: Samples
    workers: int = 0
    on_device: bool = True
    _pools: tuple[ThreadPoolExecutor, ThreadPoolExecutor] | None = field(default=None, repr=False)
    _stop: threading.Event = field(default_factory=threading.Event, repr=False)

    def submit(self, window: Window) -> "Future[Rows]":
        """Begin to read a window."""
        if self._pools is None:
            workers = self.workers or cores()
            self._stop.clear()
            # One thread a window waits for its pieces; those who work are others, so that nobody waits for himself.
            self._pools = (
                ThreadPoolExecutor(AHEAD + 1, thread_name_prefix="hondo-window"),
                ThreadPoolExecutor(workers, thread_name_prefix="hondo-read"),
            )
        return self._pools[0].submit(copy_context().run, self._read, window)

    def close(self) -> None:
        """Drop what is not yet read and end the threads; reading may begin again."""
        self._stop.set()
        pools, self._pools = self._pools, None
        for pool in pools or ():
            pool.shutdown(wait=True, cancel_futures=True)

    def _all(self, work: Callable[[Any], None], items: Sequence[Any]) -> None:
        """Do the work on each item in the threads, and wait; the first error in the items' order is raised."""
        pools = self._pools
        if pools is None or self._stop.is_set():
            raise Cancelled

        def one(item: Any) -> None:
            if self._stop.is_set():
                raise Cancelled
            with serially():
                work(item)

        try:
            tasks = [pools[1].submit(copy_context().run, one, item) for item in items]
        except RuntimeError as error:  # the pool was closed in this moment
            raise Cancelled from error
        wait(tasks)
        for task in tasks:
            if task.cancelled():
                raise Cancelled
            task.result()

    def _read(self, window: Window) -> Rows:
        samples, index = self.samples, window.index
        flat = index.reshape(-1)
        count = max(window.rows, len(flat))
        leaves, structure = jax.tree.flatten(samples.rows)
        lazy = [not isinstance(leaf, (np.ndarray, jax.Array)) for leaf in leaves]
        buffers = {n: _room((count, *leaf.shape[1:]), leaf.dtype) for n, leaf in enumerate(leaves) if lazy[n]}
        if buffers:
            damaged = self._fill(buffers, leaves, flat)
            if damaged.any():
                index, flat = self._mend(buffers, damaged, index)
        if samples.augment is None:
            held = {n: _padded(np.asarray(leaf[flat]), count) for n, leaf in enumerate(leaves) if not lazy[n]}
            rows = jax.tree.unflatten(structure, [(buffers | held)[n] for n in range(len(leaves))])
        else:
            rows = self._transform(samples.augment, window, index, [buffers.get(0), buffers.get(1)], count)
        return jax.tree.map(_to_device, rows) if self.on_device else rows

    def _fill(self, buffers: dict[int, Array], leaves: list[Any], flat: IntArray) -> Array:
        """Read the lazy leaves, front to back; which rows are damaged ``(len(flat),)``."""
        damaged = np.zeros(len(flat), bool)
        any_order = {number: getattr(leaves[number], "any_order", False) for number in buffers}
        straight = all(any_order.values())
        places = np.arange(len(flat)) if straight else np.argsort(flat, kind="stable")
        row = max(1, *(buffer[0].nbytes for buffer in buffers.values()))
        size = max(1, PIECE_BYTES // row, min(_PIECE_ROWS, 4 * PIECE_BYTES // row))

        def read(start: int) -> None:
            piece = places[start : start + size]
            wanted = flat[piece]
            for number, buffer in buffers.items():
                try:
                    if straight:
                        leaves[number].read_into(wanted, buffer[start : start + len(piece)])
                    else:
                        buffer[piece] = leaves[number][wanted]
                except OSError as error:
                    raise _unreadable(error) from error
                damaged[piece] |= damaged_rows(leaves[number], wanted)

        self._all(read, range(0, len(places), size))
        return damaged

    def _mend(self, buffers: dict[int, Array], damaged: Array, index: IntArray) -> tuple[IntArray, IntArray]:
        """Put the next whole sample of the batch in each damaged one's place, targets and weights included.

        Where a whole batch is damaged, it is the next of the window, and where that is, the next of all.
        """
        if damaged.all():
            other = self._some_whole(buffers, int(index.flat[-1]))
            return np.full_like(index, other), np.full(index.size, other)
        steps, batch = index.shape
        source = np.arange(damaged.size)
        whole = ~damaged
        for place in np.flatnonzero(damaged):
            step, within = divmod(int(place), batch)
            near = step * batch + (within + 1 + np.arange(batch)) % batch
            far = (place + np.arange(damaged.size)) % damaged.size
            good = near[whole[near]] if whole[near].any() else far[whole[far]]
            source[place] = good[0]
        for buffer in buffers.values():
            buffer[: damaged.size] = buffer[source]
        flat = index.reshape(-1)[source]
        return flat.reshape(steps, batch), flat

    def _some_whole(self, buffers: dict[int, Array], last: int) -> int:
        """The number of the next sample that can be read, with which all of the window is filled."""
        leaves = jax.tree.leaves(self.samples.rows)
        tries = min(self.samples.count - 1, _TRIES)
        for ahead in range(1, tries + 1):
            index = np.array([(last + ahead) % self.samples.count])
            for number, buffer in buffers.items():
                buffer[:] = leaves[number][index]
            if not any(damaged_rows(leaves[number], index).any() for number in buffers):
                return int(index[0])
        raise DataError(
            tr(
                f"more than {tries} samples in a row cannot be read",
                f"no se pueden leer más de {tries} muestras seguidas",
            ),
            tr("Check where they are stored.", "Revise dónde están guardadas."),
        )

    def _transform(
        self, augment: BatchTransform, window: Window, index: IntArray, read: list[Array | None], count: int
    ) -> Rows:
        """Pass each step's batch through the transform; what is lazy of inputs and targets was ``read`` already."""
        steps, batch = index.shape
        given, (*shapes, _) = self.samples.rows, self.samples.batch_shapes(batch)
        new_x, new_y = (_like(buffer, count, shape) for buffer, shape in zip(read, shapes, strict=True))

        def one(step: int) -> None:
            place = slice(step * batch, (step + 1) * batch)
            x, y = (
                np.asarray(leaf[index[step]]) if buffer is None else buffer[place]
                for leaf, buffer in zip(given[:2], read, strict=True)
            )
            new_x[place], new_y[place] = augment(x, y, index[step], epoch=window.epoch, step=window.step + step)

        self._all(one, range(steps))
        weight = given[2]
        return new_x, new_y, None if weight is None else _padded(np.asarray(weight[index.reshape(-1)]), count)


def result_of(task: "Future[Rows]", cancel: CancelToken) -> Rows:
    """A window's rows, as soon as they are there.

    Raises:
        Cancelled: if cancelled meanwhile.
        DataError: if they cannot be read.
    """
    while not wait([task], timeout=_POLL_SECONDS).done:
        if cancel.cancelled:
            raise Cancelled
    return task.result()


def _padded(rows: Array, count: int) -> Array:
    """The rows with as many zeros after them as make ``count``."""
    if len(rows) == count:
        return rows
    return np.concatenate([rows, np.zeros((count - len(rows), *rows.shape[1:]), rows.dtype)])


def _like(buffer: Array | None, count: int, shape: Any) -> Array:
    """Room for transformed rows: the rows' own where the transform changes neither shape nor type."""
    if buffer is not None and buffer.shape[1:] == shape.shape[1:] and buffer.dtype == shape.dtype:
        return buffer
    return _room((count, *shape.shape[1:]), shape.dtype)


def _room(shape: tuple[int, ...], dtype: Any) -> Array:
    """An array with any content, where JAX on a CPU can use it as it is instead of copying it."""
    size = int(np.prod(shape)) * np.dtype(dtype).itemsize
    memory = np.empty(size + _ALIGNMENT, np.uint8)
    first = -memory.ctypes.data % _ALIGNMENT
    return memory[first : first + size].view(dtype).reshape(shape)


def _to_device(rows: Array) -> Any:
    """Rows as an array of JAX, of the types that it computes with; nobody changes ``rows`` from now on."""
    return jax.device_put(rows.astype(jax.dtypes.canonicalize_dtype(rows.dtype), copy=False), may_alias=True)


def _unreadable(error: OSError) -> DataError:
    what = error.filename or tr("the data", "los datos")
    return DataError(
        tr(f"{what} cannot be read: {error.strerror}", f"no se puede leer {what}: {error.strerror}"),
        tr("Check the path and the permissions.", "Revise la ruta y los permisos."),
    )
