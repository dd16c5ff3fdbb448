"""Drawings as a browser sends them, and as handwritten digits come."""

import base64
import binascii

import cv2
import numpy as np

from hondo.core.arrays import Array
from hondo.core.errors import DataError
from hondo.core.language import tr
from hondo.data.pictures import decode_picture, inspect_picture

SIDE = 280
"""Pixels a side of a drawing."""

_LONGEST = 400_000  # characters: a drawing of 280×280 is far smaller
_PREFIX = "data:image/png;base64,"
_SMALL = 12  # pixels a side: digits that small fill their pictures, MNIST's leave a seventh on each side


def read_drawing(sent: str) -> Array:
    """The drawing that a browser sent.

    Args:
        sent: a PNG as a ``data:`` address.

    Returns:
        uint8 ``(280, 280)``.

    Raises:
        DataError: for anything else.
    """
    if sent.startswith(_PREFIX) and len(sent) <= _LONGEST:
        try:
            data = base64.b64decode(sent.removeprefix(_PREFIX), validate=True)
            if inspect_picture(data, "").size == (SIDE, SIDE):  # a small file may claim any size
                return decode_picture(data, "", 1)[..., 0]
        except (binascii.Error, ValueError, DataError):
            pass
    raise DataError(tr("this is no drawing", "esto no es un dibujo"))


def as_digit(drawing: Array, side: int, margin: float = 0.14) -> Array:
    """The drawing as handwritten digits come: cut out, scaled to fit, its centre of mass in the middle.

    Args:
        drawing: uint8 ``(height, width)``, white on black.
        side: pixels a side of the result.
        margin: the share of a side that stays black at each edge.

    Returns:
        uint8 ``(side, side)``; black if nothing was drawn.

    Source: Y. LeCun, C. Cortes, C. Burges, *The MNIST database of handwritten digits*: how the pictures were made.
    """
    rows, columns = np.nonzero(drawing > 20)
    if not len(rows):
        return np.zeros((side, side), np.uint8)
    cut = drawing[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    room = max(1.0, side * (1 - 2 * margin))
    factor = room / max(cut.shape)
    size = (max(1, round(cut.shape[1] * factor)), max(1, round(cut.shape[0] * factor)))
    small = cv2.resize(cut, size, interpolation=cv2.INTER_AREA).astype(np.float64)
    weight = small.sum() or 1.0
    y = float((small.sum(axis=1) * np.arange(len(small))).sum() / weight)
    x = float((small.sum(axis=0) * np.arange(small.shape[1])).sum() / weight)
    move = np.array([[1, 0, (side - 1) / 2 - x], [0, 1, (side - 1) / 2 - y]])
    placed = cv2.warpAffine(small, move, (side, side), flags=cv2.INTER_LINEAR)
    return np.clip(placed, 0, 255).round().astype(np.uint8)


def as_sample(drawing: Array, shape: tuple[int, ...]) -> Array:
    """A drawing as the raw picture that a network for small pictures takes.

    Args:
        drawing: uint8 ``(height, width)``, white on black.
        shape: height, width and channels of the network's pictures.

    Returns:
        uint8 ``(1, *shape)``.
    """
    height, width, channels = shape
    side = max(height, width)
    picture = as_digit(drawing, side, margin=0.0 if side <= _SMALL else 1 / 7)
    if (height, width) != picture.shape:
        picture = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
    return np.repeat(picture[None, ..., None], channels, axis=3)
