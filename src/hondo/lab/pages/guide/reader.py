"""A chapter to be read: its text section by section, with its figures, cells and exercises alive."""

import asyncio
import html
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from nicegui import ui

from hondo.core.errors import HondoError
from hondo.core.language import tr
from hondo.guide.blocks import Block, Chapter
from hondo.guide.execution.record import Record, record_of
from hondo.guide.exercises.catalogue import exercise_named
from hondo.guide.exercises.exercise import Exercise
from hondo.guide.figures.catalogue import figure_named
from hondo.guide.figures.figure import Figure
from hondo.guide.library import chapter, chapters
from hondo.guide.render.markdown import inline, plain, prose
from hondo.lab.frame import frame
from hondo.lab.here import here
from hondo.lab.islands.reading import Reading
from hondo.lab.pages.guide.bench import Bench
from hondo.lab.pages.guide.cells import Cell, shown_only
from hondo.lab.pages.guide.doors import doors_of_chapter
from hondo.lab.pages.guide.exercises import Task
from hondo.lab.pages.guide.figures import live
from hondo.lab.pages.guide.references import trail  # their addresses come before that of a chapter
from hondo.lab.pages.runs import said
from hondo.lab.parts import attribute, element, link, text
from hondo.lab.speech import aside, spoken
from hondo.store.progress import Progress, keep_place, mark, progress_of

_BREATH = 0.01  # seconds between two sections, for whatever else the reader does
Section = tuple[Block, tuple[Block, ...]]
Growing = tuple[Block, str, ui.element]


@ui.page("/guide/{name}")
@spoken
async def reader(name: str) -> None:
    """A chapter by its name, number or slug."""
    try:
        opened = await aside(_open, name[:80])
    except HondoError as error:
        with frame(tr("Guide", "Guía"), "/guide", "guide", "goon"):
            text("h1", tr("There is no such chapter", "No hay ese capítulo"))
            text("p", str(error), "lede")
            with ui.element("div").classes("row"):
                link(tr("All chapters", "Todos los capítulos"), "/guide", "button primary")
        return
    if opened is not None:  # None: the lab is closing
        Reader(opened)


@dataclass(frozen=True)
class Opened:
    """What a page needs before it can be built.

    Attributes:
        chapter: what is read.
        record: what its cells showed and computed when it was last executed, if it was.
        done: what the reader has done in it.
        before, after: its neighbours.
    """

    chapter: Chapter
    record: Record | None
    done: Progress
    before: Chapter | None
    after: Chapter | None


