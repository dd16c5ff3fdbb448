"""The part of a spec about the model: a preset, a list of layers, or Python code."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from hondo.core.language import tr
from hondo.core.spec.base import Count, NonNegative, Share, SpecPart, refuse, unused

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


def _expand(entry: Any) -> Any:
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
        kinds = [name for name in type(self).model_fields if getattr(self, name) is not None]
        if len(kinds) != 1:
            got = ", ".join(kinds) or tr("none", "ninguna")
            raise refuse(f"a layer has exactly one kind, got: {got}", f"una capa tiene un solo tipo; se recibió: {got}")
        return self

    @property
    def kind(self) -> str:
        """The layer's kind, such as ``"dense"``."""
        return next(name for name in type(self).model_fields if getattr(self, name) is not None)

    @property
    def options(self) -> SpecPart:
        """The layer's options."""
        return getattr(self, self.kind)


Layer = Annotated[LayerSpec, BeforeValidator(_expand)]


class ModelSpec(SpecPart):
    """Exactly one of `preset`, `layers`, `pretrained`, `python` and `given`."""

    preset: Literal["perceptron", "mlp", "cnn", "residual"] | None = None
    """A ready architecture; the output layer follows from the data."""
    layers: tuple[Layer, ...] | None = None
    """The layers in order, the output layer included."""
    pretrained: str | None = None
    """A network of keras.applications by name, such as `resnet50`: it takes raw pixels, and a new output layer follows
    from the data."""
    weights: str | None = None
    """pretrained: `imagenet` (the default), `none`, or a file."""
    python: str | None = None
    """`module:function` returning a Keras model; it is called with `input_shape` and `outputs`."""
    given: str | None = None
    """Written by Hondo when a Keras model object was passed from Python: its class and name."""
    hidden: tuple[Count, ...] | None = None
    """mlp, cnn: units of the dense hidden layers (mlp: 128; cnn: none)."""
    filters: tuple[Count, ...] | None = None
    """cnn, residual: channels of each block (32, 64)."""
    kernel_size: Count | None = None
    """cnn, residual: side of the filters (3)."""
    activation: ActivationName | None = None
    """mlp, cnn, residual: of the hidden layers (relu)."""
    initializer: InitialiserName | None = None
    """How the presets' kernels begin (he_normal before relu and its kin, else glorot_uniform)."""
    dropout: Share | None = None
    """mlp, cnn, residual: after each hidden layer or block (0); pretrained: before the output layer."""
    batch_normalization: bool | None = None
    """mlp, cnn: after each hidden layer or convolution (false)."""

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        given = [
            name for name in ("preset", "layers", "pretrained", "python", "given") if getattr(self, name) is not None
        ]
        if len(given) != 1:
            got = ", ".join(given) or tr("none of them", "ninguno")
            raise refuse(
                f"give exactly one of 'preset', 'layers', 'pretrained' and 'python'; got {got}",
                f"indique exactamente uno de 'preset', 'layers', 'pretrained' y 'python'; se recibió: {got}",
            )
        shaping = {"hidden", "filters", "kernel_size", "activation", "initializer", "dropout", "batch_normalization"}
        used = {
            "perceptron": {"initializer"},
            "mlp": {"hidden", "activation", "initializer", "dropout", "batch_normalization"},
            "cnn": shaping,
            "residual": shaping - {"hidden", "batch_normalization"},
        }
        read = {"dropout", "weights"} if self.pretrained else used.get(self.preset or "", set())
        what = f"preset {self.preset!r}" if self.preset else f"{given[0]!r}"
        unused(self, (shaping | {"weights"}) - read, f"{what} does not read it", f"{what} no lo lee")
        if self.layers is not None and not self.layers:
            raise refuse(
                "'layers' is empty: a model needs at least one layer",
                "'layers' está vacío: un modelo necesita al menos una capa",
            )
        return self
