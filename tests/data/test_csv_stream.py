import os

import numpy as np
import pytest

from hondo.core.errors import DataError, StoreError
from hondo.core.language import use_language
from hondo.core.spec import DataSpec, PreprocessSpec
from hondo.data import csv_stream
from hondo.data.arrays_on_disk import DiskRows
from hondo.data.columns import ranges
from hondo.data.csv_stream import column_names, load_large_table
from hondo.data.load import load_dataset
from hondo.data.preprocess import drop_rows, fit_preprocessor
from hondo.data.split import split
from hondo.data.table import load_table


@pytest.fixture(autouse=True)
def small_parts(monkeypatch, tmp_path):
    monkeypatch.setenv("HONDO_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(csv_stream, "_ROWS", 7)
    monkeypatch.setattr(csv_stream, "held_bytes", lambda: 100)


def table(rows: int = 60) -> str:
    """A table with everything that there is to decide about columns."""
    rng = np.random.default_rng(0)
    lines = ["id;size;city;name;mixed;same;empty;code;kind"]
    for row in range(rows):
        size = ["?", "", "wide"][row % 3] if row % 20 == 9 else f"{rng.normal():.4f}".replace(".", ",")
        city = ["Lima", "Quito", " Cádiz ", "NA"][rng.integers(4)]
        mixed = rng.choice(["x", "y", "3"])
        code = row + 2 + 5
        kind = "" if row == 33 else ["yes", "no", "1"][rng.integers(3)]
        lines.append(f'{row + 1};{size};{city};"n;{row}";{mixed};1;;{code};{kind}')
    return "\n".join(lines) + "\n"


def write(path, text, encoding="utf-8"):
    path.write_bytes(text.encode(encoding))
    return path


def assert_same(large, small):
    assert large.features == small.features
    assert (large.classes, large.task, large.target) == (small.classes, small.task, small.target)
    assert large.targets == small.targets
    assert large.notes[:-1] == small.notes
    np.testing.assert_array_equal(large.train.x[:], small.train.x)
    np.testing.assert_array_equal(large.train.y, small.train.y)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "utf-16"])
@pytest.mark.parametrize("target", ["kind", "city", "mixed", "code"])
def test_a_large_table_is_understood_as_a_small_one_is(tmp_path, encoding, target):
    path = write(tmp_path / "t.csv", table(), encoding)
    small = load_table(path, target)
    large = load_large_table(path, target)
    assert isinstance(large.train.x, DiskRows)
    assert_same(large, small)
    with use_language("es"):
        assert_same(load_large_table(path, target), load_table(path, target))


def test_several_targets_are_columns_of_numbers_side_by_side(tmp_path):
    path = write(
        tmp_path / "t.csv", "a,b,c,d\n" + "".join(f"{i % 7},{i / 2},{i % 5},{-i}\n" for i in range(50)) + "1,,2,3\n"
    )
    small, large = load_table(path, ("d", "b", "c")), load_large_table(path, ["d", "b", "c"])
    assert_same(large, small)
    assert (small.task, small.target, small.targets) == ("regression", "d, b, c", ("d", "b", "c"))
    assert [column.name for column in small.features] == ["a"]
    expected = [[-i, i / 2, i % 5] for i in range(50)]
    np.testing.assert_array_equal(small.train.y, expected)
    assert "Rows without 'd' or 'b' or 'c', left out: 1." in small.notes
    with pytest.raises(DataError, match="no column 'e'"):
        load_table(path, ("b", "e"))
    path.write_text("a,b,c\n1,2,x\n2,3,y\n", encoding="utf-8")
    with pytest.raises(DataError, match="'c' has values that are not numbers"):
        load_table(path, ("b", "c"))


