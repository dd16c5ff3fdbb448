"""Every figure draws at every choice and end of its controls, moves, and says what it shows in both languages."""

import re

import pytest

from hondo.core.language import tr
from hondo.core.spec import RunSpec
from hondo.experiments.specs.read import read_spec
from hondo.guide import mistakes
from hondo.guide.drawing.canvas import Canvas, Picture, number
from hondo.guide.figures.catalogue import figures
from hondo.guide.figures.controls import At, Choice, Slider, Toggle, label
from hondo.guide.figures.figure import Figure
from hondo.guide.library import chapters
from hondo.guide.opening import written
from hondo.guide.words import Words
from hondo.lab.pages.playground.address import from_address

SHOWN = {block.id: written.name for written in chapters("es") for block in written.of("live")}


@pytest.mark.parametrize("name", sorted(figures()))
def test_a_figure_draws_moves_and_says_what_in_both_languages(name: str) -> None:
    figure = figures()[name]
    assert mistakes.of_figure(figure) == []
    assert all(label(control) for control in figure.controls)
    if figure.drag is not None:
        assert {figure.drag.x, figure.drag.y} - {""} <= {control.name for control in figure.controls}
        assert figure.picture().plot is not None


def test_faults_of_figures_are_found() -> None:
    def still(_: At) -> Picture:
        return Picture("<svg/>", tr("A picture.", "Un dibujo."), None)

    def fails(_: At) -> Picture:
        raise ZeroDivisionError

    slider, title = Slider("a", "a", 0, 1, 0.5, 0.1), Words("A title", "Un título")
    assert mistakes.of_figure(Figure("still", title, (slider,), still)) == ["figure still does not move"]
    assert mistakes.of_figure(Figure("still", title, (), still)) == []
    assert mistakes.of_figure(Figure("still", Words("AND", "AND"), (), still)) == []
    assert len(mistakes.of_figure(Figure("fails", title, (slider,), fails))) == 5
    mute = mistakes.of_figure(Figure("mute", title, (), lambda _: Picture("<svg>nan</svg>", "", None)))
    assert {each.split(" ", 2)[2] for each in mute} == {
        "draws nan at {}", "says nothing at {}", "says the same in both languages",
    }  # fmt: skip


@pytest.mark.parametrize("name", sorted(name for name, each in figures().items() if each.playground))
def test_what_opens_in_the_playground_is_a_setup(name: str) -> None:
    figure = figures()[name]
    assert figure.playground is not None
    for given in [{}, *({control.name: end} for control in figure.controls for end in control.ends())]:
        assert from_address(figure.playground(figure.at(given)))


@pytest.mark.parametrize("name", sorted(name for name, each in figures().items() if each.experiment))
def test_what_opens_as_an_experiment_is_one_with_that_value(name: str) -> None:
    figure = figures()[name]
    assert figure.experiment is not None
    specs: list[RunSpec] = []
    for given in [{}, *({control.name: end} for control in figure.controls for end in control.ends())]:
        builtin, changes = figure.experiment(figure.at(given))
        specs.append(read_spec(builtin, [f"{key}={written(value)}" for key, value in changes.items()]))
    assert any(spec != specs[0] for spec in specs)


def test_figures_are_those_that_chapters_show() -> None:
    assert set(figures()) == set(SHOWN)


def test_controls_take_nothing_but_what_they_offer() -> None:
    slider = Slider("a", "a", -1, 1, 0.5, 0.1)
    assert [slider.read(each) for each in ("0.34", 7, -7, "x", None, float("nan"))] == [0.3, 1, -1, 0.5, 0.5, 0.5]
    assert Choice("c", "c", {"one": "1", "two": "2"}, "two").read("three") == "two"
    assert [Toggle("t", "t").read(each) for each in (True, "true", "no", None)] == [True, True, False, False]


def test_lines_stop_at_the_edges_of_the_axes() -> None:
    canvas = Canvas(100, 100)
    plot = canvas.axes((0, 1), (0, 1), box=(10, 10, 80, 80), ticks=False)
    plot.line([-1, 2], [0.5, 0.5])
    plot.line([0, 0.5, 1], [0, 5, 0])
    drawn = re.findall(r'points="([^"]*)"[^>]*stroke="var\(--fig-blue', canvas.picture("p").svg)
    assert drawn[0] == "10.0,50.0 90.0,50.0"
    places = [tuple(map(float, point.split(","))) for line in drawn for point in line.split()]
    assert len(drawn) == 3
    assert all(10 <= x <= 90 and 10 <= y <= 90 for x, y in places)


def test_numbers_and_words_are_written_safely() -> None:
    assert [number(each) for each in (-0.12345, 1e-9, float("inf"), 0.0)] == ["−0.123", "1·10⁻⁹", "∞", "0"]
    canvas = Canvas()
    canvas.text(0, 0, "<script>")
    assert "<script>" not in canvas.picture('"><script>').svg
