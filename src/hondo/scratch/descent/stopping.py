"""When to stop: criteria that look at the losses so far and at the gradient, and say why they stop.

Source: L. Prechelt, *Early stopping - but when?* (1998) for patience.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf

from hondo.core.language import tr
from hondo.scratch.mistakes import need_between

Criterion = Callable[[Sequence[float], float], str | None]
"""From the losses so far and the gradient's length to the reason to stop, or None to go on."""


@dataclass(frozen=True)
class MaximumSteps:
    """Enough is enough.

    Example:
        >>> MaximumSteps(2)([0.9, 0.8], 1.0) is None, MaximumSteps(1)([0.9], 1.0) is None
        (False, False)
    """

    steps: int

    def __call__(self, losses: Sequence[float], gradient_length: float) -> str | None:
        """After so many losses."""
        if len(losses) >= self.steps:
            return tr(f"{self.steps} steps were taken", f"se dieron {self.steps} pasos")
        return None


@dataclass(frozen=True)
class SmallGradient:
    """The ground is flat: a minimum, or a plateau, or a saddle.

    Example:
        >>> SmallGradient(1e-3)([0.5], 0.1) is None
        True
    """

    tolerance: float = 1e-6

    def __call__(self, losses: Sequence[float], gradient_length: float) -> str | None:
        """Where the gradient is shorter than the tolerance."""
        if gradient_length < self.tolerance:
            return tr(
                f"the gradient is shorter than {self.tolerance:g}", f"el gradiente mide menos de {self.tolerance:g}"
            )
        return None


@dataclass(frozen=True)
class Reached:
    """Good enough."""

    loss: float

    def __call__(self, losses: Sequence[float], gradient_length: float) -> str | None:
        """Where the last loss is at most this one."""
        if losses and losses[-1] <= self.loss:
            return tr(f"the loss reached {self.loss:g}", f"la pérdida llegó a {self.loss:g}")
        return None


@dataclass(frozen=True)
class NoImprovement:
    """Early stopping: the best is some time ago. Give it the losses on samples that are not trained on.

    Args:
        patience: so many losses in a row without improvement end it; at least 1.
        least: a loss must be below the best so far by more than this to count as improvement.

    Raises:
        Mistake: for a patience below 1.

    Example:
        >>> NoImprovement(2)([0.5, 0.4, 0.41], 1.0) is None, NoImprovement(2)([0.5, 0.4, 0.41, 0.42], 1.0) is None
        (True, False)
    """

    patience: int = 3
    least: float = 0.0

    def __post_init__(self) -> None:
        need_between("NoImprovement", "patience", self.patience, 1, inf, ends="[)")

    def __call__(self, losses: Sequence[float], gradient_length: float) -> str | None:
        """Where the last ``patience`` losses brought nothing; what is no number is no improvement."""
        best, waited = inf, -1  # the first loss is only what the others are compared with
        for loss in losses:
            better = loss < best - self.least
            best, waited = (loss, 0) if better else (best, waited + 1)
        if waited >= self.patience:
            return tr(f"no improvement for {self.patience} losses", f"sin mejora durante {self.patience} pérdidas")
        return None
