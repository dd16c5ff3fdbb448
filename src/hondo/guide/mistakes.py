"""What is not right in a chapter, found without running it: for its authors, and for the tests."""

import re

from hondo.core.language import LANGUAGES, Language, use_language
from hondo.guide.bibliography import works
from hondo.guide.blocks import Chapter
from hondo.guide.drawing.canvas import Picture
from hondo.guide.exercises.catalogue import exercise_named
from hondo.guide.exercises.checking import answer
from hondo.guide.figures.controls import Choice
from hondo.guide.figures.figure import Figure
from hondo.guide.glossary import terms
from hondo.guide.library import anchors, names, outline
from hondo.guide.roles import keys_of, roles_of

_NEEDED = ("prose", "cell", "live", "try", "exercise", "more")


def of_structure(written: Chapter) -> list[str]:
    """Sections that lack what every section has, and headings that the outline names and the chapter has not."""
    found: list[str] = []
    own = {block.id for block in written.of("heading")}
    for section, planned in outline().items():
        at, _, anchor = planned["at"].partition("#")
        if at == written.name and anchor not in own:
            found.append(f"section {section} should be at #{anchor}")
    for heading, blocks in written.sections()[1:]:
        kinds = {block.kind for block in blocks}
        found += [f"#{heading.id} has no {kind}" for kind in _NEEDED if kind not in kinds]
    if not written.minutes or not written.summary:
        found.append("minutes and summary are needed in the front matter")
    return found


def of_references(written: Chapter) -> list[str]:
    """Works, terms and anchors that do not exist."""
    known = {"cite": works(), "term": terms(), "ref": {*anchors(), *names()}}
    return [
        f"line {block.line}: {{{role}}}`{each}` does not exist"
        for block in written.blocks
        for role, value in roles_of(block)
        if role in known
        for each in keys_of(role, value)
        if each not in known[role]
    ]


def of_figure(figure: Figure) -> list[str]:
    """Settings at which a figure fails or says nothing (each choice, all controls at either end), and other faults."""
    choices = [each for each in figure.controls if isinstance(each, Choice)]
    settings = [{each.name: option} for each in choices for option in each.ends() if option != each.value]
    settings += [{each.name: each.ends()[place] for each in figure.controls} for place in (0, -1) if figure.controls]
    found: list[str] = []
    english = _drawn(figure, {}, "en", found)
    first, again, *moved = [_drawn(figure, given, "es", found) for given in ({}, {}, *settings)]
    if first is None or again is None or english is None:
        return found
    if first.svg != again.svg:
        found.append(f"figure {figure.name} is another each time")
    if first.summary == english.summary or (figure.title.en == figure.title.es and not figure.title.en.isupper()):
        found.append(f"figure {figure.name} says the same in both languages")
    if figure.controls and all(each is not None and each.svg == first.svg for each in moved):
        found.append(f"figure {figure.name} does not move")
    return found


def _drawn(figure: Figure, given: dict, spoken: Language, found: list[str]) -> Picture | None:
    """A figure's picture, if there is one; what is wrong with it is added to what was found."""
    try:
        with use_language(spoken):
            picture = figure.picture(given)
    except Exception as error:
        found.append(f"figure {figure.name} fails at {given}: {type(error).__name__}: {error}")
        return None
    if "nan" in re.sub(r"base64,[^\"]*|<text.*?</text>|aria-label=\"[^\"]*\"", "", picture.svg):
        found.append(f"figure {figure.name} draws nan at {given}")
    if not picture.summary:
        found.append(f"figure {figure.name} says nothing at {given}")
    return picture


def of_exercise(name: str, at: str = "") -> list[str]:
    """Right answers that an exercise refuses, and wrong ones that it lets pass or does not recognise."""
    exercise = exercise_named(name, at)
    found: list[str] = []
    for spoken in LANGUAGES:
        with use_language(spoken):
            if not (verdict := answer(exercise, exercise.solved())).right:
                found.append(f"exercise {name}: the solution ({spoken}) is refused: {verdict.words}")
            if answer(exercise, exercise.begins_with()).right:
                found.append(f"exercise {name}: what it begins with passes already")
    verdicts = [(code, answer(exercise, code)) for code in exercise.right]
    found += [f"exercise {name}: a right answer is refused: {v.words}\n{code}" for code, v in verdicts if not v.right]
    for wrong in exercise.wrong:
        verdict = answer(exercise, wrong.code)
        if verdict.right or verdict.mistake != wrong.mistake:
            found.append(
                f"exercise {name}: {wrong.mistake!r} is taken for {verdict.mistake!r}: {verdict.words}\n{wrong.code}"
            )
    if not exercise.right or len(exercise.wrong) < 2 or not 1 <= len(exercise.hints) <= 3:
        found.append(f"exercise {name}: another right answer, two wrong ones and one to three hints are needed")
    return found
