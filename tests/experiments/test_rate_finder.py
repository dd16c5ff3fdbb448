"""A search for a learning rate leaves the model alone and finds the rate that calculus gives."""

from typing import Any

import numpy as np
import pytest

from hondo.core.backend import keras
from hondo.core.errors import DataError, ModelError
from hondo.core.language import use_language
from hondo.experiments.rate_finder import RateSearch, find_learning_rate, search_for, smooth
from hondo.experiments.report.figures import png_bytes
from hondo.experiments.report.rate_plot import plot_rate_search
from hondo.experiments.specs.read import read_spec

RNG = np.random.default_rng(0)


def quadratic(curvature: float, optimizer: Any = "sgd") -> tuple[Any, Any, Any]:
    """A linear neuron whose loss is curvature/2 · (w - 1)² and some noise: descent is stable up to 2/curvature."""
    x = np.sign(RNG.normal(size=(256, 1))).astype("float32") * np.float32(np.sqrt(curvature / 2))
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros")])
    model.compile(optimizer, "mse")
    return model, x, x * (1 + 0.1 * RNG.normal(size=x.shape).astype("float32"))


@pytest.mark.parametrize("curvature", [0.02, 2.0, 200.0])
def test_the_suggestion_follows_the_curvature_and_is_stable(curvature: float) -> None:
    suggestion = find_learning_rate(*quadratic(curvature), lowest=1e-6, highest=1e4, steps=150).suggestion
    limit = 2 / curvature
    assert limit / 60 < suggestion < limit


def test_the_loss_explodes_beyond_the_limit_and_the_search_ends_there() -> None:
    search = find_learning_rate(*quadratic(2.0), lowest=1e-4, highest=1e4, steps=150)
    assert len(search.rates) == len(search.losses) < 150
    assert search.losses[-1] > search.losses.min()
    assert 1.0 < search.rates[-1] < 100.0  # the limit is 1


def test_rates_rise_by_the_same_factor() -> None:
    search = find_learning_rate(*quadratic(2.0), lowest=1e-5, highest=1e-2, steps=40)
    np.testing.assert_allclose(search.rates[[0, -1]], [1e-5, 1e-2])
    np.testing.assert_allclose(np.diff(np.log(search.rates)), np.log(1e3) / 39)


def test_a_batchs_loss_is_that_of_the_batch_before_its_step() -> None:
    model, x, y = quadratic(2.0)
    search = find_learning_rate(model, x, y, batch_size=100, lowest=1e-9, highest=1e-8, steps=12)
    expected = float(np.mean(y**2))  # w hardly moves from 0
    np.testing.assert_allclose(search.losses, expected, rtol=0.15)  # batches of 100, 100, 56
    np.testing.assert_allclose(np.average(search.losses[:3], weights=[100, 100, 56]), expected, rtol=1e-4)


def test_model_and_optimizer_stay_as_they_are() -> None:
    model, x, y = quadratic(2.0, keras.optimizers.Adam(0.0123))
    model.fit(x, y, epochs=1, verbose=0)
    weights = [w.copy() for w in model.get_weights()]
    moments = [np.asarray(v) for v in model.optimizer.variables]
    find_learning_rate(model, x, y)
    for now, before in zip(model.get_weights(), weights, strict=True):
        np.testing.assert_array_equal(now, before)
    for now, before in zip(model.optimizer.variables, moments, strict=True):
        np.testing.assert_array_equal(np.asarray(now), before)
    assert float(model.optimizer.learning_rate) == pytest.approx(0.0123)


def test_smoothing_is_a_mean_of_all_losses_so_far() -> None:
    losses = RNG.normal(size=30)
    weights = 0.9 ** np.arange(30)[::-1]
    assert smooth(losses)[-1] == pytest.approx(np.average(losses, weights=weights))


def test_an_experiment_learns_with_what_is_suggested() -> None:
    spec = read_spec("digits-mlp")
    search = search_for(spec)
    assert 1e-4 < search.suggestion < 1e-1
    assert len(png_bytes(plot_rate_search(search, "digits"))) > 10_000


class Subclassed(keras.Model):
    """Keras cannot make another one of it."""

    def __init__(self, secret: object) -> None:
        super().__init__()
        self.layer = keras.layers.Dense(1)

    def call(self, x: Any) -> Any:
        return self.layer(x)


@pytest.mark.parametrize(
    ("options", "words", "palabras"),
    [
        ({"lowest": 0.0}, "rise from above 0", "subir desde más de 0"),
        ({"lowest": 1.0, "highest": 0.1}, "got 1 to 0.1", "llegó de 1 a 0.1"),
        ({"steps": 3}, "10 steps or more", "10 pasos o más"),
    ],
)
def test_rates_that_make_no_sense_are_refused(options: dict, words: str, palabras: str) -> None:
    with pytest.raises(DataError, match=words):
        find_learning_rate(*quadratic(2.0), **options)
    with use_language("es"), pytest.raises(DataError, match=palabras):
        find_learning_rate(*quadratic(2.0), **options)


def test_models_that_cannot_be_tried_are_refused() -> None:
    model, x, y = quadratic(2.0)
    with pytest.raises(ModelError, match="not compiled"):
        find_learning_rate(keras.Sequential(model.layers), x, y)
    subclassed = Subclassed(object())
    subclassed.compile("sgd", "mse")
    subclassed.predict(x[:1], verbose=0)
    with pytest.raises(ModelError, match="cannot copy"):
        find_learning_rate(subclassed, x, y)


def test_a_loss_that_explodes_at_once_is_explained() -> None:
    model, x, y = quadratic(2.0)
    with pytest.raises(DataError, match="explodes within"):
        find_learning_rate(model, x * 1e3, y, lowest=1.0, highest=10.0)


def test_a_loss_that_never_rose_is_no_ground_for_a_rate() -> None:
    rates, falling = np.geomspace(1e-4, 1, 12), np.linspace(2, 1, 12)
    assert RateSearch(rates, falling, falling, 0.1).still_falling
    assert not RateSearch(rates, falling, np.append(falling[:-1], 3.0), 0.1).still_falling
