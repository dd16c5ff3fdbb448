"""A bundle's files: packed into a zip, and unpacked from one that may be damaged or meant to do harm.

Names that lead out of the zip, sizes that no bundle has and too many files are refused before a byte is unpacked.
"""

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import IO

from hondo.core.errors import DataError
from hondo.core.files import atomic_path, cannot_write
from hondo.core.language import tr

MANIFEST, MODEL = "manifest.json", "model.keras"
MAX_FILES = 1000
MAX_BYTES = {MANIFEST: 2**24, MODEL: 2**33}
"""The most that a file may take, by name."""
MAX_OTHER_BYTES, MAX_TOTAL_BYTES = 2**28 + 2**16, 2**34
_ENCRYPTED = 0x1
_MOMENT = (1980, 1, 1, 0, 0, 0)  # the same files give the same zip
_BLOCK, _LARGE = 2**20, 2**28
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError, NotImplementedError)


@dataclass(frozen=True)
class Unpacked:
    """A bundle as a folder.

    Attributes:
        folder: where its files are.
        damaged: files that are in the zip and could not be read, by name.
    """

    folder: Path
    damaged: tuple[str, ...] = ()


def pack(folder: Path, path: Path) -> None:
    """Pack all files of a folder into one zip, whole or not at all.

    Raises:
        StoreError: if it cannot be written.
    """
    with atomic_path(path) as temporary, zipfile.ZipFile(temporary, "w") as packed:
        for file in sorted(each for each in folder.rglob("*") if each.is_file()):
            member = zipfile.ZipInfo(file.relative_to(folder).as_posix(), _MOMENT)
            size = file.stat().st_size
            # A model is a zip, too: stored as it is, its end could be taken for the end of a truncated bundle.
            stored = file.suffix == ".png" or size > _LARGE
            member.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            member.external_attr = 0o644 << 16
            with file.open("rb") as source, packed.open(member, "w", force_zip64=size >= 2**31) as target:
                while block := source.read(_BLOCK):
                    target.write(block)


@contextmanager
def unpacked(path: Path) -> Iterator[Unpacked]:
    """A bundle's folder: its own, or a temporary one with what its zip holds.

    Raises:
        DataError: if there is nothing, or it is no readable zip, or one that points out of itself or is too large.
        StoreError: if there is no space to unpack it.
    """
    if path.is_dir():
        yield Unpacked(path)
        return
    if not path.exists():
        raise DataError(
            tr(f"there is no bundle at {path}", f"no hay ningún paquete en {path}"),
            tr("Make one: hondo export --to bundle.", "Cree uno: hondo export --to bundle."),
        )
    with TemporaryDirectory(prefix="hondo-bundle-") as folder:
        try:
            with zipfile.ZipFile(path) as packed:
                yielded = Unpacked(Path(folder), _unpack(packed, path, Path(folder)))
        except (*_DAMAGED, OSError) as error:
            raise DataError(
                tr(f"{path} is not a readable zip: {error}", f"{path} no es un zip legible: {error}"),
                tr("It may be truncated; copy it again.", "Puede estar truncado; cópielo de nuevo."),
            ) from error
        yield yielded


def _unpack(packed: zipfile.ZipFile, path: Path, folder: Path) -> tuple[str, ...]:
    members = [member for member in packed.infolist() if not member.is_dir()]
    _check(members, path)
    damaged = []
    for member in members:
        target = folder / member.filename
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("wb") as file:
                whole = _copy(packed, member, file)
        except OSError as error:
            raise cannot_write(target, error) from error
        if not whole:
            target.unlink(missing_ok=True)
            damaged.append(member.filename)
    return tuple(damaged)


def _copy(packed: zipfile.ZipFile, member: zipfile.ZipInfo, file: IO[bytes]) -> bool:
    """Copy a member out of its zip; whether it could be read to its end."""
    unreadable = (*_DAMAGED, OSError)  # OSError: an offset that leads out of the file
    try:
        source = packed.open(member)
    except unreadable:
        return False
    with source:
        while True:
            try:
                block = source.read(_BLOCK)
            except unreadable:
                return False
            if not block:
                return True
            file.write(block)


def _check(members: list[zipfile.ZipInfo], path: Path) -> None:
    """Refuse what no bundle holds, before anything is unpacked."""
    names = [member.filename for member in members]
    if len(members) > MAX_FILES or len(set(map(str.lower, names))) < len(names):
        raise _no_bundle(path, tr("too many files, or one twice", "demasiados archivos o alguno repetido"))
    for member in members:
        if not safe_name(member.filename):
            raise DataError(
                tr(
                    f"{path} holds {member.filename!r}, outside of itself",
                    f"{path} contiene {member.filename!r}, que apunta fuera de él",
                ),
                tr("Such a zip may be an attack; do not use it.", "Puede ser un ataque; no lo use."),
            )
        if member.flag_bits & _ENCRYPTED:
            raise _no_bundle(path, tr("it is encrypted", "está cifrado"))
        if member.file_size > MAX_BYTES.get(member.filename, MAX_OTHER_BYTES):
            size = f"{member.file_size / 1e6:,.0f} MB"
            raise _no_bundle(path, tr(f"{member.filename} has {size}", f"{member.filename} ocupa {size}"))
    if sum(member.file_size for member in members) > MAX_TOTAL_BYTES:
        raise _no_bundle(path, tr("it is too large", "es demasiado grande"))


def safe_name(name: str) -> bool:
    """Whether a name stays inside of the bundle on every system."""
    parts = PurePosixPath(name).parts
    return bool(parts) and not (name.startswith("/") or "\\" in name or ":" in name or ".." in parts or "\0" in name)


def _no_bundle(path: Path, why: str) -> DataError:
    return DataError(
        tr(f"{path} is not a bundle: {why}", f"{path} no es un paquete: {why}"),
        tr("Export it again: hondo export --to bundle.", "Expórtelo de nuevo: hondo export --to bundle."),
    )
