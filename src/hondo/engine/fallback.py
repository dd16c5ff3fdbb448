"""What cannot be compiled whole trains through Keras's own ``fit``, with the same events and the same way to stop."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from hondo.core.arrays import IntArray
from hondo.core.backend import KerasModel, keras, on_jax
from hondo.core.events import CancelToken, EndReason, EpochEnded, Progress, Sink, TrainingEnded, TrainingStarted
from hondo.core.language import tr
from hondo.engine.batches import Batches
from hondo.engine.samples import Samples, damage_notice


def _is_array_like(value: Any) -> bool:
    if isinstance(value, dict):
        return all(_is_array_like(part) for part in value.values())
    if isinstance(value, (list, tuple)):
        return all(_is_array_like(part) for part in value)
    return value is None or (hasattr(value, "shape") and hasattr(value, "__getitem__") and len(value.shape) > 0)


def _is_sparse(value: Any) -> bool:
    if isinstance(value, (dict, list, tuple)):
        return any(_is_sparse(part) for part in (value.values() if isinstance(value, dict) else value))
    return type(value).__module__.startswith(("scipy.sparse", "jax.experimental.sparse"))


def arrays_throughout(x: Any, y: Any) -> bool:
    """Whether inputs and targets are arrays or sources, which can be read by index."""
    return _is_array_like(x) and _is_array_like(y) and not _is_sparse((x, y))


@contextmanager
def _running(model: KerasModel, *, eagerly: bool) -> Iterator[None]:
    """Within the block the model runs step by step in Python, if that is asked for."""
    if not eagerly:
        yield
        return
    before = model.run_eagerly
    model.run_eagerly = True
    model.train_function = model.test_function = None
    try:
        yield
    finally:
        model.run_eagerly = before
        model.train_function = model.test_function = None


@dataclass(frozen=True)
class Streamed:
    """Samples that Keras's own ``fit`` gets a batch at a time.

    Attributes:
        samples: to learn from, with their weights and their transform.
        held_out: to validate on.
        batch_size: samples a step.
        validation_batch: the same when validating.
        order: gives an epoch's order of samples.
    """

    samples: Samples
    held_out: Samples | None
    batch_size: int
    validation_batch: int
    order: Callable[[int], IntArray]

    def training(self, first_epoch: int) -> Batches:
        """The batches to learn from."""
        return Batches(self.samples, self.batch_size, self.order, first_epoch)


def why_not_whole(
    model: KerasModel, x: Any, y: Any, steps_per_epoch: int | None, validation_steps: int | None, validation_data: Any
) -> str:
    """Why this training cannot be compiled whole, in the reader's language; empty when it can."""
    if not on_jax():
        name = keras.config.backend()
        return tr(f"the backend is {name}, not JAX", f"el motor es {name}, no JAX")
    if model.run_eagerly or not model.jit_compile:
        return tr("the model asks to run uncompiled", "el modelo pide ejecutarse sin compilar")
    if steps_per_epoch or validation_steps:
        return tr("steps_per_epoch or validation_steps is set", "se fijó steps_per_epoch o validation_steps")
    if _is_sparse((x, y)):
        return tr("the data are sparse", "los datos son dispersos")
    if keras.distribution.distribution() is not None:
        return tr("a Keras distribution is active", "hay una distribución de Keras activa")
    if not (_is_array_like(x) and _is_array_like(y)):
        kind = type(x).__name__
        return tr(f"the data come as {kind}, not as arrays", f"los datos vienen como {kind}, no como arrays")
    if validation_data is not None and not isinstance(validation_data, (tuple, list)):
        kind = type(validation_data).__name__
        return tr(f"the validation data come as {kind}", f"los datos de validación vienen como {kind}")
    return ""


