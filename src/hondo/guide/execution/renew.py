"""Runs chapters in fresh kernels and keeps what they showed.

``python -m hondo.guide.execution.renew [--all] [CHAPTER …]`` runs the chapters whose record is stale, or all of them,
and writes ``record.es.json`` and ``record.en.json``.
"""

import argparse
import asyncio
import re
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from hondo.core.errors import HondoError
from hondo.core.language import LANGUAGES, Language, tr
from hondo.guide import library
from hondo.guide.blocks import Block, Chapter
from hondo.guide.errors import GuideError
from hondo.guide.execution.kernel import Kernel
from hondo.guide.execution.outputs import Output, joined
from hondo.guide.execution.record import Record, disagreements, fingerprint, is_current, record_of, write
from hondo.guide.roles import expressions_of

_SOURCE = Path(__file__).resolve().parents[3]
_LONGEST_CELL = 900.0  # seconds
_MODULES = "'\\n'.join(sorted(m for m in __import__('sys').modules if (m + '.').startswith('hondo.')))"
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
_PACKAGES_FOLDER = re.compile(r"(?:[A-Za-z]:)?[^\s'\"<>:]*(?:site|dist)-packages[/\\]")

Heard = Callable[[str, Output], None]


async def execute(name: str, language: Language, heard: Heard | None = None) -> Record:
    """Run a chapter in a fresh kernel, cells and expressions in their order, without a reader's workspace.

    Args:
        name: the chapter's.
        language: in which it speaks.
        heard: is told, while it runs, the name of each cell and what it shows.

    Raises:
        GuideError: a cell fails (and is not tagged ``raises``), an expression fails, or the record would be too large.
    """
    written = library.chapter(name, language)
    with tempfile.TemporaryDirectory(prefix="hondo-", ignore_cleanup_errors=True) as temporary:
        folder = Path(temporary).resolve()
        surroundings = {"HONDO_HOME": str(folder / ".hondo"), "PYTHONHASHSEED": "0"}
        kernel = await Kernel.start(language, folder / "work", environment=surroundings)
        try:
            return await _Execution(written, kernel, heard or _silent).go()
        finally:
            await kernel.shutdown()


def _silent(_cell: str, _output: Output) -> None:
    pass


class _Execution:
    """One chapter in one kernel."""

    def __init__(self, written: Chapter, kernel: Kernel, heard: Heard) -> None:
        self.written, self.kernel, self.heard = written, kernel, heard
        self.outputs: dict[str, list[Output]] = {}
        self.values: dict[str, str] = {}

    async def go(self) -> Record:
        """Run everything."""
        there_already = set((await self.kernel.value(_MODULES)).split())
        begun = time.monotonic()
        for block in self.written.blocks:
            if block.runs:
                await self._cell(block)
            for role, expression in expressions_of(block):
                await self._value(block, role, expression)
        seconds = time.monotonic() - begun
        used = set((await self.kernel.value(_MODULES)).split()) - there_already
        modules = tuple(sorted(used))
        return Record(
            self.written.language,
            fingerprint(self.written, modules),
            seconds,
            self.outputs,
            self.values,
            modules,
        )

    async def _cell(self, block: Block) -> None:
        heard: list[Output] = []

        def hear(output: Output) -> None:
            heard.append(output)
            self.heard(block.id, output)

        fine = await self.kernel.run(block.text, hear, _LONGEST_CELL)
        shown = [self._lasting(each) for each in joined(heard)]
        if not fine and "raises" not in block.tags:
            raise self._wrong(block, "\n".join(each.text for each in shown if each.kind == "error"))
        if fine and "raises" in block.tags:
            raise self._wrong(block, tr("it should raise an error", "debería dar un error"))
        self.outputs[block.id] = shown

    async def _value(self, block: Block, role: str, expression: str) -> None:
        try:
            value = await self.kernel.value(expression, _LONGEST_CELL)
        except HondoError as error:
            raise self._wrong(block, str(error)) from None
        if role == "eval" and self.values.get(expression, value) != value:
            told = f"{expression}: {self.values[expression]} ≠ {value}"
            raise self._wrong(block, told)
        self.values[expression] = value

    def _lasting(self, output: Output) -> Output:
        """An output without what differs from run to run and machine to machine, and tells nothing."""
        if output.kind in ("png", "svg"):
            return output
        text = _PACKAGES_FOLDER.sub("", _ADDRESS.sub("", output.text))
        for folder, shown in ((self.kernel.folder, "."), (_SOURCE, "")):
            text = text.replace(f"{folder}/", f"{shown}/" if shown else "").replace(str(folder), shown)
        return Output(output.kind, text, output.stream)

    def _wrong(self, block: Block, text: str) -> GuideError:
        at = f"{self.written.name}/{self.written.language}.md:{block.line}"
        return GuideError(f"{at}: {block.id}: {text}")


def main() -> None:
    """Run chapters and keep what they showed, as the command line asks."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("chapter", nargs="*", help="number, slug or both; left out, every chapter")
    parser.add_argument("--all", action="store_true", help="also those whose record is current")
    asked = parser.parse_args()
    found: list[str] = []
    try:
        chosen = [library.chapter(given).name for given in asked.chapter] or library.names()
    except HondoError as error:
        sys.exit(str(error))
    for name in chosen:
        for language in LANGUAGES:
            if asked.all or not is_current(name, language):
                found += _renew(name, language)
        one, other = (record_of(name, language) for language in LANGUAGES)
        if one and other:
            found += disagreements(name, one, other)
    print("\n".join(found) or "all records are current")
    sys.exit(1 if found else 0)


def _renew(name: str, language: Language) -> list[str]:
    print(f"{name} ({language})", end=" ", flush=True)
    try:
        record = asyncio.run(execute(name, language))
        file = write(name, record)
    except HondoError as error:
        print("failed")
        return [str(error)]
    allowed = 60 * library.chapter(name, language).minutes
    print(f"{record.seconds:.1f} s of {allowed:.0f} s, {file.stat().st_size / 1000:.0f} kB")
    return []


if __name__ == "__main__":
    main()
