"""Samples made small enough to be looked at many at a time, whatever kind of picture they are."""

from dataclasses import replace

import cv2
import numpy as np

from hondo.core.arrays import Array, ArraySource
from hondo.core.errors import DataError
from hondo.core.language import tr
from hondo.data.pictures import LazyPictures
from hondo.data.pixels import Size, resize_picture

_CHANNELS = (1, 3, 4)


def shows_pictures(shape: tuple[int, ...]) -> bool:
    """Whether samples of this shape can be looked at: ``(height, width)`` or ``(height, width, 1, 3 or 4)``."""
    flat = len(shape) == 2 or (len(shape) == 3 and shape[-1] in _CHANNELS)
    return flat and min(shape[:2]) > 1


def fitted(size: Size, side: int) -> Size:
    """The size that fits into a square of ``side`` pixels, proportions kept; nothing is enlarged.

    Example:
        >>> fitted((300, 600), 100), fitted((8, 8), 100)
        ((50, 100), (8, 8))
    """
    factor = min(1.0, side / max(size))
    return max(1, round(size[0] * factor)), max(1, round(size[1] * factor))


def thumbnail(source: ArraySource, row: int, side: int) -> Array:
    """One sample as a small picture.

    Pictures in files are decoded no larger than needed. Bytes stay as they are; other numbers are stretched between
    the sample's own extremes.

    Args:
        source: samples whose shape :func:`shows_pictures` accepts.
        row: which.
        side: pixels of the longer side at most.

    Returns:
        uint8 ``(height, width, 1 or 3)``, red first.

    Raises:
        DataError: the samples are no pictures, or the file is damaged.
    """
    shape = tuple(source.shape[1:])
    if not shows_pictures(shape):
        raise DataError(tr(f"samples of shape {shape} are no pictures", f"las muestras {shape} no son imágenes"))
    size = fitted((shape[0], shape[1]), side)
    if isinstance(source, LazyPictures):
        source = replace(source, size=size)
    picture = _as_bytes(np.asarray(source[row]))
    return resize_picture(np.ascontiguousarray(picture), size)


def as_png(picture: Array) -> bytes:
    """A picture as PNG.

    Args:
        picture: uint8 ``(height, width, 1 or 3)``, red first.
    """
    if picture.shape[-1] == 3:
        picture = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
    done, png = cv2.imencode(".png", picture)
    if not done:
        raise DataError(tr("the picture cannot be written", "no se puede escribir la imagen"))
    return png.tobytes()


def _as_bytes(sample: Array) -> Array:
    """A sample as uint8 with one channel or three."""
    picture = sample[..., np.newaxis] if sample.ndim == 2 else sample[..., :3]
    if picture.dtype == np.uint8:
        return picture
    values = np.nan_to_num(picture.astype(np.float64), posinf=0.0, neginf=0.0)
    low, high = values.min(), values.max()
    return np.clip((values - low) * (255 / ((high - low) or 1.0)), 0, 255).round().astype(np.uint8)
