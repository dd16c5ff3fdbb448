from collections.abc import Callable

import numpy as np
import pytest

from hondo.core.backend import keras
from hondo.core.language import use_language
from hondo.scratch.layers.dense import Dense, dense, dense_backward
from hondo.scratch.mistakes import Mistake


@pytest.mark.parametrize(("batch", "inputs", "units"), [(1, 1, 1), (5, 3, 4), (2, 7, 1)])
def test_dense_and_its_gradients_are_keras(
    batch: int, inputs: int, units: int, in_keras: Callable, rng: np.random.Generator
) -> None:
    x, W, b = rng.normal(size=(batch, inputs)), rng.normal(size=(inputs, units)), rng.normal(size=units)
    d_y = rng.normal(size=(batch, units))
    y, gradients = in_keras(keras.layers.Dense(units), d_y, x, W, b)
    np.testing.assert_allclose(dense(x, W, b), y, rtol=1e-12, atol=1e-12)
    ours = dense_backward(d_y, x, W)
    for mine, theirs in zip((ours.d_x, ours.d_W, ours.d_b), gradients, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-12, atol=1e-12)


def test_the_layer_computes_with_the_weights_it_keeps(in_keras: Callable, rng: np.random.Generator) -> None:
    layer = Dense(4)
    assert layer.build((3,), rng) == (4,)
    x, d_y = rng.normal(size=(5, 3)), rng.normal(size=(5, 4))
    y, (d_x, d_W, d_b) = in_keras(keras.layers.Dense(4), d_y, x, layer.parameters["W"], layer.parameters["b"])
    np.testing.assert_allclose(layer.forward(x), y, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(layer.backward(d_y), d_x, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(layer.gradients["W"], d_W, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(layer.gradients["b"], d_b, rtol=1e-12, atol=1e-12)


def test_weights_begin_as_the_named_initializer_says_and_biases_at_zero(rng: np.random.Generator) -> None:
    glorot, he = Dense(200), Dense(200, init="he_uniform")
    for layer in (glorot, he):
        layer.build((100,), rng)
        assert layer.parameters["W"].shape == (100, 200)
        np.testing.assert_array_equal(layer.parameters["b"], np.zeros(200))
    assert np.abs(glorot.parameters["W"]).max() == pytest.approx(np.sqrt(6 / 300), rel=0.01)
    assert np.abs(he.parameters["W"]).max() == pytest.approx(np.sqrt(6 / 100), rel=0.01)


row, square, none = np.ones((1, 2)), np.ones((2, 2)), np.zeros(2)


@pytest.mark.mistake
@pytest.mark.parametrize(
    ("wrong", "english", "spanish"),
    [
        (lambda: dense(row, np.ones((3, 2)), none), "x has 2 features.*weights are for 3", "x tiene 2 caract.*para 3"),
        (lambda: dense(np.ones(2), square, none), "x with axes .batch, inputs", "x con los ejes .batch, inputs"),
        (lambda: dense(row, np.ones(2), none), "W with axes .inputs, units", "W con los ejes .inputs, units"),
        (lambda: dense(row, square, np.zeros(3)), r"b of shape \(2,\), got \(3,\)", r"b con la forma \(2,\), llegó"),
        (lambda: dense(np.ones((1, 2), int), square, none), "x in floating point, got int", "x en coma flotante"),
        (
            lambda: dense([[1.0, 2.0]], square, none),
            "x as a NumPy array, got list",
            "x como array de NumPy, llegó list",
        ),
        (lambda: dense(row.astype("f4"), square, none), "one precision.*float32", "misma precisión.*float32"),
        (lambda: dense_backward(np.ones((3, 2)), row, square), r"d_z of shape \(1, 2\)", r"d_z con la forma \(1, 2\)"),
        (lambda: Dense(2).build((2, 2), np.random.default_rng(0)), "Dense needs x with axes", "Dense necesita x con"),
        (lambda: Dense(2, "hee").build((2,), np.random.default_rng(0)), "no initializer 'hee'", "no existe el inicial"),
    ],
)
def test_what_does_not_fit_is_refused_with_both_shapes(wrong: Callable, english: str, spanish: str) -> None:
    with use_language("en"), pytest.raises(Mistake, match=english):
        wrong()
    with use_language("es"), pytest.raises(Mistake, match=spanish):
        wrong()
