"""What a training learns from: arrays and lazy sources with targets and weights, in one record."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from hondo.core.arrays import Array, ArrayShape, ArraySource, BatchTransform, IntArray
from hondo.core.backend import keras
from hondo.core.errors import DataError
from hondo.core.events import Notice
from hondo.core.language import tr
from hondo.data.arrays_on_disk import DiskRows, is_mapped
from hondo.data.damage import Damage, damage_of, damaged_rows
from hondo.data.indexing import numbers
from hondo.data.memory import held_bytes

Rows = tuple[Any, Any, Any]
"""Inputs, targets and weights of some samples, in the structures that the model takes."""


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
    """An array as Keras would take it (float64 becomes Keras's float type); lazy sources stay as they are.

    So do arrays that are mapped from a file and too large for the memory.
    """
    if is_lazy(value):
        return value
    if is_mapped(value) and value.nbytes > held_bytes():
        return DiskRows(value)
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

    @property
    def any_order(self) -> bool:
        """Whether the order in which rows are read makes no difference to the disk."""
        return getattr(self.source, "any_order", False)

    def read_into(self, index: Array, out: Array) -> None:
        """Put the samples at ``index`` into ``out``, where the source can."""
        source: Any = self.source
        source.read_into(index + self.first, out)

    @property
    def damage(self) -> Damage | None:
        """What was found unreadable in the whole source; see :class:`hondo.data.damage.Fallible`."""
        return damage_of(self.source)

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, index: Any, /) -> Any:
        if isinstance(index, int | np.integer):
            return self.source[int(numbers(np.array([index]), self.count)[0]) + self.first]
        return self.source[numbers(index, self.count) + self.first]

    def damaged(self, index: Array, /) -> Array:
        """Which of the samples at ``index`` are damaged."""
        return damaged_rows(self.source, index + self.first)


@dataclass(frozen=True)
class Samples:
    """Inputs, targets and weights in the structures that the model takes; every leaf has ``count`` rows.

    Attributes:
        rows: inputs, targets and weights.
        count: how many samples.
        augment: what happens to each batch before the model sees it.
    """

    rows: Rows
    count: int
    augment: BatchTransform | None = None

    @property
    def lazy(self) -> bool:
        """Whether any leaf must be read on demand, or batches transformed."""
        return self.augment is not None or any(not _held(leaf) for leaf in jax.tree.leaves(self.rows))

    @property
    def row_bytes(self) -> int:
        """Bytes of one sample with all its leaves, as the model sees it."""
        leaves = jax.tree.leaves(self.batch_shapes(1))
        return sum(int(np.prod(leaf.shape[1:])) * np.dtype(leaf.dtype).itemsize for leaf in leaves)

    def part(self, first: int, last: int) -> "Samples":
        """The samples from ``first`` up to before ``last``; what is lazy stays so."""
        count = last - first
        rows = jax.tree.map(lambda leaf: Part(leaf, first, count) if is_lazy(leaf) else leaf[first:last], self.rows)
        return Samples(rows, count, self.augment)

    def augmented(self, augment: BatchTransform | None) -> "Samples":
        """The same samples, with a transform for their batches.

        Raises:
            DataError: if there are several inputs or several targets.
        """
        x, y, _ = self.rows
        if augment is not None and not (_is_leaf(x) and _is_leaf(y)):
            raise DataError(
                tr(
                    "augment works with one array of inputs and one of targets",
                    "augment necesita un solo array de entradas y uno de objetivos",
                ),
                tr("Leave it out, or augment within the model.", "Quítelo, o aumente dentro del modelo."),
            )
        return replace(self, augment=augment)

    def batch_shapes(self, size: int) -> Rows:
        """The shapes and types of a batch of ``size`` samples."""
        x, y, weight = self.rows
        if self.augment is not None:
            x, y = self.augment.output(*(ArrayShape((size, *leaf.shape[1:]), leaf.dtype) for leaf in (x, y)))
        return jax.tree.map(
            lambda leaf: jax.ShapeDtypeStruct((size, *leaf.shape[1:]), jax.dtypes.canonicalize_dtype(leaf.dtype)),
            (x, y, weight),
            is_leaf=_is_leaf,
        )

    def untold_damage(self) -> list[DataError]:
        """What turned out to be unreadable since this was last asked."""
        found = {id(damage): damage for leaf in jax.tree.leaves(self.rows) if (damage := damage_of(leaf)) is not None}
        return [error for damage in found.values() for error in damage.untold()]


def _held(leaf: Any) -> bool:
    return isinstance(leaf, (np.ndarray, jax.Array))


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


def damage_notice(error: DataError) -> Notice:
    """What the reader is told of a sample that could not be read."""
    text, texto = f"{error.message}; another takes its place", f"{error.message}; otra ocupa su lugar"
    return Notice(tr(text, texto), "warning")


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
