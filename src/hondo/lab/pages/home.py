"""The first page: what was going on, and one obvious next step."""

from collections.abc import Sequence

from nicegui import ui

from hondo.core.language import tr
from hondo.lab.frame import frame
from hondo.lab.here import here
from hondo.lab.launching import start
from hondo.lab.pages.runs import follow, table
from hondo.lab.parts import button, link, text
from hondo.lab.speech import spoken
from hondo.store.listing import list_page
from hondo.store.records import RunRecord

FIRST, SHOWN = "digits-mlp", 5


@ui.page("/")
@spoken
def home() -> None:
    """Running and latest experiments; for newcomers, the whole flow in one click."""
    with frame(tr("Home", "Inicio"), "/"):
        text("h1", tr("Deep learning that runs", "Aprendizaje profundo en marcha"))
        text(
            "p",
            tr(
                "From a data set to predictions, on your own machine, with everything recorded.",
                "De un conjunto de datos a las predicciones, en su propio ordenador, y todo queda registrado.",
            ),
            "lede",
        )
        follow(_latest, _show)


def _latest() -> Sequence[RunRecord]:
    return list_page(here(), size=SHOWN).runs


def _show(latest: Sequence[RunRecord]) -> None:
    going = next((run for run in latest if run.status in ("running", "queued")), None)
    with ui.element("div").classes("row"):
        if going is not None:
            link(tr(f"Watch {going.name}", f"Ver {going.name}"), f"/runs/{going.name}").classes("button primary")
        else:
            button(_invitation(new=not latest), lambda: start(FIRST), kind="primary")
        if latest:
            link(tr("All experiments", "Todos los experimentos"), "/experiments").classes("button")
        else:
            link(tr("Playground", "Campo de juego"), "/playground").classes("button")
    if latest:
        text("h2", tr("Latest experiments", "Últimos experimentos"))
        table(latest)


def _invitation(*, new: bool) -> str:
    if new:
        return tr("Train on real handwritten digits", "Entrenar con dígitos manuscritos reales")
    return tr("Train on the digits again", "Entrenar otra vez con los dígitos")
