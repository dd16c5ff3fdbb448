"""A chapter's kernel as one page uses it: started when something first runs, one thing after another."""

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from nicegui import ui

from hondo.core.errors import HondoError
from hondo.core.language import tr
from hondo.guide.blocks import Block, Chapter
from hondo.guide.execution.kernel import Kernel
from hondo.guide.execution.outputs import Output, check_code
from hondo.lab.kernels import kernels
from hondo.lab.pages.guide.outputs import Outputs
from hondo.lab.pages.runs import said
from hondo.lab.parts import attribute, button, say_error
from hondo.store.progress import OWNER

SECONDS = 180.0  # the longest that a cell may take
_LOOK = 0.12  # seconds between two looks at what a running cell has shown


class Runs(Protocol):
    """A cell, as the bench knows it."""

    block: Block
    outputs: Outputs
    code: str
    ran: bool

    def tell(self, state: str, seconds: float = 0.0) -> None:
        """Say how it stands: ``waiting``, ``running``, ``done``, ``failed``, or nothing."""
        ...


@dataclass(frozen=True)
class Checked:
    """What came of an exercise's check.

    Attributes:
        right: whether the answer does what it should.
        words: what the reader is told; empty where the code itself stopped with an error, which is told already.
    """

    right: bool
    words: str


@dataclass
class Bench:
    """Runs the cells of one page.

    Attributes:
        chapter: whose cells they are.
        cells: those that can run, in order.
    """

    chapter: Chapter
    cells: list[Runs] = field(default_factory=list)
    _kernel: Kernel | None = None
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _round: int = 0  # goes on whenever what was asked for before is not wanted any more
    _state: str = "off"
    _shows: list[Callable[[], None]] = field(default_factory=list)

    def add(self, cell: Runs) -> None:
        """Take a cell to its place among the others; they need not come in their order."""
        self.cells.append(cell)
        self.cells.sort(key=lambda each: each.block.line)

    def bar(self) -> None:
        """Its controls: run all, interrupt, restart, and how the kernel stands."""
        with ui.element("div").classes("bench"):
            with ui.element("div").classes("bench-state"):
                lamp = said("span", "", "lamp", aria_hidden="true")
                words = said("span", "", "", role="status")
            with ui.element("div").classes("bench-buttons"):
                button(tr("Run all", "Ejecutar todo"), lambda: self.run(self.cells))
                stop = button(tr("Interrupt", "Interrumpir"), self.interrupt)
                anew = button(tr("Restart", "Reiniciar"), self.restart)

        def show() -> None:
            words.set_text(_states()[self._state])
            attribute(lamp, data_state=self._state)
            attribute(stop, disabled=self._state not in ("busy", "starting"))
            attribute(anew, disabled=self._state == "off")

        self._shows.append(show)
        show()

    async def run(self, wanted: Sequence[Runs]) -> None:
        """Run cells in their order, and before them those above that have not run yet; the first error ends it."""
        if not wanted:
            return
        asked = self._round
        for each in wanted:
            each.tell("waiting")
        async with self._turn:
            last = max(self.cells.index(each) for each in wanted)
            queue = [each for each in self.cells[: last + 1] if each in wanted or not each.ran]
            for each in queue:
                each.tell("waiting")
            for place, each in enumerate(queue):
                begins = asked == self._round
                if not begins or not await self._run_one(each):
                    for left in queue[place + begins :]:
                        left.tell("")
                    return

    async def check(self, name: str, code: str, outputs: Outputs) -> Checked | None:
        """Run an answer and check it; None where that was not possible or not wanted any more."""
        asked, found = self._round, list[Checked]()

        def heard(output: Output) -> None:
            if output.kind == "verdict":
                told = json.loads(output.text)
                found.append(Checked(bool(told["right"]), str(told["words"])))
            else:
                outputs.add(output)

        async with self._turn:
            outputs.clear()
            kernel = await self._ready()
            if kernel is None or asked != self._round:
                return None
            ok = await self._within(kernel, code, heard, outputs)
            if ok:
                await self._within(kernel, check_code(name, self.chapter.name), heard, outputs)
        return found[-1] if found else Checked(False, "")

    async def interrupt(self) -> None:
        """Stop what runs and what waits."""
        self._round += 1
        if self._kernel is not None:
            await self._kernel.interrupt()

    async def restart(self) -> None:
        """Begin with an empty kernel."""
        self._round += 1
        if self._kernel is None:
            return
        self._be("starting")
        try:
            await self._kernel.restart()
        except HondoError as error:
            say_error(error)
        self._emptied()
        self._be("idle" if self._kernel.alive else "off")

    async def _run_one(self, cell: Runs) -> bool:
        kernel = await self._ready()
        if kernel is None:
            cell.tell("")
            return False
        cell.outputs.clear()
        cell.tell("running")
        begun = time.monotonic()
        ok = await self._within(kernel, cell.code, cell.outputs.add, cell.outputs)
        cell.ran = ok
        cell.tell("done" if ok else "failed", time.monotonic() - begun)
        return ok

    async def _within(self, kernel: Kernel, code: str, heard: Callable[[Output], Any], outputs: Outputs) -> bool:
        """Run code while its outputs appear."""

        async def pump() -> None:
            while True:
                await asyncio.sleep(_LOOK)
                outputs.settle()

        self._be("busy")
        pumping = asyncio.create_task(pump())
        try:
            return await kernel.run(code, heard, SECONDS)
        except HondoError as error:
            say_error(error)
            return False
        finally:
            pumping.cancel()
            outputs.settle()
            if not kernel.alive:
                self._emptied()
            self._be("idle" if kernel.alive else "off")

    async def _ready(self) -> Kernel | None:
        """The kernel, started where there is none; None where that failed, which the reader is told."""
        if self._kernel is None or not self._kernel.alive:
            self._be("starting")
        try:
            found = await kernels().of(OWNER, self.chapter.name, self.chapter.language)
        except HondoError as error:
            say_error(error)
            self._be("off")
            return None
        if found is not self._kernel:
            self._emptied()
        self._kernel = found
        return found

    def _emptied(self) -> None:
        for each in self.cells:
            each.ran = False

    def _be(self, state: str) -> None:
        self._state = state
        for show in self._shows:
            show()


def _states() -> dict[str, str]:
    return {
        "off": tr("Nothing has run yet", "Aún no se ha ejecutado nada"),
        "starting": tr("Starting Python…", "Iniciando Python…"),
        "idle": tr("Python is ready", "Python está listo"),
        "busy": tr("Running…", "Ejecutando…"),
    }
