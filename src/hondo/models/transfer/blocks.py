"""A network as a row of blocks, from its pictures to its features, so that one can speak of the last two of them.

A block ends where the graph is a single tensor again after branches were merged (a residual sum, a concatenation) or
where pictures shrink by pooling: what the architectures' papers call a block, found without knowing their names. In
networks whose branches never come together (NASNet) any merge ends one; in those without branches (MobileNet) a
depthwise convolution begins one.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from hondo.core.backend import KerasModel, keras
from hondo.core.errors import ModelError, nearest
from hondo.core.language import tr

_POOLING = (keras.layers.MaxPooling2D, keras.layers.AveragePooling2D)
_FEWEST = 4


def blocks_of(backbone: KerasModel) -> list[list[keras.layers.Layer]]:
    """The layers with weights, block by block in the order of computation.

    Args:
        backbone: a functional model.

    Returns:
        Blocks, none of them empty.
    """
    narrow = set(_narrow_places(backbone))
    layers = backbone.operations  # layers, and sums that were written with a plus
    merges = [isinstance(layer, _POOLING) or _merges(layer) for layer in layers]
    depthwise = [isinstance(layer, keras.layers.DepthwiseConv2D) for layer in layers]
    cuts = (
        [merge and place in narrow for place, merge in enumerate(merges)],
        merges,
        [*depthwise[1:], False],
    )
    found = [_cut(backbone, ends) for ends in cuts]
    return next((blocks for blocks in found if len(blocks) >= _FEWEST), found[0])


def chosen_blocks(backbone: KerasModel, what: str | int) -> list[list[keras.layers.Layer]]:
    """The blocks that somebody speaks of, whole or in part, the lowest first.

    Args:
        backbone: a functional model.
        what: ``"all"``, the last so many blocks, or the name of the first layer.

    Raises:
        ModelError: for a name that no layer has, with the nearest that one has, or more blocks than there are.
    """
    blocks = blocks_of(backbone)
    if what == "all":
        return blocks
    if not isinstance(what, int):
        return _from_layer(backbone, blocks, what)
    if what > len(blocks):
        raise ModelError(
            tr(
                f"the backbone has {len(blocks)} blocks, so its last {what} cannot be unfrozen",
                f"el extractor tiene {len(blocks)} bloques; no se pueden descongelar los últimos {what}",
            ),
            tr("Write unfreeze: all for the whole.", "Escriba unfreeze: all para todo."),
        )
    return blocks[-what:]


def unfreeze(
    backbone: KerasModel, what: str | int, *, update_statistics: bool = False
) -> list[list[keras.layers.Layer]]:
    """Make a part of the backbone learn; the rest is frozen.

    Args:
        backbone: a functional model.
        what: see :func:`chosen_blocks`.
        update_statistics: whether batch normalisations among it follow the batches. Else they are frozen whole, with
            their scale and offset: the only way that Keras keeps their mean and variance in use while training.

    Returns:
        The blocks that learn, whole or in part, the lowest first.

    Raises:
        ModelError: see :func:`chosen_blocks`.
    """
    learning = chosen_blocks(backbone, what)
    chosen = {id(layer) for block in learning for layer in block}
    backbone.trainable = True
    for layer in backbone.layers:
        keeps = isinstance(layer, keras.layers.BatchNormalization) and not update_statistics
        layer.trainable = id(layer) in chosen and not keeps
    return learning


def _from_layer(
    backbone: KerasModel, blocks: Sequence[list[keras.layers.Layer]], name: str
) -> list[list[keras.layers.Layer]]:
    names = [layer.name for layer in backbone.layers]
    if name not in names:
        raise ModelError(
            tr(f"the backbone has no layer {name!r}", f"el extractor no tiene ninguna capa {name!r}"),
            nearest(name, names),
        )
    later = set(names[names.index(name) :])
    learning = [[layer for layer in block if layer.name in later] for block in blocks]
    return [block for block in learning if block]


def _cut(backbone: KerasModel, ends: Sequence[bool]) -> list[list[keras.layers.Layer]]:
    blocks: list[list[keras.layers.Layer]] = [[]]
    for layer, ends_here in zip(backbone.operations, ends, strict=True):
        if getattr(layer, "weights", None):
            blocks[-1].append(layer)
        if ends_here and blocks[-1]:
            blocks.append([])
    return [block for block in blocks if block]


def _narrow_places(backbone: KerasModel) -> Iterator[int]:
    """The places in the row of layers behind which nothing but that layer's output is needed any more."""
    place_of = {id(layer): place for place, layer in enumerate(backbone.operations)}
    reaches = list(range(len(place_of)))  # the last layer that reads what a layer gives
    for place, layer in enumerate(backbone.operations):
        for giver in _givers(layer):
            if id(giver) in place_of:
                reaches[place_of[id(giver)]] = max(reaches[place_of[id(giver)]], place)
    farthest = 0
    for place, reach in enumerate(reaches):
        if farthest <= place:
            yield place
        farthest = max(farthest, reach)


def _merges(layer: Any) -> bool:
    """Whether several tensors come together here; multiplied ones (squeeze and excitation) belong to one block."""
    return len(_givers(layer)) > 1 and not isinstance(layer, keras.layers.Multiply)


def _givers(layer: Any) -> list[Any]:
    """The layers whose tensors this one reads; Keras has no public way to ask."""
    return [tensor._keras_history.operation for node in layer._inbound_nodes for tensor in node.input_tensors]
