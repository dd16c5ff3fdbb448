"""Every picture beside that of Keras's old class, which lies in Keras for reading old models and is offered no more."""

import importlib
import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import hondo.data
from hondo.core.arrays import ArrayShape
from hondo.core.backend import keras
from hondo.core.errors import DataError, HondoWarning
from hondo.core.language import use_language
from hondo.data.generator.generator import ImageDataGenerator

# The one independent implementation; private, so it is used here and in the benchmark only.
Old = importlib.import_module("keras.src.legacy.preprocessing.image").ImageDataGenerator

# It asks SciPy for affine_transform by a name that SciPy is about to drop.
pytestmark = pytest.mark.filterwarnings("ignore:.*ndimage.interpolation.*:DeprecationWarning")

TOLERANCE = 0.02  # of 255: OpenCV computes coordinates in float32, SciPy in float64
ALL = {
    "rotation_range": 40, "width_shift_range": 0.2, "height_shift_range": 0.3, "shear_range": 20.0,
    "zoom_range": [0.5, 1.3], "horizontal_flip": True, "vertical_flip": True,
}  # fmt: skip


def pictures(seed, *shape):
    return np.random.default_rng(seed).integers(0, 256, shape).astype(np.float32)


def test_it_is_offered_by_the_room():
    assert hondo.data.ImageDataGenerator is ImageDataGenerator


@settings(deadline=None, max_examples=80)
@given(
    seed=st.integers(0, 999),
    height=st.integers(2, 20),
    width=st.integers(2, 20),
    channels=st.sampled_from([1, 2, 3, 4, 6]),
    fill_mode=st.sampled_from(["nearest", "reflect", "constant", "wrap"]),
    theta=st.floats(-180, 180),
    tx=st.floats(-15, 15),
    ty=st.floats(-15, 15),
    shear=st.floats(-60, 60),
    zx=st.floats(0.3, 3),
    zy=st.floats(0.3, 3),
    flips=st.tuples(st.booleans(), st.booleans()),
)
def test_a_transform_gives_the_picture_that_the_old_class_gives(
    seed, height, width, channels, fill_mode, theta, tx, ty, shear, zx, zy, flips
):
    x = pictures(seed, height, width, channels)
    asked: dict[str, Any] = {"theta": theta, "tx": tx, "ty": ty, "shear": shear, "zx": zx, "zy": zy}
    asked |= {"flip_horizontal": flips[0], "flip_vertical": flips[1]}
    options: dict[str, Any] = {"fill_mode": fill_mode, "cval": 30.0}
    ours = ImageDataGenerator(**options).apply_transform(x, asked)
    theirs = Old(**options).apply_transform(x.copy(), asked)
    away = np.abs(ours - theirs) > TOLERANCE
    assert not away.any()


@pytest.mark.parametrize("size", [(8, 8), (9, 6), (2, 3)])
@pytest.mark.parametrize("fill_mode", ["constant", "wrap"])
def test_places_on_the_very_edge_fall_to_the_same_side(size, fill_mode):
    # Quarter turns and whole shifts point at the outermost pixels; rounding decides whether that is still inside.
    x = pictures(0, *size, 1)
    ours, theirs = ImageDataGenerator(fill_mode=fill_mode, cval=30), Old(fill_mode=fill_mode, cval=30)
    for theta, tx, ty, zoom, shear in itertools.product((0, 90, -90, 180), (0, -2), (0, 3), (1, 0.5, 2), (0, 30, 60)):
        asked = {"theta": theta, "tx": tx, "ty": ty, "zx": zoom, "zy": zoom, "shear": shear}
        expected = theirs.apply_transform(x.copy(), asked)
        np.testing.assert_allclose(ours.apply_transform(x, asked), expected, atol=TOLERANCE)


