"""Predictions by compiled programs are those of Keras."""

from typing import Any

import numpy as np
import pytest
from networks import cnn, two_in_two_out

from hondo.core.backend import keras
from hondo.engine.evaluate import predict

X = np.random.default_rng(3).normal(size=(37, 8, 8, 1)).astype("float32")


@pytest.mark.parametrize("batch_size", [1, 8, 37, 100])
def test_predictions_are_those_of_keras_whatever_the_batch(batch_size: int) -> None:
    model = cnn()  # never compiled: prediction needs no optimizer
    np.testing.assert_allclose(
        predict(model, X, batch_size=batch_size), model.predict(X, verbose=0), rtol=1e-5, atol=1e-6
    )


def test_several_inputs_and_outputs_keep_their_structure() -> None:
    model = two_in_two_out()
    rows = np.random.default_rng(4).normal(size=(2, 21, 12)).astype("float32")
    inputs = {"left": rows[0], "right": rows[1]}
    ours, theirs = predict(model, inputs, batch_size=8), model.predict(inputs, verbose=0)
    assert len(ours) == len(theirs) == 2
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)


def test_new_weights_are_used_at_once() -> None:
    model = cnn()
    before = predict(model, X)
    model.set_weights([weight + 0.1 for weight in model.get_weights()])
    after = predict(model, X)
    assert not np.allclose(before, after)
    np.testing.assert_allclose(after, model.predict(X, verbose=0), rtol=1e-5, atol=1e-6)


def test_random_layers_go_on_drawing_from_batch_to_batch() -> None:
    class Noise(keras.layers.Layer):
        def __init__(self) -> None:
            super().__init__()
            self.seeds = keras.random.SeedGenerator(1)

        def call(self, inputs: Any) -> Any:
            return inputs + keras.random.normal(keras.ops.shape(inputs), seed=self.seeds)

    model = keras.Sequential([keras.Input((3,)), Noise()])
    first, second = (predict(model, np.zeros((20, 3), "float32"), batch_size=10) for _ in range(2))
    assert not np.allclose(first[:10], first[10:])
    assert not np.allclose(first, second)


def test_a_model_that_looks_at_values_predicts_through_keras() -> None:
    class Branch(keras.Model):
        def call(self, inputs: Any) -> Any:
            return inputs * 2 if float(np.asarray(inputs).sum()) > 0 else inputs

    model = Branch()
    model.compile(run_eagerly=True)
    rows = np.ones((5, 2), "float32")
    np.testing.assert_allclose(predict(model, rows), 2 * rows)
