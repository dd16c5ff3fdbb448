"""Augmentation beside Keras's old ImageDataGenerator and Albumentations.

    python -m benchmarks.augmentation [--sizes 32 224] [--rounds 15]

Rotation 40, shifts 0.2, shear 0.2, zoom 0.2 and horizontal flips, bilinear, edges repeated; batches of uint8 pictures
in RGB, each picture with its own draws. All take turns in one process, in an order that changes from round to round,
and each in the forms that are its fastest: as it is used, and in two threads. What is printed: the median time a
picture, the fastest one, the pictures a second, and the median of the ratios to Hondo's time in the same rounds.
Everyone may use all cores: on a machine with more, `taskset -c 0,1` allows two.
"""

import argparse
import importlib
import importlib.util
import json
import os
import platform
import statistics
import sys
import time
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

RESULTS = Path(__file__).parent / "results"
ROTATION, SHIFT, SHEAR, ZOOM = 40, 0.2, 0.2, 0.2
BATCHES = {32: 64, 224: 32}
SECONDS_A_TURN = 0.25
THREADS = 2
# How many times faster Hondo is meant to be, by what the peer's name begins with.
GOALS = {32: {"keras": 25.0, "albumentations": 1.0}, 224: {"keras": 10.0, "albumentations": 1.0}}

Turn = Callable[[], Any]


def hondo_augmenter(pictures: Any) -> Turn:
    """``hondo.data.Augmenter``: what a spec's ``augment`` uses."""
    from hondo.data import Augmenter, AugmentSpec

    spec = AugmentSpec(rotation=ROTATION, shift=SHIFT, shear=SHEAR, zoom=ZOOM, horizontal_flip=True)
    augment = Augmenter(spec)
    index, epochs = np.arange(len(pictures)), iter(range(10**9))
    return lambda: augment(pictures, index, index, epoch=next(epochs), step=0)


def _arguments() -> dict[str, Any]:
    return {
        "rotation_range": ROTATION,
        "width_shift_range": SHIFT,
        "height_shift_range": SHIFT,
        "shear_range": SHEAR,
        "zoom_range": ZOOM,
        "horizontal_flip": True,
    }


def hondo_generator(pictures: Any) -> Turn:
    """``hondo.data.ImageDataGenerator``, which returns float32 as the old class does."""
    from hondo.data import ImageDataGenerator

    batches = ImageDataGenerator(**_arguments()).flow(pictures, batch_size=len(pictures))
    return lambda: next(batches)


def keras_old(pictures: Any) -> Turn:
    """The old class as it still lies in Keras, for measuring only: Keras does not offer it any more."""
    importlib.import_module("hondo.core.backend")  # chooses the backend before Keras is imported
    old = importlib.import_module("keras.src.legacy.preprocessing.image")
    batches = old.ImageDataGenerator(**_arguments()).flow(pictures, batch_size=len(pictures))
    return lambda: next(batches)


def keras_old_threads(pictures: Any) -> Turn:
    """Two halves of the batch in two threads, as ``fit(workers=2)`` would have it."""
    halves = [keras_old(half) for half in np.array_split(pictures, THREADS)]
    pool = ThreadPoolExecutor(THREADS)
    return lambda: list(pool.map(lambda turn: turn(), halves))


def _albumentations() -> Callable[[Any], Any]:
    """One call for one picture: a flip and one affine transform."""
    os.environ["NO_ALBUMENTATIONS_UPDATE"] = "1"
    import albumentations
    import cv2

    affine = albumentations.Affine(
        rotate=(-ROTATION, ROTATION),
        translate_percent=(-SHIFT, SHIFT),
        shear=(-SHEAR, SHEAR),
        scale=(1 - ZOOM, 1 + ZOOM),
        interpolation=cv2.INTER_LINEAR,
        border_mode=cv2.BORDER_REPLICATE,
        p=1.0,
    )
    return albumentations.Compose([albumentations.HorizontalFlip(p=0.5), affine])


def albumentations_serial(pictures: Any) -> Turn:
    """One picture after the other, into one array."""
    augment, out = _albumentations(), np.empty_like(pictures)

    def turn() -> None:
        for row, picture in zip(out, pictures, strict=True):
            row[...] = augment(image=picture)["image"]

    return turn


