"""Whether an answer is right: run where the answer ran, so that it costs no copy and needs no trust."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hondo.core.language import tr
from hondo.guide.exercises.catalogue import exercise_named
from hondo.guide.exercises.exercise import Exercise, Mistake
from hondo.guide.exercises.work import Work


@dataclass(frozen=True)
class Verdict:
    """What a check found.

    Attributes:
        right: whether the answer does what it should.
        words: what the reader is told.
        mistake: the mistake's name; empty where there is none.
    """

    right: bool
    words: str
    mistake: str = ""


def judge(exercise: Exercise, names: Mapping[str, Any]) -> Verdict:
    """Look at what an answer left behind."""
    try:
        exercise.check(Work(names))
    except Mistake as mistake:
        return Verdict(False, str(mistake), mistake.name)
    except Exception as error:
        told = f"{type(error).__name__}: {error}"
        return Verdict(
            False,
            tr(f"The check could not use the answer: {told}", f"La comprobación no pudo usar la respuesta: {told}"),
            "unusable",
        )
    return Verdict(True, tr("Right!", "¡Correcto!"))


def check(name: str, names: Mapping[str, Any]) -> Verdict:
    """Check an exercise from a notebook: ``check("relu", globals())``."""
    return judge(exercise_named(name), names)


def answer(exercise: Exercise, code: str) -> Verdict:
    """Run an answer in an empty namespace and look at what it left behind."""
    names: dict[str, Any] = {"__name__": "__answer__"}
    try:
        exec(compile(code, f"<{exercise.name}>", "exec"), names)
    except Exception as error:
        told = f"{type(error).__name__}: {error}"
        return Verdict(False, tr(f"It stops with {told}", f"Se detiene con {told}"), "raises")
    return judge(exercise, names)
