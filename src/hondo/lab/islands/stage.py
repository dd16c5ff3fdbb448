"""The playground's stage on the server's side: what one reader trains and the frames that show it (``stage.js``)."""

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from nicegui.element import Element

from hondo.core.arrays import Array
from hondo.playground.history import History
from hondo.playground.layout import layers
from hondo.playground.setup import Setup
from hondo.playground.training import State, Training, prepare
from hondo.playground.views import EXTENT, dead_neurons, edited, neurons

SIDE, OUTPUT = 20, 60
"""Pixels a side of a neuron's map and of the output's."""
_MOST_DOTS, _LARGEST = 400, 100.0


class Stage(Element, component="stage.js"):
    """What is drawn in the browser.

    Args:
        labels: texts in the reader's language: ``network``, ``map``, ``loss``, ``weight``, ``bias``.
        ready: is called when it can draw.
        edited: is called with a weight or bias that the reader wrote.
    """

    def __init__(
        self, labels: dict[str, str], ready: Callable[[], Any], edited: Callable[[dict[str, Any]], Any]
    ) -> None:
        super().__init__()
        self._props["labels"] = labels
        self._waiting = 0
        self.on("ready", lambda: ready())
        self.on("shown", self._shown)
        self.on("edited", lambda event: edited(dict(event.args)))

    @property
    def free(self) -> bool:
        """Whether the browser has drawn what it was sent."""
        return self._waiting == 0

    def begin(self, shape: dict[str, Any]) -> None:
        """Show another network."""
        self._waiting = 0
        self.run_method("begin", shape)

    def show(self, frame: dict[str, Any]) -> None:
        """Draw a frame."""
        self._waiting += 1
        self.run_method("show", frame)

    def _shown(self) -> None:
        self._waiting = max(0, self._waiting - 1)


@dataclass
class Session:
    """What one reader trains: a setup, and its history.

    Attributes:
        setup: what is trained.
        playing: whether it goes on by itself.
        show_test, discrete: how points and map are drawn.
        history: where it is and where it was.
    """

    setup: Setup
    playing: bool = False
    show_test: bool = False
    discrete: bool = False
    history: History = field(init=False)

    def __post_init__(self) -> None:
        self.history = History(prepare(self.setup))

    @property
    def training(self) -> Training:
        """What is trained now."""
        return self.history.training

    @property
    def state(self) -> State:
        """Where it is."""
        return self.history.state

    def change(self, setup: Setup) -> None:
        """Another setup; where the network, its first weights and its points stay the same, training goes on."""
        before, self.setup = self.setup, setup
        if _begins_alike(before, setup):
            self.history.change_setting(prepare(setup))
        else:
            self.history = History(prepare(setup))

    def go_to(self, share: float) -> None:
        """Go back (or ahead again) to a share 0..1 of the way so far."""
        first, last = self.history.first, self.history.furthest
        self.history.go_to(first + round(share * (last - first)))

    def edit(self, change: dict[str, Any]) -> None:
        """Set a weight or a bias, named as ``stage.js`` names it.

        Raises:
            HondoError: for one that the network does not have.
        """
        layer, source = int(change["layer"]), change.get("from")
        unit = int(change["unit"] if source is None else change["to"])
        value = float(np.clip(float(change["value"]), -_LARGEST, _LARGEST))
        source = None if source is None else int(source)
        self.history.change(edited(self.training, self.state, layer, unit, value, source))

    def shape(self, names: dict[str, str]) -> dict[str, Any]:
        """What stays the same from frame to frame."""
        points = self.training.points
        return {
            "sizes": self.setup.sizes,
            "inputs": [names.get(each, each) for each in self.setup.inputs],
            "side": SIDE,
            "output": OUTPUT,
            "reach": EXTENT,
            "train": _dots(self.setup, points.train, points.train_y),
            "test": _dots(self.setup, points.test, points.test_y),
            "showTest": self.show_test,
            "discrete": self.discrete,
        }

    def frame(self, *, whole: bool = False) -> dict[str, Any]:
        """What there is to see now; ``whole`` with the loss from the beginning."""
        training, state = self.training, self.state
        scores = training.scores(state)
        maps = neurons(training, state, SIDE)[:-1]
        parts = layers(state.weights, self.setup.sizes)
        dead = dead_neurons(training, state)
        curve = self.history.curve
        losses = np.stack([curve.train_loss, curve.test_loss], axis=1)
        return {
            "number": state.step,
            "train": _number(scores.train_loss),
            "test": _number(scores.test_loss),
            "testScore": _number(scores.test_score),
            "curve": [[_number(value) for value in row] for row in losses.tolist()] if whole else None,
            "kernels": [kernel.tolist() for kernel, _ in parts],
            "biases": [biases.tolist() for _, biases in parts],
            "dead": [
                [unit in found for unit in range(size)] for found, size in zip(dead, self.setup.hidden, strict=True)
            ],
            "maps": _packed(np.concatenate([each.reshape(len(each), -1) for each in maps])),
            "output": _packed(_signed(self.setup, neurons(training, state, OUTPUT)[-1])),
        }


def _begins_alike(a: Setup, b: Setup) -> bool:
    names = ("data", "samples", "noise", "train_share", "inputs", "hidden", "output", "classes", "seed", "data_seed")
    return all(getattr(a, name) == getattr(b, name) for name in (*names, "initialisation"))


def _dots(setup: Setup, places: Array, y: Array) -> list[list[float]]:
    values = np.asarray(y, float) if setup.problem == "regression" else 2 * np.asarray(y, float) - 1
    spread = np.abs(values).max() or 1.0
    rows = np.column_stack([places, values / (spread if setup.problem == "regression" else 1.0)])[:_MOST_DOTS]
    return np.round(rows, 3).tolist()


def _signed(setup: Setup, outputs: Array) -> Array:
    """The output over the plane ``(outputs, n, n)`` as -1..1 ``(1, n · n)``."""
    if setup.output == "softmax":
        return 2 * outputs[1].reshape(1, -1) - 1
    first = outputs[0].reshape(1, -1)
    return 2 * first - 1 if setup.output == "sigmoid" else first


def _packed(values: Array) -> str:
    """Values -1..1 as bytes in base64; what is beyond is cut off."""
    scaled = np.nan_to_num(np.clip(values, -1, 1), nan=0.0) * 127.5 + 127.5
    return base64.b64encode(scaled.round().astype(np.uint8).tobytes()).decode("ascii")


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
