from collections.abc import Callable

import numpy as np
import pytest

from hondo.core.backend import keras
from hondo.core.language import use_language
from hondo.scratch.descent.gradient_descent import walk
from hondo.scratch.descent.optimizers import OPTIMIZERS, SGD, Adam, Momentum, Nesterov, Optimizer, RMSprop, rate
from hondo.scratch.descent.schedules import CosineDecay, ExponentialDecay, InverseTimeDecay, StepDecay
from hondo.scratch.descent.surfaces import SURFACES
from hondo.scratch.mistakes import Mistake

k, s = keras.optimizers, keras.optimizers.schedules

SCHEDULES = {
    "constant": (0.02, lambda: 0.02),
    "step": (StepDecay(0.05, 0.5, every=7), lambda: s.ExponentialDecay(0.05, 7, 0.5, staircase=True)),
    "exponential": (ExponentialDecay(0.05, 0.5, every=7), lambda: s.ExponentialDecay(0.05, 7, 0.5)),
    "inverse": (InverseTimeDecay(0.05, 0.7, every=7), lambda: s.InverseTimeDecay(0.05, 7, 0.7)),
    "cosine": (CosineDecay(0.05, steps=30, alpha=0.1), lambda: s.CosineDecay(0.05, 30, 0.1)),
}
TWINS = {
    "sgd": (SGD, lambda eta: k.SGD(eta)),
    "momentum": (lambda eta: Momentum(eta, 0.8), lambda eta: k.SGD(eta, 0.8)),
    "nesterov": (lambda eta: Nesterov(eta, 0.8), lambda eta: k.SGD(eta, 0.8, nesterov=True)),
    "rmsprop": (lambda eta: RMSprop(eta, 0.8, 1e-6), lambda eta: k.RMSprop(eta, 0.8, epsilon=1e-6)),
    "adam": (lambda eta: Adam(eta, 0.8, 0.95, 1e-6), lambda eta: k.Adam(eta, 0.8, 0.95, 1e-6)),
}


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("name", TWINS)
def test_each_optimizer_goes_keras_way_step_by_step(
    name: str, schedule: str, double: None, rng: np.random.Generator
) -> None:
    (mine, theirs), (eta, keras_eta) = TWINS[name], SCHEDULES[schedule]
    optimizer, twin = mine(eta), theirs(keras_eta())
    weights = {"W": rng.normal(size=(3, 2)), "b": rng.normal(size=2), "K": rng.normal(size=(2, 2, 1, 2))}
    variables = [keras.Variable(w) for w in weights.values()]
    memory = {key: optimizer.start(w) for key, w in weights.items()}
    for t in range(50):
        gradients = {key: rng.normal(size=w.shape) for key, w in weights.items()}
        for key, g in gradients.items():
            weights[key], memory[key] = optimizer.update(weights[key], g, memory[key], t)
        twin.apply([keras.ops.convert_to_tensor(g) for g in gradients.values()], variables)
        for w, variable in zip(weights.values(), variables, strict=True):
            # Keras's schedules compute in single precision, its optimizers do not.
            accuracy = 1e-10 if schedule == "constant" else 1e-6
            np.testing.assert_allclose(w, variable.value, rtol=accuracy, atol=accuracy)


@pytest.mark.parametrize("surface", ["ravine", "rosenbrock", "many_minima"])
@pytest.mark.parametrize("name", TWINS)
def test_over_a_surface_they_walk_keras_way(name: str, surface: str, double: None) -> None:
    mine, theirs = TWINS[name]
    land, start, eta = SURFACES[surface], (-1.2, 0.7), 0.0005
    way = walk(land, start, mine(eta), steps=50)
    twin, point = theirs(eta), keras.Variable(np.array(start))
    for place in way:
        np.testing.assert_allclose(place, point.value, rtol=1e-10, atol=1e-10)
        twin.apply([keras.ops.convert_to_tensor(land.gradient(np.asarray(point.value)))], [point])


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (SGD(), k.SGD()),
        (Momentum(), k.SGD(momentum=0.9)),
        (Nesterov(), k.SGD(momentum=0.9, nesterov=True)),
        (RMSprop(), k.RMSprop()),
        (Adam(), k.Adam()),
    ],
)
def test_defaults_are_keras_defaults(ours: Optimizer, theirs: k.Optimizer) -> None:
    settings = theirs.get_config()
    for name, value in vars(ours).items():
        assert value == pytest.approx(settings[name], rel=1e-6)


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("shape", [(1,), (4,), (2, 3, 1, 2)])
def test_weights_of_any_shape_are_updated_and_what_came_in_is_left_as_it_was(
    name: str, shape: tuple[int, ...], rng: np.random.Generator
) -> None:
    optimizer = OPTIMIZERS[name]()
    w, g = (np.asarray(rng.normal(size=shape)) for _ in range(2))
    first = optimizer.start(w)
    kept = {key: value.copy() for key, value in first.items()}
    before = w.copy(), g.copy()
    after, memory = optimizer.update(w, g, first, 0)
    again, _ = optimizer.update(after, g, memory, 1)
    assert np.shape(again) == shape
    assert memory.keys() == first.keys()
    assert np.all((after - w) * g < 0)  # downhill
    np.testing.assert_array_equal((w, g), before)
    for key, value in kept.items():
        np.testing.assert_array_equal(first[key], value)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_single_precision_stays_single(name: str) -> None:
    optimizer, w = OPTIMIZERS[name](ExponentialDecay(0.1)), np.ones(3, np.float32)
    memory = optimizer.start(w)
    for t in range(3):
        w, memory = optimizer.update(w, np.ones(3, np.float32), memory, t)
    assert w.dtype == np.float32


def test_rate_is_the_number_or_what_the_schedule_says() -> None:
    assert [rate(SGD(0.3), t) for t in (0, 5)] == [0.3, 0.3]
    assert [rate(Adam(lambda t: 1 / (1 + t)), t) for t in (0, 4)] == [1.0, 0.2]


@pytest.mark.mistake
@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize(
    ("w", "g", "english", "spanish"),
    [
        (np.ones((3, 1)), np.ones(3), r"w and g of the same shape(.|\n)*g.reshape", r"w y g con la misma forma"),
        (np.ones(3, int), np.ones(3), "w in floating point, got int", "w en coma flotante, llegó int"),
        (np.ones(3), np.ones(3, np.float32), "one precision, got w float64, g float32", "una misma precisión"),
    ],
)
def test_gradients_that_are_not_the_weights_are_refused(
    name: str, w: np.ndarray, g: np.ndarray, english: str, spanish: str
) -> None:
    optimizer = OPTIMIZERS[name]()
    update: Callable = lambda: optimizer.update(w, g, optimizer.start(w), 0)  # noqa: E731
    with use_language("en"), pytest.raises(Mistake, match=english):
        update()
    with use_language("es"), pytest.raises(Mistake, match=spanish):
        update()
