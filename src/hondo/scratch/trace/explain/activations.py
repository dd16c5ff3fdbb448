"""Activations and softmax explain themselves: a number through a curve, and the curve's slope on the way back."""

import re

from hondo.core.language import tr
from hondo.scratch.layers.simple import Activation, Softmax
from hondo.scratch.trace.explain.passed import Passed, input_gradient, output
from hondo.scratch.trace.step import Made
from hondo.scratch.trace.symbols import factor, in_symbols, number, products, total


def activation_forward(layer: Activation, at: Passed) -> Made:
    """y = f(z)."""
    kind = layer.activation
    return output(
        at,
        in_symbols(kind.formula, {"z": at.place.x.latex()}),
        lambda: tr(f"the activation {kind.name}", f"la activación {kind.name}"),
        lambda i: re.sub(r"\(\((.*?)\)\)", r"(\1)", in_symbols(kind.formula, {"z": factor(at.x[i])})),
    )


def activation_backward(layer: Activation, at: Passed) -> list[Made]:
    """∂L/∂z = ∂L/∂y · f'(z)."""
    slope = layer.activation.derivative(at.x)  # (batch, …)
    here = in_symbols(layer.activation.derivative_formula, {"z": at.place.x.latex()})
    formula = rf"{at.place.y.gradient.latex()} \odot \left({here}\right)"
    return [input_gradient(at, formula, lambda i: products([(at.d_y[i], slope[i])]), [at.place.x])]


def softmax_forward(layer: Softmax, at: Passed) -> Made:
    """pᵢ = e^zᵢ / Σ e^zⱼ."""

    def expression(i: tuple[int, ...]) -> str:
        powers = total([f"e^{{{number(score)}}}" for score in at.x[i[:-1]]])
        return rf"\frac{{e^{{{number(at.x[i])}}}}}{{{powers}}}"

    z = at.place.x.latex()
    return output(
        at,
        rf"\frac{{e^{{{z}}}}}{{\sum e^{{{z}}}}}",
        lambda: tr("scores become probabilities", "las puntuaciones se vuelven probabilidades"),
        expression,
    )


def softmax_backward(layer: Softmax, at: Passed) -> list[Made]:
    """∂L/∂zᵢ = pᵢ (∂L/∂pᵢ - Σ pⱼ ∂L/∂pⱼ)."""

    def expression(i: tuple[int, ...]) -> str:
        mean = products(zip(at.y[i[:-1]], at.d_y[i[:-1]], strict=True))
        return rf"{factor(at.y[i])} \left({number(at.d_y[i])} - ({mean})\right)"

    d_out, p = at.place.y.gradient.latex(), at.place.y.latex()
    return [input_gradient(at, rf"{p} \left({d_out} - \sum {p} {d_out}\right)", expression, [at.place.y])]
