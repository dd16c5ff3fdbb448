"""Every figure by its name; a chapter's modules are imported when its first figure is asked for."""

from functools import cache
from importlib import import_module
from pathlib import Path

from hondo.core.errors import nearest
from hondo.core.language import tr
from hondo.guide.errors import GuideError
from hondo.guide.figures.figure import FIGURES, Figure

_HERE = Path(__file__).parent


def figure_named(name: str, chapter: str = "") -> Figure:
    """A figure.

    Args:
        name: its name.
        chapter: where it is shown, such as ``05-neuron``, so that only that chapter's modules are imported.

    Raises:
        GuideError: there is none of that name.
    """
    if name not in FIGURES and chapter:
        _load(chapter[:2])
    if name not in FIGURES:
        figures()
    if name not in FIGURES:
        raise GuideError(tr(f"there is no figure {name!r}", f"no hay ninguna figura {name!r}"), nearest(name, FIGURES))
    return FIGURES[name]


def figures() -> dict[str, Figure]:
    """All figures, by name."""
    for number in sorted({path.name[1:3] for path in _HERE.glob("c[0-9][0-9]_*")}):
        _load(number)
    return dict(FIGURES)


@cache
def _load(number: str) -> None:
    for path in sorted(_HERE.glob(f"c{number}_*")):
        import_module(f"hondo.guide.figures.{path.stem}")
