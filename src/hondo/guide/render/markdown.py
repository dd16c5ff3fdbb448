"""The text of chapters as HTML: Markdown, formulas, citations, terms, references, and numbers of the execution."""

import functools
import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.myst_role import myst_role_plugin

from hondo.core.language import use_language
from hondo.guide.bibliography import works
from hondo.guide.blocks import Chapter
from hondo.guide.glossary import terms
from hondo.guide.render.code import highlighted
from hondo.guide.render.formulas import formula
from hondo.guide.render.links import LabLinks, Links
from hondo.guide.render.works import cited
from hondo.guide.roles import keys_of, target_of, words_and_key

_PUNCTUATED = re.compile(r'([(«“]*<span class="formula">(?:(?!</span>).)*</span>[)\].,;:!?…»”]+)', re.DOTALL)

UNKNOWN = "…"
"""What stands for a number that no execution has given yet."""


@dataclass(frozen=True)
class _Place:
    """What a text needs to know of where it stands."""

    chapter: Chapter
    values: Mapping[str, str]
    links: Links


def prose(text: str, at: Chapter, values: Mapping[str, str], links: Links | None = None) -> str:
    """A text as HTML.

    Args:
        text: Markdown with formulas and roles.
        at: the chapter in which it stands.
        values: what its expressions came to, by expression.
        links: where other pages lie; left out, in the lab.
    """
    with use_language(at.language):
        shown = _markdown().render(text, {"place": _Place(at, values, links or LabLinks())})
    return _PUNCTUATED.sub(r'<span class="stay">\1</span>', shown)


def inline(text: str, at: Chapter, values: Mapping[str, str] | None = None, links: Links | None = None) -> str:
    """A heading's or a caption's words as HTML, without a paragraph around them."""
    with use_language(at.language):
        return _markdown().renderInline(text, {"place": _Place(at, values or {}, links or LabLinks())})


def plain(text: str) -> str:
    """The words of a text alone, as a search reads them: formulas as their source, references as their targets."""
    words: list[str] = []

    def collect(tokens: Sequence[Token]) -> None:
        for token in tokens:
            if token.children:
                collect(token.children)
            elif token.type == "myst_role":
                words.append(_shown_alone(token))
            elif token.content:
                words.append(token.content)
            elif token.type in ("softbreak", "hardbreak", "paragraph_close"):
                words.append(" ")

    collect(_markdown().parse(text))
    return " ".join("".join(words).split())


@functools.cache
def _markdown() -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": False}).enable("table")
    made.use(dollarmath_plugin, allow_space=False, double_inline=True).use(myst_role_plugin)
    for rule, draw in (
        ("math_inline", _math),
        ("math_inline_double", _display),
        ("math_block", _display),
        ("myst_role", _role),
        ("fence", _fence),
        ("table_open", _table),
        ("table_close", _table_end),
        ("link_open", _link),
    ):
        made.add_render_rule(rule, draw)
    return made


def _math(_: RendererHTML, tokens: Sequence[Token], at: int, *__: Any) -> str:
    return formula(tokens[at].content)


def _display(_: RendererHTML, tokens: Sequence[Token], at: int, *__: Any) -> str:
    return formula(tokens[at].content, display=True)


def _fence(_: RendererHTML, tokens: Sequence[Token], at: int, *__: Any) -> str:
    token = tokens[at]
    if token.info.strip() in ("python", "py"):
        return highlighted(token.content)
    return f'<pre class="code" tabindex="0"><code>{html.escape(token.content)}</code></pre>'


def _table(*_: Any) -> str:
    return '<div class="table" tabindex="0"><table>'


def _table_end(*_: Any) -> str:
    return "</table></div>"


def _link(self: RendererHTML, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    address = str(tokens[at].attrGet("href") or "")
    if address.startswith(("http://", "https://")):
        tokens[at].attrSet("rel", "noopener noreferrer")
        tokens[at].attrSet("target", "_blank")
    return self.renderToken(tokens, at, options, env)


def _role(_: RendererHTML, tokens: Sequence[Token], at: int, __: Any, env: Mapping[str, Any]) -> str:
    name, content, place = tokens[at].meta["name"], tokens[at].content, env["place"]
    if name in ("eval", "timed"):
        return f'<span class="value">{html.escape(place.values.get(content, UNKNOWN))}</span>'
    if name == "cite":
        return f"({'; '.join(_citation(key, place.links) for key in keys_of(name, content))})"
    shown, key = words_and_key(content)
    if name == "term" and key in terms():
        term = terms()[key]
        meaning = html.escape(str(term.meaning), quote=True)
        words = html.escape(shown or str(term.word))
        return f'<a class="term" href="{place.links.term(key)}" title="{meaning}">{words}</a>'
    if name == "ref":
        return _reference(shown, key, place)
    return html.escape(shown or key)


def _citation(key: str, links: Links) -> str:
    if key not in works():
        return html.escape(key)
    return f'<a class="cite" href="{links.work(key)}">{html.escape(cited(works()[key]))}</a>'


def _reference(shown: str, key: str, place: _Place) -> str:
    found = target_of(key, place.chapter.language)
    if found is None:
        return html.escape(shown or key)
    target, heading = found
    address = place.links.section(target.name, "" if heading.level == 1 else key)
    words = html.escape(shown) if shown else inline(heading.text, target, {}, place.links)
    return f'<a href="{address}">{words}</a>'


def _shown_alone(token: Token) -> str:
    name = token.meta["name"]
    shown, key = words_and_key(token.content)
    if name == "term" and key in terms():
        return shown or str(terms()[key].word)
    return shown if name == "ref" else ""
