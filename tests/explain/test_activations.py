"""Activations are those of Keras's submodels and of the formulas, layer by layer."""

import numpy as np
import pytest

from hondo.core.backend import keras
from hondo.core.errors import ModelError
from hondo.explain.activations import MOST_LAYERS, Activation, Probe, described, thinned
from hondo.explain.pictures import NEGATIVE, POSITIVE
from hondo.explain.subject import Subject

from .conftest import decoded


def test_dense_layers_say_what_the_formula_says(digits: Subject) -> None:
    x = digits.run.preprocessor.apply(digits.raw(0))
    found = {each.name: each.values for each in digits.probe(x)}
    hidden, output = [layer for layer in digits.run.model.layers if layer.weights]
    (w1, b1), (w2, b2) = hidden.get_weights(), output.get_weights()
    h = np.maximum(x.reshape(1, -1) @ w1 + b1, 0)
    z = h @ w2 + b2
    np.testing.assert_allclose(found[hidden.name], h, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(found[output.name], np.exp(z) / np.exp(z).sum(), rtol=1e-4, atol=1e-6)


def test_convolutions_say_what_keras_submodels_say(shapes: Subject) -> None:
    model, x = shapes.run.model, shapes.run.preprocessor.apply(shapes.raw(3))
    found = shapes.probe(x)
    assert [each.name for each in found] == [
        layer.name for layer in model.layers if type(layer).__name__ not in ("InputLayer", "Dropout")
    ]
    for each in found:
        alone = keras.Model(model.inputs, model.get_layer(each.name).output)
        np.testing.assert_allclose(each.values, alone.predict(x, verbose=0), rtol=1e-4, atol=1e-5)


def test_graphs_nested_models_and_layers_used_twice() -> None:
    keras.utils.set_random_seed(1)
    inner_input = keras.Input((4,))
    inner = keras.Model(inner_input, keras.layers.Dense(4, activation="tanh", name="inside")(inner_input), name="inner")
    shared = keras.layers.Dense(4, name="shared")
    inputs = keras.Input((4,))
    first = shared(inputs)
    outputs = keras.layers.Add(name="sum")([shared(inner(first)), first])
    model = keras.Model(inputs, outputs)
    x = np.random.default_rng(0).normal(size=(2, 4)).astype(np.float32)
    found = {each.name: each.values for each in Probe(model)(x)}
    assert list(found) == ["shared", "inner/inside", "inner", "shared (2)", "sum"]
    w, b = shared.get_weights()
    v, c = inner.get_layer("inside").get_weights()
    once = x @ w + b
    within = np.tanh(once @ v + c)
    np.testing.assert_allclose(found["inner/inside"], within, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(found["inner"], within, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(found["sum"], within @ w + b + once, rtol=1e-4, atol=1e-5)


def test_of_very_many_layers_some_stand_for_all() -> None:
    model = keras.Sequential([keras.Input((2,)), *(keras.layers.Dense(2) for _ in range(MOST_LAYERS + 7))])
    all_ = Probe(model)(np.ones((1, 2), np.float32))
    found = thinned(all_)
    assert (len(all_), len(found)) == (MOST_LAYERS + 7, MOST_LAYERS)
    assert found[0] is all_[0]
    np.testing.assert_allclose(found[-1].values, model.predict(np.ones((1, 2)), verbose=0), rtol=1e-5)


def test_a_model_without_a_graph_is_refused() -> None:
    class Own(keras.Model):
        def call(self, x: np.ndarray) -> np.ndarray:
            return x

    with pytest.raises(ModelError, match="which layers"):
        Probe(Own())


def test_feature_maps_stand_side_by_side_in_two_colours() -> None:
    values = np.zeros((1, 2, 3, 10))
    values[0, 1, 2, 0], values[0, 0, 0, 9] = 4.0, -2.0
    told = described(Activation("conv", "Conv2D", values))
    sheet = decoded(told["picture"])
    assert sheet.shape == (2 * 3 - 1, 8 * 4 - 1, 4)
    assert (*sheet[1, 2],) == (*POSITIVE, 255)
    assert (*sheet[3, 4, :3],) == NEGATIVE
    assert sheet[3, 4, 3] in (127, 128)
    assert (sheet[..., 3] > 0).sum() == 2
    assert (told["low"], told["high"], told["shown"], told["total"]) == (-2.0, 4.0, 10, 10)
    assert told["zero"] == pytest.approx(58 / 60)


def test_a_dense_layer_is_a_strip_and_what_is_not_finite_is_empty() -> None:
    told = described(Activation("dense", "Dense", np.array([[1.0, -1.0, np.nan, np.inf, 0.0]])))
    sheet = decoded(told["picture"])
    assert sheet[0, :, 3].tolist() == [255, 255, 0, 0, 0]
    assert told["shape"] == (5,)
