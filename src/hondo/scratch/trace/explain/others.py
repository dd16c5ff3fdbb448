"""Flatten, dropout, batch normalisation and the residual sum explain themselves."""

import numpy as np

from hondo.core.language import tr
from hondo.scratch.layers.batch_normalization import BatchNormalization, statistics
from hondo.scratch.layers.dropout import Dropout
from hondo.scratch.layers.residual import Residual
from hondo.scratch.layers.simple import Flatten
from hondo.scratch.trace.explain.passed import Passed, input_gradient, output, parameter_gradient, shift_gradient
from hondo.scratch.trace.step import Made
from hondo.scratch.trace.symbols import factor, number, products


def flatten_forward(layer: Flatten, at: Passed) -> Made:
    """The same numbers in one row."""
    return output(
        at,
        rf"\operatorname{{flatten}}({at.place.x.latex()})",
        lambda: tr("the same numbers in one row", "los mismos números en una fila"),
        lambda i: at.place.x.latex((i[0], *(int(k) for k in np.unravel_index(i[1], at.x.shape[1:])))),
    )


def flatten_backward(layer: Flatten, at: Passed) -> list[Made]:
    """The same gradients in the old shape."""
    d_out = at.place.y.gradient
    return [
        input_gradient(
            at,
            rf"\operatorname{{unflatten}}\left({d_out.latex()}\right)",
            lambda i: d_out.latex((i[0], int(np.ravel_multi_index(i[1:], at.x.shape[1:])))),
        )
    ]


def dropout_forward(layer: Dropout, at: Passed) -> Made:
    """x times a mask m."""
    mask = layer.remembered("mask")
    return output(
        at,
        rf"{at.place.x.latex()} \odot m",
        lambda: tr("some are silenced, the others enlarged", "unas se silencian, las demás se amplían"),
        lambda i: products([(at.x[i], mask[i])]),
    )


def dropout_backward(layer: Dropout, at: Passed) -> list[Made]:
    """The gradient times the same mask."""
    mask = layer.remembered("mask")
    formula = rf"{at.place.y.gradient.latex()} \odot m"
    return [input_gradient(at, formula, lambda i: products([(at.d_y[i], mask[i])]))]


def _statistics(layer: BatchNormalization, at: Passed) -> tuple[np.ndarray, np.ndarray]:
    """Mean and variance that were used, ``(channels,)`` each."""
    return statistics(at.x) if layer.training else (layer.moving_mean, layer.moving_variance)


def normalization_forward(layer: BatchNormalization, at: Passed) -> Made:
    """γ (x - μ) / √(σ² + ε) + β."""
    gamma, beta = at.place.parameter("gamma"), at.place.parameter("beta")
    mean, variance = _statistics(layer, at)

    def expression(i: tuple[int, ...]) -> str:
        channel = i[-1]
        scale, shift = layer.parameters["gamma"][channel], layer.parameters["beta"][channel]
        deviation = rf"\sqrt{{{number(variance[channel])} + {number(layer.epsilon)}}}"
        difference = f"{number(at.x[i])} - {factor(mean[channel])}"
        return rf"{factor(scale)} \cdot \frac{{{difference}}}{{{deviation}}} + {factor(shift)}"

    return output(
        at,
        rf"{gamma.latex()} \frac{{{at.place.x.latex()} - \mu}}{{\sqrt{{\sigma^2 + \epsilon}}}} + {beta.latex()}",
        lambda: tr("each channel to mean 0 and variance 1", "cada canal a media 0 y varianza 1"),
        expression,
        gamma,
        beta,
    )


def normalization_backward(layer: BatchNormalization, at: Passed) -> list[Made]:
    """∂L/∂γ, ∂L/∂β, and ∂L/∂x, which knows that mean and variance depend on x."""
    mean, variance = _statistics(layer, at)
    deviation = np.sqrt(variance + layer.epsilon)  # (channels,)
    x_hat = (at.x - mean) / deviation  # (*batch, channels)
    n = at.x.size // at.x.shape[-1]
    d_mean, d_slope = layer.gradients["beta"] / n, layer.gradients["gamma"] / n  # (channels,) each

    def expression(i: tuple[int, ...]) -> str:
        channel = i[-1]
        front = rf"\frac{{{number(layer.parameters['gamma'][channel])}}}{{{number(deviation[channel])}}}"
        if not layer.training:
            return rf"{front} \cdot {factor(at.d_y[i])}"
        back = rf"{factor(x_hat[i])} \cdot {factor(d_slope[channel])}"
        return rf"{front} \left({number(at.d_y[i])} - {factor(d_mean[channel])} - {back}\right)"

    gamma, d_out = at.place.parameter("gamma"), at.place.y.gradient.latex()
    inner = d_out
    if layer.training:
        mean_terms = rf"\overline{{{d_out}}} - \hat{{x}} \, \overline{{{d_out} \odot \hat{{x}}}}"
        inner = rf"\left({d_out} - {mean_terms}\right)"
    scale = parameter_gradient(
        at,
        "gamma",
        rf"\sum {d_out} \odot \hat{{x}}",
        lambda: tr("the scale answers for every sample", "la escala responde por todas las muestras"),
        lambda i: products(zip(at.d_y[..., i[0]].ravel(), x_hat[..., i[0]].ravel(), strict=True)),
        at.place.x,
    )
    formula = rf"\frac{{{gamma.latex()}}}{{\sqrt{{\sigma^2 + \epsilon}}}} {inner}"
    return [scale, shift_gradient(at, "beta"), input_gradient(at, formula, expression, [at.place.x, gamma])]


def residual_forward(layer: Residual, at: Passed) -> Made:
    """x + f(x)."""
    inner = at.place.inside[-1].y if at.place.inside else at.place.x
    return output(
        at,
        f"{at.place.x.latex()} + {inner.latex()}",
        lambda: tr("what went around joins what went through", "lo que dio el rodeo se une a lo que pasó por dentro"),
        lambda i: f"{number(at.x[i])} + {factor(at.y[i] - at.x[i])}",
        inner,
    )


def residual_backward(layer: Residual, at: Passed) -> list[Made]:
    """The gradient that went around plus the one that went through f."""
    through = rf"\left. {at.place.x.gradient.latex()} \right|_f"
    formula = f"{at.place.y.gradient.latex()} + {through}"
    return [input_gradient(at, formula, lambda i: f"{number(at.d_y[i])} + {factor(at.d_x[i] - at.d_y[i])}")]
