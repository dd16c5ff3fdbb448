import numpy as np
import pytest

from hondo.core.arrays import ArraySource
from hondo.core.errors import DataError
from hondo.core.spec import DataSpec
from hondo.data import arrays_on_disk, npz
from hondo.data.arrays_on_disk import DiskRows, in_memory, is_mapped, read_npz
from hondo.data.load import load_dataset
from hondo.data.npz import load_npy_folder, load_npz

RNG = np.random.default_rng(0)
PICTURES = RNG.integers(0, 256, (40, 5, 6, 3), np.uint8)
LABELS = np.arange(40) % 4


@pytest.fixture
def no_memory(monkeypatch):
    monkeypatch.setattr(npz, "held_bytes", lambda: 100)
    monkeypatch.setattr(arrays_on_disk, "held_bytes", lambda: 100)


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "mine"
    place.mkdir()
    np.save(place / "X_train.npy", PICTURES[:30])
    np.save(place / "y_train.npy", LABELS[:30])
    np.save(place / "x_test.npy", PICTURES[30:])
    np.save(place / "y_test.npy", LABELS[30:])
    np.save(place / "classes.npy", np.array(["a", "b", "c", "d"]))
    return place


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", ["u1", ">f4", "<i8"])
def test_rows_on_the_disk_read_like_the_array(tmp_path, order, dtype):
    held = np.asarray(PICTURES, dtype, order=order)
    np.save(tmp_path / "x.npy", held)
    rows = DiskRows(np.load(tmp_path / "x.npy", mmap_mode="r"))
    assert isinstance(rows, ArraySource)
    assert (rows.shape, len(rows), rows.dtype) == (held.shape, 40, held.dtype.newbyteorder("="))
    assert rows[:].dtype.isnative
    for index in (3, -1, slice(2, 15, 4), np.array([5, 0, 5, 39, -2]), np.arange(40) % 3 == 0, np.array([], int)):
        np.testing.assert_array_equal(rows[index], held[index])
        np.testing.assert_array_equal(rows.take([7, 2, 30])[np.array([2, 0])], held[[30, 7]])
    with pytest.raises(IndexError):
        rows[np.array([40])]


def test_a_folder_of_npy_files_is_a_data_set_that_stays_on_the_disk_if_it_is_large(folder, no_memory):
    dataset = load_npy_folder(folder)
    assert dataset.kind == "image"
    assert dataset.classes == ("a", "b", "c", "d")
    assert isinstance(dataset.train.x, DiskRows)
    assert "stay on the disk" in dataset.notes[-1]
    np.testing.assert_array_equal(dataset.train.x[:], PICTURES[:30])
    np.testing.assert_array_equal(dataset.splits["test"].x[:], PICTURES[30:])
    np.testing.assert_array_equal(dataset.train.y, LABELS[:30])
    assert not is_mapped(dataset.train.y)


def test_a_small_folder_is_held_in_memory_and_found_by_its_path(folder):
    dataset = load_dataset(DataSpec(path=str(folder), validation=0.2))
    assert isinstance(dataset.train.x, np.ndarray)
    assert not is_mapped(dataset.train.x)
    assert {name: len(part) for name, part in dataset.splits.items()} == {"train": 24, "validation": 6, "test": 10}


def test_channels_first_on_the_disk_are_moved_without_reading(tmp_path, no_memory):
    np.save(tmp_path / "x.npy", np.moveaxis(PICTURES, -1, 1))
    np.save(tmp_path / "y.npy", LABELS)
    dataset = load_npy_folder(tmp_path)
    assert isinstance(dataset.train.x, DiskRows)
    assert is_mapped(dataset.train.x.array)
    np.testing.assert_array_equal(dataset.train.x[np.array([9, 1])], PICTURES[[9, 1]])


@pytest.mark.parametrize("version", [None, (2, 0)])
def test_a_large_npz_is_mapped_where_it_is_not_compressed(tmp_path, no_memory, version, monkeypatch):
    if version:
        write = np.lib.format.write_array
        monkeypatch.setattr("numpy.lib.format.write_array", lambda *a, **k: write(*a, **{**k, "version": version}))
    arrays = {"x": PICTURES, "y": LABELS, "classes": np.array(["a", "b", "c", "d"])}
    np.savez(tmp_path / "plain.npz", **arrays)
    np.savez_compressed(tmp_path / "small.npz", **arrays)
    plain, small = read_npz(tmp_path / "plain.npz"), read_npz(tmp_path / "small.npz")
    assert is_mapped(plain["x"])
    assert not is_mapped(small["x"])
    for name, array in arrays.items():
        np.testing.assert_array_equal(plain[name], array)
        np.testing.assert_array_equal(small[name], array)
    lazy, held = load_npz(tmp_path / "plain.npz"), load_npz(tmp_path / "small.npz")
    assert lazy.train.lazy
    assert not held.train.lazy
    np.testing.assert_array_equal(lazy.train.x[:], held.train.x)


@pytest.mark.parametrize("content", [b"", b"not numbers", b"\x93NUMPY\x01\x00v\x00{'descr': '<f8'"])
def test_a_damaged_npy_file_is_named(tmp_path, content):
    np.save(tmp_path / "y.npy", LABELS)
    (tmp_path / "x.npy").write_bytes(content)
    with pytest.raises(DataError, match=r"x\.npy: not a readable \.npy file") as caught:
        load_npy_folder(tmp_path)
    assert "np.save(" in caught.value.hint


def test_python_objects_are_refused(tmp_path):
    np.save(tmp_path / "x.npy", np.array([{}, {}], object), allow_pickle=True)
    np.save(tmp_path / "y.npy", LABELS[:2])
    with pytest.raises(DataError, match="holds Python objects"):
        load_npy_folder(tmp_path)


def test_what_is_mapped_is_told_from_what_is_held(tmp_path):
    np.save(tmp_path / "x.npy", PICTURES)
    mapped = np.load(tmp_path / "x.npy", mmap_mode="r")
    assert is_mapped(mapped[3:5, ..., :2])
    assert not is_mapped(mapped + 0)
    assert not is_mapped(in_memory(mapped))
    assert not is_mapped([1, 2])
