"""Plain data as JSON that stays valid, whatever the numbers.

JSON has no NaN and no infinities, yet a diverged run has both. In the database they are marked, so that they come back
as numbers; in an exported file they are words, which any program can read.
"""

import json
import math
from collections.abc import Callable, Mapping
from pathlib import PurePath
from typing import Any

import numpy as np

_MARK = "$number"


def to_database(value: Any) -> str:
    """JSON in which numbers that are not finite are marked; :func:`from_database` restores them exactly."""
    return json.dumps(plain(value, lambda number: {_MARK: spelt(number)}), ensure_ascii=False, allow_nan=False)


def from_database(text: str) -> Any:
    """What :func:`to_database` wrote.

    Example:
        >>> from_database(to_database({"loss": float("-inf"), "accuracy": 0.5}))
        {'loss': -inf, 'accuracy': 0.5}
    """
    return json.loads(text, object_hook=lambda found: float(found[_MARK]) if found.keys() == {_MARK} else found)


def to_file(value: Any) -> str:
    """Indented JSON for people and programs; numbers that are not finite become "nan", "inf" or "-inf"."""
    return json.dumps(plain(value, spelt), ensure_ascii=False, allow_nan=False, indent=2) + "\n"


def plain(value: Any, replace: Callable[[float], Any]) -> Any:
    """The value as JSON's own types: NumPy's numbers and arrays, tuples and paths included.

    Args:
        value: Nested mappings, sequences and scalars.
        replace: What stands for a number that is not finite.

    Raises:
        TypeError: the value has no plain form.
    """
    if isinstance(value, (np.generic, np.ndarray)):
        value = value.tolist()
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else replace(value)
    if isinstance(value, Mapping):
        return {str(key): plain(entry, replace) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(entry, replace) for entry in value]
    if isinstance(value, PurePath):
        return value.as_posix()
    raise TypeError(f"{type(value).__name__} has no plain form")


def spelt(number: float) -> str:
    """How a number that is not finite is written: ``nan``, ``inf`` or ``-inf``."""
    return str(float(number))
