"""First weights spread as Keras's do."""

from collections.abc import Callable
from math import sqrt

import numpy as np
import pytest
from scipy import stats
from tests.scratch.refusals import assert_refused

from hondo.core.backend import keras
from hondo.scratch.initialization import initializers
from hondo.scratch.initialization.initializers import INITIALIZERS, fans, initializer

SHAPES = [(300, 200), (40, 900), (5, 5, 16, 64), (3, 3, 3, 64, 16)]
KERAS = {
    "normal": lambda: keras.initializers.RandomNormal(stddev=0.05, seed=1),
    "glorot_uniform": lambda: keras.initializers.GlorotUniform(seed=1),
    "glorot_normal": lambda: keras.initializers.GlorotNormal(seed=1),
    "he_uniform": lambda: keras.initializers.HeUniform(seed=1),
    "he_normal": lambda: keras.initializers.HeNormal(seed=1),
}
FACTORS: dict[str, Callable[[int, int], float]] = {
    "glorot": lambda fan_in, fan_out: 2 / (fan_in + fan_out),
    "he": lambda fan_in, fan_out: 2 / fan_in,
}


@pytest.mark.parametrize("shape", SHAPES)
def test_fans_count_who_is_heard_and_who_hears(shape: tuple[int, ...]) -> None:
    *window, inputs, outputs = shape
    assert fans(shape) == (inputs * np.prod(window), outputs * np.prod(window))
    if not window:
        touched = np.ones((1, inputs)) @ np.ones(shape)  # each output sums fan_in ones
        assert fans(shape) == (touched[0, 0], touched.size)


@pytest.mark.parametrize("shape", SHAPES[1:3])
@pytest.mark.parametrize("name", KERAS)
def test_the_deviation_is_keras(name: str, shape: tuple[int, ...]) -> None:
    ours = initializer(name)(shape, np.random.default_rng(2))
    theirs = np.asarray(KERAS[name]()(shape))
    assert ours.shape == theirs.shape == shape
    assert ours.dtype == np.float64
    noise = 5 / sqrt(2 * ours.size)  # five standard errors of a deviation
    assert ours.std() == pytest.approx(theirs.std(), rel=2 * noise)
    assert abs(ours.mean()) < 5 * ours.std() / sqrt(ours.size)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("family", FACTORS)
def test_both_kinds_have_the_variance_that_theory_asks_for(family: str, shape: tuple[int, ...]) -> None:
    *window, inputs, outputs = shape
    deviation = sqrt(FACTORS[family](int(np.prod(window)) * inputs, int(np.prod(window)) * outputs))
    rng = np.random.default_rng(3)
    normal, uniform = (initializer(f"{family}_{kind}")(shape, rng).ravel() for kind in ("normal", "uniform"))
    assert stats.kstest(normal, stats.norm(0, deviation).cdf).pvalue > 1e-3
    limit = sqrt(3) * deviation
    assert stats.kstest(uniform, stats.uniform(-limit, 2 * limit).cdf).pvalue > 1e-3
    assert 0.999 * limit < np.abs(uniform).max() <= limit


@pytest.mark.parametrize("name", ["glorot_uniform", "he_uniform"])
def test_uniform_weights_end_where_keras_do(name: str) -> None:
    ours = initializer(name)((40, 900), np.random.default_rng(4))
    assert np.abs(ours).max() == pytest.approx(float(np.abs(KERAS[name]()((40, 900))).max()), rel=1e-3)


@pytest.mark.parametrize("deviation", [0.01, 0.05, 2.0])
def test_normal_has_the_deviation_that_one_asks_for_whatever_the_size(deviation: float) -> None:
    for shape in [(200, 200), (2, 20000), (40000,)]:
        drawn = initializers.normal(shape, np.random.default_rng(5), deviation)
        assert drawn.shape == shape
        assert stats.kstest(drawn.ravel(), stats.norm(0, deviation).cdf).pvalue > 1e-3


def test_zeros_are_zero() -> None:
    drawn = initializers.zeros((3, 4), np.random.default_rng(0))
    assert drawn.shape == (3, 4)
    assert not drawn.any()


@pytest.mark.parametrize("name", INITIALIZERS)
def test_the_seed_decides(name: str) -> None:
    first, again, other = (INITIALIZERS[name]((4, 5), np.random.default_rng(seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).all() == (name != "zeros")


@pytest.mark.parametrize("name", INITIALIZERS)
def test_each_is_found_by_the_name_of_its_function(name: str) -> None:
    assert initializer(name) is getattr(initializers, name)


@pytest.mark.mistake
def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    assert_refused(
        lambda: initializer("he_norm"),
        "there is no initializer 'he_norm' … Did you mean 'he_normal'?",
        "no existe el inicializador 'he_norm' … ¿Quiso decir 'he_normal'?",
    )
    assert_refused(
        lambda: initializer("xyz"),
        "Known: glorot_normal, glorot_uniform, he_normal", "Existen: glorot_normal, glorot_uniform, he_normal",
    )  # fmt: skip
