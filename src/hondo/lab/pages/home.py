"""The first page: what was going on, and one obvious next step."""

from nicegui import ui

from hondo.core.language import tr
from hondo.lab.frame import button, frame, link, spoken, text
from hondo.lab.launching import start
from hondo.lab.pages.runs import table
from hondo.store.runs import list_runs
from hondo.store.workspace import open_workspace

FIRST, SHOWN = "digits-mlp", 5


@ui.page("/")
@spoken
def home() -> None:
    """Running and latest experiments; for newcomers, the whole flow in one click."""
    with open_workspace() as workspace:
        latest = list_runs(workspace, limit=SHOWN)
    running = [run for run in latest if run.status in ("running", "queued")]
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
        with ui.element("div").classes("row"):
            if running:
                go = link(tr(f"Watch {running[0].name}", f"Ver {running[0].name}"), f"/runs/{running[0].name}")
                go.classes("button primary")
            else:
                button(_invitation(new=not latest), lambda: start(FIRST), kind="primary")
            if latest:
                link(tr("All experiments", "Todos los experimentos"), "/experiments").classes("button")
        if latest:
            text("h2", tr("Latest experiments", "Últimos experimentos"))
            table(latest)


def _invitation(*, new: bool) -> str:
    if new:
        return tr("Train on real handwritten digits", "Entrenar con dígitos manuscritos reales")
    return tr("Train on the digits again", "Entrenar otra vez con los dígitos")
