"""What all pages of the lab share: language and theme of the reader, the head with its navigation, the style sheet."""

import functools
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nicegui import ui

from hondo.core.language import Language, language, tr, use_language
from hondo.lab.security import LANGUAGE_COOKIE

_CSS = Path(__file__).with_name("lab.css")
THEMES, THEME_COOKIE = ("auto", "light", "dark"), "hondo-theme"
_SPOKEN = "hondo_language"  # what a page remembers of its reader


def readers_language() -> Language:
    """The language in which this page was built; while it is built, that of its request."""
    return getattr(ui.context.client, _SPOKEN, None) or language()


def spoken(build: Callable[..., Any]) -> Callable[..., Any]:
    """Let a page, or a handler of it, speak the language in which the page was asked for."""

    def chosen() -> Language:
        client, now = ui.context.client, readers_language()
        setattr(client, _SPOKEN, now)
        return now

    if inspect.iscoroutinefunction(build):

        @functools.wraps(build)
        async def speak_later(*given: Any, **named: Any) -> Any:
            with use_language(chosen()):
                return await build(*given, **named)

        return speak_later

    @functools.wraps(build)
    def speak(*given: Any, **named: Any) -> Any:
        with use_language(chosen()):
            return build(*given, **named)

    return speak


@contextmanager
def frame(title: str, active: str) -> Iterator[None]:
    """A page: its head, and a main part to be filled in the block.

    Args:
        title: of the page, for the browser's tab.
        active: the address of the entry in the navigation that it belongs to.
    """
    theme = _theme()
    ui.page_title(f"{title} · Hondo")
    ui.add_css(_CSS.read_text(encoding="utf-8"))
    ui.dark_mode({"auto": None, "light": False, "dark": True}.get(theme))
    ui.run_javascript(f"document.documentElement.lang = '{language()}'")
    with ui.element("div").classes("lab"):
        with ui.element("header").classes("head"):
            link("Hondo", "/").classes("brand")
            with ui.element("nav").props(f'aria-label="{tr("Main", "Principal")}"'):
                for address, name in _entries():
                    here = 'aria-current="page"' if address == active else ""
                    link(name, address).props(here)
            with ui.element("div").classes("choices"):
                _choices(theme)
        with ui.element("main").props("id=main"):
            yield


def link(text: str, address: str) -> Any:
    """A plain link, without a widget's look."""
    with ui.element("a").props(f'href="{address}"') as made:
        ui.label(text)
    return made


def text(kind: str, words: str, classes: str = "") -> Any:
    """An element of some kind (``h1``, ``p`` …) with text in it, which is never read as markup."""
    with ui.element(kind).classes(classes) as made:
        ui.label(words)
    return made


def button(words: str, act: Callable[[], Any], *, kind: str = "") -> Any:
    """A button of the lab's own look."""
    made = ui.element("button").classes(f"button {kind}").props('type="button"').on("click", spoken(act))
    with made:
        ui.label(words)
    return made


def _entries() -> list[tuple[str, str]]:
    return [
        ("/", tr("Home", "Inicio")),
        ("/experiments", tr("Experiments", "Experimentos")),
        ("/playground", tr("Playground", "Campo de juego")),
        ("/predict", tr("Predict", "Predecir")),
    ]


def _choices(theme: str) -> None:
    other: Language = "en" if language() == "es" else "es"
    name = {"en": "English", "es": "Español"}[other]
    following = THEMES[(THEMES.index(theme) + 1) % len(THEMES)] if theme in THEMES else "auto"
    called = {
        "auto": tr("System theme", "Tema del sistema"),
        "light": tr("Light", "Claro"),
        "dark": tr("Dark", "Oscuro"),
    }
    button(called.get(theme, called["auto"]), lambda: _choose(THEME_COOKIE, following), kind="quiet")
    button(name, lambda: _choose(LANGUAGE_COOKIE, other), kind="quiet")


def _theme() -> str:
    request = ui.context.client.request
    chosen = request.cookies.get(THEME_COOKIE, "auto") if request is not None else "auto"
    return chosen if chosen in THEMES else "auto"


def _choose(cookie: str, value: str) -> None:
    ui.run_javascript(
        f"document.cookie = '{cookie}={value}; path=/; max-age=31536000; samesite=strict'; location.reload()"
    )
