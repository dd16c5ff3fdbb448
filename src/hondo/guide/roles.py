"""What stands in a chapter's sentences in braces: citations, terms, references, numbers. Read here, and only here."""

import re
from collections.abc import Iterator

from hondo.core.language import Language
from hondo.guide.blocks import Block, Chapter
from hondo.guide.library import anchors, chapter, names

ROLE = re.compile(r"\{(cite|term|ref|eval|timed)\}`([^`]+)`")
"""A role's name and its content."""


def roles_of(block: Block) -> Iterator[tuple[str, str]]:
    """The roles in a block's sentences, in order; code has none."""
    if block.kind not in ("cell", "live"):
        yield from ROLE.findall(block.text)


def expressions_of(block: Block) -> Iterator[tuple[str, str]]:
    """``eval`` or ``timed``, and the expression, for each number that a block takes from the execution."""
    yield from ((role, content) for role, content in roles_of(block) if role in ("eval", "timed"))


def keys_of(role: str, content: str) -> list[str]:
    """What a role names: one key, or several works in one citation."""
    return [key.strip() for key in content.split(",")] if role == "cite" else [words_and_key(content)[1]]


def words_and_key(content: str) -> tuple[str, str]:
    """``words <key>``, or ``key`` alone with no words of its own.

    Example:
        >>> words_and_key("the bias <bias>"), words_and_key("bias")
        (('the bias', 'bias'), ('', 'bias'))
    """
    if content.endswith(">") and "<" in content:
        shown, _, key = content[:-1].rpartition("<")
        return shown.strip(), key.strip()
    return "", content.strip()


def target_of(key: str, spoken: Language) -> tuple[Chapter, Block] | None:
    """The chapter and heading that a reference names by an anchor or a chapter's name; None where there is none."""
    name = key if key in names() else anchors().get(key, "")
    if not name:
        return None
    found = chapter(name, spoken)
    return found, next((block for block in found.of("heading") if block.id == key), found.blocks[0])
