"""The guide's contents: its chapters with what the reader has done in them, a search, and where to go on."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from nicegui import ui

from hondo.core.errors import HondoError
from hondo.core.language import Language, language, tr
from hondo.guide.blocks import Chapter
from hondo.guide.library import chapter, chapters, names
from hondo.guide.render.markdown import plain
from hondo.guide.search import Hit, search
from hondo.lab.asking import Newest
from hondo.lab.frame import frame
from hondo.lab.here import here
from hondo.lab.pages.runs import said
from hondo.lab.parts import element, field, link, text
from hondo.lab.speech import aside, spoken
from hondo.store.progress import Progress, last_place, progress_of_all
from hondo.store.workspace import Workspace

_WORDS_A_MINUTE, _EXERCISE_MINUTES, _FIGURE_MINUTES = 160, 4, 2
_MOST_HITS = 12


@dataclass(frozen=True)
class Stop:
    """Where a reader goes on.

    Attributes:
        address: of the section.
        chapter: its chapter's title.
        section: the section's; empty at a chapter's beginning.
        begun: whether the reader has been there.
    """

    address: str
    chapter: str
    section: str
    begun: bool


@ui.page("/guide")
@spoken
async def contents() -> None:
    """All chapters."""
    found = await aside(_look)
    if found is None:  # the lab is closing
        return
    every, done, stop = found
    with frame(tr("Guide", "Guía"), "/guide", "guide", "goon"):
        text("h1", tr("The guide", "La guía"))
        text(
            "p",
            tr(
                "Deep learning from one neuron to the networks with names, with figures that move, code that runs and "
                "exercises that answer.",
                "El aprendizaje profundo, de una neurona a las redes con nombre propio, con figuras que se mueven, "
                "código que se ejecuta y ejercicios que responden.",
            ),
            "lede",
        )
        if stop is not None:
            go_on(stop)
        _search()
        for title, numbers in _groups():
            own = [each for each in every if each.number in numbers]
            if own:
                text("h2", title)
                with ui.element("ol").classes("chapters"):
                    for each in own:
                        _row(each, done.get(each.name, Progress()))
        text("h2", tr("At the end", "Al final"))
        with ui.element("div").classes("ends"):
            link(tr("Glossary", "Glosario"), "/guide/glossary", "button")
            link(tr("Bibliography", "Bibliografía"), "/guide/references", "button")


def next_stop(workspace: Workspace) -> Stop | None:
    """Where the reader goes on, or the first chapter for those who have not begun; None without chapters."""
    place = last_place(workspace)
    if place is not None and place.chapter in names():
        at = chapter(place.chapter)
        heading = next((each for each in at.of("heading") if each.id == place.section and each.level > 1), None)
        if heading is None:
            return Stop(f"/guide/{at.name}", plain(at.title), "", begun=True)
        return Stop(f"/guide/{at.name}#{heading.id}", plain(at.title), plain(heading.text), begun=True)
    if not names():
        return None
    first = chapter(names()[0])
    return Stop(f"/guide/{first.name}", plain(first.title), "", begun=False)


@cache
def minutes(name: str, spoken_in: Language) -> int:
    """About how long a chapter takes to be read, its figures tried and its exercises done, in steps of five minutes."""
    at = chapter(name, spoken_in)
    words = sum(len(each.text.split()) for each in at.blocks if each.kind not in ("cell", "live"))
    lines = sum(len(each.text.splitlines()) for each in at.of("cell"))
    taken = words / _WORDS_A_MINUTE + lines / 12 + _EXERCISE_MINUTES * len(at.of("exercise"))
    return max(5, 5 * round((taken + _FIGURE_MINUTES * len(at.of("live"))) / 5))


def _look() -> tuple[tuple[Chapter, ...], Mapping[str, Progress], Stop | None]:
    return chapters(), progress_of_all(here()), next_stop(here())


def _groups() -> list[tuple[str, range]]:
    return [
        (tr("What it is, and with what", "Qué es y con qué se hace"), range(1, 5)),
        (tr("How a network computes and learns", "Cómo calcula y aprende una red"), range(5, 12)),
        (tr("Networks that see", "Redes que ven"), range(12, 15)),
        (tr("Further", "Más allá"), range(15, 100)),
    ]


def go_on(stop: Stop) -> None:
    """The way to where the reader goes on; its look is in the style sheet ``goon``."""
    with element("a", "go-on", href=stop.address):
        words = tr("Go on with the guide", "Seguir con la guía") if stop.begun else tr("Begin here", "Empiece aquí")
        said("span", words, "eyebrow")
        said("strong", stop.section or stop.chapter)
        if stop.section:
            said("span", stop.chapter, "quiet")


def _row(at: Chapter, done: Progress) -> None:
    sections = {heading.id for heading, _ in at.sections()[1:]}
    exercises = {each.id for each in at.of("exercise")}
    read, solved = len(done.read & sections), len(done.solved & exercises)
    with ui.element("li"), element("a", "chapter-row", href=f"/guide/{at.name}{_place(at, done)}"):
        said("span", str(at.number), "numeral", aria_hidden="true")
        with ui.element("div").classes("what"):
            said("strong", plain(at.title))
            said("span", at.summary, "summary")
        with ui.element("div").classes("how-far"):
            _share(tr("sections read", "secciones leídas"), read, len(sections))
            _share(tr("exercises solved", "ejercicios resueltos"), solved, len(exercises))
            said(
                "span",
                tr(f"about {minutes(at.name, language())} min", f"unos {minutes(at.name, language())} min"),
                "time",
            )


def _share(what: str, count: int, whole: int) -> None:
    if not whole:
        return
    with element("span", f"share {'full' if count >= whole else ''}"):
        with element("i", "track", aria_hidden="true"):
            element("b", style=f"width: {count / whole:.0%}")
        said("span", f"{count}/{whole} {what}")


def _place(at: Chapter, done: Progress) -> str:
    known = {heading.id for heading, _ in at.sections()[1:]}
    return f"#{done.section}" if done.section in known else ""


def _search() -> None:
    with element("search", "guide-search"):
        field(
            tr("Search the guide", "Buscar en la guía"),
            "",
            spoken(lambda words: newest.put(words[:200])),
            kind="search",
        )
        place = element("div", "hits", aria_live="polite")

    async def look(words: str) -> tuple[str, list[Hit]] | None:
        try:
            return words, await aside(search, words, language()) or []
        except HondoError:
            return words, []

    def show(answer: tuple[str, list[Hit]]) -> None:
        words, hits = answer
        place.clear()
        if not words.strip():
            return
        with place:
            if not hits:
                said("p", tr("Nothing was found.", "No se encontró nada."), "quiet")
                return
            with ui.element("ol"):
                for hit in hits[:_MOST_HITS]:
                    with ui.element("li"), element("a", "hit", href=f"/guide/{hit.chapter}#{hit.anchor}"):
                        said("strong", hit.title)
                        said("span", hit.about, "about")
                        said("span", hit.excerpt, "excerpt")

    newest = Newest(look, show)
