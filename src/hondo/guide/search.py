"""Finding a section by its words: small enough to be done without an index on disk."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from hondo.core.language import Language
from hondo.guide.library import chapters
from hondo.guide.render.markdown import plain

_WORD = re.compile(r"\w+")
_AROUND = 70  # characters of an excerpt on either side of what was found


@dataclass(frozen=True)
class Hit:
    """A section that has the words.

    Attributes:
        chapter: its chapter's name.
        anchor: its heading.
        title: the heading's words.
        excerpt: some of its text around what was found.
        about: the chapter's title.
    """

    chapter: str
    anchor: str
    title: str
    excerpt: str
    about: str


@dataclass(frozen=True)
class _Section:
    chapter: str
    anchor: str
    title: str
    about: str
    text: str
    folded_title: str
    folded: str


def search(query: str, spoken: Language, most: int = 20) -> list[Hit]:
    """Sections that have every word of a query, or words that begin so; accents and capitals do not matter.

    Args:
        query: what the reader typed.
        spoken: in which language to look.
        most: how many to give.

    Returns:
        The best first: those with the words in their headings, then those that have them more often.
    """
    words = _WORD.findall(folded(query))
    if not words:
        return []
    scored = [(score, place, each) for place, each in enumerate(sections(spoken)) if (score := _score(each, words))]
    scored.sort(key=lambda each: (-each[0], each[1]))
    return [
        Hit(each.chapter, each.anchor, each.title, _excerpt(each, words[0]), each.about) for _, _, each in scored[:most]
    ]


@cache
def sections(spoken: Language) -> tuple[_Section, ...]:
    """Every heading with the text beneath it."""
    found: list[_Section] = []
    for chapter in chapters(spoken):
        about = plain(chapter.title)
        for heading in chapter.of("heading"):
            beneath = [block for block in chapter.blocks if block.section == heading.id and block.kind != "heading"]
            text = " ".join(block.text if block.kind == "cell" else plain(block.text) for block in beneath)
            title = plain(heading.text)
            found.append(_Section(chapter.name, heading.id, title, about, text, folded(title), folded(text)))
    return tuple(found)


def folded(text: str) -> str:
    """Small letters without accents; as many as there were, so that places stay the same."""
    return "".join(unicodedata.normalize("NFD", letter)[:1] or " " for letter in text.lower())


def _score(section: _Section, words: list[str]) -> float:
    total = 0.0
    for word in words:
        begins = re.compile(rf"\b{re.escape(word)}")
        here = 8.0 * len(begins.findall(section.folded_title)) + min(6, len(begins.findall(section.folded)))
        if not here:
            return 0.0
        total += here
    return total


def _excerpt(section: _Section, word: str) -> str:
    found = re.search(rf"\b{re.escape(word)}", section.folded)
    at = found.start() if found else 0
    first, last = max(0, at - _AROUND), min(len(section.text), at + _AROUND)
    return ("…" if first else "") + section.text[first:last].strip() + ("…" if last < len(section.text) else "")
