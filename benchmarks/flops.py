"""How much arithmetic a network needs, so that its speed can be told as a share of the machine's peak.

Counted is what is a matrix product: dense layers and convolutions, two operations for each multiplication and addition.
What an algorithm saves (Winograd's, say, or leaving out what meets padding) is not taken off, so a share may pass one.
In ResNet50 for 32×32 pictures padding is most of what the last 3×3 convolutions meet.
"""

import math
from typing import Any


def products(model: Any) -> list[float]:
    """Floating-point operations of each layer's matrix product, forward, for one sample.

    A kernel meets the sample once at each position of the output, whatever its stride, padding, dilation or groups.

    Args:
        model: a built Keras model with one path through each layer, its pictures ``(height, width, channels)``.
    """
    return [
        2.0 * math.prod(layer.output.shape[1:-1]) * math.prod(layer.kernel.shape)
        for layer in _leaves(model)
        if getattr(layer, "kernel", None) is not None
    ]


def forward_flops(model: Any) -> float:
    """Operations to predict one sample."""
    return sum(products(model))


def step_flops(model: Any, batch_size: int) -> float:
    """Operations of a training step: forward, the kernels' gradients, and the inputs' except of the first layer."""
    first, *others = products(model)
    return batch_size * (2 * first + 3 * sum(others))


def _leaves(model: Any) -> list[Any]:
    """The layers in order, those of models inside the model included."""
    found = []
    for layer in model.layers:
        found += _leaves(layer) if hasattr(layer, "layers") else [layer]
    return found
