"""The first page: what was going on, and one obvious next step."""

from collections.abc import Sequence
from urllib.parse import quote, urlencode

from nicegui import ui

from hondo.core.errors import HondoError
from hondo.core.language import tr
from hondo.experiments.specs import builtin
from hondo.lab.frame import frame
from hondo.lab.here import here
from hondo.lab.launching import start
from hondo.lab.pages.guide.contents import go_on, next_stop
from hondo.lab.pages.runs import follow, headline, said, status_words, table
from hondo.lab.parts import button, element, link, text
from hondo.lab.speech import spoken
from hondo.store.listing import list_page
from hondo.store.records import RunRecord

FIRST, SHOWN = "digits-mlp", 6
_GOING = ("running", "queued")
_LEARNED = ("complete", "stopped")


@ui.page("/")
@spoken
def home() -> None:
    """The guide, running and latest experiments; for newcomers, the whole flow in one click."""
    with frame(tr("Home", "Inicio"), "/", "experiments", "goon"):
        text("h1", tr("Deep learning that runs", "Aprendizaje profundo en marcha"))
        text(
            "p",
            tr(
                "From a data set to predictions, on your own machine, with everything recorded.",
                "De un conjunto de datos a las predicciones, en su propio ordenador, y todo queda registrado.",
            ),
            "lede",
        )
        _guide()
        follow(_latest, _show)
        _elsewhere()


def _guide() -> None:
    """The guide, where the reader left it."""
    try:
        stop = next_stop(here())
    except HondoError:  # the rest of the page does without it
        return
    if stop is not None:
        go_on(stop)


def _latest() -> Sequence[RunRecord]:
    return list_page(here(), size=SHOWN).runs


def _show(latest: Sequence[RunRecord]) -> None:
    going = [run for run in latest if run.status in _GOING]
    with element("section", "next", aria_label=tr("What to do next", "Qué hacer ahora")):
        if going:
            _watch(going)
        elif latest:
            _go_on(latest)
        else:
            _begin()
    if latest:
        with ui.element("div").classes("titled"):
            text("h2", tr("Latest experiments", "Últimos experimentos"))
            link(tr("All experiments", "Todos los experimentos"), "/experiments", "quiet")
        table(latest)


def _begin() -> None:
    text(
        "p",
        tr(
            "Nothing has been trained here yet. The first network learns to read digits in a few seconds.",
            "Aquí todavía no se ha entrenado nada. La primera red aprende a leer dígitos en unos segundos.",
        ),
    )
    with ui.element("div").classes("row"):
        words = tr("Train on real handwritten digits", "Entrenar con dígitos manuscritos reales")
        button(words, lambda: start(FIRST), kind="primary")
        link(tr("Playground", "Campo de juego"), "/playground", "button")


def _watch(going: Sequence[RunRecord]) -> None:
    for run in going:
        words, tone = status_words(run)
        share = min(1.0, run.epochs_done / run.epochs) if run.epochs else 0.0
        with ui.element("div").classes("going"):
            said("strong", run.name)
            said("span", words, f"status {tone}")
            about = tr(f"Epochs of {run.name}", f"Épocas de {run.name}")
            with element("div", "bar", role="progressbar", aria_valuenow=str(round(100 * share)), aria_valuemin="0",
                         aria_valuemax="100", aria_label=about):  # fmt: skip
                ui.element("div").style(f"width: {share:.1%}")
            said("span", f"{run.epochs_done}/{run.epochs or '—'}", "quiet")
    name = going[0].name
    with ui.element("div").classes("row"):
        link(tr(f"Watch {name}", f"Ver {name}"), f"/runs/{quote(name)}", "button primary")
        link(tr("Begin another", "Empezar otro"), "/experiments/new", "button")


def _go_on(latest: Sequence[RunRecord]) -> None:
    run = latest[0]
    value, called = headline(run)
    ended = status_words(run)[0]
    if run.status in _LEARNED:
        words = tr(f"{run.name} is {ended}", f"{run.name}: {ended}")
        text("p", f"{words}: {value} {called}." if value else f"{words}.")
    else:
        text("p", f"{run.name}: {ended}. {run.message}")
    learned = [each for each in latest if each.status in _LEARNED]
    with ui.element("div").classes("row"):
        if run.status in _LEARNED:
            words = tr(f"Predict with {run.name}", f"Predecir con {run.name}")
            link(words, f"/predict?{urlencode({'run': run.name})}", "button primary")
        else:
            link(tr("See what happened", "Ver qué ocurrió"), f"/runs/{quote(run.name)}", "button primary")
        link(
            tr("Try a variation", "Probar una variante"), f"/experiments/new?{urlencode({'from': run.name})}", "button"
        )
        if len(learned) > 1:
            names = ",".join(each.name for each in learned[:3])
            words = tr("Compare the latest", "Comparar los últimos")
            link(words, f"/experiments/compare?{urlencode({'runs': names})}", "button")
        button(tr("Train on the digits again", "Entrenar otra vez con los dígitos"), lambda: start(FIRST))


def _elsewhere() -> None:
    count = len(builtin.names())
    places = [
        ("/playground", tr("Playground", "Campo de juego"),
         tr("Small networks on points of a plane, seen neuron by neuron.",
            "Redes pequeñas sobre puntos de un plano, vistas neurona a neurona.")),
        ("/data", tr("Data", "Datos"),
         tr("Look at data sets, or bring your own.", "Mire los conjuntos de datos o traiga los suyos.")),
        ("/experiments/new", tr("New experiment", "Nuevo experimento"),
         tr(f"{count} to begin with, or one of your own.", f"{count} para empezar, o uno propio.")),
    ]  # fmt: skip
    with ui.element("div").classes("starts elsewhere"):
        for address, title, about in places:
            with element("a", "start", href=address):
                said("strong", title)
                said("span", about, "quiet")
