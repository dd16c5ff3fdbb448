from collections.abc import Callable

import jax
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hondo.core.language import use_language
from hondo.scratch.layers.windows import output_size, pad, padding, places, unpad, windows
from hondo.scratch.mistakes import Mistake

sizes, kernels, strides, modes = (
    st.integers(1, 20),
    st.integers(1, 6),
    st.integers(1, 6),
    st.sampled_from(["valid", "same"]),
)


@given(sizes, kernels, strides, modes)
def test_padding_is_xlas(size: int, kernel: int, stride: int, mode: str) -> None:
    assert (
        padding(size, kernel, stride, mode) == jax.lax.padtype_to_pads((size,), (kernel,), (stride,), mode.upper())[0]
    )


@given(sizes, kernels, strides, modes)
def test_as_many_windows_fit_as_can_be_counted(size: int, kernel: int, stride: int, mode: str) -> None:
    before, after = padding(size, kernel, stride, mode)
    starts = [first for first in range(0, size + 6, stride) if first + kernel <= before + size + after]
    if starts:
        assert output_size(size, kernel, stride, mode) == len(starts)
    if mode == "same":
        assert len(starts) == int(np.ceil(size / stride))


@pytest.mark.parametrize(("kernel", "stride"), [((2, 3), 1), ((3, 1), 2), ((2, 2), 3)])
def test_windows_are_cut_out_where_they_should_be(
    kernel: tuple[int, int], stride: int, rng: np.random.Generator
) -> None:
    x = rng.normal(size=(2, 6, 7, 3))
    seen = windows(x, kernel, stride)
    assert np.shares_memory(seen, x)
    height, width = (output_size(n, k, stride, "valid") for n, k in zip((6, 7), kernel, strict=True))
    assert seen.shape == (2, height, width, 3, *kernel)
    for h, w in np.ndindex(height, width):
        top, left = h * stride, w * stride
        cut = x[:, top : top + kernel[0], left : left + kernel[1]]
        np.testing.assert_array_equal(seen[:, h, w], np.moveaxis(cut, 3, 1))
    for i, j in np.ndindex(*kernel):
        np.testing.assert_array_equal(x[places(i, j, (height, width), stride)], seen[..., i, j])


@pytest.mark.parametrize("mode", ["valid", "same"])
@pytest.mark.parametrize(("kernel", "stride"), [((2, 3), 1), ((4, 4), 3), ((1, 1), 1)])
def test_padding_surrounds_a_picture_and_can_be_cut_off_again(
    kernel: tuple[int, int], stride: int, mode: str, rng: np.random.Generator
) -> None:
    x = rng.normal(size=(2, 5, 6, 3))
    padded = pad(x, kernel, stride, mode, value=-7.0)
    rows, columns = (padding(n, k, stride, mode) for n, k in zip((5, 6), kernel, strict=True))
    assert padded.shape == (2, 5 + sum(rows), 6 + sum(columns), 3)
    np.testing.assert_array_equal(padded[:, rows[0] : rows[0] + 5, columns[0] : columns[0] + 6], x)
    assert (padded == -7).sum() == padded.size - x.size
    np.testing.assert_array_equal(unpad(padded, x.shape, kernel, stride, mode), x)


def test_an_odd_pixel_of_padding_goes_to_the_right_and_below() -> None:
    np.testing.assert_array_equal(
        pad(np.ones((1, 2, 2, 1)), (2, 2), 1, "same")[0, ..., 0], [[1, 1, 0], [1, 1, 0], [0, 0, 0]]
    )


@pytest.mark.mistake
@pytest.mark.parametrize(
    ("wrong", "english", "spanish"),
    [
        (
            lambda: padding(5, 3, 1, "full"),
            "number of pixels, 'valid' or 'same', not 'full'",
            "relleno es .* no 'full'",
        ),
        (lambda: padding(5, 3, 1, -1), "not -1", "no -1"),
        (lambda: output_size(3, 5, 1, "valid"), "window of 5 .* not fit into 3 pixels", "ventana de 5 .* no cabe en 3"),
        (lambda: output_size(5, 0, 1, "valid"), "window of 0", "ventana de 0"),
        (lambda: output_size(5, 3, 0, "valid"), "stride 0", "paso 0"),
        (lambda: output_size(5, 3, 0, "same"), "stride 0", "paso 0"),
    ],
)
def test_windows_that_cannot_be_are_refused(wrong: Callable, english: str, spanish: str) -> None:
    with use_language("en"), pytest.raises(Mistake, match=english):
        wrong()
    with use_language("es"), pytest.raises(Mistake, match=spanish):
        wrong()
