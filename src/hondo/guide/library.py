"""The chapters that there are, read once."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from hondo.core.errors import nearest
from hondo.core.language import Language, language, tr
from hondo.guide.blocks import Chapter, parse
from hondo.guide.errors import GuideError

FOLDER = Path(__file__).with_name("chapters")


@cache
def names() -> tuple[str, ...]:
    """The chapters' names, in order: ``01-deep-learning`` …"""
    return tuple(sorted(path.name for path in FOLDER.iterdir() if (path / "es.md").exists()))


def chapter(name: str, spoken: Language | None = None) -> Chapter:
    """A chapter in the language given or in force.

    Args:
        name: number and slug, or either of them.
        spoken: the language; left out, that in force.

    Raises:
        GuideError: there is none of that name, or its file cannot be understood.
    """
    return _read(_whole_name(name), spoken or language())


def chapters(spoken: Language | None = None) -> tuple[Chapter, ...]:
    """All chapters, in order."""
    return tuple(chapter(name, spoken) for name in names())


@cache
def outline() -> dict[str, dict[str, Any]]:
    """The sections that the guide has to cover: ``{"3.1.1": {"title": …, "at": "05-neuron#one-neuron"}}``."""
    return yaml.safe_load((FOLDER / "outline.yaml").read_text(encoding="utf-8"))


@cache
def anchors() -> dict[str, str]:
    """Which chapter has a heading: anchor to chapter's name."""
    return {block.id: name for name in names() for block in _read(name, "es").of("heading")}


@cache
def _read(name: str, spoken: Language) -> Chapter:
    return parse((FOLDER / name / f"{spoken}.md").read_text(encoding="utf-8"), name, spoken)


def _whole_name(given: str) -> str:
    for name in names():
        number, slug = name.split("-", 1)
        if given in (name, slug, number, number.lstrip("0")):
            return name
    raise GuideError(tr(f"there is no chapter {given!r}", f"no hay ningún capítulo {given!r}"), nearest(given, names()))
