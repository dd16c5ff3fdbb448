"""A Keras layer that takes some columns of each sample: an input by name, though the model has one tensor."""

from collections.abc import Sequence
from typing import Any

from hondo.core.backend import keras


@keras.saving.register_keras_serializable(package="hondo")
class Columns(keras.layers.Layer):
    """Some places of the last axis, in the order given.

    It has no weights. Where the places follow one another it is a plain slice.

    Args:
        places: which, counted from 0.
        **options: what every Keras layer takes.

    Example:
        >>> import numpy as np
        >>> Columns([2, 0])(np.array([[10.0, 11.0, 12.0]])).tolist()
        [[12.0, 10.0]]
    """

    def __init__(self, places: Sequence[int], **options: Any) -> None:
        super().__init__(**options)
        self.places = tuple(int(place) for place in places)

    def build(self, input_shape: Any) -> None:
        """Nothing to make; refuses a sample that is too short."""
        if input_shape[-1] is not None and max(self.places) >= input_shape[-1]:
            raise ValueError(f"{self.name} takes column {max(self.places)} of {input_shape[-1]}")
        self.built = True

    def call(self, inputs: Any) -> Any:
        """``(batch, …, columns)`` to ``(batch, …, places)``."""
        first = self.places[0]
        if self.places == tuple(range(first, first + len(self.places))):
            return inputs[..., first : first + len(self.places)]
        return keras.ops.take(inputs, self.places, axis=-1)

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        """The same with as many columns as places."""
        return (*input_shape[:-1], len(self.places))

    def get_config(self) -> dict[str, Any]:
        """What it takes to make it again."""
        return {**super().get_config(), "places": list(self.places)}
