import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.data.augment.by_scipy import SCIPY_MODES, by_scipy, pictures, some_maps

from hondo.data.augment.geometry import BORDERS, affine_maps, warp


@pytest.fixture(autouse=True, scope="module", params=["machine code", "OpenCV"])
def _sampled_by(request):
    """Everything here holds for both ways of sampling."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HONDO_KERNELS", "off" if request.param == "OpenCV" else "")
        yield


@settings(deadline=None, max_examples=60)
@given(
    seed=st.integers(0, 10_000),
    height=st.integers(2, 24),
    width=st.integers(2, 24),
    channels=st.integers(1, 9),
    fill=st.sampled_from(list(BORDERS)),
    dtype=st.sampled_from([np.uint8, np.float32]),
)
def test_pictures_are_those_of_scipy_whatever_the_fill_and_the_channels(seed, height, width, channels, fill, dtype):
    x = pictures(seed, 3, height, width, channels, dtype=dtype)
    maps, out = some_maps(seed, 3, (height, width)), np.empty_like(x)
    warp(x, maps, out, fill, 40.0)
    expected = by_scipy(x, maps, SCIPY_MODES[fill], 1, 40.0)
    tolerance = 0.51 if dtype == np.uint8 else 0.02  # rounding to whole values; coordinates in float32
    assert np.abs(out - expected).max() <= tolerance


def test_the_nearest_pixel_is_that_of_scipy():
    x = pictures(1, 20, 15, 11, 3)
    maps, out = some_maps(2, 20, (15, 11)), np.empty_like(x)
    warp(x, maps, out, "reflect", interpolation="nearest")
    differs = (out != by_scipy(x, maps, "reflect", 0)).any(-1)
    assert differs.mean() < 0.01  # where a place is half way between two pixels


@pytest.mark.parametrize("size", [(8, 8), (7, 10), (1, 1), (1, 6)])
@pytest.mark.parametrize("interpolation", ["bilinear", "nearest"])
def test_nothing_drawn_changes_nothing(size, interpolation):
    for dtype in (np.uint8, np.float32):
        x = pictures(3, 4, *size, 3, dtype=dtype)
        out = np.empty_like(x)
        warp(x, affine_maps(size, count=4), out, interpolation=interpolation)
        np.testing.assert_array_equal(out, x)


@pytest.mark.parametrize("interpolation", ["bilinear", "nearest"])
@pytest.mark.parametrize("channels", [1, 2, 3, 4, 5])
def test_flips_and_whole_pixel_moves_are_exact(interpolation, channels):
    x = pictures(4, 6, 9, 6, channels)
    mirror, down, right = (
        np.array([-1, 1, -1, 1, -1, 1.0]),
        np.array([0, 2, -3, 1, 0, 5]),
        np.array([0, -1, 4, 2, 1, -6]),
    )
    out = np.empty_like(x)
    maps = affine_maps((9, 6), mirror_x=mirror, move_y=down, move_x=right, count=6)
    warp(x, maps, out, "reflect", interpolation=interpolation)
    for picture, sign, y, z, result in zip(x, mirror.astype(int), down, right, out, strict=True):
        padded = np.pad(picture[:, ::sign], ((12, 12), (12, 12), (0, 0)), mode="symmetric")
        np.testing.assert_array_equal(result, padded[12 - y : 21 - y, 12 - z : 18 - z])


def test_a_quarter_turn_is_numpys():
    x = pictures(5, 1, 8, 8, 3)
    out = np.empty_like(x)
    warp(x, affine_maps((8, 8), angle=np.pi / 2, count=1), out)
    np.testing.assert_allclose(out[0], np.rot90(x[0], -1), atol=1e-3)  # y grows downwards: clockwise


def test_zoom_two_shows_the_middle_at_twice_the_size():
    down, right = np.mgrid[:9, :9]
    ramp = np.stack([down, right], -1)[np.newaxis].astype(np.float32).repeat(2, -1)[..., :3]
    ramp = np.ascontiguousarray(ramp)
    out = np.empty_like(ramp)
    warp(ramp, affine_maps((9, 9), zoom=2.0, count=1), out)
    np.testing.assert_allclose(out, 4 + (ramp - 4) / 2, atol=1e-4)


def test_shear_moves_a_row_by_the_tangent_of_its_height():
    line = np.zeros((1, 9, 21, 1), np.float32)
    line[:, :, 10] = 1
    out = np.empty_like(line)
    warp(line, affine_maps((9, 21), slant=np.arctan(2.0), count=1), out)
    np.testing.assert_array_equal(out[0, :, :, 0].argmax(1), 10 + 2 * (np.arange(9) - 4))


def test_the_maps_of_a_batch_are_those_of_its_pictures():
    draws = np.random.default_rng(6).uniform(-1, 1, (2, 5))
    together = affine_maps((6, 7), angle=draws[0], move_x=draws[1], count=5)
    alone = [affine_maps((6, 7), angle=angle, move_x=move)[0] for angle, move in draws.T]
    np.testing.assert_allclose(together, alone, rtol=1e-14)
