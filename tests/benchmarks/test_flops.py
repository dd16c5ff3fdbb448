"""The count of arithmetic, beside what XLA counts in the traced computation."""

from typing import Any

import jax
import jax.numpy as jnp
import pytest
from benchmarks.flops import forward_flops, step_flops
from benchmarks.keras_networks import NETWORKS

from hondo.core.backend import keras

BATCH = 4


def counted_by_xla(model: Any, *, backward: bool) -> float:
    """Operations of the network, or of its loss with the gradients of what is trained."""
    trainable = [variable.value for variable in model.trainable_variables]
    rest = [variable.value for variable in model.non_trainable_variables]
    pictures = jnp.ones((BATCH, *model.input_shape[1:]))

    def loss(weights: list[Any]) -> Any:
        return model.stateless_call(weights, rest, pictures, training=backward)[0].sum()

    return jax.jit(jax.grad(loss) if backward else loss).lower(trainable).cost_analysis()["flops"]


# XLA also counts what is done element by element, and leaves out what meets padding, a tenth of the VGG-like network.
@pytest.mark.parametrize(("name", "tolerance"), [("mlp", 0.05), ("mnist_cnn", 0.05), ("cifar_vgg", 0.12)])
def test_counts_what_xla_counts(name: str, tolerance: float) -> None:
    model = NETWORKS[name](keras)
    assert BATCH * forward_flops(model) == pytest.approx(counted_by_xla(model, backward=False), rel=tolerance)
    assert step_flops(model, BATCH) == pytest.approx(counted_by_xla(model, backward=True), rel=tolerance)


def test_counts_strided_dilated_and_grouped_convolutions_and_models_inside() -> None:
    layers = keras.layers
    inner = keras.Sequential([keras.Input((30, 30, 16)), layers.Conv2D(32, 3, dilation_rate=2, groups=4)])
    model = keras.Sequential(
        [keras.Input((61, 61, 8)), layers.Conv2D(16, 3, strides=2), inner, layers.DepthwiseConv2D(5)]
    )
    assert BATCH * forward_flops(model) == pytest.approx(counted_by_xla(model, backward=False), rel=0.03)
