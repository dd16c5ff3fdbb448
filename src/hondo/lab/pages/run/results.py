"""What came out: the scores of each class and the confusion matrix, whose cells open their samples."""

import html
import json
from typing import Any
from urllib.parse import quote

from nicegui import ui

from hondo.core.errors import HondoError
from hondo.core.language import tr
from hondo.experiments.evaluation import ClassificationEvaluation, Evaluation, read_evaluation
from hondo.experiments.report.wording import count, number, percent
from hondo.experiments.report.wording import spoken as words_for
from hondo.lab.explained import shot, waiting
from hondo.lab.pages.run.sections import Section, not_yet
from hondo.lab.parts import dialog, element, open_dialog, text
from hondo.lab.prediction import predictor
from hondo.lab.speech import aside, spoken
from hondo.store.records import RunRecord

MOST_IN_TABLE = 20  # classes; the matrix of more is a picture of squares


def results_section(record: RunRecord, *, opened: bool) -> Section:
    """The section with the scores."""
    return Section(tr("What came out", "Qué resultó"), record, _fill, name="results", opened=opened)


async def _fill(record: RunRecord) -> None:
    words = tr("The run is evaluated when its training ends.", "Se evalúa al terminar el entrenamiento.")
    if not_yet(record, words):
        return
    evaluation = await aside(_written, record)
    if evaluation is None:
        evaluation = read_evaluation(await predictor().ask(record, "evaluation"))
    if isinstance(evaluation, ClassificationEvaluation):
        _classes(record, evaluation)
    else:
        _numbers(evaluation)
        await _agreement(record)


def _written(record: RunRecord) -> Evaluation | None:
    """The evaluation in the run's folder; None where its training was stopped before.

    Raises:
        HondoError: what lies there is damaged.
    """
    try:
        found = json.loads((record.folder / "result.json").read_text(encoding="utf-8"))["evaluation"]
    except FileNotFoundError as error:
        raise HondoError(tr("This run left no result.", "Este experimento no dejó ningún resultado."),
                         tr("Let it go on, or run it again.", "Continúelo o repítalo.")) from error  # fmt: skip
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise HondoError(tr("The result of this run is damaged.", "El resultado de este experimento está dañado."),
                         tr("Run it again.", "Repítalo.")) from error  # fmt: skip
    return None if found is None else read_evaluation(found)


def _figures(shown: list[tuple[str, str]]) -> None:
    with ui.element("div").classes("figures small"):
        for value, name in shown:
            with ui.element("div"):
                text("div", value)
                text("div", name)


def _classes(record: RunRecord, evaluation: ClassificationEvaluation) -> None:
    _figures(
        [
            (percent(evaluation.accuracy), tr("accuracy", "exactitud")),
            (percent(evaluation.balanced_accuracy), tr("balanced accuracy", "exactitud equilibrada")),
            (number(evaluation.macro.f1, 3), tr("F1, mean of classes", "F1, media de las clases")),
            (
                count(evaluation.mistakes),
                tr(f"mistakes in {count(evaluation.samples)}", f"errores en {count(evaluation.samples)}"),
            ),
        ]
    )
    with ui.element("div").classes("split"):
        with ui.element("div"):
            text("h3", tr("Confusion matrix", "Matriz de confusión"))
            hint = tr("Rows are true, columns predicted. A cell opens its samples.",
                      "Filas: clase verdadera; columnas: predicha. Cada celda abre sus muestras.")  # fmt: skip
            text("p", hint, "hint")
            opener = CellDialog(record, evaluation)
            matrix = ui.html(_matrix(evaluation), sanitize=False).classes("matrix-frame")
            matrix.on("click", spoken(opener.open), js_handler=_PICK)
        with ui.element("div"):
            _scores(evaluation)


_PICK = "(event) => { const cell = event.target.closest('[data-cell]'); if (cell) emit(cell.dataset.cell); }"


def _matrix(evaluation: ClassificationEvaluation) -> str:
    """The matrix as markup of our own; the only foreign texts in it, the classes' names, are escaped."""
    names = [html.escape(name) for name in evaluation.classes]
    if len(names) > MOST_IN_TABLE:
        return _squares(evaluation)
    corner = html.escape(tr("true \\ predicted", "real \\ predicha"))
    head = "".join(f'<th scope="col"><span>{name}</span></th>' for name in names)
    rows = []
    for i, row in enumerate(evaluation.confusion):
        cells = "".join(_cell(evaluation, i, j, n) for j, n in enumerate(row))
        rows.append(f'<tr><th scope="row">{names[i]}</th>{cells}</tr>')
    upright = "upright" if max(map(len, evaluation.classes)) > 3 else ""
    return (
        f'<table class="matrix {upright}"><thead><tr><td><span class="sr">{corner}</span></td>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table>"
    )


def _cell(evaluation: ClassificationEvaluation, i: int, j: int, n: int) -> str:
    if not n:
        return "<td></td>"
    shade, kind = _shade(n / (sum(evaluation.confusion[i]) or 1), right=i == j)
    label = html.escape(_pair(evaluation, i, j) + f": {n}")
    return (
        f'<td><button type="button" data-cell="{i}-{j}" class="{kind}" style="--shade: {shade:.0f}%" '
        f'aria-label="{label}" title="{label}">{n}</button></td>'
    )


