"""A famous network with a new output layer: built from a spec, checked before training, and trained."""

from pathlib import Path

import numpy as np
import pytest

from hondo.api import run
from hondo.core.backend import keras
from hondo.core.errors import ModelError, SpecError
from hondo.core.language import use_language
from hondo.core.spec.model import ModelSpec
from hondo.models.build import build_model

pytestmark = pytest.mark.usefixtures("weights_from_numpy")

RNG = np.random.default_rng(0)


def build(shape: tuple[int, ...] = (32, 32, 3), **options: object) -> keras.Model:
    spec = ModelSpec.model_validate({"pretrained": "mobilenet", "weights": "none", **options})
    return build_model(spec, input_shape=shape, outputs=4, task="classification", seed=1)


def test_the_output_follows_from_the_data_and_all_of_it_learns() -> None:
    model = build(dropout=0.3)
    assert model.output_shape == (None, 4)
    assert [layer.name for layer in model.layers][-2:] == ["dropout", "output"]
    assert len(model.trainable_weights) == len(model.get_layer("backbone").trainable_weights) + 2


def test_equal_seeds_give_equal_weights() -> None:
    for first, second in zip(build().get_weights(), build().get_weights(), strict=True):
        np.testing.assert_array_equal(first, second)


def test_weights_from_a_file_are_those_of_the_file(tmp_path: Path) -> None:
    source = keras.applications.MobileNet(weights=None, include_top=False, input_shape=(32, 32, 3))
    source.save_weights(tmp_path / "mine.weights.h5")
    model = build(weights=str(tmp_path / "mine.weights.h5"))
    for ours, theirs in zip(model.get_layer("backbone").get_weights(), source.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize(
    ("shape", "words"), [((1024,), "takes pictures"), ((16, 16, 3), "32×32 on"), ((32, 32, 4), "3 channels")]
)
def test_samples_that_are_no_such_pictures_are_refused(shape: tuple[int, ...], words: str) -> None:
    with pytest.raises(ModelError, match=words):
        build(shape)


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ({"preset": "mlp", "weights": "none"}, "weights"),
        ({"pretrained": "mobilenet", "hidden": [3]}, "hidden"),
        ({"pretrained": "mobilenet", "preset": "mlp"}, "exactly one"),
    ],
)
def test_keys_without_effect_are_refused(model: dict, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        ModelSpec.model_validate(model)


@pytest.fixture
def data(tmp_path: Path) -> str:
    """Two kinds of raw pictures, told apart by their colour."""
    y = np.arange(48) % 2
    x = RNG.integers(0, 120, (48, 32, 32, 3), dtype=np.uint8)
    x[y == 1, :, :, 0] += 130
    np.savez(tmp_path / "colours.npz", x=x, y=y)
    return str(tmp_path / "colours.npz")


def test_an_experiment_trains_predicts_and_is_read_again(data: str) -> None:
    spec = {"pretrained": "mobilenet", "weights": "none"}
    done = run(data={"path": data}, model=spec, train={"epochs": 2, "batch_size": 8})
    assert done.spec.model.pretrained == "mobilenet"
    assert np.isfinite(done.history["loss"]).all()
    assert set(done.predict(np.zeros((2, 32, 32, 3), np.uint8)).labels) <= {"0", "1"}


def test_pixels_that_were_scaled_already_are_refused(data: str) -> None:
    arguments = {
        "data": {"path": data},
        "model": {"pretrained": "mobilenet", "weights": "none"},
        "preprocess": {"scale": "unit"},
        "train": {"epochs": 1},
    }
    with pytest.raises(SpecError, match="raw pixels, 0 to 255"):
        run(**arguments)
    with use_language("es"), pytest.raises(SpecError, match=r"Quite preprocess\.scale"):
        run(**arguments)
