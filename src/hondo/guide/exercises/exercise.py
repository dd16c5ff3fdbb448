"""What an exercise is: code to begin with, a check of behaviour, hints, a solution, and answers that try the check."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hondo.guide.words import Words, both

Text = Words | tuple[str, str] | str


class Mistake(Exception):
    """What is wrong with an answer, by its name and in words that lead on without giving the answer away.

    Args:
        name: the mistake's, once in an exercise, such as ``forgot-bias``.
        en, es: what the reader is told.
    """

    def __init__(self, name: str, en: str, es: str) -> None:
        super().__init__(name)
        self.name = name
        self.words = Words(en, es)

    def __str__(self) -> str:
        return str(self.words)


@dataclass(frozen=True)
class Wrong:
    """A typical wrong answer.

    Attributes:
        code: the answer.
        mistake: the name of the :class:`Mistake` that the check must find in it.
    """

    code: str
    mistake: str


@dataclass(frozen=True)
class Exercise:
    """A task that is checked.

    Attributes:
        name: by which the chapter shows it.
        starter: what the reader begins with: runs without an error, and is not yet right.
        check: looks at what the answer left behind (:class:`hondo.guide.exercises.work.Work`), raises a
            :class:`Mistake`, returns nothing when all is well.
        hints: up to three, each saying more than the one before.
        solution: code that is right, shown after an attempt.
        right: other answers that must pass.
        wrong: answers that must fail, each by its mistake.
    """

    name: str
    starter: Text
    check: Callable[[Any], None]
    hints: tuple[Text, ...]
    solution: Text
    right: tuple[str, ...]
    wrong: tuple[Wrong, ...]

    def begins_with(self) -> str:
        """The code to begin with, in the language in force."""
        return str(both(self.starter)).strip("\n") + "\n"

    def solved(self) -> str:
        """The solution, in the language in force."""
        return str(both(self.solution)).strip("\n") + "\n"

    def hint(self, number: int) -> str:
        """A hint, from 0."""
        return str(both(self.hints[number]))


EXERCISES: dict[str, Exercise] = {}
"""Those of the modules imported so far."""


def exercise(
    name: str,
    *,
    starter: Text,
    solution: Text,
    hints: tuple[Text, ...],
    right: tuple[str, ...] = (),
    wrong: tuple[Wrong, ...] = (),
) -> Callable[[Callable[[Any], None]], Callable[[Any], None]]:
    """Make a check an exercise (see :class:`Exercise` for what belongs to it)."""

    def add(check: Callable[[Any], None]) -> Callable[[Any], None]:
        if name in EXERCISES:
            raise ValueError(f"two exercises are called {name!r}")
        EXERCISES[name] = Exercise(name, starter, check, hints, solution, right, wrong)
        return check

    return add
