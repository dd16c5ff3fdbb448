import numpy as np
import pytest

from hondo.playground.layout import count, first_weights, flat, kernels_only, layers
from hondo.playground.setup import CHOICES, Setup

SIZES = (3, 4, 2)


def test_layers_are_views_and_flat_undoes_them():
    weights = np.arange(count(SIZES), dtype=np.float64)
    parts = layers(weights, SIZES)
    assert [(k.shape, b.shape) for k, b in parts] == [((3, 4), (4,)), ((4, 2), (2,))]
    np.testing.assert_array_equal(flat(parts), weights)
    parts[1][1][0] = -1
    assert -1 in weights


def test_biases_are_not_regularised():
    for kernel, biases in layers(kernels_only(SIZES), SIZES):
        assert kernel.all()
        assert not biases.any()


@pytest.mark.parametrize("name", CHOICES["initialisation"])
def test_first_weights(name):
    setup = Setup(hidden=(8, 8), initialisation=name)
    kernel, biases = layers(first_weights(setup), setup.sizes)[1]
    assert (biases == (0.1 if name == "uniform" else 0)).all()
    most = {"uniform": 0.5, "glorot_uniform": np.sqrt(6 / 16), "he_uniform": np.sqrt(6 / 8)}.get(name, 3.0)
    assert 0 < np.abs(kernel).max() <= most
    np.testing.assert_array_equal(first_weights(setup), first_weights(setup))
    assert (first_weights(setup.changed(seed=1)) != first_weights(setup)).any()
