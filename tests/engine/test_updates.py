"""What an optimizer does to large weights is done in one pass, and equals XLA's."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from against_xla import OURS, assert_close, lowered_primitives, random_arrays, run_lowered, run_xla

from hondo.core.backend import keras
from hondo.engine import updates
from hondo.engine.lowering import lowered

OPTIMIZERS = {
    "adam": lambda: keras.optimizers.Adam(0.01),
    "adam with decay": lambda: keras.optimizers.AdamW(0.01, weight_decay=0.1, clipvalue=0.5),
    "adam with clipped norms": lambda: keras.optimizers.Adam(0.01, clipnorm=1.0, use_ema=True),
    "adam that remembers the largest": lambda: keras.optimizers.Adam(0.01, amsgrad=True),
    "momentum": lambda: keras.optimizers.SGD(0.01, momentum=0.9),
    "nesterov": lambda: keras.optimizers.SGD(0.01, momentum=0.9, nesterov=True, global_clipnorm=1.0),
    "rmsprop": lambda: keras.optimizers.RMSprop(0.01, momentum=0.5, centered=True),
    "nadam": lambda: keras.optimizers.Nadam(0.01),
}
SHAPES = [(3, 5, 7), (640,), (1027, 513)]


@pytest.fixture(autouse=True)
def small_arrays_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(updates, "_MANY_VALUES", 64)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_any_optimizer_equals_xla(name: str) -> None:
    optimizer = OPTIMIZERS[name]()
    weights, slopes = random_arrays(0, *SHAPES), random_arrays(1, *SHAPES)
    optimizer.build([keras.Variable(weight) for weight in weights])
    state = [np.abs(np.asarray(variable.value)) for variable in optimizer.variables]

    def three_steps(weights: Any, state: Any, slopes: Any) -> Any:
        for _ in range(3):
            weights, state = optimizer.stateless_apply(state, slopes, weights)
        return weights, state

    def one_step(weights: Any, state: Any, slopes: Any) -> Any:
        return optimizer.stateless_apply(state, slopes, weights)

    assert OURS in lowered_primitives(one_step, weights, state, slopes)
    for function in (one_step, three_steps):
        found, expected = (run(function, weights, state, slopes) for run in (run_lowered, run_xla))
        for ours, theirs in zip(jax.tree.leaves(found), jax.tree.leaves(expected), strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=2e-6, atol=1e-6)


def test_the_passes_of_xla_are_gone() -> None:
    def function(w: Any, m: Any, g: Any, rate: Any) -> Any:
        m = 0.9 * m + g
        return w - rate * m, m, jnp.isfinite(w - rate * m).all()

    arrays = random_arrays(0, *[(50, 70)] * 3)
    text = jax.jit(lowered(function, *arrays, 0.1)).lower(*arrays, 0.1).compile().as_text()
    assert text.count("custom_call_target") == 1
    assert_close(run_lowered(function, *arrays, 0.1), run_xla(function, *arrays, 0.1))


def test_results_inside_of_a_loop_are_found() -> None:
    def function(w: Any, m: Any) -> Any:
        def body(_: Any, carry: Any) -> Any:
            w, m = carry
            m = 0.9 * m + jnp.roll(w, 1) / (1 + jnp.square(w).sum())
            return w - 0.1 * m, m

        return jax.lax.fori_loop(0, 3, body, (w, m))

    arrays = random_arrays(0, *[(50, 70)] * 2)
    assert OURS in lowered_primitives(function, *arrays)
    assert_close(run_lowered(function, *arrays), run_xla(function, *arrays))


def one_alone(w: Any, g: Any, line: Any) -> Any:
    return w - 0.1 * g, w.sum()


def in_columns(w: Any, g: Any, line: Any) -> Any:
    g = g * line
    return w - g, g


def of_whole_numbers(w: Any, g: Any, line: Any) -> Any:
    whole = w.astype(int)
    return whole + 1, (whole + 1) * 2


@pytest.mark.parametrize("function", [one_alone, in_columns, of_whole_numbers])
def test_the_rest_is_xlas(function: Any) -> None:
    arrays = random_arrays(0, (50, 70), (50, 70), (70,))
    assert OURS not in lowered_primitives(function, *arrays)
    assert_close(run_lowered(function, *arrays, replaced=False), run_xla(function, *arrays))


def test_large_arrays_are_written_past_the_caches() -> None:
    w, g = random_arrays(0, (1025, 1023), (1025, 1023))

    def function(w: Any, g: Any) -> Any:
        g = jnp.sqrt(g * g + 1)
        return w - g, g

    assert_close(run_lowered(function, w, g), run_xla(function, w, g))
