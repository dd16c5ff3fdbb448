"""One data set: what it holds, how it is distributed, what augmentation would make of it, and how a spec names it."""

import os
import subprocess
import sys
from contextlib import suppress
from typing import Any
from urllib.parse import quote, urlencode

import yaml
from nicegui import ui

from hondo.core.errors import DataError, HondoError
from hondo.core.language import language, tr
from hondo.data import catalogue
from hondo.data.catalogue import Entry
from hondo.data.csv_stream import column_names
from hondo.experiments.report.wording import count
from hondo.experiments.report.wording import spoken as worded
from hondo.lab.frame import frame
from hondo.lab.here import here
from hondo.lab.pages.data import numbers
from hondo.lab.pages.data.augmenting import Augmenting
from hondo.lab.pages.data.samples import Samples
from hondo.lab.pages.data.shelf import Opened, Source, described, find, forget, opened, without_folder
from hondo.lab.pages.data.words import snippet
from hondo.lab.parts import (
    attribute,
    button,
    close_dialog,
    dialog,
    element,
    field,
    link,
    open_dialog,
    say_error,
    select,
    text,
)
from hondo.lab.speech import aside, spoken

_FETCH_SECONDS = 3600.0
_LONGEST_HINT = 600
_LISTED = 200  # columns; of more, the target's name is typed


@ui.page("/data/{name}")
@spoken
def dataset_page(name: str, target: str = "") -> None:
    """The page; what takes a while comes when it is there, and at once the next time."""
    with frame(name, "/data", "data"):
        link(tr("← All data", "← Todos los datos"), "/data", "back")
        text("h1", name)
        place = ui.element("div")
        known = _known(name, target)
        if known is not None:
            with place:
                _show(known)
            return
        with place:
            text("p", tr("Opening …", "Abriendo…"), "loading")

        async def fill() -> None:
            await _fill(place, name, target)

        ui.timer(0.05, spoken(fill), once=True)


def _known(name: str, target: str) -> Opened | None:
    """The data set, if it was opened and described before."""
    with suppress(HondoError):
        if name in catalogue.names() or target:
            found = opened(find(here(), name, target or None))
            return found if found is not None and "description" in vars(found) else None
    return None


async def _fill(place: Any, name: str, target: str) -> None:
    absent = None
    source: Source | None = None
    try:
        if name in catalogue.names() and not await aside(catalogue.is_available, name):
            absent = catalogue.entry(name)
            found = None
        else:
            source = await aside(find, here(), name, target or None)
            found = await aside(described, source) if source is not None else None
    except HondoError as error:
        place.clear()
        with place:
            _fault(error, source)
        return
    if place.is_deleted or (found is None and absent is None):
        return
    place.clear()
    with place:
        if absent is not None:
            _absent(absent)
        elif found is not None:
            _show(found)


def _fault(error: HondoError, source: Source | None) -> None:
    """Why it cannot be shown, and what can be done: another target, or removing it."""
    with element("div", "message bad", role="alert"):
        text("span", without_folder(error.message))
        hint = without_folder(error.hint)  # it may list thousands of columns
        text("span", hint if len(hint) <= _LONGEST_HINT else hint[:_LONGEST_HINT] + " …", "hint")
    if source is not None and source.table:
        _target_choice(source)
    if source is not None and source.path is not None:
        with element("div", "row"):
            _removal(source)


def _show(found: Opened) -> None:
    source, dataset, description = found.source, found.dataset, found.description
    with element("div", "opening"):
        with ui.element("div"):
            if source.entry is not None:
                text("p", source.entry.about, "lede")
            numbers.figures(dataset, description)
            if source.table:
                _target_choice(source)
        _use(source)
    text("h2", tr("Samples", "Muestras"))
    preview: list[Augmenting] = []
    pictures = dataset.kind == "image"
    Samples(found, (lambda place: preview[0].choose(place)) if pictures else None)
    with element("div", "" if dataset.kind == "table" else "beside"):
        if description.balance:
            with element("section", aria_label=tr("Classes", "Clases")):
                text("h2", tr("Classes", "Clases"))
                numbers.balance(dataset, description)
        with element("section", aria_label=tr("Values", "Valores")):
            text("h2", tr("Values", "Valores"))
            numbers.statistics(dataset, description)
    text("h2", tr("Duplicates", "Duplicados"))
    numbers.duplicates(source)
    if pictures:
        attribute(text("h2", tr("Augmentation", "Aumento de datos")), id="augmentation")
        text(
            "p",
            tr(
                "What training would see instead of the picture, drawn anew in each epoch.",
                "Lo que vería el entrenamiento en lugar de la imagen, distinto en cada época.",
            ),
            "quietly",
        )
        height, width = dataset.input_shape[:2]
        preview.append(Augmenting(source, (height, width), len(dataset.train)))
    _about(found)


