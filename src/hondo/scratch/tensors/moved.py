"""What an operation on a tensor returns here: its result, and where each element of it came from.

The trick is one line long: number the elements of the source 0, 1, 2 …, apply the same operation to those numbers,
and each place of the result holds the address of its origin. A figure draws its arrows from that.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Int, Shaped


@dataclass(frozen=True)
class Told:
    """A fact about a tensor and what it means in words."""

    result: Any
    description: str


@dataclass(frozen=True)
class Move:
    """One element on its way: from which index of the source to which index of the result."""

    source: tuple[int, ...]
    target: tuple[int, ...]
    value: Any


@dataclass(frozen=True)
class Moved:
    """The result of an operation that moves elements, and their origins.

    Attributes:
        result: what NumPy returns.
        origin: for each element of the result, its position in the source, counted row by row (C order).
        source_shape: the shape those positions count in.
        shares_memory: True for a view (changing the result changes the source), False for a copy.
        description: the rule in words.
    """

    result: Shaped[np.ndarray, "*result"]
    origin: Int[np.ndarray, "*result"]
    source_shape: tuple[int, ...]
    shares_memory: bool
    description: str

    def moves(self) -> list[Move]:
        """Every element's way, in the order of the result: ready to be drawn."""
        return [
            Move(
                tuple(int(i) for i in np.unravel_index(self.origin[target], self.source_shape)),
                target,
                self.result[target].item(),
            )
            for target in np.ndindex(*self.result.shape)
        ]


def follow(operation: Callable[[np.ndarray], np.ndarray], x: Shaped[np.ndarray, "*source"], description: str) -> Moved:
    """Apply ``operation`` to a tensor and to the numbers of its elements.

    Args:
        operation: anything that only moves, repeats or leaves out elements.
        x: the source, of any shape.
        description: the rule in words.

    Example:
        >>> follow(lambda t: t[::-1], np.array([10, 20, 30]), "reversed").origin.tolist()
        [2, 1, 0]
    """
    numbers = np.arange(x.size).reshape(x.shape)  # (*source)
    result = np.asarray(operation(x))
    return Moved(result, np.asarray(operation(numbers)), x.shape, bool(np.shares_memory(result, x)), description)
