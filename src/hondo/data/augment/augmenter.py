"""The augmenter: what a spec asks for, done to one batch at a time, the same whoever asks and in whatever order."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from hondo.core.arrays import Array, ArrayShape, FloatArray, IntArray
from hondo.core.errors import DataError
from hondo.core.language import tr
from hondo.core.spec import AugmentSpec
from hondo.data.augment.colour import recolour
from hondo.data.augment.draw import batch_generator, epoch_key, uniforms
from hondo.data.augment.geometry import MOST_PIXELS_A_SIDE, Matrices, affine_maps, warp
from hondo.data.augment.mix import cut_holes, draw_mix
from hondo.data.augment.threads import in_parts

_DRAWN = (
    "rotation", "zoom", "shear", "shift_y", "shift_x", "crop_y", "crop_x",
    "horizontal_flip", "vertical_flip", "brightness", "contrast",
)  # fmt: skip
_CHANNELS, _HOLES = 2**10, 2**20  # where the columns of what there may be many of begin


@dataclass(frozen=True)
class Augmenter:
    """Changes the pictures of training batches at random; a :class:`hondo.core.arrays.BatchTransform`.

    What a picture goes through follows from the seed, the epoch and its number among the samples; what a batch draws as
    a whole (mixup, cutmix), from the seed, the epoch and the step. Neither the size of the batches, nor their order,
    nor the threads matter to it. May be called from several threads at once.

    Attributes:
        spec: what to do.
        seed: decides all draws.
        prepare: what the model needs done to raw pictures afterwards, such as ``Preprocessor.apply``; it gets
            ``(batch, height, width, channels)`` and may return any shape. Mixup blends what it returns.
        classes: how many there are, if targets are class numbers and samples are mixed; targets become one-hot rows.
        value_range: black and white. uint8 pictures always have 0 and 255; for float pictures it is needed by
            brightness, contrast and channel shift, which clip to it.
        threads: how many may work on a batch; left out, one a core.

    Example:
        >>> augment = Augmenter(AugmentSpec(rotation=20, horizontal_flip=True), seed=1)
        >>> pictures = np.zeros((8, 32, 32, 3), np.uint8)
        >>> x, y = augment(pictures, np.arange(8), np.arange(8), epoch=0, step=0)
        >>> x.shape, x.dtype
        ((8, 32, 32, 3), dtype('uint8'))
    """

    spec: AugmentSpec
    seed: int = 0
    prepare: Callable[[Array], FloatArray] | None = None
    classes: int | None = None
    value_range: tuple[float, float] | None = None
    threads: int | None = None

    def output(self, x: ArrayShape, y: ArrayShape) -> tuple[ArrayShape, ArrayShape]:
        """What a batch becomes.

        Raises:
            DataError: if pictures or targets cannot be augmented as the spec asks.
        """
        dtype = self._check_pictures(x.shape, x.dtype)
        inputs = ArrayShape(x.shape, dtype)
        if self.prepare is not None:
            probe = self.prepare(np.zeros((1, *x.shape[1:]), dtype))
            inputs = ArrayShape((x.shape[0], *probe.shape[1:]), probe.dtype)
        if self.spec.mixes and self._is_number(y.shape, y.dtype):
            y = ArrayShape((y.shape[0], self.classes or 0), np.dtype(np.float32))
        return inputs, y

    def __call__(self, x: Array, y: Array, index: IntArray, *, epoch: int, step: int) -> tuple[Array, Array]:
        """Augment a batch.

        Args:
            x: pictures ``(batch, height, width, channels)``, uint8 or float; left as they are.
            y: targets ``(batch, …)``; left as they are.
            index: the samples' numbers ``(batch,)``.
            epoch: counted from 0.
            step: the batch's place in the epoch, counted from 0.

        Returns:
            New pictures of the same shape, uint8 or float32, or what ``prepare`` makes of them; and the targets, which
            mixing blends.

        Raises:
            DataError: if pictures or targets cannot be augmented as the spec asks.
        """
        x = np.ascontiguousarray(x, self._check_pictures(x.shape, x.dtype))
        y = self._blendable(np.asarray(y)) if self.spec.mixes else y
        pictures = self.pictures(x, index, epoch)
        if not self.spec.mixes or not len(x):
            return self.prepare(pictures) if self.prepare else pictures, y
        draws = batch_generator(self.seed, epoch, step)
        mix = draw_mix(draws, len(x), (x.shape[1], x.shape[2]), self.spec.mixup, self.spec.cutmix)
        if mix.box is not None:
            pictures = pictures.copy() if pictures is x else pictures
            mix.paste(pictures)
        inputs: Array = self.prepare(pictures) if self.prepare else pictures
        return inputs if mix.box is not None else mix.blend(inputs), mix.blend(y)

    def pictures(self, x: Array, index: IntArray, epoch: int) -> Array:
        """What happens to each picture by itself: all but the mixing and ``prepare``.

        Args:
            x: contiguous pictures, uint8 or float32 ``(batch, height, width, channels)``.
            index: the samples' numbers ``(batch,)``.
            epoch: counted from 0.

        Returns:
            New pictures like ``x``; ``x`` itself if the spec asks for nothing of the kind.
        """
        columns = self._columns(x.shape[3])
        if not columns or not x.size:
            return x
        numbers = uniforms(epoch_key(self.seed, epoch), index, list(columns.values()))
        draws = dict(zip(columns, numbers, strict=True))
        maps = self._maps(draws, (x.shape[1], x.shape[2]), len(x))
        colours = self._colours(draws, x)
        centres = np.stack([draws[name] for name in draws if name.startswith("hole")], -1) if self.spec.cutout else None
        out = np.empty_like(x)

        def work(start: int, stop: int) -> None:
            part = out[start:stop]
            if maps is None:
                part[...] = x[start:stop]
            else:
                way = self.spec.interpolation if self._between_pixels else "nearest"
                warp(x[start:stop], maps[start:stop], part, self.spec.fill, self.spec.fill_value, way)
            if colours is not None:
                brightness, contrast, shifts, value_range = colours
                for row in range(start, stop):
                    shift = shifts[row] if shifts is not None else None
                    recolour(out[row], value_range, brightness[row], contrast[row], shift)
            if centres is not None:
                for row in range(start, stop):
                    cut_holes(out[row], centres[row].reshape(-1, 2), self.spec.cutout, self.spec.fill_value)

        in_parts(work, len(x), x.shape[1] * x.shape[2], self.threads)
        return out

    @cached_property
    def _between_pixels(self) -> bool:
        """Whether maps point between pixels; flips and crops alone do not."""
        spec = self.spec
        return bool(spec.rotation or spec.shear or any(spec.shift_shares) or spec.zoom_range != (1, 1))

    @cached_property
    def _asked(self) -> dict[str, bool]:
        """Which of :data:`_DRAWN` the spec asks for."""
        spec, (down, right) = self.spec, self.spec.shift_shares
        return dict(
            zip(
                _DRAWN,
                (
                    spec.rotation > 0, spec.zoom_range != (1, 1), spec.shear > 0, down > 0, right > 0,
                    spec.random_crop > 0, spec.random_crop > 0, spec.horizontal_flip, spec.vertical_flip,
                    spec.brightness_range != (1, 1), spec.contrast_range != (1, 1),
                ),
                strict=True,
            )
        )  # fmt: skip

    def _columns(self, channels: int) -> dict[str, int]:
        """What is drawn for each picture, and from which stream."""
        columns = {name: number for number, name in enumerate(_DRAWN) if self._asked[name]}
        if self.spec.channel_shift:
            columns |= {f"channel {number}": _CHANNELS + number for number in range(channels)}
        if self.spec.cutout:
            columns |= {f"hole {number}": _HOLES + number for number in range(2 * self.spec.cutout_holes)}
        return columns

    def _maps(self, draws: Mapping[str, FloatArray], size: tuple[int, int], count: int) -> Matrices | None:
        """One map a picture, or None if nothing moves."""
        if not any(name in draws for name in _DRAWN[:9]):
            return None
        spec, options, (height, width) = self.spec, {}, size
        down, right = spec.shift_shares
        reach = 2 * spec.random_crop + 1
        if "rotation" in draws:
            options["angle"] = np.deg2rad(spec.rotation) * _both_sides(draws["rotation"])
        if "shear" in draws:
            options["slant"] = np.deg2rad(spec.shear) * _both_sides(draws["shear"])
        if "zoom" in draws:
            options["zoom"] = _between(spec.zoom_range, draws["zoom"])
        for axis, side, share in (("y", height, down), ("x", width, right)):
            moves = []
            if f"shift_{axis}" in draws:
                moves.append(share * side * _both_sides(draws[f"shift_{axis}"]))
            if f"crop_{axis}" in draws:
                moves.append(np.floor(reach * draws[f"crop_{axis}"]) - spec.random_crop)
            if moves:
                options[f"move_{axis}"] = sum(moves)
        for axis, name in (("x", "horizontal_flip"), ("y", "vertical_flip")):
            if name in draws:
                options[f"mirror_{axis}"] = np.where(draws[name] < 0.5, -1.0, 1.0)
        return affine_maps(size, count=count, **options)

    def _colours(
        self, draws: Mapping[str, FloatArray], x: Array
    ) -> tuple[list[float], list[float], FloatArray | None, tuple[float, float]] | None:
        """Brightness, contrast and channel shifts of each picture, and the range; None if colours stay."""
        if not self._recolours:
            return None
        ones = [1.0] * len(x)
        brightness = (
            _between(self.spec.brightness_range, draws["brightness"]).tolist() if "brightness" in draws else ones
        )
        contrast = _between(self.spec.contrast_range, draws["contrast"]).tolist() if "contrast" in draws else ones
        shifts = None
        if self.spec.channel_shift:
            numbers = np.stack([draws[f"channel {channel}"] for channel in range(x.shape[3])], -1)
            shifts = self.spec.channel_shift * _both_sides(numbers)  # (batch, channels)
        return brightness, contrast, shifts, (0.0, 255.0) if x.dtype == np.uint8 else self.value_range or (0.0, 1.0)

    @property
    def _recolours(self) -> bool:
        return self._asked["brightness"] or self._asked["contrast"] or self.spec.channel_shift > 0

    def _check_pictures(self, shape: tuple[int, ...], dtype: np.dtype) -> np.dtype:
        """The type in which such pictures are augmented."""
        if len(shape) != 4:
            raise DataError(
                tr(
                    f"inputs have the shape {shape}; augmentation is for pictures (batch, height, width, channels)",
                    f"las entradas tienen la forma {shape}; el aumento es para imágenes (lote, alto, ancho, canales)",
                ),
                tr(
                    "Remove 'augment', or give pictures; grey ones need an axis of one channel.",
                    "Quite 'augment' o dé imágenes; las grises necesitan un eje de un canal.",
                ),
            )
        if dtype != np.uint8 and dtype.kind != "f":
            raise DataError(
                tr(
                    f"pictures are {dtype}; augmentation takes uint8 and floats",
                    f"las imágenes son {dtype}; el aumento admite uint8 y decimales",
                ),
                tr("Convert them: x.astype('float32').", "Conviértalas: x.astype('float32')."),
            )
        if max(shape[1:3]) > MOST_PIXELS_A_SIDE:
            height, width = shape[1:3]
            raise DataError(
                tr(
                    f"pictures have {height}×{width} pixels; augmentation takes up to {MOST_PIXELS_A_SIDE} a side",
                    f"las imágenes tienen {height}×{width} píxeles; el aumento admite {MOST_PIXELS_A_SIDE} por lado",
                ),
                tr("Set preprocess.resize.", "Ponga preprocess.resize."),
            )
        if dtype == np.uint8:
            return dtype
        low, high = self.value_range or (0.0, 0.0)
        if self._recolours and not low < high:
            raise DataError(
                tr(
                    "brightness, contrast and channel shift need to know black and white of float pictures",
                    "brillo, contraste y cambio de canal necesitan saber el negro y el blanco de imágenes decimales",
                ),
                tr("Give value_range=(0, 1) or (0, 255).", "Indique value_range=(0, 1) o (0, 255)."),
            )
        return np.dtype(np.float32)

    def _is_number(self, shape: tuple[int, ...], dtype: np.dtype) -> bool:
        """Whether targets are class numbers, which become one-hot rows; refuses those that cannot be blended."""
        numbers = dtype.kind in "iub"
        if numbers and (self.classes is None or int(np.prod(shape[1:])) != 1):
            raise DataError(
                tr(
                    f"mixup and cutmix cannot blend targets of type {dtype} and shape {shape}",
                    f"mixup y cutmix no pueden mezclar objetivos de tipo {dtype} y forma {shape}",
                ),
                tr(
                    "Give one-hot rows as floats, or class numbers and classes=their number.",
                    "Dé filas one-hot decimales, o números de clase y classes=su cantidad.",
                ),
            )
        return numbers

    def _blendable(self, y: Array) -> Array:
        """Targets that can be blended: one-hot rows for class numbers, floats as they are."""
        if not self._is_number(y.shape, y.dtype) or self.classes is None:
            return y
        labels = y.reshape(len(y)).astype(np.int64)
        if len(y) and not (labels.min() >= 0 and labels.max() < self.classes):
            last = self.classes - 1
            raise DataError(
                tr(
                    f"targets range from {labels.min()} to {labels.max()}; expected class numbers from 0 to {last}",
                    f"los objetivos van de {labels.min()} a {labels.max()}; se esperaban clases de 0 a {last}",
                ),
                tr("Number the classes without gaps, from 0.", "Numere las clases sin huecos, desde 0."),
            )
        return np.eye(self.classes, dtype=np.float32)[labels]


def _both_sides(numbers: FloatArray) -> FloatArray:
    """[0, 1) to [-1, 1)."""
    return 2 * numbers - 1


def _between(ends: tuple[float, float], numbers: FloatArray) -> FloatArray:
    return ends[0] + (ends[1] - ends[0]) * numbers
