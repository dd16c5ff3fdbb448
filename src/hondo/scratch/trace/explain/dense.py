"""A dense layer explains itself: products forwards, and the same products the other ways round backwards."""

from hondo.core.language import tr
from hondo.scratch.layers.dense import Dense
from hondo.scratch.trace.explain.passed import Passed, input_gradient, output, parameter_gradient, shift_gradient
from hondo.scratch.trace.step import Made
from hondo.scratch.trace.symbols import products


def dense_forward(layer: Dense, at: Passed) -> Made:
    """Z = X W + b."""
    W, b = layer.parameters["W"], layer.parameters["b"]
    W_symbol, b_symbol = at.place.parameter("W"), at.place.parameter("b")
    return output(
        at,
        f"{at.place.x.latex()} {W_symbol.latex()} + {b_symbol.latex()}",
        lambda: tr("each neuron's weighted sum", "la suma ponderada de cada neurona"),
        lambda i: products(zip(at.x[i[0]], W[:, i[1]], strict=True), b[i[1]]),
        W_symbol,
        b_symbol,
    )


def dense_backward(layer: Dense, at: Passed) -> list[Made]:
    """∂L/∂W = Xᵀ ∂L/∂Z, ∂L/∂b = Σ ∂L/∂Z, ∂L/∂X = ∂L/∂Z Wᵀ."""
    W, W_symbol = layer.parameters["W"], at.place.parameter("W")
    d_out = at.place.y.gradient.latex()
    weights = parameter_gradient(
        at,
        "W",
        rf"({at.place.x.latex()})^{{\mathsf{{T}}}} {d_out}",
        lambda: tr("what came in times what went wrong", "lo que entró por lo que salió mal"),
        lambda i: products(zip(at.x[:, i[0]], at.d_y[:, i[1]], strict=True)),
        at.place.x,
    )
    inputs = input_gradient(
        at,
        rf"{d_out} ({W_symbol.latex()})^{{\mathsf{{T}}}}",
        lambda i: products(zip(at.d_y[i[0]], W[i[1]], strict=True)),
        [W_symbol],
    )
    return [weights, shift_gradient(at, "b"), inputs]
