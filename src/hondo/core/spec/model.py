"""The part of a spec about the model: layers in a row or as a graph, a network trained elsewhere, or Python code."""

from typing import Literal, Self

from pydantic import model_validator

from hondo.core.language import tr
from hondo.core.spec.base import Count, Share, SpecPart, refuse, unused
from hondo.core.spec.graph import GraphSpec
from hondo.core.spec.layers import ActivationName, InitialiserName, Layer
from hondo.core.spec.transfer import Transfer


class ModelSpec(SpecPart):
    """Exactly one of `preset`, `layers`, `graph`, `pretrained`, `transfer`, `python` and `given`."""

    preset: Literal["perceptron", "mlp", "cnn", "residual"] | None = None
    """A ready architecture; the output layer follows from the data."""
    layers: tuple[Layer, ...] | None = None
    """The layers in order, the output layer included."""
    graph: GraphSpec | None = None
    """Layers wired by name: several inputs, shortcuts, several outputs."""
    pretrained: str | None = None
    """A network of keras.applications by name, such as `resnet50`: it takes raw pixels, and a new output layer follows
    from the data."""
    weights: str | None = None
    """pretrained: `none`, or a file; left out, the weights that the network is known for (ImageNet's)."""
    transfer: Transfer | None = None
    """A network that was trained elsewhere as a frozen backbone, with a new head; fine-tuned if asked for."""
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

    @property
    def network(self) -> str | None:
        """The name of the network that brings its own preprocessing, if one does."""
        return self.transfer.backbone if self.transfer is not None else self.pretrained

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        ways = ("preset", "layers", "graph", "pretrained", "transfer", "python", "given")
        given = [name for name in ways if getattr(self, name) is not None]
        if len(given) != 1:
            got, listed = ", ".join(given) or tr("none of them", "ninguno"), ", ".join(map(repr, ways[:-1]))
            raise refuse(
                f"give exactly one of {listed}; got {got}",
                f"indique exactamente uno de {listed}; se recibió: {got}",
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
