"""Machine code samples as SciPy does, stays inside of its arrays, and is not used where it does not work."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.data.augment.by_scipy import SCIPY_MODES, by_scipy, pictures, some_maps

from hondo.data.augment import geometry
from hondo.data.augment.geometry import affine_maps, warp, warp_by_opencv
from hondo.data.augment.sampling import Sampler


@settings(deadline=None, max_examples=60)
@given(
    seed=st.integers(0, 10_000),
    height=st.integers(2, 80),
    width=st.integers(2, 140),
    channels=st.integers(1, 16),
    fill=st.sampled_from(["nearest", "reflect", "constant"]),
    dtype=st.sampled_from([np.uint8, np.float32]),
)
def test_values_differ_from_scipys_by_rounding_only(seed, height, width, channels, fill, dtype):
    x = pictures(seed, 2, height, width, channels, dtype=dtype)
    maps, out = some_maps(seed, 2, (height, width)), np.empty_like(x)
    Sampler(x.itemsize, channels, fill, True)(x, maps, out, 40.0)
    expected = by_scipy(x, maps, SCIPY_MODES[fill], 1, 40.0)
    assert np.abs(out - expected).max() <= (0.5001 if dtype == np.uint8 else 0.0005)


@pytest.mark.parametrize("fill", ["nearest", "reflect", "constant"])
def test_the_nearest_pixel_is_copied_and_the_fill_value_rounded(fill):
    x = pictures(1, 30, 13, 17, 3)
    x[x == 200] = np.nan  # what is not asked for must not come along
    maps, out = some_maps(2, 30, (13, 17)), np.empty_like(x)
    Sampler(4, 3, fill, False)(x, maps, out, 40.0)
    expected = by_scipy(x, maps, SCIPY_MODES[fill], 0, 40.0)
    same = (out == expected) | (np.isnan(out) & np.isnan(expected))
    assert same.mean() > 0.99  # where a place is half way between two pixels
    whole = np.full((1, 4, 4, 3), 7, np.uint8)
    away = affine_maps((4, 4), move_x=9.0, count=1)
    moved = np.empty_like(whole)
    Sampler(1, 3, "constant", False)(whole, away, moved, 40.6)
    assert (moved == 41).all()


@pytest.mark.parametrize("between", [True, False])
@pytest.mark.parametrize("fill", ["nearest", "reflect", "constant"])
@pytest.mark.parametrize("strange", [np.nan, np.inf, -np.inf, 1e300, -1e18, 1e9])
def test_no_map_leads_outside_of_the_arrays(strange, fill, between):
    for place in np.ndindex(2, 3):
        x = np.full((3, 6, 70, 3), 9, np.uint8)
        room = np.full(x.size + 64, 77, np.uint8)
        out = room[32:-32].reshape(x.shape)
        maps = affine_maps((6, 70), count=3)
        maps[:, *place] = strange
        Sampler(1, 3, fill, between)(x, maps, out, 9.0)
        assert (room[:32] == 77).all()
        assert (room[-32:] == 77).all()
        assert set(np.unique(out)) <= ({9} if np.abs(strange) < 1e10 else {0, 8, 9, 10})


@pytest.mark.parametrize(
    ("shape", "fill", "takes"),
    [
        ((2, 2, 2, 3), "nearest", True),
        ((2, 1, 9, 3), "nearest", False),
        ((2, 9, 1, 3), "nearest", False),
        ((2, 9, 9, 17), "nearest", False),
        ((2, 9, 9, 3), "wrap", False),
    ],
)
def test_it_serves_what_it_can_and_opencv_the_rest(monkeypatch, shape, fill, takes):
    x = pictures(3, *shape)
    assert (geometry._sampler(x, fill, "bilinear") is not None) == takes
    monkeypatch.setenv("HONDO_KERNELS", "off")
    assert geometry._sampler(x, fill, "bilinear") is None


def raising(*_):
    raise RuntimeError("no compiler here")


def wrong(self, x, maps, out, value=0.0):
    warp_by_opencv(x, maps, out)
    out[0, 1, 1] += 2


@pytest.mark.parametrize("broken", [raising, wrong])
def test_machine_code_that_does_not_work_is_not_used(monkeypatch, broken):
    geometry._works.cache_clear()
    monkeypatch.setattr(Sampler, "__call__", broken)
    x = pictures(4, 5, 20, 20, 3)
    maps, out, expected = some_maps(5, 5, (20, 20)), np.empty_like(x), np.empty_like(x)
    warp(x, maps, out)
    warp_by_opencv(x, maps, expected)
    np.testing.assert_array_equal(out, expected)
    geometry._works.cache_clear()


@pytest.mark.parametrize(("value", "seen"), [(300.0, 255), (-20.0, 0), (40.4, 40)])
def test_a_fill_value_beyond_the_range_is_its_end(value, seen):
    x = pictures(6, 2, 8, 8, 3, dtype=np.uint8)
    out = np.empty_like(x)
    warp(x, affine_maps((8, 8), move_y=20.0, count=2), out, "constant", value)
    assert (out == seen).all()
