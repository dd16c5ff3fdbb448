"""Broadcasting: how tensors of different shapes are combined without copying either.

Write the shapes right-aligned. On each axis the lengths must be equal, or one of them 1 (or missing, which counts as
1); the axis of length 1 is read again and again, with stride 0.

Source: C. R. Harris et al., *Array programming with NumPy*, Nature 585 (2020).
"""

from dataclasses import dataclass
from itertools import zip_longest

import numpy as np
from jaxtyping import Shaped

from hondo.core.language import tr
from hondo.scratch.mistakes import Mistake
from hondo.scratch.tensors.moved import Moved, follow


@dataclass(frozen=True)
class Broadcast:
    """Two tensors stretched to one shape; both are views, no number was copied."""

    shape: tuple[int, ...]
    a: Moved
    b: Moved


def broadcast_shape(a: tuple[int, ...], b: tuple[int, ...]) -> tuple[int, ...]:
    """The shape that two shapes agree on.

    Raises:
        Mistake: naming the axis on which they do not.

    Example:
        >>> broadcast_shape((3, 1), (4,))
        (3, 4)
    """
    lengths = []
    for from_the_right, (m, n) in enumerate(zip_longest(reversed(a), reversed(b), fillvalue=1), start=1):
        if m != n and 1 not in (m, n):
            raise Mistake(
                tr(
                    f"shapes {a} and {b} do not broadcast: axis -{from_the_right} has {m} and {n}",
                    f"las formas {a} y {b} no son compatibles: el eje -{from_the_right} mide {m} y {n}",
                ),
                tr(
                    "Counted from the right, lengths must be equal or 1; insert axes with x[:, np.newaxis].",
                    "Contando desde la derecha, las longitudes deben ser iguales o 1; añada ejes con x[:, np.newaxis].",
                ),
            )
        lengths.append(n if m == 1 else m)
    return tuple(reversed(lengths))


def stretched_axes(source: tuple[int, ...], target: tuple[int, ...]) -> tuple[int, ...]:
    """The axes of ``target`` along which a tensor of shape ``source`` is repeated.

    Example:
        >>> stretched_axes((3, 1), (2, 3, 4))
        (0, 2)
    """
    padded = (1,) * (len(target) - len(source)) + source
    missing = len(target) - len(source)
    return tuple(k for k, (m, n) in enumerate(zip(padded, target, strict=True)) if k < missing or (m == 1 and n != 1))


def broadcast(a: Shaped[np.ndarray, "*a"], b: Shaped[np.ndarray, "*b"]) -> Broadcast:
    """Stretch two tensors to the shape that they agree on.

    Raises:
        Mistake: if they agree on none.

    Example:
        >>> both = broadcast(np.array([[10], [20]]), np.array([1, 2, 3]))
        >>> (both.a.result + both.b.result).tolist()
        [[11, 12, 13], [21, 22, 23]]
    """
    shape = broadcast_shape(a.shape, b.shape)

    def stretch(x: np.ndarray) -> Moved:
        axes = stretched_axes(x.shape, shape)
        listed = ", ".join(map(str, axes)) or tr("none", "ninguno")
        words = tr(f"repeated along axes: {listed}", f"repetido a lo largo de los ejes: {listed}")
        return follow(lambda t: np.broadcast_to(t, shape), x, words)

    return Broadcast(shape, stretch(a), stretch(b))


def sum_to_shape(gradient: Shaped[np.ndarray, "*target"], shape: tuple[int, ...]) -> Shaped[np.ndarray, "..."]:
    """The adjoint of broadcasting: an element that was read many times collects the gradient of every reading.

    Args:
        gradient: of the stretched tensor.
        shape: of the tensor before it was stretched.

    Example:
        >>> sum_to_shape(np.ones((2, 3)), (3,)).tolist()
        [2.0, 2.0, 2.0]
    """
    return np.asarray(gradient.sum(axis=stretched_axes(shape, gradient.shape))).reshape(shape)
