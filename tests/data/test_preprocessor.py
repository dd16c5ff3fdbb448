import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.preprocessing import StandardScaler

from hondo.core.errors import DataError, StoreError
from hondo.core.language import use_language
from hondo.core.spec import PreprocessSpec
from hondo.data.dataset import Column, Dataset, Split
from hondo.data.preprocess import Preprocessor, fit_preprocessor, load_preprocessor

RNG = np.random.default_rng(0)
SPECS = [
    {},
    {"scale": "unit", "flatten": True},
    {"greyscale": True, "resize": (3, 9), "scale": "symmetric"},
    {"resize": (12, 16), "standardise": "channel", "target": "one-hot"},
    {"scale": "unit", "standardise": "feature", "flatten": True},
]


def pictures(channels: int = 3, samples: int = 6) -> Dataset:
    x = RNG.integers(0, 256, (samples, 6, 8, channels), dtype=np.uint8)
    return Dataset("noise", "classification", "image", Split(x, np.arange(samples) % 3), classes=("a", "b", "c"))


def table(seed: int = 0) -> Dataset:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(30, 2)) * 10.0 ** rng.integers(-8, 8)
    x = np.column_stack([x, rng.integers(0, 3, 30)])
    x[rng.random(x.shape) < 0.1] = np.nan
    features = (Column("a"), Column("b"), Column("city", "category", ("Berna", "Lima", "Quito")))
    return Dataset("people", "regression", "table", Split(x, rng.normal(100, 30, (30, 2))), features=features)


