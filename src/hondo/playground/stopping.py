"""When a training that plays by itself stops, and training in bits so short that whoever waits can do other things."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from hondo.core.errors import SpecError, nearest
from hondo.core.language import tr
from hondo.playground.history import History

KINDS = ("never", "epochs", "train_loss", "test_loss", "train_score", "test_score")

_FIRST_BIT = 4
_QUICK = 0.25  # of the time given: a bit that took less may be twice as long


@dataclass(frozen=True)
class Stop:
    """A condition that is looked at whenever an epoch is complete.

    Attributes:
        kind: ``never``; after so many ``epochs``; a loss that is at most, or a score (accuracy or R²) that is at least
            ``value``.
        value: the limit.

    Raises:
        SpecError: for another kind, or a limit that is no finite number.
    """

    kind: str = "never"
    value: float = 0.0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise SpecError(
                tr(f"no training stops by {self.kind!r}", f"ningún entrenamiento se detiene por {self.kind!r}"),
                nearest(self.kind, KINDS),
            )
        if not abs(self.value) < float("inf"):
            raise SpecError(
                tr("a stop needs a number as its limit", "la parada necesita un número como límite"),
                tr("Such as 0.05.", "Por ejemplo 0.05."),
            )

    def reached(self, history: History) -> bool:
        """Whether the condition holds now."""
        if self.kind == "never":
            return False
        training, state = history.training, history.state
        if self.kind == "epochs":
            return state.step >= self.value * training.batches
        found = getattr(training.scores(state), self.kind)
        return found <= self.value if self.kind.endswith("loss") else found >= self.value


def run_for(histories: Sequence[History], steps: int, stop: Stop, seconds: float) -> tuple[int, bool]:
    """Train side by side for about so long at most; a little is done in any case.

    Args:
        histories: at the same step; one alone, or twins.
        steps: to be taken by each.
        stop: ends it where it holds for any of them.
        seconds: after which the rest is left for later.

    Returns:
        How many steps were taken, and whether the condition was met.
    """
    end, taken, bit = time.perf_counter() + seconds, 0, _FIRST_BIT
    first = histories[0]
    while taken < steps:
        began = time.perf_counter()
        rest = first.training.batches - first.state.step % first.training.batches
        size = min(bit, steps - taken) if stop.kind == "never" else min(bit, steps - taken, rest)
        for history in histories:
            history.run(size)
        taken += size
        if size == rest and any(stop.reached(history) for history in histories):
            return taken, True
        now = time.perf_counter()
        if now >= end:
            break
        if now - began < _QUICK * seconds:
            bit *= 2
    return taken, False
