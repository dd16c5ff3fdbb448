"""From pydantic's complaints to one error that its reader can act on, in the reader's language.

Pydantic speaks English, names Python's types, and reports each branch of a union on its own. A reader needs the line,
the key as written, what came, what was expected, and the nearest right name.
"""

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, get_args, get_origin

from pydantic import ValidationError

from hondo.core.errors import SpecError, SpecProblem, nearest
from hondo.core.language import tr
from hondo.core.spec import RunSpec, SpecPart
from hondo.experiments.specs.strictyaml import KeyPath, show_path


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, at ``path``, and how to mend it."""

    path: KeyPath
    text: str
    hint: str = ""


@dataclass(frozen=True)
class Origin:
    """Where a spec's values were written.

    Attributes:
        name: what to call the source, such as the file's name; empty where there is none.
        lines: the line of each path in that source.
        overrides: the override that set each path, as it was written.
    """

    name: str = ""
    lines: Mapping[KeyPath, int] = field(default_factory=dict)
    overrides: Mapping[KeyPath, str] = field(default_factory=dict)

    def line(self, path: KeyPath) -> int | None:
        """The line of ``path``, or of the nearest key above it that was written."""
        return next((self.lines[path[:n]] for n in range(len(path), 0, -1) if path[:n] in self.lines), None)

    def where(self, path: KeyPath) -> str:
        """Where the reader finds ``path``: a file and line, or an override."""
        for n in range(len(path), 0, -1):
            if path[:n] in self.overrides:
                return repr(self.overrides[path[:n]])
            if path[:n] in self.lines:
                break
        line = self.line(path)
        if line is None:
            return self.name
        prefix = f"{self.name}, " if self.name else ""
        return tr(f"{prefix}line {line}", f"{prefix}línea {line}")


def spec_error(problems: Iterable[Problem], origin: Origin) -> SpecError:
    """One error that lists all problems, in the order of their lines."""
    ordered = sorted(problems, key=lambda problem: origin.line(problem.path) or 0)
    located = [
        (f"{where}: {problem.text}" if (where := origin.where(problem.path)) else problem.text, problem.hint)
        for problem in ordered
    ]
    if len(located) == 1:
        error = SpecError(*located[0])
    else:
        count = tr(f"the spec has {len(located)} problems:", f"la especificación tiene {len(located)} problemas:")
        error = SpecError("\n".join([count, *(f"  {'. '.join(filter(None, pair))}" for pair in located)]))
    error.problems = tuple(
        SpecProblem(show_path(each.path), origin.line(each.path), each.text, each.hint) for each in ordered
    )
    return error


def problems_of(error: ValidationError, data: Any) -> list[Problem]:
    """What pydantic found wrong with ``data``, told in the reader's terms."""
    found = [(*_real_path(item["loc"], item["type"], data), item) for item in error.errors(include_url=False)]
    problems: list[Problem] = []
    for union, group in groupby(found, key=lambda entry: entry[1]):
        if union is None:
            problems += [_problem(path, [item]) for path, _, item in group]
            continue
        branches = [(path, item) for path, _, item in group]
        # Where one branch of a union got further than the others, it is the one that was meant.
        depth = max(len(path) for path, _ in branches)
        deepest: dict[KeyPath, list[Any]] = {}
        for path, item in branches:
            if len(path) == depth:
                deepest.setdefault(path, []).append(item)
        problems += [_problem(path, items) for path, items in deepest.items()]
    return problems


def _real_path(location: KeyPath, kind: str, data: Any) -> tuple[KeyPath, KeyPath | None]:
    """Split pydantic's location into the path as written, and the path of the first union on the way (or None).

    Pydantic puts the name of each branch of a union into the location, as if it were a key.
    """
    path: KeyPath = ()
    union: KeyPath | None = None
    for position, key in enumerate(location, start=1):
        is_key = isinstance(key, int) or key in _known_keys(path) or (isinstance(data, Mapping) and key in data)
        names_key = kind in ("extra_forbidden", "missing") and position == len(location)
        if not (is_key or names_key):
            union = path if union is None else union
            continue
        path = (*path, key)
        if isinstance(data, Mapping):
            data = data.get(key)
        elif isinstance(key, int) and isinstance(data, (list, tuple)) and key < len(data):
            data = data[key]
        else:
            data = None
    return path, union


def _problem(path: KeyPath, items: list[Any]) -> Problem:
    """One problem from one complaint, or from those of all branches of a union."""
    kind, shown = items[0]["type"], show_path(path)
    if kind in ("unused", "combination"):
        context = items[0]["ctx"]
        keys = context["key"].split(".") if context["key"] else []
        below = (*path, *(int(key) if key.isdecimal() else key for key in keys))
        return Problem(below, f"{show_path(path)}: {context['text']}" if path else context["text"])
    if kind == "extra_forbidden":
        return _unknown(path)
    if kind == "missing" and isinstance(path[-1], int):
        shown = show_path(path[:-1])
        return Problem(path[:-1], tr(f"{shown!r} has too few values", f"{shown!r} tiene muy pocos valores"))
    if kind == "missing":
        return Problem(path, tr(f"{shown!r} is missing", f"falta {shown!r}"))
    expected = list(dict.fromkeys(phrase for item in items for phrase in _expected(item, path)))
    if {_NUMBER({}), _WHOLE({})} <= set(expected):
        expected.remove(_WHOLE({}))
    *others, last = expected
    choices = f"{', '.join(others)}{tr(' or ', ' o ')}{last}" if others else last
    came = items[0]["input"]
    text = tr(
        f"{shown!r} should be {choices}; got {_show(came)}",
        f"{shown!r} debería ser {choices}; se recibió {_show(came)}",
    )
    options = [option.strip("'") for option in expected if option.startswith("'")]
    return Problem(path, text, nearest(came, options) if isinstance(came, str) and _similar(came, options) else "")


