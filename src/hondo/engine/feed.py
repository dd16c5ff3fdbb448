"""How samples reach the compiled steps: all at once on the device, or a chunk at a time.

A compiled chunk receives rows and an order in which to take them. A :class:`Feed` prepares both for a stretch of
an epoch. Arrays stay on the device for the whole training (:class:`ResidentFeed`); a lazy source, or data larger than
the device, is gathered chunk by chunk while the one before is computed (:class:`StreamedFeed`).
"""

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Protocol

import jax
import jax.numpy as jnp
import numpy as np

from hondo.core.arrays import Array, ArraySource, IntArray
from hondo.core.backend import keras
from hondo.core.errors import DataError
from hondo.core.language import tr

STREAM_BYTES = 32 * 2**20

Rows = tuple[Any, Any, Any]


def is_lazy(value: Any) -> bool:
    """Whether a value gives rows only when asked, rather than holding them as an array of a library we know."""
    known = type(value).__module__.partition(".")[0] in (
        "numpy",
        "scipy",
        "jax",
        "jaxlib",
        "pandas",
        "torch",
        "tensorflow",
    )
    return isinstance(value, ArraySource) and not known


def _as_source(value: Any) -> Any:
    """An array as Keras would take it (float64 becomes Keras's float type); lazy sources stay as they are."""
    if is_lazy(value):
        return value
    array = value if isinstance(value, (np.ndarray, jax.Array)) else np.asarray(value)
    if jnp.issubdtype(array.dtype, jnp.floating) and array.dtype != keras.config.floatx():
        return array.astype(keras.config.floatx())
    if array.dtype == object or array.dtype.kind in "US":
        raise DataError(
            tr(
                f"arrays of numbers are needed, got dtype {array.dtype}",
                f"hacen falta arrays de números; se recibió el tipo {array.dtype}",
            ),
            tr("Encode text as numbers first.", "Codifique antes el texto como números."),
        )
    return array


def class_weights_to_samples(y: Array, class_weight: Mapping[int, float]) -> Array:
    """A weight for each sample from a weight for each class, as Keras does.

    Args:
        y: class numbers ``(n,)`` or ``(n, 1)``, or one-hot rows ``(n, classes)``.
        class_weight: weight by class number; a class that is missing counts 1.

    Returns:
        Weights ``(n,)``.
    """
    numbers = np.asarray(y)
    if numbers.ndim > 1:
        numbers = numbers.argmax(axis=-1) if numbers.shape[-1] != 1 else numbers[..., 0]
    numbers = np.round(numbers).astype(np.int64)
    values, positions = np.unique(numbers, return_inverse=True)
    weights = np.array([class_weight.get(int(value), 1.0) for value in values], dtype=keras.config.floatx())
    return weights[positions.reshape(numbers.shape)]


