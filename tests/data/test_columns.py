import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder

from hondo.core.errors import DataError
from hondo.data.columns import encode_columns, fit_columns, refuse_missing
from hondo.data.dataset import Column

NUMBERS = (Column("a"), Column("b"), Column("c"))
CITY = (Column("city", "category", ("Berna", "Lima", "París", "Quito")),)


def gappy(seed: int, rows: int = 12) -> np.ndarray:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, 3))
    x[rng.random(x.shape) < 0.3] = np.nan
    x[0] = 1.5  # so that no column is empty
    return x


@settings(deadline=None)
@given(seed=st.integers(0, 99), rule=st.sampled_from(["median", "mean", "zero"]))
def test_numbers_are_filled_as_scikit_learn_fills_them(seed, rule):
    train, other = gappy(seed), gappy(seed + 1000)
    reference = SimpleImputer(strategy="constant" if rule == "zero" else rule, fill_value=0).fit(train)
    steps = fit_columns(train, NUMBERS, rule)
    np.testing.assert_allclose(encode_columns(other, steps, "one-hot"), reference.transform(other), rtol=1e-12)


def test_a_column_without_training_values_is_filled_with_zero():
    steps = fit_columns(np.full((3, 1), np.nan), (Column("a"),), "median")
    np.testing.assert_array_equal(encode_columns(np.array([[np.nan], [2.0]]), steps, "one-hot"), [[0], [2]])


@settings(deadline=None)
@given(
    train=st.lists(st.sampled_from([0, 1, 3, np.nan]), min_size=1),
    other=st.lists(st.sampled_from([0, 1, 2, 3, np.nan]), min_size=1),
)
def test_categories_are_encoded_as_scikit_learn_encodes_them(train, other):
    fitted, given_ = np.array(train, dtype=float)[:, np.newaxis], np.array(other, dtype=float)[:, np.newaxis]
    steps = fit_columns(fitted, CITY, "median")
    one_hot = OneHotEncoder(handle_unknown="ignore", sparse_output=False).fit(fitted)
    np.testing.assert_array_equal(encode_columns(given_, steps, "one-hot"), one_hot.transform(given_))
    places = encode_columns(given_, steps, "ordinal")[:, 0]
    known = steps[0].codes
    missing = len(known) if np.isnan(train).any() else -1
    assert places.tolist() == [
        missing if code != code else known.index(code) if code in known else -1 for code in other
    ]


def test_ordinal_places_agree_with_scikit_learn_where_nothing_is_missing():
    train, other = np.array([[3.0], [0.0], [1.0]]), np.array([[0.0], [1.0], [2.0], [3.0]])
    reference = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1).fit(train)
    steps = fit_columns(train, CITY, "median")
    np.testing.assert_array_equal(encode_columns(other, steps, "ordinal"), reference.transform(other))


def test_columns_have_names_after_encoding():
    x = np.array([[1.0, 0.0], [2.0, 3.0], [3.0, np.nan]])
    number, city = fit_columns(x, (Column("a"), *CITY), "mean")
    assert number.names("one-hot") == ("a",)
    assert city.names("one-hot") == ("city=Berna", "city=Quito", "city=(missing)")
    assert city.names("ordinal") == ("city",)


def test_missing_values_are_refused_by_name_and_number():
    refuse_missing(np.ones((2, 3)), NUMBERS, "")
    with pytest.raises(DataError, match="missing values: a 2, c 1") as caught:
        refuse_missing(np.array([[np.nan, 1, 1], [np.nan, 1, np.nan]]), NUMBERS, "fill them")
    assert caught.value.hint == "fill them"
