"""How large may the learning rate be? Train a copy while the rate grows from tiny to huge, and watch the loss.

At tiny rates the loss hardly moves, then it falls, then it explodes. The suggestion is a tenth of the rate at which the
smoothed loss was lowest: still well on the safe side, since close to the explosion the lowest point lies late.

Source: L. Smith, *Cyclical learning rates for training neural networks*, WACV (2017), section 3.3; the smoothing and
the tenth are those of fastai's ``lr_find``.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from hondo.core.arrays import FloatArray
from hondo.core.backend import KerasModel, keras
from hondo.core.errors import DataError, ModelError
from hondo.core.events import CancelToken, no_sink
from hondo.core.language import tr
from hondo.core.spec import RunSpec
from hondo.engine.fit import fit
from hondo.experiments.flow import define
from hondo.experiments.preparing import prepare

RULE = "lowest/10"
_SMOOTHING = 0.9
_EXPLODED = 4.0
_FEWEST = 10


@dataclass(frozen=True)
class RateSearch:
    """What the loss did while the learning rate grew.

    Attributes:
        rates: the learning rate of each step ``(steps,)``.
        losses: the loss of each step's batch, before the step ``(steps,)``.
        smoothed: their exponential average, corrected for its start ``(steps,)``.
        suggestion: a learning rate to begin with.
        rule: how the suggestion follows from ``smoothed``.
    """

    rates: FloatArray
    losses: FloatArray
    smoothed: FloatArray
    suggestion: float
    rule: str = RULE

    @property
    def still_falling(self) -> bool:
        """Whether the loss was lowest at the highest rate tried: then the suggestion is no more than a guess."""
        return int(self.smoothed.argmin()) == len(self.smoothed) - 1


def find_learning_rate(
    model: KerasModel,
    x: Any,
    y: Any,
    *,
    batch_size: int = 32,
    lowest: float = 1e-7,
    highest: float = 10.0,
    steps: int = 100,
    seed: int = 0,
) -> RateSearch:
    """Look for a learning rate; the model, its optimizer and its weights stay as they are.

    Args:
        model: a compiled Keras model, Sequential or functional; a copy of it is trained.
        x: inputs ``(samples, …)``, preprocessed.
        y: targets.
        batch_size: samples a step.
        lowest, highest: between which rates, both above 0.
        steps: how many, fewer if the loss explodes before.
        seed: of the samples' order.

    Raises:
        ModelError: for a model that is not compiled or that Keras cannot copy.
        DataError: if the loss explodes at once, or the rates make no sense.

    Example:
        >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
        >>> model.compile("sgd", "mse")
        >>> x = np.linspace(-1, 1, 64, dtype="float32")[:, None]
        >>> 0.01 < find_learning_rate(model, x, 3 * x).suggestion < 1
        True
    """
    if not 0 < lowest < highest or steps < _FEWEST:
        raise DataError(
            tr(
                f"the rates must rise from above 0 in {_FEWEST} steps or more, "
                f"got {lowest:g} to {highest:g} in {steps}",
                f"las tasas deben subir desde más de 0 en {_FEWEST} pasos o más; "
                f"llegó de {lowest:g} a {highest:g} en {steps}",
            )
        )
    growth = (highest / lowest) ** (1 / (steps - 1))
    copy = _copy(model, keras.optimizers.schedules.ExponentialDecay(lowest, 1, growth))
    cancel = CancelToken()
    watch = _Watch(len(y), batch_size, steps, cancel)
    epochs = -(-steps // -(-len(y) // batch_size))
    fit(
        copy, x, y, batch_size=batch_size, epochs=epochs, verbose=0, callbacks=[watch], seed=seed, sink=no_sink,
        cancel=cancel, every_batch=True,
    )  # fmt: skip
    losses = np.array(watch.losses[:steps])  # (steps,)
    if len(losses) < _FEWEST:
        raise DataError(
            tr(
                f"the loss explodes within {len(losses)} steps of the lowest rate, {lowest:g}",
                f"la pérdida explota a los {len(losses)} pasos de la tasa más baja, {lowest:g}",
            ),
            tr("Scale the inputs, or begin lower.", "Escale las entradas o empiece más abajo."),
        )
    rates, smoothed = lowest * growth ** np.arange(len(losses)), smooth(losses)
    return RateSearch(rates, losses, smoothed, float(rates[smoothed.argmin()] / 10))


def search_for(spec: RunSpec, **options: Any) -> RateSearch:
    """The same for an experiment: its data, its preprocessing, its model and its optimizer.

    Args:
        spec: the experiment.
        **options: see :func:`find_learning_rate`.
    """
    prepared = prepare(spec)
    resolved, model, _ = define(spec, prepared, None)
    batch = len(prepared.y) if resolved.train.batch_size == "all" else int(resolved.train.batch_size)
    return find_learning_rate(
        model, prepared.x, prepared.y, batch_size=min(batch, len(prepared.y)), seed=spec.train.seed, **options
    )


def smooth(losses: FloatArray) -> FloatArray:
    """The exponential average of the losses so far, corrected for its start at 0.

    Example:
        >>> smooth(np.array([2.0, 2.0, 2.0])).round(6).tolist()
        [2.0, 2.0, 2.0]
    """
    average, smoothed = 0.0, []
    for step, loss in enumerate(losses, start=1):
        average = _SMOOTHING * average + (1 - _SMOOTHING) * float(loss)
        smoothed.append(average / (1 - _SMOOTHING**step))
    return np.array(smoothed)


class _Watch(keras.callbacks.Callback):
    """Takes each batch's loss out of Keras's running mean, and stops when it has exploded.

    Args:
        samples, batch_size: so that the last, smaller batch counts as what it is.
        steps: when to stop at the latest.
        cancel: how.
    """

    def __init__(self, samples: int, batch_size: int, steps: int, cancel: CancelToken) -> None:
        super().__init__()
        self.losses: list[float] = []
        self._samples, self._batch, self._steps, self._cancel = samples, batch_size, steps, cancel
        self._seen, self._total = 0, 0.0

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._seen, self._total = 0, 0.0

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        seen = min(self._samples, (batch + 1) * self._batch)
        total = float((logs or {})["loss"]) * seen
        loss = (total - self._total) / max(1, seen - self._seen)
        self._seen, self._total = seen, total
        if np.isfinite(loss):
            self.losses.append(loss)
        smoothed = smooth(np.array(self.losses)) if self.losses else np.zeros(1)
        if not np.isfinite(loss) or len(self.losses) >= self._steps or smoothed[-1] > _EXPLODED * smoothed.min():
            self._cancel.cancel()


def _copy(model: KerasModel, rate: Any) -> KerasModel:
    """A model like it, with the same weights, the same optimizer but for its rate, and the same loss."""
    if not model.compiled:
        raise ModelError(
            tr("the model is not compiled", "el modelo no está compilado"),
            tr("Call model.compile(optimizer, loss) first.", "Llame antes a model.compile(optimizer, loss)."),
        )
    try:
        copy = keras.models.clone_model(model)
        copy.set_weights(model.get_weights())
    except (ValueError, TypeError, NotImplementedError, RuntimeError, AttributeError) as error:
        raise ModelError(
            tr(f"Keras cannot copy this model: {error}", f"Keras no puede copiar este modelo: {error}"),
            tr("Give a Sequential or functional model.", "Dé un modelo Sequential o funcional."),
        ) from error
    optimizer = type(model.optimizer).from_config({**model.optimizer.get_config(), "learning_rate": rate})
    copy.compile(optimizer, model.loss)
    return copy
