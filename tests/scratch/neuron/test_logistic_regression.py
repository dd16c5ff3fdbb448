"""Fitted long enough, the neuron with a sigmoid is scikit-learn's logistic regression."""

import numpy as np
import pytest
from scipy.special import expit
from sklearn.linear_model import LogisticRegression as Reference
from sklearn.metrics import log_loss
from tests.scratch.differences import slopes
from tests.scratch.refusals import assert_refused

from hondo.scratch.neuron.logistic_regression import LogisticRegression, fit


@pytest.fixture
def samples(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    x = rng.normal(size=(60, 2))
    return x, (x @ np.array([1.5, -1.0]) + 0.4 + rng.logistic(size=60) > 0).astype(float)


Samples = tuple[np.ndarray, np.ndarray]


@pytest.mark.parametrize("l2", [0.0, 0.1, 1.0])
def test_it_ends_at_scikit_learns_optimum(samples: Samples, l2: float) -> None:
    x, y = samples
    model = fit(x, y, 0.5, 2000, l2)
    reference = Reference(C=1 / (l2 * len(x)) if l2 else np.inf, tol=1e-10, max_iter=1000).fit(x, y)
    np.testing.assert_allclose(model.w, reference.coef_[0], rtol=1e-5)
    assert model.b == pytest.approx(reference.intercept_[0], rel=1e-5)
    np.testing.assert_allclose(model.probability(x), reference.predict_proba(x)[:, 1], rtol=1e-5)
    np.testing.assert_array_equal(model.predict(x), reference.predict(x) == 1)


@pytest.mark.parametrize("l2", [0.0, 0.3])
def test_each_step_goes_against_the_slope_of_the_loss(samples: Samples, l2: float) -> None:
    x, y = samples
    before, after = fit(x, y, 0.5, 3, l2), fit(x, y, 0.5, 4, l2)

    def loss(theta: np.ndarray) -> float:
        return log_loss(y, expit(x @ theta[:2] + theta[2])) + l2 / 2 * float(theta[:2] @ theta[:2])

    here = np.append(before.w, before.b)
    np.testing.assert_allclose(np.append(after.w, after.b), here - 0.5 * slopes(loss, here), atol=1e-6)
    assert after.losses[:3] == before.losses
    assert after.losses[3] == pytest.approx(loss(here), rel=1e-12)


def test_the_loss_begins_at_log_2_and_only_falls(samples: Samples) -> None:
    losses = fit(*samples, learning_rate=0.5, steps=100).losses
    assert len(losses) == 100
    assert losses[0] == pytest.approx(np.log(2))
    assert (np.diff(losses) < 0).all()


def test_probabilities_and_decisions() -> None:
    model = LogisticRegression(np.array([2.0, -1.0]), 0.5, [])
    x = np.array([[1.0, 0.0], [0.0, 4.0], [0.0, 0.5], [500.0, 0.0], [-500.0, 0.0]])
    np.testing.assert_allclose(model.probability(x), expit([2.5, -3.5, 0, 1000.5, -999.5]), rtol=1e-12)
    assert model.predict(x).tolist() == [True, False, False, True, False]


def test_where_a_line_separates_perfectly_only_the_penalty_stops_the_weights() -> None:
    x, y = np.array([[-2.0], [-1.0], [1.0], [2.0]]), np.array([0.0, 0.0, 1.0, 1.0])
    free = [float(fit(x, y, 1.0, steps).w[0]) for steps in (20, 200, 2000)]
    assert np.diff(free).min() > 1
    held = [float(fit(x, y, 1.0, steps, l2=0.1).w[0]) for steps in (300, 600)]
    assert held[1] == pytest.approx(held[0], rel=1e-9)


def test_a_target_may_be_a_probability() -> None:
    model = fit(np.array([[0.0], [1.0]]), np.array([0.25, 0.75]), 1.0, 1000)
    np.testing.assert_allclose(model.probability(np.array([[0.0], [1.0]])), [0.25, 0.75], atol=1e-6)


@pytest.mark.mistake
def test_targets_that_are_no_probabilities() -> None:
    x, y = np.ones((4, 2)), np.array([-1.0, 1.0, 1.0, -1.0])
    assert_refused(
        lambda: fit(x, y),
        "fit needs a probability for each of 4 samples, got targets from -1 to 1, shape (4,) … write (y + 1) / 2",
        "fit necesita una probabilidad para cada una de 4 muestras, llegaron objetivos de -1 a 1 … (y + 1) / 2",
    )
    assert_refused(lambda: fit(x, np.ones((4, 1))), "each of 4 samples … shape (4, 1)", "4 muestras … forma (4, 1)")
    assert_refused(lambda: fit(x, 2 * np.ones(4)), "got targets from 2 to 2", "llegaron objetivos de 2 a 2")
    assert_refused(lambda: fit(x, np.ones(4, int)), "fit needs y in floating point", "fit necesita y en coma flotante")
    assert_refused(lambda: fit(x[0], np.ones(2)), "fit needs x with axes (batch, inputs)", "x con los ejes")
