"""The whole guide as files that any web server, or none, can show: both languages, search, no foreign host."""

import base64
import html
import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, Template, select_autoescape
from markupsafe import Markup

from hondo.core.language import LANGUAGES, Language, tr, use_language
from hondo.guide.blocks import Block, Chapter
from hondo.guide.execution.outputs import Output
from hondo.guide.execution.record import record_of
from hondo.guide.exercises.catalogue import exercise_named
from hondo.guide.figures.catalogue import figure_named
from hondo.guide.library import chapters
from hondo.guide.render.code import highlighted
from hondo.guide.render.links import SiteLinks
from hondo.guide.render.markdown import inline, plain, prose
from hondo.guide.render.references import bibliography_html, glossary_html
from hondo.guide.search import sections

_ASSETS = Path(__file__).with_name("assets")
_LINKS = SiteLinks()
_INTO_THE_LAB = re.compile(r'<a href="/[^"]*"[^>]*>(.*?)</a>', re.DOTALL)


def pages() -> Iterator[tuple[str, str]]:
    """Every file of the site: where it lies, and its text."""
    for name in ("site.css", "site.js"):
        yield name, (_ASSETS / name).read_text(encoding="utf-8")
    yield "index.html", _template("start.html").render()
    for spoken in LANGUAGES:
        with use_language(spoken):
            all_chapters = chapters(spoken)
            listing = [(each, Markup(inline(each.title, each, {}, _LINKS))) for each in all_chapters]
            yield f"{spoken}/index.html", _page(spoken, "index", tr("Contents", "Contenido"), _contents(listing))
            yield f"{spoken}/search.js", f"const SECTIONS = {json.dumps(_index(spoken), ensure_ascii=False)};\n"
            for place, chapter in enumerate(all_chapters):
                around = [
                    all_chapters[other] if 0 <= other < len(all_chapters) else None for other in (place - 1, place + 1)
                ]
                yield f"{spoken}/{chapter.name}.html", _chapter(chapter, around)
            title = tr("References", "Referencias")
            yield (
                f"{spoken}/references.html",
                _page(spoken, "references", title, f"<h1>{title}</h1>{bibliography_html()}"),
            )
            title = tr("Glossary", "Glosario")
            yield f"{spoken}/glossary.html", _page(spoken, "glossary", title, f"<h1>{title}</h1>{glossary_html()}")


def _chapter(chapter: Chapter, around: list[Chapter | None]) -> str:
    record = record_of(chapter.name, chapter.language)
    values, outputs = (record.values, record.outputs) if record else ({}, {})
    body = "".join(_block(block, chapter, values, outputs.get(block.id, [])) for block in chapter.blocks)
    contents = [
        (block.id, Markup(inline(block.text, chapter, values, _LINKS)), block.level)
        for block in chapter.of("heading")
        if 2 <= block.level <= 3
    ]
    return _page(chapter.language, chapter.name, plain(chapter.title), body, contents, around)


def _page(
    spoken: Language,
    name: str,
    title: str,
    body: str,
    contents: list[tuple[str, Markup, int]] | None = None,
    around: list[Chapter | None] | None = None,
) -> str:
    before, after = around or [None, None]
    return _template("page.html").render(
        language=spoken,
        other="en" if spoken == "es" else "es",
        name=name,
        title=title,
        body=Markup(body),
        contents=contents or [],
        before=before and (before.name, plain(before.title)),
        after=after and (after.name, plain(after.title)),
        tr=tr,
    )


def _contents(listing: list[tuple[Chapter, Markup]]) -> str:
    return _template("contents.html").render(chapters=listing, tr=tr)


def _block(block: Block, chapter: Chapter, values: Mapping[str, str], outputs: list[Output]) -> str:
    words = "" if block.kind in ("cell", "live") else _prose(block.text, chapter, values)
    if block.kind == "heading":
        level = min(block.level, 4)
        shown = inline(block.text, chapter, values, _LINKS)
        return f'<h{level} id="{block.id}">{shown} <a class="anchor" href="#{block.id}" aria-label="#">#</a></h{level}>'
    if block.kind == "cell":
        return f'<div class="cell">{highlighted(block.text)}{"".join(map(_output, outputs))}</div>'
    if block.kind == "live":
        return _figure(block, chapter)
    if block.kind == "exercise":
        return _exercise(block, words, chapter)
    titles = {"try": tr("Try it", "Pruebe"), "more": tr("Read on", "Para seguir leyendo")}
    if block.kind in titles:
        return f'<aside class="{block.kind}"><h5>{titles[block.kind]}</h5>{words}</aside>'
    return words


def _prose(text: str, chapter: Chapter, values: Mapping[str, str]) -> str:
    """A text whose links into the lab, which is not here, are only words."""
    return _INTO_THE_LAB.sub(r"\1", prose(text, chapter, values, _LINKS))


def _figure(block: Block, chapter: Chapter) -> str:
    figure = figure_named(block.id, chapter.name)
    picture = figure.picture()
    title, summary = html.escape(str(figure.title)), html.escape(picture.summary)
    moves = tr("In the lab it moves.", "En el laboratorio se mueve.") if figure.controls else ""
    caption = f"<figcaption><strong>{title}.</strong> {summary} <em>{moves}</em></figcaption>"
    return f'<figure id="{block.id}">{picture.svg}{caption}</figure>'


def _exercise(block: Block, words: str, chapter: Chapter) -> str:
    exercise = exercise_named(block.id, chapter.name)
    hints = [exercise.hint(number) for number in range(len(exercise.hints))]
    folded = "".join(
        f"<details><summary>{tr('Hint', 'Pista')} {number}</summary>{_prose(hint, chapter, {})}</details>"
        for number, hint in enumerate(hints, 1)
    )
    solution = f"<details><summary>{tr('Solution', 'Solución')}</summary>{highlighted(exercise.solved())}</details>"
    title = tr("Exercise", "Ejercicio")
    begins = highlighted(exercise.begins_with())
    return f'<section class="exercise" id="{block.id}"><h5>{title}</h5>{words}{begins}{folded}{solution}</section>'


def _output(output: Output) -> str:
    if output.kind == "png":
        return f'<img class="output" alt="{tr("plot", "gráfico")}" src="data:image/png;base64,{output.text.strip()}">'
    if output.kind == "svg":
        data = base64.b64encode(output.text.encode()).decode("ascii")
        return f'<img class="output" alt="{tr("plot", "gráfico")}" src="data:image/svg+xml;base64,{data}">'
    if output.kind == "html":
        title, inside = tr("table", "tabla"), html.escape(output.text)
        return f'<iframe class="output" sandbox="" title="{title}" srcdoc="{inside}"></iframe>'
    return f'<pre class="output" tabindex="0">{html.escape(output.text)}</pre>' if output.text.strip() else ""


def _index(spoken: Language) -> list[list[str]]:
    return [[each.chapter, each.anchor, each.title, each.about, each.text] for each in sections(spoken)]


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_ASSETS), autoescape=select_autoescape(), trim_blocks=True, lstrip_blocks=True
    )


def _template(name: str) -> Template:
    return _environment().get_template(name)
