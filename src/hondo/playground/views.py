"""What there is to see of a network: its neurons over the plane, its weights, its gradients, its loss's surface."""

from dataclasses import replace

import numpy as np

from hondo.core.arrays import Array, FloatArray
from hondo.core.errors import HondoError
from hondo.core.language import tr
from hondo.core.seeds import generator
from hondo.playground.data import features
from hondo.playground.layout import layers, places
from hondo.playground.reference import gradient, losses, penalty
from hondo.playground.setup import Setup
from hondo.playground.training import State, Training

EXTENT = 6.0


def grid(n: int, extent: float = EXTENT) -> FloatArray:
    """The centres of n × n cells over the plane from −extent to extent.

    Returns:
        Places ``(n · n, 2)``, row by row from the top, where x2 is largest, as pictures are drawn.
    """
    along = (np.arange(n) + 0.5) / n * 2 * extent - extent
    x1, x2 = np.meshgrid(along, along[::-1])
    return np.stack([x1.ravel(), x2.ravel()], axis=1)


def neurons(training: Training, state: State, n: int = 30, extent: float = EXTENT) -> list[FloatArray]:
    """Every neuron's values over the plane.

    Returns:
        For the inputs, each hidden layer and the outputs: ``(units, n, n)``, rows from the top.
    """
    x = features(training.setup, grid(n, extent))
    with np.errstate(all="ignore"):
        return [np.ascontiguousarray(each.T).reshape(-1, n, n) for each in training.values(state, x)]


def decisions(training: Training, state: State, n: int = 100, extent: float = EXTENT) -> FloatArray:
    """The output over the plane ``(n, n)``: the value of one output neuron, or the likeliest class of several."""
    outputs = neurons(training, state, n, extent)[-1]
    return outputs[0] if len(outputs) == 1 else outputs.argmax(axis=0).astype(outputs.dtype)


def gradient_norms(training: Training, state: State) -> list[float]:
    """The length of the loss's gradient by each layer's weights, over all training points, without the penalty."""
    with np.errstate(all="ignore"):
        g = gradient(training.setup, state.weights, training.x, training.y)
        parts = layers(g.astype(np.float64), training.setup.sizes)
        return [float(np.sqrt(np.square(kernel).sum() + np.square(biases).sum())) for kernel, biases in parts]


def dead_neurons(training: Training, state: State) -> list[tuple[int, ...]]:
    """For each hidden layer the neurons that are 0 at every training point: a ReLU there learns nothing any more."""
    if training.setup.activation != "relu":
        return [() for _ in training.setup.hidden]
    hidden = training.values(state, training.x)[1:-1]
    return [tuple(np.flatnonzero((values == 0).all(axis=0)).tolist()) for values in hidden]


def disagreement(one: FloatArray, other: FloatArray, setup: Setup, other_setup: Setup) -> float:
    """How differently two networks see the plane: the share of it where their classes differ, or for numbers the mean
    distance between them.

    Args:
        one, other: outputs over the plane ``(outputs, n, n)``.
        setup, other_setup: say what the outputs of each mean.
    """
    if setup.problem == "regression":
        return float(np.abs(one[0] - other[0]).mean())
    return float((likeliest(one, setup.output) != likeliest(other, other_setup.output)).mean())


def likeliest(outputs: FloatArray, output: str) -> Array:
    """The class, as a number, that outputs ``(outputs, …)`` speak for: ``(…)``."""
    return outputs.argmax(axis=0) if output == "softmax" else outputs[0] > (0.5 if output == "sigmoid" else 0)


def loss_surface(
    training: Training, state: State, k: int = 25, reach: float = 1.0, seed: int = 0
) -> tuple[FloatArray, FloatArray]:
    """The training loss, penalty included, around the present weights along two random directions.

    Each neuron's part of a direction is as long as that neuron's weights, so that networks of other sizes of weights
    can be compared (H. Li et al., *Visualizing the loss landscape of neural nets*, NeurIPS 2018). Biases stay.

    Returns:
        How far along each direction ``(k,)``, from −reach to reach, and the losses ``(k, k)``: first direction down,
        second across. With an odd k the middle is where the network is.
    """
    along = np.linspace(-reach, reach, k)
    one, other = (_direction(training, state, seed, number) for number in (1, 2))
    surface = np.empty((k, k))
    with np.errstate(all="ignore"):
        for row, down in enumerate(along):
            for column, across in enumerate(along):
                weights = (state.weights + down * one + across * other).astype(state.weights.dtype)
                moved = replace(state, weights=weights)
                outputs = training.values(moved, training.x)[-1]
                mean = losses(training.setup, outputs, training.y).mean(dtype=np.float64)
                surface[row, column] = mean + penalty(training.setup, weights)
    return along, surface


def _direction(training: Training, state: State, seed: int, number: int) -> FloatArray:
    sizes = training.setup.sizes
    direction = generator(seed, "playground", "surface", number).normal(size=len(state.weights))
    for (kernel, biases), (now, _) in zip(layers(direction, sizes), layers(state.weights, sizes), strict=True):
        kernel *= np.linalg.norm(now, axis=0) / np.linalg.norm(kernel, axis=0)
        biases[:] = 0
    return direction


def parameters(training: Training, state: State) -> list[dict[str, list]]:
    """Each layer's ``weights``, a list of numbers for each of its inputs, and ``biases``."""
    parts = layers(state.weights, training.setup.sizes)
    return [{"weights": kernel.tolist(), "biases": biases.tolist()} for kernel, biases in parts]


def edited(training: Training, state: State, layer: int, unit: int, value: float, source: int | None = None) -> State:
    """The state with one weight or bias changed; the optimizer's memory stays.

    Args:
        training, state: where.
        layer: counted from 0, the first hidden one (or the output, where there is none hidden).
        unit: the neuron in it.
        value: the new value.
        source: the neuron of the layer before (or the input) whose weight is meant; left out, the bias.

    Raises:
        HondoError: for a place that is not there or a value that is not finite.
    """
    known = places(training.setup.sizes)
    inside = 0 <= layer < len(known) and 0 <= unit < known[layer].units
    if not inside or not (source is None or 0 <= source < known[layer].inputs):
        raise HondoError(
            tr(f"there is no weight at layer {layer}, neuron {unit}, from {source}",
               f"no existe un peso en la capa {layer}, neurona {unit}, desde {source}"),
            tr(f"The sizes are {training.setup.sizes}.", f"Los tamaños son {training.setup.sizes}."),
        )  # fmt: skip
    if not np.isfinite(value):
        raise HondoError(
            tr(f"a weight cannot be {value}", f"un peso no puede ser {value}"),
            tr("Give a finite number.", "Dé un número finito."),
        )
    place, weights = known[layer], state.weights.copy()
    weights[place.biases + unit if source is None else place.kernel + source * place.units + unit] = value
    return replace(state, weights=weights)
