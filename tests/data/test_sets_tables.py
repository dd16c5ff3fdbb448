"""What comes out of the catalogue is what scikit-learn ships, in our record."""

import numpy as np
import pytest
from sklearn import datasets

from hondo.data.sets.digits import digits
from hondo.data.sets.tables import breast_cancer, diabetes, iris, wine


@pytest.mark.parametrize(
    ("load", "original"),
    [(iris, datasets.load_iris), (wine, datasets.load_wine), (breast_cancer, datasets.load_breast_cancer)],
)
def test_a_table_has_the_values_classes_and_features_of_the_original(load, original) -> None:
    data, bunch = load(), original()
    np.testing.assert_array_equal(data.train.x, bunch.data)
    np.testing.assert_array_equal(data.train.y, bunch.target)
    assert data.train.y.dtype == np.int64
    assert data.classes == tuple(bunch.target_names)
    assert [column.name for column in data.features] == list(bunch.feature_names)
    assert all(column.kind == "number" for column in data.features)
    assert data.test is None


def test_diabetes_comes_in_raw_units() -> None:
    data = diabetes()
    assert data.task == "regression"
    assert data.classes == ()
    assert data.train.y.dtype == np.float64
    assert [column.name for column in data.features][:3] == ["age", "sex", "bmi"]
    age, bmi = data.train.x[:, 0], data.train.x[:, 2]
    assert 18 <= age.min() < age.max() <= 80
    assert 15 < bmi.min() < bmi.max() < 45
    # The scaled table that scikit-learn gives by default is the standardised raw one, divided by √n.
    standard = (data.train.x - data.train.x.mean(axis=0)) / data.train.x.std(axis=0) / np.sqrt(len(data.train))
    np.testing.assert_allclose(standard, datasets.load_diabetes().data, atol=1e-6)
    np.testing.assert_array_equal(data.train.y, datasets.load_diabetes().target)


def test_digits_are_pictures_from_which_the_original_counts_can_be_told() -> None:
    data, bunch = digits(), datasets.load_digits()
    assert data.kind == "image"
    assert data.train.x.shape == (1797, 8, 8, 1)
    assert data.train.x.dtype == np.uint8
    assert (data.train.x.min(), data.train.x.max()) == (0, 255)
    np.testing.assert_array_equal(np.rint(data.train.x[..., 0] * 16.0 / 255), bunch.images)
    np.testing.assert_array_equal(data.train.y, bunch.target)
    assert data.classes == tuple("0123456789")
