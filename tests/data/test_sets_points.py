"""The 2-D sets have the geometry that they claim."""

import numpy as np
import pytest

from hondo.data.sets.points import circle, gaussian_mix, gaussians, moons, plane, spiral, xor

CLASSIFICATION = [circle, xor, gaussians, spiral, moons]
REGRESSION = [plane, gaussian_mix]


@pytest.mark.parametrize("load", CLASSIFICATION + REGRESSION)
def test_equal_options_give_equal_points_and_another_seed_gives_others(load) -> None:
    one, same, other = (load(samples=60, noise=0.2, seed=seed).train for seed in (3, 3, 4))
    np.testing.assert_array_equal(one.x, same.x)
    np.testing.assert_array_equal(one.y, same.y)
    assert not np.array_equal(one.x, other.x)


@pytest.mark.parametrize("load", CLASSIFICATION + REGRESSION)
def test_points_are_as_many_as_asked_for_within_the_plane_and_all_different(load) -> None:
    x = load(samples=301).train.x
    assert x.shape == (301, 2)
    assert x.dtype == np.float64
    assert np.abs(x).max() <= 6
    assert len(np.unique(x, axis=0)) == 301


@pytest.mark.parametrize("load", CLASSIFICATION)
def test_classes_have_the_same_size_and_come_mixed(load) -> None:
    y = load(samples=400).train.y
    assert y.dtype == np.int64
    np.testing.assert_array_equal(np.bincount(y), [200, 200])
    assert 60 < y[:200].sum() < 140


def test_a_point_of_the_circle_is_blue_when_it_lies_inside_half_the_radius() -> None:
    split = circle(samples=1000).train
    radius = np.linalg.norm(split.x, axis=1)
    np.testing.assert_array_equal(split.y, radius < 2.5)
    assert not np.any((radius > 2.5) & (radius < 3.5))
    assert radius.max() <= 5


def test_the_class_of_xor_is_the_sign_of_the_product() -> None:
    split = xor(samples=1000).train
    np.testing.assert_array_equal(split.y, split.x[:, 0] * split.x[:, 1] > 0)
    assert np.abs(split.x).min() >= 0.3
    assert np.abs(split.x).max() <= 5.3


@pytest.mark.parametrize(("noise", "variance"), [(0.0, 0.5), (0.5, 4.0)])
def test_the_clouds_lie_at_plus_and_minus_two_with_the_promised_variance(noise: float, variance: float) -> None:
    split = gaussians(samples=20_000, noise=noise).train
    for label, centre in ((0, -2), (1, 2)):
        cloud = split.x[split.y == label]
        np.testing.assert_allclose(cloud.mean(axis=0), centre, atol=0.08)
        np.testing.assert_allclose(cloud.var(axis=0), variance, rtol=0.05)


def test_each_arm_of_the_spiral_is_the_other_turned_by_half_a_turn() -> None:
    split = spiral(samples=200).train
    arms = [split.x[split.y == label] for label in (0, 1)]
    arms = [arm[np.argsort(np.linalg.norm(arm, axis=1))] for arm in arms]
    np.testing.assert_allclose(arms[0], -arms[1], atol=1e-9)
    angle = np.unwrap(np.arctan2(arms[1][:, 0], arms[1][:, 1]))
    assert (angle[-1] - angle[0]) / (2 * np.pi) == pytest.approx(1.75, rel=0.02)


def test_the_moons_are_half_rings_that_no_straight_line_separates() -> None:
    split = moons(samples=1000).train
    radius = 3.0
    for label, side in ((1, 1), (0, -1)):
        centre = side * np.array([-0.5, -0.25]) * radius
        from_centre = split.x[split.y == label] - centre
        np.testing.assert_allclose(np.linalg.norm(from_centre, axis=1), radius)
        assert (side * from_centre[:, 1]).min() >= -1e-9
    # The least squares line, the linear classifier with a closed form, must fail on some points.
    design = np.column_stack([split.x, np.ones(1000)])
    weights, *_ = np.linalg.lstsq(design, 2.0 * split.y - 1, rcond=None)
    assert 0.7 < np.mean((design @ weights > 0) == split.y) < 0.95


def test_the_plane_is_a_tenth_of_the_sum() -> None:
    split = plane(samples=500).train
    np.testing.assert_allclose(split.y, (split.x[:, 0] + split.x[:, 1]) / 10)


def test_the_bumps_reach_one_at_their_centres_and_nothing_two_away() -> None:
    split = gaussian_mix(samples=5000).train
    assert split.y.dtype == np.float64
    for row, (x2, signs) in enumerate(((2.5, (1, -1, 1)), (-2.5, (-1, 1, -1)))):
        for x1, sign in zip((-4, 0, 4), signs, strict=True):
            away = np.linalg.norm(split.x - [x1, x2], axis=1)
            near = away < 1.5
            assert near.sum() > 50, row
            np.testing.assert_allclose(split.y[near], sign * (1 - away[near] / 2), atol=1e-12)
    flat = np.abs(split.x[:, 1]) < 0.4
    np.testing.assert_array_equal(split.y[flat], 0)


@pytest.mark.parametrize("load", [circle, xor])
def test_noise_flips_classes_near_the_border_only_and_more_of_them_as_it_grows(load) -> None:
    def wrong(noise: float) -> np.ndarray:
        split = load(samples=4000, noise=noise, seed=1).train
        x1, x2 = split.x.T
        truth = np.hypot(x1, x2) < 3 if load is circle else x1 * x2 > 0
        border = np.abs(np.hypot(x1, x2) - 2.5) if load is circle else np.minimum(abs(x1), abs(x2))
        assert border[split.y != truth].max(initial=0) <= 5 * noise * np.sqrt(2) + 1e-9
        return np.mean(split.y != truth)

    shares = [wrong(noise) for noise in (0.0, 0.25, 0.5)]
    assert shares[0] == 0
    assert 0 < shares[1] < shares[2] < 0.5


@pytest.mark.parametrize("load", [circle, gaussians, spiral])
@pytest.mark.parametrize("classes", [3, 8])
def test_more_classes_have_the_same_size_and_their_numbers_as_names(load, classes: int) -> None:
    data = load(samples=400, classes=classes)
    assert data.classes == tuple(map(str, range(classes)))
    counts = np.bincount(data.train.y)
    assert len(counts) == classes
    assert counts.max() - counts.min() <= 1
    assert load(samples=60, classes=2).train.x.tobytes() == load(samples=60).train.x.tobytes()
