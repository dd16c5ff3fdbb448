"""Figures and exercises live in modules named by their chapter's number; here they are found and imported."""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TypeVar

from hondo.core.errors import nearest
from hondo.guide.errors import GuideError

T = TypeVar("T")

_HERE = Path(__file__).parent


def found_in(kept: Mapping[str, T], folder: str, name: str, chapter: str, missing: str) -> T:
    """What the modules of a folder have put into ``kept`` under a name.

    Args:
        kept: filled by the modules when they are imported.
        folder: ``figures`` or ``exercises``.
        name: what is looked for.
        chapter: where it stands, so that only that chapter's modules need be imported; empty for any.
        missing: what is said where there is none.

    Raises:
        GuideError: there is none.
    """
    if name not in kept and chapter:
        _load(folder, chapter[:2])
    if name not in kept:
        load_all(folder)
    if name not in kept:
        raise GuideError(missing, nearest(name, kept))
    return kept[name]


def load_all(folder: str) -> None:
    """Import the modules of all chapters."""
    for number in sorted({path.name[1:3] for path in (_HERE / folder).glob("c[0-9][0-9]_*")}):
        _load(folder, number)


@cache
def _load(folder: str, number: str) -> None:
    for path in sorted((_HERE / folder).glob(f"c{number}_*")):
        import_module(f"hondo.guide.{folder}.{path.stem}")
