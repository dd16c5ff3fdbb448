"""Lowered computations equal XLA's own: Keras's layers, networks, loops, branches, and all that is no convolution."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from against_xla import (
    OURS,
    SLOW,
    STEADY,
    assert_close,
    assert_equals_xla,
    assert_identical,
    lowered_primitives,
    random_arrays,
    run_lowered,
    run_xla,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from jax import lax

from hondo.core.backend import keras
from hondo.engine.lowering import lowered

layers = keras.layers
FIRST, LAST = "channels_first", "channels_last"


# --- Keras's layers ---------------------------------------------------------------------------------------------------


def with_gradients(model: Any) -> Callable[..., Any]:
    """The model's result, and the gradients of its mean square with respect to its weights and its input."""
    others = [variable.value for variable in model.non_trainable_variables]

    def function(weights: list[Any], x: Any) -> Any:
        def loss(weights: list[Any], x: Any) -> Any:
            out, _ = model.stateless_call(weights, others, x)
            return jnp.mean(out**2), out

        (_, out), gradients = jax.value_and_grad(loss, (0, 1), has_aux=True)(weights, x)
        return out, gradients

    return function


def weights_of(model: Any) -> list[np.ndarray]:
    """Weights for a model that was built with zeros, which is quicker than with random numbers."""
    arrays = random_arrays(1, *(tuple(variable.shape) for variable in model.trainable_variables))
    return [array / np.float32(max(1, np.prod(array.shape[:-1])) ** 0.5) for array in arrays]


@st.composite
def sliding(draw: Any, kind: str) -> tuple[Any, tuple[int, ...]]:
    """A layer with a window, and the shape of an input that it takes."""
    space = int(next(letter for letter in kind if letter.isdigit()))
    pools, transposed, depthwise = "Pooling" in kind, "Transpose" in kind, kind.startswith(("Depthwise", "Separable"))

    def each(values: Any) -> tuple[int, ...]:
        return tuple(draw(values) for _ in range(space))

    window, ones = each(st.integers(1, 4 if pools or space == 3 else 5)), (1,) * space
    strides = each(st.integers(1, 3))
    if depthwise:  # Keras wants the same in all dimensions
        strides = strides[:1] * space
    dilation = ones if pools or strides != ones or transposed else each(st.integers(1, 3))
    padding, layout = draw(st.sampled_from(["valid", "same"])), draw(st.sampled_from([LAST, LAST, FIRST]))
    options: dict[str, Any] = {"strides": strides, "padding": padding, "data_format": layout}
    channels = draw(st.sampled_from([1, 3, 5, 16, 17]))
    if pools:
        options["pool_size"] = window
    else:
        options |= {"kernel_size": window, "dilation_rate": dilation, "bias_initializer": "ones"}
    if depthwise:
        options |= {"depth_multiplier": draw(st.integers(1, 3)), "depthwise_initializer": "zeros"}
    if not (pools or kind.startswith("Depthwise")):
        groups = 1 if depthwise or transposed else draw(st.sampled_from([1, 1, 2]))
        channels *= groups
        options["filters"] = groups * draw(st.sampled_from([1, 3, 16, 17]))
        options["pointwise_initializer" if depthwise else "kernel_initializer"] = "zeros"
        if groups > 1:
            options["groups"] = groups
    reach = [(entries - 1) * apart + 1 for entries, apart in zip(window, dilation, strict=True)]
    size = tuple(draw(st.integers(needed, max(needed, {1: 30, 2: 13, 3: 7}[space]))) for needed in reach)
    batch = draw(st.integers(1, 9))
    shape = (batch, channels, *size) if layout == FIRST else (batch, *size, channels)
    return getattr(layers, kind)(**options), shape


CONVOLUTIONS = (
    "Conv1D", "Conv2D", "Conv3D", "Conv1DTranspose", "Conv2DTranspose", "DepthwiseConv2D", "SeparableConv2D",
)  # fmt: skip
POOLINGS = tuple(f"{kind}Pooling{space}D" for kind in ("Max", "Average") for space in (1, 2, 3))


