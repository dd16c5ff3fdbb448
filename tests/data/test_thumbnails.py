"""Thumbnails: fitted without enlarging, whatever the samples are; and pictures in files decoded small."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from hondo.core.errors import DataError
from hondo.core.spec import DataSpec
from hondo.data.catalogue import load_named
from hondo.data.load import load_to_look
from hondo.data.pictures import decode_picture
from hondo.data.thumbnails import as_png, shows_pictures, thumbnail


def test_small_pictures_stay_as_they_are() -> None:
    x = load_named("digits").train.x
    np.testing.assert_array_equal(thumbnail(x, 3, 96), x[3])
    np.testing.assert_array_equal(decode_picture(as_png(thumbnail(x, 3, 96)), channels=1), x[3])


def test_colours_survive_png() -> None:
    x = load_named("shapes", {"samples": 50}).train.x
    np.testing.assert_array_equal(decode_picture(as_png(thumbnail(x, 0, 32))), x[0])


def test_pictures_in_files_are_read_at_the_wanted_size(tmp_path: Path) -> None:
    for name, colour in (("a", 40), ("b", 200)):
        (tmp_path / name).mkdir()
        for place in range(5):
            assert cv2.imwrite(str(tmp_path / name / f"{place}.png"), np.full((60, 120, 3), colour, np.uint8))
    dataset = load_to_look(DataSpec(path=str(tmp_path)), memory_limit=0)
    assert dataset.train.lazy
    small = thumbnail(dataset.train.x, 0, 40)
    assert small.shape == (20, 40, 3)
    assert set(small.ravel()) == {40 if dataset.train.y[0] == 0 else 200}


def test_numbers_are_stretched_and_nonsense_is_refused() -> None:
    x = np.array([[[0.0, 1.0], [0.5, np.nan]]])
    assert thumbnail(x, 0, 10)[..., 0].tolist() == [[0, 255], [128, 0]]
    assert not shows_pictures((4,))
    assert not shows_pictures((5, 5, 2))
    with pytest.raises(DataError):
        thumbnail(np.zeros((2, 4)), 0, 10)
