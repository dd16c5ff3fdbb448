"""Batches of pictures that are in memory, or in a source that is read by index."""

from typing import Any

import numpy as np

from hondo.core.arrays import Array, IntArray
from hondo.core.errors import DataError
from hondo.core.language import tr
from hondo.data.generator.arguments import check_rank
from hondo.data.generator.batches import BatchIterator, Transforms, subset_of
from hondo.data.generator.files import Saving
from hondo.data.generator.parameters import Random


class ArrayIterator(BatchIterator):
    """What ``ImageDataGenerator.flow`` returns; see there.

    Attributes:
        x: the pictures as they were given.
        x_misc: what goes with them unchanged.
        y: the targets, or None.
        sample_weight: the weights, or None.
    """

    def __init__(
        self,
        source: Transforms,
        x: Any,
        y: Any,
        sample_weight: Any,
        batch_size: int,
        shuffle: bool,
        seed: int | None,
        saving: Saving | None,
        subset: str | None,
        ignore_class_split: bool,
    ) -> None:
        x, misc = _with_company(x)
        check_rank(tuple(np.shape(x)))
        y = None if y is None else np.asarray(y)
        weights = None if sample_weight is None else np.asarray(sample_weight)
        for name, values in [("y", y), ("sample_weight", weights), *(("x[1]", each) for each in misc)]:
            if values is not None and len(values) != len(x):
                raise DataError(
                    tr(
                        f"{name} has {len(values)} entries and x has {len(x)} pictures",
                        f"{name} tiene {len(values)} elementos y x tiene {len(x)} imágenes",
                    ),
                    tr("Each picture needs one.", "Cada imagen necesita uno."),
                )
        chosen = subset_of(len(x), subset, source.validation_split)
        if subset is not None and y is not None and not ignore_class_split:
            _same_classes(y, int(source.validation_split * len(x)))
        self.x = x if subset is None else x[chosen]
        self.x_misc = [each[chosen] for each in misc]
        self.y = None if y is None else y[chosen]
        self.sample_weight = None if weights is None else weights[chosen]
        self._saving = saving
        super().__init__(source, len(self.x), batch_size, shuffle, seed)

    def batch(self, index: IntArray, random: Random) -> Any:
        """The samples at ``index``: pictures, then targets and weights if there are any."""
        generator = self.image_data_generator
        pictures = generator.standardize(generator.transformed(np.asarray(self.x[index]), random))
        if self._saving is not None:
            self._saving.save(pictures, index, random, 10**4, generator.data_format)
        x = [pictures, *(each[index] for each in self.x_misc)] if self.x_misc else pictures
        rest = tuple(each[index] for each in (self.y, self.sample_weight) if each is not None)
        return (x, *rest) if self.y is not None else x


def _with_company(x: Any) -> tuple[Any, list[Array]]:
    """The pictures, and what goes with them: ``x`` may be a pair of both."""
    if isinstance(x, tuple | list) and len(x) == 2 and np.ndim(x[0]) == 4:
        misc = x[1] if isinstance(x[1], list) else [x[1]]
        return _pictures(x[0]), [np.asarray(each) for each in misc]
    return _pictures(x), []


def _pictures(x: Any) -> Any:
    """An array; a source that is read by index stays one."""
    return x if hasattr(x, "shape") and hasattr(x, "dtype") else np.asarray(x)


def _same_classes(y: Array, border: int) -> None:
    """Refuse a split that leaves a class out of one of its parts."""
    if not np.array_equal(np.unique(y[:border]), np.unique(y[border:])):
        raise DataError(
            tr(
                "training and validation would not have the same classes: the samples seem to be sorted by class",
                "entrenamiento y validación no tendrían las mismas clases: las muestras parecen ordenadas por clase",
            ),
            tr("Shuffle them, or pass ignore_class_split=True.", "Barájelas o pase ignore_class_split=True."),
        )
