"""Blocks are found where an architecture has them, hold every weight once, and can be made to learn by themselves."""

from functools import cache
from typing import Any

import numpy as np
import pytest

from hondo.core.backend import keras
from hondo.core.errors import ModelError
from hondo.core.language import use_language
from hondo.models.pretrained.own import hondo_mini
from hondo.models.transfer.blocks import blocks_of, unfreeze

pytestmark = pytest.mark.usefixtures("weights_from_numpy")

layers: Any = keras.layers


def conv(name: str, strides: int = 1) -> Any:
    return layers.Conv2D(4, 3, strides, padding="same", name=name)


def residual() -> keras.Model:
    """A stem and four residual sums; the second has a convolution in its shortcut, the last is a plus of Python's."""
    inputs = keras.Input((16, 16, 3))
    x = conv("stem")(inputs)
    for number in range(4):
        y = layers.BatchNormalization(name=f"norm_{number}")(conv(f"a_{number}")(x))
        y = conv(f"b_{number}")(layers.ReLU()(y))
        x = conv("shortcut")(x) if number == 1 else x
        x = x + y if number == 3 else layers.Add()([x, y])
        x = layers.ReLU()(x)
    return keras.Model(inputs, layers.GlobalAveragePooling2D()(conv("last")(x)))


def inception() -> keras.Model:
    """Four modules of three branches that a concatenation joins, one of them with a sum inside."""
    x = inputs = keras.Input((16, 16, 3))
    for number in range(4):
        left, middle = conv(f"left_{number}")(x), conv(f"middle_{number}")(x)
        if number == 2:
            middle = layers.Add()([middle, conv("inner")(middle)])
        right = conv(f"right_{number}")(layers.AveragePooling2D(1)(x))
        x = layers.Concatenate()([left, middle, right])
    return keras.Model(inputs, layers.GlobalAveragePooling2D()(x))


def plain() -> keras.Model:
    """Two convolutions before each of four poolings, as in VGG."""
    x = inputs = keras.Input((16, 16, 3))
    for number in range(4):
        x = layers.MaxPooling2D(name=f"pool_{number}")(conv(f"b_{number}")(conv(f"a_{number}")(x)))
    return keras.Model(inputs, x)


def depthwise() -> keras.Model:
    """A stem and four pairs of a depthwise and a pointwise convolution, as in MobileNet."""
    x = inputs = keras.Input((16, 16, 3))
    x = conv("stem")(x)
    for number in range(4):
        x = layers.BatchNormalization(name=f"norm_{number}")(
            layers.DepthwiseConv2D(3, padding="same", name=f"depth_{number}")(x)
        )
        x = layers.Conv2D(4, 1, name=f"point_{number}")(x)
    return keras.Model(inputs, layers.GlobalAveragePooling2D()(x))


def squeezed() -> keras.Model:
    """Four residual sums, and in each branch channels that are multiplied by their importance."""
    inputs = keras.Input((16, 16, 3))
    x = conv("stem")(inputs)
    for number in range(4):
        y = conv(f"a_{number}")(x)
        weight = layers.GlobalAveragePooling2D(keepdims=True)(y)
        weight = layers.Conv2D(4, 1, activation="sigmoid", name=f"squeeze_{number}")(weight)
        y = conv(f"b_{number}")(layers.Multiply()([y, weight]))
        x = layers.Add()([x, y])
    return keras.Model(inputs, x)


def squeezed_without_sums() -> keras.Model:
    """The same without sums, where poolings end blocks: a product is none."""
    x = inputs = keras.Input((16, 16, 3))
    for number in range(4):
        x = conv(f"a_{number}")(x)
        weight = layers.GlobalAveragePooling2D(keepdims=True)(x)
        weight = layers.Conv2D(4, 1, activation="sigmoid", name=f"squeeze_{number}")(weight)
        x = layers.AveragePooling2D(2)(conv(f"b_{number}")(layers.Multiply()([x, weight])))
    return keras.Model(inputs, x)


