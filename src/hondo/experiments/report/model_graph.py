"""A model as plain boxes and what leads to each, so that it can be drawn: read off Keras, and condensed if it is large.

A nested model is one box. Where there are more boxes than a picture can show, stretches of layers in a row become one
box, then what lies between two places that everything passes through, then neighbours in what is left.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import takewhile
from typing import Any

from hondo.core.language import tr

MOST_BOXES = 40
_GROUPS = 14


@dataclass(frozen=True)
class Box:
    """A layer, a nested model, or several layers as one.

    Attributes:
        name: what Keras calls it; of several layers, the first and the last.
        kind: the class of the layer.
        shape: of one sample that comes out, as it is read.
        sources: the places of the boxes that lead to it, all before its own.
        layers: how many layers it stands for.
    """

    name: str
    kind: str
    shape: str
    sources: tuple[int, ...] = ()
    layers: int = 1


Boxes = tuple[Box, ...]


def model_graph(model: Any) -> Boxes:
    """The boxes of a built model, each after those that lead to it; nothing for a model that records no graph.

    Args:
        model: Sequential or functional. A layer used twice is two boxes.
    """
    try:
        outputs = list(model.outputs)
    except (AttributeError, ValueError, TypeError, RuntimeError):  # a subclassed model records nothing
        return ()
    places: dict[tuple[int, int], int] = {}
    boxes: list[Box] = []
    waiting = [_maker(tensor) for tensor in reversed(outputs)]
    while waiting:
        operation, index = waiting[-1]
        key = (id(operation), index)
        makers = [_maker(tensor) for tensor in operation._inbound_nodes[index].input_tensors]
        missing = [maker for maker in makers if (id(maker[0]), maker[1]) not in places]
        if key not in places and missing:
            waiting += reversed(missing)
            continue
        waiting.pop()
        if key not in places:
            places[key] = len(boxes)
            sources = dict.fromkeys(places[id(source), place] for source, place in makers)
            boxes.append(_box(operation, index, tuple(sources)))
    return tuple(boxes)


def is_chain(boxes: Boxes) -> bool:
    """Whether each box leads to the next and to no other."""
    return all(box.sources == ((place - 1,) if place else ()) for place, box in enumerate(boxes))


def condensed(boxes: Boxes, most: int = MOST_BOXES) -> Boxes:
    """The same with at most about ``most`` boxes, as little hidden as possible."""
    ways: tuple[Callable[[Boxes], list[list[int]]], ...] = (partial(_rows, fewest=3), _rows, _between, _neighbours)
    for groups in ways:
        if len(boxes) <= most:
            break
        boxes = _merged(boxes, groups(boxes))
    return boxes


def _maker(tensor: Any) -> tuple[Any, int]:
    """The operation that made a symbolic tensor, and in which of its calls."""
    history = tensor._keras_history  # the only way from a tensor to the layer that made it
    return history.operation, history.node_index


def _box(operation: Any, index: int, sources: tuple[int, ...]) -> Box:
    made = operation._inbound_nodes[index].output_tensors
    shape = " × ".join("?" if size is None else str(size) for size in made[0].shape[1:]) if len(made) == 1 else ""
    name = operation.name if not index else f"{operation.name} ({index + 1})"
    return Box(name, type(operation).__name__, shape, sources)


def _rows(boxes: Boxes, fewest: int = 2) -> list[list[int]]:
    """Stretches of ``fewest`` boxes or more in a row; what is first or last of all stays as it is."""
    readers = _readers(boxes)
    groups: list[list[int]] = []
    group_of: dict[int, list[int]] = {}
    for place, box in enumerate(boxes):
        before = box.sources[0] if len(box.sources) == 1 else None
        inner = bool(box.sources) and bool(readers[place])
        if inner and before in group_of and readers[before] == [place]:
            group = group_of[before]
        else:
            group = []
            groups.append(group)
        group.append(place)
        if inner:
            group_of[place] = group
    return [part for group in groups for part in ([group] if len(group) >= fewest else [[place] for place in group])]


def _between(boxes: Boxes) -> list[list[int]]:
    """What lies between two boxes that every way from the inputs to the outputs passes, with the second of them."""
    readers = _readers(boxes)
    open_ends = 0  # edges from boxes so far to boxes still to come
    groups: list[list[int]] = [[]]
    for place, box in enumerate(boxes):
        open_ends -= len(box.sources)
        passed_by_all = open_ends == 0
        groups[-1].append(place)
        open_ends += len(readers[place])
        if passed_by_all:
            groups.append([])
    return [group for group in groups if group]


def _neighbours(boxes: Boxes) -> list[list[int]]:
    """Boxes in their order, about as many layers in each group; the first and the last stay as they are."""
    inner = range(1, len(boxes) - 1)
    whole, so_far = sum(boxes[place].layers for place in inner), 0
    groups: dict[int, list[int]] = {}
    for place in inner:
        groups.setdefault(min(_GROUPS - 1, so_far * _GROUPS // whole), []).append(place)
        so_far += boxes[place].layers
    return [[0], *groups.values(), [len(boxes) - 1]]


def _merged(boxes: Boxes, groups: Sequence[Sequence[int]]) -> Boxes:
    """Each group as one box; groups stand in an order in which each follows what leads to it."""
    group_of = {place: number for number, group in enumerate(groups) for place in group}
    sources = [
        {group_of[source] for place in group for source in boxes[place].sources} - {number}
        for number, group in enumerate(groups)
    ]
    order = _sorted(sources, [group[-1] for group in groups])
    new = {number: place for place, number in enumerate(order)}
    merged = []
    for number in order:
        parts = [boxes[place] for place in groups[number]]
        merged.append(replace(_one(parts), sources=tuple(sorted(new[source] for source in sources[number]))))
    return tuple(merged)


def _one(parts: Sequence[Box]) -> Box:
    """Several boxes as one, without its sources."""
    if len(parts) == 1:
        return parts[0]
    layers = sum(part.layers for part in parts)
    first, last = parts[0].name.split(" …")[0], parts[-1].name.split("… ")[-1].removesuffix(" …")
    pairs = takewhile(lambda pair: pair[0] == pair[1], zip(first.split("_"), last.split("_"), strict=False))
    common = [word for word, _ in pairs]
    name = "_".join(common) + " …" if len(common) > 1 else f"{first} … {last}"
    kind = " + ".join(part.kind for part in parts) if layers == 2 else tr(f"{layers} layers", f"{layers} capas")
    return Box(name, kind, parts[-1].shape, layers=layers)


def _sorted(sources: Sequence[Iterable[int]], preferred: Sequence[int]) -> list[int]:
    """An order in which each follows its sources, as near to the preferred one as that allows."""
    left, order = dict(enumerate(map(set, sources))), list[int]()
    while left:
        ready = [number for number, before in left.items() if not before & left.keys()]
        chosen = min(ready, key=lambda number: preferred[number])
        order.append(chosen)
        del left[chosen]
    return order


def _readers(boxes: Boxes) -> list[list[int]]:
    """For each box the places of those that it leads to."""
    readers: list[list[int]] = [[] for _ in boxes]
    for place, box in enumerate(boxes):
        for source in box.sources:
            readers[source].append(place)
    return readers
