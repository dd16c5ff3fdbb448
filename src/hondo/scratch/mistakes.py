"""The mistakes that everybody makes with arrays, caught where they happen and explained.

NumPy would often compute *something*: integers that overflow, a row broadcast against a column. Here a function says
what it needs, what it got, and what was probably meant.
"""

import numpy as np

from hondo.core.errors import HondoError
from hondo.core.language import tr


class Mistake(HondoError):
    """An argument that has no meaning where it was given; the message says what would have one."""

    exit_code = 2


def need_floats(function: str, **arrays: object) -> None:
    """Refuse what is no array of floating-point numbers, and arrays of different precision together.

    Args:
        function: who asks, for the message.
        **arrays: the arrays by the names that the reader knows.

    Raises:
        Mistake: for lists, plain numbers, arrays of integers or booleans, and float32 beside float64.
    """
    for name, array in arrays.items():
        if not isinstance(array, (np.ndarray, np.generic)):
            kind = type(array).__name__
            raise Mistake(
                tr(
                    f"{function} needs {name} as a NumPy array, got {kind}",
                    f"{function} necesita {name} como array de NumPy, llegó {kind}",
                ),
                tr(f"Write np.array({name}, dtype=float).", f"Escriba np.array({name}, dtype=float)."),
            )
        if not np.issubdtype(array.dtype, np.floating):
            raise Mistake(
                tr(
                    f"{function} needs {name} in floating point, got {array.dtype}",
                    f"{function} necesita {name} en coma flotante, llegó {array.dtype}",
                ),
                tr(f"Write {name}.astype(float).", f"Escriba {name}.astype(float)."),
            )
    types = {name: array.dtype for name, array in arrays.items() if isinstance(array, (np.ndarray, np.generic))}
    if len(set(types.values())) > 1:
        listed = ", ".join(f"{name} {dtype}" for name, dtype in types.items())
        raise Mistake(
            tr(
                f"{function} needs arrays of one precision, got {listed}",
                f"{function} necesita arrays de una misma precisión, llegaron {listed}",
            ),
            tr(
                "Everything here is float64 unless you choose: .astype(float).",
                "Aquí todo es float64 si no se elige otra cosa: .astype(float).",
            ),
        )


def need_same_shape(function: str, **arrays: np.ndarray) -> None:
    """Refuse arrays of different shapes, which NumPy might silently broadcast against each other.

    Raises:
        Mistake: naming both shapes; for ``(n,)`` against ``(n, 1)`` it says which one to reshape.
    """
    (first, a), *others = arrays.items()
    for name, b in others:
        if a.shape == b.shape:
            continue
        hint = tr("Both need one entry for each prediction.", "Ambos necesitan una entrada por predicción.")
        if a.size == b.size:
            hint = tr(f"Write {name}.reshape({first}.shape).", f"Escriba {name}.reshape({first}.shape).")
        raise Mistake(
            tr(
                f"{function} needs {first} and {name} of the same shape, got {a.shape} and {b.shape}",
                f"{function} necesita {first} y {name} con la misma forma, llegaron {a.shape} y {b.shape}",
            ),
            hint,
        )


def need_rank(function: str, name: str, array: np.ndarray, axes: str) -> None:
    """Refuse an array with another number of axes than ``axes`` names.

    Args:
        axes: the axes in order, e.g. ``"batch, height, width, channels"``.

    Raises:
        Mistake: if the rank differs.
    """
    rank = len(axes.split(","))
    if array.ndim != rank:
        raise Mistake(
            tr(
                f"{function} needs {name} with axes ({axes}), got shape {array.shape}",
                f"{function} necesita {name} con los ejes ({axes}), llegó la forma {array.shape}",
            ),
            tr(
                "A batch of one is still a batch: x[np.newaxis].",
                "Un lote de una sola muestra también es un lote: x[np.newaxis].",
            ),
        )


def need_shape(function: str, name: str, array: np.ndarray, shape: tuple[int, ...]) -> None:
    """Refuse an array of any other shape than ``shape``.

    Raises:
        Mistake: naming both.
    """
    if array.shape != shape:
        raise Mistake(
            tr(
                f"{function} needs {name} of shape {shape}, got {array.shape}",
                f"{function} necesita {name} con la forma {shape}, llegó {array.shape}",
            )
        )


def need_product(function: str, x: np.ndarray, W: np.ndarray) -> None:
    """Refuse ``x @ W`` whose inner sizes differ.

    Raises:
        Mistake: naming the features that ``x`` has and those that ``W`` expects.
    """
    if x.shape[-1] != W.shape[0]:
        raise Mistake(
            tr(
                f"{function}: x has {x.shape[-1]} features a sample (shape {x.shape}), "
                f"the weights are for {W.shape[0]} (shape {W.shape})",
                f"{function}: x tiene {x.shape[-1]} características por muestra (forma {x.shape}), "
                f"los pesos son para {W.shape[0]} (forma {W.shape})",
            ),
            tr(
                "The last axis of x must be as long as the first of the weights.",
                "El último eje de x debe medir lo mismo que el primero de los pesos.",
            ),
        )


def need_targets(function: str, y: np.ndarray) -> None:
    """Refuse targets that are no probabilities, such as classes -1 and 1.

    Raises:
        Mistake: saying from where to where they go.
    """
    if y.size and (y.min() < 0 or y.max() > 1):
        raise Mistake(
            tr(
                f"{function} needs targets from 0 to 1, got {y.min():g} to {y.max():g}",
                f"{function} necesita objetivos de 0 a 1, llegaron de {y.min():g} a {y.max():g}",
            ),
            tr("For classes -1 and 1 write (y + 1) / 2.", "Para clases -1 y 1 escriba (y + 1) / 2."),
        )


def need_between(function: str, name: str, value: float, low: float, high: float, *, ends: str = "[]") -> None:
    """Refuse a number outside an interval.

    Args:
        ends: the interval's brackets; ``"[)"`` includes ``low`` and excludes ``high``.

    Raises:
        Mistake: naming the interval.
    """
    inside = (low <= value if ends[0] == "[" else low < value) and (value <= high if ends[1] == "]" else value < high)
    if not inside:
        interval = f"{ends[0]}{low:g}, {high:g}{ends[1]}"
        raise Mistake(
            tr(
                f"{function} needs {name} in {interval}, got {value!r}",
                f"{function} necesita {name} en {interval}, llegó {value!r}",
            )
        )
