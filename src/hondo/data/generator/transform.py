"""The old class's transforms, applied to a batch: the same pictures, sampled by OpenCV.

Values between pixels are interpolated by OpenCV where its border modes mean what SciPy's do, which the old class used;
for the others (wrap, splines, nearest pixel) SciPy itself is asked.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from hondo.core.arrays import Array, FloatArray
from hondo.data.augment.geometry import MOST_PIXELS_A_SIDE, Matrices, warp
from hondo.data.augment.threads import in_parts
from hondo.data.generator.parameters import Parameters

FillMode = Literal["nearest", "reflect", "wrap", "constant"]


@dataclass(frozen=True)
class Sampling:
    """How values are found: beyond the edges, and between the pixels.

    Attributes:
        fill_mode: beyond the edges, as ``scipy.ndimage`` has it.
        cval: for ``constant``.
        order: of the interpolation: 0 is the nearest pixel, 1 linear, more are splines.
    """

    fill_mode: FillMode
    cval: float
    order: int


def transform(pictures: FloatArray, parameters: Parameters, sampling: Sampling) -> FloatArray:
    """Move and recolour a batch.

    Args:
        pictures: float32 ``(batch, height, width, channels)``, contiguous; left as they are.
        parameters: one transform a picture.
        sampling: how values are found.

    Returns:
        New pictures, float32.
    """
    out = np.empty_like(pictures)
    height, width = pictures.shape[1:3]
    moves = parameters.moves
    maps, flips = _maps(parameters, (height, width)), _flips(parameters)

    def work(start: int, stop: int) -> None:
        source, result = pictures[start:stop], out[start:stop]
        if not moves:
            result[...] = source
        else:
            _move(source, maps[start:stop], flips[start:stop], result, sampling)
        for row in range(start, stop):
            if parameters.channel_shift_intensity is not None:
                shift_channels(out[row], parameters.channel_shift_intensity[row])
            if parameters.brightness is not None:
                brighten(out[row], parameters.brightness[row])

    if pictures.size:
        in_parts(work, len(pictures), height * width)
    return out


def shift_channels(picture: FloatArray, intensity: float) -> None:
    """Add ``intensity`` to all values in place; they stay between the picture's smallest and largest one."""
    low, high = picture.min(), picture.max()
    picture += np.float32(intensity)
    np.clip(picture, low, high, out=picture)


def brighten(picture: FloatArray, factor: float) -> None:
    """Multiply by ``factor`` in place, as Pillow does it: on whole numbers from 0 to 255, cutting off the decimals.

    A picture with values beyond 0 to 255 is stretched to that range first and back afterwards; the opacity of a picture
    with four channels stays.
    """
    low, high = float(picture.min()), float(picture.max())
    beyond = low < 0 or high > 255
    if beyond:
        picture -= np.float32(low)
        largest = picture.max()
        if largest != 0:
            picture /= largest
        picture *= np.float32(255)
    np.trunc(picture, out=picture)
    colours = picture[..., :3] if picture.shape[-1] == 4 else picture
    colours *= np.float32(factor)
    np.trunc(colours, out=colours)
    np.clip(colours, 0, 255, out=colours)
    if beyond:
        picture /= np.float32(255)
        picture *= np.float32(high - low)
        picture += np.float32(low)


def _maps(parameters: Parameters, size: tuple[int, int]) -> Matrices:
    """Where each pixel is read from, without the flips: ``(batch, 2, 3)``, acting on (x, y, 1).

    It is rotation · shift · shear · zoom about the old class's centre, which takes half the height for x and half the
    width for y, so pictures that are not square turn about another point. The pictures are to be the same, so it stays.
    """
    theta, shear = np.deg2rad(parameters.theta), np.deg2rad(parameters.shear)
    cos, sin = np.cos(theta), np.sin(theta)
    rotation = _matrices(len(theta), cos, -sin, 0, sin, cos, 0)
    shift = _matrices(len(theta), 1, 0, parameters.tx, 0, 1, parameters.ty)
    slant = _matrices(len(theta), 1, -np.sin(shear), 0, 0, np.cos(shear), 0)
    zoom = _matrices(len(theta), parameters.zx, 0, 0, 0, parameters.zy, 0)
    x, y = size[0] / 2 - 0.5, size[1] / 2 - 0.5
    # Products in the old class's order: on the edge, the last bit decides whether a pixel is read from outside.
    about_centre = _matrices(1, 1, 0, x, 0, 1, y) @ (rotation @ shift @ slant @ zoom)
    return (about_centre @ _matrices(1, 1, 0, -x, 0, 1, -y))[:, :2]


