from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

from hondo.core.language import use_language
from hondo.scratch.layers.dropout import Dropout, dropout_mask
from hondo.scratch.mistakes import Mistake


def built(rate: float, seed: int = 3) -> Dropout:
    layer = Dropout(rate)
    assert layer.build((50, 4), np.random.default_rng(seed)) == (50, 4)
    return layer


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.8])
def test_the_share_that_is_silenced_is_the_rate(rate: float, rng: np.random.Generator) -> None:
    mask = dropout_mask((200, 100), rate, rng)
    assert stats.binomtest(int((mask == 0).sum()), mask.size, rate).pvalue > 1e-3
    np.testing.assert_allclose(mask[mask != 0], 1 / (1 - rate), rtol=1e-15)


def test_neurons_are_silenced_independently_of_each_other(rng: np.random.Generator) -> None:
    silent = dropout_mask((4000, 5), 0.3, rng) == 0
    correlations = np.corrcoef(silent, rowvar=False)[np.triu_indices(5, 1)]
    assert np.abs(correlations).max() < 0.07  # more than four standard deviations


def test_a_rate_of_zero_silences_nothing(rng: np.random.Generator) -> None:
    np.testing.assert_array_equal(dropout_mask((10, 10), 0.0, rng), np.ones((10, 10)))


def test_gradients_go_back_through_the_same_mask(rng: np.random.Generator) -> None:
    layer = built(0.4)
    x, d_y = rng.uniform(1, 2, (8, 50, 4)), rng.uniform(1, 2, (8, 50, 4))
    y = layer.forward(x, training=True)
    assert (y == 0).any()
    np.testing.assert_allclose(layer.backward(d_y), d_y * y / x, rtol=1e-12)


def test_every_training_pass_has_a_new_mask() -> None:
    layer = built(0.5)
    x = np.ones((1, 50, 4))
    first, second = layer.forward(x, training=True), layer.forward(x, training=True)
    assert 0.3 < (first != second).mean() < 0.7


def test_in_use_it_is_the_identity_forwards_and_backwards(rng: np.random.Generator) -> None:
    layer = built(0.9)
    x, d_y = rng.normal(size=(2, 8, 50, 4))
    layer.forward(x, training=True)
    np.testing.assert_array_equal(layer.forward(x), x)
    np.testing.assert_array_equal(layer.backward(d_y), d_y)


def test_equal_seeds_give_equal_masks_and_two_layers_differ() -> None:
    x = np.ones((1, 50, 4))
    np.testing.assert_array_equal(built(0.5, seed=1).forward(x, True), built(0.5, seed=1).forward(x, True))
    assert (built(0.5, seed=1).forward(x, True) != built(0.5, seed=2).forward(x, True)).any()
    rng = np.random.default_rng(0)
    one, other = Dropout(0.5), Dropout(0.5)
    one.build((50, 4), rng)
    other.build((50, 4), rng)
    assert (one.forward(x, True) != other.forward(x, True)).any()


def test_single_precision_stays_single() -> None:
    layer = built(0.5)
    assert layer.forward(np.ones((1, 50, 4), np.float32), True).dtype == np.float32
    assert layer.backward(np.ones((1, 50, 4), np.float32)).dtype == np.float32


@pytest.mark.mistake
@pytest.mark.parametrize("rate", [-0.1, 1.0, 1.5, float("nan")])
@pytest.mark.parametrize("make", [Dropout, lambda rate: dropout_mask((2,), rate, np.random.default_rng(0))])
def test_a_rate_that_is_no_share_is_refused(make: Callable, rate: float) -> None:
    with use_language("en"), pytest.raises(Mistake, match=r"needs rate in \[0, 1\), got"):
        make(rate)
    with use_language("es"), pytest.raises(Mistake, match=r"necesita rate en \[0, 1\), llegó"):
        make(rate)


@pytest.mark.mistake
def test_integers_are_refused() -> None:
    with use_language("en"), pytest.raises(Mistake, match="x in floating point, got int"):
        built(0.5).forward(np.ones((1, 50, 4), int), True)
    with use_language("es"), pytest.raises(Mistake, match="x en coma flotante, llegó int"):
        built(0.5).forward(np.ones((1, 50, 4), int), True)