@pytest.mark.parametrize("order", [0, 2, 3])
@pytest.mark.parametrize("fill_mode", ["nearest", "reflect", "constant", "wrap"])
def test_other_interpolations_are_those_of_the_old_class(order, fill_mode):
    x, options = pictures(1, 6, 9, 12, 3), {"fill_mode": fill_mode, "cval": 9.0, "interpolation_order": order}
    ours = next(ImageDataGenerator(**ALL, **options).flow(x, batch_size=6, seed=2))
    theirs = next(Old(**ALL, **options).flow(x, batch_size=6, seed=2))
    np.testing.assert_allclose(ours, theirs, atol=TOLERANCE)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"rotation_range": 40},
        {"width_shift_range": 0.2},
        {"height_shift_range": 0.2},
        {"width_shift_range": 2.5, "height_shift_range": 3},
        {"width_shift_range": [-0.3, 0.1], "height_shift_range": [1, 2, -4.5], "rotation_range": 10},
        {"width_shift_range": (1,), "brightness_range": (0.5, 1.5), "channel_shift_range": 30.0},
        {"shear_range": 30},
        {"zoom_range": 0.4},
        {"horizontal_flip": True, "vertical_flip": True},
        {"channel_shift_range": 60.0},
        {**ALL, "channel_shift_range": 20.0, "rescale": 1 / 255},
    ],
)
def test_the_same_seed_gives_the_batches_of_the_old_class(options):
    x, y = pictures(2, 11, 9, 8, 3), np.arange(11)
    ours = ImageDataGenerator(**options).flow(x, y, batch_size=4, seed=7)
    theirs = Old(**options).flow(x.copy(), y, batch_size=4, seed=7)
    for _ in range(2 * len(theirs) + 1):
        (a, b), (c, d) = next(ours), next(theirs)
        np.testing.assert_array_equal(b, d)
        np.testing.assert_allclose(a, c, atol=TOLERANCE)


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("stretch", [(0, 255), (-30, 300), (5, 5)])
def test_brightness_is_pillows(channels, stretch):
    x = np.linspace(*stretch, 7 * 6 * channels, dtype=np.float32).reshape(7, 6, channels)
    for factor in (0.0, 0.3, 1.0, 1.7):
        ours = ImageDataGenerator().apply_transform(x, {"brightness": factor})
        theirs = Old().apply_transform(x.copy(), {"brightness": factor})
        np.testing.assert_allclose(ours, theirs, atol=1e-3)


def test_one_draw_is_the_dictionary_of_the_old_class():
    options = {**ALL, "channel_shift_range": 20.0, "brightness_range": (0.5, 1.5), "width_shift_range": [1, 2]}
    for seed in range(10):
        ours = ImageDataGenerator(**options).get_random_transform((9, 8, 3), seed)
        theirs = Old(**options).get_random_transform((9, 8, 3), seed)
        assert ours.keys() == theirs.keys()
        assert all(ours[name] == pytest.approx(theirs[name]) for name in ours)


def test_without_a_seed_numpys_global_generator_decides():
    x = pictures(3, 6, 8, 8, 3)
    np.random.seed(5)
    ours = [next(ImageDataGenerator(**ALL).flow(x, batch_size=3))]
    np.random.seed(5)
    theirs = [next(Old(**ALL).flow(x.copy(), batch_size=3))]
    np.testing.assert_allclose(ours, theirs, atol=TOLERANCE)


def test_with_a_seed_numpys_global_generator_is_left_alone():
    np.random.seed(6)
    expected = np.random.random_sample()
    np.random.seed(6)
    generator = ImageDataGenerator(**ALL)
    next(generator.flow(pictures(4, 6, 8, 8, 3), seed=1))
    generator.random_transform(pictures(4, 8, 8, 3), seed=1)
    generator.fit(pictures(4, 6, 8, 8, 3), augment=True, seed=1)
    assert np.random.random_sample() == expected


