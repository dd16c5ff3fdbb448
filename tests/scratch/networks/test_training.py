from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from hondo.core.backend import keras
from hondo.core.language import use_language
from hondo.data.sets.digits import digits
from hondo.data.sets.mnist import mnist
from hondo.scratch.descent.gradient_descent import batches
from hondo.scratch.descent.optimizers import SGD, Adam, Momentum, Optimizer
from hondo.scratch.descent.stopping import MaximumSteps, NoImprovement, Reached
from hondo.scratch.layers.batch_normalization import BatchNormalization
from hondo.scratch.layers.dense import Dense
from hondo.scratch.layers.dropout import Dropout
from hondo.scratch.losses.from_logits import one_hot
from hondo.scratch.mistakes import Mistake
from hondo.scratch.networks.network import Network, cnn, mlp
from hondo.scratch.networks.training import History, train

k = keras.layers

XOR = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), np.array([[0.0], [1.0], [1.0], [0.0]])


@pytest.mark.parametrize(
    ("optimizer", "twin"),
    [(SGD(0.05), lambda: keras.optimizers.SGD(0.05)), (Momentum(0.02), lambda: keras.optimizers.SGD(0.02, 0.9))],
)
@pytest.mark.parametrize(("l1", "l2"), [(0.0, 0.0), (0.0, 0.03), (0.01, 0.02)])
def test_training_goes_the_way_of_keras_fit(
    optimizer: Optimizer, twin: Callable, l1: float, l2: float, double: None, rng: np.random.Generator
) -> None:
    x, y = rng.normal(size=(24, 4)), rng.normal(size=(24, 2))
    network = mlp((4, 6, 2))
    price = {"kernel_regularizer": keras.regularizers.L1L2(l1, l2)}
    model = keras.Sequential([keras.Input((4,)), k.Dense(6, "relu", **price), k.Dense(2, **price)])
    model.set_weights(list(network.parameters.values()))
    model.compile(twin(), "mse")
    order, losses = np.random.default_rng(5), []
    for _ in range(3):
        rows = np.concatenate(list(batches(24, 8, order)))
        losses += model.fit(x[rows], y[rows], batch_size=8, shuffle=False, verbose=0).history["loss"]
    history = train(
        network, "mean_squared_error", x, y, optimizer=optimizer, batch_size=8, epochs=3, seed=5, l1=l1, l2=l2
    )
    for mine, theirs in zip(network.parameters.values(), model.get_weights(), strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-8, atol=1e-8)
    np.testing.assert_allclose(history.loss, losses, rtol=1e-6)  # Keras reports single precision


@pytest.mark.parametrize("seed", range(3))
def test_an_mlp_learns_xor(seed: int) -> None:
    network = mlp((2, 8, 1), activation="tanh", seed=seed)
    history = train(network, "sigmoid_cross_entropy", *XOR, optimizer=Adam(0.05), batch_size=4, epochs=300)
    assert history.loss[-1] < 0.1 < history.loss[0]
    np.testing.assert_array_equal(network.predict(XOR[0]) > 0, XOR[1] == 1)


def test_a_network_without_hidden_layers_cannot_learn_xor() -> None:
    network = mlp((2, 1))
    train(network, "sigmoid_cross_entropy", *XOR, optimizer=Adam(0.05), batch_size=4, epochs=300)
    assert (network.predict(XOR[0]) > 0).tolist() != (XOR[1] == 1).tolist()


def test_validation_is_looked_at_after_each_epoch_without_dropout_and_without_penalties(
    rng: np.random.Generator,
) -> None:
    x, y = rng.normal(size=(40, 3)), rng.normal(size=(40, 1))
    seen: list[float] = []
    network = Network([Dense(30), Dropout(0.5), Dense(1)], (3,))

    def measure(losses: Sequence[float], length: float) -> None:
        seen.append(float(np.mean((network.predict(x[30:]) - y[30:]) ** 2)))
        assert losses[-1] == pytest.approx(seen[-1], rel=1e-12)

    validation = (x[30:], y[30:])
    history = train(
        network, "mean_squared_error", x[:30], y[:30], epochs=4, l2=0.5, validation=validation, stop=[measure]
    )
    np.testing.assert_allclose(history.val_loss, seen, rtol=1e-12)
    assert len(history.loss) == len(history.val_loss) == 4
    assert history.stopped is None


def test_layers_are_told_that_they_are_training(rng: np.random.Generator) -> None:
    x, y = rng.normal(3, 2, (20, 3)), rng.normal(size=(20, 1))
    normalization = BatchNormalization(momentum=0.0)
    train(Network([normalization, Dense(1)], (3,)), "mean_squared_error", x, y)
    np.testing.assert_allclose(normalization.moving_mean, x.mean(0), rtol=1e-12)


def test_validation_samples_teach_nothing(rng: np.random.Generator) -> None:
    x, y = rng.normal(size=(20, 3)), rng.normal(size=(20, 1))
    with_it, without = mlp((3, 4, 1)), mlp((3, 4, 1))
    train(with_it, "huber", x, y, epochs=3, validation=(x + 1, y - 1))
    assert train(without, "huber", x, y, epochs=3).val_loss == []
    for name, w in with_it.parameters.items():
        np.testing.assert_array_equal(w, without.parameters[name])


def test_the_loss_of_an_epoch_is_the_mean_over_its_batches(rng: np.random.Generator) -> None:
    x, y = rng.normal(size=(10, 3)), rng.normal(size=(10, 1))
    network = mlp((3, 4, 1))
    parts = list(batches(10, 4, np.random.default_rng(0)))
    means = [np.mean((network.predict(x[rows]) - y[rows]) ** 2) for rows in parts]
    price = sum(0.1 * np.abs(w).sum() for name, w in network.parameters.items() if name.endswith("W"))
    history = train(network, "mean_squared_error", x, y, batch_size=4, optimizer=SGD(0.0), epochs=2, l1=0.1)
    assert history.loss[0] == pytest.approx(np.mean(means) + price, rel=1e-12)


