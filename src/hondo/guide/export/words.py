"""A chapter's sentences as plain Markdown: what only our own pages understand becomes ordinary words."""

import re
from collections.abc import Mapping

from hondo.core.language import use_language
from hondo.guide.bibliography import works
from hondo.guide.blocks import Chapter
from hondo.guide.glossary import terms
from hondo.guide.render.markdown import UNKNOWN
from hondo.guide.render.works import cited
from hondo.guide.roles import ROLE, keys_of, target_of, words_and_key

_INTO_THE_LAB = re.compile(r"\[([^\]]*)\]\(/[^)]*\)")


def plain_markdown(text: str, at: Chapter, values: Mapping[str, str]) -> str:
    """A text in which every role, and every link into the lab, has become words.

    Args:
        text: as the chapter has it.
        at: the chapter.
        values: what its expressions came to.
    """
    with use_language(at.language):
        plain = ROLE.sub(lambda found: _words(found[1], found[2], at, values), text)
        return _INTO_THE_LAB.sub(r"\1", plain)


def _words(role: str, content: str, at: Chapter, values: Mapping[str, str]) -> str:
    if role in ("eval", "timed"):
        return values.get(content, UNKNOWN)
    if role == "cite":
        return "(" + "; ".join(cited(works()[key]) if key in works() else key for key in keys_of(role, content)) + ")"
    shown, key = words_and_key(content)
    if role == "term":
        return shown or (str(terms()[key].word) if key in terms() else key)
    found = target_of(key, at.language)
    words = shown or (found[1].text if found else key)
    return f"«{words}»" if at.language == "es" else f"“{words}”"
