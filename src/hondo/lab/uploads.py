"""Files that come from a browser: where they may lie, what they may be, and which paths a spec may name.

A spec that comes over the web reads data from two places only: the workspace's uploads and the folder ``HONDO_DATA``.
"""

import io
import os
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from hondo.core.errors import DataError, SpecError, SpecProblem
from hondo.core.files import write_atomically
from hondo.core.language import tr
from hondo.core.spec import RunSpec
from hondo.store.workspace import Workspace

SUFFIXES = (".csv", ".tsv", ".txt", ".npz", ".zip")
LARGEST_UNPACKED = 2 * 2**30
LARGEST_MEMBER = 128 * 2**20
"""Of a zip of pictures; no photograph is larger."""
_MOST_MEMBERS = 200_000
_MOST_UPLOADS = 1000
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def uploads_folder(workspace: Workspace) -> Path:
    """Where uploaded data lie."""
    return workspace.folder / "lab" / "uploads"


def keep_upload(workspace: Workspace, name: str, content: bytes, *, fresh: bool = False) -> Path:
    """Keep an uploaded file under its own name, if it is what its name says.

    Args:
        workspace: where.
        name: a plain name with one of :data:`SUFFIXES`.
        content: all of it.
        fresh: take the next free name (``data-2.csv``) instead of replacing a file of that name.

    Raises:
        DataError: the name or the content cannot be accepted.
        StoreError: it cannot be written.
    """
    place = uploads_folder(workspace) / checked_name(name)
    suffix = place.suffix.lower()
    if suffix not in SUFFIXES:
        raise DataError(
            tr(f"{name!r} is not a kind of file that can be uploaded", f"{name!r} no es un tipo de archivo admitido"),
            tr(f"These are: {', '.join(SUFFIXES)}.", f"Se admiten: {', '.join(SUFFIXES)}."),
        )
    if suffix in (".zip", ".npz"):
        check_archive(content, name, largest_member=LARGEST_MEMBER if suffix == ".zip" else LARGEST_UNPACKED)
    elif b"\0" in content[:4096] and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise DataError(tr(f"{name} is not text", f"{name} no es texto"))
    check_room(place)
    place = free_place(place) if fresh else place
    write_atomically(place, content)
    return place


def check_room(place: Path) -> None:
    """Refuse one upload more than there may be.

    Raises:
        DataError: there are as many as there may be.
    """
    if not place.exists() and place.parent.is_dir() and sum(1 for _ in place.parent.iterdir()) >= _MOST_UPLOADS:
        raise DataError(
            tr("There are too many uploads", "Hay demasiados archivos subidos"),
            tr("Remove some that you no longer need.", "Quite los que ya no necesite."),
        )


def free_place(place: Path) -> Path:
    """The place itself, or the next one beside it that nothing has: ``data-2.csv``."""
    number, found = 2, place
    while found.exists():
        found = place.with_name(f"{place.stem}-{number}{place.suffix}")
        number += 1
    return found


def checked_name(name: str) -> str:
    """The name, if it is a plain one that leads nowhere else on any system.

    Raises:
        DataError: it is not.
    """
    if not _NAME.fullmatch(name) or ".." in name or name.endswith(".") or _DEVICES.fullmatch(name):
        raise DataError(
            tr(f"{name!r} cannot be the name of a file here", f"{name!r} no puede ser el nombre de un archivo"),
            tr(
                "Use letters, digits, dots, dashes and underscores, beginning with a letter or digit.",
                "Use letras, cifras, puntos, guiones y guiones bajos, empezando por una letra o cifra.",
            ),
        )
    return name


