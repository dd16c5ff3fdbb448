"""Bibliography, glossary, formulas and search: what stands between the sentences."""

import re
from xml.etree import ElementTree

import pytest

from hondo.core.language import use_language
from hondo.guide import bibliography, glossary
from hondo.guide.bibliography import works
from hondo.guide.glossary import terms
from hondo.guide.library import chapters
from hondo.guide.render.formulas import draw, formula
from hondo.guide.render.references import bibliography_html, glossary_html
from hondo.guide.render.works import cited
from hondo.guide.roles import ROLE
from hondo.guide.search import search


def test_works_and_terms_stand_in_one_file_only() -> None:
    assert bibliography.repeated() == []
    assert glossary.repeated() == []


def test_works_can_be_found() -> None:
    for work in works().values():
        assert work.people, work.key
        assert re.fullmatch(r"(1[89]|20)\d\d", work.year), work.key
        assert work.title, work.key
        assert work.doi or work.isbn or work.url.startswith("http"), work.key
        assert re.fullmatch(r"(10\.\d{4,9}/\S+)?", work.doi), work.key
        assert not work.isbn or _is_isbn(work.isbn.replace("-", "")), work.key


def _is_isbn(digits: str) -> bool:
    return len(digits) == 13 and sum(int(d) * (1 if place % 2 == 0 else 3) for place, d in enumerate(digits)) % 10 == 0


def test_every_work_and_term_is_mentioned() -> None:
    mentioned: dict[str, set[str]] = {"cite": set(), "term": set()}
    for written in chapters("es"):
        for block in written.blocks:
            for role, value in ROLE.findall(block.text):
                if role == "cite":
                    mentioned["cite"] |= {each.strip() for each in value.split(",")}
    assert set(works()) - mentioned["cite"] == set()


def test_works_are_cited_as_people_do() -> None:
    with use_language("en"):
        shown = [cited(works()[key]) for key in ("rosenblatt1958", "minsky1969", "he2016", "harris2020")]
    assert shown == ["Rosenblatt, 1958", "Minsky & Papert, 1969", "He et al., 2016", "Harris et al., 2020"]
    with use_language("es"):
        assert cited(works()["minsky1969"]) == "Minsky y Papert, 1969"
        assert 'id="he2016"' in bibliography_html()


def test_terms_are_explained_in_both_languages() -> None:
    for term in terms().values():
        assert all((*term.word, *term.meaning)), term.key
        assert term.meaning.en != term.meaning.es, term.key
        assert term.meaning.es.endswith("."), term.key
    with use_language("es"):
        assert f'id="{next(iter(terms()))}"' in glossary_html()


def test_a_formula_is_drawn_in_the_colour_of_the_text_and_can_be_heard() -> None:
    drawn = draw(r"\frac{\partial L}{\partial w_i} = \sum_j x_j", display=True)
    svg, _, mathml = drawn.partition("</svg>")
    root = ElementTree.fromstring(svg + "</svg>")
    assert root.get("fill") == "currentColor"
    assert root.get("aria-hidden") == "true"
    assert "black" not in svg
    spoken = ElementTree.fromstring(mathml)
    assert "∂" in "".join(spoken.itertext())
    assert spoken.get("alttext") == r"\frac{\partial L}{\partial w_i} = \sum_j x_j"
    assert formula("x") == formula("x") != formula("x", display=True)


@pytest.mark.parametrize(
    ("query", "anchor"),
    [("retropropag", "backpropagation-pieces"), ("CONVOLUCIÓN", "convolution"), ("convolucion", "convolution")],
)
def test_sections_are_found_whatever_the_accents(query: str, anchor: str) -> None:
    assert anchor in [hit.anchor for hit in search(query, "es")[:8]]


def test_search_looks_for_all_words_and_shows_where() -> None:
    hits = search("learning rate", "en")
    assert hits
    assert all("learn" in (hit.title + hit.excerpt + hit.about).lower() or hit.excerpt for hit in hits)
    assert search("zzyzx", "en") == []
    assert search("  ", "en") == []
