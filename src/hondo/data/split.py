"""Holding samples out: which ones watch the training, and which ones judge it at the end.

Splits are drawn class by class, so that every part has the classes in the same proportions, and depend on nothing but
the seed and the targets. The order of the samples stays as it was: shuffling is the training's business.
"""

from dataclasses import replace

import numpy as np

from hondo.core.arrays import Array, IntArray
from hondo.core.errors import DataError
from hondo.core.language import tr
from hondo.core.seeds import generator
from hondo.data.dataset import Dataset, Split


def split(dataset: Dataset, *, validation: float, test: float, seed: int, limit: int | None = None) -> Dataset:
    """Give a data set the splits that it lacks.

    First the test samples are held out, then ``limit`` leaves aside training samples, and of the rest a share is held
    out for validation: no more than ``limit`` samples take part in training and its validation together.

    Args:
        dataset: the data; a test or validation split that it brings is kept as it is.
        validation: the share of the training samples to hold out for validation; 0 for none.
        test: the share of all samples to hold out for the final test; 0 for none.
        seed: decides which samples; other seeds give other splits.
        limit: how many training samples to use at most, chosen class by class.

    Returns:
        The data set with disjoint splits. Each class keeps at least one sample for training.

    Raises:
        DataError: if there are too few samples for that.
    """
    train = dataset.train
    held_out: dict[str, Split] = {}
    if test > 0 and dataset.test is None:
        train, held_out["test"] = _hold_out(dataset, train, test, seed, "test")
    if limit is not None and limit < len(train):
        train = _limited(dataset, train, limit, seed)
    if validation > 0 and dataset.validation is None:
        train, held_out["validation"] = _hold_out(dataset, train, validation, seed, "validation")
    notes = _scarce(dataset, train, held_out)
    return replace(dataset, train=train, **held_out).with_notes(*notes)


def _groups(dataset: Dataset, y: Array) -> list[IntArray]:
    """The rows of each class, or all rows for regression."""
    if dataset.task == "regression":
        return [np.arange(len(y))]
    order = np.argsort(y, kind="stable")
    counts = np.bincount(y, minlength=len(dataset.classes))
    return [rows for rows in np.split(order, np.cumsum(counts)[:-1]) if len(rows)]


def _hold_out(dataset: Dataset, train: Split, share: float, seed: int, name: str) -> tuple[Split, Split]:
    groups = _groups(dataset, train.y)
    sizes = np.array([len(rows) for rows in groups])
    quotas = share * sizes
    most = np.minimum(np.ceil(quotas).astype(np.int64), sizes - 1)
    total = min(max(1, round(share * len(train))), int(most.sum()))
    if total < 1:
        raise DataError(
            tr(
                f"{len(train)} samples in {len(groups)} classes are too few to hold any out for {name}",
                f"{len(train)} muestras de {len(groups)} clases son pocas para apartar alguna para {name}",
            ),
            tr(
                f"Each class keeps a sample for training: add samples or set data.{name} to 0.",
                f"Cada clase conserva una muestra para entrenar: añada muestras o ponga data.{name} a 0.",
            ),
        )
    rng = generator(seed, "split", name)
    taken = _allocate(quotas, total, np.zeros_like(sizes), most, rng)
    chosen = _draw(groups, taken, rng)
    rest = np.setdiff1d(np.arange(len(train)), chosen, assume_unique=True)
    return train.take(rest), train.take(chosen)


def _limited(dataset: Dataset, train: Split, limit: int, seed: int) -> Split:
    groups = _groups(dataset, train.y)
    sizes = np.array([len(rows) for rows in groups])
    if limit < len(groups):
        raise DataError(
            tr(
                f"a limit of {limit} samples is below one for each of the {len(groups)} classes",
                f"un límite de {limit} muestras no permite tener una de cada una de las {len(groups)} clases",
            ),
            tr(f"Set data.limit to {len(groups)} or more.", f"Ponga data.limit a {len(groups)} o más."),
        )
    rng = generator(seed, "split", "limit")
    kept = _allocate(limit * sizes / len(train), limit, np.ones_like(sizes), sizes, rng)
    return train.take(_draw(groups, kept, rng))


def _allocate(quotas: Array, total: int, least: IntArray, most: IntArray, rng: np.random.Generator) -> IntArray:
    """Whole numbers near ``quotas`` that sum to ``total``, by the largest remainders; ties are drawn.

    Each is within one of its quota, unless ``least`` or ``most``, which must allow the total, force it away.
    """
    counts = np.clip(np.floor(quotas).astype(np.int64), least, most)
    ties = rng.permutation(len(quotas))
    while (short := total - int(counts.sum())) != 0:
        step = 1 if short > 0 else -1
        room = counts < most if step > 0 else counts > least
        wanting = np.where(room, (quotas - counts) * step, -np.inf)
        order = np.lexsort((ties, -wanting))[: min(abs(short), int(room.sum()))]
        counts[order] += step
    return counts


def _draw(groups: list[IntArray], counts: IntArray, rng: np.random.Generator) -> IntArray:
    """So many rows of each group, in the order of the data."""
    drawn = [rng.choice(rows, count, replace=False) for rows, count in zip(groups, counts, strict=True)]
    return np.sort(np.concatenate(drawn))


def _scarce(dataset: Dataset, train: Split, held_out: dict[str, Split]) -> list[str]:
    """A note for each split that has no sample of some class."""
    notes = []
    for name, part in held_out.items():
        absent = np.setdiff1d(train.y, part.y) if dataset.task == "classification" else []
        if len(absent):
            listed = ", ".join(dataset.classes[number] for number in absent)
            text = f"Classes too small to have a sample in {name}: {listed}."
            notes.append(tr(text, f"Clases demasiado pequeñas para tener una muestra en {name}: {listed}."))
    return notes
