"""Backpropagation with nothing hidden: a multilayer perceptron as a list of matrices.

Forwards, from a⁰ = x:

    zˡ = aˡ⁻¹ Wˡ + bˡ        aˡ = f(zˡ)

Backwards, with δˡ = ∂L/∂zˡ, the blame of each neuron:

    δᴸ   = ∂L/∂aᴸ ⊙ f'(zᴸ)                   how wrong the output is, and how easily it moves
    δˡ   = (δˡ⁺¹ (Wˡ⁺¹)ᵀ) ⊙ f'(zˡ)           a neuron answers for what it told the next layer
    ∂L/∂Wˡ = (aˡ⁻¹)ᵀ δˡ     ∂L/∂bˡ = Σ δˡ    a weight answers for what came in times what went wrong

Source: D. Rumelhart, G. Hinton, R. Williams (1986); M. Nielsen, *Neural networks and deep learning* (2015), chapter 2.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from hondo.core.language import tr
from hondo.scratch.activations.catalogue import activation
from hondo.scratch.layers.dense import dense, dense_backward
from hondo.scratch.losses.catalogue import loss as named_loss
from hondo.scratch.mistakes import Mistake


class Weights(NamedTuple):
    """One layer's parameters, or their gradients."""

    W: Float[np.ndarray, "inputs units"]
    b: Float[np.ndarray, " units"]


class LayerPass(NamedTuple):
    """What one layer computed on the way forwards."""

    z: Float[np.ndarray, "batch units"]
    a: Float[np.ndarray, "batch units"]


def _functions(layers: Sequence[Weights], activations: Sequence[str]) -> list:
    if len(layers) != len(activations) or not layers:
        raise Mistake(
            tr(
                f"{len(layers)} layers need as many activations, got {len(activations)}",
                f"{len(layers)} capas necesitan otras tantas activaciones, llegaron {len(activations)}",
            )
        )
    return [activation(name) for name in activations]


def forward_pass(
    layers: Sequence[Weights], activations: Sequence[str], x: Float[np.ndarray, "batch inputs"]
) -> list[LayerPass]:
    """Compute all layers and keep every number, since the way back needs them.

    Args:
        layers: weights and biases, from the input on.
        activations: a name for each layer.
        x: one sample a row.

    Example:
        >>> layer = Weights(np.array([[2.0]]), np.array([1.0]))
        >>> forward_pass([layer], ["relu"], np.array([[-3.0]]))[0].z.tolist()
        [[-5.0]]
    """
    passes = []
    a = x  # (batch, inputs)
    for (W, b), f in zip(layers, _functions(layers, activations), strict=True):
        z = dense(a, W, b)  # (batch, units)
        a = f.function(z)  # (batch, units)
        passes.append(LayerPass(z, a))
    return passes


def backward_pass(
    layers: Sequence[Weights],
    activations: Sequence[str],
    passes: Sequence[LayerPass],
    x: Float[np.ndarray, "batch inputs"],
    d_a: Float[np.ndarray, "batch outputs"],
) -> list[Weights]:
    """The gradients of all parameters.

    Args:
        layers, activations, x: as in the forward pass.
        passes: what :func:`forward_pass` returned.
        d_a: ∂L/∂(the last layer's output).

    Returns:
        A pair (∂L/∂W, ∂L/∂b) for each layer, from the input on.
    """
    functions = _functions(layers, activations)
    inputs = [x, *(a for _, a in passes[:-1])]  # what each layer saw
    gradients: list[Weights] = []
    for layer in reversed(range(len(layers))):
        delta = d_a * functions[layer].derivative(passes[layer].z)  # (batch, units)
        d_a, d_W, d_b = dense_backward(delta, inputs[layer], layers[layer].W)
        gradients.insert(0, Weights(d_W, d_b))
    return gradients


def loss_and_gradients(
    layers: Sequence[Weights],
    activations: Sequence[str],
    loss: str,
    x: Float[np.ndarray, "batch inputs"],
    y: Float[np.ndarray, "batch outputs"],
) -> tuple[float, list[Weights]]:
    """There and back: the loss of a batch and the gradient of every parameter.

    Args:
        layers, activations, x: as in :func:`forward_pass`.
        loss: by name.
        y: the targets.

    Example:
        >>> layer = Weights(np.array([[2.0]]), np.array([1.0]))
        >>> x, y = np.array([[1.0]]), np.array([[0.0]])
        >>> value, gradients = loss_and_gradients([layer], ["linear"], "mean_squared_error", x, y)
        >>> value, gradients[0].W.tolist()  # (2·1 + 1 - 0)² and 2·3·1
        (9.0, [[6.0]])
    """
    how_wrong = named_loss(loss)
    passes = forward_pass(layers, activations, x)
    predicted = passes[-1].a  # (batch, outputs)
    d_a = how_wrong.gradient(predicted, y)  # (batch, outputs)
    return how_wrong.function(predicted, y), backward_pass(layers, activations, passes, x, d_a)
