"""From raw inputs to named answers: the preprocessing of the training, the model, and the classes' names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from hondo.core.arrays import Array, ArraySource, FloatArray
from hondo.core.backend import KerasModel
from hondo.core.errors import DataError
from hondo.core.language import tr
from hondo.data.pictures import read_pictures
from hondo.data.preprocess import Preprocessor
from hondo.data.table import encode_rows
from hondo.engine.evaluate import predict
from hondo.experiments.evaluate import two_columns


@dataclass(frozen=True)
class Predictions:
    """Answers for some inputs, in their order.

    Attributes:
        outputs: probabilities ``(n, classes)``, or predicted numbers ``(n, outputs)`` in the target's own units.
        classes: the classes' names; empty for regression.
        targets: the names of several predicted numbers, where they have any.
    """

    outputs: FloatArray
    classes: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.outputs)

    @property
    def numbers(self) -> Array:
        """The most probable class of each input, as a number ``(n,)``."""
        return self.outputs.argmax(axis=1)

    @property
    def labels(self) -> list[str]:
        """The most probable class of each input, by name."""
        return [self.classes[int(number)] for number in self.numbers] if self.classes else []

    def written(self, top: int = 3) -> list[dict[str, Any]]:
        """One plain record an input: the answer, and the ``top`` most probable classes."""
        if len(self.targets) > 1:
            return [{"prediction": dict(zip(self.targets, row, strict=True))} for row in self.outputs.tolist()]
        if not self.classes:
            return [{"prediction": row[0] if len(row) == 1 else row} for row in self.outputs.tolist()]
        order = np.argsort(-self.outputs, axis=1, kind="stable")[:, :top]
        return [
            {
                "prediction": self.classes[int(best[0])],
                "probability": float(row[best[0]]),
                "top": {self.classes[int(number)]: float(row[number]) for number in best},
            }
            for row, best in zip(self.outputs, order, strict=True)
        ]


def raw_inputs(value: Any, preprocessor: Preprocessor) -> Any:
    """What a person has at hand, as the raw array that the preprocessing takes.

    Args:
        value: an array of samples or a single one; a path of a picture, or several; for a table a mapping of names
            to values, several, or a DataFrame.
        preprocessor: says what is expected.

    Returns:
        Raw inputs ``(n, …)``.

    Raises:
        DataError: if it is none of these, or does not fit.
    """
    if isinstance(value, (str, Path)):
        value = [value]
    if isinstance(value, Mapping):
        value = [value]
    if isinstance(value, pd.DataFrame):
        return encode_rows(value, preprocessor.features)
    if isinstance(value, Sequence) and value and isinstance(value[0], Mapping):
        return encode_rows(value, preprocessor.features)
    if isinstance(value, Sequence) and value and isinstance(value[0], (str, Path)):
        return _pictures([Path(path) for path in value], preprocessor)
    if isinstance(value, ArraySource) and not isinstance(value, np.ndarray) and len(value.shape) > 1:
        return value  # it is read on demand
    array = np.asarray(value)
    if array.dtype == object:
        raise DataError(
            tr(
                "inputs of unequal shape cannot be predicted together",
                "no se pueden predecir juntas entradas de formas distintas",
            ),
            tr("Give one array of samples.", "Dé un solo array de muestras."),
        )
    return array[None] if array.shape == preprocessor.raw_shape else array


def _pictures(paths: list[Path], preprocessor: Preprocessor) -> Array:
    shape = preprocessor.raw_shape
    if preprocessor.kind != "image":
        raise DataError(
            tr("this model was not trained on pictures", "este modelo no se entrenó con imágenes"),
            tr("Give rows of a table, or an array.", "Dé filas de una tabla o un array."),
        )
    height, width, channels = shape
    return read_pictures(paths, (height, width), 1 if channels == 1 else 3)


def predict_raw(model: KerasModel, preprocessor: Preprocessor, value: Any, *, batch_size: int = 256) -> Predictions:
    """Predict raw inputs.

    Args:
        model: the trained model.
        preprocessor: the one fitted for it.
        value: see :func:`raw_inputs`.
        batch_size: samples a step.
    """
    outputs = np.asarray(predict(model, preprocessor.source(raw_inputs(value, preprocessor)), batch_size=batch_size))
    if preprocessor.task == "classification":
        return Predictions(two_columns(outputs), preprocessor.classes)
    return Predictions(preprocessor.target_back(outputs.reshape(len(outputs), -1)), targets=preprocessor.targets)
