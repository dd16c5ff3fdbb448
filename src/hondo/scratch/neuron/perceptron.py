"""The perceptron's learning rule: only mistakes teach, and where a line can separate the classes, it finds one.

For each sample (x, y) with y ∈ {0, 1} and the answer ŷ = step(w·x + b):

    w ← w + η (y - ŷ) x        b ← b + η (y - ŷ)

Nothing happens when the answer is right. If some line separates the classes with margin γ and all samples lie within
radius R, at most (R/γ)² mistakes are made (Novikoff). If none does, as for XOR, the rule never comes to rest.

Source: F. Rosenblatt (1958); A. Novikoff, *On convergence proofs for perceptrons* (1962); M. Minsky, S. Papert,
*Perceptrons* (1969).
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from hondo.core.language import tr
from hondo.scratch.activations.piecewise import step
from hondo.scratch.mistakes import Mistake, need_floats, need_rank, need_shape
from hondo.scratch.neuron.neuron import neuron


@dataclass(frozen=True)
class Correction:
    """One mistake and the line after it: what an animation shows."""

    epoch: int
    sample: int
    w: Float[np.ndarray, " inputs"]
    b: float


@dataclass(frozen=True)
class PerceptronRun:
    """What the rule arrived at, and its way there.

    Attributes:
        w, b: the last weights and bias.
        corrections: every update in order.
        mistakes: how many samples each epoch answered wrongly when it came to them.
        converged: True if the last epoch made no mistake.
    """

    w: Float[np.ndarray, " inputs"]
    b: float
    corrections: list[Correction]
    mistakes: list[int]
    converged: bool


def learn(
    x: Float[np.ndarray, "batch inputs"],
    y: Float[np.ndarray, " batch"],
    learning_rate: float = 1.0,
    epochs: int = 100,
) -> PerceptronRun:
    """Go through the samples again and again until an epoch makes no mistake, or ``epochs`` are over.

    Args:
        x: one sample a row.
        y: its class, 0.0 or 1.0.
        learning_rate: η; from zero weights it only scales them, and changes no decision.
        epochs: at most so many rounds.

    Raises:
        Mistake: for classes other than 0 and 1.

    Example:
        >>> corners = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
        >>> learn(corners, np.array([0.0, 0.0, 0.0, 1.0])).converged  # AND
        True
        >>> learn(corners, np.array([0.0, 1.0, 1.0, 0.0])).converged  # XOR
        False
    """
    need_floats("learn", x=x, y=y)
    need_rank("learn", "x", x, "batch, inputs")
    if y.shape != x.shape[:1] or not np.isin(y, (0.0, 1.0)).all():
        raise Mistake(
            tr(
                f"the perceptron needs one class, 0 or 1, for each of {len(x)} samples; got {np.unique(y)[:5]}, "
                f"shape {y.shape}",
                f"el perceptrón necesita una clase, 0 o 1, para cada una de {len(x)} muestras; llegó "
                f"{np.unique(y)[:5]}, forma {y.shape}",
            ),
            tr("For classes -1 and 1 write (y + 1) / 2.", "Para clases -1 y 1 escriba (y + 1) / 2."),
        )
    w, b = np.zeros(x.shape[1], x.dtype), 0.0  # (inputs,), scalar
    corrections: list[Correction] = []
    mistakes: list[int] = []
    for epoch in range(epochs):
        mistakes.append(0)
        for sample in range(len(x)):
            answer = neuron(x[sample : sample + 1], w, b, step)  # (1,)
            error = float(y[sample] - answer[0])  # -1, 0 or 1
            if error != 0:
                w = w + learning_rate * error * x[sample]  # (inputs,)
                b = b + learning_rate * error
                corrections.append(Correction(epoch, sample, w, b))
                mistakes[-1] += 1
        if mistakes[-1] == 0:
            break
    return PerceptronRun(w, b, corrections, mistakes, converged=bool(mistakes) and mistakes[-1] == 0)


def most_mistakes(
    x: Float[np.ndarray, "batch inputs"], y: Float[np.ndarray, " batch"], w: Float[np.ndarray, " inputs"], b: float
) -> float:
    """Novikoff's bound (R/γ)² on the corrections that :func:`learn` makes, from any separating line.

    The bias counts as a weight of a constant input 1, so R² = max (|x|² + 1) and γ is the smallest distance of a
    sample to the plane, on its right side.

    Args:
        x, y: the samples and their classes 0 or 1.
        w, b: a line that separates them.

    Raises:
        Mistake: if the line does not separate them.

    Example:
        >>> most_mistakes(np.array([[-1.0], [1.0]]), np.array([0.0, 1.0]), np.array([1.0]), 0.0)
        2.0
    """
    need_floats("most_mistakes", x=x, y=y, w=w)
    need_shape("most_mistakes", "y", y, (len(x),))
    need_shape("most_mistakes", "w", w, x.shape[1:])
    sides = (2 * y - 1) * (x @ w + b)  # (batch,), positive where the line is right
    if sides.min() <= 0:
        raise Mistake(
            tr(
                f"this line puts {int((sides <= 0).sum())} samples on the wrong side",
                f"esta recta deja {int((sides <= 0).sum())} muestras en el lado equivocado",
            ),
            tr(
                "The bound needs a line that separates the classes.",
                "La cota necesita una recta que separe las clases.",
            ),
        )
    margin_squared = sides.min() ** 2 / (w @ w + b * b)
    return float((np.square(x).sum(axis=1) + 1).max() / margin_squared)
