"""``ImageDataGenerator`` itself: the old class's arguments and methods over functions that work on whole batches."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from hondo.core.arrays import Array, FloatArray
from hondo.core.backend import keras
from hondo.core.errors import DataError
from hondo.core.language import tr
from hondo.data.generator.arguments import Shift, both_ends, check_arguments, check_rank, warn
from hondo.data.generator.arrays import ArrayIterator
from hondo.data.generator.batches import GeneratorTransform
from hondo.data.generator.files import Reading, Saving
from hondo.data.generator.normalise import Normalisation, whitening_matrix
from hondo.data.generator.parameters import Parameters, Random, Ranges, draw
from hondo.data.generator.pictures import DirectoryIterator
from hondo.data.generator.tables import Columns, DataFrameIterator
from hondo.data.generator.transform import FillMode, Sampling, transform

DataFormat = Literal["channels_last", "channels_first"]
Subset = Literal["training", "validation"]


class ImageDataGenerator:
    """Batches of pictures, transformed at random; the class of that name which Keras used to have.

    The arguments mean what they meant there, and for equal draws the pictures are the same (to 0.02 grey levels of 255
    with linear interpolation; see the decision on augmentation). With a ``seed``, ``flow`` draws what the old class
    draws. NumPy's global generator is used where no seed is given, and left alone where one is.

    Args:
        featurewise_center: subtract the mean of each channel, learnt by :meth:`fit`.
        samplewise_center: subtract each picture's own mean.
        featurewise_std_normalization: divide by the standard deviation of each channel, learnt by :meth:`fit`.
        samplewise_std_normalization: divide by each picture's own.
        zca_whitening: make values uncorrelated; learnt by :meth:`fit`.
        zca_epsilon: keeps that from blowing up directions without variance.
        rotation_range: degrees to either side.
        width_shift_range: below 1 a share of the width, else pixels, to either side; a whole number n chooses from 0 to
            n - 1 pixels, a list from its values.
        height_shift_range: the same for the height.
        brightness_range: factors from and to.
        shear_range: degrees to either side.
        zoom_range: z for factors from 1 - z to 1 + z, or from and to; drawn for each axis; below 1 enlarges.
        channel_shift_range: added to all values, up to this to either side.
        fill_mode: beyond the edges: nearest, reflect, wrap or constant, as ``scipy.ndimage`` has them.
        cval: for constant.
        horizontal_flip: mirror every other picture left to right.
        vertical_flip: mirror every other picture top to bottom.
        rescale: what values are multiplied by, after the transforms.
        preprocessing_function: called with each picture after the transforms; returns one of the same shape.
        data_format: channels_last or channels_first; left out, what Keras is set to.
        validation_split: the share of samples in the subset ``validation``.
        interpolation_order: between pixels: 0 nearest, 1 linear, 2 to 5 splines.
        dtype: of the batches; left out, what Keras is set to.

    Raises:
        DataError: if an argument is none of these.

    Example:
        >>> pictures = np.zeros((10, 8, 8, 3), np.uint8)
        >>> batches = ImageDataGenerator(rotation_range=20, rescale=1 / 255).flow(pictures, batch_size=4, seed=1)
        >>> len(batches), next(batches).shape
        (3, (4, 8, 8, 3))
    """

    def __init__(
        self,
        featurewise_center: bool = False,
        samplewise_center: bool = False,
        featurewise_std_normalization: bool = False,
        samplewise_std_normalization: bool = False,
        zca_whitening: bool = False,
        zca_epsilon: float = 1e-6,
        rotation_range: float = 0,
        width_shift_range: Shift = 0.0,
        height_shift_range: Shift = 0.0,
        brightness_range: Sequence[float] | None = None,
        shear_range: float = 0.0,
        zoom_range: float | Sequence[float] = 0.0,
        channel_shift_range: float = 0.0,
        fill_mode: FillMode = "nearest",
        cval: float = 0.0,
        horizontal_flip: bool = False,
        vertical_flip: bool = False,
        rescale: float | None = None,
        preprocessing_function: Callable[[Array], Array] | None = None,
        data_format: DataFormat | None = None,
        validation_split: float = 0.0,
        interpolation_order: int = 1,
        dtype: npt.DTypeLike | None = None,
    ) -> None:
        self.featurewise_center = featurewise_center or zca_whitening or featurewise_std_normalization
        self.samplewise_center = samplewise_center or samplewise_std_normalization
        self.featurewise_std_normalization = featurewise_std_normalization and not zca_whitening
        self.samplewise_std_normalization = samplewise_std_normalization
        self.zca_whitening = zca_whitening
        self.zca_epsilon = zca_epsilon
        self.rotation_range = rotation_range
        self.width_shift_range = width_shift_range
        self.height_shift_range = height_shift_range
        self.brightness_range = brightness_range
        self.shear_range = shear_range
        self.zoom_range = both_ends(zoom_range)
        self.channel_shift_range = channel_shift_range
        self.fill_mode: FillMode = fill_mode
        self.cval = cval
        self.horizontal_flip = horizontal_flip
        self.vertical_flip = vertical_flip
        self.rescale = rescale
        self.preprocessing_function = preprocessing_function
        self.data_format: str = data_format or keras.config.image_data_format()
        self.validation_split = validation_split
        self.interpolation_order = interpolation_order
        self.dtype: np.dtype[Any] = np.dtype(dtype or keras.config.floatx())
        self.mean: FloatArray | None = None
        self.std: FloatArray | None = None
        self.zca_whitening_matrix: FloatArray | None = None
        check_arguments(self)
        if zca_whitening and featurewise_std_normalization:
            warn(
                "zca_whitening replaces featurewise_std_normalization, which is left out",
                "zca_whitening sustituye a featurewise_std_normalization, que se omite",
            )

    def flow(
        self,
        x: Any,
        y: Any = None,
        batch_size: int = 32,
        shuffle: bool = True,
        sample_weight: Any = None,
        seed: int | None = None,
        save_to_dir: str | Path | None = None,
        save_prefix: str = "",
        save_format: str = "png",
        ignore_class_split: bool = False,
        subset: Subset | None = None,
    ) -> ArrayIterator:
        """Batches of pictures in memory (or in a source that is read by index), transformed.

        Args:
            x: pictures ``(samples, height, width, channels)``, or a pair of them and what goes with them unchanged.
            y: targets, if there are any.
            batch_size: samples a batch.
            shuffle: whether each epoch has an order of its own.
            sample_weight: weights, if there are any.
            seed: makes order and transforms reproducible, whatever the number of threads.
            save_to_dir: a folder that receives every picture, to look at.
            save_prefix: what those files' names begin with.
            save_format: their format.
            ignore_class_split: allow a subset without some of the classes.
            subset: training or validation, if ``validation_split`` is set; validation is the beginning.

        Returns:
            An endless iterator, and a ``keras.utils.PyDataset`` for ``fit``.

        Raises:
            DataError: if the arrays do not go together.
        """
        saving = Saving.into(save_to_dir, save_prefix, save_format)
        return ArrayIterator(self, x, y, sample_weight, batch_size, shuffle, seed, saving, subset, ignore_class_split)

    def flow_from_directory(
        self,
        directory: str | Path,
        target_size: tuple[int, int] = (256, 256),
        color_mode: Literal["rgb", "rgba", "grayscale"] = "rgb",
        classes: Sequence[str] | None = None,
        class_mode: str | None = "categorical",
        batch_size: int = 32,
        shuffle: bool = True,
        seed: int | None = None,
        save_to_dir: str | Path | None = None,
        save_prefix: str = "",
        save_format: str = "png",
        follow_links: bool = False,
        subset: Subset | None = None,
        interpolation: str = "nearest",
        keep_aspect_ratio: bool = False,
    ) -> DirectoryIterator:
        """Batches of pictures from a folder with a folder for each class, read as they are needed.

        Args:
            directory: the folder.
            target_size: height and width that pictures are resized to.
            color_mode: rgb, rgba or grayscale.
            classes: the classes' folders in order; left out, all folders by name.
            class_mode: what targets are: categorical (one-hot), binary, sparse, input (the picture), or None.
            batch_size: samples a batch.
            shuffle: whether each epoch has an order of its own.
            seed: makes order and transforms reproducible.
            save_to_dir: a folder that receives every picture, to look at.
            save_prefix: what those files' names begin with.
            save_format: their format.
            follow_links: whether links to folders are followed.
            subset: training or validation, if ``validation_split`` is set.
            interpolation: how pictures are resized.
            keep_aspect_ratio: cut out the middle in the right proportions before resizing.

        Raises:
            DataError: if there is no such folder, or an argument is none of these.
        """
        reading = Reading(target_size, color_mode, interpolation, keep_aspect_ratio, self.data_format)
        saving = Saving.into(save_to_dir, save_prefix, save_format)
        return DirectoryIterator(
            self, directory, reading, classes, class_mode, batch_size, shuffle, seed, saving, follow_links, subset
        )

    def flow_from_dataframe(
        self,
        dataframe: Any,
        directory: str | Path | None = None,
        x_col: str = "filename",
        y_col: str | Sequence[str] = "class",
        weight_col: str | None = None,
        target_size: tuple[int, int] = (256, 256),
        color_mode: Literal["rgb", "rgba", "grayscale"] = "rgb",
        classes: Sequence[str] | None = None,
        class_mode: str | None = "categorical",
        batch_size: int = 32,
        shuffle: bool = True,
        seed: int | None = None,
        save_to_dir: str | Path | None = None,
        save_prefix: str = "",
        save_format: str = "png",
        subset: Subset | None = None,
        interpolation: str = "nearest",
        validate_filenames: bool = True,
        keep_aspect_ratio: bool = False,
    ) -> DataFrameIterator:
        """Batches of pictures whose files and targets are columns of a pandas data frame.

        Args:
            dataframe: one row a picture.
            directory: what the file names are relative to.
            x_col: the column of file names.
            y_col: the column of targets; several for ``multi_output`` and ``raw``.
            weight_col: the column of weights, if there is one.
            target_size: height and width that pictures are resized to.
            color_mode: rgb, rgba or grayscale.
            classes: the classes in order; rows of others are left out. Left out, all of them by name.
            class_mode: what targets are: categorical (one-hot; a list of classes in a cell gives several), binary,
                sparse, raw (the column's numbers), multi_output (an array a column), input (the picture), or None.
            batch_size: samples a batch.
            shuffle: whether each epoch has an order of its own.
            seed: makes order and transforms reproducible.
            save_to_dir: a folder that receives every picture, to look at.
            save_prefix: what those files' names begin with.
            save_format: their format.
            subset: training or validation, if ``validation_split`` is set.
            interpolation: how pictures are resized.
            validate_filenames: leave out rows whose file does not exist or is no picture, and say so.
            keep_aspect_ratio: cut out the middle in the right proportions before resizing.

        Raises:
            DataError: if columns are missing or hold something else.
        """
        reading = Reading(target_size, color_mode, interpolation, keep_aspect_ratio, self.data_format)
        saving, columns = Saving.into(save_to_dir, save_prefix, save_format), Columns(x_col, y_col, weight_col)
        return DataFrameIterator(
            self, dataframe, directory, columns, reading, classes, class_mode, batch_size, shuffle, seed, saving,
            subset, validate_filenames,
        )  # fmt: skip

    def fit(self, x: Any, augment: bool = False, rounds: int = 1, seed: int | None = None) -> None:
        """Learn means, deviations and whitening from pictures, rescaled as they will be.

        Args:
            x: pictures ``(samples, height, width, channels)``; left as they are.
            augment: whether to learn from transformed pictures.
            rounds: then, how many times each.
            seed: then, what decides the transforms.

        Raises:
            DataError: if they are no batch of pictures.
        """
        check_rank(np.shape(x))
        x = np.array(x, dtype=self.dtype)
        if self.rescale:
            x *= self.rescale
        if augment:
            random = np.random if seed is None else np.random.RandomState(seed)
            x = np.concatenate([self.transformed(x, random) for _ in range(rounds)])
        others = tuple(axis for axis in range(4) if axis != self._channel_axis)
        if self.featurewise_center:
            mean = x.mean(others, keepdims=True, dtype=np.float64)[0].astype(self.dtype)
            self.mean = mean
            x -= mean
        if self.featurewise_std_normalization:
            std = x.std(others, keepdims=True, dtype=np.float64)[0].astype(self.dtype)
            self.std = std
            x /= std + 1e-6
        if self.zca_whitening:
            self.zca_whitening_matrix = whitening_matrix(x, self.zca_epsilon)

    def get_random_transform(self, img_shape: Sequence[int], seed: int | None = None) -> dict[str, Any]:
        """Draw one transform.

        Args:
            img_shape: the shape of the picture, three numbers.
            seed: decides it; left out, NumPy's global generator does.

        Returns:
            theta, tx, ty, shear, zx, zy, flip_horizontal, flip_vertical, channel_shift_intensity and brightness.
        """
        random = np.random if seed is None else np.random.RandomState(seed)
        return self.draw(self._size(tuple(img_shape)), 1, random).first()

    def apply_transform(self, x: Array, transform_parameters: dict[str, Any]) -> Array:
        """Apply a transform such as :meth:`get_random_transform` gives to one picture.

        Args:
            x: one picture with its three axes; left as it is.
            transform_parameters: what is missing stays as it is.

        Returns:
            A new picture of the same shape; whole numbers stay such unless colours change.
        """
        x = np.asarray(x)
        if x.ndim != 3:
            raise DataError(
                tr(f"a picture of shape {x.shape} came", f"llegó una imagen de forma {x.shape}"),
                tr("Give one picture with three axes.", "Dé una imagen con tres ejes."),
            )
        parameters = Parameters.of(transform_parameters)
        moved = self._apply(x[np.newaxis], parameters)[0]
        recoloured = parameters.channel_shift_intensity is not None or parameters.brightness is not None
        if x.dtype.kind in "iu" and not recoloured:
            return np.floor(moved + np.float32(0.5)).astype(x.dtype)
        return moved.astype(x.dtype, copy=False) if x.dtype.kind == "f" else moved

    def random_transform(self, x: Array, seed: int | None = None) -> Array:
        """Draw a transform and apply it to one picture; see :meth:`apply_transform`."""
        return self.apply_transform(x, self.get_random_transform(np.shape(x), seed))

    def standardize(self, x: Array) -> FloatArray:
        """Rescale, centre, scale and whiten one picture, or a batch picture by picture; floats are changed in place."""
        x = np.asarray(x)
        x = x if x.dtype.kind == "f" else x.astype(self.dtype)
        return self._normalisation().apply(x) if x.ndim == 4 else self._normalisation().apply(x[np.newaxis])[0]

    def as_transform(self, seed: int = 0) -> GeneratorTransform:
        """The same as a :class:`hondo.core.arrays.BatchTransform`, for ``hondo.fit(…, augment=…)``."""
        return GeneratorTransform(self, seed)

    def transformed(self, x: Array, random: Random) -> FloatArray:
        """Draw a transform for each picture of a batch and apply it; what iterators do before :meth:`standardize`."""
        return self._apply(x, self.draw(self._size(x.shape[1:]), len(x), random))

    def draw(self, size: tuple[int, int], count: int, random: Random) -> Parameters:
        """Draw transforms for ``count`` pictures of this height and width."""
        return draw(self._ranges, size, count, random)

    def _apply(self, x: Array, parameters: Parameters) -> FloatArray:
        first = self.data_format == "channels_first"
        pictures = np.ascontiguousarray(np.moveaxis(x, 1, -1) if first else x, np.float32)
        moved = transform(pictures, parameters, Sampling(self.fill_mode, self.cval, self.interpolation_order))
        return (np.moveaxis(moved, -1, 1) if first else moved).astype(self.dtype, copy=False)

    @property
    def _channel_axis(self) -> int:
        return 3 if self.data_format == "channels_last" else 1

    def _size(self, shape: tuple[int, ...]) -> tuple[int, int]:
        """Height and width of a picture of this shape."""
        return (shape[0], shape[1]) if self.data_format == "channels_last" else (shape[1], shape[2])

    @property
    def _ranges(self) -> Ranges:
        return Ranges(
            self.rotation_range, self.height_shift_range, self.width_shift_range, self.shear_range,
            (self.zoom_range[0], self.zoom_range[1]), self.horizontal_flip, self.vertical_flip,
            self.channel_shift_range,
            None if self.brightness_range is None else (self.brightness_range[0], self.brightness_range[1]),
        )  # fmt: skip

    def _normalisation(self) -> Normalisation:
        learnt = {
            "featurewise_center": self.mean,
            "featurewise_std_normalization": self.std,
            "zca_whitening": self.zca_whitening_matrix,
        }
        missing = [name for name, value in learnt.items() if getattr(self, name) and value is None]
        if missing:
            listed = ", ".join(missing)
            warn(
                f"{listed}: not fitted, so left out. Call fit(pictures) first.",
                f"{listed}: sin ajustar, así que se omite. Llame antes a fit(imágenes).",
            )
        used = [value if getattr(self, name) else None for name, value in learnt.items()]
        return Normalisation(
            self.preprocessing_function, self.rescale, self.samplewise_center, self.samplewise_std_normalization, *used
        )
