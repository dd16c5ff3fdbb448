"""Batches of pictures whose files and targets are columns of a data frame."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from hondo.core.arrays import IntArray
from hondo.core.errors import DataError, nearest
from hondo.core.language import tr
from hondo.data.generator.arguments import one_of, refused, warn
from hondo.data.generator.batches import BatchIterator, Transforms, subset_of
from hondo.data.generator.files import SUFFIXES, Reading, Saving, targets
from hondo.data.generator.parameters import Random
from hondo.data.generator.pictures import file_batch

_OF_CLASSES = ("categorical", "binary", "sparse")
_CLASS_MODES = (*_OF_CLASSES, "input", "multi_output", "raw", None)


@dataclass(frozen=True)
class Columns:
    """Which columns hold what; names are those of ``flow_from_dataframe``'s arguments."""

    x_col: str
    y_col: str | Sequence[str]
    weight_col: str | None


class DataFrameIterator(BatchIterator):
    """What ``ImageDataGenerator.flow_from_dataframe`` returns; see there.

    Attributes:
        classes: each sample's class number, or list of them; only where targets are classes.
        class_indices: the number of each class, by name; empty where targets are no classes.
        filenames: each sample's file as the data frame has it.
        filepaths: and with the folder.
        samples: how many samples there are.
        sample_weight: their weights, or None.
        image_shape: the shape of one picture.
    """

    def __init__(
        self,
        source: Transforms,
        dataframe: Any,
        directory: str | Path | None,
        columns: Columns,
        reading: Reading,
        classes: Sequence[str] | None,
        class_mode: str | None,
        batch_size: int,
        shuffle: bool,
        seed: int | None,
        saving: Saving | None,
        subset: str | None,
        validate_filenames: bool,
    ) -> None:
        one_of("class_mode", class_mode, _CLASS_MODES)
        _check_columns(dataframe, columns, class_mode)
        folder = Path(directory or "")
        if validate_filenames:
            dataframe = _with_files(dataframe, columns.x_col, folder)
        self.class_indices: dict[str, int] = {}
        if class_mode in _OF_CLASSES:
            dataframe, names = _with_classes(dataframe, columns.y_col, classes, str(class_mode))
            self.class_indices = {name: number for number, name in enumerate(names)}
        elif classes:
            warn(
                f"classes is not used with class_mode={class_mode!r}",
                f"classes no se usa con class_mode={class_mode!r}",
            )
        dataframe = dataframe.iloc[subset_of(len(dataframe), subset, source.validation_split)]
        self.directory, self.class_mode = str(directory or ""), class_mode
        self.target_size, self.color_mode, self.image_shape = reading.target_size, reading.color_mode, reading.shape
        self.filenames: list[str] = dataframe[columns.x_col].tolist()
        self.filepaths = [str(folder / name) for name in self.filenames]
        self.samples = len(self.filenames)
        self.sample_weight = None if columns.weight_col is None else dataframe[columns.weight_col].to_numpy()
        if class_mode in _OF_CLASSES:
            self.classes = [_numbers(cell, self.class_indices) for cell in dataframe[columns.y_col]]
        elif class_mode == "multi_output":
            self._targets: Any = [np.array(dataframe[name].tolist()) for name in columns.y_col]
        elif class_mode == "raw":
            self._targets = dataframe[columns.y_col].to_numpy()
        self._reading, self._saving = reading, saving
        _say_found(self.samples, len(self.class_indices))
        super().__init__(source, self.samples, batch_size, shuffle, seed)

    @property
    def labels(self) -> Any:
        """The targets of all samples: class numbers, or the columns' values; None if there are none."""
        return self.classes if self.class_mode in _OF_CLASSES else getattr(self, "_targets", None)

    def batch(self, index: IntArray, random: Random) -> Any:
        """The samples at ``index``: pictures, then targets unless the class mode is None, and weights if there are."""
        pictures = file_batch(self.image_data_generator, self._reading, self._saving, self.filepaths, index, random)
        if self.class_mode is None:
            return pictures
        labels: Any = None
        if self.class_mode in _OF_CLASSES:
            labels = [self.classes[number] for number in index.tolist()]
        elif self.class_mode == "multi_output":
            labels = [column[index] for column in self._targets]
        elif self.class_mode == "raw":
            labels = self._targets[index]
        dtype = self.image_data_generator.dtype
        y = targets(self.class_mode, labels, len(self.class_indices), dtype, pictures)
        return (pictures, y) if self.sample_weight is None else (pictures, y, self.sample_weight[index])


