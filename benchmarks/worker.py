"""One peer in a process of its own: trains an epoch each time it is told to, and says how long it took.

    python -m benchmarks.worker PEER TASK

Reads ``go`` lines, answers each with a line of JSON. The first answer includes compilation.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

import psutil

from benchmarks.tasks import TASKS, Task, mnist

THREADS = 2


def hondo_peer(task: Task, x: Any, y: Any) -> Callable[[], float]:
    """``hondo.fit`` on Keras with JAX."""
    import hondo
    from hondo.core.backend import keras

    model = task.keras_model(keras)
    model.compile(task.optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])

    def epoch() -> float:
        return hondo.fit(model, x, y, batch_size=task.batch_size, verbose=0).history["loss"][-1]

    return epoch


def keras_peer(task: Task, x: Any, y: Any) -> Callable[[], float]:
    """``keras.Model.fit`` on the backend that KERAS_BACKEND names."""
    import keras

    model = task.keras_model(keras)
    model.compile(task.optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])

    def epoch() -> float:
        return float(model.fit(x, y, batch_size=task.batch_size, verbose=0).history["loss"][-1])

    return epoch


def torch_peer(task: Task, x: Any, y: Any) -> Callable[[], float]:
    """A plain PyTorch loop over tensors in memory, with loss and accuracy kept as Keras keeps them."""
    import torch

    torch.set_num_threads(THREADS)
    model = task.torch_model(torch)
    rate = {"sgd": 0.01, "adam": 0.001}[task.optimizer]
    optimizer = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[task.optimizer](model.parameters(), lr=rate)
    cross_entropy = torch.nn.CrossEntropyLoss()
    inputs, labels = torch.from_numpy(x), torch.from_numpy(y.astype("int64"))

    def epoch() -> float:
        total = torch.zeros(())
        right = torch.zeros((), dtype=torch.int64)
        order = torch.randperm(len(inputs))
        for first in range(0, len(inputs), task.batch_size):
            index = order[first : first + task.batch_size]
            batch, target = inputs[index], labels[index]
            optimizer.zero_grad()
            logits = model(batch)
            loss = cross_entropy(logits, target)
            loss.backward()
            optimizer.step()
            with torch.no_grad():
                total += loss * len(index)
                right += (logits.argmax(1) == target).sum()
        return float(total) / len(inputs)

    return epoch


PEERS: dict[str, tuple[Callable[[Task, Any, Any], Callable[[], float]], str]] = {
    "hondo": (hondo_peer, "jax"),
    "keras-jax": (keras_peer, "jax"),
    "keras-tensorflow": (keras_peer, "tensorflow"),
    "torch": (torch_peer, ""),
}


def main(peer: str, name: str) -> None:
    """Serve epochs until standard input ends."""
    make, backend = PEERS[peer]
    if backend:
        os.environ["KERAS_BACKEND"] = backend
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    task = TASKS[name]
    x, y, _ = mnist()
    epoch = make(task, x[: task.samples], y[: task.samples])
    for line in sys.stdin:
        if line.strip() != "go":
            break
        began = time.perf_counter()
        loss = epoch()
        answer = {"seconds": time.perf_counter() - began, "loss": loss, "peak_bytes": _peak_bytes()}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _peak_bytes() -> int:
    """The most memory this process has held; where the system does not say, what it holds now."""
    try:
        import resource
    except ImportError:
        info = psutil.Process().memory_info()
        return int(getattr(info, "peak_wset", info.rss))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


if __name__ == "__main__":
    main(*sys.argv[1:])
