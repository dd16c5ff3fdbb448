"""All geometric operations of a picture as one affine map, so that it is sampled once and blurred once.

A map takes a pixel of the result to the place in the source that it is read from, ``(x, y, 1) → (x, y)``, pixel centres
at whole numbers, as OpenCV has it.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from hondo.core.arrays import Array
from hondo.core.machine import allowed
from hondo.core.spec.augment import FillMode, Interpolation
from hondo.data.augment.sampling import Sampler

Matrices = npt.NDArray[np.float64]

# The meaning is that of scipy.ndimage's modes nearest, reflect, grid-wrap and grid-constant.
BORDERS: dict[FillMode, int] = {
    "nearest": cv2.BORDER_REPLICATE,
    "reflect": cv2.BORDER_REFLECT,
    "wrap": cv2.BORDER_WRAP,
    "constant": cv2.BORDER_CONSTANT,
}
_SAMPLING: dict[Interpolation, int] = {
    "bilinear": cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
    "nearest": cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP,
}
MOST_PIXELS_A_SIDE = 32_766  # OpenCV counts pixels in 16 bits here


def affine_maps(
    size: tuple[int, int],
    *,
    angle: Any = 0.0,
    slant: Any = 0.0,
    zoom: Any = 1.0,
    mirror_x: Any = 1.0,
    mirror_y: Any = 1.0,
    move_x: Any = 0.0,
    move_y: Any = 0.0,
    count: int = 1,
) -> Matrices:
    """The maps of a batch that flip, zoom, slant, turn (about the centre) and move its pictures, in this order.

    What happens to the picture is ``q = c + R(angle) · H(slant) · zoom · diag(mirror) · (p - c) + move``; the map is
    its inverse.

    Args:
        size: height and width in pixels.
        angle: in radians; ``(count,)`` or a number, as all that follows.
        slant: in radians; a vertical line gets this angle.
        zoom: a factor; 2 doubles the size of what is seen.
        mirror_x: -1 to flip left to right, else 1.
        mirror_y: -1 to flip top to bottom, else 1.
        move_x: in pixels, to the right.
        move_y: in pixels, down.
        count: how many pictures there are.

    Returns:
        float64 ``(count, 2, 3)``.
    """
    centre_y, centre_x = (size[0] - 1) / 2, (size[1] - 1) / 2
    cos, sin, tan = np.cos(angle), np.sin(angle), np.tan(slant)
    by_x, by_y = mirror_x / zoom, mirror_y / zoom
    maps = np.empty((count, 2, 3))
    maps[:, 0, 0] = by_x * (cos + tan * sin)
    maps[:, 0, 1] = by_x * (sin - tan * cos)
    maps[:, 1, 0] = by_y * -sin
    maps[:, 1, 1] = by_y * cos
    from_x, from_y = centre_x + move_x, centre_y + move_y
    maps[:, 0, 2] = centre_x - maps[:, 0, 0] * from_x - maps[:, 0, 1] * from_y
    maps[:, 1, 2] = centre_y - maps[:, 1, 0] * from_x - maps[:, 1, 1] * from_y
    return maps


def warp(
    pictures: Array,
    maps: Matrices,
    out: Array,
    fill: FillMode = "nearest",
    fill_value: float = 0.0,
    interpolation: Interpolation = "bilinear",
) -> None:
    """Sample each picture through its map.

    Args:
        pictures: uint8 or float32 ``(n, height, width, channels)``, contiguous.
        maps: see :func:`affine_maps`.
        out: receives the result; like ``pictures``, contiguous, and not the same memory.
        fill: what is found beyond the edges.
        fill_value: for ``constant``; the last pixel is interpolated towards it.
        interpolation: between pixels; values are computed with 32 bits from coordinates that are not rounded.
    """
    sampler = _sampler(pictures, fill, interpolation)
    if sampler is None:
        warp_by_opencv(pictures, maps, out, fill, fill_value, interpolation)
    else:
        sampler(pictures, maps, out, min(max(fill_value, 0.0), 255.0) if out.dtype == np.uint8 else fill_value)


def _sampler(pictures: Array, fill: FillMode, interpolation: Interpolation) -> Sampler | None:
    """Machine code for such pictures, if there can be any here: neighbours that lie apart, as in ``wrap``, it lacks."""
    if fill == "wrap" or not Sampler.takes(pictures) or not allowed():
        return None
    sampler = Sampler(1 if pictures.dtype == np.uint8 else 4, pictures.shape[3], fill, interpolation == "bilinear")
    return sampler if _works(sampler) else None


@cache
def _works(sampler: Sampler) -> bool:
    """Try a sampler beside OpenCV before anything depends on it."""
    kind = np.uint8 if sampler.bytes_each == 1 else np.float32
    x = (37 * np.arange(3 * 5 * 9 * sampler.channels) % 251).astype(kind).reshape(3, 5, 9, -1)
    turns = {"angle": np.array([0.0, 0.5, 2.0]), "zoom": np.array([1.0, 0.7, 1.4]), "mirror_x": np.array([-1.0, 1, 1])}
    maps, found, expected = affine_maps((5, 9), **turns, count=3), np.empty_like(x), np.empty_like(x)
    try:
        sampler(x, maps, found)
    except (RuntimeError, OSError):
        return False
    warp_by_opencv(x, maps, expected, sampler.fill, interpolation="bilinear" if sampler.between else "nearest")
    return bool(np.abs(found.astype(np.float32) - expected).max() <= (1 if kind == np.uint8 else 0.02))


def warp_by_opencv(
    pictures: Array,
    maps: Matrices,
    out: Array,
    fill: FillMode = "nearest",
    fill_value: float = 0.0,
    interpolation: Interpolation = "bilinear",
) -> None:
    """:func:`warp` where there is no machine code for it."""
    height, width, channels = pictures.shape[1:]
    if channels not in (1, 3, 4):  # for other numbers OpenCV rounds coordinates to 1/32 of a pixel
        for first, last in _channel_groups(channels):
            part = np.ascontiguousarray(pictures[..., first:last])
            warped = np.empty_like(part)
            warp_by_opencv(part, maps, warped, fill, fill_value, interpolation)
            out[..., first:last] = warped
        return
    sample, size, flags, border = cv2.warpAffine, (width, height), _SAMPLING[interpolation], BORDERS[fill]
    value = (fill_value,) * 4
    for picture, matrix, result in zip(pictures, maps, out, strict=True):
        sample(picture, matrix, size, result, flags, border, value)


def _channel_groups(channels: int) -> Iterator[tuple[int, int]]:
    """Which channels are sampled together: 4, 3 or 1."""
    first = 0
    while first < channels:
        left = channels - first
        many = 4 if left >= 4 else 3 if left == 3 else 1
        yield first, first + many
        first += many