@pytest.mark.parametrize("kind", [*CONVOLUTIONS, *POOLINGS])
@settings(STEADY, max_examples=3)
@given(data=st.data())
def test_any_layer_of_keras_equals_xla(kind: str, data: Any) -> None:
    layer, shape = data.draw(sliding(kind))
    layer.build(shape)
    # Pooling of channels that come first may stay XLA's; all else is replaced.
    replaced = kind in CONVOLUTIONS or layer.data_format == LAST
    assert_equals_xla(with_gradients(layer), weights_of(layer), random_arrays(0, shape)[0], replaced=replaced)


@pytest.mark.parametrize("kind", ["Conv2D", "Conv2DTranspose"])
@pytest.mark.parametrize("layout", [FIRST, LAST])
def test_layers_run_in_our_kernels(kind: str, layout: str) -> None:
    layer = getattr(layers, kind)(3, 2, data_format=layout)
    shape = (2, 5, 6, 4) if layout == LAST else (2, 4, 5, 6)
    layer.build(shape)
    found = lowered_primitives(with_gradients(layer), weights_of(layer), random_arrays(0, shape)[0])
    assert OURS in found
    assert not SLOW & found


def inception_with_residuals() -> Any:
    """What famous networks are made of, in small: a stem, four branches, a bottleneck, a separable block."""
    quick = {"use_bias": False, "padding": "same", "kernel_initializer": "zeros"}

    def convolve(x: Any, filters: int, size: int, strides: int = 1) -> Any:
        x = layers.Conv2D(filters, size, strides, **quick)(x)
        return layers.ReLU()(layers.BatchNormalization()(x))

    picture = keras.Input((32, 32, 3))
    x = layers.MaxPooling2D(3, 2, padding="same")(convolve(picture, 16, 7, 2))
    branches = [
        convolve(x, 16, 1),
        convolve(x, 16, 3),
        convolve(x, 16, 5),
        convolve(layers.MaxPooling2D(3, 1, padding="same")(x), 16, 1),
        convolve(layers.AveragePooling2D(3, 1, padding="same")(x), 16, 1),
    ]
    x = layers.Concatenate()(branches)
    shortcut = convolve(x, 32, 1, 2)
    x = convolve(convolve(x, 16, 3, 2), 32, 1)
    x = layers.Add()([x, shortcut])
    x = layers.DepthwiseConv2D(3, padding="same", depthwise_initializer="zeros", use_bias=False)(
        layers.ZeroPadding2D(1)(x)
    )
    x = layers.GlobalAveragePooling2D()(layers.ReLU(6.0)(layers.BatchNormalization()(x)))
    return keras.Model(picture, layers.Dense(10, activation="softmax", kernel_initializer="zeros")(x))


def test_a_network_of_all_of_them_equals_xla_in_training() -> None:
    model = inception_with_residuals()
    weights, others = weights_of(model), [variable.value for variable in model.non_trainable_variables]
    labels = np.arange(12) % 10
    (x,) = random_arrays(0, (12, 32, 32, 3))

    def function(weights: list[Any], x: Any) -> Any:
        def loss(weights: list[Any]) -> Any:
            out, after = model.stateless_call(weights, others, x, training=True)
            return jnp.mean(keras.losses.sparse_categorical_crossentropy(labels, out)), after

        return jax.value_and_grad(loss, has_aux=True)(weights)

    # Normalisation divides by standard deviations of few values, layer after layer, so errors grow on the way.
    assert_equals_xla(function, weights, x, within=2e-4)


# --- Loops, branches and calls ----------------------------------------------------------------------------------------

X, W = random_arrays(3, (3, 6, 5, 17), (3, 3, 17, 17))
W *= np.float32(0.1)
KEY = jax.random.key(0)


