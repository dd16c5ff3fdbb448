"""One peer in a process of its own: works a round each time it is told to, and says how long it took.

    python -m benchmarks.worker PEER TASK [train|predict]

A round is an epoch of training, or the prediction of all samples. Reads ``go`` lines and answers each with a line of
JSON. The first answer includes compilation. A peer that cannot do the task answers with the reason.
"""

import functools
import json
import os
import sys
import time
import traceback
from collections.abc import Callable
from typing import Any

import psutil

from benchmarks.flops import forward_flops, step_flops
from benchmarks.keras_networks import NETWORKS
from benchmarks.pictures import Pictures
from benchmarks.tasks import PREDICT_BATCH, TASKS, Task

FOREVER = 10_000


class Line:
    """The conversation with who measures.

    Args:
        facts: what every answer contains.
    """

    def __init__(self, **facts: Any) -> None:
        self.facts = facts
        self._began = 0.0

    def wait(self) -> None:
        """Until told to begin a round; the process ends when nobody is there any more."""
        if sys.stdin.readline().strip() != "go":
            os._exit(0)  # in the midst of somebody else's training loop
        self._began = time.perf_counter()

    def report(self, **facts: Any) -> None:
        """The round has ended."""
        seconds = time.perf_counter() - self._began
        self.answer(seconds=seconds, peak_bytes=_peak_bytes(), **facts)

    def answer(self, **facts: Any) -> None:
        """Write a line."""
        sys.stdout.write(json.dumps({**self.facts, **facts}) + "\n")
        sys.stdout.flush()


def cores() -> int:
    """The cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def keras_library(peer: str) -> Any:
    """Keras on the backend that the peer names; for Hondo as Hondo starts it."""
    if peer == "hondo":
        from hondo.core.backend import keras
    else:
        os.environ["KERAS_BACKEND"] = peer.removeprefix("keras-")
        import keras
    if keras.config.backend() == "torch":
        import torch

        torch.set_num_threads(cores())
    return keras


def keras_trains(peer: str, task: Task, data: Pictures, line: Line) -> None:
    """``hondo.fit`` or ``keras.Model.fit``, called once; each epoch begins when told to.

    So epochs are timed without what ``fit`` does once at its beginning.
    """
    keras = keras_library(peer)
    model = NETWORKS[task.network](keras)
    model.compile(task.optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    line.facts["flops"] = step_flops(model, task.batch_size) * task.steps

    class Gated(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            line.wait()

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            line.report(loss=float(logs["loss"]))

    if peer == "hondo":
        import hondo

        fit = functools.partial(hondo.fit, model)
    else:
        fit = model.fit
    fit(data.x, data.y, batch_size=task.batch_size, epochs=FOREVER, callbacks=[Gated()], verbose=0)


def keras_predicts(peer: str, task: Task, data: Pictures, line: Line) -> None:
    """``hondo.predict`` or ``keras.Model.predict`` over all samples."""
    keras = keras_library(peer)
    model = NETWORKS[task.network](keras)
    line.facts["flops"] = forward_flops(model) * task.predict_samples
    if peer == "hondo":
        import hondo

        predict: Callable[[Any], Any] = functools.partial(hondo.predict, model, batch_size=PREDICT_BATCH)
    else:
        predict = functools.partial(model.predict, batch_size=PREDICT_BATCH, verbose=0)
    while True:
        line.wait()
        outputs = predict(data.x)
        line.report(shape=outputs.shape)


def torch_ready(task: Task, data: Pictures, *, channels_last: bool, compiled: bool) -> tuple[Any, Any, Any, Any]:
    """The network, the network as it is called, and the samples as PyTorch likes them best: ``(n, channels, …)``."""
    import torch

    from benchmarks.torch_networks import NETWORKS as TORCH_NETWORKS

    torch.set_num_threads(cores())
    model = TORCH_NETWORKS[task.network]()
    inputs, labels = torch.from_numpy(data.x), torch.from_numpy(data.y.astype("int64"))
    if inputs.ndim == 4:
        form = torch.channels_last if channels_last else torch.contiguous_format
        model = model.to(memory_format=form)
        inputs = inputs.permute(0, 3, 1, 2).contiguous(memory_format=form)
    return model, torch.compile(model) if compiled else model, inputs, labels


def torch_trains(
    task: Task, data: Pictures, line: Line, *, channels_last: bool = False, compiled: bool = False
) -> None:
    """A plain PyTorch loop over tensors in memory, with loss and accuracy kept as Keras keeps them.

    The variants that are tuned have PyTorch's fused optimizer too, which is up to a tenth of a step.
    """
    import torch

    model, network, inputs, labels = torch_ready(task, data, channels_last=channels_last, compiled=compiled)
    rate = {"sgd": 0.01, "adam": 0.001}[task.optimizer]
    make = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[task.optimizer]
    optimizer = make(model.parameters(), lr=rate, fused=channels_last or compiled or None)
    cross_entropy = torch.nn.CrossEntropyLoss()
    while True:
        line.wait()
        total = torch.zeros(())
        right = torch.zeros((), dtype=torch.int64)
        order = torch.randperm(len(inputs))
        for first in range(0, len(inputs), task.batch_size):
            index = order[first : first + task.batch_size]
            batch, target = inputs[index], labels[index]
            optimizer.zero_grad()
            logits = network(batch)
            loss = cross_entropy(logits, target)
            loss.backward()
            optimizer.step()
            with torch.no_grad():
                total += loss * len(index)
                right += (logits.argmax(1) == target).sum()
        line.report(loss=float(total) / len(inputs))


def torch_predicts(
    task: Task, data: Pictures, line: Line, *, channels_last: bool = False, compiled: bool = False
) -> None:
    """Batch by batch without gradients; the softmax that the logits lack is taken at the end."""
    import torch

    model, network, inputs, _ = torch_ready(task, data, channels_last=channels_last, compiled=compiled)
    model.eval()
    with torch.inference_mode():
        while True:
            line.wait()
            outputs = torch.cat([network(batch) for batch in inputs.split(PREDICT_BATCH)]).softmax(1).numpy()
            line.report(shape=outputs.shape)


TORCH_VARIANTS: dict[str, dict[str, bool]] = {
    "torch": {},
    "torch-channels-last": {"channels_last": True},
    "torch-compiled": {"compiled": True},
}


def work(peer: str, task: Task, what: str, line: Line) -> None:
    """Rounds until standard input ends."""
    data = task.pictures(predict=what == "predict")
    line.facts["data"] = data.source
    if peer in TORCH_VARIANTS:
        on_torch = {"train": torch_trains, "predict": torch_predicts}[what]
        on_torch(task, data, line, **TORCH_VARIANTS[peer])
    else:
        on_keras = {"train": keras_trains, "predict": keras_predicts}[what]
        on_keras(peer, task, data, line)


def main(peer: str, name: str, what: str = "train") -> None:
    """Serve one peer; whatever stops it is told to who measures, who goes on without it."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    line = Line()
    try:
        work(peer, TASKS[name], what, line)
    except Exception as error:
        traceback.print_exc()
        reason = next((text for text in str(error).splitlines() if text.strip()), "")
        line.answer(left_out=f"{type(error).__name__}: {reason}")
        raise SystemExit(1) from error


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
