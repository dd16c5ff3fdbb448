"""What a cell showed, on the page: words, tables, pictures, errors, as they come."""

import base64
import html
import re
from collections.abc import Sequence
from itertools import groupby

from nicegui import ui

from hondo.core.language import tr
from hondo.guide.execution.outputs import Output, joined
from hondo.lab.pages.runs import said
from hondo.lab.parts import element

_FRAME = """<!doctype html><meta charset="utf-8"><style>
:root { color-scheme: light dark; } html { background: transparent; }
body { margin: 0; font: 13.5px/1.5 system-ui, sans-serif; font-variant-numeric: tabular-nums; color: #1c2630; }
table { border-collapse: collapse; border: 0; }
th, td { text-align: right; padding: 4px 14px 4px 0; border: 0; border-bottom: 1px solid #8884; }
th { font-weight: 600; } p { margin: 6px 0 0; }
@media (prefers-color-scheme: dark) { body { color: #e4e9ed; } }
</style>"""
_ROW, _MOST = 29, 420  # pixels of a table's row, and of the highest frame


class Outputs:
    """The place beneath a cell where its outputs stand.

    Args:
        about: what it belongs to, for those who cannot see it.
    """

    def __init__(self, about: str) -> None:
        self._about = about
        self._held: list[Output] = []
        self._shown: list[Output] = []
        self._places: list[ui.element] = []
        self.place = element("div", "outputs", role="region", aria_label=about)
        self.place.set_visibility(False)

    def clear(self) -> None:
        """Show nothing."""
        self._held, self._shown, self._places = [], [], []
        self.place.clear()
        self.place.set_visibility(False)

    def fill(self, outputs: Sequence[Output]) -> None:
        """Show what is there already."""
        self.clear()
        self._held = list(outputs)
        self.settle()

    def add(self, output: Output) -> None:
        """Take one more; :meth:`settle` shows it."""
        self._held.append(output)

    def settle(self) -> None:
        """Bring the page up to date: only what has changed is drawn anew."""
        wanted = joined(self._held)
        same = 0
        while same < min(len(wanted), len(self._shown)) and wanted[same] == self._shown[same]:
            same += 1
        for old in self._places[same:]:
            old.delete()
        del self._places[same:]
        with self.place:
            self._places += [_drawn(each) for each in wanted[same:]]
        self._shown = wanted
        self.place.set_visibility(bool(wanted))


def _drawn(output: Output) -> ui.element:
    if output.kind == "text":
        return said("pre", output.text.rstrip("\n"), f"out {output.stream}", tabindex=0)
    if output.kind == "error":
        return _error(output.text)
    if output.kind == "html":
        rows = output.text.count("<tr")
        return element(
            "iframe",
            "out table",
            sandbox="",
            srcdoc=_FRAME + output.text,
            style=f"height: {min(_MOST, _ROW * max(1, rows) + 30)}px",
            title=tr("A table that the code made", "Una tabla que hizo el código"),
        )
    if output.kind in ("png", "svg"):
        code = output.text if output.kind == "png" else base64.b64encode(output.text.encode()).decode("ascii")
        kind = "png" if output.kind == "png" else "svg+xml"
        alternative = tr("A picture that the code drew", "Una imagen que dibujó el código")
        return element("img", "out picture", src=f"data:image/{kind};base64,{code}", alt=alternative)
    return said("p", output.text, "out")


def _error(told: str) -> ui.element:
    """What went wrong; lines of code stand apart from what is said of them."""
    first, *rest = told.strip("\n").split("\n")
    with element("div", "out error", role="alert") as made:
        said("strong", first)
        for is_code, lines in groupby(rest, lambda line: line.startswith("  ")):
            words = "\n".join(lines).strip("\n")
            if is_code:
                said("pre", words, "", tabindex=0)
            elif words.strip():
                ui.html(with_code(words), tag="p", sanitize=False)
    return made


def with_code(words: str) -> str:
    """Words as HTML, what stands between backticks as code; nothing else in them is markup.

    Example:
        >>> with_code("`x < 1` is *not* allowed")
        '<code>x &lt; 1</code> is *not* allowed'
    """
    return re.sub(r"`([^`\n]+)`", r"<code>\1</code>", html.escape(words, quote=False))
