"""Convolutions, and all their gradients, as contractions: from JAX's description to strides and windows."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import jax
import numpy as np
from jax import lax

from hondo.engine.kernels.contraction import Contraction
from hondo.engine.kernels.depthwise import Depthwise
from hondo.engine.kernels.library import call
from hondo.engine.kernels.transposing import swap_last
from hondo.engine.kernels.windows import Axis, make_axis
from hondo.engine.kernels.winograd import Squares, pays, winograd, winograd_gradient

_TAPS = ((3, 3), (5, 5))
_FEW_CHANNELS = 8
_FEW_SAMPLES = 16
_FEW_ROWS = 8  # a tile needs about so many rows; with fewer samples, the pixels of a line are taken for rows


@dataclass(frozen=True)
class Convolution:
    """``jax.lax.conv_general_dilated`` as data; see there.

    Attributes:
        left, right, out: shapes with batch and feature first, then space: ``(batch, channels, …)``,
            ``(features, channels / groups, …)`` and ``(batch, features, …)``.
        left_strides, right_strides, out_strides: elements from one index to the next along the same dimensions.
        strides, padding, left_dilation, right_dilation: one entry a spatial dimension; padding low and high.
        feature_groups, batch_groups: at most one of them above 1.
        layouts: the dimensions of each array as they lie in memory, slowest first, in the numbering above.
        mirrored: the right operand's spatial dimensions are stored from last to first.
    """

    left: tuple[int, ...]
    right: tuple[int, ...]
    out: tuple[int, ...]
    left_strides: tuple[int, ...]
    right_strides: tuple[int, ...]
    out_strides: tuple[int, ...]
    strides: tuple[int, ...]
    padding: tuple[tuple[int, int], ...]
    left_dilation: tuple[int, ...]
    right_dilation: tuple[int, ...]
    feature_groups: int = 1
    batch_groups: int = 1
    mirrored: bool = False
    layouts: tuple[tuple[int, ...], ...] = ()

    @property
    def forward(self) -> bool:
        """Whether pixels hold their channels, weights their features, and all else is in the usual order."""
        space = tuple(range(2, len(self.left)))
        return self.layouts == ((0, *space, 1), (*space, 1, 0), (0, *space, 1))

    @property
    def backward(self) -> bool:
        """Whether it is the gradient with respect to weights of such a convolution: samples are summed over."""
        space = tuple(range(2, len(self.left)))
        return self.layouts == ((1, *space, 0), (1, *space, 0), (*space, 0, 1))


def convolve(
    left: jax.Array, right: jax.Array, out_shape: Sequence[int], params: dict[str, Any], *, mirrored: bool = False
) -> jax.Array:
    """What ``conv_general_dilated`` with these parameters computes.

    Args:
        left, right: float32 operands.
        out_shape: the result's shape.
        params: the primitive's parameters.
        mirrored: reverse the right operand's spatial dimensions first.
    """
    numbers = params["dimension_numbers"]
    left_order, right_order, out_order = numbers.lhs_spec, numbers.rhs_spec, numbers.out_spec
    groups, batch_groups = params["feature_group_count"], params["batch_group_count"]
    sums_over_space = prod(right.shape[axis] for axis in right_order[2:]) > prod(
        out_shape[axis] for axis in out_order[2:]
    )
    last = left_order[0] if left.ndim - 1 == left_order[0] else left_order[1]
    if last != left.ndim - 1:  # space is innermost: bring to the front what the kernel sums over, or what it does not
        order = (1, *range(2, left.ndim), 0) if sums_over_space else (0, *range(2, left.ndim), 1)
        left = left.transpose([left_order[axis] for axis in order])
        left_order = tuple(order.index(axis) for axis in range(left.ndim))
    swapped, right_shape = False, right.shape
    if right_order[0] != right.ndim - 1:
        order = (*range(2, right.ndim), 1, 0)
        wanted = [right_order[axis] for axis in order]
        swapped = wanted == [*range(right.ndim - 2), right.ndim - 1, right.ndim - 2]
        right_shape = tuple(right.shape[axis] for axis in wanted)
        right = right if swapped else right.transpose(wanted)
        right_order = tuple(order.index(axis) for axis in range(right.ndim))
    final = None
    if out_order[1] != len(out_shape) - 1:
        order = (0, *range(2, len(out_shape)), 1)
        final = [order.index(out_order.index(axis)) for axis in range(len(out_shape))]
        out_shape = [out_shape[out_order[axis]] for axis in order]
        out_order = tuple(order.index(axis) for axis in range(len(out_shape)))
    described = Convolution(
        *(
            tuple(shape[axis] for axis in order)
            for shape, order in ((left.shape, left_order), (right_shape, right_order), (out_shape, out_order))
        ),
        *(
            tuple(_strides(shape)[axis] for axis in order)
            for shape, order in ((left.shape, left_order), (right_shape, right_order), (out_shape, out_order))
        ),
        strides=tuple(params["window_strides"]),
        padding=tuple((int(low), int(high)) for low, high in params["padding"]),
        left_dilation=tuple(params["lhs_dilation"]),
        right_dilation=tuple(params["rhs_dilation"]),
        feature_groups=groups,
        batch_groups=batch_groups,
        mirrored=mirrored,
        layouts=tuple(
            tuple(order.index(axis) for axis in range(left.ndim)) for order in (left_order, right_order, out_order)
        ),
    )
    result = _by_winograd(described, left, right, swapped=swapped)
    if result is None and swapped and _weights_outweigh(described):
        result = _over_weights(described, left, right, out_shape)
    if result is None:
        result = _compute(described, left, swap_last(right) if swapped else right, out_shape)
    return result if final is None else result.transpose(final)


def _compute(c: Convolution, left: jax.Array, right: jax.Array, out_shape: Sequence[int]) -> jax.Array:
    """Choose the quickest way for the shapes."""
    if max(c.feature_groups, c.batch_groups) > 1:
        kernel = _depthwise(c) if _depthwise_fits(c) else contraction(c)
        return call(kernel, (left, right), out_shape)
    if c.forward and prod(c.right[2:]) == 1 and (_unpadded(c) or {*c.strides} == {1}):
        return _product(c, left, right)
    if c.backward and {*c.left_dilation} == {1}:
        if prod(c.out[2:]) == 1 and all(low == 0 and high <= 0 for low, high in c.padding):
            return _product_gradient(c, left, right, out_shape)
        if c.left[0] < _FEW_CHANNELS and c.strides[-1] == 1 and not c.mirrored:
            left = _padded(left, c)
            return call(_gradient_of_few_channels(c, left.shape), (left, right), out_shape)
    if not c.strides:
        return call(contraction(c), (left, right), out_shape)
    few = c.left[0] < _FEW_ROWS or (c.left[1] < _FEW_CHANNELS and c.right_dilation[-1] == 1 and not c.mirrored)
    if c.forward and few and c.out[-1] > min(c.left[0], _FEW_ROWS):
        left = _padded(left, c)
        return call(_along_lines(c, left.shape), (left, right), out_shape)
    return call(contraction(c), (left, right), out_shape)


def _unpadded(c: Convolution) -> bool:
    return {each for edges in c.padding for each in edges} == {0} and {*c.left_dilation} == {1}


def _padded(left: jax.Array, c: Convolution) -> jax.Array:
    """The left operand with the last spatial dimension's padding and dilation made explicit."""
    edges = [(0, 0, 0)] * left.ndim
    edges[left.ndim - 2] = (*c.padding[-1], c.left_dilation[-1] - 1)
    return lax.pad(left, np.float32(0), edges)


