"""The first page: the runs as they stand, and a button that trains the first network."""

from fastapi import FastAPI
from nicegui import run, ui

from hondo.core.errors import HondoError
from hondo.core.language import language, tr, use_language
from hondo.experiments.specs import builtin
from hondo.experiments.specs.read import parse_spec
from hondo.store.listing import list_page
from hondo.store.queue import enqueue, tend
from hondo.store.records import RunRecord
from hondo.store.workspace import Workspace

_SHOWN = 50


def add_first_page(app: FastAPI) -> None:
    """Show the page at ``/``; it asks the workspace of ``app`` each second, so that all tabs agree."""
    workspace: Workspace = app.state.workspace

    @ui.page("/")
    async def first() -> None:
        spoken = language()

        async def begin() -> None:
            with use_language(spoken):
                try:
                    await run.io_bound(_enqueue, workspace)
                except HondoError as error:
                    ui.notify(error.message, type="negative")
            await refresh()

        async def refresh() -> None:
            with use_language(spoken):
                try:
                    found = await run.io_bound(list_page, workspace, size=_SHOWN)
                    table.rows = [_row(each) for each in (found.runs if found else ())]
                except HondoError as error:
                    ui.notify(error.message, type="negative")

        ui.label("Hondo").classes("text-2xl")
        ui.button(tr("Train the first network", "Entrenar la primera red"), on_click=begin).mark("train")
        columns = [
            {"name": "name", "label": tr("run", "experimento"), "field": "name", "align": "left"},
            {"name": "status", "label": tr("status", "estado"), "field": "status", "align": "left"},
            {"name": "epochs", "label": tr("epochs", "épocas"), "field": "epochs"},
            {"name": "accuracy", "label": tr("accuracy", "exactitud"), "field": "accuracy"},
        ]
        table = ui.table(columns=columns, rows=[], row_key="name")
        await refresh()
        ui.timer(1.0, refresh)


def _enqueue(workspace: Workspace) -> None:
    enqueue(workspace, parse_spec(builtin.text(builtin.DEFAULT), builtin.DEFAULT, allow_python=False))
    tend(workspace)


def _row(record: RunRecord) -> dict[str, str]:
    accuracy = record.summary.get("accuracy")
    return {
        "name": record.name,
        "status": record.status,
        "epochs": f"{record.epochs_done}/{record.epochs or '?'}",
        "accuracy": f"{accuracy:.1%}" if isinstance(accuracy, float) else "—",
    }