def _say_found(samples: int, classes: int) -> None:
    belonging, pertenecientes = (f" belonging to {classes} classes", f" de {classes} clases") if classes else ("", "")
    print(
        tr(
            f"Found {samples} image filenames{belonging}.",
            f"Se encontraron {samples} archivos de imágenes{pertenecientes}.",
        )
    )


def _check_columns(dataframe: Any, columns: Columns, class_mode: str | None) -> None:
    """Refuse columns that do not exist or cannot hold what the class mode needs."""
    several = isinstance(columns.y_col, list | tuple)
    if class_mode == "multi_output" and not several:
        raise refused("y_col", columns.y_col, tr("a list of columns", "una lista de columnas"))
    wanted = [columns.x_col]
    if class_mode not in ("input", None):
        wanted += list(columns.y_col) if several else [str(columns.y_col)]
    wanted += [columns.weight_col] if columns.weight_col is not None else []
    for name in wanted:
        if name not in dataframe.columns:
            raise DataError(
                tr(f"the data frame has no column {name!r}", f"la tabla no tiene la columna {name!r}"),
                nearest(name, [str(each) for each in dataframe.columns]),
            )
    if not all(isinstance(name, str) for name in dataframe[columns.x_col]):
        raise _wrong_cells(columns.x_col, tr("file names", "nombres de archivo"))
    if columns.weight_col is not None and dataframe[columns.weight_col].dtype.kind not in "biuf":
        raise _wrong_cells(columns.weight_col, tr("numbers", "números"))
    if class_mode in _OF_CLASSES:
        kinds = (str, list, tuple) if class_mode == "categorical" else str
        if not all(isinstance(cell, kinds) for cell in dataframe[columns.y_col]):
            raise _wrong_cells(str(columns.y_col), tr("names of classes", "nombres de clases"))


def _wrong_cells(column: str, wanted: str) -> DataError:
    return DataError(
        tr(f"some values of the column {column!r} are no {wanted}", f"algunos valores de {column!r} no son {wanted}"),
        tr(
            f"Convert it: df[{column!r}].astype(str), or choose class_mode='raw' for numbers to predict.",
            f"Conviértala: df[{column!r}].astype(str), o elija class_mode='raw' para números que predecir.",
        ),
    )


def _with_files(dataframe: Any, column: str, folder: Path) -> Any:
    """The rows whose file exists and has a picture's suffix."""
    valid = [name.lower().endswith(SUFFIXES) and (folder / name).is_file() for name in dataframe[column]]
    gone = len(valid) - sum(valid)
    if gone:
        warn(
            f"{gone} files in the column {column!r} do not exist or are no pictures; their rows are left out",
            f"{gone} archivos de la columna {column!r} no existen o no son imágenes; sus filas se omiten",
        )
    return dataframe[np.array(valid, dtype=bool)]


def _with_classes(dataframe: Any, column: Any, classes: Sequence[str] | None, class_mode: str) -> tuple[Any, list[str]]:
    """The rows of some class, and the classes' names."""
    cells = [[cell] if isinstance(cell, str) else list(cell) for cell in dataframe[column]]
    names = list(dict.fromkeys(classes)) if classes else sorted({name for cell in cells for name in cell})
    if class_mode == "binary" and len(names) != 2:
        raise DataError(
            tr(f"class_mode='binary' needs 2 classes, not {len(names)}", f"'binary' exige 2 clases, no {len(names)}"),
            tr("Choose class_mode='categorical' or 'sparse'.", "Elija class_mode='categorical' o 'sparse'."),
        )
    known = set(names)
    return dataframe[np.array([not known.isdisjoint(cell) for cell in cells], dtype=bool)], names


def _numbers(cell: Any, numbers: dict[str, int]) -> int | list[int]:
    """The number of a cell's class, or those of its classes that are known."""
    return numbers[cell] if isinstance(cell, str) else [numbers[name] for name in cell if name in numbers]
