"""What a picture's transform is drawn from, and what is drawn: a batch at once, in the order of Keras's old class.

For a given seed the numbers are those that the old class draws, because it takes one uniform number after the other
from NumPy's old generator, which gives the same ones when it is asked for many.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, Self

import numpy as np
import numpy.typing as npt

from hondo.core.arrays import FloatArray


class Random(Protocol):
    """What is used of ``numpy.random.RandomState``; the module ``numpy.random`` offers it too."""

    def random_sample(self, size: Any = None) -> Any:
        """Uniform numbers in [0, 1)."""
        ...

    def choice(self, a: Any) -> Any:
        """One of some values, or of the whole numbers below one."""
        ...

    def permutation(self, x: int, /) -> Any:
        """The numbers below x in another order."""
        ...

    def randint(self, low: int, /) -> Any:
        """A whole number below ``low``."""
        ...


@dataclass(frozen=True)
class Ranges:
    """From what transforms are drawn; names and meanings are those of ``ImageDataGenerator``'s arguments."""

    rotation: float
    height_shift: Any
    width_shift: Any
    shear: float
    zoom: tuple[float, float]
    horizontal_flip: bool
    vertical_flip: bool
    channel_shift: float
    brightness: tuple[float, float] | None


@dataclass(frozen=True)
class Parameters:
    """The transforms of a batch, ``(batch,)`` each.

    Attributes:
        theta: rotation in degrees.
        tx: the height shift in pixels.
        ty: the width shift in pixels.
        shear: in degrees.
        zx: the zoom across; below 1 enlarges.
        zy: the zoom down.
        flip_horizontal: whether it is mirrored left to right.
        flip_vertical: whether it is mirrored top to bottom.
        channel_shift_intensity: what is added; None if colours are not shifted.
        brightness: a factor; None if the brightness stays.
    """

    theta: FloatArray
    tx: FloatArray
    ty: FloatArray
    shear: FloatArray
    zx: FloatArray
    zy: FloatArray
    flip_horizontal: npt.NDArray[np.bool_]
    flip_vertical: npt.NDArray[np.bool_]
    channel_shift_intensity: FloatArray | None = None
    brightness: FloatArray | None = None

    def __len__(self) -> int:
        return len(self.theta)

    @property
    def moves(self) -> bool:
        """Whether any picture is transformed geometrically."""
        still = {"tx": 0, "ty": 0, "theta": 0, "shear": 0, "zx": 1, "zy": 1, "flip_horizontal": 0, "flip_vertical": 0}
        return any((getattr(self, name) != value).any() for name, value in still.items())

    def first(self) -> dict[str, Any]:
        """The first picture's transform as the old class writes it."""
        values = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {name: None if value is None else value[0].item() for name, value in values.items()}

    @classmethod
    def of(cls, written: Mapping[str, Any]) -> Self:
        """The transform of one picture from what :meth:`first` gives; what is missing stays as it is."""
        still = {"theta": 0.0, "tx": 0.0, "ty": 0.0, "shear": 0.0, "zx": 1.0, "zy": 1.0}
        numbers = {name: np.array([float(written.get(name, value))]) for name, value in still.items()}
        flips = {name: np.array([bool(written.get(name))]) for name in ("flip_horizontal", "flip_vertical")}
        colours = {
            name: np.array([float(written[name])])
            for name in ("channel_shift_intensity", "brightness")
            if written.get(name) is not None
        }
        return cls(**numbers, **flips, **colours)


def draw(ranges: Ranges, size: tuple[int, int], count: int, random: Random) -> Parameters:
    """Draw the transforms of ``count`` pictures.

    Args:
        ranges: from what.
        size: the pictures' height and width in pixels.
        count: how many.
        random: where the numbers come from.
    """
    if any(_chosen(shift) for shift in (ranges.height_shift, ranges.width_shift)):
        columns = [_draw_one(ranges, random) for _ in range(count)]
        values = {name: np.array([each[name] for each in columns], dtype=float) for name in _drawn(ranges)}
    else:
        names = list(_drawn(ranges))
        table = random.random_sample((count, len(names)))
        values = {name: _scaled(ranges, name, table[:, column]) for column, name in enumerate(names)}
    zeros, height, width = np.zeros(count), *size
    tx, ty = values.get("tx", zeros), values.get("ty", zeros)
    return Parameters(
        theta=values.get("theta", zeros),
        tx=tx * height if _is_share(ranges.height_shift) else tx,
        ty=ty * width if _is_share(ranges.width_shift) else ty,
        shear=values.get("shear", zeros),
        zx=values.get("zx", zeros + 1),
        zy=values.get("zy", zeros + 1),
        flip_horizontal=(values["flip_horizontal"] < 0.5) & bool(ranges.horizontal_flip),
        flip_vertical=(values["flip_vertical"] < 0.5) & bool(ranges.vertical_flip),
        channel_shift_intensity=values.get("channel_shift_intensity"),
        brightness=values.get("brightness"),
    )


def _drawn(ranges: Ranges) -> dict[str, tuple[float, float]]:
    """What is drawn of each picture, in this order, and between which ends."""
    ends: dict[str, tuple[float, float]] = {}
    if ranges.rotation:
        ends["theta"] = (-ranges.rotation, ranges.rotation)
    for name, shift in (("tx", ranges.height_shift), ("ty", ranges.width_shift)):
        if np.size(shift) if np.ndim(shift) else shift:
            ends[name] = (0.0, 0.0) if _chosen(shift) else (-shift, shift)
    if ranges.shear:
        ends["shear"] = (-ranges.shear, ranges.shear)
    if tuple(ranges.zoom) != (1, 1):
        ends["zx"] = ends["zy"] = ranges.zoom
    ends["flip_horizontal"] = ends["flip_vertical"] = (0.0, 1.0)
    if ranges.channel_shift:
        ends["channel_shift_intensity"] = (-ranges.channel_shift, ranges.channel_shift)
    if ranges.brightness is not None:
        ends["brightness"] = ranges.brightness
    return ends


def _scaled(ranges: Ranges, name: str, numbers: Any) -> Any:
    low, high = _drawn(ranges)[name]
    return low + (high - low) * numbers


def _draw_one(ranges: Ranges, random: Random) -> dict[str, float]:
    """One picture's draws; values that are chosen from a list take an unknown amount of random numbers."""
    values: dict[str, float] = {}
    for name in _drawn(ranges):
        shift = {"tx": ranges.height_shift, "ty": ranges.width_shift}.get(name)
        if shift is not None and _chosen(shift):
            values[name] = float(random.choice(shift)) * float(random.choice([-1, 1]))
        else:
            values[name] = float(_scaled(ranges, name, random.random_sample()))
    return values


def _chosen(shift: Any) -> bool:
    """Whether a shift is one of some values (a list, or the whole numbers below one) rather than from an interval."""
    return np.ndim(shift) == 1 or (isinstance(shift, int | np.integer) and bool(shift))


def _is_share(shift: Any) -> bool:
    """Whether a shift counts in sides of the picture rather than in pixels."""
    return bool(np.size(shift)) and float(np.max(shift)) < 1