def _product(c: Convolution, left: jax.Array, right: jax.Array) -> jax.Array:
    """Pixels × channels times channels × features; strides skip pixels, padding and dilation put zeros between."""
    if {*c.strides} != {1}:
        left = left[:, *(slice(None, None, stride) for stride in c.strides)]
    rows, (features, channels) = prod(left.shape[:-1]), c.right[:2]
    kernel = Contraction((), rows, channels, features, channels, 1, features, features)
    product = call(kernel, (left, right), (*left.shape[:-1], features))
    if _unpadded(c):
        return product
    edges = [(*ends, step - 1) for ends, step in zip(c.padding, c.left_dilation, strict=True)]
    return lax.pad(product, np.float32(0), [(0, 0, 0), *edges, (0, 0, 0)])


def _product_gradient(c: Convolution, left: jax.Array, right: jax.Array, out_shape: Sequence[int]) -> jax.Array:
    """Channels × pixels times pixels × features."""
    ends = [(size - 1) * step + 1 for size, step in zip(right.shape[1:-1], c.right_dilation, strict=True)]
    left = left[:, *(slice(None, end, step) for end, step in zip(ends, c.right_dilation, strict=True))]
    pixels, channels, features = prod(right.shape[:-1]), c.left[0], c.right[0]
    return call(Contraction((), channels, 1, features, pixels, channels, features, features), (left, right), out_shape)


