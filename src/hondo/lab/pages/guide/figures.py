"""Figures on the guide's pages: drawn in a thread when they come near, drawn anew whenever something moves."""

import math
from collections.abc import Mapping
from typing import Any

from nicegui import background_tasks

from hondo.core.errors import HondoError
from hondo.core.language import tr
from hondo.guide.drawing.canvas import Picture
from hondo.guide.figures.controls import Choice, Control, Slider, label
from hondo.guide.figures.figure import Figure
from hondo.guide.words import both
from hondo.lab.asking import Newest
from hondo.lab.islands.picture import LivePicture
from hondo.lab.pages.guide.doors import doors_of_figure
from hondo.lab.speech import aside, spoken


def live(figure: Figure) -> LivePicture:
    """Show a figure; it asks for its first picture by itself."""

    async def draw(values: Mapping[str, Any]) -> dict[str, Any] | None:
        return await aside(lambda: _drawn(figure, values))

    def show(picture: dict[str, Any] | None) -> None:
        if picture is not None:  # None: the lab is closing
            background_tasks.create(island.show(picture), name=f"picture of {figure.name}")

    newest = Newest(draw, show)
    drag = {"x": figure.drag.x, "y": figure.drag.y} if figure.drag else None
    island = LivePicture(
        figure.name,
        str(figure.title),
        [described(each) for each in figure.controls],
        drag,
        spoken(newest.put),
    )
    return island


def described(control: Control) -> dict[str, Any]:
    """A control as ``picture.js`` knows it, in the reader's language."""
    told: dict[str, Any] = {"name": control.name, "label": label(control), "value": control.value}
    if isinstance(control, Slider):
        ends = {"low": control.low, "high": control.high, "step": control.step}
        return told | {"kind": "slider", "plays": control.plays} | ends
    if isinstance(control, Choice):
        return told | {"kind": "choice", "options": [[key, str(both(words))] for key, words in control.options.items()]}
    return told | {"kind": "toggle"}


def _drawn(figure: Figure, values: Mapping[str, Any]) -> dict[str, Any]:
    """A picture as ``picture.js`` takes it. Whatever goes wrong in a figure, the page goes on without it."""
    try:
        return _told(figure.picture(values)) | {"links": [list(each) for each in doors_of_figure(figure, values)]}
    except HondoError as error:
        return {"error": str(error)}
    except Exception as error:
        name = f"{type(error).__name__}: {error}"
        return {"error": tr(f"This figure could not be drawn ({name}).", f"No se pudo dibujar esta figura ({name}).")}


def _told(picture: Picture) -> dict[str, Any]:
    plot = picture.plot
    known = plot is not None and all(map(math.isfinite, (*plot.box, *plot.x, *plot.y)))
    where = {"box": list(plot.box), "x": list(plot.x), "y": list(plot.y)} if plot is not None and known else None
    return {"svg": picture.svg, "summary": picture.summary, "plot": where}
