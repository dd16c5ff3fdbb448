"""A row for a network that knows tables: a form made from the features, and many rows at once as CSV."""

import csv
import io
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from nicegui import ui

from hondo.core.errors import HondoError
from hondo.core.language import tr
from hondo.experiments.report.wording import count
from hondo.lab.explained import waiting
from hondo.lab.islands.file_place import FilePlace
from hondo.lab.pages.predict.choice import Able
from hondo.lab.parts import button, element, field, text
from hondo.lab.prediction import predictor
from hondo.lab.speech import spoken

_LARGEST, _LONGEST = 8 * 2**20, 400_000
_MOST_FEATURES = 60


class RowInput:
    """The form, filled with an example, and the place for many rows.

    Args:
        chosen: the run that is asked.
        asked: gets each row.
        refused: gets a sentence when something cannot be taken.
        begin: whether to ask about the first example at once.
    """

    def __init__(
        self,
        chosen: Able,
        asked: Callable[[dict[str, Any]], Awaitable[None]],
        refused: Callable[[str], None],
        *,
        begin: bool,
    ) -> None:
        self._chosen, self._asked, self._refused, self._begin = chosen, asked, refused, begin
        self._values: dict[str, str] = {}
        self._inputs: dict[str, list[Any]] = {}
        self._options: dict[str, list[str]] = {}
        self._form = element("div", "row-form")
        with element("details", "inner many"):
            with ui.element("summary"):
                text("span", tr("Many rows at once (CSV)", "Muchas filas a la vez (CSV)"))
            ManyRows(chosen)
        ui.timer(0.01, spoken(self._build), once=True)

    async def _build(self) -> None:
        with self._form:
            busy = waiting(tr("Reading the features …", "Leyendo las características…"))
        try:
            told = await predictor().ask(self._chosen.record, "form")
        except HondoError as error:
            busy.delete()
            self._refused(str(error))
            return
        busy.delete()
        with self._form:
            if not told["known"]:
                text("p", tr("The data are no longer there; the ranges are estimates.",
                             "Los datos ya no están; los intervalos son estimaciones."), "hint")  # fmt: skip
            for feature in told["features"][:_MOST_FEATURES]:
                self._values[feature["name"]] = _written(feature["value"])
                self._input(feature)
            for feature in told["features"][_MOST_FEATURES:]:
                self._values[feature["name"]] = _written(feature["value"])
        if self._begin:
            await self._example() if told["known"] else await self._ask()

    async def _example(self) -> None:
        await self._asked({"sample": 0})

    def fill(self, row: Mapping[str, str]) -> None:
        """Put a row into the form."""
        self._values |= row
        for name, value in row.items():
            ids = [made.id for made in self._inputs.get(name, [])]
            if name in self._options:
                options = self._options[name]
                place = options.index(value) if value in options else 0
                ui.run_javascript(f"{json.dumps(ids)}.forEach((id) => getHtmlElement(id).selectedIndex = {place})")
            elif ids:
                ui.run_javascript(f"{json.dumps(ids)}.forEach((id) => getHtmlElement(id).value = {json.dumps(value)})")

    def _input(self, feature: Mapping[str, Any]) -> None:
        name = feature["name"]
        with element("div", "feature"):
            if feature["kind"] == "category":
                self._category(name, ["", *feature["categories"]], str(feature["value"]))
                return
            with element("label", "control"):
                ui.label(name)
                low, high, step, value = (f"{feature[each]:.10g}" for each in ("low", "high", "step", "value"))
                exact = element("input", "field", type="number", step="any", inputmode="decimal")
            slide = element("input", type="range", min=low, max=high, step=step, aria_label=name, tabindex="-1")
            exact.props["defaultValue"] = slide.props["defaultValue"] = value
            self._inputs[name] = [exact, slide]
            for made, other in ((exact, slide), (slide, exact)):
                made.on(
                    "input",
                    spoken(lambda event: self._typed(name, event)),
                    js_handler=f"(event) => {{ getHtmlElement({other.id}).value = event.target.value; "
                    "emit(event.target.value); }",
                    throttle=0.1,
                )

    def _category(self, name: str, options: list[str], value: str) -> None:
        self._options[name] = options
        with element("label", "control"):
            ui.label(name)
            with ui.element("select") as made:
                for option in options:
                    with element("option", selected=option == value):
                        ui.label(option or tr("(missing)", "(ausente)"))
        made.on(
            "change",
            spoken(lambda event: self._chosen_option(name, event)),
            js_handler="(event) => emit(event.target.selectedIndex)",
        )
        self._inputs[name] = [made]

    async def _chosen_option(self, name: str, event: Any) -> None:
        self._values[name] = self._options[name][int(event.args)]
        await self._ask()

    async def _typed(self, name: str, event: Any) -> None:
        self._values[name] = str(event.args)[:100]
        await self._ask()

    async def _ask(self) -> None:
        await self._asked({"row": dict(self._values)})


