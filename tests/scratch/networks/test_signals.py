"""What becomes of a signal in ten layers: the same numbers from JAX, and what theory foretells."""

from math import pi, sqrt
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from tests.scratch.refusals import assert_refused

from hondo.scratch.initialization.initializers import initializer
from hondo.scratch.networks.signals import LayerSignal, through_layers

JAX: dict[str, Any] = {"tanh": jnp.tanh, "relu": jax.nn.relu, "sigmoid": jax.nn.sigmoid, "linear": lambda z: z}


@pytest.mark.parametrize("activation", JAX)
@pytest.mark.parametrize("init", ["zeros", "normal", "glorot_uniform", "he_normal"])
def test_signals_and_gradients_are_jaxs(init: str, activation: str, double: None) -> None:
    layers, units, samples = 4, 12, 7
    rng, f = np.random.default_rng(5), JAX[activation]
    x = jnp.asarray(rng.normal(size=(samples, units)))
    weights = [jnp.asarray(initializer(init)((units, units), rng)) for _ in range(layers)]
    d_last = jnp.asarray(rng.normal(size=(samples, units)))
    outputs = []
    for W in weights:
        x = f(x @ W)
        outputs.append(x)

    def rest(a: Any, done: int) -> Any:
        for W in weights[done:]:
            a = f(a @ W)
        return jnp.vdot(a, d_last)

    signals = through_layers(init, activation, layers, units, samples, seed=5)
    assert [signal.layer for signal in signals] == [1, 2, 3, 4]
    for signal, output in zip(signals, outputs, strict=True):
        np.testing.assert_allclose(signal.activations, output, rtol=1e-10, atol=1e-14)
        assert signal.deviation == pytest.approx(float(np.std(output)), rel=1e-10, abs=1e-14)
        d_output = jax.grad(rest)(output, signal.layer)
        assert signal.gradient_deviation == pytest.approx(float(np.std(d_output)), rel=1e-10, abs=1e-14)


def ends(signals: list[LayerSignal]) -> tuple[float, float]:
    """The deviation of the last layer's outputs, and that of the first layer's gradient."""
    return signals[-1].deviation, signals[0].gradient_deviation


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_zeros_let_nothing_through(activation: str) -> None:
    signals = through_layers("zeros", activation, units=32, samples=32)
    assert all(not signal.activations.any() for signal in signals)
    assert [signal.gradient_deviation for signal in signals[:-1]] == [0] * 9
    assert signals[-1].gradient_deviation == pytest.approx(1, rel=0.1)


def relu_deviation(factor: float, layers: int = 10) -> float:
    """Each layer multiplies the mean square by ``factor``; a rectified normal's variance is 1 - 1/π of it."""
    return sqrt(factor**layers * (1 - 1 / pi))


@pytest.mark.parametrize("units", [128, 256, 800, 1100])
def test_a_fixed_deviation_fades_or_explodes_with_the_width(units: int) -> None:
    signals = through_layers("normal", "relu", units=units, samples=64)
    forward, backward = ends(signals)
    assert forward == pytest.approx(relu_deviation(units * 0.05**2 / 2), rel=0.35)
    assert backward == pytest.approx(sqrt((units * 0.05**2 / 2) ** 9), rel=0.35)


def test_he_keeps_relu() -> None:
    for name in ("he_normal", "he_uniform"):
        signals = through_layers(name, "relu")
        np.testing.assert_allclose([signal.deviation for signal in signals], relu_deviation(1), rtol=0.5)
        np.testing.assert_allclose([signal.gradient_deviation for signal in signals], 1, rtol=0.5)


def test_glorot_halves_relu_at_each_layer() -> None:
    assert ends(through_layers("glorot_uniform", "relu"))[0] == pytest.approx(relu_deviation(1 / 2), rel=0.25)


def test_glorot_keeps_tanh_where_a_fixed_deviation_fades() -> None:
    glorot, fixed = through_layers("glorot_uniform", "tanh"), through_layers("normal", "tanh")
    assert min(signal.deviation for signal in glorot) > 0.2
    assert min(signal.gradient_deviation for signal in glorot) > 0.2
    assert ends(fixed)[0] < 0.3 * ends(glorot)[0]
    shrinking = [signal.deviation for signal in fixed]
    assert (np.diff(shrinking) < 0).all()


def test_glorot_keeps_what_is_linear() -> None:
    signals = through_layers("glorot_normal", "linear")
    np.testing.assert_allclose([signal.deviation for signal in signals], 1, rtol=0.15)
    np.testing.assert_allclose([signal.gradient_deviation for signal in signals], 1, rtol=0.15)


def test_the_shapes_are_those_asked_for_and_the_seed_decides() -> None:
    first, again, other = (through_layers("normal", "tanh", 3, 8, 5, seed) for seed in (1, 1, 2))
    assert [signal.activations.shape for signal in first] == [(5, 8)] * 3
    np.testing.assert_array_equal(first[-1].activations, again[-1].activations)
    assert not np.array_equal(first[-1].activations, other[-1].activations)


@pytest.mark.mistake
def test_unknown_names() -> None:
    assert_refused(lambda: through_layers("glorot"), "there is no initializer 'glorot'", "no existe el inicializador")
    assert_refused(lambda: through_layers("zeros", "tan"), "there is no activation 'tan'", "no existe la activación")
