"""The rule finds a line where there is one, within Novikoff's bound, and takes scikit-learn's very steps."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import Perceptron
from tests.scratch.refusals import assert_refused

from hondo.scratch.neuron.perceptron import Correction, learn, most_mistakes

CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
AND, OR, XOR = np.array([0.0, 0, 0, 1]), np.array([0.0, 1, 1, 1]), np.array([0.0, 1, 1, 0])


def separable(seed: int, samples: int = 40, inputs: int = 3) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """Samples, classes, and a line that separates them with some room."""
    rng = np.random.default_rng(seed)
    x, w, b = rng.normal(size=(samples, inputs)), rng.normal(size=inputs), float(rng.normal())
    y = (x @ w + b > 0).astype(float)
    return x + np.outer(2 * y - 1, 0.2 * w / np.linalg.norm(w)), y, w, b


@pytest.mark.parametrize("y", [AND, OR, 1 - AND, 1 - OR, CORNERS[:, 0]])
def test_it_learns_what_one_line_can_separate(y: np.ndarray) -> None:
    run = learn(CORNERS, y)
    assert run.converged
    assert run.mistakes[-1] == 0
    assert all(run.mistakes[:-1])
    np.testing.assert_array_equal(CORNERS @ run.w + run.b >= 0, y == 1)


def test_xor_never_comes_to_rest() -> None:
    run = learn(CORNERS, XOR, epochs=300)
    assert not run.converged
    assert len(run.mistakes) == 300
    assert min(run.mistakes) > 0
    assert np.abs(np.append(run.w, run.b)).max() < 5  # it goes in circles


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 10**6))
def test_separable_classes_are_found_within_novikoffs_bound(seed: int) -> None:
    x, y, w, b = separable(seed)
    run = learn(x, y, epochs=5000)
    assert run.converged
    np.testing.assert_array_equal(x @ run.w + run.b >= 0, y == 1)
    assert len(run.corrections) == sum(run.mistakes) <= most_mistakes(x, y, w, b)


def test_corrections_replay_to_the_final_weights() -> None:
    x, y, *_ = separable(5)
    run = learn(x, y, learning_rate=0.5, epochs=5000)
    w, b, last = np.zeros(3), 0.0, (-1, -1)
    for correction in run.corrections:
        assert (correction.epoch, correction.sample) > last
        answered = x[correction.sample] @ w + b >= 0
        assert answered != (y[correction.sample] == 1)
        sign = -1 if answered else 1
        w, b = w + 0.5 * sign * x[correction.sample], b + 0.5 * sign
        np.testing.assert_allclose(correction.w, w)
        assert correction.b == b
        last = (correction.epoch, correction.sample)
    np.testing.assert_allclose(run.w, w)
    assert run.b == b
    counted = np.bincount([c.epoch for c in run.corrections], minlength=len(run.mistakes))
    assert counted.tolist() == run.mistakes


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("epochs", [1, 2, 7])
def test_every_epoch_ends_where_scikit_learns_does(seed: int, epochs: int) -> None:
    x, y, *_ = separable(seed)
    first = np.argsort(y, kind="stable")[:1]  # of class 0: at w = 0 both correct it, class 1 only scikit-learn
    x, y = np.vstack([x[first], x]), np.append(y[first], y)
    reference = Perceptron(shuffle=False, tol=None, max_iter=epochs).fit(x, y)
    run = learn(x, y, epochs=epochs)
    np.testing.assert_allclose(run.w, reference.coef_[0], rtol=1e-12)
    assert run.b == reference.intercept_[0]


def test_the_learning_rate_only_scales_the_weights() -> None:
    x, y, *_ = separable(3)
    one, quarter = learn(x, y, 1.0, 5000), learn(x, y, 0.25, 5000)
    np.testing.assert_array_equal(one.w, 4 * quarter.w)
    assert one.b == 4 * quarter.b
    assert [(c.epoch, c.sample) for c in one.corrections] == [(c.epoch, c.sample) for c in quarter.corrections]


def test_the_first_correction_is_the_sample_itself() -> None:
    run = learn(np.array([[2.0, 3.0]]), np.array([0.0]), epochs=1)
    (correction,) = run.corrections
    assert isinstance(correction, Correction)
    assert (correction.epoch, correction.sample, correction.b) == (0, 0, -1)
    np.testing.assert_array_equal(correction.w, [-2, -3])
    assert run.mistakes == [1]
    assert not run.converged


def test_the_bound_is_radius_over_distance_squared() -> None:
    x, y, w, b = separable(11)
    extended = np.column_stack([x, np.ones(len(x))])
    plane = np.append(w, b) / np.linalg.norm(np.append(w, b))
    radius, distance = max(map(np.linalg.norm, extended)), min(abs(row @ plane) for row in extended)
    assert most_mistakes(x, y, w, b) == pytest.approx((radius / distance) ** 2)
    assert most_mistakes(x, y, 10 * w, 10 * b) == pytest.approx(most_mistakes(x, y, w, b))


@pytest.mark.mistake
def test_classes_other_than_0_and_1() -> None:
    assert_refused(
        lambda: learn(CORNERS, 2 * AND - 1),
        "the perceptron needs one class, 0 or 1, for each of 4 samples; got [-1.  1.], shape (4,) … write (y + 1) / 2",
        "el perceptrón necesita una clase, 0 o 1, para cada una de 4 muestras; llegó [-1.  1.] … (y + 1) / 2",
    )
    assert_refused(lambda: learn(CORNERS, AND[:3]), "each of 4 samples … shape (3,)", "4 muestras … forma (3,)")
    assert_refused(
        lambda: learn(CORNERS, AND[:, None]), "each of 4 samples … shape (4, 1)", "4 muestras … forma (4, 1)"
    )
    assert_refused(lambda: learn(CORNERS, AND.astype(int)), "learn needs y in floating point", "y en coma flotante")
    assert_refused(lambda: learn(CORNERS[0], AND), "x with axes (batch, inputs)", "x con los ejes (batch, inputs)")


@pytest.mark.mistake
def test_a_bound_needs_a_line_that_separates() -> None:
    assert_refused(
        lambda: most_mistakes(CORNERS, XOR, np.array([1.0, 1.0]), -0.5),
        "this line puts 1 samples on the wrong side … separates the classes",
        "esta recta deja 1 muestras en el lado equivocado … separe las clases",
    )
    assert_refused(lambda: most_mistakes(CORNERS, AND, np.array([1.0, 1.0]), -1.0), "puts 2 samples", "deja 2 muestras")
