"""Pictures for a network that knows pictures: drawn, where they are small and grey, dropped or chosen."""

from collections.abc import Awaitable, Callable
from typing import Any

from nicegui import ui

from hondo.core.language import tr
from hondo.experiments.report.wording import times
from hondo.lab.islands.file_place import FilePlace
from hondo.lab.islands.pad import Pad
from hondo.lab.pages.predict.choice import Able
from hondo.lab.parts import attribute, button, toggle
from hondo.lab.speech import spoken

LARGEST = 20 * 2**20


class PictureInput:
    """A sheet to draw on and a place to drop a picture.

    Args:
        chosen: the run that is asked.
        asked: gets each input.
        wiped: is called when there is none any more.
        refused: gets a sentence when a file cannot be taken.
    """

    def __init__(
        self,
        chosen: Able,
        asked: Callable[[dict[str, Any]], Awaitable[None]],
        wiped: Callable[[], None],
        refused: Callable[[str], None],
    ) -> None:
        self._asked, self._wiped = asked, wiped
        self._inverted = False
        self._last: dict[str, Any] | None = None
        self._pad: Pad | None = None
        if chosen.drawable:
            label = tr("Sheet to draw on; Delete empties it", "Hoja para dibujar; Supr la borra")
            self._pad = Pad(label, spoken(self._drawn), spoken(self._empty))
        FilePlace(
            tr("Drop a picture here or choose one", "Suelte aquí una imagen o elija una"),
            tr(f"It becomes {times(chosen.shape)}.", f"Pasa a {times(chosen.shape)}."),
            "image/*",
            LARGEST,
            spoken(self._came),
            spoken(refused),
        )
        with ui.element("div").classes("row"):
            button(tr("Clear", "Borrar"), self._clear)
            self._toggle = toggle(tr("Invert colours", "Invertir colores"), False, self._invert)

    async def _drawn(self, sent: str) -> None:
        self._last = {"drawing": sent}
        await self._ask()

    async def _came(self, _: str, content: bytes) -> None:
        self._last = {"picture": content}
        await self._ask()

    def _empty(self) -> None:
        """The sheet is empty, also when the page is new; that says nothing of a picture or a sample."""
        if self._last is not None and "drawing" in self._last:
            self._last = None
            self._wiped()

    def _clear(self) -> None:
        if self._pad is not None:
            self._pad.wipe()
        self._last = None
        self._wiped()

    async def _invert(self) -> None:
        self._inverted = not self._inverted
        attribute(self._toggle, aria_pressed=str(self._inverted).lower())
        await self._ask()

    async def _ask(self) -> None:
        if self._last is not None:
            await self._asked({**self._last, "inverted": self._inverted})
