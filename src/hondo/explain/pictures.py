"""Arrays as small PNG pictures: samples as they are, activations and weights in two colours.

Blue is positive, orange negative, and nothing is see-through, so that such a picture stands on light and dark paper.
"""

import cv2
import numpy as np

from hondo.core.arrays import Array, FloatArray
from hondo.experiments.report.figures import as_pictures

POSITIVE, NEGATIVE = (42, 127, 176), (217, 121, 63)
"""Red, green and blue of the two signs."""

LONGEST = 224
"""Pixels a side of a sample's picture; a larger one is made smaller."""


def png(picture: Array) -> bytes:
    """A picture as PNG.

    Args:
        picture: uint8 ``(height, width, 3)``, red first, or ``(height, width, 4)`` with its opacity.
    """
    code = cv2.COLOR_RGBA2BGRA if picture.shape[2] == 4 else cv2.COLOR_RGB2BGR
    _, written = cv2.imencode(".png", cv2.cvtColor(np.ascontiguousarray(picture), code))
    return written.tobytes()


def sample_png(sample: Array, longest: int = LONGEST) -> bytes:
    """A sample that is a picture, raw or prepared, as PNG.

    Args:
        sample: ``(height, width, channels)``; bytes as they are, other numbers stretched between their extremes.
        longest: at most so many pixels a side.
    """
    picture = as_pictures(sample[None])[0]
    scale = longest / max(picture.shape[:2])
    if scale < 1:
        size = tuple(max(1, round(side * scale)) for side in (picture.shape[1], picture.shape[0]))
        picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    return png(picture)


def signed(values: FloatArray, reach: float | None = None) -> Array:
    """Numbers as colours: blue above 0, orange below, the more opaque the farther from it.

    Args:
        values: of any shape; what is not finite counts as 0.
        reach: the distance from 0 that is fully opaque; left out, the largest there is.

    Returns:
        uint8 ``(*values.shape, 4)``.
    """
    values = np.nan_to_num(np.asarray(values, np.float64), posinf=0.0, neginf=0.0)
    reach = float(np.abs(values).max(initial=0.0)) if reach is None else reach
    painted = np.empty((*values.shape, 4), np.uint8)
    painted[..., :3] = np.where((values >= 0)[..., None], POSITIVE, NEGATIVE)
    painted[..., 3] = np.round(255 * np.clip(np.abs(values) / (reach or 1.0), 0, 1))
    return painted


def montage(tiles: Array, columns: int, gap: int = 1) -> Array:
    """Pictures of one size side by side, row by row.

    Args:
        tiles: uint8 ``(n, height, width, 4)``.
        columns: how many stand in a row.
        gap: see-through pixels between them.

    Returns:
        uint8 ``(rows · (height + gap) - gap, columns · (width + gap) - gap, 4)``.
    """
    count, height, width, _ = tiles.shape
    columns = max(1, min(columns, count))
    rows = -(-count // columns)
    sheet = np.zeros((rows * (height + gap) - gap, columns * (width + gap) - gap, 4), np.uint8)
    for place, tile in enumerate(tiles):
        top, left = place // columns * (height + gap), place % columns * (width + gap)
        sheet[top : top + height, left : left + width] = tile
    return sheet


def strip(values: FloatArray, longest: int = 64) -> Array:
    """A row of numbers as :func:`signed` pixels, in several rows where it is long.

    Args:
        values: ``(n,)``.
        longest: how many stand in a row.

    Returns:
        uint8 ``(rows, min(n, longest), 4)``; what is left of the last row is see-through.
    """
    width = max(1, min(longest, len(values)))
    padded = np.zeros(-(-len(values) // width) * width)
    padded[: len(values)] = values
    return signed(padded.reshape(-1, width))


def array_png(values: FloatArray) -> tuple[bytes, bool]:
    """One sample of any shape as PNG, and whether it is a single line.

    Args:
        values: ``(n,)`` or ``(n, 1)`` as a line, ``(height, width)`` in two colours, ``(height, width, 1 or 3)`` as a
            picture, anything else as rows of all its numbers.
    """
    shape = tuple(length for length in values.shape if length > 1)
    if values.ndim == 3 and values.shape[2] in (1, 3) and len(shape) > 1:
        return sample_png(values), False
    if len(shape) == 2:
        step = [max(1, -(-length // 256)) for length in shape]
        return png(signed(values.reshape(shape)[:: step[0], :: step[1]])), False
    flat = values.reshape(-1)[:1024]
    return png(strip(flat)), len(flat) <= 64
