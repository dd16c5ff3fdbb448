"""Arithmetic on raw pictures, the same for one that is decoded, a batch in training and one to predict.

All functions take uint8 (or float) pictures ``(samples, height, width, channels)`` and leave their input untouched.
"""

from typing import Literal

import cv2
import numpy as np

from hondo.core.arrays import Array

Size = tuple[int, int]


def resize_picture(picture: Array, size: Size) -> Array:
    """Resize one picture ``(height, width, channels)`` to ``size``; the proportions follow the new size.

    Pixel areas are averaged when both sides shrink (no moiré), and interpolated linearly otherwise.
    """
    if picture.shape[:2] == size:
        return picture
    shrinks = size[0] <= picture.shape[0] and size[1] <= picture.shape[1]
    resized = cv2.resize(picture, size[::-1], interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
    return resized.reshape(*size, picture.shape[2])  # OpenCV drops the axis of a single channel


def resize_pictures(x: Array, size: Size) -> Array:
    """Resize a batch to ``size`` (height, width); see :func:`resize_picture`."""
    if x.shape[1:3] == size:
        return x
    resized = np.empty((len(x), *size, x.shape[3]), x.dtype)
    for row, picture in zip(resized, x, strict=True):
        row[...] = resize_picture(picture, size)
    return resized


def greyscale(x: Array) -> Array:
    """Luminance 0.299 R + 0.587 G + 0.114 B, rounded as the pixels are; an alpha channel is left out.

    Args:
        x: ``(samples, height, width, channels)`` with 1, 3 or 4 channels.

    Returns:
        ``(samples, height, width, 1)`` of the same dtype; grey pictures come back as they are.

    Source: ITU-R BT.601, section 2.5.1.
    """
    samples, height, width, channels = x.shape
    if channels == 1 or not len(x):
        return x[..., :1]
    code = cv2.COLOR_RGB2GRAY if channels == 3 else cv2.COLOR_RGBA2GRAY
    tall = np.ascontiguousarray(x).reshape(samples * height, width, channels)  # one call for the whole batch
    return cv2.cvtColor(tall, code).reshape(samples, height, width, 1)


def scale_pixels(x: Array, scale: Literal["unit", "symmetric", "none"], out: Array | None = None) -> Array:
    """Pixels 0..255 as float32: ``x / 255`` (unit), ``x / 127.5 - 1`` (symmetric), or unscaled (none).

    Args:
        x: pictures.
        scale: to what.
        out: float32 of the same shape, to be filled; a new array where left out.

    Example:
        >>> scale_pixels(np.array([0, 51, 255], dtype=np.uint8), "unit")
        array([0. , 0.2, 1. ], dtype=float32)
    """
    scaled = np.empty(x.shape, np.float32) if out is None else out
    if scale == "none":
        scaled[...] = x
        return scaled
    np.divide(x, np.float32(255 if scale == "unit" else 127.5), out=scaled, dtype=np.float32)
    if scale == "symmetric":
        scaled -= np.float32(1)
    return scaled
