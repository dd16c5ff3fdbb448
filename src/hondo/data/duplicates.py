"""Exact duplicates: samples of the training that turn up again where the model is judged make it look too good."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from hondo.core.arrays import Array, ArraySource
from hondo.core.language import tr
from hondo.data.dataset import Dataset, Split
from hondo.data.pictures import LazyPictures

MOST = 20_000_000
"""So many samples are searched at most; their fingerprints take 16 bytes each."""

_CHUNK = 1024
_CHUNK_BYTES = 2**22


@dataclass(frozen=True)
class Duplicates:
    """How many samples repeat others, by inputs alone.

    Attributes:
        within: for each split, how many samples repeat an earlier one of the same split.
        across: for each pair of splits, which rows of the second are also in the first, as ``(rows,)``.
        conflicting: how many samples have the input of another but a different target.
        searched: False if there were too many samples to search.
    """

    within: dict[str, int]
    across: dict[tuple[str, str], Array]
    conflicting: int
    searched: bool = True

    def note(self) -> str:
        """A sentence for the reader, in the language in force; empty if there are no duplicates."""
        if not self.searched:
            text = f"More than {MOST:,} samples: they were not searched for duplicates."
            return tr(text, f"Más de {MOST:,} muestras: no se buscaron duplicados.")
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

    Lazy pictures are compared as files, without decoding them; and of those only the few are read whole whose size
    and ends are equal.

    Args:
        dataset: the data; values equal as numbers (0.0 and -0.0) count as equal.
    """
    if sum(map(len, dataset.splits.values())) > MOST:
        names = list(dataset.splits)
        nothing = {pair: np.zeros(0, np.intp) for pair in combinations(names, 2)}
        return Duplicates(dict.fromkeys(names, 0), nothing, 0, searched=False)
    digests = _digests_by_split({name: part.x for name, part in dataset.splits.items()})
    unique = {name: np.unique(each) for name, each in digests.items()}
    within = {name: len(each) - len(unique[name]) for name, each in digests.items()}
    across = {
        (first, second): np.flatnonzero(np.isin(digests[second], unique[first]))
        for first, second in combinations(digests, 2)
    }
    return Duplicates(within, across, _conflicting(digests, dataset.splits))


def _digests_by_split(sources: dict[str, ArraySource]) -> dict[str, Array]:
    """A fingerprint of each sample that equal samples share, and no others."""
    marks = {name: getattr(source, "marks", ()) for name, source in sources.items()}
    if not all(marks.values()):
        return {name: _digests(source) for name, source in sources.items()}
    quick = {name: _fixed(hashlib.blake2b(mark, digest_size=16).digest() for mark in each)
             for name, each in marks.items()}  # fmt: skip
    values, counts = np.unique(np.concatenate(list(quick.values())), return_counts=True)
    shared = values[counts > 1]
    for name, source in sources.items():
        doubtful = np.flatnonzero(np.isin(quick[name], shared))
        if isinstance(source, LazyPictures) and len(doubtful):
            quick[name][doubtful] = _fixed(source.take(doubtful).digests())
    return quick


def _fixed(digests: Iterable[bytes]) -> Array:
    """Fingerprints as an array of fixed-size bytes ``(samples,)``."""
    return np.frombuffer(b"".join(digests), dtype="V16").copy()


def _digests(source: ArraySource) -> Array:
    """A 16-byte fingerprint of each sample ``(samples,)``."""
    if isinstance(source, LazyPictures):
        return _fixed(source.digests())
    row = int(np.prod(source.shape[1:])) * source.dtype.itemsize
    chunk = max(1, min(_CHUNK, _CHUNK_BYTES // max(1, row)))
    found = np.empty(len(source), "V16")
    for start in range(0, len(source), chunk):
        rows = np.ascontiguousarray(source[start : start + chunk])
        if rows.dtype.kind == "f":
            rows = rows + 0.0  # turns -0.0 into 0.0
        each = (hashlib.blake2b(row.data, digest_size=16).digest() for row in rows.reshape(len(rows), -1))
        found[start : start + chunk] = _fixed(each)
    return found


def _conflicting(digests: dict[str, Array], splits: dict[str, Split]) -> int:
    """Samples whose digest equals that of an earlier one with another target."""
    every = np.concatenate(list(digests.values()))
    targets = np.concatenate([part.y for part in splits.values()])
    _, first, group = np.unique(every, return_index=True, return_inverse=True)
    differ = targets != targets[first][group]
    return int(differ.reshape(len(differ), -1).any(axis=1).sum())
