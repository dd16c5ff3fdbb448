"""What a browser uploads: looked at before it is kept, and folders that come in portions.

A folder becomes a zip that nothing is unpacked from, so that no name in it can be a place on this machine's disk.
Nothing is kept that cannot be read as data.
"""

import json
import re
import secrets
import shutil
import time
import zipfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Any

from hondo.core.errors import DataError, HondoError
from hondo.core.files import cannot_write
from hondo.core.language import tr
from hondo.data.csv_stream import column_names
from hondo.data.folder import look_at_folder
from hondo.data.pictures import PICTURE_SUFFIXES
from hondo.data.rows import open_table
from hondo.lab.uploads import (
    LARGEST_MEMBER,
    LARGEST_UNPACKED,
    check_room,
    checked_name,
    free_place,
    keep_upload,
    uploads_folder,
)
from hondo.store.workspace import Workspace

MOST_FILES = 50_000
"""Of a folder that is uploaded."""
LARGEST_FOLDER = LARGEST_UNPACKED
MOST_COLUMNS = 5_000
LARGEST_ARRAYS = 512 * 2**20
_LONGEST_PATH = 400
_PREFIX = ".incoming-"
_KEY = re.compile(r"[0-9a-f]{32}")
_FORGOTTEN = 24 * 3600.0  # seconds after which an upload that was never finished goes
_ROOM_LEFT = 200 * 2**20
_ROWS = 20_000
_LONGEST_HEADER = 2**20


def keep_readable(workspace: Workspace, name: str, content: bytes) -> Path:
    """Keep an uploaded file under the next free name, if it can be read as data.

    Raises:
        DataError: it cannot; then nothing is kept.
        StoreError: it cannot be written.
    """
    place = keep_upload(workspace, name, content, fresh=True)
    try:
        look(place)
    except BaseException:
        place.unlink(missing_ok=True)
        raise
    return place


def look(place: Path) -> None:
    """Look through an uploaded file as far as that is cheap.

    Raises:
        DataError: it cannot be read as data; the message names the file without its folder.
    """
    try:
        if place.suffix.lower() == ".zip":
            look_at_folder(place)
        elif place.suffix.lower() == ".npz":
            _look_at_arrays(place)
        else:
            _look_at_table(place)
    except HondoError as error:
        raise DataError(*(text.replace(str(place), place.name) for text in (error.message, error.hint))) from error


def _look_at_table(place: Path) -> None:
    with place.open("rb") as file:
        beginning = file.read(_LONGEST_HEADER).lstrip()
    if not beginning or (len(beginning) == _LONGEST_HEADER and b"\n" not in beginning and b"\r" not in beginning):
        raise DataError(
            tr(f"{place.name} is no table", f"{place.name} no es una tabla"),
            tr(
                "The first line names the columns; rows follow.",
                "La primera línea nombra las columnas; después van las filas.",
            ),
        )
    columns = len(column_names(place))
    if not 2 <= columns <= MOST_COLUMNS:
        raise DataError(
            tr(f"{place.name} has {columns} columns", f"El número de columnas de {place.name} es {columns}"),
            tr(
                f"Expected 2 to {MOST_COLUMNS}: features and what is to be predicted, separated by commas.",
                f"Se esperaban entre 2 y {MOST_COLUMNS}: características y lo que se predice, separadas por comas.",
            ),
        )
    for _ in open_table(place).parts(_ROWS):
        pass


def _look_at_arrays(place: Path) -> None:
    with zipfile.ZipFile(place) as archive:
        unpacked = sum(member.file_size for member in archive.infolist())
        names = {Path(member.filename).stem.lower() for member in archive.infolist()}
    if unpacked > LARGEST_ARRAYS:
        size, limit = f"{unpacked / 2**20:,.0f} MB", f"{LARGEST_ARRAYS // 2**20} MB"
        raise DataError(
            tr(f"{place.name} has {size} unpacked", f"{place.name} ocupa {size} descomprimido"),
            tr(
                f"Up to {limit} can be uploaded; put larger ones into the folder HONDO_DATA.",
                f"Se pueden subir hasta {limit}; ponga los mayores en la carpeta HONDO_DATA.",
            ),
        )
    if not {"x", "y"} <= names and not {"x_train", "y_train"} <= names:
        listed = ", ".join(sorted(names)[:10]) or "—"
        raise DataError(
            tr(f"{place.name} holds these arrays: {listed}", f"{place.name} contiene estos arrays: {listed}"),
            tr("Expected x and y, or x_train and y_train.", "Se esperaban x e y, o x_train e y_train."),
        )