def convolve(x: Any, w: Any = W) -> Any:
    return lax.conv_general_dilated(x, w, (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC"))


def step(x: Any) -> Any:
    return jnp.tanh(convolve(x))


def pool(x: Any) -> Any:
    return lax.reduce_window(x, -jnp.inf, lax.max, (1, 2, 2, 1), (1, 1, 1, 1), "SAME")


def gradient(function: Callable[..., Any]) -> Callable[..., Any]:
    return jax.value_and_grad(lambda x: jnp.sum(function(x) ** 2))


def in_scan(x: Any) -> Any:
    return lax.scan(lambda carry, row: (step(carry) + row, carry.sum()), x, jnp.ones((3, 17)), reverse=True)


def in_while(x: Any) -> Any:
    return lax.while_loop(lambda s: (s[0] < 3) & (pool(s[1]).sum() < 1e9), lambda s: (s[0] + 1, step(s[1])), (0, x))


def in_cond(x: Any) -> Any:
    return lax.cond(x[0, 0, 0, 0] < 9, step, lambda x: pool(x) * 2, x)


def in_switch(x: Any) -> Any:
    return lax.switch(jnp.int32(2), [step, lambda x: x * 2, lambda x: pool(step(x))], x)


def in_all_of_them(x: Any) -> Any:
    def body(carry: Any, number: Any) -> Any:
        return jax.jit(lambda x: lax.cond(number % 2 == 0, jax.checkpoint(step), pool, x))(carry), number

    return lax.scan(body, x, jnp.arange(3))[0]


@jax.custom_jvp
def with_own_derivative(x: Any) -> Any:
    return step(x)


with_own_derivative.defjvp(lambda x, slope: (with_own_derivative(*x), convolve(*slope)))


@jax.custom_vjp
def with_own_gradient(x: Any) -> Any:
    return step(x)


with_own_gradient.defvjp(lambda x: (with_own_gradient(x), x), lambda x, slope: (convolve(slope) + x,))


def with_random_numbers(x: Any) -> Any:
    def body(carry: Any, _: Any) -> Any:
        key, x = carry
        key, now = jax.random.split(key)
        return (key, step(x) * jax.random.bernoulli(now, 0.5, x.shape)), jax.random.key_data(key)

    (key, x), keys = lax.scan(body, (KEY, x), None, length=3)
    return jax.random.key_data(key), x, keys


STRUCTURES: dict[str, Callable[..., Any]] = {
    "scan": in_scan,
    "gradient of scan": gradient(lambda x: in_scan(x)[0]),
    "while": in_while,
    "fori": lambda x: lax.fori_loop(0, 3, lambda _, x: step(x), x),
    "cond": in_cond,
    "gradient of cond": gradient(in_cond),
    "switch": in_switch,
    "checkpoint": jax.checkpoint(step),
    "gradient of checkpoint": gradient(jax.checkpoint(step)),
    "jit": jax.jit(step),
    "jit of jit": jax.jit(jax.jit(step)),
    "gradient of jit": gradient(jax.jit(step)),
    "checkpoint of jit": gradient(jax.checkpoint(jax.jit(step))),
    "jit of checkpoint": gradient(jax.jit(jax.checkpoint(step))),
    "all of them": in_all_of_them,
    "gradient of all of them": gradient(in_all_of_them),
    "custom_jvp": with_own_derivative,
    "gradient of custom_jvp": gradient(with_own_derivative),
    "custom_vjp": with_own_gradient,
    "gradient of custom_vjp": gradient(with_own_gradient),
    "random numbers": with_random_numbers,
    "vmap": jax.vmap(lambda row: step(row[None])[0]),
    "vmap of filters": lambda x: jax.vmap(lambda row, w: convolve(row[None], w)[0])(x, jnp.stack([W, W * 2, W * 3])),
    "forward derivative": lambda x: jax.jvp(step, (x,), (x,)),
    "linearize": lambda x: jax.linearize(step, x)[1](x),
    "second derivative": jax.grad(lambda x: jnp.sum(jax.grad(lambda x: jnp.sum(step(x) ** 2))(x) ** 2)),
    "optimisation barrier": lambda x: lax.optimization_barrier((step(x), x)),
    "callback": lambda x: jax.pure_callback(np.sin, jax.ShapeDtypeStruct(X.shape, X.dtype), step(x)),
}


@pytest.mark.parametrize("name", STRUCTURES)
def test_convolutions_inside_any_structure_equal_xla(name: str) -> None:
    function = STRUCTURES[name]
    assert OURS in lowered_primitives(function, X)
    assert_equals_xla(function, X)


def test_a_key_may_be_an_argument() -> None:
    def function(key: Any, x: Any) -> Any:
        return lax.cond(x.sum() < 1e9, lambda key, x: step(x) + jax.random.normal(key, x.shape), lambda _, x: x, key, x)

    assert_equals_xla(function, KEY, X)


def test_a_checkpoint_still_saves_memory() -> None:
    x, *weights = random_arrays(4, (8, 32, 32, 8), *[(3, 3, 8, 8)] * 6)

    def loss(x: Any, block: Callable[..., Any]) -> Any:
        for w in weights:
            x = block(lambda x, w=w: jnp.tanh(jnp.tanh(convolve(jnp.tanh(convolve(jnp.tanh(x), w)), w))))(x)
        return jnp.sum(x**2)

    def memory(block: Callable[..., Any]) -> int:
        function = jax.grad(lambda x: loss(x, block))
        return jax.jit(lowered(function, x)).lower(x).compile().memory_analysis().temp_size_in_bytes

    assert memory(jax.checkpoint) < 0.9 * memory(lambda function: function)


def test_arguments_and_results_may_be_nested() -> None:
    def function(inputs: dict[str, Any], pair: tuple[Any, None]) -> Any:
        return {"out": [step(inputs["x"]), None], "number": (inputs["number"] + 1, pair[0]), "constant": W}

    inputs = {"x": X, "number": np.int32(3)}
    assert_equals_xla(function, inputs, (np.float32(2), None))


def test_a_function_is_traced_with_shapes_alone() -> None:
    function = jax.jit(lowered(step, jax.ShapeDtypeStruct(X.shape, X.dtype)))
    assert_close(function(X), run_xla(step, X))
    assert_close(function(2 * X), run_xla(step, 2 * X))


# --- What is none of its business -------------------------------------------------------------------------------------


def without_convolution(x: Any, number: Any) -> Any:
    carry, sums = lax.scan(lambda carry, row: (jnp.sin(carry) + row, carry.sum()), x, jnp.ones((3, 17)))
    odd = lax.cond(number > 2, lambda x: x @ x.swapaxes(-1, -2), lambda x: jnp.zeros((3, 6, 5, 5)), x)
    return carry, sums, odd, lax.while_loop(lambda n: n < 10, lambda n: n + 2, number), jnp.cumsum(x, 1)


def test_a_function_without_convolution_is_unchanged() -> None:
    before, after = (
        jax.make_jaxpr(function)(X, 3) for function in (without_convolution, lowered(without_convolution, X, 3))
    )
    assert OURS not in lowered_primitives(without_convolution, X, 3)
    kinds = [
        [equation.primitive.name for equation in jaxpr.eqns if equation.primitive.name != "jit"]
        for jaxpr in (before, after)
    ]
    assert set(kinds[0]) <= set(kinds[1])
    assert_identical(run_lowered(without_convolution, X, 3), run_xla(without_convolution, X, 3))


def typed(dtype: Any) -> tuple[Any, Any]:
    x, w = (np.round(4 * array) for array in random_arrays(5, (2, 6, 5, 3), (3, 3, 3, 4)))
    return jnp.asarray(x, dtype), jnp.asarray(w, dtype)


@pytest.mark.parametrize("dtype", [jnp.bfloat16, jnp.float16])
def test_shorter_floats_stay_xlas_and_work(dtype: Any) -> None:
    def function(x: Any, w: Any) -> Any:
        out, back = jax.vjp(convolve, x, w)
        return out, back(out), pool(x)

    x, w = typed(dtype)
    found = lowered_primitives(function, x, w)
    assert {"conv_general_dilated", "reduce_window_max"} <= found
    assert OURS not in found
    assert_identical(run_lowered(function, x, w, replaced=False), run_xla(function, x, w))


def test_short_factors_with_a_float32_result_stay_xlas_and_work() -> None:
    def function(x: Any, w: Any) -> Any:
        numbers = ("NHWC", "HWIO", "NHWC")
        return lax.conv_general_dilated(
            x, w, (1, 1), "SAME", dimension_numbers=numbers, preferred_element_type=jnp.float32
        )

    x, w = typed(jnp.bfloat16)
    assert OURS not in lowered_primitives(function, x, w)
    assert_equals_xla(function, x, w, replaced=False)


@pytest.mark.parametrize("dtype", [jnp.int32, jnp.int8])
def test_whole_numbers_stay_xlas_and_work(dtype: Any) -> None:
    def function(x: Any, w: Any) -> Any:
        least = jnp.iinfo(dtype).min
        return (
            convolve(x, w),
            lax.reduce_window(x, jnp.asarray(least, dtype), lax.max, (1, 2, 2, 1), (1, 1, 1, 1), "SAME"),
            lax.reduce_window(x, jnp.asarray(0, dtype), lax.add, (1, 2, 2, 1), (1, 1, 1, 1), "SAME"),
        )

    x, w = typed(dtype)
    assert OURS not in lowered_primitives(function, x, w)
    assert_identical(run_lowered(function, x, w, replaced=False), run_xla(function, x, w))


def test_double_precision_stays_xlas_and_exact() -> None:
    def function(x: Any, w: Any) -> Any:
        out, back = jax.vjp(lambda x, w: pool(convolve(x, w)), x, w)
        return out, back(out)

    with jax.enable_x64(True):
        x, w = (array.astype(np.float64) for array in (X, W))
        assert OURS not in lowered_primitives(function, x, w)
        assert_equals_xla(function, x, w, within=1e-13, replaced=False)


def test_single_precision_is_replaced_where_double_is_allowed() -> None:
    with jax.enable_x64(True):
        assert OURS in lowered_primitives(gradient(step), X)
        assert_equals_xla(gradient(step), X)


# --- Sums over windows ------------------------------------------------------------------------------------------------


SAME, VALID = "SAME", "VALID"
WINDOWS: dict[str, tuple[Any, ...]] = {
    "overlapping": ((1, 3, 2, 1), (1, 2, 1, 1), SAME),
    "any padding": ((1, 3, 3, 1), (1, 1, 1, 1), ((0, 0), (2, 3), (-1, 4), (0, 0))),
    "dilated": ((1, 2, 2, 1), (1, 2, 1, 1), VALID, (1, 3, 2, 1), (1, 2, 3, 1)),
    "channels and samples": ((2, 1, 1, 3), (1, 1, 1, 2), SAME),
    "many": ((1, 9, 9, 1), (1, 2, 1, 1), SAME),
    "without result": ((1, 7, 2, 1), (1, 2, 1, 1), VALID),
    "many without result": ((1, 9, 9, 1), (1, 1, 1, 1), VALID),
}


@pytest.mark.parametrize("name", WINDOWS)
def test_sums_over_windows_and_their_gradients_equal_xla(name: str) -> None:
    def function(x: Any) -> Any:
        out, back = jax.vjp(lambda x: lax.reduce_window(x, 0.0, lax.add, *WINDOWS[name]), x)
        return out, back(out)

    assert_equals_xla(function, X, replaced=False)