def _about(found: Opened) -> None:
    """Where the data come from, and what had to be decided when they were read."""
    said = [without_folder(note) for note in found.dataset.notes]
    if found.source.entry is not None:
        said.append(tr("Source: ", "Origen: ") + found.source.entry.source)
    if said:
        text("h2", tr("Good to know", "Conviene saber"))
        with element("ul", "notes"):
            for each in said:
                text("li", each)


def _use(source: Source) -> None:
    """How a spec names it, and the way to an experiment with it."""
    query = {"data": source.name} | ({"target": source.target} if source.target is not None else {})
    with element("div", "use"):
        snippet(_yaml(source))
        with element("div", "row"):
            words = tr("New experiment with this data", "Nuevo experimento con estos datos")
            link(words, f"/experiments/new?{urlencode(query)}", "button primary")
            if source.path is not None:
                _removal(source)


def _yaml(source: Source) -> str:
    short = None if source.path is None else False  # one line, or one a key
    return yaml.safe_dump({"data": source.part}, default_flow_style=short, sort_keys=False, allow_unicode=True).strip()


def _target_choice(source: Source) -> None:
    """Which column is to be predicted; another one is another page."""
    with suppress(HondoError):
        columns = column_names(source.path) if source.path is not None else []
        label = tr("Column to predict", "Columna que se predice")

        def choose(column: str) -> None:
            ui.navigate.to(f"/data/{quote(source.name)}?{urlencode({'target': column})}")

        with element("div", "filters"):
            if len(columns) <= _LISTED:
                select(label, {column: column for column in columns}, source.target, choose)
            else:
                field(label, source.target or "", choose, at_end=True)


def _removal(source: Source) -> None:
    """A button that deletes an upload, once that was confirmed."""

    async def remove() -> None:
        try:
            await aside(_delete, source)
        except HondoError as error:
            say_error(error)
            return
        ui.navigate.to("/data")

    with dialog(tr(f"Delete {source.name}?", f"¿Eliminar {source.name}?")) as window:
        text(
            "p",
            tr(
                "The uploaded copy is deleted from this machine; your own file stays. Runs that used it keep their "
                "results, but can no longer be resumed.",
                "Se elimina la copia subida a este equipo; su propio archivo permanece. Los experimentos que la usaron "
                "conservan sus resultados, pero ya no se podrán reanudar.",
            ),
        )
        with element("div", "row"):
            button(tr("Delete", "Eliminar"), remove, kind="danger")
            button(tr("Keep", "Conservar"), lambda: close_dialog(window))
    button(tr("Delete this upload", "Eliminar estos datos"), lambda: open_dialog(window))


def _delete(source: Source) -> None:
    forget(source.name)
    if source.path is None:
        return
    try:
        source.path.unlink(missing_ok=True)
    except OSError as error:
        raise DataError(
            tr(f"{source.name} could not be deleted: {error}", f"no se pudo eliminar {source.name}: {error}")
        ) from error


def _absent(entry: Entry) -> None:
    """What is known of a set that would have to be downloaded, and the way to do so."""
    text("p", entry.about, "lede")
    with element("div", "figures"):
        known = entry.files
        for size, name in zip(known.sizes if known else (), ("train", "test"), strict=False):
            with ui.element("div"):
                ui.label(count(size))
                ui.label(worded(name))
        if known:
            with ui.element("div"):
                ui.label(count(len(known.classes)))
                ui.label(tr("classes", "clases"))
    text(
        "p",
        tr(
            "It is not on this machine yet. It is downloaded once and checked; that needs the network and may take "
            "some minutes. In a terminal, the same is done by:",
            "Aún no está en este equipo. Se descarga una sola vez y se comprueba; hace falta conexión y puede tardar "
            "unos minutos. En una terminal se hace con:",
        ),
        "absence",
    )
    snippet(f"hondo data get {entry.name}")
    said = element("div", "found", role="status")

    async def fetch() -> None:
        attribute(made, disabled=True)
        _tell(said, tr("Downloading …", "Descargando…"), "loading")
        failure = await aside(_fetch, entry.name)
        attribute(made, disabled=False)
        if failure is None:
            return
        if failure:
            _tell(said, failure, "message bad")
        else:
            ui.navigate.to(f"/data/{entry.name}")

    with element("div", "row"):
        made = button(tr("Download now", "Descargar ahora"), fetch, kind="primary")
    text("p", tr("Source: ", "Origen: ") + entry.source, "quietly")


def _tell(place: Any, words: str, classes: str) -> None:
    place.clear()
    with place:
        text("p", words, classes)


def _fetch(name: str) -> str:
    """Download a data set in a process of its own, since that imports Keras; "" or what went wrong."""
    command = [sys.executable, "-m", "hondo", "data", "get", name]
    surroundings = {**os.environ, "HONDO_LANG": language()}
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, errors="replace", timeout=_FETCH_SECONDS, env=surroundings
        )
    except subprocess.TimeoutExpired:
        return tr("The download took too long.", "La descarga tardó demasiado.")
    if done.returncode == 0:
        return ""
    return done.stderr.strip()[-1500:] or tr("The download failed.", "La descarga falló.")
