"""The playground: a small network on points of a plane, watched while it learns."""

from nicegui import ui
from starlette.requests import Request

from hondo.core.errors import HondoError
from hondo.core.language import tr
from hondo.lab.frame import frame
from hondo.lab.pages.playground.address import View, from_address
from hondo.lab.pages.playground.bench import Bench
from hondo.lab.pages.playground.own import drawing_tools
from hondo.lab.pages.playground.panels import data_panel, layers_panel, settings, transport
from hondo.lab.pages.playground.session import Session
from hondo.lab.pages.playground.share import keys_button, share_button
from hondo.lab.pages.playground.surface import surface_card
from hondo.lab.pages.playground.take import export_card
from hondo.lab.pages.playground.twins import twins_card
from hondo.lab.pages.playground.words import help_of, label
from hondo.lab.parts import element, text
from hondo.lab.speech import aside, spoken
from hondo.playground.setup import OWN, Setup


@ui.page("/playground")
@spoken
async def playground(request: Request) -> None:
    """The page; its address holds the setup."""
    fault = ""
    try:
        setup, view = from_address(request.url.query)
        session = await aside(Session, setup, view.points, view.twin)
    except HondoError as error:
        setup, view, fault = Setup(), View(), str(error)
        session = await aside(Session, setup)
    if session is None:  # the server is closing
        return
    with frame(tr("Playground", "Campo de juego"), "/playground", "playground", wide=True):
        with ui.element("div").classes("playground-head"):
            text("h1", tr("Playground", "Campo de juego"))
            tools = ui.element("div").classes("tools")
        if fault:
            text("p", fault, "message bad")
        elif setup.data == OWN and not session.ready:
            text(
                "p",
                tr(
                    "Your own points are not in this address; draw new ones on the map.",
                    "Los puntos propios no están en esta dirección; dibuje otros en el mapa.",
                ),
                "message",
            )
        _bench(session, view, tools)


def _bench(session: Session, view: View, tools: ui.element) -> None:
    around = ui.element("div").classes("playground")
    with around:
        top, side = element("section", "transport", aria_label=label("play")), ui.element("div").classes("side")
        middle = ui.element("div").classes("middle")
        deeper = ui.element("section").classes("deeper")
    with middle:
        bench = Bench(session, view)
    with bench.stage:
        layers_panel(bench)
    with bench.stage.add_slot("under"):
        drawing_tools(bench)
        _looks(bench)
    with bench.stage.add_slot("learning"), ui.element("section").classes("learning"):
        settings(bench)
    for place, build in ((top, transport), (side, data_panel)):
        with place:
            build(bench)
    with deeper:
        for card in (twins_card, surface_card, export_card):
            card(bench)
    with tools:
        share_button(bench)
        keys_button(bench)


def _looks(bench: Bench) -> None:
    with ui.element("div").classes("ticks looks"):
        for name in ("test", "discrete", "gradients"):
            _look(bench, name)


def _look(bench: Bench, name: str) -> None:
    async def flip() -> None:
        await bench.look(**{name: not getattr(bench.view, name)})

    bench.desk.switch(name, label(name), lambda: getattr(bench.view, name), flip, help_of(name))
