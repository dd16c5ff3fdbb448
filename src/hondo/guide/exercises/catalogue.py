"""Every exercise by its name; a chapter's modules are imported when its first exercise is asked for."""

from hondo.core.language import tr
from hondo.guide.exercises.exercise import EXERCISES, Exercise
from hondo.guide.modules import found_in, load_all


def exercise_named(name: str, chapter: str = "") -> Exercise:
    """The exercise of a name.

    Args:
        name: its name.
        chapter: where it is asked, such as ``05-neuron``, so that only that chapter's modules are imported.

    Raises:
        GuideError: there is none of that name.
    """
    missing = tr(f"there is no exercise {name!r}", f"no hay ningún ejercicio {name!r}")
    return found_in(EXERCISES, "exercises", name, chapter, missing)


def exercises() -> dict[str, Exercise]:
    """All exercises, by name."""
    load_all("exercises")
    return dict(EXERCISES)
