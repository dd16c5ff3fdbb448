"""An address for others, with ticks for what it hides, and the keys that work on the page."""

import functools
from typing import Any

from nicegui import ui

from hondo.core.language import tr
from hondo.lab.pages.playground.address import HIDEABLE
from hondo.lab.pages.playground.bench import Bench
from hondo.lab.pages.playground.take import copy
from hondo.lab.pages.playground.words import label
from hondo.lab.parts import button, element, fill, open_dialog, text
from hondo.lab.speech import spoken
from hondo.playground.own import MOST_IN_ADDRESS
from hondo.playground.setup import OWN


def share_button(bench: Bench) -> None:
    """Opens the window that makes an address."""
    if bench.desk.shows("share"):
        button(tr("Share", "Compartir"), functools.partial(_share, bench))


async def _share(bench: Bench) -> None:
    origin = await ui.run_javascript("window.location.origin", timeout=5)
    hidden = set(bench.view.hide)

    def address() -> str:
        return f"{origin}{bench.address(frozenset(hidden))}"

    with bench.window(tr("Share this network", "Compartir esta red")) as window:
        text(
            "p",
            tr(
                "Whoever opens this address sees this network from its first weights, with what you tick hidden.",
                "Quien abra esta dirección verá esta red desde sus pesos iniciales, sin lo que marque aquí.",
            ),
            "note",
        )
        if bench.setup.data == OWN and len(bench.session.own) > MOST_IN_ADDRESS:
            text(
                "p",
                tr(
                    "These points are too many for an address; give them as CSV.",
                    "Estos puntos son demasiados para una dirección; delos como CSV.",
                ),
                "message bad",
            )
        shown = element("input", "field address", type="text", readonly=True, aria_label=tr("Address", "Dirección"))
        shown.props["defaultValue"] = address()
        with element("fieldset", "hiding"):
            text("legend", tr("Hide", "Ocultar"))
            for name in HIDEABLE:
                _tick(name, hidden, lambda: fill(shown, address()))
        with ui.element("div").classes("row"):
            button(tr("Copy the address", "Copiar la dirección"), lambda: copy(address()), kind="primary small")
    open_dialog(window)


def _tick(name: str, hidden: set[str], changed: Any) -> None:
    def flip(event: Any) -> None:
        (hidden.add if event.args else hidden.discard)(name)
        changed()

    with element("label", "tick"):
        made = element("input", type="checkbox", checked=name in hidden)
        made.on("change", spoken(flip), js_handler="(event) => emit(event.target.checked)")
        text("span", label(name))
        text("code", name)


def keys_button(bench: Bench) -> None:
    """Opens the list of keys."""
    button(tr("Keys", "Teclas"), functools.partial(_keys, bench))


def _keys(bench: Bench) -> None:
    keys = (
        (tr("Space", "Espacio"), tr("play or pause", "iniciar o pausar")),
        ("→", tr("one batch further", "un lote más")),
        (tr("Shift →", "Mayús →"), tr("one epoch further", "una época más")),
        ("←", tr("one batch back", "un lote atrás")),
        (tr("Shift ←", "Mayús ←"), tr("one epoch back", "una época atrás")),
        (
            tr("Tab", "Tabulador"),
            tr("from neuron to neuron: its map is enlarged", "de neurona en neurona: su mapa se agranda"),
        ),
        (
            tr("Enter", "Intro"),
            tr("on a neuron: edit its bias and weights", "en una neurona: editar su sesgo y sus pesos"),
        ),
        (tr("Escape", "Esc"), tr("close what is open", "cerrar lo que está abierto")),
        (
            tr("Arrows, Enter", "Flechas, Intro"),
            tr("on the map of your own points: move, draw", "en el mapa de puntos propios: mover, dibujar"),
        ),
    )
    with bench.window(tr("Keys", "Teclas")) as window:
        text(
            "p",
            tr("They work wherever nothing is being typed.", "Funcionan siempre que no se esté escribiendo."),
            "note",
        )
        with ui.element("dl").classes("keys"):
            for key, meaning in keys:
                text("dt", key)
                text("dd", meaning)
    open_dialog(window)