@pytest.mark.parametrize(
    "text", ["a,b\n1,2\n3\n", "a,b\n", "", 'a,b\n1,"2\n', "a,a\n1,2\n", "a\n1\n2\n", "a,b\n1,2\n1,2\n", "a\0,b\n1,2\n"]
)
@pytest.mark.parametrize("target", ["a", "c"])
def test_faults_are_explained_alike(tmp_path, text, target):
    path = write(tmp_path / "t.csv", text)
    with pytest.raises(DataError) as expected:
        load_table(path, target)
    with pytest.raises(DataError) as caught:
        load_large_table(path, target)
    assert str(caught.value) == str(expected.value)


def test_it_is_converted_again_only_when_the_file_has_changed(tmp_path, monkeypatch):
    path = write(tmp_path / "t.csv", table())
    first = load_large_table(path, "kind")
    convert = csv_stream._convert
    monkeypatch.setattr(csv_stream, "_convert", None)  # would fail
    assert_same(load_large_table(path, "kind"), load_table(path, "kind"))
    monkeypatch.setattr(csv_stream, "_convert", convert)
    write(path, table(50))
    os.utime(path, ns=(0, 0))
    assert len(load_large_table(path, "kind").train) == 49
    assert len(first.train) == 59
    folders = list((tmp_path / "cache" / "tables").rglob("x.npy"))
    assert len(folders) == 1  # the earlier conversion is gone
    folders[0].unlink()
    assert_same(load_large_table(path, "kind"), load_table(path, "kind"))


def test_a_cache_that_cannot_be_written_is_explained(tmp_path, monkeypatch):
    path = write(tmp_path / "t.csv", table())
    (tmp_path / "cache").write_text("a file where the folder should be", encoding="utf-8")
    with pytest.raises(StoreError):
        load_large_table(path, "kind")


def test_a_target_of_very_many_texts_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(csv_stream, "MOST_TEXTS", 10)
    lines = "".join(f"{row},t{row % 15}\n" for row in range(90))
    with pytest.raises(DataError, match="more than 10 different texts"):
        load_large_table(write(tmp_path / "t.csv", "a,b\n" + lines), "b")
    with pytest.raises(DataError, match=r"Columns left out: b \(more than 10 different texts\)"):
        load_large_table(tmp_path / "t.csv", "a")


@pytest.mark.parametrize("missing", ["median", "mean", "zero", "drop"])
@pytest.mark.parametrize("categories", ["one-hot", "ordinal"])
def test_preprocessing_learns_from_the_disk_what_it_learns_in_memory(tmp_path, missing, categories):
    path = write(tmp_path / "t.csv", table())
    spec = PreprocessSpec(missing=missing, categories=categories, standardise="feature")
    fitted = []
    for load in (load_table, load_large_table):
        dataset = split(load(path, "kind"), validation=0.2, test=0.2, seed=1)
        dataset = drop_rows(dataset) if missing == "drop" else dataset
        prepared = fit_preprocessor(spec, dataset)
        fitted.append((prepared, np.asarray(prepared.source(dataset.train.x)[:]), ranges([dataset.train.x])))
    (held, x, held_ranges), (streamed, y, streamed_ranges) = fitted
    np.testing.assert_allclose(y, x, rtol=1e-5, atol=1e-6)
    assert streamed.notes == held.notes
    assert [step.codes for step in streamed.columns] == [step.codes for step in held.columns]
    np.testing.assert_allclose([step.fill for step in streamed.columns], [step.fill for step in held.columns])
    for name in ("missing", "minimum", "mean", "maximum"):
        np.testing.assert_allclose(getattr(streamed_ranges, name), getattr(held_ranges, name))


def test_the_spec_finds_the_way_by_the_size_of_the_file(tmp_path, monkeypatch):
    path = write(tmp_path / "t.csv", table())
    assert load_dataset(DataSpec(path=str(path), target="kind")).train.lazy
    monkeypatch.setattr(csv_stream, "held_bytes", lambda: 10**9)
    assert not load_dataset(DataSpec(path=str(path), target="kind")).train.lazy


def test_the_columns_are_known_from_the_first_lines(tmp_path):
    assert column_names(write(tmp_path / "t.csv", table()))[:3] == ["id", "size", "city"]
