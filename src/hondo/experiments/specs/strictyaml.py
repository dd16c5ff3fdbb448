"""YAML as a spec needs it: strict, safe, and with the line of every key.

Three things differ from ``yaml.safe_load``. Plain scalars follow YAML 1.2, so that ``1e-3`` is a number, and ``no`` and
``010`` are what they look like. A key that occurs twice is refused rather than half ignored. Every key and entry keeps
its line, so that an error found later can point at it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from hondo.core.errors import SpecError
from hondo.core.language import tr

KeyPath = tuple[str | int, ...]

_MOST_VALUES = 20_000
_DEEPEST = 40
_STR, _INT, _NULL, _MERGE = (f"tag:yaml.org,2002:{kind}" for kind in ("str", "int", "null", "merge"))
# YAML 1.2, section 10.3.2: what an unquoted scalar is, and the characters it can begin with.
_CORE_SCHEMA = [
    (_NULL, r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("tag:yaml.org,2002:bool", r"^(?:true|True|TRUE|false|False|FALSE)$", list("tTfF")),
    (_INT, r"^(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$", list("-+0123456789")),
    (
        "tag:yaml.org,2002:float",
        r"^(?:[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$",
        list("-+.0123456789"),
    ),
    (_MERGE, r"^<<$", ["<"]),
]


class _Loader(yaml.SafeLoader):
    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - PyYAML's own attribute, filled below


class SpecDumper(yaml.SafeDumper):
    """Quotes exactly what :func:`read_yaml` would otherwise read as something other than text."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - PyYAML's own attribute, filled below

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """Indent the entries of a list below its key."""
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        """Write equal parts out twice rather than as anchors."""
        return True


