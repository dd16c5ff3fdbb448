"""Landscapes of two variables on which to watch an optimizer: easy, narrow, curved, deceptive.

Source: H. Rosenbrock, *An automatic method for finding the greatest or least value of a function*, Computer J. 3
(1960); L. Rastrigin (1974) for the many minima.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import pi, sqrt

import numpy as np
from jaxtyping import Float


@dataclass(frozen=True)
class Surface:
    """A function f(u, v) with its gradient.

    Attributes:
        formula: LaTeX in terms of u and v.
        value: of points ``(..., 2)``, to heights ``(...)``: a whole grid at once for a picture.
        gradient: of points ``(..., 2)``, to vectors ``(..., 2)``.
        minima: where it is lowest.
        extent: draw from -extent to extent.
    """

    name: str
    formula: str
    value: Callable[[Float[np.ndarray, "*points 2"]], Float[np.ndarray, "*points"]]
    gradient: Callable[[Float[np.ndarray, "*points 2"]], Float[np.ndarray, "*points 2"]]
    minima: tuple[tuple[float, float], ...]
    extent: float


def _surface(
    name: str,
    formula: str,
    value: Callable[[np.ndarray, np.ndarray], np.ndarray],
    gradient: Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]],
    minima: tuple[tuple[float, float], ...],
    extent: float,
) -> Surface:
    """A surface from functions of the two coordinates."""
    return Surface(
        name,
        formula,
        lambda point: value(point[..., 0], point[..., 1]),
        lambda point: np.stack(gradient(point[..., 0], point[..., 1]), axis=-1),
        minima,
        extent,
    )


_ALL = (
    _surface("bowl", "u^2 + v^2", lambda u, v: u**2 + v**2, lambda u, v: (2 * u, 2 * v), ((0.0, 0.0),), 3.0),
    _surface(
        "ravine",
        r"\tfrac{1}{2} u^2 + 10 v^2",
        lambda u, v: u**2 / 2 + 10 * v**2,
        lambda u, v: (u, 20 * v),
        ((0.0, 0.0),),
        3.0,
    ),
    _surface(
        "rosenbrock",
        "(1 - u)^2 + 100 (v - u^2)^2",
        lambda u, v: (1 - u) ** 2 + 100 * (v - u**2) ** 2,
        lambda u, v: (-2 * (1 - u) - 400 * u * (v - u**2), 200 * (v - u**2)),
        ((1.0, 1.0),),
        2.0,
    ),
    _surface(
        "saddle",
        r"u^2 - v^2 + \tfrac{1}{4} v^4",
        lambda u, v: u**2 - v**2 + v**4 / 4,
        lambda u, v: (2 * u, v**3 - 2 * v),
        ((0.0, -sqrt(2)), (0.0, sqrt(2))),
        2.0,
    ),
    _surface(
        "many_minima",
        r"20 + u^2 + v^2 - 10 \cos 2\pi u - 10 \cos 2\pi v",
        lambda u, v: 20 + u**2 + v**2 - 10 * np.cos(2 * pi * u) - 10 * np.cos(2 * pi * v),
        lambda u, v: (2 * u + 20 * pi * np.sin(2 * pi * u), 2 * v + 20 * pi * np.sin(2 * pi * v)),
        ((0.0, 0.0),),
        5.12,
    ),
)
SURFACES = {surface.name: surface for surface in _ALL}
