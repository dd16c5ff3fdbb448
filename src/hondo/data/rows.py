"""Text tables as their authors wrote them: every cell as text, read strictly, whatever the separator or encoding.

Reading and understanding are kept apart: training and prediction read rows in the same way, and only then does
:mod:`hondo.data.table` decide what the columns mean.
"""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

import numpy as np
import pandas as pd

from hondo.core.arrays import Array
from hondo.core.errors import DataError
from hondo.core.language import tr

MISSING = frozenset({"", "?", "na", "n/a", "#n/a", "nan", "<na>", "null", "none"})
"""What stands for a missing value, in any case."""

UNNAMED = "column_"
"""How a column without a name is called, before its number; the same in every language, since models remember it."""

_SAMPLE = 20_000  # characters by which the separator is guessed
_BLOCK = 2**24
_SEPARATORS = {".tsv": "\t", ".tab": "\t"}
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+([eE][+-]?\d+)?")


@dataclass(frozen=True)
class TextTable:
    """A table of stripped texts.

    Attributes:
        columns: the texts (dtype object) of each column, ``(rows,)``.
        lines: in which line of the file each row ends.
        notes: how it was read, where that was not the usual way.
        commas: how many decimal commas were read as points.
    """

    columns: dict[str, Array]
    lines: Array
    notes: tuple[str, ...] = ()
    commas: int = 0


def read_rows(source: Path | TextIO, separator: str | None = None) -> pd.DataFrame:
    """Read rows whose first line names the columns, each cell as text.

    Args:
        source: a file (UTF-8, UTF-16 with its mark, or Latin-1), or an open text stream such as standard input.
        separator: between cells; left out, the one of ``, ; tab |`` that fits best. Unless it is a comma, decimal
            commas become points.

    Returns:
        Columns of stripped texts; the index holds each row's line in the file.

    Raises:
        DataError: if there are no rows, a row has too many or too few cells (with its line), names are repeated, or
            it is not text.
    """
    table = read_table(source, separator)
    return pd.DataFrame(table.columns, index=pd.Index(table.lines, name="line"), dtype=object)


def read_table(source: Path | TextIO, separator: str | None = None) -> TextTable:
    """As :func:`read_rows`, with notes on the encoding and the decimal comma."""
    name = str(source) if isinstance(source, Path) else tr("the input", "la entrada")
    text, notes = _read_text(source, name) if isinstance(source, Path) else (_read_stream(source, name), [])
    suffix = source.suffix.lower() if isinstance(source, Path) else ""
    separator = _checked(separator or _SEPARATORS.get(suffix), text)
    (table,) = _tables(io.StringIO(text, newline=""), separator, name)
    commas = table.commas
    if commas:
        notes.append(commas_note(commas))
    return replace(table, notes=tuple(notes))


def commas_note(count: int) -> str:
    """What the reader is told of decimal commas."""
    return tr(f"Decimal commas read as points: {count}.", f"Comas decimales leídas como puntos: {count}.")


@dataclass(frozen=True)
class TableFile:
    """A text table in a file that is read a part at a time.

    Attributes:
        path: the file.
        encoding: as Python calls it.
        separator: between cells.
    """

    path: Path
    encoding: str
    separator: str

    def parts(self, rows: int) -> Iterator[TextTable]:
        """The table, ``rows`` rows at a time.

        Raises:
            DataError: as :func:`read_rows` does.
        """
        with self.path.open(encoding=self.encoding, newline="") as stream:
            yield from _tables(stream, self.separator, str(self.path), rows)

    @property
    def notes(self) -> list[str]:
        """What the reader should know of how it is read."""
        return [_latin_note()] if self.encoding == "latin-1" else []


def open_table(path: Path, separator: str | None = None) -> TableFile:
    """Look at a table without reading all of it into memory.

    Raises:
        DataError: if it cannot be read or is not text.
    """
    try:
        encoding = _encoding(path)
        with path.open(encoding=encoding, newline="") as stream:
            beginning = stream.read(_SAMPLE)
    except OSError as error:
        raise _cannot_read(str(path), error) from error
    return TableFile(path, encoding, _checked(separator or _SEPARATORS.get(path.suffix.lower()), beginning))


