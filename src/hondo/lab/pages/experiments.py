"""All experiments: those that were run, to be searched, and those that come with Hondo, to be started."""

from collections.abc import Sequence
from typing import Any

from nicegui import ui

from hondo.core.language import tr
from hondo.experiments.specs import builtin
from hondo.lab.frame import frame
from hondo.lab.here import here
from hondo.lab.launching import start
from hondo.lab.pages.runs import follow, table
from hondo.lab.parts import button, text
from hondo.lab.speech import spoken
from hondo.store.listing import list_page
from hondo.store.records import RunRecord

PAGE = 50


@ui.page("/experiments")
@spoken
def experiments() -> None:
    """A table of runs with a search, and the built-in experiments below."""
    with frame(tr("Experiments", "Experimentos"), "/experiments"):
        text("h1", tr("Experiments", "Experimentos"))
        sought = {"text": ""}

        def search(event: Any) -> None:
            sought["text"] = str(event.args or "").strip()
            look()

        with ui.element("div").classes("row"):
            hint = tr("Search by name", "Buscar por nombre")
            field = ui.element("input").classes("search")
            field.props(f'type="search" placeholder="{hint}" aria-label="{hint}"')
            field.on("input", spoken(search), js_handler="(event) => emit(event.target.value)", throttle=0.2)
        look = follow(lambda: _read(sought["text"]), _show)
        text("h2", tr("Ready to run", "Listos para ejecutar"))
        with ui.element("div").classes("scroll"), ui.element("table").classes("runs"), ui.element("tbody"):
            for name in builtin.names():
                _offer(name)


def _read(sought: str) -> Sequence[RunRecord]:
    return list_page(here(), search=sought, size=PAGE).runs


def _offer(name: str) -> None:
    with ui.element("tr"):
        text("td", name)
        text("td", builtin.about(name), "wide")
        with ui.element("td").classes("number"):
            button(tr("Run", "Ejecutar"), lambda: start(name))


def _show(found: Sequence[RunRecord]) -> None:
    if found:
        table(found)
        if len(found) == PAGE:
            text("p", tr(f"The latest {PAGE}; search for others.", f"Los {PAGE} últimos; busque los demás."), "empty")
    else:
        text("p", tr("No experiment yet, or none matches.", "Aún no hay experimentos, o ninguno coincide."), "empty")
