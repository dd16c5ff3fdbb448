"""A chapter's sentences as plain Markdown: what only our own pages understand becomes ordinary words and links."""

import re
from collections.abc import Mapping

from hondo.core.language import use_language
from hondo.guide.bibliography import works
from hondo.guide.blocks import Chapter
from hondo.guide.glossary import terms
from hondo.guide.library import anchors, chapter, names
from hondo.guide.render.markdown import UNKNOWN
from hondo.guide.render.works import cited

_ROLE = re.compile(r"\{(cite|term|ref|eval|timed)\}`([^`]+)`")
_INTO_THE_LAB = re.compile(r"\[([^\]]*)\]\(/[^)]*\)")


def plain_markdown(text: str, at: Chapter, values: Mapping[str, str]) -> str:
    """A text in which every role has become words.

    Args:
        text: as the chapter has it.
        at: the chapter.
        values: what its expressions came to.
    """
    with use_language(at.language):
        plain = _ROLE.sub(lambda found: _words(found[1], found[2], at, values), text)
        return _INTO_THE_LAB.sub(r"\1", plain)


def _words(role: str, content: str, at: Chapter, values: Mapping[str, str]) -> str:
    if role in ("eval", "timed"):
        return values.get(content, UNKNOWN)
    if role == "cite":
        keys = [key.strip() for key in content.split(",")]
        return "(" + "; ".join(cited(works()[key]) if key in works() else key for key in keys) + ")"
    shown, _, key = content.removesuffix(">").rpartition("<") if content.endswith(">") else ("", "", content)
    shown, key = shown.strip(), key.strip()
    if role == "term":
        return shown or (str(terms()[key].word) if key in terms() else key)
    return f"«{shown or _heading(key, at)}»" if at.language == "es" else f"“{shown or _heading(key, at)}”"


def _heading(key: str, at: Chapter) -> str:
    name = key if key in names() else anchors().get(key, "")
    if not name:
        return key
    target = chapter(name, at.language)
    return next((block.text for block in target.of("heading") if block.id == key), target.title)
