"""Pictures from files: decoded, checked and, when they are too many for the memory, read on demand.

A user's folder holds anything: photographs with an orientation, animations, truncated downloads, a text file called
.jpg. Whatever cannot be read becomes a :class:`DataError` that names the file.
"""

import hashlib
import io
import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, Self, TypeVar

import cv2
import cv2.utils.logging as cv2_logging
import numpy as np
from PIL import Image, ImageOps

from hondo.core.arrays import Array
from hondo.core.errors import DataError
from hondo.core.language import tr
from hondo.data.files import Files, FolderFiles
from hondo.data.pixels import Size, resize_picture

MAX_PIXELS = 89_478_485
"""The largest picture that is decoded (Pillow warns from there on); a small file can claim gigapixels."""
PICTURE_SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".jpe", ".png", ".bmp", ".webp", ".gif", ".tif", ".tiff", ".ppm", ".pgm", ".pnm"}
)

Channels = Literal[1, 3]
Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Header:
    """What a picture's file says before it is decoded."""

    size: Size
    grey: bool

    @property
    def pixels(self) -> int:
        """Height × width."""
        return self.size[0] * self.size[1]


def _not_a_picture(name: str, why: str) -> DataError:
    return DataError(
        tr(f"{name} is not a complete picture: {why}", f"{name} no es una imagen completa: {why}"),
        tr("Replace the file or remove it.", "Sustituya el archivo o quítelo."),
    )


def inspect_picture(data: bytes, name: str) -> Header:
    """Read a picture's size and colour without decoding it.

    Args:
        data: the file's bytes.
        name: what the picture is called in errors.

    Raises:
        DataError: if it is no picture, or one of more than :data:`MAX_PIXELS` pixels.
    """
    try:
        with Image.open(io.BytesIO(data)) as image:
            width, height = image.size
            grey = image.mode in ("1", "L", "LA", "La", "F") or image.mode.startswith("I")
            turned = "exif" in image.info and image.getexif().get(0x0112, 1) >= 5
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels(name) from error
    except Image.UnidentifiedImageError as error:
        why = tr("empty file", "archivo vacío") if not data else tr("format not recognised", "formato no reconocido")
        raise _not_a_picture(name, why) from error
    except (OSError, SyntaxError, ValueError, KeyError, IndexError, TypeError, EOFError, OverflowError) as error:
        raise _not_a_picture(name, str(error)) from error  # Pillow's readers raise all of these on damaged headers
    if width * height > MAX_PIXELS:
        raise _too_many_pixels(name, f" ({width} × {height})")
    return Header((width, height) if turned else (height, width), grey)


def _too_many_pixels(name: str, detail: str = "") -> DataError:
    limit = MAX_PIXELS // 10**6
    return DataError(
        tr(f"{name} has too many pixels{detail}", f"{name} tiene demasiados píxeles{detail}"),
        tr(f"Pictures up to {limit} megapixels are read.", f"Se leen imágenes de hasta {limit} megapíxeles."),
    )


def looks_complete(data: bytes, name: str) -> bool:
    """Whether a picture's file reaches its end: JPEG and PNG have a mark there, others are decoded to know."""
    if _has_end(data):
        return True
    try:
        decode_picture(data, name)
    except DataError:
        return False
    return True


def _has_end(data: bytes) -> bool | None:
    """Whether the end mark of JPEG or PNG is where it should be; None for other formats."""
    if data.startswith(b"\xff\xd8"):
        return b"\xff\xd9" in data[-1024:]
    return b"IEND" in data[-64:] if data.startswith(b"\x89PNG") else None


def decode_picture(data: bytes, name: str = "picture", channels: Channels = 3) -> Array:
    """Decode a picture, upright as its EXIF orientation says.

    Args:
        data: the file's bytes: JPEG, PNG, BMP, WebP, TIFF, PNM, or a GIF's first frame.
        name: what the picture is called in errors.
        channels: 3 for RGB, 1 for luminance.

    Returns:
        uint8 ``(height, width, channels)``; transparency is left out and 16 bits become 8.

    Raises:
        DataError: if it is no picture, truncated, or larger than :data:`MAX_PIXELS`.
    """
    inspect_picture(data, name)
    with _quiet_opencv:
        return _decode(data, name, channels)


