"""Features are computed once and kept: never anew for the same pictures, never old ones for others."""

import io
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from hondo.core.arrays import Array
from hondo.core.backend import keras
from hondo.core.errors import StoreError
from hondo.core.events import CancelToken, Event, Notice
from hondo.core.language import use_language
from hondo.core.spec import AugmentSpec, PreprocessSpec
from hondo.data.augment.augmenter import Augmenter
from hondo.data.dataset import Dataset, Split
from hondo.data.files import FolderFiles
from hondo.data.pictures import LazyPictures
from hondo.data.preprocess import LazyPreprocessed, Preprocessor, fit_preprocessor
from hondo.engine.program import Cancelled
from hondo.experiments.transfer.features import BATCH, AugmentedPass, Extractor

COUNT, SIDE = 70, (6, 6, 3)
RAW = np.random.default_rng(0).integers(0, 256, (COUNT, *SIDE), dtype=np.uint8)
MOVED = AugmentSpec(rotation=20, horizontal_flip=True, brightness=0.3)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that features are kept in, empty."""
    monkeypatch.setenv("HONDO_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "features"


def backbone(seed: int = 0, pooling: str = "Average", side: tuple[int, ...] = SIDE) -> keras.Model:
    """A small network with weights of which no two are alike."""
    pool = getattr(keras.layers, f"Global{pooling}Pooling2D")
    inputs = keras.Input(side)
    x = keras.layers.BatchNormalization()(keras.layers.Conv2D(4, 3)(keras.layers.Rescaling(1 / 255)(inputs)))
    model = keras.Model(inputs, pool()(x))
    rng = np.random.default_rng(seed)
    model.set_weights([rng.uniform(0.1, 0.9, weight.shape) for weight in model.get_weights()])
    return model


def preprocessor(raw: Any = RAW, **spec: Any) -> Preprocessor:
    data = Dataset("d", "classification", "image", Split(raw, np.arange(len(raw)) % 2), classes=("a", "b"))
    return fit_preprocessor(PreprocessSpec(**spec), data)


def extractor(model: keras.Model | None = None, **changes: Any) -> tuple[Extractor, list[str]]:
    """An extractor, and what it will have said."""
    said: list[str] = []

    def sink(event: Event) -> None:
        assert isinstance(event, Notice)
        said.append(event.text)

    made = Extractor(model or backbone(), "small", preprocessor(), sink, CancelToken())
    return replace(made, **changes), said


def files(cache: Path) -> list[str]:
    return sorted(path.name for path in cache.iterdir()) if cache.is_dir() else []


def test_features_are_those_that_keras_predicts(cache: Path) -> None:
    extract, said = extractor()
    prepared = extract.preprocessor.apply(RAW)
    found = extract.features(RAW, prepared)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, backbone().predict(prepared, verbose=0), rtol=1e-5, atol=1e-6)
    assert said == [f"computing the features of {COUNT} pictures"]
    np.testing.assert_array_equal(np.load(cache / files(cache)[0]), found)


@pytest.mark.parametrize("count", [1, BATCH, 16 * BATCH + 1, 16 * BATCH + BATCH])
def test_any_number_of_pictures_is_taken_whole_and_in_order(count: int) -> None:
    raw = np.random.default_rng(count).integers(0, 256, (count, *SIDE), dtype=np.uint8)
    extract, _ = extractor()
    expected = backbone().predict(raw.astype("float32"), verbose=0)
    np.testing.assert_allclose(extract.features(raw, raw.astype("float32")), expected, rtol=1e-5, atol=1e-6)


def test_a_second_call_takes_what_the_file_holds(cache: Path) -> None:
    extract, said = extractor()
    found = extract.features(RAW, RAW.astype("float32"))
    path = cache / files(cache)[0]
    written = path.stat().st_mtime_ns
    again, also_said = extractor()  # another model with the same weights, as a later run has it
    np.testing.assert_array_equal(again.features(RAW, RAW.astype("float32")), found)
    assert path.stat().st_mtime_ns == written
    assert (said + also_said)[1] == f"{COUNT} features from the cache"
    np.save(path, found + 1)
    np.testing.assert_array_equal(again.features(RAW, RAW.astype("float32")), found + 1)


def changed_picture() -> Array:
    raw = RAW.copy()
    raw[-1, 0, 0, 0] ^= 1
    return raw


OTHERS: dict[str, tuple[Any, Any, dict[str, Any]]] = {
    "a weight": (lambda: extractor(backbone(1)), RAW, {}),
    "the pooling": (lambda: extractor(backbone(0, "Max")), RAW, {}),
    "the preprocessing": (lambda: extractor(preprocessor=preprocessor(greyscale=True)), RAW, {}),
    "the mean": (lambda: extractor(preprocessor=preprocessor(RAW // 2, standardise="channel")), RAW, {}),
    "the name": (lambda: extractor(name="other"), RAW, {}),
    "a bit of a picture": (extractor, changed_picture(), {}),
    "the order": (extractor, RAW[::-1], {}),
    "one picture less": (extractor, RAW[:-1], {}),
    "how they are augmented": (extractor, RAW, {"augment": {"rotation": 10}, "seed": 0, "pass": 0}),
    "the seed": (extractor, RAW, {"augment": {"rotation": 20}, "seed": 1, "pass": 0}),
    "the pass": (extractor, RAW, {"augment": {"rotation": 20}, "seed": 0, "pass": 1}),
}


@pytest.mark.parametrize("what", OTHERS)
def test_whatever_changes_features_leads_to_another_file(what: str, cache: Path) -> None:
    make, raw, how = OTHERS[what]
    usual = {"augment": {"rotation": 20}, "seed": 0, "pass": 0} if how else {}
    first, _ = extractor()
    if what == "the mean":
        first = replace(first, preprocessor=preprocessor(standardise="channel"))
    first.features(RAW, RAW.astype("float32"), usual)
    other, said = make()
    other.features(raw, raw.astype("float32"), how)
    assert len(files(cache)) == 2
    assert said[0].startswith("computing")


def test_equal_pictures_of_another_shape_are_others(cache: Path) -> None:
    extractor(backbone(side=(6, 6, 3)))[0].features(RAW, RAW.astype("float32"))
    wide = RAW.reshape(COUNT, 4, 9, 3)
    extractor(backbone(side=(4, 9, 3)))[0].features(wide, wide.astype("float32"))
    assert len(files(cache)) == 2


IN_A_FRESH_PROCESS = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from tests.experiments.transfer.test_features import RAW, backbone, extractor, keras
keras.layers.Conv2D(3, 3)  # so that the layers get other names by themselves
extract, said = extractor()
extract.features(RAW, RAW.astype("float32"), {"seed": 3, "augment": {"zoom": 0.1, "rotation": 2.0}})
print(*said)
"""


