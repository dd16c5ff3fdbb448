"""From a chapter's Markdown to its blocks, each with an identifier that both languages share.

A chapter is a MyST Markdown notebook, so Jupyter and Colab (through jupytext) read the same file. What is more than
Markdown here:

- ``(anchor)=`` above a heading names it;
- ```` ```{code-cell} python ```` with ``:name: …`` is a cell that runs; ``:playground:`` (a query) and
  ``:experiment:`` (a built-in, or nothing) say where it opens in the lab, if not where its chapter does;
- ```` ```{live} figure ```` shows a figure that moves, ```` ```{exercise} name ```` asks what its body says and checks
  the answer;
- ```` ```{try} ```` and ```` ```{more} ```` hold what to try and where to read on;
- in a sentence, ``{cite}`key```, ``{term}`word```, ``{ref}`anchor```, ``{eval}`expression``` (a value of the
  execution, the same in both languages) and ``{timed}`expression``` (one that may differ from run to run).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Literal

import yaml

from hondo.core.language import Language, tr
from hondo.guide.errors import GuideError

Kind = Literal["heading", "prose", "cell", "live", "exercise", "try", "more"]

_ANCHOR = re.compile(r"^\(([a-z0-9-]+)\)=\s*$")
_HEADING = re.compile(r"^(#{1,4})\s+(.*\S)\s*$")
_FENCE = re.compile(r"^(`{3,}|~{3,})\s*(?:\{([a-z-]+)\}\s*(.*?)|(\S*).*)\s*$")
_OPTION = re.compile(r"^:([a-z_-]+):\s*(.*?)\s*$")
_NAME = re.compile(r"^[a-z0-9-]+$")
_DIRECTIVES: dict[str, Kind] = {
    "code-cell": "cell",
    "live": "live",
    "exercise": "exercise",
    "try": "try",
    "more": "more",
}


@dataclass(frozen=True)
class Block:
    """A piece of a chapter.

    Attributes:
        kind: what it is.
        id: the same in both languages, once in a chapter.
        section: the anchor of the heading under which it stands (a heading: its own).
        text: Markdown, code, or a heading's words.
        line: where it begins in the file, from 1.
        level: of a heading, from 1 for the chapter's title; 0 for others.
        options: what a directive says of itself, such as ``tags``.
    """

    kind: Kind
    id: str
    section: str
    text: str
    line: int
    level: int = 0
    options: dict[str, str] = field(default_factory=dict)

    @property
    def tags(self) -> frozenset[str]:
        """What a cell's ``:tags: [skip, raises]`` says."""
        return frozenset(re.findall(r"[\w-]+", self.options.get("tags", "")))

    @property
    def runs(self) -> bool:
        """Whether it is a cell that is executed; those tagged ``skip`` are only shown."""
        return self.kind == "cell" and "skip" not in self.tags

    @property
    def fingerprint(self) -> str:
        """Tells whether its text has changed since its translation was last compared with it."""
        return sha256(f"{self.kind}\n{self.level}\n{self.text}".encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Chapter:
    """A chapter in one language.

    Attributes:
        name: number and slug, such as ``05-neuron``.
        language: in which it is written.
        minutes: what its execution takes at most on two cores, offline.
        summary: one sentence for the contents.
        links: where its cells and figures open in the lab: ``experiment`` (a built-in) and ``playground`` (a query).
        blocks: in order, the title first.
    """

    name: str
    language: Language
    minutes: float
    summary: str
    links: dict[str, str]
    blocks: tuple[Block, ...]

    @property
    def number(self) -> int:
        """Its place in the guide, from 1."""
        return int(self.name.split("-", 1)[0])

    @property
    def title(self) -> str:
        """Its heading's words."""
        return self.blocks[0].text

    def of(self, kind: Kind) -> tuple[Block, ...]:
        """Its blocks of one kind, in order."""
        return tuple(block for block in self.blocks if block.kind == kind)

    def sections(self) -> list[tuple[Block, tuple[Block, ...]]]:
        """The parts that a page mounts one by one: title and headings of the second level, with what follows."""
        parts: list[list[Block]] = []
        for block in self.blocks:
            if not parts or (block.kind == "heading" and block.level <= 2):
                parts.append([])
            parts[-1].append(block)
        return [(part[0], tuple(part[1:])) for part in parts]


def parse(source: str, name: str, language: Language) -> Chapter:
    """Read a chapter.

    Args:
        source: the whole file.
        name: number and slug.
        language: in which it is written.

    Raises:
        GuideError: something stands where it cannot be understood; the error says the line.
    """
    lines = source.splitlines()
    front, first = _front_matter(lines, name, language)
    blocks = tuple(_Reader(lines, first, f"{name}/{language}.md").read())
    if not blocks or blocks[0].kind != "heading" or blocks[0].level != 1:
        raise _wrong(
            name, language, first + 1, tr("a chapter begins with its title", "un capítulo empieza por su título")
        )
    _once(blocks, name, language)
    own = front.get("hondo") or {}
    return Chapter(
        name=name,
        language=language,
        minutes=float(own.get("minutes", 0)),
        summary=str(own.get("summary", "")),
        links={key: str(own[key]) for key in ("experiment", "playground") if key in own},
        blocks=blocks,
    )


class _Reader:
    """Goes through the lines once."""

    def __init__(self, lines: list[str], first: int, file: str) -> None:
        self.lines, self.at, self.file = lines, first, file
        self.section, self.anchor = "", ""
        self.prose: list[str] = []
        self.prose_line = 0
        self.counted: dict[str, int] = {}

    def read(self) -> Iterator[Block]:
        """The blocks, in order."""
        while self.at < len(self.lines):
            line = self.lines[self.at]
            fence, anchor, heading = _FENCE.match(line), _ANCHOR.match(line), _HEADING.match(line)
            if fence and fence[2] in _DIRECTIVES:
                yield from self._flush()
                yield self._directive(fence)
            elif fence:
                self._keep_fence(fence[1])
            elif anchor:
                yield from self._flush()
                self.anchor = anchor[1]
                self.at += 1
            elif heading:
                yield from self._flush()
                yield self._heading(heading)
            else:
                self._keep(line)
                self.at += 1
        yield from self._flush()

    def _heading(self, found: re.Match[str]) -> Block:
        if not self.anchor:
            raise self._error(tr("this heading has no (anchor)= above it", "este título no tiene (ancla)= encima"))
        self.section, self.anchor = self.anchor, ""
        self.at += 1
        return Block("heading", self.section, self.section, found[2], self.at, level=len(found[1]))

    def _directive(self, found: re.Match[str]) -> Block:
        kind, given, line = _DIRECTIVES[found[2]], found[3].strip(), self.at + 1
        body = self._until_closed(found[1])
        options: dict[str, str] = {}
        while body and (option := _OPTION.match(body[0])):
            options[option[1]] = option[2]
            body = body[1:]
        named = {"cell": options.get("name", ""), "live": given, "exercise": given}.get(kind)
        if named is None:
            named = self._count(kind)
        if not _NAME.match(named):
            wanted = tr("a name of small letters, digits and hyphens", "un nombre de minúsculas, cifras y guiones")
            raise self._error(tr(f"{found[2]} needs {wanted}", f"{found[2]} necesita {wanted}"), line)
        return Block(kind, named, self.section, "\n".join(body).strip("\n"), line, options=options)

    def _until_closed(self, fence: str) -> list[str]:
        begun = self.at + 1
        body: list[str] = []
        self.at += 1
        while self.at < len(self.lines):
            line = self.lines[self.at]
            self.at += 1
            if line.strip() == fence:
                return body
            body.append(line)
        raise self._error(tr(f"{fence} is never closed", f"{fence} no se cierra nunca"), begun)

    def _keep_fence(self, fence: str) -> None:
        begun = self.at
        self._until_closed(fence)
        for line in self.lines[begun : self.at]:
            self._keep(line, begun + 1)

    def _keep(self, line: str, number: int | None = None) -> None:
        if line.strip() and not self.prose:
            self.prose_line = number or self.at + 1
        if self.prose or line.strip():
            self.prose.append(line)

    def _flush(self) -> Iterator[Block]:
        text = "\n".join(self.prose).strip("\n")
        self.prose = []
        if text:
            yield Block("prose", self._count("p"), self.section, text, self.prose_line)

    def _count(self, kind: str) -> str:
        key = f"{self.section}-{kind}"
        self.counted[key] = self.counted.get(key, 0) + 1
        return f"{key}{self.counted[key]}"

    def _error(self, text: str, line: int | None = None) -> GuideError:
        return GuideError(f"{self.file}:{line or self.at + 1}: {text}")


def _front_matter(lines: list[str], name: str, language: Language) -> tuple[dict[str, Any], int]:
    if not lines or lines[0].strip() != "---" or "---" not in [line.strip() for line in lines[1:]]:
        raise _wrong(name, language, 1, tr("the front matter is missing", "falta la cabecera"))
    end = [line.strip() for line in lines].index("---", 1)
    try:
        return yaml.safe_load("\n".join(lines[1:end])) or {}, end + 1
    except yaml.YAMLError as error:
        raise _wrong(name, language, 1, str(error)) from None


def _once(blocks: tuple[Block, ...], name: str, language: Language) -> None:
    seen: set[str] = set()
    for block in blocks:
        if block.id in seen:
            raise _wrong(name, language, block.line, tr(f"{block.id!r} was there before", f"{block.id!r} ya existía"))
        seen.add(block.id)


def _wrong(name: str, language: Language, line: int, text: str) -> GuideError:
    return GuideError(f"{name}/{language}.md:{line}: {text}")
