"""Files that are either whole or not there: what is interrupted half-way leaves the old version in place.

Checkpoints, reports and exports all go through :func:`atomic_path`, so that a crash, a full disk or a `kill -9`
never leaves half a file under a name that somebody trusts.
"""

import errno
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from hondo.core.errors import StoreError
from hondo.core.language import tr

_FULL = {errno.ENOSPC, errno.EFBIG, *({errno.EDQUOT} if hasattr(errno, "EDQUOT") else ())}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}
_UNFINISHED = ".unfinished-"


def write_atomically(path: Path, data: bytes | str) -> None:
    """Replace the file at ``path`` by ``data`` in one step; text is written as UTF-8, its line ends as they are.

    Args:
        path: Where the file shall be; missing folders are made.
        data: Its whole content.

    Raises:
        StoreError: the file cannot be written (no space, no permission, no such place); the old one is untouched.
    """
    with atomic_path(path) as temporary:
        temporary.write_bytes(data.encode() if isinstance(data, str) else data)


@contextmanager
def atomic_path(path: Path) -> Iterator[Path]:
    """Give a temporary path beside ``path``; what the block wrote there takes the place of ``path`` at its end.

    The temporary name ends like the real one, because many writers choose a format by the ending. If the block
    raises, the temporary file goes and ``path`` stays as it was. Devices and pipes (``/dev/stdout``) are given
    as they are, because replacing one would break it.

    Args:
        path: Where the file shall be; missing folders are made. A link is followed.

    Yields:
        The path to write to, in the same folder.

    Raises:
        StoreError: the file cannot be written (no space, no permission, no such place).
    """
    try:
        special = path.exists() and not path.is_file() and not path.is_dir()
        target = path if special else path.resolve()
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(path, error) from error
    temporary = target if special else target.with_name(f"{_UNFINISHED}{secrets.token_hex(4)}-{target.name}")
    try:
        yield temporary
        if not special:
            _settle(temporary, target)
    except OSError as error:
        about_another = error.filename is not None and Path(os.fsdecode(error.filename)) != temporary
        if about_another and error.errno not in _FULL:  # copying to a full disk blames the file that is copied
            raise  # about another file, which the block was reading
        raise cannot_write(path, error) from error
    finally:
        if not special:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)


@contextmanager
def atomic_folder(path: Path) -> Iterator[Path]:
    """Give a new folder beside ``path``; with what the block put into it, it takes the place of ``path`` at its end.

    If the block raises, the new folder goes and ``path`` stays as it was. Whoever calls this decides before whether
    what is at ``path`` may go.

    Args:
        path: Where the folder shall be; missing folders above it are made.

    Yields:
        The folder to write into, empty.

    Raises:
        StoreError: the folder cannot be written (no space, no permission, no such place).
    """
    try:
        target = path.resolve()
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary, old = (target.with_name(f"{_UNFINISHED}{secrets.token_hex(4)}-{target.name}") for _ in range(2))
        temporary.mkdir()
    except OSError as error:
        raise cannot_write(path, error) from error
    try:
        yield temporary
        if target.exists():
            target.rename(old)
        temporary.rename(target)
    except OSError as error:
        place = None if error.filename is None else Path(os.fsdecode(error.filename))
        about_another = place is not None and not place.is_relative_to(temporary) and place != target
        if about_another and error.errno not in _FULL:
            raise
        raise cannot_write(path, error) from error
    finally:
        if old.exists() and not target.exists():
            old.rename(target)
        for each in (temporary, old):
            shutil.rmtree(each, ignore_errors=True)
            with suppress(OSError):
                each.unlink(missing_ok=True)


def clear_unfinished(folder: Path) -> int:
    """Delete what killed programs left half written in ``folder`` and below.

    Only for a folder that nobody else is writing to at this moment, such as a run's before it is resumed.

    Returns:
        How many files went.
    """
    cleared = 0
    for path in folder.rglob(f"{_UNFINISHED}*"):
        with suppress(OSError):
            path.unlink()
            cleared += 1
    return cleared


def cannot_write(path: Path, error: OSError) -> StoreError:
    """Explain why ``path`` cannot be written, and what helps.

    Args:
        path: What was to be written: a file or a folder.
        error: What the operating system said.
    """
    reason = error.strerror or str(error)
    # h5py gives no error number, only its text.
    if error.errno in _FULL or "No space left" in str(error):
        return StoreError(
            tr(f"No space left to write {path}", f"No queda espacio para escribir {path}"),
            tr(
                "Free some space on that disk, or work elsewhere (HONDO_HOME).",
                "Libere espacio en ese disco o trabaje en otro lugar (HONDO_HOME).",
            ),
        )
    if error.errno in _FORBIDDEN:
        return StoreError(
            tr(f"Not allowed to write {path}: {reason}", f"Sin permiso para escribir {path}: {reason}"),
            tr(
                "Check the folder's permissions and that no program has the file open, or choose another folder.",
                "Revise los permisos de la carpeta y que ningún programa use el archivo, o elija otra carpeta.",
            ),
        )
    return StoreError(
        tr(f"Cannot write {path}: {reason}", f"No se puede escribir {path}: {reason}"),
        tr(
            "Check that the path is right and that every part of it but the last is a folder.",
            "Compruebe que la ruta es correcta y que todas sus partes, salvo la última, son carpetas.",
        ),
    )


def _settle(temporary: Path, target: Path) -> None:
    """Put the finished file in place, on the disk and not only in its cache."""
    with temporary.open("rb+") as file:
        os.fsync(file.fileno())
    temporary.replace(target)
    if os.name == "posix":
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