def test_a_later_process_finds_the_file(cache: Path) -> None:
    extract, _ = extractor()
    extract.features(RAW, RAW.astype("float32"), {"augment": {"rotation": 2.0, "zoom": 0.1}, "seed": 3})
    before = files(cache)
    repository = Path(__file__).resolve().parents[3]
    environment = {**os.environ, "PYTHONHASHSEED": "5", "PYTHONPATH": str(repository / "src"), "HONDO_LANG": "en"}
    done = subprocess.run(
        [sys.executable, "-c", IN_A_FRESH_PROCESS, str(repository)],
        env=environment, capture_output=True, text=True, cwd=repository,
    )  # fmt: skip
    assert done.stdout.strip() == f"{COUNT} features from the cache", done.stderr
    assert files(cache) == before


def npy(array: Array) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=True)
    return buffer.getvalue()


GOOD = npy(np.ones((COUNT, 4), "float32"))


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        b"no NumPy",
        GOOD[:40],
        GOOD[:-1],
        GOOD.replace(b"(70, 4)", b"(70, 9)"),
        GOOD.replace(b"(70, 4)", b"(7)4, 4"),
        npy(np.ones((COUNT, 5), "float32")),
        npy(np.ones((COUNT, 4), "float64")),
        npy(np.array([{"a": 1}], dtype=object)),
    ],
    ids=["empty", "text", "no header", "cut", "too little", "no shape", "too wide", "doubles", "pickle"],
)
def test_a_damaged_file_is_made_again(damaged: bytes, cache: Path) -> None:
    extract, said = extractor()
    found = extract.features(RAW, RAW.astype("float32"))
    path = cache / files(cache)[0]
    path.write_bytes(damaged)
    np.testing.assert_array_equal(extract.features(RAW, RAW.astype("float32")), found)
    assert [text.split()[0] for text in said] == ["computing", "computing"]
    np.testing.assert_array_equal(np.load(path), found)


def test_any_damaged_bytes_are_no_error(cache: Path) -> None:
    extract, _ = extractor()
    found = extract.features(RAW, RAW.astype("float32"))
    path = cache / files(cache)[0]
    whole = path.read_bytes()
    rng = np.random.default_rng(0)
    for _ in range(60):  # the header is 128 bytes; what changes inside of it may be anything
        damaged = bytearray(whole)
        damaged[rng.integers(0, 128)] = rng.integers(0, 256)
        path.write_bytes(damaged)
        assert extract.features(RAW, RAW.astype("float32")).shape == found.shape


@pytest.fixture
def lazy(tmp_path: Path) -> LazyPictures:
    """The pictures as files."""
    names = tuple(f"{number:03}.png" for number in range(COUNT))
    for name, picture in zip(names, RAW, strict=True):
        cv2.imwrite(str(tmp_path / name), picture[..., ::-1])
    return LazyPictures(FolderFiles(tmp_path), names, (6, 6))


