"""How runs are shown wherever they are listed: their status in words, the number that tells most, how long ago."""

import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from nicegui import ui
from nicegui.elements.mixins.text_element import TextElement

from hondo.core.errors import HondoError
from hondo.core.language import tr
from hondo.experiments.report.wording import number, percent
from hondo.lab.here import here
from hondo.lab.parts import attribute, link, scroll
from hondo.lab.speech import aside, spoken
from hondo.store.listing import headline_name, stamp
from hondo.store.records import STATUSES, RunRecord, Status

EVERY = 1.0  # seconds between two looks at what goes on
_ANEW = 10.0  # seconds after which runs are read again, whether or not something was written


def status_words(run: RunRecord) -> tuple[str, str]:
    """A run's status in the reader's words, and its tone: good, live, bad, or nothing."""
    return _statuses().get(run.status, (run.status, ""))


def status_names() -> dict[Status, str]:
    """Every status that a listed run may have, in the reader's words."""
    return {status: _statuses()[status][0] for status in STATUSES if status in _statuses()}


def headline(run: RunRecord) -> tuple[str, str]:
    """The number that tells most of a run, and its name; empty before there is one."""
    name = headline_name(run.summary)
    if name is None:
        return "", ""
    value = float(run.summary[name])
    called = {
        "accuracy": tr("accuracy", "exactitud"),
        "r2": "R²",
        "mae": tr("mean absolute error", "error absoluto medio"),
        "loss": tr("loss", "pérdida"),
    }
    return (percent(value) if name == "accuracy" else number(value)), called.get(name, name)


def ago(moment: datetime) -> str:
    """How long ago, in the reader's words."""
    seconds = max(0, (datetime.now(UTC) - moment).total_seconds())
    for unit, en, es in ((86400, "d", "d"), (3600, "h", "h"), (60, "min", "min")):
        if seconds >= unit:
            count = int(seconds // unit)
            return tr(f"{count} {en} ago", f"hace {count} {es}")
    return tr("just now", "ahora mismo")


def said(tag: str, words: str = "", classes: str = "", **attributes: Any) -> TextElement:
    """An element with text in it and no other element around that, so that long tables stay light."""
    made = TextElement(tag=tag, text=words).classes(classes)
    attribute(made, **attributes)
    return made


def follow(read: Callable[[], Sequence[RunRecord]], show: Callable[[Sequence[RunRecord]], None]) -> None:
    """Show runs and show them anew whenever one of them has changed, so that all tabs agree.

    Args:
        read: the runs as they stand.
        show: fills the place where they are shown.
    """
    place, seen = ui.element("div"), dict[str, Any]()

    def fill(found: Sequence[RunRecord]) -> None:
        state = [(run.name, run.status, run.epochs_done, run.epochs, run.summary, run.message) for run in found]
        if seen.get("state") != state:
            seen["state"] = state
            place.clear()
            with place:
                show(found)

    async def look() -> None:
        try:
            marked = await aside(lambda: stamp(here()))
            if marked != seen.get("stamp") or time.monotonic() - seen["at"] > _ANEW:
                found = await aside(read)
                seen.update(stamp=marked, at=time.monotonic())
                fill(found)
        except HondoError:  # the database is out of reach for a moment; what is shown stays
            return

    seen["at"] = time.monotonic()
    fill(read())
    ui.timer(EVERY, spoken(look), immediate=False)


def table(runs: Iterable[RunRecord]) -> Any:
    """Runs in a table; each name leads to its page."""
    columns = [
        (tr("run", "experimento"), ""),
        (tr("status", "estado"), ""),
        (tr("result", "resultado"), "number"),
        (tr("epochs", "épocas"), "number wide"),
        (tr("started", "inicio"), "number wide"),
    ]
    with scroll(tr("Experiments", "Experimentos")) as made, ui.element("table").classes("runs"):
        with ui.element("thead"), ui.element("tr"):
            for name, kind in columns:
                said("th", name, kind, scope="col")
        with ui.element("tbody"):
            for run in runs:
                _row(run)
    return made


def _row(run: RunRecord) -> None:
    words, tone = status_words(run)
    value, called = headline(run)
    with ui.element("tr"):
        with ui.element("td"):
            link(run.name, f"/runs/{run.name}")
        with ui.element("td"):
            said("span", words, f"status {tone}")
        said("td", f"{value} {called}".strip() or "—", "number")
        said("td", f"{run.epochs_done}/{run.epochs or '—'}", "number wide")
        said("td", ago(run.created), "number wide")


def _statuses() -> dict[str, tuple[str, str]]:
    return {
        "queued": (tr("waiting", "en espera"), ""),
        "created": (tr("not begun", "sin empezar"), ""),
        "running": (tr("running", "en marcha"), "live"),
        "complete": (tr("complete", "completado"), "good"),
        "stopped": (tr("stopped", "detenido"), ""),
        "diverged": (tr("diverged", "divergió"), "bad"),
        "failed": (tr("failed", "falló"), "bad"),
        "interrupted": (tr("interrupted", "interrumpido"), "bad"),
    }
