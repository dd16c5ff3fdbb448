"""Evaluation and prediction, compiled whole like training and equal to Keras's own."""

import time
import warnings
from collections.abc import Generator, Iterable, Mapping
from contextlib import closing
from typing import Any

import jax
import numpy as np

from hondo.core.backend import KerasModel, keras, on_jax
from hondo.core.errors import HondoWarning
from hondo.core.events import CancelToken
from hondo.engine.batches import Batches
from hondo.engine.feed import on_device
from hondo.engine.prediction import Predictor
from hondo.engine.program import (
    Cancelled,
    Pace,
    Program,
    programs_of,
    shape_key,
    test_function,
    untraceable,
    whole_or_single,
)
from hondo.engine.reader import AHEAD, Reader, batch_that_fits, result_of, stretches_of, windows_of
from hondo.engine.samples import Rows, Samples, gather
from hondo.engine.state import build, read_state, write_state

CALL_SECONDS = 0.2


class Evaluator:
    """Loss and metrics over one set of samples, again and again with the model's weights of the moment.

    Args:
        model: a compiled Keras model on JAX, built.
        samples: what to evaluate on; lazy ones are read a window at a time.
        batch_size: samples a step; Keras's metrics do not depend on it, a mean loss with batch normalisation may.
    """

    def __init__(self, model: KerasModel, samples: Samples, batch_size: int) -> None:
        self._model, self.samples = model, samples
        self._sizes = stretches_of(samples.count, batch_that_fits(samples, batch_size))
        self._on_device: Rows | None = None

    def _portions(self, cancel: CancelToken) -> Generator[tuple[Rows, int, int]]:
        """Rows on the device, the batch size, and how many batches of them to take."""
        if self.samples.lazy:
            yield from self._streamed(cancel)
            return
        if self._on_device is None:
            self._on_device = on_device(self.samples)
        first = 0
        for batch, steps in self._sizes:
            # The program takes only its whole batches, so the first stretch may see all rows.
            yield _rows_from(self._on_device, first), batch, steps
            first += batch * steps

    def _streamed(self, cancel: CancelToken) -> Generator[tuple[Rows, int, int]]:
        places = [place for stretch in windows_of(self.samples, self._sizes) for place in stretch]
        order = np.arange(self.samples.count)
        with closing(Reader(self.samples)) as reader:
            tasks = [reader.submit(place.window(order, 0)) for place in places[: AHEAD + 1]]
            for number, place in enumerate(places):
                yield result_of(tasks.pop(0), cancel), place.batch, place.steps
                if number + AHEAD + 1 < len(places):
                    tasks.append(reader.submit(places[number + AHEAD + 1].window(order, 0)))

    def _program(self, rows: Rows, batch_size: int) -> tuple[Program, bool]:
        model = self._model
        state = read_state(model)

        def make() -> tuple[Program, bool]:
            shapes = ((state.trainable, state.non_trainable, state.metrics), rows, np.int32(0), np.int32(0))
            return whole_or_single(lambda loop: test_function(model, batch_size, loop=loop), *shapes)

        return programs_of(model).get(model, ("test", batch_size, shape_key(rows)), make)

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
        with closing(self._portions(cancel)) as portions:
            for rows, size, steps in portions:
                program, loops = self._program(rows, size)
                run, pace = program.ready(cancel), Pace(CALL_SECONDS, loops)
                step = 0
                while step < steps:
                    if cancel.cancelled:
                        raise Cancelled
                    began, count = time.perf_counter(), pace.steps(steps - step)
                    state, logs = jax.block_until_ready(run(state, rows, np.int32(step * size), np.int32(count)))
                    pace.note(count, time.perf_counter() - began)
                    step += count
        write_state(model, before._replace(non_trainable=state[1], metrics=state[2]))
        return {name: float(value) for name, value in logs.items()}


def _rows_from(rows: Rows, first: int) -> Rows:
    return jax.tree.map(lambda leaf: leaf[first:], rows) if first else rows


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
    if on_jax():
        build(model, *samples.batch_shapes(batch_that_fits(samples, batch_size)), note_first_batch=lambda: None)
        logs = Evaluator(model, samples, batch_size).run()
    elif samples.lazy:
        with closing(Batches(samples, batch_that_fits(samples, batch_size))) as batches:
            logs = model.evaluate(batches, verbose=0, return_dict=True)
    else:
        inputs, targets, weights = samples.rows
        logs = model.evaluate(
            inputs, targets, batch_size=batch_size, sample_weight=weights, verbose=0, return_dict=True
        )
    _warn_of_damage(samples)
    return logs


def predict(model: KerasModel, x: Any, *, batch_size: int = 256) -> Any:
    """The model's outputs for inputs ``x`` ``(n, …)``, in order.

    A lazy source is read a window at a time. Returns an array ``(n, …)``, or the model's structure of them. For an
    input that turns out to be damaged, and is skipped, the outputs are those of a neighbour.
    """
    samples = gather(x)
    size = batch_that_fits(samples, batch_size)
    if not samples.lazy:
        inputs = samples.rows[0]
        parts = (
            jax.tree.map(lambda leaf, at=first: leaf[at : at + size], inputs) for first in range(0, samples.count, size)
        )
        compiled = _compiled_predictions(model, parts, min(size, samples.count))
        return model.predict(inputs, batch_size=batch_size, verbose=0) if compiled is None else compiled
    with closing(Batches(samples, size)) as batches:
        parts = (batches[number][0] for number in range(len(batches)))
        compiled = _compiled_predictions(model, parts, min(size, samples.count))
        outputs = model.predict(batches, verbose=0) if compiled is None else compiled
    _warn_of_damage(samples)
    return outputs


def _compiled_predictions(model: KerasModel, parts: Iterable[Any], batch_size: int) -> Any:
    """The outputs by programs of our own; None where only Keras's own ``predict`` will do."""
    own = type(model).predict is not keras.Model.predict
    if own or not on_jax() or not model.built or model.run_eagerly:
        return None
    try:
        return Predictor(model, batch_size).over(parts)
    except Exception as error:
        if untraceable(error):
            return None
        raise


def _warn_of_damage(samples: Samples) -> None:
    for error in samples.untold_damage():
        warnings.warn(error.message, HondoWarning, stacklevel=3)
