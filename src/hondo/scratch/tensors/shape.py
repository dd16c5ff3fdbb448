"""Rank, shape and strides, and the two operations that change them without touching a number: reshape, transpose.

A tensor is one row of numbers in memory plus a rule for reading it. The element at index (i₀, i₁, …) lies at

    position = i₀·s₀ + i₁·s₁ + …

where the strides s say how many elements to skip for one step along each axis. Transpose changes the rule, not the row;
so does reshape, as long as the elements are read in the order in which they lie.

Source: C. R. Harris et al., *Array programming with NumPy*, Nature 585 (2020).
"""

from math import prod

import numpy as np
from jaxtyping import Shaped

from hondo.core.language import tr
from hondo.scratch.mistakes import Mistake
from hondo.scratch.tensors.moved import Moved, Told, follow

_NAMES = (("a scalar", "un escalar"), ("a vector", "un vector"), ("a matrix", "una matriz"))


def rank(x: Shaped[np.ndarray, "..."]) -> Told:
    """The number of axes: how many indices it takes to name one element.

    Example:
        >>> rank(np.zeros((2, 3))).result
        2
    """
    name = tr(*_NAMES[x.ndim]) if x.ndim < len(_NAMES) else tr("a tensor", "un tensor")
    axes = tr("axis", "eje") if x.ndim == 1 else tr("axes", "ejes")
    return Told(x.ndim, f"{name}: {x.ndim} {axes}")


def shape(x: Shaped[np.ndarray, "..."]) -> Told:
    """How long each axis is; the product of the lengths is the number of elements.

    Example:
        >>> shape(np.zeros((2, 3))).result
        (2, 3)
    """
    product = " × ".join(map(str, x.shape)) + " = " if x.ndim > 1 else ""
    elements = tr("element", "elemento") if x.size == 1 else tr("elements", "elementos")
    return Told(x.shape, f"{product}{x.size} {elements}")


def strides(x: Shaped[np.ndarray, "..."]) -> Told:
    """How many elements one step along each axis skips in memory (NumPy counts bytes; here, elements).

    Example:
        >>> strides(np.zeros((2, 3))).result, strides(np.zeros((2, 3)).T).result
        ((3, 1), (1, 3))
    """
    steps = tuple(step // x.itemsize for step in x.strides)
    words = [
        tr(f"one step along axis {axis} skips {step}", f"un paso por el eje {axis} salta {step}")
        for axis, step in enumerate(steps)
    ]
    return Told(steps, "; ".join(words) or tr("one number, no axes", "un solo número, sin ejes"))


def position(index: tuple[int, ...], steps: tuple[int, ...]) -> int:
    """Where an element lies in memory: Σₖ iₖ·sₖ.

    Args:
        index: one integer an axis.
        steps: the strides, in elements.

    Example:
        >>> position((1, 2), (3, 1))
        5
    """
    return sum(i * step for i, step in zip(index, steps, strict=True))


def reshape(x: Shaped[np.ndarray, "*source"], new_shape: tuple[int, ...]) -> Moved:
    """Read the same elements, row by row, as another shape.

    Args:
        x: any tensor.
        new_shape: lengths whose product is the number of elements; one of them may be -1, *whatever is left*.

    Raises:
        Mistake: if the elements do not fill the new shape.

    Example:
        >>> reshape(np.arange(6), (2, -1)).result.tolist()
        [[0, 1, 2], [3, 4, 5]]
    """
    known = prod(length for length in new_shape if length != -1)
    free = new_shape.count(-1)
    fits = free <= 1 and min(new_shape, default=1) >= -1
    fits = fits and (known > 0 and x.size % known == 0 if free else known == x.size)
    if not fits:
        raise Mistake(
            tr(
                f"{x.size} elements of shape {x.shape} do not fill the shape {new_shape}",
                f"{x.size} elementos de forma {x.shape} no llenan la forma {new_shape}",
            ),
            tr(
                "The lengths' product must stay the same; at most one may be -1.",
                "El producto de las longitudes debe ser el mismo; a lo sumo una puede ser -1.",
            ),
        )
    words = tr(
        "the same order of elements, cut into rows of another length",
        "el mismo orden de elementos, cortado en filas de otra longitud",
    )
    return follow(lambda t: t.reshape(new_shape), x, words)


def transpose(x: Shaped[np.ndarray, "*source"], axes: tuple[int, ...] | None = None) -> Moved:
    """Read the axes in another order: the element at (i, j) is found at (j, i).

    Args:
        x: any tensor.
        axes: the old axes in their new order; None reverses them.

    Raises:
        Mistake: unless ``axes`` names each axis once.

    Example:
        >>> transpose(np.array([[1, 2, 3], [4, 5, 6]])).result.tolist()
        [[1, 4], [2, 5], [3, 6]]
    """
    order = tuple(reversed(range(x.ndim))) if axes is None else axes
    if sorted(order) != list(range(x.ndim)):
        raise Mistake(
            tr(
                f"axes must name each of the {x.ndim} axes once, got {order}",
                f"axes debe nombrar una vez cada uno de los {x.ndim} ejes, llegó {order}",
            ),
            tr("Count axes from 0.", "Los ejes se cuentan desde 0."),
        )
    words = tr(
        f"new axis k is old axis {order}[k]; only the strides change places",
        f"el nuevo eje k es el antiguo {order}[k]; solo cambian de sitio los saltos",
    )
    return follow(lambda t: t.transpose(order), x, words)