def _encoding(path: Path) -> str:
    """UTF-8, UTF-16 if it says so, or Latin-1, which anything is."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    encoding = "utf-8-sig"
    with path.open("rb") as file:
        while data := file.read(_BLOCK):
            if file.tell() == len(data) and data.startswith((b"\xff\xfe", b"\xfe\xff")):
                return "utf-16"
            if b"\0" in data:
                raise _not_text(str(path))
            try:
                decoder.decode(data)
            except UnicodeDecodeError:
                encoding, decoder = "latin-1", codecs.getincrementaldecoder("latin-1")()
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            encoding = "latin-1"
    return encoding


def _read_text(path: Path, name: str) -> tuple[str, list[str]]:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise _cannot_read(name, error) from error
    try:
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            return data.decode("utf-16"), []
        return _textual(data.decode("utf-8-sig"), name), []
    except UnicodeDecodeError:
        return _textual(data.decode("latin-1"), name), [_latin_note()]


def _latin_note() -> str:
    return tr("The file is not UTF-8; it was read as Latin-1.", "El archivo no es UTF-8; se leyó como Latin-1.")


def _cannot_read(name: str, error: OSError) -> DataError:
    return DataError(
        tr(f"{name} cannot be read: {error.strerror}", f"no se puede leer {name}: {error.strerror}"),
        tr("Check the path and the permissions.", "Revise la ruta y los permisos."),
    )


def _read_stream(source: TextIO, name: str) -> str:
    try:
        return _textual(source.read().removeprefix("\ufeff"), name)
    except UnicodeDecodeError as error:
        raise DataError(
            tr(f"{name} is not text in UTF-8: {error.reason}", f"{name} no es texto en UTF-8: {error.reason}"),
            tr("Save the table as CSV (UTF-8).", "Guarde la tabla como CSV (UTF-8)."),
        ) from error


def _textual(text: str, name: str) -> str:
    if "\0" in text:
        raise _not_text(name)
    return text


def _not_text(name: str) -> DataError:
    return DataError(
        tr(f"{name} is not a text file", f"{name} no es un archivo de texto"),
        tr("Save the table as CSV (UTF-8).", "Guarde la tabla como CSV (UTF-8)."),
    )


def _checked(separator: str | None, text: str) -> str:
    """The separator given, or the one that fits the text's beginning."""
    separator = separator or _guess_separator(text)
    if len(separator) != 1:
        raise DataError(
            tr(f"the separator {separator!r} is not one character", f"el separador {separator!r} no es un carácter"),
            tr("Use one such as ',' or ';'.", "Use uno como ',' o ';'."),
        )
    return separator


def _guess_separator(text: str) -> str:
    """The separator that splits the first lines most evenly, a comma if none does."""
    sample = [line for line in text[:_SAMPLE].splitlines()[:20] if line.strip()]

    def score(separator: str) -> tuple[int, int]:
        counts = Counter(len(row) for row in csv.reader(sample, delimiter=separator) if row)
        fields, rows = max(counts.items(), key=lambda item: (item[1], item[0]), default=(1, 0))
        return (rows if fields > 1 else 0, fields)

    return max((",", ";", "\t", "|"), key=score)


def _tables(stream: Iterable[str], separator: str, name: str, size: int | None = None) -> Iterator[TextTable]:
    """The table in parts of ``size`` rows, or whole; there is at least one."""
    lines: list[int] = []
    records = _records(stream, separator, name, lines)
    header = next(records)
    some = False
    while rows := list(islice(records, size)):
        some = True
        columns, commas = {}, 0
        for title, cells in zip(header, zip(*rows, strict=True), strict=True):
            columns[title] = np.array([cell.strip() for cell in cells], dtype=object)
            if separator != ",":
                commas += _decimal_points(columns[title])
        del rows
        yield TextTable(columns, np.array(lines), commas=commas)
        lines.clear()
    if not some:
        raise _no_rows(name)


