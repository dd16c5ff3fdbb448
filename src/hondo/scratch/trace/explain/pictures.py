"""Convolution and pooling explain themselves: every window with its pixels, and every pixel with its windows."""

from collections.abc import Iterator

import numpy as np

from hondo.core.language import tr
from hondo.scratch.layers.convolution import Conv2D
from hondo.scratch.layers.pooling import AveragePooling2D, MaxPooling2D
from hondo.scratch.layers.windows import Mode, Stride, both_ways, pad, padding, windows
from hondo.scratch.trace.explain.passed import Passed, input_gradient, output, parameter_gradient, shift_gradient
from hondo.scratch.trace.step import Made
from hondo.scratch.trace.symbols import factor, number, products, total


def _meetings(at: Passed, i: tuple[int, ...], kernel: tuple[int, int], stride: Stride, mode: Mode) -> Iterator[tuple]:
    """Each window that holds the pixel ``i``: the window's row and column, and the pixel's row and column in it."""
    down, right = both_ways(stride)
    top, left = padding(at.x.shape[1], kernel[0], down, mode)[0], padding(at.x.shape[2], kernel[1], right, mode)[0]
    for row, column in np.ndindex(*at.d_y.shape[1:3]):
        inner = i[1] + top - row * down, i[2] + left - column * right
        if 0 <= inner[0] < kernel[0] and 0 <= inner[1] < kernel[1]:
            yield row, column, *inner


def convolution_forward(layer: Conv2D, at: Passed) -> Made:
    """y = x * K + b."""
    K, b = layer.parameters["K"], layer.parameters["b"]
    seen = windows(pad(at.x, layer.kernel, layer.stride, layer.mode), layer.kernel, layer.stride)
    K_symbol, b_symbol = at.place.parameter("K"), at.place.parameter("b")

    def expression(i: tuple[int, ...]) -> str:
        pixels = seen[i[:3]].transpose(1, 2, 0).ravel()  # in the kernel's order
        return products(zip(pixels, K[..., i[3]].ravel(), strict=True), b[i[3]])

    return output(
        at,
        f"{at.place.x.latex()} * {K_symbol.latex()} + {b_symbol.latex()}",
        lambda: tr("each filter slides over the picture", "cada filtro se desliza por la imagen"),
        expression,
        K_symbol,
        b_symbol,
    )


def convolution_backward(layer: Conv2D, at: Passed) -> list[Made]:
    """∂L/∂K collects from all places, ∂L/∂x from all windows."""
    K, K_symbol = layer.parameters["K"], at.place.parameter("K")
    seen = windows(pad(at.x, layer.kernel, layer.stride, layer.mode), layer.kernel, layer.stride)
    d_out = at.place.y.gradient.latex()

    def collected(i: tuple[int, ...]) -> str:
        pairs = [
            (at.d_y[i[0], row, column, o], K[r, c, i[3], o])
            for row, column, r, c in _meetings(at, i, layer.kernel, layer.stride, layer.mode)
            for o in range(layer.filters)
        ]
        return products(pairs)

    kernels = parameter_gradient(
        at,
        "K",
        rf"{at.place.x.latex()} * {d_out}",
        lambda: tr("a kernel weight answers everywhere", "un peso del núcleo responde en todas partes"),
        lambda i: products(zip(seen[..., i[2], i[0], i[1]].ravel(), at.d_y[..., i[3]].ravel(), strict=True)),
        at.place.x,
    )
    inputs = input_gradient(at, rf"{d_out} *^{{\mathsf{{T}}}} {K_symbol.latex()}", collected, [K_symbol])
    return [kernels, shift_gradient(at, "b"), inputs]


def _members(layer: MaxPooling2D, at: Passed) -> np.ndarray:
    """The pixels of every window, -∞ where there is only padding."""
    window = (layer.size, layer.size)
    return windows(pad(at.x, window, layer.stride, layer.mode, -np.inf), window, layer.stride)


def _operator(layer: MaxPooling2D) -> str:
    name = "mean" if isinstance(layer, AveragePooling2D) else "max"
    return rf"\operatorname{{{name}}}_{{{layer.size} \times {layer.size}}}"


def pooling_forward(layer: MaxPooling2D, at: Passed) -> Made:
    """The greatest of each window, or the mean."""
    members = _members(layer, at)

    def expression(i: tuple[int, ...]) -> str:
        pixels = [number(value) for value in members[i].ravel() if np.isfinite(value)]
        if isinstance(layer, AveragePooling2D):
            return rf"\frac{{{total(pixels)}}}{{{len(pixels)}}}"
        return rf"\max({', '.join(pixels)})"

    return output(
        at,
        f"{_operator(layer)}({at.place.x.latex()})",
        lambda: tr("one number for each window", "un número por cada ventana"),
        expression,
    )


def pooling_backward(layer: MaxPooling2D, at: Passed) -> list[Made]:
    """To the winner of each window, or to all alike."""
    members = _members(layer, at)

    def expression(i: tuple[int, ...]) -> str:
        shares = []
        for row, column, r, c in _meetings(at, i, (layer.size, layer.size), layer.stride, layer.mode):
            window = members[i[0], row, column, i[3]]
            gradient = factor(at.d_y[i[0], row, column, i[3]])
            if isinstance(layer, AveragePooling2D):
                shares.append(rf"\frac{{{gradient}}}{{{int(np.isfinite(window).sum())}}}")
            elif np.unravel_index(window.argmax(), window.shape) == (r, c):
                shares.append(gradient)
        return total(shares)

    formula = rf"{_operator(layer)}'\left({at.place.y.gradient.latex()}\right)"
    return [input_gradient(at, formula, expression, [at.place.x])]
