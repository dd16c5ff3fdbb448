"""Pooling: of each window only the greatest number, or the average, is kept. Smaller pictures, same channels.

Backwards the maximum sends the whole gradient to the pixel that won (the first one, if several are equal), the
average an equal share to every pixel of the window. Windows that overlap add up.

Source: I. Goodfellow et al., *Deep learning* (2016), section 9.3.
"""

import numpy as np
from jaxtyping import Float

from hondo.scratch.layers.layer import Layer
from hondo.scratch.layers.windows import Mode, Stride, both_ways, output_size, pad, places, unpad, windows
from hondo.scratch.mistakes import need_floats, need_rank


def _windows(x: np.ndarray, size: int, stride: Stride, mode: Mode, value: float) -> np.ndarray:
    need_floats("pooling", x=x)
    need_rank("pooling", "x", x, "batch, height, width, channels")
    for n, s in zip(x.shape[1:3], both_ways(stride), strict=True):
        output_size(n, size, s, mode)
    return windows(pad(x, (size, size), stride, mode, value), (size, size), stride)


def max_pool(
    x: Float[np.ndarray, "batch height width channels"], size: int = 2, stride: Stride = 2, mode: Mode = "valid"
) -> Float[np.ndarray, "batch out_height out_width channels"]:
    """The greatest number of each window; padding never wins.

    Args:
        x: pictures.
        size: the window's height and width.
        stride: pixels from window to window.
        mode: padding, ``"valid"``, ``"same"`` or a number of pixels.

    Example:
        >>> max_pool(np.array([1.0, 4.0, 3.0, 2.0]).reshape(1, 2, 2, 1)).item()
        4.0
    """
    return _windows(x, size, stride, mode, -np.inf).max(axis=(4, 5))


def max_pool_backward(
    d_y: Float[np.ndarray, "batch out_height out_width channels"],
    x: Float[np.ndarray, "batch height width channels"],
    size: int = 2,
    stride: Stride = 2,
    mode: Mode = "valid",
) -> Float[np.ndarray, "batch height width channels"]:
    """∂L/∂x: each window's gradient goes to its winner."""
    seen = _windows(x, size, stride, mode, -np.inf)  # (batch, out_h, out_w, channels, size, size)
    winner = seen.reshape(*seen.shape[:4], size * size).argmax(axis=-1)  # (batch, out_h, out_w, channels)
    d_padded = np.zeros_like(pad(x, (size, size), stride, mode))
    for place, (i, j) in enumerate(np.ndindex(size, size)):
        d_padded[places(i, j, d_y.shape[1:3], stride)] += d_y * (winner == place)
    return unpad(d_padded, x.shape, (size, size), stride, mode)


def _members(x: np.ndarray, size: int, stride: Stride, mode: Mode) -> np.ndarray:
    """How many real pixels each window holds ``(1, out_h, out_w, 1)``: at the border padding does not count."""
    return _windows(np.ones_like(x[:1, :, :, :1]), size, stride, mode, 0.0).sum(axis=(4, 5))


def average_pool(
    x: Float[np.ndarray, "batch height width channels"], size: int = 2, stride: Stride = 2, mode: Mode = "valid"
) -> Float[np.ndarray, "batch out_height out_width channels"]:
    """The mean of each window's real pixels.

    Args:
        x, size, stride, mode: as in :func:`max_pool`.

    Example:
        >>> average_pool(np.array([1.0, 4.0, 3.0, 2.0]).reshape(1, 2, 2, 1)).item()
        2.5
    """
    return _windows(x, size, stride, mode, 0.0).sum(axis=(4, 5)) / _members(x, size, stride, mode)


def average_pool_backward(
    d_y: Float[np.ndarray, "batch out_height out_width channels"],
    x: Float[np.ndarray, "batch height width channels"],
    size: int = 2,
    stride: Stride = 2,
    mode: Mode = "valid",
) -> Float[np.ndarray, "batch height width channels"]:
    """∂L/∂x: each window's gradient is shared out equally."""
    share = d_y / _members(x, size, stride, mode)  # (batch, out_h, out_w, channels)
    d_padded = np.zeros_like(pad(x, (size, size), stride, mode))
    for i, j in np.ndindex(size, size):
        d_padded[places(i, j, d_y.shape[1:3], stride)] += share
    return unpad(d_padded, x.shape, (size, size), stride, mode)


class MaxPooling2D(Layer):
    """Keeps the greatest of each window.

    Args:
        size, stride, mode: as in :func:`max_pool`.
    """

    _pool, _pool_backward = staticmethod(max_pool), staticmethod(max_pool_backward)

    def __init__(self, size: int = 2, stride: Stride = 2, mode: Mode = "valid") -> None:
        super().__init__()
        self.size, self.stride, self.mode = size, stride, mode

    def build(self, shape: tuple[int, ...], rng: np.random.Generator) -> tuple[int, ...]:
        """Fewer pixels, as many channels."""
        sizes = (
            output_size(n, self.size, s, self.mode) for n, s in zip(shape[:2], both_ways(self.stride), strict=True)
        )
        return (*sizes, shape[2])

    def forward(
        self, x: Float[np.ndarray, "batch height width channels"], training: bool = False
    ) -> Float[np.ndarray, "batch out_height out_width channels"]:
        """One number a window."""
        self.x = x
        return self._pool(x, self.size, self.stride, self.mode)

    def backward(
        self, d_y: Float[np.ndarray, "batch out_height out_width channels"]
    ) -> Float[np.ndarray, "batch height width channels"]:
        """Back to the pixels that the windows saw."""
        return self._pool_backward(d_y, self.remembered("x"), self.size, self.stride, self.mode)


class AveragePooling2D(MaxPooling2D):
    """Keeps the mean of each window."""

    _pool, _pool_backward = staticmethod(average_pool), staticmethod(average_pool_backward)
