"""A loss explains itself: each prediction beside its target, and the pull that follows."""

from collections.abc import Callable

import numpy as np

from hondo.core.language import tr
from hondo.scratch.activations.smooth import sigmoid
from hondo.scratch.activations.softmax import log_softmax, softmax
from hondo.scratch.losses.catalogue import Loss
from hondo.scratch.trace.step import Made
from hondo.scratch.trace.symbols import Symbol, factor, in_symbols, number, total

LOSS = Symbol("L")
TARGET = Symbol("y")


def _squared(a: float, y: float) -> str:
    return f"({number(a)} - {factor(y)})^2"


def _absolute(a: float, y: float) -> str:
    return f"|{number(a)} - {factor(y)}|"


def _huber(a: float, y: float) -> str:
    size = abs(a - y)
    return rf"\tfrac{{1}}{{2}} {number(size)}^2" if size <= 1 else rf"({number(size)} - \tfrac{{1}}{{2}})"


def _binary(a: float, y: float) -> str:
    parts = []
    if y > 0:
        parts.append(rf"{number(y)} \cdot \log {number(a)}")
    if y < 1:
        parts.append(rf"{number(1 - y)} \cdot \log {number(1 - a)}")
    return f"-({' + '.join(parts)})"


def _categorical(a: float, y: float) -> str:
    return rf"-{number(y)} \cdot \log {number(a)}" if y else "0"


def _hinge(a: float, y: float) -> str:
    return rf"\max(0, 1 - {factor(y)} \cdot {factor(a)})"


def _sigmoid(a: float, y: float) -> str:
    return rf"(\log(1 + e^{{{number(a)}}}) - {factor(y)} \cdot {factor(a)})"


# For each loss: a term with its numbers, and over what the mean is taken.
_TERMS: dict[str, tuple[Callable[[float, float], str], str]] = {
    "mean_squared_error": (_squared, "numbers"),
    "mean_absolute_error": (_absolute, "numbers"),
    "huber": (_huber, "numbers"),
    "binary_cross_entropy": (_binary, "numbers"),
    "categorical_cross_entropy": (_categorical, "rows"),
    "hinge": (_hinge, "numbers"),
    "softmax_cross_entropy": (_categorical, "rows"),
    "sigmoid_cross_entropy": (_sigmoid, "numbers"),
}


def _here(formula: str, a: Symbol) -> str:
    """A loss's formula with the output's symbol for ``a`` and the target's for ``y``."""
    return in_symbols(formula, {"a": a.latex(), "y": TARGET.latex()})


def explain_loss(loss: Loss, predicted: np.ndarray, y: np.ndarray, value: float, a: Symbol) -> Made:
    """L from the outputs.

    Args:
        loss: which.
        predicted, y: the network's outputs and their targets, of one shape.
        value: the loss.
        a: the outputs' symbol.
    """
    term, over = _TERMS[loss.name]
    count = len(predicted) if over == "rows" else predicted.size
    # A softmax inside the loss: the terms show the probabilities.
    shown = np.exp(log_softmax(predicted)) if loss.name == "softmax_cross_entropy" else predicted
    terms = [term(float(p), float(t)) for p, t in zip(shown.ravel(), y.ravel(), strict=True)]
    terms = [f"({text})" if text.startswith("-") else text for text in terms if text != "0"]
    return Made(
        LOSS,
        _here(loss.formula, a),
        (a, TARGET),
        lambda: tr("how wrong the outputs are", "lo equivocadas que están las salidas"),
        np.asarray(value),
        lambda _: rf"\frac{{1}}{{{count}}} \left({total(terms)}\right)",
    )


def explain_loss_gradient(loss: Loss, predicted: np.ndarray, y: np.ndarray, gradient: np.ndarray, a: Symbol) -> Made:
    """∂L/∂(each output).

    Args:
        loss, predicted, y, a: as in :func:`explain_loss`.
        gradient: ∂L/∂predicted.
    """
    count = len(predicted) if _TERMS[loss.name][1] == "rows" else predicted.size
    # With softmax or sigmoid inside, the gradient compares probabilities, so these are shown.
    inside = {"softmax_cross_entropy": softmax, "sigmoid_cross_entropy": sigmoid}.get(loss.name)
    shown = inside(predicted) if inside else predicted

    def expression(i: tuple[int, ...]) -> str:
        p, target = number(shown[i]), factor(y[i])
        if inside:
            return rf"\frac{{1}}{{{count}}} ({p} - {target})"
        if loss.name == "mean_squared_error":
            return rf"\frac{{2}}{{{count}}} ({p} - {target})"
        return rf"\frac{{1}}{{{count}}} \cdot {factor(gradient[i] * count)}"

    return Made(
        a.gradient,
        _here(loss.gradient_formula, a),
        (a, TARGET),
        lambda: tr(
            "where the outputs should go, and how urgently", "hacia dónde deben ir las salidas y con qué urgencia"
        ),
        gradient,
        expression,
    )
