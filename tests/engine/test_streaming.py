"""Sources that are read while training: damaged samples, interruptions, threads that end, memory that does not grow."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from test_feed import Lazy

import hondo.engine.reader as reading
from hondo.core.arrays import Array
from hondo.core.backend import keras
from hondo.core.errors import DataError, HondoWarning
from hondo.core.events import CancelToken, CheckpointSaved, Event, Notice, Progress, TrainingEnded
from hondo.core.language import use_language
from hondo.core.spec import PreprocessSpec
from hondo.data.arrays_on_disk import DiskRows
from hondo.data.damage import Damage
from hondo.data.folder import load_image_folder
from hondo.data.preprocess import fit_preprocessor
from hondo.engine.checkpoint import Checkpointing, load_checkpoint
from hondo.engine.evaluate import evaluate, predict
from hondo.engine.fit import fit

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(60, 6)).astype("float32")
Y = RANDOM.integers(0, 3, 60)


def network() -> Any:
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(3, "softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def reading_threads() -> list[str]:
    return [each.name for each in threading.enumerate() if each.name.startswith(("hondo-read", "hondo-window"))]


class Damaged(Lazy):
    """Some rows cannot be read; they come as zeros and are noted."""

    def __init__(self, rows: Array, bad: set[int]) -> None:
        super().__init__(rows)
        self.bad, self.damage = bad, Damage()

    def __getitem__(self, index: Any) -> Any:
        rows = super().__getitem__(index).copy()
        for place, number in enumerate(index.tolist()):
            if number in self.bad:
                rows[place] = 1e6  # would be seen at once in the weights
                self.damage.note(f"{number}.jpg", DataError(f"{number}.jpg is damaged"))
        return rows

    def damaged(self, index: Array) -> Array:
        return np.array([f"{number}.jpg" in self.damage for number in index.tolist()])


@pytest.mark.parametrize(
    ("bad", "stand_ins"),
    [
        ({3, 17, 18}, {3: 4, 17: 19, 18: 19}),
        ({7}, {7: 0}),  # the last of its batch: on to the batch's beginning
        (set(range(8, 16)), dict.fromkeys(range(8, 16), 16)),  # a whole batch: the next one's first
        (set(range(56, 60)), dict.fromkeys(range(56, 60), 0)),  # the whole last window: the very first
    ],
)
def test_a_damaged_sample_gives_its_place_to_the_next_of_its_batch(bad: set[int], stand_ins: dict[int, int]) -> None:
    model, reference, notices = network(), network(), []
    source = Damaged(X, bad)
    options: dict[str, Any] = {"batch_size": 8, "epochs": 2, "shuffle": False, "verbose": 0}

    def sink(event: Event) -> None:
        if isinstance(event, Notice) and event.kind == "warning":
            notices.append(event.text)

    fit(model, source, Y, sink=sink, **options)
    mended = np.array([stand_ins.get(number, number) for number in range(60)])
    fit(reference, X[mended], Y[mended], **options)
    for weight, expected in zip(model.get_weights(), reference.get_weights(), strict=True):
        np.testing.assert_array_equal(weight, expected)
    assert sorted(notices) == sorted(f"{number}.jpg is damaged; another takes its place" for number in bad)


def test_damaged_samples_are_left_out_of_evaluation_and_named() -> None:
    model = network()
    with pytest.warns(HondoWarning, match=r"^9\.jpg is damaged$"):
        found = evaluate(model, Damaged(X, {9}), Y, batch_size=8)
    mended = np.where(np.arange(60) == 9, 10, np.arange(60))
    assert found == pytest.approx(evaluate(model, X[mended], Y[mended], batch_size=8))
    with pytest.warns(HondoWarning, match=r"^9\.jpg is damaged$"):
        outputs = predict(model, Damaged(X, {9}), batch_size=8)
    np.testing.assert_allclose(outputs, predict(model, X[mended]), rtol=1e-5)


def test_when_nothing_can_be_read_the_training_ends_with_an_error() -> None:
    with pytest.raises(DataError, match="in a row cannot be read"):
        fit(network(), Damaged(X, set(range(60))), Y, verbose=0)
    assert not reading_threads()


class Fails(Lazy):
    """Reads well until one row is asked for."""

    error: Exception = OSError(5, "Input/output error", "rows.bin")
    failing = True

    def __getitem__(self, index: Any) -> Any:
        if self.failing and 41 in index:
            raise self.error
        return super().__getitem__(index)


@pytest.mark.parametrize(
    ("error", "seen"), [(OSError(5, "Input/output error", "rows.bin"), DataError), (DataError("rows.bin is gone"),) * 2]
)
def test_a_source_that_fails_names_its_file_and_loses_nothing(
    error: Exception, seen: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "STREAM_BYTES", 8 * (6 * 4 + 8))
    source, checkpoint = Fails(X), Checkpointing(tmp_path / "checkpoint.npz", every=100)
    source.error = error
    options: dict[str, Any] = {"batch_size": 8, "epochs": 2, "shuffle": False, "verbose": 0, "seed": 0}
    with pytest.raises(seen if isinstance(seen, type) else DataError, match=r"rows\.bin"):
        fit(network(), source, Y, checkpoint=checkpoint, **options)
    assert not reading_threads()
    assert load_checkpoint(checkpoint.path).position.step == 5  # the sixth batch holds the row
    source.failing = False
    model, reference = network(), network()
    fit(model, source, Y, checkpoint=checkpoint, **options)
    fit(reference, X, Y, **options)
    for weight, expected in zip(model.get_weights(), reference.get_weights(), strict=True):
        np.testing.assert_array_equal(weight, expected)


def test_cancelling_does_not_wait_for_a_slow_source(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "STREAM_BYTES", 60 * 40)
    monkeypatch.setattr(reading, "PIECE_BYTES", 24)
    token, ends = CancelToken(), []

    class Slow(Lazy):
        def __getitem__(self, index: Any) -> Any:
            time.sleep(0.02)
            return super().__getitem__(index)

    def sink(event: Event) -> None:
        if isinstance(event, Progress) and not token.cancelled:
            token.cancel()
            ends.append(time.perf_counter())
        if isinstance(event, TrainingEnded):
            ends.append(time.perf_counter())
            assert event.reason == "cancelled"

    fit(network(), Slow(np.tile(X, (50, 1))), np.tile(Y, 50), epochs=9, verbose=0, sink=sink, cancel=token)
    assert ends[1] - ends[0] < 0.5
    assert not reading_threads()


def test_errors_in_threads_speak_the_readers_language() -> None:
    source = Fails(X)
    with use_language("es"), pytest.raises(DataError, match=r"no se puede leer rows\.bin"):
        fit(network(), source, Y, verbose=0)


def test_a_long_epoch_is_saved_in_its_midst_and_a_short_one_is_not(tmp_path: Path) -> None:
    saved: list[int] = []

    def sink(event: Event) -> None:
        if isinstance(event, CheckpointSaved):
            saved.append(load_checkpoint(event.path).position.step)

    options: dict[str, Any] = {"batch_size": 1, "epochs": 1, "verbose": 0, "chunk_seconds": 0.0, "sink": sink}
    fit(network(), X, Y, checkpoint=Checkpointing(tmp_path / "a.npz", seconds=0.0), **options)
    assert saved[-1] == 0
    assert len([step for step in saved if 0 < step < 60]) >= 1
    saved.clear()
    fit(network(), X, Y, checkpoint=Checkpointing(tmp_path / "b.npz"), **options)
    assert saved == [0]


KILLED = """
import sys
from pathlib import Path
import numpy as np
sys.path.insert(0, sys.argv[2])
from test_streaming import Pausing, X, Y, network
from hondo.engine.checkpoint import Checkpointing
from hondo.engine.fit import fit
print("ready", flush=True)
fit(network(), Pausing(X), Y, batch_size=4, epochs=3, verbose=0, seed=9, chunk_seconds=0.0,
    checkpoint=Checkpointing(Path(sys.argv[1]), seconds=0.01), sink=lambda event: None)
