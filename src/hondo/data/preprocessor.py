"""Preprocessing that is part of the model: learnt from the training samples, saved, and applied alike to any sample.

A model is only as good as the inputs it is given, and most mistakes of beginners happen here: scaling with the test
set's mean, forgetting to scale when predicting, another order of columns. So a :class:`Preprocessor` learns once,
travels with the model as one JSON file, and refuses what it was not made for.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError

from hondo.core.arrays import Array, ArraySource, FloatArray
from hondo.core.errors import DataError
from hondo.core.files import write_atomically
from hondo.core.language import tr
from hondo.core.spec import PreprocessSpec
from hondo.data.columns import ColumnStep, encode_columns, refuse_missing
from hondo.data.damage import Damage, damage_of, damaged_rows
from hondo.data.dataset import Column, Kind, Task
from hondo.data.memory import lent_array
from hondo.data.pixels import greyscale, resize_pictures, scale_pixels


class Preprocessor(BaseModel):
    """What happens to raw samples before the model sees them, with everything that was learnt in training.

    Made by :func:`hondo.data.preprocess.fit_preprocessor`; never changes. The steps run in this order: missing values,
    categories, greyscale, resize, scale, standardise, flatten.

    Attributes:
        spec: what was asked for.
        task: classification or regression.
        kind: what the samples are.
        raw_shape: the shape of one raw sample.
        raw_dtype: the type of raw inputs.
        classes: the classes' names by number; empty for regression.
        features: a table's raw columns.
        targets: the names of the numbers to predict, if there are several with names.
        outputs: how many classes there are, or how many numbers are predicted.
        columns: what was learnt about each of the features.
        mean: the mean of each feature or channel, flat; empty if nothing is standardised.
        std: the standard deviations that go with it, 1 where all values are equal.
        target_mean: the mean of each number to predict, if those are standardised.
        target_std: the standard deviations that go with it.
        notes: what turned up while learning.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    version: Literal[1] = 1
    spec: PreprocessSpec
    task: Task
    kind: Kind
    raw_shape: tuple[int, ...]
    raw_dtype: str
    classes: tuple[str, ...] = ()
    features: tuple[Column, ...] = ()
    targets: tuple[str, ...] = ()
    outputs: int
    columns: tuple[ColumnStep, ...] = ()
    mean: tuple[float, ...] = ()
    std: tuple[float, ...] = ()
    target_mean: tuple[float, ...] = ()
    target_std: tuple[float, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def input_shape(self) -> tuple[int, ...]:
        """The shape of one sample as the model sees it."""
        shape = self.encoded_shape
        return (int(np.prod(shape)),) if self.spec.flatten else shape

    @property
    def feature_names_out(self) -> tuple[str, ...]:
        """The names of a table's features after encoding; empty for other data."""
        categories = self.spec.categories or "one-hot"
        return tuple(name for step in self.columns for name in step.names(categories))

    @property
    def column_places(self) -> dict[str, tuple[int, ...]]:
        """Where a prepared sample has each of a table's raw columns; empty for other data."""
        categories, places, start = self.spec.categories or "one-hot", {}, 0
        for step in self.columns:
            width = len(step.names(categories))
            places[step.column.name] = tuple(range(start, start + width))
            start += width
        return places

    @property
    def target_names(self) -> tuple[str, ...]:
        """What the numbers to predict are called: their columns, or 1, 2, … where they have no names."""
        return self.targets or tuple(str(number) for number in range(1, self.outputs + 1))

    @property
    def encoded_shape(self) -> tuple[int, ...]:
        """The shape of one prepared sample before it is flattened."""
        if self.kind == "table":
            return (len(self.feature_names_out),)
        if self.kind == "array":
            return self.raw_shape
        return (*(self.spec.resize or self.raw_shape[:2]), 1 if self.spec.greyscale else self.raw_shape[2])

    def apply(self, x: Array, out: Array | None = None) -> FloatArray:
        """Prepare a batch of raw samples.

        Args:
            x: raw inputs ``(samples, *raw_shape)``; pictures may have any size if they are resized.
            out: float32 ``(samples, *input_shape)``, contiguous, to be filled; a new array where left out.

        Returns:
            float32 ``(samples, *input_shape)``, contiguous.

        Raises:
            DataError: if the shape, the type or a value is not what the model was trained on.
        """
        room = None if out is None else out.reshape(len(out), *self.encoded_shape)
        x = self.before_standardising(np.asarray(x), room)
        if self.mean:
            mean, std = self._statistics
            x = np.subtract(x, mean.astype(x.dtype), out=x if x is room else None)
            x /= std.astype(x.dtype)
        filled = x is room
        x = x.reshape(len(x), *self.input_shape)
        with np.errstate(over="ignore"):
            prepared = np.ascontiguousarray(x, dtype=np.float32)
        if self.raw_dtype != "uint8" and not np.isfinite(prepared).all():
            raise DataError(
                tr("some values are too large for float32", "algunos valores son demasiado grandes para float32"),
                tr("Set preprocess.standardise: feature.", "Ponga preprocess.standardise: feature."),
            )
        if out is None:
            return prepared
        if not filled:
            out[...] = prepared
        return out

    def source(self, x: ArraySource) -> ArraySource:
        """Prepare a split's inputs: at once if they are in memory, on demand if they are lazy."""
        return self.apply(x) if isinstance(x, np.ndarray) else LazyPreprocessed(x, self)

    def target(self, y: Array) -> Array:
        """Prepare targets.

        Args:
            y: class numbers ``(samples,)``, or numbers ``(samples,)`` or ``(samples, outputs)``.

        Returns:
            int32 class numbers, float32 one-hot rows ``(samples, classes)``, or float32 numbers of y's shape.

        Raises:
            DataError: for a label that is no class number, or a number that is not finite.
        """
        y = np.asarray(y)
        if self.task == "regression":
            if y.dtype.kind not in "biuf" or not np.isfinite(y).all():
                raise DataError(
                    tr("some targets are not finite numbers", "algunos objetivos no son números finitos"),
                    tr("Remove those samples.", "Quite esas muestras."),
                )
            if self.target_mean:
                y = (y - np.array(self.target_mean)) / np.array(self.target_std)
            return y.astype(np.float32)
        if y.dtype.kind not in "iu" or y.ndim != 1 or (len(y) and not (y.min() >= 0 and y.max() < self.outputs)):
            last = self.outputs - 1
            raise DataError(
                tr(
                    f"some targets are not class numbers from 0 to {last}",
                    f"algunos objetivos no son números de clase de 0 a {last}",
                ),
                tr("Number the classes without gaps, from 0.", "Numere las clases sin huecos, desde 0."),
            )
        return np.eye(self.outputs, dtype=np.float32)[y] if self.spec.target == "one-hot" else y.astype(np.int32)

    def target_back(self, predictions: Array) -> FloatArray:
        """Predicted numbers in the target's own unit: undoes what :meth:`target` did to them.

        Args:
            predictions: ``(samples,)`` or ``(samples, outputs)`` for regression; class scores come back as they are.
        """
        predictions = np.asarray(predictions)
        if not self.target_mean:
            return predictions
        return predictions.astype(np.float64) * np.array(self.target_std) + np.array(self.target_mean)

    def describe(self) -> tuple[str, ...]:
        """The steps in words, in the order in which they run and in the language in force."""
        spec, steps = self.spec, []
        if self.kind == "table":
            steps += self._described_columns()
        if self.kind == "image" and spec.greyscale and self.raw_shape[2] > 1:
            steps.append(tr("Colour to luminance (ITU-R BT.601)", "Color a luminancia (ITU-R BT.601)"))
        if spec.resize:
            height, width = spec.resize
            steps.append(tr(f"Resized to {height}×{width} pixels", f"Redimensionadas a {height}×{width} píxeles"))
        if spec.scale != "none":
            ends = {"unit": tr("0 to 1", "0 a 1"), "symmetric": tr("-1 to 1", "-1 a 1")}[spec.scale]
            steps.append(
                tr(f"Pixels 0 to 255 scaled to {ends}", f"Píxeles de 0 a 255 escalados al intervalo de {ends}")
            )
        if spec.standardise != "none":
            each = {"feature": tr("feature", "característica"), "channel": tr("channel", "canal")}[spec.standardise]
            text = f"Standardised by {each}, with the training samples' mean and standard deviation"
            texto = f"Estandarización por {each}, con la media y la desviación típica del entrenamiento"
            steps.append(tr(text, texto))
        if spec.flatten:
            length = self.input_shape[0]
            steps.append(tr(f"Flattened to rows of {length} numbers", f"Aplanadas en filas de {length} números"))
        if spec.target == "one-hot":
            steps.append(tr("Target as one-hot rows", "Objetivo en filas one-hot"))
        if self.target_mean:
            steps.append(tr("Target standardised", "Objetivo estandarizado"))
        return tuple(steps)

    def _described_columns(self) -> list[str]:
        rules = {
            "median": tr("filled with the training median", "se rellenan con la mediana del entrenamiento"),
            "mean": tr("filled with the training mean", "se rellenan con la media del entrenamiento"),
            "zero": tr("filled with 0", "se rellenan con 0"),
            "drop": tr("rows dropped", "se descartan las filas"),
            "refuse": tr("refused", "no se admiten"),
        }
        rule = rules[self.spec.missing or "median"]
        steps = [tr(f"Missing values: {rule}", f"Valores ausentes: {rule}")]
        if any(column.kind == "category" for column in self.features):
            how = self.spec.categories or "one-hot"
            steps.append(tr(f"Categories: {how}", f"Categorías: {how}"))
        return steps

    def save(self, path: Path) -> None:
        """Write everything to one JSON file; numbers come back exactly as they were.

        Raises:
            StoreError: if the file cannot be written.
        """
        text = json.dumps(self.model_dump(mode="json"), ensure_ascii=False, allow_nan=False)
        write_atomically(path, text + "\n")

    @cached_property
    def _statistics(self) -> tuple[FloatArray, FloatArray]:
        """The mean and standard deviation in a shape that goes with a batch."""
        shape = self.encoded_shape[-1:] if self.spec.standardise == "channel" else self.encoded_shape
        return np.array(self.mean).reshape(shape), np.array(self.std).reshape(shape)

    def before_standardising(self, x: Array, out: Array | None = None) -> Array:
        """The first steps of :meth:`apply`, up to the scale: what mean and deviation are taken of.

        Pixels are written to ``out`` if it is given.
        """
        x = self._checked(x)
        if self.kind == "table":
            if self.spec.missing in ("drop", "refuse"):
                hint = tr(
                    "Complete the rows (an unknown category counts as missing) or choose another preprocess.missing.",
                    "Complete las filas (una categoría desconocida cuenta como ausente) o cambie preprocess.missing.",
                )
                refuse_missing(x, self.features, hint)
            return encode_columns(x, self.columns, self.spec.categories or "one-hot")
        if self.kind == "image":
            x = greyscale(x) if self.spec.greyscale else x
            x = resize_pictures(x, self.spec.resize) if self.spec.resize else x
        if x.dtype.kind == "f" and not np.isfinite(x).all():
            count = int((~np.isfinite(x)).sum())
            raise DataError(
                tr(f"{count} values are missing or infinite", f"{count} valores faltan o son infinitos"),
                tr("Fill those samples in or remove them.", "Complete esas muestras o quítelas."),
            )
        return scale_pixels(x, self.spec.scale, out) if self.spec.scale != "none" or x.dtype.kind != "f" else x

    def _checked(self, x: Array) -> Array:
        """The batch, if its shape and type are those of the training samples."""
        given, raw = x.shape[1:], self.raw_shape
        resized = self.kind == "image" and self.spec.resize is not None and x.ndim == 4 and given[2:] == raw[2:]
        if given != raw and not (resized and min(given) > 0):
            expected = ", ".join(("samples", *map(str, raw)))
            hint = tr(
                "Give raw samples like those the model saw in training.",
                "Dé muestras en bruto como las que vio el modelo al entrenar.",
            )
            if x.shape == raw:
                hint = tr(
                    "Give a batch; for one sample, x[np.newaxis].", "Dé un lote; para una muestra, x[np.newaxis]."
                )
            raise DataError(
                tr(
                    f"inputs have the shape {x.shape}; expected ({expected})",
                    f"las entradas tienen la forma {x.shape}; se esperaba ({expected})",
                ),
                hint,
            )
        if x.dtype.kind not in "biuf" or (self.raw_dtype == "uint8" and not _pixels(x)):
            wanted, hint = tr("real numbers", "números reales"), ""
            if self.raw_dtype == "uint8":
                wanted = tr("whole numbers from 0 to 255", "enteros de 0 a 255")
                hint = tr("Give raw pixels: scaling is done here.", "Dé píxeles en bruto: aquí se escalan.")
            raise DataError(
                tr(f"inputs are {x.dtype}; expected {wanted}", f"las entradas son {x.dtype}; se esperaban {wanted}"),
                hint,
            )
        return x.astype(np.uint8, copy=False) if self.raw_dtype == "uint8" else x


def _pixels(x: Array) -> bool:
    return x.dtype == np.uint8 or (x.dtype.kind in "iu" and (not x.size or bool(x.min() >= 0 and x.max() <= 255)))


@dataclass(frozen=True)
class LazyPreprocessed:
    """A lazy source whose rows are prepared as they are read; see :class:`hondo.core.arrays.ArraySource`."""

    raw: ArraySource
    preprocessor: Preprocessor

    @property
    def shape(self) -> tuple[int, ...]:
        """``(samples, *input_shape)``."""
        return (len(self.raw), *self.preprocessor.input_shape)

    @property
    def dtype(self) -> np.dtype[np.float32]:
        """Always float32."""
        return np.dtype(np.float32)

    def __len__(self) -> int:
        return len(self.raw)

    def __getitem__(self, index: int | slice | Array, /) -> FloatArray:
        """One prepared sample for an integer, else those at the indices."""
        if isinstance(index, int | np.integer):
            return self[np.array([index])][0]
        return self.preprocessor.apply(self.raw[index])

    @property
    def any_order(self) -> bool:
        """Whether the order in which rows are read makes no difference to the disk."""
        return getattr(self.raw, "any_order", False)

    def read_into(self, index: Array, out: Array) -> None:
        """Put the samples at ``index`` into ``out``."""
        read = getattr(self.raw, "read_into", None)
        if read is None:
            raw = self.raw[index]
        else:
            raw = lent_array((len(index), *self.raw.shape[1:]), self.raw.dtype)
            read(index, raw)
        self.preprocessor.apply(raw, out)

    @property
    def damage(self) -> Damage | None:
        """What was found unreadable; see :class:`hondo.data.damage.Fallible`."""
        return damage_of(self.raw)

    def damaged(self, index: Array, /) -> Array:
        """Which of the samples at ``index`` are damaged."""
        return damaged_rows(self.raw, index)

    def take(self, indices: Sequence[int] | Array) -> Self:
        """The samples at ``indices``, still not read."""
        take: Any = getattr(self.raw, "take", None)
        return replace(self, raw=take(indices) if take else self.raw[np.asarray(indices)])


def load_preprocessor(path: Path) -> Preprocessor:
    """Read what :meth:`Preprocessor.save` wrote.

    Raises:
        DataError: if there is no such file, or it is something else.
    """
    try:
        return Preprocessor.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise DataError(
            tr(f"{path} cannot be read: {error.strerror}", f"no se puede leer {path}: {error.strerror}"),
            tr(
                "It is written beside the model when a run ends.",
                "Se escribe junto al modelo al acabar un experimento.",
            ),
        ) from error
    except (ValueError, ValidationError) as error:
        raise DataError(
            tr(
                f"{path} holds no preprocessing written by Hondo",
                f"{path} no contiene un preprocesamiento escrito por Hondo",
            ),
            tr("Train again, or restore the file from a copy.", "Entrene de nuevo o recupere el archivo de una copia."),
        ) from error
