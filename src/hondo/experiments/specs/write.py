"""From a run spec back to YAML, and the JSON Schema by which editors complete and check one."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import yaml
from pydantic import TypeAdapter, ValidationError

from hondo.core.spec import GraphSpec, LayerSpec, RunSpec, ScheduleSpec
from hondo.core.spec.layers import Layer
from hondo.experiments.specs.strictyaml import SpecDumper

_LINE = 100
SCHEMA_DIALECT = "https://json-schema.org/draft/2020-12/schema"


class Inline(dict[str, Any]):
    """A mapping that is written on one line."""


class _InlineList(list[Any]):
    """A list that is written on one line."""


SpecDumper.add_representer(
    Inline, lambda dumper, value: dumper.represent_mapping("tag:yaml.org,2002:map", value.items(), flow_style=True)
)
SpecDumper.add_representer(
    _InlineList, lambda dumper, value: dumper.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=True)
)


@cache
def main_keys() -> Mapping[str, str]:
    """The option that a bare value stands for, for each kind of layer that has one (``dense: 10`` → ``units``).

    The spec itself is asked, by giving each kind bare values until one is taken.
    """
    layer = TypeAdapter[LayerSpec](Layer)
    found: dict[str, str] = {}
    for kind in LayerSpec.model_fields:
        for value in (2, 0.5, "relu"):
            try:
                options = layer.validate_python({kind: value}).options
            except ValidationError:
                continue
            found[kind] = next(iter(options.model_fields_set))
            break
    return found


def spec_to_yaml(spec: RunSpec, *, full: bool = False) -> str:
    """Write a spec as YAML; reading it again gives an equal spec.

    Args:
        spec: any valid spec.
        full: write every value, defaults included; otherwise only what differs from the defaults.

    Returns:
        YAML text that ends in a newline.

    Example:
        >>> print(spec_to_yaml(RunSpec.model_validate({"data": {"name": "iris"}, "model": {"preset": "mlp"}})), end="")
        data:
          name: iris
        model:
          preset: mlp
    """
    data = spec.written() if full else spec.model_dump(mode="json", exclude_defaults=True)
    if spec.model.layers is not None:
        data["model"]["layers"] = [_short_layer(layer, full=full) for layer in spec.model.layers]
    if spec.model.graph is not None:
        data["model"]["graph"] = _short_graph(spec.model.graph, data["model"]["graph"], full=full)
    return yaml.dump(inline_lists(data), Dumper=SpecDumper, sort_keys=False, allow_unicode=True, width=120)


def spec_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a spec, shorthand included.

    Returns:
        Plain data, ready for ``json.dumps``. It is a little more lenient than the spec: combinations are not checked.
    """
    schema = RunSpec.model_json_schema()
    parts = schema["$defs"]
    for kind in ("Conv2D", "Pool2D", "Residual"):
        for option in parts[kind]["properties"].values():
            _allow_one_for_both(option)
    parts["LayerSpec"] = _layer_schema(parts["LayerSpec"], parts)
    wiring = {"name": "LayerName", "from": "LayerFrom"}
    for key, part in wiring.items():
        parts[part] = parts["GraphLayer"]["properties"].pop(key)
    parts["GraphLayer"] = _layer_schema(parts["GraphLayer"], parts, wiring)
    for part in ("LayerFrom", "GraphOutput", "GraphSpec"):
        _allow_one_name(parts[part])
    kinds = ScheduleSpec.model_json_schema()["properties"]["kind"]["enum"]
    for part in ("LearnSpec", "FineTuneSpec"):
        options = parts[part]["properties"]
        options["schedule"] = {
            "title": "Schedule",
            "description": options["schedule"].get("description", ""),
            "anyOf": [{"$ref": "#/$defs/ScheduleSpec"}, {"enum": kinds}],
        }
    parts["ModelSpec"]["properties"]["transfer"]["anyOf"].append({"type": "string"})
    return {"$schema": SCHEMA_DIALECT, **schema, "title": "Hondo run spec"}