"""


class Pausing(Lazy):
    """Takes its time, so that there is some to be killed in."""

    def __getitem__(self, index: Any) -> Any:
        time.sleep(0.05)
        return super().__getitem__(index)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_killed_in_mid_epoch_it_goes_on_from_there_to_the_same_bits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "STREAM_BYTES", 4 * 32)
    path = tmp_path / "checkpoint.npz"
    code = KILLED.replace("fit(", "import hondo.engine.reader as r; r.STREAM_BYTES = 128\nfit(", 1)
    command = [sys.executable, "-c", code, str(path), str(Path(__file__).parent)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        until = time.perf_counter() + 60
        while time.perf_counter() < until and process.poll() is None:
            if path.exists() and load_checkpoint(path).position.step:
                break
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
    position = load_checkpoint(path).position
    assert 0 < position.step < 15
    model, reference = network(), network()
    options: dict[str, Any] = {"batch_size": 4, "epochs": 3, "verbose": 0, "seed": 9}
    fit(model, Lazy(X), Y, checkpoint=Checkpointing(path), **options)
    fit(reference, X, Y, **options)
    for weight, expected in zip(model.get_weights(), reference.get_weights(), strict=True):
        np.testing.assert_array_equal(weight, expected)


@pytest.mark.parametrize("on_corrupt", ["skip", "refuse"])
def test_a_picture_with_damage_inside_is_skipped_by_name_or_ends_the_run(tmp_path: Path, on_corrupt: Any) -> None:
    for number in range(24):
        place = tmp_path / "pets" / "ab"[number % 2] / f"{number}.png"
        place.parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(place), RANDOM.integers(0, 256, (8, 8, 3), np.uint8))
    bad = tmp_path / "pets" / "b" / "9.png"
    data = bytearray(bad.read_bytes())
    start = data.index(b"IDAT") + 4
    data[start : start + 40] = bytes(40)
    bad.write_bytes(data)
    dataset = load_image_folder(tmp_path / "pets", memory_limit=0, on_corrupt=on_corrupt)
    assert len(dataset.train) == 24
    model = keras.Sequential([keras.Input((8, 8, 3)), keras.layers.Flatten(), keras.layers.Dense(2, "softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy")
    spec = PreprocessSpec(scale="unit")
    source = fit_preprocessor(spec, dataset).source(dataset.train.x)
    told: list[Event] = []
    if on_corrupt == "refuse":
        with pytest.raises(DataError, match=r"b/9\.png"):
            fit(model, source, dataset.train.y, batch_size=4, verbose=0)
        return
    fit(model, source, dataset.train.y, batch_size=4, epochs=3, verbose=0, sink=told.append)
    named = [event.text for event in told if isinstance(event, Notice) and "9.png" in event.text]
    assert len(named) == 1
    assert isinstance(told[-1], TrainingEnded)
    assert told[-1].reason == "complete"


def test_a_mapped_array_larger_than_the_memory_limit_is_streamed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    np.save(tmp_path / "x.npy", X)
    mapped = np.load(tmp_path / "x.npy", mmap_mode="r")
    monkeypatch.setattr("hondo.engine.samples.held_bytes", lambda: X.nbytes - 1)
    from hondo.engine.samples import gather

    assert isinstance(gather(mapped, Y).rows[0], DiskRows)
    model, reference = network(), network()
    fit(model, mapped, Y, epochs=2, seed=3, verbose=0)
    fit(reference, X, Y, epochs=2, seed=3, verbose=0)
    for weight, expected in zip(model.get_weights(), reference.get_weights(), strict=True):
        np.testing.assert_array_equal(weight, expected)


CAPPED = """
import json, resource, sys, threading
from pathlib import Path
import numpy as np
from hondo.core.backend import keras
from hondo.core.spec import DataSpec, PreprocessSpec
from hondo.data import arrays_on_disk, memory, npz
from hondo.data.load import load_dataset
from hondo.data.preprocess import fit_preprocessor
from hondo.engine import reader
from hondo.engine.evaluate import evaluate, predict
from hondo.engine.fit import fit

