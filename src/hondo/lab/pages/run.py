"""One run: its curves as they grow, what came out, and what can be done about it."""

from collections.abc import Mapping
from typing import Any

from nicegui import ui

from hondo.core.errors import HondoError, StoreError
from hondo.core.language import tr
from hondo.experiments.report.wording import quantity
from hondo.experiments.run import REPORT
from hondo.lab.charts import curve_svg
from hondo.lab.frame import frame
from hondo.lab.here import here
from hondo.lab.launching import go_on, stop
from hondo.lab.pages.runs import headline, status_words
from hondo.lab.parts import button, link, text
from hondo.lab.speech import spoken
from hondo.store.metrics import read_history
from hondo.store.records import RunRecord
from hondo.store.runs import find_run

_EVERY = 1.0  # seconds between two looks at a run that is going on
_GOING = ("running", "queued", "created")
_OVER = ("complete", "diverged", "failed")


@ui.page("/runs/{name}")
@spoken
def run_page(name: str) -> None:
    """A run's page; while it goes on, it follows."""
    try:
        found = find_run(here(), name)
    except HondoError as error:
        with frame(tr("Not found", "No encontrado"), "/experiments"):
            text("h1", tr("There is no such run", "No existe ese experimento"))
            text("p", str(error), "lede")
        return
    with frame(found.name, "/experiments"):
        text("h1", found.name)
        live = ui.element("div")
        seen: dict[str, Any] = {}

        def look() -> None:
            record, history = _read(found.name)
            state = (record.status, record.epochs_done, record.updated)
            if state == seen.get("state"):
                return
            seen["state"] = state
            live.clear()
            with live:
                _show(record, history)
            if record.status in _OVER:
                timer.deactivate()

        timer = ui.timer(_EVERY, spoken(look), immediate=False)
        look()


def _read(name: str) -> tuple[RunRecord, dict[str, list[float]]]:
    workspace = here()
    record = find_run(workspace, name)
    return record, read_history(workspace, record)


def _show(run: RunRecord, history: Mapping[str, list[float]]) -> None:
    words, tone = status_words(run)
    text("span", words, f"status {tone}")
    if run.message and run.status in ("failed", "diverged"):
        text("p", run.message, "message bad")
    _figures(run)
    if run.status in _GOING and run.epochs:
        share = min(1.0, run.epochs_done / run.epochs)
        about = tr("Epochs done", "Épocas hechas")
        with (
            ui.element("div")
            .classes("bar")
            .props(
                f'role="progressbar" aria-valuenow="{round(100 * share)}" aria-valuemin="0" aria-valuemax="100" '
                f'aria-label="{about}"'
            )
        ):
            ui.element("div").style(f"width: {share:.1%}")
    with ui.element("div").classes("row"):
        _actions(run)
    _curves(run, history)


def _figures(run: RunRecord) -> None:
    value, called = headline(run)
    shown = [(value, called)] if value else []
    shown.append((f"{run.epochs_done}/{run.epochs or '—'}", tr("epochs", "épocas")))
    if parameters := run.summary.get("parameters"):
        shown.append((f"{parameters:,}", tr("parameters", "parámetros")))
    if seconds := run.summary.get("seconds"):
        shown.append((f"{seconds:.1f} s", tr("in all", "en total")))
    with ui.element("div").classes("figures"):
        for figure, name in shown:
            with ui.element("div"):
                text("div", figure)
                text("div", name)


def _actions(run: RunRecord) -> None:
    if run.status in ("running", "queued"):
        button(tr("Stop", "Detener"), lambda: stop(run.name))
    if run.status in ("stopped", "interrupted", "failed"):
        button(tr("Go on", "Continuar"), lambda: go_on(run.name), kind="primary")
    if (run.folder / REPORT).exists():
        link(tr("Full report", "Informe completo"), f"/runs/{run.name}/report").classes("button")


def _curves(run: RunRecord, history: Mapping[str, list[float]]) -> None:
    names = [name for name in history if not name.startswith("val_") and name != "learning_rate"]
    if not names:
        return
    text("h2", tr("How it learns", "Cómo aprende"))
    with ui.element("div").classes("curves"):
        for name in sorted(names, key=lambda each: each != "loss"):
            lines = {tr("training", "entrenamiento"): history[name]}
            if f"val_{name}" in history:
                lines[tr("validation", "validación")] = history[f"val_{name}"]
            epochs = max(run.epochs or 0, *(len(values) for values in lines.values()))
            drawing = curve_svg(lines, f"{quantity(name)}: {', '.join(lines)}", epochs=epochs)
            if drawing:
                with ui.element("figure"):
                    with ui.element("figcaption"):
                        text("span", quantity(name))
                        text("span", " · ".join(f"{each} {values[-1]:.4g}" for each, values in lines.items()), "key")
                    ui.html(drawing, sanitize=False)


def report_of(name: str) -> str:
    """The report of a run as a page.

    Raises:
        StoreError: if there is none.
    """
    path = find_run(here(), name).folder / REPORT
    if not path.is_file():
        raise StoreError(tr(f"{name} has no report yet", f"{name} aún no tiene informe"))
    return path.read_text(encoding="utf-8")
