"""What a chapter's cells showed when they ran, kept beside the chapter: pages show it before anything has run.

A record is stale when the cells, the expressions in the prose, the parts of Hondo that they use, or the packages that
compute have changed; telling so runs nothing. :mod:`hondo.guide.execution.renew` runs and writes.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib import metadata
from pathlib import Path
from typing import Any

from hondo.core.files import write_atomically
from hondo.core.language import Language, tr
from hondo.guide import library
from hondo.guide.blocks import Chapter
from hondo.guide.errors import GuideError
from hondo.guide.execution.outputs import Output
from hondo.guide.roles import expressions_of

PACKAGES = ("numpy", "jax", "keras", "scikit-learn")
"""Those whose versions can change what a chapter computes."""

LARGEST = 300_000  # bytes of a record
_SOURCE = Path(__file__).resolve().parents[2]
_DATA = {"hondo.experiments.specs": "builtin/*.yaml"}


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
