"""What a reader sees at an address where there is no page, and in place of a page that failed."""

from fastapi import Request, Response
from fastapi.exception_handlers import http_exception_handler
from nicegui import Client, app, ui
from starlette.exceptions import HTTPException

from hondo.core.errors import HondoError
from hondo.core.language import tr
from hondo.lab.frame import frame
from hondo.lab.parts import element, link, text
from hondo.lab.speech import spoken

_OF_PAGES = "/_nicegui/"  # what pages load: programs ask for it, not people


@app.exception_handler(404)
async def nowhere(request: Request, error: HTTPException) -> Response:
    """A page that says that there is none here."""
    if request.url.path.startswith(_OF_PAGES):
        return await http_exception_handler(request, error)
    with Client(ui.page(""), request=request) as client:
        _nowhere(request.url.path)
    return client.build_response(request, 404)


@spoken
def _nowhere(path: str) -> None:
    _show(
        tr("There is no page here", "Aquí no hay ninguna página"),
        tr(f"Nothing is at the address {path}.", f"No hay nada en la dirección {path}."),
    )


@app.on_page_exception
@spoken
def failed(error: Exception) -> None:
    """A page that says what kept the one that was asked for from being shown."""
    if isinstance(error, HondoError):
        about = [error.message[:1].upper() + error.message[1:], error.hint]
    else:
        about = [
            tr(
                f"An internal error in Hondo: {type(error).__name__}. Your runs and data are as they were.",
                f"Un error interno de Hondo: {type(error).__name__}. Sus experimentos y datos siguen como estaban.",
            )
        ]
    _show(tr("This page could not be shown", "No se pudo mostrar esta página"), *about)


def _show(title: str, *about: str) -> None:
    with frame(title, ""):
        text("h1", title)
        for words in filter(None, about):
            text("p", words, "lede")
        with element("div", "row"):
            link(tr("Go to the first page", "Ir a la página de inicio"), "/", "button primary")
            link(tr("Open the guide", "Abrir la guía"), "/guide", "button")
