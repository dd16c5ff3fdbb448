"""All data sets: those that Hondo knows, those that were uploaded, and the place to upload more."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
from nicegui import ui

from hondo.core.errors import HondoError
from hondo.core.language import tr
from hondo.data import catalogue
from hondo.data.catalogue import Entry
from hondo.data.dataset import Dataset
from hondo.data.thumbnails import shows_pictures
from hondo.experiments.report.wording import count, times
from hondo.experiments.report.wording import spoken as worded
from hondo.lab.frame import frame
from hondo.lab.here import here
from hondo.lab.islands.drop import Drop
from hondo.lab.pages.data.figures import cloud_svg
from hondo.lab.pages.data.pictures import address
from hondo.lab.pages.data.shelf import find, open_source, uploads, without_folder
from hondo.lab.pages.data.words import file_size
from hondo.lab.parts import element, text
from hondo.lab.speech import aside, spoken

_STRIP = 5  # pictures on a card


@dataclass(frozen=True)
class Cover:
    """What a card shows of a data set: pictures by their addresses, or a drawing; and a line about its size."""

    pictures: tuple[str, ...] = ()
    svg: str = ""
    line: str = ""


@ui.page("/data")
@spoken
def data_page() -> None:
    """The page; its cards are there at once and get their pictures one after the other."""
    with frame(tr("Data", "Datos"), "/data", "data"):
        text("h1", tr("Data", "Datos"))
        text(
            "p",
            tr(
                "Look at data before you train on them. Yours stay on this machine.",
                "Mire los datos antes de entrenar con ellos. Los suyos no salen de este equipo.",
            ),
            "lede",
        )
        Drop(spoken(lambda name: ui.navigate.to(f"/data/{quote(name)}")))
        waiting: list[tuple[str, Any, Any]] = []
        entries = [catalogue.entry(name) for name in catalogue.names()]
        if mine := uploads(here()):
            text("h2", tr("Yours", "Los suyos"))
            with element("div", "sets"):
                waiting.extend(_upload_card(path) for path in mine)
        for where, title in (
            ("ready", tr("Ready to use", "Listos para usar")),
            ("fetched", tr("Classics, downloaded once", "Clásicos, que se descargan una vez")),
        ):
            text("h2", title)
            with element("div", "sets"):
                waiting.extend(_known_card(entry) for entry in entries if entry.where == where)

        async def fill() -> None:
            await _fill(waiting)

        ui.timer(0.05, spoken(fill), once=True)


def _known_card(entry: Entry) -> tuple[str, Any, Any]:
    return _card(entry.name, entry.about, f"{worded(entry.kind)} · {worded(entry.task)}")


def _upload_card(path: Path) -> tuple[str, Any, Any]:
    return _card(path.name, "", f"{path.suffix[1:].upper()} · {file_size(path.stat().st_size)}")


def _card(name: str, about: str, line: str) -> tuple[str, Any, Any]:
    """A card that leads to a data set; returns its name, and the places of its cover and of its last line."""
    with element("a", "set", href=f"/data/{quote(name)}"):
        cover = element("div", "cover", aria_hidden="true")
        text("strong", name)
        if about:
            text("span", about, "about")
        with element("span", "line"):
            label = ui.label(line)
    return name, cover, label


async def _fill(waiting: list[tuple[str, Any, Any]]) -> None:
    """Give the cards their covers."""
    for name, place, label in waiting:
        try:
            found = await aside(_cover, name)
        except HondoError as error:
            label.set_text(without_folder(error.message))
            place.classes("absent")
            continue
        if found is None or place.is_deleted:
            return
        if found.line:
            label.set_text(f"{label.text} · {found.line}")
        if not found.pictures and not found.svg:
            place.classes("absent")
        with place:
            for each in found.pictures:
                element("img", src=each, alt="", loading="lazy")
            if found.svg:
                ui.html(found.svg, sanitize=False)


def _cover(name: str) -> Cover:
    """What a card shows; takes a while the first time."""
    if name in catalogue.names() and not catalogue.is_available(name):
        return Cover(line=tr("not on this machine yet", "aún no está en este equipo"))
    source = find(here(), name)
    dataset = open_source(source).dataset
    line = " · ".join(part for part in (_samples(dataset), _shape(dataset)) if part)
    if shows_pictures(dataset.input_shape):
        return Cover(tuple(address(source, "train", row) for row in _chosen(dataset)), "", line)
    return Cover((), cloud_svg(dataset, name) if dataset.kind == "table" else "", line)


def _samples(dataset: Dataset) -> str:
    total = count(sum(map(len, dataset.splits.values())))
    return tr(f"{total}\u00a0samples", f"{total}\u00a0muestras")


def _shape(dataset: Dataset) -> str:
    if dataset.kind == "table":
        columns = len(dataset.features)
        return tr(f"{columns}\u00a0columns", f"{columns}\u00a0columnas")
    return times(dataset.input_shape).replace(" ", "\u00a0")


def _chosen(dataset: Dataset) -> list[int]:
    """A sample of each of the first classes."""
    y = dataset.train.y
    if dataset.task == "regression":
        return list(range(min(_STRIP, len(y))))
    _, first = np.unique(y, return_index=True)
    return [int(row) for row in first[:_STRIP]]
