"""What ``ImageDataGenerator`` accepts, and refusals that say what was expected."""

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from hondo.core.errors import DataError, HondoWarning, nearest
from hondo.core.language import tr

Shift = float | int | Sequence[float]

FILL_MODES = ("nearest", "reflect", "wrap", "constant")
DATA_FORMATS = ("channels_last", "channels_first")
_NUMBERS = ("rotation_range", "shear_range", "channel_shift_range", "cval", "zca_epsilon")


def warn(en: str, es: str) -> None:
    """Say something that works but is probably not meant."""
    warnings.warn(tr(en, es), HondoWarning, stacklevel=4)


def both_ends(zoom_range: Any) -> list[float]:
    """The smallest and largest zoom; a number z stands for 1 - z and 1 + z."""
    if np.ndim(zoom_range) == 0 and _is_number(zoom_range):
        return [1 - zoom_range, 1 + zoom_range]
    return list(_pair("zoom_range", zoom_range))


def check_arguments(given: Any) -> None:
    """Refuse values that mean nothing.

    Args:
        given: the generator, with its arguments as attributes.

    Raises:
        DataError: naming the first.
    """
    one_of("fill_mode", given.fill_mode, FILL_MODES)
    one_of("data_format", given.data_format, DATA_FORMATS)
    one_of("interpolation_order", given.interpolation_order, range(6))
    for name in _NUMBERS:
        if not _is_number(getattr(given, name)):
            raise refused(name, getattr(given, name), tr("a number", "un número"))
    for name in ("width_shift_range", "height_shift_range"):
        shift = getattr(given, name)
        values = list(shift) if np.ndim(shift) == 1 else [shift]
        if not values or not all(map(_is_number, values)):
            raise refused(name, shift, tr("a number or a list of numbers", "un número o una lista de números"))
        if isinstance(shift, int | np.integer) and shift < 0:
            raise refused(name, shift, tr("a number of at least 0", "un número mayor o igual que 0"))
    if given.brightness_range is not None:
        _pair("brightness_range", given.brightness_range)
    split = given.validation_split
    if not _is_number(split) or (split and not 0 < split < 1):
        raise refused("validation_split", split, tr("a number between 0 and 1", "un número entre 0 y 1"))
    if given.dtype.kind != "f":
        raise refused("dtype", given.dtype.name, tr("a type of floats", "un tipo de decimales"))


def one_of(name: str, value: Any, known: Any) -> None:
    """Refuse a value that is none of those known.

    Raises:
        DataError: with the nearest of them.
    """
    if value not in known:
        names = [str(each) for each in known]
        raise DataError(tr(f"{name} cannot be {value!r}", f"{name} no puede ser {value!r}"), nearest(str(value), names))


def refused(name: str, value: Any, wanted: str) -> DataError:
    """An argument that is something else than what was wanted."""
    return DataError(
        tr(f"{name} should be {wanted}; got {value!r}", f"{name} debería ser {wanted}; se recibió {value!r}"),
        tr("Its meaning is in help(ImageDataGenerator).", "Su significado está en help(ImageDataGenerator)."),
    )


def check_rank(shape: tuple[int, ...]) -> None:
    """Refuse what is no batch of pictures.

    Raises:
        DataError: saying which shape came.
    """
    if len(shape) != 4:
        raise DataError(
            tr(
                f"pictures of shape {shape} came; expected four axes: samples, height, width, channels",
                f"llegaron imágenes de forma {shape}; se esperaban cuatro ejes: muestras, alto, ancho, canales",
            ),
            tr(
                "Grey pictures need an axis of one channel: x[..., np.newaxis].",
                "Las imágenes grises necesitan un eje de un canal: x[..., np.newaxis].",
            ),
        )


def _is_number(value: Any) -> bool:
    return np.ndim(value) == 0 and isinstance(value, int | float | np.number) and bool(np.isfinite(value))


def _pair(name: str, value: Any) -> Sequence[float]:
    if np.ndim(value) != 1 or len(value) != 2 or not all(map(_is_number, value)):
        raise refused(name, value, tr("a pair of numbers", "un par de números"))
    return value
