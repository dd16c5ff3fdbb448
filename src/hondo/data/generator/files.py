"""Pictures between files and batches: read as Keras reads them, and written where somebody wants to look at them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from os import walk
from pathlib import Path
from typing import Any, Self

import numpy as np
from PIL import Image

from hondo.core.arrays import Array, FloatArray, IntArray
from hondo.core.backend import keras
from hondo.core.errors import DataError
from hondo.core.language import tr
from hondo.data.generator.arguments import one_of, refused
from hondo.data.generator.parameters import Random
from hondo.data.threads import in_threads

SUFFIXES = ("png", "jpg", "jpeg", "bmp", "ppm", "tif", "tiff")
_CHANNELS = {"rgb": 3, "rgba": 4, "grayscale": 1}
_INTERPOLATIONS = ("nearest", "bilinear", "bicubic", "hamming", "box", "lanczos")


@dataclass(frozen=True)
class Reading:
    """How files become pictures; names are those of ``flow_from_directory``'s arguments."""

    target_size: tuple[int, int]
    color_mode: str
    interpolation: str
    keep_aspect_ratio: bool
    data_format: str

    def __post_init__(self) -> None:
        one_of("color_mode", self.color_mode, _CHANNELS)
        one_of("interpolation", self.interpolation, _INTERPOLATIONS)
        size = self.target_size
        if np.shape(size) != (2,) or not all(isinstance(side, int | np.integer) and side > 0 for side in size):
            raise refused("target_size", size, tr("height and width in pixels", "alto y ancho en píxeles"))

    @property
    def shape(self) -> tuple[int, int, int]:
        """The shape of one picture."""
        height, width, channels = *self.target_size, _CHANNELS[self.color_mode]
        return (height, width, channels) if self.data_format == "channels_last" else (channels, height, width)

    def read(self, paths: Sequence[str]) -> FloatArray:
        """Read pictures in threads.

        Raises:
            DataError: naming the first file that is missing or damaged.
        """
        pictures = np.empty((len(paths), *self.shape), np.float32)

        def fill(row: int) -> None:
            pictures[row] = self._read_one(paths[row])

        in_threads(fill, range(len(paths)))
        return pictures

    def _read_one(self, path: str) -> Array:
        try:
            image = keras.utils.load_img(
                path,
                color_mode=self.color_mode,
                target_size=tuple(self.target_size),
                interpolation=self.interpolation,
                keep_aspect_ratio=self.keep_aspect_ratio,
            )
            return keras.utils.img_to_array(image, data_format=self.data_format, dtype="float32")
        except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
            raise DataError(
                tr(f"{path} cannot be read as a picture: {error}", f"no se puede leer {path} como imagen: {error}"),
                tr("Replace the file or remove it.", "Sustituya el archivo o quítelo."),
            ) from error


@dataclass(frozen=True)
class Saving:
    """Where transformed pictures are written, to be looked at."""

    folder: Path
    prefix: str
    suffix: str

    @classmethod
    def into(cls, folder: str | Path | None, prefix: str, suffix: str) -> Self | None:
        """None if there is no folder.

        Raises:
            DataError: if the folder does not exist.
        """
        if folder is None or folder == "":
            return None
        path = Path(folder)
        if not path.is_dir():
            raise DataError(
                tr(f"save_to_dir: there is no folder {path}", f"save_to_dir: no existe la carpeta {path}"),
                tr("Make it first.", "Créela antes."),
            )
        return cls(path, prefix, suffix)

    def save(self, pictures: FloatArray, index: IntArray, random: Random, names_below: int, data_format: str) -> None:
        """Write a batch, stretched to 0..255: ``prefix_sample_number.suffix``, with a random number."""
        for picture, sample in zip(pictures, index, strict=True):
            image = keras.utils.array_to_img(picture, data_format, scale=True)
            image.save(self.folder / f"{self.prefix}_{sample}_{random.randint(names_below)}.{self.suffix}")


def pictures_below(folder: Path, follow_links: bool) -> Iterator[Path]:
    """The picture files in a folder and those below it, folder by folder and name by name."""
    for root, _, names in sorted(walk(folder, followlinks=follow_links), key=lambda found: found[0]):
        for name in sorted(names):
            if name.lower().endswith(SUFFIXES):
                yield Path(root) / name


def targets(class_mode: str | None, labels: Any, classes: int, dtype: np.dtype[Any], pictures: FloatArray) -> Any:
    """The targets of a batch.

    Args:
        class_mode: what they are; see ``flow_from_dataframe``.
        labels: class numbers, a list of them for samples of several classes, or columns of anything.
        classes: how many there are.
        dtype: of class numbers and one-hot rows.
        pictures: the batch's pictures, which are the targets for ``input``.
    """
    if class_mode == "input":
        return pictures.copy()
    if class_mode in ("binary", "sparse"):
        return np.asarray(labels, dtype)
    if class_mode == "categorical":
        rows = np.zeros((len(labels), classes), dtype)
        for row, label in zip(rows, labels, strict=True):
            row[label] = 1
        return rows
    return labels
