"""A reader of IDX, the format of MNIST and its relatives: a few bytes of header, then the numbers.

The header is a magic number (two zero bytes, the type, the number of axes) and the length of each axis, all
big-endian; then come the values in C order. Files may be gzipped. A header is not trusted: no more is read than
the file can hold.

Source: Y. LeCun, C. Cortes, C. Burges, *The MNIST database of handwritten digits*, section "file formats".
"""

import gzip
import math
import struct
import zlib
from pathlib import Path
from typing import BinaryIO

import numpy as np

from hondo.core.arrays import Array
from hondo.core.errors import DataError
from hondo.core.language import tr

_TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
_GZIP_MAGIC = b"\x1f\x8b"
# Deflate cannot shrink anything further than this, so a header that promises more is wrong.
_GREATEST_GZIP_RATIO = 1032


def read_idx(path: Path) -> Array:
    """Read one IDX file, gzipped or not.

    Args:
        path: The file; whether it is gzipped is read off its first bytes, not off its name.

    Returns:
        The array that the file describes, in the machine's byte order and of its own, writable memory.

    Raises:
        DataError: if it cannot be read, is not IDX, or is shorter or longer than its header says.
    """
    try:
        with path.open("rb") as file:
            zipped = file.read(2) == _GZIP_MAGIC
        room = path.stat().st_size * (_GREATEST_GZIP_RATIO if zipped else 1)
        with gzip.open(path, "rb") if zipped else path.open("rb") as file:
            return _read(file, path, room)
    except (OSError, EOFError, ValueError, zlib.error) as error:  # ValueError: axes that NumPy cannot hold
        raise _damaged(path, tr(f"cannot be read ({error})", f"no se puede leer ({error})")) from error


def _read(file: BinaryIO | gzip.GzipFile, path: Path, room: int) -> Array:
    """Read header and values from ``file``, which can hold at most ``room`` bytes."""
    magic = file.read(4)
    if len(magic) < 4 or magic[:2] != b"\0\0" or magic[2] not in _TYPES or magic[3] == 0:
        began = magic.hex(" ")
        raise _damaged(
            path,
            tr(f"is not an IDX file: it begins with {began!r}", f"no es un archivo IDX: empieza por {began!r}"),
        )
    axes = magic[3]
    lengths = file.read(4 * axes)
    if len(lengths) < 4 * axes:
        raise _damaged(path, tr("ends within its header", "termina dentro de su cabecera"))
    shape = struct.unpack(f">{axes}I", lengths)
    dtype = np.dtype(_TYPES[magic[2]])
    promised = math.prod(shape) * dtype.itemsize
    values = file.read(promised + 1) if promised <= room else b""
    if len(values) != promised:
        size = "×".join(map(str, shape))
        came = tr("more", "más") if len(values) > promised else tr("fewer", "menos")
        raise _damaged(
            path,
            tr(
                f"has {came} bytes than the {promised} that its header promises ({size} {dtype.name})",
                f"tiene {came} bytes que los {promised} que promete su cabecera ({size} {dtype.name})",
            ),
        )
    return np.frombuffer(values, dtype).reshape(shape).astype(dtype.newbyteorder("="))


def _damaged(path: Path, what: str) -> DataError:
    return DataError(
        f"{path}: {what}",
        tr(
            "Copy or download the file again; IDX files are 'train-images-idx3-ubyte.gz' and the like.",
            "Copie o descargue el archivo de nuevo; los archivos IDX son 'train-images-idx3-ubyte.gz' y similares.",
        ),
    )
