"""The preprocessing written out in plain NumPy with one thing done otherwise at will: the mistakes that ports make.

A :class:`Recipe` says how each step is done. :data:`CORRECT` does what the training did; every other recipe differs
from it in one way or two, and :mod:`~hondo.experiments.export.hypotheses` asks which of them explains some numbers.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from PIL import Image

from hondo.core.arrays import Array, FloatArray
from hondo.data.columns import encode_columns
from hondo.data.pixels import greyscale, resize_picture
from hondo.data.preprocessor import Preprocessor
from hondo.experiments.export.stages import step_names


@dataclass(frozen=True)
class Recipe:
    """How raw samples become what the model is fed; ``"trained"`` is as in training.

    Attributes:
        read: ``trained``, or how pictures were misread: a key of :data:`READINGS`.
        columns: ``trained``, or ``zeros`` (missing numbers become 0) or ``sorted`` (columns by name).
        greyscale: ``trained``, or a key of :data:`GREYS`.
        resize: ``trained``, or a key of :data:`RESIZINGS`.
        scale: ``trained``, or a key of :data:`SCALES`.
        standardise: ``trained``, or a key of :data:`STANDARDS`.
        flatten: ``trained``, or ``columns`` (down before across) or ``channels`` (channel after channel).
    """

    read: str = "trained"
    columns: str = "trained"
    greyscale: str = "trained"
    resize: str = "trained"
    scale: str = "trained"
    standardise: str = "trained"
    flatten: str = "trained"

    @property
    def changed(self) -> dict[str, str]:
        """What is not as in training, by step."""
        return {name: value for name, value in vars(self).items() if value != "trained"}

    def and_(self, other: "Recipe") -> "Recipe":
        """Both mistakes at once."""
        return replace(self, **other.changed)


CORRECT = Recipe()


def _opencv(interpolation: int) -> Callable[[Array, tuple[int, int]], Array]:
    def resize(picture: Array, size: tuple[int, int]) -> Array:
        resized = cv2.resize(picture, (size[1], size[0]), interpolation=interpolation)
        return resized.reshape(*size, picture.shape[2])

    return resize


def _unrounded(picture: Array, size: tuple[int, int]) -> Array:
    return _opencv(cv2.INTER_LINEAR)(picture.astype(np.float32), size)


def _pillow(filter_: Image.Resampling) -> Callable[[Array, tuple[int, int]], Array]:
    def resize(picture: Array, size: tuple[int, int]) -> Array:
        image = Image.fromarray(picture[..., 0] if picture.shape[2] == 1 else picture)
        return np.asarray(image.resize((size[1], size[0]), filter_)).reshape(*size, picture.shape[2])

    return resize


def _middle(picture: Array, size: tuple[int, int]) -> Array:
    """Proportions kept: the picture's middle, cut out and resized."""
    height, width = picture.shape[:2]
    factor = min(height / size[0], width / size[1])
    tall, wide = max(1, round(size[0] * factor)), max(1, round(size[1] * factor))
    top, left = (height - tall) // 2, (width - wide) // 2
    return resize_picture(np.ascontiguousarray(picture[top : top + tall, left : left + wide]), size)


READINGS: Mapping[str, Callable[[Array], Array]] = {
    "swapped": lambda x: x[..., ::-1],
    "inverted": lambda x: 255 - x,
    "transposed": lambda x: x.swapaxes(0, 1),
    "upside-down": lambda x: x[::-1],
    "mirrored": lambda x: x[:, ::-1],
}
"""Raw pictures ``(height, width, channels)`` misread."""

GREYS: Mapping[str, Callable[[Array], Array]] = {
    "mean": lambda x: np.rint(x.mean(axis=2, keepdims=True)).astype(x.dtype),
    "first-channel": lambda x: x[..., :1],
    "bt709": lambda x: np.rint(x @ np.array([[0.2126], [0.7152], [0.0722]])).astype(x.dtype),
}
"""Other ways from colour to one channel."""

RESIZINGS: Mapping[str, Callable[[Array, tuple[int, int]], Array]] = {
    "nearest": _opencv(cv2.INTER_NEAREST),
    "linear": _opencv(cv2.INTER_LINEAR),
    "linear-unrounded": _unrounded,
    "cubic": _opencv(cv2.INTER_CUBIC),
    "area": _opencv(cv2.INTER_AREA),
    "lanczos": _opencv(cv2.INTER_LANCZOS4),
    "pillow-nearest": _pillow(Image.Resampling.NEAREST),
    "pillow-box": _pillow(Image.Resampling.BOX),
    "pillow-bilinear": _pillow(Image.Resampling.BILINEAR),
    "pillow-bicubic": _pillow(Image.Resampling.BICUBIC),
    "pillow-lanczos": _pillow(Image.Resampling.LANCZOS),
    "middle": _middle,
}
"""Other ways to another size."""

SCALES: Mapping[str, Callable[[FloatArray], FloatArray]] = {
    "none": lambda x: x,
    "unit": lambda x: x / np.float32(255),
    "symmetric": lambda x: x / np.float32(127.5) - np.float32(1),
    "twice": lambda x: x / np.float32(255 * 255),
    "divided-by-256": lambda x: x / np.float32(256),
}
"""Pixels 0..255 as other numbers."""