def _gradient_of_few_channels(c: Convolution, padded: Sequence[int]) -> Contraction:
    """The gradient of the weights where pixels have few channels: a line of the window takes their place as rows."""
    strides, channels = _strides(padded), c.left[0]
    *space, _ = (_axis(c, place, strides[place - 1]) for place in range(2, len(c.left)))
    pixels = Axis(((0, 0, c.right[-1]),), c.right_dilation[-1], 1, strides[-2], c.right_strides[-1], 0)
    return Contraction(
        axes=(*space, pixels),
        batch=c.out[-1] * channels,
        left_batch=1,
        out_batch=c.out_strides[0],
        channels=c.left[1],
        left_channel=strides[0],
        right_channel=c.right_strides[1],
        features=c.right[0],
    )


def _depthwise_fits(c: Convolution) -> bool:
    """Whether every channel meets one feature, and channels are innermost everywhere."""
    one_each = c.right[0] == max(c.feature_groups, c.batch_groups) == c.left[1 if c.feature_groups > 1 else 0]
    innermost = c.left_strides[0 if c.batch_groups > 1 else 1] == c.right_strides[0] == c.out_strides[1] == 1
    return (
        one_each
        and innermost
        and c.right[1 if c.feature_groups > 1 else 0] == (1 if c.feature_groups > 1 else c.right[0])
    )


def _depthwise(c: Convolution) -> Depthwise:
    space = tuple(_axis(c, place) for place in range(2, len(c.left)))
    if c.feature_groups > 1:  # each sample has its result
        samples = Axis(tuple((n, 0, 1) for n in range(c.left[0])), 1, 1, c.left_strides[0], 0, c.out_strides[0])
    else:  # the gradient of the weights sums over the samples
        samples = Axis(((0, 0, c.left[1]),), 1, 1, c.left_strides[1], c.right_strides[1], 0)
    return Depthwise((samples, *space), c.right[0])


def _along_lines(c: Convolution, padded: Sequence[int]) -> Contraction:
    """A convolution of few samples: the pixels of a line, padded on both sides, take the place of the samples."""
    strides = _strides(padded)
    *space, _ = (_axis(c, place, strides[place - 1]) for place in range(2, len(c.left)))
    samples = Axis(tuple((n, 0, 1) for n in range(c.left[0])), 1, 1, strides[0], 0, c.out_strides[0])
    first, step = (c.right[-1] - 1, -1) if c.mirrored else (0, 1)
    window = Axis(((0, first, c.right[-1]),), c.right_dilation[-1], step, strides[-2], c.right_strides[-1], 0)
    axes, channels = (samples, *space, window), c.left[1]
    if c.right_dilation[-1] == 1 and not c.mirrored:  # the pixels under a line of the window are contiguous
        axes, channels = (samples, *space), c.right[-1] * c.left[1]
    return Contraction(
        axes=axes,
        batch=c.out[-1],
        left_batch=c.strides[-1] * strides[-2],
        out_batch=c.out_strides[-1],
        channels=channels,
        left_channel=1,
        right_channel=c.right_strides[1],
        features=c.right[0],
        neighbours=True,
    )


