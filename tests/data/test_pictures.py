import io
import struct
import zlib
from typing import ClassVar

import numpy as np
import pytest
from PIL import Image, ImageOps
from sklearn.datasets import load_sample_image

from hondo.core.arrays import ArraySource
from hondo.core.errors import DataError
from hondo.core.language import use_language
from hondo.data.damage import Damage
from hondo.data.files import FolderFiles
from hondo.data.pictures import (
    LazyPictures,
    decode_picture,
    glimpse_picture,
    inspect_picture,
    read_pictures,
)
from hondo.data.pixels import resize_picture

FORMATS = ["JPEG", "PNG", "BMP", "WEBP", "TIFF", "GIF", "PPM"]


def smooth(height: int = 40, width: int = 60) -> np.ndarray:
    rows, columns = np.mgrid[:height, :width]
    return np.stack([rows * 6, columns * 4, 255 - rows * 3], axis=-1).clip(0, 255).astype(np.uint8)


def encoded(picture: np.ndarray | Image.Image, kind: str, **options) -> bytes:
    file = io.BytesIO()
    image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
    image.save(file, kind, **options)
    return file.getvalue()


def claiming(width: int, height: int) -> bytes:
    """A tiny PNG whose header says that it is large."""
    data = bytearray(encoded(smooth(), "PNG"))
    data[16:24] = struct.pack(">II", width, height)
    data[29:33] = struct.pack(">I", zlib.crc32(data[12:29]))
    return bytes(data)


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_decodes_as_pillow_decodes_it(kind):
    data = encoded(smooth(), kind)
    with Image.open(io.BytesIO(data)) as image:
        reference = np.asarray(image.convert("RGB")).astype(int)
    picture = decode_picture(data)
    assert picture.dtype == np.uint8
    assert picture.shape == (40, 60, 3)
    tolerance = 3 if kind in ("JPEG", "WEBP") else 0  # decoders may round differently
    assert np.abs(picture - reference).max() <= tolerance


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGBA", "1", "CMYK", "I;16"])
def test_every_colour_mode_becomes_uint8_rgb(mode):
    if mode == "I;16":
        image = Image.fromarray(smooth()[..., 0].astype(np.uint16) * 257)
        reference = np.repeat(smooth()[..., :1], 3, axis=2).astype(int)
    else:
        image = Image.fromarray(smooth()).convert(mode)
        reference = np.asarray(image.convert("RGB")).astype(int)
    picture = decode_picture(encoded(image, "TIFF" if mode == "CMYK" else "PNG"))
    assert picture.shape == (40, 60, 3)
    assert np.abs(picture - reference).max() <= (8 if mode == "CMYK" else 0)


def test_one_channel_is_the_luminance():
    picture = decode_picture(encoded(smooth(), "PNG"), channels=1)
    reference = np.asarray(Image.fromarray(smooth()).convert("L")).astype(int)
    assert picture.shape == (40, 60, 1)
    assert np.abs(picture[..., 0] - reference).max() <= 1


@pytest.mark.parametrize("orientation", range(1, 9))
def test_photographs_stand_upright(orientation):
    image = Image.fromarray(smooth())
    exif = image.getexif()
    exif[0x0112] = orientation
    data = encoded(image, "JPEG", exif=exif, quality=95, subsampling=0)
    with Image.open(io.BytesIO(data)) as saved:
        reference = np.asarray(ImageOps.exif_transpose(saved)).astype(int)
    picture = decode_picture(data)
    assert picture.shape == reference.shape
    assert np.abs(picture - reference).max() <= 3
    assert inspect_picture(data, "photo").size == reference.shape[:2]


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("kept", [0.0, 0.1, 0.5, 0.9])
@pytest.mark.filterwarnings("ignore::UserWarning:PIL")  # Pillow warns of the damage that is the point here
def test_truncated_pictures_are_refused_by_name_and_quietly(kind, kept, capfd):
    noise = np.random.default_rng(0).integers(0, 256, (40, 60, 3), dtype=np.uint8)
    data = encoded(noise, kind)
    part = data[: int(len(data) * kept)]
    with pytest.raises(DataError, match=r"cat/7\.jpg"):
        decode_picture(part, "cat/7.jpg")
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    "data", [b"", b"hello", b"\xff\xd8\xff", b"GIF89a", b"\x89PNG\r\n\x1a\n" + bytes(40), b"%PDF-1.7"]
)
def test_what_is_no_picture_is_refused(data):
    with pytest.raises(DataError, match=r"notes\.txt is not a complete picture"):
        decode_picture(data, "notes.txt")
    with use_language("es"), pytest.raises(DataError, match="no es una imagen completa"):
        decode_picture(data, "notes.txt")


@pytest.mark.parametrize(("width", "height"), [(60_000, 60_000), (12_000, 9_000)])
def test_a_small_file_that_claims_gigapixels_is_refused_before_it_is_decoded(width, height):
    assert inspect_picture(claiming(300, 200), "small.png").size == (200, 300)
    with pytest.raises(DataError, match="too many pixels") as caught:
        decode_picture(claiming(width, height), "bomb.png")
    assert "89 megapixels" in caught.value.hint


