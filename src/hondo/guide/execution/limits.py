"""How much a cell may show and how much memory its kernel may take, so that a slip costs nobody the machine."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import suppress

import psutil

from hondo.core.language import tr
from hondo.guide.execution.outputs import Output

CHARACTERS = 200_000
PICTURES = 20
LARGEST_PICTURE = 3_000_000  # characters of base64 or SVG
MOST_GROWTH = 3 * 2**30  # bytes
_PART = 0.6  # of the machine's memory, where that is less
_LOOK = 0.1  # seconds between looks at the kernel
_LOOK_AT_CHILDREN = 1.0


class OutputLimit:
    """Lets a cell's outputs pass until there are too many, then says so once.

    The program is not held up: what it shows beyond the limit is received and forgotten.

    Args:
        characters: of text and tables, together.
        pictures: of either kind.
    """

    def __init__(self, characters: int = CHARACTERS, pictures: int = PICTURES) -> None:
        self.characters, self.pictures = characters, pictures
        self._left, self._pictures_left = characters, pictures
        self._told: set[str] = set()

    def passing(self, output: Output) -> Iterator[Output]:
        """What the reader sees of an output: all of it, a part and a note, or nothing."""
        if output.kind in ("png", "svg"):
            yield from self._picture(output)
        elif output.kind == "html":
            yield from self._whole(output)
        elif output.kind == "text":
            yield from self._text(output)
        else:
            yield output

    def _picture(self, output: Output) -> Iterator[Output]:
        if len(output.text) > LARGEST_PICTURE:
            yield self._note(tr("[A picture is too large to be shown.]", "[Una imagen es demasiado grande.]"))
        elif self._pictures_left > 0:
            self._pictures_left -= 1
            yield output
        elif "pictures" not in self._told:
            self._told.add("pictures")
            yield self._note(
                tr(
                    f"[Only the first {self.pictures} pictures of a cell are shown.]",
                    f"[Solo se muestran las primeras {self.pictures} imágenes de una celda.]",
                )
            )

    def _whole(self, output: Output) -> Iterator[Output]:
        if len(output.text) <= self._left:
            self._left -= len(output.text)
            yield output
        else:
            yield from self._too_long()

    def _text(self, output: Output) -> Iterator[Output]:
        if shown := output.text[: self._left]:
            self._left -= len(shown)
            yield Output(output.kind, shown, output.stream)
        if len(shown) < len(output.text):
            yield from self._too_long()

    def _too_long(self) -> Iterator[Output]:
        self._left = 0
        if "characters" not in self._told:
            self._told.add("characters")
            yield self._note(
                tr(
                    f"[Only the first {self.characters:,} characters of a cell are shown.]",
                    f"[Solo se muestran los primeros {self.characters:,} caracteres de una celda.]".replace(",", "."),
                )
            )

    def _note(self, text: str) -> Output:
        return Output("text", f"\n{text}\n", "stderr")


class MemoryWatch:
    """Ends a kernel that has grown too much since it began; from outside, so on every system alike.

    Args:
        pid: the kernel's process.
        most: bytes by which it and its children may grow.
    """

    def __init__(self, pid: int, most: int = MOST_GROWTH) -> None:
        self.most = min(most, int(_PART * psutil.virtual_memory().total))
        self.over = False
        self._process = psutil.Process(pid)
        self._children, self._looked = 0, 0.0
        self._begun = 0
        with suppress(psutil.Error):
            self._begun = self._taken()

    async def watch(self) -> None:
        """Look again and again; when it is too much, set ``over`` and kill."""
        with suppress(psutil.Error):
            while not self.over:
                if self._taken() - self._begun > self.most:
                    self.over = True
                    self._kill()
                await asyncio.sleep(_LOOK)

    def _taken(self) -> int:
        own = self._process.memory_info().rss
        if time.monotonic() - self._looked > _LOOK_AT_CHILDREN:
            self._looked, self._children = time.monotonic(), 0
            for child in self._process.children(recursive=True):
                with suppress(psutil.Error):
                    self._children += child.memory_info().rss
        return own + self._children

    def _kill(self) -> None:
        for each in [*self._process.children(recursive=True), self._process]:
            with suppress(psutil.Error):
                each.kill()
