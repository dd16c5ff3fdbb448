"""Samples reach the steps in the order that was drawn, from memory and from a lazy source alike."""

from typing import Any

import jax
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from networks import CASES, ROWS, compiled

import hondo.engine.evaluate as evaluation
import hondo.engine.feed as feeds
from hondo.core.errors import DataError
from hondo.engine.fit import fit


class Lazy:
    """Rows that are only read by index, as a picture folder gives them."""

    def __init__(self, rows: Any) -> None:
        self._rows = rows
        self.shape, self.dtype = rows.shape, rows.dtype
        self.most = 0

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, index: Any) -> Any:
        rows = self._rows[index]
        self.most = max(self.most, len(rows))
        return rows


@pytest.mark.parametrize("window", [1, 40 * 12 * 4 * 4, 2**25])
def test_a_lazy_source_trains_the_same_weights_as_an_array(window: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "STREAM_BYTES", window)
    case = CASES["mlp"]
    resident, streamed = compiled(case), compiled(case)
    arguments = {"batch_size": 16, "epochs": 3, "seed": 2, "verbose": 0, "validation_split": 0.0}
    expected = fit(resident, case.x, case.y, **arguments).history
    assert fit(streamed, Lazy(case.x), case.y, **arguments).history == expected
    for weight, reference in zip(streamed.get_weights(), resident.get_weights(), strict=True):
        np.testing.assert_array_equal(weight, reference)


def test_only_a_window_of_a_lazy_source_is_read_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "STREAM_BYTES", 2 * 16 * (12 * 4 + 8))
    monkeypatch.setattr(evaluation, "WINDOW_BYTES", 2 * 16 * (12 * 4 + 8))
    case, source = CASES["mlp"], Lazy(ROWS)
    fit(compiled(case), source, case.y, batch_size=16, epochs=1, verbose=0, validation_data=(source, case.y))
    assert source.most == 32


@given(count=st.integers(1, 60), batch=st.integers(1, 70), shuffle=st.sampled_from([True, False, "batch"]))
def test_an_order_takes_each_sample_once(count: int, batch: int, shuffle: bool | str) -> None:
    order = feeds.order_of_samples(count, batch, shuffle, np.random.default_rng(0).permutation)
    assert sorted(order) == list(range(count))
    if shuffle == "batch":
        assert all(abs(int(sample) - place) < batch for place, sample in enumerate(order))


@given(steps=st.integers(1, 9), batch=st.integers(1, 5), window=st.integers(1, 12))
def test_a_streamed_feed_gives_the_rows_of_each_step(steps: int, batch: int, window: int) -> None:
    rows = np.arange(100, dtype="float32")[:, None]
    samples = feeds.gather(rows, rows)
    order = np.random.default_rng(1).permutation(100)[: steps * batch].reshape(steps, batch)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(feeds, "STREAM_BYTES", window * batch * samples.row_bytes)
        feed = feeds.StreamedFeed(samples, batch, steps)
    feed.begin(order)
    step = 0
    while step < steps:
        portion, reach = feed.portion(step), feed.reach(step)
        for ahead in range(reach):
            given_rows = np.asarray(portion.rows[0])[np.asarray(portion.order)[portion.start + ahead]]
            np.testing.assert_array_equal(given_rows[:, 0], order[step + ahead])
        step += reach


def test_float64_becomes_the_float_type_of_keras() -> None:
    samples = feeds.gather([np.zeros((4, 2)), np.zeros((4, 3), "int64")], {"a": np.zeros(4)})
    assert [leaf.dtype for leaf in jax.tree.leaves(samples.rows)] == ["float32", "int64", "float32"]


@pytest.mark.parametrize("values", [np.array(["a", "b"]), np.array([{}, {}], dtype=object)])
def test_values_that_are_not_numbers_are_an_error(values: Any) -> None:
    with pytest.raises(DataError, match="numbers"):
        feeds.gather(values, np.zeros(2))


@pytest.mark.parametrize("labels", [np.array([0, 2, 2]), np.array([[0], [2], [2]]), np.eye(3)[[0, 2, 2]]])
def test_class_weights_follow_the_labels_in_any_encoding(labels: Any) -> None:
    np.testing.assert_array_equal(feeds.class_weights_to_samples(labels, {2: 5.0}), [1.0, 5.0, 5.0])
