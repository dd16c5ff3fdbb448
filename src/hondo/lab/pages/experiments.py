"""All experiments: those that were run, to be searched, and those that come with Hondo, to be started."""

from typing import Any

from nicegui import ui

from hondo.core.language import tr
from hondo.experiments.specs import builtin
from hondo.lab.frame import button, frame, spoken, text
from hondo.lab.launching import start
from hondo.lab.pages.runs import status_words, table
from hondo.store.records import RunRecord
from hondo.store.runs import list_runs
from hondo.store.workspace import open_workspace

PAGE = 50


@ui.page("/experiments")
@spoken
def experiments() -> None:
    """A table of runs with a search, and the built-in experiments below."""
    with frame(tr("Experiments", "Experimentos"), "/experiments"):
        text("h1", tr("Experiments", "Experimentos"))
        with open_workspace() as workspace:
            runs = list_runs(workspace)
        place: Any = None
        if runs:
            with ui.element("div").classes("row"):
                sought = ui.element("input").classes("search")
                hint = tr("Search by name or status", "Buscar por nombre o estado")
                sought.props(f'type="search" placeholder="{hint}" aria-label="{hint}"')
            place = ui.element("div")
            sought.on(
                "input",
                spoken(lambda event: _show(place, runs, str(event.args or ""))),
                js_handler="(event) => emit(event.target.value)",
                throttle=0.2,
            )
            _show(place, runs, "")
        text("h2", tr("Ready to run", "Listos para ejecutar"))
        with ui.element("div").classes("scroll"), ui.element("table").classes("runs"), ui.element("tbody"):
            for name in builtin.names():
                _offer(name)


def _offer(name: str) -> None:
    with ui.element("tr"):
        text("td", name)
        text("td", builtin.about(name), "wide")
        with ui.element("td").classes("number"):
            button(tr("Run", "Ejecutar"), lambda: start(name))


def _show(place: Any, runs: list[RunRecord], sought: str) -> None:
    wanted = sought.strip().lower()
    found = [run for run in runs if wanted in f"{run.name} {run.status} {status_words(run)[0]}".lower()]
    place.clear()
    with place:
        if found:
            table(found[:PAGE])
        else:
            text("p", tr("No experiment matches.", "Ningún experimento coincide."), "empty")
        if len(found) > PAGE:
            left = len(found) - PAGE
            text("p", tr(f"{left} more: search for them.", f"{left} más: búsquelos."), "empty")
