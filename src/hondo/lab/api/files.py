"""Routes about files: what a run leaves, by a fixed list of names, and the uploads."""

import re
from typing import Annotated

from fastapi import APIRouter, UploadFile
from fastapi import Path as InPath
from fastapi.responses import FileResponse

from hondo.core.language import tr
from hondo.lab.api.models import FolderBegun, FolderComing, Upload
from hondo.lab.api.sources import Missing, OpenWorkspace, RunName, existing_run
from hondo.lab.incoming import add_to_folder, begin_folder, finish_folder, give_up_folder, keep_readable
from hondo.lab.uploads import checked_name, keep_upload, uploads_folder
from hondo.store.queue import LOG
from hondo.store.records import RunRecord

router = APIRouter(tags=["files"])

_KINDS = {
    "spec.yaml": "text/plain; charset=utf-8",
    LOG: "text/plain; charset=utf-8",
    "result.json": "application/json",
    "preprocess.json": "application/json",
    "model.keras": "application/octet-stream",
    "report.html": "text/html; charset=utf-8",
}
_PLOTS = {".png": "image/png", ".svg": "image/svg+xml"}
_PLOT = re.compile(r"plots/[A-Za-z0-9][A-Za-z0-9_-]{0,99}\.(png|svg)")
_SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; font-src data:"


def files_of(run: RunRecord) -> list[str]:
    """The names of a run's files that can be read."""
    plots = sorted(f"plots/{path.name}" for path in (run.folder / "plots").glob("*.*"))
    return [name for name in _KINDS if (run.folder / name).is_file()] + [
        name for name in plots if _PLOT.fullmatch(name)
    ]


@router.get("/runs/{name}/files")
def list_files(name: RunName, workspace: OpenWorkspace) -> list[str]:
    """The files that a run has left so far."""
    return files_of(existing_run(workspace, name))


@router.get("/runs/{name}/files/{file:path}", response_class=FileResponse)
def read_file(name: RunName, file: Annotated[str, InPath(max_length=200)], workspace: OpenWorkspace) -> FileResponse:
    """One of the files that the list names."""
    run = existing_run(workspace, name)
    if file not in files_of(run):  # nothing is ever put together from what a visitor wrote
        raise Missing(tr(f"{run.name} has no file {file!r}", f"{run.name} no tiene ningún archivo {file!r}"))
    kind = _KINDS.get(file) or _PLOTS[file[-4:]]
    headers = {"content-security-policy": _SANDBOX, "cache-control": "no-cache"}
    if file == "model.keras":
        headers["content-disposition"] = f'attachment; filename="{run.name}.keras"'
    return FileResponse(run.folder / file, media_type=kind, headers=headers)


@router.get("/uploads")
def list_uploads(workspace: OpenWorkspace) -> list[Upload]:
    """The uploaded data, by name."""
    folder = uploads_folder(workspace)
    found = sorted(path for path in folder.glob("*") if path.is_file() and not path.name.startswith("."))
    return [Upload(name=path.name, path=f"uploads/{path.name}", bytes=path.stat().st_size) for path in found]


@router.post("/uploads", status_code=201)
def upload(file: UploadFile, workspace: OpenWorkspace, readable: bool = False) -> Upload:
    """Upload data: a table, an .npz or a zip of pictures; a spec then names it as data.path.

    It takes the place of a file of the same name. With `readable` it takes a free name instead, and is refused if it
    cannot be read as data.
    """
    content = file.file.read()
    place = (keep_readable if readable else keep_upload)(workspace, file.filename or "", content)
    return Upload(name=place.name, path=f"uploads/{place.name}", bytes=len(content))


@router.post("/uploads/folders", status_code=201)
def upload_folder(coming: FolderComing, workspace: OpenWorkspace) -> FolderBegun:
    """Announce a folder of pictures, class/picture; its files follow in portions."""
    return FolderBegun(key=begin_folder(workspace, coming.name, coming.files, coming.bytes))


@router.post("/uploads/folders/{key}")
def upload_portion(key: str, files: list[UploadFile], workspace: OpenWorkspace) -> dict[str, int]:
    """Send some files of a folder, each under its path below it; says how many bytes are there now."""
    came = add_to_folder(workspace, key, ((file.filename or "", file.file.read()) for file in files))
    return {"bytes": came}


@router.post("/uploads/folders/{key}/finish", status_code=201)
def upload_finished(key: str, workspace: OpenWorkspace) -> Upload:
    """Keep the folder as a zip, if it can be read as pictures in folders of classes."""
    place = finish_folder(workspace, key)
    return Upload(name=place.name, path=f"uploads/{place.name}", bytes=place.stat().st_size)


@router.delete("/uploads/folders/{key}", status_code=204)
def upload_given_up(key: str, workspace: OpenWorkspace) -> None:
    """Forget a folder that was not sent to its end."""
    give_up_folder(workspace, key)


@router.delete("/uploads/{name}", status_code=204)
def remove_upload(name: str, workspace: OpenWorkspace) -> None:
    """Delete an uploaded file."""
    place = uploads_folder(workspace) / checked_name(name)
    if not place.is_file():
        raise Missing(tr(f"there is no upload {name!r}", f"no hay ningún archivo subido {name!r}"))
    place.unlink()
