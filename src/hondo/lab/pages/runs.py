"""How runs are shown wherever they are listed: their status in words, the number that tells most, how long ago."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from nicegui import ui

from hondo.core.language import tr
from hondo.lab.parts import link, text
from hondo.lab.speech import spoken
from hondo.store.records import RunRecord

EVERY = 1.0  # seconds between two looks at what goes on


def status_words(run: RunRecord) -> tuple[str, str]:
    """A run's status in the reader's words, and its tone: good, live, bad, or nothing."""
    return {
        "queued": (tr("waiting", "en espera"), ""),
        "created": (tr("not begun", "sin empezar"), ""),
        "running": (tr("running", "en marcha"), "live"),
        "complete": (tr("complete", "completado"), "good"),
        "stopped": (tr("stopped", "detenido"), ""),
        "diverged": (tr("diverged", "divergió"), "bad"),
        "failed": (tr("failed", "falló"), "bad"),
        "interrupted": (tr("interrupted", "interrumpido"), "bad"),
    }.get(run.status, (run.status, ""))


def headline(run: RunRecord) -> tuple[str, str]:
    """The number that tells most of a run, and its name; empty before there is one."""
    for name, called in (
        ("accuracy", tr("accuracy", "exactitud")),
        ("r2", "R²"),
        ("mae", tr("mean absolute error", "error absoluto medio")),
        ("loss", tr("loss", "pérdida")),
    ):
        value = run.summary.get(name)
        if isinstance(value, int | float):
            return (f"{value:.1%}" if name == "accuracy" else f"{value:.4g}"), called
    return "", ""


def ago(moment: datetime) -> str:
    """How long ago, in the reader's words."""
    seconds = max(0, (datetime.now(UTC) - moment).total_seconds())
    for unit, en, es in ((86400, "d", "d"), (3600, "h", "h"), (60, "min", "min")):
        if seconds >= unit:
            count = int(seconds // unit)
            return tr(f"{count} {en} ago", f"hace {count} {es}")
    return tr("just now", "ahora mismo")


def follow(read: Callable[[], Sequence[RunRecord]], show: Callable[[Sequence[RunRecord]], None]) -> Callable[[], None]:
    """Show runs and show them anew whenever one of them has changed, so that all tabs agree.

    Args:
        read: the runs as they stand.
        show: fills the place where they are shown.

    Returns:
        What to call when other runs are to be shown.
    """
    place, seen = ui.element("div"), dict[str, Any]()

    def look() -> None:
        found = read()
        state = [(run.name, run.status, run.epochs_done, run.updated) for run in found]
        if seen.get("state") != state:
            seen["state"] = state
            place.clear()
            with place:
                show(found)

    look()
    ui.timer(EVERY, spoken(look), immediate=False)
    return look


def table(runs: Iterable[RunRecord]) -> Any:
    """Runs in a table; each name leads to its page."""
    columns = [
        (tr("run", "experimento"), ""),
        (tr("status", "estado"), ""),
        (tr("result", "resultado"), "number"),
        (tr("epochs", "épocas"), "number wide"),
        (tr("started", "inicio"), "number wide"),
    ]
    with ui.element("div").classes("scroll") as made, ui.element("table").classes("runs"):
        with ui.element("thead"), ui.element("tr"):
            for name, kind in columns:
                text("th", name, kind).props('scope="col"')
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
            text("span", words, f"status {tone}")
        text("td", f"{value} {called}".strip() or "—", "number")
        text("td", f"{run.epochs_done}/{run.epochs or '—'}", "number wide")
        text("td", ago(run.created), "number wide")
