"""The top of a run's page: where it stands, the figures that tell most, how long it will take, what can be done."""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote

from nicegui import ui

from hondo.core.errors import HondoError
from hondo.core.language import tr
from hondo.experiments.report.wording import count, seconds
from hondo.lab.launching import done
from hondo.lab.pages.run.sections import GOING
from hondo.lab.pages.runs import headline, status_words
from hondo.lab.parts import (
    attribute,
    button,
    close_dialog,
    dialog,
    element,
    field,
    fill,
    link,
    open_dialog,
    say_error,
    text,
)
from hondo.store.pace import Pace
from hondo.store.queue import enqueue_resume, stop
from hondo.store.records import RunRecord

_MOST_EPOCHS = 10_000_000


class Head:
    """It is built once; texts, bar and buttons change in place.

    Args:
        record: the run as it stands.
        look: looks at the run at once.
    """

    def __init__(self, record: RunRecord, look: Callable[[], Awaitable[None]]) -> None:
        self._record, self._look = record, look
        self._actions: tuple[str, ...] = ()
        self._figures: Any = None
        with ui.element("span").classes("status") as self._status:
            self._words = ui.label()
        self._message = ui.element("div")
        self._said: tuple[str, ...] = ()
        self._numbers = ui.element("div").classes("figures")
        with element("div", "progress") as self._progress:
            with element("div", "bar", role="progressbar", aria_valuemin="0", aria_valuemax="100") as self._bar:
                self._done = ui.element("div")
            attribute(self._bar, aria_label=tr("Epochs done", "Épocas hechas"))
            with ui.element("p").classes("hint eta"):
                self._eta = ui.label()
        self._row = ui.element("div").classes("row actions")
        self._resume_dialog()

    def show(self, record: RunRecord, pace: Pace, before: int) -> None:
        """Show the run as it stands now; ``before`` is how many wait before it."""
        self._record = record
        words, tone = status_words(record)
        self._words.set_text(words)
        self._status.classes(replace=f"status {tone}")
        self._tell(record)
        self._show_figures(record)
        self._show_progress(record, pace, before)
        self._show_actions(record)

    def lost(self, error: HondoError) -> None:
        """The run is not there any more."""
        self._words.set_text(tr("not found", "no se encuentra"))
        self._status.classes(replace="status bad")
        self._say((error.message,))

    def _tell(self, record: RunRecord) -> None:
        said = (record.message,) if record.message and record.status in ("failed", "diverged", "interrupted") else ()
        self._say((*said, *record.warnings), bad=len(said))

    def _say(self, said: tuple[str, ...], bad: int = 1) -> None:
        if said == self._said:
            return
        self._said = said
        self._message.clear()
        with self._message:
            for place, words in enumerate(said):
                text("p", words, "message bad" if place < bad else "message")

    def _show_figures(self, record: RunRecord) -> None:
        value, called = headline(record)
        shown = [(value, called)] if value else []
        shown.append((f"{record.epochs_done}/{record.epochs or '—'}", tr("epochs", "épocas")))
        if parameters := record.summary.get("parameters"):
            shown.append((count(parameters), tr("parameters", "parámetros")))
        if taken := record.summary.get("seconds"):
            shown.append((seconds(taken), tr("in all", "en total")))
        if data := _data_name(record):
            shown.append((data, tr("data", "datos")))
        if shown == self._figures:
            return
        self._figures = shown
        self._numbers.clear()
        with self._numbers:
            for figure, name in shown:
                with ui.element("div"):
                    text("div", figure)
                    text("div", name)

    def _show_progress(self, record: RunRecord, pace: Pace, before: int) -> None:
        going = record.status in GOING and bool(record.epochs)
        self._progress.set_visibility(going)
        if not going:
            return
        share = min(1.0, pace.done / (record.epochs or 1))
        attribute(self._bar, aria_valuenow=round(100 * share))
        self._done.style(replace=f"width: {share:.1%}")
        self._eta.set_text(_expected(record, pace, before))

    def _show_actions(self, record: RunRecord) -> None:
        able = _able(record)
        if able == self._actions:
            return
        self._actions = able
        self._row.clear()
        with self._row:
            if "stop" in able:
                button(tr("Stop", "Detener"), lambda: self._do(stop))
            if "resume" in able:
                button(tr("Go on", "Continuar"), lambda: self._do(enqueue_resume), kind="primary")
            if "predict" in able:
                address = f"/predict?run={quote(record.name)}"
                link(tr("Predict with it", "Predecir con él"), address).classes("button")
            if "further" in able:
                button(tr("Train further …", "Entrenar más…"), self._ask_epochs)
            link(
                tr("Run again with changes", "Repetir con cambios"), f"/experiments/new?from={quote(record.name)}"
            ).classes("button")
            if "report" in able:
                link(tr("Full report", "Informe completo"), f"/runs/{quote(record.name)}/report").classes("button")

    def _resume_dialog(self) -> None:
        self._wanted = ""
        with dialog(tr("Train further", "Entrenar más")) as self._dialog:
            text(
                "p",
                tr(
                    "Training goes on from the last checkpoint, up to the epoch that you write.",
                    "El entrenamiento continúa desde el último punto guardado hasta la época que usted escriba.",
                ),
                "hint",
            )
            label = tr("Up to epoch", "Hasta la época")
            self._epochs = field(label, "", self._typed, kind="number", at_end=True, min="1", step="1")
            with ui.element("div").classes("row"):
                button(tr("Train further", "Entrenar más"), self._further, kind="primary")

    def _typed(self, written: str) -> None:
        self._wanted = written.strip()

    def _ask_epochs(self) -> None:
        suggested = max(self._record.epochs or 0, self._record.epochs_done) + max(1, self._record.epochs_done)
        self._wanted = str(suggested)
        fill(self._epochs, self._wanted)
        open_dialog(self._dialog)

    async def _further(self) -> None:
        if not (self._wanted.isascii() and self._wanted.isdigit() and len(self._wanted) < 9):
            say_error(HondoError(tr("write a whole number of epochs", "escriba un número entero de épocas")))
            return
        epochs = int(self._wanted)
        if not self._record.epochs_done < epochs <= _MOST_EPOCHS:
            done = self._record.epochs_done
            say_error(HondoError(tr(f"{done} epochs are done already", f"ya hay {done} épocas hechas"),
                                 tr("Write a larger number.", "Escriba un número mayor.")))  # fmt: skip
            return
        close_dialog(self._dialog)
        await self._do(lambda workspace, name: enqueue_resume(workspace, name, epochs))

    async def _do(self, act: Callable[[Any, str], Any]) -> None:
        """Do something about the run in a thread, and look at it at once."""

        await done(lambda workspace: act(workspace, self._record.name))
        await self._look()


