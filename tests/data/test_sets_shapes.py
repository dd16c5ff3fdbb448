"""The drawn objects can be told by their outline, and by nothing simpler."""

import cv2
import numpy as np
import pytest
from sklearn.linear_model import RidgeClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from hondo.data.dataset import Dataset, Split
from hondo.data.sets.shapes import OUTLINES, shapes


@pytest.fixture(scope="module")
def data() -> Dataset:
    return shapes(samples=2500)


def test_pictures_are_split_four_to_one_with_classes_of_the_same_size(data: Dataset) -> None:
    assert data.train.x.shape == (2000, 32, 32, 3)
    assert data.train.x.dtype == np.uint8
    np.testing.assert_array_equal(np.bincount(data.train.y), [200] * 10)
    np.testing.assert_array_equal(np.bincount(data.test.y), [50] * 10)
    assert data.classes == tuple(OUTLINES)
    assert list(data.classes) == sorted(data.classes)


def test_no_picture_comes_twice(data: Dataset) -> None:
    together = np.concatenate([data.train.x, data.test.x])
    assert len({picture.tobytes() for picture in together}) == len(together)


def test_equal_options_give_equal_pictures_and_others_give_others() -> None:
    one, same, reseeded, harder = (
        shapes(samples=50, seed=seed, difficulty=difficulty)
        for seed, difficulty in ((1, 0.5), (1, 0.5), (2, 0.5), (1, 0.6))
    )
    np.testing.assert_array_equal(one.train.x, same.train.x)
    np.testing.assert_array_equal(one.test.y, same.test.y)
    assert not np.array_equal(one.train.x, reseeded.train.x)
    assert not np.array_equal(one.train.x, harder.train.x)


@pytest.mark.parametrize("name", OUTLINES)
def test_an_outline_fills_the_unit_circle_and_holes_lie_inside(name: str) -> None:
    outer, *holes = OUTLINES[name]
    assert np.linalg.norm(outer, axis=1).max() == pytest.approx(1)
    x, y = outer.T
    area = abs(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1))) / 2
    assert 0.15 * np.pi < area <= np.pi
    for hole in holes:
        contour = outer.astype(np.float32)
        assert all(cv2.pointPolygonTest(contour, (float(px), float(py)), False) > 0 for px, py in hole)


def accuracy(data: Dataset, features) -> float:
    """Of a linear classifier on ``features`` of the pictures, on the test split."""
    model = make_pipeline(StandardScaler(), RidgeClassifier(300.0))
    model.fit(features(data.train), data.train.y)
    return model.score(features(data.test), data.test.y)


def mean_colour(split: Split) -> np.ndarray:
    return split.x.mean(axis=(1, 2))


def pixels(split: Split) -> np.ndarray:
    return split.x.mean(axis=3).reshape(len(split), -1)


def gradients(split: Split) -> np.ndarray:
    """How much edge there is of each direction in each 4×4 block (after N. Dalal, B. Triggs 2005)."""
    colours = split.x.astype(np.float32)
    down, across = np.gradient(colours, axis=(1, 2))
    strength = np.hypot(down, across)
    channel = strength.argmax(axis=3, keepdims=True)  # the channel with the clearest edge
    strength, down, across = (np.take_along_axis(each, channel, 3)[..., 0] for each in (strength, down, across))
    direction = np.floor((np.arctan2(down, across) % np.pi) / np.pi * 8).astype(int) % 8
    bins = np.eye(8, dtype=np.float32)[direction] * np.sqrt(strength)[..., np.newaxis]
    return bins.reshape(len(split), 8, 4, 8, 4, 8).mean(axis=(2, 4)).reshape(len(split), -1)


def test_edges_tell_the_kind_while_colours_and_pixels_do_not(data: Dataset) -> None:
    assert accuracy(data, mean_colour) < 0.2
    by_pixels, by_edges = accuracy(data, pixels), accuracy(data, gradients)
    assert by_pixels < 0.25
    assert by_edges > by_pixels + 0.3


def test_difficulty_makes_it_harder() -> None:
    easy, hard = (accuracy(shapes(samples=1500, difficulty=level), gradients) for level in (0.0, 1.0))
    assert easy > hard + 0.25
