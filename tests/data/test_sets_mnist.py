"""MNIST's files: found by any of their names, told apart from Fashion-MNIST, and checked."""

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest

from hondo.core.errors import DataError
from hondo.data.catalogue import is_available, load_named, where

RNG = np.random.default_rng(0)
CANONICAL = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")


def idx_bytes(array: np.ndarray) -> bytes:
    header = bytes([0, 0, 8, array.ndim]) + b"".join(struct.pack(">I", length) for length in array.shape)
    return header + array.astype(np.uint8).tobytes()


def contents(train: int = 30, test: int = 10) -> dict[str, np.ndarray]:
    made = {}
    for prefix, count in (("train", train), ("t10k", test)):
        made[f"{prefix}-images-idx3-ubyte"] = RNG.integers(0, 256, (count, 28, 28), dtype=np.uint8)
        made[f"{prefix}-labels-idx1-ubyte"] = RNG.integers(0, 10, count, dtype=np.uint8)
    return made


def write(folder: Path, arrays: dict[str, np.ndarray], spelling: str = "{}.gz") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, array in arrays.items():
        path = folder / (spelling.format(name) if "{}" in spelling else spelling)
        path.write_bytes(gzip.compress(idx_bytes(array)) if path.suffix == ".gz" else idx_bytes(array))
    return folder


@pytest.fixture
def data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    monkeypatch.setenv("HONDO_DATA", str(folder))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras-home"))
    return folder


@pytest.mark.parametrize("place", [".", "mnist", "MNIST", "Mnist-images"])
@pytest.mark.parametrize("spelling", ["plain", "gzipped", "dotted"])
def test_the_four_files_are_found_by_any_of_their_usual_names(data_folder: Path, place: str, spelling: str) -> None:
    arrays = contents()
    for name, array in arrays.items():
        shown = {"plain": name, "gzipped": f"{name}.gz", "dotted": name.replace("-idx", ".idx")}[spelling]
        write(data_folder / place, {shown: array}, "{}")
    data = load_named("mnist")
    assert where("mnist") == data_folder / place
    assert (data.name, data.kind, data.classes) == ("mnist", "image", tuple("0123456789"))
    np.testing.assert_array_equal(data.train.x[..., 0], arrays[CANONICAL[0]])
    np.testing.assert_array_equal(data.train.y, arrays[CANONICAL[1]])
    np.testing.assert_array_equal(data.test.x[..., 0], arrays[CANONICAL[2]])
    np.testing.assert_array_equal(data.test.y, arrays[CANONICAL[3]])
    assert data.train.y.dtype == np.int64
    assert any("30 + 10 samples of 60000 + 10000" in note for note in data.notes)


def test_fashion_is_never_taken_for_mnist_nor_the_other_way_round(data_folder: Path) -> None:
    digits, clothes = contents(), contents()
    write(data_folder, digits)
    assert is_available("mnist")
    assert not is_available("fashion_mnist")
    write(data_folder / "fashion-mnist", clothes)
    np.testing.assert_array_equal(load_named("fashion_mnist").train.x[..., 0], clothes[CANONICAL[0]])
    np.testing.assert_array_equal(load_named("mnist").train.x[..., 0], digits[CANONICAL[0]])


def test_a_folder_called_fashion_may_be_the_data_folder_itself(
    data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HONDO_DATA", str(write(data_folder / "FashionMNIST", contents())))
    assert is_available("fashion_mnist")
    assert not is_available("mnist")


def test_a_missing_file_of_the_four_is_named(data_folder: Path) -> None:
    write(data_folder, contents())
    (data_folder / "t10k-labels-idx1-ubyte.gz").unlink()
    assert not is_available("mnist")
    with pytest.raises(DataError, match=r"t10k-labels-idx1-ubyte.gz is missing"):
        load_named("mnist")


@pytest.mark.parametrize(
    ("name", "values", "says"),
    [
        ("train-labels-idx1-ubyte", np.zeros(29), "30 pictures and .* 29 labels"),
        ("train-labels-idx1-ubyte", np.full(30, 10), "label 10 of sample 0 is not a class: they go from 0 to 9"),
        ("train-images-idx3-ubyte", np.zeros((30, 32, 32)), "30×32×32 of uint8, not n×28×28"),
        ("train-labels-idx1-ubyte", np.zeros((30, 28, 28)), "labels.* holds 30×28×28"),
    ],
)
def test_files_that_do_not_belong_together_are_refused(data_folder: Path, name: str, values, says: str) -> None:
    write(data_folder, contents() | {name: values})
    with pytest.raises(DataError, match=says):
        load_named("mnist")


def test_empty_files_are_refused(data_folder: Path) -> None:
    write(data_folder, contents(train=0))
    with pytest.raises(DataError, match="0 pictures"):
        load_named("mnist")


def test_a_truncated_file_is_refused_by_name(data_folder: Path) -> None:
    write(data_folder, contents())
    path = data_folder / "t10k-images-idx3-ubyte.gz"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(DataError, match=r"t10k-images-idx3-ubyte.gz"):
        load_named("mnist")


def test_the_real_mnist_is_complete_and_in_order(shared_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HONDO_DATA", str(shared_data))
    data = load_named("mnist")
    assert data.train.x.shape == (60_000, 28, 28, 1)
    assert data.test.x.shape == (10_000, 28, 28, 1)
    assert data.train.x.mean() == pytest.approx(33.3184, abs=1e-4)
    assert data.train.y[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert data.notes == ()
