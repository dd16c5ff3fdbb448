import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from hondo.data.pixels import greyscale, resize_pictures, scale_pixels


def pictures(seed: int, *shape: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)


@settings(deadline=None)
@given(seed=st.integers(0, 99), factor=st.sampled_from([2, 3, 4]), channels=st.sampled_from([1, 3, 4]))
def test_shrinking_by_a_whole_factor_averages_blocks(seed, factor, channels):
    x = pictures(seed, 2, 5 * factor, 3 * factor, channels)
    blocks = x.reshape(2, 5, factor, 3, factor, channels).mean(axis=(2, 4))
    assert np.abs(resize_pictures(x, (5, 3)) - blocks).max() <= 0.5 + 1e-9


@pytest.mark.parametrize("channels", [1, 3])
def test_growing_agrees_with_pillows_bilinear_filter(channels):
    x = pictures(1, 2, 7, 5, channels)
    grown = resize_pictures(x, (28, 20))
    for row, picture in zip(grown, x, strict=True):
        reference = Image.fromarray(picture.squeeze()).resize((20, 28), Image.Resampling.BILINEAR)
        assert np.abs(row.squeeze().astype(int) - np.asarray(reference, dtype=int)).max() <= 2


def test_the_wanted_size_changes_nothing():
    x = pictures(2, 3, 4, 5, 3)
    np.testing.assert_array_equal(resize_pictures(x, (4, 5)), x)


@settings(deadline=None)
@given(seed=st.integers(0, 99))
def test_greyscale_is_the_luminance_that_pillow_computes(seed):
    x = pictures(seed, 3, 6, 4, 3)
    reference = np.stack([np.asarray(Image.fromarray(picture).convert("L")) for picture in x])[..., np.newaxis]
    assert greyscale(x).shape == (3, 6, 4, 1)
    assert np.abs(greyscale(x).astype(int) - reference).max() <= 1
    assert np.abs(greyscale(x) - x @ np.array([0.299, 0.587, 0.114])[:, np.newaxis]).max() <= 0.51


def test_greyscale_leaves_alpha_out_and_grey_as_it_is():
    x = pictures(3, 2, 4, 4, 4)
    np.testing.assert_array_equal(greyscale(x), greyscale(np.ascontiguousarray(x[..., :3])))
    np.testing.assert_array_equal(greyscale(x[..., :1]), x[..., :1])
    assert greyscale(x[:0]).shape == (0, 4, 4, 1)


@pytest.mark.parametrize(("scale", "low", "high"), [("unit", 0, 1), ("symmetric", -1, 1), ("none", 0, 255)])
def test_every_pixel_value_is_scaled_to_the_nearest_float(scale, low, high):
    x = np.arange(256, dtype=np.uint8)
    scaled = scale_pixels(x, scale)
    exact = low + x.astype(np.float64) / 255 * (high - low)
    assert scaled.dtype == np.float32
    np.testing.assert_allclose(scaled, exact, atol=1e-7, rtol=1e-6)
    assert scaled[0] == low
    assert scaled[-1] == high
