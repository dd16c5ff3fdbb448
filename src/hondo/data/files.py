"""Files that are read by name, from a folder or straight out of a zip, without extracting it."""

import hashlib
import os
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

from hondo.core.errors import DataError
from hondo.core.language import tr

MAX_BYTES = 500_000_000
"""The largest file that is read."""

_ENCRYPTED = 0x1


def _visible(name: str) -> bool:
    return not name.startswith(".") and name != "__MACOSX"


def _too_large(name: str, size: int) -> DataError:
    """The refusal of a file larger than :data:`MAX_BYTES`."""
    return DataError(
        tr(f"{name} has {size / 1e6:,.0f} MB", f"{name} ocupa {size / 1e6:,.0f} MB"),
        tr(f"Pictures up to {MAX_BYTES // 10**6} MB are read.", f"Se leen imágenes de hasta {MAX_BYTES // 10**6} MB."),
    )


def _unreadable(name: str, error: OSError) -> DataError:
    return DataError(
        tr(f"{name} cannot be read: {error.strerror}", f"no se puede leer {name}: {error.strerror}"),
        tr("Check the path and the permissions.", "Revise la ruta y los permisos."),
    )


class Files(Protocol):
    """Files that can be read by name: a folder's or a zip's."""

    def names(self) -> list[str]:
        """All files, and folders with a slash at their end; hidden ones are left out."""
        ...

    def read(self, name: str, /) -> bytes:
        """The bytes of one file.

        Raises:
            DataError: if it cannot be read; the message names it.
        """
        ...

    def glimpse(self, name: str, head: int, tail: int, /) -> "Glimpse":
        """A file's size and its first and last bytes, as cheaply as they can be had.

        Raises:
            DataError: if it cannot be read; the message names it.
        """
        ...

    def close(self) -> None:
        """Let go of what was open."""
        ...


@dataclass(frozen=True)
class Glimpse:
    """What can be seen of a file without reading all of it.

    Attributes:
        size: of the whole file in bytes.
        head: its first bytes.
        tail: its last bytes; None where they cannot be had without reading all, as in a zip.
        mark: what equal files have in common; unequal ones seldom.
    """

    size: int
    head: bytes
    tail: bytes | None
    mark: bytes

    @property
    def whole(self) -> bool:
        """Whether ``head`` is all there is."""
        return len(self.head) >= self.size


@dataclass(frozen=True)
class FolderFiles:
    """Files below a folder, named by their path relative to it."""

    root: Path

    def names(self) -> list[str]:
        """All files and folders; see :class:`Files`."""
        names = []
        for folder, folders, files in os.walk(self.root):
            folders[:] = filter(_visible, folders)
            below = Path(folder).relative_to(self.root)
            names += [(below / each).as_posix() + "/" for each in folders]
            names += [(below / each).as_posix() for each in filter(_visible, files)]
        return names

    def read(self, name: str, /) -> bytes:
        """The bytes of one file; see :class:`Files`."""
        try:
            with (self.root / name).open("rb", buffering=0) as file:
                size = os.fstat(file.fileno()).st_size
                if size > MAX_BYTES:
                    raise _too_large(name, size)
                return file.read()
        except OSError as error:
            raise _unreadable(name, error) from error

    def glimpse(self, name: str, head: int, tail: int, /) -> Glimpse:
        """Both ends of one file; see :class:`Files`."""
        try:
            with (self.root / name).open("rb") as file:
                size = os.fstat(file.fileno()).st_size
                if size > MAX_BYTES:
                    raise _too_large(name, size)
                first = file.read(head)
                file.seek(max(0, size - tail))
                last = file.read(tail)
        except OSError as error:
            raise _unreadable(name, error) from error
        seen = hashlib.blake2b(first + last, digest_size=16).digest()
        return Glimpse(size, first, last, size.to_bytes(8, "big") + seen)

    def close(self) -> None:
        """Nothing is held open."""


class ZipFiles:
    """The files of a zip, read without extracting them; see :class:`Files`."""

    def __init__(self, path: Path) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise DataError(
                tr(f"{path} is not a readable zip: {error}", f"{path} no es un zip legible: {error}"),
                tr("Download or pack it again.", "Descárguelo o comprímalo de nuevo."),
            ) from error
        self._members = {member.filename.replace("\\", "/"): member for member in self._zip.infolist()}
        try:
            self._check(path)
        except DataError:
            self._zip.close()
            raise

    def _check(self, path: Path) -> None:
        for name, member in self._members.items():
            if name.startswith("/") or ".." in name.split("/") or ":" in name.split("/")[0]:
                raise DataError(
                    tr(
                        f"{path} holds {name!r}, outside of itself", f"{path} contiene {name!r}, que apunta fuera de él"
                    ),
                    tr(
                        "Such a zip may be an attack; pack the pictures again.",
                        "Puede ser un ataque; comprima de nuevo las imágenes.",
                    ),
                )
            if member.flag_bits & _ENCRYPTED:
                raise DataError(
                    tr(f"{path} is encrypted", f"{path} está cifrado"),
                    tr("Pack it without a password.", "Comprímalo sin contraseña."),
                )

    def names(self) -> list[str]:
        """All files and folders; see :class:`Files`."""
        return [name for name in self._members if all(map(_visible, name.rstrip("/").split("/")))]

    def read(self, name: str, /) -> bytes:
        """The bytes of one file; see :class:`Files`."""
        with self._opened(name) as file:
            return file.read()

    def glimpse(self, name: str, head: int, tail: int, /) -> Glimpse:
        """The beginning of one file, and its end if it is short; see :class:`Files`."""
        member = self._members[name]
        with self._opened(name) as file:
            first = file.read(head)
            # Reading on to the end also compares the checksum.
            last = (first + file.read())[-tail:] if member.file_size <= head + tail else None
        return Glimpse(member.file_size, first, last, struct.pack(">QI", member.file_size, member.CRC))

    @contextmanager
    def _opened(self, name: str) -> Iterator[IO[bytes]]:
        member = self._members[name]
        if member.file_size > MAX_BYTES:
            raise _too_large(name, member.file_size)
        try:
            with self._zip.open(member) as file:
                yield file
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, RuntimeError) as error:
            raise DataError(
                tr(f"{name} is damaged inside the zip: {error}", f"{name} está dañado dentro del zip: {error}"),
                tr("Pack the pictures again.", "Comprima de nuevo las imágenes."),
            ) from error

    def close(self) -> None:
        """Let go of the file."""
        self._zip.close()
