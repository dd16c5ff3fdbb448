"""Arrays that stay on the disk: mapped into memory, and read a few rows at a time.

``np.savez`` and ``np.save`` store numbers as they are in memory, so a file of any size can be *mapped*: the system
reads what is touched and lets go of it again when memory is short.
"""

import mmap
import struct
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any, Self

import numpy as np
from numpy.lib import format as npy_format

from hondo.core.arrays import Array, IntArray
from hondo.core.errors import DataError
from hondo.core.language import tr
from hondo.data.indexing import numbers
from hondo.data.memory import held_bytes

_LOCAL_HEADER = 30  # bytes before the name in a zip's member
_UNREADABLE = (zipfile.BadZipFile, zlib.error, ValueError, OSError, EOFError, KeyError, RuntimeError, SyntaxError)


@dataclass(frozen=True)
class DiskRows:
    """Rows of an array on the disk, read when asked for; see :class:`hondo.core.arrays.ArraySource`.

    Attributes:
        array: the mapped array, or a view of it.
        rows: which of its rows, None for all.
    """

    array: Array
    rows: IntArray | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        """Rows first."""
        return (len(self), *self.array.shape[1:])

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of the values, in this machine's byte order."""
        return self.array.dtype.newbyteorder("=")

    def __len__(self) -> int:
        return len(self.array) if self.rows is None else len(self.rows)

    def __getitem__(self, index: int | slice | Array, /) -> Array:
        """One row for an integer, else the rows at the indices; the disk is read from front to back."""
        if isinstance(index, int | np.integer):
            return self[np.array([index])][0]
        if isinstance(index, slice) and self.rows is None:
            return np.array(self.array[index], self.dtype)
        wanted = self._places(index)
        order = np.argsort(wanted, kind="stable")
        found = np.empty((len(wanted), *self.shape[1:]), self.dtype)
        found[order] = self.array[wanted[order]]
        return found

    def take(self, indices: Sequence[int] | Array) -> Self:
        """The rows at ``indices``, still not read."""
        return replace(self, rows=self._places(np.asarray(indices)))

    def _places(self, index: slice | Array) -> IntArray:
        places = numbers(index, len(self))
        return places if self.rows is None else self.rows[places]


def is_mapped(array: Any) -> bool:
    """Whether an array's values lie in a file rather than in memory."""
    while isinstance(array, np.ndarray):
        if isinstance(array.base, mmap.mmap):
            return True
        array = array.base
    return False


def in_memory(array: Array) -> Array:
    """An array that lies in memory in the usual order: a copy of a mapped one."""
    array = np.array(array) if is_mapped(array) else array
    return np.ascontiguousarray(array, array.dtype.newbyteorder("="))


def is_npy_folder(path: Path) -> bool:
    """Whether a folder holds ``.npy`` files."""
    return path.is_dir() and any(each.suffix.lower() == ".npy" for each in path.iterdir())


def read_npy_folder(path: Path) -> dict[str, Array]:
    """The mapped arrays of a folder's ``.npy`` files, by their names in lower case.

    Raises:
        DataError: if a file is damaged or holds Python objects.
    """
    arrays = {}
    for each in sorted(path.iterdir()):
        if each.suffix.lower() != ".npy" or each.name.startswith("."):
            continue
        try:
            arrays[each.stem.lower()] = np.load(each, mmap_mode="r", allow_pickle=False)
        except _UNREADABLE as error:
            raise _not_readable(each, error) from error
    return arrays


def read_npz(path: Path) -> dict[str, Array]:
    """The arrays of an ``.npz`` file by their names in lower case: large ones mapped, unless they are compressed.

    Raises:
        DataError: if the file is damaged or holds Python objects.
    """
    if path.is_file() and not zipfile.is_zipfile(path):
        raise _damaged(path, tr("it is something else", "es otra cosa"))
    try:
        large = path.stat().st_size > held_bytes()
        mapped = _map_members(path) if large else {}
        with np.load(path, allow_pickle=False) as saved:
            return {key.lower(): mapped[key] if key in mapped else saved[key] for key in saved.files}
    except MemoryError as error:
        why = tr("larger than the memory; save it with np.savez", "no cabe en la memoria; guárdelo con np.savez")
        raise _damaged(path, why) from error
    except _UNREADABLE as error:
        raise _not_readable(path, error) from error


def _map_members(path: Path) -> dict[str, Array]:
    """The members of an ``.npz`` that are stored as they are, mapped, by name."""
    found = {}
    with zipfile.ZipFile(path) as members, path.open("rb") as file:
        for member in members.infolist():
            if member.compress_type != zipfile.ZIP_STORED or not member.filename.endswith(".npy"):
                continue
            file.seek(member.header_offset)
            header = file.read(_LOCAL_HEADER)
            name, extra = struct.unpack("<HH", header[-4:])
            file.seek(name + extra, 1)
            array = _map_npy(path, file)
            if array is not None:
                found[member.filename.removesuffix(".npy")] = array
    return found


def _map_npy(path: Path, file: IO[bytes]) -> Array | None:
    """The array whose ``.npy`` header begins here, mapped; None if it holds objects or nothing."""
    readers = {(1, 0): npy_format.read_array_header_1_0, (2, 0): npy_format.read_array_header_2_0}
    read = readers.get(npy_format.read_magic(file))
    if read is None:
        return None
    shape, fortran, dtype = read(file)
    if dtype.hasobject or not shape or 0 in shape:
        return None
    return np.memmap(path, dtype, "r", file.tell(), shape, "F" if fortran else "C")


def _not_readable(path: Path, error: Exception) -> DataError:
    if "Python objects" in str(error) or "Object arrays" in str(error):
        objects = tr("it holds Python objects, which are not loaded", "contiene objetos de Python, que no se cargan")
        return DataError(
            f"{path}: {objects}",
            tr("Save numeric arrays: np.savez(path, x=x, y=y).", "Guarde arrays numéricos: np.savez(path, x=x, y=y)."),
        )
    return _damaged(path, str(error))


def _damaged(path: Path, why: str) -> DataError:
    kind = path.suffix.lower()
    return DataError(
        f"{path}: {tr(f'not a readable {kind} file: {why}', f'no es un archivo {kind} legible: {why}')}",
        tr("Save it again: np.savez(path, x=x, y=y).", "Guárdelo de nuevo: np.savez(path, x=x, y=y).")
        if kind == ".npz"
        else tr("Save it again: np.save(path, x).", "Guárdelo de nuevo: np.save(path, x)."),
    )
