"""Change one value in a YAML text and leave the rest as its author wrote it: comments, order, spacing.

PyYAML says where every node is written, so a change is a cut in the text. What comes out is read again: where it does
not say exactly what it should (an anchor was cut, say), the whole is written anew, without comments but right.
"""

import re
from collections.abc import Iterable
from copy import deepcopy
from typing import Any

import yaml

from hondo.core.errors import SpecError
from hondo.core.language import tr
from hondo.core.spec import RunSpec
from hondo.experiments.specs.read import open_shorthand
from hondo.experiments.specs.strictyaml import KeyPath, SpecDumper, read_yaml, tree_of
from hondo.experiments.specs.write import Inline, inline_lists

_SECTIONS = tuple(RunSpec.model_fields)
_OPTIONAL = ("preprocess", "learn", "train")  # sections that are the same when empty as when left out
_ALIAS = re.compile(r"\s*:?\s*\*[^\s,\]}]+")


def edit_yaml(text: str, path: KeyPath, value: Any) -> str:
    """Set one value, or take it out.

    Args:
        text: valid YAML with keys and values, or nothing.
        path: where the value belongs; sections on the way are made, shorthand is opened. In a list, the place after
            the last appends.
        value: plain data; None takes the key or entry out.

    Returns:
        YAML that says the same as before but for this value.

    Raises:
        SpecError: the text is not valid YAML, or the path leads through something that has no keys inside.

    Example:
        >>> print(edit_yaml("train:\\n  epochs: 5  # quick\\n", ("train", "seed"), 3), end="")
        train:
          epochs: 5  # quick
          seed: 3
    """
    before = read_yaml(text, "spec").value or {}
    if not isinstance(before, dict):
        raise _nowhere(path)
    wanted = deepcopy(before)
    try:
        steps = list(_steps(wanted, path, value))
        for step, part in steps:
            _put(wanted, step, part)
    except (TypeError, ValueError, LookupError) as error:  # a name in a list, a place that is not there
        raise _nowhere(path) from error
    if _same(wanted, before):
        return text
    try:
        edited = text
        for step, part in steps:
            edited = _cut(edited, step, part)
        if _same(read_yaml(edited, "spec").value, wanted):
            return edited
    except (SpecError, yaml.YAMLError, LookupError):
        pass
    return yaml.dump(_laid_out(wanted), Dumper=SpecDumper, sort_keys=False, allow_unicode=True, width=120)


def _nowhere(path: KeyPath) -> SpecError:
    shown = ".".join(map(str, path))
    return SpecError(
        tr(f"{shown!r} leads nowhere in this spec", f"{shown!r} no lleva a ningún lugar de esta especificación"),
        tr("Mend what stands above it first.", "Corrija antes lo que está por encima."),
    )


def _steps(data: Any, path: KeyPath, value: Any) -> Iterable[tuple[KeyPath, Any]]:
    """The change as one that meets a mapping or list where it cuts: shorthand opened, missing sections made whole."""
    node: Any = data
    for depth, key in enumerate(path[:-1]):
        inner = node.get(key) if isinstance(node, dict) else node[key] if int(key) < len(node) else None
        if isinstance(inner, (dict, list)):
            node = inner
            continue
        if value is None and inner is None:
            return
        here, rest = path[: depth + 1], path[depth + 1 :]
        opened: Any = {} if inner is None else open_shorthand(inner, here, ".".join(map(str, path)))
        _put(opened, rest, value)
        yield here, opened
        return
    if value is None and isinstance(node, dict) and set(node) == {path[-1]} and len(path) > 1:
        optional = len(path) == 2 and path[0] in _OPTIONAL
        yield path[:-1], None if optional else {}
        return
    yield path, value


def _put(data: Any, path: KeyPath, value: Any) -> None:
    for key in path[:-1]:
        data = data.setdefault(key, {}) if isinstance(data, dict) else data[key]
    last: Any = path[-1]
    if isinstance(data, dict):
        if value is None:
            data.pop(last, None)
        else:
            data[last] = deepcopy(value)
    elif value is None:
        del data[last]
    elif last == len(data):
        data.append(deepcopy(value))
    else:
        data[last] = deepcopy(value)


def _same(found: Any, wanted: Any) -> bool:
    """Whether two values are equal and of one type, so that 1 is not true; the order of keys does not count."""
    if type(found) is not type(wanted) or not isinstance(found, (dict, list)):
        return type(found) is type(wanted) and found == wanted
    if isinstance(found, dict):
        return found.keys() == wanted.keys() and all(_same(part, wanted[key]) for key, part in found.items())
    return len(found) == len(wanted) and all(map(_same, found, wanted))


def _cut(text: str, path: KeyPath, value: Any) -> str:
    root = tree_of(text)
    if root is None:
        return text + ("" if text.endswith("\n") or not text else "\n") + _block({str(path[0]): value}, 0)
    node: Any = root
    for key in path[:-1]:
        node = _child(node, key)
    last: Any = path[-1]
    if isinstance(node, yaml.SequenceNode):
        return _cut_entry(text, node, int(last), value)
    pair = next((each for each in node.value if each[0].value == last), None)
    if pair is None:
        return _insert(text, node, last, value, root=len(path) == 1)
    if value is None:
        return _take_out(text, node, pair)
    return _replace(text, pair, value)