BY_HAND: dict[Any, list[set[str]]] = {
    residual: [
        {"stem", "a_0", "norm_0", "b_0"},
        {"a_1", "norm_1", "b_1", "shortcut"},
        {"a_2", "norm_2", "b_2"},
        {"a_3", "norm_3", "b_3"},
        {"last"},
    ],
    inception: [
        {f"left_{number}", f"middle_{number}", f"right_{number}"} | ({"inner"} if number == 2 else set())
        for number in range(4)
    ],
    plain: [{f"a_{number}", f"b_{number}"} for number in range(4)],
    depthwise: [{"stem"}, *({f"depth_{number}", f"norm_{number}", f"point_{number}"} for number in range(4))],
    squeezed: [
        {f"a_{number}", f"squeeze_{number}", f"b_{number}"} | ({"stem"} if number == 0 else set())
        for number in range(4)
    ],
    squeezed_without_sums: [{f"a_{number}", f"squeeze_{number}", f"b_{number}"} for number in range(4)],
}


def names(blocks: list[list[Any]]) -> list[set[str]]:
    return [{layer.name for layer in block} for block in blocks]


@pytest.mark.parametrize("network", BY_HAND, ids=lambda network: network.__name__)
def test_blocks_are_those_that_one_would_mark_by_hand(network: Any) -> None:
    assert names(blocks_of(network())) == BY_HAND[network]


def test_a_network_that_is_used_as_a_layer_has_the_blocks_that_it_has_alone() -> None:
    network = residual()
    inputs = keras.Input((16, 16, 3))
    keras.Model(inputs, network(inputs * 2, training=False))
    assert names(blocks_of(network)) == BY_HAND[residual]


@cache
def real(name: str, side: int = 32) -> keras.Model:
    function = getattr(keras.applications, name)
    return function(weights=None, include_top=False, input_shape=(side, side, 3), pooling="avg")


def test_vgg16_has_the_five_blocks_of_its_paper() -> None:
    blocks = blocks_of(real("VGG16"))
    assert [len(block) for block in blocks] == [2, 2, 3, 3, 3]
    assert [{layer.name.partition("_")[0] for layer in block} for block in blocks] == [
        {f"block{number}"} for number in range(1, 6)
    ]


def test_resnet50_has_a_stem_and_the_sixteen_blocks_of_its_paper() -> None:
    blocks = blocks_of(real("ResNet50"))
    assert len(blocks) == 17
    found = [{"_".join(layer.name.split("_")[:2]) for layer in block} for block in blocks[1:]]
    assert found == [
        {f"conv{stage}_block{block}"}
        for stage, count in ((2, 3), (3, 4), (4, 6), (5, 3))
        for block in range(1, count + 1)
    ]


def test_hondo_mini_has_its_four_residual_blocks() -> None:
    blocks = blocks_of(hondo_mini(shape=(16, 16, 3)))
    assert [{layer.name[: len("stage1_block1")] for layer in block} for block in blocks] == [
        {"stem_conv", "stem_norm", "stage1_block1"},
        {"stage2_block1"},
        {"stage2_block2"},
        {"stage3_block1"},
    ]


@pytest.mark.parametrize(
    ("name", "side"),
    [
        ("MobileNet", 32),
        ("MobileNetV2", 32),
        pytest.param("DenseNet121", 32, marks=pytest.mark.slow),
        ("ConvNeXtTiny", 32),
        pytest.param("EfficientNetB0", 32, marks=pytest.mark.slow),
        pytest.param("InceptionV3", 75, marks=pytest.mark.slow),
    ],
)
def test_blocks_of_real_networks_hold_every_weight_once_and_in_order(name: str, side: int) -> None:
    network = real(name, side)
    blocks = blocks_of(network)
    assert len(blocks) >= 4
    assert all(blocks)
    inside = [layer for block in blocks for layer in block]
    assert [layer.name for layer in inside] == [layer.name for layer in network.layers if layer.weights]
    assert sum(layer.count_params() for layer in inside) == network.count_params()


