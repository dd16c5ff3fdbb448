"""Twins: two networks side by side that differ in one setting, so that what differs then is that setting's doing."""

import functools
from typing import Any

from nicegui import ui

from hondo.core.language import tr
from hondo.lab.pages.playground.bench import Bench
from hondo.lab.pages.playground.controls import card
from hondo.lab.pages.playground.panels import RATES
from hondo.lab.pages.playground.words import label, value_text
from hondo.lab.parts import attribute, button, select, text
from hondo.playground.setup import CHOICES, CLASS_OUTPUTS, INPUTS, NUMBER_SETS, OWN, Setup

_NETWORKS = ((), (2,), (4,), (8,), (4, 2), (8, 8), (4, 4, 4), (8, 8, 8))
_BATCHES = (1, 5, 10, 30, 100, 1000)


def twins_card(bench: Bench) -> None:
    """Choose the setting and its other value."""
    if not bench.desk.shows("twins"):
        return
    twin = bench.session.twin
    chosen: dict[str, Any] = {"name": twin[0] if twin else "learning_rate", "value": twin[1] if twin else None}
    about = tr(
        "Two networks from the same first weights on the same batches. Which setting differs?",
        "Dos redes con los mismos pesos iniciales y los mismos lotes. ¿En qué ajuste difieren?",
    )
    with card("twins", about):
        choosing = ui.element("div").classes("columns")
        with ui.element("div").classes("row"):
            button(tr("Compare", "Comparar"), functools.partial(_start, bench, chosen), kind="primary small")
            end = button(tr("One network again", "De nuevo una sola red"), functools.partial(bench.change_twin, None))
        said = text("p", "", "note")

    def build() -> None:
        choosing.clear()
        with choosing:
            _choosing(bench, chosen)

    seen: list[Any] = [None]

    def bring() -> None:
        attribute(end, hidden=bench.session.twin is None)
        said.default_slot.children[0].set_text(_said(bench))
        if seen[0] != bench.setup:  # the other values are others now
            seen[0] = bench.setup
            build()

    bench.desk.keep(bring)


def _choosing(bench: Bench, chosen: dict[str, Any]) -> None:
    values = other_values(bench.setup)
    if chosen["name"] not in values:
        chosen["name"] = next(iter(values))
    room: list[Any] = []

    def rename(name: str) -> None:
        chosen["name"] = name
        room[0].clear()
        with room[0]:
            _second(bench, chosen, values[name])

    select(tr("setting", "ajuste"), {each: label(each) for each in values}, chosen["name"], rename)
    room.append(ui.element("div"))
    rename(chosen["name"])


def _second(bench: Bench, chosen: dict[str, Any], listed: list[Any]) -> None:
    """The list of values that B may have."""
    name = chosen["name"]
    if chosen["value"] not in listed:
        chosen["value"] = listed[min(_default(bench.setup, name, listed), len(listed) - 1)]
    first = value_text(name, getattr(bench.setup, name))
    select(
        tr(f"A has {first}; B has", f"A tiene {first}; B tiene"),
        {each: value_text(name, each) for each in listed},
        chosen["value"],
        functools.partial(chosen.__setitem__, "value"),
    )


def other_values(setup: Setup) -> dict[str, list[Any]]:
    """For each setting in which a twin may differ, the values that it may have instead."""
    found: dict[str, list[Any]] = {
        "learning_rate": list(RATES),
        "activation": list(CHOICES["activation"]),
        "optimizer": list(CHOICES["optimizer"]),
        "initialisation": list(CHOICES["initialisation"]),
        "regularisation": list(CHOICES["regularisation"]),
        "batch_size": list(_BATCHES),
        "hidden": list(_NETWORKS),
        "inputs": [("x1", "x2"), ("x1", "x2", "x1^2", "x2^2"), ("x1", "x2", "x1x2"), INPUTS],
    }
    if setup.regularisation != "none":
        found["regularisation_rate"] = [0.0, *RATES]
    if setup.problem == "classification" and setup.classes == 2:
        found["output"] = list(CLASS_OUTPUTS)
    if setup.data != OWN:
        found["noise"] = [0.0, 0.1, 0.25, 0.5]
        found["train_share"] = [0.1, 0.3, 0.5, 0.7, 0.9]
    if setup.data not in (*NUMBER_SETS, OWN):
        found["seed"] = [setup.seed + number for number in range(1, 4)]
    return {name: [each for each in values if each != getattr(setup, name)] for name, values in found.items()}


def _default(setup: Setup, name: str, listed: list[Any]) -> int:
    """A value that shows a difference: the next larger one where there is an order."""
    if name not in ("learning_rate", "noise", "train_share", "batch_size", "regularisation_rate"):
        return 0
    larger = [place for place, value in enumerate(listed) if value > getattr(setup, name)]
    return larger[0] if larger else len(listed) - 1


def _said(bench: Bench) -> str:
    session = bench.session
    if len(session.histories) < 2:
        return ""
    if session.same_start:
        return tr("Both began with the same weights.", "Ambas empezaron con los mismos pesos.")
    return tr(
        "Their first weights differ, as this setting demands.", "Sus pesos iniciales difieren, como pide este ajuste."
    )


async def _start(bench: Bench, chosen: dict[str, Any]) -> None:
    bench.playing(False)
    await bench.change_twin((chosen["name"], chosen["value"]))
