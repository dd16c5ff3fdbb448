"""Optimizers: what to do with a gradient g. Each is a pure function of the weights w, g, and what it remembers.

    SGD        w ← w - η g
    Momentum   v ← μ v - η g,              w ← w + v             a ball that rolls
    Nesterov   v ← μ v - η g,              w ← w + μ v - η g     a ball that looks ahead
    RMSprop    s ← ρ s + (1 - ρ) g²,       w ← w - η g / √(s + ε)    each weight its own step
    Adam       m ← β₁ m + (1 - β₁) g,  s ← β₂ s + (1 - β₂) g²,
               w ← w - η √(1 - β₂ᵗ) / (1 - β₁ᵗ) · m / (√s + ε)       both, corrected for starting at 0

Source: B. Polyak (1964); Y. Nesterov (1983); T. Tieleman, G. Hinton, *Lecture 6.5: rmsprop* (2012); D. Kingma, J. Ba,
*Adam*, ICLR (2015), whose section 2 gives this order of computation.
"""

from dataclasses import dataclass
from math import sqrt
from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float

from hondo.scratch.descent.schedules import Schedule
from hondo.scratch.mistakes import need_floats, need_same_shape

Memory = dict[str, np.ndarray]
Weights = Float[np.ndarray, "*shape"]


@runtime_checkable
class Optimizer(Protocol):
    """What all optimizers share."""

    @property
    def learning_rate(self) -> float | Schedule:
        """η, or a schedule of it."""
        ...

    def start(self, w: Weights) -> Memory:
        """What is remembered before the first step."""
        ...

    def update(self, w: Weights, g: Weights, memory: Memory, t: int) -> tuple[Weights, Memory]:
        """One step.

        Args:
            w: the weights, of any shape.
            g: ∂L/∂w.
            memory: what :meth:`start` or the last update returned.
            t: how many steps were taken before.

        Returns:
            The new weights and the new memory; what came in is left as it was.
        """
        ...


def rate(optimizer: Optimizer, t: int) -> float:
    """η of step t."""
    eta = optimizer.learning_rate
    return eta(t) if callable(eta) else eta


def _check(w: np.ndarray, g: np.ndarray) -> None:
    need_floats("update", w=w, g=g)
    need_same_shape("update", w=w, g=g)


@dataclass(frozen=True)
class SGD:
    """Straight down the slope.

    Example:
        >>> SGD(0.1).update(np.array([1.0]), np.array([2.0]), {}, 0)[0].tolist()
        [0.8]
    """

    learning_rate: float | Schedule = 0.01

    def start(self, w: Weights) -> Memory:
        """Nothing to remember."""
        return {}

    def update(self, w: Weights, g: Weights, memory: Memory, t: int) -> tuple[Weights, Memory]:
        """w - η g."""
        _check(w, g)
        return w - rate(self, t) * g, {}


@dataclass(frozen=True)
class Momentum:
    """A velocity that gathers what many gradients agree on.

    Args:
        momentum: μ, how much of the velocity stays.
    """

    learning_rate: float | Schedule = 0.01
    momentum: float = 0.9

    def start(self, w: Weights) -> Memory:
        """At rest."""
        return {"v": np.zeros_like(w)}

    def update(self, w: Weights, g: Weights, memory: Memory, t: int) -> tuple[Weights, Memory]:
        """w + v."""
        _check(w, g)
        v = self.momentum * memory["v"] - rate(self, t) * g  # (*shape)
        return w + v, {"v": v}


@dataclass(frozen=True)
class Nesterov(Momentum):
    """Momentum that also takes the step the velocity is about to take."""

    def update(self, w: Weights, g: Weights, memory: Memory, t: int) -> tuple[Weights, Memory]:
        """w + μ v - η g."""
        _check(w, g)
        v = self.momentum * memory["v"] - rate(self, t) * g  # (*shape)
        return w + self.momentum * v - rate(self, t) * g, {"v": v}


@dataclass(frozen=True)
class RMSprop:
    """Steps divided by the size that gradients usually have.

    Args:
        rho: ρ, how much of the average of squares stays.
        epsilon: ε, keeps the division finite.
    """

    learning_rate: float | Schedule = 0.001
    rho: float = 0.9
    epsilon: float = 1e-7

    def start(self, w: Weights) -> Memory:
        """No squares yet."""
        return {"s": np.zeros_like(w)}

    def update(self, w: Weights, g: Weights, memory: Memory, t: int) -> tuple[Weights, Memory]:
        """w - η g / √(s + ε)."""
        _check(w, g)
        s = self.rho * memory["s"] + (1 - self.rho) * g**2  # (*shape)
        return w - rate(self, t) * g / np.sqrt(s + self.epsilon), {"s": s}


@dataclass(frozen=True)
class Adam:
    """Momentum and RMSprop together, corrected for their start at zero.

    Args:
        beta_1, beta_2: how much stays of the averages of g and g².
        epsilon: ε, keeps the division finite.
    """

    learning_rate: float | Schedule = 0.001
    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-7

    def start(self, w: Weights) -> Memory:
        """Neither mean nor squares yet."""
        return {"m": np.zeros_like(w), "s": np.zeros_like(w)}

    def update(self, w: Weights, g: Weights, memory: Memory, t: int) -> tuple[Weights, Memory]:
        """w - η √(1 - β₂ᵗ) / (1 - β₁ᵗ) · m / (√s + ε)."""
        _check(w, g)
        m = self.beta_1 * memory["m"] + (1 - self.beta_1) * g  # (*shape)
        s = self.beta_2 * memory["s"] + (1 - self.beta_2) * g**2  # (*shape)
        correction = sqrt(1 - self.beta_2 ** (t + 1)) / (1 - self.beta_1 ** (t + 1))
        return w - rate(self, t) * correction * m / (np.sqrt(s) + self.epsilon), {"m": m, "s": s}


OPTIMIZERS = {"sgd": SGD, "momentum": Momentum, "nesterov": Nesterov, "rmsprop": RMSprop, "adam": Adam}