def _shade(share: float, *, right: bool) -> tuple[float, str]:
    """How much colour a cell gets, in percent; what lies between 50 and 86 is left out, where no text can be read."""
    if not right:
        return 8 + 42 * share**0.5, "miss"
    return (86 + 14 * (share - 0.6) / 0.4, "right strong") if share >= 0.6 else (50 * share / 0.6, "right")


def _squares(evaluation: ClassificationEvaluation) -> str:
    """The matrix of many classes: a square a cell that holds something."""
    k, drawn = len(evaluation.classes), []
    for i, row in enumerate(evaluation.confusion):
        whole = sum(row) or 1
        for j, n in enumerate(row):
            if n:
                share = n / whole if i == j else 0.25 + 0.75 * (n / whole) ** 0.5
                title = html.escape(_pair(evaluation, i, j) + f": {n}")
                drawn.append(
                    f'<rect x="{j}" y="{i}" width="0.94" height="0.94" class="{"right" if i == j else "miss"}" '
                    f'opacity="{share:.2f}" data-cell="{i}-{j}"><title>{title}</title></rect>'
                )
    about = html.escape(tr("Confusion matrix", "Matriz de confusión"))
    return f'<svg class="squares" viewBox="0 0 {k} {k}" role="img" aria-label="{about}">{"".join(drawn)}</svg>'


def _pair(evaluation: ClassificationEvaluation, i: int, j: int) -> str:
    true, predicted = evaluation.classes[i], evaluation.classes[j]
    if i == j:
        return tr(f"{true}, recognised", f"{true}, reconocida")
    return tr(f"{true} taken for {predicted}", f"{true} tomada por {predicted}")


def _scores(evaluation: ClassificationEvaluation) -> None:
    text("h3", tr("Class by class", "Clase por clase"))
    columns = [
        tr("class", "clase"),
        tr("precision", "precisión"),
        tr("recall", "exhaustividad"),
        "F1",
        tr("samples", "muestras"),
    ]
    with ui.element("div").classes("scroll tall"), ui.element("table").classes("runs scores-table"):
        with ui.element("thead"), ui.element("tr"):
            for place, name in enumerate(columns):
                text("th", name, "number" if place else "").props('scope="col"')
        with ui.element("tbody"):
            for score in evaluation.per_class[:200]:
                with ui.element("tr"):
                    text("td", score.name)
                    for value in (score.precision, score.recall, score.f1):
                        text("td", f"{value:.3f}", "number")
                    text("td", count(score.support), "number")


def _numbers(evaluation: Any) -> None:
    _figures(
        [
            (number(evaluation.r2, 3), "R²"),
            (number(evaluation.mae), tr("mean absolute error", "error absoluto medio")),
            (number(evaluation.rmse), tr("root mean squared error", "raíz del error cuadrático medio")),
            (count(evaluation.samples), tr("samples", "muestras")),
        ]
    )


async def _agreement(record: RunRecord) -> None:
    try:
        drawn = await predictor().ask(record, "agreement")
    except HondoError as error:
        text("p", str(error), "hint")
        return
    with ui.element("div").classes("plates"):
        for markup in drawn:
            ui.html(markup, sanitize=False).classes("plate")


class CellDialog:
    """The samples of a cell of the matrix, in a window over the page.

    Args:
        record: the run.
        evaluation: names its classes.
    """

    def __init__(self, record: RunRecord, evaluation: ClassificationEvaluation) -> None:
        self._record, self._evaluation = record, evaluation
        with dialog(tr("Samples", "Muestras")) as self._dialog:
            self._place = element("div", "cell")
        self._asked = 0

    async def open(self, event: Any) -> None:
        """Show the samples of a cell, named as the matrix names it."""
        true, _, predicted = str(event.args).partition("-")
        classes = len(self._evaluation.classes)
        if not (true.isdigit() and predicted.isdigit() and int(true) < classes and int(predicted) < classes):
            return
        self._asked += 1
        self._place.clear()
        with self._place:
            text("h3", _pair(self._evaluation, int(true), int(predicted)))
            waiting(tr("Looking for them …", "Buscándolas…"))
        open_dialog(self._dialog)
        await self._fill(int(true), int(predicted), self._asked)

    async def _fill(self, true: int, predicted: int, asked: int) -> None:
        try:
            found = await predictor().ask(self._record, "cell", true=true, predicted=predicted)
        except HondoError as error:
            found = error
        if asked != self._asked:
            return
        self._place.clear()
        with self._place:
            text("h3", _pair(self._evaluation, true, predicted))
            if isinstance(found, HondoError):
                text("p", str(found), "message bad")
                return
            _samples(self._record, found, self._evaluation.confusion[true][predicted])


def _samples(record: RunRecord, found: dict[str, Any], expected: int) -> None:
    total, shown = found["total"], len(found["samples"])
    split = words_for(found["split"])
    told = tr(
        f"{count(total)} sample{'s' * (total != 1)} of the {split} split, the surest first",
        f"{count(total)} muestra{'s' * (total != 1)} de {split}, las más seguras primero",
    )
    if shown < total:
        told += tr(f"; {shown} are shown", f"; se muestran {shown}")
    text("p", told, "hint")
    if total != expected:
        text("p", tr("The data are not the same any more as when the run was evaluated.",
                     "Los datos ya no son los mismos que cuando se evaluó el experimento."), "message")  # fmt: skip
    with ui.element("div").classes("shots"):
        for sample in found["samples"]:
            shot(
                sample,
                f"/predict?run={quote(record.name)}&sample={sample['index']}",
                caption=lambda s: percent(s["probability"]),
            )
