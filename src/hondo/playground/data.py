"""The points that a network learns: a named set's, drawn ones or a file's, and what the network sees of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hondo.core.arrays import Array, FloatArray
from hondo.core.errors import DataError, nearest
from hondo.core.language import tr
from hondo.core.seeds import generator
from hondo.data.rows import read_rows
from hondo.data.sets import points as sets
from hondo.playground.setup import OWN, Setup

_FUNCTIONS = {
    "x1": lambda p: p[:, 0],
    "x2": lambda p: p[:, 1],
    "x1^2": lambda p: p[:, 0] ** 2,
    "x2^2": lambda p: p[:, 1] ** 2,
    "x1x2": lambda p: p[:, 0] * p[:, 1],
    "sin(x1)": lambda p: np.sin(p[:, 0]),
    "sin(x2)": lambda p: np.sin(p[:, 1]),
}


@dataclass(frozen=True)
class Points:
    """Places on the plane and what is to be learnt there.

    Attributes:
        train, test: float64 ``(n, 2)``; ``test`` may be empty.
        train_y, test_y: class numbers or numbers, float64 ``(n,)``.
    """

    train: FloatArray
    train_y: FloatArray
    test: FloatArray
    test_y: FloatArray


def points(setup: Setup) -> Points:
    """The points of a setup's named set, those to learn from first.

    Raises:
        DataError: for own points, which :func:`own_points` makes.
    """
    if setup.data == OWN:
        raise DataError(
            tr("own points are not in the setup", "los puntos propios no están en el ajuste"),
            tr("Give them as `points`.", "Delos como `points`."),
        )
    data = getattr(sets, setup.data)(**options(setup))
    return _parted(setup, np.asarray(data.train.x, np.float64), np.asarray(data.train.y, np.float64))


def options(setup: Setup) -> dict[str, int | float]:
    """What the data set of a setup's name is told, to be these points."""
    told: dict[str, int | float] = {"samples": setup.samples, "noise": setup.noise, "seed": setup.data_seed}
    return told | {"classes": setup.classes} if setup.classes > 2 else told


def own_points(setup: Setup, x: Array, y: Array) -> Points:
    """Points that were drawn or computed, in an order decided by ``data_seed``.

    Args:
        setup: its train share, and its output, which says what ``y`` must be.
        x: places ``(n, 2)``.
        y: class numbers from 0 or numbers ``(n,)``.

    Raises:
        DataError: for too few points, other shapes, values that are not finite, or classes that the setup lacks.
    """
    x, y = np.asarray(x, np.float64), np.asarray(y, np.float64)
    if x.ndim != 2 or x.shape[1] != 2 or y.shape != (len(x),) or len(x) < 2:
        raise DataError(
            tr(f"points must be (n, 2) and (n,), got {x.shape} and {y.shape}",
               f"los puntos deben ser (n, 2) y (n,); se recibió {x.shape} y {y.shape}"),
            tr("Two coordinates and one target each, two points at least.",
               "Dos coordenadas y un objetivo cada uno, dos puntos al menos."),
        )  # fmt: skip
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise DataError(
            tr("points must be finite numbers", "los puntos deben ser números finitos"),
            tr("Leave the others out.", "Deje fuera los demás."),
        )
    if setup.problem == "classification" and not np.isin(y, np.arange(setup.classes)).all():
        raise DataError(
            tr(f"classes must be whole numbers from 0 to {setup.classes - 1}",
               f"las clases deben ser números enteros de 0 a {setup.classes - 1}"),
            tr("More classes need output 'softmax' and 'classes'.", "Más clases piden 'softmax' y 'classes'."),
        )  # fmt: skip
    chosen = generator(setup.data_seed, "playground", "own").permutation(len(x))
    return _parted(setup, x[chosen], y[chosen])


def read_points(path: Path, columns: tuple[str, str], target: str) -> tuple[FloatArray, FloatArray, tuple[str, ...]]:
    """Two columns of a CSV or TSV file as coordinates and one as the target; rows with gaps are left out.

    Returns:
        Places ``(n, 2)``, targets ``(n,)``, and the names of the classes: empty where the target is numbers.

    Raises:
        DataError: if the file cannot be read, a column is not in it or coordinates are no numbers.
    """
    table = read_rows(path)
    return choose_points({str(name): table[name].to_numpy() for name in table.columns}, columns, target, str(path))


def choose_points(
    table: Mapping[str, Array], columns: tuple[str, str], target: str, name: str = ""
) -> tuple[FloatArray, FloatArray, tuple[str, ...]]:
    """As :func:`read_points`, for the texts of a table's columns; ``name`` is what errors call it."""
    said = f"{name}: " if name else ""
    for each in (*columns, target):
        if each not in table:
            raise DataError(
                said + tr(f"there is no column {each!r}", f"no existe la columna {each!r}"), nearest(each, table)
            )
    x = np.stack([_numbers(table[each]) for each in columns], axis=1)
    y, names = _numbers(table[target]), ()
    filled = np.array([bool(str(each).strip()) for each in table[target]])
    if not np.isfinite(y[filled]).all():
        texts = [str(each) for each in table[target]]
        names = tuple(sorted({text for text, full in zip(texts, filled, strict=True) if full}))
        numbers = {text: number for number, text in enumerate(names)}
        y = np.array([numbers.get(text, np.nan) for text in texts], np.float64)
    whole = np.isfinite(x).all(axis=1) & np.isfinite(y)
    if whole.sum() < 2:
        raise DataError(
            said
            + tr(f"fewer than two rows have numbers in {columns}", f"menos de dos filas tienen números en {columns}"),
            tr("Choose two columns of numbers.", "Elija dos columnas de números."),
        )
    return x[whole], y[whole], names


def _numbers(texts: Iterable[object]) -> FloatArray:
    def number(text: object) -> float:
        try:
            return float(str(text))
        except ValueError:
            return float("nan")

    return np.array([number(each) for each in texts], np.float64)


def features(setup: Setup, places: Array) -> FloatArray:
    """What the network sees of places ``(n, 2)``: float64 ``(n, inputs)``."""
    return np.stack([_FUNCTIONS[name](np.asarray(places, np.float64)) for name in setup.inputs], axis=1)


def targets(setup: Setup, y: FloatArray) -> FloatArray:
    """What the output is compared with ``(n,)``: ±1 for tanh, else class numbers or numbers as they are."""
    return 2 * y - 1 if setup.output == "tanh" else y


def _parted(setup: Setup, x: FloatArray, y: FloatArray) -> Points:
    first = min(max(1, round(setup.train_share * len(x))), len(x))
    return Points(x[:first], y[:first], x[first:], y[first:])
