"""The two pages at the guide's end: its bibliography, its glossary."""

import html

from hondo.core.language import language
from hondo.guide.glossary import Term, terms
from hondo.guide.render.works import bibliography_html

__all__ = ["bibliography_html", "glossary_html"]


def glossary_html() -> str:
    """All terms in the reader's language, each with its name in the other."""
    ordered = sorted(terms().values(), key=lambda each: _key(str(each.word)))
    return f'<dl class="glossary">{"".join(map(_term, ordered))}</dl>'


def _term(term: Term) -> str:
    here, other = (term.word.es, term.word.en) if language() == "es" else (term.word.en, term.word.es)
    tongue = "en" if language() == "es" else "es"
    also = "" if here == other else f' <span class="other" lang="{tongue}">{html.escape(other)}</span>'
    return f'<dt id="{term.key}">{html.escape(here)}{also}</dt><dd>{html.escape(str(term.meaning))}</dd>'


def _key(word: str) -> str:
    """For the order of a dictionary: without accents, ñ after n."""
    plain = str.maketrans("áéíóúü", "aeiouu")
    return word.casefold().translate(plain).replace("ñ", "n\uffff")
