"""The kernels in which this lab's readers run the guide's cells: few at once, ended when nobody uses them.

Only the lab's own pages reach them, behind its gate. Each works in a private folder of its own that goes with it.
"""

import asyncio
import os
import secrets
import shutil
import time
from contextlib import suppress
from pathlib import Path

import psutil
from starlette.concurrency import run_in_threadpool

from hondo.core.errors import HondoError
from hondo.core.language import Language, tr
from hondo.guide.execution.kernel import Kernel

MOST = 4
IDLE = 30 * 60.0  # seconds

_Key = tuple[str, str, Language]
_settled: list["Kernels"] = []


class Kernels:
    """Kernels by reader, chapter and language.

    Args:
        folder: where they work; what a lab that is no longer there has left in it is removed.
        most: how many there are at once.
        idle: seconds after which one that nobody uses is ended.
    """

    def __init__(self, folder: Path, most: int = MOST, idle: float = IDLE) -> None:
        self.folder, self.most, self.idle = folder, most, idle
        self._running: dict[_Key, Kernel] = {}
        self._changing = asyncio.Lock()
        self._closed = False
        self._swept = False

    async def of(self, reader: str, chapter: str, language: Language) -> Kernel:
        """The reader's kernel for a chapter; started where there is none, in place of the one unused longest.

        Raises:
            HondoError: it did not start, all others are computing, or the lab is ending.
        """
        key: _Key = (reader, chapter, language)
        if (found := self._running.get(key)) is not None:
            found.used = time.monotonic()
            return found
        async with self._changing:
            if key not in self._running:
                await self._make_room()
                self._running[key] = await self._start(language)
            return self._running[key]

    def there(self, reader: str, chapter: str, language: Language) -> Kernel | None:
        """The reader's kernel where there is one; none is started."""
        return self._running.get((reader, chapter, language))

    async def interrupt(self, reader: str, chapter: str, language: Language) -> None:
        """Stop what runs in the reader's kernel; nothing happens where there is none."""
        if (found := self.there(reader, chapter, language)) is not None:
            await found.interrupt()

    async def restart(self, reader: str, chapter: str, language: Language) -> None:
        """Begin afresh; where there is no kernel yet, the first cell will start one.

        Raises:
            HondoError: it did not start.
        """
        if (found := self.there(reader, chapter, language)) is not None:
            await found.restart()

    async def tend(self) -> None:
        """End those that nobody uses; to be called now and then."""
        now = time.monotonic()
        unused = [key for key, each in self._running.items() if not each.busy and now - each.used > self.idle]
        if unused and not self._changing.locked():
            async with self._changing:
                for key in unused:
                    await self._end(key)

    async def close(self) -> None:
        """End all; no other will start."""
        self._closed = True
        async with self._changing:
            await asyncio.gather(*(self._end(key) for key in list(self._running)))

    async def _start(self, language: Language) -> Kernel:
        if self._closed:
            raise HondoError(tr("The lab is ending.", "El laboratorio se está cerrando."))
        if not self._swept:
            self._swept = True
            await run_in_threadpool(_sweep, self.folder)
        own = self.folder / f"{os.getpid()}-{secrets.token_hex(4)}"
        try:
            return await Kernel.start(language, own)
        except BaseException:
            await run_in_threadpool(_remove, own)
            raise

    async def _make_room(self) -> None:
        """End the one unused longest where there are as many as there may be."""
        if len(self._running) < self.most:
            return
        free = [key for key, each in self._running.items() if not each.busy]
        if not free:
            raise HondoError(
                tr(
                    f"All {self.most} kernels of this lab are computing.",
                    f"Los {self.most} núcleos de este laboratorio están calculando.",
                ),
                tr("Stop one, or wait until its cell has ended.", "Detenga uno o espere a que acabe su celda."),
            )
        await self._end(min(free, key=lambda key: self._running[key].used))

    async def _end(self, key: _Key) -> None:
        kernel = self._running.pop(key, None)
        if kernel is not None:
            await kernel.shutdown()
            await run_in_threadpool(_remove, kernel.folder)


def settle_kernels(kernels: Kernels) -> None:
    """Say which kernels the pages use."""
    _settled[:] = [kernels]


def kernels() -> Kernels:
    """The kernels of the running lab.

    Raises:
        HondoError: no lab was built in this process.
    """
    if not _settled:
        raise HondoError(tr("no lab is open in this process", "no hay ningún laboratorio abierto en este proceso"))
    return _settled[0]


def _sweep(folder: Path) -> None:
    """Remove what labs have left that were killed; others may be open on the same workspace."""
    with suppress(OSError):
        for each in folder.iterdir():
            pid = each.name.partition("-")[0]
            if pid.isdecimal() and not (int(pid) != os.getpid() and psutil.pid_exists(int(pid))):
                _remove(each)


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
