"""The bibliography in words: how a work is cited in a sentence, and how it is listed."""

import html
import re

from hondo.core.language import tr
from hondo.guide.bibliography import Work, works


def cited(work: Work) -> str:
    """``Rosenblatt, 1958``, ``Minsky & Papert, 1969`` or ``He et al., 2016``."""
    family = work.family[:1] if work.more or len(work.family) > 2 else work.family
    who = tr(" & ", " y ").join(family) + (" et al." if len(family) < len(work.family) or work.more else "")
    return f"{who}, {work.year}"


def bibliography_html() -> str:
    """All works, by their first authors."""
    ordered = sorted(works().values(), key=lambda work: (cited(work).casefold(), work.key))
    return f'<ul class="works">{"".join(map(listed, ordered))}</ul>'


def listed(work: Work) -> str:
    """A work as an HTML list item: who, when, what, where, and where to find it."""
    who = ", ".join(work.people) + (" et al." if work.more else "")
    pages = tr("pp. ", "págs. ") + work.pages if work.pages else ""
    where = ", ".join(html.escape(each) for each in (work.where, work.volume, pages) if each)
    said = f"{html.escape(who)} ({work.year}). <cite>{html.escape(work.title)}</cite>. {where}."
    return f'<li id="{html.escape(work.key)}">{said} {" ".join(_addresses(work))}</li>'


def _addresses(work: Work) -> list[str]:
    found: list[str] = []
    if work.doi:
        found.append(_outside(f"https://doi.org/{work.doi}", f"doi:{work.doi}"))
    if work.isbn:
        found.append(f"ISBN {html.escape(work.isbn)}.")
    if work.url and not work.doi:
        found.append(_outside(work.url, re.sub(r"^https?://(www\.)?", "", work.url).rstrip("/")))
    return found


def _outside(address: str, words: str) -> str:
    safe = html.escape(address, quote=True)
    return f'<a href="{safe}" rel="noopener noreferrer" target="_blank">{html.escape(words)}</a>'
