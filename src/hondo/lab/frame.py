"""What all pages of the lab share: the head with its navigation, language and theme of the reader, the style sheets."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from nicegui import ui

from hondo.core.language import Language, language, tr
from hondo.lab.islands.theme import Theme
from hondo.lab.parts import attribute, button, element, link, toasts
from hondo.lab.security import LANGUAGE_COOKIE

_EVERYWHERE = ("base", "runs")
THEMES, THEME_COOKIE = ("auto", "light", "dark"), "hondo-theme"


@contextmanager
def frame(title: str, active: str, *sheets: str, wide: bool = False) -> Iterator[None]:
    """A page: its head, and a main part to be filled in the block.

    Args:
        title: of the page, for the browser's tab.
        active: the address of the entry in the navigation that it belongs to.
        sheets: the page's own style sheets of the folder ``styles``, beside those that all pages have. Each page has
            its own, so that one page's names need not differ from another's.
        wide: whether the main part may use the whole window.
    """
    theme = readers_theme()
    ui.page_title(f"{title} · Hondo")
    ui.add_css(_styles((*_EVERYWHERE, *sheets)))
    Theme({"auto": None, "light": False, "dark": True}.get(theme))
    ui.run_javascript(f"document.documentElement.lang = '{language()}'")
    with ui.element("div").classes("lab"):
        link(tr("Skip to the content", "Saltar al contenido"), "#main").classes("skip")
        with ui.element("header").classes("head"):
            link("Hondo", "/").classes("brand")
            with element("nav", aria_label=tr("Main", "Principal")):
                for address, name in _entries():
                    attribute(link(name, address), aria_current="page" if address == active else None)
            with ui.element("div").classes("choices"):
                _choices(theme)
        toasts()  # first, because a page may have something to say while it is built
        with element("main", "wide" if wide else "", id="main"):
            yield


def readers_theme() -> str:
    """``auto``, ``light`` or ``dark``, as the reader chose."""
    request = ui.context.client.request
    chosen = request.cookies.get(THEME_COOKIE, "auto") if request is not None else "auto"
    return chosen if chosen in THEMES else "auto"


def choose(cookie: str, value: str) -> None:
    """Remember a choice of the reader's and show the page anew."""
    ui.run_javascript(
        f"document.cookie = '{cookie}={value}; path=/; max-age=31536000; samesite=strict'; location.reload()"
    )


def theme_names() -> dict[str, str]:
    """The themes in the reader's words."""
    return {
        "auto": tr("System theme", "Tema del sistema"),
        "light": tr("Light", "Claro"),
        "dark": tr("Dark", "Oscuro"),
    }


@cache
def _styles(names: tuple[str, ...]) -> str:
    folder = Path(__file__).with_name("styles")
    return "\n".join((folder / f"{name}.css").read_text(encoding="utf-8") for name in names)


def _entries() -> list[tuple[str, str]]:
    return [
        ("/", tr("Home", "Inicio")),
        ("/guide", tr("Guide", "Guía")),
        ("/playground", tr("Playground", "Campo de juego")),
        ("/data", tr("Data", "Datos")),
        ("/experiments", tr("Experiments", "Experimentos")),
        ("/predict", tr("Predict", "Predecir")),
        ("/settings", tr("Settings", "Ajustes")),
    ]


def _choices(theme: str) -> None:
    other: Language = "en" if language() == "es" else "es"
    name = {"en": "English", "es": "Español"}[other]
    following = THEMES[(THEMES.index(theme) + 1) % len(THEMES)]
    button(theme_names()[theme], lambda: choose(THEME_COOKIE, following), kind="quiet")
    button(name, lambda: choose(LANGUAGE_COOKIE, other), kind="quiet")
