"""The state of a training as arrays, apart from the Keras model that it came from.

``read_state`` and ``write_state`` are the two doors between Keras's variables and the pure functions that train.
The order is that of Keras's stateless API: trainable, non-trainable, optimizer, metrics.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import jax

from hondo.core.arrays import Array
from hondo.core.backend import KerasModel, keras


class TrainState(NamedTuple):
    """Everything that a training step reads and changes; each field is a list of arrays."""

    trainable: list[jax.Array]
    non_trainable: list[jax.Array]
    optimizer: list[jax.Array]
    metrics: list[jax.Array]


def variables(model: KerasModel) -> tuple[list[Any], ...]:
    """The model's Keras variables in the order of the state."""
    parts = (model.trainable_variables, model.non_trainable_variables, model.optimizer.variables)
    return tuple(list(part) for part in (*parts, model.metrics_variables))


def read_state(model: KerasModel) -> TrainState:
    """The values of the model's variables now."""
    return TrainState(*([variable.value for variable in part] for part in variables(model)))


def write_state(model: KerasModel, state: TrainState) -> None:
    """Give the model's variables the values in ``state``."""
    for part, values in zip(variables(model), state, strict=True):
        for variable, value in zip(part, values, strict=True):
            variable.assign(value)


def metric_results(model: KerasModel, metric_values: list[jax.Array]) -> dict[str, jax.Array]:
    """The metrics' results for given metric variables; pure, so it can be traced."""
    with keras.StatelessScope(state_mapping=list(zip(model.metrics_variables, metric_values, strict=True))):
        return model.get_metrics_result()


def build(model: KerasModel, x: Any, y: Any, sample_weight: Any, note_first_batch: Callable[[], None]) -> None:
    """Create the variables that Keras creates at the first batch: layers, metrics, optimizer.

    Nothing is computed: the batch only lends its shapes, and everything runs under ``jax.eval_shape``.

    Args:
        model: a compiled Keras model.
        x: one batch of inputs, in the structure that ``fit`` was given.
        y: the batch's targets.
        sample_weight: the batch's weights or None.
        note_first_batch: called when Keras would have looked at a first batch here (it draws an order of samples
            for that, so whoever wants the same random numbers must draw one too).
    """
    metrics = model.metrics
    unbuilt = not model.built or any(not getattr(metric, "built", True) for metric in metrics)
    if unbuilt or not model.optimizer.built:
        note_first_batch()

        if not model.built:
            with keras.StatelessScope():
                jax.eval_shape(lambda inputs: model(inputs, training=False), x)

        def first_batch(x: Any, y: Any, sample_weight: Any) -> Array:
            outputs = model(x, training=False)
            loss = model.compute_loss(x=x, y=y, y_pred=outputs, sample_weight=sample_weight, training=False)
            model.compute_metrics(x, y, outputs, sample_weight=sample_weight)
            return loss

        # Regularisers look their variables up in the scope.
        with keras.StatelessScope(state_mapping=[(variable, variable.value) for variable in model.variables]):
            jax.eval_shape(first_batch, x, y, sample_weight)
    if not model.optimizer.built:
        model.optimizer.build(model.trainable_variables)
