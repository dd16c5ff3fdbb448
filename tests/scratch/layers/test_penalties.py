from collections.abc import Callable

import jax
import numpy as np
import pytest

from hondo.core.backend import keras
from hondo.core.language import use_language
from hondo.scratch.layers.penalties import penalty, penalty_gradient
from hondo.scratch.mistakes import Mistake


@pytest.mark.parametrize(("l1", "l2"), [(0.3, 0.0), (0.0, 0.2), (0.01, 0.05), (0.0, 0.0)])
@pytest.mark.parametrize("shape", [(4,), (3, 2), (2, 3, 1, 4)])
def test_the_price_and_its_gradient_are_those_of_keras_regularizers(
    l1: float, l2: float, shape: tuple[int, ...], double: None, rng: np.random.Generator
) -> None:
    W = rng.normal(size=shape)
    price, gradient = jax.value_and_grad(keras.regularizers.L1L2(l1, l2))(jax.numpy.asarray(W))
    assert penalty(W, l1, l2) == pytest.approx(float(price), rel=1e-12)
    np.testing.assert_allclose(penalty_gradient(W, l1, l2), gradient, rtol=1e-12, atol=1e-12)


def test_they_are_free_unless_a_price_is_named(rng: np.random.Generator) -> None:
    W = rng.normal(size=(3, 2))
    assert penalty(W) == 0
    np.testing.assert_array_equal(penalty_gradient(W), np.zeros((3, 2)))


def test_l1_leaves_a_weight_of_zero_where_it_is() -> None:
    np.testing.assert_array_equal(penalty_gradient(np.array([-2.0, 0.0, 5.0]), l1=0.1), [-0.1, 0.0, 0.1])


@pytest.mark.mistake
@pytest.mark.parametrize(
    ("wrong", "english", "spanish"),
    [
        (lambda: penalty(np.ones(2), l1=-0.1), r"penalty needs l1 in \[0, inf\), got -0.1", "necesita l1 en"),
        (lambda: penalty(np.ones(2), l2=-0.1), r"penalty needs l2 in \[0, inf\), got -0.1", "necesita l2 en"),
        (lambda: penalty(np.ones(2, int)), "W in floating point, got int", "W en coma flotante, llegó int"),
        (lambda: penalty_gradient(np.ones(2, int)), "W in floating point, got int", "W en coma flotante, llegó int"),
    ],
)
def test_a_negative_price_and_integers_are_refused(wrong: Callable, english: str, spanish: str) -> None:
    with use_language("en"), pytest.raises(Mistake, match=english):
        wrong()
    with use_language("es"), pytest.raises(Mistake, match=spanish):
        wrong()