def _unknown(path: KeyPath) -> Problem:
    key, known = str(path[-1]), _known_keys(path[:-1])
    if "dense" in known:
        text = tr(
            f"{show_path(path)!r}: no layer is called {key!r}", f"{show_path(path)!r}: ninguna capa se llama {key!r}"
        )
    else:
        text = tr(f"{show_path(path)!r} is not a known key", f"{show_path(path)!r} no es una clave conocida")
    homes = [name for name in RunSpec.model_fields if key in _known_keys((name,))]
    if len(path) == 1 and homes:
        homes_text = tr(" or ", " o ").join(repr(home) for home in homes)
        return Problem(path, text, tr(f"It belongs under {homes_text}.", f"Va dentro de {homes_text}."))
    return Problem(path, text, nearest(key, known))


def _similar(name: str, known: Iterable[str]) -> bool:
    """Whether a known name resembles ``name``."""
    return bool(difflib.get_close_matches(name, list(known), n=1, cutoff=0.6))


def _known_keys(path: KeyPath) -> list[str]:
    """The keys that a spec knows at ``path``."""
    parts: list[type[SpecPart]] = [RunSpec]
    named = False  # whether the next key is a name that the author chose
    for key in path:
        if isinstance(key, str) and not named:
            annotations = [part.model_fields[key].annotation for part in parts if key in part.model_fields]
            parts = [below for annotation in annotations for below in _parts(annotation)]
            named = any(_holds_names(annotation) for annotation in annotations)
        elif isinstance(key, str):
            named = False
    if named:
        return []
    return [field.alias or name for part in parts for name, field in part.model_fields.items()]


def _holds_names(annotation: Any) -> bool:
    """Whether an annotation mentions a mapping from names of the author's own."""
    return get_origin(annotation) is dict or any(_holds_names(argument) for argument in get_args(annotation))


def _parts(annotation: Any) -> Iterator[type[SpecPart]]:
    """The parts of a spec that an annotation mentions."""
    if isinstance(annotation, type) and issubclass(annotation, SpecPart):
        yield annotation
    for argument in get_args(annotation):
        yield from _parts(argument)


def _expected(item: Mapping[str, Any], path: KeyPath) -> list[str]:
    """What a value should have been, in words; several for a choice."""
    kind, context = item["type"], item.get("ctx", {})
    if kind == "literal_error":
        return [option.strip() for option in context["expected"].replace(" or ", ", ").split(", ")]
    if path == ("name",) and kind == "string_pattern_mismatch":
        return [
            tr(
                "up to 80 letters, digits, dots, dashes and underscores that begin with a letter or digit",
                "hasta 80 letras, cifras, puntos, guiones y guiones bajos que empiecen por letra o cifra",
            )
        ]
    phrase = _PHRASES.get(kind)
    return [phrase(context) if phrase else item["msg"]]


def _show(value: Any) -> str:
    """A value as its author would write it, shortened."""
    if value is None:
        return tr("nothing", "nada")
    if isinstance(value, bool):
        return str(value).lower()
    shown = repr(value)
    return shown if len(shown) <= 60 else f"{shown[:57]}..."


def _number(context: Mapping[str, Any], key: str) -> str:
    return f"{context[key]:g}"


def _say(en: str, es: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda _: tr(en, es)


_WHOLE = _say("a whole number", "un número entero")
_NUMBER = _say("a number", "un número")
_TRUTH = _say("true or false", "true o false")
_LIST = _say("a list", "una lista")
_SECTION = _say("keys with values", "claves con valores")
_PHRASES: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "int_parsing": _WHOLE,
    "int_parsing_size": _WHOLE,
    "int_type": _WHOLE,
    "int_from_float": _WHOLE,
    "float_parsing": _NUMBER,
    "float_type": _NUMBER,
    "finite_number": _say("a finite number", "un número finito"),
    "bool_parsing": _TRUTH,
    "bool_type": _TRUTH,
    "string_type": _say("text", "texto"),
    "string_pattern_mismatch": lambda c: tr(f"text of the form {c['pattern']}", f"texto de la forma {c['pattern']}"),
    "greater_than": lambda c: tr(f"a number above {_number(c, 'gt')}", f"un número mayor que {_number(c, 'gt')}"),
    "greater_than_equal": lambda c: tr(
        f"a number of at least {_number(c, 'ge')}", f"un número mayor o igual que {_number(c, 'ge')}"
    ),
    "less_than": lambda c: tr(f"a number below {_number(c, 'lt')}", f"un número menor que {_number(c, 'lt')}"),
    "less_than_equal": lambda c: tr(
        f"a number of at most {_number(c, 'le')}", f"un número menor o igual que {_number(c, 'le')}"
    ),
    "tuple_type": _LIST,
    "list_type": _LIST,
    "too_long": lambda c: tr(
        f"a list of {c['max_length']}, not {c['actual_length']}",
        f"una lista de {c['max_length']}, no de {c['actual_length']}",
    ),
    "model_type": _SECTION,
    "model_attributes_type": _SECTION,
    "dict_type": _SECTION,
}