def _records(stream: Iterable[str], separator: str, name: str, lines: list[int]) -> Iterator[list[str]]:
    """The names of the columns, then each row; the line in which a row ends is added to ``lines``."""
    reader = csv.reader(stream, delimiter=separator, skipinitialspace=True, strict=True)
    header: list[str] = []
    try:
        for row in reader:
            if not row or row == [""]:
                continue
            if not header:
                header = _titles(row, name)
                yield header
            elif len(row) == len(header):
                lines.append(reader.line_num)
                yield row
            else:
                raise _ragged(len(row), len(header), reader.line_num, name, separator)
    except csv.Error as error:
        raise DataError(
            tr(f"{name}, line {reader.line_num}: {error}", f"{name}, línea {reader.line_num}: {error}"),
            tr("A quotation mark may be missing.", "Puede que falte cerrar unas comillas."),
        ) from error
    if not header:
        raise _no_rows(name)


def _no_rows(name: str) -> DataError:
    return DataError(
        tr(f"{name} has no rows of data", f"{name} no tiene filas de datos"),
        tr(
            "The first line names the columns; rows follow.",
            "La primera línea nombra las columnas; después van las filas.",
        ),
    )


def _ragged(cells: int, expected: int, line: int, name: str, separator: str) -> DataError:
    return DataError(
        tr(
            f"{name}, line {line}: {cells} cells; the first line names {expected} columns",
            f"{name}, línea {line}: {cells} celdas; la primera línea nombra {expected} columnas",
        ),
        tr(
            f"Cells are separated by {separator!r}; put texts that contain it in quotation marks.",
            f"Las celdas se separan con {separator!r}; ponga entre comillas los textos que lo contengan.",
        ),
    )


def _titles(row: list[str], name: str) -> list[str]:
    titles = [cell.strip() or f"{UNNAMED}{number}" for number, cell in enumerate(row, 1)]
    repeated = [title for title, times in Counter(titles).items() if times > 1]
    if repeated:
        listed = ", ".join(repeated)
        raise DataError(
            tr(f"{name} names columns twice: {listed}", f"{name} repite nombres de columna: {listed}"),
            tr("Give each column its own name.", "Dé a cada columna un nombre propio."),
        )
    return titles


def _decimal_points(texts: Array) -> int:
    """Turn ``3,14`` into ``3.14`` in place; how many there were."""
    changed = [row for row, text in enumerate(texts) if "," in text and _DECIMAL_COMMA.fullmatch(text)]
    for row in changed:
        texts[row] = texts[row].replace(",", ".")
    return len(changed)


def is_missing(values: Array) -> Array:
    """Which values stand for nothing: None, NaN, and the texts in :data:`MISSING`."""
    absent = pd.isna(values)
    texts = [isinstance(value, str) and value.strip().lower() in MISSING for value in values]
    return absent | np.array(texts, dtype=bool)


def to_numbers(values: Array) -> Array:
    """Each value as float64; NaN for what is missing or not a finite number.

    Args:
        values: ``(rows,)`` numbers, texts or None.

    Example:
        >>> to_numbers(np.array(["1.5", "?", "many", 3], dtype=object))
        array([1.5, nan, nan, 3. ])
    """
    try:
        if "_" not in "".join(values):  # the quick way, for texts that are numbers throughout
            numbers = values.astype(np.float64)
            return np.where(np.isfinite(numbers), numbers, np.nan)
    except (TypeError, ValueError):
        pass
    return np.fromiter(map(_number, values), dtype=np.float64, count=len(values))


def _number(value: Any) -> float:
    if isinstance(value, str) and "_" in value:  # Python reads 1_000; data do not mean it
        return np.nan
    try:
        number = float(value)
    except (TypeError, ValueError):
        return np.nan
    return number if np.isfinite(number) else np.nan
