"""The two pages at the guide's end: its bibliography and its glossary."""

from collections.abc import Callable

from nicegui import ui

from hondo.core.language import tr
from hondo.guide.render.references import bibliography_html, glossary_html
from hondo.lab.frame import frame
from hondo.lab.islands.reading import Reading
from hondo.lab.pages.runs import said
from hondo.lab.parts import element, link, text
from hondo.lab.speech import aside, spoken


@ui.page("/guide/references")
@spoken
async def references() -> None:
    """The works that the chapters cite."""
    about = tr(
        "The works that the chapters cite, by their first authors.",
        "Las obras que citan los capítulos, por su primer autor.",
    )
    await _page(tr("Bibliography", "Bibliografía"), about, bibliography_html)


@ui.page("/guide/glossary")
@spoken
async def glossary() -> None:
    """The terms that the chapters use."""
    about = tr(
        "The field's terms, each in one sentence, with its name in Spanish.",
        "Los términos del campo, cada uno en una frase, con su nombre en inglés.",
    )
    await _page(tr("Glossary", "Glosario"), about, glossary_html)


def trail(*further: str) -> None:
    """The way back to the contents, and where one is beneath them."""
    with element("nav", "trail", aria_label=tr("Path", "Ruta")):
        link(tr("Guide", "Guía"), "/guide")
        for each in further:
            said("span", each)


async def _page(title: str, about: str, made: Callable[[], str]) -> None:
    listed = await aside(made)
    with frame(title, "/guide", "guide", "goon"):
        trail()
        text("h1", title)
        text("p", about, "lede")
        ui.html(listed, sanitize=False).classes("prose listing")
        Reading(lambda _: None, lambda _: None, lambda _: None)
