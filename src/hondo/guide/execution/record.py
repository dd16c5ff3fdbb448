"""What a chapter's cells showed when they ran, kept beside the chapter: pages show it before anything has run.

``python -m hondo.guide.execution.record [--all] [CHAPTER …]`` runs the chapters whose record is stale, or all of them,
and writes ``record.es.json`` and ``record.en.json``. A record is stale when the cells, the expressions in the prose,
the parts of Hondo that they use, or the packages that compute have changed; telling so runs nothing.
"""

import argparse
import asyncio
import json
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib import metadata
from pathlib import Path
from typing import Any

from hondo.core.errors import HondoError
from hondo.core.files import write_atomically
from hondo.core.language import LANGUAGES, Language, tr
from hondo.guide import library
from hondo.guide.blocks import Block, Chapter
from hondo.guide.errors import GuideError
from hondo.guide.execution.kernel import Kernel
from hondo.guide.execution.outputs import Output, joined
from hondo.guide.roles import expressions_of

PACKAGES = ("numpy", "jax", "keras", "scikit-learn")
"""Those whose versions can change what a chapter computes."""

LARGEST = 300_000  # bytes of a record
_SOURCE = Path(__file__).resolve().parents[2]
_DATA = {"hondo.experiments.specs": "builtin/*.yaml"}
_LONGEST_CELL = 900.0  # seconds
_MODULES = "'\\n'.join(sorted(m for m in __import__('sys').modules if (m + '.').startswith('hondo.')))"
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
_PACKAGES_FOLDER = re.compile(r"(?:[A-Za-z]:)?[^\s'\"<>:]*(?:site|dist)-packages[/\\]")


Heard = Callable[[str, Output], None]


@dataclass(frozen=True)
class Record:
    """A chapter's execution in one language.

    Attributes:
        language: in which the cells spoke.
        fingerprint: of all that the execution depends on.
        seconds: that it took, without the kernel's start.
        outputs: what each cell showed, by its identifier; cells that are not run are not here.
        values: the text of each ``{eval}`` and ``{timed}``, by its expression.
        modules: the parts of Hondo that the cells used.
    """

    language: Language
    fingerprint: str
    seconds: float
    outputs: dict[str, list[Output]]
    values: dict[str, str]
    modules: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Plain data for a file."""
        return {
            "language": self.language,
            "fingerprint": self.fingerprint,
            "seconds": round(self.seconds, 1),
            "values": self.values,
            "outputs": {cell: [each.as_json() for each in shown] for cell, shown in self.outputs.items()},
            "modules": list(self.modules),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Record":
        """What :meth:`as_json` wrote."""
        return cls(
            language=data["language"],
            fingerprint=data["fingerprint"],
            seconds=float(data["seconds"]),
            outputs={cell: [Output.from_json(each) for each in shown] for cell, shown in data["outputs"].items()},
            values=dict(data["values"]),
            modules=tuple(data["modules"]),
        )


def record_of(name: str, language: Language) -> Record | None:
    """The record of a chapter, current or not; None where there is none that can be read."""
    file = _file(name, language)
    try:
        return _read(file, file.stat().st_mtime_ns)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def is_current(name: str, language: Language) -> bool:
    """Whether a chapter has a record that would be the same if its cells ran now."""
    found = record_of(name, language)
    return found is not None and found.fingerprint == fingerprint(library.chapter(name, language), found.modules)


def fingerprint(written: Chapter, modules: Iterable[str]) -> str:
    """Of all that a chapter's execution depends on: cells, expressions, parts of Hondo, versions of packages."""
    told = [f"{package} {_version(package)}" for package in PACKAGES]
    told += [f"{module} {_digest_of(module)}" for module in modules]
    for block in written.blocks:
        if block.kind == "cell":
            told.append(f"{block.id} {sorted(block.tags)}\n{block.text}")
        told += [f"{role} {expression}" for role, expression in expressions_of(block)]
    return sha256("\0".join(told).encode()).hexdigest()


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


def write(name: str, record: Record) -> Path:
    """Keep a record beside its chapter.

    Raises:
        GuideError: it is too large to be kept.
    """
    text = json.dumps(record.as_json(), ensure_ascii=False, indent=1) + "\n"
    if len(text.encode()) > LARGEST:
        raise GuideError(
            f"{name}: {len(text.encode()):,} > {LARGEST:,} bytes",
            tr("Show fewer or smaller plots.", "Muestre menos gráficos, o más pequeños."),
        )
    file = _file(name, record.language)
    write_atomically(file, text)
    return file


def disagreements(name: str, one: Record, other: Record) -> list[str]:
    """Numbers of ``{eval}`` that are not the same in two records, in English for authors."""
    needed = {
        expression
        for block in library.chapter(name, one.language).blocks
        for role, expression in expressions_of(block)
        if role == "eval"
    }
    return [
        f"{name}: {{eval}}`{each}` is {one.values[each]!r} ({one.language}), {other.values[each]!r} ({other.language})"
        for each in sorted(needed & set(one.values) & set(other.values))
        if _digits(one.values[each]) != _digits(other.values[each])
    ]


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
        for folder, shown in ((self.kernel.folder, "."), (_SOURCE.parent, "")):
            text = text.replace(f"{folder}/", f"{shown}/" if shown else "").replace(str(folder), shown)
        return Output(output.kind, text, output.stream)

    def _wrong(self, block: Block, text: str) -> GuideError:
        at = f"{self.written.name}/{self.written.language}.md:{block.line}"
        return GuideError(f"{at}: {block.id}: {text}")


def _digits(text: str) -> list[str]:
    return re.findall(r"\d+", text)


def _file(name: str, language: Language) -> Path:
    return library.FOLDER / library.chapter(name, language).name / f"record.{language}.json"


@cache
def _read(file: Path, written: int) -> Record:
    """A file as it was at a time, so that a newer one is read anew."""
    return Record.from_json(json.loads(file.read_text(encoding="utf-8")))


@cache
def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


def _digest_of(module: str) -> str:
    """Of a module's source, and of the data that it reads."""
    base = _SOURCE.joinpath(*module.split(".")[1:])
    files = [base / "__init__.py" if base.is_dir() else base.with_suffix(".py")]
    files += sorted(base.glob(_DATA[module])) if module in _DATA else []
    return " ".join(_digest(file, file.stat().st_mtime_ns) if file.exists() else "gone" for file in files)


@cache
def _digest(file: Path, written: int) -> str:
    return sha256(file.read_bytes().replace(b"\r\n", b"\n")).hexdigest()[:16]


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
