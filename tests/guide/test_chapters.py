"""Every chapter is whole: in both languages, with every section that the outline wants and what each section has."""

import re
from pathlib import Path

import pytest

from hondo.core.language import LANGUAGES
from hondo.guide import mistakes
from hondo.guide.blocks import parse
from hondo.guide.errors import GuideError
from hondo.guide.library import FOLDER, anchors, chapter, chapters, names, outline
from hondo.guide.parity import differences, skeleton, stale
from hondo.guide.render.markdown import UNKNOWN, inline, prose

SEED = Path(__file__).resolve().parents[3] / "shared" / "seed"


def test_every_section_of_the_outline_is_in_the_guide() -> None:
    places = {section: planned["at"] for section, planned in outline().items()}
    missing = [
        section
        for section, at in places.items()
        if at != "references" and anchors().get(at.partition("#")[2]) != at.partition("#")[0]
    ]
    assert missing == []
    assert len(places) > 90


def test_the_outline_has_the_sections_of_its_source() -> None:
    sources = sorted(SEED.glob("*.txt")) if SEED.exists() else []
    if not sources:
        pytest.skip("the source of the outline is not here")
    text = sources[0].read_text(encoding="utf-8")
    found = set(re.findall(r"(?m)^(?:- )?(\d(?:\.\d+)+)\s+\S", text.partition("1 Introducción al deep learning\n")[2]))
    assert len(found) > 70
    assert found - set(outline()) == set()


@pytest.mark.parametrize("name", names())
def test_both_languages_say_the_same(name: str) -> None:
    assert differences(name) == []


@pytest.mark.parametrize("name", names())
def test_no_translation_has_gone_stale(name: str) -> None:
    assert stale(name) == [], f"compare both languages, then: python -m hondo.guide.parity stamp {name}"


@pytest.mark.parametrize("spoken", LANGUAGES)
@pytest.mark.parametrize("name", names())
def test_sections_have_what_sections_have(name: str, spoken: str) -> None:
    written = chapter(name, "es" if spoken == "es" else "en")
    assert [*mistakes.of_structure(written), *mistakes.of_references(written)] == []


@pytest.mark.parametrize("spoken", LANGUAGES)
@pytest.mark.parametrize("name", names())
def test_every_text_becomes_html(name: str, spoken: str) -> None:
    written = chapter(name, "es" if spoken == "es" else "en")
    for block in written.blocks:
        if block.kind not in ("cell", "live"):
            shown = inline(block.text, written) if block.kind == "heading" else prose(block.text, written, {})
            words = re.sub(r"<svg.*?</svg>|<math.*?</math>|<code.*?</code>", "", shown, flags=re.DOTALL)
            assert "$" not in words, (block.id, words)
            assert "{" not in words.replace(UNKNOWN, ""), (block.id, words)
            assert "Traceback" not in words


def test_there_is_a_whole_guide() -> None:
    assert len(names()) == 16
    assert sum(len(each.of("exercise")) for each in chapters()) >= 40
    assert sum(len(each.of("live")) for each in chapters()) >= 30
    assert sum(each.minutes for each in chapters()) <= 15
    assert all((FOLDER / name / f"{spoken}.md").exists() for name in names() for spoken in LANGUAGES)


HEAD = "---\nhondo: {minutes: 1, summary: s}\n---\n"


def test_a_chapter_is_read_into_blocks() -> None:
    text = HEAD + (
        "(a)=\n# Title\n\nWords.\n\n(b)=\n## Part\n\n```{code-cell} python\n:name: one\n:tags: [skip]\n\nx = 1\n```\n\n"
        "```python\n# no cell\n(z)=\n```\n\n```{live} moves\n```\n\n```{try}\nThis.\n```\n"
    )
    read = parse(text, "07-x", "en")
    assert [(block.kind, block.id, block.section) for block in read.blocks] == [
        ("heading", "a", "a"),
        ("prose", "a-p1", "a"),
        ("heading", "b", "b"),
        ("cell", "one", "b"),
        ("prose", "b-p1", "b"),
        ("live", "moves", "b"),
        ("try", "b-try1", "b"),
    ]
    assert read.blocks[3].options == {"name": "one", "tags": "[skip]"}
    assert read.blocks[3].text == "x = 1"
    assert (read.number, read.title, [head.id for head, _ in read.sections()]) == (7, "Title", ["a", "b"])


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("# no front matter\n", 1),
        (HEAD + "# No anchor\n", 4),
        (HEAD + "(a)=\n# T\n\n```{code-cell} python\nx = 1\n```\n", 7),
        (HEAD + "(a)=\n# T\n\n```{live} x\n", 7),
        (HEAD + "(a)=\n# T\n\n```{live} x\n```\n\n```{live} x\n```\n", 10),
        (HEAD + "words first\n", 4),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, line: int) -> None:
    with pytest.raises(GuideError, match=rf"07-x/en\.md:{line}: "):
        parse(text, "07-x", "en")


def test_code_is_compared_without_words() -> None:
    one = 'x = f"{a:.2f} of"  # note\nprint("a", x)'
    assert skeleton(one) == skeleton('x = f"{a:.2f} de"\nprint("b", x)  # nota')
    assert skeleton(one) != skeleton('x = f"{b:.2f} de"\nprint("b", x)')
