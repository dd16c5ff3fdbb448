"""Writing exports where the reader wants them, without losing what is there."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import nbformat

from hondo.core.files import cannot_write, write_atomically
from hondo.guide.export.notebook import notebook
from hondo.guide.export.script import script
from hondo.guide.export.site import pages
from hondo.guide.library import chapter, chapters


def write_chapters(folder: Path, kind: Literal["ipynb", "py"], name: str | None = None) -> Iterator[Path]:
    """Write one chapter or all, in the language in force.

    Args:
        folder: where; it is made if it is not there.
        kind: notebooks or scripts.
        name: of a chapter; None for all.

    Yields:
        each file, once it is there.

    Raises:
        HondoError: there is no such chapter, or the folder cannot be written.
    """
    for each in chapters() if name is None else (chapter(name),):
        text = nbformat.writes(notebook(each)) if kind == "ipynb" else script(each)
        yield _write(folder / f"{each.name}.{each.language}.{kind}", text)


def write_site(folder: Path) -> Path:
    """Write the whole guide as a site.

    Returns:
        its first page.
    """
    for path, text in pages():
        _write(folder / path, text)
    return folder / "index.html"


def _write(path: Path, text: str) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, text.encode())
    except OSError as error:
        raise cannot_write(path, error) from None
    return path
