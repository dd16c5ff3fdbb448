"""The quick way to a JPEG gives OpenCV's bytes, and leaves to OpenCV what it had better not touch."""

import io

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from hondo.data.jpeg import decode_jpeg, jpeg_frame, reduction

REDUCED = {
    3: {1: cv2.IMREAD_COLOR, 2: cv2.IMREAD_REDUCED_COLOR_2, 4: cv2.IMREAD_REDUCED_COLOR_4,
        8: cv2.IMREAD_REDUCED_COLOR_8},
    1: {1: cv2.IMREAD_GRAYSCALE, 2: cv2.IMREAD_REDUCED_GRAYSCALE_2, 4: cv2.IMREAD_REDUCED_GRAYSCALE_4,
        8: cv2.IMREAD_REDUCED_GRAYSCALE_8},
}  # fmt: skip


def photo(seed: int, height: int, width: int, mode: str = "RGB") -> Image.Image:
    """Something smooth with noise on it."""
    draws = np.random.default_rng(seed)
    small = draws.integers(0, 256, (5, 5, 3)).astype(np.float32)
    pixels = cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC) + draws.normal(0, 10, (height, width, 3))
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).convert(mode)


def encoded(image: Image.Image, **options) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG", **options)
    return file.getvalue()


def by_opencv(data: bytes, times: int, channels: int) -> np.ndarray:
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), REDUCED[channels][times])
    return picture[..., ::-1] if channels == 3 else picture[..., np.newaxis]


@settings(deadline=None, max_examples=150)
@given(
    seed=st.integers(0, 10_000),
    height=st.integers(1, 200),
    width=st.integers(1, 200),
    mode=st.sampled_from(["RGB", "L"]),
    channels=st.sampled_from([1, 3]),
    times=st.sampled_from([1, 2, 4, 8]),
    quality=st.integers(5, 100),
    subsampling=st.sampled_from([0, 1, 2]),
    progressive=st.booleans(),
)
def test_the_bytes_are_those_of_opencv(seed, height, width, mode, channels, times, quality, subsampling, progressive):
    data = encoded(photo(seed, height, width, mode), quality=quality, subsampling=subsampling, progressive=progressive)
    frame = jpeg_frame(data)
    assert frame is not None
    assert frame.size == (height, width)
    picture = decode_jpeg(data, frame, times, channels)
    if picture is None:
        assert times > 1
        assert min(height, width) <= 8 * times
        return
    np.testing.assert_array_equal(picture, by_opencv(data, times, channels))


def test_it_writes_where_the_pixels_belong_if_they_fit():
    data = encoded(photo(1, 32, 48))
    frame = jpeg_frame(data)
    assert frame is not None
    rows = np.zeros((3, 32, 48, 3), np.uint8)
    assert np.shares_memory(decode_jpeg(data, frame, 1, 3, rows[1]), rows)
    np.testing.assert_array_equal(rows[1], by_opencv(data, 1, 3))
    assert not rows[[0, 2]].any()
    for other in (np.zeros((48, 32, 3), np.uint8), np.zeros((32, 96, 3), np.uint8)[:, ::2], None):
        picture = decode_jpeg(data, frame, 1, 3, other)
        np.testing.assert_array_equal(picture, rows[1])
        assert picture is not other


def test_what_is_turned_damaged_or_of_another_kind_is_left_alone(capfd):
    plain = photo(2, 40, 40)
    exif = plain.getexif()
    exif[0x0112] = 6
    whole = encoded(plain)
    for data in (
        encoded(plain, exif=exif),
        encoded(plain.convert("CMYK")),
        whole[: len(whole) // 2],
        whole[: len(whole) // 2] + b"\xff\xd9",
    ):
        frame = jpeg_frame(data)
        assert frame is not None
        assert decode_jpeg(data, frame, 1, 3) is None
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    ("size", "wanted", "times"),
    [
        ((256, 256), None, 1),
        ((256, 256), (256, 256), 1),
        ((256, 256), (128, 128), 1),  # half as large as it must be to be halved
        ((256, 256), (64, 64), 2),
        ((257, 256), (64, 64), 1),  # a side is no multiple
        ((1024, 2048), (64, 32), 8),
    ],
)
def test_as_much_is_left_as_averaging_needs(size, wanted, times):
    assert reduction(jpeg_frame(encoded(photo(3, *size))), wanted) == times
    assert reduction(None, wanted) == 1
