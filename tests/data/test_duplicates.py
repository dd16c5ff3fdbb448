import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from hondo.core.language import use_language
from hondo.data.dataset import Dataset, Split
from hondo.data.duplicates import find_duplicates
from hondo.data.folder import load_image_folder
from hondo.data.split import split


def dataset(train, test=None, labels=None) -> Dataset:
    x = np.array(train, dtype=np.float64)[:, np.newaxis]
    y = np.zeros(len(x), dtype=np.int64) if labels is None else np.array(labels)
    held_out = None if test is None else Split(np.array(test, dtype=np.float64)[:, np.newaxis], np.zeros(len(test)))
    return Dataset("few", "classification", "array", Split(x, y), test=held_out)


@settings(deadline=None)
@given(train=st.lists(st.integers(0, 9), min_size=1), test=st.lists(st.integers(0, 9), min_size=1))
def test_counts_agree_with_pythons_sets(train, test):
    found = find_duplicates(dataset(train, test))
    assert found.within == {"train": len(train) - len(set(train)), "test": len(test) - len(set(test))}
    assert found.across["train", "test"].tolist() == [row for row, value in enumerate(test) if value in set(train)]


def test_the_note_says_where_and_warns_of_leaks_only():
    assert find_duplicates(dataset([1, 2], [3])).note() == ""
    assert find_duplicates(dataset([1, 1, 2], [3])).note() == "Exact duplicates: 1 within train."
    leak = find_duplicates(dataset([1, 1, 2], [1, 2, 3]))
    assert leak.note() == (
        "Exact duplicates: 2 of test also in train, 1 within train. Results on those samples look better than they are."
    )
    with use_language("es"):
        assert leak.note().startswith(
            "Duplicados exactos: 2 de prueba también en entrenamiento, 1 dentro de entrenamiento."
        )


def test_equal_inputs_with_other_targets_are_counted():
    found = find_duplicates(dataset([1, 1, 2, 2], labels=[0, 1, 1, 1]))
    assert found.conflicting == 1
    assert "input of another sample but a different target: 1" in found.note()


def test_zero_and_minus_zero_and_nan_are_equal_to_themselves():
    assert find_duplicates(dataset([0.0, -0.0, np.nan, np.nan, 1.0])).within == {"train": 2}


@pytest.mark.parametrize("memory_limit", [0, 10**9])
def test_equal_files_are_found_whether_they_are_decoded_or_not(tmp_path, memory_limit):
    rng = np.random.default_rng(0)
    for number in range(8):
        path = tmp_path / "ab"[number % 2] / f"{number}.png"
        path.parent.mkdir(exist_ok=True)
        Image.fromarray(rng.integers(0, 256, (4, 4, 3), dtype=np.uint8)).save(path)
    (tmp_path / "b" / "copy.png").write_bytes((tmp_path / "a" / "0.png").read_bytes())
    found = find_duplicates(load_image_folder(tmp_path, memory_limit=memory_limit))
    assert found.within == {"train": 1}
    assert found.conflicting == 1


def test_planted_leaks_are_found_in_a_large_set():
    rng = np.random.default_rng(0)
    x = rng.integers(0, 256, (5000, 28, 28, 1), dtype=np.uint8)
    x[4990:] = x[:10]
    whole = Dataset("planted", "regression", "image", Split(x, np.arange(5000.0)))
    parts = split(whole, validation=0.1, test=0.2, seed=0)
    found = find_duplicates(parts)
    pairs = sum(found.within.values()) + sum(map(len, found.across.values()))
    assert pairs == 10
    for (first, second), rows in found.across.items():
        known = {picture.tobytes() for picture in parts.splits[first].x}
        assert all(picture.tobytes() in known for picture in parts.splits[second].x[rows])


def test_files_with_equal_ends_are_told_apart_by_what_lies_between(tmp_path):
    for number, name in enumerate(("a/1.bmp", "a/2.bmp", "b/1.bmp", "b/2.bmp")):
        picture = np.zeros((60, 60, 3), np.uint8)
        picture[30, 30] = number % 3  # so that the last equals the first
        (tmp_path / name).parent.mkdir(exist_ok=True)
        Image.fromarray(picture).save(tmp_path / name)
    lazy = load_image_folder(tmp_path, memory_limit=0)
    assert len({*lazy.train.x.marks}) == 1
    assert find_duplicates(lazy).within == {"train": 1}


def test_very_many_samples_are_not_searched_and_it_is_said(monkeypatch):
    monkeypatch.setattr("hondo.data.duplicates.MOST", 3)
    found = find_duplicates(dataset([1, 1, 1, 1]))
    assert found.within == {"train": 0}
    assert "not searched" in found.note()
