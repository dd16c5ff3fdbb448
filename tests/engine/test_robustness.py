"""What people pass to ``hondo.fit`` besides plain arrays, and files that are damaged."""

import random
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.sparse

from hondo.core.backend import keras
from hondo.core.errors import DataError, HondoError, HondoWarning
from hondo.engine.checkpoint import Checkpointing, load_checkpoint
from hondo.engine.fit import fit

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(37, 4)).astype("float32")
Y = (X.sum(axis=1) > 0).astype("int32")


def network() -> Any:
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2, "softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    return model


class Lazy:
    """Rows only by an integer array."""

    shape, dtype = X.shape, X.dtype

    def __len__(self) -> int:
        return len(X)

    def __getitem__(self, index: Any) -> Any:
        assert isinstance(index, np.ndarray)
        return X[index]


class Doubting(keras.Model):
    """Takes a decision in Python that depends on the numbers, in one place or everywhere."""

    def __init__(self, *, always: bool) -> None:
        super().__init__()
        self.dense = keras.layers.Dense(2, "softmax")
        self.dense.build((None, 4))
        self.built, self.always = True, always

    def call(self, x: Any, training: bool = False) -> Any:
        if (training or self.always) and keras.ops.max(x) > 1e9:
            return 0 * self.dense(x)
        return self.dense(x)


def test_validation_after_listed_epochs_as_in_keras() -> None:
    history = fit(network(), X, Y, epochs=4, verbose=0, validation_data=(X, Y), validation_freq=[1, 3]).history
    assert len(history["val_loss"]) == 2


@pytest.mark.parametrize("share", [0.5, 0.0001, 1.0])
def test_a_validation_split_that_leaves_nothing_is_an_error(share: float) -> None:
    with pytest.raises(DataError, match="validation_split"):
        fit(network(), X[:1], Y[:1], verbose=0, validation_split=share)


def test_a_lazy_source_is_split_without_being_read_whole() -> None:
    options = {"epochs": 2, "verbose": 0, "validation_split": 0.2, "shuffle": False}
    lazy, plain = (fit(network(), x, Y, **options).history for x in (Lazy(), X))
    assert lazy["val_loss"] == pytest.approx(plain["val_loss"])


def test_lazy_validation_data_are_read_where_keras_trains() -> None:
    model = network()
    model.compile("adam", "sparse_categorical_crossentropy", run_eagerly=True)
    with pytest.warns(HondoWarning, match="uncompiled"):
        history = fit(model, Lazy(), Y, verbose=0, validation_data=(Lazy(), Y)).history
    assert len(history["val_loss"]) == 1


def test_sparse_data_go_to_keras() -> None:
    with pytest.warns(HondoWarning, match="sparse"):
        history = fit(network(), scipy.sparse.csr_matrix(X), Y, verbose=0).history
    assert len(history["loss"]) == 1


def test_a_model_that_decides_in_python_trains_uncompiled_and_says_so() -> None:
    model = Doubting(always=False)
    model.compile("adam", "sparse_categorical_crossentropy")
    begun: list[int] = []
    watch = keras.callbacks.LambdaCallback(on_train_begin=lambda logs: begun.append(1))
    with pytest.warns(HondoWarning, match="in Python"):
        history = fit(model, X, Y, epochs=2, verbose=0, callbacks=[watch]).history
    assert len(history["loss"]) == 2
    assert begun == [1]
    assert not model.run_eagerly


def test_where_keras_cannot_train_either_its_own_error_comes() -> None:
    model = Doubting(always=True)
    model.compile("adam", "sparse_categorical_crossentropy")
    with pytest.warns(HondoWarning, match="in Python"), pytest.raises(RuntimeError, match="build the model"):
        fit(model, X, Y, verbose=0)


def test_a_wrong_shape_is_keras_own_error() -> None:
    with pytest.raises(ValueError, match="incompatible with the layer"):
        fit(network(), X[:, :3], Y, verbose=0)


def test_batch_hooks_given_as_functions_see_the_weights_of_the_moment() -> None:
    model, seen = network(), []
    hook = keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs: seen.append((batch + 1, int(model.optimizer.iterations.numpy())))
    )
    fit(model, X, Y, batch_size=8, verbose=0, callbacks=[hook])
    assert seen
    assert all(batch == step for batch, step in seen)


def test_a_damaged_checkpoint_is_never_more_than_an_error_of_ours(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.npz"
    fit(network(), X, Y, verbose=0, seed=0, checkpoint=Checkpointing(path))
    whole = path.read_bytes()
    for seed in range(300):
        chance, damaged = random.Random(seed), bytearray(whole)
        for _ in range(chance.choice([1, 5, 30])):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        path.write_bytes(damaged[: chance.randrange(len(damaged))] if seed % 3 == 0 else damaged)
        with suppress(HondoError):  # a few changes go unnoticed, in bytes that nobody reads
            load_checkpoint(path)
