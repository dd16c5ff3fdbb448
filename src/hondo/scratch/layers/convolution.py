"""Convolution: one small neuron slides over the picture and asks everywhere the same question.

    y[h, w, o] = Σᵢ Σⱼ Σ_c x[h·s + i, w·s + j, c] K[i, j, c, o] + b[o]

(What the field calls convolution is cross-correlation: the kernel is not mirrored.) Backwards, every pixel collects
from all windows that it was part of, and every kernel weight from all places where it was used.

Source: Y. LeCun et al., *Gradient-based learning applied to document recognition*, Proc. IEEE 86 (1998); V. Dumoulin,
F. Visin (2016).
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from hondo.core.language import tr
from hondo.scratch.initialization.initializers import initializer
from hondo.scratch.layers.layer import Layer
from hondo.scratch.layers.windows import Mode, Stride, both_ways, output_size, pad, places, unpad, windows
from hondo.scratch.mistakes import Mistake, need_floats, need_rank, need_shape


class ConvolutionGradients(NamedTuple):
    """∂L with respect to what :func:`convolve` was given."""

    d_x: Float[np.ndarray, "batch height width channels"]
    d_K: Float[np.ndarray, "kernel_height kernel_width channels filters"]
    d_b: Float[np.ndarray, " filters"]


def convolve(
    x: Float[np.ndarray, "batch height width channels"],
    K: Float[np.ndarray, "kernel_height kernel_width channels filters"],
    b: Float[np.ndarray, " filters"],
    stride: Stride = 1,
    mode: Mode = "valid",
) -> Float[np.ndarray, "batch out_height out_width filters"]:
    """Slide every filter over every picture.

    Args:
        x: pictures.
        K: one small neuron a filter, with a weight for each pixel and channel of its window.
        b: one bias a filter.
        stride: how many pixels from window to window, down and to the right.
        mode: padding, ``"valid"``, ``"same"`` or a number of pixels.

    Raises:
        Mistake: if the channels differ or the window does not fit.

    Example:
        >>> edge = np.array([-1.0, 1.0]).reshape(1, 2, 1, 1)  # right neighbour minus left
        >>> convolve(np.array([0.0, 0.0, 5.0]).reshape(1, 1, 3, 1), edge, np.zeros(1)).ravel().tolist()
        [0.0, 5.0]
    """
    need_floats("convolve", x=x, K=K, b=b)
    need_rank("convolve", "x", x, "batch, height, width, channels")
    need_rank("convolve", "K", K, "height, width, channels, filters")
    if x.shape[3] != K.shape[2]:
        raise Mistake(
            tr(
                f"convolve: the pictures have {x.shape[3]} channels, the kernel is for {K.shape[2]}",
                f"convolve: las imágenes tienen {x.shape[3]} canales, el núcleo es para {K.shape[2]}",
            ),
            tr(
                "Channels come last: (batch, height, width, channels).",
                "Los canales van al final: (lote, alto, ancho, canales).",
            ),
        )
    need_shape("convolve", "b", b, (K.shape[3],))
    for n, k, s in zip(x.shape[1:3], K.shape[:2], both_ways(stride), strict=True):
        output_size(n, k, s, mode)  # refuses a window that does not fit
    seen = windows(pad(x, K.shape[:2], stride, mode), K.shape[:2], stride)  # (batch, out_h, out_w, channels, k_h, k_w)
    return np.tensordot(seen, K, axes=([3, 4, 5], [2, 0, 1])) + b  # (batch, out_h, out_w, filters)


def convolve_backward(
    d_y: Float[np.ndarray, "batch out_height out_width filters"],
    x: Float[np.ndarray, "batch height width channels"],
    K: Float[np.ndarray, "kernel_height kernel_width channels filters"],
    stride: Stride = 1,
    mode: Mode = "valid",
) -> ConvolutionGradients:
    """The gradients of :func:`convolve`.

    Args:
        d_y: ∂L/∂y.
        x, K, stride, mode: as in the forward pass.
    """
    need_floats("convolve_backward", d_y=d_y, x=x, K=K)
    padded = pad(x, K.shape[:2], stride, mode)  # (batch, padded_h, padded_w, channels)
    out = (d_y.shape[1], d_y.shape[2])
    d_padded, d_K = np.zeros_like(padded), np.zeros_like(K)
    for i, j in np.ndindex(*K.shape[:2]):
        here = places(i, j, out, stride)  # the pixels that met K[i, j]
        d_padded[here] += d_y @ K[i, j].T  # (batch, out_h, out_w, channels)
        d_K[i, j] = np.tensordot(padded[here], d_y, axes=([0, 1, 2], [0, 1, 2]))  # (channels, filters)
    d_b = d_y.sum(axis=(0, 1, 2))  # (filters,)
    return ConvolutionGradients(unpad(d_padded, x.shape, K.shape[:2], stride, mode), d_K, d_b)


class Conv2D(Layer):
    """A convolution that keeps its kernels.

    Args:
        filters: how many kernels, so how many channels come out.
        kernel: the window's (height, width).
        stride, mode: as in :func:`convolve`.
        init: the kernels' first values, by name; biases begin at 0.
    """

    def __init__(
        self,
        filters: int,
        kernel: tuple[int, int] = (3, 3),
        stride: Stride = 1,
        mode: Mode = "valid",
        init: str = "glorot_uniform",
    ) -> None:
        super().__init__()
        self.filters, self.kernel, self.stride, self.mode, self.init = filters, kernel, stride, mode, init

    def build(self, shape: tuple[int, ...], rng: np.random.Generator) -> tuple[int, ...]:
        """Draw ``K``, zero ``b``."""
        need_rank("Conv2D", "x", np.empty((1, *shape)), "batch, height, width, channels")
        self.parameters["K"] = initializer(self.init)((*self.kernel, shape[2], self.filters), rng)
        self.parameters["b"] = np.zeros(self.filters)  # (filters,)
        strides = both_ways(self.stride)
        sizes = (output_size(n, k, s, self.mode) for n, k, s in zip(shape[:2], self.kernel, strides, strict=True))
        return (*sizes, self.filters)

    def forward(
        self, x: Float[np.ndarray, "batch height width channels"], training: bool = False
    ) -> Float[np.ndarray, "batch out_height out_width filters"]:
        """Slide."""
        self.x = x
        return convolve(x, self.parameters["K"], self.parameters["b"], self.stride, self.mode)

    def backward(
        self, d_y: Float[np.ndarray, "batch out_height out_width filters"]
    ) -> Float[np.ndarray, "batch height width channels"]:
        """∂L/∂K and ∂L/∂b are kept, ∂L/∂x is passed on."""
        d_x, self.gradients["K"], self.gradients["b"] = convolve_backward(
            d_y, self.remembered("x"), self.parameters["K"], self.stride, self.mode
        )
        return d_x
