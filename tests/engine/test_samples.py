"""Arrays, sources and weights come together in one record, whatever they are made of."""

from typing import Any

import jax
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hondo.core.errors import DataError
from hondo.engine.samples import class_weights_to_samples, gather, order_of_samples


@given(count=st.integers(1, 60), batch=st.integers(1, 70), shuffle=st.sampled_from([True, False, "batch"]))
def test_an_order_takes_each_sample_once(count: int, batch: int, shuffle: bool | str) -> None:
    order = order_of_samples(count, batch, shuffle, np.random.default_rng(0).permutation)
    assert sorted(order) == list(range(count))
    if shuffle == "batch":
        assert all(abs(int(sample) - place) < batch for place, sample in enumerate(order))


def test_float64_becomes_the_float_type_of_keras() -> None:
    samples = gather([np.zeros((4, 2)), np.zeros((4, 3), "int64")], {"a": np.zeros(4)})
    assert [leaf.dtype for leaf in jax.tree.leaves(samples.rows)] == ["float32", "int64", "float32"]


@pytest.mark.parametrize("values", [np.array(["a", "b"]), np.array([{}, {}], dtype=object)])
def test_values_that_are_not_numbers_are_an_error(values: Any) -> None:
    with pytest.raises(DataError, match="numbers"):
        gather(values, np.zeros(2))


@pytest.mark.parametrize("labels", [np.array([0, 2, 2]), np.array([[0], [2], [2]]), np.eye(3)[[0, 2, 2]]])
def test_class_weights_follow_the_labels_in_any_encoding(labels: Any) -> None:
    np.testing.assert_array_equal(class_weights_to_samples(labels, {2: 5.0}), [1.0, 5.0, 5.0])
