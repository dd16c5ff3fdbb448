"""``hondo.fit``: Keras's ``fit``, compiled whole.

Arguments, results and history are Keras's, so ``model.fit(...)`` can be changed to ``hondo.fit(model, ...)`` and
back. What cannot be compiled whole goes to Keras's own ``fit``, which is said in a warning.
"""

import warnings
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hondo.core.arrays import BatchTransform, IntArray
from hondo.core.backend import KerasModel, keras
from hondo.core.errors import DataError, HondoWarning, ModelError
from hondo.core.events import CancelToken, Event, Notice, Sink, TrainingEnded
from hondo.core.language import tr
from hondo.core.seeds import generator
from hondo.engine.checkpoint import Checkpointing
from hondo.engine.evaluate import Evaluator
from hondo.engine.fallback import Streamed, arrays_throughout, keras_fit, why_not_whole
from hondo.engine.loop import Loop, Plan
from hondo.engine.program import untraceable
from hondo.engine.samples import Samples, gather, order_of_samples, weigh_classes
from hondo.engine.state import build


def warn_sink(event: Event) -> None:
    """The sink of a plain call from Python: advice and a diverged loss become Python warnings."""
    if isinstance(event, Notice) and event.kind == "warning":
        warnings.warn(event.text, HondoWarning, stacklevel=2)
    if isinstance(event, TrainingEnded) and event.reason == "diverged":
        warnings.warn(event.detail, HondoWarning, stacklevel=2)


def fit(
    model: KerasModel,
    x: Any = None,
    y: Any = None,
    batch_size: int | None = None,
    epochs: int = 1,
    verbose: str | int = "auto",
    callbacks: Sequence[Any] | None = None,
    validation_split: float = 0.0,
    validation_data: Any = None,
    shuffle: bool | str = True,
    class_weight: Mapping[int, float] | None = None,
    sample_weight: Any = None,
    initial_epoch: int = 0,
    steps_per_epoch: int | None = None,
    validation_steps: int | None = None,
    validation_batch_size: int | None = None,
    validation_freq: int | Collection[int] = 1,
    *,
    augment: BatchTransform | None = None,
    seed: int | None = None,
    sink: Sink = warn_sink,
    cancel: CancelToken | None = None,
    checkpoint: Checkpointing | None = None,
    every_batch: bool = False,
    chunk_seconds: float = 0.075,
) -> Any:
    """Train a compiled Keras model.

    With the same initial weights and order of samples, the weights equal those of ``keras.Model.fit`` to float32
    accuracy; with ``shuffle=True`` and no ``seed``, the order is drawn from NumPy's global generator as Keras does.

    Args:
        model: any compiled Keras model: Sequential, functional or subclassed.
        x: inputs ``(n, …)``; a list, tuple or dict for several; a lazy source (``shape``, ``dtype``, indexing by an
            integer array) is read while training. Generators and ``tf.data`` go to Keras's own ``fit``.
        y: targets.
        batch_size: samples a step (32).
        epochs: the epoch to train up to.
        verbose: 0 silent, 1 progress bar, 2 a line an epoch, as in Keras.
        callbacks: Keras callbacks. Epoch hooks are called as in Keras, batch hooks at the end of each chunk.
        validation_split: the share of samples, taken from the end, to validate on.
        validation_data: ``(x, y)`` or ``(x, y, sample_weight)``.
        shuffle: mix the samples in each epoch; ``"batch"`` mixes within batches.
        class_weight: weight by class number.
        sample_weight: weights ``(n,)``.
        initial_epoch: the epoch to begin at.
        steps_per_epoch: goes to Keras's own ``fit``.
        validation_steps: goes to Keras's own ``fit``.
        validation_batch_size: samples a step when validating.
        validation_freq: validate every so many epochs, or after the epochs listed (from 1).
        augment: transforms every training batch before the model sees it, in threads and ahead of the training
            (see :class:`hondo.core.arrays.BatchTransform`); ``x`` and ``y`` must be single arrays or sources then.
            Class weights go by the labels as they are given; weights and validation data stay as they are.
        seed: draw each epoch's order from this seed, which makes a training repeatable and resumable.
        sink: is told what happens (see :mod:`hondo.core.events`).
        cancel: stops the training within a chunk.
        checkpoint: where to save, and to resume from.
        every_batch: call batch hooks after every step; slower.
        chunk_seconds: how long one compiled call should take.

    Returns:
        The ``keras.callbacks.History``.

    Raises:
        ModelError: if the model is not compiled.
        DataError: if the arrays do not go together.
    """
    if not model.compiled:
        raise ModelError(
            tr("the model is not compiled", "el modelo no está compilado"),
            tr("Call model.compile(optimizer, loss) first.", "Llame antes a model.compile(optimizer, loss)."),
        )
    arguments = {
        "batch_size": batch_size, "epochs": epochs, "verbose": verbose, "validation_split": validation_split,
        "validation_data": validation_data, "shuffle": shuffle, "class_weight": class_weight,
        "sample_weight": sample_weight, "initial_epoch": initial_epoch, "steps_per_epoch": steps_per_epoch,
        "validation_steps": validation_steps, "validation_batch_size": validation_batch_size,
        "validation_freq": validation_freq,
    }  # fmt: skip
    call = _Call(
        model, x, y, tuple(callbacks or ()), arguments, augment, seed, sink, cancel or CancelToken(), checkpoint,
        every_batch, chunk_seconds,
    )  # fmt: skip
    if reason := why_not_whole(model, x, y, steps_per_epoch, validation_steps, validation_data):
        return _fall_back(call, reason)
    order_before = np.random.get_state()
    try:
        loop = _loop(call)
        loop.trace()
    except Exception as error:
        if not untraceable(error):
            raise
        np.random.set_state(order_before)
        reason = tr(
            "the model does in Python what depends on its inputs' values",
            "el modelo decide en Python según los valores de sus entradas",
        )
        return _fall_back(call, reason, eagerly=True)
    return loop.run()


