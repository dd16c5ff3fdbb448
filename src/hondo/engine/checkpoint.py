"""Checkpoints: one file with everything that a training needs to go on exactly.

A checkpoint is a NumPy ``.npz`` (no pickle) that holds the training state, the callbacks' state, the history and the
place in the epoch. It replaces its predecessor atomically: at any moment there is a whole one or none.
"""

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import jax.numpy as jnp
import ml_dtypes
import numpy as np

from hondo.core.arrays import Array
from hondo.core.backend import KerasModel
from hondo.core.errors import TrainingError
from hondo.core.files import write_atomically
from hondo.core.language import tr
from hondo.engine.callbacks import join_arrays, split_arrays
from hondo.engine.state import TrainState, variables

FORMAT = 1
# What NumPy and zipfile raise for damaged bytes; RuntimeError, for what then looks encrypted or of a later version.
UNREADABLE = (OSError, EOFError, ValueError, LookupError, TypeError, RuntimeError, zipfile.BadZipFile)


@dataclass(frozen=True)
class Checkpointing:
    """Where and how often to save.

    Attributes:
        path: the file; its folder must exist.
        every: save after so many epochs, and always when the training ends or is cancelled.
        resume: begin from the file if it is there.
        identity: describes what is trained; a checkpoint with another identity is refused.
        seconds: save within an epoch, too, when the last checkpoint is so old.
    """

    path: Path
    every: int = 1
    resume: bool = True
    identity: str = ""
    seconds: float = 60.0


@dataclass(frozen=True)
class Position:
    """How far a training has come: ``step`` steps into epoch ``epoch`` (from 0), and why it ended if it did."""

    epoch: int
    step: int = 0
    ended: str = ""


@dataclass(frozen=True)
class Checkpoint:
    """A training that can go on; ``learning_rates`` are those at the end of each epoch."""

    position: Position
    state: TrainState
    history: Mapping[str, list[float]]
    epochs: list[int]
    learning_rates: list[float] = field(default_factory=list)
    callbacks: list[dict[str, Any] | None] = field(default_factory=list)
    identity: str = ""
    seconds: float = 0.0


def _pack(value: Any) -> tuple[Array, str]:
    """An array that NumPy can save, and the name of its true type (bfloat16 and its kin are saved as their bits)."""
    array = np.asarray(value)
    name = array.dtype.name
    if array.dtype.kind == "V" or hasattr(ml_dtypes, name):
        return array.view(f"u{array.dtype.itemsize}"), name
    return array, name


def _unpack(array: Array, name: str) -> Array:
    return array if array.dtype.name == name else array.view(jnp.dtype(name))


def save_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """Write the checkpoint in place of the one before.

    Raises:
        StoreError: if the disk is full or the folder cannot be written; the earlier checkpoint is kept.
    """
    plain, arrays = split_arrays(checkpoint.callbacks)
    names: dict[str, str] = {}
    packed: dict[str, Array] = {}
    parts = checkpoint.state._asdict()
    state = {f"{part}/{i}": value for part, values in parts.items() for i, value in enumerate(values)}
    for key, value in {**arrays, **state}.items():
        packed[key], names[key] = _pack(value)
    about = {
        "format": FORMAT,
        "position": asdict(checkpoint.position),
        "history": {name: [float(v) for v in values] for name, values in checkpoint.history.items()},
        "epochs": checkpoint.epochs,
        "learning_rates": checkpoint.learning_rates,
        "callbacks": plain,
        "identity": checkpoint.identity,
        "seconds": checkpoint.seconds,
        "dtypes": names,
        "sizes": {part: len(values) for part, values in parts.items()},
    }
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, about=np.array(json.dumps(about)), **packed)
    write_atomically(path, buffer.getvalue())


def load_checkpoint(path: Path) -> Checkpoint:
    """Read a checkpoint.

    Raises:
        TrainingError: if the file is not a whole checkpoint of this format.
    """
    try:
        with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            about = json.loads(str(file["about"]))
            if about["format"] != FORMAT:
                raise KeyError("format")
            arrays = {key: _unpack(file[key], name) for key, name in about["dtypes"].items()}
    except UNREADABLE as error:
        raise TrainingError(
            tr(f"{path} is not a readable checkpoint", f"{path} no es un punto de control legible"),
            tr("Delete it to start this training afresh.", "Bórrelo para empezar de nuevo este entrenamiento."),
        ) from error
    state = TrainState(
        *([jnp.asarray(arrays[f"{part}/{i}"]) for i in range(about["sizes"][part])] for part in TrainState._fields)
    )
    return Checkpoint(
        position=Position(**about["position"]),
        state=state,
        history=about["history"],
        epochs=about["epochs"],
        learning_rates=about["learning_rates"],
        callbacks=join_arrays(about["callbacks"], arrays),
        identity=about["identity"],
        seconds=about["seconds"],
    )


def check_fits(checkpoint: Checkpoint, model: KerasModel, identity: str) -> None:
    """Refuse a checkpoint that belongs to another training.

    Raises:
        TrainingError: naming the first difference.
    """
    if identity != checkpoint.identity:
        raise TrainingError(
            tr(
                "the checkpoint belongs to a training run with other settings",
                "el punto de control es de un entrenamiento con otros ajustes",
            ),
            tr("Resume with the same data, model and settings.", "Reanude con los mismos datos, modelo y ajustes."),
        )
    for part, saved, own in zip(TrainState._fields, checkpoint.state, variables(model), strict=True):
        shapes, expected = [tuple(v.shape) for v in saved], [tuple(v.shape) for v in own]
        if shapes != expected:
            raise TrainingError(
                tr(
                    f"the checkpoint's {part} variables have shapes {shapes}, the model's {expected}",
                    f"las variables {part} del punto de control tienen formas {shapes}; las del modelo, {expected}",
                ),
                tr("Resume with the model that was trained.", "Reanude con el modelo que se entrenaba."),
            )
