from itertools import pairwise

import numpy as np
import pytest

from hondo.data.catalogue import load_named
from hondo.playground.data import points
from hondo.playground.keras_code import to_keras
from hondo.playground.setup import MANY_SETS, Setup
from hondo.playground.spec import to_spec
from hondo.playground.training import prepare
from hondo.playground.url import from_query, to_query


@pytest.mark.parametrize("classes", [3, 5, 8])
@pytest.mark.parametrize("data", MANY_SETS)
def test_classes_are_of_equal_size_and_on_the_plane(data, classes):
    setup = Setup(data, output="softmax", classes=classes, samples=400, noise=0.05)
    found = points(setup)
    _, counts = np.unique(np.concatenate([found.train_y, found.test_y]), return_counts=True)
    assert len(counts) == classes
    assert counts.max() - counts.min() < 0.4 * 400 / classes
    assert np.abs(found.train).max() < 8
    assert from_query(to_query(setup)) == setup
    again = points(setup)
    assert again.train.tobytes() == found.train.tobytes()
    assert points(setup.changed(data_seed=1)).train.tobytes() != found.train.tobytes()


def test_rings_lie_around_each_other():
    found = points(Setup("circle", output="softmax", classes=4))
    radius = np.hypot(*found.train.T)
    ends = [(radius[found.train_y == ring].min(), radius[found.train_y == ring].max()) for ring in range(4)]
    assert all(before[1] < after[0] for before, after in pairwise(ends))


@pytest.mark.parametrize("data", MANY_SETS)
def test_three_classes_are_learnt(data):
    setup = Setup(
        data, output="softmax", classes=3, inputs=("x1", "x2", "x1^2", "x2^2", "sin(x1)", "sin(x2)"), hidden=(8, 8),
        optimizer="adam", learning_rate=0.01, initialisation="glorot_uniform",
    )  # fmt: skip
    training = prepare(setup)
    assert training.scores(training.advance(training.start(), 6000)).test_score > 0.93


@pytest.mark.parametrize("data", MANY_SETS)
def test_a_spec_and_keras_code_know_the_same_points(data):
    setup = Setup(data, output="softmax", classes=3, samples=90, noise=0.1, data_seed=4)
    spec, _ = to_spec(setup)
    dataset = load_named(data, spec.data.options).train
    found = points(setup)
    np.testing.assert_array_equal(dataset.x, np.concatenate([found.train, found.test]))
    np.testing.assert_array_equal(dataset.y, np.concatenate([found.train_y, found.test_y]))
    code = to_keras(setup, prepare(setup).start().weights)
    assert f"{data}(samples=90, noise=0.1, seed=4, classes=3)" in code


def test_the_number_of_classes_follows_output_and_data():
    three = Setup("spiral", output="softmax", classes=3)
    assert three.changed(data="circle").classes == 3
    assert three.changed(data="xor").classes == 2
    assert three.changed(output="tanh").classes == 2
    assert three.changed(data="plane").classes == 2
