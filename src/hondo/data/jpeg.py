"""What a JPEG says of itself in its first bytes, how much of it need be decoded, and the quickest way to that.

OpenCV's way to libjpeg-turbo takes a third longer than simplejpeg's, which can write where the pixels belong. Both
decode to the same bytes.
"""

from dataclasses import dataclass

import cv2
import simplejpeg

from hondo.core.arrays import Array
from hondo.data.pixels import Size

RED_FIRST: int = getattr(cv2, "IMREAD_COLOR_RGB", 0)
"""With this flag, OpenCV gives RGB and not BGR; 0 where its version does not know it."""

# By how much a JPEG can be reduced while it is decoded, and OpenCV's name for that.
_FLAGS = {
    1: {1: cv2.IMREAD_GRAYSCALE, 2: cv2.IMREAD_REDUCED_GRAYSCALE_2, 4: cv2.IMREAD_REDUCED_GRAYSCALE_4,
        8: cv2.IMREAD_REDUCED_GRAYSCALE_8},
    3: {1: RED_FIRST or cv2.IMREAD_COLOR, 2: cv2.IMREAD_REDUCED_COLOR_2, 4: cv2.IMREAD_REDUCED_COLOR_4,
        8: cv2.IMREAD_REDUCED_COLOR_8},
}  # fmt: skip
_NO_FRAME = {0xC4, 0xC8, 0xCC}  # markers among those of frames that do not begin one
_MOST_PIXELS = 2**30  # OpenCV's limit, too
_LEAST_SIDE = 8  # of fewer pixels, different scales make pictures of the same size


@dataclass(frozen=True)
class Frame:
    """What a JPEG's markers say: how it is stored, and whether there is Exif data, which may turn it."""

    size: Size
    channels: int
    exif: bool


def jpeg_frame(data: bytes) -> Frame | None:
    """The frame of a JPEG with 8 bits a value; None for anything else.

    Source: ITU-T T.81, annex B.
    """
    if not data.startswith(b"\xff\xd8"):
        return None
    place, exif = 2, False
    while place + 10 <= len(data) and data[place] == 0xFF:
        marker = data[place + 1]
        if 0xC0 <= marker <= 0xCF and marker not in _NO_FRAME:
            height, width = (int.from_bytes(data[at : at + 2], "big") for at in (place + 5, place + 7))
            usual = data[place + 4] == 8 and height and width
            return Frame((height, width), data[place + 9], exif) if usual else None
        exif = exif or marker == 0xE1
        place += 1 if marker == 0xFF else 2 + int.from_bytes(data[place + 2 : place + 4], "big")
    return None


def reduction(frame: Frame | None, wanted: Size | None) -> int:
    """By how much a JPEG may be reduced while it is decoded: 1, 2, 4 or 8.

    Twice the wanted pixels are left in each direction, so that averaging areas still decides the result. Where a side
    is no multiple, the reduced picture is up to a pixel longer; then four times as many are left. In photographs the
    result differs from that of the full picture by one level of 255 on average.
    """
    if wanted is None or frame is None:
        return 1
    height, width = frame.size

    def harmless(times: int) -> bool:
        left = 2 if height % times == width % times == 0 else 4
        return min(height, width) // times >= left * max(wanted)

    return max(times for times in _FLAGS[3] if times == 1 or harmless(times))


def decoding_flag(times: int, channels: int) -> int:
    """What OpenCV is to do with a picture of any format: colour or grey, and a JPEG reduced."""
    return _FLAGS[channels][times]


def decode_jpeg(data: bytes, frame: Frame, times: int, channels: int, out: Array | None = None) -> Array | None:
    """A JPEG by libjpeg-turbo alone.

    Args:
        data: the file's bytes.
        frame: what :func:`jpeg_frame` found in them.
        times: by how much it is reduced.
        channels: 3 for RGB, 1 for luminance.
        out: is filled and returned, if it is contiguous and has the right shape.

    Returns:
        uint8 ``(height, width, channels)``, the same bytes that OpenCV decodes; None for what it had better decode:
        pictures that Exif data may turn, that have other than one or three channels, or that are damaged.
    """
    height, width = (-(-side // times) for side in frame.size)
    small = times > 1 and min(height, width) < _LEAST_SIDE
    if frame.exif or frame.channels not in (1, 3) or small or frame.size[0] * frame.size[1] > _MOST_PIXELS:
        return None
    place = out if out is not None and out.shape == (height, width, channels) and out.flags.c_contiguous else None
    least = (height, width) if times > 1 else (0, 0)
    try:
        picture = simplejpeg.decode_jpeg(
            data,
            "RGB" if channels == 3 else "GRAY",
            min_height=least[0],
            min_width=least[1],
            min_factor=times,
            buffer=place,
        )
    except ValueError:
        return None
    return picture if place is None else place
