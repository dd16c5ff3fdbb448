"""Learning rates that change: large steps to get near, small ones to arrive.

Each is a function of the number of steps taken so far, t = 0, 1, 2 …

Source: I. Loshchilov, F. Hutter, *SGDR*, ICLR (2017) for the cosine; I. Goodfellow et al., *Deep learning* (2016),
section 8.3.1.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import cos, pi

Schedule = Callable[[int], float]


@dataclass(frozen=True)
class StepDecay:
    """η₀ · factor^⌊t / every⌋: the same for a while, then suddenly less.

    Args:
        initial: η₀.
        factor: what remains at each fall.
        every: steps between falls.

    Example:
        >>> [StepDecay(1.0, 0.5, every=10)(t) for t in (0, 9, 10, 20)]
        [1.0, 1.0, 0.5, 0.25]
    """

    initial: float
    factor: float = 0.5
    every: int = 1000

    def __call__(self, t: int) -> float:
        """The learning rate of step t."""
        return self.initial * self.factor ** (t // self.every)


@dataclass(frozen=True)
class ExponentialDecay:
    """η₀ · factor^(t / every): the same fall, smoothly.

    Example:
        >>> [ExponentialDecay(1.0, 0.25, every=10)(t) for t in (0, 5, 10)]
        [1.0, 0.5, 0.25]
    """

    initial: float
    factor: float = 0.5
    every: int = 1000

    def __call__(self, t: int) -> float:
        """The learning rate of step t."""
        return self.initial * self.factor ** (t / self.every)


@dataclass(frozen=True)
class InverseTimeDecay:
    """η₀ / (1 + rate · t / every): fast at first, then ever more slowly.

    Example:
        >>> [InverseTimeDecay(1.0, 1.0, every=10)(t) for t in (0, 10, 30)]
        [1.0, 0.5, 0.25]
    """

    initial: float
    rate: float = 1.0
    every: int = 1000

    def __call__(self, t: int) -> float:
        """The learning rate of step t."""
        return self.initial / (1 + self.rate * t / self.every)


@dataclass(frozen=True)
class CosineDecay:
    """From η₀ to alpha · η₀ along half a cosine: slow, fast, slow.

    Args:
        initial: η₀.
        steps: when the end is reached; it stays there.
        alpha: the share of η₀ that is left.

    Example:
        >>> [round(CosineDecay(1.0, 100)(t), 6) for t in (0, 50, 100, 200)]
        [1.0, 0.5, 0.0, 0.0]
    """

    initial: float
    steps: int
    alpha: float = 0.0

    def __call__(self, t: int) -> float:
        """The learning rate of step t."""
        share = (1 + cos(pi * min(t / self.steps, 1))) / 2
        return self.initial * ((1 - self.alpha) * share + self.alpha)
