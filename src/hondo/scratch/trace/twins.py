"""Twins: two trainings that begin alike in everything, and differ in one setting. What differs later, it has caused.

Both start from the same weights and see the same batches in the same order. So one compares activations, losses,
optimizers or learning rates, and nothing else.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from jaxtyping import Float

from hondo.core.errors import nearest
from hondo.core.language import tr
from hondo.scratch.descent.gradient_descent import batches
from hondo.scratch.descent.optimizers import OPTIMIZERS, Optimizer
from hondo.scratch.layers.dense import Dense
from hondo.scratch.layers.layer import Layer
from hondo.scratch.layers.simple import Activation
from hondo.scratch.mistakes import Mistake
from hondo.scratch.networks.network import Network
from hondo.scratch.trace.record import record
from hondo.scratch.trace.step import Step, Trace

_FREE = ("activation", "output", "loss", "optimizer", "learning_rate")


@dataclass(frozen=True)
class Setup:
    """A small multilayer perceptron and how it learns.

    Attributes:
        sizes: inputs, hidden layers, outputs.
        activation: of the hidden layers, by name.
        output: of the last layer; ``linear`` with a loss from logits.
        loss, optimizer: by name.
        learning_rate: η.
        init, seed: of the first weights; the seed also orders the batches.
        batch_size, steps: how many samples a step sees, and how many steps there are.
    """

    sizes: tuple[int, ...] = (2, 3, 1)
    activation: str = "tanh"
    output: str = "sigmoid"
    loss: str = "mean_squared_error"
    optimizer: str = "sgd"
    learning_rate: float = 0.1
    init: str = "glorot_uniform"
    seed: int = 0
    batch_size: int = 4
    steps: int = 3

    def network(self) -> Network:
        """The network before its first step."""
        layers: list[Layer] = []
        for units in self.sizes[1:]:
            layers += [Dense(units, self.init), Activation(self.activation)]
        return Network([*layers[:-1], Activation(self.output)], (self.sizes[0],), self.seed)

    def descent(self) -> Optimizer:
        """The optimizer with its learning rate.

        Raises:
            Mistake: if there is none of that name.
        """
        if self.optimizer not in OPTIMIZERS:
            raise Mistake(
                tr(f"there is no optimizer {self.optimizer!r}", f"no existe el optimizador {self.optimizer!r}"),
                nearest(self.optimizer, OPTIMIZERS),
            )
        return OPTIMIZERS[self.optimizer](learning_rate=self.learning_rate)

    def rows(self, samples: int) -> Iterator[np.ndarray]:
        """The row numbers of every step's batch, epoch after epoch."""
        rng = np.random.default_rng(self.seed)
        taken = 0
        while True:
            for rows in batches(samples, min(self.batch_size, samples), rng):
                if taken == self.steps:
                    return
                taken += 1
                yield rows


def run(setup: Setup, x: Float[np.ndarray, "samples inputs"], y: Float[np.ndarray, "samples outputs"]) -> Trace:
    """Train and record.

    Args:
        setup: what and how.
        x, y: samples and targets to draw batches from.
    """
    pairs = ((x[rows], y[rows]) for rows in setup.rows(len(x)))
    return record(setup.network(), setup.loss, pairs, setup.descent())


@dataclass(frozen=True)
class Twins:
    """Two traces and the one setting that tells them apart."""

    setting: str
    first: Trace
    second: Trace

    def differences(self) -> list[tuple[Step, float]]:
        """For each step of the first, how far the second's array of that name and batch is: the greatest difference.

        Arrays that only one of them has (an optimizer's memory) are left out.
        """
        others = {(step.batch, step.name): step.value for step in self.second.steps}
        pairs = ((step, others.get((step.batch, step.name))) for step in self.first.steps)
        return [(step, float(np.abs(step.value - other).max())) for step, other in pairs if other is not None]

    def parting(self) -> Step | None:
        """The first step at which they are no longer equal, or None."""
        return next((step for step, difference in self.differences() if difference > 0), None)


def twins(
    setup: Setup, x: Float[np.ndarray, "samples inputs"], y: Float[np.ndarray, "samples outputs"], **change: Any
) -> Twins:
    """Train twice, with one setting changed the second time.

    Args:
        setup: the first twin.
        x, y: samples and targets.
        **change: one setting and its other value, e.g. ``learning_rate=1.0``.

    Raises:
        Mistake: for no or several changes, for unknown settings, and for those that would change weights or batches.

    Example:
        >>> x, y = np.array([[0.0, 1.0], [1.0, 0.0]]), np.array([[1.0], [0.0]])
        >>> twins(Setup(), x, y, learning_rate=1.0).parting().name  # the first update
        'W1'
    """
    free = ", ".join(_FREE)
    for name in change:
        if name not in {field.name for field in fields(Setup)}:
            raise Mistake(tr(f"there is no setting {name!r}", f"no existe el ajuste {name!r}"), nearest(name, _FREE))
        if name not in _FREE:
            raise Mistake(
                tr(
                    f"twins begin with the same weights and batches, {name} would change them",
                    f"los gemelos empiezan con los mismos pesos y lotes, {name} los cambiaría",
                ),
                tr(f"Change one of: {free}.", f"Cambie uno de: {free}."),
            )
    if len(change) != 1:
        raise Mistake(
            tr(
                f"twins differ in one setting, got {len(change)}",
                f"los gemelos difieren en un ajuste, llegaron {len(change)}",
            ),
            tr(f"Change one of: {free}.", f"Cambie uno de: {free}."),
        )
    return Twins(next(iter(change)), run(setup, x, y), run(replace(setup, **change), x, y))
