"""The works that the guide cites: BibTeX, one file a chapter, each with a DOI, an ISBN or its publisher's address."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pybtex.database import parse_file
from pybtex.richtext import Text

_HERE = Path(__file__).parent
_WHERE = ("journal", "booktitle", "publisher", "institution", "school", "howpublished")


@dataclass(frozen=True)
class Work:
    """A book, an article, a program.

    Attributes:
        key: by which chapters cite it.
        people: first and last names of its authors, in order.
        family: their last names alone.
        more: whether there are more authors than are named.
        year: of publication.
        title: without LaTeX.
        where: journal, conference or publisher; may be empty, as all that follow.
        volume, pages, doi, isbn, url: where it is found.
    """

    key: str
    people: tuple[str, ...]
    family: tuple[str, ...]
    more: bool
    year: str
    title: str
    where: str
    volume: str
    pages: str
    doi: str
    isbn: str
    url: str


@cache
def works() -> dict[str, Work]:
    """All works by their keys."""
    return {key: _work(key, entry) for _, key, entry in reversed(_entries())}


def repeated() -> list[str]:
    """Keys that stand in more than one file, where the later ones are not read; a test holds that there are none."""
    keys = [key for _, key, _ in _entries()]
    return [f"{file}: {key}" for file, key, _ in _entries() if keys.count(key) > 1]


@cache
def _entries() -> list[tuple[str, str, Any]]:
    return [
        (file.name, key, entry)
        for file in sorted(_HERE.glob("*.bib"))
        for key, entry in parse_file(str(file), "bibtex").entries.items()
    ]


def _work(key: str, entry: Any) -> Work:
    fields: dict[str, str] = dict(entry.fields or {})
    people: list[Any] = list((entry.persons or {}).get("author", []))
    named = [person for person in people if str(person) != "others"]
    return Work(
        key=key,
        people=tuple(_plain(" ".join(_parts(person, first=True))) for person in named),
        family=tuple(_plain(" ".join(_parts(person, first=False))) for person in named),
        more=len(named) < len(people),
        year=fields.get("year", ""),
        title=_plain(fields.get("title", "")),
        where=_plain(next((fields[name] for name in _WHERE if name in fields), "")),
        volume=_plain(fields.get("volume", "")),
        pages=fields.get("pages", "").replace("--", "–"),
        doi=fields.get("doi", ""),
        isbn=fields.get("isbn", ""),
        url=fields.get("url", ""),
    )


def _parts(person: Any, *, first: bool) -> list[str]:
    last = [*person.prelast_names, *person.last_names, *person.lineage_names]
    return [*person.first_names, *person.middle_names, *last] if first else last


def _plain(latex: str) -> str:
    return str(Text.from_latex(latex)).strip()
