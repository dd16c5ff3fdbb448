"""What an answer left behind, asked for by a check in terms of behaviour."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from hondo.guide.exercises.exercise import Mistake


@dataclass(frozen=True)
class Work:
    """The names that an answer has defined.

    Attributes:
        names: the namespace in which it ran.
    """

    names: Mapping[str, Any]

    def value(self, name: str) -> Any:
        """What is called so.

        Raises:
            Mistake: ``missing``, if nothing is, or if it is still ``...`` or ``None``.
        """
        found = self.names.get(name, ...)
        if found is ... or found is None:
            raise Mistake("missing", f"`{name}` is not there yet.", f"Todavía falta `{name}`.")
        return found

    def function(self, name: str) -> Callable[..., Any]:
        """The function called so; what it raises is a ``Mistake`` named ``raises``; returning nothing is one too."""
        found = self.value(name)
        if not callable(found):
            raise Mistake("missing", f"`{name}` is not a function.", f"`{name}` no es una función.")

        def call(*given: Any, **named: Any) -> Any:
            try:
                answer = found(*given, **named)
            except Mistake:
                raise
            except Exception as error:
                told = f"{type(error).__name__}: {error}"
                raise Mistake("raises", f"`{name}` stops with {told}", f"`{name}` se detiene con {told}") from error
            if answer is None or answer is ...:
                raise Mistake("nothing", f"`{name}` returns nothing yet.", f"`{name}` todavía no devuelve nada.")
            return answer

        return call

    def array(self, name: str, shape: tuple[int | None, ...] | None = None) -> np.ndarray:
        """The numbers called so, as an array; ``None`` in ``shape`` stands for any length."""
        return as_array(self.value(name), name, shape)


def as_array(value: Any, name: str, shape: tuple[int | None, ...] | None = None) -> np.ndarray:
    """A value as an array of numbers.

    Raises:
        Mistake: ``not-numbers`` or ``shape``.
    """
    try:
        array = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        raise Mistake(
            "not-numbers",
            f"`{name}` should be numbers, this is {value!r:.80}",
            f"`{name}` debería ser numérico; es {value!r:.80}",
        ) from None
    if shape is not None and (
        array.ndim != len(shape)
        or any(want is not None and want != has for want, has in zip(shape, array.shape, strict=True))
    ):
        wanted = (
            "("
            + ", ".join("?" if each is None else str(each) for each in shape)
            + ("," if len(shape) == 1 else "")
            + ")"
        )
        raise Mistake(
            "shape",
            f"The shape of `{name}` should be {wanted}; it is {array.shape}.",
            f"La forma de `{name}` debería ser {wanted}; es {array.shape}.",
        )
    return array


def close(found: Any, wanted: Any, tolerance: float = 1e-6) -> bool:
    """Whether two arrays or numbers have one shape and agree, but for rounding."""
    try:
        found, wanted = np.asarray(found, np.float64), np.asarray(wanted, np.float64)
    except (TypeError, ValueError):
        return False
    return found.shape == wanted.shape and bool(
        np.allclose(found, wanted, rtol=tolerance, atol=tolerance, equal_nan=True)
    )


def derivative(function: Callable[[Any], Any], x: np.ndarray, step: float = 1e-5) -> np.ndarray:
    """Slopes of a function by central differences, element by element: what a check compares gradients with.

    Args:
        function: from an array like ``x`` to a number.
        x: where.
        step: how far to look on either side.

    Returns:
        of the shape of ``x``.
    """
    x = np.array(x, np.float64)
    slopes = np.zeros_like(x)
    for place in np.ndindex(x.shape):
        kept = x[place]
        x[place] = kept + step
        above = float(function(x))
        x[place] = kept - step
        below = float(function(x))
        x[place] = kept
        slopes[place] = (above - below) / (2 * step)
    return slopes
