"""A data set in numbers on its page: balance of the classes, statistics, histograms, duplicates."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from nicegui import ui

from hondo.core.errors import HondoError
from hondo.core.language import tr
from hondo.data.dataset import Dataset
from hondo.data.describe import Description, Values
from hondo.experiments.report.wording import count, number, percent, times
from hondo.experiments.report.wording import spoken as worded
from hondo.lab.pages.data.figures import histogram_svg, small_histogram_svg
from hondo.lab.pages.data.shelf import Source, with_duplicates
from hondo.lab.pages.data.words import plain
from hondo.lab.parts import attribute, button, element, say_error, scroll, text
from hondo.lab.speech import aside

_CLASSES, _COLUMNS, _CATEGORIES = 12, 40, 6
_PARTS = ("train", "validation", "test")


def figures(dataset: Dataset, found: Description) -> None:
    """The numbers that one wants first."""
    parts = ", ".join(f"{worded(name)} {count(size)}" for name, size in found.sizes.items())
    with element("div", "figures"):
        for value, called in (
            (count(found.samples), f"{tr('samples', 'muestras')}: {parts}"),
            *([(count(len(dataset.classes)), tr("classes", "clases"))] if dataset.classes else []),
            (
                times(found.shape) if dataset.kind != "table" else count(len(dataset.features)),
                tr("columns", "columnas") if dataset.kind == "table" else f"{_axes(found.shape)} · {found.dtype}",
            ),
        ):
            with ui.element("div"):
                ui.label(value)
                ui.label(called)


def _axes(shape: tuple[int, ...]) -> str:
    if len(shape) == 3:
        return tr("height × width × channels", "alto × ancho × canales")
    return tr("shape of a sample", "forma de una muestra")


def balance(dataset: Dataset, found: Description, *, whole: bool = False) -> None:
    """How many samples each class has, as bars of its parts; the largest fills the width."""
    place = ui.element("div")
    totals = np.sum(list(found.balance.values()), axis=0)
    shown = len(totals) if whole else min(len(totals), _CLASSES)

    def draw(rows: int) -> None:
        place.clear()
        with place:
            _balance_bars(dataset, found, totals.tolist(), rows)
            if rows < len(totals):
                more = tr(f"Show all {len(totals)} classes", f"Mostrar las {len(totals)} clases")
                button(more, lambda: draw(len(totals)), kind="quiet")

    draw(shown)
    largest, smallest = int(totals.max()), int(totals.min())
    if smallest and largest > 1.5 * smallest:
        ratio = number(largest / smallest, 2)
        said = tr(
            f"The largest class has {ratio} times as many samples as the smallest.",
            f"La clase mayor tiene {ratio} veces las muestras de la menor.",
        )
        text("p", said, "quietly")


def _balance_bars(dataset: Dataset, found: Description, totals: Sequence[int], rows: int) -> None:
    most, every = max(1, *totals), max(1, sum(totals))
    with element("div", "key"):
        for name in found.balance:
            text("span", worded(name), f"part {name}")
    with element("div", "balance", role="list"):
        for label in range(rows):
            with element("div", role="listitem"):
                text("span", dataset.classes[label], "name")
                with element("div", "bar", aria_hidden="true"):
                    for name in found.balance:
                        share = int(found.balance[name][label]) / most
                        element("div", f"part {name}").style(f"width: {share:.3%}")
                text("span", f"{count(totals[label])} · {percent(totals[label] / every)}", "share")


def statistics(dataset: Dataset, found: Description) -> None:
    """A row a channel or column: how much is missing, where the values lie, how they are spread."""
    if found.looked_at < found.samples:
        looked, every = count(found.looked_at), count(found.samples)
        said = tr(
            f"From {looked} of {every} samples, evenly spaced.",
            f"A partir de {looked} de {every} muestras, a intervalos iguales.",
        )
        text("p", said, "quietly")
    if dataset.kind != "table":
        _histogram(found.inputs, tr("Values of the inputs", "Valores de las entradas"))
    place = ui.element("div")

    def draw(rows: int) -> None:
        place.clear()
        with place:
            _statistics_table(found.inputs[:rows], named=dataset.kind == "table", drawn=dataset.kind == "table")
            if rows < len(found.inputs):
                every = len(found.inputs)
                button(
                    tr(f"Show all {every} columns", f"Mostrar las {every} columnas"), lambda: draw(every), kind="quiet"
                )

    draw(_COLUMNS)
    if found.targets:
        for values in found.targets[:_CATEGORIES]:
            text("h3", tr(f"To predict: {values.name}", f"Lo que se predice: {values.name}"))
            _histogram((values,), values.name)
        _statistics_table(found.targets, named=True)


def _histogram(values: Sequence[Values], title: str) -> None:
    drawn = [each.histogram for each in values if each.histogram is not None]
    if drawn and all(len(each.edges) == len(drawn[0].edges) for each in drawn):
        with element("figure", "histogram"):
            ui.html(histogram_svg(drawn, title), sanitize=False)
            text("figcaption", title)


def _statistics_table(rows: Sequence[Values], *, named: bool, drawn: bool = False) -> None:
    missing = any(each.missing for each in rows)
    columns = [
        (tr("column", "columna") if named else tr("channel", "canal"), ""),
        *([(tr("missing", "ausentes"), "number")] if missing else []),
        (tr("minimum", "mínimo"), "number"), (tr("mean", "media"), "number"),
        (tr("deviation", "desviación"), "number"), (tr("maximum", "máximo"), "number"),
        *([(tr("distribution", "distribución"), "drawn")] if drawn else []),
    ]  # fmt: skip
    with scroll(tr("Statistics", "Estadísticas")), element("table", "runs statistics"):
        with ui.element("thead"), ui.element("tr"):
            for name, kind in columns:
                attribute(text("th", name, kind), scope="col")
        with ui.element("tbody"):
            for place, each in enumerate(rows):
                name = each.name or _channel(place, len(rows))
                _statistics_row(each, name, missing=missing, drawn=drawn)


def _statistics_row(values: Values, name: str, *, missing: bool, drawn: bool) -> None:
    with ui.element("tr"):
        text("td", name)
        if missing:
            share = values.missing / max(1, values.missing + values.count)
            text("td", f"{count(values.missing)} ({percent(share)})" if values.missing else "—", "number")
        if values.categories is not None:
            most = sorted(values.categories.items(), key=lambda pair: -pair[1])
            said = ", ".join(f"{category} ({count(times)})" for category, times in most[:_CATEGORIES])
            more = len(most) - _CATEGORIES
            said += tr(f" and {more} more", f" y {more} más") if more > 0 else ""
            attribute(text("td", said, "categories"), colspan=5)
            return
        for value in (values.minimum, values.mean, values.std, values.maximum):
            text("td", plain(value) if np.isfinite(value) else "—", "number")
        if drawn:
            with element("td", "drawn"):
                if values.histogram is not None:
                    label = tr(f"histogram of {name}", f"histograma de {name}")
                    ui.html(small_histogram_svg(values.histogram, label), sanitize=False)


def _channel(place: int, channels: int) -> str:
    if channels == 1:
        return tr("all values", "todos los valores")
    colours = (tr("red", "rojo"), tr("green", "verde"), tr("blue", "azul"), tr("alpha", "alfa"))
    return colours[place] if place < len(colours) else str(place)


def duplicates(source: Source) -> None:
    """A button that looks for duplicates, and what was found."""
    text(
        "p",
        tr(
            "Equal samples in training and test make a model look better than it is.",
            "Las muestras iguales en entrenamiento y prueba hacen que un modelo parezca mejor de lo que es.",
        ),
        "quietly",
    )

    async def search() -> None:
        attribute(made, disabled=True)
        _tell(said, tr("Looking …", "Buscando…"))
        try:
            found = await aside(with_duplicates, source)
        except HondoError as error:
            said.clear()
            say_error(error)
            return
        finally:
            attribute(made, disabled=False)
        if found is not None:
            _tell(said, found.note() or tr("No sample occurs twice.", "Ninguna muestra se repite."))
            row.set_visibility(False)

    with element("div", "row") as row:
        made = button(tr("Look for duplicates", "Buscar duplicados"), search)
    said = element("div", "found", role="status")


def _tell(place: Any, words: str) -> None:
    place.clear()
    with place:
        text("p", words)
