"""A frozen backbone stays as it is to the bit, and a transfer model is features and a head, wherever it comes from."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hondo.core.backend import keras
from hondo.core.errors import ModelError
from hondo.core.spec import TransferSpec
from hondo.models.layers import Penalty
from hondo.models.pretrained.build import pretrained
from hondo.models.pretrained.own import hondo_mini, save_half
from hondo.models.transfer.blocks import unfreeze
from hondo.models.transfer.build import build_transfer, parts_of

pytestmark = pytest.mark.usefixtures("weights_from_numpy")

SIDE = (16, 16, 3)
RNG = np.random.default_rng(0)
PICTURES = RNG.integers(0, 256, (24, *SIDE)).astype("float32")
LABELS = np.arange(24) % 3


def build(backbone: str = "hondo_mini", *, shape: tuple[int, ...] = SIDE, **options: Any) -> keras.Model:
    keep = {key: options.pop(key) for key in ("outputs", "task", "seed", "penalty") if key in options}
    spec = TransferSpec.model_validate({"backbone": backbone, **options})
    defaults: dict[str, Any] = {"outputs": 3, "task": "classification", "seed": 1, "penalty": Penalty()}
    return build_transfer(spec, input_shape=shape, **{**defaults, **keep})


def values(model: keras.Model) -> dict[str, np.ndarray]:
    return {variable.path: np.asarray(variable.value).copy() for variable in model.variables}


def trained(model: keras.Model, pictures: np.ndarray = PICTURES) -> keras.Model:
    """The model after two epochs of Keras's own fit, in large steps."""
    model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy")
    model.fit(pictures, LABELS, batch_size=8, epochs=2, verbose=0)
    return model


def changed(model: keras.Model, before: dict[str, np.ndarray]) -> set[str]:
    return {path for path, value in values(model).items() if not np.array_equal(value, before[path])}


@pytest.mark.parametrize("more", [{}, {"fine_tune": {}}, {"fine_tune": {"batch_normalization": "update"}}])
def test_nothing_in_a_frozen_backbone_changes_while_the_head_learns(more: dict[str, Any]) -> None:
    model = build(dropout=0.2, **more)
    parts = parts_of(model)
    before, head = values(parts.backbone), values(parts.head)
    trained(model)
    assert not changed(parts.backbone, before)
    assert {path for path in changed(parts.head, head) if "seed" not in path} == {
        "head/output/kernel",
        "head/output/bias",
    }
    assert len(model.trainable_variables) == 2


def test_a_network_that_drops_paths_drops_none_while_it_is_frozen() -> None:
    pictures = RNG.integers(0, 256, (1, 32, 32, 3)).astype("float32")
    parts = parts_of(build("efficientnet_b0", weights="none", shape=(32, 32, 3)))
    np.testing.assert_array_equal(parts.features(pictures, training=True), parts.features(pictures, training=False))


@pytest.mark.parametrize("mode", ["keep", "update"])
def test_unfrozen_kernels_learn_and_statistics_follow_only_where_asked(mode: str) -> None:
    model = build(fine_tune={"batch_normalization": mode})
    backbone = parts_of(model).backbone
    unfreeze(backbone, "all", update_statistics=mode == "update")
    before = values(backbone)
    trained(model)
    moving = {path for path in before if "moving" in path}
    assert len(moving) == 2 * sum(isinstance(layer, keras.layers.BatchNormalization) for layer in backbone.layers)
    assert {path for path in before if "conv" in path} <= changed(backbone, before)
    assert changed(backbone, before) & moving == (set() if mode == "keep" else moving)


def test_kept_statistics_normalise_while_training_as_they_do_when_predicting() -> None:
    model = build(fine_tune={})
    unfreeze(parts_of(model).backbone, "all")
    np.testing.assert_allclose(model(PICTURES, training=True), model(PICTURES, training=False), rtol=1e-4, atol=1e-6)
    other = build(fine_tune={"batch_normalization": "update"})
    unfreeze(parts_of(other).backbone, "all", update_statistics=True)
    assert not np.allclose(other(PICTURES, training=True), other(PICTURES, training=False), atol=1e-3)


def test_only_the_unfrozen_blocks_change() -> None:
    model = build(fine_tune={})
    backbone = parts_of(model).backbone
    chosen = {layer.name for block in unfreeze(backbone, 1) for layer in block}
    before = values(backbone)
    trained(model)
    norms = {layer.name for layer in backbone.layers if isinstance(layer, keras.layers.BatchNormalization)}
    assert {path.split("/")[0] for path in changed(backbone, before)} == chosen - norms


@pytest.mark.parametrize(("pooling", "reduce"), [("avg", np.mean), ("max", np.max)])
def test_features_are_what_the_backbone_gives_for_scaled_pictures(pooling: str, reduce: Any) -> None:
    parts = parts_of(build(pooling=pooling))
    maps = hondo_mini(shape=SIDE, pooling=None)
    maps.set_weights(parts.backbone.get_weights())
    expected = reduce(maps.predict(PICTURES / 127.5 - 1, verbose=0), axis=(1, 2))
    np.testing.assert_allclose(parts.features.predict(PICTURES, verbose=0), expected, rtol=1e-4, atol=1e-5)


