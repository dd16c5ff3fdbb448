"""A slice of the loss's surface around the present weights, computed beside the pages when it is asked for."""

import functools
from typing import Any

import numpy as np
from nicegui import ui

from hondo.core.language import tr
from hondo.lab.islands.surface import Surface
from hondo.lab.pages.playground.bench import Bench
from hondo.lab.pages.playground.controls import card
from hondo.lab.parts import button, select, text
from hondo.lab.speech import aside
from hondo.playground.views import loss_surface

_CELLS = 31
_REACHES = (0.25, 0.5, 1.0, 2.0)


def surface_card(bench: Bench) -> None:
    """Ask for a slice, and see it."""
    if not bench.desk.shows("surface"):
        return
    chosen: dict[str, Any] = {"reach": 1.0, "seed": 0}
    about = tr(
        "The training loss where the weights are, and around them.",
        "La pérdida de entrenamiento donde están los pesos y a su alrededor.",
    )
    with card("surface", about):
        with ui.element("div").classes("columns"):
            select(
                tr("how far, in lengths of the weights", "distancia, en longitudes de los pesos"),
                {each: f"±{each:g}" for each in _REACHES},
                chosen["reach"],
                functools.partial(chosen.__setitem__, "reach"),
            )
        with ui.element("div").classes("row"):
            button(tr("Draw it now", "Dibujarla ahora"), lambda: _draw(bench, chosen, room), kind="primary small")
            button(tr("Other directions", "Otras direcciones"), functools.partial(_turn, bench, chosen, lambda: room))
        room = ui.element("div").classes("surface-room")


async def _turn(bench: Bench, chosen: dict[str, Any], room: Any) -> None:
    chosen["seed"] += 1
    await _draw(bench, chosen, room())


async def _draw(bench: Bench, chosen: dict[str, Any], room: Any) -> None:
    history = bench.session.histories[bench.session.shown]
    training, state = history.training, history.state
    found: Any = await aside(loss_surface, training, state, _CELLS, chosen["reach"], chosen["seed"])
    if found is None:  # the server is closing
        return
    _, losses = found
    finite = losses[np.isfinite(losses)]
    room.clear()
    with room:
        if not len(finite):
            text("p", tr("The loss is no longer finite here.", "La pérdida ya no es finita aquí."), "note")
            return
        Surface(tr("Losses around the present weights", "Pérdidas alrededor de los pesos actuales"), losses)
        epoch = f"{training.epoch(state):,.1f}".rstrip("0").rstrip(".")
        middle, low, high = losses[_CELLS // 2, _CELLS // 2], finite.min(), finite.max()
        text(
            "p",
            tr(
                f"At epoch {epoch}: the loss is {middle:.3f} where the dot is; it lies between {low:.3f} (blue) and "
                f"{high:.3g} (pale). Lines join equal losses, on a logarithmic scale.",
                f"En la época {epoch}: la pérdida es {middle:.3f} donde está el punto; va de {low:.3f} (azul) a "
                f"{high:.3g} (pálido). Las líneas unen pérdidas iguales, en escala logarítmica.",
            ),
            "note",
        )
