"""A setup as a short query string, so that an address is all that is needed to show somebody a network."""

from collections.abc import Callable
from dataclasses import fields
from typing import Any
from urllib.parse import parse_qsl

from hondo.core.errors import SpecError, nearest
from hondo.core.language import tr
from hondo.playground.setup import INPUTS, Setup

_KEYS = {
    "data": "data", "samples": "n", "noise": "noise", "train_share": "share", "batch_size": "batch",
    "inputs": "in", "hidden": "net", "activation": "act", "output": "out", "classes": "classes",
    "learning_rate": "lr", "regularisation": "reg", "regularisation_rate": "rate", "optimizer": "opt",
    "initialisation": "init", "seed": "seed", "data_seed": "dseed",
}  # fmt: skip
_SHORT = dict(zip(INPUTS, ("x1", "x2", "x1x1", "x2x2", "x1x2", "sinx1", "sinx2"), strict=True))
_LONG = {short: long for long, short in _SHORT.items()}


def to_query(setup: Setup) -> str:
    """What differs from the default setup, as ``key=value&…``; nothing in it needs escaping.

    Example:
        >>> to_query(Setup(data="spiral", hidden=(8, 8), inputs=("x1", "sin(x1)")))
        'data=spiral&in=x1.sinx1&net=8.8'
    """
    default = Setup()
    parts = []
    for field in fields(Setup):
        value = getattr(setup, field.name)
        if value != getattr(default, field.name):
            parts.append(f"{_KEYS[field.name]}={_text(field.name, value)}")
    return "&".join(parts)


def from_query(query: str) -> Setup:
    """The setup of a query string, with or without its question mark.

    Raises:
        SpecError: for an unknown key, a key given twice or a value that cannot be.

    Example:
        >>> from_query("?net=8.8&lr=0.1").hidden
        (8, 8)
    """
    names = {key: name for name, key in _KEYS.items()}
    values: dict[str, Any] = {}
    for key, text in parse_qsl(query.removeprefix("?"), keep_blank_values=True):
        if key not in names:
            raise SpecError(
                tr(f"the address has an unknown key {key!r}", f"la dirección tiene una clave desconocida {key!r}"),
                nearest(key, names),
            )
        if names[key] in values:
            raise SpecError(
                tr(f"the address gives {key!r} twice", f"la dirección da {key!r} dos veces"),
                tr("Keep one of them.", "Deje uno de los dos."),
            )
        values[names[key]] = _value(names[key], key, text)
    if "data" in values and "output" not in values:
        return Setup(**{**values, "output": Setup().changed(data=values["data"]).output})
    return Setup(**values)


def setting_to_text(name: str, value: Any) -> str:
    """One setting as an address may hold it beside a setup's own.

    Example:
        >>> setting_to_text("hidden", (4, 2))
        'net:4.2'
    """
    return f"{_KEYS[name]}:{_text(name, value)}"


def setting_from_text(text: str) -> tuple[str, Any]:
    """The name and value that :func:`setting_to_text` wrote.

    Raises:
        SpecError: for an unknown name, or a value of another kind.
    """
    key, _, value = text.partition(":")
    names = {key: name for name, key in _KEYS.items()}
    if key not in names:
        raise SpecError(tr(f"there is no setting {key!r}", f"no existe el ajuste {key!r}"), nearest(key, names))
    return names[key], _value(names[key], key, value)


def _text(name: str, value: Any) -> str:
    if name == "inputs":
        return ".".join(_SHORT[each] for each in value)
    if name == "hidden":
        return ".".join(map(str, value))
    return repr(value) if isinstance(value, float) else str(value)


def _value(name: str, key: str, text: str) -> Any:
    """The value of a text, of the type that its default has."""
    default = getattr(Setup(), name)
    if name == "inputs":
        return tuple(_input(each) for each in text.split("."))
    if name == "hidden":
        return tuple(_number(key, each, int) for each in text.split(".")) if text else ()
    if isinstance(default, (int, float)):
        return _number(key, text, type(default))
    return text


def _input(text: str) -> str:
    if text not in _LONG:
        raise SpecError(tr(f"there is no input {text!r}", f"no existe la entrada {text!r}"), nearest(text, _LONG))
    return _LONG[text]


def _number(key: str, text: str, kind: Callable[[str], Any]) -> Any:
    try:
        return kind(text)
    except ValueError:
        what = tr("a whole number", "un número entero") if kind is int else tr("a number", "un número")
        raise SpecError(
            tr(f"{key} must be {what}, got {text!r}", f"{key} debe ser {what}; se recibió {text!r}"),
            tr(f"Such as {key}={1 if kind is int else 0.1}.", f"Por ejemplo {key}={1 if kind is int else 0.1}."),
        ) from None
