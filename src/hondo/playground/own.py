"""Points of the user's own: drawn ones or a table's, brought onto the plane, and as a text short enough for an address.

They lie on a grid of 0.05, so that points that went through an address are the same to the last bit, and so is the
training on them.
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from hondo.core.arrays import Array, FloatArray
from hondo.core.errors import DataError
from hondo.core.language import tr
from hondo.core.seeds import generator
from hondo.playground.data import choose_points
from hondo.playground.setup import RANGES

MOST_POINTS = 2000
MOST_IN_ADDRESS = 400
MOST_CLASSES = int(RANGES["classes"][1])
REACH = 6.0

_CELLS = 120  # of the grid, from the middle to each edge
_FITTED = 5.0  # how far a table's points reach on the plane
_HEIGHTS = 100  # steps from 0 to a number of 1


@dataclass(frozen=True, eq=False)
class OwnPoints:
    """Places on the plane with a class or a number each; there may be none yet.

    Attributes:
        x: float64 ``(n, 2)``, between −6 and 6.
        y: class numbers from 0, or numbers between −1 and 1, float64 ``(n,)``.
        names: of the classes, where they have some.
        numbers: whether ``y`` is numbers.
        dropped: how many a table had beyond the limit.
    """

    x: FloatArray
    y: FloatArray
    names: tuple[str, ...] = ()
    numbers: bool = False
    dropped: int = 0

    def __len__(self) -> int:
        return len(self.y)

    @property
    def classes(self) -> int:
        """How many classes there must be, at least 2."""
        return max(2, int(self.y.max()) + 1) if len(self) and not self.numbers else 2

    def with_points(self, places: npt.ArrayLike, value: float) -> "OwnPoints":
        """These and some more of one class or number; the newest beyond the limit are left out.

        Args:
            places: ``(n, 2)``.
            value: the class's number, or a number from −1 to 1.
        """
        added = _snapped(np.asarray(places, np.float64).reshape(-1, 2))[: MOST_POINTS - len(self)]
        y = np.concatenate([self.y, np.full(len(added), _height(value))])
        return replace(self, x=np.concatenate([self.x, added]), y=y)

    def without(self, places: npt.ArrayLike, radius: float = 0.5) -> "OwnPoints":
        """These but for those near to some places ``(n, 2)``."""
        others = np.asarray(places, np.float64).reshape(-1, 1, 2)
        far = (np.linalg.norm(self.x - others, axis=2) > radius).all(axis=0)
        return replace(self, x=self.x[far], y=self.y[far])

    def as_numbers(self) -> "OwnPoints":
        """Classes as numbers from −1 to 1."""
        if self.numbers:
            return self
        y = np.array([_height(each) for each in 2 * self.y / (self.classes - 1) - 1])
        return OwnPoints(self.x, y, numbers=True)

    def as_classes(self) -> "OwnPoints":
        """Numbers as two classes: up to 0, and above."""
        return OwnPoints(self.x, (self.y > 0).astype(np.float64)) if self.numbers else self


NOTHING = OwnPoints(np.zeros((0, 2)), np.zeros(0))
"""No points yet."""


def taken_over(x: Array, y: Array, *, numbers: bool = False) -> OwnPoints:
    """Another set's points as the user's own, to go on from: at most as many as fit in an address."""
    x, y = np.asarray(x, np.float64)[:MOST_IN_ADDRESS], np.asarray(y, np.float64)[:MOST_IN_ADDRESS]
    return OwnPoints(_snapped(x), np.array([_height(each) for each in y]), numbers=numbers)


def from_table(
    table: Mapping[str, Array], columns: tuple[str, str], target: str, *, numbers: bool | None = None
) -> OwnPoints:
    """Two columns of a table as places and one as classes or numbers, scaled to fill the plane.

    Args:
        table: texts by column.
        columns: those of the coordinates.
        target: that of the classes or numbers.
        numbers: whether the target is numbers; left out, texts and up to eight whole numbers are classes.

    Raises:
        DataError: if the columns do not serve, or there are too many classes.

    Example:
        >>> made = from_table({"a": ["0", "1"], "b": ["3", "5"], "c": ["no", "yes"]}, ("a", "b"), "c")
        >>> made.x.tolist(), made.y.tolist(), made.names
        ([[-5.0, -5.0], [5.0, 5.0]], [0.0, 1.0], ('no', 'yes'))
    """
    x, y, names = choose_points(table, columns, target)
    found = np.unique(y)
    if names and numbers:
        raise DataError(
            tr(f"{target!r} holds texts, not numbers", f"{target!r} contiene textos, no números"),
            tr("Learn them as classes.", "Apréndalos como clases."),
        )
    if numbers is None:
        numbers = not names and not (len(found) <= MOST_CLASSES and (found == np.round(found)).all())
    if not numbers and not names:
        y, names = np.searchsorted(found, y).astype(np.float64), tuple(f"{each:g}" for each in found)
    if not numbers and len(names) > MOST_CLASSES:
        raise DataError(
            tr(f"{target!r} has {len(names)} classes", f"{target!r} tiene {len(names)} clases"),
            tr(f"At most {MOST_CLASSES} can be learnt here.", f"Aquí se aprenden como máximo {MOST_CLASSES}."),
        )
    chosen = np.sort(generator(0, "playground", "table").permutation(len(y))[:MOST_POINTS])
    heights = _fitted(y, 1.0) if numbers else y
    y = np.array([_height(each) for each in heights[chosen]])
    places = np.stack([_fitted(each, _FITTED) for each in x.T], axis=1)
    return OwnPoints(_snapped(places[chosen]), y, () if numbers else names, numbers, len(x) - len(chosen))


def to_text(points: OwnPoints) -> str:
    """Points for an address, at most :data:`MOST_IN_ADDRESS`: three bytes each, in base64 that needs no escaping."""
    cells = np.round(points.x / REACH * _CELLS) + _CELLS
    heights = np.round(points.y * _HEIGHTS) + _HEIGHTS if points.numbers else points.y
    listed = np.column_stack([cells, heights]).astype(np.uint8)
    return base64.urlsafe_b64encode(listed.tobytes()).decode("ascii").rstrip("=")


def from_text(text: str, *, numbers: bool) -> OwnPoints:
    """What :func:`to_text` wrote of numbers or classes.

    Raises:
        DataError: for any other text.
    """
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        listed = np.frombuffer(data, np.uint8).reshape(-1, 3).astype(np.float64)
    except (binascii.Error, ValueError) as error:
        raise _not_points() from error
    highest = 2 * _HEIGHTS if numbers else MOST_CLASSES - 1
    cells, heights = listed[:, :2], listed[:, 2]
    if len(listed) > MOST_IN_ADDRESS or (cells > 2 * _CELLS).any() or (heights > highest).any():
        raise _not_points()
    places = _snapped((cells - _CELLS) * (REACH / _CELLS))
    return OwnPoints(places, (heights - _HEIGHTS) / _HEIGHTS if numbers else heights, numbers=numbers)


def to_csv(points: OwnPoints) -> str:
    """A table ``x1,x2,y``, for other programs; classes by their numbers."""
    rows = (f"{x1:g},{x2:g},{y:g}" for (x1, x2), y in zip(points.x, points.y, strict=True))
    return "\n".join(["x1,x2,y", *rows]) + "\n"


def _snapped(places: FloatArray) -> FloatArray:
    return np.clip(np.round(places * (_CELLS / REACH)), -_CELLS, _CELLS) * REACH / _CELLS + 0.0


def _height(value: float) -> float:
    """A class's number as it is, a number on its grid."""
    return round(value * _HEIGHTS) / _HEIGHTS + 0.0


def _fitted(values: FloatArray, reach: float) -> FloatArray:
    """Values brought to −reach … reach; all 0 where they are all the same."""
    halves = values / 2  # the span of the largest numbers would overflow
    low, high = halves.min(), halves.max()
    return ((halves - low) / ((high - low) or 1.0) * 2 - (high > low)) * reach


def _not_points() -> DataError:
    return DataError(
        tr("the points in this address cannot be read", "no se pueden leer los puntos de esta dirección"),
        tr("Copy the whole address, or draw them anew.", "Copie la dirección entera o dibújelos de nuevo."),
    )
