"""The samples of a data set, page by page: pictures in a grid, tables in rows, of one class where asked for."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from nicegui import ui

from hondo.core.arrays import IntArray
from hondo.core.language import tr
from hondo.core.seeds import generator
from hondo.data.dataset import Column, Dataset, Split
from hondo.data.thumbnails import shows_pictures
from hondo.experiments.report.wording import count
from hondo.experiments.report.wording import spoken as worded
from hondo.lab.pages.data.pictures import LARGE, address
from hondo.lab.pages.data.shelf import Opened
from hondo.lab.pages.data.words import plain
from hondo.lab.parts import attribute, button, close_dialog, dialog, element, open_dialog, scroll, select, text
from hondo.lab.speech import spoken

_GRID, _ROWS = 48, 20
_COLUMNS = 30
_VALUES = 8  # of an array's sample
_BLOCKY = 64  # pixels a side up to which single pixels are to be seen


@dataclass(frozen=True)
class Place:
    """Where a sample is: its split, and its row there."""

    split: str
    row: int


class Samples:
    """The part of the page with the samples.

    Args:
        found: the data set.
        chosen: is called with the sample that the reader wants to see augmented; None where that is not possible.
    """

    def __init__(self, found: Opened, chosen: Callable[[Place], Any] | None) -> None:
        self.found, self.chosen = found, chosen
        self.dataset: Dataset = found.dataset
        self.split, self.label, self.page = "", -1, 0  # all splits, all classes
        self.size = _GRID if shows_pictures(self.dataset.input_shape) else _ROWS
        self._choices()
        self.place = ui.element("div")
        self.show()

    def show(self) -> None:
        """Draw the page that is chosen."""
        names, parts, rows = self._places()
        pages = max(1, -(-len(rows) // self.size))
        self.page = min(max(self.page, 0), pages - 1)
        here = slice(self.page * self.size, (self.page + 1) * self.size)
        shown = [Place(names[part], row) for part, row in zip(parts[here].tolist(), rows[here].tolist(), strict=True)]
        self.place.clear()
        with self.place:
            if not shown:
                text("p", tr("There are none.", "No hay ninguna."), "empty")
            elif shows_pictures(self.dataset.input_shape):
                self._pictures(shown)
            else:
                self._rows(shown)
            self._pager(len(rows), pages)

    def _choices(self) -> None:
        splits = {"": tr("All", "Todas")} | {name: worded(name).capitalize() for name in self.dataset.splits}
        with element("div", "filters"):
            select(tr("Part", "Parte"), splits, "", lambda split: self._set(split=split))
            if self.dataset.classes:
                labels = {-1: tr("All", "Todas")} | dict(enumerate(self.dataset.classes))
                select(tr("Class", "Clase"), labels, -1, lambda label: self._set(label=label))

    def _set(self, **choice: Any) -> None:
        for name, value in {**choice, "page": choice.get("page", 0)}.items():
            setattr(self, name, value)
        self.show()

    def _places(self) -> tuple[list[str], IntArray, IntArray]:
        """The splits' names, and each sample's split and row, in an order of its own: files come class by class."""
        names = [name for name in self.dataset.splits if self.split in ("", name)]
        rows = [self._of_class(self.dataset.splits[name]) for name in names]
        parts = np.repeat(np.arange(len(names)), [len(each) for each in rows])
        order = generator(0, "samples").permutation(len(parts))
        return names, parts[order], np.concatenate(rows)[order]

    def _of_class(self, part: Split) -> IntArray:
        return np.arange(len(part)) if self.label < 0 else np.flatnonzero(part.y == self.label)

    def _pager(self, total: int, pages: int) -> None:
        with element("nav", "pager", aria_label=tr("Pages", "Páginas")):
            before = button("←", lambda: self._set(page=self.page - 1), label=tr("Previous page", "Página anterior"))
            attribute(before, disabled=self.page == 0)
            said = tr(f"page {self.page + 1} of {count(pages)}", f"página {self.page + 1} de {count(pages)}")
            many = tr("samples", "muestras")
            text("span", f"{said} · {count(total)} {many}")
            after = button("→", lambda: self._set(page=self.page + 1), label=tr("Next page", "Página siguiente"))
            attribute(after, disabled=self.page >= pages - 1)

    def _pictures(self, shown: list[Place]) -> None:
        blocky = "blocky" if max(self.dataset.input_shape[:2]) <= _BLOCKY else ""
        with element("div", f"grid {blocky}"):
            for each in shown:
                label = self.label_of(each)
                with element("button", "sample", type="button", title=self._where(each)) as made:
                    element("img", src=self._address(each), alt=label, loading="lazy")
                    text("span", label)
                made.on("click", spoken(lambda each=each: self._enlarge(each)))

    def _address(self, place: Place, side: int | None = None) -> str:
        return address(self.found.source, place.split, place.row, **({"side": side} if side else {}))

    def label_of(self, place: Place) -> str:
        """What a sample is: its class or its target."""
        y = self.dataset.splits[place.split].y[place.row]
        if self.dataset.classes:
            return self.dataset.classes[int(y)]
        return ", ".join(plain(float(value), 6) for value in np.atleast_1d(y))

    def _where(self, place: Place) -> str:
        paths = self.dataset.splits[place.split].paths
        return paths[place.row] if paths else f"{worded(place.split)} {place.row}"

    def _enlarge(self, place: Place) -> None:
        with self.place, dialog(self.label_of(place)) as window:
            blocky = "blocky" if max(self.dataset.input_shape[:2]) <= _BLOCKY else ""
            element("img", f"enlarged {blocky}", src=self._address(place, LARGE), alt=self.label_of(place))
            text("p", self._where(place), "where")
            if self.chosen is not None:
                button(tr("See it augmented", "Verla aumentada"), lambda: self._choose(place, window))
        open_dialog(window)

    def _choose(self, place: Place, window: Any) -> None:
        close_dialog(window)
        if self.chosen is not None:
            self.chosen(place)

    def _rows(self, shown: list[Place]) -> None:
        table = self.dataset.kind == "table"
        columns = list(enumerate(self.dataset.features))[:_COLUMNS] if table else []
        with scroll(tr("Samples", "Muestras")), element("table", "runs rows"):
            with ui.element("thead"), ui.element("tr"):
                text("th", self.dataset.target)
                for _, column in columns:
                    text("th", column.name, "number" if column.kind == "number" else "")
                if not table:
                    text("th", tr("values", "valores"))
            with ui.element("tbody"):
                for each in shown:
                    self._row(each, columns)
        if len(self.dataset.features) > len(columns) > 0:
            left = len(self.dataset.features) - len(columns)
            text("p", tr(f"… and {left} more columns", f"… y {left} columnas más"), "quietly")

    def _row(self, place: Place, columns: list[tuple[int, Column]]) -> None:
        values = np.asarray(self.dataset.splits[place.split].x[place.row])
        with ui.element("tr"):
            text("td", self.label_of(place), "label")
            for at, column in columns:
                text("td", _cell(float(values[at]), column), "number" if column.kind == "number" else "")
            if not columns:
                flat = values.reshape(-1)
                more = ", …" if len(flat) > _VALUES else ""
                text("td", ", ".join(plain(float(value), 6) for value in flat[:_VALUES]) + more)


def _cell(value: float, column: Column) -> str:
    if not np.isfinite(value):
        return "—"
    return column.categories[int(value)] if column.kind == "category" else plain(value, 6)
