"""A head on a frozen MobileNetV2: Hondo, which computes the features once, beside Keras's ``fit`` on TensorFlow.

    python -m benchmarks.transfer [--pictures 20000] [--epochs 5]

Both train the same head for the same epochs on the same photographs (CIFAR-10 at 96×96, random weights, which cost the
same as trained ones). Each works in a process of its own while the other waits; seconds are those of the whole
training, compilation included. Then Hondo trains a second head on the features that it has.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.pictures import load

GOALS = {"first head": 4.0, "second head": 50.0}
SIDE, BATCH = 96, 32


def keras_trains(file: Path, epochs: int) -> list[float]:
    """Keras's own ``fit`` of the whole model with the backbone frozen; one training."""
    import keras
    import numpy as np

    data = np.load(file)
    backbone = keras.applications.MobileNetV2(
        weights=None, include_top=False, pooling="avg", input_shape=(SIDE, SIDE, 3)
    )
    backbone.trainable = False
    inputs = keras.Input((SIDE, SIDE, 3))
    scaled = keras.applications.mobilenet_v2.preprocess_input(inputs)
    model = keras.Model(inputs, keras.layers.Dense(10, "softmax")(backbone(scaled, training=False)))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    began = time.perf_counter()
    model.fit(data["x"], data["y"], batch_size=BATCH, epochs=epochs, verbose=0)
    return [time.perf_counter() - began]


def hondo_trains(file: Path, epochs: int) -> list[float]:
    """``hondo.run`` twice: the second has another dropout, so another head, and finds the features in the cache."""
    import hondo

    seconds = []
    for dropout in (0.0, 0.1):
        transfer = {"backbone": "mobilenet_v2", "weights": "none", "dropout": dropout}
        spec: dict[str, Any] = {
            "data": {"path": str(file), "validation": 0.0, "test": 0.0},
            "model": {"transfer": transfer},
            "train": {"epochs": epochs, "batch_size": BATCH},
        }
        run = hondo.run(spec, record=False, sink=lambda _: None)
        seconds.append(run.timings["train"])
    return seconds


def apart(what: str, file: Path, epochs: int, cache: Path) -> list[float]:
    """Let one of them work in a process of its own."""
    backend = {"keras": "tensorflow", "hondo": "jax"}[what]
    environment = {**os.environ, "KERAS_BACKEND": backend, "HONDO_CACHE": str(cache), "TF_CPP_MIN_LOG_LEVEL": "3"}
    environment.pop("JAX_COMPILATION_CACHE_DIR", None)
    command = [sys.executable, "-m", "benchmarks.transfer", "--worker", what, str(file), "--epochs", str(epochs)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{what} failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def main() -> None:
    """Measure and print."""
    import numpy as np

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=int, default=20_000)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--worker", nargs=2, metavar=("WHO", "FILE"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.worker:
        who, file = given.worker
        works = {"keras": keras_trains, "hondo": hondo_trains}[who]
        print(json.dumps(works(Path(file), given.epochs)))
        return
    with TemporaryDirectory() as folder:
        file = Path(folder) / "pictures.npz"
        pictures = load("cifar10", (SIDE, SIDE, 3), given.pictures)
        np.savez(file, x=(pictures.x * 255).round().astype(np.uint8), y=pictures.y.astype(np.int64))
        print(
            f"{given.pictures} pictures ({pictures.source}), {given.epochs} epochs, frozen MobileNetV2, {SIDE}×{SIDE}"
        )
        first, second = apart("hondo", file, given.epochs, Path(folder) / "cache")
        (keras,) = apart("keras", file, given.epochs, Path(folder) / "cache")
    print(f"Keras on TensorFlow, fit           {keras:8.1f} s")
    for name, seconds in (("first head", first), ("second head", second)):
        goal, ratio = GOALS[name], keras / seconds
        print(
            f"Hondo, {name:<27} {seconds:8.1f} s   {ratio:6.1f} ×   goal {goal:g}{'' if ratio >= goal else '  MISSED'}"
        )


if __name__ == "__main__":
    main()
