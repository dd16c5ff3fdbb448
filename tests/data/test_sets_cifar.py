"""CIFAR's binary files, written by the test from the format's description, and read back."""

import io
import tarfile
from pathlib import Path

import numpy as np
import pytest

from hondo.core.errors import DataError
from hondo.data.catalogue import entry, is_available, load_named, where

RNG = np.random.default_rng(0)
NAMES_10 = [*(f"data_batch_{number}.bin" for number in range(1, 6)), "test_batch.bin"]


def pictures(count: int) -> np.ndarray:
    return RNG.integers(0, 256, (count, 32, 32, 3), dtype=np.uint8)


def record(labels: tuple[int, ...], picture: np.ndarray) -> bytes:
    """The labels, then the whole red plane, the green one and the blue one, row by row."""
    planes = b"".join(bytes(int(value) for value in picture[:, :, channel].ravel()) for channel in range(3))
    return bytes(labels) + planes


def batches_10(count: int = 3) -> tuple[dict[str, bytes], np.ndarray, np.ndarray]:
    x, y = pictures(6 * count), RNG.integers(0, 10, 6 * count)
    rows = [record((int(label),), picture) for label, picture in zip(y, x, strict=True)]
    return {name: b"".join(rows[i * count : (i + 1) * count]) for i, name in enumerate(NAMES_10)}, x, y


def write(folder: Path, files: dict[str, bytes]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)


def archive(path: Path, files: dict[str, bytes]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, "w:gz") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))


@pytest.fixture
def data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HONDO_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras-home"))
    return tmp_path / "data"


@pytest.mark.parametrize("place", [".", "cifar10", "cifar-10-batches-bin", "cifar10/cifar-10-batches-bin", "archive"])
def test_cifar10_is_read_from_its_binary_files_or_their_archive(data_folder: Path, place: str) -> None:
    files, x, y = batches_10()
    if place == "archive":
        archive(data_folder / "cifar-10-binary.tar.gz", {f"cifar-10-batches-bin/{name}": files[name] for name in files})
    else:
        write(data_folder / place, files)
    data = load_named("cifar10")
    np.testing.assert_array_equal(data.train.x, x[:15])
    np.testing.assert_array_equal(data.train.y, y[:15])
    np.testing.assert_array_equal(data.test.x, x[15:])
    np.testing.assert_array_equal(data.test.y, y[15:])
    assert data.train.x.dtype == np.uint8
    assert data.train.y.dtype == np.int64
    assert data.classes[0] == "airplane"
    assert is_available("cifar10")
    assert not is_available("cifar100")


def test_cifar100_has_fine_and_coarse_labels(data_folder: Path) -> None:
    x, coarse, fine = pictures(8), RNG.integers(0, 20, 8), RNG.integers(20, 100, 8)
    rows = [record((int(c), int(f)), picture) for c, f, picture in zip(coarse, fine, x, strict=True)]
    write(data_folder / "cifar-100-binary", {"train.bin": b"".join(rows[:6]), "test.bin": b"".join(rows[6:])})
    by_fine, by_coarse = load_named("cifar100"), load_named("cifar100", {"labels": "coarse"})
    np.testing.assert_array_equal(by_fine.train.x, x[:6])
    np.testing.assert_array_equal(by_fine.train.y, fine[:6])
    np.testing.assert_array_equal(by_coarse.test.y, coarse[6:])
    assert (len(set(by_fine.classes)), len(set(by_coarse.classes))) == (100, 20)
    assert list(by_fine.classes) == sorted(by_fine.classes)
    assert where("cifar100") == data_folder / "cifar-100-binary"


def test_a_file_that_is_not_a_whole_number_of_records_is_refused(data_folder: Path) -> None:
    files, *_ = batches_10()
    write(data_folder, files | {"data_batch_4.bin": files["data_batch_4.bin"][:-1]})
    with pytest.raises(DataError, match=r"data_batch_4.bin: its 9218 bytes are not a whole number of records of 3073"):
        load_named("cifar10")
    write(data_folder, files | {"test_batch.bin": b""})
    with pytest.raises(DataError, match=r"test_batch.bin: its 0 bytes"):
        load_named("cifar10")


def test_a_label_that_is_not_a_class_is_refused(data_folder: Path) -> None:
    files, *_ = batches_10()
    write(data_folder, files | {"data_batch_2.bin": record((0,), pictures(1)[0]) + record((10,), pictures(1)[0])})
    with pytest.raises(DataError, match=r"data_batch_2.bin: label 10 of sample 1"):
        load_named("cifar10")


def test_missing_files_are_named_in_a_folder_and_in_an_archive(data_folder: Path) -> None:
    files, *_ = batches_10()
    del files["data_batch_3.bin"]
    write(data_folder / "cifar10", files)
    with pytest.raises(DataError, match=r"data_batch_3.bin is missing"):
        load_named("cifar10")
    archive(data_folder / "cifar10" / "cifar-10-binary.tar.gz", files)
    with pytest.raises(DataError, match=r"lacks data_batch_3.bin"):
        load_named("cifar10")


def test_a_damaged_archive_is_refused(data_folder: Path) -> None:
    files, *_ = batches_10()
    path = data_folder / "cifar-10-binary.tar.gz"
    archive(path, files)
    content = path.read_bytes()
    for damaged in (content[: len(content) // 2], b"not an archive", content[:5000] + bytes(500) + content[5500:]):
        path.write_bytes(damaged)
        with pytest.raises(DataError, match=r"cifar-10-binary.tar.gz"):
            load_named("cifar10")


def test_links_and_unexpected_members_of_an_archive_are_never_followed_or_written(data_folder: Path) -> None:
    files, *_ = batches_10()
    secret = data_folder.parent / "secret.bin"
    secret.write_bytes(files["test_batch.bin"])
    path = data_folder / "cifar-10-binary.tar.gz"
    data_folder.mkdir()
    with tarfile.open(path, "w:gz") as tar:
        for name in [*NAMES_10[:5], "../../escaped.bin"]:
            member = tarfile.TarInfo(name)
            member.size = len(files["test_batch.bin"])
            tar.addfile(member, io.BytesIO(files["test_batch.bin"]))
        link = tarfile.TarInfo("test_batch.bin")
        link.type, link.linkname = tarfile.SYMTYPE, str(secret)
        tar.addfile(link)
    before = sorted(data_folder.parent.rglob("*"))
    with pytest.raises(DataError, match=r"lacks test_batch.bin"):
        load_named("cifar10")
    assert sorted(data_folder.parent.rglob("*")) == before


def test_class_numbers_agree_with_a_folder_in_alphabetical_order() -> None:
    classes = entry("cifar10").files.classes
    assert list(classes) == sorted(classes)
