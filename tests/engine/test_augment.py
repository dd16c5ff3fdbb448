"""Batches are transformed anew in each epoch, the same whatever the threads, windows and interruptions."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from networks import CASES, LABELS, PICTURES, ROWS, Subclassed, compiled, two_in_two_out
from test_feed import Lazy

import hondo.engine.reader as reading
from hondo.core.arrays import Array, ArrayShape, IntArray
from hondo.core.backend import keras
from hondo.core.errors import DataError, HondoWarning
from hondo.core.events import CancelToken, Event, Progress
from hondo.core.seeds import generator
from hondo.engine.checkpoint import Checkpointing
from hondo.engine.fit import fit

KINDS = LABELS[:103]


class Flips:
    """Mirrors some pictures of a batch; can also mix labels, which then are rows of shares."""

    def __init__(self, seed: int = 0, classes: int = 0) -> None:
        self.seed, self.classes = seed, classes
        self.calls: list[tuple[int, int, list[int]]] = []
        self.threads: set[int] = set()

    def output(self, x: ArrayShape, y: ArrayShape) -> tuple[ArrayShape, ArrayShape]:
        """As it comes, or with a share for each class."""
        mixed = ArrayShape((*y.shape[:1], self.classes), np.dtype(np.float32))
        return x, mixed if self.classes else y

    def __call__(self, x: Array, y: Array, index: IntArray, *, epoch: int, step: int) -> tuple[Array, Array]:
        """Flip by the drawn coins."""
        self.calls.append((epoch, step, index.tolist()))
        self.threads.add(threading.get_ident())
        coins = generator(self.seed, "flip", epoch, step).random(len(x)) < 0.5
        x = np.where(coins[:, None, None, None], x[:, :, ::-1], x)
        if self.classes:
            rows = np.eye(self.classes, dtype=np.float32)[y]
            return x, 0.75 * rows + 0.25 * rows[::-1]
        return x, y


def network(loss: str = "sparse_categorical_crossentropy") -> Any:
    keras.utils.set_random_seed(3)
    layers = keras.layers
    model = keras.Sequential(
        [keras.Input((8, 8, 1)), layers.Flatten(), layers.Dropout(0.1), layers.Dense(3, "softmax")]
    )
    model.compile(keras.optimizers.SGD(0.05, momentum=0.9), loss, metrics=["accuracy"])
    return model


def train(augment: Any = None, x: Any = PICTURES, y: Any = KINDS, **options: Any) -> tuple[list[Array], Any]:
    """Train the small convolution network; its weights and history."""
    model = network(options.pop("loss", "sparse_categorical_crossentropy"))
    options = {"batch_size": 16, "epochs": 3, "verbose": 0, "seed": 5, **options}
    history = fit(model, x, y, augment=augment, **options)
    return model.get_weights(), history.history


def assert_equal(found: list[Array], expected: list[Array]) -> None:
    for weight, reference in zip(found, expected, strict=True):
        np.testing.assert_array_equal(weight, reference)


def by_hand(augment: Flips, epochs: int, weights: Array | None = None) -> list[Array]:
    """The weights after training step by step on batches that were transformed one after the other."""
    model = network()
    for epoch in range(epochs):
        order = generator(5, "order", epoch).permutation(103)
        for step in range(7):
            index = order[step * 16 : (step + 1) * 16]
            x, y = augment(PICTURES[index], KINDS[index], index, epoch=epoch, step=step)
            model.train_on_batch(x, y, sample_weight=None if weights is None else weights[index])
    return model.get_weights()


@pytest.mark.parametrize("weighted", [False, True])
def test_the_model_learns_from_the_transformed_batches(weighted: bool) -> None:
    weights = np.linspace(0.5, 1.5, 103).astype("float32") if weighted else None
    found, _ = train(Flips(), sample_weight=weights)
    for weight, reference in zip(found, by_hand(Flips(), 3, weights), strict=True):
        np.testing.assert_allclose(weight, reference, rtol=1e-4, atol=1e-5)
    plain, _ = train(None, sample_weight=weights)
    assert any(np.abs(a - b).max() > 0.01 for a, b in zip(found, plain, strict=True))


def test_each_batch_is_transformed_once_with_its_samples_epoch_and_step() -> None:
    flips = Flips()
    train(flips)
    order = [generator(5, "order", epoch).permutation(103) for epoch in range(3)]
    wanted = [(e, s, order[e][s * 16 : (s + 1) * 16].tolist()) for e in range(3) for s in range(7)]
    assert sorted(flips.calls) == sorted(wanted)


@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize("window", [1, 3 * 16 * 64 * 4])
@pytest.mark.parametrize("source", [lambda x: x, Lazy])
def test_threads_windows_and_sources_change_no_bit(
    workers: int, window: int, source: Callable[[Any], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    expected, history = train(Flips())
    monkeypatch.setattr(reading, "cores", lambda: workers)
    monkeypatch.setattr(reading, "STREAM_BYTES", window)
    monkeypatch.setattr(reading, "PIECE_BYTES", 1000)
    flips = Flips()
    found, again = train(flips, source(PICTURES), chunk_seconds=0.0)
    assert len(flips.threads) <= workers
    assert again == history
    assert_equal(found, expected)


def test_labels_may_become_shares_of_classes() -> None:
    found, history = train(Flips(classes=3), loss="categorical_crossentropy", class_weight={0: 3.0, 2: 0.5})
    weights = np.array([3.0, 1.0, 0.5], "float32")[KINDS]  # by the labels as they were given
    explicit, again = train(Flips(classes=3), loss="categorical_crossentropy", sample_weight=weights)
    assert history == again
    assert_equal(found, explicit)


def test_validation_data_stay_as_they_are() -> None:
    flips = Flips()
    _, history = train(flips, validation_split=0.3, epochs=1)
    assert {number for _, _, index in flips.calls for number in index} == set(range(72))
    assert len(history["val_loss"]) == 1
    _, with_own = train(Flips(), PICTURES[:72], KINDS[:72], validation_data=(PICTURES[72:], KINDS[72:]), epochs=1)
    assert with_own["val_loss"] == pytest.approx(history["val_loss"])


def stopped(path: Path, stop_at: tuple[int, int], x: Any) -> None:
    token = CancelToken()

    def sink(event: Event) -> None:
        if isinstance(event, Progress) and (event.epoch, event.step) >= stop_at:
            token.cancel()

    train(Flips(), x, checkpoint=Checkpointing(path), sink=sink, cancel=token, chunk_seconds=0.0)


@pytest.mark.parametrize("stop_at", [(0, 1), (1, 5), (1, 6), (2, 7)])
@pytest.mark.parametrize("window", [2 * 16 * 64 * 4, 2**25])
def test_a_training_stopped_in_mid_epoch_ends_with_the_same_bits(
    tmp_path: Path, stop_at: tuple[int, int], window: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "STREAM_BYTES", window)
    expected, history = train(Flips())
    path = tmp_path / "checkpoint.npz"
    stopped(path, stop_at, Lazy(PICTURES))
    found, again = train(Flips(), Lazy(PICTURES), checkpoint=Checkpointing(path))
    assert again == history
    assert_equal(found, expected)


@pytest.mark.parametrize("kind", ["eager", "generator"])
def test_where_keras_trains_batches_are_transformed_too_or_it_is_said_that_they_cannot(kind: str) -> None:
    model, flips = network(), Flips()
    model.compile("sgd", "sparse_categorical_crossentropy", run_eagerly=True)
    if kind == "generator":
        batches = iter([(PICTURES[:16], KINDS[:16])])
        with pytest.raises(DataError, match="augment needs arrays"), pytest.warns(HondoWarning):
            fit(model, batches, augment=flips, verbose=0)
        return
    with pytest.warns(HondoWarning, match="Keras's own fit"):
        history = fit(
            model, Lazy(PICTURES), KINDS, batch_size=16, epochs=2, seed=5, augment=flips, verbose=0,
            validation_split=0.3, class_weight={0: 2.0},
        ).history  # fmt: skip
    assert len(history["val_loss"]) == 2
    orders = [generator(5, "order", epoch).permutation(72) for epoch in range(2)]
    wanted = {(epoch, step): orders[epoch][step * 16 :][:16].tolist() for epoch in range(2) for step in range(5)}
    assert {(epoch, step): index for epoch, step, index in flips.calls if epoch < 2} == wanted


def test_several_inputs_are_refused() -> None:
    case = CASES["two inputs, two outputs"]
    model = two_in_two_out()
    model.compile("sgd", {"kind": "sparse_categorical_crossentropy", "size": "mse"})
    with pytest.raises(DataError, match="one array of inputs"):
        fit(model, case.x, case.y, augment=Flips(), verbose=0)


def test_a_transform_that_fails_ends_the_training_with_its_own_error() -> None:
    class Fails(Flips):
        def __call__(self, x: Array, y: Array, index: IntArray, *, epoch: int, step: int) -> tuple[Array, Array]:
            if (epoch, step) == (1, 3):
                raise ZeroDivisionError("of the transform")
            return super().__call__(x, y, index, epoch=epoch, step=step)

    with pytest.raises(ZeroDivisionError, match="of the transform"):
        train(Fails())
    assert not [thread for thread in threading.enumerate() if thread.name.startswith(("hondo-read", "hondo-window"))]


def test_models_that_are_built_at_their_first_batch_see_the_transformed_shapes() -> None:
    class Doubles:
        def output(self, x: ArrayShape, y: ArrayShape) -> tuple[ArrayShape, ArrayShape]:
            return ArrayShape((x.shape[0], 2 * x.shape[1]), x.dtype), y

        def __call__(self, x: Array, y: Array, index: IntArray, *, epoch: int, step: int) -> tuple[Array, Array]:
            return np.concatenate([x, x], axis=1), y

    model = Subclassed()
    model.compile("sgd", "sparse_categorical_crossentropy")
    fit(model, ROWS, LABELS, augment=Doubles(), verbose=0)
    assert model.hidden.kernel.shape == (24, 8)


def test_without_a_seed_the_orders_are_those_of_the_global_generator() -> None:
    def go(augment: Any) -> list[Array]:
        model = compiled(CASES["mlp"])
        keras.utils.set_random_seed(8)
        fit(model, ROWS, LABELS, batch_size=16, epochs=3, verbose=0, augment=augment)
        return model.get_weights()

    class Nothing(Flips):
        def __call__(self, x: Array, y: Array, index: IntArray, *, epoch: int, step: int) -> tuple[Array, Array]:
            return x, y

    assert_equal(go(Nothing()), go(None))