def _child(node: Any, key: str | int) -> Any:
    if isinstance(node, yaml.SequenceNode):
        return node.value[int(key)]
    return next(value for name, value in node.value if name.value == key)


def _replace(text: str, pair: tuple[Any, Any], value: Any) -> str:
    key, node = pair
    start, end = node.start_mark.index, _end(text, pair)
    if start < key.end_mark.index or _is_block(node):
        colon = text.index(":", key.end_mark.index)  # an alias, whose own place is elsewhere, or lines below the key
        if isinstance(value, dict) and value:
            return f"{text[: colon + 1]}\n{_block(value, key.start_mark.column + 2).rstrip()}{text[end:]}"
        return f"{text[: colon + 1]} {_flow(value)}{text[end:]}"
    space = " " if text[start - 1 : start] == ":" else ""
    return text[:start] + space + _flow(value) + text[end:]


def _insert(text: str, node: Any, key: str, value: Any, *, root: bool) -> str:
    if node.flow_style:
        close = node.end_mark.index - 1
        body = text[:close].rstrip()
        return f"{body}{', ' if node.value else ''}{_flow({key: value})[1:-1]}{text[close:]}"
    before = node.value
    if root and key in _SECTIONS:
        earlier = _SECTIONS[: _SECTIONS.index(key)]
        before = [pair for pair in node.value if pair[0].value in earlier] or node.value
    place = _line_end(text, max(_end(text, pair) for pair in before))
    line_break = "" if text[:place].endswith("\n") else "\n"
    return text[:place] + line_break + _block({key: value}, node.value[0][0].start_mark.column) + text[place:]


def _take_out(text: str, node: Any, pair: tuple[Any, Any]) -> str:
    key = pair[0]
    if not node.flow_style:
        return text[: text.rfind("\n", 0, key.start_mark.index) + 1] + text[_line_end(text, _end(text, pair)) :]
    place = node.value.index(pair)
    if place + 1 < len(node.value):
        return text[: key.start_mark.index] + text[node.value[place + 1][0].start_mark.index :]
    start = _end(text, node.value[place - 1]) if place else key.start_mark.index
    return text[:start] + text[_end(text, pair) :]


def _cut_entry(text: str, node: Any, place: int, value: Any) -> str:
    """Replace, append or take out an entry of a list."""
    entries = node.value
    entry = _flow(value)
    if isinstance(value, dict) and len(value) == 1 and not node.flow_style:
        entry = entry[1:-1]
    if place < len(entries) and value is not None:
        start, end = entries[place].start_mark.index, _end(text, (None, entries[place]))
        return text[:start] + entry + text[end:]
    if node.flow_style:
        raise LookupError  # written anew; lists on one line hold no comments
    if value is not None:
        at = _line_end(text, _end(text, (None, entries[-1])))
        line_break = "" if text[:at].endswith("\n") else "\n"
        return f"{text[:at]}{line_break}{' ' * node.start_mark.column}- {entry}\n{text[at:]}"
    start = text.rfind("\n", 0, entries[place].start_mark.index) + 1
    return text[:start] + text[_line_end(text, _end(text, (None, entries[place]))) :]


def _end(text: str, pair: tuple[Any, Any]) -> int:
    """Where a key's value, or with no key an entry, ends; comments and empty lines after it are not part of it."""
    key, node = pair
    if key is not None and node.start_mark.index < key.end_mark.index:
        alias = _ALIAS.match(text, key.end_mark.index)
        return alias.end() if alias else key.end_mark.index
    if not _is_block(node):
        inside = text[node.start_mark.index : node.end_mark.index]
        return node.start_mark.index + len(inside.rstrip())
    parts = node.value if isinstance(node, yaml.MappingNode) else [(None, entry) for entry in node.value]
    return max((_end(text, part) for part in parts), default=node.end_mark.index)


def _is_block(node: Any) -> bool:
    return isinstance(node, yaml.CollectionNode) and not node.flow_style


def _line_end(text: str, place: int) -> int:
    """Where the line after the one at ``place`` begins."""
    found = text.find("\n", place)
    return len(text) if found < 0 else found + 1


def _flow(value: Any) -> str:
    listed = yaml.dump([value], Dumper=SpecDumper, default_flow_style=True, sort_keys=False, allow_unicode=True,
                       width=10**6)  # fmt: skip
    return listed.strip()[1:-1]


def _block(value: dict[str, Any], column: int) -> str:
    written = yaml.dump(_laid_out(value), Dumper=SpecDumper, sort_keys=False, allow_unicode=True, width=120)
    return "".join(" " * column + line for line in written.splitlines(keepends=True))


def _laid_out(value: Any) -> Any:
    """The value with plain lists, and the options of layers in a list, on one line each."""
    if isinstance(value, dict):
        return {key: _laid_out(part) for key, part in value.items()}
    if isinstance(value, list) and any(isinstance(entry, dict) for entry in value):
        return [
            {key: Inline(part) if isinstance(part, dict) else part for key, part in entry.items()}
            if isinstance(entry, dict)
            else entry
            for entry in value
        ]
    return inline_lists(value)
