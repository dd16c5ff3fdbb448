"""From the guide to the rest of the lab: what a chapter, a figure or a cell shows, as a playground or an experiment."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from hondo.core.language import tr
from hondo.guide.blocks import Block, Chapter
from hondo.guide.figures.figure import Figure
from hondo.guide.opening import experiment_of, trains, written

Door = tuple[str, str]
"""Words and address."""


def doors_of_chapter(chapter: Chapter) -> list[Door]:
    """Where what a chapter is about opens."""
    found = [to_playground(chapter.links["playground"])] if chapter.links.get("playground") else []
    return found + ([to_experiment(chapter.links["experiment"])] if chapter.links.get("experiment") else [])


def doors_of_figure(figure: Figure, values: Mapping[str, Any]) -> list[Door]:
    """Where what a figure shows now opens."""
    at = figure.at(values)
    found = [to_playground(figure.playground(at))] if figure.playground is not None else []
    return found + ([to_experiment(*figure.experiment(at))] if figure.experiment is not None else [])


def playground_of_cell(cell: Block) -> Door | None:
    """Where the playground shows what a cell computes."""
    return to_playground(cell.options["playground"]) if cell.options.get("playground") else None


def trains_like(cell: Block, chapter: Chapter) -> str:
    """The built-in experiment that is near to what a cell trains; empty where it trains none."""
    return cell.options.get("experiment", chapter.links.get("experiment", "")) if trains(cell.text) else ""


def experiment_of_cell(cell: Block, chapter: Chapter, code: Sequence[str]) -> Door | None:
    """Where what a cell trains opens, with what it and the code before it say."""
    found = experiment_of(code, trains_like(cell, chapter) or None)
    return to_experiment(*found) if found is not None else None


def to_playground(query: str) -> Door:
    """The playground as an address says."""
    return tr("Open in the playground", "Abrir en el campo de juego"), f"/playground?{query.removeprefix('?')}"


def to_experiment(name: str, changes: Mapping[str, Any] | None = None) -> Door:
    """A new experiment that begins with a built-in one and some values of its own."""
    more = "".join(f"&set={quote(f'{key}={written(value)}')}" for key, value in (changes or {}).items())
    return tr("Open as an experiment", "Abrir como experimento"), f"/experiments/new?builtin={quote(name)}{more}"