def test_pictures_that_are_read_on_demand_give_the_same(lazy: LazyPictures, cache: Path, tmp_path: Path) -> None:
    extract, said = extractor()
    lent = LazyPreprocessed(lazy, extract.preprocessor)
    found = extract.features(lazy, lent)
    np.testing.assert_allclose(found, backbone().predict(RAW.astype("float32"), verbose=0), rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(extract.features(lazy, lent), found)
    assert said[-1].endswith("from the cache")
    cv2.imwrite(str(tmp_path / "069.png"), 255 - RAW[69][..., ::-1])
    other = extract.features(lazy, lent)
    assert said[-1].startswith("computing")
    np.testing.assert_array_equal(other[:64], found[:64])
    assert not np.allclose(other[69], found[69])


def test_an_augmented_pass_is_what_the_augmenter_makes_of_an_epoch() -> None:
    prepare = preprocessor(scale="unit").apply
    augment = Augmenter(MOVED, 5, prepare)
    for number in (0, 3):
        source = AugmentedPass(RAW, augment, number, SIDE)
        expected = prepare(augment.pictures(RAW, np.arange(COUNT), number))
        assert (source.shape, source.dtype, len(source)) == ((COUNT, *SIDE), np.float32, COUNT)
        np.testing.assert_array_equal(source[np.arange(COUNT)], expected)
        np.testing.assert_array_equal(source[np.array([9, 4, 4])], expected[[9, 4, 4]])
        np.testing.assert_array_equal(source[7], expected[7])
    assert not np.array_equal(AugmentedPass(RAW, augment, 1, SIDE)[7], AugmentedPass(RAW, augment, 2, SIDE)[7])


def test_features_of_a_pass_are_those_of_the_augmented_pictures() -> None:
    extract, _ = extractor()
    augment = Augmenter(MOVED, 5, extract.preprocessor.apply)
    by_hand = augment.pictures(RAW, np.arange(COUNT), 2).astype("float32")
    found = extract.features(RAW, AugmentedPass(RAW, augment, 2, SIDE), {"pass": 2})
    np.testing.assert_allclose(found, backbone().predict(by_hand, verbose=0), rtol=1e-5, atol=1e-6)


ON_A_FULL_DISK = """
import resource, signal, sys
sys.path.insert(0, sys.argv[1])
from tests.experiments.transfer.test_features import RAW, extractor
from hondo.core.errors import StoreError
extract, said = extractor()
prepared = RAW.astype("float32")
extract.model.predict(prepared[:2], verbose=0)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (600, 600))
try:
    extract.features(RAW, prepared)
except StoreError as error:
    print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on the size of files")
@pytest.mark.parametrize(("language", "words"), [("en", "free some space"), ("es", "libere espacio")])
def test_a_full_disk_is_an_error_with_the_ways_out(language: str, words: str, cache: Path) -> None:
    repository = Path(__file__).resolve().parents[3]
    environment = {
        **os.environ, "PYTHONPATH": str(repository / "src"), "HONDO_LANG": language,
        "JAX_ENABLE_COMPILATION_CACHE": "0",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", ON_A_FULL_DISK, str(repository)],
        env=environment, capture_output=True, text=True, cwd=repository,
    )  # fmt: skip
    for told in (words, "HONDO_CACHE", "recomputed", str(cache)):
        assert told in done.stdout, done.stderr
    assert files(cache) == []


def test_a_cache_that_cannot_be_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "occupied").touch()
    monkeypatch.setenv("HONDO_CACHE", str(tmp_path / "occupied"))
    extract, _ = extractor()
    with pytest.raises(StoreError, match="HONDO_CACHE"):
        extract.features(RAW, RAW.astype("float32"))
    with use_language("es"), pytest.raises(StoreError, match="características ocupan"):
        extract.features(RAW, RAW.astype("float32"))


def test_cancelling_leaves_no_file_and_the_next_call_begins_anew(cache: Path) -> None:
    extract, said = extractor()
    raw = np.concatenate([RAW] * 16)  # more than one block
    extract.cancel.cancel()
    with pytest.raises(Cancelled):
        extract.features(raw, raw.astype("float32"))
    assert files(cache) == []
    again, _ = extractor()
    assert again.features(raw, raw.astype("float32")).shape == (16 * COUNT, 4)
    assert said == ["computing the features of 1,120 pictures"]


class StopsAtBlock:
    """Pictures that ask for an end while the first block of them is read."""

    def __init__(self, pictures: Array, token: CancelToken) -> None:
        self.pictures, self.token, self.read = pictures, token, 0
        self.shape, self.dtype = pictures.shape, pictures.dtype

    def __len__(self) -> int:
        return len(self.pictures)

    def __getitem__(self, index: Any, /) -> Array:
        self.token.cancel()
        self.read += np.size(index)
        return self.pictures[index]


def test_cancelling_in_between_stops_before_the_next_block(cache: Path) -> None:
    extract, _ = extractor()
    raw = np.concatenate([RAW] * 60)
    source = StopsAtBlock(raw.astype("float32"), extract.cancel)
    with pytest.raises(Cancelled):
        extract.features(raw, source)
    assert source.read < len(raw) / 2
    assert files(cache) == []
