"""Every figure by its name; a chapter's modules are imported when its first figure is asked for."""

from hondo.core.language import tr
from hondo.guide.figures.figure import FIGURES, Figure
from hondo.guide.modules import found_in, load_all


def figure_named(name: str, chapter: str = "") -> Figure:
    """The figure of a name.

    Args:
        name: its name.
        chapter: where it is shown, such as ``05-neuron``, so that only that chapter's modules are imported.

    Raises:
        GuideError: there is none of that name.
    """
    missing = tr(f"there is no figure {name!r}", f"no hay ninguna figura {name!r}")
    return found_in(FIGURES, "figures", name, chapter, missing)


def figures() -> dict[str, Figure]:
    """All figures, by name."""
    load_all("figures")
    return dict(FIGURES)
