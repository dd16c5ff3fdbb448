"""Ready architectures, each a function that returns a list of layers.

A preset is nothing but layers, so that a resolved spec can print it and its reader can change it.
"""

from collections.abc import Callable

from hondo.core.errors import ModelError
from hondo.core.language import tr
from hondo.core.spec import LayerSpec, ModelSpec
from hondo.core.spec.layers import (
    Activation,
    ActivationName,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Empty,
    InitialiserName,
    Pool2D,
    Residual,
)
from hondo.data.dataset import Task
from hondo.models.shapes import Shape, output_shapes

Layers = tuple[LayerSpec, ...]
_RECTIFIERS: tuple[ActivationName, ...] = ("relu", "leaky_relu", "elu", "gelu", "softplus")


def perceptron(spec: ModelSpec, input_shape: Shape, outputs: int, task: Task) -> Layers:
    """No hidden layer: each output is a weighted sum of the inputs.

    Example:
        >>> layers = perceptron(ModelSpec(preset="perceptron"), (28, 28, 1), 10, "classification")
        >>> [layer.kind for layer in layers]
        ['flatten', 'dense']
    """
    return (*_flat(input_shape), _output(spec, outputs, task))


def mlp(spec: ModelSpec, input_shape: Shape, outputs: int, task: Task) -> Layers:
    """Hidden dense layers in a row (one of 128 units unless `hidden` says otherwise), then the output."""
    hidden = (128,) if spec.hidden is None else spec.hidden
    return (*_flat(input_shape), *_dense_block(spec, hidden), _output(spec, outputs, task))


def cnn(spec: ModelSpec, input_shape: Shape, outputs: int, task: Task) -> Layers:
    """Blocks of convolution and 2×2 max pooling (32, then 64 channels), dense layers if any, then the output.

    Raises:
        ModelError: samples are not pictures.
    """
    _need_picture("cnn", input_shape)
    side, activation = spec.kernel_size or 3, spec.activation or "relu"
    layers: list[LayerSpec] = []
    for filters in spec.filters or (32, 64):
        normalised = bool(spec.batch_normalization)
        conv = Conv2D(
            filters=filters,
            kernel_size=(side, side),
            padding="same",
            activation="linear" if normalised else activation,
            use_bias=not normalised,
            kernel_initializer=_initializer(spec, activation),
        )
        layers.append(LayerSpec(conv2d=conv))
        if normalised:
            layers += _normalised(activation)
        layers.append(LayerSpec(max_pooling2d=Pool2D()))
        layers += _dropout(spec)
    hidden = _dense_block(spec, spec.hidden or ())
    return (*layers, LayerSpec(flatten=Empty()), *hidden, _output(spec, outputs, task))


def residual(spec: ModelSpec, input_shape: Shape, outputs: int, task: Task) -> Layers:
    """A convolution, one residual block for each entry of `filters`, the mean of each channel, the output.

    A block whose channels differ from the block before halves height and width.

    Raises:
        ModelError: samples are not pictures.

    Source: K. He, X. Zhang, S. Ren, J. Sun, *Deep Residual Learning for Image Recognition* (2015), section 4.2.
    """
    _need_picture("residual", input_shape)
    side, activation = spec.kernel_size or 3, spec.activation or "relu"
    channels, initializer = spec.filters or (32, 64), _initializer(spec, activation)
    stem = Conv2D(
        filters=channels[0], kernel_size=(side, side), padding="same", use_bias=False, kernel_initializer=initializer
    )
    layers = [LayerSpec(conv2d=stem), *_normalised(activation)]
    before = channels[0]
    for filters in channels:
        stride = 1 if filters == before else 2
        block = Residual(
            filters=filters,
            kernel_size=(side, side),
            strides=(stride, stride),
            activation=activation,
            use_bias=False,
            kernel_initializer=initializer,
        )
        layers += [LayerSpec(residual=block), *_dropout(spec)]
        before = filters
    return (*layers, LayerSpec(global_average_pooling2d=Empty()), _output(spec, outputs, task))