_IMAGENET = (np.array([0.485, 0.456, 0.406], np.float32), np.array([0.229, 0.224, 0.225], np.float32))
_CAFFE = np.array([103.939, 116.779, 123.68], np.float32)

Moments = tuple[FloatArray, FloatArray]
STANDARDS: Mapping[str, Callable[[FloatArray, Moments], FloatArray]] = {
    "none": lambda x, _: x,
    "only-mean": lambda x, known: x - known[0],
    "variance": lambda x, known: (x - known[0]) / known[1] ** 2,
    "own": lambda x, known: (x - x.mean(axis=_axes(x, known))) / _positive(x.std(axis=_axes(x, known))),
    "imagenet": lambda x, _: (x - _IMAGENET[0]) / _IMAGENET[1],
    "imagenet-mean": lambda x, _: x[..., ::-1] - _CAFFE,
}
"""Other ways to centre a batch, given the mean and deviation of training."""


def _axes(x: FloatArray, known: Moments) -> tuple[int, ...]:
    return tuple(range(x.ndim - known[0].ndim)) or (0,)


def _positive(deviation: FloatArray) -> FloatArray:
    return np.where(deviation == 0, np.float32(1), deviation)


def cook(recipe: Recipe, preprocessor: Preprocessor, raws: Sequence[Array]) -> dict[str, list[FloatArray]]:
    """The samples after each step of a recipe, by the step's name; the last of them is what the model is fed.

    Args:
        recipe: how.
        preprocessor: what was learnt in training.
        raws: raw samples, one array each.

    Returns:
        ``read``, then the steps, float32 arrays.

    Raises:
        ValueError: if a recipe cannot be followed with these samples, such as turning pictures that are not square.
    """
    picture, names = preprocessor.kind == "image", step_names(preprocessor)
    samples = [np.asarray(raw) for raw in raws]
    if picture and recipe.read != "trained":
        samples = [READINGS[recipe.read](each) for each in samples]
    steps = {"read": _float(samples)}
    if "columns" in names:
        samples = list(_encoded(recipe, preprocessor, np.stack(samples)))
        steps["columns"] = _float(samples)
    if "greyscale" in names:
        samples = [_grey(recipe, np.ascontiguousarray(each)) for each in samples]
        steps["greyscale"] = _float(samples)
    if "resize" in names and preprocessor.spec.resize:
        resize = RESIZINGS.get(recipe.resize, resize_picture)
        samples = [resize(np.ascontiguousarray(each), preprocessor.spec.resize) for each in samples]
        steps["resize"] = _float(samples)
    if len({each.shape for each in samples}) > 1 or samples[0].shape != preprocessor.encoded_shape:
        raise ValueError("the samples' shapes do not fit the model")
    return steps | _as_batch(recipe, preprocessor, np.stack(samples))


def _as_batch(recipe: Recipe, preprocessor: Preprocessor, x: Array) -> dict[str, list[FloatArray]]:
    """The steps from scaling on, which treat the samples as one batch."""
    steps, scale = {}, recipe.scale
    batch = x.astype(np.float64 if preprocessor.kind == "table" else np.float32)
    if scale == "trained":
        scale = preprocessor.spec.scale
    batch = SCALES[scale](batch)
    steps["scale"] = _float(batch)
    batch = _standardised(recipe, preprocessor, batch)
    steps["standardise"] = _float(batch)
    if preprocessor.spec.flatten:
        axes = {"columns": (0, 2, 1, 3), "channels": (0, 3, 1, 2)}.get(recipe.flatten)
        turned = batch.transpose(axes) if axes and batch.ndim == 4 else batch
        batch = turned.reshape(len(batch), -1)
    steps["flatten"] = _float(batch)
    return steps


def _float(samples: Sequence[Array] | Array) -> list[FloatArray]:
    return [np.asarray(each, np.float32) for each in samples]


def _encoded(recipe: Recipe, preprocessor: Preprocessor, x: Array) -> FloatArray:
    steps = preprocessor.columns
    if recipe.columns == "zeros":
        steps = tuple(replace(step, fill=0.0) for step in steps)
    encoded = encode_columns(x, steps, preprocessor.spec.categories or "one-hot")
    if recipe.columns == "sorted":
        encoded = encoded[:, np.argsort(preprocessor.feature_names_out, kind="stable")]
    return encoded


def _grey(recipe: Recipe, picture: Array) -> Array:
    other = GREYS.get(recipe.greyscale)
    return greyscale(picture[np.newaxis])[0] if other is None else other(picture)


def _standardised(recipe: Recipe, preprocessor: Preprocessor, batch: FloatArray) -> FloatArray:
    spec, shape = preprocessor.spec, preprocessor.encoded_shape
    shape = shape[-1:] if spec.standardise == "channel" or not preprocessor.mean else shape
    mean = np.array(preprocessor.mean, batch.dtype).reshape(shape) if preprocessor.mean else np.zeros(shape)
    std = np.array(preprocessor.std, batch.dtype).reshape(shape) if preprocessor.mean else np.ones(shape)
    if recipe.standardise == "trained":
        return (batch - mean) / std if preprocessor.mean else batch
    return STANDARDS[recipe.standardise](batch, (mean.astype(batch.dtype), std.astype(batch.dtype)))