def _decode(data: bytes, name: str, channels: Channels) -> Array:
    """Decode an inspected picture: with OpenCV, which is quick.

    GIFs, which it may not know, and pictures without an end, which some of its versions complete with grey, go to
    Pillow, as does whatever it refuses.
    """
    flag = cv2.IMREAD_COLOR if channels == 3 else cv2.IMREAD_GRAYSCALE
    doubtful = data.startswith(b"GIF8") or _has_end(data) is False
    try:
        picture = None if doubtful else cv2.imdecode(np.frombuffer(data, np.uint8), flag)
    except cv2.error:
        picture = None
    if picture is not None and picture.dtype == np.uint8:
        return cv2.cvtColor(picture, cv2.COLOR_BGR2RGB) if channels == 3 else picture[..., np.newaxis]
    try:
        with Image.open(io.BytesIO(data)) as image:
            upright = ImageOps.exif_transpose(image)
            picture = np.asarray(upright.convert("RGB" if channels == 3 else "L"))
    except (OSError, SyntaxError, ValueError, KeyError, IndexError, TypeError, EOFError, OverflowError) as error:
        raise _not_a_picture(name, tr("damaged or truncated", "dañada o truncada")) from error
    return picture.reshape(*picture.shape[:2], channels)


class _QuietOpenCV:
    """Keeps OpenCV from writing to the terminal while some thread decodes pictures that may be damaged."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._level = 0

    def __enter__(self) -> None:
        with self._lock:
            if self._inside == 0:
                self._level = cv2_logging.getLogLevel()
                cv2_logging.setLogLevel(cv2_logging.LOG_LEVEL_SILENT)
            self._inside += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._inside -= 1
            if self._inside == 0:
                cv2_logging.setLogLevel(self._level)


_quiet_opencv = _QuietOpenCV()


def in_threads(function: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
    """``[function(item) for item in items]`` on all cores; for work that releases Python's lock."""
    workers = os.cpu_count() or 1
    if workers == 1 or len(items) < 8:
        return [function(item) for item in items]
    chunk = min(64, -(-len(items) // workers))
    chunks = [items[start : start + chunk] for start in range(0, len(items), chunk)]
    with ThreadPoolExecutor(workers) as pool:
        return [result for done in pool.map(lambda part: [function(item) for item in part], chunks) for result in done]


@dataclass(frozen=True)
class LazyPictures:
    """Pictures that are decoded and resized whenever they are asked for; see :class:`hondo.core.arrays.ArraySource`.

    Attributes:
        files: where they are read from.
        names: which files, one a sample.
        size: the height and width that each is resized to.
        channels: 3 for RGB, 1 for luminance.
    """

    files: Files
    names: tuple[str, ...]
    size: Size
    channels: Channels = 3

    @property
    def shape(self) -> tuple[int, ...]:
        """``(samples, height, width, channels)``."""
        return (len(self.names), *self.size, self.channels)

    @property
    def dtype(self) -> np.dtype[np.uint8]:
        """Always uint8."""
        return np.dtype(np.uint8)

    def __len__(self) -> int:
        return len(self.names)

    def __getitem__(self, index: int | slice | Array, /) -> Array:
        """One picture for an integer, else the pictures at the indices, in that order.

        Raises:
            DataError: if a file is damaged or has gone; the message names it.
        """
        if isinstance(index, int | np.integer):
            return self[np.array([index])][0]
        chosen = self.take(np.arange(len(self))[index])
        pictures, errors = chosen.decode()
        if errors:
            raise errors[0][1]
        return pictures

    def take(self, indices: Sequence[int] | Array) -> Self:
        """The pictures at ``indices``, still not decoded."""
        return replace(self, names=tuple(self.names[i] for i in np.asarray(indices).tolist()))

    def decode(self) -> tuple[Array, list[tuple[int, DataError]]]:
        """All pictures as an array, and which could not be read (their rows are black)."""
        pictures = np.zeros(self.shape, np.uint8)

        def fill(row: int) -> DataError | None:
            name = self.names[row]
            try:
                pictures[row] = resize_picture(_decode(self.files.read(name), name, self.channels), self.size)
            except DataError as error:
                return error
            return None

        with _quiet_opencv:
            outcomes = in_threads(fill, range(len(self)))
        return pictures, [(row, error) for row, error in enumerate(outcomes) if error is not None]

    def digests(self) -> list[bytes]:
        """A fingerprint of each file's bytes, so that duplicates are found without decoding."""
        return in_threads(lambda name: hashlib.blake2b(self.files.read(name), digest_size=16).digest(), self.names)


def read_pictures(paths: Sequence[Path | str], size: Size, channels: Channels = 3) -> Array:
    """Read some pictures at one size, as a model that was trained on such pictures expects them.

    Returns:
        uint8 ``(pictures, height, width, channels)``.

    Raises:
        DataError: naming the first file that is missing, damaged or too large.
    """
    files = FolderFiles(Path())

    def read(path: Path | str) -> Array:
        return resize_picture(decode_picture(files.read(str(path)), str(path), channels), size)

    return np.stack(in_threads(read, paths)) if paths else np.zeros((0, *size, channels), np.uint8)
