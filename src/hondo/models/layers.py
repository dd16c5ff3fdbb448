"""From one layer of a spec to Keras.

Every kind of layer but one is a single Keras layer, made with the arguments that a reader would write by hand. A
residual block is several, and has a shortcut, so it is applied to a tensor instead.
"""

from dataclasses import dataclass
from typing import Any

from hondo.core.backend import keras
from hondo.core.spec import LayerSpec
from hondo.core.spec.layers import Activation, BatchNormalization, Conv2D, Dense, Dropout, Pool2D, Regularised, Residual


@dataclass(frozen=True)
class Penalty:
    """What the loss gains for each kernel whose layer says nothing of its own: l1 · Σ|w| + l2 · Σw²."""

    l1: float = 0.0
    l2: float = 0.0


def make_layer(layer: LayerSpec, name: str, penalty: Penalty = Penalty()) -> keras.layers.Layer:
    """The Keras layer that ``layer`` describes.

    Keras draws an initialiser's seed when the layer is made, so the order in which layers are made decides the weights.

    Args:
        layer: any kind but ``residual`` (see :func:`apply_residual`).
        name: what Keras calls it, such as ``dense_1``.
        penalty: regularisation where the layer sets none (its own l1 or l2 is 0).

    Returns:
        A new layer, not built yet.

    Raises:
        ValueError: a residual block was given, which is not a single layer.
    """
    options = layer.options
    match options:
        case Dense():
            return keras.layers.Dense(options.units, name=name, **_shared(options, penalty))
        case Conv2D():
            return keras.layers.Conv2D(
                options.filters,
                options.kernel_size,
                strides=options.strides,
                padding=options.padding,
                dilation_rate=options.dilation_rate,
                name=name,
                **_shared(options, penalty),
            )
        case Pool2D():
            kind = keras.layers.MaxPooling2D if layer.kind == "max_pooling2d" else keras.layers.AveragePooling2D
            return kind(options.pool_size, strides=options.strides, padding=options.padding, name=name)
        case Dropout():
            return keras.layers.Dropout(options.rate, name=name)
        case BatchNormalization():
            return keras.layers.BatchNormalization(momentum=options.momentum, epsilon=options.epsilon, name=name)
        case Activation():
            return keras.layers.Activation(options.function, name=name)
        case Residual():
            raise ValueError("a residual block is not a single layer: use apply_residual")
    without_options = {
        "flatten": keras.layers.Flatten,
        "global_average_pooling2d": keras.layers.GlobalAveragePooling2D,
        "global_max_pooling2d": keras.layers.GlobalMaxPooling2D,
    }
    return without_options[layer.kind](name=name)


def apply_residual(
    x: keras.KerasTensor, options: Residual, name: str, penalty: Penalty = Penalty()
) -> keras.KerasTensor:
    """Apply a residual block: ``activation(F(x) + shortcut(x))``.

    F is convolution, batch normalisation, activation, convolution, batch normalisation. The shortcut is the identity
    where the shape stays; else a 1×1 convolution with the block's strides, and batch normalisation (the paper's
    option B).

    Args:
        x: pictures, ``(batch, height, width, channels)``.
        options: the block's channels, kernel, strides, activation and regularisation.
        name: what the pieces' names begin with, such as ``residual_1``.
        penalty: regularisation where the block sets none.

    Returns:
        Pictures, ``(batch, ⌈height / stride⌉, ⌈width / stride⌉, filters)``.

    Source: K. He, X. Zhang, S. Ren, J. Sun, *Deep Residual Learning for Image Recognition* (2015), sections 3.2, 3.3.
    """
    kernel = {**_shared(options, penalty), "activation": "linear"}
    same_shape = options.strides == (1, 1) and x.shape[-1] == options.filters

    out = keras.layers.Conv2D(
        options.filters, options.kernel_size, options.strides, "same", name=f"{name}_conv_1", **kernel
    )(x)
    out = keras.layers.BatchNormalization(name=f"{name}_norm_1")(out)
    out = keras.layers.Activation(options.activation, name=f"{name}_activation_1")(out)
    out = keras.layers.Conv2D(options.filters, options.kernel_size, padding="same", name=f"{name}_conv_2", **kernel)(
        out
    )
    out = keras.layers.BatchNormalization(name=f"{name}_norm_2")(out)
    if not same_shape:
        x = keras.layers.Conv2D(options.filters, 1, options.strides, "same", name=f"{name}_conv_shortcut", **kernel)(x)
        x = keras.layers.BatchNormalization(name=f"{name}_norm_shortcut")(x)
    out = keras.layers.Add(name=f"{name}_add")([x, out])
    return keras.layers.Activation(options.activation, name=f"{name}_activation_2")(out)


def _shared(options: Regularised, penalty: Penalty) -> dict[str, Any]:
    """The arguments that all layers with a kernel take."""
    l1, l2 = options.l1 or penalty.l1, options.l2 or penalty.l2
    return {
        "activation": options.activation,
        "use_bias": options.use_bias,
        "kernel_initializer": options.kernel_initializer,
        "kernel_regularizer": keras.regularizers.L1L2(l1=l1, l2=l2) if l1 or l2 else None,
    }
