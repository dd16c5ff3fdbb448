"""What the section `augment` of a spec accepts and refuses, in a file and from Python."""

import json
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from hondo.core.errors import SpecError
from hondo.core.language import use_language
from hondo.core.spec import AugmentSpec, RunSpec
from hondo.experiments.specs.read import parse_spec, spec_schema, spec_to_yaml

SMALL: dict[str, Any] = {"data": {"name": "digits"}, "model": {"preset": "cnn"}}
FULL = """\
data:
  name: cifar10
augment:
  rotation: 15
  zoom: [0.8, 1.3]
  shift: [0.1, 0.2]
  horizontal_flip: true
  fill: constant
  fill_value: 127
  brightness: 0.2
  cutout: 0.25
  cutout_holes: 2
  mixup: 0.2
  cutmix: 1
model:
  preset: cnn
"""


def complaint(part: type[BaseModel], written: dict[str, Any]) -> str:
    with pytest.raises(ValidationError) as caught:
        part.model_validate(written)
    return str(caught.value.errors()[0]["msg"])


def test_a_number_stands_for_a_range_around_one() -> None:
    spec = AugmentSpec.model_validate({"zoom": 0.25, "brightness": 0.5, "contrast": [0.5, 3], "shift": 0.1})
    assert spec.zoom_range == (0.75, 1.25)
    assert spec.brightness_range == (0.5, 1.5)
    assert spec.contrast_range == (0.5, 3)
    assert spec.shift_shares == (0.1, 0.1)
    assert AugmentSpec().zoom_range == AugmentSpec().brightness_range == (1, 1)


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ({"fill": "reflect"}, "fill"),
        ({"horizontal_flip": True, "fill": "wrap"}, "fill"),
        ({"zoom": [1, 1], "fill": "wrap"}, "fill"),
        ({"random_crop": 4, "interpolation": "nearest"}, "interpolation"),
        ({"rotation": 10, "fill_value": 3}, "fill_value"),
        ({"cutout_holes": 2}, "cutout_holes"),
    ],
)
def test_what_nothing_would_read_is_refused(written: dict[str, Any], key: str) -> None:
    assert f"{key!r} would not be used" in complaint(AugmentSpec, written)
    with use_language("es"):
        assert f"{key!r} no se usaría" in complaint(AugmentSpec, written)


@pytest.mark.parametrize(
    "written",
    [
        {"rotation": 10, "fill": "reflect"},
        {"random_crop": 4, "fill": "constant", "fill_value": 9},
        {"cutout": 0.5, "fill_value": 9, "cutout_holes": 3},
        {"shift": [0, 0.1], "interpolation": "nearest"},
    ],
)
def test_what_something_reads_is_accepted(written: dict[str, Any]) -> None:
    assert AugmentSpec.model_validate(written).model_fields_set == set(written)


@pytest.mark.parametrize(
    "written",
    [
        {"rotation": -1},
        {"rotation": 181},
        {"zoom": 1.0},
        {"zoom": [0.0, 1.0]},
        {"zoom": [0.5, 1, 2]},
        {"shear": 90},
        {"shift": 1.5},
        {"random_crop": 1.5},
        {"fill": "mirror"},
        {"brightness": [-1, 1]},
        {"channel_shift": 2},
        {"cutout": 1.1},
        {"cutout": 0.5, "cutout_holes": 0},
        {"mixup": 0},
        {"flip": True},
    ],
)
def test_values_out_of_range_and_unknown_keys_are_refused(written: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        AugmentSpec.model_validate(written)


@pytest.mark.parametrize("key", ["zoom", "brightness", "contrast"])
def test_a_range_that_falls_is_refused(key: str) -> None:
    assert f"{key!r} should be [low, high], got [1.5, 0.5]" in complaint(AugmentSpec, {key: [1.5, 0.5]})
    with use_language("es"):
        assert "[mínimo, máximo]" in complaint(AugmentSpec, {key: [1.5, 0.5]})


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ({"augment": {"mixup": 0.2}, "preprocess": {"target": "integer"}}, "'mixup' blends one-hot targets"),
        (
            {"augment": {"mixup": 1, "cutmix": 1}, "learn": {"loss": "sparse_categorical_crossentropy"}},
            "'mixup' and 'cutmix' blends one-hot targets",
        ),
        ({"data": {"path": "a.npz", "task": "regression"}, "augment": {"cutmix": 1}}, "use 'mixup'"),
    ],
)
def test_targets_that_cannot_be_blended_are_refused(written: dict[str, Any], told: str) -> None:
    assert told in complaint(RunSpec, {**SMALL, **written})


