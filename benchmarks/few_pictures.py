"""What Hondo's own network is worth where pictures are few: classes that it has never seen, against no transfer.

    python -m backbones.train --only airplane,automobile,cat,deer,frog --epochs 20 \
        --output five.safetensors --record /tmp
    python -m benchmarks.few_pictures five.safetensors

The copy of the network was trained on five kinds of CIFAR-10's photographs (and on drawings). Here it learns the other
five from 20 pictures a class, chosen anew for each seed, and is judged on 500 test pictures a class. The same network
from scratch sees the same pictures with the same augmentation.
"""

import argparse
import json
import os
import statistics
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from backbones.train import PICTURES

import hondo
from hondo.core.spec import DataSpec
from hondo.data.dataset import Split
from hondo.data.load import load_dataset
from hondo.experiments.evaluation import ClassificationEvaluation

UNSEEN = ("bird", "dog", "horse", "ship", "truck")
A_CLASS, SEEDS = 20, 5
AUGMENT = {"horizontal_flip": True, "shift": 0.1, "rotation": 10.0, "zoom": 0.1, "brightness": 0.1}
TRAIN = {"batch_size": 16, "shuffle": True}


def variants(weights: str) -> dict[str, dict[str, Any]]:
    """What is compared: the model, how it learns and how long."""
    transfer = {"backbone": "hondo_mini", "weights": weights, "dropout": 0.2, "augmented_passes": 8}
    tune = {"epochs": 10, "unfreeze": 2, "learning_rate": 3e-4}
    return {
        "from scratch": {
            "model": {"pretrained": "hondo_mini", "weights": "none", "dropout": 0.2},
            "learn": {"optimizer": "adam", "learning_rate": 1e-3, "schedule": {"kind": "cosine", "warmup_epochs": 2}},
            "train": TRAIN | {"epochs": 80},
        },
        "head on frozen features": {
            "model": {"transfer": transfer},
            "learn": {"optimizer": "adam", "learning_rate": 1e-3},
            "train": TRAIN | {"epochs": 20},
        },
        "head, then fine-tuned": {
            "model": {"transfer": transfer | {"fine_tune": tune}},
            "learn": {"optimizer": "adam", "learning_rate": 1e-3},
            "train": TRAIN | {"epochs": 20},
        },
    }


def unseen_pictures(zipped: Path) -> tuple[Split, Split]:
    """Training and test pictures of the classes that the copy has not seen, numbered from 0."""
    data = load_dataset(DataSpec(path=str(zipped), validation=0.0))
    assert data.test is not None
    wanted = [data.classes.index(name) for name in UNSEEN]

    def chosen(split: Split) -> Split:
        rows = np.flatnonzero(np.isin(split.y, wanted))
        return Split(np.asarray(split.x[rows]), np.array([wanted.index(label) for label in split.y[rows]]))

    return chosen(data.train), chosen(data.test)


def main() -> None:
    """Train all variants with all seeds, and print their accuracies on the test pictures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("weights", type=Path, help="of the copy that has not seen these classes")
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("HONDO_SHARED", "../shared")) / "data")
    parser.add_argument("--seeds", type=int, default=SEEDS)
    given = parser.parse_args()
    train, test = unseen_pictures(given.data / PICTURES)
    found: dict[str, list[float]] = {}
    with TemporaryDirectory() as folder:
        for seed in range(given.seeds):
            draw = np.random.default_rng(seed)
            rows = [
                draw.choice(np.flatnonzero(train.y == label), A_CLASS, replace=False) for label in range(len(UNSEEN))
            ]
            few = train.take(np.concatenate(rows))
            file = Path(folder) / "pictures.npz"
            np.savez(file, x=few.x, y=few.y, x_test=test.x, y_test=test.y)
            for name, parts in variants(str(given.weights.resolve())).items():
                data = {"path": str(file), "validation": 0.0}
                train_part = parts["train"] | {"seed": seed}
                run = hondo.run(parts | {"data": data, "augment": AUGMENT, "train": train_part}, record=False)
                assert isinstance(run.evaluation, ClassificationEvaluation)
                found.setdefault(name, []).append(run.evaluation.accuracy)
                print(f"seed {seed}  {name}: {run.evaluation.accuracy:.3f}", flush=True)
    for name, accuracies in found.items():
        print(f"{name}: mean {statistics.mean(accuracies):.3f}  ({min(accuracies):.3f} to {max(accuracies):.3f})")
    print(json.dumps(found))


if __name__ == "__main__":
    main()
