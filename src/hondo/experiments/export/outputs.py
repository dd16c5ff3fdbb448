"""Outputs that another program computed from a bundle's golden inputs, read from a file and fitted to the bundle."""

import csv
import io
from pathlib import Path

import numpy as np

from hondo.core.arrays import FloatArray
from hondo.core.errors import DataError
from hondo.core.language import tr
from hondo.experiments.evaluate import two_columns
from hondo.experiments.export.golden import read_array
from hondo.experiments.export.manifest import Manifest

_MAX_BYTES = 2**26


def read_outputs(path: Path) -> FloatArray:
    """Read outputs from ``.npy``, or from text with a row a sample; a first row with names is left out.

    Returns:
        float64 ``(samples, outputs)``, or ``(samples,)`` from an array of one axis.

    Raises:
        DataError: if the file is missing or holds something else.
    """
    if not path.exists():
        raise DataError(
            tr(f"there is no file {path}", f"no existe el archivo {path}"),
            tr("Check its name.", "Compruebe su nombre."),
        )
    if path.suffix.lower() == ".npy":
        try:
            outputs = read_array(path)
        except DataError as error:
            raise DataError(error.message, tr("Write it with np.save.", "Escríbalo con np.save.")) from error
    else:
        outputs = _from_text(path)
    outputs = np.asarray(outputs, np.float64)
    if not np.isfinite(outputs).all():
        count = int((~np.isfinite(outputs)).sum())
        raise DataError(
            tr(f"{path} has values that are not finite: {count}", f"{path} tiene valores no finitos: {count}"),
            tr("Look for a division by zero or an overflow.", "Busque una división entre cero o un desbordamiento."),
        )
    return outputs


def _from_text(path: Path) -> FloatArray:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise ValueError(tr("it is too large", "es demasiado grande"))
        text = path.read_text(encoding="utf-8-sig")
        separator = next((each for each in "\t;," if each in text), " ")
        rows = [row for row in csv.reader(io.StringIO(text), delimiter=separator, skipinitialspace=True) if any(row)]
        if rows and not all(map(_is_number, rows[0])):
            rows = rows[1:]
        return np.array([[float(cell) for cell in row if cell] for row in rows])
    except (OSError, ValueError, csv.Error) as error:
        raise DataError(
            tr(f"{path} holds no rows of numbers: {error}", f"{path} no contiene filas de números: {error}"),
            tr(
                "Give .npy, or CSV with a row for each golden input and a column for each output.",
                "Dé un .npy o un CSV con una fila por entrada de referencia y una columna por salida.",
            ),
        ) from error


def _is_number(cell: str) -> bool:
    try:
        float(cell or "0")
    except ValueError:
        return False
    return True


def fitted(theirs: FloatArray, expected: FloatArray, manifest: Manifest) -> FloatArray:
    """A port's outputs in the shape of the bundle's.

    Args:
        theirs: as they were read; of two classes the probability of the second will do.
        expected: the bundle's outputs ``(samples, outputs)``.
        manifest: says what they are.

    Raises:
        DataError: if the shape is another.
    """
    given = theirs
    if theirs.ndim == 1 and (expected.shape[1] == 1 or manifest.task == "classification"):
        theirs = theirs[:, np.newaxis]
    if manifest.task == "classification" and expected.shape[1] == 2 and theirs.ndim == 2 and theirs.shape[1] == 1:
        theirs = two_columns(theirs)
    if theirs.shape != expected.shape:
        raise DataError(
            tr(
                f"the outputs have the shape {given.shape}; expected {expected.shape}",
                f"las salidas tienen la forma {given.shape}; se esperaba {expected.shape}",
            ),
            tr(
                "One row for each golden input, in the manifest's order, and one column for each "
                + ("class." if manifest.classes else "number."),
                "Una fila por entrada de referencia, en el orden del manifiesto, y una columna por "
                + ("clase." if manifest.classes else "número."),
            ),
        )
    return theirs
