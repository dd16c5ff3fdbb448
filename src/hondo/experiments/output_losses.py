"""The loss of a model with several outputs: the weighted sum of one loss each, over the targets that it predicts."""

from collections.abc import Mapping, Sequence
from typing import Any

from hondo.core.backend import keras
from hondo.core.spec import GraphSpec, LearnSpec
from hondo.models.graph import output_places

Part = Mapping[str, Any]


@keras.saving.register_keras_serializable(package="hondo")
class OutputLosses(keras.losses.Loss):
    """``Σ weight · loss(targets, outputs)`` over parts of one row of numbers.

    It equals what Keras minimises for a model with several outputs, one loss and one weight each.

    Args:
        parts: for each output ``loss`` (``mse``, ``mae`` or ``huber``), ``places`` (its columns, counted from 0),
            ``weight``, and for huber ``delta``.
        name: what Keras calls it.
        reduction: how the samples' losses become one number.
        **options: what every Keras loss takes.
    """

    def __init__(
        self,
        parts: Sequence[Part],
        name: str = "output_losses",
        reduction: str = "sum_over_batch_size",
        **options: Any,
    ) -> None:
        super().__init__(name=name, reduction=reduction, **options)
        self.parts = [dict(part) for part in parts]

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """``(batch, targets)`` twice to ``(batch,)``."""
        return sum(self._loss_of(part, y_true, y_pred) for part in self.parts)

    def get_config(self) -> dict[str, Any]:
        """What it takes to make it again."""
        return {**super().get_config(), "parts": self.parts}

    def _loss_of(self, part: Part, y_true: Any, y_pred: Any) -> Any:
        places = list(part["places"])
        # A single target comes as ``(batch,)``.
        y_true = keras.ops.reshape(y_true, keras.ops.shape(y_pred))
        true, predicted = (keras.ops.take(y, places, axis=-1) for y in (y_true, y_pred))
        if part["loss"] == "huber":
            loss = keras.losses.huber(true, predicted, delta=part["delta"])
        elif part["loss"] == "mae":
            loss = keras.losses.mean_absolute_error(true, predicted)
        else:
            loss = keras.losses.mean_squared_error(true, predicted)
        return part["weight"] * loss


def loss_parts(graph: GraphSpec | None, learn: LearnSpec, targets: Sequence[str]) -> list[Part]:
    """How each output of a settled graph is judged; nothing where the outputs have no targets of their own.

    Args:
        graph: the model's graph, if it is one.
        learn: says which loss an output has that names none.
        targets: the names of all targets, in order.
    """
    if graph is None or not isinstance(graph.outputs, dict):
        return []
    places = output_places(graph, targets)
    return [
        {
            "loss": output.loss or learn.loss or "mse",
            "places": list(places[name]),
            "weight": output.weight,
            "delta": learn.huber_delta or 1.0,
        }
        for name, output in graph.outputs.items()
    ]
