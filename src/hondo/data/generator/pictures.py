"""Batches of pictures from files: from a folder with a folder for each class."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from hondo.core.arrays import IntArray
from hondo.core.errors import DataError
from hondo.core.language import tr
from hondo.data.generator.arguments import one_of
from hondo.data.generator.batches import BatchIterator, Transforms, subset_of
from hondo.data.generator.files import Reading, Saving, pictures_below, targets
from hondo.data.generator.parameters import Random

_CLASS_MODES = ("categorical", "binary", "sparse", "input", None)


class DirectoryIterator(BatchIterator):
    """What ``ImageDataGenerator.flow_from_directory`` returns; see there.

    Attributes:
        classes: each sample's class number ``(samples,)``.
        class_indices: the number of each class, by name.
        num_classes: how many there are.
        filenames: each sample's path within the folder.
        filepaths: and with the folder.
        samples: how many samples there are.
        image_shape: the shape of one picture.
    """

    def __init__(
        self,
        source: Transforms,
        directory: str | Path,
        reading: Reading,
        classes: Sequence[str] | None,
        class_mode: str | None,
        batch_size: int,
        shuffle: bool,
        seed: int | None,
        saving: Saving | None,
        follow_links: bool,
        subset: str | None,
    ) -> None:
        one_of("class_mode", class_mode, _CLASS_MODES)
        folder = Path(directory)
        names = _class_folders(folder, classes)
        self.directory, self.class_mode = str(directory), class_mode
        self.target_size, self.color_mode, self.image_shape = reading.target_size, reading.color_mode, reading.shape
        self.class_indices = {name: number for number, name in enumerate(names)}
        self.num_classes = len(names)
        self.filenames: list[str] = []
        numbers: list[int] = []
        for number, name in enumerate(names):
            found = list(pictures_below(folder / name, follow_links))
            chosen = found[subset_of(len(found), subset, source.validation_split)]
            self.filenames += [str(path.relative_to(folder)) for path in chosen]
            numbers += [number] * len(chosen)
        self.filepaths = [str(folder / name) for name in self.filenames]
        self.classes = np.array(numbers, np.int32)
        self.samples = len(self.filenames)
        self._reading, self._saving = reading, saving
        print(
            tr(
                f"Found {self.samples} images belonging to {self.num_classes} classes.",
                f"Se encontraron {self.samples} imágenes de {self.num_classes} clases.",
            )
        )
        super().__init__(source, self.samples, batch_size, shuffle, seed)

    @property
    def labels(self) -> IntArray:
        """The same as ``classes``."""
        return self.classes

    def batch(self, index: IntArray, random: Random) -> Any:
        """The samples at ``index``: pictures, and targets unless the class mode is None."""
        pictures = file_batch(self.image_data_generator, self._reading, self._saving, self.filepaths, index, random)
        if self.class_mode is None:
            return pictures
        labels = self.classes[index]
        return pictures, targets(self.class_mode, labels, self.num_classes, self.image_data_generator.dtype, pictures)


def file_batch(
    source: Transforms, reading: Reading, saving: Saving | None, paths: list[str], index: IntArray, random: Random
) -> Any:
    """Read the pictures at ``index``, transform them, and write them if somebody wants to look at them."""
    raw = reading.read([paths[number] for number in index.tolist()])
    pictures = source.standardize(source.transformed(raw, random))
    if saving is not None:
        saving.save(pictures, index, random, 10**7, reading.data_format)
    return pictures


def _class_folders(folder: Path, classes: Sequence[str] | None) -> list[str]:
    """The names of the classes' folders.

    Raises:
        DataError: if a folder does not exist.
    """
    missing = [path for path in (folder, *(folder / name for name in classes or ())) if not path.is_dir()]
    if missing:
        raise DataError(
            tr(f"there is no folder {missing[0]}", f"no existe la carpeta {missing[0]}"),
            tr("Expected a folder for each class in it.", "Se esperaba una carpeta por clase dentro de ella."),
        )
    return list(classes) if classes else sorted(path.name for path in folder.iterdir() if path.is_dir())
