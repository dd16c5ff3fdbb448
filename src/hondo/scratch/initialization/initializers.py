"""How weights begin: all zero, normal, Glorot, He.

A sum of n products has n times the variance of one. So that signals neither fade nor explode from layer to layer, the
weights' variance must be about 1/n:

    Glorot: 2 / (fan_in + fan_out), for tanh and sigmoid        He: 2 / fan_in, for ReLU, which loses half

fan_in counts the inputs of one output, fan_out the outputs that one input reaches; in a convolution both count the
window's pixels. With zeros all neurons of a layer are equal and stay equal for ever.

Source: X. Glorot, Y. Bengio, *Understanding the difficulty of training deep feedforward neural networks*, AISTATS
(2010); K. He et al., *Delving deep into rectifiers*, ICCV (2015).
"""

from collections.abc import Callable
from math import prod, sqrt

import numpy as np
from jaxtyping import Float

from hondo.core.errors import nearest
from hondo.core.language import tr
from hondo.scratch.mistakes import Mistake

Initializer = Callable[[tuple[int, ...], np.random.Generator], Float[np.ndarray, "..."]]


def fans(shape: tuple[int, ...]) -> tuple[int, int]:
    """(fan_in, fan_out) of weights whose last two axes are inputs and outputs.

    Raises:
        Mistake: for fewer than two axes.

    Example:
        >>> fans((784, 128)), fans((5, 5, 32, 64))
        ((784, 128), (800, 1600))
    """
    if len(shape) < 2:
        raise Mistake(
            tr(
                f"weights have an axis of inputs and one of outputs, got shape {shape}",
                f"los pesos tienen un eje de entradas y otro de salidas, llegó la forma {shape}",
            ),
            tr("A vector of biases begins as zeros.", "Un vector de sesgos empieza en ceros."),
        )
    window = prod(shape[:-2])
    return window * shape[-2], window * shape[-1]


def zeros(shape: tuple[int, ...], rng: np.random.Generator) -> Float[np.ndarray, "..."]:
    """All 0: for biases. Weights like that never become different from each other."""
    return np.zeros(shape)


def normal(shape: tuple[int, ...], rng: np.random.Generator, deviation: float = 0.05) -> Float[np.ndarray, "..."]:
    """Normal with a fixed deviation, whatever the layer's size: what was done before Glorot."""
    return rng.normal(0, deviation, shape)


def glorot_uniform(shape: tuple[int, ...], rng: np.random.Generator) -> Float[np.ndarray, "..."]:
    """Uniform in ± √(6 / (fan_in + fan_out)), whose variance is 2 / (fan_in + fan_out). Keras's default."""
    limit = sqrt(6 / sum(fans(shape)))
    return rng.uniform(-limit, limit, shape)


def glorot_normal(shape: tuple[int, ...], rng: np.random.Generator) -> Float[np.ndarray, "..."]:
    """Normal with variance 2 / (fan_in + fan_out)."""
    return rng.normal(0, sqrt(2 / sum(fans(shape))), shape)


def he_uniform(shape: tuple[int, ...], rng: np.random.Generator) -> Float[np.ndarray, "..."]:
    """Uniform in ± √(6 / fan_in), whose variance is 2 / fan_in."""
    limit = sqrt(6 / fans(shape)[0])
    return rng.uniform(-limit, limit, shape)


def he_normal(shape: tuple[int, ...], rng: np.random.Generator) -> Float[np.ndarray, "..."]:
    """Normal with variance 2 / fan_in."""
    return rng.normal(0, sqrt(2 / fans(shape)[0]), shape)


INITIALIZERS: dict[str, Initializer] = {
    "zeros": zeros,
    "normal": normal,
    "glorot_uniform": glorot_uniform,
    "glorot_normal": glorot_normal,
    "he_uniform": he_uniform,
    "he_normal": he_normal,
}


def initializer(name: str) -> Initializer:
    """Look an initializer up.

    Raises:
        Mistake: naming the most similar one that exists.

    Example:
        >>> initializer("zeros")((2,), np.random.default_rng(0)).tolist()
        [0.0, 0.0]
    """
    if name not in INITIALIZERS:
        raise Mistake(
            tr(f"there is no initializer {name!r}", f"no existe el inicializador {name!r}"),
            nearest(name, INITIALIZERS),
        )
    return INITIALIZERS[name]
