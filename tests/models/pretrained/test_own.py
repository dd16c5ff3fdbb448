"""Hondo's own network is small, keeps its weights in half precision, and is had by name like the famous ones."""

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from hondo.core.backend import keras
from hondo.core.errors import ModelError
from hondo.core.language import use_language
from hondo.data.sets.shapes import shapes
from hondo.models.pretrained.build import pretrained
from hondo.models.pretrained.own import CLASSES, WEIGHTS, hondo_mini, load_half, save_half

SIDE = (16, 16, 3)
PICTURES = np.random.default_rng(0).integers(0, 256, (4, *SIDE)).astype("float32")


def drawn_anew(seed: int, **options: object) -> keras.Model:
    """The network with new weights, moving means included, so that no two variables are alike."""
    keras.utils.set_random_seed(seed)
    model = hondo_mini(shape=SIDE, **options)
    rng = np.random.default_rng(seed)
    model.set_weights([rng.normal(0.5, 0.1, weight.shape).astype("float32") for weight in model.get_weights()])
    return model


def test_it_has_at_most_400000_parameters_and_a_megabyte() -> None:
    whole = hondo_mini(shape=(32, 32, 3), classes=len(CLASSES))
    assert whole.count_params() == sum(int(np.prod(weight.shape)) for weight in whole.get_weights())
    assert whole.count_params() <= 400_000
    assert WEIGHTS.stat().st_size <= 1_000_000
    assert {tensor.dtype for tensor in load_file(WEIGHTS).values()} == {np.dtype("float16")}
    assert sum(tensor.size for tensor in load_file(WEIGHTS).values()) == whole.count_params()


def test_its_weights_are_finite_and_may_be_read_by_everybody() -> None:
    assert all(np.isfinite(tensor).all() for tensor in load_file(WEIGHTS).values())
    assert WEIGHTS.stat().st_mode & 0o444 == 0o444


def test_a_round_trip_rounds_to_half_precision_and_the_model_stays_in_float32(tmp_path: Path) -> None:
    source, target = drawn_anew(1, classes=5), drawn_anew(2, classes=5)
    save_half(source, tmp_path / "mine.safetensors")
    load_half(target, tmp_path / "mine.safetensors")
    for got, given in zip(target.get_weights(), source.get_weights(), strict=True):
        assert got.dtype == np.float32
        np.testing.assert_array_equal(got, given.astype(np.float16).astype(np.float32))
        np.testing.assert_allclose(got, given, rtol=2**-10, atol=2**-20)


def test_a_classifier_in_the_file_is_left_out_for_features(tmp_path: Path) -> None:
    classifier, features = drawn_anew(1, classes=5), drawn_anew(2)
    save_half(classifier, tmp_path / "mine.safetensors")
    load_half(features, tmp_path / "mine.safetensors")
    reference = keras.Model(classifier.input, classifier.get_layer("pool").output)
    load_half(classifier, tmp_path / "mine.safetensors")  # the rounded ones
    np.testing.assert_array_equal(
        features.predict(PICTURES / 255, verbose=0), reference.predict(PICTURES / 255, verbose=0)
    )


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def overwritten(path: Path) -> None:
    path.write_bytes(b"\xff" * 40 + path.read_bytes()[40:])


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def removed(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize("damage", [truncated, overwritten, emptied, removed])
def test_a_damaged_file_is_named_and_changes_nothing(damage: object, tmp_path: Path) -> None:
    model, path = drawn_anew(1), tmp_path / "mine.safetensors"
    save_half(drawn_anew(2), path)
    damage(path)  # type: ignore[operator]
    before = model.get_weights()
    with pytest.raises(ModelError, match=r"mine\.safetensors"):
        load_half(model, path)
    with use_language("es"), pytest.raises(ModelError, match="no es un archivo safetensors íntegro"):
        load_half(model, path)
    for weight, expected in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(weight, expected)


@pytest.mark.parametrize("kind", ["missing", "another shape"])
def test_a_variable_that_does_not_fit_is_named_and_changes_nothing(kind: str, tmp_path: Path) -> None:
    model, path = drawn_anew(1), tmp_path / "mine.safetensors"
    save_half(drawn_anew(2), path)
    tensors, last = load_file(path), model.variables[-1].path  # the last: what comes before it fits
    if kind == "missing":
        del tensors[last]
    else:
        tensors[last] = tensors[last][:-1]
    save_file(tensors, path)
    before = model.get_weights()
    with pytest.raises(ModelError) as error:
        load_half(model, path)
    for words in (last, "mine.safetensors", str(tuple(model.variables[-1].shape))):
        assert words in error.value.message
    for weight, expected in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(weight, expected)


def test_a_file_of_another_network_is_refused_by_name(tmp_path: Path) -> None:
    other = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)], name="other")
    save_half(other, tmp_path / "other.safetensors")
    with pytest.raises(ModelError, match="does not hold the weights of this network"):
        pretrained("hondo_mini", weights=tmp_path / "other.safetensors", shape=SIDE, classes=None)


