import numpy as np
import pytest

from hondo.core.errors import DataError
from hondo.data.sets.points import circle
from hondo.playground.data import features, own_points, points, read_points, targets
from hondo.playground.setup import CLASS_SETS, INPUTS, NUMBER_SETS, Setup


@pytest.mark.parametrize("name", CLASS_SETS + NUMBER_SETS)
def test_every_set_gives_its_points(name):
    found = points(Setup().changed(data=name, samples=100, train_share=0.7))
    assert found.train.shape == (70, 2)
    assert found.test_y.shape == (30,)


def test_the_points_are_the_sets():
    found, data = points(Setup(noise=0.2, data_seed=4)), circle(noise=0.2, seed=4)
    np.testing.assert_array_equal(np.concatenate([found.train, found.test]), data.train.x)
    np.testing.assert_array_equal(np.concatenate([found.train_y, found.test_y]), data.train.y)


def test_features():
    places = np.array([[1.0, 2.0], [-3.0, 0.5]])
    found = features(Setup(inputs=INPUTS), places)
    expected = [[a, b, a * a, b * b, a * b, np.sin(a), np.sin(b)] for a, b in places]
    np.testing.assert_allclose(found, expected)
    assert features(Setup(inputs=("x2",)), places).tolist() == [[2.0], [0.5]]


def test_targets_are_signs_for_tanh_alone():
    y = np.array([0.0, 1.0])
    assert targets(Setup(), y).tolist() == [-1, 1]
    assert targets(Setup(output="sigmoid"), y).tolist() == [0, 1]


def test_own_points():
    x, y = np.random.default_rng(0).normal(size=(10, 2)), np.arange(10) % 3
    setup = Setup("own", output="softmax", classes=3, train_share=0.6)
    found = own_points(setup, x, y)
    assert found.train.shape == (6, 2)
    pairs = {(*place, label) for place, label in zip(found.train.tolist(), found.train_y, strict=True)}
    assert (
        not pairs - {(*place, label) for place, label in zip(map(tuple, x.tolist()), y, strict=True)} or len(pairs) == 6
    )
    with pytest.raises(DataError, match="from 0 to 1"):
        own_points(Setup("own"), x, y)
    with pytest.raises(DataError, match="finite"):
        own_points(setup, x * np.nan, y)
    with pytest.raises(DataError, match=r"\(n, 2\)"):
        own_points(setup, x[:, :1], y)
    with pytest.raises(DataError, match="own points"):
        points(setup)


def test_points_of_a_file(tmp_path):
    file = tmp_path / "points.csv"
    file.write_text("a,b,kind,height\n1,2,red,0.5\n3,4,blue,0.25\n,1,red,1\n5,6,red,\n")
    x, y, names = read_points(file, ("a", "b"), "kind")
    assert (x.tolist(), y.tolist(), names) == ([[1, 2], [3, 4], [5, 6]], [1, 0, 1], ("blue", "red"))
    x, y, names = read_points(file, ("b", "a"), "height")
    assert (x.tolist(), y.tolist(), names) == ([[2, 1], [4, 3]], [0.5, 0.25], ())
    with pytest.raises(DataError, match="no column 'c'"):
        read_points(file, ("a", "c"), "kind")
    with pytest.raises(DataError, match="fewer than two"):
        read_points(file, ("kind", "a"), "height")
