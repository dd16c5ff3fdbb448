"""What a form about a spec asks for, read off the spec's own models, so that none of it is written twice."""

import re
import types
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from hondo.core.errors import SpecError
from hondo.core.language import language
from hondo.core.spec import RunSpec, SpecPart
from hondo.core.spec.layers import LayerSpec, expand_layer
from hondo.experiments.specs.strictyaml import KeyPath, read_yaml
from hondo.lab.pages.experiments.words import SPANISH

Kind = Literal["choice", "flag", "text", "value", "list", "part"]
"""choice: one of some words. flag: true or false. text: as it is written. value: a number or whatever YAML says. list:
several values with commas between them. part: keys of its own."""

SECTIONS = ("data", "preprocess", "augment", "model", "learn", "train")
LEFT_OUT = {
    "model": {"layers", "graph", "python", "given", "preset", "pretrained", "transfer"},
    "data": {"name", "path"},
}
"""What the form shows in ways of its own, or leaves to the YAML."""
FIRST = {
    "data": ("target", "validation", "test"),
    "preprocess": ("scale", "standardise", "resize", "flatten"),
    "augment": ("rotation", "zoom", "shift", "horizontal_flip"),
    "model": ("hidden", "filters", "kernel_size", "activation", "dropout", "backbone", "fine_tune"),
    "learn": ("optimizer", "learning_rate", "schedule", "loss", "metrics"),
    "train": ("epochs", "batch_size", "seed", "early_stopping"),
}
"""What is asked first; the rest stands behind 'more'."""
_ONLY_PRESETS = ("initializer",)


@dataclass(frozen=True)
class Field:
    """One thing to fill in.

    Attributes:
        path: where it stands in the spec.
        kind: how it is filled in; see :data:`Kind`.
        help: what it is, in the reader's language.
        default: what holds where it is left out, as it is written; empty where that follows from the rest.
        choices: the words to choose from.
        optional: whether it may be left out.
        only: names of choices beside it with which alone it is read; empty for all.
        fields: those of a part.
    """

    path: KeyPath
    kind: Kind
    help: str
    default: str
    choices: tuple[str, ...] = ()
    optional: bool = False
    only: frozenset[str] = frozenset()
    fields: tuple["Field", ...] = ()

    @property
    def name(self) -> str:
        """Its key."""
        return str(self.path[-1])


def fields_of(part: type[SpecPart], path: KeyPath = (), *, without: Sequence[str] = ()) -> tuple[Field, ...]:
    """The fields of a part of a spec, in the language in force."""
    words = _choices_in(part)
    found = []
    for name, field in part.model_fields.items():
        if name in without:
            continue
        help_text = field.description or ""
        if language() == "es":
            help_text = SPANISH.get(f"{part.__name__}.{name}", help_text)
        help_text = help_text.replace("`", "").replace("\n", " ")
        kind, choices, inner = _kind(field.annotation)
        only = {word.strip() for word in (field.description or "").partition(":")[0].split(",")} & words
        if name in _ONLY_PRESETS:
            only = {"perceptron", "mlp", "cnn", "residual"}
        default = "" if field.is_required() else written(field.default)
        nested = fields_of(inner, (*path, name)) if inner is not None else ()
        optional = field.default is None
        found.append(Field((*path, name), kind, help_text, default, choices, optional, frozenset(only), nested))
    return tuple(found)


def section(name: str) -> tuple[Field, ...]:
    """The fields of a section of a spec."""
    return fields_of(_part_in(RunSpec.model_fields[name].annotation), (name,), without=tuple(LEFT_OUT.get(name, ())))


def layer_fields(kind: str, path: KeyPath) -> tuple[Field, ...]:
    """The fields of a layer of some kind that stands at a path."""
    return fields_of(_part_in(LayerSpec.model_fields[kind].annotation), (*path, kind))


@cache
def layer_kinds() -> tuple[str, ...]:
    """All kinds of layers."""
    return LayerSpec.kinds()


def layer_of(entry: Any) -> tuple[str, Mapping[str, Any]] | None:
    """A layer's kind and options as they are written, shorthand opened; None for what is no layer."""
    opened = expand_layer(entry)
    if isinstance(opened, Mapping):
        for kind, options in opened.items():
            if kind in layer_kinds() and isinstance(options, Mapping):
                return kind, options
    return None


def value_at(data: Any, path: KeyPath) -> Any:
    """What a spec as it was written says at a path, shorthand opened; None where it says nothing."""
    node = data
    for place, key in enumerate(path):
        if isinstance(node, Mapping):
            node = node.get(str(key))
        elif isinstance(node, list) and isinstance(key, int) and key < len(node):
            node = node[key]
            if path[:place] == ("model", "layers"):
                node = expand_layer(node)
        elif key == "kind" and path[place - 1] == "schedule":
            return node
        else:
            return None
    return node


def written(value: Any) -> str:
    """A value as a field shows it."""
    if value is None or isinstance(value, SpecPart):
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (list, tuple)):
        return ", ".join(written(each) for each in value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {written(each)}" for key, each in value.items()) + "}"
    return str(value)


def read(field: Field, shown: str | bool) -> Any:
    """What was filled in as a value of the spec; None for nothing.

    What cannot be read stays text, so that checking the spec says what is wrong with it.
    """
    if isinstance(shown, bool):
        return shown
    shown = shown.strip()
    if not shown:
        return None
    if field.kind in ("text", "choice"):
        return {"true": True, "false": False}.get(shown, shown) if set(field.choices) == {"true", "false"} else shown
    listed = field.kind == "list" and not shown.startswith("[")
    try:
        value = read_yaml(f"[{shown}]" if listed or ("," in shown and shown[0] not in "[{") else shown, "").value
    except SpecError:
        return shown
    return shown if value is None else value


def _kind(annotation: Any) -> tuple[Kind, tuple[str, ...], type[SpecPart] | None]:
    branches = [each for each in _branches(annotation) if each is not type(None)]
    parts = [each for each in branches if isinstance(each, type) and issubclass(each, SpecPart)]
    if parts:
        return "part", (), parts[0]
    if all(get_origin(each) is Literal for each in branches):
        return "choice", tuple(str(word) for each in branches for word in get_args(each)), None
    if branches == [bool]:
        three = type(None) in _branches(annotation)
        return ("choice", ("true", "false"), None) if three else ("flag", (), None)
    if branches == [str]:
        return "text", (), None
    listed = any(get_origin(each) is tuple for each in branches)
    return ("list" if listed and len(branches) == 1 else "value"), (), None


def _branches(annotation: Any) -> list[Any]:
    if get_origin(annotation) is Annotated:
        return _branches(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        return [branch for each in get_args(annotation) for branch in _branches(each)]
    return [annotation]


def _part_in(annotation: Any) -> type[SpecPart]:
    return next(each for each in _branches(annotation) if isinstance(each, type) and issubclass(each, SpecPart))


def _choices_in(part: type[SpecPart]) -> set[str]:
    """The words by which a part's fields may say what they belong to: choices, and keys of the part itself."""
    words = {word for field in part.model_fields.values() for word in _kind(field.annotation)[1]}
    return words | {name for name in part.model_fields if re.fullmatch(r"pretrained|cutout", name)}
