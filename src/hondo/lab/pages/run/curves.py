"""A run's curves: read in a thread, as often as the database can give them, and drawn in the browser."""

import time

from nicegui import ui

from hondo.core.errors import HondoError
from hondo.core.language import tr
from hondo.lab.charts import charts_of
from hondo.lab.here import here
from hondo.lab.islands.curves import Curves
from hondo.lab.pages.run.sections import GOING
from hondo.lab.parts import say_error, text
from hondo.lab.speech import aside, spoken
from hondo.store.curves import Curve, read_curves
from hondo.store.records import Level, RunRecord

_POINTS = 600  # a line; more cannot be seen
_PATIENCE = 8  # times as long as it took to read the curves, they are left in peace


class LearningCurves:
    """The charts and what they show.

    Args:
        record: the run as it stands.
    """

    def __init__(self, record: RunRecord) -> None:
        self._record = record
        self._level: Level = "epoch"
        self._rest_until = 0.0
        text("h2", tr("How it learns", "Cómo aprende"))
        begun = charts_of({}, "epoch", None)
        self._island = Curves(begun, spoken(self._choose))
        ui.timer(0.01, spoken(self._show), once=True)

    async def follow(self, record: RunRecord) -> None:
        """Show the newest values, unless they were read too short a time ago; at the end always."""
        ended = self._record.status in GOING and record.status not in GOING
        self._record = record
        if ended or time.monotonic() >= self._rest_until:
            await self._show()

    async def _choose(self, level: str) -> None:
        self._level = "step" if level == "step" else "epoch"
        await self._show()

    async def _show(self) -> None:
        began, level, record = time.monotonic(), self._level, self._record
        try:
            curves = await aside(_read, record, level)
        except HondoError as error:
            say_error(error)
            return
        if curves is None or level != self._level:
            return
        self._rest_until = time.monotonic() + _PATIENCE * (time.monotonic() - began)
        planned = record.epochs if record.status in GOING else None
        self._island.show(charts_of(curves, level, planned))


def _read(record: RunRecord, level: Level) -> dict[str, Curve]:
    return read_curves(here(), record, level, points=_POINTS)
