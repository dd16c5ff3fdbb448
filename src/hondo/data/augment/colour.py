"""Brightness, contrast and channel shift as one straight line a channel: ``value → gain · value + offset``.

They are composed before they are applied, so that a picture is clipped and rounded once.
"""

import cv2
import numpy as np

from hondo.core.arrays import Array, FloatArray


def recolour(
    picture: Array,
    value_range: tuple[float, float],
    brightness: float = 1.0,
    contrast: float = 1.0,
    shifts: FloatArray | None = None,
) -> None:
    """Change one picture in place.

    Args:
        picture: uint8 or float32 ``(height, width, channels)``, contiguous.
        value_range: black and white; results are clipped to it.
        brightness: distances from black are multiplied by it.
        contrast: then each channel's distances from its mean.
        shifts: then this is added to each channel ``(channels,)``, in shares of the range.
    """
    black, white = value_range
    height, width, channels = picture.shape
    rows = picture.reshape(height, width * channels)
    gain = brightness * contrast
    offsets = np.full(channels, black * (1.0 - brightness) * contrast)
    if contrast != 1:
        column_means = cv2.reduce(rows, 0, cv2.REDUCE_AVG, dtype=cv2.CV_64F)
        means = column_means.reshape(width, channels).mean(0)
        offsets += (1.0 - contrast) * (black + brightness * (means - black))
    if shifts is not None:
        offsets += shifts * (white - black)
    if picture.dtype == np.uint8:
        values = np.arange(256.0)[:, np.newaxis] * gain + offsets  # (256, channels)
        table = np.rint(values).clip(0, 255).astype(np.uint8)
        picture[...] = cv2.LUT(picture, table.reshape(1, 256, channels)).reshape(picture.shape)
        return
    rows *= np.float32(gain)
    rows += np.tile(offsets, width).astype(np.float32)
    np.clip(rows, np.float32(black), np.float32(white), out=rows)
