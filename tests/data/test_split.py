import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hondo.core.errors import DataError
from hondo.core.language import use_language
from hondo.data.dataset import Dataset, Split
from hondo.data.split import split

COUNTS = st.lists(st.integers(1, 60), min_size=2, max_size=6)
SHARES = st.sampled_from([0.05, 0.1, 0.2, 0.35, 0.5])


def classes_of(counts, *, shuffled: bool = False) -> Dataset:
    """Samples sorted by class, as files are; each input is its own number."""
    y = np.repeat(np.arange(len(counts)), counts)
    y = np.random.default_rng(1).permutation(y) if shuffled else y
    names = tuple(f"class {number}" for number in range(len(counts)))
    paths = tuple(map(str, range(len(y))))
    train = Split(np.arange(len(y), dtype=np.float64)[:, np.newaxis], y, paths)
    return Dataset("counts", "classification", "array", train, classes=names)


def numbers(part: Split | None) -> list[int]:
    assert part is not None
    return part.x[:, 0].astype(int).tolist()


@settings(deadline=None)
@given(counts=COUNTS, validation=SHARES, test=SHARES, seed=st.integers(0, 1000), shuffled=st.booleans())
def test_splits_are_disjoint_complete_stratified_and_reproducible(counts, validation, test, seed, shuffled):
    dataset = classes_of([count + 3 for count in counts], shuffled=shuffled)
    parts = split(dataset, validation=validation, test=test, seed=seed)
    rows = [numbers(part) for part in parts.splits.values()]
    assert sorted(np.concatenate(rows)) == list(range(len(dataset.train)))
    assert all(part == sorted(part) for part in rows)
    for part in parts.splits.values():
        np.testing.assert_array_equal(part.y, dataset.train.y[part.x[:, 0].astype(int)])
        assert part.paths == tuple(str(number) for number in numbers(part))
    sizes = np.bincount(dataset.train.y)
    in_test = np.bincount(parts.test.y, minlength=len(sizes))
    in_validation = np.bincount(parts.validation.y, minlength=len(sizes))
    assert (np.abs(in_test - test * sizes) < 1).all()
    assert (np.abs(in_validation - validation * (sizes - in_test)) < 1).all()
    assert abs(len(parts.test) - test * len(dataset.train)) <= 1
    assert np.bincount(parts.train.y, minlength=len(sizes)).min() >= 1
    again = split(dataset, validation=validation, test=test, seed=seed)
    assert [numbers(part) for part in again.splits.values()] == rows


@settings(deadline=None)
@given(counts=COUNTS, share=st.floats(0.1, 1.5), seed=st.integers(0, 1000))
def test_a_limit_keeps_the_proportions_and_every_class(counts, share, seed):
    dataset = classes_of(counts)
    limit = max(len(counts), int(share * len(dataset.train)))
    kept = split(dataset, validation=0, test=0, seed=seed, limit=limit).train
    assert len(kept) == min(limit, len(dataset.train))
    sizes, left = np.array(counts), np.bincount(kept.y, minlength=len(counts))
    assert left.min() >= 1
    assert (left <= np.maximum(1, np.ceil(limit / len(dataset.train) * sizes))).all()


def test_other_seeds_and_other_splits_are_other_draws():
    dataset = classes_of([200, 200])
    first, second = (split(dataset, validation=0.5, test=0, seed=seed) for seed in (0, 1))
    assert numbers(first.validation) != numbers(second.validation)
    tested = split(dataset, validation=0, test=0.5, seed=0)
    assert numbers(tested.test) != numbers(first.validation)
    assert 60 < np.mean(np.array(numbers(first.validation)) < 200) * 200 < 140


def test_regression_is_split_at_random():
    x = np.arange(100.0)[:, np.newaxis]
    dataset = Dataset("line", "regression", "array", Split(x, x[:, 0]))
    parts = split(dataset, validation=0.1, test=0.2, seed=0)
    assert [len(part) for part in parts.splits.values()] == [72, 8, 20]
    assert sorted(np.concatenate([numbers(part) for part in parts.splits.values()])) == list(range(100))
    assert np.ptp(numbers(parts.test)) > 50


def test_splits_that_the_data_bring_are_kept_and_zero_shares_make_none():
    dataset = split(classes_of([10, 10]), validation=0.1, test=0.2, seed=0)
    again = split(dataset, validation=0.5, test=0.5, seed=1)
    assert all(again.splits[name] is part for name, part in dataset.splits.items())
    assert list(split(classes_of([10, 10]), validation=0, test=0, seed=0).splits) == ["train"]


def test_a_tiny_share_still_holds_one_sample_out():
    parts = split(classes_of([5, 5]), validation=0.01, test=0.01, seed=0)
    assert [len(part) for part in parts.splits.values()] == [8, 1, 1]


def test_the_limit_covers_training_and_its_validation():
    parts = split(classes_of([500, 500]), validation=0.1, test=0.2, seed=0, limit=100)
    assert {name: len(part) for name, part in parts.splits.items()} == {"train": 90, "validation": 10, "test": 200}


def test_a_class_with_one_sample_stays_in_training_and_a_note_says_so():
    parts = split(classes_of([1, 40]), validation=0.1, test=0.2, seed=0)
    assert 0 in parts.train.y
    assert "Classes too small to have a sample in test: class 0." in parts.notes


def test_too_few_samples_are_refused_with_a_way_out():
    with pytest.raises(DataError, match="too few to hold any out for validation") as caught:
        split(classes_of([1, 1]), validation=0.1, test=0, seed=0)
    assert "data.validation to 0" in caught.value.hint
    with use_language("es"), pytest.raises(DataError, match="son pocas para apartar alguna para test"):
        split(classes_of([1, 1]), validation=0.1, test=0.2, seed=0)
    with pytest.raises(DataError, match="below one for each of the 3 classes"):
        split(classes_of([5, 5, 5]), validation=0, test=0, seed=0, limit=2)
