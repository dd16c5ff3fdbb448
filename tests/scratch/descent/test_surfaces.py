import jax
import numpy as np
import pytest
from scipy.optimize import minimize, rosen, rosen_der

from hondo.scratch.descent.surfaces import SURFACES


def grid(extent: float) -> np.ndarray:
    axis = np.linspace(-extent, extent, 101)
    return np.stack(np.meshgrid(axis, axis), axis=-1)


@pytest.mark.parametrize("name", SURFACES)
def test_gradients_are_the_slopes(name: str) -> None:
    surface = SURFACES[name]
    assert surface.name == name
    points, h = grid(surface.extent), 1e-5
    for axis in (0, 1):
        nudge = h * np.eye(2)[axis]
        slope = (surface.value(points + nudge) - surface.value(points - nudge)) / (2 * h)
        np.testing.assert_allclose(surface.gradient(points)[..., axis], slope, rtol=1e-6, atol=1e-5)


@pytest.mark.parametrize("name", SURFACES)
def test_a_grid_is_computed_like_its_points(name: str) -> None:
    surface = SURFACES[name]
    points = grid(surface.extent)[::20, ::20]
    assert surface.value(points).shape == points.shape[:2]
    assert surface.gradient(points).shape == points.shape
    for place in np.ndindex(points.shape[:2]):
        assert surface.value(points)[place] == pytest.approx(surface.value(points[place]), rel=1e-14)
        np.testing.assert_allclose(surface.gradient(points)[place], surface.gradient(points[place]), rtol=1e-14)


@pytest.mark.parametrize("name", SURFACES)
def test_minima_are_the_lowest_points_of_what_is_drawn(name: str) -> None:
    surface = SURFACES[name]
    heights = [float(surface.value(np.array(point))) for point in surface.minima]
    np.testing.assert_allclose(heights, heights[0], rtol=1e-12)
    assert surface.value(grid(surface.extent)).min() >= heights[0] - 1e-12
    for point in surface.minima:
        assert np.abs(point).max() <= surface.extent
        np.testing.assert_allclose(surface.gradient(np.array(point)), 0, atol=1e-9)
        height = lambda p: surface.value(np.array(p))  # noqa: E731
        found = minimize(height, np.array(point) + 0.05, method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-14})
        np.testing.assert_allclose(found.x, point, atol=1e-5)


def test_rosenbrocks_valley_is_scipys() -> None:
    surface = SURFACES["rosenbrock"]
    points = grid(2).reshape(-1, 2)
    np.testing.assert_allclose(surface.value(points), rosen(points.T), rtol=1e-12, atol=1e-12)
    for point in points[::97]:
        np.testing.assert_allclose(surface.gradient(point), rosen_der(point), rtol=1e-10, atol=1e-10)


def test_the_saddle_is_flat_at_the_origin_and_falls_to_both_sides(double: None) -> None:
    saddle = SURFACES["saddle"]
    np.testing.assert_array_equal(saddle.gradient(np.zeros(2)), np.zeros(2))
    curvature = jax.hessian(lambda p: saddle.value(p))(jax.numpy.zeros(2))
    low, high = np.linalg.eigvalsh(np.asarray(curvature))
    assert low < 0 < high


FORMULAS = {
    "bowl": lambda u, v: u * u + v * v,
    "ravine": lambda u, v: 0.5 * u * u + 10 * v * v,
    "saddle": lambda u, v: u * u - v * v + 0.25 * v**4,
    "many_minima": lambda u, v: sum(10 + c * c - 10 * np.cos(2 * np.pi * c) for c in (u, v)),
}


@pytest.mark.parametrize("name", FORMULAS)
def test_heights_are_those_of_the_formula(name: str) -> None:
    points = grid(2)
    expected = FORMULAS[name](points[..., 0], points[..., 1])
    np.testing.assert_allclose(SURFACES[name].value(points), expected, rtol=1e-12, atol=1e-12)
