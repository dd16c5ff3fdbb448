"""What an explanation is made from: a layer that was just passed, and the two sentences that all layers share."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from hondo.core.language import tr
from hondo.scratch.trace.places import Place
from hondo.scratch.trace.step import Made
from hondo.scratch.trace.symbols import Symbol, factor, total


@dataclass(frozen=True)
class Passed:
    """A layer's place and the arrays that went through it.

    Attributes:
        x, y: input and output of the forward pass.
        d_y, d_x: the gradient that came back and the one that went on; empty before the backward pass.
    """

    place: Place
    x: np.ndarray
    y: np.ndarray
    d_y: np.ndarray = field(default_factory=lambda: np.empty(0))
    d_x: np.ndarray = field(default_factory=lambda: np.empty(0))


def output(
    at: Passed,
    formula: str,
    say: Callable[[], str],
    expression: Callable[[tuple[int, ...]], str],
    *parameters: Symbol,
) -> Made:
    """What came out of a layer.

    Args:
        at: the layer.
        formula: how, in LaTeX.
        say: what happens, in the language in force.
        expression: an element's right-hand side with numbers.
        *parameters: what was used beside the input.
    """
    return Made(at.place.y, formula, (at.place.x, *parameters), say, at.y, expression)


def input_gradient(
    at: Passed, formula: str, expression: Callable[[tuple[int, ...]], str], uses: Sequence[Symbol] = ()
) -> Made:
    """The blame that goes on to what came in."""
    return Made(
        at.place.x.gradient,
        formula,
        (at.place.y.gradient, *uses),
        lambda: tr("the blame goes on to what came in", "la culpa pasa a lo que entró"),
        at.d_x,
        expression,
    )


def parameter_gradient(
    at: Passed,
    name: str,
    formula: str,
    say: Callable[[], str],
    expression: Callable[[tuple[int, ...]], str],
    *uses: Symbol,
) -> Made:
    """The blame that a parameter takes."""
    gradient = at.place.layer.gradients[name]
    return Made(at.place.parameter(name).gradient, formula, (at.place.y.gradient, *uses), say, gradient, expression)


def shift_gradient(at: Passed, name: str) -> Made:
    """What was added to every sample (and pixel) answers for all of them."""
    return parameter_gradient(
        at,
        name,
        rf"\sum {at.place.y.gradient.latex()}",
        lambda: tr("a bias answers for every sample", "un sesgo responde por todas las muestras"),
        lambda i: total([factor(d) for d in at.d_y[..., i[0]].ravel()]),
    )
