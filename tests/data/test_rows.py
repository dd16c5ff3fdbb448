import csv
import io

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hondo.core.errors import DataError
from hondo.data.rows import is_missing, read_rows, read_table, to_numbers

CELLS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12).map(str.strip)


def saved(tmp_path, text, name="table.csv", encoding="utf-8"):
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


@settings(deadline=None)
@given(rows=st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=8), separator=st.sampled_from(",;\t|"))
def test_what_was_written_is_read(rows, separator):
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=separator, quoting=csv.QUOTE_ALL)
    writer.writerows([("a", "b", "c"), *rows])
    file.seek(0)
    frame = read_rows(file, separator)
    commas = separator != ","
    for written, read in zip(rows, frame.itertuples(index=False), strict=True):
        for cell, text in zip(written, read, strict=True):
            assert text == cell or (commas and text == cell.replace(",", "."))


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_guessed(tmp_path, separator):
    text = 'name|x|y\n"Pérez, Ana"|1|2\n"López; Luis"|3|4\n'.replace("|", separator)
    frame = read_rows(saved(tmp_path, text))
    assert list(frame.columns) == ["name", "x", "y"]
    assert frame["name"].tolist() == ["Pérez, Ana", "López; Luis"]
    assert frame["y"].tolist() == ["2", "4"]


def test_the_index_is_the_line_of_the_file(tmp_path):
    frame = read_rows(saved(tmp_path, 'a,b\n1,2\n\n"two\nlines",4\n5,6\n'))
    assert frame.index.tolist() == [2, 5, 6]
    assert frame.index.name == "line"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_encodings(tmp_path, encoding):
    table = read_table(saved(tmp_path, "año,niño\n1,sí\n", encoding=encoding))
    assert list(table.columns) == ["año", "niño"]
    assert table.columns["niño"].tolist() == ["sí"]
    assert bool(table.notes) == (encoding == "latin-1")


def test_decimal_commas_become_points_unless_commas_separate(tmp_path):
    table = read_table(saved(tmp_path, "a;b;c\n3,14;-2,5e3;1,2,3\n"))
    assert [values[0] for values in table.columns.values()] == ["3.14", "-2.5e3", "1,2,3"]
    assert table.notes == ("Decimal commas read as points: 2.",)
    assert read_rows(saved(tmp_path, 'a,b\n"3,14",x\n'))["a"].tolist() == ["3,14"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no rows of data"),
        ("a,b\n", "no rows of data"),
        ("a,b\n1,2\n3\n", "line 3: 1 cells; the first line names 2 columns"),
        ("a,b\n1,2\n3,4,5\n", "line 3: 3 cells"),
        ("a,b,a\n1,2,3\n", "names columns twice: a"),
        ('a,b\n1,"2\n3,4\n', r"line \d: "),
        ("PK\x03\x04\x00\x00", "not a text file"),
    ],
)
def test_tables_that_cannot_be_trusted_are_refused(tmp_path, text, message):
    with pytest.raises(DataError, match=message) as caught:
        read_rows(saved(tmp_path, text))
    assert "table.csv" in caught.value.message


def test_a_stream_that_is_not_text_is_refused():
    for data, message in ((b"a,b\n\xff\xfe,2\n", "not text in UTF-8"), (b"PK\x00\x00", "not a text file")):
        with pytest.raises(DataError, match=f"the input is {message}"):
            read_rows(io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))


def test_a_file_that_is_missing_and_a_separator_that_is_none(tmp_path):
    with pytest.raises(DataError, match="cannot be read"):
        read_rows(tmp_path / "none.csv")
    with pytest.raises(DataError, match="not one character"):
        read_rows(saved(tmp_path, "a,b\n1,2\n"), separator="::")


@settings(deadline=None)
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_written_numbers_are_read_to_the_last_bit(numbers):
    read = to_numbers(np.array([repr(number) for number in numbers], dtype=object))
    np.testing.assert_array_equal(read, np.array(numbers))


def test_what_is_no_finite_number_is_nan():
    values = np.array(["1", " 2.5 ", "abc", "", "inf", "1_000", None, 3, True, np.nan, pd.NA], dtype=object)
    np.testing.assert_array_equal(
        to_numbers(values), [1, 2.5, np.nan, np.nan, np.nan, np.nan, np.nan, 3, 1, np.nan, np.nan]
    )
    np.testing.assert_array_equal(to_numbers(np.array(["1", "1_0", "inf"], dtype=object)), [1, np.nan, np.nan])


def test_missing_values_are_those_that_pandas_knows_and_question_marks():
    values = np.array(["", "NA", "n/a", "NaN", "null", "None", "?", None, np.nan, pd.NA, "no", "0", 0], dtype=object)
    np.testing.assert_array_equal(is_missing(values), [True] * 10 + [False] * 3)
