import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_diabetes, load_iris

from hondo.core.errors import DataError
from hondo.core.language import use_language
from hondo.data.dataset import Column
from hondo.data.rows import read_rows
from hondo.data.table import encode_rows, load_table

FEATURES = (Column("age"), Column("city", "category", ("Lima", "Quito")))


def saved(tmp_path, text, name="people.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def written(tmp_path, **columns):
    path = tmp_path / "table.csv"
    pd.DataFrame(columns).to_csv(path, index=False)
    return path


def test_iris_from_a_file_equals_scikit_learns(tmp_path):
    iris = load_iris(as_frame=True)
    frame = iris.data.assign(species=iris.target_names[iris.target])
    frame.to_csv(tmp_path / "iris.csv")  # with pandas's nameless column of row numbers
    dataset = load_table(tmp_path / "iris.csv", "species")
    np.testing.assert_array_equal(dataset.train.x, iris.data.to_numpy())
    np.testing.assert_array_equal(dataset.train.y, iris.target)
    assert dataset.classes == ("setosa", "versicolor", "virginica")
    assert (dataset.name, dataset.kind, dataset.task, dataset.target) == ("iris", "table", "classification", "species")
    assert [column.name for column in dataset.features] == list(iris.data.columns)
    assert dataset.notes == ("Columns left out: column_1 (numbers the rows).",)


def test_diabetes_from_a_file_is_regression(tmp_path):
    frame = load_diabetes(as_frame=True).frame
    frame.to_csv(tmp_path / "diabetes.tsv", sep="\t", index=False)
    dataset = load_table(tmp_path / "diabetes.tsv", "target")
    assert (dataset.task, dataset.classes) == ("regression", ())
    np.testing.assert_array_equal(dataset.train.y, frame["target"])
    np.testing.assert_array_equal(dataset.train.x, frame.drop(columns="target"))


def test_missing_values_and_categories_are_kept_as_such_and_reported(tmp_path):
    text = "age,city,pay\n30,Quito,yes\n,Lima,no\n41,?,yes\nNA,Lima,no\n50,Lima,\n"
    dataset = load_table(saved(tmp_path, text), "pay")
    assert dataset.features == FEATURES
    np.testing.assert_array_equal(dataset.train.x, [[30, 1], [np.nan, 0], [41, np.nan], [np.nan, 0]])
    np.testing.assert_array_equal(dataset.train.y, [1, 0, 1, 0])
    assert dataset.notes == ("Rows without 'pay', left out: 1.", "Missing values: age 2, city 1.")
    with use_language("es"):
        assert "Valores ausentes: age 2, city 1." in load_table(saved(tmp_path, text), "pay").notes


def test_a_few_texts_among_numbers_count_as_missing_and_are_named(tmp_path):
    ages = [*map(str, range(20, 49)), "old"]
    dataset = load_table(written(tmp_path, age=ages, y=["a", "b"] * 15), "y")
    assert dataset.features == (Column("age"),)
    assert np.isnan(dataset.train.x[29, 0])
    assert "'age' is a column of numbers; these values count as missing: 'old' (line 31)." in dataset.notes


def test_many_texts_among_numbers_make_categories_and_are_named(tmp_path):
    dataset = load_table(written(tmp_path, size=["1", "2", "large", "small"] * 5, y=["a", "b"] * 10), "y")
    assert dataset.features == (Column("size", "category", ("1", "2", "large", "small")),)
    assert any("'size' is a column of categories" in note and "'1' (line 2)" in note for note in dataset.notes)


def test_columns_that_cannot_help_are_left_out_or_pointed_out(tmp_path):
    rows = 30
    path = written(
        tmp_path,
        PassengerId=range(1, rows + 1),
        name=[f"person {number}" for number in range(rows)],
        empty=[None] * rows,
        constant=[7] * rows,
        day=range(rows),
        grid=range(rows),
        x=np.random.default_rng(0).random(rows),
        y=["a", "b"] * (rows // 2),
    )
    dataset = load_table(path, "y")
    assert [column.name for column in dataset.features] == ["constant", "day", "grid", "x"]
    assert dataset.notes == (
        "Columns left out: PassengerId (numbers the rows), name (30 different texts), empty (empty).",
        "Columns with a single value: constant.",
        "Columns that count the rows; they may give the target away if the rows are sorted: day, grid.",
    )


@pytest.mark.parametrize(
    ("values", "task", "expected", "classes"),
    [
        (["no", "yes"] * 10, None, "classification", ("no", "yes")),
        ([2, 10] * 10, None, "classification", ("2", "10")),
        ([2.0, 10.0] * 10, None, "classification", ("2", "10")),
        ([0.5, 1.5] * 10, None, "regression", ()),
        (list(range(20)), None, "regression", ()),
        (list(range(100)), None, "regression", ()),
        ([2, 10] * 10, "regression", "regression", ()),
        ([0.5, 1.5] * 10, "classification", "classification", ("0.5", "1.5")),
        ([True, False] * 10, None, "classification", ("False", "True")),
    ],
)
def test_the_task_follows_from_the_target(tmp_path, values, task, expected, classes):
    dataset = load_table(written(tmp_path, x=np.arange(len(values)) ** 2, y=values), "y", task=task)
    assert (dataset.task, dataset.classes) == (expected, classes)
    if expected == "regression":
        np.testing.assert_array_equal(dataset.train.y, values)
    else:
        names = [dataset.classes[number] for number in dataset.train.y]
        assert names == [f"{value:g}" if isinstance(value, float) else str(value) for value in values]


def test_a_class_with_one_sample_is_pointed_out(tmp_path):
    dataset = load_table(written(tmp_path, x=[1.5, 2.5, 9.0], y=["a", "a", "b"]), "y")
    assert dataset.notes == ("Classes with a single sample: b.",)


@pytest.mark.parametrize(
    ("columns", "task", "message"),
    [
        ({"y": ["a", "a", "a"]}, None, "the target 'y' has too few different values: 1"),
        ({"y": [1.0, 1.0, 1.0]}, None, "the target 'y' has too few different values: 1"),
        ({"y": [None, None, None]}, None, "the target 'y' has too few different values: 0"),
        ({"y": ["1", "2", "x"]}, "regression", r"not numbers: 'x' \(line 4\)"),
        ({"y": [*map(str, range(59)), "x"]}, None, r"not numbers: 'x' \(line 61\)"),
        ({"y": [f"text {number}" for number in range(60)]}, None, "60 different texts in 60 rows"),
        ({"label": ["a", "b", "a"]}, None, "no column 'y'"),
    ],
)
def test_targets_that_cannot_be_learnt_are_refused(tmp_path, columns, task, message):
    (values,) = columns.values()
    path = written(tmp_path, x=np.arange(len(values)) ** 2, **columns)
    with pytest.raises(DataError, match=message) as caught:
        load_table(path, "y", task=task)
    assert caught.value.hint


def test_the_nearest_column_is_suggested(tmp_path):
    with pytest.raises(DataError) as caught:
        load_table(written(tmp_path, x=[1, 2], species=["a", "b"]), "specie")
    assert caught.value.hint == "Did you mean 'species'?"


def test_a_table_of_nothing_but_its_target_is_refused(tmp_path):
    with pytest.raises(DataError, match="no feature besides the target 'y'"):
        load_table(written(tmp_path, y=["a", "b"]), "y")


def test_rows_to_predict_are_encoded_as_the_training_rows_were(tmp_path):
    text = "age,city,pay\n30,Quito,yes\n,Lima,no\n41,?,yes\nNA,Lima,no\n"
    path = saved(tmp_path, text)
    dataset = load_table(path, "pay")
    np.testing.assert_array_equal(encode_rows(read_rows(path), dataset.features), dataset.train.x)
    np.testing.assert_array_equal(encode_rows(pd.read_csv(path), dataset.features)[:2], dataset.train.x[:2])
    rows = [{"city": "Quito", "age": "30"}, {"age": None, "city": "Lima", "more": 1}, {"age": 41.0, "city": "Berna"}]
    np.testing.assert_array_equal(encode_rows(rows, dataset.features), [[30, 1], [np.nan, 0], [41, np.nan]])
    assert encode_rows([], dataset.features).shape == (0, 2)


def test_whole_numbers_as_categories_are_found_in_any_type():
    features = (Column("rooms", "category", ("1", "2", "many")),)
    rows = [{"rooms": value} for value in (1, "2", 2.0, "many", 3, None)]
    np.testing.assert_array_equal(encode_rows(rows, features)[:, 0], [0, 1, 1, 2, np.nan, np.nan])


@pytest.mark.parametrize(
    ("rows", "message", "hint"),
    [
        ([{"age": 1, "city": "Lima"}, {"Age": 1, "city": "Lima"}], "row 2: the column 'age' is missing", "'Age'"),
        (pd.DataFrame({"age": [1], "town": ["x"], "cities": ["x"]}), "the column 'city' is missing", "'cities'"),
        ([{"age": "ten", "city": "Lima"}], "row 1, column 'age': 'ten' is not a number", "empty if it is missing"),
        ([{"age": float("inf"), "city": "Lima"}], "row 1, column 'age': inf is not a number", "finite"),
    ],
)
def test_rows_that_do_not_fit_are_refused(rows, message, hint):
    with pytest.raises(DataError, match=message) as caught:
        encode_rows(rows, FEATURES)
    assert hint in caught.value.hint


def test_a_cell_that_is_no_number_is_named_by_its_line(tmp_path):
    path = saved(tmp_path, "age,city\n1,Lima\n\nten,Lima\n")
    with pytest.raises(DataError, match="line 4, column 'age': 'ten'"):
        encode_rows(read_rows(path), FEATURES)
