"""Pictures from files: decoded, checked and, when they are too many for the memory, read on demand.

A user's folder holds anything: photographs with an orientation, animations, truncated downloads, a text file called
.jpg. Whatever cannot be read becomes a :class:`DataError` that names the file.
"""

import hashlib
import io
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, Self

import cv2
import cv2.utils.logging as cv2_logging
import numpy as np
from PIL import Image, ImageOps

from hondo.core.arrays import Array
from hondo.core.errors import DataError
from hondo.core.language import tr
from hondo.data.damage import Damage
from hondo.data.files import Files, FolderFiles
from hondo.data.indexing import numbers
from hondo.data.jpeg import RED_FIRST, decode_jpeg, decoding_flag, jpeg_frame, reduction
from hondo.data.pixels import Size, resize_picture
from hondo.data.threads import in_threads

MAX_PIXELS = 89_478_485
"""The largest picture that is decoded (Pillow warns from there on); a small file can claim gigapixels."""
PICTURE_SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".jpe", ".png", ".bmp", ".webp", ".gif", ".tif", ".tiff", ".ppm", ".pgm", ".pnm"}
)

# Most headers are in the first bytes; a camera's may come after a thumbnail and a colour profile.
_HEAD, _LONG_HEAD = 4096, 2**17
_TAIL = 1024


Channels = Literal[1, 3]


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
    frame = jpeg_frame(data)
    if frame is not None and not frame.exif:  # most files of most folders, in a fraction of Pillow's time
        height, width = frame.size
        if width * height > MAX_PIXELS:
            raise _too_many_pixels(name, f" ({width} × {height})")
        return Header(frame.size, frame.channels == 1)
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


def glimpse_picture(files: Files, name: str) -> tuple[Header, bytes]:
    """Read a picture's header, and look whether its file reaches its end, without reading what lies between.

    Only JPEG and PNG say where they end; damage inside of a file shows when it is decoded.

    Returns:
        The header, and a mark that equal files share (see :class:`hondo.data.files.Glimpse`).

    Raises:
        DataError: if it is no picture, one of too many pixels, or one that was cut short.
    """
    seen = files.glimpse(name, _HEAD, _TAIL)
    header = _header_in(seen.head, name)
    if header is None and not seen.whole:
        seen = files.glimpse(name, _LONG_HEAD, _TAIL)
        header = _header_in(seen.head, name)
    if header is None:  # it may lie anywhere, as in TIFF, or be missing
        header = inspect_picture(seen.head if seen.whole else files.read(name), name)
    if seen.tail is not None and _has_end(seen.head, seen.tail) is False:
        raise _not_a_picture(name, tr("damaged or truncated", "dañada o truncada"))
    return header, seen.mark


def _header_in(head: bytes, name: str) -> Header | None:
    """The header, if a file's first bytes hold all of it."""
    try:
        return inspect_picture(head, name)
    except DataError:
        return None


def _has_end(head: bytes, tail: bytes) -> bool | None:
    """Whether the end mark of JPEG or PNG is where it should be; None for other formats."""
    if head.startswith(b"\xff\xd8"):
        return b"\xff\xd9" in tail[-_TAIL:]
    return b"IEND" in tail[-64:] if head.startswith(b"\x89PNG") else None


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
        picture = _decode_quickly(data, channels)
        return _decode_patiently(data, name, channels) if picture is None else picture


def read_picture(files: Files, name: str, out: Array) -> None:
    """Read one picture at the size and with the channels of ``out``, uint8 ``(height, width, channels)``.

    The same bytes come out wherever it is read, to train on or to predict.

    Raises:
        DataError: if the file cannot be read or decoded; the message names it.
    """
    data = files.read(name)
    height, width, channels = out.shape
    kind: Channels = 1 if channels == 1 else 3
    picture = _decode_quickly(data, kind, out)
    if picture is None:
        picture = _decode_patiently(data, name, kind)
    if picture is not out:
        out[...] = resize_picture(picture, (height, width))


def _decode_quickly(data: bytes, channels: Channels, out: Array | None = None) -> Array | None:
    """A picture by libjpeg-turbo or OpenCV, with red first.

    Returns:
        ``out`` itself if it could be filled right away; otherwise a picture in its own size, or a large JPEG reduced as
        far as ``out`` allows. None for GIFs, which OpenCV may not know, for pictures without an end, which some of its
        versions complete with grey, and for whatever it refuses.
    """
    if data.startswith(b"GIF8") or _has_end(data, data) is False:
        return None
    frame = jpeg_frame(data)
    times = reduction(frame, None if out is None else (out.shape[0], out.shape[1]))
    picture = None if frame is None else decode_jpeg(data, frame, times, channels, out)
    if picture is not None:
        return picture
    flag = decoding_flag(times, channels)
    try:
        picture = cv2.imdecode(np.frombuffer(data, np.uint8), flag)
    except cv2.error:
        return None
    if picture is None or picture.dtype != np.uint8:
        return None
    if channels == 3 and flag != RED_FIRST:
        cv2.cvtColor(picture, cv2.COLOR_BGR2RGB, dst=picture)
    return picture if picture.ndim == 3 else picture[..., np.newaxis]


