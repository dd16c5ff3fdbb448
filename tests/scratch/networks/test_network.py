import jax
import numpy as np
import pytest

from hondo.core.backend import keras
from hondo.core.language import use_language
from hondo.scratch.layers.batch_normalization import BatchNormalization
from hondo.scratch.layers.dense import Dense
from hondo.scratch.layers.dropout import Dropout
from hondo.scratch.layers.simple import Activation
from hondo.scratch.mistakes import Mistake
from hondo.scratch.networks.network import Network, cnn, mlp

k = keras.layers


def keras_mlp() -> keras.Model:
    return keras.Sequential([keras.Input((4,)), k.Dense(6, "relu"), k.Dense(5, "relu"), k.Dense(3)])


def keras_cnn() -> keras.Model:
    same = {"padding": "same", "activation": "relu"}
    parts = [k.Conv2D(2, 3, **same), k.MaxPooling2D(), k.Conv2D(4, 3, **same), k.MaxPooling2D(), k.Flatten()]
    return keras.Sequential([keras.Input((8, 6, 2)), *parts, k.Dense(3)])


@pytest.mark.parametrize(
    ("make", "twin"),
    [(lambda: mlp((4, 6, 5, 3), seed=2), keras_mlp), (lambda: cnn((8, 6, 2), 3, (2, 4), seed=2), keras_cnn)],
)
def test_the_guides_networks_and_their_gradients_are_keras_models(
    make: type[Network], twin: type[keras.Model], double: None, rng: np.random.Generator
) -> None:
    network, model = make(), twin()
    assert network.output_shape == model.output_shape[1:]
    x, d_y = rng.normal(size=(5, *network.input_shape)), rng.normal(size=(5, 3))
    weights = [rng.normal(size=w.shape) for w in network.parameters.values()]
    network.parameters = dict(zip(network.parameters, weights, strict=True))
    assert [w.shape for w in weights] == [w.shape for w in model.weights]
    loss = jax.jit(jax.value_and_grad(lambda w: (model.stateless_call(w, [], x)[0] * d_y).sum()))
    expected, gradients = loss(weights)
    assert (network.forward(x) * d_y).sum() == pytest.approx(float(expected), rel=1e-10)
    network.backward(d_y)
    for mine, theirs in zip(network.gradients.values(), gradients, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-10, atol=1e-10)


def test_an_mlp_has_an_activation_after_each_dense_layer_but_the_last() -> None:
    network = mlp((3, 5, 4, 2), activation="tanh", init="zeros")
    assert [type(layer) for layer in network.layers] == [Dense, Activation, Dense, Activation, Dense]
    assert {layer.activation.name for layer in network.layers if isinstance(layer, Activation)} == {"tanh"}
    assert (network.input_shape, network.output_shape) == ((3,), (2,))
    assert not any(w.any() for w in network.parameters.values())


def test_each_block_of_a_cnn_halves_the_picture() -> None:
    network = cnn((16, 12, 3), 7, filters=(2, 5))
    shapes = {name: w.shape for name, w in network.parameters.items()}
    assert shapes == {
        "0.K": (3, 3, 3, 2), "0.b": (2,), "3.K": (3, 3, 2, 5), "3.b": (5,), "7.W": (4 * 3 * 5, 7), "7.b": (7,),
    }  # fmt: skip


def full(seed: int) -> Network:
    return Network([Dense(20), BatchNormalization(), Activation("relu"), Dropout(0.5), Dense(3)], (4,), seed)


def test_equal_seeds_give_equal_networks_masks_included(rng: np.random.Generator) -> None:
    x = rng.normal(size=(6, 4))
    one, same, other = full(1), full(1), full(2)
    for name, w in one.parameters.items():
        np.testing.assert_array_equal(w, same.parameters[name])
    assert (one.parameters["0.W"] != other.parameters["0.W"]).all()
    for _ in range(3):
        np.testing.assert_array_equal(one.forward(x, training=True), same.forward(x, training=True))


@pytest.mark.parametrize("make", [lambda seed: mlp((3, 4, 2), seed=seed), lambda seed: cnn((4, 4, 1), 2, seed=seed)])
def test_the_guides_networks_begin_by_their_seed(make: type[Network]) -> None:
    first, same, other = (next(iter(make(seed).parameters.values())) for seed in (5, 5, 6))
    np.testing.assert_array_equal(first, same)
    assert (first != other).all()


@pytest.mark.parametrize("size", [1, 7, 20, 1000])
def test_prediction_in_parts_is_the_forward_pass_at_once(size: int, rng: np.random.Generator) -> None:
    network, x = full(0), rng.normal(size=(20, 4))
    network.forward(x, training=True)
    np.testing.assert_allclose(network.predict(x, size), network.forward(x), rtol=1e-12, atol=1e-14)


def test_of_no_samples_there_are_no_predictions() -> None:
    assert mlp((2, 3, 1)).predict(np.zeros((0, 2))).shape == (0, 1)


def test_the_class_is_the_one_with_the_greatest_score(rng: np.random.Generator) -> None:
    network, x = mlp((4, 8, 3)), rng.normal(size=(50, 4))
    expected = [max(range(3), key=lambda c, row=row: row[c]) for row in network.forward(x).tolist()]
    np.testing.assert_array_equal(network.classify(x), expected)
    assert len(set(expected)) > 1


def test_parameters_can_be_read_changed_and_put_back(rng: np.random.Generator) -> None:
    network, x = mlp((4, 8, 3)), rng.normal(size=(5, 4))
    kept, before = network.parameters, network.forward(x)
    network.parameters = {name: 2 * w for name, w in kept.items()}
    np.testing.assert_allclose(network.forward(x), 4 * before, rtol=1e-12)  # ReLU, and biases are 0
    network.parameters = kept
    np.testing.assert_array_equal(network.forward(x), before)


@pytest.mark.mistake
def test_a_network_that_cannot_be_built_is_refused() -> None:
    with use_language("en"), pytest.raises(Mistake, match="Dense needs x with axes"):
        Network([Dense(2)], (4, 4, 1))
    with use_language("es"), pytest.raises(Mistake, match="Dense necesita x con los ejes"):
        Network([Dense(2)], (4, 4, 1))