class Reader:
    """The page of a chapter; its sections are put in one by one, that which the address names first."""

    def __init__(self, opened: Opened) -> None:
        self._chapter, self._record, self._done = opened.chapter, opened.record, opened.done
        self._values = opened.record.values if opened.record is not None else {}
        self._sections = self._chapter.sections()
        self._bodies: list[ui.element] = []
        self._parts: list[ui.element] = []
        self._waiting = list(range(len(self._sections)))
        self._moved = False
        self._bench = Bench(self._chapter)
        title = plain(self._chapter.title)
        with frame(title, "/guide", "guide", "goon"), ui.element("div").classes("reader"):
            self._rail()
            with element("article", "chapter", lang=self._chapter.language):
                self._head()
                for section in self._sections:
                    self._part(section)
                _neighbours(opened)
            Reading(spoken(self._wanted), spoken(self._at), spoken(self._read))
        ui.timer(0.01, spoken(self._mount), once=True)

    def _rail(self) -> None:
        with element("aside", "rail", aria_label=tr("This chapter", "Este capítulo")):
            with element("details", "toc narrow"):
                with ui.element("summary"):
                    said("span", tr("In this chapter", "En este capítulo"))
                self._contents()
            with ui.element("div").classes("toc wide"):
                said("p", tr("In this chapter", "En este capítulo"), "eyebrow")
                self._contents()
            self._bench.bar()
            if found := doors_of_chapter(self._chapter):
                with ui.element("div").classes("rail-links"):
                    for words, address in found:
                        link(words, address)

    def _contents(self) -> None:
        with element("nav", aria_label=tr("Sections", "Secciones")), ui.element("ol"):
            for heading, _ in self._sections[1:]:
                with ui.element("li"):
                    made = link(plain(heading.text), f"#{heading.id}")
                    attribute(made, data_to=heading.id, data_read="true" if heading.id in self._done.read else None)

    def _head(self) -> None:
        trail(tr(f"Chapter {self._chapter.number}", f"Capítulo {self._chapter.number}"))
        opening = self._sections[0][0]
        ui.html(inline(opening.text, self._chapter, self._values), tag="h1", sanitize=False).props(f'id="{opening.id}"')
        text("p", self._chapter.summary, "lede")

    def _part(self, section: Section) -> None:
        heading = section[0]
        with element("section", "part", data_anchor=heading.id) as part:
            if heading.level > 1:
                self._heading(heading)
            body = ui.element("div").classes("part-body coming")
        self._parts.append(part)
        self._bodies.append(body)

    def _heading(self, heading: Block) -> None:
        words = inline(heading.text, self._chapter, self._values)
        about = html.escape(tr("Copy the link to this section", "Copiar el enlace a este apartado"), quote=True)
        anchor = f'<a class="anchor" href="#{heading.id}" aria-label="{about}" title="{about}">#</a>'
        made = ui.html(f"{words}{anchor}", tag=f"h{heading.level}", sanitize=False)
        made.props(f'id="{heading.id}"')

    async def _mount(self) -> None:
        """Put in the text of all sections, then what has to be imported first; between two steps the page answers."""
        growing: list[tuple[int, list[Growing]]] = []
        while self._waiting:
            number = self._waiting.pop(0)
            blocks = self._sections[number][1]
            words = await aside(lambda blocks=blocks: [_words(each, self._chapter, self._values) for each in blocks])
            if words is None:  # the lab is closing
                return
            with self._bodies[number].classes(remove="coming"):
                places = [self._place(block, each) for block, each in zip(blocks, words, strict=True)]
            growing.append((number, [place for place in places if place is not None]))
            await asyncio.sleep(_BREATH)
        for number, places in growing:
            for block, words, place in places:
                await self._grow(block, words, place)
            attribute(self._parts[number], data_ready="true")
            await asyncio.sleep(_BREATH)

    def _place(self, block: Block, words: str) -> Growing | None:
        """Put in a block, or the place where :meth:`_grow` will."""
        if block.kind == "heading":
            self._heading(block)
        elif block.kind == "cell" and not block.runs:
            shown_only(block, self._chapter)
        elif block.kind == "cell":
            recorded = self._record.outputs.get(block.id, []) if self._record is not None else []
            Cell(block, self._bench, self._done.code.get(block.id), recorded)
        elif block.kind in ("live", "exercise"):
            return block, words, ui.element("div").classes(f"growing {block.kind}-place")
        elif block.kind in ("try", "more"):
            title = tr("Try it", "Pruebe") if block.kind == "try" else tr("Read on", "Para seguir")
            with element("div", f"aside {block.kind}", role="group", aria_label=title):
                said("span", title, "eyebrow")
                ui.html(words, sanitize=False).classes("prose")
        else:
            ui.html(words, sanitize=False).classes("prose")
        return None

    async def _grow(self, block: Block, words: str, place: ui.element) -> None:
        """Put in a figure or an exercise; the first one of a chapter imports its module."""
        find = figure_named if block.kind == "live" else exercise_named
        try:
            found = await aside(find, block.id, self._chapter.name)
        except HondoError as error:
            found = error
        with place.classes(remove="growing"):
            if isinstance(found, Figure):
                live(found)
            elif isinstance(found, Exercise):
                Task(found, words, self._bench, self._done)
            elif found is not None:
                text("p", str(found), "message bad")

    def _wanted(self, anchor: str) -> None:
        """Put the section that holds an anchor before the others, and those after it next."""
        number = next((n for n, section in enumerate(self._sections) if _holds(section, anchor)), None)
        if number in self._waiting:
            self._waiting.sort(key=lambda each: (each < number, each))

    async def _at(self, anchor: str) -> None:
        if not any(heading.id == anchor for heading, _ in self._sections):
            return
        if anchor == self._sections[0][0].id and not self._moved:  # a chapter that is only opened keeps its place
            anchor = self._done.section or anchor
        else:
            self._moved = True
        await _quietly(keep_place, self._chapter.name, anchor)

    async def _read(self, anchor: str) -> None:
        if any(heading.id == anchor for heading, _ in self._sections[1:]):
            await _quietly(mark, self._chapter.name, "read", anchor)


def _open(name: str) -> Opened:
    found = chapter(name)
    everything = chapters()
    place = next(n for n, each in enumerate(everything) if each.name == found.name)
    return Opened(
        found,
        record_of(found.name, found.language),
        progress_of(here(), found.name),
        everything[place - 1] if place else None,
        everything[place + 1] if place + 1 < len(everything) else None,
    )


def _words(block: Block, at: Chapter, values: Mapping[str, str]) -> str:
    """A block's text as HTML, where it has one."""
    return "" if block.kind in ("heading", "cell", "live") else _with_copy(prose(block.text, at, values))


def _with_copy(words: str) -> str:
    """Code in the text with a button that copies it."""
    button = f'<button type="button" class="button quiet copy">{tr("Copy", "Copiar")}</button>'
    opened = words.replace('<pre class="code"', f'<div class="snippet">{button}<pre class="code"')
    return opened.replace("</code></pre>", "</code></pre></div>")


def _holds(section: Section, anchor: str) -> bool:
    heading, blocks = section
    places = (f"cell-{anchor.removeprefix('cell-')}", f"exercise-{anchor.removeprefix('exercise-')}")
    return heading.id == anchor or any(block.id == anchor or f"{block.kind}-{block.id}" in places for block in blocks)


async def _quietly(act: Callable[..., object], *given: str) -> None:
    """Keep a place; a database that is busy for a moment costs nobody their reading."""
    try:
        await aside(act, here(), *given)
    except HondoError:
        return


def _neighbours(opened: Opened) -> None:
    with element("nav", "neighbours", aria_label=tr("Other chapters", "Otros capítulos")):
        for found, words, kind in (
            (opened.before, tr("Previous", "Anterior"), "before"),
            (opened.after, tr("Next", "Siguiente"), "after"),
        ):
            if found is not None:
                with element("a", kind, href=f"/guide/{found.name}"):
                    said("span", words, "eyebrow")
                    said("strong", plain(found.title))