def _matrices(count: int, *entries: FloatArray | float) -> Matrices:
    """Affine matrices ``(count, 3, 3)`` from the entries of their first two rows, a number or ``(count,)`` each."""
    matrices = np.zeros((count, 3, 3))
    matrices[:, 2, 2] = 1
    for place, entry in enumerate(entries):
        matrices[:, place // 3, place % 3] = entry
    return matrices


def _flips(parameters: Parameters) -> npt.NDArray[np.bool_]:
    """Whether each picture is mirrored horizontally and vertically ``(batch, 2)``."""
    return np.stack([parameters.flip_horizontal, parameters.flip_vertical], -1) != 0


def _move(
    pictures: FloatArray, maps: Matrices, flips: npt.NDArray[np.bool_], out: FloatArray, sampling: Sampling
) -> None:
    """Sample some pictures through their maps, then flip them."""
    height, width = pictures.shape[1:3]
    if sampling.order != 1 or sampling.fill_mode == "wrap" or max(height, width) > MOST_PIXELS_A_SIDE:
        for picture, matrix, flip, result in zip(pictures, maps, flips, out, strict=True):
            result[...] = _mirrored(_by_scipy(picture, matrix, sampling), flip)
        return
    mirrored = maps.copy()
    for axis, side in enumerate((width, height)):  # the result's last pixel becomes its first
        chosen = flips[:, axis]
        mirrored[chosen, :, 2] += mirrored[chosen, :, axis] * (side - 1)
        mirrored[chosen, :, axis] *= -1
    warp(pictures, mirrored, out, "nearest" if sampling.fill_mode == "constant" else sampling.fill_mode)
    if sampling.fill_mode == "constant":
        for matrix, flip, result in zip(maps, flips, out, strict=True):
            result[_mirrored(_outside(matrix, (height, width)), flip)] = sampling.cval


def _mirrored(picture: Array, flip: npt.NDArray[np.bool_]) -> Array:
    picture = picture[:, ::-1] if flip[0] else picture
    return picture[::-1] if flip[1] else picture


def _outside(matrix: FloatArray, size: tuple[int, int]) -> npt.NDArray[np.bool_]:
    """Which pixels are read from beyond the outermost centres, between which SciPy's ``constant`` interpolates only."""
    down, right = np.arange(size[0])[:, np.newaxis], np.arange(size[1])
    x = matrix[0, 2] + matrix[0, 1] * down + matrix[0, 0] * right  # added up in SciPy's order
    y = matrix[1, 2] + matrix[1, 1] * down + matrix[1, 0] * right
    return (x < 0) | (x > size[1] - 1) | (y < 0) | (y > size[0] - 1)


def _by_scipy(picture: FloatArray, matrix: Matrices, sampling: Sampling) -> FloatArray:
    """One picture, sampled channel by channel."""
    if np.array_equal(matrix, [[1, 0, 0], [0, 1, 0]]):
        return picture
    linear, offset = matrix[::-1, 1::-1], matrix[::-1, 2].tolist()  # rows before columns
    order, mode = sampling.order, sampling.fill_mode
    channels = [
        ndimage.affine_transform(channel, linear, offset, order=order, mode=mode, cval=sampling.cval)
        for channel in np.moveaxis(picture, -1, 0)
    ]
    return np.stack(channels, -1)