def test_early_stopping_watches_the_validation_loss(rng: np.random.Generator) -> None:
    x, y = rng.normal(size=(12, 5)), rng.normal(size=(12, 1))  # nothing to learn but noise
    validation = (rng.normal(size=(50, 5)), rng.normal(size=(50, 1)))
    network = mlp((5, 50, 1))
    history = train(
        network, "mean_squared_error", x, y, optimizer=Adam(0.01), epochs=500, validation=validation,
        stop=[NoImprovement(5)],
    )  # fmt: skip
    assert 6 <= len(history.val_loss) < 500
    assert min(history.val_loss[-5:]) >= min(history.val_loss[:-5])
    assert "5" in (history.stopped or "")
    assert history.loss[-1] < history.loss[0]


def test_without_validation_the_training_loss_is_watched() -> None:
    network = mlp((2, 8, 1), activation="tanh")
    history = train(
        network, "sigmoid_cross_entropy", *XOR, optimizer=Adam(0.05), epochs=999, stop=[MaximumSteps(998), Reached(0.2)]
    )
    assert history.loss[-1] <= 0.2 < min(history.loss[:-1])
    assert history.stopped is not None


def test_equal_seeds_train_alike(rng: np.random.Generator) -> None:
    x, y = rng.normal(size=(20, 3)), rng.normal(size=(20, 1))
    losses = [train(mlp((3, 4, 1)), "huber", x, y, batch_size=4, epochs=2, seed=seed).loss for seed in (1, 1, 2)]
    assert losses[0] == losses[1] != losses[2]


def test_the_optimizer_is_adam_unless_another_is_given_and_a_batch_may_be_all_there_is() -> None:
    one, other = mlp((2, 3, 1)), mlp((2, 3, 1))
    train(one, "mean_squared_error", *XOR, batch_size=1000, epochs=3)
    train(other, "mean_squared_error", *XOR, batch_size=4, epochs=3, optimizer=Adam())
    for name, w in one.parameters.items():
        np.testing.assert_array_equal(w, other.parameters[name])


def test_l1_leaves_fewer_weights_and_l2_smaller_ones(rng: np.random.Generator) -> None:
    x = rng.normal(size=(200, 6))
    y = x[:, :1]  # five of six inputs are useless
    weights = {}
    for name, prices in {"free": {}, "l1": {"l1": 0.2}, "l2": {"l2": 0.5}}.items():
        network = Network([Dense(1)], (6,))
        train(network, "mean_squared_error", x, y, optimizer=SGD(0.03), epochs=40, **prices)
        weights[name] = np.abs(network.parameters["0.W"][:, 0])
    assert weights["free"][0] == pytest.approx(1, abs=0.01)
    assert weights["l2"][0] == pytest.approx(1 / 1.5, abs=0.05)  # (w - 1)² + w²/2 is lowest there
    assert weights["l1"][0] == pytest.approx(0.9, abs=0.05)  # (w - 1)² + w/5
    assert (weights["l1"][1:] < 0.02).all()


def test_a_history_begins_empty() -> None:
    assert History() == History([], [], None)


small = np.ones((3, 2)), np.ones((3, 1))


@pytest.mark.mistake
@pytest.mark.parametrize(
    ("wrong", "english", "spanish"),
    [
        (lambda n: train(n, "huber", small[0], small[1][:2]), "3 samples and 2 targets", "3 muestras y 2 objetivos"),
        (lambda n: train(n, "huber", small[0].astype(int), small[1]), "x in floating point", "x en coma flotante"),
        (lambda n: train(n, "hubert", *small), "no loss 'hubert'", "no existe la pérdida 'hubert'"),
        (lambda n: train(n, "huber", *small, l2=-1.0), r"l2 in \[0, inf\)", r"l2 en \[0, inf\)"),
        (lambda n: train(n, "huber", *small, batch_size=0), "batch_size in", "batch_size en"),
        (lambda n: train(n, "huber", small[0], small[1][:, 0]), "same shape", "misma forma"),
    ],
)
def test_what_cannot_be_trained_is_refused(wrong: Callable, english: str, spanish: str) -> None:
    with use_language("en"), pytest.raises(Mistake, match=english):
        wrong(mlp((2, 1)))
    with use_language("es"), pytest.raises(Mistake, match=spanish):
        wrong(mlp((2, 1)))


@pytest.mark.slow
def test_the_mlp_learns_mnist(shared_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HONDO_DATA", str(shared_data))
    data = mnist()
    assert data.test is not None
    x, y = (data.train.x / 255).reshape(-1, 784), one_hot(data.train.y, 10)
    network = mlp((784, 128, 10))
    train(network, "softmax_cross_entropy", x, y, batch_size=64, epochs=4)
    assert (network.classify((data.test.x / 255).reshape(-1, 784)) == data.test.y).mean() >= 0.97


@pytest.mark.slow
def test_the_cnn_learns_digits() -> None:
    data = digits().train
    order = np.random.default_rng(0).permutation(len(data))
    x, y = (data.x / 255)[order], data.y[order]
    network = cnn((8, 8, 1), 10)
    train(network, "softmax_cross_entropy", x[:1400], one_hot(y[:1400], 10), optimizer=Adam(0.003), epochs=10)
    assert (network.classify(x[1400:]) == y[1400:]).mean() >= 0.97