@dataclass(frozen=True)
class _Call:
    """What ``fit`` was given: ``keras`` holds the arguments that Keras's own ``fit`` has, too."""

    model: KerasModel
    x: Any
    y: Any
    callbacks: tuple[Any, ...]
    keras: dict[str, Any]
    augment: BatchTransform | None
    seed: int | None
    sink: Sink
    cancel: CancelToken
    checkpoint: Checkpointing | None
    every_batch: bool
    chunk_seconds: float


def _fall_back(call: _Call, reason: str, *, eagerly: bool = False) -> Any:
    """Say why, and train with Keras's own ``fit``."""
    text = tr(f"Keras's own fit trains here: {reason}", f"Aquí entrena el fit de Keras: {reason}")
    call.sink(Notice(text, "warning"))
    told: dict[str, Any] = {"sink": call.sink, "cancel": call.cancel, "seed": call.seed, "eagerly": eagerly}
    if streamed := _streamed(call):
        told["streamed"] = streamed
    return keras_fit(call.model, call.x, call.y, callbacks=call.callbacks, **told, **call.keras)


def _streamed(call: _Call) -> Streamed | None:
    """The samples a batch at a time, where Keras cannot read or augment them itself.

    Raises:
        DataError: if there is augmentation for what are no arrays.
    """
    held = call.keras["validation_data"]
    validates = held is None or isinstance(held, (tuple, list))
    if not (arrays_throughout(call.x, call.y) and validates):
        if call.augment is not None:
            kind = type(call.x).__name__
            raise DataError(
                tr(
                    f"augment needs arrays or a source that is read by index; the data come as {kind}",
                    f"augment necesita arrays o una fuente que se lea por índice; los datos vienen como {kind}",
                ),
                tr("Augment within the data themselves.", "Aumente dentro de los propios datos."),
            )
        return None
    samples, held_out = _samples(call)
    if not (samples.lazy or (held_out is not None and held_out.lazy)):
        return None
    batch = min(call.keras["batch_size"] or 32, samples.count)
    validation_batch = call.keras["validation_batch_size"] or batch
    return Streamed(samples, held_out, batch, validation_batch, _drawing(call, samples.count, batch))


def _samples(call: _Call) -> tuple[Samples, Samples | None]:
    """What to learn from, weighed and with its transform, and what to validate on."""
    given = call.keras
    samples, held_out = _split(
        gather(call.x, call.y, given["sample_weight"]), given["validation_split"], given["validation_data"]
    )
    if given["class_weight"] is not None:
        samples = weigh_classes(samples, given["class_weight"])
    return samples.augmented(call.augment), held_out


def _drawing(call: _Call, count: int, batch: int) -> Callable[[int], IntArray]:
    """Draws an epoch's order of ``count`` samples."""

    def draw_order(epoch: int) -> IntArray:
        draw = np.random.permutation if call.seed is None else generator(call.seed, "order", epoch).permutation
        return order_of_samples(count, batch, call.keras["shuffle"], draw)

    return draw_order


def _loop(call: _Call) -> Loop:
    """The training compiled whole, ready to run; the model's variables are made on the way."""
    given = call.keras
    samples, held_out = _samples(call)
    batch = min(given["batch_size"] or 32, samples.count)
    draw_order = _drawing(call, samples.count, batch)

    def first_batch() -> None:
        if call.seed is None:
            draw_order(0)

    build(call.model, *samples.batch_shapes(batch), note_first_batch=first_batch)
    verbose = 1 if given["verbose"] == "auto" else given["verbose"]
    listed = keras.callbacks.CallbackList(
        list(call.callbacks), add_history=True, add_progbar=verbose != 0, model=call.model,
        verbose=verbose, epochs=given["epochs"], steps=-(-samples.count // batch),
    )  # fmt: skip
    plan = Plan(
        samples=samples,
        batch_size=batch,
        epochs=given["epochs"],
        order=draw_order,
        callbacks=listed,
        sink=call.sink,
        cancel=call.cancel,
        initial_epoch=given["initial_epoch"],
        validation=Evaluator(call.model, held_out, given["validation_batch_size"] or batch) if held_out else None,
        validation_every=given["validation_freq"],
        checkpoint=call.checkpoint,
        every_batch=call.every_batch or any(getattr(callback, "every_batch", False) for callback in call.callbacks),
        chunk_seconds=call.chunk_seconds,
    )
    return Loop(call.model, plan)


def _split(samples: Samples, share: float, given: Any) -> tuple[Samples, Samples | None]:
    """Training and validation samples: those given, or the last ``share`` of the training samples."""
    if given is not None:
        return samples, gather(*given)
    if not share:
        return samples, None
    cut = int(np.floor(samples.count * (1.0 - share)))
    if not 0 < cut < samples.count:
        raise DataError(
            tr(
                f"validation_split={share} of {samples.count} samples leaves none to train or to validate on",
                f"validation_split={share} de {samples.count} muestras no deja ninguna para entrenar o validar",
            ),
            tr("Give more samples or another share.", "Dé más muestras u otra proporción."),
        )
    return samples.part(0, cut), samples.part(cut, samples.count)
