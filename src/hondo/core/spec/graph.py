"""The part of a spec about models that are graphs: layers wired by name, with several inputs and several outputs."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from hondo.core.errors import nearest
from hondo.core.language import tr
from hondo.core.spec.base import Positive, SpecPart, refuse
from hondo.core.spec.layers import Empty, LayerSpec, expand_layer

WHOLE = "input"
"""What the whole sample is called where a graph names no inputs of its own."""
MERGING = ("add", "multiply", "average", "maximum", "concatenate")
"""The kinds of layers that several others lead to."""
_TAKEN = (WHOLE, "outputs", "targets")


def _listed(value: Any) -> Any:
    """One name as a list of one; a number as a name."""
    if isinstance(value, (str, int)) and not isinstance(value, bool):
        return (str(value),)
    if isinstance(value, (list, tuple)):
        return tuple(str(item) if isinstance(item, int) and not isinstance(item, bool) else item for item in value)
    return value


def _columns(value: Any) -> Any:
    return value if value == "rest" else _listed(value)


def _expand(entry: Any) -> Any:
    """The same shorthand as in `layers`, beside a layer's name and where it comes from."""
    if not isinstance(entry, Mapping):
        return expand_layer(entry)
    wiring = {key: value for key, value in entry.items() if key in ("name", "from")}
    return wiring | expand_layer({key: value for key, value in entry.items() if key not in wiring})


Name = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,59}$")]
Names = Annotated[tuple[str, ...], BeforeValidator(_listed)]
Columns = Annotated[Literal["rest"] | tuple[str, ...], BeforeValidator(_columns)]


class Wired(SpecPart):
    """What has a `from`, which is no name in Python."""

    model_config = ConfigDict(serialize_by_alias=True)


class GraphLayer(Wired, LayerSpec):
    """A layer of a graph: one kind as in `layers`, or one that joins several."""

    name: Name | None = None
    """What others call it; left out, its kind and number: `dense_1`."""
    sources: Names | None = Field(default=None, alias="from")
    """The layer or input before it, or a list of several; left out, the layer above."""
    add: Empty | None = None
    """The sum of layers of one shape."""
    multiply: Empty | None = None
    """The product of layers of one shape."""
    average: Empty | None = None
    """The mean of layers of one shape."""
    maximum: Empty | None = None
    """The largest value, place by place, of layers of one shape."""
    concatenate: Empty | None = None
    """Layers side by side, along the last axis."""

    @classmethod
    def kinds(cls) -> tuple[str, ...]:
        """All kinds that there are."""
        return tuple(name for name in cls.model_fields if name not in ("name", "sources"))


class GraphOutput(Wired):
    """One of several outputs: which layer gives it, what it predicts, and how its loss counts."""

    source: str | None = Field(default=None, alias="from")
    """The layer; left out, the one of the output's name."""
    targets: Names | None = None
    """The columns that it predicts (by number from 1 where they have no names); left out, the one of its name."""
    loss: Literal["mse", "mae", "huber"] | None = None
    """What is minimised; left out, `learn.loss`."""
    weight: Positive = 1.0
    """What its loss is multiplied by in the sum of all."""


class GraphSpec(SpecPart):
    """Layers wired by name."""

    inputs: dict[Name, Columns] | None = None
    """For tables: the columns that each input takes, `rest` for all that no other names; left out, one input called
    `input`, the whole sample."""
    layers: tuple[Annotated[GraphLayer, BeforeValidator(_expand)], ...]
    """The layers; each comes after those that it reads."""
    outputs: dict[Name, GraphOutput] | Names | None = None
    """The layers whose numbers are the model's, side by side; or for numbers to predict, outputs by name with targets,
    loss and weight of their own. Left out, the last layer."""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        for found in _mistakes(self):
            raise refuse(*found)
        return self

    @property
    def entries(self) -> tuple[str, ...]:
        """The names of the inputs."""
        return tuple(self.inputs) if self.inputs is not None else (WHOLE,)

    def wired(self) -> tuple[GraphLayer, ...]:
        """The layers with every `name` and `from` filled in."""
        seen: Counter[str] = Counter()
        before = self.entries if len(self.entries) == 1 else ()
        layers: list[GraphLayer] = []
        for layer in self.layers:
            seen[layer.kind] += 1
            name = layer.name or f"{layer.kind}_{seen[layer.kind]}"
            sources = before if layer.sources is None else layer.sources
            layers.append(layer.model_copy(update={"name": name, "sources": sources}))
            before = (name,)
        return tuple(layers)

    def ends(self) -> tuple[str, ...]:
        """The layers whose numbers are the model's, in the order of `outputs`."""
        if isinstance(self.outputs, dict):
            return tuple(output.source or name for name, output in self.outputs.items())
        return self.outputs or (str(self.wired()[-1].name),)


_Mistake = tuple[str, str, str]


def _mistakes(graph: GraphSpec) -> Iterator[_Mistake]:
    """What is wrong with the wiring: in English, in Spanish, and at which key."""
    if not graph.layers:
        yield (
            "'layers' is empty: a model needs at least one layer",
            "'layers' está vacío: un modelo necesita al menos una capa",
            "layers",
        )
        return
    if graph.inputs is not None:
        yield from _wrong_inputs(graph.inputs)
    layers = graph.wired()
    yield from _wrong_names(graph, layers)
    for place in range(len(layers)):
        yield from _wrong_sources(graph, layers, place)
    yield from _wrong_outputs(graph, layers)
    yield from _unread(graph, layers)