def test_it_takes_raw_pixels_and_scales_them_itself() -> None:
    model = pretrained("hondo_mini", shape=SIDE, classes=None)
    expected = model.get_layer("backbone").predict(PICTURES / 127.5 - 1, verbose=0)
    np.testing.assert_allclose(model.predict(PICTURES, verbose=0), expected, rtol=1e-4, atol=1e-5)
    assert model.output_shape == (None, 128)


def test_its_own_weights_are_those_that_lie_beside_it() -> None:
    model = pretrained("hondo_mini", shape=SIDE)
    assert model.output_shape == (None, len(CLASSES))
    shipped = load_file(WEIGHTS)
    backbone = model.get_layer("backbone")
    assert {variable.path for variable in backbone.variables} == set(shipped)
    for variable in backbone.variables:
        np.testing.assert_array_equal(np.asarray(variable.value), shipped[variable.path].astype("float32"))


def test_a_grey_picture_is_the_same_picture_on_three_channels() -> None:
    grey, colour = (pretrained("hondo_mini", shape=(16, 16, channels), classes=None) for channels in (1, 3))
    np.testing.assert_allclose(
        grey.predict(PICTURES[..., :1], verbose=0),
        colour.predict(np.repeat(PICTURES[..., :1], 3, axis=-1), verbose=0),
        rtol=1e-5,
        atol=1e-6,
    )


@pytest.mark.parametrize(("pooling", "reduce"), [("avg", np.mean), ("max", np.max)])
def test_features_are_the_mean_or_the_largest_value_of_each_map(pooling: str, reduce: np.ufunc) -> None:
    maps = pretrained("hondo_mini", shape=SIDE, classes=None, pooling=None).predict(PICTURES, verbose=0)
    pooled = pretrained("hondo_mini", shape=SIDE, classes=None, pooling=pooling).predict(PICTURES, verbose=0)
    assert maps.shape == (4, 4, 4, 128)
    np.testing.assert_allclose(pooled, reduce(maps, axis=(1, 2)), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"weights": "imagenet"}, "not trained on ImageNet"),
        ({"shape": (7, 16, 3)}, "from 8×8 on"),
        ({"shape": (16, 16, 4)}, "3 channels"),
        ({"classes": 10}, "20 classes, not 10"),
        ({"weights": "nowhere.safetensors"}, "no file"),
    ],
)
def test_what_cannot_be_is_refused(options: dict[str, object], words: str) -> None:
    with pytest.raises(ModelError, match=words):
        pretrained("hondo_mini", **options)


def test_a_misspelt_name_is_answered_with_it() -> None:
    with pytest.raises(ModelError, match="Did you mean 'hondo_mini'"):
        pretrained("hondo_mni")


def unreachable(**options: object) -> None:
    """What Keras does where the network is out of reach."""
    raise Exception("URL fetch failure on https://…: None -- [Errno -2] Name or service not known")


def test_without_a_network_it_is_a_way_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.delenv("HONDO_WEIGHTS", raising=False)
    monkeypatch.setattr(keras.applications, "VGG16", unreachable)
    with pytest.raises(ModelError, match="hondo_mini"):
        pretrained("vgg16", shape=(32, 32, 3), classes=None)


def test_the_shipped_classifier_knows_fresh_drawings_among_all_20_classes() -> None:
    fresh = shapes(samples=2000, seed=99)
    assert fresh.test is not None
    answers = pretrained("hondo_mini").predict(np.asarray(fresh.test.x, np.float32), verbose=0).argmax(axis=1)
    expected = np.array([CLASSES.index(name) for name in fresh.classes])[fresh.test.y]
    assert len(expected) == 400
    assert np.mean(answers == expected) > 0.75
