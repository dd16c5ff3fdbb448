"""The model: its layers in a table and as a graph, each layer's weights, and what they say about a test sample."""

from typing import Any

from nicegui import ui

from hondo.core.errors import HondoError
from hondo.core.language import tr
from hondo.experiments.report.wording import count, number, percent, times
from hondo.lab.charts import histogram_svg
from hondo.lab.explained import Layers, attribute_of, data_address, how_to_read, waiting
from hondo.lab.pages.run.sections import Section, not_yet
from hondo.lab.parts import attribute, button, element, text
from hondo.lab.prediction import predictor
from hondo.lab.speech import spoken
from hondo.store.records import RunRecord

_REM_AN_INCH = 6.25  # so that a figure's texts are as large as a table's


def layers_section(record: RunRecord) -> Section:
    """The section with the model."""
    return Section(tr("Layers, weights and activations", "Capas, pesos y activaciones"), record, _fill, name="layers")


async def _fill(record: RunRecord) -> None:
    words = tr(
        "The model can be looked into when its training has ended.",
        "El modelo se puede examinar al terminar el entrenamiento.",
    )
    if not_yet(record, words):
        return
    told = await predictor().ask(record, "model")
    LayerTable(record, told).build()
    if told["graph"]:
        with element("details", "inner"):
            with ui.element("summary"):
                text("span", tr("The model as a graph", "El modelo como grafo"))
            width = told["graph_width"] * _REM_AN_INCH
            ui.html(told["graph"], sanitize=False).classes("plate graph").style(f"max-width: {width:.1f}rem")
    await SampleActivations(record).build()


class LayerTable:
    """A row a layer; the chosen one shows its weights beside the table.

    Args:
        record: the run.
        told: the answer to the question ``model``.
    """

    def __init__(self, record: RunRecord, told: dict[str, Any]) -> None:
        self._record, self._told = record, told
        self._buttons: dict[str, Any] = {}
        self._asked = ""

    def build(self) -> None:
        """Put the table on the page."""
        steps = self._told["about"]
        if steps:
            text("p", tr("Before the first layer: ", "Antes de la primera capa: ") + " · ".join(steps), "hint")
        with ui.element("div").classes("split"):
            with ui.element("div").classes("scroll tall"), element("table", "runs layer-table"):
                with ui.element("thead"), ui.element("tr"):
                    text("th", tr("layer", "capa")).props('scope="col"')
                    text("th", tr("output", "salida")).props('scope="col"')
                    text("th", tr("parameters", "parámetros"), "number").props('scope="col"')
                with ui.element("tbody"):
                    for row in self._told["layers"]:
                        self._row(row)
                    with ui.element("tr"):
                        text("td", tr("all", "todas"))
                        text("td", "")
                        text("td", count(self._told["parameters"]), "number")
            self._detail = element("div", "layer-detail", aria_live="polite")
            with self._detail:
                text("p", tr("Choose a layer to see its weights.", "Elija una capa para ver sus pesos."), "empty")

    def _row(self, row: dict[str, Any]) -> None:
        with ui.element("tr"):
            with ui.element("td"):
                if row["parameters"] and not row["nested"]:
                    made = button(row["name"], lambda: self._choose(row["name"]), kind="quiet layer-name")
                    self._buttons[row["name"]] = attribute_of(made, aria_pressed="false")
                else:
                    text("span", row["name"], "layer-name still")
                text("span", row["kind"], "hint kind")
            text("td", row["shape"])
            with ui.element("td").classes("number"):
                text("span", count(row["parameters"]) if row["parameters"] else "—")
                if row["parameters"] and not row["trainable"]:
                    text("span", tr("frozen", "congelada"), "hint kind")

    async def _choose(self, name: str) -> None:
        self._asked = name
        for other, made in self._buttons.items():
            attribute(made, aria_pressed=str(other == name).lower())
        self._detail.clear()
        with self._detail:
            waiting(tr("Reading the weights …", "Leyendo los pesos…"))
        try:
            found: Any = await predictor().ask(self._record, "layer", name=name)
        except HondoError as error:
            found = error
        if self._asked != name:
            return
        self._detail.clear()
        with self._detail:
            text("h3", name)
            if isinstance(found, HondoError):
                text("p", str(found), "message bad")
                return
            for each in found["arrays"]:
                _weights(each)


