"""Checks before training that look at the layers one by one: what reaches them, and what they can give."""

from collections.abc import Iterator

import numpy as np

from hondo.core.arrays import Array
from hondo.core.language import tr
from hondo.core.spec import GraphSpec
from hondo.core.spec.layers import Dense
from hondo.experiments.setup import Findings, Setup, activation_of, warning
from hondo.models.graph import output_places

_ROWS = ("flatten", "global_average_pooling2d", "global_max_pooling2d")
# What an activation can give, where that is less than every number.
_RANGES: dict[str, tuple[float, float]] = {
    "sigmoid": (0.0, 1.0),
    "softmax": (0.0, 1.0),
    "tanh": (-1.0, 1.0),
    "relu": (0.0, np.inf),
    "softplus": (0.0, np.inf),
}


def dense_before_flatten(setup: Setup) -> Findings:
    """A dense layer gets one row a sample; on a picture it would treat each pixel on its own."""
    if setup.x_sample.ndim == 2:
        return
    graph = setup.spec.model.graph
    on_pictures = _dense_in_graph(graph) if graph is not None else _dense_in_row(setup)
    for label in on_pictures:
        yield warning(
            tr(
                f"layer {label} gets a picture and treats each of its pixels separately",
                f"la capa {label} recibe una imagen y trata cada píxel por separado",
            ),
            tr("Put 'flatten' before it.", "Ponga 'flatten' antes."),
        )
        return


def outputs_in_reach(setup: Setup) -> Findings:
    """Each of several outputs can reach the targets that it predicts."""
    graph, y = setup.spec.model.graph, np.asarray(setup.y_train)
    if graph is None or setup.task != "regression" or y.ndim != 2 or len(graph.ends()) < 2:
        return
    layers = {layer.name: layer for layer in setup.model.layers}
    places = iter(output_places(graph, setup.targets).values())
    first = 0
    for end in graph.ends():
        layer = layers.get(end)
        if layer is None:  # a residual block is several layers
            return
        width = layer.output.shape[-1]
        chosen = next(places, tuple(range(first, first + width)))
        first += width
        if max(chosen) < y.shape[1]:
            yield from within_reach(activation_of(layer), y[:, list(chosen)], end)


def within_reach(activation: str | None, y: Array, layer: str = "") -> Findings:
    """Whether an activation can give these numbers; ``layer`` says whose it is, the last one's if left out."""
    if activation not in _RANGES:
        return
    low, high = _RANGES[activation]
    outside = int(np.sum((y < low) | (y > high)))
    if not outside:
        return
    where = tr(f" in layer {layer!r}", f" en la capa {layer!r}") if layer else ""
    last = where or tr(" in the last layer", " en la última capa")
    yield warning(
        tr(
            f"{outside} of {y.size} targets are out of reach of {activation}{where}",
            f"{outside} de {y.size} objetivos quedan fuera del alcance de {activation}{where}",
        ),
        tr(f"Use linear{last}.", f"Use linear{last}."),
    )


def _dense_in_row(setup: Setup) -> Iterator[str]:
    """The dense layers of a row of layers that get pictures."""
    for number, layer in enumerate(setup.spec.model.layers or (), start=1):
        if layer.kind in _ROWS:
            return
        if isinstance(layer.options, Dense):
            yield f"{number} (dense)"


def _dense_in_graph(graph: GraphSpec) -> Iterator[str]:
    """The dense layers of a graph that get pictures."""
    rows: set[str] = set()
    for layer in graph.wired():
        from_row = all(source in rows for source in layer.sources or ())
        if layer.kind in _ROWS or from_row:
            rows.add(str(layer.name))
        elif isinstance(layer.options, Dense):
            yield f"{layer.name!r} (dense)"
