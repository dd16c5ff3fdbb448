"""Data larger than memory: training that streams beside the same in memory, and decoding beside Keras on TensorFlow.

    python -m benchmarks.streaming [--rounds 5] [--pictures 2000] [--only training decoding]

Training: a network learns CIFAR-10's pictures for an epoch a round, from memory, from a mapped ``.npy`` file, and from
a folder of JPEGs: the VGG-like network, and a tiny one whose step takes no longer than reading its pictures does.
Decoding: all pictures of a folder of 256×256 JPEGs, shuffled, as float32 batches of 32; Keras's peer is
``image_dataset_from_directory``. Every peer lives in a process of its own; in each round each has its turn while the
others wait. Printed are medians and ratios within the rounds.
"""

import argparse
import importlib.util
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks.keras_networks import cifar_vgg
from benchmarks.pictures import load

RESULTS = Path(__file__).parent / "results"
SAMPLES, BATCH, SIDE = 8_192, 64, 256
TRAINED = {"vgg": 2_048, "tiny": 8_192}  # samples an epoch
REST_SECONDS = 0.3  # thread pools that spin when idle come to rest


def network(keras: Any, name: str) -> Any:
    """For 32×32 colour pictures: the VGG-like network, or two small convolutions."""
    if name == "vgg":
        model = cifar_vgg(keras)
    else:
        layers = keras.layers
        model = keras.Sequential([keras.Input((32, 32, 3))])
        for filters in (16, 32):
            model.add(layers.Conv2D(filters, 3, padding="same", activation="relu"))
            model.add(layers.MaxPooling2D())
        model.add(layers.Flatten())
        model.add(layers.Dense(10, activation="softmax"))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def _prepared(folder: Path, source: str) -> tuple[Any, Any]:
    """Inputs scaled to 0..1, held or on demand, and class numbers."""
    from hondo.core.spec import PreprocessSpec
    from hondo.data import npz
    from hondo.data.folder import load_image_folder
    from hondo.data.preprocess import fit_preprocessor

    if source == "jpeg":
        dataset = load_image_folder(folder / "small", memory_limit=0)
    else:
        npz.held_bytes = lambda: 0 if source == "npy" else 10**12
        dataset = npz.load_npy_folder(folder / "npy")
    prepared = fit_preprocessor(PreprocessSpec(scale="unit"), dataset)
    return prepared.source(dataset.train.x), prepared.target(dataset.train.y)


def training(folder: Path, source: str, name: str) -> Callable[[], float]:
    """A function that trains one epoch and says how long it took."""
    import hondo
    from hondo.core.backend import keras
    from hondo.engine.samples import gather

    x, y = _prepared(folder, source)
    model, count = network(keras, name), TRAINED[name]
    part = gather(x, y).part(0, count)

    def epoch() -> float:
        began = time.perf_counter()
        hondo.fit(model, part.rows[0], part.rows[1], batch_size=BATCH, epochs=1, verbose=0, seed=0)
        return time.perf_counter() - began

    return epoch


def decoding(folder: Path, side: int) -> Callable[[], float]:
    """A function that reads every picture once, in a new order, through the windows that training reads."""
    from hondo.core.spec import PreprocessSpec
    from hondo.data.folder import load_image_folder
    from hondo.data.preprocess import fit_preprocessor
    from hondo.engine.reader import AHEAD, Reader, stretches_of, windows_of
    from hondo.engine.samples import gather

    dataset = load_image_folder(folder / "large", size=(side, side), memory_limit=0)
    prepared = fit_preprocessor(PreprocessSpec(), dataset)
    samples = gather(prepared.source(dataset.train.x), prepared.target(dataset.train.y))
    places = [place for each in windows_of(samples, stretches_of(samples.count, 32)) for place in each]

    def once() -> float:
        began = time.perf_counter()
        order = np.random.default_rng(int(began)).permutation(samples.count)
        with closing(Reader(samples)) as reader:
            tasks = [reader.submit(place.window(order, 0)) for place in places[: AHEAD + 1]]
            for number in range(len(places)):
                tasks.pop(0).result()[0].block_until_ready()
                if number + AHEAD + 1 < len(places):
                    tasks.append(reader.submit(places[number + AHEAD + 1].window(order, 0)))
        return time.perf_counter() - began

    return once


def decoding_keras(folder: Path, side: int) -> Callable[[], float]:
    """The same with Keras on TensorFlow."""
    import keras

    dataset = keras.utils.image_dataset_from_directory(
        str(folder / "large"), image_size=(side, side), batch_size=32, shuffle=True, seed=0, verbose=False
    )

    def once() -> float:
        began = time.perf_counter()
        for _ in dataset:
            pass
        return time.perf_counter() - began

    return once


def maker(name: str) -> Callable[[Path], Callable[[], float]]:
    """What makes a peer's work, from its name: ``vgg npy``, ``hondo 256`` …"""
    first, second = name.split()
    if first in TRAINED:
        return lambda folder: training(folder, second, first)
    side = int(second)
    return lambda folder: (decoding if first == "hondo" else decoding_keras)(folder, side)


