"""Errors as a reader needs them: the cell's line, what the message means, how to mend it.

The kernel itself imports this module (:func:`attach`), because there the error is at hand with all that it knows.
"""

import difflib
import linecache
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from hondo.core.errors import HondoError
from hondo.core.language import tr
from hondo.guide.execution.cases import meaning

_MOST_PLACES = 6
_LONGEST_MESSAGE = 1500
_IMPORTS = {
    "np": "import numpy as np",
    "numpy": "import numpy",
    "plt": "import matplotlib.pyplot as plt",
    "pd": "import pandas as pd",
    "keras": "import keras",
    "hondo": "import hondo",
    "jnp": "import jax.numpy as jnp",
    "jax": "import jax",
    "math": "import math",
}


@dataclass(frozen=True)
class Place:
    """A line of the reader's own.

    Attributes:
        line: from 1.
        source: what stands there.
        function: in which; empty at the cell's own level.
        here: whether in the cell that ran, not in one before it.
    """

    line: int
    source: str
    function: str = ""
    here: bool = True

    def __str__(self) -> str:
        where = tr(f"line {self.line}", f"línea {self.line}")
        if not self.here:
            where += tr(" of an earlier cell", " de una celda anterior")
        if self.function:
            where += tr(f", in {self.function}", f", en {self.function}")
        return f"{where}:  {self.source}" if self.source else where


def attach(shell: Any) -> None:
    """In the kernel: let its errors be told by :func:`explained`; where that fails, they are told as ever."""
    as_ever: Callable[..., None] = shell._showtraceback

    def show(kind: type[BaseException], error: BaseException, told: list[str]) -> None:
        try:
            told = [explained(error, places(error, shell), shell.user_ns)]
        except Exception:
            told = list(told)
        as_ever(kind, error, told)

    shell._showtraceback = show


def explained(error: BaseException, where: Iterable[Place] = (), names: Iterable[str] = ()) -> str:
    """An error with its lines, its meaning and what helps, in the language in force.

    Args:
        error: what was raised.
        where: the reader's lines that led to it, outermost first.
        names: what is defined, to suggest the name that may have been meant.
    """
    message = str(error) if not isinstance(error, SyntaxError) else error.msg
    if isinstance(error, KeyError) and error.args:
        message = repr(error.args[0])
    if len(message) > _LONGEST_MESSAGE:
        message = f"{message[:_LONGEST_MESSAGE]} …"
    parts = [f"{type(error).__name__}: {message}".rstrip(": ")]
    if lines := [f"  {place}" for place in _shortened(list(where))]:
        parts.append("\n".join(lines))
    if not isinstance(error, HondoError):  # which says all this itself
        kinds = [each.__name__ for each in type(error).__mro__]
        words = [meaning(kinds, message), _suggestion(error, names)]
        if any(words):
            parts.append(" ".join(filter(None, words)))
    return "\n".join(parts)


def places(error: BaseException, shell: Any) -> list[Place]:
    """The reader's own lines in an error's traceback: those of cells, outermost first."""

    def is_cell(file: str | None) -> bool:
        return file is not None and shell.compile.format_code_name(file) is not None

    if isinstance(error, SyntaxError) and (is_cell(error.filename) or error.__traceback__ is None):
        source = (error.text or "").strip()
        return [Place(error.lineno or 1, source)]
    frames = [(frame.f_code, line) for frame, line in _frames(error.__traceback__) if is_cell(frame.f_code.co_filename)]
    return [
        Place(
            line,
            linecache.getline(code.co_filename, line).strip(),
            "" if code.co_name.startswith("<") else code.co_name,
            code.co_filename == frames[0][0].co_filename,
        )
        for code, line in frames
    ]


def _frames(tail: TracebackType | None) -> Iterable[tuple[Any, int]]:
    return traceback.walk_tb(tail)


def _shortened(where: list[Place]) -> list[str]:
    if len(where) <= _MOST_PLACES:
        return [str(each) for each in where]
    half = _MOST_PLACES // 2
    left_out = len(where) - 2 * half
    between = tr(f"… {left_out} more …", f"… {left_out} más …")
    return [*map(str, where[:half]), between, *map(str, where[-half:])]


def _suggestion(error: BaseException, names: Iterable[str]) -> str:
    """The name that may have been meant."""
    wanted = getattr(error, "name", None)
    if not isinstance(wanted, str):
        return ""
    if isinstance(error, NameError):
        if wanted in _IMPORTS:
            needed = _IMPORTS[wanted]
            return tr(f"It needs `{needed}` above.", f"Hace falta `{needed}` más arriba.")
        known = [each for each in names if not each.startswith("_")]
    elif isinstance(error, AttributeError) and getattr(error, "obj", None) is not None:
        known = [each for each in dir(error.obj) if not each.startswith("_")]
    else:
        return ""
    close = difflib.get_close_matches(wanted, known, n=1, cutoff=0.6)
    return tr(f"Did you mean `{close[0]}`?", f"¿Quiso decir `{close[0]}`?") if close else ""
