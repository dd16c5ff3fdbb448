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
    """All terms by their keys; each is explained in one file only."""
    found: dict[str, Term] = {}
    for file in sorted(_HERE.glob("*.yaml")):
        for key, each in (yaml.safe_load(file.read_text(encoding="utf-8")) or {}).items():
            if key in found:
                raise ValueError(f"{file.name}: {key} is explained in another file already")
            found[key] = Term(key, Words(each["en"], each["es"]), Words(each["en_means"], each["es_means"]))
    return found
