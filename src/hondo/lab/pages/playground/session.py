"""What one reader trains in the playground: one network or two twins, with their past and the reader's own points."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from hondo.core.errors import SpecError
from hondo.core.language import tr
from hondo.playground.data import own_points
from hondo.playground.history import History
from hondo.playground.own import NOTHING, OwnPoints
from hondo.playground.setup import OWN, Setup
from hondo.playground.training import State, Training, prepare
from hondo.playground.twins import twins
from hondo.playground.views import edited

FEWEST_OWN = 2
_LARGEST = 100.0
_FIRST_RATE = 0.01  # of a twin that is regularised where the other has no rate yet

Twin = tuple[str, Any]  # the setting in which twins differ, and the other's value


_OF_THE_POINTS = ("data", "classes", "train_share", "data_seed", "noise", "samples")  # own points have none of these


@dataclass(frozen=True, eq=False)
class Plan:
    """What is to be trained next; making one takes time, so it is made beside the pages.

    Attributes:
        setup: of the first network.
        own: points of the reader's.
        twin: in what the second differs, if there is one.
        trainings: ready; none where there are too few own points.
        same_start: twins begin with the same weights.
    """

    setup: Setup
    own: OwnPoints = NOTHING
    twin: Twin | None = None
    trainings: tuple[Training, ...] = ()
    same_start: bool = True


def plan(setup: Setup, own: OwnPoints = NOTHING, twin: Twin | None = None) -> Plan:
    """Make ready what is to be trained.

    Raises:
        HondoError: for a twin that does not differ, or points that do not fit.
    """
    points = None
    if setup.data == OWN:
        if len(own) < FEWEST_OWN:
            return Plan(setup, own, twin)
        points = own_points(setup, own.x, own.y)
    if twin is None:
        return Plan(setup, own, None, (prepare(setup, points),))
    if setup.data == OWN and twin[0] in _OF_THE_POINTS:
        raise SpecError(
            tr("twins on own points share them", "los gemelos con puntos propios los comparten"),
            tr("Let them differ in another setting.", "Elija otro ajuste en el que difieran."),
        )
    pair = twins(setup, points, **_twin_change(setup, twin))
    return Plan(setup, own, twin, (pair.one, pair.other), pair.same_start)


def _twin_change(setup: Setup, twin: Twin) -> dict[str, Any]:
    name, value = twin
    change = {name: value}
    if name == "regularisation" and value != "none" and not setup.regularisation_rate:
        change["regularisation_rate"] = _FIRST_RATE
    return change


@dataclass
class Session:
    """A plan that is being followed.

    Attributes:
        setup: of the first network.
        own: the reader's points, used where the setup's data are ``own``.
        twin: in what the second network differs, if there is one.
        playing: whether it goes on by itself.
        shown: which network is drawn whole, 0 or 1.
        same_start: twins begin with the same weights.
        histories: where each network is and where it was; those of before while there are too few own points.
    """

    setup: Setup = field(default_factory=Setup)
    own: OwnPoints = NOTHING
    twin: Twin | None = None
    playing: bool = False
    shown: int = 0
    same_start: bool = True
    histories: list[History] = field(init=False)
    _reached: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self.histories = []
        self.follow(plan(self.setup, self.own, self.twin))

    @property
    def ready(self) -> bool:
        """Whether there are points enough to train on."""
        return self.setup.data != OWN or len(self.own) >= FEWEST_OWN

    @property
    def first(self) -> History:
        """The first network's history."""
        return self.histories[0]

    @property
    def training(self) -> Training:
        """What the first network trains."""
        return self.first.training

    @property
    def state(self) -> State:
        """Where the first network is."""
        return self.first.state

    @property
    def furthest(self) -> int:
        """How far one has trained; a history alone knows the last step that it keeps."""
        self._reached = max(self._reached, self.state.step)
        return self._reached

    def follow(self, made: Plan, *, anew: bool = False) -> None:
        """Another plan; where networks, first weights and named points stay the same, training goes on.

        Args:
            made: the plan.
            anew: begin from the first weights in any case.
        """
        trainings = made.trainings
        if not trainings and not self.histories:  # nothing was drawn yet: show the network that will learn
            stand_in = "plane" if made.setup.problem == "regression" else "circle"
            trainings = (prepare(made.setup.changed(data=stand_in)),)
        before, self.setup, self.own, self.twin = self.setup, made.setup, made.own, made.twin
        self.same_start = made.same_start
        if not trainings:
            self.playing = False
            return
        alike = (
            not anew
            and len(trainings) == len(self.histories)
            and _begins_alike(before, made.setup)
            and all(
                _begins_alike(history.training.setup, training.setup)
                for history, training in zip(self.histories, trainings, strict=True)
            )
        )
        if alike:
            for history, training in zip(self.histories, trainings, strict=True):
                history.change_setting(training)
        else:
            self.histories = [History(training) for training in trainings]
        self.shown = min(self.shown, len(self.histories) - 1)
        self._reached = self.state.step

    def at(self, step: int) -> list[State]:
        """The networks' states at a step, or at the nearest end if it lies beyond; it may take a while."""
        step = min(max(step, self.first.first), self.furthest)
        return [history.at(step) for history in self.histories]

    def go_to(self, step: int) -> None:
        """Go back, or ahead again, to a step; to the nearest end if it lies beyond."""
        self.stand(self.at(step))

    def stand(self, states: Sequence[State]) -> None:
        """Stand where :meth:`at` looked."""
        for history, state in zip(self.histories, states, strict=True):
            history.state = state

    def leave_future(self) -> bool:
        """Forget what was changed after the present step, as training on from here does; whether there was any."""
        if not any(history.changed_later for history in self.histories):
            return False
        for history in self.histories:
            history.forget_later()
        self._reached = self.state.step
        return True

    def reset(self) -> None:
        """Back to the first weights."""
        for history in self.histories:
            history.reset()
        self._reached = self.state.step

    def edit(self, change: dict[str, Any]) -> None:
        """Set a weight or a bias of the network that is shown, named as ``stage.js`` names it.

        Raises:
            HondoError: for one that the network does not have.
        """
        layer, source = int(change["layer"]), change.get("from")
        unit = int(change["unit"] if source is None else change["to"])
        value = float(np.clip(float(change["value"]), -_LARGEST, _LARGEST))
        source = None if source is None else int(source)
        history = self.histories[self.shown]
        history.change(edited(history.training, history.state, layer, unit, value, source))
        self._reached = history.state.step


def _begins_alike(a: Setup, b: Setup) -> bool:
    names = ("data", "samples", "noise", "train_share", "inputs", "hidden", "output", "classes", "seed", "data_seed")
    return all(getattr(a, name) == getattr(b, name) for name in (*names, "initialisation"))
