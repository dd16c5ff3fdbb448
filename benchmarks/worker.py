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
FOREVER = 10_000


Gate = Callable[[], None]
Report = Callable[[float], None]


def gated_callback(keras: Any, wait: Gate, report: Report) -> Any:
    """A callback that lets each epoch begin only when told to, and reports the loss at its end.

    So a single ``fit`` is timed epoch by epoch, without what it does once at its beginning.
    """

    class Gated(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            wait()

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            report(float(logs["loss"]))

    return Gated()


def hondo_peer(task: Task, x: Any, y: Any, wait: Gate, report: Report) -> None:
    """``hondo.fit`` on Keras with JAX."""
    import hondo
    from hondo.core.backend import keras

    model = task.keras_model(keras)
    model.compile(task.optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    gate = gated_callback(keras, wait, report)
    hondo.fit(model, x, y, batch_size=task.batch_size, epochs=FOREVER, callbacks=[gate], verbose=0)


def keras_peer(task: Task, x: Any, y: Any, wait: Gate, report: Report) -> None:
    """``keras.Model.fit`` on the backend that KERAS_BACKEND names."""
    import keras

    model = task.keras_model(keras)
    model.compile(task.optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    gate = gated_callback(keras, wait, report)
    model.fit(x, y, batch_size=task.batch_size, epochs=FOREVER, callbacks=[gate], verbose=0)


def torch_peer(task: Task, x: Any, y: Any, wait: Gate, report: Report) -> None:
    """A plain PyTorch loop over tensors in memory, with loss and accuracy kept as Keras keeps them."""
    import torch

    torch.set_num_threads(THREADS)
    model = task.torch_model(torch)
    rate = {"sgd": 0.01, "adam": 0.001}[task.optimizer]
    optimizer = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[task.optimizer](model.parameters(), lr=rate)
    cross_entropy = torch.nn.CrossEntropyLoss()
    inputs, labels = torch.from_numpy(x), torch.from_numpy(y.astype("int64"))
    while True:
        wait()
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
        report(float(total) / len(inputs))


PEERS: dict[str, tuple[Callable[[Task, Any, Any, Gate, Report], None], str]] = {
    "hondo": (hondo_peer, "jax"),
    "keras-jax": (keras_peer, "jax"),
    "keras-tensorflow": (keras_peer, "tensorflow"),
    "torch": (torch_peer, ""),
}


def main(peer: str, name: str) -> None:
    """Serve epochs until standard input ends."""
    train, backend = PEERS[peer]
    if backend:
        os.environ["KERAS_BACKEND"] = backend
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    task = TASKS[name]
    x, y, _ = mnist()
    began = 0.0

    def wait() -> None:
        nonlocal began
        if sys.stdin.readline().strip() != "go":
            os._exit(0)  # in the midst of somebody else's training loop
        began = time.perf_counter()

    def report(loss: float) -> None:
        answer = {"seconds": time.perf_counter() - began, "loss": loss, "peak_bytes": _peak_bytes()}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()

    train(task, x[: task.samples], y[: task.samples], wait, report)


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