def albumentations_threads(pictures: Any) -> Turn:
    """Two halves of the batch in two threads."""
    halves = [albumentations_serial(half) for half in np.array_split(pictures, THREADS)]
    pool = ThreadPoolExecutor(THREADS)
    return lambda: list(pool.map(lambda turn: turn(), halves))


PEERS: dict[str, Callable[[Any], Turn]] = {
    "hondo": hondo_augmenter,
    "hondo ImageDataGenerator": hondo_generator,
    "keras-old": keras_old,
    "keras-old, 2 threads": keras_old_threads,
    "albumentations": albumentations_serial,
    "albumentations, 2 threads": albumentations_threads,
}


def time_of(turn: Turn) -> float:
    """Seconds a batch, over about :data:`SECONDS_A_TURN`."""
    done, began = 0, time.perf_counter()
    while True:
        turn()
        done += 1
        taken = time.perf_counter() - began
        if taken > SECONDS_A_TURN:
            return taken / done


def measure(size: int, names: list[str], rounds: int) -> dict[str, Any]:
    """Let all augment the same batch round by round."""
    batch = BATCHES.get(size, 32)
    pictures = np.random.default_rng(0).integers(0, 256, (batch, size, size, 3), dtype=np.uint8)
    turns = {name: PEERS[name](pictures) for name in names}
    seconds: dict[str, list[float]] = {name: [] for name in names}
    for number in range(rounds + 1):
        shift = number % len(names)
        for name in names[shift:] + names[:shift]:
            seconds[name].append(time_of(turns[name]))
        print(f"  {size}×{size}: round {number}/{rounds}", end="\r", file=sys.stderr, flush=True)
    steady = {name: taken[1:] for name, taken in seconds.items()}  # the first round warms up
    table = {}
    for name, taken in steady.items():
        ratios = [theirs / ours for theirs, ours in zip(taken, steady["hondo"], strict=True)]
        goals = [goal for peer, goal in GOALS.get(size, {}).items() if name.startswith(peer)]
        table[name] = {
            "us_a_picture": 1e6 * statistics.median(taken) / batch,
            "us_a_picture_range": [1e6 * min(taken) / batch, 1e6 * max(taken) / batch],
            "pictures_a_second": batch / statistics.median(taken),
            "hondo_is_faster_by": statistics.median(ratios),
            "hondo_is_faster_by_range": [min(ratios), max(ratios)],
            "goal": goals[0] if goals else None,
        }
    return {"size": size, "batch": batch, "rounds": rounds, "peers": table}


def show(result: dict[str, Any]) -> None:
    """Print a result as a table."""
    size = result["size"]
    print(f"\n{size}×{size}×3, batches of {result['batch']} ({result['rounds']} rounds)          ")
    print(f"{'':28}{'µs/picture':>12}{'fastest':>10}{'pictures/s':>12}{'Hondo ×':>9}{'goal':>6}")
    for name, row in result["peers"].items():
        goal = f"{row['goal']:g}" if row["goal"] else ""
        faster = "" if name == "hondo" else f"{row['hondo_is_faster_by']:.1f}"
        print(
            f"{name:28}{row['us_a_picture']:12.1f}{row['us_a_picture_range'][0]:10.1f}"
            f"{row['pictures_a_second']:12,.0f}{faster:>9}{goal:>6}"
        )


def main() -> None:
    """Measure, print, and write JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", nargs="+", type=int, default=list(BATCHES))
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    warnings.simplefilter("ignore", DeprecationWarning)  # the old class asks SciPy by an old name, for each picture
    names = list(PEERS)
    if importlib.util.find_spec("albumentations") is None:
        names = [name for name in names if not name.startswith("albumentations")]
        print("albumentations is left out: it is not installed (make bench installs it)", file=sys.stderr)
    results = []
    for size in options.sizes:
        results.append(measure(size, names, options.rounds))
        show(results[-1])
    RESULTS.mkdir(exist_ok=True)
    about = {"when": datetime.now(UTC).isoformat(), "machine": platform.machine(), "cores": os.cpu_count()}
    path = RESULTS / "augmentation.json"
    path.write_text(json.dumps({**about, "results": results}, indent=1), encoding="utf-8")
    print(f"\nwritten to {path}")


if __name__ == "__main__":
    main()
