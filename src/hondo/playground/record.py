"""A training written down as JSON and read back to the last bit, so that it can be kept, sent and gone on with."""

import json
import math
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np

from hondo.core.arrays import Array
from hondo.core.errors import StoreError
from hondo.core.language import tr
from hondo.playground.data import Points
from hondo.playground.history import Curve, History
from hondo.playground.setup import OWN, Setup
from hondo.playground.training import State, Training, prepare

_FORMAT = "hondo-playground-1"


@dataclass(frozen=True, eq=False)
class Record:
    """What was written down: the training, where it was, and its curve."""

    training: Training
    state: State
    curve: Curve


def to_json(history: History) -> str:
    """The present state of a training and its curve."""
    training, state = history.training, history.state
    own = _listed(training.points) if training.setup.data == OWN else None
    document = {
        "format": _FORMAT,
        "setup": asdict(training.setup),
        "points": own,
        "step": state.step,
        "weights": _numbers(state.weights),
        "moments": [_numbers(row) for row in state.moments],
        "curve": _listed(history.curve),
    }
    return json.dumps(document, allow_nan=False, ensure_ascii=False)


def from_json(text: str) -> Record:
    """Read what :func:`to_json` wrote.

    Raises:
        StoreError: if the text is none of that.
        SpecError: if its setup is not possible.
    """
    try:
        document = json.loads(text)
        if not isinstance(document, dict) or document.get("format") != _FORMAT:
            raise ValueError(_FORMAT)
        values: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in document["setup"].items()}
        setup = Setup(**values)
        own = Points(**_arrays(Points, document["points"])) if document["points"] is not None else None
        curve = _arrays(Curve, document["curve"])
        weights, moments = _array(document["weights"]), [_array(row) for row in document["moments"]]
        step = int(document["step"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StoreError(
            tr(f"this is no record of a playground: {error}", f"esto no es un registro de un campo de juego: {error}"),
            tr("Give a file that the playground saved.", "Dé un archivo que haya guardado el campo de juego."),
        ) from error
    training = prepare(setup, own)
    shaped = np.array(moments).reshape(len(moments), len(weights))
    curve["steps"] = curve["steps"].astype(np.int64)
    return Record(training, training.state(weights, shaped, step), Curve(**curve))


def _numbers(array: Array) -> list[Any]:
    """Numbers as JSON has them: those that are not finite as texts."""
    return [each if math.isfinite(each) else str(each) for each in array.tolist()]


def _array(values: list[Any]) -> Array:
    return np.array([float(each) for each in values], np.float64)


def _listed(parts: Points | Curve) -> dict[str, Any]:
    found = {each.name: getattr(parts, each.name) for each in fields(parts)}
    return {name: [_numbers(row) for row in each] if each.ndim == 2 else _numbers(each) for name, each in found.items()}


def _arrays(kind: type, parts: dict[str, Any]) -> dict[str, Array]:
    """The fields of a dataclass of arrays; places have two columns."""
    found = {}
    for name in (each.name for each in fields(kind)):
        values = parts[name]
        if kind is Points and name in ("train", "test"):
            found[name] = np.array([_array(row) for row in values], np.float64).reshape(len(values), 2)
        else:
            found[name] = _array(values)
    return found
