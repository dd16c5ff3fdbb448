"""Errors that a reader can act on: what came, what was expected, how to mend it.

Every mistake that a user can make is a :class:`HondoError`. The command line prints it as text with the
exit code of its class and shows a traceback only with ``--debug``.
"""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from hondo.core.language import tr


class HondoError(Exception):
    """A mistake or a mishap that can be explained.

    Args:
        message: What came and what was expected, in the reader's language.
        hint: How to mend it; shown on a line of its own.
    """

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n{self.hint}" if self.hint else self.message


@dataclass(frozen=True)
class SpecProblem:
    """One thing that is wrong with a spec.

    Attributes:
        path: the key, as a reader writes it (``train.epochs``).
        line: where it stands in the source, from 1; None where it was not written there.
        text: what came and what was expected.
        hint: how to mend it.
    """

    path: str
    line: int | None
    text: str
    hint: str = ""


class SpecError(HondoError):
    """A spec that cannot be read or does not make sense; ``problems`` tells them one by one, where they are known."""

    exit_code = 2
    problems: tuple[SpecProblem, ...] = ()


class DataError(HondoError):
    """Data that are missing, damaged or do not fit the task."""

    exit_code = 3


class ModelError(HondoError):
    """A model that cannot be built, loaded or fed."""

    exit_code = 4


class StoreError(HondoError):
    """A workspace that cannot be read or written, or a run that does not exist."""

    exit_code = 5


class TrainingError(HondoError):
    """Training that could not go on, such as a loss that is no longer finite."""

    exit_code = 6


class HondoWarning(UserWarning):
    """Something that works but probably not as its author means."""


def nearest(name: str, known: Iterable[str]) -> str:
    """A sentence naming the most similar known name, or listing them all.

    Example:
        >>> from hondo.core.language import use_language
        >>> with use_language("en"):
        ...     nearest("epoch", ["epochs", "seed"])
        "Did you mean 'epochs'?"
    """
    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    if close:
        return tr(f"Did you mean {close[0]!r}?", f"¿Quiso decir {close[0]!r}?")
    listed = ", ".join(names)
    return tr(f"Known: {listed}.", f"Existen: {listed}.")
