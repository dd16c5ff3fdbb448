"""The shapes worked out beforehand are those that Keras arrives at, and what does not fit is named."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from hondo.core.backend import keras
from hondo.core.errors import ModelError
from hondo.core.language import use_language
from hondo.core.spec.layers import Layer
from hondo.models.layers import apply_residual, make_layer
from hondo.models.shapes import output_shapes


def layers(*written: Any) -> list[Any]:
    return [TypeAdapter(Layer).validate_python(layer) for layer in written]


sizes = st.integers(1, 4)
QUICK = {"kernel_initializer": st.just("zeros")}  # drawing random numbers would be compiled for each shape
paddings = st.sampled_from(["valid", "same"])
sliding = st.one_of(
    st.fixed_dictionaries(
        {"conv2d": st.fixed_dictionaries(
            {"filters": sizes, "kernel_size": st.tuples(sizes, sizes), "padding": paddings, **QUICK},
            optional={"strides": st.tuples(sizes, sizes)},
        )}
    ),
    st.fixed_dictionaries(
        {"conv2d": st.fixed_dictionaries({"filters": sizes, "dilation_rate": st.tuples(sizes, sizes), **QUICK})}
    ),
    st.fixed_dictionaries(
        {"max_pooling2d": st.fixed_dictionaries(
            {"pool_size": st.tuples(sizes, sizes), "padding": paddings}, optional={"strides": st.tuples(sizes, sizes)}
        )}
    ),
    st.fixed_dictionaries({"average_pooling2d": st.tuples(sizes, sizes)}),
    st.fixed_dictionaries(
        {"residual": st.fixed_dictionaries({"filters": sizes, "strides": st.tuples(sizes, sizes), **QUICK})}
    ),
    st.sampled_from(["flatten", "global_max_pooling2d", "global_average_pooling2d", "batch_normalization"]),
    st.fixed_dictionaries({"dense": st.fixed_dictionaries({"units": sizes, **QUICK})}),
)  # fmt: skip


@settings(max_examples=50, deadline=None)
@given(written=sliding, height=st.integers(1, 12), width=st.integers(1, 12), channels=st.integers(1, 4))
def test_a_shape_worked_out_is_the_shape_that_keras_gives_and_a_refusal_one_that_keras_cannot_build(
    written: Any, height: int, width: int, channels: int
) -> None:
    (layer,) = layers(written)
    x = keras.Input((height, width, channels))
    try:
        (shape,) = output_shapes([layer], (height, width, channels))
    except ModelError:
        with pytest.raises(ValueError):  # noqa: PT011 - Keras has many texts for it
            make_layer(layer, "layer")(x)
        return
    out = apply_residual(x, layer.options, "block") if layer.kind == "residual" else make_layer(layer, "layer")(x)
    assert out.shape == (None, *shape)


@pytest.mark.parametrize(
    ("written", "input_shape", "told"),
    [
        (["flatten", {"conv2d": 8}], (28, 28, 1), ["layer 2 (conv2d)", "picture", "(784,)"]),
        ([{"max_pooling2d": 3}], (2, 2, 1), ["layer 1 (max_pooling2d)", "3×3", "(2, 2, 1)"]),
        ([{"conv2d": {"filters": 2, "kernel_size": 3, "dilation_rate": 4}}], (8, 8, 1), ["9×9", "(8, 8, 1)"]),
        ([{"conv2d": {"filters": 2, "strides": 2, "dilation_rate": 2}}], (9, 9, 1), ["strides", "dilation"]),
        ([{"dense": 2}, "global_max_pooling2d"], (4,), ["layer 2 (global_max_pooling2d)", "(2,)"]),
        ([{"residual": 4}], (4,), ["layer 1 (residual)"]),
        ([{"dense": 4}], (), ["layer 1 (dense)", "()"]),
    ],
)
def test_a_layer_that_cannot_take_what_comes_in_is_named(
    written: list[Any], input_shape: tuple[int, ...], told: list[str]
) -> None:
    with pytest.raises(ModelError) as caught:
        output_shapes(layers(*written), input_shape)
    assert all(text in str(caught.value) for text in told)
    with use_language("es"), pytest.raises(ModelError, match="capa"):
        output_shapes(layers(*written), input_shape)
