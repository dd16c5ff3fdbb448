"""Fetching, proven against a real web server of the test's own; no test here needs or uses the outer network."""

import hashlib
import io
import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from http.server import HTTPServer, SimpleHTTPRequestHandler
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from hondo.core.errors import DataError
from hondo.core.language import use_language
from hondo.data.fetch import Download, Source, obtain, where
from hondo.data.sets.cifar import CIFAR10
from hondo.data.sets.mnist import MNIST

RNG = np.random.default_rng(0)


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(autouse=True)
def keras_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "keras-home"
    monkeypatch.setenv("KERAS_HOME", str(home))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    return home


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "site").mkdir()
    return tmp_path / "site"


@pytest.fixture
def server(site: Path) -> Iterator[HTTPServer]:
    with HTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=str(site))) as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.02,))
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def npz_bytes(train: int = 12, test: int = 4) -> bytes:
    stream = io.BytesIO()
    arrays = {}
    for part, count in (("train", train), ("test", test)):
        arrays[f"x_{part}"] = RNG.integers(0, 256, (count, 28, 28), dtype=np.uint8)
        arrays[f"y_{part}"] = (np.arange(count) % 10).astype(np.uint8)
    np.savez(stream, **arrays)
    return stream.getvalue()


def served_from(server: HTTPServer, content: bytes) -> Source:
    url = f"http://127.0.0.1:{server.server_port}/mnist.npz"
    return replace(MNIST, downloads=(Download("mnist.npz", url, hashlib.sha256(content).hexdigest()),))


def test_a_set_is_fetched_once_and_then_comes_from_the_cache(site: Path, server: HTTPServer, keras_home: Path) -> None:
    content = npz_bytes()
    (site / "mnist.npz").write_bytes(content)
    source = served_from(server, content)
    assert where(source) is None
    first = obtain(source)
    (site / "mnist.npz").unlink()
    again = obtain(source)
    assert where(source) == keras_home / "datasets" / "mnist.npz"
    assert first.train.x.shape == (12, 28, 28, 1)
    np.testing.assert_array_equal(again.train.x, first.train.x)
    np.testing.assert_array_equal(again.test.y, [0, 1, 2, 3])


def test_nothing_is_printed_where_results_are_read(
    site: Path, server: HTTPServer, capsys: pytest.CaptureFixture[str]
) -> None:
    content = npz_bytes()
    (site / "mnist.npz").write_bytes(content)
    obtain(served_from(server, content))
    assert capsys.readouterr() == ("", "")


def test_a_damaged_cache_is_fetched_again(site: Path, server: HTTPServer, keras_home: Path) -> None:
    content = npz_bytes()
    (site / "mnist.npz").write_bytes(content)
    (keras_home / "datasets").mkdir(parents=True)
    (keras_home / "datasets" / "mnist.npz").write_bytes(content[:500])
    assert len(obtain(served_from(server, content)).train) == 12


def test_a_file_with_another_checksum_is_refused_and_not_kept(site: Path, server: HTTPServer) -> None:
    (site / "mnist.npz").write_bytes(npz_bytes())
    source = served_from(server, b"what was published")
    with pytest.raises(DataError, match="wrong checksum"):
        obtain(source)
    assert where(source) is None


def unreachable(source: Source) -> Source:
    # Port 9 (discard) of this machine answers nobody: what a reader without a network sees.
    return replace(source, downloads=(Download("a-file.gz", "http://127.0.0.1:9/a-file.gz", "0" * 32),))


def test_without_a_network_both_ways_out_are_named(keras_home: Path) -> None:
    with pytest.raises(DataError) as caught:
        obtain(unreachable(MNIST))
    assert "'mnist' could not be fetched" in caught.value.message
    assert "HONDO_DATA is not set" in caught.value.message
    assert str(keras_home) in caught.value.message
    assert "Connect to the network once" in caught.value.hint
    assert "set HONDO_DATA" in caught.value.hint
    assert "train-images-idx3-ubyte.gz" in caught.value.hint


def test_a_server_that_lacks_the_file_is_told_of_in_spanish_too(server: HTTPServer) -> None:
    with use_language("es"), pytest.raises(DataError, match=r"no se pudo descargar 'mnist'(.|\n)*404"):
        obtain(served_from(server, b""))


