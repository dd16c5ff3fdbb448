"""Train Hondo's own small network on a part of CIFAR-10 and on drawn shapes; write its weights and what it is worth.

``python -m backbones.train`` makes the file that comes with Hondo. ``--only cat,dog,…`` leaves the other photographs
out: the copy with which transfer to classes that it has never seen is measured (``benchmarks/few_pictures.py``).
"""

import argparse
import json
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import hondo
from hondo.core.arrays import Array, IntArray
from hondo.core.backend import KerasModel, keras
from hondo.core.events import EpochEnded, Event
from hondo.core.spec import AugmentSpec, DataSpec
from hondo.data.augment.augmenter import Augmenter
from hondo.data.dataset import Split
from hondo.data.load import load_dataset
from hondo.data.sets.shapes import shapes
from hondo.experiments.report.curves import plot_curves
from hondo.experiments.report.figures import save_png
from hondo.models.pretrained.own import CLASSES, WEIGHTS, hondo_mini, save_half

HERE = Path(__file__).parent
PICTURES = "cifar10/cifar10-images.zip"
EPOCHS, BATCH, RATE, SEED, WATCHED = 30, 128, 0.1, 1, 0.04


@dataclass(frozen=True)
class Part:
    """Samples of one source; ``y`` counts in the classes of the network."""

    name: str
    train: tuple[Array, IntArray]
    test: tuple[Array, IntArray]


def photographs(zipped: Path, only: Sequence[str]) -> Part:
    """The photographs of the classes named, or of all."""
    data = load_dataset(DataSpec(path=str(zipped), validation=0.0))
    assert data.test is not None
    wanted = [data.classes.index(name) for name in only or data.classes]
    numbers = np.array([CLASSES.index(name) for name in data.classes])

    def chosen(split: Split) -> tuple[Array, IntArray]:
        rows = np.flatnonzero(np.isin(split.y, wanted))
        return np.asarray(split.x[rows]), numbers[split.y[rows]]

    return Part("cifar10", chosen(data.train), chosen(data.test))


def drawings() -> Part:
    """The drawn shapes, all ten kinds."""
    data = shapes(samples=10_000, seed=SEED)
    assert data.test is not None
    numbers = np.array([CLASSES.index(name) for name in data.classes])

    def numbered(split: Split) -> tuple[Array, IntArray]:
        return np.asarray(split.x), numbers[split.y]

    return Part("shapes", numbered(data.train), numbered(data.test))


def network() -> KerasModel:
    """The network with its classifier and the scaling of its pixels, compiled."""
    keras.utils.set_random_seed(SEED)
    backbone = hondo_mini(shape=(32, 32, 3), classes=len(CLASSES))
    return keras.Sequential([keras.Input((32, 32, 3)), keras.layers.Rescaling(1 / 127.5, -1.0), backbone])


def train(parts: Sequence[Part], epochs: int) -> tuple[KerasModel, dict[str, list[float]]]:
    """Train on all parts together, watching a few held-out training pictures; the test pictures stay unseen."""
    x, y = (np.concatenate([part.train[place] for part in parts]) for place in (0, 1))
    order = np.random.default_rng(SEED).permutation(len(y))
    watched, learnt = np.split(order, [round(WATCHED * len(y))])
    one_hot = np.eye(len(CLASSES), dtype=np.float32)
    steps = -(-len(learnt) // BATCH)
    warm = epochs * steps // 12
    model = network()
    rate = keras.optimizers.schedules.CosineDecay(0.0, epochs * steps - warm, warmup_target=RATE, warmup_steps=warm)
    # Keras's weight decay is apart from the momentum; with a momentum of 0.9 it is ten times that of the papers.
    optimizer = keras.optimizers.SGD(rate, momentum=0.9, nesterov=True, weight_decay=5e-3)
    optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    model.compile(optimizer, keras.losses.CategoricalCrossentropy(label_smoothing=0.1), metrics=["accuracy"])
    augment = Augmenter(AugmentSpec(horizontal_flip=True, random_crop=4, cutout=0.4, brightness=0.15), seed=SEED)

    def tell(event: Event) -> None:
        if isinstance(event, EpochEnded):
            shown = "  ".join(f"{name} {value:.4f}" for name, value in event.logs.items())
            print(f"epoch {event.epoch + 1}/{epochs}  {event.seconds:.0f} s  {shown}", flush=True)

    history = hondo.fit(
        model, x[learnt], one_hot[y[learnt]], batch_size=BATCH, epochs=epochs, verbose=0, seed=SEED, augment=augment,
        validation_data=(x[watched].astype(np.float32), one_hot[y[watched]]), sink=tell,
    )  # fmt: skip
    return model, history.history


def worth(model: KerasModel, parts: Sequence[Part]) -> dict[str, float]:
    """The accuracy on each part's test pictures, which took no part in any choice."""
    accuracies = {}
    for part in parts:
        x, y = part.test
        answers = np.asarray(model.predict(x.astype(np.float32), batch_size=BATCH, verbose=0)).argmax(axis=1)
        accuracies[part.name] = float((answers == y).mean())
    return accuracies


def main() -> None:
    """Train, judge and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("HONDO_SHARED", "../shared")) / "data")
    parser.add_argument("--only", default="", help="photographs of these classes alone, such as cat,dog")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--output", type=Path, default=WEIGHTS)
    parser.add_argument("--record", type=Path, default=HERE, help="folder for the curve and the figures")
    given = parser.parse_args()
    parts = (photographs(given.data / PICTURES, [name for name in given.only.split(",") if name]), drawings())
    began = time.perf_counter()
    model, history = train(parts, given.epochs)
    save_half(model.layers[-1], given.output)
    record: dict[str, Any] = {
        "seed": SEED,
        "epochs": given.epochs,
        "training_pictures": {part.name: len(part.train[1]) for part in parts},
        "test_pictures": {part.name: len(part.test[1]) for part in parts},
        "test_accuracy": worth(model, parts),
        "parameters": model.count_params(),
        "minutes": round((time.perf_counter() - began) / 60, 1),
        "history": {name: [round(float(value), 5) for value in values] for name, values in history.items()},
    }
    given.record.mkdir(parents=True, exist_ok=True)
    (given.record / "hondo_mini.json").write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    save_png(plot_curves(record["history"]), given.record / "hondo_mini.png")
    print({name: value for name, value in record.items() if name != "history"})


if __name__ == "__main__":
    main()