def _decode_patiently(data: bytes, name: str, channels: Channels) -> Array:
    """A picture by Pillow, with red first."""
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


@dataclass(frozen=True)
class LazyPictures:
    """Pictures that are decoded and resized whenever they are asked for; see :class:`hondo.core.arrays.ArraySource`.

    Attributes:
        files: where they are read from.
        names: which files, one a sample.
        size: the height and width that each is resized to.
        channels: 3 for RGB, 1 for luminance.
        damage: where damaged files are noted, whose rows are black then; None to raise instead.
        marks: what equal files share, one a sample, as :func:`glimpse_picture` gives it; empty if not known.
    """

    files: Files
    names: tuple[str, ...]
    size: Size
    channels: Channels = 3
    damage: Damage | None = field(default=None, compare=False)
    marks: tuple[bytes, ...] = field(default=(), compare=False, repr=False)

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
            DataError: if a file is damaged or has gone, unless such are noted; the message names it.
        """
        if isinstance(index, int | np.integer):
            return self[np.array([index])][0]
        rows = numbers(index, len(self))
        pictures = np.empty((len(rows), *self.shape[1:]), np.uint8)
        self.read_into(rows, pictures)
        return pictures

    def read_into(self, index: Array, out: Array) -> None:
        """Put the pictures at ``index`` into ``out``; what ``[index]`` does, without a new array."""
        names = [self.names[i] for i in index.tolist()]
        for row, error in self._decode(names, out):
            if self.damage is None:
                raise error
            self.damage.note(names[row], error)

    @property
    def any_order(self) -> bool:
        """Each picture is a file, so that it makes no difference which is read first."""
        return True

    def damaged(self, index: Array, /) -> Array:
        """Which of the pictures at ``index`` were damaged when they were read, ``(len(index),)`` bool."""
        found = self.damage
        if not found:
            return np.zeros(len(index), bool)
        return np.array([self.names[i] in found for i in index.tolist()], bool)

    def take(self, indices: Sequence[int] | Array) -> Self:
        """The pictures at ``indices``, still not decoded."""
        rows = np.asarray(indices).tolist()
        marks = tuple(self.marks[i] for i in rows) if self.marks else ()
        return replace(self, names=tuple(self.names[i] for i in rows), marks=marks)

    def decode(self) -> tuple[Array, list[tuple[int, DataError]]]:
        """All pictures as an array, and which could not be read (their rows are black)."""
        pictures = np.empty(self.shape, np.uint8)
        return pictures, self._decode(self.names, pictures)

    def _decode(self, names: Sequence[str], out: Array) -> list[tuple[int, DataError]]:
        """Put pictures into ``out``; which could not be read (their rows are black)."""

        def fill(row: int) -> DataError | None:
            try:
                read_picture(self.files, names[row], out[row])
            except DataError as error:
                out[row] = 0
                return error
            return None

        with _quiet_opencv:
            outcomes = in_threads(fill, range(len(names)))
        return [(row, error) for row, error in enumerate(outcomes) if error is not None]

    def digests(self) -> list[bytes]:
        """A fingerprint of each file's bytes, so that duplicates are found without decoding; damaged ones have none.

        A file that cannot be read is its own only equal.
        """

        def digest(name: str) -> bytes:
            try:
                data = self.files.read(name)
            except DataError:
                data = name.encode()
            return hashlib.blake2b(data, digest_size=16).digest()

        return in_threads(digest, self.names)


def read_pictures(paths: Sequence[Path | str], size: Size, channels: Channels = 3) -> Array:
    """Read some pictures at one size, as a model that was trained on such pictures expects them.

    Returns:
        uint8 ``(pictures, height, width, channels)``.

    Raises:
        DataError: naming the first file that is missing, damaged or too large.
    """
    files, pictures = FolderFiles(Path()), np.empty((len(paths), *size, channels), np.uint8)

    def read(row: int) -> None:
        glimpse_picture(files, str(paths[row]))
        read_picture(files, str(paths[row]), pictures[row])

    with _quiet_opencv:
        in_threads(read, range(len(paths)))
    return pictures
