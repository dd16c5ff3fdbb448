"""Softmax is SciPy's and Keras's, and stays a distribution where the formula as it stands breaks."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import special
from tests.scratch.differences import slopes
from tests.scratch.refusals import assert_refused

from hondo.core.backend import keras
from hondo.scratch.activations.softmax import (
    log_softmax,
    naive_softmax,
    softmax,
    softmax_backward,
    softmax_jacobian,
)


@pytest.fixture
def scores(rng: np.random.Generator) -> np.ndarray:
    return rng.normal(0, 5, (2, 4, 3))


def test_all_softmaxes_are_scipys_and_keras(scores: np.ndarray, double: None) -> None:
    expected = special.softmax(scores, axis=-1)
    np.testing.assert_allclose(expected, keras.activations.softmax(scores), rtol=1e-11)
    np.testing.assert_allclose(softmax(scores), expected, rtol=1e-12)
    np.testing.assert_allclose(naive_softmax(scores), expected, rtol=1e-12)
    np.testing.assert_allclose(log_softmax(scores), special.log_softmax(scores, axis=-1), rtol=1e-12)
    np.testing.assert_allclose(log_softmax(scores), keras.activations.log_softmax(scores), rtol=1e-11)


@pytest.mark.parametrize(("dtype", "most"), [(np.float32, 2.0**126), (np.float64, 2.0**1022)])
@given(data=st.data())
def test_rows_sum_to_1_whatever_the_scores(dtype: type, most: float, data: st.DataObject) -> None:
    numbers = st.floats(-most, most, width=np.finfo(dtype).bits)
    z = data.draw(hnp.arrays(dtype, hnp.array_shapes(max_dims=3).filter(lambda s: s[-1] > 1), elements=numbers))
    p, log_p = softmax(z), log_softmax(z)
    assert p.dtype == log_p.dtype == dtype
    assert ((p >= 0) & (p <= 1)).all()
    assert np.isfinite(log_p).all()
    np.testing.assert_allclose(p.sum(axis=-1), 1, rtol=1e-5 if dtype == np.float32 else 1e-13)
    np.testing.assert_allclose(np.exp(log_p), p, rtol=1e-4, atol=1e-6)
    assert (np.take_along_axis(p, z.argmax(-1)[..., None], -1)[..., 0] == p.max(-1)).all()


def test_the_formula_as_it_stands_overflows_where_the_careful_one_does_not() -> None:
    z = np.array([0.0, 1000.0])
    with pytest.warns(RuntimeWarning, match="overflow|invalid"):
        assert np.isnan(naive_softmax(z)[1])
    assert softmax(z).tolist() == [0, 1]
    assert log_softmax(z).tolist() == [-1000, 0]


def test_a_constant_added_to_a_row_changes_nothing(scores: np.ndarray) -> None:
    np.testing.assert_allclose(softmax(scores + 100), softmax(scores), rtol=1e-10)


@pytest.mark.parametrize("temperature", [0.1, 0.5, 2.0, 30.0])
def test_a_temperature_divides_the_scores(scores: np.ndarray, temperature: float) -> None:
    np.testing.assert_allclose(softmax(scores, temperature), special.softmax(scores / temperature, axis=-1), rtol=1e-11)


def test_cold_takes_the_greatest_and_hot_takes_all_alike(scores: np.ndarray) -> None:
    np.testing.assert_allclose(softmax(scores, 1e-6), scores == scores.max(-1, keepdims=True), atol=1e-12)
    np.testing.assert_allclose(softmax(scores, 1e9), 1 / 3, rtol=1e-6)


def test_the_jacobian_holds_the_slopes(scores: np.ndarray) -> None:
    for z in scores.reshape(-1, 3):
        jacobian = softmax_jacobian(z)
        np.testing.assert_allclose(jacobian, slopes(softmax, z), atol=1e-6)
        np.testing.assert_allclose(jacobian.sum(axis=0), 0, atol=1e-14)


def test_backward_is_the_jacobian_times_the_gradient(scores: np.ndarray, rng: np.random.Generator) -> None:
    d_p = rng.normal(size=scores.shape)
    d_z = softmax_backward(d_p, softmax(scores))
    np.testing.assert_allclose(d_z, slopes(lambda z: (d_p * special.softmax(z, axis=-1)).sum(), scores), atol=1e-6)
    for index in np.ndindex(2, 4):
        np.testing.assert_allclose(d_z[index], d_p[index] @ softmax_jacobian(scores[index]), rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("function", [softmax, naive_softmax, log_softmax, lambda z: softmax_backward(z, z)])
def test_precision_is_kept(function: Callable[[np.ndarray], np.ndarray]) -> None:
    for dtype in (np.float32, np.float64):
        assert function(np.ones((2, 3), dtype)).dtype == dtype


@pytest.mark.mistake
@pytest.mark.parametrize("function", [softmax, naive_softmax, log_softmax])
@pytest.mark.parametrize("lengths", [(32, 1), (1,), (5, 0), ()])
def test_one_score_a_row_is_no_choice(function: Callable[[np.ndarray], Any], lengths: tuple[int, ...]) -> None:
    name = function.__name__
    assert_refused(
        lambda: function(np.zeros(lengths)),
        f"{name} needs at least two scores a row, got shape {lengths} … use sigmoid",
        f"{name} necesita al menos dos puntuaciones por fila, llegó la forma {lengths} … use sigmoid",
    )


@pytest.mark.mistake
@pytest.mark.parametrize("temperature", [0.0, -1.0, np.inf, np.nan])
def test_a_temperature_is_positive(temperature: float) -> None:
    assert_refused(
        lambda: softmax(np.zeros(3), temperature),
        f"softmax needs temperature in (0, inf), got {temperature}",
        f"softmax necesita temperature en (0, inf), llegó {temperature}",
    )


@pytest.mark.mistake
@pytest.mark.parametrize("lengths", [(1, 3), (2, 3)])
def test_a_jacobian_belongs_to_one_row(lengths: tuple[int, ...]) -> None:
    assert_refused(
        lambda: softmax_jacobian(np.zeros(lengths)),
        f"softmax_jacobian needs z with axes (classes), got shape {lengths}",
        f"softmax_jacobian necesita z con los ejes (classes), llegó la forma {lengths}",
    )


@pytest.mark.mistake
def test_integers_and_mixed_precision() -> None:
    assert_refused(lambda: softmax(np.array([1, 2])), "softmax needs z in floating", "softmax necesita z en coma")
    assert_refused(
        lambda: softmax_backward(np.ones(2), np.ones(2, np.float32)),
        "softmax_backward needs arrays of one precision, got d_p float64, p float32",
        "softmax_backward necesita arrays de una misma precisión, llegaron d_p float64, p float32",
    )
