import cv2
import numpy as np
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from hondo.core.errors import DataError, SpecError
from hondo.core.spec import PreprocessSpec
from hondo.data.dataset import Column, Dataset, Split
from hondo.data.files import FolderFiles
from hondo.data.pictures import LazyPictures
from hondo.data.preprocess import LazyPreprocessed, drop_rows, fit_preprocessor

RNG = np.random.default_rng(0)
FEATURES = (Column("age"), Column("size"), Column("city", "category", ("Berna", "Lima", "Quito")), Column("pay"))


def table(*, gaps: bool = True, task="classification", rows: int = 40) -> Dataset:
    x = RNG.normal(50, 20, (rows, 4))
    x[:, 2] = RNG.integers(0, 3, rows)
    if gaps:
        x[RNG.random(x.shape) < 0.2] = np.nan
    y = np.arange(rows) % 2 if task == "classification" else RNG.normal(1000, 50, rows)
    classes = ("no", "yes") if task == "classification" else ()
    half = rows // 2
    train, test = Split(x[:half], y[:half]), Split(x[half:], y[half:])
    return Dataset("people", task, "table", train, test, classes=classes, features=FEATURES)


def pictures(channels: int = 3) -> Dataset:
    x = RNG.integers(0, 256, (20, 6, 8, channels), dtype=np.uint8)
    x[:10, 0, 0] = 7  # a pixel that never changes in training
    y = np.arange(20) % 2
    return Dataset("noise", "classification", "image", Split(x[:10], y[:10]), Split(x[10:], y[10:]), classes=("a", "b"))


def arrays(dtype=np.float64) -> Dataset:
    x = RNG.normal(100, 20, (20, 5)).astype(dtype)
    return Dataset("rows", "regression", "array", Split(x, x[:, 0].astype(np.float64)))


def test_a_table_is_prepared_as_a_pipeline_of_scikit_learn_prepares_it():
    dataset = table()
    fitted = fit_preprocessor(PreprocessSpec(standardise="feature"), dataset)
    numbers = [0, 1, 3]
    reference = make_pipeline(
        ColumnTransformer(
            [
                ("numbers", SimpleImputer(strategy="median"), numbers),
                ("city", OneHotEncoder(handle_unknown="ignore", sparse_output=False), [2]),
            ]
        ),
        StandardScaler(),
    ).fit(dataset.train.x)
    names = list(fitted.feature_names_out)
    order = [names.index(FEATURES[column].name) for column in numbers]
    order += [index for index, name in enumerate(names) if name.startswith("city=")]
    for part in dataset.splits.values():
        np.testing.assert_allclose(fitted.apply(part.x)[:, order], reference.transform(part.x), rtol=1e-5, atol=1e-6)
    assert fitted.input_shape == (7,)
    assert names == ["age", "size", "city=Berna", "city=Lima", "city=Quito", "city=(missing)", "pay"]


def test_nothing_is_learnt_from_other_splits():
    dataset = table()
    spec = PreprocessSpec(standardise="feature", missing="mean")
    spoilt = dataset.test.x * [1e6, -1e6, 1, 1e6]
    other = Dataset(**{**vars(dataset), "test": Split(spoilt, dataset.test.y)})
    np.testing.assert_array_equal(
        fit_preprocessor(spec, dataset).apply(dataset.train.x), fit_preprocessor(spec, other).apply(dataset.train.x)
    )


def test_categories_that_training_lacks_are_unknown_and_reported():
    dataset = table(gaps=False)
    x = dataset.train.x.copy()
    x[:, 2] = np.arange(len(x)) % 2  # Berna and Lima only
    dataset = Dataset(**{**vars(dataset), "train": Split(x, dataset.train.y)})
    fitted = fit_preprocessor(PreprocessSpec(), dataset)
    assert fitted.feature_names_out == ("age", "size", "city=Berna", "city=Lima", "pay")
    quito = dataset.test.x[dataset.test.x[:, 2] == 2]
    assert len(quito) > 0
    assert (fitted.apply(quito)[:, 2:4] == 0).all()
    assert "Categories of 'city' that training does not show, so unknown to the model: Quito." in fitted.notes


@pytest.mark.parametrize("kind", ["feature", "channel"])
def test_pictures_are_standardised_after_scaling(kind):
    dataset = pictures()
    fitted = fit_preprocessor(PreprocessSpec(scale="unit", standardise=kind), dataset)
    unit = dataset.train.x / 255
    flat = unit.reshape(-1, 3) if kind == "channel" else unit.reshape(10, -1)
    scaler = StandardScaler().fit(flat)
    test = dataset.test.x / 255
    expected = scaler.transform(test.reshape(-1, flat.shape[1])).reshape(test.shape)
    np.testing.assert_allclose(fitted.apply(dataset.test.x), expected, rtol=1e-4, atol=1e-5)
    assert bool(fitted.notes) == (kind == "feature")
    if kind == "feature":
        assert fitted.notes == ("Features with a single value in training, centred but not scaled: 3.",)


