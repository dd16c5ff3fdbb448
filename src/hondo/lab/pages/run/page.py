"""The page of one run. It is built once; what changes while the run trains is changed in place."""

from typing import Any

from nicegui import ui

from hondo.core.errors import HondoError, StoreError
from hondo.core.language import tr
from hondo.lab.frame import frame
from hondo.lab.here import here
from hondo.lab.pages.run.curves import LearningCurves
from hondo.lab.pages.run.facts import environment_section, log_section, spec_section
from hondo.lab.pages.run.files import files_section
from hondo.lab.pages.run.head import Head
from hondo.lab.pages.run.layers import layers_section
from hondo.lab.pages.run.mistakes import mistakes_section
from hondo.lab.pages.run.results import results_section
from hondo.lab.pages.run.sections import GOING, Section
from hondo.lab.parts import text
from hondo.lab.prediction import predictor
from hondo.lab.speech import aside, spoken
from hondo.store.pace import Pace, read_pace
from hondo.store.queue import waiting_before
from hondo.store.records import RunRecord
from hondo.store.runs import find_run

REPORT = "report.html"
_EVERY = 1.0  # seconds between two looks


@ui.page("/runs/{name}")
@spoken
def run_page(name: str) -> None:
    """A run's page; while it goes on, it follows."""
    try:
        found = find_run(here(), name)
    except HondoError as error:
        with frame(tr("Not found", "No encontrado"), "/experiments", "predict", "run"):
            text("h1", tr("There is no such run", "No existe ese experimento"))
            text("p", str(error), "lede")
        return
    with frame(found.name, "/experiments", "predict", "run"):
        RunView(found).build()


class RunView:
    """What one reader sees of a run.

    Args:
        record: the run as it stands.
    """

    def __init__(self, record: RunRecord) -> None:
        self.record = record
        self._seen: Any = None
        self._looking = False

    def build(self) -> None:
        """Put everything on the page, and begin to follow."""
        text("h1", self.record.name)
        self.head = Head(self.record, self.look)
        self.curves = LearningCurves(self.record)
        with ui.element("div").classes("sections"):
            self.sections = self._sections()
        _, pace, before = _read(self.record.name)
        self.head.show(self.record, pace, before)
        self._seen = _state(self.record, before)
        ui.timer(_EVERY, spoken(self.look), immediate=False)
        if self.record.status not in GOING:
            ui.timer(0.5, spoken(predictor().warm), once=True)

    async def look(self) -> None:
        """Read the run again, and show what has changed."""
        if self._looking:
            return
        self._looking = True
        try:
            await self._follow()
        finally:
            self._looking = False

    async def _follow(self) -> None:
        try:
            read = await aside(_read, self.record.name)
        except HondoError as error:  # it was removed, or the database is out of reach
            self.head.lost(error)
            return
        if read is None:
            return
        record, pace, waiting = read
        before, self.record = self.record, record
        if _state(record, waiting) != self._seen:
            self._seen = _state(record, waiting)
            self.head.show(record, pace, waiting)
            await self.curves.follow(record)
        for section in self.sections:
            await section.follow(before, record)

    def _sections(self) -> list[Section]:
        over = self.record.status not in GOING
        return [
            results_section(self.record, opened=over and "loss" in self.record.summary),
            mistakes_section(self.record),
            layers_section(self.record),
            spec_section(self.record),
            environment_section(self.record),
            log_section(self.record),
            files_section(self.record),
        ]


def _read(name: str) -> tuple[RunRecord, Pace, int]:
    """The run, how quick it is, and how many wait before it."""
    record = find_run(here(), name)
    return record, _pace(record), waiting_before(here(), record) if record.status == "queued" else 0


def _pace(record: RunRecord) -> Pace:
    if record.status == "running":
        return read_pace(here(), record)
    return Pace(float(record.epochs_done), None, None)


def _state(record: RunRecord, waiting: int) -> Any:
    return record.status, record.epochs_done, record.updated, record.message, record.warnings, waiting


def report_of(name: str) -> str:
    """The report of a run as a page.

    Raises:
        StoreError: if there is none.
    """
    path = find_run(here(), name).folder / REPORT
    if not path.is_file():
        raise StoreError(tr(f"{name} has no report yet", f"{name} aún no tiene informe"))
    return path.read_text(encoding="utf-8")
