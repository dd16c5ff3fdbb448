"""The layers of a model as a spec writes them: one kind each, with its options."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from hondo.core.language import tr
from hondo.core.spec.base import Count, NonNegative, Share, SpecPart, refuse

ActivationName = Literal["linear", "relu", "leaky_relu", "elu", "gelu", "softplus", "sigmoid", "tanh", "softmax"]
InitialiserName = Literal[
    "zeros", "ones", "random_normal", "random_uniform", "truncated_normal",
    "glorot_uniform", "glorot_normal", "he_uniform", "he_normal", "lecun_uniform", "lecun_normal", "orthogonal",
]  # fmt: skip
PaddingName = Literal["valid", "same"]


def _pair(value: Any) -> Any:
    return (value, value) if isinstance(value, int) else value


Pair = Annotated[tuple[Count, Count], BeforeValidator(_pair)]


class Regularised(SpecPart):
    """What layers with a kernel share."""

    activation: ActivationName = "linear"
    """Applied to the layer's output."""
    use_bias: bool = True
    """Whether a bias is added before the activation."""
    kernel_initializer: InitialiserName = "glorot_uniform"
    """How the kernel's weights begin."""
    l1: NonNegative = 0.0
    """Adds l1 · Σ|w| of this kernel to the loss."""
    l2: NonNegative = 0.0
    """Adds l2 · Σw² of this kernel to the loss."""


class Dense(Regularised):
    """Every output is connected to every input."""

    units: Count
    """How many outputs."""


class Conv2D(Regularised):
    """Filters that slide over a picture."""

    filters: Count
    """How many filters, so how many channels come out."""
    kernel_size: Pair = (3, 3)
    """Height and width of a filter."""
    strides: Pair = (1, 1)
    """How far a filter moves each time."""
    padding: PaddingName = "valid"
    """`valid` adds nothing; `same` adds zeros so that the size stays (for stride 1)."""
    dilation_rate: Pair = (1, 1)
    """The gap between a filter's taps."""


class Pool2D(SpecPart):
    """The largest or the mean value of each window."""

    pool_size: Pair = (2, 2)
    """Height and width of a window."""
    strides: Pair | None = None
    """How far the window moves; left out, its own size."""
    padding: PaddingName = "valid"
    """What happens at the border."""


class Empty(SpecPart):
    """A layer with nothing to set."""


class Dropout(SpecPart):
    """Silences units at random while training."""

    rate: Share = 0.5
    """The share of units silenced."""


class BatchNormalization(SpecPart):
    """Standardises each channel over the batch."""

    momentum: Annotated[float, Field(gt=0, lt=1)] = 0.99
    """How slowly the running mean and variance follow."""
    epsilon: Annotated[float, Field(gt=0)] = 1e-3
    """Keeps the division away from zero."""


class Activation(SpecPart):
    """An activation as a layer of its own."""

    function: ActivationName = "relu"
    """Which one."""


class Residual(Regularised):
    """Two convolutions with batch normalisation, and a shortcut around them."""

    filters: Count
    """How many channels come out."""
    kernel_size: Pair = (3, 3)
    """Height and width of a filter."""
    strides: Pair = (1, 1)
    """How far the first convolution's filters move."""
    activation: ActivationName = "relu"
    """Applied inside the block and after the sum."""


# What a bare value stands for: `dense: 10` is `dense: {units: 10}`.
_MAIN_KEY = {
    "dense": "units", "conv2d": "filters", "max_pooling2d": "pool_size", "average_pooling2d": "pool_size",
    "dropout": "rate", "activation": "function", "residual": "filters",
}  # fmt: skip


def expand_layer(entry: Any) -> Any:
    """`flatten` → `{flatten: {}}`; `{dense: 10}` → `{dense: {units: 10}}`."""
    if isinstance(entry, str):
        return {entry: {}}
    if isinstance(entry, Mapping):
        return {
            kind: {_MAIN_KEY[kind]: options}
            if kind in _MAIN_KEY and not isinstance(options, (Mapping, SpecPart))
            else ({} if options is None else options)
            for kind, options in entry.items()
        }
    return entry


class LayerSpec(SpecPart):
    """One layer: a single key, its kind, with the layer's options (or its main option alone)."""

    dense: Dense | None = None
    """Densely connected."""
    conv2d: Conv2D | None = None
    """Convolution over height and width."""
    max_pooling2d: Pool2D | None = None
    """The largest value of each window."""
    average_pooling2d: Pool2D | None = None
    """The mean of each window."""
    global_average_pooling2d: Empty | None = None
    """The mean of each channel."""
    global_max_pooling2d: Empty | None = None
    """The largest value of each channel."""
    flatten: Empty | None = None
    """All values of a sample in one row."""
    dropout: Dropout | None = None
    """Silences units at random while training."""
    batch_normalization: BatchNormalization | None = None
    """Standardises over the batch."""
    activation: Activation | None = None
    """A function applied to each value (softmax: to each row)."""
    residual: Residual | None = None
    """A residual block."""

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        kinds = [name for name in self.kinds() if getattr(self, name) is not None]
        if len(kinds) != 1:
            got = ", ".join(kinds) or tr("none", "ninguna")
            raise refuse(f"a layer has exactly one kind, got: {got}", f"una capa tiene un solo tipo; se recibió: {got}")
        return self

    @classmethod
    def kinds(cls) -> tuple[str, ...]:
        """All kinds that there are."""
        return tuple(cls.model_fields)

    @property
    def kind(self) -> str:
        """The layer's kind, such as ``"dense"``."""
        return next(name for name in self.kinds() if getattr(self, name) is not None)

    @property
    def options(self) -> SpecPart:
        """The layer's options."""
        return getattr(self, self.kind)


Layer = Annotated[LayerSpec, BeforeValidator(expand_layer)]
