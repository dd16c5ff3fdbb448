"""The terms of the field in both languages, one file a chapter: ``{key: {en, es, en_means, es_means}}``."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from hondo.guide.words import Words

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Term:
    """A term.

    Attributes:
        key: by which chapters mention it.
        word: what it is called.
        meaning: in one or two sentences.
    """

    key: str
    word: Words
    meaning: Words


@cache
def terms() -> dict[str, Term]:
    """All terms by their keys."""
    return {
        key: Term(key, Words(each["en"], each["es"]), Words(each["en_means"], each["es_means"]))
        for _, key, each in reversed(_entries())
    }


def repeated() -> list[str]:
    """Keys that stand in more than one file, where the later ones are not read; a test holds that there are none."""
    keys = [key for _, key, _ in _entries()]
    return [f"{file}: {key}" for file, key, _ in _entries() if keys.count(key) > 1]


@cache
def _entries() -> list[tuple[str, str, dict[str, str]]]:
    return [
        (file.name, key, each)
        for file in sorted(_HERE.glob("*.yaml"))
        for key, each in (yaml.safe_load(file.read_text(encoding="utf-8")) or {}).items()
    ]