class _Bridge(keras.callbacks.Callback):
    """Tells the sink what Keras's ``fit`` does, and stops it when asked."""

    def __init__(self, sink: Sink, cancel: CancelToken) -> None:
        super().__init__()
        self._sink, self._cancel = sink, cancel
        self._epoch, self._began, self._last = 0, time.perf_counter(), 0.0
        self._first = self._began
        self.samples: tuple[Samples | None, ...] = ()
        self.reason: EndReason = "complete"
        self.detail = ""
        self.epochs_done = 0

    def _stop(self, reason: EndReason) -> None:
        model: Any = self.model
        model.stop_training, self.reason = True, reason

    def on_train_begin(self, logs: Any = None) -> None:
        """Announce the training."""
        params = self.params or {}
        self._sink(TrainingStarted(int(params.get("epochs") or 0), int(params.get("steps") or 0)))

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Note the time."""
        self._epoch, self._began = epoch, time.perf_counter()

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Report progress ten times a second, and look whether to stop."""
        now = time.perf_counter()
        if self._cancel.cancelled:
            self._stop("cancelled")
        if now - self._last < 0.1:
            return
        self._last = now
        values = {name: float(value) for name, value in (logs or {}).items()}
        if not np.isfinite(values.get("loss", 0.0)):
            self._stop("diverged")
            self.detail = tr(
                f"epoch {self._epoch + 1}, step {batch + 1} or before: the loss is {values['loss']}",
                f"época {self._epoch + 1}, paso {batch + 1} o antes: la pérdida es {values['loss']}",
            )
        steps = int((self.params or {}).get("steps") or batch + 1)
        self._sink(Progress(self._epoch, batch + 1, steps, values, now - self._began))

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Report the epoch."""
        for error in (error for samples in self.samples if samples for error in samples.untold_damage()):
            self._sink(damage_notice(error))
        if self.reason == "complete":
            self.epochs_done = epoch + 1
            values = {name: float(value) for name, value in (logs or {}).items()}
            self._sink(EpochEnded(epoch, values, time.perf_counter() - self._began))
            if getattr(self.model, "stop_training", False):
                self.reason = "stopped_early"

    def on_train_end(self, logs: Any = None) -> None:
        """Report the end."""
        self._sink(TrainingEnded(self.reason, self.epochs_done, time.perf_counter() - self._first, self.detail))


def keras_fit(
    model: KerasModel,
    x: Any,
    y: Any,
    *,
    callbacks: Sequence[Any] | None,
    sink: Sink,
    cancel: CancelToken,
    seed: int | None,
    eagerly: bool = False,
    streamed: Streamed | None = None,
    **arguments: Any,
) -> Any:
    """Keras's own ``fit``, reporting to the sink; no checkpoints of ours, so it cannot be resumed.

    Args:
        model: a compiled Keras model.
        x: inputs.
        y: targets.
        callbacks: Keras callbacks.
        sink: is told what happens.
        cancel: stops it after the batch that is running.
        seed: decides the order of samples.
        eagerly: run each step in Python, uncompiled.
        streamed: what to train on in the place of ``x`` and ``y``, where Keras cannot read or transform that itself.
        **arguments: the others of ``keras.Model.fit``.
    """
    if seed is not None:
        keras.utils.set_random_seed(seed)
    with ExitStack() as threads:
        threads.enter_context(_running(model, eagerly=eagerly))
        bridge = _Bridge(sink, cancel)
        if streamed is not None:
            batches = streamed.training(arguments["initial_epoch"])
            threads.callback(batches.close)
            x, y, bridge.samples = batches, None, (streamed.samples, streamed.held_out)
            if streamed.held_out is not None:
                arguments["validation_data"] = held_out = Batches(streamed.held_out, streamed.validation_batch)
                threads.callback(held_out.close)
            arguments |= dict.fromkeys(("batch_size", "class_weight", "sample_weight", "validation_batch_size"))
            arguments |= {"shuffle": False, "validation_split": 0.0}
        return model.fit(x, y, callbacks=[*(callbacks or ()), bridge], **arguments)
