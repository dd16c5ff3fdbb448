"""The golden inputs: a few held-out samples, spread over the classes, in files that any program can read.

Pictures are kept as PNG, which loses nothing, tables as CSV, other arrays as ``.npy``.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from hondo.core.arrays import Array, FloatArray
from hondo.core.errors import DataError
from hondo.core.files import write_atomically
from hondo.core.language import tr
from hondo.core.spec import RunSpec
from hondo.data.columns import complete_rows
from hondo.data.dataset import Column, Dataset, Split
from hondo.data.files import FolderFiles, ZipFiles
from hondo.data.pictures import Channels, decode_picture
from hondo.data.pixels import resize_picture
from hondo.data.preprocessor import Preprocessor
from hondo.data.rows import read_rows
from hondo.data.table import encode_rows

GOLDEN = 16
"""How many samples a bundle holds, or all there are."""
PIXELS = 2**20
"""Larger pictures are reduced to about so many pixels before they go into a bundle."""
TABLE, ARRAY, PICTURES = "inputs.csv", "inputs.npy", "inputs"
_MOST_BYTES, _LOOKED_AT = 2**28, 1024
_ABSENT = "NA"  # an empty cell would make the row of a table with one column empty


@dataclass(frozen=True)
class Golden:
    """Some held-out samples.

    Attributes:
        raws: each as the preprocessing takes it.
        places: their places in the split.
        y: their targets, as the data have them.
        reduced: which were reduced because of their size.
    """

    raws: list[Array]
    places: list[int]
    y: Array
    reduced: list[bool]


Confidence = Callable[[Array], FloatArray]
"""How sure the model is of its answers to raw samples ``(n, …)``: a number for each."""


def choose(
    dataset: Dataset, split: Split, spec: RunSpec, confidence: Confidence | None = None, count: int = GOLDEN
) -> Golden:
    """Choose samples of a split, alike many of each class, or spread over the range of the targets.

    Of each class those come first of which the model is least sure: there, a small mistake changes the outputs most.
    Pictures from files whose preprocessing resizes them are read in their own size.

    Args:
        dataset: where the split comes from.
        split: what to choose from.
        spec: the run's; it says where files lie.
        confidence: of the model; left out, a class's samples come in their order.
        count: how many at most.

    Raises:
        DataError: if not one of them can be read, or they are too large.
    """
    raws, places, reduced = [], [], []
    held = 0
    with closing(_Reader(dataset, split, spec)) as reader:
        for place in _wanted(dataset, split, confidence, count):
            try:
                raw, smaller = reader.read(place)
            except DataError:
                continue  # a damaged file, which training left out, too
            held += raw.nbytes
            if held > _MOST_BYTES and raws:
                break
            raws.append(raw)
            places.append(place)
            reduced.append(smaller)
            if len(raws) == count:
                break
    if not raws or held - raws[-1].nbytes > _MOST_BYTES or raws[0].nbytes > _MOST_BYTES:
        raise DataError(
            tr("no held-out sample can be put into a bundle", "ninguna muestra reservada cabe en un paquete"),
            tr("They are damaged or larger than 256 MB.", "Están dañadas o superan los 256 MB."),
        )
    return Golden(raws, places, split.y[np.array(places)], reduced)


def _wanted(dataset: Dataset, split: Split, confidence: Confidence | None, count: int) -> list[int]:
    """All places in the order in which they are wanted; of a table, two rows with gaps come early if there are any."""
    if dataset.task == "classification":
        order = list(_each_class(split, confidence))
    else:
        order = _spread(split.y.reshape(len(split), -1)[:, 0], count)
    if dataset.kind == "table":
        complete = complete_rows(split.x)
        gaps = [place for place in order if not complete[place]][:2]
        rest = [place for place in order if place not in gaps]
        order = [*rest[:1], *gaps, *rest[1:]]
    return order


def _spread(y: Array, count: int) -> list[int]:
    """All places: first some whose targets are spread from the least to the greatest, then the others."""
    order = np.argsort(y, kind="stable")
    chosen = np.unique(np.linspace(0, len(order) - 1, min(count, len(order))).round().astype(int))
    return [*order[chosen].tolist(), *np.delete(order, chosen).tolist()]


def _each_class(split: Split, confidence: Confidence | None) -> Iterator[int]:
    """All places: one of each class, one of each again, and so on."""
    groups = [np.flatnonzero(split.y == label) for label in np.unique(split.y)]
    if confidence is not None:
        looked_at = max(1, _LOOKED_AT // len(groups))
        for number, group in enumerate(groups):
            ahead = group[:looked_at]
            order = np.argsort(confidence(np.asarray(split.x[ahead])), kind="stable")
            groups[number] = np.concatenate([ahead[order], group[looked_at:]])
    for turn in range(max(map(len, groups))):
        yield from (int(group[turn]) for group in groups if turn < len(group))


class _Reader:
    """Reads raw samples of a split by their place."""

    def __init__(self, dataset: Dataset, split: Split, spec: RunSpec) -> None:
        self._split = split
        self._channels = dataset.input_shape[2] if dataset.kind == "image" else 0
        self._files = None
        if split.paths and spec.data.path and spec.preprocess.resize and self._channels in (1, 3):
            path = Path(spec.data.path).expanduser()
            self._files = FolderFiles(path) if path.is_dir() else ZipFiles(path)

    def read(self, place: int) -> tuple[Array, bool]:
        """A raw sample, and whether it was reduced."""
        if self._files is None:
            return np.asarray(self._split.x[np.array([place])])[0], False
        name = self._split.paths[place]
        picture = decode_picture(self._files.read(name), name, 1 if self._channels == 1 else 3)
        height, width = picture.shape[:2]
        if height * width <= PIXELS:
            return picture, False
        factor = (PIXELS / (height * width)) ** 0.5
        return resize_picture(picture, (max(1, int(height * factor)), max(1, int(width * factor)))), True

    def close(self) -> None:
        """Let go of what was open."""
        if self._files is not None:
            self._files.close()


def write_inputs(folder: Path, raws: Sequence[Array], preprocessor: Preprocessor) -> list[str]:
    """Write raw samples into a bundle's folder.

    Returns:
        The file of each sample, relative to the folder.
    """
    if preprocessor.kind == "table":
        write_atomically(folder / TABLE, _as_csv(raws, preprocessor.features))
        return [TABLE] * len(raws)
    if not _are_pictures(raws, preprocessor):
        with (folder / ARRAY).open("wb") as file:
            np.save(file, np.stack(raws), allow_pickle=False)
        return [ARRAY] * len(raws)
    names = [f"{PICTURES}/{place:02}.png" for place in range(len(raws))]
    for name, picture in zip(names, raws, strict=True):
        ordered = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR) if picture.shape[2] == 3 else picture
        write_atomically(folder / name, cv2.imencode(".png", ordered)[1].tobytes())
    return names


def _are_pictures(raws: Sequence[Array], preprocessor: Preprocessor) -> bool:
    return preprocessor.kind == "image" and all(raw.dtype == np.uint8 and raw.shape[2] in (1, 3) for raw in raws)


def read_inputs(folder: Path, names: Sequence[str], preprocessor: Preprocessor) -> list[Array]:
    """Read what :func:`write_inputs` wrote, from a bundle that may be damaged.

    Raises:
        DataError: naming the file that cannot be read.
    """
    if preprocessor.kind == "table":
        rows = read_rows(folder / TABLE)
        return list(encode_rows(rows, preprocessor.features))
    if not all(name.endswith(".png") for name in names):
        return list(read_array(folder / ARRAY))
    channels: Channels = 1 if preprocessor.raw_shape[2] == 1 else 3
    pictures, held = [], 0
    for name in names:
        pictures.append(decode_picture(_bytes(folder / name), name, channels))
        held += pictures[-1].nbytes
        if held > _MOST_BYTES:
            raise _unreadable(folder / name, tr("the pictures are too large", "las imágenes son demasiado grandes"))
    return pictures


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise _unreadable(path, error.strerror or str(error)) from error


def read_array(path: Path) -> Array:
    """Read a ``.npy`` file of numbers, whose header is compared with its size before room is made for it.

    Raises:
        DataError: if it is missing, damaged, holds objects, or claims more numbers than it has.
    """
    try:
        with path.open("rb") as file:
            version = np.lib.format.read_magic(file)
            read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
            shape, _, dtype = read(file)
            expected = file.tell() + int(np.prod([int(side) for side in shape], dtype=object)) * dtype.itemsize
            if dtype.kind not in "biuf" or expected != path.stat().st_size:
                raise ValueError(tr("header and size disagree", "la cabecera y el tamaño no concuerdan"))
            file.seek(0)
            return np.load(file, allow_pickle=False)
    except (OSError, EOFError, ValueError, TypeError, LookupError, SyntaxError) as error:
        raise _unreadable(path, str(getattr(error, "strerror", None) or error)) from error


def _unreadable(path: Path, why: str) -> DataError:
    return DataError(
        tr(f"{path.name} cannot be read: {why}", f"no se puede leer {path.name}: {why}"),
        tr("Export the bundle again.", "Exporte el paquete de nuevo."),
    )


def csv_text(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table as CSV with a line of names on top."""
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(heads)
    lines.writerows(rows)
    return text.getvalue()


def _as_csv(raws: Sequence[Array], features: Sequence[Column]) -> str:
    rows = ([_cell(value, column) for value, column in zip(raw, features, strict=True)] for raw in raws)
    return csv_text([column.name for column in features], rows)


def _cell(value: Any, column: Column) -> str:
    if np.isnan(value):
        return _ABSENT
    return column.categories[int(value)] if column.kind == "category" else repr(float(value))
