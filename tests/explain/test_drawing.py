"""Drawings become pictures as handwritten digits come, and nothing else is taken for a drawing."""

import base64

import cv2
import numpy as np
import pytest

from hondo.core.errors import DataError
from hondo.explain.drawing import SIDE, as_digit, read_drawing


def sent(picture: np.ndarray) -> str:
    return "data:image/png;base64," + base64.b64encode(cv2.imencode(".png", picture)[1].tobytes()).decode()


def stroke(x: int, y: int) -> np.ndarray:
    sheet = np.zeros((SIDE, SIDE), np.uint8)
    cv2.line(sheet, (x, y), (x + 30, y + 90), 255, 20)
    return sheet


def test_a_drawing_comes_back_as_it_was_sent() -> None:
    np.testing.assert_array_equal(read_drawing(sent(stroke(60, 60))), stroke(60, 60))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "data:image/png;base64,",
        "data:image/png;base64,!!!",
        "data:text/html;base64,PGI+",
        sent(np.zeros((9000, 9000), np.uint8)),
        "data:image/png;base64," + "A" * 1_000_000,
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(DataError, match="no drawing"):
        read_drawing(text)


@pytest.mark.parametrize(("x", "y"), [(30, 30), (200, 20), (120, 150)])
@pytest.mark.parametrize("side", [8, 28])
def test_where_it_was_drawn_makes_no_difference(x: int, y: int, side: int) -> None:
    digit = as_digit(stroke(x, y), side).astype(float)
    np.testing.assert_allclose(digit, as_digit(stroke(120, 80), side), atol=40)
    rows, columns = np.indices(digit.shape)
    centre = np.array([(rows * digit).sum(), (columns * digit).sum()]) / digit.sum()
    np.testing.assert_allclose(centre, (side - 1) / 2, atol=0.6)
    assert digit.max() > 100


def test_an_empty_sheet_is_black() -> None:
    assert not as_digit(np.zeros((SIDE, SIDE), np.uint8), 28).any()
