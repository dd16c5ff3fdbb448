"""Choosing elements: basic indexing (integers and slices) gives a view, advanced indexing (lists, masks) a copy.

A slice can be described by a new start and new strides, so memory is shared. A list of positions cannot: the chosen
elements are collected into new memory.

Source: NumPy user guide, *Indexing on ndarrays*.
"""

from types import EllipsisType
from typing import Any

import numpy as np
from jaxtyping import Shaped

from hondo.core.language import tr
from hondo.scratch.mistakes import Mistake
from hondo.scratch.tensors.moved import Moved, follow

_BASIC = (int, np.integer, slice, EllipsisType, type(None))


def basic_index(x: Shaped[np.ndarray, "*source"], *key: int | np.integer | slice | EllipsisType | None) -> Moved:
    """``x[key]`` with integers (drop an axis), slices (keep it), ``...`` (all between) and ``None`` (a new axis).

    Args:
        x: any tensor.
        *key: one entry an axis; axes without one are kept whole.

    Raises:
        Mistake: for lists and masks, which are advanced, and for positions that do not exist.

    Example:
        >>> basic_index(np.arange(12).reshape(3, 4), slice(None), 1).result.tolist()
        [1, 5, 9]
    """
    if not all(isinstance(part, _BASIC) and not isinstance(part, bool) for part in key):
        raise Mistake(
            tr("basic_index takes integers and slices only", "basic_index solo admite enteros y rebanadas (slices)"),
            tr("For lists and masks use advanced_index.", "Para listas y máscaras use advanced_index."),
        )
    words = tr(
        "a view: integers drop an axis, slices keep it with another start and stride",
        "una vista: los enteros quitan un eje, las rebanadas lo conservan con otro inicio y otro salto",
    )
    whole = key if Ellipsis in key else (*key, ...)  # so that a single element too stays a view
    return _choose(x, whole, words)


def advanced_index(x: Shaped[np.ndarray, "*source"], *key: Any) -> Moved:
    """``x[key]`` where at least one entry is a list or array of positions, or a mask of booleans.

    Several lists are read in parallel, like coordinates: ``x[[0, 1], [2, 3]]`` is ``[x[0, 2], x[1, 3]]``.

    Args:
        x: any tensor.
        *key: lists, integer arrays or boolean masks; slices may stand beside them.

    Raises:
        Mistake: if nothing in ``key`` is advanced, or if it does not fit the tensor.

    Example:
        >>> advanced_index(np.array([5, 6, 7, 8]), np.array([True, False, False, True])).result.tolist()
        [5, 8]
    """
    if not any(isinstance(part, (list, np.ndarray)) for part in key):
        raise Mistake(
            tr("advanced_index needs a list, an array or a mask", "advanced_index necesita una lista, array o máscara"),
            tr("For integers and slices use basic_index.", "Para enteros y rebanadas use basic_index."),
        )
    words = tr(
        "a copy: the chosen elements are collected into new memory",
        "una copia: los elementos elegidos se reúnen en memoria nueva",
    )
    return _choose(x, key, words)


def _choose(x: np.ndarray, key: tuple[Any, ...], words: str) -> Moved:
    try:
        return follow(lambda t: t[key], x, words)
    except (IndexError, ValueError, TypeError) as error:
        raise Mistake(
            tr(
                f"no such elements in a tensor of shape {x.shape}: {error}",
                f"no existen tales elementos en un tensor de forma {x.shape}: {error}",
            ),
            tr(
                "Along an axis of length n positions go from 0 to n-1, or from -1 back to -n.",
                "En un eje de longitud n las posiciones van de 0 a n-1, o de -1 hacia atrás hasta -n.",
            ),
        ) from None
