"""A sheet to draw on; ``pad.js`` is what runs in the browser."""

from collections.abc import Callable
from typing import Any

from nicegui.element import Element


class Pad(Element, component="pad.js"):
    """White on black, 280×280.

    Args:
        label: what it is, for those who cannot see it.
        drawn: is called with the drawing (a PNG as a ``data:`` address) while it grows.
        wiped: is called when it is empty again.
    """

    def __init__(self, label: str, drawn: Callable[[str], Any], wiped: Callable[[], Any]) -> None:
        super().__init__()
        self._props["label"] = label
        self.on("drawn", lambda event: drawn(str(event.args)))
        self.on("wiped", lambda: wiped())

    def wipe(self) -> None:
        """Empty it."""
        self.run_method("wipe")
