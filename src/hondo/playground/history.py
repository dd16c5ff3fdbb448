"""A training that can go back: few states are kept, and every other one is reached again by training from the nearest.

That is exact because a state depends on its step alone, not on the way to it (``training.py``). Where something is
changed, a weight by hand or a setting, the past stays and what came after is forgotten. To train on from before such a
change is another future, so the change is forgotten then.
"""

from bisect import bisect_right
from dataclasses import astuple, dataclass, fields
from typing import Generic, TypeVar

import numpy as np

from hondo.core.arrays import Array, FloatArray
from hondo.core.errors import HondoError
from hondo.core.language import tr
from hondo.playground.training import Scores, State, Training

Kept = TypeVar("Kept")

MOST_STATES = 256
MOST_POINTS = 512

_POINTS_SCORED_AT_ONCE = 2000


@dataclass(frozen=True, eq=False)
class Curve:
    """Losses and scores over the steps, each ``(points,)``; ``steps`` rise."""

    steps: Array
    train_loss: FloatArray
    test_loss: FloatArray
    train_score: FloatArray
    test_score: FloatArray


class _Thinned(Generic[Kept]):
    """Things kept at multiples of a number of steps that doubles whenever there are too many of them."""

    def __init__(self, most: int, every: int = 1) -> None:
        self.most, self.every = most, every
        self.kept: dict[int, Kept] = {}
        self.always: set[int] = {0}

    def add(self, step: int, value: Kept, *, always: bool = False) -> None:
        """Keep a value; ``always`` through every thinning."""
        self.kept[step] = value
        if always:
            self.always.add(step)
        while len(self.kept) - len(self.always) > self.most:
            self.every *= 2
            self.kept = {at: each for at, each in self.kept.items() if at % self.every == 0 or at in self.always}

    def forget_after(self, step: int) -> None:
        """Drop what is later."""
        self.kept = {at: each for at, each in self.kept.items() if at <= step}
        self.always = {at for at in self.always if at <= step}

    def next_after(self, step: int) -> int:
        """The next step at which something is to be kept."""
        return (step // self.every + 1) * self.every


class History:
    """A training with its past.

    Memory is bounded: about 256 states and 512 points of the curve, however many steps are taken; each change keeps
    one state more.

    Args:
        training: what is trained.
        state: where it begins; left out, before the first step.

    Example:
        >>> from hondo.playground.setup import Setup
        >>> from hondo.playground.training import prepare
        >>> history = History(prepare(Setup()))
        >>> then = history.run(100)
        >>> now = history.run(150)
        >>> history.go_to(100).same_as(then)
        True
    """

    def __init__(self, training: Training, state: State | None = None) -> None:
        self._first = state or training.start()
        self._trainings = [(self._first.step, training)]
        self.reset()

    def reset(self) -> State:
        """Back to the first weights, and everything after them forgotten."""
        self._trainings = self._trainings[:1]
        self._states: _Thinned[State] = _Thinned(MOST_STATES)
        self._scores: _Thinned[Scores] = _Thinned(MOST_POINTS, self._scoring())
        self.state = self._first
        self._states.always = self._scores.always = {self._first.step}
        self._keep(always=True)
        return self.state

    @property
    def training(self) -> Training:
        """What trains at the present step."""
        return self._training_at(self.state.step)

    @property
    def furthest(self) -> int:
        """The latest step at which something is kept."""
        return max(max(self._states.kept), max(self._scores.kept))

    @property
    def first(self) -> int:
        """The step where this history begins."""
        return self._first.step

    @property
    def states_kept(self) -> int:
        """How many states are in memory."""
        return len(self._states.kept)

    @property
    def curve(self) -> Curve:
        """How losses and scores went, to the furthest step that was reached."""
        steps = sorted(self._scores.kept)
        rows = np.array([astuple(self._scores.kept[step]) for step in steps], np.float64).reshape(
            -1, len(fields(Scores))
        )
        return Curve(np.array(steps, np.int64), *rows.T)

    def run(self, steps: int) -> State:
        """Train on from here, recording.

        Raises:
            HondoError: for a negative number of steps.
        """
        end = self.training.advance(self.state, min(steps, 0)).step + steps
        if steps and self.changed_later:
            self.forget_later()
        while self.state.step < end:
            stops = (self._states.next_after(self.state.step), self._scores.next_after(self.state.step), end)
            self.state = self.training.advance(self.state, min(stops) - self.state.step)
            self._keep()
        return self.state

    def at(self, step: int) -> State:
        """The state at a step, trained again from the nearest that is kept; where one is does not change.

        Raises:
            HondoError: for a step before the first.
        """
        if step < self.first:
            raise HondoError(
                tr(f"there is no step {step}", f"no existe el paso {step}"),
                tr(f"The first is {self.first}.", f"El primero es {self.first}."),
            )
        steps = sorted(self._states.kept)
        nearest = self._states.kept[steps[bisect_right(steps, step) - 1]]
        return self._training_at(step).advance(nearest, step - nearest.step)

    def go_to(self, step: int) -> State:
        """Go back to a step, or ahead to one; training goes on from there."""
        self.state = self.at(step)
        return self.state

    def change_setting(self, training: Training) -> State:
        """Train on from here with another setup: another rate, optimizer, activation or data.

        Raises:
            HondoError: if the network's sizes differ.
        """
        state = training.adopt(self.state, self.training)
        self._trainings = [*((at, each) for at, each in self._trainings if at < state.step), (state.step, training)]
        return self.change(state)

    def change(self, state: State) -> State:
        """Put another state in the place of the present one, such as one whose weights were edited.

        Raises:
            HondoError: if it is a state of another step.
        """
        if state.step != self.state.step:
            raise HondoError(
                tr(f"this is step {self.state.step}, the state is of {state.step}",
                   f"este es el paso {self.state.step} y el estado es del {state.step}"),
                tr("Go to its step first.", "Vaya antes a su paso."),
            )  # fmt: skip
        self.forget_later()
        self.state = state
        self._keep(always=True)
        return state

    def _scoring(self) -> int:
        """At which steps scores are taken at first: fewer where there are many points to score."""
        points = len(self._trainings[0][1].y) + len(self._trainings[0][1].test_y)
        return 1 << (points // _POINTS_SCORED_AT_ONCE).bit_length()

    def _training_at(self, step: int) -> Training:
        return next(training for at, training in reversed(self._trainings) if at <= step)

    @property
    def changed_later(self) -> bool:
        """Whether something was changed after the present step; to train on from here forgets it."""
        return max(self._states.always) > self.state.step

    def forget_later(self) -> None:
        """Drop what comes after the present step."""
        self._states.forget_after(self.state.step)
        self._scores.forget_after(self.state.step)
        self._trainings = [each for each in self._trainings if each[0] <= self.state.step]

    def _keep(self, *, always: bool = False) -> None:
        """Keep the present state and its scores, if their turn has come."""
        step = self.state.step
        if always or (step % self._states.every == 0 and step not in self._states.kept):
            self._states.add(step, self.state, always=always)
        if always or (step % self._scores.every == 0 and step not in self._scores.kept):
            self._scores.add(step, self.training.scores(self.state))