@pytest.fixture
def folder(tmp_path):
    rng = np.random.default_rng(0)
    for number in range(20):
        picture = rng.integers(0, 256, (8, 6, 3) if number % 2 else (4, 12, 3), dtype=np.uint8)
        (tmp_path / f"{number}.png").write_bytes(encoded(picture, "PNG"))
    return tmp_path


def test_lazy_pictures_read_like_an_array(folder):
    lazy = LazyPictures(FolderFiles(folder), tuple(f"{number}.png" for number in range(20)), (8, 6))
    held = lazy[:]
    assert isinstance(lazy, ArraySource)
    assert held.shape == lazy.shape == (20, 8, 6, 3)
    assert held.dtype == lazy.dtype == np.uint8
    np.testing.assert_array_equal(held[1], np.asarray(Image.open(folder / "1.png")))
    for index in (3, -1, slice(2, 15, 4), np.array([5, 0, 5]), np.arange(20) % 3 == 0, np.array([], dtype=int)):
        np.testing.assert_array_equal(lazy[index], held[index])
    np.testing.assert_array_equal(lazy.take([7, 2])[:], held[[7, 2]])
    with pytest.raises(IndexError):
        lazy[20]


def test_lazy_pictures_name_the_file_that_fails(folder):
    lazy = LazyPictures(FolderFiles(folder), ("1.png", "3.png", "gone.png"), (8, 6))
    (folder / "3.png").write_bytes(b"no longer a picture")
    with pytest.raises(DataError, match=r"3\.png"):
        lazy[np.array([0, 1])]
    with pytest.raises(DataError, match=r"gone\.png cannot be read"):
        lazy[2]
    assert [row for row, _ in lazy.decode()[1]] == [1, 2]


def test_read_pictures_gives_what_a_lazy_data_set_gives(folder):
    names = ("1.png", "2.png")
    expected = LazyPictures(FolderFiles(folder), names, (5, 5), channels=1)[:]
    np.testing.assert_array_equal(read_pictures([folder / name for name in names], (5, 5), channels=1), expected)
    assert read_pictures([], (5, 5)).shape == (0, 5, 5, 3)
    with pytest.raises(DataError, match=r"nowhere\.jpg cannot be read"):
        read_pictures(["nowhere.jpg"], (5, 5))


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize(("height", "width"), [(480, 640), (1000, 701)])
@pytest.mark.parametrize("orientation", [1, 6])
def test_a_large_photograph_read_small_is_the_whole_one_shrunk(tmp_path, channels, height, width, orientation):
    photo = Image.fromarray(load_sample_image("china.jpg")).resize((width, height))
    exif = photo.getexif()
    exif[0x0112] = orientation
    photo.save(tmp_path / "photo.jpg", quality=92, exif=exif)
    data = (tmp_path / "photo.jpg").read_bytes()
    for size in ((24, 24), (96, 128), (224, 224), (640, 640)):
        small = read_pictures([tmp_path / "photo.jpg"], size, channels)[0].astype(int)
        reference = resize_picture(decode_picture(data, channels=channels), size).astype(int)
        assert small.shape == (*size, channels)
        assert np.abs(small - reference).mean() < 1.5
        assert np.abs(small - reference).max() <= 24


def test_only_the_ends_of_a_large_file_are_read(tmp_path):
    noise = np.random.default_rng(0).integers(0, 256, (300, 300, 3), dtype=np.uint8)
    (tmp_path / "large.png").write_bytes(encoded(noise, "PNG"))
    exif = Image.Exif()
    exif[0x010E] = "x" * 50_000  # pushes the size beyond the first bytes
    (tmp_path / "long.jpg").write_bytes(encoded(noise, "JPEG", exif=exif))
    (tmp_path / "late.tif").write_bytes(encoded(noise, "TIFF"))

    class Counting(FolderFiles):
        whole: ClassVar[list[str]] = []

        def read(self, name: str, /) -> bytes:
            self.whole.append(name)
            return super().read(name)

    files = Counting(tmp_path)
    for name in ("large.png", "long.jpg", "late.tif"):
        header, mark = glimpse_picture(files, name)
        assert header.size == (300, 300)
        assert glimpse_picture(files, name)[1] == mark
    assert set(Counting.whole) <= {"late.tif"}
    data = (tmp_path / "large.png").read_bytes()
    (tmp_path / "cut.png").write_bytes(data[: len(data) // 2])
    with pytest.raises(DataError, match=r"cut\.png is not a complete picture"):
        glimpse_picture(files, "cut.png")


def test_damaged_pictures_can_be_noted_in_the_place_of_an_error(folder):
    damage = Damage()
    lazy = LazyPictures(FolderFiles(folder), ("1.png", "3.png", "5.png"), (8, 6), damage=damage)
    expected = lazy[:]
    (folder / "3.png").write_bytes(b"no longer a picture")
    assert not lazy.damaged(np.arange(3)).any()  # it is known once it has been read
    found = lazy[np.array([2, 1, 0])]
    np.testing.assert_array_equal(found[[0, 2]], expected[[2, 0]])
    assert not found[1].any()
    assert lazy.damaged(np.array([0, 1])).tolist() == [False, True]
    assert lazy.take([1]).damaged(np.array([0])).all()
    assert ["3.png" in error.message for error in damage.untold()] == [True]
    assert damage.untold() == []