def check_archive(
    content: bytes, name: str, largest: int = LARGEST_UNPACKED, largest_member: int = LARGEST_UNPACKED
) -> None:
    """Look whether an archive is one that may be unpacked; nothing is unpacked for that.

    Args:
        content: the archive.
        name: what it is called in errors.
        largest: bytes that all its files may have unpacked.
        largest_member: bytes that each of them may have.

    Raises:
        DataError: it is damaged, encrypted, too large unpacked, or names places outside.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
    # NotImplementedError: of a newer kind than Python knows; ValueError: names that are no text, or impossible offsets.
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise DataError(
            tr(f"{name} is not a readable archive: {error}", f"{name} no es un archivo zip legible: {error}")
        ) from error
    unpacked = sum(member.file_size for member in members)
    if len(members) > _MOST_MEMBERS or unpacked > largest:
        raise DataError(
            tr(
                f"{name} holds {len(members)} files of {unpacked / 2**20:,.0f} MB unpacked",
                f"{name} contiene {len(members)} archivos de {unpacked / 2**20:,.0f} MB descomprimidos",
            ),
            tr(
                f"At most {_MOST_MEMBERS} files and {largest // 2**20} MB are accepted.",
                f"Se admiten como máximo {_MOST_MEMBERS} archivos y {largest // 2**20} MB.",
            ),
        )
    bulky = next((member for member in members if member.file_size > largest_member), None)
    if bulky is not None:
        size, limit = bulky.file_size / 2**20, largest_member // 2**20
        raise DataError(
            tr(
                f"{name} holds {bulky.filename!r}, {size:,.0f} MB unpacked",
                f"{name} contiene {bulky.filename!r}, de {size:,.0f} MB descomprimido",
            ),
            tr(f"Each file may have {limit} MB.", f"Cada archivo puede tener {limit} MB."),
        )
    check_members(members, name)


def check_members(members: Sequence[zipfile.ZipInfo], name: str) -> None:
    """Refuse an archive's files that are encrypted, links, or lead elsewhere.

    Raises:
        DataError: naming the first.
    """
    for member in members:
        parts = PurePosixPath(member.filename.replace("\\", "/"))
        linked = (member.external_attr >> 16) & 0o170000 == 0o120000
        if parts.is_absolute() or ".." in parts.parts or linked or ":" in member.filename or member.flag_bits & 1:
            raise DataError(
                tr(f"{name} holds {member.filename!r}", f"{name} contiene {member.filename!r}"),
                tr(
                    "Encrypted files, links and paths that lead elsewhere are refused.",
                    "No se admiten archivos cifrados, enlaces ni rutas que lleven a otro lugar.",
                ),
            )


def confine(workspace: Workspace, spec: RunSpec) -> RunSpec:
    """The spec with its files found in the uploads or in ``HONDO_DATA``.

    Raises:
        SpecError: it names a file elsewhere, or Python code.
    """
    if spec.model.python is not None or spec.model.given is not None:
        raise _problem("model.python", tr("Python code is not allowed here", "aquí no se admite código de Python"))
    data, model = spec.data, spec.model
    if data.path is not None:
        data = data.model_copy(update={"path": _place(workspace, data.path, "data.path")})
    if model.weights not in (None, "none"):
        model = model.model_copy(update={"weights": _place(workspace, str(model.weights), "model.weights")})
    transfer = model.transfer
    if transfer is not None and transfer.weights not in (None, "none"):
        weights = _place(workspace, str(transfer.weights), "model.transfer.weights")
        model = model.model_copy(update={"transfer": transfer.model_copy(update={"weights": weights})})
    if (data, model) == (spec.data, spec.model):
        return spec
    return spec.model_copy(update={"data": data, "model": model})


def _place(workspace: Workspace, path: str, key: str) -> str:
    allowed = [uploads_folder(workspace).resolve()]
    if data := os.environ.get("HONDO_DATA"):
        allowed.append(Path(data).expanduser().resolve())
    if "\0" not in path and not path.startswith("~"):
        for folder in allowed:
            place = (folder / path.removeprefix("uploads/")).resolve()
            inside = any(place.is_relative_to(each) and place != each for each in allowed)
            if inside and (place.exists() or folder == allowed[-1]):
                return str(place)
    raise _problem(
        key,
        tr(f"{path!r} lies outside of the uploads and of HONDO_DATA", f"{path!r} está fuera de uploads y HONDO_DATA"),
    )


def _problem(key: str, text: str) -> SpecError:
    hint = tr(
        "Upload the file and write uploads/<name>, or train from the terminal.",
        "Suba el archivo y escriba uploads/<nombre>, o entrene desde la terminal.",
    )
    error = SpecError(f"{key}: {text}", hint)
    error.problems = (SpecProblem(key, None, text, hint),)
    return error
