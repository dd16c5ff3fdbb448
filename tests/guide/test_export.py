"""The guide outside the lab is whole: notebooks that run, scripts that compile, a site whose links lead somewhere."""

import ast
import asyncio
import re
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest

from hondo.core.language import use_language
from hondo.guide import notebook as in_notebook
from hondo.guide.errors import GuideError
from hondo.guide.execution.kernel import Kernel
from hondo.guide.execution.outputs import Output
from hondo.guide.export.files import write_chapters, write_site
from hondo.guide.export.notebook import notebook
from hondo.guide.export.text import text
from hondo.guide.library import chapter, chapters, names


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_site(tmp_path_factory.mktemp("site")).parent


def test_a_notebook_has_everything_and_is_valid() -> None:
    written = chapter("05", "es")
    made = notebook(written)
    nbformat.validate(made)
    code = [cell.source for cell in made.cells if cell.cell_type == "code"]
    assert '"install", "--quiet", "hondo"' in code[0]
    ast.parse(code[0])
    assert all(f'notebook.show("{block.id}")' in code for block in written.of("live"))
    assert all(any(f'check("{block.id}", globals())' in each for each in code) for block in written.of("exercise"))
    words = "\n".join(cell.source for cell in made.cells if cell.cell_type == "markdown")
    assert not re.search(r"\{(cite|term|ref|eval|timed)\}`", words)


def test_chapters_are_written_as_python(tmp_path: Path) -> None:
    with use_language("en"):
        files = list(write_chapters(tmp_path, "py"))
    assert [file.name for file in files] == [f"{name}.en.py" for name in names()]
    for file in files:
        ast.parse(file.read_text(encoding="utf-8"))


def test_a_chapter_is_read_in_a_terminal() -> None:
    shown = text(chapter("05", "en"))
    assert "```python" in shown
    assert "Figure:" in shown
    assert not re.search(r"\{(cite|term|ref|eval|timed)\}`", shown)


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.targets: list[str] = []
        self.loaded: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if given.get("id"):
            self.ids.add(str(given["id"]))
        if tag == "a" and given.get("href"):
            self.targets.append(str(given["href"]))
        if tag in ("script", "img", "iframe", "image") and given.get("src"):
            self.loaded.append(str(given["src"]))
        if tag == "link":
            self.loaded.append(str(given["href"]))


def test_every_link_of_the_site_leads_somewhere_and_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    read: dict[Path, _Page] = {}
    for file in site.rglob("*.html"):
        read[file] = _Page()
        read[file].feed(file.read_text(encoding="utf-8"))
    assert len(read) == 2 * (len(names()) + 3) + 1
    for file, page in read.items():
        assert all(not each.startswith(("http", "//")) for each in page.loaded), file
        assert all(each.startswith("data:") or (file.parent / each).exists() for each in page.loaded), file
        for target in page.targets:
            if target.startswith(("http://", "https://")):
                continue
            path, _, anchor = target.partition("#")
            there = (file.parent / path).resolve() if path else file
            assert there in read, (file.name, target)
            assert not anchor or anchor in read[there].ids, (file.name, target)


def test_the_site_shows_figures_exercises_and_what_cells_printed(site: Path) -> None:
    for written in chapters("es"):
        page = (site / "es" / f"{written.name}.html").read_text(encoding="utf-8")
        assert page.count("<figure ") == len(written.of("live"))
        assert page.count('class="exercise"') == len(written.of("exercise"))
        assert 'class="output"' in page


def test_an_exported_notebook_runs_from_beginning_to_end(tmp_path: Path) -> None:
    code = [cell.source for cell in notebook(chapter("05", "en")).cells if cell.cell_type == "code"]
    heard = asyncio.run(_run_all(code, tmp_path))
    assert not [each.text for each in heard if each.kind == "error"]
    shown = "".join(each.text for each in heard if each.kind == "text")
    assert shown.count("✗") == len(chapter("05", "en").of("exercise"))  # nothing has been answered yet
    assert sum(each.kind == "svg" for each in heard) == len(chapter("05", "en").of("live"))


async def _run_all(code: list[str], folder: Path) -> list[Output]:
    heard: list[Output] = []
    kernel = await Kernel.start("en", folder)
    try:
        for each in code:
            await kernel.run(each, heard.append, 120)
    finally:
        await kernel.shutdown()
    return heard


def test_hints_and_solutions_come_in_their_order(capsys: pytest.CaptureFixture[str]) -> None:
    with use_language("en"):
        name = chapter("05", "en").of("exercise")[0].id
        in_notebook.solution(name)
        assert "Try it first" in capsys.readouterr().out
        in_notebook.check(name, {})
        assert capsys.readouterr().out.startswith("✗ ")
        in_notebook.solution(name)
        assert "def " in capsys.readouterr().out
        in_notebook.hint(name)
        assert capsys.readouterr().out.strip()
        with pytest.raises(GuideError, match="from 1"):
            in_notebook.hint(name, 9)
