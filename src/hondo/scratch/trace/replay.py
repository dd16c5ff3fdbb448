"""Replaying a trace: forwards and backwards, a step at a time, like a film."""

from dataclasses import dataclass

import numpy as np

from hondo.core.language import tr
from hondo.scratch.mistakes import Mistake
from hondo.scratch.trace.step import Step, Trace


@dataclass
class Replay:
    """A trace and where we are in it.

    Attributes:
        trace: what is replayed.
        position: how many steps have happened; 0 is before the first.

    Example:
        >>> from hondo.scratch.networks.network import mlp
        >>> from hondo.scratch.trace.record import record
        >>> film = Replay(record(mlp((1, 1)), "mean_squared_error", [(np.array([[1.0]]), np.array([[0.0]]))]))
        >>> film.forward().name, film.forward().name, film.back().name, "z1" in film.state, "L" in film.state
        ('z1', 'L', 'L', True, False)
    """

    trace: Trace
    position: int = 0

    @property
    def state(self) -> dict[str, np.ndarray]:
        """Every array that exists now, as it is now."""
        return self.trace.state(self.position)

    def forward(self) -> Step:
        """Let the next step happen.

        Raises:
            Mistake: at the end.
        """
        self.jump(self.position + 1)
        return self.trace.steps[self.position - 1]

    def back(self) -> Step:
        """Undo the last step, which is returned: its array is again what it was before, or not there yet.

        Raises:
            Mistake: at the beginning.
        """
        self.jump(self.position - 1)
        return self.trace.steps[self.position]

    def jump(self, position: int) -> None:
        """Go anywhere.

        Raises:
            Mistake: for a position outside the trace.
        """
        if not 0 <= position <= len(self.trace.steps):
            raise Mistake(
                tr(
                    f"the trace has positions 0 to {len(self.trace.steps)}, not {position}",
                    f"la traza tiene posiciones de 0 a {len(self.trace.steps)}, no {position}",
                )
            )
        self.position = position
