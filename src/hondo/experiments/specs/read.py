"""From what people write (YAML, keyword arguments, ``--set``) to a validated run spec.

All ways in end in the same validation, so that a mistake gets the same explanation wherever it was made.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from hondo.core.errors import SpecError, nearest
from hondo.core.language import tr
from hondo.core.spec import RunSpec, SpecPart
from hondo.experiments.specs import builtin
from hondo.experiments.specs.problems import Origin, Problem, problems_of, spec_error
from hondo.experiments.specs.strictyaml import KeyPath, read_yaml, show_path
from hondo.experiments.specs.write import main_keys, spec_schema, spec_to_yaml

__all__ = ["parse_spec", "read_spec", "spec_from_keywords", "spec_schema", "spec_to_yaml"]

_LARGEST = 1_000_000
_DATA_SUFFIXES = (".csv", ".tsv", ".npz", ".zip")
_RUN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")


def read_spec(
    source: str | Path | Mapping[str, Any], overrides: Sequence[str] = (), *, allow_python: bool = True
) -> RunSpec:
    """Read a spec from wherever it is.

    Args:
        source: the name of a built-in experiment, a YAML file, or the data themselves. A file that does not say its
            ``name`` is called as the file is.
        overrides: ``path.to.key=value`` each, the value in YAML: ``train.epochs=5``, ``model.hidden=[64, 32]``.
            ``null`` takes a value back.
        allow_python: whether ``model.python`` may name code to run; False for specs from strangers.

    Returns:
        The spec, complete and valid.

    Raises:
        SpecError: no such file or name, not valid YAML, or anything in it that is wrong; all problems at once.

    Example:
        >>> read_spec("digits-mlp", ["train.epochs=2"]).train.epochs
        2
    """
    if isinstance(source, Mapping):
        return _validate(_plain(source), Origin(), overrides, allow_python)
    if isinstance(source, str) and source in builtin.names():
        return parse_spec(builtin.text(source), source, overrides, allow_python=allow_python)
    path = Path(source).expanduser()
    spec = parse_spec(_read_text(path, str(source)), path.name, overrides, allow_python=allow_python)
    unnamed = "name" not in spec.model_fields_set and _RUN_NAME.fullmatch(path.stem)
    return spec.model_copy(update={"name": path.stem}) if unnamed else spec


def parse_spec(text: str, name: str = "spec", overrides: Sequence[str] = (), *, allow_python: bool = True) -> RunSpec:
    """Read a spec from YAML text.

    Args:
        text: the YAML, at most a million characters.
        name: what errors call it, such as the file's name.
        overrides: see :func:`read_spec`.
        allow_python: whether ``model.python`` may name code to run.

    Raises:
        SpecError: everything that is wrong with it, with lines.
    """
    if len(text) > _LARGEST:
        raise _too_large(name)
    document = read_yaml(text, name)
    origin = Origin(name, document.lines)
    if document.value is None:
        raise SpecError(
            tr(f"{name} is empty", f"{name} está vacío"),
            tr(
                "Start from a built-in one: hondo spec show digits-mlp.",
                "Parta de una incluida: hondo spec show digits-mlp.",
            ),
        )
    if not isinstance(document.value, dict):
        kind = tr("a list", "una lista") if isinstance(document.value, list) else tr("a bare value", "un valor suelto")
        raise SpecError(
            tr(
                f"{name} should hold keys with values, not {kind}",
                f"{name} debería tener claves con valores, no {kind}",
            ),
            tr("For example 'data:' and 'model:'.", "Por ejemplo, 'data:' y 'model:'."),
        )
    # A key with nothing after it reads as null, which would silently mean "none"; its author hardly meant that.
    empty = [path for path in document.empty if not _below_layers(path)]
    problems = [
        Problem(
            path,
            tr(f"{show_path(path)!r} has no value", f"{show_path(path)!r} no tiene valor"),
            tr(
                "Write {} for all defaults, or null to do without it.",
                "Escriba {} para los valores predeterminados o null para prescindir de ella.",
            ),
        )
        for path in empty
    ]
    if problems:
        raise spec_error(problems, origin)
    return _validate(_plain(document.value), origin, overrides, allow_python)


def spec_from_keywords(**keywords: Any) -> RunSpec:
    """A spec from Python keyword arguments.

    Args:
        **keywords: the sections of a spec, as mappings or as parts of a spec. ``data`` may be a name or a path,
            ``model`` a preset or ``module:function``.

    Raises:
        SpecError: everything that is wrong with it.

    Example:
        >>> spec = spec_from_keywords(data="digits", model="mlp", train={"epochs": 3})
        >>> spec.data.name, spec.model.preset, spec.train.epochs
        ('digits', 'mlp', 3)
    """
    data, model = keywords.get("data"), keywords.get("model")
    if isinstance(data, (str, Path)):
        keywords["data"] = {"path": str(data)} if _is_path(data) else {"name": data}
    if isinstance(model, str):
        keywords["model"] = {"python": model} if ":" in model else {"preset": model}
    return _validate(_plain(keywords), Origin(), (), True)


def _validate(data: dict[str, Any], origin: Origin, overrides: Sequence[str], allow_python: bool) -> RunSpec:
    set_by: dict[KeyPath, str] = {}
    for override in overrides:
        _override(data, override, set_by)
    origin = replace(origin, overrides=set_by)
    try:
        spec = RunSpec.model_validate(data)
    except ValidationError as error:
        raise spec_error(problems_of(error, data), origin) from error
    if spec.model.python is not None and not allow_python:
        text = tr("Python code is not allowed in this spec", "en esta especificación no se admite código de Python")
        hint = tr("Use 'preset' or 'layers'.", "Use 'preset' o 'layers'.")
        raise spec_error([Problem(("model", "python"), text, hint)], origin)
    return spec


def _override(data: dict[str, Any], override: str, set_by: dict[KeyPath, str]) -> None:
    """Set one value in ``data``, and note in ``set_by`` what was set."""
    dotted, equals, written = override.partition("=")
    keys = [key.strip() for key in dotted.split(".")]
    if not equals or not all(keys) or not written.strip():
        raise SpecError(
            tr(f"override {override!r} is not key=value", f"{override!r} no tiene la forma clave=valor"),
            tr("For example train.epochs=5.", "Por ejemplo, train.epochs=5."),
        )
    value = _plain(read_yaml(written, repr(override)).value)
    node: Any = data
    path: KeyPath = ()
    for key in keys[:-1]:
        index = _index(node, key, path, override)
        path = (*path, index)
        if not isinstance(_get(node, index), (dict, list)):
            node[index] = open_shorthand(_get(node, index), path, override)
            set_by[path] = override
        node = node[index]
    last = _index(node, keys[-1], path, override)
    set_by[*path, last] = override
    if value is None and isinstance(node, dict):
        node.pop(last, None)
    else:
        node[last] = value


def _get(node: Any, index: str | int) -> Any:
    return node.get(index) if isinstance(node, dict) else node[index]


def _index(node: dict[str, Any] | list[Any], key: str, path: KeyPath, override: str) -> str | int:
    """The key, or the position in a list, that one step of an override names."""
    if isinstance(node, dict):
        return key
    if key.isdecimal() and int(key) < len(node):
        return int(key)
    raise SpecError(
        tr(
            f"override {override!r}: {show_path(path)!r} is a list of {len(node)}; {key!r} is not a position in it",
            f"{override!r}: {show_path(path)!r} es una lista de {len(node)}; {key!r} no es una posición válida en ella",
        ),
        tr("Positions are counted from 0.", "Las posiciones se cuentan desde 0."),
    )


def open_shorthand(value: Any, path: KeyPath, override: str) -> dict[str, Any]:
    """What stands for ``value`` when a key inside it is set: a missing section is empty, a bare value its main key."""
    if value is None:
        return {}
    if path[-1] == "schedule" and path[0] in ("learn", "model"):
        return {"kind": value}
    if path == ("model", "transfer"):
        return {"backbone": value}
    below = _below_layers(path)
    if len(below) == 1:
        return {value: {}}
    if len(below) == 2 and below[1] in main_keys():
        return {main_keys()[str(below[1])]: value}
    raise SpecError(
        tr(
            f"override {override!r}: {show_path(path)!r} is {value!r}",
            f"{override!r}: {show_path(path)!r} es {value!r}",
        ),
        tr("It has no keys inside.", "No tiene claves dentro."),
    )


def _below_layers(path: KeyPath) -> KeyPath:
    """What follows the list of layers in a path; nothing where it leads elsewhere."""
    lists: tuple[KeyPath, ...] = (("model", "layers"), ("model", "graph", "layers"))
    return next((path[len(each) :] for each in lists if path[: len(each)] == each), ())


def _plain(value: Any) -> Any:
    """A copy in dictionaries and lists that shares nothing; keys as text, parts of a spec as what was set in them."""
    if isinstance(value, SpecPart):
        return _plain(value.model_dump(exclude_unset=True))
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, np.generic):
        return value.item()
    return str(value) if isinstance(value, Path) else value


def _is_path(data: str | Path) -> bool:
    if isinstance(data, Path):
        return True
    return any(mark in data for mark in "/\\") or data.startswith(("~", ".")) or data.lower().endswith(_DATA_SUFFIXES)


def _read_text(path: Path, source: str) -> str:
    """The text of a spec file."""
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
    except (FileNotFoundError, ValueError) as error:  # a name with a zero byte in it is a ValueError
        raise SpecError(
            tr(f"there is no experiment or file {source!r}", f"no hay ningún experimento ni archivo {source!r}"),
            nearest(source, [*builtin.names(), *(file.name for file in Path().glob("*.y*ml"))]),
        ) from error
    except OSError as error:
        raise SpecError(
            tr(f"{source!r} cannot be read: {error.strerror}", f"no se puede leer {source!r}: {error.strerror}"),
            tr("It should be a YAML file.", "Debería ser un archivo YAML."),
        ) from error
    if len(content) > _LARGEST:
        raise _too_large(source)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SpecError(
            tr(f"{source!r} is not text in UTF-8", f"{source!r} no es texto en UTF-8"),
            tr("It should be a YAML file saved as UTF-8.", "Debería ser un archivo YAML guardado en UTF-8."),
        ) from error


def _too_large(name: str) -> SpecError:
    return SpecError(
        tr(
            f"{name!r} is larger than 1 MB, too large for a spec",
            f"{name!r} ocupa más de 1 MB: demasiado para una especificación",
        ),
        tr("Is it the right file?", "¿Es el archivo correcto?"),
    )
