"""Fingerprints: of files, and of a model's weights by variable, so that the one that differs can be named."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hondo.core.backend import KerasModel, keras


@dataclass(frozen=True)
class Fingerprint:
    """One variable of a model.

    Attributes:
        path: its name in the model, such as ``dense_1/kernel``.
        shape: its shape.
        sha256: of its numbers in memory order, float32 as little-endian.
        norm: the square root of the sum of its squares, which shows how much two differ.
    """

    path: str
    shape: tuple[int, ...]
    sha256: str
    norm: float


def file_digest(path: Path) -> str:
    """The SHA-256 of a file, read a part at a time."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fingerprints(model: KerasModel) -> list[Fingerprint]:
    """Every weight of a model in Keras's order: what was trained, and what was counted along (moving means)."""
    found = []
    for variable in model.weights:
        values = np.ascontiguousarray(keras.ops.convert_to_numpy(variable.value))
        little = values.astype(values.dtype.newbyteorder("<"), copy=False)
        norm = float(np.sqrt(np.sum(np.square(values.astype(np.float64)))))
        found.append(Fingerprint(variable.path, values.shape, hashlib.sha256(little.tobytes()).hexdigest(), norm))
    return found


def changed_weights(expected: Sequence[Fingerprint], found: Sequence[Fingerprint]) -> list[tuple[str, str]]:
    """The variables that differ, each with what differs about it: ``shape``, ``values``, ``missing`` or ``new``."""
    changed = []
    for place in range(max(len(expected), len(found))):
        if place >= len(found):
            changed.append((expected[place].path, "missing"))
        elif place >= len(expected):
            changed.append((found[place].path, "new"))
        elif expected[place].shape != found[place].shape:
            changed.append((expected[place].path, "shape"))
        elif expected[place].sha256 != found[place].sha256:
            changed.append((expected[place].path, "values"))
    return changed