def test_mixup_of_a_regression_is_accepted() -> None:
    spec = RunSpec.model_validate({**SMALL, "data": {"path": "a.npz", "task": "regression"}, "augment": {"mixup": 0.2}})
    assert spec.augment is not None
    assert spec.augment.mixes


def test_a_file_with_augmentation_is_read_and_written_again() -> None:
    spec = parse_spec(FULL)
    assert spec.augment is not None
    assert spec.augment.zoom == (0.8, 1.3)
    assert spec.augment.cutmix == 1
    assert parse_spec(spec_to_yaml(spec)) == spec
    assert parse_spec(spec_to_yaml(spec, full=True)) == spec
    assert list(spec.written()).index("augment") < list(spec.written()).index("model")


def test_a_spec_without_augmentation_says_nothing_of_it() -> None:
    assert "augment" not in spec_to_yaml(RunSpec.model_validate(SMALL), full=True)


def test_a_mistake_in_a_file_is_told_with_its_line_and_the_right_name() -> None:
    with pytest.raises(SpecError) as caught:
        parse_spec("data: {name: digits}\naugment:\n  rotacion: 5\nmodel: {preset: cnn}\n")
    assert "line 3" in caught.value.message
    assert "'augment.rotacion'" in caught.value.message
    assert "'rotation'" in caught.value.hint
    with pytest.raises(SpecError, match="line 3") as caught:
        parse_spec("data: {name: digits}\naugment:\n  zoom: [2, 1]\nmodel: {preset: cnn}\n")


def test_a_key_of_augment_at_the_top_is_sent_there() -> None:
    with pytest.raises(SpecError) as caught:
        parse_spec("data: {name: digits}\nrotation: 5\nmodel: {preset: cnn}\n")
    assert "'augment'" in caught.value.hint


def test_the_schema_knows_the_section() -> None:
    schema = spec_schema()
    validator = jsonschema.Draft202012Validator(schema)
    good = {**SMALL, "augment": {"zoom": 0.2, "shift": [0.1, 0.2], "fill": "wrap"}}
    assert validator.is_valid(json.loads(json.dumps(good)))
    assert not validator.is_valid({**SMALL, "augment": {"fill": "mirror"}})
    descriptions = [field.get("description") for field in schema["$defs"]["AugmentSpec"]["properties"].values()]
    assert all(descriptions)


shares = st.floats(0, 1)
factors = st.tuples(st.floats(0.01, 1), st.floats(1, 100))


@given(
    rotation=st.floats(0.001, 180),
    zoom=st.one_of(st.floats(0, 0.99), factors),
    shift=st.one_of(shares, st.tuples(shares, shares)),
    brightness=st.one_of(shares, factors),
    fill=st.sampled_from(["nearest", "reflect", "wrap", "constant"]),
    mixup=st.one_of(st.none(), st.floats(1e-3, 10)),
)
def test_what_is_written_reads_as_the_same_section(
    rotation: float, zoom: Any, shift: Any, brightness: Any, fill: Any, mixup: Any
) -> None:
    section = AugmentSpec(rotation=rotation, zoom=zoom, shift=shift, brightness=brightness, fill=fill, mixup=mixup)
    spec = RunSpec.model_validate({**SMALL, "augment": section})
    assert parse_spec(spec_to_yaml(spec)).augment == section
