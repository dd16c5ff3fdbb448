"""What a figure is: a title, controls, and a function that draws where they stand."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from hondo.guide.drawing.canvas import Picture
from hondo.guide.figures.controls import At, Control, Drag
from hondo.guide.words import Words, both


@dataclass(frozen=True)
class Figure:
    """A picture that moves.

    Attributes:
        name: by which chapters show it.
        title: what it shows, in both languages.
        controls: what can be moved.
        draw: from where they stand to a picture; it must answer within a tenth of a second once it is warm.
        drag: which sliders follow the pointer in the picture.
        playground: from where the controls stand to the query under which the playground shows the same.
        experiment: from there to a built-in experiment and what differs in it, such as ``{"train.epochs": 5}``.
    """

    name: str
    title: Words
    controls: tuple[Control, ...]
    draw: Callable[[At], Picture]
    drag: Drag | None = None
    playground: Callable[[At], str] | None = None
    experiment: Callable[[At], tuple[str, Mapping[str, Any]]] | None = None

    def at(self, given: Mapping[str, Any] | None = None) -> At:
        """Where the controls stand; what is not given, or makes no sense, is where it begins."""
        given = given or {}
        return At({each.name: each.read(given.get(each.name, each.value)) for each in self.controls})

    def picture(self, given: Mapping[str, Any] | None = None) -> Picture:
        """The picture in the language in force."""
        return self.draw(self.at(given))


FIGURES: dict[str, Figure] = {}
"""Those of the modules imported so far; :func:`hondo.guide.figures.catalogue.figure_named` imports what it needs."""


def figure(
    name: str,
    title: Words | tuple[str, str],
    *controls: Control,
    drag: Drag | None = None,
    playground: Callable[[At], str] | None = None,
    experiment: Callable[[At], tuple[str, Mapping[str, Any]]] | None = None,
) -> Callable[[Callable[[At], Picture]], Callable[[At], Picture]]:
    """Make a function a figure::

    @figure("step-or-sigmoid", ("Step and sigmoid", "Escalón y sigmoide"), Slider("w", "w", -5, 5, 1))
    def step_or_sigmoid(at: At) -> Picture: ...
    """

    def add(draw: Callable[[At], Picture]) -> Callable[[At], Picture]:
        if name in FIGURES:
            raise ValueError(f"two figures are called {name!r}")
        FIGURES[name] = Figure(name, both(title), controls, draw, drag, playground, experiment)
        return draw

    return add
