"""A place to write YAML in; ``editor.js`` is what runs in the browser: a plain text area with numbered lines."""

from collections.abc import Callable, Mapping
from typing import Any

from nicegui.element import Element


class YamlEditor(Element, component="editor.js"):
    """A text area that keeps what is written in it as a draft in the browser, until it is told to forget.

    Args:
        label: what it is, for those who cannot see it.
        text: what it begins with, unless there is a draft.
        draft: the name under which the draft is kept.
        typed: gets the text whenever it changes, and whether it was a draft that was found.
    """

    def __init__(self, label: str, text: str, draft: str, typed: Callable[[str, bool], Any]) -> None:
        super().__init__()
        self._props["label"], self._props["start"], self._props["draft"] = label, text, draft
        self.on("typed", lambda event: typed(str(event.args["text"]), bool(event.args["found"])))

    def replace(self, base: str, text: str) -> None:
        """Put another text in place of ``base``; if something else was written meanwhile, that stays and is told."""
        self.run_method("replace", base, text)

    def complain(self, problems: Mapping[int, str]) -> None:
        """Mark lines, by their numbers from 1, with what is wrong there."""
        self.run_method("mark", [[line, words] for line, words in problems.items()])

    def go(self, line: int) -> None:
        """Put the cursor into a line."""
        self.run_method("go", line)

    def forget(self) -> None:
        """Keep no draft any more."""
        self.run_method("forget")