def _short_layer(layer: LayerSpec, *, full: bool) -> Any:
    """A layer as a person writes it: `flatten`, `dense: 10`, or its options on one line, the main one first."""
    kind, options = layer.kind, layer.options
    written = options.written() if full else options.model_dump(mode="json", exclude_defaults=True)
    main = main_keys().get(kind)
    if main is not None:
        written = {main: options.written()[main], **written}
    if not written:
        return kind
    shown = {name: _one_for_both(value) for name, value in written.items()}
    return {kind: shown[main] if main is not None and list(shown) == [main] else Inline(shown)}


def _short_graph(graph: GraphSpec, written: dict[str, Any], *, full: bool) -> dict[str, Any]:
    """A graph with its layers, and outputs of their own, as a person writes them."""
    layers = []
    for layer in graph.layers:
        wiring = {key: value for key, value in (("name", layer.name), ("from", _one_name(layer.sources))) if value}
        short = _short_layer(layer, full=full)
        if not wiring and isinstance(short, str):
            layers.append(short)
            continue
        entry = wiring | (short if isinstance(short, dict) else {short: Inline()})
        layers.append(Inline(entry) if len(str(entry)) < _LINE else entry)
    short_graph = {**written, "layers": layers}
    if isinstance(graph.outputs, dict):
        short_graph["outputs"] = {
            name: Inline({key: _one_name(value) for key, value in output.items()})
            for name, output in written["outputs"].items()
        }
    return short_graph


def _one_name(names: Any) -> Any:
    """A list of one name as the name."""
    return names[0] if isinstance(names, (list, tuple)) and len(names) == 1 else names and _plain_list(names)


def _plain_list(names: Any) -> Any:
    return names if isinstance(names, (str, float)) else _InlineList(names)


def _one_for_both(value: Any) -> Any:
    """A pair of equal numbers as one."""
    return value[0] if isinstance(value, list) and len(set(value)) == 1 else inline_lists(value)


def inline_lists(value: Any) -> Any:
    """Mark lists of plain values, and options of layers, to be written on one line."""
    if isinstance(value, Inline):
        return value
    if isinstance(value, dict):
        return {key: inline_lists(item) for key, item in value.items()}
    if isinstance(value, list):
        items = [inline_lists(item) for item in value]
        nested = any(isinstance(item, dict) for item in items)
        return items if nested else _InlineList(items)
    return value


def _allow_one_for_both(option: dict[str, Any]) -> None:
    """Let one whole number stand for a pair of equal ones."""
    branches = option.get("anyOf", [option])
    if not any("prefixItems" in branch for branch in branches):
        return
    kept = {key: option[key] for key in ("title", "description", "default") if key in option}
    branches = [{key: value for key, value in branch.items() if key not in kept} for branch in branches]
    option.clear()
    option.update(kept, anyOf=[{"type": "integer", "minimum": 1}, *branches])


def _allow_one_name(schema: Any) -> None:
    """Wherever a list of names may stand, let one name stand too."""
    if isinstance(schema, list):
        for item in schema:
            _allow_one_name(item)
    if not isinstance(schema, dict):
        return
    for item in schema.values():
        _allow_one_name(item)
    branches = schema.get("anyOf", [])
    for branch in list(branches):
        if branch.get("type") == "array" and branch.get("items") == {"type": "string"}:
            branch["items"] = {"type": ["string", "integer"]}
            branches.insert(0, {"type": ["string", "integer"]})


def _layer_schema(
    layer: Mapping[str, Any], parts: Mapping[str, Any], beside: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """One layer: a bare kind, or one key with its options or with its main option alone.

    ``beside`` it other keys may stand, each described by the part of that name.
    """
    bare: list[str] = []
    written: list[dict[str, Any]] = []
    others = {key: {"$ref": f"#/$defs/{part}"} for key, part in (beside or {}).items()}
    for kind, described in layer["properties"].items():
        reference = next(branch for branch in described["anyOf"] if "$ref" in branch)
        options = parts[reference["$ref"].removeprefix("#/$defs/")]
        accepted = [reference]
        if kind in main_keys():
            accepted.append(options["properties"][main_keys()[kind]])
        if not options.get("required"):
            bare.append(kind)
            accepted.append({"type": "null"})
        written.append(
            {
                "type": "object",
                "description": described.get("description", ""),
                "properties": {kind: {"anyOf": accepted}, **others},
                "required": [kind],
                "additionalProperties": False,
            }
        )
    return {
        "title": layer["title"],
        "description": layer["description"],
        "anyOf": [{"enum": bare}, *written],
    }
