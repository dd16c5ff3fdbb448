"""What the stage is sent: a header in JSON and numbers as they lie in memory, in one message of a few kilobytes.

The layout is read by ``islands/stage/packet.js``: the header's length (uint32, little-endian), the header padded with
spaces, then its ``arrays`` one after the other, each beginning at a multiple of four bytes.
"""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from hondo.core.arrays import Array, FloatArray
from hondo.lab.pages.playground.session import Session
from hondo.playground.history import History
from hondo.playground.own import MOST_POINTS
from hondo.playground.setup import OWN, Setup
from hondo.playground.training import Scores, State, Training
from hondo.playground.views import EXTENT, dead_neurons, disagreement, gradient_norms, neurons

SIDE, OUTPUT = 20, 64
"""Pixels a side of a neuron's map and of the output's."""
_MOST_DOTS = MOST_POINTS

Frame = tuple[dict[str, Any], list[Array]]


def shape(session: Session, names: Mapping[str, str], classes: list[str], nets: list[str]) -> dict[str, Any]:
    """What stays the same from frame to frame.

    Args:
        session: what is shown.
        names: of the inputs.
        classes: names of the classes, or of the two ends of the scale, for the legend.
        nets: names of the networks, one or two.
    """
    shown = session.histories[session.shown].training.setup
    dots = [_dots_of(session, history.training) for history in session.histories]
    return {
        "sizes": shown.sizes,
        "inputs": [names.get(each, each) for each in shown.inputs],
        "side": SIDE,
        "output": OUTPUT,
        "reach": EXTENT,
        "kind": _kind(session.setup),
        "kinds": [_kind(history.training.setup) for history in session.histories],
        "classes": classes,
        "nets": nets,
        "shown": session.shown,
        "dots": dots,
        "first": session.first.first,
    }


def picture(session: Session, *, whole: bool = False, gradients: bool = True) -> Frame:
    """What there is to see now; ``whole`` with the losses from the beginning."""
    scores = [history.training.scores(history.state) for history in session.histories]
    planes = [neurons(history.training, history.state, OUTPUT)[-1] for history in session.histories]
    shown = session.histories[session.shown]
    training, state = shown.training, shown.state
    maps = neurons(training, state, SIDE)
    hidden = np.concatenate([each.reshape(len(each), -1) for each in maps[:-1]])
    last = _signed(training.setup, maps[-1].reshape(len(maps[-1]), -1))
    header = {
        "step": state.step,
        "furthest": session.furthest,
        "epoch": session.training.epoch(session.state),
        "scores": [_scores(each) for each in scores],
        "curve": [_curve(each) for each in session.histories] if whole else None,
        "dead": _dead(training, state),
        "gradients": [_number(each) for each in gradient_norms(training, state)] if gradients else None,
        "apart": _apart(session, planes),
    }
    arrays: list[Array] = [state.weights.astype("<f4"), _bytes(np.concatenate([hidden, last]))]
    arrays += [_plane(history.training.setup, plane) for history, plane in zip(session.histories, planes, strict=True)]
    return header, arrays


def packed(header: dict[str, Any], arrays: list[Array]) -> bytes:
    """One message of a header and arrays, each of which is float32 or uint8."""
    kinds = [["f" if each.dtype.kind == "f" else "b", each.size] for each in arrays]
    head = json.dumps({**header, "arrays": kinds}, allow_nan=False, separators=(",", ":")).encode("utf-8")
    parts = [_filled(head, b" "), *(_filled(each.tobytes(), b"\0") for each in arrays)]
    return len(parts[0]).to_bytes(4, "little") + b"".join(parts)


def _filled(part: bytes, filling: bytes) -> bytes:
    return part + filling * (-len(part) % 4)


def _kind(setup: Setup) -> str:
    """How the plane is coloured: ``classes``, one colour each; ``two``, from one to the other; ``numbers``."""
    if setup.problem == "regression":
        return "numbers"
    return "classes" if setup.classes > 2 else "two"


def _dots_of(session: Session, training: Training) -> dict[str, Any]:
    setup, points = training.setup, training.points
    if session.setup.data == OWN and not session.ready:
        return {"train": _dots(session.setup, session.own.x, session.own.y), "test": []}
    return {"train": _dots(setup, points.train, points.train_y), "test": _dots(setup, points.test, points.test_y)}


def _dots(setup: Setup, places: Array, y: Array) -> list[list[float]]:
    """Places, and −1..1 for two colours or the class's number for more."""
    values = np.asarray(y, float)
    if setup.problem == "regression":
        values = values / (np.abs(values).max(initial=0.0) or 1.0)
    elif setup.classes == 2:
        values = 2 * values - 1
    return np.round(np.column_stack([places, values])[:_MOST_DOTS], 3).tolist()


def _signed(setup: Setup, outputs: FloatArray) -> FloatArray:
    """Outputs ``(outputs, …)`` as −1..1."""
    return 2 * outputs - 1 if setup.output in ("sigmoid", "softmax") else outputs


def _plane(setup: Setup, outputs: FloatArray) -> Array:
    """The output over the plane as bytes: one a place; for more than two classes each place's class, then its share."""
    flat = outputs.reshape(len(outputs), -1)
    if setup.classes > 2:
        with np.errstate(invalid="ignore"):
            best = np.nan_to_num(flat).max(axis=0)
        return np.concatenate([flat.argmax(axis=0).astype(np.uint8), _bytes(2 * best - 1)])
    return _bytes(_signed(setup, flat[1] if setup.output == "softmax" else flat[0]))


def _bytes(values: FloatArray) -> Array:
    """Values −1..1 as bytes; what is beyond is cut off."""
    scaled = np.nan_to_num(np.clip(values, -1, 1), nan=0.0) * 127.5 + 127.5
    return scaled.round().astype(np.uint8).ravel()


def _dead(training: Training, state: State) -> list[list[bool]]:
    found = dead_neurons(training, state)
    return [[unit in dead for unit in range(size)] for dead, size in zip(found, training.setup.hidden, strict=True)]


def _apart(session: Session, planes: list[FloatArray]) -> float | None:
    """How differently twins see the plane."""
    if len(planes) < 2:
        return None
    one, other = (history.training.setup for history in session.histories)
    return _number(disagreement(planes[0], planes[1], one, other))


def _scores(found: Scores) -> list[float | None]:
    return [_number(each) for each in (found.train_loss, found.test_loss, found.train_score, found.test_score)]


def _curve(history: History) -> dict[str, list[Any]]:
    curve = history.curve
    losses = [[_number(value) for value in each] for each in (curve.train_loss.tolist(), curve.test_loss.tolist())]
    return {"steps": curve.steps.tolist(), "train": losses[0], "test": losses[1]}


def _number(value: float) -> float | None:
    return float(f"{value:.6g}") if np.isfinite(value) else None
