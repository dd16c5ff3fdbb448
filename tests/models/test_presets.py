"""Presets against the same networks written by hand in Keras."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from hondo.core.backend import keras
from hondo.core.errors import ModelError
from hondo.core.spec import ModelSpec
from hondo.models.build import build_model
from hondo.models.presets import resolve_layers

k = keras.layers


def mlp_by_hand() -> Any:
    layers = [k.Flatten(), k.Dense(64, "elu", kernel_initializer="he_normal"), k.Dropout(0.2)]
    layers += [k.Dense(32, "elu", kernel_initializer="he_normal"), k.Dropout(0.2), k.Dense(10, "softmax")]
    return keras.Sequential([keras.Input((8, 8, 1)), *layers])


def cnn_by_hand() -> Any:
    layers: list[Any] = []
    for filters in (32, 64):
        layers += [k.Conv2D(filters, 3, padding="same", activation="relu", kernel_initializer="he_normal")]
        layers += [k.MaxPooling2D()]
    return keras.Sequential([keras.Input((8, 8, 1)), *layers, k.Flatten(), k.Dense(10, "softmax")])


def normalised_cnn_by_hand() -> Any:
    layers = [
        k.Conv2D(4, 5, padding="same", use_bias=False, kernel_initializer="glorot_uniform"),
        k.BatchNormalization(),
        k.Activation("tanh"),
        k.MaxPooling2D(),
        k.Flatten(),
        k.Dense(6, use_bias=False),
        k.BatchNormalization(),
        k.Activation("tanh"),
        k.Dense(10, "softmax"),
    ]
    return keras.Sequential([keras.Input((8, 8, 1)), *layers])


def residual_by_hand() -> Any:
    def conv(filters: int, size: int, stride: int = 1) -> Any:
        return k.Conv2D(filters, size, stride, "same", use_bias=False, kernel_initializer="he_normal")

    inputs = keras.Input((8, 8, 1))
    x = k.Activation("relu")(k.BatchNormalization()(conv(8, 3)(inputs)))
    for filters, stride in ((8, 1), (16, 2)):
        out = k.Activation("relu")(k.BatchNormalization()(conv(filters, 3, stride)(x)))
        out = k.BatchNormalization()(conv(filters, 3)(out))
        if stride > 1:
            x = k.BatchNormalization()(conv(filters, 1, stride)(x))
        x = k.Activation("relu")(k.Add()([x, out]))
    return keras.Model(inputs, k.Dense(10, "softmax")(k.GlobalAveragePooling2D()(x)))


@pytest.mark.parametrize(
    ("written", "by_hand"),
    [
        ({"preset": "perceptron"},
         lambda: keras.Sequential([keras.Input((8, 8, 1)), k.Flatten(), k.Dense(10, "softmax")])),
        ({"preset": "mlp", "hidden": [64, 32], "activation": "elu", "dropout": 0.2}, mlp_by_hand),
        ({"preset": "cnn"}, cnn_by_hand),
        ({"preset": "cnn", "filters": [4], "kernel_size": 5, "activation": "tanh", "hidden": [6],
          "batch_normalization": True}, normalised_cnn_by_hand),
        ({"preset": "residual", "filters": [8, 16]}, residual_by_hand),
    ],
)  # fmt: skip
def test_a_preset_has_the_weights_and_outputs_of_the_network_written_by_hand(
    written: dict[str, Any], by_hand: Callable[[], Any]
) -> None:
    model = build_model(
        ModelSpec.model_validate(written), input_shape=(8, 8, 1), outputs=10, task="classification", seed=5
    )
    keras.utils.set_random_seed(5)
    expected = by_hand()
    assert model.count_params() == expected.count_params()
    for one, other in zip(model.get_weights(), expected.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    x = np.random.default_rng(0).random((4, 8, 8, 1), dtype="float32")
    np.testing.assert_allclose(model(x), expected(x), rtol=1e-6)


def kinds(written: dict[str, Any], input_shape: tuple[int, ...], outputs: int, task: Any) -> list[str]:
    layers = resolve_layers(ModelSpec.model_validate(written), input_shape=input_shape, outputs=outputs, task=task)
    assert layers is not None
    return [layer.kind for layer in layers]


def test_rows_need_no_flattening_and_regression_ends_in_plain_numbers() -> None:
    spec = ModelSpec(preset="mlp")
    layers = resolve_layers(spec, input_shape=(10,), outputs=2, task="regression")
    assert layers is not None
    hidden, output = (layer.dense for layer in layers)
    assert hidden is not None
    assert output is not None
    assert (hidden.units, hidden.activation, hidden.kernel_initializer) == (128, "relu", "he_normal")
    assert (output.units, output.activation, output.kernel_initializer) == (2, "linear", "glorot_uniform")


def test_an_initialiser_that_is_named_begins_every_kernel() -> None:
    spec = ModelSpec(preset="mlp", hidden=(3, 3), initializer="orthogonal")
    layers = resolve_layers(spec, input_shape=(10,), outputs=2, task="classification")
    assert [layer.dense.kernel_initializer for layer in layers or () if layer.dense] == ["orthogonal"] * 3


def test_two_classes_are_two_softmax_units() -> None:
    layers = resolve_layers(ModelSpec(preset="perceptron"), input_shape=(3,), outputs=2, task="classification")
    assert layers is not None
    assert layers[-1].dense is not None
    assert (layers[-1].dense.units, layers[-1].dense.activation) == (2, "softmax")


def test_dropout_stands_after_each_block() -> None:
    shown = kinds({"preset": "residual", "filters": [4, 4, 8], "dropout": 0.1}, (8, 8, 3), 3, "classification")
    assert shown[3:-2] == ["residual", "dropout"] * 3


@pytest.mark.parametrize("preset", ["cnn", "residual"])
def test_networks_for_pictures_refuse_rows(preset: Any) -> None:
    with pytest.raises(ModelError, match=r"shape \(4,\)"):
        resolve_layers(ModelSpec(preset=preset), input_shape=(4,), outputs=3, task="classification")


def test_one_class_cannot_be_told_apart() -> None:
    with pytest.raises(ModelError, match="at least 2 classes, got 1"):
        resolve_layers(ModelSpec(preset="mlp"), input_shape=(4,), outputs=1, task="classification")


def test_a_model_that_does_not_end_in_a_row_is_refused() -> None:
    spec = ModelSpec.model_validate({"layers": [{"dense": {"units": 10, "activation": "softmax"}}]})
    with pytest.raises(ModelError, match=r"layer 1 \(dense\), the last, a sample has shape \(8, 8, 10\)"):
        resolve_layers(spec, input_shape=(8, 8, 1), outputs=10, task="classification")