threading.stack_size(2**20)  # of the usual 8 MB, which the cap would count though nobody touches them
npz.held_bytes = lambda: 2**20
reader.STREAM_BYTES = 2**20

def train(path):
    dataset = load_dataset(DataSpec(path=path, validation=0.1, test=0.1))
    prepared = fit_preprocessor(PreprocessSpec(scale="unit", standardise="channel"), dataset)
    x, y = prepared.source(dataset.train.x), prepared.target(dataset.train.y)
    held = dataset.validation
    fit(model, x, y, batch_size=60, epochs=1, verbose=0, seed=0,
        validation_data=(prepared.source(held.x), prepared.target(held.y)))
    evaluate(model, x, y, batch_size=60)
    predict(model, x, batch_size=60)
    return len(x) * 32 * 32 * 3 * 4

model = keras.Sequential([keras.Input((32, 32, 3)), keras.layers.AveragePooling2D(8), keras.layers.Flatten(),
                          keras.layers.Dense(2, "softmax")])
model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
train(sys.argv[1])  # Keras, JAX and what they compile take their memory here
own = int(Path("/proc/self/statm").read_text().split()[5]) * resource.getpagesize()
cap = 64 * 2**20
resource.setrlimit(resource.RLIMIT_DATA, (own + cap, own + cap))
print(json.dumps({"cap": cap, "decoded": train(sys.argv[2])}))
"""


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux caps the memory of a process this way")
def test_ten_times_the_memory_trains_evaluates_and_predicts(tmp_path: Path) -> None:
    for name, count in (("small", 2_000), ("large", 70_000)):
        folder = tmp_path / name
        folder.mkdir()
        labels = np.arange(count) % 2
        x = np.lib.format.open_memmap(folder / "x.npy", "w+", np.uint8, (count, 32, 32, 3))
        x[:, 0, 0, :] = np.arange(count, dtype="<u4").view(np.uint8).reshape(count, 4)[:, :3]
        x.flush()
        np.save(folder / "y.npy", labels)
    command = [sys.executable, "-c", CAPPED, str(tmp_path / "small"), str(tmp_path / "large")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
    result = json.loads(done.stdout.splitlines()[-1])
    assert result["decoded"] > 10 * result["cap"]
