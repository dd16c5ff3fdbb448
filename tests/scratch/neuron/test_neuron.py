"""One neuron is a dense layer of Keras with one unit."""

from collections.abc import Callable

import numpy as np
import pytest
from tests.scratch.refusals import assert_refused

from hondo.core.backend import keras
from hondo.scratch.activations.piecewise import step
from hondo.scratch.activations.smooth import softplus
from hondo.scratch.neuron.neuron import boundary, neuron, weighted_sum

CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])


def keras_neuron(x: np.ndarray, w: np.ndarray, b: float, activation: str | None) -> np.ndarray:
    layer = keras.layers.Dense(1, activation, dtype="float64")
    layer.build(x.shape)
    layer.set_weights([w[:, None], np.array([b])])
    return np.asarray(layer(x))[:, 0]


def test_a_weighted_sum_is_keras_and_the_sum_written_out(rng: np.random.Generator, double: None) -> None:
    x, w, b = rng.normal(size=(5, 3)), rng.normal(size=3), 0.7
    z = weighted_sum(x, w, b)
    np.testing.assert_allclose(z, keras_neuron(x, w, b, None), rtol=1e-12)
    np.testing.assert_allclose(z, [sum(w[i] * row[i] for i in range(3)) + b for row in x], rtol=1e-12)


@pytest.mark.parametrize("name", ["sigmoid", "softplus"])
def test_an_activated_neuron_is_keras(name: str, rng: np.random.Generator, double: None) -> None:
    x, w, b = rng.normal(size=(5, 3)), rng.normal(size=3), -0.3
    answer = neuron(x, w, b) if name == "sigmoid" else neuron(x, w, b, softplus)
    np.testing.assert_allclose(answer, keras_neuron(x, w, b, name), rtol=1e-12)


@pytest.mark.parametrize(
    ("w", "b", "logic"),
    [
        ((1, 1), -1.5, np.logical_and),
        ((1, 1), -0.5, np.logical_or),
        ((-1, -1), 1.5, lambda p, q: ~np.logical_and(p, q)),
    ],
    ids=["and", "or", "nand"],
)
def test_a_neuron_of_steps_is_a_logic_gate(w: tuple[float, float], b: float, logic: Callable[..., np.ndarray]) -> None:
    answer = neuron(CORNERS, np.array(w, float), b, step)
    np.testing.assert_array_equal(answer == 1, logic(CORNERS[:, 0] == 1, CORNERS[:, 1] == 1))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_precision_is_kept(dtype: type) -> None:
    assert neuron(np.ones((2, 3), dtype), np.ones(3, dtype), 0.5).dtype == dtype


def test_on_the_boundary_the_neuron_is_undecided_and_its_weights_point_to_1(rng: np.random.Generator) -> None:
    for _ in range(20):
        w, b, x1 = rng.normal(size=2), float(rng.normal()), rng.normal(size=7)
        line = np.column_stack([x1, boundary(w, b, x1)])
        np.testing.assert_allclose(neuron(line, w, b), 0.5, rtol=1e-9)
        assert (neuron(line + 0.1 * w, w, b) > 0.5).all()
        assert (neuron(line - 0.1 * w, w, b) < 0.5).all()


def test_the_bias_moves_the_boundary_without_turning_it() -> None:
    w, x1 = np.array([1.0, 2.0]), np.linspace(-3, 3, 5)
    gap = boundary(w, 4.0, x1) - boundary(w, 0.0, x1)
    np.testing.assert_allclose(gap, -2.0)


@pytest.mark.mistake
def test_samples_and_weights_that_do_not_fit() -> None:
    for call in (
        lambda: weighted_sum(np.ones((4, 3)), np.ones(2), 0.0),
        lambda: neuron(np.ones((4, 3)), np.ones(2), 0.0),
    ):
        assert_refused(
            call,
            "weighted_sum: x has 3 features a sample (shape (4, 3)), the weights are for 2 (shape (2,))",
            "weighted_sum: x tiene 3 características por muestra (forma (4, 3)), los pesos son para 2 (forma (2,))",
        )
    assert_refused(
        lambda: weighted_sum(np.ones(3), np.ones(3), 0.0),
        "weighted_sum needs x with axes (batch, inputs), got shape (3,) … x[np.newaxis]",
        "weighted_sum necesita x con los ejes (batch, inputs), llegó la forma (3,) … x[np.newaxis]",
    )
    assert_refused(
        lambda: weighted_sum(np.ones((4, 3)), np.ones((3, 1)), 0.0), "w with axes (inputs)", "w con los ejes (inputs)"
    )
    assert_refused(
        lambda: weighted_sum(np.ones((4, 3), int), np.ones(3), 0.0), "x in floating point", "x en coma flotante"
    )


@pytest.mark.mistake
@pytest.mark.parametrize("w", [[1.0, 0.0], [1.0], [1.0, 2.0, 3.0]])
def test_a_boundary_that_is_no_function_of_the_first_input(w: list[float]) -> None:
    assert_refused(
        lambda: boundary(np.array(w), 0.5, np.zeros(3)),
        f"boundary needs two weights, the second not zero, got {w} … x1 = -b / w1",
        f"boundary necesita dos pesos, el segundo distinto de cero, llegó {w} … x1 = -b / w1",
    )
