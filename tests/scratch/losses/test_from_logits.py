"""From scores: Keras's values, p - y as gradient, and exact where the two steps one after the other break."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.special import log_expit, log_softmax
from sklearn.preprocessing import LabelBinarizer
from tests.scratch.differences import slopes
from tests.scratch.refusals import assert_refused

from hondo.core.backend import keras
from hondo.scratch.activations.smooth import sigmoid, sigmoid_derivative
from hondo.scratch.activations.softmax import softmax, softmax_backward
from hondo.scratch.losses import classification
from hondo.scratch.losses.from_logits import (
    one_hot,
    sigmoid_cross_entropy,
    sigmoid_cross_entropy_gradient,
    softmax_cross_entropy,
    softmax_cross_entropy_gradient,
)


def keras_answer(loss: Any, z: np.ndarray, y: np.ndarray) -> tuple[float, np.ndarray]:
    value, gradient = jax.value_and_grad(lambda z: loss(y, z))(jnp.asarray(z))
    return float(value), np.asarray(gradient)


@pytest.mark.parametrize("dtype", [np.int64, np.int8, np.uint16])
def test_one_hot_rows_are_keras_and_scikit_learns(dtype: type, double: None) -> None:
    labels = np.array([2, 0, 1, 2, 3], dtype)
    rows = one_hot(labels, 5)
    np.testing.assert_array_equal(rows, keras.ops.one_hot(labels.astype(int), 5))
    np.testing.assert_array_equal(rows, LabelBinarizer().fit(range(5)).transform(labels))
    np.testing.assert_array_equal(rows.argmax(axis=1), labels)


def test_no_labels_make_no_rows() -> None:
    assert one_hot(np.array([], int), 3).shape == (0, 3)


@pytest.mark.parametrize("soft", [False, True], ids=["one-hot", "distributions"])
def test_softmax_cross_entropy_is_keras(soft: bool, rng: np.random.Generator, double: None) -> None:
    z = rng.normal(0, 3, (6, 4))
    y = softmax(rng.normal(size=(6, 4))) if soft else one_hot(rng.integers(0, 4, 6), 4)
    value, gradient = keras_answer(keras.losses.CategoricalCrossentropy(from_logits=True), z, y)
    assert softmax_cross_entropy(z, y) == pytest.approx(value, rel=1e-12)
    np.testing.assert_allclose(softmax_cross_entropy_gradient(z, y), gradient, rtol=1e-10, atol=1e-15)
    numeric = slopes(lambda z: softmax_cross_entropy(z, y), z)
    np.testing.assert_allclose(softmax_cross_entropy_gradient(z, y), numeric, atol=1e-6)


@pytest.mark.parametrize("soft", [False, True], ids=["classes", "probabilities"])
@pytest.mark.parametrize("lengths", [(6,), (6, 1), (2, 3, 4)])
def test_sigmoid_cross_entropy_is_keras(
    soft: bool, lengths: tuple[int, ...], rng: np.random.Generator, double: None
) -> None:
    z = rng.normal(0, 3, lengths)
    y = rng.uniform(size=lengths) if soft else rng.integers(0, 2, lengths).astype(float)
    value, gradient = keras_answer(keras.losses.BinaryCrossentropy(from_logits=True), z, y)
    assert sigmoid_cross_entropy(z, y) == pytest.approx(value, rel=1e-12)
    np.testing.assert_allclose(sigmoid_cross_entropy_gradient(z, y), gradient, rtol=1e-10, atol=1e-15)
    numeric = slopes(lambda z: sigmoid_cross_entropy(z, y), z)
    np.testing.assert_allclose(sigmoid_cross_entropy_gradient(z, y), numeric, atol=1e-6)


def test_they_are_the_two_steps_taken_together(rng: np.random.Generator) -> None:
    z, y = rng.normal(size=(5, 3)), one_hot(rng.integers(0, 3, 5), 3)
    p = softmax(z)
    assert softmax_cross_entropy(z, y) == pytest.approx(classification.categorical_cross_entropy(p, y), rel=1e-12)
    d_z = softmax_backward(classification.categorical_cross_entropy_gradient(p, y), p)
    np.testing.assert_allclose(softmax_cross_entropy_gradient(z, y), d_z, rtol=1e-10)
    p = sigmoid(z)
    assert sigmoid_cross_entropy(z, y) == pytest.approx(classification.binary_cross_entropy(p, y), rel=1e-12)
    d_z = classification.binary_cross_entropy_gradient(p, y) * sigmoid_derivative(z)
    np.testing.assert_allclose(sigmoid_cross_entropy_gradient(z, y), d_z, rtol=1e-10)


@given(
    z=hnp.arrays(np.float64, (3, 4), elements=st.floats(-1e9, 1e9)),
    labels=hnp.arrays(np.int64, 3, elements=st.integers(0, 3)),
)
def test_any_score_has_an_exact_loss_and_a_gradient_that_is_p_minus_y(z: np.ndarray, labels: np.ndarray) -> None:
    y = one_hot(labels, 4)
    expected = -log_softmax(z, axis=1)[range(3), labels].mean()
    assert softmax_cross_entropy(z, y) == pytest.approx(expected, rel=1e-12, abs=1e-12)
    d_z = softmax_cross_entropy_gradient(z, y)
    assert (np.abs(d_z) <= 1 / 3).all()
    np.testing.assert_allclose(d_z.sum(axis=1), 0, atol=1e-15)
    expected = -np.where(y == 1, log_expit(z), log_expit(-z)).mean()
    assert sigmoid_cross_entropy(z, y) == pytest.approx(expected, rel=1e-12, abs=1e-12)
    assert (np.abs(sigmoid_cross_entropy_gradient(z, y)) <= 1 / 12).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_precision_is_kept(dtype: type) -> None:
    z, y = np.zeros((2, 3), dtype), np.eye(3, dtype=dtype)[:2]
    for gradient in (softmax_cross_entropy_gradient, sigmoid_cross_entropy_gradient):
        assert gradient(z, y).dtype == dtype
    assert type(softmax_cross_entropy(z, y)) is type(sigmoid_cross_entropy(z, y)) is float


@pytest.mark.mistake
@pytest.mark.parametrize(
    "labels",
    [np.array([0, 3]), np.array([-1, 0]), np.array([0.0, 1.0]), np.array([[0], [1]]), np.array([True]), [0, 1]],
)
def test_labels_are_a_vector_of_class_numbers(labels: Any) -> None:
    assert_refused(
        lambda: one_hot(labels, 3),
        "one_hot needs a vector of integers from 0 to 2, got ",
        "one_hot necesita un vector de enteros de 0 a 2, llegó ",
    )


@pytest.mark.mistake
@pytest.mark.parametrize("function", [softmax_cross_entropy, softmax_cross_entropy_gradient])
def test_class_numbers_where_rows_are_needed(function: Any) -> None:
    name, z = function.__name__, np.zeros((3, 2))
    assert_refused(
        lambda: function(z, np.array([0.0, 1.0, 1.0])),
        f"{name} needs z and y of the same shape, got (3, 2) and (3,)",
        f"{name} necesita z y y con la misma forma, llegaron (3, 2) y (3,)",
    )
    assert_refused(
        lambda: function(np.zeros(2), np.zeros(2)),
        f"{name} needs z with axes (batch, classes), got shape (2,)",
        f"{name} necesita z con los ejes (batch, classes), llegó la forma (2,)",
    )


@pytest.mark.mistake
@pytest.mark.parametrize("function", [softmax_cross_entropy, softmax_cross_entropy_gradient])
@pytest.mark.parametrize("labels", [np.array([0, 1, 1]), np.array([0.0, 1.0, 1.0])])
def test_who_gives_class_numbers_is_told_of_one_hot(function: Any, labels: np.ndarray) -> None:
    assert_refused(lambda: function(np.zeros((3, 2)), labels), "one_hot", "one_hot")


@pytest.mark.mistake
@pytest.mark.parametrize("function", [sigmoid_cross_entropy, sigmoid_cross_entropy_gradient])
def test_a_column_beside_a_row(function: Any) -> None:
    name = function.__name__
    assert_refused(
        lambda: function(np.zeros((3, 1)), np.zeros(3)),
        f"{name} needs z and y of the same shape, got (3, 1) and (3,) … Write y.reshape(z.shape)",
        f"{name} necesita z y y con la misma forma, llegaron (3, 1) y (3,) … Escriba y.reshape(z.shape)",
    )
    assert_refused(lambda: function(np.zeros(3), np.zeros(3, int)), f"{name} needs y in floating", "y en coma flotante")


@pytest.mark.mistake
@pytest.mark.parametrize("function", [softmax_cross_entropy, softmax_cross_entropy_gradient])
def test_one_score_a_row_is_a_case_for_the_sigmoid(function: Any) -> None:
    assert_refused(
        lambda: function(np.zeros((32, 1)), np.ones((32, 1))),
        "softmax needs at least two scores a row, got shape (32, 1) … use sigmoid",
        "softmax necesita al menos dos puntuaciones por fila, llegó la forma (32, 1) … use sigmoid",
    )
