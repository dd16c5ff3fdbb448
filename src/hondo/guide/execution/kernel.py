"""Runs a reader's cells in a real Jupyter kernel, hears what they show, and stops what goes too far.

A kernel may die (memory, ``exit()``, a fault in compiled code) or be ended because it does not stop: the reader is
told, and the next cell begins in a fresh one.
"""

import asyncio
import time
from ast import literal_eval
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Self

from hondo.core.errors import HondoError
from hondo.core.language import Language, tr, use_language
from hondo.guide.execution.limits import MOST_GROWTH, MemoryWatch, OutputLimit
from hondo.guide.execution.outputs import Output, from_bundle, from_stream, plain
from hondo.guide.execution.process import Process

Heard = Callable[[Output], None]

SECONDS = 60.0
_GRACE = 3.0  # seconds to stop after an interruption
_AGAIN = 1.0  # seconds between interruptions until one is heeded
_TICK = 0.1
_LAST_WORDS = 1.0  # seconds to wait for outputs after the answer, in case the message that ends them was lost


class _Ended(Exception):
    """The process is gone."""


class Kernel:
    """A kernel that runs one thing after another; :meth:`start` makes one. It belongs to the event loop it began in.

    Attributes:
        language: of the cells and of what the reader is told.
        folder: where it works; its own settings lie in there, in a private folder.
        used: when it was last used, by ``time.monotonic()``.
        limit: makes what limits a cell's outputs.
    """

    def __init__(self, language: Language, folder: Path, growth: int, environment: Mapping[str, str]) -> None:
        self.language: Language = language
        self.folder = folder
        self.used = time.monotonic()
        self.limit: Callable[[], OutputLimit] = OutputLimit
        self._growth, self._environment = growth, dict(environment)
        self._process: Process | None = None
        self._memory: MemoryWatch | None = None
        self._turn = asyncio.Lock()
        self._running = self._asked_to_stop = False
        self._shut = False

    @classmethod
    async def start(
        cls,
        language: Language,
        folder: Path,
        *,
        growth: int = MOST_GROWTH,
        environment: Mapping[str, str] | None = None,
    ) -> Self:
        """Start one; ready when this returns.

        Args:
            language: which it speaks.
            folder: where it works; made where it is missing. Whoever gave it removes it in the end.
            growth: bytes by which its memory may grow.
            environment: more environment variables.

        Raises:
            HondoError: it did not start.
        """
        kernel = cls(language, Path(folder), growth, environment or {})
        await kernel._begin()
        return kernel

    @property
    def alive(self) -> bool:
        """Whether its process runs."""
        return self._process is not None and self._process.alive

    @property
    def busy(self) -> bool:
        """Whether something runs, or waits for its turn."""
        return self._turn.locked()

    async def run(self, code: str, heard: Heard, seconds: float = SECONDS) -> bool:
        """Run code as a cell, after what runs already; a kernel that is no longer alive is replaced first.

        Args:
            code: the cell.
            heard: is called with each output as it comes, in this event loop.
            seconds: after which it is interrupted, and ended where that does not help.

        Returns:
            Whether it ran to its end without an error; if not, an output of kind ``error`` said why.

        Raises:
            HondoError: the kernel was shut down, or a new one did not start.
        """
        async with self._my_turn() as process:
            hearing = _Hearing(heard, self.limit(), self.language)
            try:
                status = await self._until_done(process, process.execute(code), hearing, seconds)
            except _Ended:
                hearing.error(self._why_it_ended())
                await self._bury()
                return False
            return status == "ok" and not hearing.failed

    async def value(self, expression: str, seconds: float = SECONDS) -> str:
        """The text of an expression's value, in the cells' namespace.

        Raises:
            HondoError: it cannot be computed.
        """
        hearing = _Hearing(lambda _: None, self.limit(), self.language)
        async with self._my_turn() as process:
            request = process.execute("", {"value": f"str((\n{expression}\n))"})
            try:
                await self._until_done(process, request, hearing, seconds)
            except _Ended:
                hearing.error(self._why_it_ended())
                await self._bury()
        found = hearing.reply.get("user_expressions", {}).get("value", {})
        if found.get("status") != "ok":
            told = f"{found.get('ename', '')}: {found.get('evalue', '')}" if found else hearing.said
            raise HondoError(f"{expression}: {told}")
        return str(literal_eval(found["data"]["text/plain"]))

    async def interrupt(self) -> None:
        """Stop what runs, as Ctrl-C does; nothing happens where nothing runs."""
        self._asked_to_stop = self._running

    async def restart(self) -> None:
        """End the process, whatever it does, and begin afresh."""
        await self._kill()
        async with self._turn:
            self.used = time.monotonic()
            await self._bury()
            await self._begin()

    async def shutdown(self) -> None:
        """End it for good; what runs in it ends with an error."""
        self._shut = True
        await self._kill()
        async with self._turn:
            await self._bury()

    @asynccontextmanager
    async def _my_turn(self) -> AsyncIterator[Process]:
        """A living process, for this caller alone."""
        async with self._turn:
            self.used = time.monotonic()
            if not self.alive:
                await self._bury()
                await self._begin()
            process, memory = self._process, self._memory
            if process is None or memory is None:
                raise _shut_down()
            watching = asyncio.create_task(memory.watch())
            self._running = True
            try:
                yield process
            finally:
                self._running = self._asked_to_stop = False
                watching.cancel()
                self.used = time.monotonic()

    async def _until_done(self, process: Process, request: str, hearing: "_Hearing", seconds: float) -> str:
        """Hear a request out; how it ended. A caller that goes away takes what it started with it.

        Raises:
            _Ended: the process died, or had to be killed.
        """
        try:
            return await self._hear_out(process, request, hearing, seconds)
        except _Ended:
            raise
        except BaseException:
            await process.interrupt()
            if await process.reply(request, _GRACE) is None:
                await process.kill()
            raise

    async def _hear_out(self, process: Process, request: str, hearing: "_Hearing", seconds: float) -> str:
        deadline, idle = time.monotonic() + seconds, False
        replied: float | None = None
        interrupted = 0.0
        while not (idle and hearing.reply):
            now = time.monotonic()
            if replied is not None and now > replied + _LAST_WORDS:
                break
            if replied is None and now > deadline:
                if hearing.stopped:
                    await process.kill()
                    raise _Ended
                deadline, self._asked_to_stop = now + _GRACE, True
                hearing.stop(seconds)
            if self._asked_to_stop and now > interrupted + _AGAIN:  # one that comes before the cell begins is lost
                interrupted = now
                await process.interrupt()
            message = await process.shown(request, _TICK)
            if message is not None:
                idle = hearing.hear(message) or idle
                await asyncio.sleep(0)  # others have their turn, however much is shown
            if (idle or message is None) and not hearing.reply and (reply := await process.reply(request, 0.0)):
                hearing.reply, replied = dict(reply["content"]), time.monotonic()
            if message is None and not hearing.reply and not process.alive:
                raise _Ended
        return str(hearing.reply.get("status", "error"))

    async def _begin(self) -> None:
        if self._shut:
            raise _shut_down()
        with use_language(self.language):
            self._process = await Process.start(self.folder, self.language, self._environment)
        self._memory = MemoryWatch(self._process.pid, self._growth)
        if self._shut:
            await self._bury()
            raise _shut_down()

    async def _kill(self) -> None:
        if self._process is not None:
            await self._process.kill()

    async def _bury(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            await process.end()

    def _why_it_ended(self) -> str:
        with use_language(self.language):
            if self._memory is not None and self._memory.over:
                gigabytes = f"{self._memory.most / 2**30:.2g}"
                return tr(
                    f"The cell needed more than {gigabytes} GB of memory, so its kernel was ended. "
                    "Work with smaller arrays or fewer samples at a time; then run the cells again from the first.",
                    f"La celda necesitó más de {gigabytes} GB de memoria y se cerró su núcleo. Trabaje con arrays más "
                    "pequeños o con menos muestras a la vez y vuelva a ejecutar las celdas desde la primera.",
                )
            return tr(
                "The kernel has ended, and with it all that the cells had computed. "
                "Run the cells again from the first: they begin in a new kernel.",
                "El núcleo ha terminado y con él todo lo que las celdas habían calculado. "
                "Vuelva a ejecutar las celdas desde la primera: empezarán en un núcleo nuevo.",
            )


class _Hearing:
    """Turns a request's messages into outputs and remembers how it went."""

    def __init__(self, heard: Heard, limit: OutputLimit, language: Language) -> None:
        self.heard, self.limit = heard, limit
        self.language: Language = language
        self.failed = self.stopped = False
        self.said = ""
        self.reply: dict[str, Any] = {}

    def hear(self, message: Mapping[str, Any]) -> bool:
        """Take a message; whether it was the last."""
        kind, content = message["header"]["msg_type"], message["content"]
        if kind == "status":
            return content["execution_state"] == "idle"
        with use_language(self.language):
            if kind == "stream":
                self._show(from_stream(content, tr("line", "línea")))
            elif kind in ("display_data", "execute_result", "update_display_data"):
                if output := from_bundle(content["data"]):
                    self._show(output)
            elif kind == "error" and not self.stopped:  # stopped: its words were said, and this is only the stopping
                self.error(plain("\n".join(content["traceback"]) or f"{content['ename']}: {content['evalue']}"))
        return False

    def error(self, text: str) -> None:
        """Say what went wrong."""
        self.failed = True
        self.said = text
        self.heard(Output("error", text))

    def stop(self, seconds: float) -> None:
        """Say that its time is over."""
        self.stopped = True
        with use_language(self.language):
            self.error(_too_long(seconds))

    def _show(self, output: Output) -> None:
        for each in self.limit.passing(output):
            self.heard(each)


def _too_long(seconds: float) -> str:
    return tr(
        f"Stopped after {seconds:.0f} s, the longest that a cell may take here. "
        "Try fewer steps, samples or epochs, or open the chapter in Jupyter, where nothing stops it.",
        f"Detenida tras {seconds:.0f} s, lo máximo que puede durar aquí una celda. Pruebe con menos pasos, muestras "
        "o épocas, o abra el capítulo en Jupyter, donde nada la detiene.",
    )


def _shut_down() -> HondoError:
    return HondoError(tr("This kernel has been shut down.", "Este núcleo se ha cerrado."))
