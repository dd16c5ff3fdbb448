import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hondo.core.backend import keras
from hondo.data.augment.colour import recolour


def plainly(picture, value_range, brightness, contrast, shifts):
    """One step after the other, in float64; clipped once at the end."""
    black, white = value_range
    x = black + (picture.astype(np.float64) - black) * brightness
    mean = x.mean((0, 1), keepdims=True)
    return np.clip(mean + (x - mean) * contrast + np.asarray(shifts) * (white - black), black, white)


@settings(deadline=None, max_examples=60)
@given(
    seed=st.integers(0, 999),
    height=st.integers(1, 9),
    width=st.integers(1, 9),
    channels=st.integers(1, 6),
    brightness=st.floats(0, 3),
    contrast=st.floats(0, 3),
    value_range=st.sampled_from([None, (0.0, 1.0), (-1.0, 1.0), (0.0, 255.0)]),
)
def test_colours_change_as_one_step_after_the_other(seed, height, width, channels, brightness, contrast, value_range):
    draws = np.random.default_rng(seed)
    shifts = draws.uniform(-0.5, 0.5, channels)
    if value_range is None:
        value_range, tolerance = (0.0, 255.0), 0.501
        picture = draws.integers(0, 256, (height, width, channels), dtype=np.uint8)
    else:
        tolerance = 1e-5 * (value_range[1] - value_range[0])
        picture = draws.uniform(*value_range, (height, width, channels)).astype(np.float32)
    expected = plainly(picture, value_range, brightness, contrast, shifts)
    recolour(picture, value_range, brightness, contrast, shifts)
    assert np.abs(picture - expected).max() <= tolerance


def test_contrast_is_that_of_keras():
    picture = np.random.default_rng(1).uniform(0.4, 0.6, (8, 8, 3)).astype(np.float32)
    layer = keras.layers.RandomContrast((0.0, 0.5), value_range=(0, 1), seed=3)
    changed = np.asarray(layer(picture[np.newaxis], training=True))[0]
    deviation = changed - changed.mean((0, 1))
    factor = float((deviation / (picture - picture.mean((0, 1)))).mean())
    assert factor != pytest.approx(1, abs=1e-3)
    mine = picture.copy()
    recolour(mine, (0.0, 1.0), contrast=factor)
    np.testing.assert_allclose(mine, changed, atol=2e-4)


def test_neutral_values_change_nothing():
    for picture in (
        np.arange(48, dtype=np.uint8).reshape(4, 4, 3),
        np.linspace(0, 1, 48, dtype=np.float32).reshape(4, 4, 3),
    ):
        kept = picture.copy()
        recolour(picture, (0.0, 255.0), 1.0, 1.0, np.zeros(3))
        np.testing.assert_array_equal(picture, kept)