def _able(record: RunRecord) -> tuple[str, ...]:
    """What can be done about a run as it stands."""
    resumable = (record.spec.get("model") or {}).get("given") is None
    kept = (record.folder / "checkpoint.npz").exists() or (record.folder / "checkpoint-head.npz").exists()
    still = record.status not in ("running", "queued")
    can = {
        "stop": not still,
        "resume": resumable and record.status in ("stopped", "interrupted", "failed", "created"),
        "further": resumable and still and kept and record.status != "diverged",
        "predict": still and (record.folder / "model.keras").exists() and (record.folder / "result.json").exists(),
        "report": (record.folder / "report.html").exists(),
    }
    return tuple(name for name, able in can.items() if able)


def _expected(record: RunRecord, pace: Pace, before: int) -> str:
    """How long it will take, in words."""
    if record.status == "queued":
        if before:
            return tr(f"{before} in the queue before it", f"{before} por delante en la cola")
        return tr("it begins as soon as there is room", "empieza en cuanto haya sitio")
    left = pace.left(record.epochs)
    if left is not None:
        early = (record.spec.get("train") or {}).get("early_stopping")
        most = tr("at most ", "como máximo ") if early else ""
        each = tr(f"{seconds(pace.seconds or 0)} an epoch", f"{seconds(pace.seconds or 0)} por época")
        return tr(f"{most}{seconds(left)} to go · {each}", f"faltan {most}{seconds(left)} · {each}")
    if pace.steps:
        return tr(f"step {count(pace.steps)} of this epoch", f"paso {count(pace.steps)} de esta época")
    return tr("preparing", "preparando")


def _data_name(record: RunRecord) -> str:
    data = record.spec.get("data") or {}
    return str(data.get("name") or str(data.get("path") or "").replace("\\", "/").rsplit("/", 1)[-1])