def _integer(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> int:
    text = node.value
    try:
        return int(text, 0) if text.startswith(("0o", "0x")) else int(text)
    except ValueError as error:  # Python limits the digits of a number that it reads
        raise yaml.constructor.ConstructorError(None, None, "a number with too many digits", node.start_mark) from error


_PATTERNS = {tag: re.compile(pattern) for tag, pattern, _ in _CORE_SCHEMA}
for _class in (_Loader, SpecDumper):
    for _tag, _, _first in _CORE_SCHEMA:
        _class.add_implicit_resolver(_tag, _PATTERNS[_tag], _first)
_Loader.add_constructor(_INT, _integer)


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    """Text as YAML; what PyYAML would write as it is but read as the end of a line is escaped."""
    return dumper.represent_scalar(_STR, text, style='"' if any(end in text for end in "\x85\u2028\u2029") else None)


SpecDumper.add_representer(str, _text)


@dataclass(frozen=True)
class Document:
    """What a YAML text says, and where.

    Attributes:
        value: the data; keys of mappings are always text.
        lines: the line (from 1) of each key and each entry of a list, by its path.
        empty: the paths of keys after which nothing is written.
    """

    value: Any
    lines: dict[KeyPath, int] = field(default_factory=dict)
    empty: tuple[KeyPath, ...] = ()


def read_yaml(text: str, name: str) -> Document:
    """Read one YAML document.

    Args:
        text: the YAML.
        name: what errors call it, such as the file's name.

    Returns:
        The data with their lines; the value is None for a text without content.

    Raises:
        SpecError: not valid YAML, a key twice, a tag that makes objects, or far too much in it.

    Example:
        >>> document = read_yaml("train:\\n  epochs: 5", "example")
        >>> document.value, document.lines["train", "epochs"]
        ({'train': {'epochs': 5}}, 2)
    """
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
        if node is None:
            return Document(None)
        marks = list(_walk(node, (), name, [_MOST_VALUES]))
        value = loader.construct_document(node)
    except yaml.YAMLError as error:
        raise _syntax_error(error, name) from error
    except RecursionError as error:
        raise _too_much(name) from error
    lines = {path: line for path, line, _ in reversed(marks)}  # what is written first wins over what '<<' brings in
    return Document(value, lines, tuple(path for path, _, empty in marks if empty))


def tree_of(text: str) -> yaml.Node | None:
    """The nodes of a YAML document that :func:`read_yaml` accepts, with the places where they are written."""
    return _Loader(text).get_single_node()


def _walk(node: yaml.Node, path: KeyPath, name: str, budget: list[int]) -> Iterator[tuple[KeyPath, int, bool]]:
    """Each key and entry below ``node``: its path, its line, and whether nothing is written there.

    Keys become text on the way. What an alias repeats counts each time, so a small text cannot stand for a huge one.
    """
    budget[0] -= 1
    if budget[0] < 0 or len(path) > _DEEPEST:
        raise _too_much(name)
    _check_tag(node)
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield (*path, index), _line(item), False
            yield from _walk(item, (*path, index), name, budget)
    elif isinstance(node, yaml.MappingNode):
        seen: dict[str, int] = {}
        merged: list[yaml.Node] = []
        for key, value in node.value:
            if key.tag == _MERGE:
                merged += value.value if isinstance(value, yaml.SequenceNode) else [value]
                continue
            _check_key(key, seen, path, name)
            below = (*path, key.value)
            yield below, _line(key), value.tag == _NULL and not value.value
            yield from _walk(value, below, name, budget)
        for part in merged:
            yield from _walk(part, path, name, budget)


def _check_tag(node: yaml.Node) -> None:
    """A value is what it looks like: a tag may neither make an object nor call something a number that is none."""
    fits = {
        yaml.MappingNode: node.tag == "tag:yaml.org,2002:map",
        yaml.SequenceNode: node.tag == "tag:yaml.org,2002:seq",
        yaml.ScalarNode: node.tag == _STR or (node.tag in _PATTERNS and _PATTERNS[node.tag].match(str(node.value))),
    }
    if not fits[type(node)]:
        problem = f"the tag {node.tag!r} does not fit here"
        raise yaml.constructor.ConstructorError(None, None, problem, node.start_mark)


def _check_key(key: yaml.Node, seen: dict[str, int], path: KeyPath, name: str) -> None:
    """A key is text and occurs once."""
    line = _line(key)
    if not isinstance(key, yaml.ScalarNode):
        raise SpecError(
            tr(f"{name}, line {line}: a key must be text", f"{name}, línea {line}: una clave debe ser texto")
        )
    key.tag = _STR
    if key.value in seen:
        full, first = show_path((*path, key.value)), seen[key.value]
        raise SpecError(
            tr(
                f"{name}, line {line}: {full!r} is already given on line {first}",
                f"{name}, línea {line}: {full!r} ya está en la línea {first}",
            ),
            tr("Keep one of the two.", "Deje solo una de las dos."),
        )
    seen[key.value] = line


def show_path(path: KeyPath) -> str:
    """A path as overrides write it.

    Example:
        >>> show_path(("model", "layers", 0, "dense"))
        'model.layers.0.dense'
    """
    return ".".join(map(str, path))


def _line(node: yaml.Node) -> int:
    return node.start_mark.line + 1


def _syntax_error(error: yaml.YAMLError, name: str) -> SpecError:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
    where = name
    if mark is not None:
        line, column = mark.line + 1, mark.column + 1
        where = tr(f"{name}, line {line}, column {column}", f"{name}, línea {line}, columna {column}")
    text = tr(f"{where}: not valid YAML ({problem})", f"{where}: no es YAML válido ({problem})")
    if isinstance(error, yaml.constructor.ConstructorError):
        plain = tr(
            "A spec is made of plain text, numbers, true, false, null, lists and keys with values.",
            "Una especificación se compone de texto, números, true, false, null, listas y claves con valores.",
        )
        return SpecError(text, plain)
    return SpecError(
        text,
        tr(
            "Check the indentation (spaces, no tabs), a space after each colon, and quotes around special characters.",
            "Revise la sangría (espacios, sin tabuladores), el espacio tras cada dos puntos y las comillas en torno a "
            "caracteres especiales.",
        ),
    )


def _too_much(name: str) -> SpecError:
    return SpecError(
        tr(
            f"{name}: too large or too deeply nested for a spec",
            f"{name}: demasiado grande o anidado para una especificación",
        ),
        tr("Aliases (*name) repeat all they stand for.", "Los alias (*nombre) repiten todo lo que representan."),
    )