def begin_folder(workspace: Workspace, name: str, files: int, size: int) -> str:
    """Prepare for a folder of pictures; returns the key under which its portions come.

    Args:
        workspace: where it will be kept.
        name: a plain name, which the zip will have.
        files: how many pictures will come.
        size: how many bytes they have together.

    Raises:
        DataError: it is too large, or cannot be called so.
        StoreError: it cannot be written.
    """
    checked_name(f"{name}.zip")
    if not 0 < files <= MOST_FILES or size > LARGEST_FOLDER:
        raise _too_large(name, files, size)
    folder = uploads_folder(workspace)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _forget_old(folder)
        check_room(folder / f"{name}.zip")
        if shutil.disk_usage(folder).free < size + _ROOM_LEFT:
            raise DataError(
                tr("There is not enough space on the disk", "No hay espacio suficiente en el disco"),
                tr("Free some in Settings.", "Libere espacio en Ajustes."),
            )
        key = secrets.token_hex(16)
        staging = folder / f"{_PREFIX}{key}"
        staging.mkdir()
        (staging / "about.json").write_text(json.dumps({"name": name, "files": files, "size": size}), encoding="utf-8")
    except OSError as error:
        raise cannot_write(folder, error) from error
    return key


def add_to_folder(workspace: Workspace, key: str, files: Iterable[tuple[str, bytes]]) -> int:
    """Take a portion of a folder's files; returns how many bytes are there now.

    Raises:
        DataError: there is no such upload, a name leads elsewhere, or more comes than was said.
        StoreError: it cannot be written.
    """
    staging, about = _staging(workspace, key)
    place = staging / "folder.zip"
    try:
        with zipfile.ZipFile(place, "a", zipfile.ZIP_STORED) as archive:
            known = set(archive.namelist())
            count, came = len(known), sum(member.file_size for member in archive.infolist())
            for name, content in files:
                inside = _inside(name)
                if inside in known:  # the browser sent a portion again
                    continue
                came, count = came + len(content), count + 1
                if count > about["files"] or came > about["size"] or len(content) > LARGEST_MEMBER:
                    raise _too_large(about["name"], count, came)
                archive.writestr(inside, content)
                known.add(inside)
    except zipfile.BadZipFile as error:
        raise _no_such_upload() from error
    except OSError as error:
        raise cannot_write(place, error) from error
    return came


def finish_folder(workspace: Workspace, key: str) -> Path:
    """Keep an uploaded folder as a zip under the next free name.

    Raises:
        DataError: it cannot be read as pictures in folders of classes; then nothing is kept.
        StoreError: it cannot be written.
    """
    staging, about = _staging(workspace, key)
    try:
        named = staging / f"{about['name']}.zip"
        try:
            (staging / "folder.zip").rename(named)
        except FileNotFoundError:
            raise _no_such_upload() from None
        look(named)
        return named.rename(free_place(uploads_folder(workspace) / named.name))
    except OSError as error:
        raise cannot_write(staging, error) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def give_up_folder(workspace: Workspace, key: str) -> None:
    """Forget what came of a folder."""
    with suppress(DataError):
        shutil.rmtree(_staging(workspace, key)[0], ignore_errors=True)


def _staging(workspace: Workspace, key: str) -> tuple[Path, dict[str, Any]]:
    staging = uploads_folder(workspace) / f"{_PREFIX}{key}"
    try:
        if _KEY.fullmatch(key):
            return staging, json.loads((staging / "about.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        pass
    raise _no_such_upload()


def _inside(name: str) -> str:
    """The name of a picture in the zip, class folders and all.

    Raises:
        DataError: it leads elsewhere, or is no picture's.
    """
    path = PurePosixPath(name)
    plain = name.isprintable() and not set(name) & {"\\", ":"} and len(name) <= _LONGEST_PATH
    if not plain or path.is_absolute() or ".." in path.parts or path.suffix.lower() not in PICTURE_SUFFIXES:
        raise DataError(
            tr(f"the folder holds {name!r}", f"la carpeta contiene {name!r}"),
            tr(
                "Only pictures are taken, and no names that lead elsewhere.",
                "Solo se admiten imágenes, y ningún nombre que lleve a otro lugar.",
            ),
        )
    return str(path)


def _too_large(name: object, files: int, size: int) -> DataError:
    return DataError(
        tr(
            f"{name} has {files:,} pictures of {size / 2**20:,.0f} MB in all",
            f"{name} tiene {files:,} imágenes, de {size / 2**20:,.0f} MB en total",
        ),
        tr(
            f"From 1 to {MOST_FILES:,} pictures and {LARGEST_FOLDER // 2**20:,} MB can be uploaded, "
            f"{LARGEST_MEMBER // 2**20} MB each; put more into the folder HONDO_DATA.",
            f"Se pueden subir de 1 a {MOST_FILES:,} imágenes y {LARGEST_FOLDER // 2**20:,} MB, "
            f"{LARGEST_MEMBER // 2**20} MB cada una; ponga lo que exceda en la carpeta HONDO_DATA.",
        ),
    )


def _no_such_upload() -> DataError:
    return DataError(
        tr("this upload is no longer known", "esta subida ya no existe"),
        tr("Choose the folder again.", "Elija otra vez la carpeta."),
    )


def _forget_old(folder: Path) -> None:
    for staging in folder.glob(f"{_PREFIX}*"):
        with suppress(OSError):
            if time.time() - staging.stat().st_mtime > _FORGOTTEN:
                shutil.rmtree(staging, ignore_errors=True)
