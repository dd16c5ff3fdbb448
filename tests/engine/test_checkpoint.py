"""A training that was interrupted anywhere ends as if it had not been."""

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from networks import CASES, compiled, mlp

from hondo.core.backend import keras
from hondo.core.errors import TrainingError
from hondo.core.events import CancelToken, Event, Progress, TrainingEnded
from hondo.engine.callbacks import EarlyStopping, ReduceLROnPlateau
from hondo.engine.checkpoint import Checkpointing, load_checkpoint
from hondo.engine.fit import fit


def train(
    path: Path | None, case: str, stop_at: tuple[int, int] | None = None, epochs: int = 6, **options: Any
) -> tuple[list[Any], dict[str, list[float]], TrainingEnded]:
    """Train a case with callbacks that remember; optionally cancel after a step of an epoch."""
    chosen, token, ends = CASES[case], CancelToken(), []

    def sink(event: Event) -> None:
        if isinstance(event, Progress) and stop_at and (event.epoch, event.step) >= stop_at:
            token.cancel()
        if isinstance(event, TrainingEnded):
            ends.append(event)

    model = compiled(chosen, seed=4)
    history = fit(
        model,
        chosen.x,
        chosen.y,
        batch_size=16,
        epochs=epochs,
        verbose=0,
        seed=11,
        sink=sink,
        cancel=token,
        chunk_seconds=0.0,
        checkpoint=Checkpointing(path, **options) if path else None,
        **{"validation_split": 0.2, **chosen.fit, "callbacks": callbacks()},
    )
    return model.get_weights(), history.history, ends[-1]


@cache
def uninterrupted(case: str) -> tuple[list[Any], dict[str, list[float]], TrainingEnded]:
    """What all interrupted trainings of a case are compared with."""
    return train(None, case)


def callbacks() -> list[Any]:
    """Early stopping that fires, and a plateau that lowers the learning rate."""
    return [
        EarlyStopping(monitor="val_loss", patience=3, min_delta=0.02, restore_best_weights=True),
        ReduceLROnPlateau(monitor="loss", patience=1, factor=0.5, min_delta=0.05),
    ]


@pytest.mark.parametrize("case", ["mlp", "cnn with batch normalisation and dropout"])
@pytest.mark.parametrize("stop_at", [(0, 1), (0, 99), (1, 4), (2, 99)])
def test_resuming_gives_the_weights_and_history_of_the_uninterrupted_training(
    tmp_path: Path, case: str, stop_at: tuple[int, int]
) -> None:
    stop_at = (stop_at[0], min(stop_at[1], -(-int(len(CASES[case].y) * 0.8) // 16)))
    expected, expected_history, end = uninterrupted(case)
    path = tmp_path / "checkpoint.npz"
    _, _, first = train(path, case, stop_at)
    assert first.reason == "cancelled"
    weights, history, last = train(path, case)
    assert last.reason == end.reason
    assert history == expected_history
    for weight, reference in zip(weights, expected, strict=True):
        np.testing.assert_array_equal(weight, reference)


def test_resuming_a_finished_training_trains_nothing_and_gives_its_weights(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.npz"
    expected, expected_history, _ = train(path, "mlp")
    before = path.read_bytes()
    weights, history, _ = train(path, "mlp")
    assert history == expected_history
    assert path.read_bytes() == before
    for weight, reference in zip(weights, expected, strict=True):
        np.testing.assert_array_equal(weight, reference)


def test_more_epochs_go_on_from_a_finished_training(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.npz"
    train(path, "rmsprop", epochs=2)
    weights, history, _ = train(path, "rmsprop", epochs=4)
    expected, expected_history, _ = train(None, "rmsprop", epochs=4)
    assert history == expected_history
    for weight, reference in zip(weights, expected, strict=True):
        np.testing.assert_array_equal(weight, reference)


def test_checkpoints_keep_types_and_values_that_are_not_numbers(tmp_path: Path) -> None:
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((12,)), keras.layers.Dense(2, dtype="bfloat16")])
    model.compile("sgd", "mse")
    path = tmp_path / "checkpoint.npz"
    x, y = np.ones((8, 12), "float32"), np.ones((8, 2), "float32")
    fit(model, x, y, epochs=1, verbose=0, checkpoint=Checkpointing(path))
    state = load_checkpoint(path).state
    for value, variable in zip(state.trainable, model.trainable_variables, strict=True):
        assert value.dtype == variable.value.dtype
        np.testing.assert_array_equal(np.asarray(value, "float32"), np.asarray(variable.value, "float32"))


@pytest.mark.parametrize("damage", [b"", b"not a checkpoint", None])
def test_a_damaged_checkpoint_is_an_error_that_names_the_file(tmp_path: Path, damage: bytes | None) -> None:
    path = tmp_path / "checkpoint.npz"
    train(path, "mlp", epochs=1)
    path.write_bytes(path.read_bytes()[:-200] if damage is None else damage)
    with pytest.raises(TrainingError, match=r"checkpoint\.npz"):
        train(path, "mlp")


def test_a_checkpoint_of_another_model_or_training_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.npz"
    train(path, "mlp", epochs=1)
    with pytest.raises(TrainingError, match="other settings"):
        train(path, "mlp", identity="another")
    model = keras.Sequential([*mlp().layers[:-1], keras.layers.Dense(5)])
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    with pytest.raises(TrainingError, match="shapes"):
        fit(model, CASES["mlp"].x, CASES["mlp"].y, verbose=0, checkpoint=Checkpointing(path))
