"""Shapes agree where NumPy's do, nothing is copied, and gradients are gathered again where values were spread."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from tests.scratch.refusals import assert_refused
from tests.scratch.tensors.rebuild import rebuild

from hondo.core.language import use_language
from hondo.scratch.mistakes import Mistake
from hondo.scratch.tensors.broadcasting import broadcast, broadcast_shape, stretched_axes, sum_to_shape

PAIRS = hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=4, max_side=4)
ANY_SHAPE = st.lists(st.integers(0, 3), max_size=4).map(tuple)


@given(PAIRS)
def test_two_shapes_agree_on_what_numpy_says(shapes: hnp.BroadcastableShapes) -> None:
    a, b = shapes.input_shapes
    assert broadcast_shape(a, b) == broadcast_shape(b, a) == np.broadcast_shapes(a, b)


@given(a=ANY_SHAPE, b=ANY_SHAPE)
def test_two_shapes_are_refused_where_numpy_refuses_them(a: tuple[int, ...], b: tuple[int, ...]) -> None:
    try:
        expected = np.broadcast_shapes(a, b)
    except ValueError:
        with pytest.raises(Mistake):
            broadcast_shape(a, b)
    else:
        assert broadcast_shape(a, b) == expected


@given(shapes=hnp.mutually_broadcastable_shapes(num_shapes=1, base_shape=(2, 3, 4), max_dims=3))
def test_an_axis_is_stretched_where_numpy_takes_steps_of_no_length(shapes: hnp.BroadcastableShapes) -> None:
    (source,) = shapes.input_shapes
    steps = np.broadcast_to(np.zeros(source), (2, 3, 4)).strides
    assert stretched_axes(source, (2, 3, 4)) == tuple(axis for axis, step in enumerate(steps) if step == 0)


@given(PAIRS)
def test_two_tensors_are_stretched_without_a_copy(shapes: hnp.BroadcastableShapes) -> None:
    a, b = (np.arange(1, 1 + np.prod(s, dtype=int)).reshape(s) for s in shapes.input_shapes)
    both = broadcast(a, b)
    assert both.shape == shapes.result_shape
    for moved, source, expected in zip((both.a, both.b), (a, b), np.broadcast_arrays(a, b), strict=True):
        np.testing.assert_array_equal(moved.result, expected)
        np.testing.assert_array_equal(rebuild(moved, source), expected)
        assert moved.shares_memory
        assert np.shares_memory(moved.result, source)
    np.testing.assert_array_equal(both.a.result * both.b.result, a * b)


def test_the_stretched_axes_are_told() -> None:
    for language, along, none in (("en", "along axes: 0, 2", "none"), ("es", "los ejes: 0, 2", "ninguno")):
        with use_language(language):
            both = broadcast(np.zeros((3, 1)), np.zeros((2, 3, 4)))
        assert both.a.description.endswith(along)
        assert both.b.description.endswith(none)


@given(shapes=PAIRS, seed=st.integers(0, 99))
def test_summing_is_the_adjoint_of_stretching(shapes: hnp.BroadcastableShapes, seed: int) -> None:
    rng = np.random.default_rng(seed)
    source, target = shapes.input_shapes[0], shapes.result_shape
    x, g = rng.integers(-9, 10, source).astype(float), rng.integers(-9, 10, target).astype(float)
    gathered = sum_to_shape(g, source)
    assert gathered.shape == source
    assert (x * gathered).sum() == (np.broadcast_to(x, target) * g).sum()


@pytest.mark.parametrize(
    ("source", "target"), [((3,), (2, 3)), ((2, 1), (2, 3)), ((), (2, 3)), ((1, 3, 1), (5, 2, 3, 4)), ((1,), (1, 1))]
)
def test_summing_is_what_jax_makes_of_the_gradient(
    source: tuple[int, ...], target: tuple[int, ...], rng: np.random.Generator, double: None
) -> None:
    g = rng.normal(size=target)
    _, pull_back = jax.vjp(lambda x: jnp.broadcast_to(x, target), jnp.zeros(source))
    np.testing.assert_allclose(sum_to_shape(g, source), pull_back(jnp.asarray(g))[0], rtol=1e-12)


@pytest.mark.mistake
@pytest.mark.parametrize(("a", "b", "axis", "lengths"), [((2, 3), (2,), 1, (3, 2)), ((4, 1, 2), (3, 1, 2), 3, (4, 3))])
def test_the_axis_on_which_shapes_disagree_is_named(
    a: tuple[int, ...], b: tuple[int, ...], axis: int, lengths: tuple[int, int]
) -> None:
    m, n = lengths
    for call in (lambda: broadcast_shape(a, b), lambda: broadcast(np.zeros(a), np.zeros(b))):
        assert_refused(
            call,
            f"shapes {a} and {b} do not broadcast: axis -{axis} has {m} and {n} … x[:, np.newaxis]",
            f"las formas {a} y {b} no son compatibles: el eje -{axis} mide {m} y {n} … x[:, np.newaxis]",
        )