@pytest.mark.parametrize("name", ["ResNet50", "MobileNetV2"])
def test_each_block_reads_nothing_but_what_the_block_before_it_gives(name: str) -> None:
    network = real(name)
    blocks = blocks_of(network)
    for number in range(1, len(blocks)):
        below = keras.Model(network.input, blocks[number][0].input)  # the network cut where the block begins
        before = [layer for block in blocks[:number] for layer in block]
        assert {layer.name for layer in below.layers if layer.weights} == {layer.name for layer in before}


def learning(network: keras.Model) -> set[str]:
    return {layer.name for layer in network.layers if layer.trainable_weights}


def test_the_last_blocks_are_unfrozen_by_their_number() -> None:
    network = residual()
    network.trainable = False
    assert names(unfreeze(network, 2)) == BY_HAND[residual][-2:]
    assert learning(network) == {"a_3", "b_3", "last"}
    assert len(network.trainable_weights) == 2 * 3  # a kernel and a bias each
    unfreeze(network, 2, update_statistics=True)
    assert learning(network) == {"a_3", "norm_3", "b_3", "last"}


def test_everything_from_a_named_layer_on_learns_and_nothing_before() -> None:
    network = residual()
    assert names(unfreeze(network, "b_2", update_statistics=True)) == [{"b_2"}, *BY_HAND[residual][3:]]
    order = [layer.name for layer in network.layers if layer.weights]
    assert learning(network) == set(order[order.index("b_2") :])
    assert {"stem", "a_0", "shortcut", "a_2", "norm_2"}.isdisjoint(learning(network))


def test_a_layer_without_weights_may_be_named() -> None:
    network = plain()
    assert names(unfreeze(network, "pool_1")) == BY_HAND[plain][2:]


def test_all_of_it_learns_and_can_be_frozen_again() -> None:
    network = residual()
    network.trainable = False
    assert names(unfreeze(network, "all", update_statistics=True)) == BY_HAND[residual]
    assert learning(network) == {layer.name for layer in network.layers if layer.weights}
    assert names(unfreeze(network, "all")) == BY_HAND[residual]
    assert learning(network) == {layer.name for layer in network.layers if layer.weights and "norm" not in layer.name}
    assert len(unfreeze(network, 1)) == 1
    assert learning(network) == {"last"}


def test_only_what_was_unfrozen_changes_when_keras_trains() -> None:
    network = plain()
    unfreeze(network, 2)
    before = {layer.name: layer.get_weights() for layer in network.layers}
    network.compile("sgd", "mse")
    rng = np.random.default_rng(0)
    network.fit(rng.normal(size=(8, 16, 16, 3)), rng.normal(size=(8, 1, 1, 4)), epochs=1, verbose=0)
    changed = {
        layer.name
        for layer in network.layers
        if any(not np.array_equal(*pair) for pair in zip(layer.get_weights(), before[layer.name], strict=True))
    }
    assert changed == BY_HAND[plain][2] | BY_HAND[plain][3]


def test_a_layer_that_does_not_exist_is_answered_with_the_nearest() -> None:
    network = residual()
    network.trainable = False
    with pytest.raises(ModelError, match="Did you mean 'shortcut'"):
        unfreeze(network, "shortcuts")
    with use_language("es"), pytest.raises(ModelError, match="no tiene ninguna capa 'shortcuts'"):
        unfreeze(network, "shortcuts")
    assert learning(network) == set()


def test_more_blocks_than_there_are_is_an_error_with_their_number() -> None:
    with pytest.raises(ModelError, match=r"has 5 blocks, so its last 6 cannot be unfrozen\n.*unfreeze: all"):
        unfreeze(residual(), 6)
    assert names(unfreeze(residual(), 5)) == BY_HAND[residual]
    with use_language("es"), pytest.raises(ModelError, match="tiene 5 bloques"):
        unfreeze(residual(), 6)
