"""Each kind of layer becomes the Keras layer that a reader would have written."""

from typing import Any

import numpy as np
import pytest
from pydantic import TypeAdapter

from hondo.core.backend import keras
from hondo.core.spec import LayerSpec
from hondo.core.spec.layers import Layer, Residual
from hondo.models.layers import Penalty, apply_residual, make_layer

k = keras.layers


def read(written: Any) -> LayerSpec:
    return TypeAdapter[LayerSpec](Layer).validate_python(written)


@pytest.mark.parametrize(
    ("written", "by_hand"),
    [
        ({"dense": {"units": 3, "activation": "leaky_relu", "kernel_initializer": "he_uniform"}},
         lambda: k.Dense(3, "leaky_relu", kernel_initializer="he_uniform")),
        ({"dense": {"units": 3, "use_bias": False, "l1": 0.1}},
         lambda: k.Dense(3, use_bias=False, kernel_regularizer=keras.regularizers.L1L2(0.1, 0.0))),
        ({"conv2d": {"filters": 2, "kernel_size": [3, 2], "strides": 2, "padding": "same", "activation": "gelu"}},
         lambda: k.Conv2D(2, (3, 2), 2, "same", activation="gelu")),
        ({"conv2d": {"filters": 2, "dilation_rate": 2}}, lambda: k.Conv2D(2, 3, dilation_rate=2)),
        ({"max_pooling2d": 3}, lambda: k.MaxPooling2D(3)),
        ({"max_pooling2d": {"pool_size": 3, "strides": 1, "padding": "same"}}, lambda: k.MaxPooling2D(3, 1, "same")),
        ({"average_pooling2d": [2, 3]}, lambda: k.AveragePooling2D((2, 3))),
        ("global_average_pooling2d", lambda: k.GlobalAveragePooling2D()),
        ("global_max_pooling2d", lambda: k.GlobalMaxPooling2D()),
        ("flatten", lambda: k.Flatten()),
        ({"dropout": 0.3}, lambda: k.Dropout(0.3)),
        ({"batch_normalization": {"momentum": 0.9, "epsilon": 0.01}},
         lambda: k.BatchNormalization(momentum=0.9, epsilon=0.01)),
        *[({"activation": name}, lambda name=name: k.Activation(name))
          for name in ("linear", "relu", "leaky_relu", "elu", "gelu", "softplus", "sigmoid", "tanh", "softmax")],
    ],
)  # fmt: skip
def test_a_layer_is_what_keras_code_would_have_made(written: Any, by_hand: Any) -> None:
    keras.utils.set_random_seed(3)
    made = make_layer(read(written), "layer")
    keras.utils.set_random_seed(3)
    expected = by_hand()
    x = np.random.default_rng(0).normal(size=(2, 6, 7, 3)).astype("float32")
    np.testing.assert_array_equal(made(x), expected(x))
    for one, other in zip(made.weights, expected.weights, strict=True):
        np.testing.assert_array_equal(one, other)
    settings, wanted = made.get_config(), expected.get_config()
    for key in ("name", "seed", "kernel_initializer", "data_format"):
        settings.pop(key, None)
        wanted.pop(key, None)
    assert settings == wanted


def residual_in_numpy(x: np.ndarray, weights: dict[str, np.ndarray], stride: int) -> np.ndarray:
    """The block as the paper writes it, by Keras's convolution alone and freshly made normalisation layers."""

    def conv(value: Any, name: str, stride: int) -> Any:
        return keras.ops.conv(value, weights[f"{name}/kernel"], stride, "same") + weights[f"{name}/bias"]

    def normalise(value: Any) -> Any:  # moving mean 0 and variance 1, as they begin
        return value / np.sqrt(1 + 1e-3)

    inner = keras.ops.relu(normalise(conv(x, "b_conv_1", stride)))
    shortcut = normalise(conv(x, "b_conv_shortcut", stride)) if "b_conv_shortcut/kernel" in weights else x
    return np.asarray(keras.ops.relu(shortcut + normalise(conv(inner, "b_conv_2", 1))))


@pytest.mark.parametrize(("channels", "stride", "projected"), [(4, 1, False), (4, 2, True), (6, 1, True)])
def test_a_residual_block_adds_its_input_and_projects_it_only_where_the_shape_changes(
    channels: int, stride: int, projected: bool
) -> None:
    inputs = keras.Input((6, 6, 4))
    options = Residual(filters=channels, strides=(stride, stride))
    model = keras.Model(inputs, apply_residual(inputs, options, "b"))
    x = np.random.default_rng(1).normal(size=(3, 6, 6, 4)).astype("float32")
    weights = {variable.path: np.asarray(variable) for variable in model.weights}
    assert any("shortcut" in path for path in weights) == projected
    np.testing.assert_allclose(model(x), residual_in_numpy(x, weights, stride), rtol=1e-4, atol=1e-5)


def test_a_common_penalty_reaches_every_kernel_that_has_none_of_its_own() -> None:
    inputs = keras.Input((5, 5, 1))
    x = make_layer(read({"conv2d": {"filters": 2, "l2": 0.5}}), "own", Penalty(l1=0.0, l2=0.1))(inputs)
    x = apply_residual(x, Residual(filters=3), "block", Penalty(l2=0.1))
    x = make_layer(read("flatten"), "flatten", Penalty(l2=0.1))(x)
    model = keras.Model(inputs, make_layer(read({"dense": 2}), "dense", Penalty(l2=0.1))(x))
    kernels = {variable.path: np.asarray(variable) for variable in model.weights if variable.path.endswith("kernel")}
    assert len(kernels) == 5
    expected = sum((0.5 if path.startswith("own") else 0.1) * float((w**2).sum()) for path, w in kernels.items())
    assert float(sum(model.losses)) == pytest.approx(expected, rel=1e-5)


def test_a_residual_block_is_no_single_layer() -> None:
    with pytest.raises(ValueError, match="apply_residual"):
        make_layer(read({"residual": 4}), "block")
