"""Who explains which layer."""

from collections.abc import Callable

from hondo.scratch.layers.batch_normalization import BatchNormalization
from hondo.scratch.layers.convolution import Conv2D
from hondo.scratch.layers.dense import Dense
from hondo.scratch.layers.dropout import Dropout
from hondo.scratch.layers.layer import Layer
from hondo.scratch.layers.pooling import AveragePooling2D, MaxPooling2D
from hondo.scratch.layers.residual import Residual
from hondo.scratch.layers.simple import Activation, Flatten, Softmax
from hondo.scratch.trace.explain import activations, dense, others, pictures
from hondo.scratch.trace.explain.passed import Passed
from hondo.scratch.trace.step import Made

_LAYERS: dict[type[Layer], tuple[Callable[..., Made], Callable[..., list[Made]]]] = {
    Dense: (dense.dense_forward, dense.dense_backward),
    Activation: (activations.activation_forward, activations.activation_backward),
    Softmax: (activations.softmax_forward, activations.softmax_backward),
    Conv2D: (pictures.convolution_forward, pictures.convolution_backward),
    MaxPooling2D: (pictures.pooling_forward, pictures.pooling_backward),
    AveragePooling2D: (pictures.pooling_forward, pictures.pooling_backward),
    Flatten: (others.flatten_forward, others.flatten_backward),
    Dropout: (others.dropout_forward, others.dropout_backward),
    BatchNormalization: (others.normalization_forward, others.normalization_backward),
    Residual: (others.residual_forward, others.residual_backward),
}


def explain_forward(at: Passed) -> Made:
    """What a layer made of its input; to be asked just after its forward pass."""
    return _LAYERS[type(at.place.layer)][0](at.place.layer, at)


def explain_backward(at: Passed) -> list[Made]:
    """What a layer made of the gradient that came back; to be asked just after its backward pass."""
    return _LAYERS[type(at.place.layer)][1](at.place.layer, at)
