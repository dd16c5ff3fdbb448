"""Gradient descent, whole: batch, stochastic and mini-batch are one loop, and differ in one number.

    batch_size = samples   every step sees all data: exact, slow, smooth (batch)
    batch_size = 1         every step sees one sample: fast, noisy (stochastic)
    in between             what everybody uses (mini-batch)

Source: L. Bottou, F. Curtis, J. Nocedal, *Optimization methods for large-scale machine learning*, SIAM Review 60
(2018).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Int

from hondo.scratch.descent.optimizers import Optimizer
from hondo.scratch.descent.stopping import Criterion
from hondo.scratch.descent.surfaces import Surface
from hondo.scratch.mistakes import need_between

Parameters = dict[str, np.ndarray]
LossAndGradients = Callable[[Parameters, np.ndarray], tuple[float, Parameters]]


@dataclass(frozen=True)
class Step:
    """One step downhill.

    Attributes:
        number, epoch: counted from 0.
        loss: of the batch, before the step.
        gradients: there.
        parameters: after the step.
        ends_epoch: True if every sample was seen once more.
        reason: why this was the last step, or None.
    """

    number: int
    epoch: int
    loss: float
    gradients: Parameters
    parameters: Parameters
    ends_epoch: bool
    reason: str | None = None


def batches(samples: int, batch_size: int, rng: np.random.Generator) -> Iterator[Int[np.ndarray, " batch"]]:
    """The row numbers of one epoch's batches, in random order; the last one may be smaller.

    Raises:
        Mistake: for a batch size outside [1, samples].

    Example:
        >>> [len(rows) for rows in batches(10, 4, np.random.default_rng(0))]
        [4, 4, 2]
    """
    need_between("batches", "batch_size", batch_size, 1, max(samples, 1))
    order = rng.permutation(samples)  # (samples,)
    for start in range(0, samples, batch_size):
        yield order[start : start + batch_size]


def descend(
    loss_and_gradients: LossAndGradients,
    parameters: Parameters,
    optimizer: Optimizer,
    *,
    samples: int = 1,
    batch_size: int = 1,
    epochs: int = 1,
    seed: int = 0,
    stop: Sequence[Criterion] = (),
) -> Iterator[Step]:
    """Go downhill and hand out every step.

    Args:
        loss_and_gradients: from parameters and row numbers of a batch to its loss and gradients.
        parameters: where to start, by name.
        optimizer: what to do with the gradients.
        samples: how many there are to draw batches from.
        batch_size: the one number that makes the difference.
        epochs: how often to go through all samples.
        seed: of the order of the samples.
        stop: criteria; the first that gives a reason ends the descent.

    Raises:
        Mistake: for a batch size outside [1, samples].

    Example:
        >>> from hondo.scratch.descent.optimizers import SGD
        >>> square = lambda p, rows: (float(p["w"] @ p["w"]), {"w": 2 * p["w"]})
        >>> [step.parameters["w"].item() for step in descend(square, {"w": np.array([8.0])}, SGD(0.25), epochs=3)]
        [4.0, 2.0, 1.0]
    """
    rng = np.random.default_rng(seed)
    memory = {name: optimizer.start(w) for name, w in parameters.items()}
    losses: list[float] = []
    for epoch in range(epochs):
        seen = 0
        for rows in batches(samples, batch_size, rng):
            loss, gradients = loss_and_gradients(parameters, rows)
            updates = {
                name: optimizer.update(w, gradients[name], memory[name], len(losses)) for name, w in parameters.items()
            }
            parameters = {name: w for name, (w, _) in updates.items()}
            memory = {name: kept for name, (_, kept) in updates.items()}
            losses.append(loss)
            seen += len(rows)
            length = float(np.sqrt(sum(float((g**2).sum()) for g in gradients.values())))
            reason = next((why for why in (criterion(losses, length) for criterion in stop) if why), None)
            yield Step(len(losses) - 1, epoch, loss, gradients, parameters, seen == samples, reason)
            if reason:
                return


def walk(
    surface: Surface, start: tuple[float, float], optimizer: Optimizer, steps: int = 100, stop: Sequence[Criterion] = ()
) -> np.ndarray:
    """The way of an optimizer over a surface, to be drawn.

    Args:
        surface: from :mod:`hondo.scratch.descent.surfaces`.
        start: a point.
        optimizer, stop: as in :func:`descend`.
        steps: at most so many.

    Returns:
        Points ``(steps + 1, 2)``, the start first.

    Example:
        >>> from hondo.scratch.descent.optimizers import SGD
        >>> from hondo.scratch.descent.surfaces import SURFACES
        >>> walk(SURFACES["bowl"], (1.0, 2.0), SGD(0.25), steps=1).tolist()
        [[1.0, 2.0], [0.5, 1.0]]
    """

    def at(parameters: Parameters, _: np.ndarray) -> tuple[float, Parameters]:
        point = parameters["point"]  # (2,)
        return float(surface.value(point)), {"point": surface.gradient(point)}

    first = np.array(start, dtype=float)  # (2,)
    path = descend(at, {"point": first}, optimizer, epochs=steps, stop=stop)
    return np.stack([first, *(step.parameters["point"] for step in path)])