def test_channels_first_is_the_same_picture():
    x = pictures(5, 5, 8, 10, 3)
    options = {**ALL, "channel_shift_range": 10.0}
    last = next(ImageDataGenerator(**options).flow(x, batch_size=5, seed=1))
    first = next(
        ImageDataGenerator(**options, data_format="channels_first").flow(np.moveaxis(x, -1, 1), batch_size=5, seed=1)
    )
    np.testing.assert_array_equal(np.moveaxis(first, 1, -1), last)
    old = next(Old(**options, data_format="channels_first").flow(np.moveaxis(x, -1, 1), batch_size=5, seed=1))
    np.testing.assert_allclose(first, old, atol=TOLERANCE)


@pytest.mark.parametrize(
    "options",
    [
        {"featurewise_center": True},
        {"featurewise_center": True, "featurewise_std_normalization": True},
        {"featurewise_center": True, "zca_whitening": True, "zca_epsilon": 1e-3},
        {"samplewise_center": True, "samplewise_std_normalization": True},
        {"rescale": 1 / 255, "featurewise_center": True, "featurewise_std_normalization": True},
        {"preprocessing_function": lambda picture: picture[..., ::-1] / 2, "rescale": 0.1},
    ],
)
@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
def test_normalising_is_that_of_the_old_class(options, data_format):
    x = pictures(6, 60, 4, 5, 3) if data_format == "channels_last" else pictures(6, 60, 3, 4, 5)
    ours, theirs = ImageDataGenerator(**options, data_format=data_format), Old(**options, data_format=data_format)
    ours.fit(x)
    theirs.fit(x)
    for name in ("mean", "std", "zca_whitening_matrix"):
        if getattr(theirs, name) is not None:
            np.testing.assert_allclose(getattr(ours, name), getattr(theirs, name), rtol=1e-3, atol=1e-4)
    a, b = next(ours.flow(x, batch_size=8, seed=1)), next(theirs.flow(x, batch_size=8, seed=1))
    np.testing.assert_allclose(a, b, rtol=1e-3, atol=2e-3)
    np.testing.assert_allclose(ours.standardize(x[0].copy()), theirs.standardize(x[0].copy()), rtol=1e-3, atol=2e-3)


def test_fit_learns_from_transformed_pictures():
    x, options = pictures(7, 10, 8, 8, 3), {**ALL, "featurewise_center": True, "featurewise_std_normalization": True}
    ours, theirs = ImageDataGenerator(**options), Old(**options)
    ours.fit(x, augment=True, rounds=2, seed=3)
    theirs.fit(x, augment=True, rounds=2, seed=3)
    np.testing.assert_allclose(ours.mean, theirs.mean, rtol=1e-4)
    np.testing.assert_allclose(ours.std, theirs.std, rtol=1e-4)


def test_whitened_values_are_uncorrelated():
    x = pictures(8, 400, 3, 3, 1) + np.random.default_rng(9).normal(0, 80, (400, 1, 1, 1)).astype(np.float32)
    generator = ImageDataGenerator(featurewise_center=True, zca_whitening=True)
    generator.fit(x)
    white = generator.standardize(x.copy()).reshape(400, 9)
    np.testing.assert_allclose(white.T @ white / 400, np.eye(9), atol=0.01)


def test_whole_numbers_stay_whole_and_inputs_as_they_are():
    x = pictures(10, 8, 8, 3).astype(np.uint8)
    kept = x.copy()
    turned = ImageDataGenerator(rotation_range=40).random_transform(x, seed=1)
    assert turned.dtype == np.uint8
    np.testing.assert_array_equal(turned, Old(rotation_range=40).random_transform(x, seed=1))
    np.testing.assert_array_equal(x, kept)


def test_no_pictures_are_no_trouble():
    generator = ImageDataGenerator(**ALL, rescale=2)
    assert generator.transformed(np.zeros((0, 4, 4, 3), np.float32), np.random.RandomState(0)).shape == (0, 4, 4, 3)


