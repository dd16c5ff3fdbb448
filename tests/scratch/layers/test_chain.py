from collections.abc import Callable

import numpy as np

from hondo.core.backend import keras
from hondo.scratch.layers.chain import Chain
from hondo.scratch.layers.convolution import Conv2D
from hondo.scratch.layers.dense import Dense
from hondo.scratch.layers.dropout import Dropout
from hondo.scratch.layers.pooling import AveragePooling2D
from hondo.scratch.layers.simple import Activation, Flatten

k = keras.layers


def test_a_chain_and_its_gradients_are_those_of_keras_sequential(in_keras: Callable, rng: np.random.Generator) -> None:
    chain = Chain([Conv2D(3), Activation("relu"), AveragePooling2D(), Flatten(), Dense(2)])
    assert chain.build((8, 8, 1), rng) == (2,)
    chain.parameters = {name: rng.normal(size=value.shape) for name, value in chain.parameters.items()}
    names = ["0.K", "0.b", "4.W", "4.b"]
    assert list(chain.parameters) == names
    x, d_y = rng.normal(size=(4, 8, 8, 1)), rng.normal(size=(4, 2))
    twin = keras.Sequential([k.Conv2D(3, 3), k.Activation("relu"), k.AveragePooling2D(2), k.Flatten(), k.Dense(2)])
    y, (d_x, *gradients) = in_keras(twin, d_y, x, *(chain.parameters[name] for name in names))
    np.testing.assert_allclose(chain.forward(x), y, rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(chain.backward(d_y), d_x, rtol=1e-10, atol=1e-10)
    for name, gradient in zip(names, gradients, strict=True):
        np.testing.assert_allclose(chain.gradients[name], gradient, rtol=1e-10, atol=1e-10)


def test_chains_within_chains_know_their_parameters_by_the_whole_way(rng: np.random.Generator) -> None:
    chain = Chain([Dense(4), Chain([Activation("tanh"), Dense(3)])])
    assert chain.build((2,), rng) == (3,)
    assert {name: value.shape for name, value in chain.parameters.items()} == {
        "0.W": (2, 4), "0.b": (4,), "1.1.W": (4, 3), "1.1.b": (3,),
    }  # fmt: skip
    chain.parameters = {name: np.full_like(value, 0.5) for name, value in chain.parameters.items()}
    hidden = np.tanh(0.5 * 1 + 0.5 * 2 + 0.5)
    np.testing.assert_allclose(chain.forward(np.array([[1.0, 2.0]])), np.full((1, 3), 4 * 0.5 * hidden + 0.5))
    chain.backward(np.ones((1, 3)))
    assert list(chain.gradients) == list(chain.parameters)
    np.testing.assert_allclose(chain.gradients["1.1.W"], np.full((4, 3), hidden))


def test_whether_it_is_training_is_told_to_every_layer(rng: np.random.Generator) -> None:
    chain = Chain([Chain([Dropout(0.5)])])
    chain.build((1000,), rng)
    x = np.ones((1, 1000))
    assert (chain.forward(x, training=True) == 0).any()
    np.testing.assert_array_equal(chain.forward(x), x)


def test_a_chain_of_nothing_is_the_identity(rng: np.random.Generator) -> None:
    chain = Chain([])
    assert chain.build((3,), rng) == (3,)
    x = rng.normal(size=(2, 3))
    np.testing.assert_array_equal(chain.forward(x), x)
    assert chain.parameters == chain.gradients == {}