def test_a_constant_column_becomes_zero_and_is_named():
    dataset = table(gaps=False)
    dataset.train.x[:, 1] = 0.1
    fitted = fit_preprocessor(PreprocessSpec(standardise="feature"), dataset)
    assert (fitted.apply(dataset.train.x)[:, 1] == 0).all()
    assert "centred but not scaled: 1 (size)." in fitted.notes[0]


def test_lazy_pictures_are_learnt_and_prepared_like_those_in_memory(tmp_path):
    for number in range(30):
        noise = RNG.integers(0, 256, (9, 7, 3), dtype=np.uint8)
        cv2.imwrite(str(tmp_path / f"{number}.png"), noise)
    lazy = LazyPictures(FolderFiles(tmp_path), tuple(f"{number}.png" for number in range(30)), (9, 7))
    y = np.arange(30) % 2
    spec = PreprocessSpec(greyscale=True, resize=(4, 5), scale="symmetric", standardise="feature", flatten=True)
    held = Dataset("held", "classification", "image", Split(lazy[:], y), classes=("a", "b"))
    fitted = fit_preprocessor(spec, Dataset("lazy", "classification", "image", Split(lazy, y), classes=("a", "b")))
    reference = fit_preprocessor(spec, held).source(held.train.x)
    source = fitted.source(lazy)
    assert isinstance(source, LazyPreprocessed)
    assert isinstance(reference, np.ndarray)
    assert source.shape == reference.shape == (30, 20)
    assert source.dtype == reference.dtype == np.float32
    np.testing.assert_allclose(source[:], reference, rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(source[np.array([3, 1])], source[:][[3, 1]])
    np.testing.assert_array_equal(source[3], source[:][3])
    np.testing.assert_array_equal(source.take([5, 2])[:], source[:][[5, 2]])


def test_rows_with_gaps_are_dropped_from_every_split_and_counted():
    dataset = table()
    complete = {name: int((~np.isnan(part.x).any(axis=1)).sum()) for name, part in dataset.splits.items()}
    dropped = drop_rows(dataset)
    assert {name: len(part) for name, part in dropped.splits.items()} == complete
    gone = len(dataset.train) - complete["train"]
    assert f"Rows with missing values, dropped: train {gone}" in dropped.notes[0]
    assert drop_rows(dropped) is dropped
    spec = PreprocessSpec(missing="drop", standardise="feature")
    assert fit_preprocessor(spec, dataset).mean == fit_preprocessor(spec, dropped).mean
    with pytest.raises(DataError, match="missing values: age"):
        fit_preprocessor(spec, dropped).apply(np.array([[np.nan, 1, 1, 1]]))
    hopeless = Dataset(**{**vars(dataset), "train": Split(np.full((2, 4), np.nan), np.array([0, 1]))})
    with pytest.raises(DataError, match="every row has a missing value"):
        drop_rows(hopeless)


def test_missing_values_can_be_refused():
    dataset = table()
    counts = np.isnan(dataset.train.x).sum(axis=0)
    listed = ", ".join(f"{column.name} {count}" for column, count in zip(FEATURES, counts, strict=True) if count)
    with pytest.raises(DataError, match=f"missing values: {listed}"):
        fit_preprocessor(PreprocessSpec(missing="refuse"), dataset)
    fit_preprocessor(PreprocessSpec(missing="refuse"), table(gaps=False))


@pytest.mark.parametrize(
    ("dataset", "steps", "key"),
    [
        (table(), {"greyscale": True}, "greyscale"),
        (table(), {"resize": (2, 2)}, "resize"),
        (table(), {"scale": "unit"}, "scale"),
        (table(), {"standardise": "channel"}, "standardise"),
        (pictures(), {"missing": "mean"}, "missing"),
        (pictures(), {"categories": "one-hot"}, "categories"),
        (arrays(), {"scale": "unit"}, "scale"),
        (arrays(), {"greyscale": True}, "greyscale"),
        (arrays(), {"missing": "zero"}, "missing"),
        (pictures(), {"target": "standardise"}, "target"),
        (arrays(), {"target": "one-hot"}, "target"),
    ],
)
def test_steps_that_do_not_fit_the_data_are_refused_by_name(dataset, steps, key):
    with pytest.raises(SpecError, match=f"'preprocess.{key}") as caught:
        fit_preprocessor(PreprocessSpec(**steps), dataset)
    assert caught.value.hint


def test_pixels_in_rows_can_be_scaled():
    dataset = arrays(np.uint8)
    fitted = fit_preprocessor(PreprocessSpec(scale="unit"), dataset)
    np.testing.assert_array_equal(fitted.apply(dataset.train.x), (dataset.train.x / 255).astype(np.float32))


def test_greyscale_on_grey_pictures_does_nothing_but_say_so():
    dataset = pictures(channels=1)
    fitted = fit_preprocessor(PreprocessSpec(greyscale=True), dataset)
    np.testing.assert_array_equal(fitted.apply(dataset.train.x), dataset.train.x)
    assert fitted.notes == ("The pictures are grey already.",)