PRESETS: dict[str, Callable[[ModelSpec, Shape, int, Task], Layers]] = {
    "perceptron": perceptron,
    "mlp": mlp,
    "cnn": cnn,
    "residual": residual,
}


def resolve_layers(spec: ModelSpec, *, input_shape: Shape, outputs: int, task: Task) -> Layers | None:
    """The layers that a model spec stands for, checked against the data's shape.

    Args:
        spec: a preset, or layers.
        input_shape: one preprocessed sample's shape, without the batch.
        outputs: classes, or numbers to predict.
        task: classification or regression.

    Returns:
        The layers, the output layer included; None where Python code makes the model or one was given.

    Raises:
        ModelError: a layer cannot take what reaches it, or what comes out is not one row a sample.
    """
    if spec.preset is not None:
        layers = PRESETS[spec.preset](spec, input_shape, outputs, task)
    elif spec.layers is not None:
        layers = spec.layers
    else:
        return None
    final = output_shapes(layers, input_shape)[-1]
    if len(final) != 1:
        raise ModelError(
            tr(
                f"after layer {len(layers)} ({layers[-1].kind}), the last, a sample has shape {final}; "
                "the model should end in one row of numbers",
                f"tras la capa {len(layers)} ({layers[-1].kind}), la última, una muestra tiene forma {final}; "
                "el modelo debería acabar en una fila de números",
            ),
            tr("Put 'flatten' before the first 'dense'.", "Ponga 'flatten' antes de la primera 'dense'."),
        )
    return layers


def _flat(input_shape: Shape) -> Layers:
    return () if len(input_shape) == 1 else (LayerSpec(flatten=Empty()),)


def _dense_block(spec: ModelSpec, hidden: tuple[int, ...]) -> list[LayerSpec]:
    """Hidden dense layers, each with the normalisation and the dropout that the spec asks for."""
    activation, normalised = spec.activation or "relu", bool(spec.batch_normalization)
    layers: list[LayerSpec] = []
    for units in hidden:
        dense = Dense(
            units=units,
            activation="linear" if normalised else activation,
            use_bias=not normalised,
            kernel_initializer=_initializer(spec, activation),
        )
        layers += [LayerSpec(dense=dense), *(_normalised(activation) if normalised else []), *_dropout(spec)]
    return layers


def _normalised(activation: ActivationName) -> list[LayerSpec]:
    """Batch normalisation between the weighted sum and its activation (Ioffe and Szegedy 2015, section 3.2)."""
    return [LayerSpec(batch_normalization=BatchNormalization()), LayerSpec(activation=Activation(function=activation))]


def _dropout(spec: ModelSpec) -> list[LayerSpec]:
    return [LayerSpec(dropout=Dropout(rate=spec.dropout))] if spec.dropout else []


def _initializer(spec: ModelSpec, activation: ActivationName) -> InitialiserName:
    return spec.initializer or ("he_normal" if activation in _RECTIFIERS else "glorot_uniform")


def _output(spec: ModelSpec, outputs: int, task: Task) -> LayerSpec:
    """Softmax over the classes (two classes are two units, so there is one way), or plain numbers."""
    if task == "classification" and outputs < 2:
        raise ModelError(
            tr(
                f"classification needs at least 2 classes, got {outputs}",
                f"la clasificación exige al menos 2 clases; hay {outputs}",
            ),
            tr("Check the data's classes or the task.", "Revise las clases de los datos o la tarea."),
        )
    return LayerSpec(
        dense=Dense(
            units=outputs,
            activation="softmax" if task == "classification" else "linear",
            kernel_initializer=spec.initializer or "glorot_uniform",
        )
    )


def _need_picture(preset: str, input_shape: Shape) -> None:
    if len(input_shape) != 3:
        raise ModelError(
            tr(
                f"preset {preset!r} needs pictures (height, width, channels); a sample here has shape {input_shape}",
                f"el preset {preset!r} necesita imágenes (alto, ancho, canales); aquí cada muestra es {input_shape}",
            ),
            tr(
                "Use preset 'mlp', or do not flatten the pictures (preprocess.flatten).",
                "Use el preset 'mlp' o no aplane las imágenes (preprocess.flatten).",
            ),
        )
