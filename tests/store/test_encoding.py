"""Numbers that are not finite survive the database exactly, and never spoil a JSON file."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hondo.store.encoding import from_database, to_database, to_file

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def refuse(constant: str) -> float:
    raise ValueError(f"{constant} is not JSON")


@given(values)
def test_whatever_goes_into_the_database_comes_out_the_same(value: object) -> None:
    assert repr(from_database(to_database(value))) == repr(value)


@given(values)
def test_both_forms_are_json_that_any_strict_reader_takes(value: object) -> None:
    json.loads(to_database(value), parse_constant=refuse)
    json.loads(to_file(value), parse_constant=refuse)


def test_a_file_spells_out_what_is_not_finite() -> None:
    written = json.loads(to_file({"a": [math.nan, math.inf, -math.inf, 0.5]}))
    assert written == {"a": ["nan", "inf", "-inf", 0.5]}


def test_numpy_numbers_arrays_and_paths_become_plain() -> None:
    value = {"f": np.float32(0.5), "i": np.int64(3), "a": np.array([[1.0, np.nan]]), "p": Path("a") / "b", "t": (1, 2)}
    assert json.loads(to_file(value)) == {"f": 0.5, "i": 3, "a": [[1.0, "nan"]], "p": "a/b", "t": [1, 2]}


def test_what_has_no_plain_form_is_refused() -> None:
    with pytest.raises(TypeError, match="object has no plain form"):
        to_file({"a": object()})
