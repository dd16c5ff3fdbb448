"""Samples that turn out to be unreadable while they are being used, and how their users come to know.

A source that reads on demand learns only in the midst of a training that a file is damaged. Told to skip such files,
it gives blank rows in their place, remembers which, and leaves the rest to whoever reads: see
:meth:`hondo.engine.samples.Samples.take`.
"""

import threading
from typing import Any, Protocol, runtime_checkable

import numpy as np

from hondo.core.arrays import Array
from hondo.core.errors import DataError


class Damage:
    """What could not be read, each thing once; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: dict[str, DataError] = {}
        self._told = 0

    def note(self, name: str, error: DataError) -> None:
        """Remember that ``name`` could not be read."""
        with self._lock:
            self._found.setdefault(name, error)

    def __contains__(self, name: str) -> bool:
        return name in self._found

    def __len__(self) -> int:
        return len(self._found)

    def untold(self) -> list[DataError]:
        """What was found since this was last asked."""
        with self._lock:
            errors = list(self._found.values())[self._told :]
            self._told += len(errors)
        return errors


@runtime_checkable
class Fallible(Protocol):
    """A source whose samples may turn out to be damaged."""

    @property
    def damage(self) -> Damage | None:
        """What was found; None if the source raises instead."""
        ...

    def damaged(self, index: Array, /) -> Array:
        """Which of the samples at ``index`` are known to be damaged, ``(len(index),)`` bool; ask after reading."""
        ...


def damage_of(source: Any) -> Damage | None:
    """What was found in a source; None if it cannot tell."""
    return source.damage if isinstance(source, Fallible) else None


def damaged_rows(source: Any, index: Array) -> Array:
    """Which of the samples at ``index`` are damaged, ``(len(index),)`` bool."""
    found = damage_of(source)
    if not found or not isinstance(source, Fallible):
        return np.zeros(len(index), bool)
    return source.damaged(index)