def test_the_whole_is_the_softmax_of_a_linear_map_of_the_features() -> None:
    parts = parts_of(build())
    kernel, bias = parts.head.get_weights()
    scores = parts.features.predict(PICTURES, verbose=0).astype("float64") @ kernel + bias
    expected = np.exp(scores - scores.max(axis=1, keepdims=True))
    expected /= expected.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(parts.whole.predict(PICTURES, verbose=0), expected, rtol=1e-4, atol=1e-6)


def test_a_regression_ends_linear_and_takes_grey_pictures() -> None:
    model = build(shape=(16, 16, 1), outputs=2, task="regression")
    kernel, bias = parts_of(model).head.get_weights()
    grey = PICTURES[..., :1]
    network = pretrained("hondo_mini", shape=SIDE, classes=None)
    expected = network.predict(np.repeat(grey, 3, axis=-1), verbose=0) @ kernel + bias
    np.testing.assert_allclose(model.predict(grey, verbose=0), expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("backbone", ["hondo_mini", "mobilenet_v2"])
def test_a_saved_model_is_loaded_in_safe_mode_and_taken_apart_again(backbone: str, tmp_path: Path) -> None:
    side = 16 if backbone == "hondo_mini" else 32
    pictures = RNG.integers(0, 256, (3, side, side, 3)).astype("float32")
    model = build(backbone, weights="none", shape=(side, side, 3), hidden=[5], dropout=0.1)
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True)
    np.testing.assert_allclose(again.predict(pictures, verbose=0), model.predict(pictures, verbose=0), rtol=1e-5)
    parts = parts_of(again)
    features = parts.features.predict(pictures, verbose=0)
    np.testing.assert_allclose(features, parts_of(model).features.predict(pictures, verbose=0), rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(
        parts.head.predict(features, verbose=0), again.predict(pictures, verbose=0), rtol=1e-4, atol=1e-6
    )
    assert not parts.backbone.trainable_variables
    before = values(parts.backbone)
    if backbone == "hondo_mini":
        trained(again)
        assert not changed(parts.backbone, before)


def test_the_head_begins_alike_whatever_the_backbone_has_drawn(tmp_path: Path) -> None:
    keras.utils.set_random_seed(77)
    save_half(hondo_mini(shape=SIDE), tmp_path / "other.safetensors")
    options = {"hidden": [6], "dropout": 0.3}
    ways = ({}, {"weights": "none"}, {"weights": str(tmp_path / "other.safetensors")})
    models = [build(**options, **way) for way in ways]
    first, *others = [parts_of(model).head.get_weights() for model in models]
    for head in others:
        for one, same in zip(first, head, strict=True):
            np.testing.assert_array_equal(one, same)
    kernels = [parts_of(model).backbone.get_weights()[0] for model in models]
    assert not np.allclose(kernels[0], kernels[1])
    assert not np.allclose(kernels[0], kernels[2])
    other_seed = parts_of(build(**options, seed=2)).head.get_weights()
    assert not np.allclose(first[0], other_seed[0])


def test_equal_seeds_give_equal_new_backbones() -> None:
    first, second = (build(weights="none") for _ in range(2))
    for one, same in zip(first.get_weights(), second.get_weights(), strict=True):
        np.testing.assert_array_equal(one, same)


def test_hidden_layers_and_dropout_come_in_the_order_written() -> None:
    head = parts_of(build(hidden=[7, 5], dropout=0.4, penalty=Penalty(l2=0.1))).head
    assert [type(layer).__name__ for layer in head.layers] == ["Dropout", "Dense"] * 3
    assert [layer.units for layer in head.layers[1::2]] == [7, 5, 3]
    assert [layer.activation.__name__ for layer in head.layers[1::2]] == ["relu", "relu", "softmax"]
    assert {layer.rate for layer in head.layers[::2]} == {0.4}
    assert float(sum(head.losses)) == pytest.approx(
        sum(0.1 * float(np.square(layer.get_weights()[0]).sum()) for layer in head.layers[1::2]), rel=1e-4
    )
    assert [type(layer).__name__ for layer in parts_of(build()).head.layers] == ["Dense"]


def test_dropout_is_at_work_while_training_and_only_then() -> None:
    model = build(dropout=0.5)
    one, other = (np.asarray(model(PICTURES, training=True)) for _ in range(2))
    assert not np.array_equal(one, other)
    np.testing.assert_array_equal(model(PICTURES, training=False), model(PICTURES, training=False))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"backbone": "hondo_mni"}, "Did you mean 'hondo_mini'"),
        ({"shape": (768,)}, "takes pictures"),
        ({"shape": (7, 7, 3)}, "from 8×8 on"),
        ({"weights": "nowhere.safetensors"}, "no file"),
    ],
)
def test_what_cannot_be_is_refused(options: dict[str, Any], words: str) -> None:
    with pytest.raises(ModelError, match=words):
        build(**options)
