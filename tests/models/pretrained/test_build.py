"""A famous network takes raw pictures, does its own preprocessing, and finds its weights where they are."""

import json
from pathlib import Path

import numpy as np
import pytest

from hondo.core.backend import keras
from hondo.core.errors import ModelError
from hondo.core.language import use_language
from hondo.models.pretrained.build import pretrained
from hondo.models.pretrained.catalogue import NETWORKS
from hondo.models.pretrained.names import IMAGENET_CLASSES, imagenet_names
from hondo.models.pretrained.weights import at_hand, local_weights

pytestmark = pytest.mark.usefixtures("weights_from_numpy")

PICTURES = np.random.default_rng(0).integers(0, 256, (2, 32, 32, 3)).astype("float32")


def nothing(*, input_shape: tuple[int, int, int], **options: object) -> keras.Model:
    """A network that does nothing, so that what reaches it comes out."""
    inputs = keras.Input(input_shape)
    return keras.Model(inputs, keras.layers.Identity()(inputs))


@pytest.mark.parametrize("name", NETWORKS)
def test_what_reaches_each_network_is_what_its_own_preprocessing_makes(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = NETWORKS[name]
    monkeypatch.setattr(keras.applications, network.function, nothing)
    pictures = np.random.default_rng(0).integers(0, 256, (1, 75, 75, 3)).astype("float32")
    reached = pretrained(name, weights=None, shape=(75, 75, 3), classes=None)(pictures)
    expected = getattr(keras.applications, network.module).preprocess_input(pictures.copy())
    np.testing.assert_allclose(reached, expected, rtol=1e-5, atol=1e-5)


def test_a_real_network_takes_raw_pictures() -> None:
    model = pretrained("mobilenet_v2", weights=None, shape=(32, 32, 3), classes=None)
    prepared = keras.applications.mobilenet_v2.preprocess_input(PICTURES.copy())
    expected = model.get_layer("backbone").predict(prepared, verbose=0)
    np.testing.assert_allclose(model.predict(PICTURES, verbose=0), expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", ["efficientnet_v2_b0", "convnext_tiny"])
def test_networks_whose_functions_read_their_own_name_can_be_built(name: str) -> None:
    model = pretrained(name, weights=None, shape=(32, 32, 3), classes=None)
    reference = getattr(keras.applications, NETWORKS[name].function)(
        weights=None, include_top=False, input_shape=(32, 32, 3)
    )
    assert model.get_layer("backbone").count_params() == reference.count_params()


@pytest.mark.parametrize("name", ["vgg16", "mobilenet_v2"])
def test_it_is_saved_and_loaded_in_safe_mode(name: str, tmp_path: Path) -> None:
    model = pretrained(name, weights=None, shape=(32, 32, 3), classes=7)
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True)
    np.testing.assert_allclose(again.predict(PICTURES, verbose=0), model.predict(PICTURES, verbose=0), rtol=1e-5)
    assert model.output_shape == (None, 7)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with weights that the test writes itself, in the old HDF5 form of Keras's own files."""
    monkeypatch.setenv("HONDO_WEIGHTS", str(tmp_path))
    network = keras.applications.MobileNetV2(weights=None, include_top=False, input_shape=(32, 32, 3))
    network.save(tmp_path / "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224_no_top.h5")
    return tmp_path


@pytest.mark.filterwarnings("ignore:You are saving your model as an HDF5 file")
def test_weights_come_from_the_readers_folder(folder: Path) -> None:
    model = pretrained("mobilenet_v2", shape=(32, 32, 3), classes=None)
    reference = keras.models.load_model(next(folder.glob("*.h5")), compile=False)
    for ours, theirs in zip(model.get_layer("backbone").get_weights(), reference.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert at_hand() == ["mobilenet_v2"]


def test_files_go_by_the_names_that_keras_gives_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HONDO_WEIGHTS", str(tmp_path))
    files = {
        "resnet50_weights_tf_dim_ordering_tf_kernels.h5": ("resnet50", True),
        "resnet50v2_weights_tf_dim_ordering_tf_kernels_notop.h5": ("resnet50_v2", False),
        "mobilenet_1_0_224_tf.h5": ("mobilenet", True),
        "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224_no_top.h5": ("mobilenet_v2", False),
        "weights_mobilenet_v3_large_224_1.0_float_no_top_v2.h5": ("mobilenet_v3_large", False),
        "efficientnetv2-b0_notop.h5": ("efficientnet_v2_b0", False),
        "efficientnetb0.h5": ("efficientnet_b0", True),
        "convnext_tiny.h5": ("convnext_tiny", True),
        "NASNet-mobile-no-top.h5": ("nasnet_mobile", False),
        "nasnet_large.h5": ("nasnet_large", True),
        "inception_resnet_v2_weights_tf_dim_ordering_tf_kernels.h5": ("inception_resnet_v2", True),
    }
    for name in files:
        (tmp_path / name).touch()
    (tmp_path / "notes.txt").touch()
    for name, (network, top) in files.items():
        assert local_weights(NETWORKS[network], top=top) == tmp_path / name
        assert local_weights(NETWORKS[network], top=not top) is None


def test_a_file_of_another_network_is_refused(folder: Path) -> None:
    wrong = next(folder.glob("*.h5"))
    with pytest.raises(ModelError, match="does not hold the weights of vgg16"):
        pretrained("vgg16", weights=wrong, shape=(32, 32, 3), classes=None)
    damaged = folder / "vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5"
    damaged.write_bytes(b"not HDF5")
    with pytest.raises(ModelError, match="vgg19"):
        pretrained("vgg19", shape=(32, 32, 3), classes=None)


def test_without_a_network_the_error_says_the_ways_out(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keras.applications, "VGG16", unreachable)
    with pytest.raises(ModelError) as error:
        pretrained("vgg16", shape=(32, 32, 3), classes=None)
    for words in ("HONDO_WEIGHTS", "weights: none", "mobilenet_v2"):
        assert words in str(error.value)
    with use_language("es"), pytest.raises(ModelError, match="no se pueden descargar los pesos de vgg16"):
        pretrained("vgg16", shape=(32, 32, 3), classes=None)


def unreachable(**options: object) -> None:
    """What Keras does where the network is out of reach."""
    raise Exception("URL fetch failure on https://…: None -- [Errno -2] Name or service not known")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"shape": (16, 16, 3)}, "from 32×32 on"),
        ({"shape": (32, 32, 4)}, "3 channels"),
        ({"classes": 10}, "1000 classes, not 10"),
        ({"weights": "nowhere.h5"}, "no file"),
    ],
)
def test_what_cannot_be_is_refused(options: dict, words: str) -> None:
    with pytest.raises(ModelError, match=words):
        pretrained("mobilenet_v2", **options)


def test_class_names_come_from_the_folder_and_numbers_stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HONDO_WEIGHTS", str(tmp_path))
    index = {str(number): [f"n{number:08}", f"great_thing_{number}"] for number in range(IMAGENET_CLASSES)}
    (tmp_path / "imagenet_class_index.json").write_text(json.dumps(index), encoding="utf-8")
    names, note = imagenet_names()
    assert (names[7], len(names), note) == ("great thing 7", 1000, "")
