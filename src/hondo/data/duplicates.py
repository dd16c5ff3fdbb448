"""Exact duplicates: samples of the training that turn up again where the model is judged make it look too good."""

import hashlib
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from hondo.core.arrays import Array, ArraySource
from hondo.core.language import tr
from hondo.data.dataset import Dataset, Split

_CHUNK = 1024


@dataclass(frozen=True)
class Duplicates:
    """How many samples repeat others, by inputs alone.

    Attributes:
        within: for each split, how many samples repeat an earlier one of the same split.
        across: for each pair of splits, which rows of the second are also in the first, as ``(rows,)``.
        conflicting: how many samples have the input of another but a different target.
    """

    within: dict[str, int]
    across: dict[tuple[str, str], Array]
    conflicting: int

    def note(self) -> str:
        """A sentence for the reader, in the language in force; empty if there are no duplicates."""
        spanish = {"train": "entrenamiento", "validation": "validación", "test": "prueba"}
        leaks = [
            tr(
                f"{len(rows)} of {second} also in {first}",
                f"{len(rows)} de {spanish[second]} también en {spanish[first]}",
            )
            for (first, second), rows in self.across.items()
            if len(rows)
        ]
        repeats = [
            tr(f"{count} within {name}", f"{count} dentro de {spanish[name]}")
            for name, count in self.within.items()
            if count
        ]
        if not leaks and not repeats:
            return ""
        listed = ", ".join(leaks + repeats)
        note = tr(f"Exact duplicates: {listed}.", f"Duplicados exactos: {listed}.")
        if leaks:
            note += tr(
                " Results on those samples look better than they are.",
                " Los resultados con esas muestras parecen mejores de lo que son.",
            )
        if self.conflicting:
            text = f" With the input of another sample but a different target: {self.conflicting}."
            note += tr(text, f" Con la entrada de otra muestra pero distinto objetivo: {self.conflicting}.")
        return note


def find_duplicates(dataset: Dataset) -> Duplicates:
    """Find samples whose raw inputs are equal to the last bit, within and across splits.

    Lazy pictures are compared as files, without decoding them.

    Args:
        dataset: the data; values equal as numbers (0.0 and -0.0) count as equal.
    """
    digests = {name: _digests(part.x) for name, part in dataset.splits.items()}
    unique = {name: np.unique(each) for name, each in digests.items()}
    within = {name: len(each) - len(unique[name]) for name, each in digests.items()}
    across = {
        (first, second): np.flatnonzero(np.isin(digests[second], unique[first]))
        for first, second in combinations(digests, 2)
    }
    return Duplicates(within, across, _conflicting(digests, dataset.splits))


def _digests(source: ArraySource) -> Array:
    """A 16-byte fingerprint of each sample, as an array of fixed-size bytes ``(samples,)``."""
    own = getattr(source, "digests", None)
    if own is not None:
        found = own()
    else:
        found = []
        for start in range(0, len(source), _CHUNK):
            rows = np.ascontiguousarray(source[start : start + _CHUNK])
            if rows.dtype.kind == "f":
                rows = rows + 0.0  # turns -0.0 into 0.0
            found += [hashlib.blake2b(row.data, digest_size=16).digest() for row in rows.reshape(len(rows), -1)]
    return np.frombuffer(b"".join(found), dtype="V16")


def _conflicting(digests: dict[str, Array], splits: dict[str, Split]) -> int:
    """Samples whose digest equals that of an earlier one with another target."""
    every = np.concatenate(list(digests.values()))
    targets = np.concatenate([part.y for part in splits.values()])
    _, first, group = np.unique(every, return_index=True, return_inverse=True)
    differ = targets != targets[first][group]
    return int(differ.reshape(len(differ), -1).any(axis=1).sum())