@pytest.mark.parametrize(("there", "says"), [(True, "is not in"), (False, "is not a folder")])
def test_a_data_folder_without_the_set_is_named_among_the_places_searched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bool, says: str
) -> None:
    folder = tmp_path / "my-data"
    monkeypatch.setenv("HONDO_DATA", str(folder))
    if there:
        (folder / "unrelated" / "train" / "cats").mkdir(parents=True)
    with pytest.raises(DataError, match=says) as caught:
        obtain(unreachable(CIFAR10))
    assert str(folder) in caught.value.message


def test_a_cache_that_cannot_be_written_is_told_apart_from_a_missing_network(
    site: Path, server: HTTPServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "a-file-in-the-way"
    blocked.write_text("")
    monkeypatch.setenv("KERAS_HOME", str(blocked))
    with pytest.raises(DataError) as caught:
        obtain(served_from(server, npz_bytes()))
    assert "could not be written" in caught.value.message
    assert "KERAS_HOME" in caught.value.hint


def picture_folder(root: Path, classes: dict[str, int], shape: tuple[int, ...], count: int = 2) -> Path:
    """Pictures of one grey each, ``value`` for class number ``value`` // 20, in train/ and test/."""
    for split in ("train", "test"):
        for name, value in classes.items():
            (root / split / name).mkdir(parents=True)
            for number in range(count):
                Image.fromarray(np.full(shape, value + number, np.uint8)).save(root / split / name / f"{number}.png")
    return root


@pytest.mark.parametrize("spelling", [str.lower, str.upper, str])
def test_a_folder_of_pictures_is_numbered_as_the_set_is_whatever_its_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spelling
) -> None:
    classes = {spelling(name): 20 * number for number, name in enumerate(CIFAR10.classes)}
    picture_folder(tmp_path / "CIFAR-10", dict(reversed(classes.items())), (32, 32, 3))
    monkeypatch.setenv("HONDO_DATA", str(tmp_path))
    data = obtain(CIFAR10)
    assert data.classes == CIFAR10.classes
    np.testing.assert_array_equal(data.train.y, np.asarray(data.train.x[np.arange(20)])[:, 0, 0, 0] // 20)
    assert len(data.test) == 20
    assert any("20 + 20 samples of 50000 + 10000" in note for note in data.notes)
    assert where(CIFAR10) == tmp_path / "CIFAR-10"


def test_a_folder_of_pictures_may_call_its_classes_by_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = replace(MNIST, classes=tuple("abcdefghij"))
    picture_folder(tmp_path, {str(number): 20 * number for number in range(10)}, (28, 28))
    monkeypatch.setenv("HONDO_DATA", str(tmp_path))
    data = obtain(source)
    assert data.input_shape == (28, 28, 1)
    assert data.classes == source.classes
    np.testing.assert_array_equal(data.train.y, np.asarray(data.train.x[np.arange(20)])[:, 0, 0, 0] // 20)


def test_pictures_of_other_things_or_another_size_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HONDO_DATA", str(tmp_path))
    picture_folder(tmp_path / "cifar10", {"cat": 0, "dog": 20}, (32, 32, 3))
    with pytest.raises(DataError, match=r"classes are not those of 'cifar10': cat, dog(.|\n)*airplane"):
        obtain(CIFAR10)
    picture_folder(tmp_path / "mnist", {str(number): number for number in range(10)}, (20, 20))
    with pytest.raises(DataError, match="20×20×1 came, not of 28×28×1"):
        obtain(MNIST)


def test_a_part_of_the_real_cifar10_is_read_from_its_zip(shared_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HONDO_DATA", str(shared_data))
    assert where(CIFAR10) == shared_data / "cifar10" / "cifar10-images.zip"
    data = obtain(CIFAR10)
    assert data.input_shape == (32, 32, 3)
    np.testing.assert_array_equal(np.bincount(data.train.y), [2000] * 10)
    np.testing.assert_array_equal(np.bincount(data.test.y), [500] * 10)
    assert any("20000 + 5000" in note for note in data.notes)