def test_the_steps_run_in_the_documented_order():
    dataset = pictures()
    x = dataset.train.x
    spec = PreprocessSpec(greyscale=True, resize=(3, 4), scale="symmetric", standardise="feature", flatten=True)
    grey = np.stack([cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY) for picture in x])
    small = np.stack([cv2.resize(picture, (4, 3), interpolation=cv2.INTER_AREA) for picture in grey])
    expected = StandardScaler().fit_transform((small / 127.5 - 1).reshape(6, -1))
    np.testing.assert_allclose(fit_preprocessor(spec, dataset).apply(x), expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("steps", SPECS)
def test_what_comes_out_has_the_announced_shape_and_leaves_the_raw_data_alone(steps):
    dataset = pictures()
    raw = dataset.train.x.copy()
    fitted = fit_preprocessor(PreprocessSpec(**steps), dataset)
    prepared = fitted.apply(dataset.train.x)
    assert prepared.shape == (6, *fitted.input_shape)
    assert prepared.dtype == np.float32
    assert prepared.flags.c_contiguous
    assert fitted.apply(dataset.train.x[:0]).shape == (0, *fitted.input_shape)
    np.testing.assert_array_equal(dataset.train.x, raw)
    np.testing.assert_array_equal(np.concatenate([fitted.apply(raw[:2]), fitted.apply(raw[2:])]), prepared)


@pytest.mark.parametrize("steps", SPECS)
def test_saved_pictures_preprocessing_comes_back_exactly(tmp_path, steps):
    dataset = pictures()
    fitted = fit_preprocessor(PreprocessSpec(**steps), dataset)
    fitted.save(tmp_path / "preprocess.json")
    loaded = load_preprocessor(tmp_path / "preprocess.json")
    assert loaded == fitted
    np.testing.assert_array_equal(loaded.apply(dataset.train.x), fitted.apply(dataset.train.x))


@settings(deadline=None)
@given(seed=st.integers(0, 10_000))
def test_saved_statistics_of_any_size_come_back_exactly(tmp_path_factory, seed):
    dataset = table(seed)
    fitted = fit_preprocessor(PreprocessSpec(standardise="feature", missing="mean", target="standardise"), dataset)
    path = tmp_path_factory.mktemp("saved") / "preprocess.json"
    fitted.save(path)
    loaded = load_preprocessor(path)
    assert loaded == fitted
    assert isinstance(loaded.features[0], Column)
    np.testing.assert_array_equal(loaded.apply(dataset.train.x), fitted.apply(dataset.train.x))
    np.testing.assert_array_equal(loaded.target(dataset.train.y), fitted.target(dataset.train.y))


def test_targets_of_classes_are_numbers_or_one_hot_rows():
    dataset = pictures()
    plain = fit_preprocessor(PreprocessSpec(), dataset)
    one_hot = fit_preprocessor(PreprocessSpec(target="one-hot"), dataset)
    assert plain.target(dataset.train.y).dtype == np.int32
    np.testing.assert_array_equal(plain.target(dataset.train.y), dataset.train.y)
    rows = one_hot.target(dataset.train.y)
    assert rows.dtype == np.float32
    np.testing.assert_array_equal(rows.argmax(axis=1), dataset.train.y)
    np.testing.assert_array_equal(rows.sum(axis=1), 1)
    assert plain.outputs == one_hot.outputs == 3
    assert plain.target_back(rows) is rows


def test_targets_of_regression_are_standardised_and_brought_back():
    dataset = table()
    fitted = fit_preprocessor(PreprocessSpec(target="standardise"), dataset)
    scaler = StandardScaler().fit(dataset.train.y)
    prepared = fitted.target(dataset.train.y)
    assert prepared.dtype == np.float32
    np.testing.assert_allclose(prepared, scaler.transform(dataset.train.y), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(fitted.target_back(prepared), dataset.train.y, rtol=1e-5)
    assert fitted.outputs == 2


@pytest.mark.parametrize("shape", [(20,), (20, 1)])
def test_a_single_number_to_predict_keeps_its_shape(shape):
    y = RNG.normal(5, 2, 20)
    dataset = Dataset("one", "regression", "array", Split(RNG.normal(size=(20, 3)), y))
    fitted = fit_preprocessor(PreprocessSpec(target="standardise"), dataset)
    assert fitted.outputs == 1
    assert fitted.target(y).shape == (20,)
    np.testing.assert_allclose(fitted.target_back(fitted.target(y).reshape(shape)), y.reshape(shape), rtol=1e-5)


@pytest.mark.parametrize("y", [np.array([0, 3]), np.array([-1, 0]), np.array([0.0, 1.0]), np.eye(3)])
def test_labels_that_are_no_classes_are_refused(y):
    with pytest.raises(DataError, match="not class numbers from 0 to 2"):
        fit_preprocessor(PreprocessSpec(), pictures()).target(y)


def test_targets_that_are_not_finite_are_refused():
    with pytest.raises(DataError, match="not finite"):
        fit_preprocessor(PreprocessSpec(), table()).target(np.array([1.0, np.nan]))


@pytest.mark.parametrize(
    ("x", "message", "hint"),
    [
        (np.zeros((2, 6, 9, 3), np.uint8), r"shape \(2, 6, 9, 3\); expected \(samples, 6, 8, 3\)", "in training"),
        (np.zeros((6, 8, 3), np.uint8), "expected", "x[np.newaxis]"),
        (np.zeros((2, 144), np.uint8), "expected", "in training"),
        (np.zeros((2, 6, 8, 3)), "inputs are float64; expected whole numbers from 0 to 255", "raw pixels"),
        (np.full((2, 6, 8, 3), 256), "inputs are int64; expected whole numbers", "raw pixels"),
        (np.full((2, 6, 8, 3), "a"), "inputs are <U1", "raw pixels"),
    ],
)
def test_inputs_of_another_shape_or_type_are_refused(x, message, hint):
    fitted = fit_preprocessor(PreprocessSpec(scale="unit"), pictures())
    with pytest.raises(DataError, match=message) as caught:
        fitted.apply(x)
    assert hint in caught.value.hint


def test_whole_numbers_of_any_width_are_pixels():
    fitted = fit_preprocessor(PreprocessSpec(scale="unit"), pictures())
    x = RNG.integers(0, 256, (2, 6, 8, 3))
    np.testing.assert_array_equal(fitted.apply(x), fitted.apply(x.astype(np.uint8)))


def test_resized_pictures_may_come_in_any_size_but_not_with_other_channels():
    fitted = fit_preprocessor(PreprocessSpec(resize=(4, 4)), pictures())
    assert fitted.apply(np.zeros((2, 30, 20, 3), np.uint8)).shape == (2, 4, 4, 3)
    with pytest.raises(DataError, match="expected"):
        fitted.apply(np.zeros((2, 30, 20, 1), np.uint8))


def test_arrays_must_be_finite_and_fit_in_float32():
    x = RNG.normal(size=(4, 3))
    fitted = fit_preprocessor(PreprocessSpec(), Dataset("rows", "regression", "array", Split(x, x[:, 0])))
    with pytest.raises(DataError, match="2 values are missing or infinite"):
        fitted.apply(np.array([[np.nan, np.inf, 0]]))
    with pytest.raises(DataError, match="too large for float32"):
        fitted.apply(np.array([[1e300, 0, 0]]))


def test_the_steps_are_told_in_both_languages():
    spec = PreprocessSpec(greyscale=True, resize=(3, 4), scale="unit", standardise="channel", flatten=True)
    fitted = fit_preprocessor(spec, pictures())
    english = fitted.describe()
    with use_language("es"):
        spanish = fitted.describe()
    assert len(english) == len(spanish) == 5
    assert not set(english) & set(spanish)
    assert english[1] == "Resized to 3×4 pixels"
    described = fit_preprocessor(PreprocessSpec(target="standardise"), table()).describe()
    assert described == (
        "Missing values: filled with the training median",
        "Categories: one-hot",
        "Target standardised",
    )


@pytest.mark.parametrize("text", ["", "{}", "[1]", "not json", '{"version": 2}'])
def test_files_that_hold_something_else_are_refused(tmp_path, text):
    path = tmp_path / "preprocess.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match="holds no preprocessing"):
        load_preprocessor(path)


def test_files_that_cannot_be_read_or_written(tmp_path):
    with pytest.raises(DataError, match="cannot be read"):
        load_preprocessor(tmp_path / "none.json")
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match=r"folder\.json"):
        fit_preprocessor(PreprocessSpec(), pictures()).save(tmp_path / "file" / "folder.json")


def test_a_preprocessor_never_changes():
    fitted = fit_preprocessor(PreprocessSpec(), pictures())
    assert isinstance(fitted, Preprocessor)
    with pytest.raises(ValueError, match="frozen"):
        fitted.outputs = 5
