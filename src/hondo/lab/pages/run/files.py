"""The files that a run left, to be downloaded through the interface."""

from pathlib import Path
from urllib.parse import quote

from nicegui import ui

from hondo.core.language import tr
from hondo.lab.api.files import files_of
from hondo.lab.pages.run.sections import Section
from hondo.lab.parts import element, text
from hondo.lab.speech import aside
from hondo.store.queue import LOG
from hondo.store.records import RunRecord


def files_section(record: RunRecord) -> Section:
    """The section with the downloads."""
    return Section(tr("Files", "Archivos"), record, _fill, name="files")


async def _fill(record: RunRecord) -> None:
    found = await aside(_listed, record)
    if not found:
        text("p", tr("There are no files yet.", "Aún no hay archivos."), "empty")
        return
    about = _about()
    with element("table", "runs files-table"), ui.element("tbody"):
        for name, size in found:
            with ui.element("tr"):
                with ui.element("td"), element("a", "file", href=f"/api/runs/{quote(record.name)}/files/{quote(name)}",
                                               download=_saved_as(record, name)):  # fmt: skip
                    ui.label(name)
                text("td", about.get(name, tr("a figure", "una figura")), "hint wide")
                text("td", _size(size), "number")


def _saved_as(record: RunRecord, name: str) -> str:
    """Under which name a browser keeps it: two runs' files do not get mixed up."""
    return f"{record.name}.keras" if name == "model.keras" else f"{record.name}-{Path(name).name}"


def _listed(record: RunRecord) -> list[tuple[str, int]]:
    return [(name, (record.folder / name).stat().st_size) for name in files_of(record)]


def _about() -> dict[str, str]:
    return {
        "spec.yaml": tr("everything that determined this run", "todo lo que determinó este experimento"),
        LOG: tr("what it said while it trained", "lo que dijo al entrenarse"),
        "result.json": tr("history, evaluation and timings", "historial, evaluación y tiempos"),
        "preprocess.json": tr("the steps applied to raw inputs first", "los pasos que se aplican antes a las entradas"),
        "model.keras": tr("the trained model, in Keras's format", "el modelo entrenado, en el formato de Keras"),
        "report.html": tr("the full report as a page", "el informe completo en una página"),
    }


def _size(size: int) -> str:
    if size < 1000:
        return f"{size}\u00a0B"
    if size < 1_000_000:
        return f"{size / 1000:.0f}\u00a0kB"
    return f"{size / 1_000_000:.1f}\u00a0MB"
