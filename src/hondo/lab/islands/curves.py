"""Curves that follow a training; ``curves.js`` draws them in the browser, where smoothing and axis are chosen."""

from collections.abc import Callable
from typing import Any

from nicegui.element import Element

from hondo.core.language import tr


class Curves(Element, component="curves.js"):
    """Charts of what was measured.

    Args:
        data: as :func:`hondo.lab.charts.charts_of` makes it.
        level: is called with ``epoch`` or ``step`` when the reader wants to see that.
    """

    def __init__(self, data: dict[str, Any], level: Callable[[str], Any]) -> None:
        super().__init__()
        self._props["data"] = data
        self._props["labels"] = {
            "smoothing": tr("Smoothing", "Suavizado"),
            "log": tr("Log axis", "Eje logarítmico"),
            "level": tr("One point for each", "Un punto por cada"),
            "epoch": tr("Epochs", "Épocas"),
            "step": tr("Steps", "Pasos"),
            "at_epoch": tr("epoch", "época"),
            "at_step": tr("step", "paso"),
            "none": tr("not finite", "no finito"),
            "nothing": tr("Nothing has been measured yet.", "Aún no se ha medido nada."),
        }
        self.on("level", lambda event: level(str(event.args)))

    def show(self, data: dict[str, Any]) -> None:
        """Draw other values; what the reader chose stays."""
        self._props["data"] = data
        self.update()