def serve(name: str, folder: Path) -> None:
    """A peer's process: does its work each time it is told to."""
    work = maker(name)(folder)
    for _ in sys.stdin:
        seconds = work()
        print(json.dumps({"seconds": seconds, "memory": _anonymous_bytes()}), flush=True)


def _anonymous_bytes() -> int:
    """What this process holds in memory that no file holds; elsewhere than on Linux, all that it holds."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text(encoding="utf-8").splitlines() if line.startswith("RssAnon"))
        return int(line.split()[1]) * 1024
    import psutil

    return int(psutil.Process().memory_info().rss)


class Peer:
    """A worker process and what it measured."""

    def __init__(self, name: str, folder: Path) -> None:
        backend = "tensorflow" if "tensorflow" in name else "jax"
        environment = {**os.environ, "KERAS_BACKEND": backend, "TF_CPP_MIN_LOG_LEVEL": "3"}
        environment["HONDO_CACHE"] = str(folder / "cache")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.streaming", "--serve", name, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=environment,
        )
        self.name, self.seconds, self.memory = name, [], 0

    def turn(self) -> None:
        """Do the work once and note its time."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("go\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.name} ended: run `python -m benchmarks.streaming --serve '{self.name}' FOLDER`")
        answer = json.loads(line)
        self.seconds.append(answer["seconds"])
        self.memory = max(self.memory, answer["memory"])

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(30)


def measure(names: list[str], base: str, folder: Path, count: int, rounds: int) -> dict[str, Any]:
    """All peers round by round after one that warms up; ``base`` is the one they are compared with."""
    peers = [Peer(name, folder) for name in names]
    for turn in range(rounds + 1):
        shift = turn % len(peers)
        for peer in peers[shift:] + peers[:shift]:
            peer.turn()
            time.sleep(REST_SECONDS)
    for peer in peers:
        peer.close()
    reference = next(peer for peer in peers if peer.name == base).seconds[1:]
    return {
        peer.name: {
            "samples_a_second": count / statistics.median(peer.seconds[1:]),
            "times_the_speed": statistics.median(
                theirs / own for own, theirs in zip(peer.seconds[1:], reference, strict=True)
            ),
            "megabytes": peer.memory / 2**20,
        }
        for peer in peers
    }


def make_data(folder: Path, pictures: int) -> str:
    """Write the pictures: small ones as arrays and JPEGs, and some of them enlarged; returns what they are."""
    found = load("cifar10", (32, 32, 3), SAMPLES)
    pixels = (found.x * 255).astype(np.uint8)
    (folder / "npy").mkdir()
    np.save(folder / "npy" / "x.npy", pixels)
    np.save(folder / "npy" / "y.npy", found.y)
    for number, (picture, label) in enumerate(zip(pixels, found.y, strict=True)):
        _write(folder / "small" / str(label) / f"{number}.jpg", picture)
        if number < pictures:
            large = cv2.resize(picture, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
            noise = np.random.default_rng(number).normal(0, 8, large.shape)  # fine detail, as photographs have
            _write(folder / "large" / str(label) / f"{number}.jpg", np.clip(large + noise, 0, 255).astype(np.uint8))
    return found.source


def _write(path: Path, picture: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 90])[1].tobytes())


def show(title: str, table: dict[str, Any], base: str, goal: str) -> None:
    """Print a table."""
    print(f"\n{title}: {goal}")
    print(f"{'':24}{'samples/s':>11}{f'× {base}':>26}{'memory':>10}")
    for name, row in table.items():
        print(f"{name:24}{row['samples_a_second']:11,.0f}{row['times_the_speed']:26.2f}{row['megabytes']:7,.0f} MB")


def main() -> None:
    """Measure, print, and write JSON."""
    if sys.argv[1:2] == ["--serve"]:
        serve(sys.argv[2], Path(sys.argv[3]))
        return
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--pictures", type=int, default=2_000)
    parser.add_argument("--only", nargs="+", choices=["training", "decoding"], default=["training", "decoding"])
    options = parser.parse_args()
    results: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        source = make_data(folder, options.pictures)
        if "training" in options.only:
            for network_name, count in TRAINED.items():
                names = [f"{network_name} {where}" for where in ("memory", "npy", "jpeg")]
                table = results[f"training {network_name}"] = measure(names, names[0], folder, count, options.rounds)
                show(f"training ({source})", table, names[0], "at least 0.8 wanted")
        for side in (256, 64) if "decoding" in options.only else ():
            names = [f"hondo {side}"]
            names += [f"keras-tensorflow {side}"] if importlib.util.find_spec("tensorflow") else []
            results[f"decoding {side}"] = measure(names, names[-1], folder, options.pictures, options.rounds)
            show(f"decoding to {side}×{side}", results[f"decoding {side}"], names[-1], "at least 1 wanted")
    RESULTS.mkdir(exist_ok=True)
    about = {"when": datetime.now(UTC).isoformat(), "machine": platform.machine(), "cores": os.cpu_count()}
    path = RESULTS / "streaming.json"
    path.write_text(json.dumps({**about, "results": results}, indent=1), encoding="utf-8")
    print(f"\nwritten to {path}")


if __name__ == "__main__":
    main()
