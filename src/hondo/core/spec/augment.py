"""The part of a spec about augmentation: what happens to training pictures anew in each epoch."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from hondo.core.spec.base import Count, NonNegative, Positive, SpecPart, refuse, unused

FillMode = Literal["nearest", "reflect", "wrap", "constant"]
Interpolation = Literal["bilinear", "nearest"]

Fraction = Annotated[float, Field(ge=0.0, le=1.0)]
Factor = Annotated[float, Field(ge=0.01, le=100.0)]
_RANGES = ("zoom", "brightness", "contrast")
_MOVING = ("rotation", "zoom", "shear", "shift")


class AugmentSpec(SpecPart):
    """What each training picture goes through, drawn anew in each epoch; validation and test see none of it.

    In this order: one geometric transform (flips, zoom, shear, rotation, shift, crop), brightness, contrast, channel
    shift, cutout, then mixup or cutmix. What is left out does not happen.
    """

    rotation: Annotated[float, Field(ge=0.0, le=180.0)] = 0.0
    """Turn by up to so many degrees to either side."""
    zoom: Annotated[float, Field(ge=0.0, le=0.99)] | tuple[Factor, Factor] = 0.0
    """Enlarge by a factor between [low, high], the same for both sides; a number z stands for [1 - z, 1 + z]."""
    shear: Annotated[float, Field(ge=0.0, le=80.0)] = 0.0
    """Slant the verticals by up to so many degrees to either side."""
    shift: Fraction | tuple[Fraction, Fraction] = 0.0
    """Move by up to this share of the height and width to either side; or [vertical, horizontal]."""
    random_crop: Annotated[int, Field(ge=0, le=1024)] = 0
    """Pad by so many pixels and cut the old size out at random: whole-pixel moves."""
    horizontal_flip: bool = False
    """Mirror every other picture, left to right."""
    vertical_flip: bool = False
    """Mirror every other picture, top to bottom."""
    fill: FillMode = "nearest"
    """What appears beyond the edges: aaa|abc|ccc (nearest), cba|abc|cba (reflect), abc|abc|abc (wrap), or a value."""
    fill_value: float = 0.0
    """constant, cutout: that value, for every channel, in the raw picture's unit."""
    interpolation: Interpolation = "bilinear"
    """How a value between pixels is found."""
    brightness: Fraction | tuple[NonNegative, NonNegative] = 0.0
    """Multiply by a factor between [low, high]; a number b stands for [1 - b, 1 + b]."""
    contrast: Fraction | tuple[NonNegative, NonNegative] = 0.0
    """Multiply each channel's distance from its mean by a factor between [low, high]; or a number, as above."""
    channel_shift: Fraction = 0.0
    """Add to each channel a number of its own, up to this share of the range of values, to either side."""
    cutout: Fraction = 0.0
    """Cover a hole whose sides are this share of the picture's sides; it may reach over the edge."""
    cutout_holes: Count = 1
    """How many such holes."""
    mixup: Positive | None = None
    """Blend pairs of samples and their targets; alpha of the Beta distribution of the shares (0.2 is common)."""
    cutmix: Positive | None = None
    """Paste a part of another picture, targets by area; alpha as for mixup. With both, each batch draws one of them."""

    @property
    def zoom_range(self) -> tuple[float, float]:
        """The smallest and largest factor."""
        return _around_one(self.zoom)

    @property
    def brightness_range(self) -> tuple[float, float]:
        """The smallest and largest factor."""
        return _around_one(self.brightness)

    @property
    def contrast_range(self) -> tuple[float, float]:
        """The smallest and largest factor."""
        return _around_one(self.contrast)

    @property
    def shift_shares(self) -> tuple[float, float]:
        """The largest shift, vertical and horizontal, in shares of height and width."""
        return self.shift if isinstance(self.shift, tuple) else (self.shift, self.shift)

    @property
    def mixes(self) -> bool:
        """Whether samples are blended, so that targets must be numbers or one-hot rows."""
        return self.mixup is not None or self.cutmix is not None

    @model_validator(mode="after")
    def _ranges_rise(self) -> Self:
        for name in _RANGES:
            value = getattr(self, name)
            if isinstance(value, tuple) and value[0] > value[1]:
                raise refuse(
                    f"{name!r} should be [low, high], got [{value[0]:g}, {value[1]:g}]",
                    f"{name!r} debería ser [mínimo, máximo]; se recibió [{value[0]:g}, {value[1]:g}]",
                    name,
                )
        return self

    @model_validator(mode="after")
    def _only_what_is_used(self) -> Self:
        moves = any(_does(self, name) for name in _MOVING)
        if not moves:
            unused(
                self,
                {"interpolation"},
                "only rotation, zoom, shear and shift look between pixels",
                "solo rotation, zoom, shear y shift miran entre los píxeles",
            )
        if not moves and not self.random_crop:
            unused(self, {"fill"}, "nothing looks beyond the edges", "nada mira más allá de los bordes")
        if self.fill != "constant" and not self.cutout:
            unused(self, {"fill_value"}, "only by fill: constant and cutout", "solo lo leen fill: constant y cutout")
        if not self.cutout:
            unused(self, {"cutout_holes"}, "'cutout' gives their size", "'cutout' indica su tamaño")
        return self


def _around_one(value: float | tuple[float, float]) -> tuple[float, float]:
    return value if isinstance(value, tuple) else (1 - value, 1 + value)


def _does(spec: AugmentSpec, name: str) -> bool:
    """Whether a geometric key changes anything."""
    value = getattr(spec, name)
    if isinstance(value, tuple):
        return value != ((1.0, 1.0) if name == "zoom" else (0.0, 0.0))
    return value != 0
