"""What a chapter's code has come to, as the experiment that it opens: its layers, optimizer, rate, epochs, batches."""

import ast
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, get_args

from hondo.core.errors import HondoError
from hondo.core.spec.learn import OptimizerName
from hondo.experiments.specs import builtin
from hondo.experiments.specs.read import read_spec
from hondo.guide.figures.doors import Changes

_TRAINED = {"epochs": "train.epochs", "batch_size": "train.batch_size"}
_RULES = frozenset(get_args(OptimizerName))


def trains(code: str) -> bool:
    """Whether a cell trains a network, rather than fit something of another library."""
    return any(_is_run(call) or _is_training(call) for call in _calls(code))


def experiment_of(cells: Sequence[str], usual: str | None) -> tuple[str, Changes] | None:
    """The experiment that the last of some cells comes to.

    Args:
        cells: the code of a chapter up to a cell that trains; what cannot be read says nothing.
        usual: the built-in experiment that is near to what the cell trains, if there is one.

    Returns:
        A built-in experiment and what the code says differently, as a spec names it; None where there is no experiment.
    """
    name, changes = usual, {}
    compiled = any(_called(call)[0] == "fit" for call in _calls(cells[-1]))  # what was made before, maybe
    for code in cells if compiled else cells[-1:]:
        changes |= _of_network(code)
    for call in _calls(cells[-1]):
        if _is_run(call):
            named, changes = _of_run(call)
            name = named if named in builtin.names() else usual
            break
        if _is_training(call):
            changes |= {_TRAINED[key]: value for key, value in _known(call).items() if key in _TRAINED}
    return (name, fitting(name, changes)) if name is not None else None


def fitting(name: str, changes: Mapping[str, Any]) -> Changes:
    """Of some changes, those that a built-in experiment takes, one after the other."""
    taken: Changes = {}
    for key, value in changes.items():
        try:
            read_spec(name, [f"{each}={written(told)}" for each, told in {**taken, key: value}.items()])
        except HondoError:
            continue
        taken[key] = value
    return taken


def written(value: Any) -> str:
    """A value as an address or a change of a spec writes it."""
    return value if isinstance(value, str) else json.dumps(value)


def _calls(code: str) -> Iterator[ast.Call]:
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError):  # a reader is writing it
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield node


def _called(call: ast.Call) -> tuple[str, str]:
    """What is called, and of what."""
    if isinstance(call.func, ast.Attribute):
        return call.func.attr, call.func.value.id if isinstance(call.func.value, ast.Name) else ""
    return (call.func.id if isinstance(call.func, ast.Name) else ""), ""


def _is_run(call: ast.Call) -> bool:
    return _called(call) == ("run", "hondo")


def _is_training(call: ast.Call) -> bool:
    """Of Keras, of Hondo, or from scratch; what fits something else does not count epochs."""
    return _called(call)[0] in ("fit", "train") and any(each.arg == "epochs" for each in call.keywords)


def _known(call: ast.Call) -> dict[str, Any]:
    """Of the named arguments, those that are written as plain values."""
    return {each.arg: value for each in call.keywords if each.arg and (value := _value(each.value)) is not None}


def _value(node: ast.AST) -> Any:
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None


def _of_network(code: str) -> Changes:
    """Layers and optimizer that a cell makes."""
    found: Changes = {}
    widths: list[Any] = []
    for call in _calls(code):
        name = _called(call)[0]
        known = _known(call)
        if name.lower() in _RULES:
            found["learn.optimizer"] = name.lower()
            rate = known.get("learning_rate", _value(call.args[0]) if call.args else None)
            found |= {"learn.learning_rate": rate} if isinstance(rate, float) else {}
        elif name == "compile" and str(known.get("optimizer", "")) in _RULES:
            found["learn.optimizer"] = known["optimizer"]
        elif name == "mlp":
            sizes = _value(call.args[0]) if call.args else None
            found |= {"model.hidden": list(sizes[1:-1])} if isinstance(sizes, tuple) else {}
        elif name == "Dense":
            widths.append(known.get("units", _value(call.args[0]) if call.args else None))
    if len(widths) > 1 and all(isinstance(each, int) for each in widths):
        found["model.hidden"] = widths[:-1]
    return found


def _of_run(call: ast.Call) -> tuple[str | None, Changes]:
    """The experiment that ``hondo.run`` names, and what it overrides."""
    named = _value(call.args[0]) if call.args else None
    known = _known(call)
    changes: Changes = {}
    for override in known.pop("overrides", None) or []:
        key, sign, value = str(override).partition("=")
        changes |= {key: value} if sign else {}
    for part, told in known.items():
        if isinstance(told, dict):
            changes |= {f"{part}.{key}": value for key, value in told.items()}
        elif part == "data":
            changes["data.name"] = told
    return named, changes
