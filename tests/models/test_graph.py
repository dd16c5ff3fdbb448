"""Graphs become the model that the same lines of Keras make, and what does not fit is told before Keras sees it."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hondo.core.backend import keras
from hondo.core.errors import ModelError
from hondo.core.language import use_language
from hondo.core.spec import ModelSpec
from hondo.core.spec.graph import GraphSpec
from hondo.models.build import build_model
from hondo.models.columns import Columns
from hondo.models.graph import Names, output_places, settle_graph

NAMES = Names({"age": (0,), "place": (1, 2, 3), "income": (4,)}, ("price", "rent"))
TWO: dict[str, Any] = {
    "inputs": {"numbers": ["income", "age"], "where": "rest"},
    "layers": [
        {"name": "a", "from": "numbers", "dense": {"units": 8, "activation": "relu"}},
        {"name": "b", "from": "where", "dense": {"units": 8, "activation": "tanh"}},
        {"name": "both", "from": ["a", "b"], "concatenate": {}},
        {"dense": {"units": 8, "activation": "relu"}},
        {"dropout": 0.25},
        {"from": ["dropout_1", "a"], "add": {}},
        {"name": "p", "dense": 1},
        {"name": "r", "from": "add_1", "dense": 1},
    ],
    "outputs": {"rent": {"from": "r"}, "price": {"from": "p"}},
}


def build(graph: dict[str, Any], shape: tuple[int, ...] = (5,), **options: Any) -> Any:
    options = {"outputs": 2, "task": "regression", "names": NAMES, **options}
    return build_model(ModelSpec.model_validate({"graph": graph}), input_shape=shape, **options)


def same(one: Any, other: Any) -> None:
    for weight, expected in zip(one.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(weight, expected)


def test_two_inputs_a_shortcut_and_two_outputs_are_what_keras_makes_by_hand() -> None:
    model = build(TWO, seed=7)
    keras.utils.set_random_seed(7)
    layers = keras.layers
    x = keras.Input((5,))
    a = layers.Dense(8, "relu")(keras.ops.concatenate([x[:, 4:5], x[:, 0:1]], axis=-1))
    b = layers.Dense(8, "tanh")(x[:, 1:4])
    hidden = layers.Dense(8, "relu")(layers.Concatenate()([a, b]))
    hidden = layers.Add()([layers.Dropout(0.25)(hidden), a])
    price, rent = layers.Dense(1)(hidden), layers.Dense(1)(hidden)
    hand = keras.Model(x, keras.ops.take(layers.Concatenate()([rent, price]), [1, 0], axis=-1))
    same(model, hand)
    samples = np.random.default_rng(0).normal(size=(64, 5)).astype("float32")
    np.testing.assert_array_equal(model(samples), hand(samples))
    np.testing.assert_array_equal(model(samples, training=True), hand(samples, training=True))


def test_pictures_with_every_joining_layer_and_a_residual_block() -> None:
    graph = {
        "layers": [
            {"name": "left", "conv2d": {"filters": 4, "padding": "same"}},
            {"name": "right", "from": "input", "conv2d": {"filters": 4, "kernel_size": 1, "l2": 0.5}},
            {"name": "most", "from": ["left", "right"], "maximum": {}},
            {"name": "mean", "from": ["left", "right"], "average": {}},
            {"name": "gate", "from": ["most", "mean"], "multiply": {}},
            {"residual": {"filters": 6, "strides": 2}},
            "global_average_pooling2d",
            {"dense": {"units": 3, "activation": "softmax"}},
        ]
    }
    model = build(graph, (8, 8, 1), outputs=3, task="classification", names=None, seed=3, l1=0.125)
    keras.utils.set_random_seed(3)
    layers, l1 = keras.layers, keras.regularizers.L1(0.125)
    x = keras.Input((8, 8, 1))
    left = layers.Conv2D(4, 3, padding="same", kernel_regularizer=l1)(x)
    right = layers.Conv2D(4, 1, kernel_regularizer=keras.regularizers.L1L2(0.125, 0.5))(x)
    gate = layers.Multiply()([layers.Maximum()([left, right]), layers.Average()([left, right])])
    out = layers.Conv2D(6, 3, 2, "same", kernel_regularizer=l1)(gate)
    out = layers.Activation("relu")(layers.BatchNormalization()(out))
    out = layers.BatchNormalization()(layers.Conv2D(6, 3, padding="same", kernel_regularizer=l1)(out))
    short = layers.BatchNormalization()(layers.Conv2D(6, 1, 2, "same", kernel_regularizer=l1)(gate))
    out = layers.Activation("relu")(layers.Add()([out, short]))
    out = layers.Dense(3, "softmax", kernel_regularizer=l1)(layers.GlobalAveragePooling2D()(out))
    hand = keras.Model(x, out)
    pictures = np.random.default_rng(0).normal(size=(16, 8, 8, 1)).astype("float32")
    np.testing.assert_array_equal(model(pictures), hand(pictures))
    np.testing.assert_allclose(sum(model.losses), sum(hand.losses), rtol=1e-6)


def test_a_graph_in_a_row_is_the_same_model_as_layers() -> None:
    row: list[Any] = [{"dense": 6}, "batch_normalization", {"activation": "relu"}, {"dense": 2}]
    plain = build_model(
        ModelSpec.model_validate({"layers": row}), input_shape=(5,), outputs=2, task="regression", seed=1
    )
    graph = build({"layers": row}, seed=1)
    same(graph, plain)
    assert [layer.name for layer in graph.layers][1:] == [layer.name for layer in plain.layers]


def test_a_settled_graph_says_everything_and_settles_to_itself() -> None:
    settled = settle_graph(GraphSpec.model_validate(TWO), NAMES, "regression")
    assert settled.inputs == {"numbers": ("income", "age"), "where": ("place",)}
    assert [layer.name for layer in settled.layers][3:6] == ["dense_3", "dropout_1", "add_1"]
    assert isinstance(settled.outputs, dict)
    assert settled.outputs["rent"].targets == ("rent",)
    assert output_places(settled, NAMES.targets) == {"rent": (1,), "price": (0,)}
    assert settle_graph(settled, NAMES, "regression") == settled
    assert GraphSpec.model_validate(settled.written()) == settled
    same(build(TWO, seed=2), build(settled.written(), seed=2))


def test_saved_models_come_back(tmp_path: Path) -> None:
    model = build(TWO)
    model.save(tmp_path / "m.keras")
    again = keras.saving.load_model(tmp_path / "m.keras", safe_mode=True)
    samples = np.random.default_rng(0).normal(size=(3, 5)).astype("float32")
    np.testing.assert_array_equal(again(samples), model(samples))
    assert [layer.name for layer in again.layers] == [layer.name for layer in model.layers]


def test_columns_slice_or_gather() -> None:
    x = np.arange(12, dtype="float32").reshape(2, 6)
    for places in ([0], [2, 3, 4], [5, 0], [1, 1]):
        np.testing.assert_array_equal(Columns(places)(x), x[:, places])
        assert Columns(places).compute_output_shape((None, 6)) == (None, len(places))
    with pytest.raises(ValueError, match="takes column 6 of 6"):
        Columns([6])(x)


def changed(layers: dict[int, dict[str, Any]] | None = None, **parts: Any) -> dict[str, Any]:
    listed = [dict(layer) for layer in TWO["layers"]]
    for place, layer in (layers or {}).items():
        listed[place] = layer
    return {**TWO, "layers": listed, **parts}


@pytest.mark.parametrize(
    ("graph", "says", "dice"),
    [
        (
            changed(
                {1: {"name": "b", "from": "where", "dense": 9}, 2: {"name": "both", "from": ["a", "b"], "maximum": {}}}
            ),
            "layer 'both' (maximum) expects equal shapes; what comes in is 8 and 9",
            "la capa 'both' (maximum) espera formas iguales; lo que le llega es 8 y 9",
        ),
        (
            changed({1: {"name": "b", "from": "where", "conv2d": 3}}),
            "layer 'b' (conv2d) expects a picture",
            "la capa 'b' (conv2d) espera una imagen",
        ),
        (changed({6: {"name": "p", "dense": 2}}), "predicts 1 numbers, and its layer 'p' gives 2", "su capa 'p' da 2"),
        (changed(inputs={"numbers": ["age"], "where": ["place"]}), "takes these columns: income", "columnas: income"),
        (changed(inputs={"numbers": ["aeg"], "where": "rest"}), "no feature 'aeg'", "ninguna característica 'aeg'"),
        (
            changed(inputs={"numbers": ["age", "income", "place"], "where": "rest"}),
            "nothing is left for the input 'where'",
            "no queda nada para la entrada 'where'",
        ),
        (changed(outputs={"p": {"targets": "prise"}, "r": {"targets": "rent"}}), "'prise', which", "que no es un"),
        (changed(outputs={"p": {"targets": "price"}, "r": {"targets": "price1"}}), "'price1', which", "'price1', que"),
    ],
)
def test_what_does_not_fit_the_data_is_named(graph: dict[str, Any], says: str, dice: str) -> None:
    for language, words in (("en", says), ("es", dice)):
        with use_language(language), pytest.raises(ModelError) as caught:  # type: ignore[arg-type]
            build(graph)
        assert words in str(caught.value)


def test_a_target_that_nobody_predicts_is_missed() -> None:
    graph = changed({7: {"name": "r", "from": ["p", "p"], "add": {}}}, outputs={"r": {"targets": "rent"}})
    with pytest.raises(ModelError, match="no output predicts 'price'"):
        build(graph)


def test_inputs_need_columns_and_classes_one_output() -> None:
    with pytest.raises(ModelError, match="no named columns"):
        build(TWO, names=Names((), ("price", "rent")))  # type: ignore[arg-type]
    with pytest.raises(ModelError, match="these data have classes"):
        build(TWO, task="classification")
    with pytest.raises(ModelError, match="classification has one output"):
        build(changed(outputs=["p", "r"]), task="classification")
    with pytest.raises(ModelError, match="one row of numbers"):
        build({"layers": [{"conv2d": 2}]}, (8, 8, 1), names=None)
