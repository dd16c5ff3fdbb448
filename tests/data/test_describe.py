"""Data sets in numbers: equal to what NumPy says of all values at once, whichever way they are read."""

from pathlib import Path

import numpy as np
import pytest

from hondo.core.spec import DataSpec
from hondo.data.catalogue import load_named
from hondo.data.dataset import Column, Dataset, Split
from hondo.data.describe import class_balance, describe, evenly_spaced, of_numbers
from hondo.data.load import load_to_look


def all_inputs(dataset: Dataset) -> np.ndarray:
    return np.concatenate([np.asarray(part.x[np.arange(len(part))]) for part in dataset.splits.values()])


def test_pictures_have_the_statistics_of_their_channels() -> None:
    dataset = load_to_look(DataSpec(name="shapes", options={"samples": 300}))
    found, x = describe(dataset), all_inputs(dataset).astype(np.float64)
    assert found.sizes == {name: len(part) for name, part in dataset.splits.items()}
    assert (found.samples, found.looked_at, found.dtype, found.shape) == (300, 300, "uint8", (32, 32, 3))
    for channel, values in enumerate(found.inputs):
        flat = x[..., channel].ravel()
        assert (values.count, values.minimum, values.maximum) == (flat.size, flat.min(), flat.max())
        assert values.mean == pytest.approx(flat.mean())
        assert values.std == pytest.approx(flat.std())
        assert values.histogram is not None
        np.testing.assert_array_equal(values.histogram.counts, np.histogram(flat, values.histogram.edges)[0])
    assert np.sum(list(found.balance.values())) == 300


def test_many_pictures_are_represented_by_evenly_spaced_ones() -> None:
    dataset = load_to_look(DataSpec(name="digits"))
    all_of_them, some = describe(dataset), describe(dataset, most_values=64 * 400)
    assert 350 < some.looked_at < 450
    assert some.samples == all_of_them.samples == 1797
    assert some.inputs[0].mean == pytest.approx(all_of_them.inputs[0].mean, rel=0.05)


def test_tables_have_the_statistics_of_their_columns_and_what_is_missing() -> None:
    x = np.array([[1.0, 0.0, np.nan], [2.0, 1.0, np.nan], [np.nan, 1.0, np.nan], [4.0, np.nan, np.nan]])
    features = (Column("age"), Column("city", "category", ("Lima", "Quito")), Column("void"))
    found = describe(
        Dataset("t", "classification", "table", Split(x, np.array([0, 1, 1, 1])), None, None, ("a", "b"), features)
    )
    age, city, void = found.inputs
    assert (age.count, age.missing, age.minimum, age.maximum) == (3, 1, 1.0, 4.0)
    assert age.std == pytest.approx(np.std([1.0, 2.0, 4.0]))
    assert age.histogram is not None
    assert age.histogram.counts.sum() == 3
    assert city.categories == {"Lima": 1, "Quito": 2}
    assert city.missing == 1
    assert (void.count, void.missing, void.histogram) == (0, 4, None)
    assert found.balance["train"].tolist() == [1, 3]


def test_iris_agrees_with_numpy() -> None:
    dataset = load_to_look(DataSpec(name="iris"))
    found, x = describe(dataset), all_inputs(dataset)
    np.testing.assert_allclose([each.mean for each in found.inputs], x.mean(axis=0))
    np.testing.assert_allclose([each.std for each in found.inputs], x.std(axis=0))
    assert [each.name for each in found.inputs] == [column.name for column in dataset.features]


def test_regression_has_statistics_of_its_target_and_no_balance() -> None:
    dataset = load_named("diabetes")
    found = describe(dataset)
    assert found.balance == {} == class_balance(dataset)
    assert found.targets[0].mean == pytest.approx(dataset.train.y.mean())


def test_float_arrays_leave_out_what_is_not_finite(tmp_path: Path) -> None:
    x = np.random.default_rng(0).normal(size=(50, 4))
    x[0, 0], x[1, 1] = np.inf, np.nan
    np.savez(tmp_path / "a.npz", x=x, y=np.arange(50) % 2)
    found = describe(load_to_look(DataSpec(path=str(tmp_path / "a.npz"))))
    (values,) = found.inputs
    assert (values.count, values.missing) == (198, 2)
    assert values.mean == pytest.approx(x[np.isfinite(x)].mean())


def test_one_value_has_a_histogram_and_none_has_not() -> None:
    same, none = of_numbers(np.full(3, 7.0)), of_numbers(np.zeros(0))
    assert same.histogram is not None
    assert (same.std, same.histogram.counts.sum()) == (0.0, 3)
    assert (none.count, none.histogram) == (0, None)
    assert evenly_spaced(0, 3).tolist() == []
