import numpy as np
import pytest

from hondo.core.errors import HondoError
from hondo.playground.layout import layers
from hondo.playground.reference import gradient
from hondo.playground.setup import Setup
from hondo.playground.training import prepare
from hondo.playground.views import (
    dead_neurons,
    decisions,
    disagreement,
    edited,
    gradient_norms,
    grid,
    loss_surface,
    neurons,
    parameters,
)


@pytest.fixture
def trained():
    training = prepare(Setup("xor", hidden=(4, 3), activation="relu", inputs=("x1", "x2", "x1x2")))
    return training, training.advance(training.start(), 3000)


def test_a_grid_is_drawn_from_the_top():
    places = grid(2).reshape(2, 2, 2)
    assert places[0, 0].tolist() == [-3, 3]
    assert places[1, 1].tolist() == [3, -3]


def test_neurons_over_the_plane(trained):
    training, state = trained
    found = neurons(training, state, 10)
    assert [each.shape for each in found] == [(3, 10, 10), (4, 10, 10), (3, 10, 10), (1, 10, 10)]
    places = grid(10).reshape(10, 10, 2)
    np.testing.assert_allclose(found[0][2], places[..., 0] * places[..., 1], rtol=1e-6)
    point = np.array([places[1, 7, 0], places[1, 7, 1], places[1, 7].prod()], np.float32)
    for number, (kernel, biases) in enumerate(layers(state.weights, training.setup.sizes)):
        point = point @ kernel + biases
        point = np.tanh(point) if number == 2 else np.maximum(point, 0)
        np.testing.assert_allclose(found[number + 1][:, 1, 7], point, rtol=1e-5, atol=1e-6)
    picture = decisions(training, state, 20)
    assert picture[2, 17] > 0.8
    assert picture[2, 2] < -0.8


def test_several_outputs_decide_for_a_class():
    training = prepare(Setup(output="softmax"))
    assert set(np.unique(decisions(training, training.start(), 5))) <= {0.0, 1.0}


def test_gradient_norms(trained):
    training, state = trained
    g = gradient(training.setup, state.weights, training.x, training.y)
    found = gradient_norms(training, state)
    assert len(found) == 3
    assert sum(each**2 for each in found) == pytest.approx(float((g.astype(np.float64) ** 2).sum()))


def test_dead_neurons(trained):
    training, state = trained
    killed = edited(training, state, 1, 2, -1e4)
    assert 2 in dead_neurons(training, killed)[1]
    assert dead_neurons(training, training.start())[0] == ()
    smooth = prepare(Setup())
    assert dead_neurons(smooth, smooth.start()) == [(), ()]


def test_the_surface_s_middle_is_the_loss(trained):
    training, state = trained
    along, surface = loss_surface(training, state, 7)
    assert (along.shape, surface.shape) == ((7,), (7, 7))
    assert surface[3, 3] == pytest.approx(training.scores(state).train_loss, rel=1e-6)
    assert surface.max() > surface[3, 3]
    np.testing.assert_array_equal(surface, loss_surface(training, state, 7)[1])
    assert (loss_surface(training, state, 7, seed=1)[1] != surface).any()


def test_weights_are_shown_and_edited(trained):
    training, state = trained
    shown = parameters(training, edited(training, edited(training, state, 1, 2, 0.5, source=3), 2, 0, -0.25))
    before = parameters(training, state)
    assert shown[1]["weights"][3][2] == 0.5
    assert shown[2]["biases"] == [-0.25]
    before[1]["weights"][3][2], before[2]["biases"] = 0.5, [-0.25]
    assert shown == before
    for layer, unit, source in ((3, 0, None), (0, 4, None), (0, 0, 3), (-1, 0, None)):
        with pytest.raises(HondoError, match="no weight at layer"):
            edited(training, state, layer, unit, 1.0, source)
    with pytest.raises(HondoError, match="cannot be nan"):
        edited(training, state, 0, 0, float("nan"))


def test_twins_of_different_outputs_are_each_judged_by_their_own():
    tanh = np.array([[[-0.9, 0.2], [0.8, -0.1]]])
    sigmoid = (tanh + 1) / 2  # the same network's answers on another scale
    two = np.stack([1 - sigmoid[0], sigmoid[0]])
    setups = {output: Setup(output=output) for output in ("tanh", "sigmoid", "softmax")}
    assert disagreement(tanh, sigmoid, setups["tanh"], setups["sigmoid"]) == 0
    assert disagreement(tanh, two, setups["tanh"], setups["softmax"]) == 0
    assert disagreement(-tanh, two, setups["tanh"], setups["softmax"]) == 1
