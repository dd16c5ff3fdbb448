"""A place to write Python in; ``code.js`` is what runs in the browser: a plain text area with colours behind it."""

from collections.abc import Callable
from typing import Any

from nicegui.element import Element

from hondo.core.language import tr


class CodeEditor(Element, component="code.js"):
    """A text area as high as its text.

    Args:
        label: what it is, for those who cannot see it.
        text: what it begins with.
        typed: gets the text soon after it changed, and before anything else is pressed.
        run: is called on Ctrl-Enter or Shift-Enter.
    """

    def __init__(self, label: str, text: str, typed: Callable[[str], Any], run: Callable[[], Any]) -> None:
        super().__init__()
        self._props["label"], self._props["start"] = label, text
        self._props["keys"] = tr(
            "Tab indents; Escape and then Tab leaves. Ctrl-Enter runs.",
            "El tabulador sangra; Escape y luego el tabulador sale. Ctrl-Entrar ejecuta.",
        )
        self.on("typed", lambda event: typed(str(event.args)))
        self.on("run", lambda: run())

    def replace(self, text: str) -> None:
        """Put another text in place of what is there."""
        self.run_method("replace", text)

    def focus(self) -> None:
        """Put the cursor into it."""
        self.run_method("focus")