def _weights_outweigh(c: Convolution) -> bool:
    """Whether swapping rows and columns takes longer for the weights than for all pixels, and samples fill vectors."""
    samples, channels, features = c.left[0], c.left[1], c.right[0]
    pixels = samples * (prod(c.left[2:]) * channels + prod(c.out[2:]) * features)
    usual = c.forward and max(c.feature_groups, c.batch_groups) == 1
    return usual and samples >= _FEW_SAMPLES and pixels < prod(c.right)


def _over_weights(c: Convolution, left: jax.Array, right: jax.Array, out_shape: Sequence[int]) -> jax.Array:
    """A convolution whose weights lie with their channels innermost: weights and samples exchange their places."""
    samples, channels, features = c.left[0], c.left[1], c.right[0]
    axes = []
    for place in range(2, len(c.left)):
        axis = _axis(c, place)
        meets, step, other = axis.meets, axis.right_step, axis.left_step
        if step < 0:  # the same pairs, from the last to the first
            meets = tuple((a + (n - 1) * other, b + (n - 1) * step, n) if n else (a, b, n) for a, b, n in meets)
            step, other = -step, -other
        strides = (c.right_strides[place], samples * c.left_strides[place], samples * c.out_strides[place])
        axes.append(Axis(tuple((b, a, n) for a, b, n in meets), step, other, *strides))
    kernel = Contraction(tuple(axes), features, channels, samples, channels, 1, samples, samples)
    result = call(kernel, (right, swap_last(left.reshape(samples, -1))), (prod(out_shape[1:]), samples))
    return swap_last(result).reshape(out_shape)


def _by_winograd(c: Convolution, left: jax.Array, right: jax.Array, *, swapped: bool) -> jax.Array | None:
    """The result by Winograd's filtering where that is quicker; the weights may be swapped."""
    plain = {*c.strides, *c.left_dilation, *c.right_dilation, c.feature_groups, c.batch_groups} == {1}
    if not plain or len(c.left) != 4:
        return None
    (top, _), (beside, _) = c.padding
    products = prod(sum(count for _, _, count in _axis(c, place).meets) for place in (2, 3))
    if c.forward and c.right[2:] in _TAPS:
        squares = Squares(c.right[2], c.left[0], *c.left[2:], top, beside, *c.out[2:])
        if pays(squares, c.left[1], c.right[0], products, gradient=False):
            return winograd(left, right, squares, mirrored=c.mirrored, swapped=swapped)
    if c.backward and c.out[2:] in _TAPS and not c.mirrored:
        squares = Squares(c.out[2], c.left[1], *c.left[2:], top, beside, *c.right[2:])
        if pays(squares, c.left[0], c.right[0], products, gradient=True):
            return winograd_gradient(left, right, squares)
    return None


def _strides(shape: Sequence[int]) -> list[int]:
    """Elements from one index to the next of a contiguous array."""
    return [prod(shape[axis + 1 :]) for axis in range(len(shape))]


def contraction(c: Convolution) -> Contraction:
    """The strided sum of products that a convolution is."""
    groups = max(c.feature_groups, c.batch_groups)
    batch, channels, features = c.left[0] // c.batch_groups, c.left[1] // c.feature_groups, c.right[0] // groups
    by_batch = c.batch_groups > 1
    return Contraction(
        axes=tuple(_axis(c, place) for place in range(2, len(c.left))),
        batch=batch,
        left_batch=c.left_strides[0],
        out_batch=c.out_strides[0],
        channels=channels,
        left_channel=c.left_strides[1],
        right_channel=c.right_strides[1],
        features=features,
        groups=groups,
        left_group=batch * c.left_strides[0] if by_batch else channels * c.left_strides[1],
        right_group=features,
        out_group=features,
    )


def _axis(c: Convolution, place: int, left_stride: int | None = None) -> Axis:
    """One dimension's sliding window."""
    dimension = place - 2
    return make_axis(
        (c.left[place], c.right[place], c.out[place]),
        stride=c.strides[dimension],
        low=c.padding[dimension][0],
        apart=c.right_dilation[dimension],
        between=c.left_dilation[dimension],
        strides=(left_stride or c.left_strides[place], c.right_strides[place], c.out_strides[place]),
        mirrored=c.mirrored,
    )
