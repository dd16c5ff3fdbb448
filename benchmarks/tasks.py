"""What is trained: the same network, data and batch size for every peer."""

import gzip
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

PIXELS, CLASSES = 784, 10


@dataclass(frozen=True)
class Task:
    """A training to be timed.

    Attributes:
        name: how it is called in the table.
        batch_size: samples a step.
        optimizer: ``sgd`` or ``adam``, with Keras's default learning rate.
        keras_model: builds the network with Keras.
        torch_model: builds the same network with PyTorch; it returns logits.
        flops_a_step: multiplications and additions in the matrix products of one step.
        samples: how many samples an epoch has.
        goals: how many times faster than each peer Hondo is meant to be.
    """

    name: str
    batch_size: int
    optimizer: str
    keras_model: Callable[[Any], Any]
    torch_model: Callable[[Any], Any]
    flops_a_step: float
    samples: int
    goals: dict[str, float]

    @property
    def steps(self) -> int:
        """Steps an epoch."""
        return -(-self.samples // self.batch_size)


def mlp_keras(keras: Any) -> Any:
    """784-128 sigmoid-10 softmax."""
    dense = keras.layers.Dense
    return keras.Sequential(
        [keras.Input((PIXELS,)), dense(128, activation="sigmoid"), dense(CLASSES, activation="softmax")]
    )


def mlp_torch(torch: Any) -> Any:
    """The same; PyTorch's cross-entropy contains the softmax."""
    nn = torch.nn
    return nn.Sequential(nn.Linear(PIXELS, 128), nn.Sigmoid(), nn.Linear(128, CLASSES))


# Forward and the weights' gradients of both layers, and the inputs' gradient of the second.
MLP_FLOPS = 2 * 32 * (2 * PIXELS * 128 + 3 * 128 * CLASSES)

TASKS = {
    f"mnist-mlp-{optimizer}": Task(
        f"mnist-mlp-{optimizer}", 32, optimizer, mlp_keras, mlp_torch, MLP_FLOPS, 60_000, goals
    )
    for optimizer, goals in {
        "sgd": {"keras-tensorflow": 12.0, "torch": 3.5, "keras-jax": 3.0},
        "adam": {"keras-tensorflow": 12.0, "torch": 4.5, "keras-jax": 3.0},
    }.items()
}


def mnist() -> tuple[Any, Any, str]:
    """MNIST's training set as float32 rows in 0..1 and int32 labels; where it is not at hand, noise of that shape."""
    here = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
    for folder in (Path(os.environ.get("HONDO_DATA", here)), here):
        for place in (folder, folder / "mnist"):
            if (place / "train-images-idx3-ubyte.gz").exists():
                pixels = gzip.decompress((place / "train-images-idx3-ubyte.gz").read_bytes())[16:]
                labels = gzip.decompress((place / "train-labels-idx1-ubyte.gz").read_bytes())[8:]
                x = np.frombuffer(pixels, np.uint8).reshape(-1, PIXELS).astype(np.float32) / 255
                return x, np.frombuffer(labels, np.uint8).astype(np.int32), "MNIST"
    generator = np.random.default_rng(0)
    x = generator.random((60_000, PIXELS), dtype=np.float32)
    return x, generator.integers(0, CLASSES, 60_000).astype(np.int32), "noise"
