"""Losses for classes beside Keras and scikit-learn; where a probability is 0 or 1, what analysis says."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from sklearn.metrics import hinge_loss, log_loss
from tests.scratch.differences import slopes
from tests.scratch.refusals import assert_refused

from hondo.core.backend import keras
from hondo.scratch.activations.softmax import softmax
from hondo.scratch.losses.classification import (
    binary_cross_entropy,
    binary_cross_entropy_gradient,
    categorical_cross_entropy,
    categorical_cross_entropy_gradient,
    hinge,
    hinge_gradient,
)


def keras_answer(loss: Any, predicted: np.ndarray, y: np.ndarray) -> tuple[float, np.ndarray]:
    value, gradient = jax.value_and_grad(lambda p: loss(y, p))(jnp.asarray(predicted))
    return float(value), np.asarray(gradient)


@pytest.mark.parametrize("soft", [False, True], ids=["classes", "probabilities"])
def test_binary_cross_entropy_is_keras(soft: bool, rng: np.random.Generator, double: None) -> None:
    p = rng.uniform(0.05, 0.95, (6, 2))
    y = rng.uniform(size=(6, 2)) if soft else rng.integers(0, 2, (6, 2)).astype(float)
    value, gradient = keras_answer(keras.losses.BinaryCrossentropy(), p, y)
    assert binary_cross_entropy(p, y) == pytest.approx(value, rel=1e-12)
    np.testing.assert_allclose(binary_cross_entropy_gradient(p, y), gradient, rtol=1e-10)
    numeric = slopes(lambda p: binary_cross_entropy(p, y), p)
    np.testing.assert_allclose(binary_cross_entropy_gradient(p, y), numeric, atol=1e-6)


@pytest.mark.parametrize("soft", [False, True], ids=["one-hot", "distributions"])
def test_categorical_cross_entropy_is_keras(soft: bool, rng: np.random.Generator, double: None) -> None:
    p = softmax(rng.normal(size=(6, 4)))
    y = softmax(rng.normal(size=(6, 4))) if soft else np.eye(4)[rng.integers(0, 4, 6)]
    value, _ = keras_answer(keras.losses.CategoricalCrossentropy(), p, y)
    assert categorical_cross_entropy(p, y) == pytest.approx(value, rel=1e-12)
    free = slopes(lambda p: -(y * np.log(p)).sum(-1).mean(), p)  # each p by itself; Keras divides by their sum first
    np.testing.assert_allclose(categorical_cross_entropy_gradient(p, y), free, atol=1e-6)


def test_along_the_probabilities_the_gradient_says_how_the_loss_changes(rng: np.random.Generator) -> None:
    z, y = rng.normal(size=(5, 3)), np.eye(3)[[0, 2, 1, 1, 0]]
    d_p = categorical_cross_entropy_gradient(softmax(z), y)
    for direction in rng.normal(size=(4, 5, 3)):
        change = slopes(lambda t, to=direction: categorical_cross_entropy(softmax(z + t * to), y), np.zeros(1))
        path = slopes(lambda t, to=direction: softmax(z + t * to), np.zeros(1))[..., 0]
        assert (d_p * path).sum() == pytest.approx(change.item(), abs=1e-6)


def test_both_cross_entropies_are_scikit_learns_log_loss(rng: np.random.Generator) -> None:
    labels, rows = rng.integers(0, 3, 20), softmax(rng.normal(size=(20, 3)))
    assert categorical_cross_entropy(rows, np.eye(3)[labels]) == pytest.approx(log_loss(labels, rows), rel=1e-12)
    p, y = rng.uniform(0.01, 0.99, 20), rng.integers(0, 2, 20).astype(float)
    assert binary_cross_entropy(p, y) == pytest.approx(log_loss(y, p), rel=1e-12)


def test_hinge_is_keras_and_scikit_learns(rng: np.random.Generator, double: None) -> None:
    score, y = rng.normal(0, 2, 30), rng.choice([-1.0, 1.0], 30)
    value, gradient = keras_answer(keras.losses.Hinge(), score, y)
    assert hinge(score, y) == pytest.approx(value, rel=1e-12)
    assert hinge(score, y) == pytest.approx(hinge_loss(y, score), rel=1e-12)
    np.testing.assert_allclose(hinge_gradient(score, y), gradient, rtol=1e-12)
    np.testing.assert_allclose(hinge_gradient(score, y), slopes(lambda s: hinge(s, y), score), atol=1e-6)


def test_beyond_its_margin_hinge_asks_for_nothing() -> None:
    score, y = np.array([1.0, 3.0, -1.0, -0.9]), np.array([1.0, 1.0, -1.0, -1.0])
    assert hinge(score, y) == pytest.approx(0.1 / 4)
    np.testing.assert_array_equal(hinge_gradient(score, y), [0, 0, 0, 1 / 4])


def test_a_right_answer_given_for_certain_costs_nothing() -> None:
    certain = np.array([[0.0, 1.0], [1.0, 0.0]])
    assert binary_cross_entropy(certain, certain) == 0
    assert categorical_cross_entropy(certain, certain) == 0


def test_a_wrong_answer_given_for_certain_costs_without_limit() -> None:
    certain, other = np.array([[0.0, 1.0]]), np.array([[1.0, 0.0]])
    with np.errstate(divide="ignore"):
        assert binary_cross_entropy(certain, other) == np.inf
        assert categorical_cross_entropy(certain, other) == np.inf
        np.testing.assert_array_equal(categorical_cross_entropy_gradient(certain, other), [[-np.inf, 0]])
        np.testing.assert_array_equal(binary_cross_entropy_gradient(certain, other), [[-np.inf, np.inf]])


def test_certain_and_right_still_has_a_gradient() -> None:
    certain, inside = np.array([0.0, 1.0]), np.array([1e-6, -1e-6])
    loss = [binary_cross_entropy(certain + step, np.array([0.0, 1.0])) for step in (inside * [1, 0], inside * [0, 1])]
    np.testing.assert_allclose(binary_cross_entropy_gradient(certain, certain), loss / inside, rtol=1e-5)
    rows = np.array([[0.0, 1.0]])
    np.testing.assert_array_equal(categorical_cross_entropy_gradient(rows, rows), [[0, -1]])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", ["binary_cross_entropy", "categorical_cross_entropy", "hinge"])
def test_shape_and_precision_are_kept(name: str, dtype: type) -> None:
    p = np.array([[0.25, 0.75], [0.5, 0.5]], dtype)
    y = np.array([[1, -1], [1, 1]] if name == "hinge" else [[1, 0], [0, 1]], dtype)
    gradient = globals()[f"{name}_gradient"](p, y)
    assert gradient.shape == (2, 2)
    assert gradient.dtype == dtype
    assert type(globals()[name](p, y)) is float


PROBABILITIES = [
    binary_cross_entropy, binary_cross_entropy_gradient, categorical_cross_entropy, categorical_cross_entropy_gradient
]  # fmt: skip
ALL = [*PROBABILITIES, hinge, hinge_gradient]


@pytest.mark.mistake
@pytest.mark.parametrize("function", PROBABILITIES)
def test_scores_in_place_of_probabilities(function: Callable[..., Any]) -> None:
    name, y = function.__name__, np.array([[1.0, 0.0]])
    assert_refused(
        lambda: function(np.array([[3.5, -2.0]]), y),
        f"{name} needs probabilities, got numbers from -2 to 3.5 … apply sigmoid or softmax",
        f"{name} necesita probabilidades, llegaron números de -2 a 3.5 … aplique sigmoid o softmax",
    )
    for p in ([[-0.001, 1.0]], [[0.0, 1.001]]):
        assert_refused(lambda p=p: function(np.array(p), y), "needs probabilities", "necesita probabilidades")


@pytest.mark.mistake
@pytest.mark.parametrize("function", [categorical_cross_entropy, categorical_cross_entropy_gradient])
def test_rows_that_are_no_distribution(function: Callable[..., Any]) -> None:
    name, right = function.__name__, np.array([[0.5, 0.5], [0.25, 0.75]])
    several = np.array([[1.0, 0.0], [1.0, 1.0]])
    for which, call in (("p", lambda: function(several, right)), ("y", lambda: function(right, several))):
        assert_refused(
            call,
            f"{name} needs rows of {which} that sum to 1, one sums to 2 … a binary cross-entropy for each",
            f"{name} necesita filas de {which} que sumen 1, una suma 2 … una entropía cruzada binaria para cada una",
        )
    assert_refused(
        lambda: function(np.ones(1), np.ones(1)),
        f"{name} needs p with axes (batch, classes), got shape (1,)",
        f"{name} necesita p con los ejes (batch, classes), llegó la forma (1,)",
    )


@pytest.mark.mistake
@pytest.mark.parametrize("function", [hinge, hinge_gradient])
def test_classes_0_and_1_are_no_signs(function: Callable[..., Any]) -> None:
    assert_refused(
        lambda: function(np.array([0.3, 0.4]), np.array([0.0, 1.0])),
        f"{function.__name__} needs classes -1 and 1, got [0. 1.] … write 2 * y - 1",
        f"{function.__name__} necesita clases -1 y 1, llegó [0. 1.] … escriba 2 * y - 1",
    )


@pytest.mark.mistake
@pytest.mark.parametrize("function", ALL)
def test_shapes_and_types_that_do_not_fit(function: Callable[..., Any]) -> None:
    name = function.__name__
    assert_refused(
        lambda: function(np.full((4, 1), 0.5), np.ones(4)),
        f"{name} needs … of the same shape, got (4, 1) and (4,)",
        f"{name} necesita … con la misma forma, llegaron (4, 1) y (4,)",
    )
    assert_refused(
        lambda: function(np.full(2, 0.5), np.array([1, 1])),
        f"{name} needs y in floating point", f"{name} necesita y en coma flotante",
    )  # fmt: skip
