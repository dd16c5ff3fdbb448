"""What a cell shows, as plain data that pages, records and exports understand alike.

The kernel imports this module too, to show verdicts on exercises, so it stays light.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from html.parser import HTMLParser
from typing import Any, Literal, get_args

Kind = Literal["text", "error", "html", "png", "svg", "verdict"]

VERDICT = "application/vnd.hondo.verdict+json"
_COLOURS = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\].*?(?:\x07|\x1b\\)")
_CELL_FILE = re.compile(r"\S*[/\\]ipykernel_\d+[/\\]\d+\.py:(\d+)")
_ALIVE_SVG = re.compile(r"<script|<foreignobject|\bon\w+\s*=|javascript:|<iframe|<!entity", re.IGNORECASE)
_DRAWN = re.compile(r"\[?<matplotlib\.")  # what drawing functions return says nothing beside the drawing
_TABLE = re.compile(r"\s*(?:<div[^>]*>\s*)?(?:<style.*?</style>\s*)?<table\b", re.IGNORECASE | re.DOTALL)
_KEPT_TAGS = {"table", "thead", "tbody", "tfoot", "tr", "th", "td", "caption", "div", "span", "p", "b", "i", "em",
              "strong", "code", "br", "sub", "sup"}  # fmt: skip
_KEPT_ATTRIBUTES = {"class", "colspan", "rowspan", "scope"}
_SILENT_TAGS = {"script", "style", "title", "template"}


@dataclass(frozen=True)
class Output:
    """One thing that a cell showed.

    Attributes:
        kind: what it is.
        text: the words; HTML of a table; SVG; a PNG as base64; a verdict as JSON ``{right, words, mistake}``.
        stream: of text, ``stdout``, ``stderr`` or ``result`` (the value of the cell's last line).
    """

    kind: Kind
    text: str
    stream: str = ""

    def as_json(self) -> dict[str, str]:
        """Plain data for a file."""
        return {"kind": self.kind, "text": self.text} | ({"stream": self.stream} if self.stream else {})

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Output":
        """What :meth:`as_json` wrote.

        Raises:
            ValueError: there is no such kind of output.
        """
        if data["kind"] not in get_args(Kind):
            raise ValueError(f"no output is of the kind {data['kind']!r}")
        return cls(data["kind"], str(data["text"]), str(data.get("stream", "")))


def from_stream(content: Mapping[str, Any], line: str = "line") -> Output:
    """Printed text, without a terminal's colours; ``line`` is how the reader calls a line of the cell."""
    return Output("text", plain(content.get("text", ""), line), str(content.get("name", "stdout")))


def from_bundle(data: Mapping[str, Any]) -> Output | None:
    """A value that a cell displayed, in the richest of the forms that are known here; None where there is none."""
    if VERDICT in data:
        return Output("verdict", json.dumps(data[VERDICT], ensure_ascii=False))
    svg = _text(data.get("image/svg+xml"))
    if svg and not _ALIVE_SVG.search(svg):
        return Output("svg", svg[max(0, svg.find("<svg")) :])
    if "image/png" in data:
        return Output("png", "".join(_text(data["image/png"]).split()))
    html = _text(data.get("text/html"))
    if html and _TABLE.match(html):
        return Output("html", harmless(html))
    words = plain(_text(data.get("text/plain")))
    return Output("text", words + "\n", "result") if words and not _DRAWN.match(words) else None


def plain(text: str, line: str = "line") -> str:
    """Text without a terminal's colours and without the names of files that only the kernel knows."""
    return _CELL_FILE.sub(rf"{line} \1", _COLOURS.sub("", text))


def harmless(html: str) -> str:
    """A table's HTML without anything that could act or change the page around it."""
    kept = _Kept()
    kept.feed(html)
    kept.close()
    return "".join(kept.parts).strip()


class _Kept(HTMLParser):
    """Copies what may stay."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT_TAGS:
            self.silent += 1
        elif tag in _KEPT_TAGS and not self.silent:
            kept = "".join(f' {name}="{escape(value or "")}"' for name, value in attrs if name in _KEPT_ATTRIBUTES)
            self.parts.append(f"<{tag}{kept}>")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT_TAGS:
            self.silent = max(0, self.silent - 1)
        elif tag in _KEPT_TAGS and tag != "br" and not self.silent:
            self.parts.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.parts.append(escape(data, quote=False))


def joined(outputs: list[Output]) -> list[Output]:
    """The same outputs with printed text in one piece where it came in several, and carriage returns carried out."""
    together: list[Output] = []
    for each in outputs:
        last = together[-1] if together else None
        if last and each.kind == "text" and (last.kind, last.stream) == ("text", each.stream):
            together[-1] = Output("text", last.text + each.text, each.stream)
        else:
            together.append(each)
    return [Output(each.kind, _settled(each.text), each.stream) if each.kind == "text" else each for each in together]


def check_code(name: str, chapter: str) -> str:
    """Code for the kernel that checks an exercise there and shows the verdict as an output of kind ``verdict``.

    Args:
        name: the exercise's.
        chapter: where it stands, such as ``05-neuron``.
    """
    return f"__import__({__name__!r}, fromlist=['_']).show_verdict({name!r}, {chapter!r}, globals())"


def show_verdict(name: str, chapter: str, names: Mapping[str, Any]) -> None:
    """In the kernel: check an exercise against what the reader's cells left behind, and show what was found."""
    from IPython.display import display

    from hondo.guide.exercises.catalogue import exercise_named
    from hondo.guide.exercises.checking import check

    exercise_named(name, chapter)  # imports this chapter's exercises alone
    verdict = check(name, names)
    told = {"right": verdict.right, "words": verdict.words, "mistake": verdict.mistake}
    display({VERDICT: told, "text/plain": verdict.words}, raw=True)


def _settled(text: str) -> str:
    """What remains to be read of text that returned to the beginning of its line, as progress bars do."""
    lines = (line.rstrip("\r").rsplit("\r", 1)[-1] for line in text.split("\n"))
    return "\n".join(_rubbed_out(line) if "\b" in line else line for line in lines)


def _rubbed_out(line: str) -> str:
    left: list[str] = []
    for character in line:
        if character != "\b":
            left.append(character)
        elif left:
            left.pop()
    return "".join(left)


def _text(value: Any) -> str:
    return "".join(value) if isinstance(value, list) else str(value or "")
