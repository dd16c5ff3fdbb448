"""Ask a trained model: draw, drop a picture, fill in a row, or take a test sample, and see its answer move."""

from typing import Any

from nicegui import ui

from hondo.core.errors import HondoError
from hondo.core.language import tr
from hondo.lab.asking import Newest
from hondo.lab.explained import Answers, Layers, Seen, how_to_read
from hondo.lab.frame import frame
from hondo.lab.pages.predict.choice import Able, Choice, able_runs
from hondo.lab.pages.predict.pictures import PictureInput
from hondo.lab.pages.predict.rows import RowInput
from hondo.lab.pages.predict.samples import SamplePicker
from hondo.lab.parts import text
from hondo.lab.prediction import predictor
from hondo.lab.speech import aside, spoken


@ui.page("/predict")
@spoken
async def predict_page(run: str = "", sample: str = "") -> None:
    """Choose a run and ask it; ``sample`` begins with a held-out one."""
    able = await aside(able_runs) or []
    with frame(tr("Predict", "Predecir"), "/predict", "predict", "run"):
        text("h1", tr("Predict", "Predecir"))
        if not able:
            text(
                "p",
                tr(
                    "Train a network first, such as that of the digits; then ask it here.",
                    "Entrene antes una red, como la de los dígitos; después pregúntele aquí.",
                ),
                "lede",
            )
            return
        chosen = next((each for each in able if each.record.name == run), able[0])
        if run and chosen.record.name != run:
            words = tr(f"{run} cannot be asked: it has no model.", f"No se puede preguntar a {run}: no tiene modelo.")
            text("p", words, "message bad")
        predictor().warm()
        Choice(able, chosen).build()
        begin = int(sample) if sample.isascii() and sample.isdigit() and len(sample) < 9 else None
        Bench(chosen, begin).build()


class Bench:
    """The inputs on one side, what the network sees, says and does on the other.

    Args:
        chosen: the run that is asked.
        begin: the number of a held-out sample to begin with.
    """

    def __init__(self, chosen: Able, begin: int | None) -> None:
        self._chosen, self._begin = chosen, begin
        self._newest = Newest(self._ask, self._show)

    def build(self) -> None:
        """Put everything on the page."""
        with ui.element("div").classes(f"predict {self._chosen.kind}"):
            with ui.element("div").classes("inputs"):
                self._inputs()
            with ui.element("div"):
                text("h2", tr("What it says", "Lo que dice"))
                self._answers = Answers()
                self._truth = text("p", "", "hint truth")
                text("h2", tr("What the network sees", "Lo que ve la red"))
                self._seen = Seen()
        text("h2", tr("Inside, layer by layer", "Por dentro, capa por capa"))
        text("p", how_to_read(), "hint legend")
        self._layers = Layers()
        self.wiped()
        if self._begin is not None:
            ui.timer(0.05, spoken(lambda: self._picker.go(self._begin or 0)), once=True)
        elif self._chosen.kind == "array":
            ui.timer(0.05, spoken(lambda: self._picker.go(0)), once=True)

    async def asked(self, given: dict[str, Any]) -> None:
        """Ask about another input; an older one that still waits is dropped."""
        await self._newest.put(given)

    def wiped(self) -> None:
        """There is no input any more; answers on their way do not count."""
        self._newest.forget()
        words = {
            "image": tr("Draw something on the sheet.", "Dibuje algo en la hoja.")
            if self._chosen.drawable
            else tr("Give it a picture.", "Dele una imagen."),
            "table": tr("Fill in the row.", "Complete la fila."),
        }.get(self._chosen.kind, tr("Choose a sample.", "Elija una muestra."))
        self._answers.empty(words)
        self._tell("")
        self._seen.clear()
        self._layers.clear()

    def refused(self, message: str) -> None:
        """Something could not even be asked."""
        self._newest.forget()
        self._answers.refuse(message)

    def _inputs(self) -> None:
        if self._chosen.kind == "image":
            self._pictures = PictureInput(self._chosen, self.asked, self.wiped, self.refused)
        elif self._chosen.kind == "table":
            self._rows = RowInput(self._chosen, self.asked, self.refused, begin=self._begin is None)
        self._picker = SamplePicker(self._take_sample)

    async def _take_sample(self, index: int) -> None:
        await self.asked({"sample": index})

    async def _ask(self, given: dict[str, Any]) -> Any:
        try:
            return await predictor().ask(self._chosen.record, "ask", given=given)
        except HondoError as error:
            return error

    def _show(self, answer: Any) -> None:
        if isinstance(answer, HondoError):
            self._answers.refuse(str(answer))
            self._tell("")
            self._layers.clear()
            return
        self._answers.show(answer)
        self._seen.show(answer["seen"])
        self._layers.show(answer)
        self._tell(tr(f"True: {answer['true']}", f"Verdadero: {answer['true']}") if "true" in answer else "")
        if "true" in answer:
            self._picker.show(answer)
            if self._chosen.kind == "table":
                self._rows.fill(answer["row"])

    def _tell(self, words: str) -> None:
        self._truth.default_slot.children[0].set_text(words)