def _wrong_inputs(inputs: Mapping[str, Any]) -> Iterator[_Mistake]:
    if not inputs:
        yield (
            "'inputs' is empty: name at least one, or leave it out",
            "'inputs' está vacío: nombre al menos una o quítelo",
            "inputs",
        )
    rest = [name for name, columns in inputs.items() if columns == "rest"]
    if len(rest) > 1:
        yield (
            f"only one input can be the 'rest', and {_quoted(rest)} are",
            f"solo una entrada puede ser 'rest', y lo son {_quoted(rest)}",
            f"inputs.{rest[1]}",
        )
    for name, columns in inputs.items():
        if not columns:
            yield (f"the input {name!r} has no columns", f"la entrada {name!r} no tiene columnas", f"inputs.{name}")
        twice = [column for column, times in Counter(columns).items() if times > 1 and columns != "rest"]
        if twice:
            yield (
                f"the input {name!r} names {twice[0]!r} twice",
                f"la entrada {name!r} nombra {twice[0]!r} dos veces",
                f"inputs.{name}",
            )


def _wrong_names(graph: GraphSpec, layers: tuple[GraphLayer, ...]) -> Iterator[_Mistake]:
    taken = dict.fromkeys(graph.inputs or {}, "inputs")
    for name in taken:
        if name in _TAKEN:
            yield (*_reserved(name), f"inputs.{name}")
    for place, layer in enumerate(layers):
        name = str(layer.name)
        if name in _TAKEN:
            yield (*_reserved(name), f"layers.{place}.name")
        if name in taken:
            what = ("an input", "una entrada") if taken[name] == "inputs" else ("another layer", "otra capa")
            yield (
                f"{what[0]} is called {name!r} already: give this layer a name of its own",
                f"{what[1]} ya se llama {name!r}: dé a esta capa un nombre propio",
                f"layers.{place}",
            )
        taken[name] = "layers"


def _reserved(name: str) -> tuple[str, str]:
    return f"the name {name!r} is taken: choose another", f"el nombre {name!r} está reservado: elija otro"


def _wrong_sources(graph: GraphSpec, layers: tuple[GraphLayer, ...], place: int) -> Iterator[_Mistake]:
    layer, names = layers[place], [str(each.name) for each in layers]
    sources, earlier = layer.sources or (), [*graph.entries, *names[:place]]
    key = f"layers.{place}" + (".from" if graph.layers[place].sources else "")
    for source in sources:
        if source in earlier:
            continue
        if source in names:
            yield (
                f"{layer.name!r} reads {source!r}, which does not come before it: layers stand in order, without loops",
                f"{layer.name!r} lee {source!r}, que no está antes: las capas van en orden y sin ciclos",
                key,
            )
        else:
            yield (*_nothing_called(source, earlier), key)
    several = layer.kind in MERGING
    if not sources:
        listed = _quoted(graph.entries)
        yield (
            f"{layer.name!r} needs a 'from': there are several inputs, {listed}",
            f"{layer.name!r} necesita un 'from': hay varias entradas, {listed}",
            key,
        )
    elif several and len(sources) < 2:
        yield (
            f"{layer.name!r} ({layer.kind}) joins layers: give a list of at least two as 'from'",
            f"{layer.name!r} ({layer.kind}) une capas: indique en 'from' una lista de dos o más",
            key,
        )
    elif not several and len(sources) > 1:
        listed = ", ".join(MERGING)
        yield (
            f"{layer.name!r} ({layer.kind}) reads one layer, not {len(sources)}: join them first ({listed})",
            f"{layer.name!r} ({layer.kind}) lee una sola capa, no {len(sources)}: únalas antes ({listed})",
            key,
        )


def _wrong_outputs(graph: GraphSpec, layers: tuple[GraphLayer, ...]) -> Iterator[_Mistake]:
    names, ends = [str(layer.name) for layer in layers], graph.ends()
    if graph.outputs is not None and not graph.outputs:
        yield (
            "'outputs' is empty: name at least one, or leave it out",
            "'outputs' está vacío: nombre al menos una o quítelo",
            "outputs",
        )
    for end in ends:
        if end not in names:
            yield (*_nothing_called(end, names), "outputs")
    twice = [end for end, times in Counter(ends).items() if times > 1]
    if twice:
        yield (
            f"{twice[0]!r} is the layer of two outputs: give each a layer of its own",
            f"{twice[0]!r} es la capa de dos salidas: dé a cada una la suya",
            "outputs",
        )
    if isinstance(graph.outputs, dict):
        targets = [target for output in graph.outputs.values() for target in output.targets or ()]
        twice = [target for target, times in Counter(targets).items() if times > 1]
        if twice:
            yield (
                f"the target {twice[0]!r} is predicted twice",
                f"el objetivo {twice[0]!r} se predice dos veces",
                "outputs",
            )


def _unread(graph: GraphSpec, layers: tuple[GraphLayer, ...]) -> Iterator[_Mistake]:
    read = {*graph.ends(), *(source for layer in layers for source in layer.sources or ())}
    for place, layer in enumerate(layers):
        if layer.name not in read:
            yield (
                f"no layer and no output reads {layer.name!r}: use it or remove it",
                f"ninguna capa ni salida lee {layer.name!r}: úsela o quítela",
                f"layers.{place}",
            )
    for name in graph.entries:
        if name not in read:
            key = f"inputs.{name}" if graph.inputs else "layers"
            yield (
                f"no layer reads the input {name!r}: use it or remove it",
                f"ninguna capa lee la entrada {name!r}: úsela o quítela",
                key,
            )


def _nothing_called(name: str, known: list[str]) -> tuple[str, str]:
    hint = nearest(name, known)
    return f"nothing is called {name!r}. {hint}".strip(), f"nada se llama {name!r}. {hint}".strip()


def _quoted(names: Any) -> str:
    return tr(" and ", " y ").join(map(repr, names))
