"""The worst mistakes: the surest wrong answers, or the largest errors."""

from typing import Any
from urllib.parse import quote

from nicegui import ui

from hondo.core.language import tr
from hondo.experiments.report.wording import count, number, percent
from hondo.lab.explained import shot
from hondo.lab.pages.run.sections import Section, not_yet
from hondo.lab.parts import element, link, scroll, text
from hondo.lab.prediction import predictor
from hondo.store.records import RunRecord

_COLUMNS = 6


def mistakes_section(record: RunRecord) -> Section:
    """The section with the samples that the model gets most wrong."""
    return Section(tr("Worst mistakes", "Peores errores"), record, _fill, name="mistakes")


async def _fill(record: RunRecord) -> None:
    words = tr("They are known when the training has ended.", "Se conocen al terminar el entrenamiento.")
    if not_yet(record, words):
        return
    found = await predictor().ask(record, "worst")
    if found["changed"]:
        text("p", tr("The data are not the same any more as when the run was evaluated.",
                     "Los datos ya no son los mismos que cuando se evaluó el experimento."), "message")  # fmt: skip
    if not found["samples"]:
        text("p", tr("It made no mistake.", "No cometió ningún error."), "empty")
    elif "error" in found["samples"][0]:
        text("p", tr("The largest differences between prediction and truth.",
                     "Las mayores diferencias entre la predicción y la verdad."), "hint")  # fmt: skip
        _residuals(record, found["samples"])
    else:
        all_ = count(found["total"])
        words = tr(
            f"The surest wrong answers of {all_} mistakes: what is true → what it said.",
            f"Las respuestas erróneas más seguras, de {all_} errores: lo verdadero → lo que dijo.",
        )
        text("p", words, "hint")
        with ui.element("div").classes("shots"):
            for sample in found["samples"]:
                shot(sample, _address(record, sample), caption=_caption)


def _caption(sample: Any) -> str:
    return f"{sample['true']} → {sample['predicted']} · {percent(sample['probability'], 0)}"


def _address(record: RunRecord, sample: Any) -> str:
    return f"/predict?run={quote(record.name)}&sample={sample['index']}"


def _residuals(record: RunRecord, samples: list[Any]) -> None:
    names = [name for name, _ in samples[0].get("row", [])][:_COLUMNS]
    heads = [
        tr("sample", "muestra"),
        tr("true", "verdadero"),
        tr("predicted", "predicho"),
        "error",
        *names,
    ]
    with scroll(tr("Worst mistakes", "Peores errores")), element("table", "runs"):
        with ui.element("thead"), ui.element("tr"):
            for place, name in enumerate(heads):
                text("th", name, "number" if place else "").props('scope="col"')
        with ui.element("tbody"):
            for sample in samples:
                with ui.element("tr"):
                    with ui.element("td"):
                        link(str(sample["index"]), _address(record, sample))
                    for value in (sample["true"], sample["predicted"], number(sample["error"])):
                        text("td", value, "number")
                    for _, value in sample.get("row", [])[:_COLUMNS]:
                        text("td", value, "number")
