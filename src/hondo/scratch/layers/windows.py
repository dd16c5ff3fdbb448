"""Windows over pictures: the geometry that convolution and pooling share.

With input size n, kernel size k, stride s and padding p (both sides together), a window fits

    ⌊(n + p - k) / s⌋ + 1

times. "valid" pads nothing. "same" pads so that ⌈n / s⌉ windows fit, an odd pixel going to the right and below, as in
Keras.

Source: V. Dumoulin, F. Visin, *A guide to convolution arithmetic for deep learning*, arXiv:1603.07285 (2016).
"""

import numpy as np
from jaxtyping import Float

from hondo.core.language import tr
from hondo.scratch.mistakes import Mistake

Stride = int | tuple[int, int]
"""How many pixels from window to window: one number, or one for each axis."""
Mode = str | int
"""What surrounds a picture: ``"valid"`` nothing, ``"same"`` what ⌈n / s⌉ windows need, a number so many pixels."""


def both_ways(stride: Stride) -> tuple[int, int]:
    """A stride down and a stride to the right.

    Example:
        >>> both_ways(2), both_ways((1, 3))
        ((2, 2), (1, 3))
    """
    return (stride, stride) if isinstance(stride, int) else stride


def padding(size: int, kernel: int, stride: int, mode: Mode) -> tuple[int, int]:
    """How many zeros (before, after) one axis gets.

    Args:
        size: the picture's height or width.
        kernel, stride: the window's, along that axis.
        mode: ``"valid"``, ``"same"``, or how many on either side.

    Raises:
        Mistake: for another mode.

    Example:
        >>> padding(5, 3, 1, "same"), padding(4, 3, 2, "same"), padding(5, 3, 1, "valid"), padding(5, 3, 1, 2)
        ((1, 1), (0, 1), (0, 0), (2, 2))
    """
    if isinstance(mode, int) and mode >= 0:
        return mode, mode
    if mode not in ("valid", "same"):
        raise Mistake(
            tr(
                f"padding is a number of pixels, 'valid' or 'same', not {mode!r}",
                f"el relleno es un número de píxeles, 'valid' o 'same', no {mode!r}",
            )
        )
    if mode == "valid":
        return 0, 0
    total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
    return total // 2, total - total // 2


def output_size(size: int, kernel: int, stride: int, mode: Mode) -> int:
    """How many windows fit along one axis.

    Raises:
        Mistake: if the window is larger than the padded picture.

    Example:
        >>> output_size(28, 5, 1, "valid"), output_size(28, 5, 2, "same")
        (24, 14)
    """
    padded = size + (sum(padding(size, kernel, stride, mode)) if stride > 0 else 0)
    if stride < 1 or kernel < 1 or kernel > padded:
        raise Mistake(
            tr(
                f"a window of {kernel} with stride {stride} does not fit into {padded} pixels",
                f"una ventana de {kernel} con paso {stride} no cabe en {padded} píxeles",
            ),
            tr("Use a smaller window, or padding 'same'.", "Use una ventana menor, o el relleno 'same'."),
        )
    return (padded - kernel) // stride + 1


def pad(
    x: Float[np.ndarray, "batch height width channels"],
    kernel: tuple[int, int],
    stride: Stride,
    mode: Mode,
    value: float = 0.0,
) -> Float[np.ndarray, "batch padded_height padded_width channels"]:
    """Surround pictures with what their windows need."""
    sides = [padding(n, k, s, mode) for n, k, s in zip(x.shape[1:3], kernel, both_ways(stride), strict=True)]
    return np.pad(x, [(0, 0), *sides, (0, 0)], constant_values=value)


def unpad(
    padded: Float[np.ndarray, "batch padded_height padded_width channels"],
    shape: tuple[int, ...],
    kernel: tuple[int, int],
    stride: Stride,
    mode: Mode,
) -> Float[np.ndarray, "batch height width channels"]:
    """Cut off what :func:`pad` put on: pictures of ``shape`` again."""
    (top, _), (left, _) = (
        padding(n, k, s, mode) for n, k, s in zip(shape[1:3], kernel, both_ways(stride), strict=True)
    )
    return padded[:, top : top + shape[1], left : left + shape[2]]


def windows(
    padded: Float[np.ndarray, "batch padded_height padded_width channels"], kernel: tuple[int, int], stride: Stride
) -> Float[np.ndarray, "batch out_height out_width channels kernel_height kernel_width"]:
    """Every window of every picture, as a view: nothing is copied.

    Example:
        >>> windows(np.arange(9.0).reshape(1, 3, 3, 1), (2, 2), 1)[0, 0, 1, 0].tolist()
        [[1.0, 2.0], [4.0, 5.0]]
    """
    down, right = both_ways(stride)
    return np.lib.stride_tricks.sliding_window_view(padded, kernel, axis=(1, 2))[:, ::down, ::right]


def places(i: int, j: int, out: tuple[int, int], stride: Stride) -> tuple[slice, slice, slice]:
    """The pixels of a padded picture that lie at place (i, j) of some window: every ``stride``-th one.

    Example:
        >>> np.arange(25).reshape(1, 5, 5)[places(0, 1, (2, 2), 2)].tolist()
        [[[1, 3], [11, 13]]]
    """
    (height, width), (down, right) = out, both_ways(stride)
    return slice(None), slice(i, i + down * height, down), slice(j, j + right * width, right)
