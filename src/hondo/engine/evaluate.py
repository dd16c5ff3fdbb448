"""Evaluation and prediction, compiled whole like training and equal to Keras's own."""

import time
from collections.abc import Mapping
from typing import Any

import jax
import numpy as np

from hondo.core.arrays import Array
from hondo.core.backend import KerasModel, on_jax
from hondo.core.events import CancelToken
from hondo.engine.feed import Rows, Samples, gather, on_device
from hondo.engine.program import Cancelled, Pace, Program, programs_of, shape_key, test_function, whole_or_single
from hondo.engine.state import build, read_state, write_state

WINDOW_BYTES = 256 * 2**20
CALL_SECONDS = 0.2


class Evaluator:
    """Loss and metrics over one set of samples, again and again with the model's weights of the moment.

    Args:
        model: a compiled Keras model on JAX, built.
        samples: what to evaluate on.
        batch_size: samples a step; Keras's metrics do not depend on it, a mean loss with batch normalisation may.
    """

    def __init__(self, model: KerasModel, samples: Samples, batch_size: int) -> None:
        self._model, self._samples = model, samples
        self._batch = min(batch_size, samples.count)
        whole = samples.count // self._batch
        self._window = whole if not samples.lazy else max(1, WINDOW_BYTES // max(1, samples.row_bytes * self._batch))
        self._on_device: Rows | None = None

    def _rows(self, first: int, last: int) -> Rows:
        if self._samples.lazy:
            return self._samples.take(np.arange(first, last))
        if self._on_device is None:
            self._on_device = on_device(self._samples)
        if first == 0:  # the program takes only its whole batches
            return self._on_device
        return jax.tree.map(lambda leaf: leaf[first:last], self._on_device)

    def _program(self, rows: Rows, batch_size: int) -> tuple[Program, bool]:
        model = self._model
        state = read_state(model)

        def make() -> tuple[Program, bool]:
            shapes = ((state.trainable, state.non_trainable, state.metrics), rows, np.int32(0), np.int32(0))
            return whole_or_single(lambda loop: test_function(model, batch_size, loop=loop), *shapes)

        return programs_of(model).get(model, ("test", batch_size, shape_key(rows)), make)

    def _stretches(self) -> list[tuple[int, int, int]]:
        """First and last sample and the batch size: all at once or a window at a time, then the partial batch."""
        count, size = self._samples.count, self._batch
        partial, window = count % size, self._window * size
        whole = [(first, min(first + window, count - partial), size) for first in range(0, count - partial, window)]
        return [*whole, (count - partial, count, partial)] if partial else whole

    def run(self, cancel: CancelToken | None = None) -> dict[str, float]:
        """Loss and metrics now, by name.

        Raises:
            Cancelled: if cancelled before the end.
        """
        cancel = cancel or CancelToken()
        model = self._model
        model.reset_metrics()
        before = read_state(model)
        state: Any = (before.trainable, before.non_trainable, before.metrics)
        logs: Mapping[str, jax.Array] = {}
        for first, last, size in self._stretches():
            rows = self._rows(first, last)
            program, loops = self._program(rows, size)
            run, pace = program.ready(cancel), Pace(CALL_SECONDS, loops)
            step, steps = 0, (last - first) // size
            while step < steps:
                if cancel.cancelled:
                    raise Cancelled
                began, count = time.perf_counter(), pace.steps(steps - step)
                state, logs = jax.block_until_ready(run(state, rows, np.int32(step * size), np.int32(count)))
                pace.note(count, time.perf_counter() - began)
                step += count
        write_state(model, before._replace(non_trainable=state[1], metrics=state[2]))
        return {name: float(value) for name, value in logs.items()}


def evaluate(
    model: KerasModel, x: Any, y: Any = None, *, batch_size: int = 32, sample_weight: Any = None
) -> dict[str, float]:
    """Loss and metrics on held-out samples, as ``keras.Model.evaluate(..., return_dict=True)`` gives them.

    Args:
        model: a compiled Keras model; on another backend than JAX its own ``evaluate`` is called.
        x: inputs ``(n, …)``, or the structure of arrays that the model takes.
        y: targets.
        batch_size: samples a step.
        sample_weight: weights ``(n,)`` or None.
    """
    samples = gather(x, y, sample_weight)
    if not on_jax():
        inputs, targets, weights = samples.take(slice(None))
        return model.evaluate(
            inputs, targets, batch_size=batch_size, sample_weight=weights, verbose=0, return_dict=True
        )
    build(model, *samples.batch_shapes(min(batch_size, samples.count)), note_first_batch=lambda: None)
    return Evaluator(model, samples, batch_size).run()


def predict(model: KerasModel, x: Any, *, batch_size: int = 256) -> Any:
    """The model's outputs for inputs ``x`` ``(n, …)``, in order.

    A lazy source is read a stretch at a time. Returns an array ``(n, …)``, or the model's structure of them.
    """
    samples = gather(x)
    stretch = max(batch_size, WINDOW_BYTES // max(1, samples.row_bytes))
    if not samples.lazy or samples.count <= stretch:
        return model.predict(samples.take(slice(None))[0], batch_size=batch_size, verbose=0)
    parts: list[Any] = []
    for first in range(0, samples.count, stretch):
        rows: Array = samples.take(np.arange(first, min(first + stretch, samples.count)))[0]
        parts.append(model.predict(rows, batch_size=batch_size, verbose=0))
    return jax.tree.map(lambda *pieces: np.concatenate(pieces), *parts)
