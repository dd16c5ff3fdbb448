"""Callbacks, cancelling, losses that are not finite, and what goes to Keras's own fit."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from networks import CASES, LABELS, NUMBERS, ROWS, compiled, mlp

from hondo.core.backend import keras
from hondo.core.errors import DataError, HondoWarning, ModelError
from hondo.core.events import CancelToken, EpochEnded, Event, Progress, TrainingEnded, TrainingStarted
from hondo.engine.callbacks import EarlyStopping
from hondo.engine.fit import fit

CASE = CASES["mlp"]


def test_events_tell_the_whole_story() -> None:
    events: list[Event] = []
    fit(compiled(CASE), ROWS, LABELS, batch_size=16, epochs=2, verbose=0, sink=events.append)
    kinds = [type(event) for event in events]
    assert kinds[0] is TrainingStarted
    assert kinds[-1] is TrainingEnded
    assert kinds.count(EpochEnded) == 2
    steps = [event.step for event in events if isinstance(event, Progress) and event.epoch == 1]
    assert steps == sorted(steps)
    assert steps[-1] == 13
    last = events[-1]
    assert isinstance(last, TrainingEnded)
    assert (last.reason, last.epochs_done) == ("complete", 2)


def test_keras_callbacks_do_what_they_do_in_keras() -> None:
    def train(fit_with: Any) -> tuple[Any, list[float]]:
        model = compiled(CASE)
        callbacks = [
            keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate * 0.5),
            keras.callbacks.ReduceLROnPlateau(monitor="loss", patience=1, min_delta=10.0),
            keras.callbacks.EarlyStopping(monitor="val_loss", patience=2, min_delta=10.0, restore_best_weights=True),
        ]
        history = fit_with(
            model, ROWS, LABELS, epochs=9, shuffle=False, validation_split=0.2, callbacks=callbacks, verbose=0
        )
        return model, history.history

    (ours, history), (theirs, expected) = train(fit), train(keras.Model.fit)
    assert history.keys() == expected.keys()
    for key, values in expected.items():
        np.testing.assert_allclose(history[key], values, rtol=1e-5)
    for weight, reference in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(weight, reference, rtol=1e-5, atol=1e-6)


def test_model_checkpoint_of_keras_saves_each_epoch(tmp_path: Any) -> None:
    path = str(tmp_path / "at-{epoch}.weights.h5")
    callback = keras.callbacks.ModelCheckpoint(path, save_weights_only=True)
    fit(compiled(CASE), ROWS, LABELS, epochs=2, verbose=0, callbacks=[callback])
    assert sorted(p.name for p in tmp_path.iterdir()) == ["at-1.weights.h5", "at-2.weights.h5"]


class Watcher(keras.callbacks.Callback):
    """Notes which batches it saw and what the first weight was."""

    def __init__(self) -> None:
        super().__init__()
        self.batches: list[int] = []
        self.seen: list[float] = []

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self.batches.append(batch)
        self.seen.append(float(np.asarray(self.model.trainable_variables[0].value)[0, 0]))


def test_batch_hooks_see_every_batch_when_asked() -> None:
    ours, theirs = Watcher(), Watcher()
    fit(compiled(CASE), ROWS, LABELS, epochs=1, shuffle=False, verbose=0, callbacks=[ours], every_batch=True)
    compiled(CASE).fit(ROWS, LABELS, epochs=1, shuffle=False, verbose=0, callbacks=[theirs])
    assert ours.batches == theirs.batches
    # Keras shows the variables of the epoch's beginning to its batch hooks; Hondo those after the batch.
    assert len(set(ours.seen)) == len(ours.seen)


def test_batch_hooks_are_called_at_chunk_ends_with_the_last_batch() -> None:
    watcher = Watcher()
    fit(compiled(CASE), ROWS, LABELS, batch_size=1, epochs=1, verbose=0, callbacks=[watcher])
    assert watcher.batches[-1] == 202
    assert len(watcher.batches) < 203


def test_a_callback_that_stops_in_mid_epoch_stops_there() -> None:
    class Stop(keras.callbacks.Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            self.model.stop_training = batch >= 2

    model = compiled(CASE)
    fit(model, ROWS, LABELS, batch_size=16, epochs=5, verbose=0, callbacks=[Stop()], every_batch=True)
    assert int(np.asarray(model.optimizer.iterations.value)) == 3


def test_cancelling_stops_before_another_chunk_begins() -> None:
    token, events = CancelToken(), []

    def sink(event: Event) -> None:
        events.append(event)
        if isinstance(event, Progress) and event.epoch == 1:
            token.cancel()

    model = compiled(CASE)
    fit(model, ROWS, LABELS, epochs=1000, verbose=0, sink=sink, cancel=token, chunk_seconds=0.0)
    after = [event for event in events if isinstance(event, Progress) and event.epoch == 1]
    assert len(after) == 1
    assert events[-1].reason == "cancelled"
    assert int(np.asarray(model.optimizer.iterations.value)) == 7 + after[0].step


def test_cancelling_before_the_first_step_leaves_the_weights() -> None:
    token = CancelToken()
    token.cancel()
    model = compiled(CASE)
    before = model.get_weights()
    fit(model, ROWS, LABELS, epochs=3, verbose=0, cancel=token)
    for weight, reference in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(weight, reference)


@pytest.mark.parametrize("chunk_seconds", [0.0, 10.0])
def test_a_loss_that_is_not_finite_stops_and_keeps_the_weights_before_it(chunk_seconds: float) -> None:
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((12,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(30.0), "mse")
    events: list[Event] = []
    fit(model, ROWS, NUMBERS, epochs=5, shuffle=False, verbose=0, sink=events.append, chunk_seconds=chunk_seconds)
    end = events[-1]
    assert isinstance(end, TrainingEnded)
    assert end.reason == "diverged"
    assert "step" in end.detail
    assert all(np.isfinite(weight).all() for weight in model.get_weights())
    taken = int(np.asarray(model.optimizer.iterations.value))
    assert taken > 3

    keras.utils.set_random_seed(0)
    reference = keras.Sequential([keras.Input((12,)), keras.layers.Dense(1)])
    reference.compile(keras.optimizers.SGD(30.0), "mse")
    for step in range(taken):
        index = np.arange(203)[(step % 7) * 32 : (step % 7 + 1) * 32]
        reference.train_on_batch(ROWS[index], NUMBERS[index])
    for weight, expected in zip(model.get_weights(), reference.get_weights(), strict=True):
        np.testing.assert_allclose(weight, expected, rtol=1e-4)


def test_a_diverged_training_warns_who_calls_from_python() -> None:
    model = keras.Sequential([keras.Input((12,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(1e30), "mse")
    with pytest.warns(HondoWarning, match="loss is"):
        fit(model, ROWS, NUMBERS, epochs=5, verbose=0)


def test_early_stopping_of_ours_is_that_of_keras() -> None:
    def train(stop: Any) -> Any:
        model = compiled(CASE)
        fit(model, ROWS, LABELS, epochs=20, shuffle=False, validation_split=0.2, callbacks=[stop], verbose=0)
        return model

    options = {"monitor": "val_loss", "patience": 2, "min_delta": 0.05, "restore_best_weights": True}
    ours, theirs = train(EarlyStopping(**options)), train(keras.callbacks.EarlyStopping(**options))
    for weight, reference in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_array_equal(weight, reference)


def test_batches_that_only_keras_can_read_go_to_keras_which_is_said() -> None:
    model, reference = compiled(CASE), compiled(CASE)
    events: list[Event] = []
    with pytest.warns(HondoWarning, match="_Sequence"):
        fit(model, _Sequence(), epochs=1, shuffle=False, verbose=0)
    history = fit(model, _Sequence(), epochs=2, initial_epoch=1, shuffle=False, verbose=0, sink=events.append)
    expected = reference.fit(_Sequence(), epochs=2, shuffle=False, verbose=0).history
    assert history.history["loss"] == pytest.approx(expected["loss"][1:])
    assert isinstance(events[-1], TrainingEnded)
    assert events[-1].epochs_done == 2


class _Sequence(keras.utils.PyDataset):
    """Batches that only Keras can read."""

    def __len__(self) -> int:
        return 3

    def __getitem__(self, index: int) -> Any:
        return ROWS[index * 32 : index * 32 + 32], LABELS[index * 32 : index * 32 + 32]


def test_an_uncompiled_model_is_an_error_that_says_what_to_do() -> None:
    with pytest.raises(ModelError, match=r"model\.compile"):
        fit(mlp(), ROWS, LABELS)


def test_arrays_of_unequal_length_are_an_error_with_both_lengths() -> None:
    with pytest.raises(DataError, match=r"\[100, 203\]"):
        fit(compiled(CASE), ROWS, LABELS[:100], verbose=0)


def test_class_and_sample_weights_together_are_an_error() -> None:
    with pytest.raises(DataError, match="sample_weight"):
        fit(compiled(CASE), ROWS, LABELS, class_weight={0: 1.0}, sample_weight=np.ones(203), verbose=0)


LEAVES_WHILE_COMPILING = """
import numpy as np
from hondo.core.backend import keras
from hondo.core.events import CancelToken, Progress
from hondo.engine.fit import fit

dense = keras.layers.Dense
model = keras.Sequential([keras.Input((8,)), *(dense(8, "gelu") for _ in range(40)), dense(1)])
model.compile("adam", "mse")
token = CancelToken()
stop = lambda event: token.cancel() if isinstance(event, Progress) else None
fit(model, np.ones((70, 8), "float32"), np.ones(70, "float32"), verbose=0, sink=stop, cancel=token)
"""


def test_a_process_can_end_while_a_program_is_being_compiled(tmp_path: Path) -> None:
    environment = {**os.environ, "JAX_COMPILATION_CACHE_DIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", LEAVES_WHILE_COMPILING], env=environment, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
