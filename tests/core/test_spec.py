"""What a spec accepts, what it refuses, and that what it writes can be read again."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter, ValidationError

from hondo.core.language import use_language
from hondo.core.spec import LearnSpec, ModelSpec, RunSpec, ScheduleSpec, TrainSpec
from hondo.core.spec.layers import Layer, LayerSpec

SMALL: dict[str, Any] = {"data": {"name": "digits"}, "model": {"preset": "mlp"}}


def complaint(part: type[BaseModel], written: dict[str, Any]) -> str:
    with pytest.raises(ValidationError) as caught:
        part.model_validate(written)
    return str(caught.value.errors()[0]["msg"])


def read_layer(written: Any) -> LayerSpec:
    return TypeAdapter[LayerSpec](Layer).validate_python(written)


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("flatten", {"flatten": {}}),
        ({"flatten": None}, {"flatten": {}}),
        ({"dense": 10}, {"dense": {"units": 10}}),
        ({"conv2d": 8}, {"conv2d": {"filters": 8, "kernel_size": [3, 3]}}),
        ({"conv2d": {"filters": 8, "kernel_size": 5}}, {"conv2d": {"filters": 8, "kernel_size": [5, 5]}}),
        ({"max_pooling2d": 3}, {"max_pooling2d": {"pool_size": [3, 3]}}),
        ({"dropout": 0.2}, {"dropout": {"rate": 0.2}}),
        ({"activation": "tanh"}, {"activation": {"function": "tanh"}}),
        ({"residual": 16}, {"residual": {"filters": 16}}),
    ],
)
def test_a_short_layer_is_the_long_one(short: Any, long: Any) -> None:
    assert read_layer(short) == read_layer(long)


def test_a_layer_says_its_kind_and_options() -> None:
    layer = read_layer({"dense": 4})
    assert layer.kind == "dense"
    assert layer.options is layer.dense


def test_a_layer_has_exactly_one_kind() -> None:
    assert "got: dense, dropout" in complaint(LayerSpec, {"dense": {"units": 1}, "dropout": {}})
    assert "got: none" in complaint(LayerSpec, {})


@pytest.mark.parametrize(
    ("part", "written", "key"),
    [
        (LearnSpec, {"optimizer": "adam", "momentum": 0.9}, "momentum"),
        (LearnSpec, {"optimizer": "sgd", "weight_decay": 0.1}, "weight_decay"),
        (LearnSpec, {"loss": "mse", "huber_delta": 2}, "huber_delta"),
        (LearnSpec, {"label_smoothing": 0.1}, "label_smoothing"),
        (ScheduleSpec, {"kind": "cosine", "rate": 0.5}, "rate"),
        (ScheduleSpec, {"kind": "step", "final": 0.5}, "final"),
        (ModelSpec, {"preset": "mlp", "filters": [3]}, "filters"),
        (ModelSpec, {"preset": "residual", "hidden": [3]}, "hidden"),
        (ModelSpec, {"python": "a:b", "activation": "relu"}, "activation"),
        (RunSpec, {**SMALL, "data": {"name": "digits", "target": "y"}}, "target"),
        (RunSpec, {**SMALL, "data": {"path": "a.csv", "options": {"noise": 1}}}, "options"),
        (RunSpec, {**SMALL, "model": {"python": "a:b"}, "learn": {"l2": 0.1}}, "l2"),
    ],
)
def test_what_nothing_would_read_is_refused(part: type[BaseModel], written: dict[str, Any], key: str) -> None:
    assert f"{key!r} would not be used" in complaint(part, written)
    with use_language("es"):
        assert f"{key!r} no se usaría" in complaint(part, written)


@pytest.mark.parametrize(
    ("part", "written", "told"),
    [
        (ModelSpec, {}, "exactly one of 'preset', 'layers', 'graph', 'pretrained', 'transfer', 'python'"),
        (ModelSpec, {"preset": "mlp", "python": "a:b"}, "got preset, python"),
        (ModelSpec, {"layers": []}, "'layers' is empty"),
        (LearnSpec, {"optimizer": "sgd", "nesterov": True}, "needs a 'momentum'"),
        (ScheduleSpec, {"kind": "step", "rate": 1.5}, "below 1"),
        (RunSpec, {**SMALL, "data": {}}, "either 'name' or 'path'"),
        (RunSpec, {**SMALL, "data": {"name": "a", "path": "b"}}, "either 'name' or 'path'"),
        (
            RunSpec,
            {**SMALL, "data": {"name": "digits", "validation": 0}, "train": {"early_stopping": {}}},
            "'data.validation' is 0",
        ),
        (
            RunSpec,
            {**SMALL, "learn": {"schedule": "cosine"}, "train": {"reduce_on_plateau": {}}},
            "both steer the learning rate",
        ),
    ],
)
def test_combinations_that_make_no_sense_are_refused(part: type[BaseModel], written: dict[str, Any], told: str) -> None:
    assert told in complaint(part, written)


@pytest.mark.parametrize(
    ("part", "written"),
    [
        (TrainSpec, {"epochs": 0}),
        (TrainSpec, {"epochs": 2.5}),
        (TrainSpec, {"batch_size": "some"}),
        (TrainSpec, {"seed": 2**32}),
        (LearnSpec, {"learning_rate": 0}),
        (LearnSpec, {"learning_rate": float("inf")}),
        (LearnSpec, {"optimizer": "adamax"}),
        (RunSpec, {**SMALL, "data": {"name": "digits", "validation": 1.0}}),
        (RunSpec, {**SMALL, "name": "../up"}),
        (RunSpec, {**SMALL, "version": 2}),
        (RunSpec, {**SMALL, "epochs": 3}),
    ],
)
def test_values_out_of_range_and_unknown_keys_are_refused(part: type[BaseModel], written: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        part.model_validate(written)


def test_a_spec_never_changes() -> None:
    spec = RunSpec.model_validate(SMALL)
    with pytest.raises(ValidationError, match="frozen"):
        spec.train = TrainSpec(epochs=3)


@given(
    epochs=st.integers(1, 500),
    batch_size=st.one_of(st.integers(1, 10_000), st.just("all")),
    learning_rate=st.floats(1e-12, 1e3),
    hidden=st.lists(st.integers(1, 4096), max_size=4),
    schedule=st.sampled_from(["constant", "step", "exponential", "inverse_time", "cosine"]),
    warmup=st.floats(0, 10),
)
def test_what_a_spec_writes_reads_as_the_same_spec(
    epochs: int, batch_size: Any, learning_rate: float, hidden: list[int], schedule: str, warmup: float
) -> None:
    spec = RunSpec.model_validate(
        {
            "data": {"name": "digits"},
            "model": {"preset": "mlp", "hidden": hidden},
            "learn": {"learning_rate": learning_rate, "schedule": {"kind": schedule, "warmup_epochs": warmup}},
            "train": {"epochs": epochs, "batch_size": batch_size},
        }
    )
    assert RunSpec.model_validate(spec.written()) == spec
