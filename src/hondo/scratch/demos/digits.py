"""Networks from nothing learn real handwritten digits: a CNN the small ones that ship here, an MLP all of MNIST."""

from collections.abc import Callable
from time import perf_counter

import numpy as np

from hondo.core.language import tr
from hondo.data.dataset import Split
from hondo.data.sets.digits import digits
from hondo.data.sets.mnist import mnist
from hondo.scratch.descent.optimizers import Adam
from hondo.scratch.descent.schedules import CosineDecay
from hondo.scratch.losses.from_logits import one_hot
from hondo.scratch.networks.network import Network, cnn, mlp
from hondo.scratch.networks.training import History, train

Say = Callable[[str], object]
_BATCH = 64


def _learn(
    network: Network, seen: tuple[np.ndarray, np.ndarray], unseen: tuple[np.ndarray, np.ndarray], epochs: int, say: Say
) -> float:
    """Train, say after every epoch how it goes, and return the share of unseen digits that are recognised."""
    began = perf_counter()
    (x, y), (x_test, y_test) = seen, unseen

    def right() -> float:
        return float((network.classify(x_test) == y_test).mean())

    def watch(history: History) -> None:
        words = tr(
            f"epoch {len(history.loss)}/{epochs}  loss {history.loss[-1]:.4f}  right on unseen digits {right():.2%}",
            f"época {len(history.loss)}/{epochs}  pérdida {history.loss[-1]:.4f}  acierto en no vistos {right():.2%}",
        )
        say(f"{words}  {perf_counter() - began:.0f} s")

    steps = epochs * -(-len(x) // _BATCH)
    optimizer = Adam(CosineDecay(0.003, steps))
    train(
        network,
        "softmax_cross_entropy",
        x,
        one_hot(y, 10),
        optimizer=optimizer,
        batch_size=_BATCH,
        epochs=epochs,
        watch=watch,
    )
    return right()


def _pixels(split: Split) -> np.ndarray:
    return np.asarray(split.x) / 255.0  # (samples, height, width, 1), 0 to 1


def run_digits(say: Say, epochs: int = 15) -> float:
    """A CNN on 1,797 digits of 8×8 pixels; every fifth is held out."""
    split = digits().train
    x, y = _pixels(split), np.asarray(split.y)
    unseen = np.arange(len(x)) % 5 == 0  # (samples,)
    return _learn(cnn((8, 8, 1), 10), (x[~unseen], y[~unseen]), (x[unseen], y[unseen]), epochs, say)


def run_mnist(say: Say, epochs: int = 4) -> float:
    """An MLP with 128 hidden neurons on MNIST's 60,000 digits; its 10,000 test digits are unseen."""
    seen, unseen = (mnist().splits[name] for name in ("train", "test"))
    x, x_test = (_pixels(split).reshape(-1, 784) for split in (seen, unseen))  # (samples, 784)
    return _learn(mlp((784, 128, 10)), (x, np.asarray(seen.y)), (x_test, np.asarray(unseen.y)), epochs, say)
