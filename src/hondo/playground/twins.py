"""Two trainings that differ in one setting and in nothing else, so that what differs then is that setting's doing."""

from dataclasses import dataclass, fields
from typing import Any

from hondo.core.errors import SpecError
from hondo.core.language import tr
from hondo.playground.data import Points
from hondo.playground.setup import Setup
from hondo.playground.training import State, Training, prepare


@dataclass(frozen=True, eq=False)
class Twins:
    """Two trainings.

    Attributes:
        one, other: what is trained.
        setting: the one in which they differ.
        same_start: both begin with the same weights; not where the setting is about those, or about the sizes.
        same_batches: both see the same points in the same steps; not where the setting is about those.
    """

    one: Training
    other: Training
    setting: str
    same_start: bool
    same_batches: bool

    def start(self) -> tuple[State, State]:
        """Both before their first step."""
        return self.one.start(), self.other.start()

    def advance(self, states: tuple[State, State], steps: int) -> tuple[State, State]:
        """Both so many steps later."""
        return self.one.advance(states[0], steps), self.other.advance(states[1], steps)


def twins(setup: Setup, own: Points | None = None, **change: Any) -> Twins:
    """A setup beside one with one setting changed.

    Args:
        setup: the first.
        own: own points, for both.
        **change: the setting and its other value. A rate of regularisation may come with its kind, an output with
            the data that need it.

    Raises:
        SpecError: if not exactly one setting is changed.

    Example:
        >>> pair = twins(Setup(), learning_rate=0.3)
        >>> pair.setting, pair.same_start
        ('learning_rate', True)
    """
    changed = setup.changed(**change)
    differing = [each.name for each in fields(Setup) if getattr(setup, each.name) != getattr(changed, each.name)]
    counted = set(differing)
    if {"regularisation", "regularisation_rate"} <= counted:
        counted.discard("regularisation_rate")
    if "data" in counted:
        counted -= {"output", "classes"}
    if len(counted) != 1:
        listed = ", ".join(differing) or tr("none", "ninguno")
        raise SpecError(
            tr(
                f"twins differ in one setting, got {listed}", f"los gemelos difieren en un ajuste; se recibió: {listed}"
            ),
            tr("Change exactly one.", "Cambie exactamente uno."),
        )
    one, other = prepare(setup, own), prepare(changed, own)
    same_start = one.start().weights.tobytes() == other.start().weights.tobytes() and setup.sizes == changed.sizes
    drawn = ("data", "samples", "noise", "train_share", "batch_size", "seed", "data_seed")
    same_batches = all(getattr(setup, name) == getattr(changed, name) for name in drawn)
    return Twins(one, other, counted.pop(), same_start, same_batches)
