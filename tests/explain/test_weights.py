"""The table of layers and their weights agree with Keras and NumPy."""

import numpy as np
import pytest

from hondo.core.backend import keras
from hondo.core.errors import ModelError
from hondo.explain.subject import Subject
from hondo.explain.weights import BINS, layers, weights

from .conftest import decoded


def test_the_table_counts_what_keras_counts(shapes: Subject) -> None:
    model = shapes.run.model
    rows = layers(model)
    assert sum(row["parameters"] for row in rows) == model.count_params()
    assert [row["name"] for row in rows] == [layer.name for layer in model.layers]
    assert rows[0]["shape"] == " × ".join(map(str, model.layers[0].output.shape[1:]))


def test_nested_models_show_their_layers_and_frozen_ones_learn_nothing(digits: Subject) -> None:
    inner = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, name="inside")], name="inner")
    inner.trainable = False
    model = keras.Sequential([keras.Input((3,)), inner, keras.layers.Dense(1, name="head")])
    rows = {row["name"]: row for row in layers(model)}
    assert list(rows) == ["inner", "inner/inside", "head"]
    assert (rows["inner/inside"]["parameters"], rows["inner/inside"]["trainable"]) == (8, 0)
    assert rows["head"]["trainable"] == 3
    found = weights(model, digits.run.preprocessor, "inner/inside")
    assert [each["shape"] for each in found["arrays"]] == [(3, 2), (2,)]


def test_histograms_are_numpys(digits: Subject) -> None:
    model = digits.run.model
    layer = next(each for each in model.layers if each.weights)
    found = weights(model, digits.run.preprocessor, layer.name)
    for told, values in zip(found["arrays"], layer.get_weights(), strict=True):
        counts, edges = np.histogram(values.astype(np.float64), BINS)
        assert told["counts"] == counts.tolist()
        np.testing.assert_allclose(told["edges"], edges)
        np.testing.assert_allclose(
            [told["low"], told["high"], told["mean"], told["std"]],
            [values.min(), values.max(), values.mean(dtype=np.float64), values.std(dtype=np.float64)],
            rtol=1e-6,
        )


def test_a_dense_layer_on_pixels_is_seen_as_pictures(digits: Subject) -> None:
    layer = next(each for each in digits.run.model.layers if each.weights)
    kernel = layer.get_weights()[0]  # (64, 12)
    kernels = weights(digits.run.model, digits.run.preprocessor, layer.name)["arrays"][0]["kernels"]
    sheet = decoded(kernels["picture"])
    assert (kernels["shown"], kernels["total"], sheet.shape) == (12, 12, (8, 12 * 9 - 1, 4))
    second = kernel[:, 1].reshape(8, 8)
    np.testing.assert_allclose(sheet[:, 9:17, 3], 255 * np.abs(second) / np.abs(second).max(), atol=1)
    assert ((sheet[:, 9:17, 0] == 42) == (second >= 0)).all()
    last = digits.run.model.layers[-1]
    assert weights(digits.run.model, digits.run.preprocessor, last.name)["arrays"][0]["kernels"] is None


def test_the_first_convolution_is_seen_in_colour(shapes: Subject) -> None:
    layer = next(each for each in shapes.run.model.layers if type(each).__name__ == "Conv2D")
    kernel = layer.get_weights()[0]
    kernels = weights(shapes.run.model, shapes.run.preprocessor, layer.name)["arrays"][0]["kernels"]
    sheet = decoded(kernels["picture"])
    height, width, _, count = kernel.shape
    assert kernels["total"] == count
    tile, values = sheet[:height, :width, :3].astype(float), kernel[..., 0]
    np.testing.assert_allclose(tile, 255 * (values - values.min()) / (values.max() - values.min()), atol=1)


def test_an_unknown_layer_is_refused_with_its_neighbour(digits: Subject) -> None:
    name = next(each for each in digits.run.model.layers if each.weights).name
    with pytest.raises(ModelError) as refused:
        weights(digits.run.model, digits.run.preprocessor, name + "x")
    assert name in refused.value.hint
