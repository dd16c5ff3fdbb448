"""Both ways to the line of least squares end where scikit-learn's does."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.metrics import mean_squared_error
from tests.scratch.differences import slopes
from tests.scratch.refusals import assert_refused

from hondo.scratch.neuron.linear_regression import Line, gradient_descent, mse_gradient, mse_surface, normal_equations


@pytest.fixture
def samples(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    x = rng.normal(size=(30, 3))
    return x, x @ np.array([2.0, -1.0, 0.5]) + 3 + rng.normal(0, 0.5, 30)


Samples = tuple[np.ndarray, np.ndarray]


def test_a_line_predicts_its_weighted_sum() -> None:
    line = Line(np.array([2.0, -1.0]), 0.5)
    np.testing.assert_array_equal(line(np.array([[1.0, 1.0], [0.0, 3.0]])), [1.5, -2.5])


def test_the_normal_equations_give_scikit_learns_line(samples: Samples) -> None:
    x, y = samples
    line, reference = normal_equations(x, y), LinearRegression().fit(x, y)
    np.testing.assert_allclose(line.w, reference.coef_, rtol=1e-10)
    assert line.b == pytest.approx(reference.intercept_, rel=1e-10)
    np.testing.assert_allclose(line(x), reference.predict(x), rtol=1e-10)
    residual = y - line(x)
    np.testing.assert_allclose(np.column_stack([x, np.ones(30)]).T @ residual, 0, atol=1e-10)


def test_the_gradient_is_the_slope_of_the_bowl(samples: Samples, rng: np.random.Generator) -> None:
    x, y = samples
    w, b = rng.normal(size=3), 0.3
    d_w, d_b = mse_gradient(Line(w, b), x, y)
    np.testing.assert_allclose(d_w, slopes(lambda w: mean_squared_error(y, Line(w, b)(x)), w), rtol=1e-6)
    assert d_b == pytest.approx(float(slopes(lambda b: mean_squared_error(y, Line(w, float(b))(x)), np.array(b))))


def test_every_step_is_jaxs_gradient_times_the_learning_rate(samples: Samples, double: None) -> None:
    x, y = samples
    path = gradient_descent(x, y, 0.05, 10)
    assert len(path) == 11
    slope = jax.grad(lambda w, b: jnp.mean((jnp.asarray(x) @ w + b - y) ** 2), (0, 1))
    w, b = jnp.zeros(3), jnp.array(0.0)
    for line in path:
        np.testing.assert_allclose(line.w, w, rtol=1e-10)
        assert line.b == pytest.approx(float(b), rel=1e-10)
        d_w, d_b = slope(w, b)
        w, b = w - 0.05 * d_w, b - 0.05 * d_b


def test_descent_ends_at_the_normal_equations(samples: Samples) -> None:
    walked, solved = gradient_descent(*samples, 0.2, 500)[-1], normal_equations(*samples)
    np.testing.assert_allclose(walked.w, solved.w, rtol=1e-9)
    assert walked.b == pytest.approx(solved.b, rel=1e-9)
    np.testing.assert_allclose(np.append(*mse_gradient(solved, *samples)), 0, atol=1e-12)


@pytest.mark.parametrize(("share", "falls"), [(0.98, True), (1.02, False)])
def test_steps_beyond_two_over_the_greatest_curvature_climb(samples: Samples, share: float, falls: bool) -> None:
    x, y = samples
    hessian = slopes(lambda theta: np.append(*mse_gradient(Line(theta[:3], float(theta[3])), x, y)), np.zeros(4))
    path = gradient_descent(x, y, share * 2 / np.linalg.eigvalsh(hessian).max(), 400)
    first, last = (mean_squared_error(y, line(x)) for line in (path[0], path[-1]))
    assert (last < first) == falls


def test_the_surface_holds_every_lines_error(samples: Samples) -> None:
    x, y = samples[0][:, :1], samples[1]
    w, b = np.linspace(-1, 4, 6), np.linspace(0, 5, 5)
    surface = mse_surface(x, y, w, b)
    expected = [[mean_squared_error(y, Line(np.array([slope]), float(height))(x)) for height in b] for slope in w]
    np.testing.assert_allclose(surface, expected, rtol=1e-12)
    bottom = normal_equations(x, y)
    assert mse_surface(x, y, bottom.w, np.array([bottom.b])).item() < surface.min()


@pytest.mark.parametrize("solve", [normal_equations, lambda x, y: gradient_descent(x, y, 0.1, 3)[-1]])
def test_single_precision_stays(solve: Callable[..., Line], samples: Samples) -> None:
    x, y = (values.astype(np.float32) for values in samples)
    assert solve(x, y).w.dtype == np.float32


@pytest.mark.mistake
@pytest.mark.parametrize(
    "x",
    [
        np.array([[1.0, 2.0], [2.0, 4.0], [3.0, 6.0], [5.0, 10.0]]),  # the second input repeats the first
        np.array([[1.0, 7.0], [2.0, 7.0], [3.0, 7.0]]),  # the second is constant, as the bias
        np.array([[1.0, 2.0], [3.0, 5.0]]),  # too few
    ],
)
def test_many_lines_that_are_equally_good(x: np.ndarray) -> None:
    assert_refused(
        lambda: normal_equations(x, np.ones(len(x))),
        f"{len(x)} samples with 2 inputs do not determine one line … constant or sums of others",
        f"{len(x)} muestras con 2 entradas no determinan una sola recta … constantes o que sean suma de otras",
    )


@pytest.mark.mistake
@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("normal_equations", normal_equations),
        ("mse_gradient", lambda x, y: mse_gradient(Line(np.zeros(1), 0.0), x, y)),
        ("gradient_descent", gradient_descent),
        ("mse_surface", lambda x, y: mse_surface(x, y, np.zeros(2), np.zeros(2))),
    ],
)
def test_a_column_of_targets_would_be_broadcast(name: str, call: Callable[..., object]) -> None:
    x = np.ones((4, 1))
    assert_refused(
        lambda: call(x, np.ones((4, 1))),
        f"{name} needs y of shape (4,), got (4, 1)", f"{name} necesita y con la forma (4,), llegó (4, 1)",
    )  # fmt: skip
    assert_refused(lambda: call(np.ones(4), np.ones(4)), f"{name} needs x with axes", f"{name} necesita x con los ejes")
    assert_refused(lambda: call(x, np.ones(4, int)), f"{name} needs y in floating", f"{name} necesita y en coma")
