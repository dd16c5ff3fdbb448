"""From a graph in a spec to a functional Keras model: names settled against the data, shapes checked, layers joined.

The model takes one tensor, the preprocessed sample, whatever inputs the graph names: each is a
:class:`~hondo.models.columns.Columns` of it. Several outputs leave as one tensor too, in the order of the targets.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hondo.core.backend import KerasModel, keras
from hondo.core.errors import ModelError, nearest
from hondo.core.language import tr
from hondo.core.spec import GraphSpec
from hondo.core.spec.graph import MERGING, WHOLE, GraphLayer, GraphOutput
from hondo.core.spec.layers import Residual
from hondo.data.dataset import Task
from hondo.models.columns import Columns
from hondo.models.layers import Penalty, apply_residual, make_layer
from hondo.models.shapes import Shape, shape_after, shape_joined

_SHOWN = 10


@dataclass(frozen=True)
class Names:
    """What a graph may call by name.

    Attributes:
        columns: for tables, each raw column's places in a preprocessed sample; empty for other data.
        targets: for numbers to predict, what they are called, in order.
    """

    columns: Mapping[str, Sequence[int]] = field(default_factory=dict)
    targets: Sequence[str] = ()


def settle_graph(graph: GraphSpec, names: Names, task: Task) -> GraphSpec:
    """The same graph with every name written out: layers, where they come from, columns, outputs and targets.

    A settled graph settles to itself.

    Raises:
        ModelError: it names columns or targets that the data do not have, or leaves some out.
    """
    inputs = None if graph.inputs is None else _settled_inputs(graph.inputs, names.columns)
    outputs = graph.outputs
    if isinstance(outputs, dict):
        outputs = _settled_outputs(outputs, names.targets, task)
    elif len(graph.ends()) > 1 and task == "classification":
        raise ModelError(
            tr("classification has one output, the classes, and the graph has several",
               "la clasificación tiene una sola salida, las clases, y el grafo tiene varias"),
            tr("End in one layer with a unit for each class.", "Acabe en una capa con una unidad por clase."),
        )  # fmt: skip
    else:
        outputs = graph.ends()
    return graph.model_copy(update={"inputs": inputs, "layers": graph.wired(), "outputs": outputs})


def _settled_inputs(inputs: Mapping[str, Any], columns: Mapping[str, Sequence[int]]) -> dict[str, tuple[str, ...]]:
    """The columns of each input; every column goes somewhere."""
    if not columns:
        raise ModelError(
            tr("'model.graph.inputs' names columns, and these data have no named columns",
               "'model.graph.inputs' nombra columnas, y estos datos no tienen columnas con nombre"),
            tr("Leave it out: the whole sample is called 'input'.", "Quítelo: la muestra entera se llama 'input'."),
        )  # fmt: skip
    named = [column for chosen in inputs.values() if chosen != "rest" for column in chosen]
    for column in named:
        if column not in columns:
            raise ModelError(
                tr(f"'model.graph.inputs': there is no feature {column!r}",
                   f"'model.graph.inputs': no hay ninguna característica {column!r}"),
                nearest(column, columns),
            )  # fmt: skip
    others = tuple(column for column in columns if column not in named)
    rest = [name for name, chosen in inputs.items() if chosen == "rest"]
    if others and not rest:
        listed = ", ".join(others[:_SHOWN]) + (", …" if len(others) > _SHOWN else "")
        raise ModelError(
            tr(f"no input of the graph takes these columns: {listed}",
               f"ninguna entrada del grafo toma estas columnas: {listed}"),
            tr("Add them to one, or make one the 'rest'.", "Añádalas a alguna, o haga que una sea 'rest'."),
        )  # fmt: skip
    settled = {name: others if chosen == "rest" else tuple(chosen) for name, chosen in inputs.items()}
    for name, chosen in settled.items():
        if not any(columns[column] for column in chosen):
            raise ModelError(
                tr(f"nothing is left for the input {name!r}", f"no queda nada para la entrada {name!r}"),
                tr("Remove it.", "Quítela."),
            )
    return settled


def _settled_outputs(outputs: Mapping[str, GraphOutput], targets: Sequence[str], task: Task) -> dict[str, GraphOutput]:
    """Layer and targets of each output; every target is predicted once."""
    if task == "classification":
        raise ModelError(
            tr("outputs with targets of their own are for numbers, and these data have classes",
               "las salidas con objetivos propios son para números, y estos datos tienen clases"),
            tr("Write outputs: [LAYER].", "Escriba outputs: [CAPA]."),
        )  # fmt: skip
    settled: dict[str, GraphOutput] = {}
    for name, output in outputs.items():
        chosen = output.targets or (tuple(targets) if len(outputs) == 1 else (name,))
        for target in chosen:
            if target not in targets:
                raise ModelError(
                    tr(f"the output {name!r} predicts {target!r}, which is no target",
                       f"la salida {name!r} predice {target!r}, que no es un objetivo"),
                    nearest(target, targets),
                )  # fmt: skip
        settled[name] = output.model_copy(update={"source": output.source or name, "targets": chosen})
    predicted = [target for output in settled.values() for target in output.targets or ()]
    for target in targets:
        if predicted.count(target) != 1:
            how = tr("no output predicts", "ninguna salida predice")
            often = tr("several outputs predict", "varias salidas predicen")
            raise ModelError(
                f"{how if target not in predicted else often} {target!r}",
                tr("Name each target in exactly one output.", "Nombre cada objetivo en una sola salida."),
            )
    return settled


def graph_shapes(graph: GraphSpec, input_shape: Shape, names: Names = Names()) -> dict[str, Shape]:
    """The shape of one sample at each input and after each layer of a settled graph, by name.

    Raises:
        ModelError: a layer cannot take what reaches it, or an output is not one row of the numbers it predicts.
    """
    shapes: dict[str, Shape] = {WHOLE: input_shape} if graph.inputs is None else {}
    for name in graph.inputs or {}:
        shapes[name] = (len(_places(graph, name, names)),)
    for layer in graph.layers:
        label, came = _label(layer), [shapes[source] for source in layer.sources or ()]
        joins = layer.kind in MERGING
        shapes[str(layer.name)] = shape_joined(layer.kind, came, label) if joins else shape_after(layer, came[0], label)
    kinds = {str(layer.name): layer for layer in graph.layers}
    for end in graph.ends():
        if len(shapes[end]) != 1:
            label = _label(kinds[end])
            raise ModelError(
                tr(f"after layer {label}, an output, a sample has shape {shapes[end]}; it should be one row of numbers",
                   f"tras la capa {label}, una salida, una muestra tiene forma {shapes[end]}; debería ser una fila"),
                tr("Put 'flatten' before the first 'dense'.", "Ponga 'flatten' antes de la primera 'dense'."),
            )  # fmt: skip
    if isinstance(graph.outputs, dict):
        for name, output in graph.outputs.items():
            width, wanted = shapes[str(output.source)][0], len(output.targets or ())
            if width != wanted:
                raise ModelError(
                    tr(f"the output {name!r} predicts {wanted} numbers, and its layer {output.source!r} gives {width}",
                       f"la salida {name!r} predice {wanted} números, y su capa {output.source!r} da {width}"),
                    tr(f"Give that layer {wanted} units.", f"Dé a esa capa {wanted} unidades."),
                )  # fmt: skip
    return shapes


def build_graph(graph: GraphSpec, input_shape: Shape, names: Names, penalty: Penalty) -> KerasModel:
    """The functional model of a settled graph whose shapes fit.

    Layers are made in the order in which they stand, so the weights are those of the same graph written by hand.
    """
    sample = keras.Input(input_shape, name=WHOLE)
    tensors: dict[str, Any] = {WHOLE: sample}
    for name in graph.inputs or {}:
        tensors[name] = Columns(_places(graph, name, names), name=name)(sample)
    for layer in graph.layers:
        tensors[str(layer.name)] = _apply(layer, [tensors[source] for source in layer.sources or ()], penalty)
    ends = [tensors[end] for end in graph.ends()]
    last = ends[0] if len(ends) == 1 else keras.layers.Concatenate(name="outputs")(ends)
    order = _order(graph, names.targets)
    if order != sorted(order):
        last = Columns(order, name="targets")(last)
    return keras.Model(sample, last, name="model")


def output_places(graph: GraphSpec, targets: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """Which of the targets each output of a settled graph predicts, by place; empty for outputs without targets."""
    if not isinstance(graph.outputs, dict):
        return {}
    places = {target: place for place, target in enumerate(targets)}
    return {name: tuple(places[target] for target in output.targets or ()) for name, output in graph.outputs.items()}


def _order(graph: GraphSpec, targets: Sequence[str]) -> list[int]:
    """For each target, where the outputs side by side have it."""
    given = [place for places in output_places(graph, targets).values() for place in places]
    return [given.index(place) for place in range(len(given))]


def _places(graph: GraphSpec, name: str, names: Names) -> list[int]:
    """The places of an input's columns in a preprocessed sample, in the order in which it names them."""
    return [place for column in (graph.inputs or {})[name] for place in names.columns[column]]


def _apply(layer: GraphLayer, tensors: list[Any], penalty: Penalty) -> Any:
    options, name = layer.options, str(layer.name)
    joining = {
        "add": keras.layers.Add,
        "multiply": keras.layers.Multiply,
        "average": keras.layers.Average,
        "maximum": keras.layers.Maximum,
        "concatenate": keras.layers.Concatenate,
    }
    if layer.kind in joining:
        return joining[layer.kind](name=name)(tensors)
    if isinstance(options, Residual):
        return apply_residual(tensors[0], options, name, penalty)
    return make_layer(layer, name, penalty)(tensors[0])


def _label(layer: GraphLayer) -> str:
    return f"{layer.name!r} ({layer.kind})"
