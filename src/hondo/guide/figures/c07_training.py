"""Small networks that are really trained, once, for the figures of the chapter on Keras's flow."""

import itertools
from dataclasses import dataclass
from functools import cache

import numpy as np
from sklearn.datasets import load_digits

from hondo.core.arrays import Array, FloatArray, IntArray
from hondo.scratch.activations.softmax import softmax
from hondo.scratch.descent.optimizers import OPTIMIZERS
from hondo.scratch.layers.dense import Dense
from hondo.scratch.layers.simple import Activation, Softmax
from hondo.scratch.losses.from_logits import one_hot
from hondo.scratch.networks.network import Network
from hondo.scratch.networks.training import History, train

TRAIN, VALIDATION, TEST = 1257, 180, 360
CROSS_ENTROPY, SQUARES = "softmax_cross_entropy", "mean_squared_error"


@dataclass(frozen=True)
class Digits:
    """The digits in their three parts, shuffled: pictures with values from 0 to 16, and classes."""

    train: tuple[FloatArray, IntArray]
    validation: tuple[FloatArray, IntArray]
    test: tuple[FloatArray, IntArray]


@cache
def digits(seed: int = 0) -> Digits:
    """The 1797 digits, split at random."""
    x, y = load_digits(return_X_y=True)
    order = np.random.default_rng(seed).permutation(len(y))
    x, y = np.asarray(x, np.float64)[order], np.asarray(y, np.int64)[order]
    ends = (0, TRAIN, TRAIN + VALIDATION, TRAIN + VALIDATION + TEST)
    return Digits(*[(x[begin:end], y[begin:end]) for begin, end in itertools.pairwise(ends)])


@dataclass(frozen=True)
class Trained:
    """What a training leaves behind; accuracies are those after each epoch, the one before the first in front."""

    network: Network
    history: History
    accuracy: tuple[float, ...]
    val_accuracy: tuple[float, ...]
    logits: bool

    def probabilities(self, x: Array) -> FloatArray:
        """For each picture (values from 0 to 16) a row of ten."""
        out = self.network.predict(x / 16)
        return softmax(out) if self.logits else out


@cache
def trained(
    units: int = 32,
    samples: int = TRAIN,
    epochs: int = 20,
    optimizer: str = "adam",
    rate: float = 0.003,
    loss: str = CROSS_ENTROPY,
    seed: int = 0,
    split: int = 0,
) -> Trained:
    """Train 64 → units → 10 on the digits."""
    parts = digits(split)
    x, y = parts.train[0][:samples] / 16, parts.train[1][:samples]
    x_val, y_val = parts.validation[0] / 16, parts.validation[1]
    logits = loss == CROSS_ENTROPY
    layers = [Dense(units, "he_uniform"), Activation("relu"), Dense(10)]
    network = Network(layers if logits else [*layers, Softmax()], (64,), seed)
    right = [(float(np.mean(network.classify(a) == b))) for a, b in ((x, y), (x_val, y_val))]
    seen, unseen = [right[0]], [right[1]]

    def watch(_: History) -> None:
        seen.append(float(np.mean(network.classify(x) == y)))
        unseen.append(float(np.mean(network.classify(x_val) == y_val)))

    with np.errstate(all="ignore"):
        history = train(
            network,
            loss,
            x,
            one_hot(y, 10),
            optimizer=OPTIMIZERS[optimizer](learning_rate=rate),
            epochs=epochs,
            seed=seed,
            validation=(x_val, one_hot(y_val, 10)),
            watch=watch,
        )
    return Trained(network, history, tuple(seen), tuple(unseen), logits)


@cache
def untrained() -> Network:
    """The network of 32 hidden neurons before its first epoch."""
    return Network([Dense(32, "he_uniform"), Activation("relu"), Dense(10)], (64,), 0)


def wilson(right: int, of: int, z: float = 1.96) -> tuple[float, float]:
    """The interval of Wilson for a share: where the true share may lie (95 %)."""
    share = right / of
    middle = (share + z**2 / (2 * of)) / (1 + z**2 / of)
    half = z / (1 + z**2 / of) * np.sqrt(share * (1 - share) / of + z**2 / (4 * of**2))
    return float(middle - half), float(middle + half)
