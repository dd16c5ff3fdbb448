"""Convolutions of all kinds, drawn at random, and their sums of products written plainly in float64."""

from dataclasses import dataclass
from math import prod
from typing import Any

import jax
import numpy as np
from hypothesis import strategies as st
from jax import lax

WORK = 10_000_000  # products of one drawn convolution, at most
CHANNELS = (1, 3, 5, 16, 17, 32, 33)


@dataclass(frozen=True)
class Case:
    """One convolution; sizes are in the order batch (features), channels, space, whatever the arrays' layouts are.

    Attributes:
        left, right: sizes of the operands; the channels of ``right`` are those of one group.
        strides, padding, left_dilation, right_dilation: one entry a spatial dimension.
        groups: of features.
        layouts: for each array where batch (features), channels and space lie.
    """

    left: tuple[int, ...]
    right: tuple[int, ...]
    strides: tuple[int, ...]
    padding: tuple[tuple[int, int], ...]
    left_dilation: tuple[int, ...]
    right_dilation: tuple[int, ...]
    groups: int
    layouts: tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]

    @property
    def out(self) -> tuple[int, ...]:
        """The result's sizes."""
        dilations = self.left_dilation, self.right_dilation
        space = zip(self.left[2:], self.right[2:], self.strides, self.padding, *dilations, strict=True)
        return (
            self.left[0],
            self.right[0],
            *(
                ((size - 1) * between + low + high - (window - 1) * apart) // stride + 1
                for size, window, stride, (low, high), between, apart in space
            ),
        )

    @property
    def shapes(self) -> list[tuple[int, ...]]:
        """The arrays' shapes: operands and result."""
        placed = zip((self.left, self.right, self.out), self.layouts, strict=True)
        return [tuple(sizes[layout.index(axis)] for axis in range(len(sizes))) for sizes, layout in placed]

    def __call__(self, left: Any, right: Any) -> Any:
        """What JAX makes of it."""
        return lax.conv_general_dilated(
            left,
            right,
            self.strides,
            self.padding,
            self.left_dilation,
            self.right_dilation,
            lax.ConvDimensionNumbers(*self.layouts),
            self.groups,
        )

    def with_gradients(self, left: Any, right: Any, slope: Any) -> Any:
        """The result, and the gradients with respect to both operands."""
        out, back = jax.vjp(self, left, right)
        return out, *back(slope)

    def in_float64(self, left: Any, right: Any, slope: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The same three arrays, by their definition and in double precision."""
        arrays = zip((left, right, slope), self.layouts, strict=True)
        x, w, s = (np.asarray(array, np.float64).transpose(layout) for array, layout in arrays)
        groups, space = self.groups, range(len(self.strides))
        batch, features, *size = self.out
        w = w.reshape(groups, features // groups, *w.shape[1:])
        s = s.reshape(batch, groups, features // groups, -1)
        # Where each input lies among zeros: those of its dilation, and a border wide enough for any padding.
        border = [max(0, low, high) + 1 for low, high in self.padding]
        dilated = [(self.left[at + 2] - 1) * self.left_dilation[at] + 1 for at in space]
        inputs = (..., *(slice(border[at], border[at] + dilated[at], self.left_dilation[at]) for at in space))
        room = [dilated[at] + 2 * border[at] + (size[at] - 1) * self.strides[at] for at in space]
        padded = np.zeros((batch, groups, self.left[1] // groups, *room))
        padded[inputs] = x.reshape(batch, groups, -1, *self.left[2:])
        out, padded_slope, w_slope = np.zeros(s.shape), np.zeros(padded.shape), np.zeros(w.shape)
        for place in np.ndindex(*self.right[2:]):
            first = [border[at] - self.padding[at][0] + place[at] * self.right_dilation[at] for at in space]
            part = (
                ...,
                *(
                    slice(first[at], first[at] + (size[at] - 1) * self.strides[at] + 1, self.strides[at])
                    for at in space
                ),
            )
            seen = padded[part]
            weights = w[(..., *place)]
            flat = seen.reshape(*seen.shape[:3], -1)
            out += np.einsum("ngcp,gfc->ngfp", flat, weights, optimize=True)
            w_slope[(..., *place)] = np.einsum("ngcp,ngfp->gfc", flat, s, optimize=True)
            padded_slope[part] += np.einsum("ngfp,gfc->ngcp", s, weights, optimize=True).reshape(seen.shape)
        results = (out.reshape(self.out), padded_slope[inputs].reshape(self.left), w_slope.reshape(self.right))
        back = (self.layouts[2], self.layouts[0], self.layouts[1])
        return tuple(array.transpose(np.argsort(layout)) for array, layout in zip(results, back, strict=True))


def layouts(name: str, space: int) -> tuple[tuple[int, ...], ...]:
    """Channels ``"last"`` as in Keras, or ``"first"``."""
    inner = tuple(range(2, 2 + space))
    if name == "first":
        return ((0, 1, *inner),) * 3
    last = (0, space + 1, *range(1, space + 1))
    return (last, (space + 1, space, *range(space)), last)


@st.composite
def convolutions(draw: Any, space: int, any_layout: bool = False) -> Case:
    """A convolution of one to three spatial dimensions, small enough for plain sums."""

    def each(entries: Any) -> tuple[Any, ...]:
        return tuple(draw(entries) for _ in range(space))

    window = each(st.integers(1, 7 if space < 3 else 5))
    strides, right_dilation = each(st.integers(1, 3)), each(st.integers(1, 3))
    left_dilation = each(st.integers(1, 3)) if draw(st.booleans()) else (1,) * space
    size = each(st.integers(1, {1: 40, 2: 14, 3: 7}[space]))
    reach = [(entries - 1) * apart + 1 for entries, apart in zip(window, right_dilation, strict=True)]
    kind = draw(st.sampled_from(["SAME", "VALID", "explicit"]))
    if kind == "explicit":
        # At most what is left of a window behind its first entry: beyond that XLA's own gradients can be wrong.
        padding = tuple(
            (draw(st.integers(-1, min(3, needed - 1))), draw(st.integers(-1, min(3, needed - 1)))) for needed in reach
        )
    else:
        dilated = [(length - 1) * between + 1 for length, between in zip(size, left_dilation, strict=True)]
        padding = tuple(lax.padtype_to_pads(dilated, reach, strides, kind))
    # At least one window must fit.
    size = tuple(
        max(length, -(-(needed - low - high - 1) // between) + 1)
        for length, needed, (low, high), between in zip(size, reach, padding, left_dilation, strict=True)
    )
    grouped = draw(st.sampled_from(["no", "no", "groups", "depthwise"]))
    groups = {"no": 1, "groups": draw(st.integers(2, 4)), "depthwise": draw(st.sampled_from(CHANNELS))}[grouped]
    shape = Case((1, 1, *size), (1, 1, *window), strides, padding, left_dilation, right_dilation, 1, ())
    budget = WORK // prod((*shape.out, *window, groups))
    channels = 1 if grouped == "depthwise" else draw(_at_most(CHANNELS, budget))
    features = draw(_at_most(CHANNELS, budget // channels) if grouped == "no" else st.integers(1, 3))
    batch = draw(_at_most(range(1, 18), budget // (channels * features)))
    orders = st.permutations(range(space + 2)).map(tuple)
    named = st.sampled_from(["last", "first"]).map(lambda name: layouts(name, space))
    return Case(
        (batch, groups * channels, *size),
        (groups * features, channels, *window),
        strides,
        padding,
        left_dilation,
        right_dilation,
        groups,
        draw(st.tuples(orders, orders, orders) if any_layout else named),
    )


def _at_most(values: Any, most: int) -> Any:
    return st.sampled_from([value for value in values if value <= most] or [1])