class ManyRows:
    """A place to paste or drop rows, and their answers as a table that can be kept.

    Args:
        chosen: the run that is asked.
    """

    def __init__(self, chosen: Able) -> None:
        self._chosen = chosen
        self._text = ""
        hint = tr("The first line names the columns.", "La primera línea nombra las columnas.")
        field(tr("Rows as CSV", "Filas en CSV"), "", self._typed, kind="area", rows="5", spellcheck="false",
              maxlength=_LONGEST)  # fmt: skip
        FilePlace(
            tr("or drop a CSV file", "o suelte un archivo CSV"),
            hint,
            ".csv,.tsv,.txt,text/csv",
            _LARGEST,
            spoken(self._came),
            spoken(self._refuse),
        )
        with ui.element("div").classes("row"):
            button(tr("Predict all", "Predecir todas"), self._go)
        self._place = element("div", "many-answers", aria_live="polite")

    def _typed(self, written: str) -> None:
        self._text = written[:_LONGEST]

    async def _came(self, _: str, content: bytes) -> None:
        await self._ask(content)

    async def _go(self) -> None:
        if self._text.strip():
            await self._ask(self._text)
        else:
            self._refuse(tr("Write or drop some rows first.", "Escriba o suelte antes algunas filas."))

    async def _ask(self, content: str | bytes) -> None:
        self._place.clear()
        with self._place:
            waiting(tr("Asking the model …", "Preguntando al modelo…"))
        try:
            found = await predictor().ask(self._chosen.record, "rows", content=content, most=10_000)
        except HondoError as error:
            self._refuse(str(error))
            return
        self._place.clear()
        with self._place:
            self._show(found)

    def _refuse(self, message: str) -> None:
        self._place.clear()
        with self._place:
            text("p", message, "message bad")

    def _show(self, found: dict[str, Any]) -> None:
        text("p", tr(f"{count(found['total'])} rows", f"{count(found['total'])} filas"), "hint")
        with ui.element("div").classes("scroll tall"), element("table", "runs"):
            with ui.element("thead"), ui.element("tr"):
                for place, name in enumerate((tr("row", "fila"), *found["columns"])):
                    text("th", name or tr("prediction", "predicción"), "number" if place else "").props('scope="col"')
            with ui.element("tbody"):
                for number, answer in enumerate(found["answers"][:100], 1):
                    with ui.element("tr"):
                        text("td", str(number))
                        for value in answer:
                            text("td", value, "number")
        if found["total"] > 100:
            text("p", tr("The first 100 are shown.", "Se muestran las 100 primeras."), "hint")
        sheet = _as_csv(found)
        name = f"{self._chosen.record.name}-predictions.csv"
        button(tr("Download as CSV", "Descargar como CSV"), lambda: ui.download.content(sheet, name))


def _as_csv(found: dict[str, Any]) -> str:
    written = io.StringIO()
    sheet = csv.writer(written)
    sheet.writerow([name or tr("prediction", "predicción") for name in found["columns"]])
    sheet.writerows(found["answers"])
    return written.getvalue()


def _written(value: Any) -> str:
    return value if isinstance(value, str) else f"{value:.10g}"
