import shutil

import cv2
import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_iris

from hondo.core.errors import DataError, SpecError
from hondo.core.spec import DataSpec
from hondo.data.catalogue import load_named
from hondo.data.load import load_dataset

RNG = np.random.default_rng(0)


@pytest.fixture
def mine(tmp_path):
    """One of each: pictures in a folder and a zip, a table, arrays."""
    for number in range(20):
        path = tmp_path / "pictures" / "ab"[number % 2] / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(path), RNG.integers(0, 256, (6, 5, 3), dtype=np.uint8))
    shutil.make_archive(str(tmp_path / "packed"), "zip", tmp_path / "pictures")
    iris = load_iris(as_frame=True).frame
    iris.to_csv(tmp_path / "flowers.csv", index=False)
    np.savez(tmp_path / "arrays.npz", x=RNG.normal(size=(20, 3)), y=np.arange(20) % 2)
    return tmp_path


@pytest.mark.parametrize(
    ("name", "options", "kind", "samples"),
    [
        ("pictures", {}, "image", [14, 2, 4]),
        ("packed.zip", {}, "image", [14, 2, 4]),
        ("flowers.csv", {"target": "target"}, "table", [108, 12, 30]),
        ("arrays.npz", {}, "array", [14, 2, 4]),
        ("arrays.npz", {"test": 0.5, "validation": 0}, "array", [10, 10]),
    ],
)
def test_every_kind_of_path_is_loaded_and_split(mine, name, options, kind, samples):
    dataset = load_dataset(DataSpec(path=str(mine / name), **options))
    assert dataset.kind == kind
    assert [len(part) for part in dataset.splits.values()] == samples


def test_named_data_are_loaded_and_split():
    dataset = load_dataset(DataSpec(name="iris", limit=60))
    whole = load_named("iris")
    assert [len(part) for part in dataset.splits.values()] == [54, 6, 30]
    known = {row.tobytes() for row in whole.train.x}
    assert all(row.tobytes() in known for part in dataset.splits.values() for row in part.x)
    assert load_dataset(DataSpec(name="circle", options={"samples": 50})).input_shape == (2,)


def test_pictures_are_read_at_the_size_that_they_will_have(mine):
    assert load_dataset(DataSpec(path=str(mine / "pictures")), resize=(3, 4)).input_shape == (3, 4, 3)


def test_duplicates_end_up_in_the_notes(mine):
    frame = pd.DataFrame({"a": [1.5] * 40, "b": [2.5] * 40, "y": ["yes", "no"] * 20})
    frame.to_csv(mine / "same.csv", index=False)
    notes = load_dataset(DataSpec(path=str(mine / "same.csv"), target="y")).notes
    assert "Exact duplicates: 3 of validation also in train, 8 of test also in train" in notes[-1]


def test_the_same_seed_gives_the_same_splits(mine):
    spec = DataSpec(path=str(mine / "arrays.npz"), seed=3)
    first, second = load_dataset(spec), load_dataset(spec)
    for name, part in first.splits.items():
        np.testing.assert_array_equal(part.x, second.splits[name].x)


@pytest.mark.parametrize(
    ("name", "message", "hint"),
    [
        ("flower.csv", "flower.csv does not exist", "'flowers.csv'"),
        ("pictures/c", "c does not exist", "a, b"),
        ("nowhere/deep/file.csv", "nowhere does not exist", "Known"),
        ("notes.docx", r"of a kind that is not supported: \.docx", ".csv"),
        ("plain", "of a kind that is not supported: —", ".npz"),
    ],
)
def test_paths_that_lead_nowhere_are_refused_with_the_nearest_one(mine, name, message, hint):
    for file in ("notes.docx", "plain"):
        (mine / file).write_text("something", encoding="utf-8")
    with pytest.raises(DataError, match=message) as caught:
        load_dataset(DataSpec(path=str(mine / name), target="y"))
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("pictures", {"target": "y"}, r"'data\.target' would not be used"),
        ("packed.zip", {"task": "regression"}, r"'data\.task' would not be used"),
        ("arrays.npz", {"target": "y"}, r"'data\.target' would not be used"),
        ("flowers.csv", {}, r"'data\.target' is missing"),
    ],
)
def test_keys_that_do_not_go_with_the_data_are_refused(mine, name, options, message):
    with pytest.raises(SpecError, match=message):
        load_dataset(DataSpec(path=str(mine / name), **options))


def test_damaged_pictures_are_left_out_or_refused_as_the_spec_says(mine):
    path = mine / "pictures"
    (path / "a" / "0.png").write_bytes((path / "a" / "0.png").read_bytes()[:50])
    assert "a/0.png" in " ".join(load_dataset(DataSpec(path=str(path))).notes)
    with pytest.raises(DataError, match=r"a/0\.png"):
        load_dataset(DataSpec(path=str(path), on_corrupt="refuse"))


@pytest.mark.parametrize(("name", "options"), [("flowers.csv", {"target": "target"}), ("arrays.npz", {})])
def test_only_pictures_can_be_damaged(mine, name, options):
    with pytest.raises(SpecError, match=r"'data\.on_corrupt' would not be used"):
        load_dataset(DataSpec(path=str(mine / name), on_corrupt="refuse", **options))