def test_it_serves_as_what_happens_to_training_batches():
    x, y, index = pictures(11, 6, 8, 8, 3).astype(np.uint8), np.arange(6), np.arange(6)
    transform = ImageDataGenerator(**ALL, rescale=1 / 255).as_transform(seed=3)
    told = transform.output(ArrayShape(x.shape, x.dtype), ArrayShape(y.shape, y.dtype))
    first, labels = transform(x, y, index, epoch=0, step=0)
    assert told[0] == ArrayShape(first.shape, first.dtype)
    assert labels is y
    assert first.max() <= 1
    np.testing.assert_array_equal(transform(x, y, index, epoch=0, step=0)[0], first)
    assert not np.array_equal(transform(x, y, index, epoch=1, step=0)[0], first)
    assert not np.array_equal(transform(x, y, index, epoch=0, step=1)[0], first)


@pytest.mark.parametrize("dtype", ["float64", "float16"])
def test_batches_have_the_type_that_was_asked_for(dtype):
    x = pictures(12, 4, 8, 8, 3)
    batch = next(ImageDataGenerator(**ALL, dtype=dtype, rescale=1 / 255).flow(x, seed=1))
    assert batch.dtype == dtype
    np.testing.assert_allclose(batch, next(ImageDataGenerator(**ALL, rescale=1 / 255).flow(x, seed=1)), atol=1e-3)


@pytest.mark.parametrize(
    ("options", "told", "dicho"),
    [
        ({"fill_mode": "mirror"}, "fill_mode cannot be 'mirror'", "no puede ser"),
        ({"fill_mode": "constnat"}, "Did you mean 'constant'", "Quiso decir"),
        ({"data_format": "first"}, "data_format cannot be 'first'", "no puede ser"),
        ({"interpolation_order": 6}, "interpolation_order cannot be 6", "no puede ser"),
        ({"rotation_range": "40"}, "rotation_range should be a number; got '40'", "debería ser un número"),
        ({"zoom_range": [1, 2, 3]}, "zoom_range should be a pair of numbers", "un par de números"),
        ({"brightness_range": 0.5}, "brightness_range should be a pair", "un par de números"),
        ({"width_shift_range": "a"}, "a number or a list", "una lista"),
        ({"height_shift_range": -2}, "at least 0", "mayor o igual que 0"),
        ({"validation_split": 1.5}, "validation_split should be a number between 0 and 1", "entre 0 y 1"),
        ({"dtype": "uint8"}, "dtype should be a type of floats", "un tipo de decimales"),
    ],
)
def test_arguments_that_mean_nothing_are_refused(options, told, dicho):
    with pytest.raises(DataError, match=told) as caught:
        ImageDataGenerator(**options)
    assert caught.value.hint
    with use_language("es"), pytest.raises(DataError, match=dicho):
        ImageDataGenerator(**options)


def test_what_was_not_fitted_is_left_out_with_a_warning():
    generator = ImageDataGenerator(featurewise_center=True)
    x = pictures(13, 4, 4, 3)
    with pytest.warns(HondoWarning, match="featurewise_center: not fitted"):
        np.testing.assert_array_equal(generator.standardize(x.copy()), x)


def test_whitening_replaces_scaling_with_a_warning():
    with pytest.warns(HondoWarning, match="zca_whitening replaces"):
        generator = ImageDataGenerator(zca_whitening=True, featurewise_std_normalization=True)
    assert generator.featurewise_center
    assert not generator.featurewise_std_normalization


def test_a_picture_without_three_axes_is_refused():
    with pytest.raises(DataError, match=r"shape \(4, 4\)"):
        ImageDataGenerator().apply_transform(np.zeros((4, 4)), {})
    with pytest.raises(DataError, match="four axes"):
        ImageDataGenerator().fit(np.zeros((4, 4, 3)))


def test_defaults_are_what_keras_is_set_to():
    generator = ImageDataGenerator()
    assert generator.data_format == keras.config.image_data_format()
    assert generator.dtype == keras.config.floatx()