@dataclass(frozen=True)
class Part:
    """Consecutive rows of a lazy source, themselves read on demand."""

    source: ArraySource
    first: int
    count: int

    @property
    def shape(self) -> tuple[int, ...]:
        """Rows first."""
        return (self.count, *self.source.shape[1:])

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of the values."""
        return self.source.dtype

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, index: Any, /) -> Any:
        return self.source[np.arange(self.first, self.first + self.count)[index]]


@dataclass(frozen=True)
class Samples:
    """Inputs, targets and weights in the structures that the model takes; every leaf has ``count`` rows."""

    rows: Rows
    count: int

    @property
    def lazy(self) -> bool:
        """Whether any leaf must be read on demand."""
        return any(not isinstance(leaf, (np.ndarray, jax.Array)) for leaf in jax.tree.leaves(self.rows))

    @property
    def row_bytes(self) -> int:
        """Bytes of one sample with all its leaves."""
        leaves = jax.tree.leaves(self.rows)
        return sum(int(np.prod(leaf.shape[1:])) * np.dtype(leaf.dtype).itemsize for leaf in leaves)

    def take(self, index: IntArray | slice) -> Rows:
        """The samples at ``index`` as arrays."""
        return jax.tree.map(lambda leaf: leaf[index], self.rows)

    def part(self, first: int, last: int) -> "Samples":
        """The samples from ``first`` up to before ``last``; what is lazy stays so."""
        count = last - first
        rows = jax.tree.map(lambda leaf: Part(leaf, first, count) if is_lazy(leaf) else leaf[first:last], self.rows)
        return Samples(rows, count)

    def batch_shapes(self, size: int) -> Rows:
        """The shapes and types of a batch of ``size`` samples."""
        return jax.tree.map(
            lambda leaf: jax.ShapeDtypeStruct((size, *leaf.shape[1:]), jax.dtypes.canonicalize_dtype(leaf.dtype)),
            self.rows,
        )


def gather(x: Any, y: Any = None, sample_weight: Any = None) -> Samples:
    """Bring what ``fit`` was given into one record.

    Args:
        x: an array or lazy source, or a list, tuple or dict of them; first axis is the sample.
        y: targets in the structure of the model's outputs, or None.
        sample_weight: weights ``(n,)``; for several outputs one array, or one an output.

    Raises:
        DataError: if the numbers of samples differ.
    """
    x, y, sample_weight = (
        jax.tree.map(_as_source, part, is_leaf=_is_leaf) if part is not None else None for part in (x, y, sample_weight)
    )
    several = y is not None and isinstance(y, (list, tuple, dict))
    if several and sample_weight is not None and not isinstance(sample_weight, (list, tuple, dict)):
        weight = sample_weight
        sample_weight = jax.tree.map(lambda _: weight, y)
    rows = (x, y, sample_weight)
    counts = {int(leaf.shape[0]) if leaf.shape else 0 for leaf in jax.tree.leaves(rows)}
    if len(counts) != 1 or counts == {0}:
        raise DataError(
            tr(
                f"inputs, targets and weights need the same number of samples, at least one; got {sorted(counts)}",
                f"entradas, objetivos y pesos deben tener igual número de muestras, al menos una; hay {sorted(counts)}",
            )
        )
    return Samples(rows, counts.pop())


def weigh_classes(samples: Samples, class_weight: Mapping[int, float]) -> Samples:
    """The same samples, each counting as much as its class.

    Args:
        samples: with a single output and no weights of their own.
        class_weight: weight by class number.

    Raises:
        DataError: if there are several outputs, or weights already.
    """
    x, y, sample_weight = samples.rows
    if sample_weight is not None or not hasattr(y, "shape"):
        raise DataError(
            tr(
                "class_weight works only with a single output and without sample_weight",
                "class_weight solo funciona con una sola salida y sin sample_weight",
            ),
            tr("Put both into sample_weight.", "Reúna ambos en sample_weight."),
        )
    return Samples((x, y, class_weights_to_samples(y, class_weight)), samples.count)


def _is_leaf(value: Any) -> bool:
    return hasattr(value, "shape") and hasattr(value, "dtype")


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

    def begin(self, order: IntArray) -> None:
        """Start an epoch; ``order`` ``(steps, batch)`` says which samples form which batch."""
        ...

    def reach(self, step: int) -> int:
        """How many steps from ``step`` on one portion can serve."""
        ...

    def portion(self, step: int) -> Portion:
        """The rows for the steps from ``step`` on."""
        ...

    def shapes(self, batch: int, steps: int) -> tuple[Any, Any]:
        """What ``rows`` and ``order`` of every portion look like, without reading any."""
        ...


def on_device(samples: Samples) -> Rows:
    """All rows as device arrays."""
    return jax.tree.map(jnp.asarray, samples.rows)


class ResidentFeed:
    """All samples lie on the device; only the order changes."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._order = jnp.zeros((0, 0), jnp.int32)

    def begin(self, order: IntArray) -> None:
        """Send the epoch's order to the device."""
        self._order = jnp.asarray(order, jnp.int32)

    def reach(self, step: int) -> int:
        """All the steps that are left."""
        return self._order.shape[0] - step

    def portion(self, step: int) -> Portion:
        """The whole set, its order, and the place in it."""
        return Portion(self._rows, self._order, step)

    def shapes(self, batch: int, steps: int) -> tuple[Any, Any]:
        """The whole set, and one number a sample of an epoch."""
        return self._rows, jax.ShapeDtypeStruct((steps, batch), jnp.int32)


class StreamedFeed:
    """Gathers the rows of a window of steps on the host, one window ahead of the device."""

    def __init__(self, samples: Samples, batch_size: int, steps: int) -> None:
        self._samples = samples
        self._window = max(1, min(steps, STREAM_BYTES // max(1, samples.row_bytes * batch_size)))
        self._within = jnp.arange(self._window * batch_size, dtype=jnp.int32).reshape(self._window, batch_size)
        self._order: IntArray = np.zeros((0, batch_size), np.int64)
        self._read: dict[int, Future[Rows]] = {}
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="hondo-feed")

    def begin(self, order: IntArray) -> None:
        """Forget what was read for another epoch."""
        self._order, self._read = order, {}

    def reach(self, step: int) -> int:
        """The rest of the window."""
        return min(self._window - step % self._window, len(self._order) - step)

    def portion(self, step: int) -> Portion:
        """The rows of the window that holds ``step``; the next window is read meanwhile."""
        window = step // self._window
        wanted = [w for w in (window, window + 1) if w * self._window < len(self._order)]
        self._read = {w: self._read.get(w) or self._pool.submit(self._gather, w) for w in wanted}
        return Portion(self._read[window].result(), self._within, step % self._window)

    def shapes(self, batch: int, steps: int) -> tuple[Any, Any]:
        """A window of rows, and their numbers within it."""
        return self._samples.batch_shapes(self._within.size), self._within

    def _gather(self, window: int) -> Rows:
        index = self._order[window * self._window : (window + 1) * self._window].reshape(-1)
        missing = self._within.size - len(index)  # the last window of an epoch keeps the compiled shape
        index = np.concatenate([index, np.repeat(index[-1:], missing)])
        return jax.tree.map(jnp.asarray, self._samples.take(index))


def order_of_samples(count: int, batch_size: int, shuffle: bool | str, draw: Callable[[int], IntArray]) -> IntArray:
    """The order in which an epoch takes its samples.

    Args:
        count: number of samples.
        batch_size: samples a step.
        shuffle: False keeps the order; True mixes all samples; ``"batch"`` mixes within each batch.
        draw: gives a permutation of ``n`` numbers.

    Returns:
        Sample numbers ``(count,)``.
    """
    if not shuffle:
        return np.arange(count)
    if shuffle == "batch":
        starts = range(0, count, batch_size)
        return np.concatenate([start + draw(min(batch_size, count - start)) for start in starts])
    return draw(count)