def _weights(each: dict[str, Any]) -> None:
    with element("figure", "weights"):
        with ui.element("figcaption"):
            text("span", each["name"], "name")
            text("span", times(each["shape"]) or "1", "hint")
        about = tr(f"How {each['name']} is spread", f"Cómo se reparte {each['name']}")
        ui.html(histogram_svg(each["edges"], each["counts"], about), sanitize=False)
        mean, std = number(each["mean"], 3), number(each["std"], 3)
        low, high = number(each["low"], 3), number(each["high"], 3)
        text("p", tr(f"mean {mean} · deviation {std} · {low} to {high}",
                     f"media {mean} · desviación {std} · de {low} a {high}"), "hint")  # fmt: skip
        if kernels := each["kernels"]:
            words = tr(
                f"{kernels['shown']} of {kernels['total']} kernels", f"{kernels['shown']} de {kernels['total']} núcleos"
            )
            element("img", "kernels", src=data_address(kernels["picture"]), alt=words)
            text("p", words, "hint")


class SampleActivations:
    """What the layers say about one held-out sample, which the reader chooses.

    Args:
        record: the run.
    """

    def __init__(self, record: RunRecord) -> None:
        self._record = record
        self._index, self._count = 0, 0
        self._busy = False

    async def build(self) -> None:
        """Put it on the page with the first sample."""
        text("h3", tr("Activations for a test sample", "Activaciones para una muestra de prueba"))
        with ui.element("div").classes("sample-bar"):
            button("‹", lambda: self._go(self._index - 1), label=tr("Previous sample", "Muestra anterior"))
            with element("label", "control inline"):
                ui.label(tr("Sample", "Muestra"))
                self._number = element("input", "field", type="number", min="0", step="1")
                self._number.props["defaultValue"] = "0"
            self._number.on("change", spoken(self._written), js_handler="(event) => emit(event.target.value)")
            button("›", lambda: self._go(self._index + 1), label=tr("Next sample", "Muestra siguiente"))
            self._picture = element("img", "sample-picture", alt="")
            self._picture.set_visibility(False)
            with element("p", "", aria_live="polite"):
                self._words = ui.label()
        text("p", how_to_read(), "hint legend")
        self._layers = Layers()
        await self._go(0)

    async def _written(self, event: Any) -> None:
        written = str(event.args).strip()
        if written.isascii() and written.isdigit() and len(written) < 9:
            await self._go(int(written))

    async def _go(self, index: int) -> None:
        if self._busy:
            return
        self._busy = True
        self._words.set_text(tr("Asking the model …", "Preguntando al modelo…"))
        try:
            answer = await predictor().ask(self._record, "ask", given={"sample": index})
        except HondoError as error:
            self._words.set_text(str(error))
            return
        finally:
            self._busy = False
        self._index = answer["index"]
        ui.run_javascript(f"const field = getHtmlElement({self._number.id}); if (field) field.value = '{self._index}'")
        self._words.set_text(said(answer))
        if "picture" in answer:
            attribute(
                self._picture,
                src=data_address(answer["picture"]),
                alt=tr(f"Sample {self._index}", f"Muestra {self._index}"),
            )
            self._picture.set_visibility(True)
        self._layers.show(answer)


def said(answer: dict[str, Any]) -> str:
    """What is true of a sample and what the model says, in a line."""
    true, count_ = answer["true"], count(answer["count"])
    if "classes" in answer:
        best = max(range(len(answer["shares"])), key=lambda number_: answer["shares"][number_])
        told = f"{answer['classes'][best]} ({percent(answer['shares'][best])})"
    else:
        told = "; ".join(number(value) for _, value in answer["numbers"])
    return tr(
        f"of {count_} · true: {true} · the model says: {told}",
        f"de {count_} · verdadero: {true} · el modelo dice: {told}",
    )
