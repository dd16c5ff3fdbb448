"""Every exercise by its name; a chapter's modules are imported when its first exercise is asked for."""

from functools import cache
from importlib import import_module
from pathlib import Path

from hondo.core.errors import nearest
from hondo.core.language import tr
from hondo.guide.errors import GuideError
from hondo.guide.exercises.exercise import EXERCISES, Exercise

_HERE = Path(__file__).parent


def exercise_named(name: str, chapter: str = "") -> Exercise:
    """An exercise.

    Args:
        name: its name.
        chapter: where it is, so that only that chapter's modules are imported.

    Raises:
        GuideError: there is none of that name.
    """
    if name not in EXERCISES and chapter:
        _load(chapter[:2])
    if name not in EXERCISES:
        exercises()
    if name not in EXERCISES:
        message = tr(f"there is no exercise {name!r}", f"no hay ningún ejercicio {name!r}")
        raise GuideError(message, nearest(name, EXERCISES))
    return EXERCISES[name]


def exercises() -> dict[str, Exercise]:
    """All exercises, by name."""
    for number in sorted({path.name[1:3] for path in _HERE.glob("c[0-9][0-9]_*")}):
        _load(number)
    return dict(EXERCISES)


@cache
def _load(number: str) -> None:
    for path in sorted(_HERE.glob(f"c{number}_*")):
        import_module(f"hondo.guide.exercises.{path.stem}")
