"""Parts of the page that are filled when they are opened, and filled anew when the run has come to another end."""

from collections.abc import Awaitable, Callable
from typing import Any

from nicegui import ui

from hondo.core.errors import HondoError
from hondo.core.language import tr
from hondo.lab.explained import waiting
from hondo.lab.parts import element, text
from hondo.lab.speech import spoken
from hondo.store.records import RunRecord

GOING = ("running", "queued", "created")
"""What a run is called that is not over yet."""

Fill = Callable[[RunRecord], Awaitable[None]]


class Section:
    """A part of the page under its title.

    Args:
        title: what is in it.
        record: the run as it stands.
        fill: fills the place that it is called in.
        name: by which style sheets and tests find it.
        opened: whether it is open at first.
        tick: is called at each look while it is open and the run goes on.
    """

    def __init__(
        self, title: str, record: RunRecord, fill: Fill, *, name: str, opened: bool = False,
        tick: Fill | None = None,
    ) -> None:  # fmt: skip
        self._record, self._fill, self._tick = record, fill, tick
        self._filled: Any = None
        self._open = opened
        with element("details", f"section part-{name}", open=opened or None) as made:
            with ui.element("summary"):
                text("h2", title)
            self.body = ui.element("div").classes("section-body")
        made.on("toggle", spoken(self._toggled), js_handler="(event) => emit(event.target.open)")
        if opened:
            ui.timer(0.05, spoken(self._ensure), once=True)

    async def follow(self, before: RunRecord, record: RunRecord) -> None:
        """Take note of the run as it stands now."""
        self._record = record
        if self._open and self._filled is not None and self._filled != self._state():
            await self._ensure()
        elif self._open and self._tick is not None and before.status == record.status and record.status in GOING:
            with self.body:
                await self._tick(record)

    async def _toggled(self, event: Any) -> None:
        self._open = bool(event.args)
        if self._open:
            await self._ensure()

    async def _ensure(self) -> None:
        """Fill it, unless it is as full as it can be."""
        if self._filled == self._state():
            return
        self._filled = self._state()
        self.body.clear()
        with self.body:
            place = ui.element("div")
            with place:
                busy = waiting(tr("One moment …", "Un momento…"))
            try:
                with place:
                    await self._fill(self._record)
            except HondoError as error:
                self._filled = ()  # opening it again asks again
                with place:
                    text("p", error.message, "message bad")
                    if error.hint:
                        text("p", error.hint, "hint")
            busy.delete()

    def _state(self) -> Any:
        going = self._record.status in GOING
        return going, None if going else (self._record.status, self._record.epochs_done)


def not_yet(record: RunRecord, words: str) -> bool:
    """Whether a run is not over yet; then the words say what there will be."""
    if record.status in GOING:
        text("p", words, "empty")
    return record.status in GOING
